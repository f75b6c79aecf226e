/* cvalue.c -- the tokens of an initializer -> the bytes of a string or array, or another name */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/creader.h"

/* What stands around a string without changing it. */
static const char *const wrappers[] = {
    "F",     "FPSTR",  "PSTR",         "String",     "string",           "string_view",
    "array", "vector", "basic_string", "const_cast", "reinterpret_cast", "static_cast",
    NULL};

bool cvalue_is_wrapper(const char *name)
{
    return creader_is_one_of(name, wrappers);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* After a string literal: the next token, after the suffix of C++ if there is one. */
static enum ctoken next_after_literal(struct creader *reader)
{
    const char *end = reader->lexer.at;
    enum ctoken token = creader_next(reader);

    if (token == CTOKEN_NAME && (*end == 's') &&
        (strcmp(reader->lexer.name, "sv") == 0 || strcmp(reader->lexer.name, "s") == 0))
        return creader_next(reader);
    return token;
}

static enum ctoken fail_directive(struct creader *reader)
{
    return creader_fail(reader, WAY_PREPROCESS, "the value of %s holds a preprocessor directive",
                        reader->wanted);
}

/* At a string literal: joins it with those after it. */
static enum ctoken take_literals(struct creader *reader)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token = CTOKEN_STRING;

    while (token == CTOKEN_STRING) {
        token = next_after_literal(reader);
        if (lexer->literal.length > CHEADER_VALUE_LENGTH_MAX)
            return creader_fail(reader, WAY_WRITE, "a string that is too long");
    }
    if (lexer->problem != NULL)
        return creader_fail(reader, WAY_WRITE, "the value of %s holds %s", reader->wanted,
                            lexer->problem);
    if (token == CTOKEN_NAME)
        return creader_fail(reader, WAY_PREPROCESS, "the value of %s holds the macro %.60s",
                            reader->wanted, lexer->name);
    if (token == CTOKEN_DIRECTIVE)
        return fail_directive(reader);
    reader->value.form = CHEADER_STRING;
    reader->value.has_nul = true;
    return token;
}

long cvalue_integer(const char *digits)
{
    const bool is_binary = digits[0] == '0' && (digits[1] == 'b' || digits[1] == 'B');
    char *end;
    unsigned long value = is_binary ? strtoul(digits + 2, &end, 2) : strtoul(digits, &end, 0);

    if (!is_digit(digits[0]) || end == digits + (is_binary ? 2 : 0) ||
        strspn(end, "uUlL") != strlen(end) || value > 0x7fffffff)
        return -1;
    return (long)value;
}

/* At a member of an array of bytes, which may be that of a signed char; false if it is none. */
static bool take_byte(struct creader *reader, enum ctoken token, char *byte)
{
    const bool is_negative = creader_is_mark(reader, token, '-');
    long value = -1;

    if (is_negative)
        token = creader_next(reader);
    if (token == CTOKEN_CHAR)
        value = reader->lexer.value;
    else if (token == CTOKEN_NAME)
        value = cvalue_integer(reader->lexer.name);
    *byte = (char)(unsigned char)(is_negative ? -value : value);
    return value >= 0 && value <= (is_negative ? 128 : 255);
}

/* After the brace, at the first member: `48, 0x82, 'a' }`. */
static enum ctoken take_bytes(struct creader *reader, enum ctoken token)
{
    while (!creader_is_mark(reader, token, '}')) {
        char byte;
        if (!take_byte(reader, token, &byte))
            return creader_fail(reader, WAY_PREPROCESS,
                                "the array %s holds something else than numbers from 0 to 255",
                                reader->wanted);
        text_add_bytes(&reader->lexer.literal, &byte, 1);
        token = creader_next(reader);
        if (creader_is_mark(reader, token, ','))
            token = creader_next(reader);
        else if (!creader_is_mark(reader, token, '}'))
            return creader_fail(reader, WAY_PREPROCESS, "the array %s holds expressions",
                                reader->wanted);
    }
    if (reader->lexer.literal.length == 0)
        return creader_fail(reader, WAY_WRITE, "%s is empty", reader->wanted);
    reader->value.form = CHEADER_BYTES;
    return creader_next(reader);
}

/* After an opening brace: bytes, or a value and the closing brace. */
static enum ctoken take_braced(struct creader *reader, size_t depth)
{
    enum ctoken token = creader_next(reader);

    if (token == CTOKEN_CHAR || creader_is_mark(reader, token, '-') ||
        creader_is_mark(reader, token, '}') ||
        (token == CTOKEN_NAME && is_digit(reader->lexer.name[0])))
        return take_bytes(reader, token);
    token = cvalue_take(reader, token, depth + 1);
    if (creader_is_mark(reader, token, ','))
        token = creader_next(reader);
    if (token == CTOKEN_BROKEN || creader_is_mark(reader, token, '}'))
        return token == CTOKEN_BROKEN ? token : creader_next(reader);
    return creader_fail(reader, WAY_WRITE, "%s is an array of several values", reader->wanted);
}

