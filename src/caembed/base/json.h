/* json.h -- JSON or JSON5 -> a tree that knows where in the text each value is
 *
 * JSON as RFC 8259 has it, to the letter; JSON5 as https://spec.json5.org (1.0) has it. The places
 * let a program edit a document by insertion, so that comments, layout and digits stay, and let
 * messages name the line. cJSON stays what makes JSON.
 */
#ifndef CAEMBED_BASE_JSON_H
#define CAEMBED_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define JSON_DEPTH_MAX 1000    /* arrays and objects within each other */
#define JSON_COUNT_MAX 1000000 /* values in a document */

enum json_kind {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_INTEGER, /* without fraction and exponent, of any size */
    JSON_REAL,    /* with one of them; JSON5's Infinity and NaN */
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

enum json_dialect { JSON_STRICT, JSON_FIVE };

struct json {
    enum json_kind kind;
    char *key;          /* of a member of an object, decoded; else NULL */
    char *text;         /* a string, decoded: UTF-8 without NUL. A number as written, a hexadecimal
                         * one in decimal, without a plus sign. Else NULL. */
    size_t at, end;     /* its bytes in the document: from `at` to before `end` */
    size_t line;        /* where it begins, from 1 */
    struct json *first; /* of an array or object: its entries, in order */
    struct json *next;
    size_t tail;         /* of an array or object: behind the last entry, comma or comment in it */
    bool trailing_comma; /* JSON5: a comma follows the last entry */
};

/* Parses a whole document of `length` bytes, with a NUL behind them. `name` is what messages call
 * it: ERROR_USAGE, "NAME:LINE:COLUMN: what is there" (columns count characters, from 1), for what
 * the dialect does not have, text that is not UTF-8, U+0000 in a string, surrogates without
 * partner, and more than the bounds above; no hint is set. Keys that are there twice are both in
 * the tree. JSON5: any character beyond ASCII that is no white space may stand in a key without
 * quotes (its Unicode category is not checked), and hexadecimal numbers have at most 64 bits. *out
 * is the caller's, for json_free(). */
int json_parse(const char *bytes, size_t length, const char *name, enum json_dialect dialect,
               struct json **out, struct error *err) MUST_USE;

/* NULL is fine. */
void json_free(struct json *json);

/* The first member of that name, or NULL if there is none or `object` is NULL or no object. */
const struct json *json_member(const struct json *object, const char *key);

#endif
