/* json_lex.h -- the words of JSON and JSON5: what json.c builds its tree from */
#ifndef CAEMBED_BASE_JSON_LEX_H
#define CAEMBED_BASE_JSON_LEX_H

#include "base/json.h"
#include "base/text.h"

struct json_place {
    size_t at; /* bytes */
    size_t line, column;
};

struct json_lexer {
    const char *bytes; /* UTF-8, with a NUL behind them and none before */
    size_t at;         /* the next byte */
    size_t tail;       /* behind the last word or comment */
    enum json_dialect dialect;
    const char *name; /* of the document, for messages */
    struct json_place place;
    struct error *err;
};

/* Sets the error "NAME:LINE:COLUMN: what" for the byte at `at`. Returns -1. */
int json_fail(struct json_lexer *lexer, size_t at, const char *format, ...) PRINTF_LIKE(3, 4);

/* The line of the byte at `at`, which is not before the last one that was asked for. */
size_t json_line(struct json_lexer *lexer, size_t at);

/* Skips white space, and in JSON5 comments. */
int json_skip_blank(struct json_lexer *lexer) MUST_USE;

/* Takes a string, a key (in JSON5 also one without quotes), or a number, decoded as struct json
 * says; *out is the caller's. */
int json_take_string(struct json_lexer *lexer, char **out) MUST_USE;
int json_take_key(struct json_lexer *lexer, char **out) MUST_USE;
int json_take_number(struct json_lexer *lexer, enum json_kind *kind, char **out) MUST_USE;

/* Whether the word is next; takes it then. */
bool json_take_word(struct json_lexer *lexer, const char *word);

/* Names what is next in a message about what is not: "expected WANTED, found …". Returns -1. */
int json_expected(struct json_lexer *lexer, const char *wanted);

#endif
