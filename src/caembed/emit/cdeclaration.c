/* cdeclaration.c -- what follows the wanted name -> its value, or why it can't be told */
#include <string.h>

#include "emit/creader.h"

bool cdeclaration_may_define(struct creader *reader, enum way way)
{
    reader->definition_line = creader_line(reader);
    for (size_t i = 0; i < reader->depth; i++) {
        const struct condition *condition = &reader->condition[i];
        if (condition->is_unknown) {
            creader_fail(reader, way, "%s depends on a condition (%s, line %zu)", reader->wanted,
                         condition->text, condition->line);
            return false;
        }
    }
    if (reader->is_found)
        creader_fail(reader, way, "%s is defined a second time (first in line %zu)", reader->wanted,
                     reader->found_line);
    return !reader->is_found;
}

enum ctoken cdeclaration_keep(struct creader *reader, const struct csize *size, enum ctoken token)
{
    struct cheader_value *value = &reader->value;

    if (token == CTOKEN_BROKEN)
        return token;
    reader->is_found = true;
    reader->found_line = reader->definition_line;
    if (reader->alias[0] != '\0')
        return token;
    value->bytes = reader->lexer.literal;
    reader->lexer.literal = (struct text){0};
    if (value->form == CHEADER_ANCHORS)
        return token;
    if (size->is_unknown)
        return creader_fail_at(reader, reader->definition_line, WAY_SIZE,
                               "the size of %s is an expression: a compiler cuts what does not fit",
                               reader->wanted);
    if (size->is_nested)
        return creader_fail_at(reader, reader->definition_line, WAY_WRITE,
                               "%s is an array of arrays", reader->wanted);
    reader->is_cut =
        size->bytes > 0 && (value->form == CHEADER_STRING ? value->bytes.length >= size->bytes
                                                          : value->bytes.length > size->bytes);
    if (value->form == CHEADER_BYTES)
        value->has_nul = value->bytes.length < size->bytes; /* C99 6.7.8: the rest is zero */
    return token;
}

/* After the declarator, at what opens its value: `=`, `{` or `(`. */
static enum ctoken take_definition(struct creader *reader, const struct csize *size)
{
    const char opening = reader->lexer.mark;
    enum ctoken token;

    if (reader->is_bearssl && !reader->wants_anchors)
        return creader_fail(reader, WAY_BEARSSL,
                            "%s holds BearSSL trust anchors: names and keys, no certificates",
                            reader->wanted);
    if (!cdeclaration_may_define(reader, WAY_PREPROCESS))
        return CTOKEN_BROKEN;
    text_free(&reader->lexer.literal);
    reader->lexer.problem = NULL;
    token = opening == '=' ? creader_next(reader) : CTOKEN_MARK;
    if (reader->wants_anchors && !reader->is_bearssl)
        return creader_fail(reader, WAY_ANCHORS, "%s is no array of br_x509_trust_anchor",
                            reader->wanted);
    token =
        reader->wants_anchors ? canchors_take(reader, size, token) : cvalue_take(reader, token, 0);
    if (token != CTOKEN_BROKEN && !creader_is_mark(reader, token, ';') &&
        !creader_is_mark(reader, token, ','))
        return creader_fail(reader, token == CTOKEN_END ? WAY_WRITE : WAY_PREPROCESS,
                            "the value of %s is an expression, or does not end", reader->wanted);
    return cdeclaration_keep(reader, size, token);
}

/* After a `[`: a number up to the `]`; anything else is unknown. */
static enum ctoken take_size(struct creader *reader, struct csize *size)
{
    enum ctoken token = creader_next(reader);
    long number = token == CTOKEN_NAME ? cvalue_integer(reader->lexer.name) : -1;

    if (creader_is_mark(reader, token, ']')) {
        size->is_nested = size->bytes > 0;
        return token;
    }
    size->is_nested = size->is_nested || size->bytes > 0;
    size->bytes = number > 0 ? (unsigned long)number : size->bytes;
    if (number > 0)
        token = creader_next(reader);
    for (; !creader_is_mark(reader, token, ']'); token = creader_next(reader)) {
        size->is_unknown = true;
        if (token == CTOKEN_END || token == CTOKEN_BROKEN)
            return token;
    }
    size->is_unknown = size->is_unknown || number <= 0;
    return token;
}

/* After `asm`, `__attribute__` or another name, at its parenthesis. */
static enum ctoken skip_attribute(struct creader *reader)
{
    static const char prefix[] = "_binary_";
    enum ctoken token;

    text_free(&reader->lexer.literal);
    token = creader_skip_parentheses(reader);
    if (reader->lexer.literal.length >= sizeof prefix &&
        memcmp(reader->lexer.literal.data, prefix, sizeof prefix - 1) == 0)
        return creader_fail(reader, WAY_EMBEDDED,
                            "%s is %.80s, the content of a file that the build embeds",
                            reader->wanted, reader->lexer.literal.data);
    return token;
}

/* After the name and an opening parenthesis: a value for a constructor, not parameters. */
static bool begins_constructor(const struct creader *reader)
{
    struct clexer ahead;
    enum ctoken token = creader_look_ahead(reader, &ahead);

    text_free(&ahead.literal);
    return token == CTOKEN_STRING || (token == CTOKEN_NAME && cvalue_is_wrapper(ahead.name)) ||
           (token == CTOKEN_MARK && ahead.mark == '{');
}

enum ctoken cdeclaration_read(struct creader *reader)
{
    const bool is_enclosed = reader->before == '(';
    struct csize size = {0, false, false};
    bool is_after_name = false;

    for (bool is_first = true;; is_first = false) {
        enum ctoken token = creader_next(reader);
        if (token == CTOKEN_NAME) {
            is_after_name = true;
            continue;
        }
        if (creader_is_mark(reader, token, '[')) {
            token = take_size(reader, &size);
        } else if (creader_is_mark(reader, token, '(') && is_after_name) {
            token = skip_attribute(reader);
        } else if (creader_is_mark(reader, token, ')') && is_first && is_enclosed) {
            reader->parentheses--;
        } else if (creader_is_mark(reader, token, '=') || creader_is_mark(reader, token, '{') ||
                   (creader_is_mark(reader, token, '(') && begins_constructor(reader))) {
            return take_definition(reader, &size);
        } else {
            if (creader_is_mark(reader, token, ';') || creader_is_mark(reader, token, ','))
                reader->declared_line = creader_line(reader);
            if (creader_is_mark(reader, token, '('))
                reader->inner_line = creader_line(reader);
            return token;
        }
        if (token == CTOKEN_END || token == CTOKEN_BROKEN)
            return token;
        is_after_name = false;
    }
}
