/* cheader.c -- C source -> the bytes of a string in it (C99 5.1.1.2, translation phases 2 to 6) */
#include "cheader.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_LENGTH 255

enum token { TOKEN_END, TOKEN_NAME, TOKEN_STRING, TOKEN_MARK, TOKEN_LINE_END, TOKEN_BROKEN };

struct lexer {
    const char *at;
    const char *end;
    bool at_line_start; /* only white space and comments so far on this line */
    bool in_directive;  /* then a line end is a token */
    bool wants_bytes;   /* an array of integers, not a string */
    char name[NAME_MAX_LENGTH + 1];
    char mark;
    struct text literal; /* what the last TOKEN_STRING holds */
    const char *problem; /* of TOKEN_BROKEN */
};

static const char *skip_splices(const struct lexer *lexer)
{
    const char *at = lexer->at;

    while (at < lexer->end && *at == '\\') {
        if (lexer->end - at >= 2 && at[1] == '\n')
            at += 2;
        else if (lexer->end - at >= 3 && at[1] == '\r' && at[2] == '\n')
            at += 3;
        else
            break;
    }
    return at;
}

/* The next character behind spliced lines, or -1 at the end. */
static int peek(struct lexer *lexer)
{
    lexer->at = skip_splices(lexer);
    return lexer->at < lexer->end ? (unsigned char)*lexer->at : -1;
}

static int take(struct lexer *lexer)
{
    int c = peek(lexer);

    if (c >= 0)
        lexer->at++;
    return c;
}

static bool take_if(struct lexer *lexer, char wanted)
{
    if (peek(lexer) != wanted)
        return false;
    lexer->at++;
    return true;
}

static enum token broken(struct lexer *lexer, const char *problem)
{
    lexer->problem = problem;
    return TOKEN_BROKEN;
}

/* Behind a slash: skips a comment and returns true, or leaves what is no comment. */
static bool skip_comment(struct lexer *lexer)
{
    int c;

    if (take_if(lexer, '/')) {
        while ((c = peek(lexer)) >= 0 && c != '\n')
            lexer->at++;
        return true;
    }
    if (!take_if(lexer, '*'))
        return false;
    while ((c = take(lexer)) >= 0)
        if (c == '*' && take_if(lexer, '/'))
            break;
    return true;
}

/* Behind an opening quote: up to the closing one, or to the line's end (an apostrophe in #error).
 */
static void skip_quoted(struct lexer *lexer, int quote)
{
    int c;

    while ((c = peek(lexer)) >= 0 && c != '\n') {
        lexer->at++;
        if (c == quote)
            return;
        if (c == '\\' && peek(lexer) != '\n')
            take(lexer);
    }
}

/* The rest of a directive. */
static void skip_to_line_end(struct lexer *lexer)
{
    int c;

    while ((c = peek(lexer)) >= 0 && c != '\n') {
        lexer->at++;
        if (c == '/')
            skip_comment(lexer);
        else if (c == '"' || c == '\'')
            skip_quoted(lexer, c);
    }
}

static bool is_name_char(int c)
{
    return c >= 0 && c < 0x80 && (isalnum(c) || c == '_');
}

/* The value of the escape sequence behind a backslash (C99 6.4.4.4), or -1. */
static int take_escape(struct lexer *lexer)
{
    static const char letters[] = "abfnrtv\\'\"?";
    static const char values[] = "\a\b\f\n\r\t\v\\'\"?";
    int c = take(lexer);
    const char *letter = c > 0 ? strchr(letters, c) : NULL;
    int value = 0;

    if (letter != NULL)
        return (unsigned char)values[letter - letters];
    if (c >= '0' && c <= '7') {
        value = c - '0';
        for (int i = 0; i < 2 && peek(lexer) >= '0' && peek(lexer) <= '7'; i++)
            value = value * 8 + (take(lexer) - '0');
        return value <= 255 ? value : -1;
    }
    if (c != 'x' || !isxdigit(peek(lexer)))
        return -1;
    while (peek(lexer) >= 0 && isxdigit(peek(lexer))) {
        int digit = tolower(take(lexer));
        value = value * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
        if (value > 255)
            return -1;
    }
    return value;
}

static bool is_trigraph(int c)
{
    return c > 0 && strchr("=/'()!<>-", c) != NULL;
}

/* Behind the opening quote. */
static enum token take_string(struct lexer *lexer)
{
    int questions = 0;

    for (;;) {
        int c = take(lexer);
        char byte;
        if (c < 0 || c == '\n')
            return broken(lexer, "a string literal that does not end");
        if (c == '"')
            return TOKEN_STRING;
        if (questions >= 2 && is_trigraph(c))
            return broken(lexer, "a trigraph");
        questions = c == '?' ? questions + 1 : 0;
        if (c == '\\') {
            c = take_escape(lexer);
            if (c < 0)
                return broken(lexer, "an escape sequence that C does not know");
        }
        byte = (char)c;
        text_add_bytes(&lexer->literal, &byte, 1);
    }
}

