/* canchors.c -- the initializer of an array of br_x509_trust_anchor -> its words, anchor by anchor
 */
#include <string.h>

#include "emit/creader.h"

/* At a parenthesis: whether it is a cast to a pointer, `(unsigned char *)`. */
static bool is_pointer_cast(const struct creader *reader)
{
    struct clexer ahead;
    enum ctoken token = creader_look_ahead(reader, &ahead);
    bool has_star = false;

    while (token == CTOKEN_NAME || (token == CTOKEN_MARK && ahead.mark == '*')) {
        has_star = token == CTOKEN_MARK;
        token = clexer_next(&ahead);
    }
    text_free(&ahead.literal);
    return has_star && token == CTOKEN_MARK && ahead.mark == ')';
}

static void add_word(struct creader *reader)
{
    text_add(&reader->lexer.literal, "%s ", reader->lexer.name);
}

/* After a dot: the name of a member, and the `=` after it, which say nothing that the order does
 * not say. */
static enum ctoken skip_designator(struct creader *reader)
{
    if (creader_next(reader) == CTOKEN_NAME && creader_is_mark(reader, creader_next(reader), '='))
        return creader_next(reader);
    return CTOKEN_BROKEN;
}

/* A token inside of the outer braces. Returns the next, or CTOKEN_BROKEN. */
static enum ctoken take_token(struct creader *reader, enum ctoken token, size_t *depth)
{
    static const char known[] = ".({}),";
    static const char closing[] = "})";

    if (token != CTOKEN_NAME &&
        !(token == CTOKEN_MARK && strchr(known, reader->lexer.mark) != NULL))
        return CTOKEN_BROKEN;
    if (token == CTOKEN_NAME)
        add_word(reader);
    else if (reader->lexer.mark == '.')
        return skip_designator(reader);
    else if (reader->lexer.mark == '(' && is_pointer_cast(reader))
        return creader_skip_parentheses(reader) == CTOKEN_BROKEN ? CTOKEN_BROKEN
                                                                 : creader_next(reader);
    else if (strchr("{(", reader->lexer.mark) != NULL)
        ++*depth;
    else if (strchr(closing, reader->lexer.mark) != NULL)
        --*depth;
    return creader_next(reader);
}

/* At the opening brace of an anchor: adds its words and a line end. Returns the token after it. */
static enum ctoken take_anchor(struct creader *reader)
{
    enum ctoken token = creader_next(reader);
    size_t depth = 1;

    while (depth > 0 && token != CTOKEN_BROKEN && token != CTOKEN_END)
        token = take_token(reader, token, &depth);
    text_add(&reader->lexer.literal, "\n");
    return depth == 0 ? token : CTOKEN_BROKEN;
}

enum ctoken canchors_take(struct creader *reader, const struct csize *size, enum ctoken token)
{
    unsigned long count = 0;

    if (!creader_is_mark(reader, token, '{'))
        return creader_fail(reader, WAY_PREPROCESS, "the value of %s is no list of trust anchors",
                            reader->wanted);
    for (token = creader_next(reader); creader_is_mark(reader, token, '{'); count++) {
        token = take_anchor(reader);
        if (creader_is_mark(reader, token, ','))
            token = creader_next(reader);
    }
    if (!creader_is_mark(reader, token, '}') || count == 0)
        return creader_fail(reader, WAY_PREPROCESS,
                            "anchor %lu of %s is not written as brssl writes it", count,
                            reader->wanted);
    if (size->is_unknown || size->is_nested || (size->bytes > 0 && size->bytes != count))
        return creader_fail(reader, WAY_ANCHORS, "%s holds %lu trust anchors, its size is another",
                            reader->wanted, count);
    reader->value.form = CHEADER_ANCHORS;
    return creader_next(reader);
}
