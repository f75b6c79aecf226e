/* cheader.h -- C or C++ source text -> what a name in it is declared to be */
#ifndef CAEMBED_EMIT_CHEADER_H
#define CAEMBED_EMIT_CHEADER_H

#include <stdbool.h>

#include "base/text.h"

/* Conditions in one another; values in one another (casts, parentheses, wrappers); names that stand
 * for one another; and bytes that a value may have. */
#define CHEADER_CONDITION_DEPTH_MAX 64
#define CHEADER_VALUE_DEPTH_MAX 16
#define CHEADER_ALIAS_COUNT_MAX 8
#define CHEADER_VALUE_LENGTH_MAX (4UL * 1024 * 1024)

struct cheader_source {
    const char *text;
    size_t length;
    const char *path; /* for messages and hints; "-" is standard input */
    const char
        *check; /* for hints: the options that --check reads it with; NULL: -n and the name */
};

enum cheader_form {
    CHEADER_NONE,
    CHEADER_STRING,
    CHEADER_BYTES,
    CHEADER_ANCHORS /* trust anchors of BearSSL */
};

/* What the name is. Set to {0} before use; free bytes with text_free(). */
struct cheader_value {
    enum cheader_form form;
    struct text bytes; /* may hold NULs; a string's closing NUL is not counted */
    bool has_nul;      /* a NUL stands after the bytes: always so of a string */
};

/* Reads the declaration of `name` at file scope (or in a namespace): string literals and arrays of
 * integers, with what stands around them in practice (qualifiers, attributes, casts, parentheses,
 * braces, std::string and its like, F(), PSTR()); `#define NAME "…"`; and another name of the file
 * in their place. Include guards, `#if 0`, `#if 1`, #pragma, `#include` before the declaration and
 * line markers (`# 1 "x.h"`) are understood. Macros are not expanded, conditions not evaluated, and
 * files not included: what depends on them is ERROR_UNREADABLE, with the line, what the file does
 * define, and in the hint the way on. A string that its array cuts is ERROR_PROOF. A name that the
 * file does not declare is no error: *out has CHEADER_NONE. */
int cheader_read(const struct cheader_source *source, const char *name, struct cheader_value *out,
                 struct error *err) MUST_USE;

/* Likewise for an array of br_x509_trust_anchor. Its bytes are the names and numbers of each anchor
 * in their order, a line an anchor, with a blank after each word: casts and designators are left
 * out. */
int cheader_read_anchors(const struct cheader_source *source, const char *name,
                         struct cheader_value *out, struct error *err) MUST_USE;

/* The error for a name that cheader_read() did not find: ERROR_UNREADABLE with what the file
 * defines in its place, or ERROR_PROOF if that is nothing and no other file is included. Returns
 * -1. */
int cheader_fail_missing(const struct cheader_source *source, const char *name, struct error *err);

#endif
