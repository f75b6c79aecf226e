/* clexer.h -- C source text -> tokens (C99 5.1.1.2, translation phases 2, 3 and 5) */
#ifndef CAEMBED_EMIT_CLEXER_H
#define CAEMBED_EMIT_CLEXER_H

#include <stdbool.h>

#include "base/text.h"

#define CLEXER_NAME_MAX 255

enum ctoken {
    CTOKEN_END,
    CTOKEN_NAME, /* an identifier or a number */
    CTOKEN_STRING,
    CTOKEN_CHAR,
    CTOKEN_MARK,      /* one character of anything else */
    CTOKEN_DIRECTIVE, /* the `#` that begins one */
    CTOKEN_LINE_END,  /* only in a directive */
    CTOKEN_BROKEN
};

/* Set at, end and at_line_start before use, the rest to 0. */
struct clexer {
    const char *at;
    const char *end;
    bool at_line_start;             /* only white space and comments so far on this line */
    bool in_directive;              /* then a line end is a token */
    char name[CLEXER_NAME_MAX + 1]; /* of the last CTOKEN_NAME; longer ones are cut */
    char mark;                      /* of the last CTOKEN_MARK */
    int value;                      /* of the last CTOKEN_CHAR; -1: more than one character */
    struct text literal;            /* CTOKEN_STRING adds its bytes; to be freed with text_free() */
    const char *problem;            /* of CTOKEN_BROKEN, or the first of a literal; static text */
};

/* The next token. Lines are spliced, comments skipped, escape sequences and raw literals (R"x(…)x")
 * decoded. CTOKEN_BROKEN for a literal that does not end. An escape that C does not know, a
 * universal character name, a trigraph or wide characters set `problem` and are passed over: the
 * bytes added for them are not those that a compiler sees. */
enum ctoken clexer_next(struct clexer *lexer);

/* Leaves out the rest of the line, which need not be made of tokens. */
void clexer_skip_line(struct clexer *lexer);

/* Leaves out the rest of the line and whole lines, up to after the next `#` that begins a
 * directive. Returns whether there is one. */
bool clexer_skip_to_directive(struct clexer *lexer);

#endif
