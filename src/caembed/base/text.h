/* text.h -- bytes from outside, made harmless for the text they go into */
#ifndef CAEMBED_BASE_TEXT_H
#define CAEMBED_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

#define SHA256_LENGTH 32
#define SHA256_TEXT_SIZE (2 * SHA256_LENGTH + 1)

/* A text that grows; set to {0} before use. After a failed allocation `failed` is set and further
 * additions do nothing, so that only the end needs a check. */
struct text {
    char *data; /* NUL-terminated once anything was added */
    size_t length;
    size_t capacity;
    bool failed;
};

void text_add(struct text *text, const char *format, ...) PRINTF_LIKE(2, 3);
void text_add_bytes(struct text *text, const char *bytes, size_t length);

/* Adds bytes to the inside of a C block comment: printable ASCII as it is; everything that is not,
 * and whatever could end the comment, splice a line or start a trigraph, as the hexpair of
 * RFC 4514 section 2.4 (`\2F`). */
void text_add_comment(struct text *text, const char *bytes);

void text_free(struct text *text);

/* Adds bytes for a log or terminal: printable ASCII as it is, all else as hexpairs. */
void text_add_plain(struct text *text, const char *bytes);

/* Writes bytes, or bytes and a line feed, to a terminal or log: printable ASCII as it is, all else
 * as hexpairs. */
void text_put(FILE *stream, const char *bytes);
void text_put_line(FILE *stream, const char *bytes);

/* Lower-case hex, NUL-terminated. */
void text_from_sha256(const uint8_t digest[SHA256_LENGTH], char out[SHA256_TEXT_SIZE]);

/* 64 hex digits of either case, colons between any two bytes allowed. Returns 0, or -1 if it is
 * anything else; then out is undefined. */
int text_to_sha256(const char *text, uint8_t out[SHA256_LENGTH]) MUST_USE;

/* The part of a path after its last slash. Borrows path. */
const char *text_base_name(const char *path);

#endif
