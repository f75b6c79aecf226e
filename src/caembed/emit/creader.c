/* creader.c -- C source -> tokens with line numbers, line markers left out; the first failure */
#include "emit/creader.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct creader *creader_new(const char *asked, const char *wanted, struct error *err)
{
    struct creader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        error_no_memory(err);
        return NULL;
    }
    reader->asked = asked;
    reader->wanted = wanted;
    return reader;
}

void creader_free(struct creader *reader)
{
    text_free(&reader->value.bytes);
    text_free(&reader->anchors.text);
    text_free(&reader->others.text);
    free(reader);
}

bool creader_has_failed(const struct creader *reader)
{
    return reader->value.bytes.failed || reader->lexer.literal.failed ||
           reader->anchors.text.failed || reader->others.text.failed;
}

/* ---- lines, failures ---- */

size_t creader_line(struct creader *reader)
{
    const char *at = reader->lexer.at;

    for (const char *end; reader->counted_at < at; reader->counted_at = end + 1) {
        end = memchr(reader->counted_at, '\n', (size_t)(at - reader->counted_at));
        if (end == NULL)
            end = at - 1;
        else
            reader->counted_line++;
    }
    return reader->counted_line;
}

enum ctoken creader_fail_at(struct creader *reader, size_t line, enum way way, const char *format,
                            ...)
{
    va_list args;
    int length;

    if (reader->code != ERROR_NONE)
        return CTOKEN_BROKEN;
    reader->code = ERROR_UNREADABLE;
    reader->way = way;
    length = snprintf(reader->problem, sizeof reader->problem, "line %zu%s%s: ", line,
                      reader->file[0] != '\0' ? " of " : "", reader->file);
    va_start(args, format);
    vsnprintf(reader->problem + length, sizeof reader->problem - (size_t)length, format, args);
    va_end(args);
    return CTOKEN_BROKEN;
}

bool creader_is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

bool creader_is_mark(const struct creader *reader, enum ctoken token, char mark)
{
    return token == CTOKEN_MARK && reader->lexer.mark == mark;
}

/* ---- tokens ---- */

/* After the `#` of `# 12 "x.h"` or `#line 12 "x.h"`, in a copy of the lexer. */
static void take_line_marker(struct creader *reader, struct clexer *lexer)
{
    size_t line = strtoul(lexer->name, NULL, 10);

    text_free(&lexer->literal);
    if (clexer_next(lexer) == CTOKEN_STRING && lexer->literal.length > 0 &&
        lexer->literal.data[0] != '<')
        snprintf(reader->file, sizeof reader->file, "%s", text_base_name(lexer->literal.data));
    clexer_skip_line(lexer);
    reader->lexer.at = lexer->at;
    reader->counted_at = lexer->at < lexer->end ? lexer->at + 1 : lexer->at;
    reader->counted_line = line;
    reader->has_line_markers = true;
}

/* After the `#`: takes it if it is a line marker. */
static bool take_if_line_marker(struct creader *reader)
{
    struct clexer ahead = reader->lexer;
    bool is_marker;

    ahead.literal = (struct text){0};
    ahead.in_directive = true;
    is_marker = clexer_next(&ahead) == CTOKEN_NAME &&
                (strcmp(ahead.name, "line") != 0 || clexer_next(&ahead) == CTOKEN_NAME) &&
                ahead.name[strspn(ahead.name, "0123456789")] == '\0';
    if (is_marker)
        take_line_marker(reader, &ahead);
    text_free(&ahead.literal);
    return is_marker;
}

enum ctoken creader_next(struct creader *reader)
{
    enum ctoken token;

    do {
        token = clexer_next(&reader->lexer);
    } while (token == CTOKEN_DIRECTIVE && take_if_line_marker(reader));
    return token;
}

enum ctoken creader_look_ahead(const struct creader *reader, struct clexer *ahead)
{
    *ahead = reader->lexer;
    ahead->literal = (struct text){0};
    return clexer_next(ahead);
}

enum ctoken creader_skip_parentheses(struct creader *reader)
{
    enum ctoken token;
    size_t open = 1;

    while ((token = creader_next(reader)) != CTOKEN_END && token != CTOKEN_BROKEN) {
        open += creader_is_mark(reader, token, '(') ? 1 : 0;
        open -= creader_is_mark(reader, token, ')') ? 1 : 0;
        if (open == 0)
            break;
    }
    return token;
}