/* After an opening parenthesis: whether it is a cast (names and stars, and then a value). */
static bool is_cast(const struct creader *reader)
{
    struct clexer ahead;
    enum ctoken token = creader_look_ahead(reader, &ahead);
    const bool has_name = token == CTOKEN_NAME && !is_digit(ahead.name[0]);
    bool is_type;

    while (token == CTOKEN_NAME || (token == CTOKEN_MARK && strchr("*:<>&[]", ahead.mark) != NULL))
        token = clexer_next(&ahead);
    is_type = has_name && token == CTOKEN_MARK && ahead.mark == ')';
    token = is_type ? clexer_next(&ahead) : CTOKEN_END;
    text_free(&ahead.literal);
    return token == CTOKEN_NAME || token == CTOKEN_STRING ||
           (token == CTOKEN_MARK && strchr("(&{", ahead.mark) != NULL);
}

/* After an opening parenthesis. */
static enum ctoken take_parenthesised(struct creader *reader, size_t depth)
{
    enum ctoken token;

    if (is_cast(reader)) {
        token = creader_skip_parentheses(reader);
        return token == CTOKEN_BROKEN || token == CTOKEN_END
                   ? token
                   : cvalue_take(reader, creader_next(reader), depth + 1);
    }
    token = cvalue_take(reader, creader_next(reader), depth + 1);
    if (token == CTOKEN_BROKEN || creader_is_mark(reader, token, ')'))
        return token == CTOKEN_BROKEN ? token : creader_next(reader);
    return creader_fail(reader, WAY_PREPROCESS, "the value of %s is an expression", reader->wanted);
}

/* After the name of a wrapper: `<…>` is left out, then the value in parentheses or braces. */
static enum ctoken take_wrapped(struct creader *reader, size_t depth)
{
    char name[64];
    enum ctoken token;

    snprintf(name, sizeof name, "%.60s", reader->lexer.name);
    token = creader_next(reader);
    if (creader_is_mark(reader, token, '<')) {
        while (token != CTOKEN_BROKEN && token != CTOKEN_END &&
               !creader_is_mark(reader, token, '>'))
            token = creader_next(reader);
        token = creader_next(reader);
    }
    if (reader->has_own_wrapper)
        return creader_fail(reader, WAY_PREPROCESS,
                            "the value of %s holds %s, which the file defines", reader->wanted,
                            name);
    if (creader_is_mark(reader, token, '{'))
        return take_braced(reader, depth);
    if (creader_is_mark(reader, token, '('))
        return take_parenthesised(reader, depth);
    return creader_fail(reader, WAY_PREPROCESS, "the value of %s is an expression", reader->wanted);
}

/* Whether the mark is the next token. */
static bool is_before(const struct creader *reader, char mark)
{
    struct clexer ahead;
    enum ctoken token = creader_look_ahead(reader, &ahead);

    text_free(&ahead.literal);
    return token == CTOKEN_MARK && ahead.mark == mark;
}

/* Before the `::` after a name: takes it and the name after it. */
static bool take_qualified(struct creader *reader)
{
    (void)creader_next(reader);
    return creader_is_mark(reader, creader_next(reader), ':') &&
           creader_next(reader) == CTOKEN_NAME;
}

/* At a name: a wrapper, or another name that the file declares. */
static enum ctoken take_named(struct creader *reader, size_t depth)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token;

    while (is_before(reader, ':'))
        if (!take_qualified(reader))
            return creader_fail(reader, WAY_PREPROCESS, "the value of %s is an expression",
                                reader->wanted);
    if (cvalue_is_wrapper(lexer->name))
        return take_wrapped(reader, depth);
    if (is_digit(lexer->name[0]))
        return creader_fail(reader, WAY_WRITE, "%s is a number", reader->wanted);
    memcpy(reader->alias, lexer->name, sizeof reader->alias);
    token = creader_next(reader);
    if (creader_is_mark(reader, token, '[') && creader_next(reader) == CTOKEN_NAME &&
        strcmp(lexer->name, "0") == 0)
        token = creader_next(reader) == CTOKEN_MARK ? creader_next(reader) : CTOKEN_END;
    if (token == CTOKEN_STRING || token == CTOKEN_NAME)
        return creader_fail(reader, WAY_PREPROCESS, "the value of %s holds the macro %.60s",
                            reader->wanted, reader->alias);
    if (creader_is_mark(reader, token, '('))
        return creader_fail(reader, WAY_PREPROCESS, "the value of %s is a call of %.60s",
                            reader->wanted, reader->alias);
    return token;
}

enum ctoken cvalue_take(struct creader *reader, enum ctoken token, size_t depth)
{
    if (depth == CHEADER_VALUE_DEPTH_MAX)
        return creader_fail(reader, WAY_WRITE, "too many parentheses in one another");
    if (token == CTOKEN_STRING)
        return take_literals(reader);
    if (token == CTOKEN_NAME)
        return take_named(reader, depth);
    if (creader_is_mark(reader, token, '('))
        return take_parenthesised(reader, depth);
    if (creader_is_mark(reader, token, '{'))
        return take_braced(reader, depth);
    if (creader_is_mark(reader, token, '&'))
        return cvalue_take(reader, creader_next(reader), depth + 1);
    if (token == CTOKEN_DIRECTIVE)
        return fail_directive(reader);
    return token == CTOKEN_BROKEN && reader->lexer.problem != NULL
               ? creader_fail(reader, WAY_WRITE, "the value of %s holds %s", reader->wanted,
                              reader->lexer.problem)
               : creader_fail(reader, WAY_PREPROCESS,
                              "the value of %s is no string and no array of bytes", reader->wanted);
}