/* Behind `R"` (C++11 2.14.5): up to 16 delimiter characters, then `(`; nothing is spliced inside.
 */
static enum token take_raw_string(struct lexer *lexer)
{
    const char *delimiter = lexer->at;
    const char *open = memchr(delimiter, '(', (size_t)(lexer->end - delimiter));
    size_t length = open != NULL ? (size_t)(open - delimiter) : 0;

    if (open == NULL || length > 16)
        return broken(lexer, "a raw string literal without its parenthesis");
    for (const char *at = open + 1; (size_t)(lexer->end - at) >= length + 2; at++) {
        if (*at == ')' && memcmp(at + 1, delimiter, length) == 0 && at[length + 1] == '"') {
            text_add_bytes(&lexer->literal, open + 1, (size_t)(at - open - 1));
            lexer->at = at + length + 2;
            return TOKEN_STRING;
        }
    }
    return broken(lexer, "a raw string literal that does not end");
}

/* A character constant; its value is of no use here. */
static enum token take_char(struct lexer *lexer)
{
    int c;

    while ((c = take(lexer)) >= 0 && c != '\'' && c != '\n')
        if (c == '\\')
            take(lexer);
    lexer->mark = '\'';
    return c == '\'' ? TOKEN_MARK : broken(lexer, "a character constant that does not end");
}

/* An identifier or number, unless it turns out to be the prefix of a string literal. */
static enum token take_name(struct lexer *lexer)
{
    size_t length = 0;

    while (is_name_char(peek(lexer))) {
        int c = take(lexer);
        if (length < NAME_MAX_LENGTH)
            lexer->name[length++] = (char)c;
    }
    lexer->name[length] = '\0';
    if (peek(lexer) != '"')
        return TOKEN_NAME;
    if (strcmp(lexer->name, "R") == 0 || strcmp(lexer->name, "u8R") == 0) {
        take(lexer);
        return take_raw_string(lexer);
    }
    if (strcmp(lexer->name, "u8") == 0) {
        take(lexer);
        return take_string(lexer);
    }
    if (strchr("LuU", lexer->name[0]) != NULL && lexer->name[0] != '\0' &&
        (lexer->name[1] == '\0' || strcmp(lexer->name + 1, "R") == 0))
        return broken(lexer, "a string literal of wide characters");
    return TOKEN_NAME;
}

static enum token next_token(struct lexer *lexer)
{
    for (;;) {
        int c = peek(lexer);
        if (c < 0)
            return TOKEN_END;
        if (is_name_char(c)) {
            lexer->at_line_start = false;
            return take_name(lexer);
        }
        lexer->at++;
        if (c == '\n') {
            lexer->at_line_start = true;
            if (lexer->in_directive)
                return TOKEN_LINE_END;
        } else if (isspace(c) || (c == '/' && skip_comment(lexer))) {
            continue;
        } else if (c == '"') {
            lexer->at_line_start = false;
            return take_string(lexer);
        } else if (c == '\'') {
            return take_char(lexer);
        } else {
            lexer->mark = (char)c;
            return TOKEN_MARK;
        }
    }
}

/* The string literals from here on, joined; *token is the first token behind them. A macro there
 * may stand for anything, so it breaks the string. */
static bool take_literals(struct lexer *lexer, enum token *token)
{
    bool found = false;

    text_free(&lexer->literal);
    for (*token = next_token(lexer); *token == TOKEN_STRING; *token = next_token(lexer))
        found = true;
    if (found && *token == TOKEN_NAME)
        *token = broken(lexer, "a macro among string literals");
    return found && *token != TOKEN_BROKEN;
}

/* Behind the declared name: `[…] attributes =`. */
static bool skip_to_equals(struct lexer *lexer, enum token *token)
{
    do {
        *token = next_token(lexer);
        if (*token != TOKEN_NAME && *token != TOKEN_MARK)
            return false;
    } while (*token == TOKEN_NAME || strchr("[]()", lexer->mark) != NULL);
    return lexer->mark == '=';
}

/* Behind the equals sign: `( {` and then the literals. */
static bool take_string_value(struct lexer *lexer, enum token *token)
{
    while (!take_literals(lexer, token))
        if (*token != TOKEN_MARK || strchr("({", lexer->mark) == NULL)
            return false;
    return true;
}

