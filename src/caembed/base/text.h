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
 * RFC 4514 section 2.4 (`\2F`); `##[` as text_add_plain() has it, since headers go to logs too. */
void text_add_comment(struct text *text, const char *bytes);

/* Gives the line at *at, which is moved past it, without its end: a line feed, or one with a
 * carriage return before it, as a checkout on Windows makes it. Returns false after the last. *line
 * borrows from text and has no NUL. */
bool text_take_line(const struct text *text, size_t *at, struct text *line);

void text_free(struct text *text);

/* Adds printable ASCII as it is, all else as hexpairs: for JSON, whose writer escapes the rest. */
void text_add_ascii(struct text *text, const char *bytes);

/* Adds bytes for a log or terminal: as text_add_ascii(), and so that no machine that reads the log
 * takes them for a command. GitHub's and Azure's runners obey `##[command]` anywhere in a line
 * (written `#\x23[`), GitHub's `::command` at its start, after white space (written `\x3a:`); the
 * latter is for text_add_plain_line() and text_put_line(), which take a whole line. */
void text_add_plain(struct text *text, const char *bytes);
void text_add_plain_line(struct text *text, const char *line);

/* Writes bytes, or a line and a line feed, to a terminal or log, escaped likewise. */
void text_put(FILE *stream, const char *bytes);
void text_put_line(FILE *stream, const char *bytes);

/* Adds JSON text with the same commands as `#\u0023[` and, at the start of a string, `\u003a:`. */
void text_add_json(struct text *text, const char *json);

/* Adds bytes as text of HTML or XML, also inside an attribute's quotes: as text_add_plain(), with
 * the characters of markup (& < > " ') as references. */
void text_add_html(struct text *text, const char *bytes);

/* Lower-case hex, NUL-terminated. */
void text_from_sha256(const uint8_t digest[SHA256_LENGTH], char out[SHA256_TEXT_SIZE]);

/* 64 hex digits of either case, colons between any two bytes allowed. Returns 0, or -1 if it is
 * anything else; then out is undefined. */
int text_to_sha256(const char *text, uint8_t out[SHA256_LENGTH]) MUST_USE;

/* The part of a path after its last slash. Borrows path. */
const char *text_base_name(const char *path);

#endif
