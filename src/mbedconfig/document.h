/* document.h -- one mbed_lib.json or mbed_app.json as a tree, with its form checked */
#ifndef MBEDCONFIG_DOCUMENT_H
#define MBEDCONFIG_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

#define DOCUMENT_SIZE_MAX 262144u /* bytes; the largest mbed_app.json in use are about 20 KB */

enum unit_kind { UNIT_LIBRARY, UNIT_APPLICATION };

struct document {
    enum unit_kind kind;
    const char *path; /* for messages; borrowed */
    const char *name; /* of the library, "app" for the application; lies in the tree */
    struct json *root;
    bool included; /* false: a library that the application's "requires" leaves out */
};

/* Reads the text of one file. JSON as Mbed CLI reads it: a byte order mark is skipped; of a key
 * that is there twice, objects and arrays are joined. JSON5 if the path says so, or with
 * is_lenient. What the schemas of Mbed CLI 1 (5.15, 6.17) refuse is refused: unknown keys, values
 * with fraction or exponent, a list-valued help. ERROR_USAGE, with the file, the line and the key.
 * *out borrows path; the caller frees it with document_free(). */
int document_parse(enum unit_kind kind, const char *path, const char *bytes, size_t length,
                   bool is_lenient, struct document *out, struct error *err) MUST_USE;

void document_free(struct document *document);

/* Adds "library:NAME" or "application", with "[LABEL]" if label is not NULL. */
void document_add_name(const struct document *document, const char *label, struct text *out);

/* Sets the error "PATH:LINE: what". Returns -1. */
int document_fail(const struct document *document, const struct json *at, struct error *err,
                  const char *format, ...) PRINTF_LIKE(4, 5);

#endif