/* Behind the equals sign: `{ 48, 0x82, … }`. */
static bool take_bytes_value(struct lexer *lexer, enum token *token)
{
    text_free(&lexer->literal);
    *token = next_token(lexer);
    if (*token != TOKEN_MARK || lexer->mark != '{')
        return false;
    while ((*token = next_token(lexer)) == TOKEN_NAME) {
        char *end;
        unsigned long value = strtoul(lexer->name, &end, 0);
        char byte = (char)(unsigned char)value;
        if (*end != '\0' || value > 255)
            return false;
        text_add_bytes(&lexer->literal, &byte, 1);
        *token = next_token(lexer);
        if (*token != TOKEN_MARK || lexer->mark != ',')
            break;
    }
    return *token == TOKEN_MARK && lexer->mark == '}' && lexer->literal.length > 0;
}

static bool take_initializer(struct lexer *lexer, enum token *token)
{
    if (!skip_to_equals(lexer, token))
        return false;
    return lexer->wants_bytes ? take_bytes_value(lexer, token) : take_string_value(lexer, token);
}

/* Behind a `#` that begins a line: `define NAME "…"`, or any other directive, which is skipped. */
static bool take_define(struct lexer *lexer, char name[NAME_MAX_LENGTH + 1], enum token *token)
{
    bool found = false;

    lexer->in_directive = true;
    *token = next_token(lexer);
    if (*token == TOKEN_NAME && strcmp(lexer->name, "define") == 0 &&
        next_token(lexer) == TOKEN_NAME) {
        memcpy(name, lexer->name, NAME_MAX_LENGTH + 1);
        found = take_literals(lexer, token);
    }
    lexer->in_directive = false;
    if (*token != TOKEN_LINE_END && *token != TOKEN_END && *token != TOKEN_BROKEN)
        skip_to_line_end(lexer);
    return found;
}

static bool is_wanted(const struct lexer *lexer, const char *found, const char *wanted)
{
    static const char begin[] = "-----BEGIN ";

    if (wanted != NULL)
        return strcmp(found, wanted) == 0;
    for (size_t i = 0; i + sizeof begin - 1 <= lexer->literal.length; i++)
        if (memcmp(lexer->literal.data + i, begin, sizeof begin - 1) == 0)
            return true;
    return false;
}

/* Leaves the wanted string in lexer->literal. */
static bool find_string(struct lexer *lexer, const char *wanted)
{
    char name[NAME_MAX_LENGTH + 1];
    enum token token = next_token(lexer);

    while (token != TOKEN_END && token != TOKEN_BROKEN) {
        bool found = false;
        if (token == TOKEN_MARK && lexer->mark == '#' && lexer->at_line_start) {
            found = take_define(lexer, name, &token) && !lexer->wants_bytes;
            if (token != TOKEN_BROKEN)
                token = TOKEN_LINE_END;
        } else if (token == TOKEN_NAME && (wanted == NULL || strcmp(lexer->name, wanted) == 0)) {
            memcpy(name, lexer->name, sizeof name);
            found = take_initializer(lexer, &token);
        } else {
            lexer->at_line_start = false;
            token = TOKEN_LINE_END;
        }
        if (found && token != TOKEN_BROKEN && is_wanted(lexer, name, wanted))
            return true;
        if (token == TOKEN_LINE_END || token == TOKEN_STRING)
            token = next_token(lexer);
    }
    return false;
}

/* Adds what was found to *out, or tells why nothing was. */
static int read_value(struct lexer *lexer, const char *name, const char *kind, struct text *out,
                      struct error *err)
{
    bool found = find_string(lexer, name);

    if (found)
        text_add_bytes(out, lexer->literal.data != NULL ? lexer->literal.data : "",
                       lexer->literal.length);
    out->failed = out->failed || lexer->literal.failed;
    text_free(&lexer->literal);
    if (out->failed)
        return error_no_memory(err);
    if (found)
        return 0;
    if (lexer->problem != NULL)
        error_set(err, ERROR_PROOF, "the header holds %s", lexer->problem);
    else
        error_set(err, ERROR_PROOF, "the header does not define the %s %s", kind,
                  name != NULL ? name : "of any certificate");
    return error_hint(
        err, "expected: static const char NAME[] = \"-----BEGIN CERTIFICATE-----\\n\" ...");
}

int cheader_read_string(const char *source, size_t length, const char *name, struct text *out,
                        struct error *err)
{
    struct lexer lexer = {.at = source, .end = source + length, .at_line_start = true};

    return read_value(&lexer, name, "string", out, err);
}

int cheader_read_bytes(const char *source, size_t length, const char *name, struct text *out,
                       struct error *err)
{
    struct lexer lexer = {
        .at = source, .end = source + length, .at_line_start = true, .wants_bytes = true};

    return read_value(&lexer, name, "array", out, err);
}
