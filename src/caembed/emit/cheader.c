/* cheader.c -- C source -> the bytes of the string or array that a name in it is (C99 6.7) */
#include "emit/cheader.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/clexer.h"

#define DEFINED_COUNT_MAX 256
#define LISTED_COUNT_MAX 6

/* How to go on after a failure. */
enum way {
    WAY_PREPROCESS,
    WAY_MACRO,
    WAY_WRITE,
    WAY_SIZE,
    WAY_EMBEDDED,
    WAY_BEARSSL,
    WAY_ELSEWHERE
};

/* A group of #if that may or may not count; in the branches of one, braces open where it began. */
struct condition {
    bool is_unknown;
    bool has_branch; /* one that counts for certain has been read: the others do not */
    size_t braces;
    size_t line;
    char text[48];
};

/* What a file defines, for messages: those that look like certificates come first. */
struct listing {
    struct text text;
    size_t count;
};

struct reader {
    struct clexer lexer;
    const char *asked;  /* the name that the user asked for */
    const char *wanted; /* the same, or a name that is its value */
    bool is_macro;      /* `asked` is a macro: its value is lost once the preprocessor has run */
    struct cheader_value value;      /* of the wanted name, once it is found */
    char alias[CLEXER_NAME_MAX + 1]; /* the name that is its value; "" if there is none */
    size_t definition_line;          /* of the value that is being taken */
    size_t found_line;               /* 0: not found */
    size_t declared_line;            /* without a value */
    size_t inner_line;               /* in braces, in a class, or as a function */
    bool has_own_wrapper;            /* the file defines F() or the like */
    bool has_include, has_line_markers;
    /* where the lexer is */
    struct condition condition[CHEADER_CONDITION_DEPTH_MAX];
    size_t depth;
    size_t braces; /* open ones of functions, types and values */
    size_t scopes; /* open ones of namespaces and extern "C" */
    size_t parentheses;
    enum { SCOPE_NONE, SCOPE_EXTERN, SCOPE_OPENS } scope; /* the next brace is one of a scope */
    bool names_type; /* the next name is one of a type or namespace */
    bool names_namespace;
    char before; /* the mark before, or 'a' */
    char declared[CLEXER_NAME_MAX + 1];
    bool is_declared; /* `declared` is complete: what follows are attributes */
    bool is_bearssl;
    /* what was counted and kept */
    const char *counted_at;
    size_t counted_line;
    char file[64]; /* of the last line marker */
    uint64_t defined[DEFINED_COUNT_MAX];
    size_t defined_count;
    struct listing anchors, others;
    /* the first failure */
    enum error_code code;
    enum way way;
    char problem[240];
};

static enum ctoken take_value(struct reader *reader, enum ctoken token, size_t depth);

/* ---- lines, failures ---- */

static size_t line_now(struct reader *reader)
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

/* Keeps the first failure. Returns CTOKEN_BROKEN. */
static enum ctoken fail_at(struct reader *reader, size_t line, enum way way, const char *format,
                           ...) PRINTF_LIKE(4, 5);

static enum ctoken fail_at(struct reader *reader, size_t line, enum way way, const char *format,
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

#define fail(reader, way, ...) fail_at(reader, line_now(reader), way, __VA_ARGS__)

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static bool is_mark(const struct reader *reader, enum ctoken token, char mark)
{
    return token == CTOKEN_MARK && reader->lexer.mark == mark;
}

/* ---- tokens ---- */

/* After the `#` of `# 12 "x.h"` or `#line 12 "x.h"`, in a copy of the lexer. */
static void take_line_marker(struct reader *reader, struct clexer *lexer)
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

/* The next token; line markers are none. */
static enum ctoken next(struct reader *reader)
{
    for (;;) {
        enum ctoken token = clexer_next(&reader->lexer);
        struct clexer ahead = reader->lexer;
        bool is_marker;
        if (token != CTOKEN_DIRECTIVE)
            return token;
        ahead.literal = (struct text){0};
        ahead.in_directive = true;
        is_marker = clexer_next(&ahead) == CTOKEN_NAME &&
                    (strcmp(ahead.name, "line") != 0 || clexer_next(&ahead) == CTOKEN_NAME) &&
                    ahead.name[0] >= '0' && ahead.name[0] <= '9';
        if (is_marker)
            take_line_marker(reader, &ahead);
        text_free(&ahead.literal);
        if (!is_marker)
            return token;
    }
}

/* What the token after next would be, with its literal in *ahead, which is to be freed. */
static enum ctoken look_ahead(const struct reader *reader, struct clexer *ahead)
{
    *ahead = reader->lexer;
    ahead->literal = (struct text){0};
    return clexer_next(ahead);
}

/* After an opening parenthesis: up to after the closing one. A string inside lies in the lexer. */
static enum ctoken skip_parentheses(struct reader *reader)
{
    enum ctoken token;
    size_t open = 1;

    while ((token = next(reader)) != CTOKEN_END && token != CTOKEN_BROKEN) {
        open += is_mark(reader, token, '(') ? 1 : 0;
        open -= is_mark(reader, token, ')') ? 1 : 0;
        if (open == 0)
            break;
    }
    return token;
}

/* ---- values ---- */

/* What stands around a string without changing it. */
static const char *const wrappers[] = {
    "F",     "FPSTR",  "PSTR",         "String",     "string",           "string_view",
    "array", "vector", "basic_string", "const_cast", "reinterpret_cast", "static_cast",
    NULL};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* After a string literal: the next token, after the suffix of C++ if there is one. */
static enum ctoken next_after_literal(struct reader *reader)
{
    const char *end = reader->lexer.at;
    enum ctoken token = next(reader);

    if (token == CTOKEN_NAME && (*end == 's') &&
        (strcmp(reader->lexer.name, "sv") == 0 || strcmp(reader->lexer.name, "s") == 0))
        return next(reader);
    return token;
}

static enum ctoken fail_directive(struct reader *reader)
{
    return fail(reader, WAY_PREPROCESS, "the value of %s holds a preprocessor directive",
                reader->wanted);
}

/* At a string literal: joins it with those after it. */
static enum ctoken take_literals(struct reader *reader)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token = CTOKEN_STRING;

    while (token == CTOKEN_STRING) {
        token = next_after_literal(reader);
        if (lexer->literal.length > CHEADER_VALUE_LENGTH_MAX)
            return fail(reader, WAY_WRITE, "a string that is too long");
    }
    if (lexer->problem != NULL)
        return fail(reader, WAY_WRITE, "the value of %s holds %s", reader->wanted, lexer->problem);
    if (token == CTOKEN_NAME)
        return fail(reader, WAY_PREPROCESS, "the value of %s holds the macro %.60s", reader->wanted,
                    lexer->name);
    if (token == CTOKEN_DIRECTIVE)
        return fail_directive(reader);
    reader->value.form = CHEADER_STRING;
    reader->value.has_nul = true;
    return token;
}

/* The value of an integer constant (C99 6.4.4.1, with C++14's 0b), or -1. */
static long integer_of(const char *digits)
{
    const bool is_binary = digits[0] == '0' && (digits[1] == 'b' || digits[1] == 'B');
    char *end;
    unsigned long value = is_binary ? strtoul(digits + 2, &end, 2) : strtoul(digits, &end, 0);

    if (!is_digit(digits[0]) || end == digits + (is_binary ? 2 : 0) ||
        strspn(end, "uUlL") != strlen(end) || value > 0x7fffffff)
        return -1;
    return (long)value;
}

/* At a member of an array of bytes: its value, negative ones of a signed char included, or
 * LONG_MIN's likes. */
static bool take_byte(struct reader *reader, enum ctoken token, char *byte)
{
    const bool is_negative = is_mark(reader, token, '-');
    long value = -1;

    if (is_negative)
        token = next(reader);
    if (token == CTOKEN_CHAR)
        value = reader->lexer.value;
    else if (token == CTOKEN_NAME)
        value = integer_of(reader->lexer.name);
    *byte = (char)(unsigned char)(is_negative ? -value : value);
    return value >= 0 && value <= (is_negative ? 128 : 255);
}

/* After the brace, at the first member: `48, 0x82, 'a' }`. */
static enum ctoken take_bytes(struct reader *reader, enum ctoken token)
{
    while (!is_mark(reader, token, '}')) {
        char byte;
        if (!take_byte(reader, token, &byte))
            return fail(reader, WAY_PREPROCESS,
                        "the array %s holds something else than numbers from 0 to 255",
                        reader->wanted);
        text_add_bytes(&reader->lexer.literal, &byte, 1);
        token = next(reader);
        if (is_mark(reader, token, ','))
            token = next(reader);
        else if (!is_mark(reader, token, '}'))
            return fail(reader, WAY_PREPROCESS, "the array %s holds expressions", reader->wanted);
    }
    if (reader->lexer.literal.length == 0)
        return fail(reader, WAY_WRITE, "%s is empty", reader->wanted);
    reader->value.form = CHEADER_BYTES;
    return next(reader);
}

/* After an opening brace: bytes, or a value and the closing brace. */
static enum ctoken take_braced(struct reader *reader, size_t depth)
{
    enum ctoken token = next(reader);

    if (token == CTOKEN_CHAR || is_mark(reader, token, '-') || is_mark(reader, token, '}') ||
        (token == CTOKEN_NAME && is_digit(reader->lexer.name[0])))
        return take_bytes(reader, token);
    token = take_value(reader, token, depth + 1);
    if (is_mark(reader, token, ','))
        token = next(reader);
    if (token == CTOKEN_BROKEN || is_mark(reader, token, '}'))
        return token == CTOKEN_BROKEN ? token : next(reader);
    return fail(reader, WAY_WRITE, "%s is an array of several values", reader->wanted);
}

/* After an opening parenthesis: whether it is a cast (names and stars, and then a value). */
static bool is_cast(const struct reader *reader)
{
    struct clexer ahead;
    enum ctoken token = look_ahead(reader, &ahead);
    const bool has_name = token == CTOKEN_NAME && !is_digit(ahead.name[0]);
    bool is_type = has_name;

    while (token == CTOKEN_NAME || (token == CTOKEN_MARK && strchr("*:<>&[]", ahead.mark) != NULL))
        token = clexer_next(&ahead);
    is_type = has_name && token == CTOKEN_MARK && ahead.mark == ')';
    token = is_type ? clexer_next(&ahead) : CTOKEN_END;
    text_free(&ahead.literal);
    return token == CTOKEN_NAME || token == CTOKEN_STRING ||
           (token == CTOKEN_MARK && strchr("(&{", ahead.mark) != NULL);
}

/* After an opening parenthesis. */
static enum ctoken take_parenthesised(struct reader *reader, size_t depth)
{
    enum ctoken token;

    if (is_cast(reader)) {
        token = skip_parentheses(reader);
        return token == CTOKEN_BROKEN || token == CTOKEN_END
                   ? token
                   : take_value(reader, next(reader), depth + 1);
    }
    token = take_value(reader, next(reader), depth + 1);
    if (token == CTOKEN_BROKEN || is_mark(reader, token, ')'))
        return token == CTOKEN_BROKEN ? token : next(reader);
    return fail(reader, WAY_PREPROCESS, "the value of %s is an expression", reader->wanted);
}

/* After the name of a wrapper: `<…>` is left out, then the value in parentheses or braces. */
static enum ctoken take_wrapped(struct reader *reader, size_t depth)
{
    char name[64];
    enum ctoken token;

    snprintf(name, sizeof name, "%.60s", reader->lexer.name);
    token = next(reader);
    if (is_mark(reader, token, '<')) {
        while (token != CTOKEN_BROKEN && token != CTOKEN_END && !is_mark(reader, token, '>'))
            token = next(reader);
        token = next(reader);
    }
    if (reader->has_own_wrapper)
        return fail(reader, WAY_PREPROCESS, "the value of %s holds %s, which the file defines",
                    reader->wanted, name);
    if (is_mark(reader, token, '{'))
        return take_braced(reader, depth);
    if (is_mark(reader, token, '('))
        return take_parenthesised(reader, depth);
    return fail(reader, WAY_PREPROCESS, "the value of %s is an expression", reader->wanted);
}

/* At a name: a wrapper, or another name that the file declares. */
static enum ctoken take_named(struct reader *reader, size_t depth)
{
    struct clexer *lexer = &reader->lexer;
    struct clexer ahead;
    enum ctoken token;

    while (look_ahead(reader, &ahead) == CTOKEN_MARK && ahead.mark == ':')
        if (next(reader) != CTOKEN_MARK || next(reader) != CTOKEN_MARK ||
            next(reader) != CTOKEN_NAME)
            return fail(reader, WAY_PREPROCESS, "the value of %s is an expression", reader->wanted);
    if (is_one_of(lexer->name, wrappers))
        return take_wrapped(reader, depth);
    if (is_digit(lexer->name[0]))
        return fail(reader, WAY_WRITE, "%s is a number", reader->wanted);
    memcpy(reader->alias, lexer->name, sizeof reader->alias);
    token = next(reader);
    if (is_mark(reader, token, '[') && next(reader) == CTOKEN_NAME && strcmp(lexer->name, "0") == 0)
        token = next(reader) == CTOKEN_MARK ? next(reader) : CTOKEN_END;
    if (token == CTOKEN_STRING || token == CTOKEN_NAME)
        return fail(reader, WAY_PREPROCESS, "the value of %s holds the macro %.60s", reader->wanted,
                    reader->alias);
    if (is_mark(reader, token, '('))
        return fail(reader, WAY_PREPROCESS, "the value of %s is a call of %.60s", reader->wanted,
                    reader->alias);
    return token;
}

/* At the first token of a value: its bytes in lexer->literal, or another name in reader->alias.
 * Returns the first token after it. */
static enum ctoken take_value(struct reader *reader, enum ctoken token, size_t depth)
{
    if (depth == CHEADER_VALUE_DEPTH_MAX)
        return fail(reader, WAY_WRITE, "too many parentheses in one another");
    if (token == CTOKEN_STRING)
        return take_literals(reader);
    if (token == CTOKEN_NAME)
        return take_named(reader, depth);
    if (is_mark(reader, token, '('))
        return take_parenthesised(reader, depth);
    if (is_mark(reader, token, '{'))
        return take_braced(reader, depth);
    if (is_mark(reader, token, '&'))
        return take_value(reader, next(reader), depth + 1);
    if (token == CTOKEN_DIRECTIVE)
        return fail_directive(reader);
    return token == CTOKEN_BROKEN && reader->lexer.problem != NULL
               ? fail(reader, WAY_WRITE, "the value of %s holds %s", reader->wanted,
                      reader->lexer.problem)
               : fail(reader, WAY_PREPROCESS, "the value of %s is no string and no array of bytes",
                      reader->wanted);
}

/* ---- the wanted declaration ---- */

/* The size in brackets after the name. */
struct size {
    unsigned long bytes; /* 0: none is given */
    bool is_unknown, is_nested;
};

/* Before a value of the wanted name is taken: whether it counts for certain. */
static bool may_define(struct reader *reader, enum way way)
{
    reader->definition_line = line_now(reader);
    for (size_t i = 0; i < reader->depth; i++) {
        const struct condition *condition = &reader->condition[i];
        if (condition->is_unknown) {
            fail(reader, way, "%s depends on a condition (%s, line %zu)", reader->wanted,
                 condition->text, condition->line);
            return false;
        }
    }
    if (reader->found_line > 0)
        fail(reader, way, "%s is defined a second time (first in line %zu)", reader->wanted,
             reader->found_line);
    return reader->found_line == 0;
}

static enum ctoken fail_size(struct reader *reader, const char *what)
{
    fail_at(reader, reader->definition_line, WAY_SIZE,
            "%s does not fit its array: a compiler cuts %s", reader->wanted, what);
    reader->code = reader->code == ERROR_UNREADABLE ? ERROR_PROOF : reader->code;
    return CTOKEN_BROKEN;
}

/* What was taken is the value. */
static enum ctoken keep_value(struct reader *reader, const struct size *size, enum ctoken token)
{
    struct cheader_value *value = &reader->value;

    if (token == CTOKEN_BROKEN)
        return token;
    reader->found_line = reader->definition_line;
    if (reader->alias[0] != '\0')
        return token;
    value->bytes = reader->lexer.literal;
    reader->lexer.literal = (struct text){0};
    if (size->is_unknown)
        return fail_at(reader, reader->definition_line, WAY_SIZE,
                       "the size of %s is an expression: a compiler cuts what does not fit",
                       reader->wanted);
    if (size->is_nested)
        return fail_at(reader, reader->definition_line, WAY_WRITE, "%s is an array of arrays",
                       reader->wanted);
    if (value->form == CHEADER_STRING && size->bytes > 0 && value->bytes.length >= size->bytes)
        return fail_size(reader, "its end, or the NUL after it");
    if (value->form == CHEADER_BYTES && size->bytes > 0 && value->bytes.length > size->bytes)
        return fail_size(reader, "its end");
    if (value->form == CHEADER_BYTES)
        value->has_nul = value->bytes.length < size->bytes; /* C99 6.7.8: the rest is zero */
    return token;
}

/* After the declarator, at what opens its value: `=`, `{` or `(`. */
static enum ctoken take_definition(struct reader *reader, const struct size *size)
{
    const char opening = reader->lexer.mark;
    enum ctoken token;

    if (reader->is_bearssl)
        return fail(reader, WAY_BEARSSL,
                    "%s holds BearSSL trust anchors: names and keys, no certificates",
                    reader->wanted);
    if (!may_define(reader, WAY_PREPROCESS))
        return CTOKEN_BROKEN;
    text_free(&reader->lexer.literal);
    reader->lexer.problem = NULL;
    if (opening == '=')
        token = take_value(reader, next(reader), 0);
    else
        token = opening == '{' ? take_braced(reader, 0) : take_parenthesised(reader, 0);
    if (token != CTOKEN_BROKEN && !is_mark(reader, token, ';') && !is_mark(reader, token, ','))
        return fail(reader, token == CTOKEN_END ? WAY_WRITE : WAY_PREPROCESS,
                    "the value of %s is an expression, or does not end", reader->wanted);
    return keep_value(reader, size, token);
}

/* After a `[`: a number up to the `]`; anything else is unknown. */
static enum ctoken take_size(struct reader *reader, struct size *size)
{
    enum ctoken token = next(reader);
    long number = token == CTOKEN_NAME ? integer_of(reader->lexer.name) : -1;

    if (is_mark(reader, token, ']')) {
        size->is_nested = size->bytes > 0;
        return token;
    }
    size->is_nested = size->is_nested || size->bytes > 0;
    size->bytes = number > 0 ? (unsigned long)number : size->bytes;
    if (number > 0)
        token = next(reader);
    for (; !is_mark(reader, token, ']'); token = next(reader)) {
        size->is_unknown = true;
        if (token == CTOKEN_END || token == CTOKEN_BROKEN)
            return token;
    }
    size->is_unknown = size->is_unknown || number <= 0;
    return token;
}

/* After `asm`, `__attribute__` or another name, at its parenthesis. */
static enum ctoken skip_attribute(struct reader *reader)
{
    static const char prefix[] = "_binary_";
    enum ctoken token;

    text_free(&reader->lexer.literal);
    token = skip_parentheses(reader);
    if (reader->lexer.literal.length >= sizeof prefix &&
        memcmp(reader->lexer.literal.data, prefix, sizeof prefix - 1) == 0)
        return fail(reader, WAY_EMBEDDED,
                    "%s is %.80s, the content of a file that the build embeds", reader->wanted,
                    reader->lexer.literal.data);
    return token;
}

/* After the name and an opening parenthesis: a value for a constructor, not parameters. */
static bool begins_constructor(const struct reader *reader)
{
    struct clexer ahead;
    enum ctoken token = look_ahead(reader, &ahead);

    text_free(&ahead.literal);
    return token == CTOKEN_STRING || (token == CTOKEN_NAME && is_one_of(ahead.name, wrappers)) ||
           (token == CTOKEN_MARK && ahead.mark == '{');
}

/* After the wanted name at file scope: `[size] attributes = value`, `("value")`, `{"value"}`.
 * Returns the first token that is not part of it. */
static enum ctoken read_declarator(struct reader *reader)
{
    const bool is_enclosed = reader->before == '(';
    struct size size = {0, false, false};
    bool is_after_name = false;

    for (bool is_first = true;; is_first = false) {
        enum ctoken token = next(reader);
        if (token == CTOKEN_NAME) {
            is_after_name = true;
            continue;
        }
        if (is_mark(reader, token, '[')) {
            token = take_size(reader, &size);
        } else if (is_mark(reader, token, '(') && is_after_name) {
            token = skip_attribute(reader);
        } else if (is_mark(reader, token, ')') && is_first && is_enclosed) {
            reader->parentheses--;
        } else if (is_mark(reader, token, '=') || is_mark(reader, token, '{') ||
                   (is_mark(reader, token, '(') && begins_constructor(reader))) {
            return take_definition(reader, &size);
        } else {
            if (is_mark(reader, token, ';') || is_mark(reader, token, ','))
                reader->declared_line = line_now(reader);
            if (is_mark(reader, token, '('))
                reader->inner_line = line_now(reader);
            return token;
        }
        if (token == CTOKEN_END || token == CTOKEN_BROKEN)
            return token;
        is_after_name = false;
    }
}

/* ---- what the file defines, for messages ---- */

static void list(struct reader *reader, const char *name, const char *form, bool is_anchor)
{
    struct listing *listing = is_anchor ? &reader->anchors : &reader->others;

    if (strcmp(name, reader->wanted) == 0 || name[0] == '\0')
        return;
    if (listing->count++ < LISTED_COUNT_MAX)
        text_add(&listing->text, "%s%.40s (%s, line %zu)", listing->text.length > 0 ? ", " : "",
                 name, form, line_now(reader));
}

static bool is_pem_text(const struct text *text)
{
    return text->length > 10 && strstr(text->data, "-----BEGIN") != NULL;
}

/* At what opens a value of reader->declared: lists the name if it is a string or an array. */
static void list_definition(struct reader *reader)
{
    struct clexer ahead;
    enum ctoken token = look_ahead(reader, &ahead);
    long value = -1;

    if (reader->is_bearssl && reader->lexer.mark == '=')
        list(reader, reader->declared, "BearSSL trust anchors", true);
    else if (token == CTOKEN_STRING && (reader->lexer.mark == '=' || is_pem_text(&ahead.literal)))
        list(reader, reader->declared, "a string", is_pem_text(&ahead.literal));
    else if (token == CTOKEN_MARK && ahead.mark == '{' && clexer_next(&ahead) == CTOKEN_NAME &&
             (value = integer_of(ahead.name)) >= 0)
        list(reader, reader->declared, "an array", value == 0x30 || value == '-');
    text_free(&ahead.literal);
}

/* After `asm` outside of the wanted declaration. */
static void list_symbol(struct reader *reader)
{
    struct clexer ahead;

    if (look_ahead(reader, &ahead) == CTOKEN_MARK && clexer_next(&ahead) == CTOKEN_STRING &&
        strncmp(ahead.literal.data, "_binary_", 8) == 0)
        list(reader, reader->declared, "a file that the build embeds", true);
    text_free(&ahead.literal);
}

/* A name at file scope: the last one before brackets and attributes is what is declared. */
static void note_name(struct reader *reader)
{
    static const char *const attributes[] = {"PROGMEM",  "ICACHE_RODATA_ATTR", "__attribute__",
                                             "FLASHMEM", "__in_flash",         "DRAM_ATTR",
                                             NULL};
    static const char *const symbols[] = {"asm", "__asm", "__asm__", NULL};
    const char *name = reader->lexer.name;

    if (is_one_of(name, symbols))
        list_symbol(reader);
    else if (strcmp(name, "br_x509_trust_anchor") == 0)
        reader->is_bearssl = true;
    else if (!reader->is_declared && !is_one_of(name, attributes))
        memcpy(reader->declared, name, sizeof reader->declared);
}

/* ---- directives ---- */

static uint64_t hash_of(const char *name) /* FNV-1a */
{
    uint64_t hash = 14695981039346656037u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return hash;
}

static bool is_defined(const struct reader *reader, const char *name)
{
    const uint64_t hash = hash_of(name);

    for (size_t i = 0; i < reader->defined_count; i++)
        if (reader->defined[i] == hash)
            return true;
    return reader->defined_count == DEFINED_COUNT_MAX;
}

static void take_macro_value(struct reader *reader)
{
    const struct size none = {0, false, false};
    enum ctoken token = next(reader);

    if (token == CTOKEN_LINE_END || token == CTOKEN_END) {
        fail_at(reader, reader->definition_line, WAY_WRITE, "%s is an empty macro", reader->wanted);
        return;
    }
    token = take_value(reader, token, 0);
    if (token != CTOKEN_BROKEN && token != CTOKEN_LINE_END && token != CTOKEN_END)
        token = fail(reader, WAY_MACRO, "the macro %s is an expression", reader->wanted);
    if (token != CTOKEN_BROKEN)
        (void)keep_value(reader, &none, token);
    if (token == CTOKEN_LINE_END)
        reader->lexer.at--; /* it is the directive's */
}

/* The wanted name is a macro. */
static void define_wanted(struct reader *reader, bool has_parameters)
{
    reader->is_macro = reader->asked == reader->wanted;
    if (has_parameters)
        fail(reader, WAY_MACRO, "%s is a macro with parameters", reader->wanted);
    else if (reader->asked != reader->wanted)
        fail(reader, WAY_PREPROCESS, "the value holds the macro %.60s", reader->wanted);
    else if (may_define(reader, WAY_MACRO))
        take_macro_value(reader);
}

static void read_define(struct reader *reader)
{
    struct clexer *lexer = &reader->lexer;
    struct clexer ahead;
    bool has_parameters;

    if (next(reader) != CTOKEN_NAME)
        return;
    has_parameters = lexer->at < lexer->end && *lexer->at == '(';
    if (reader->defined_count < DEFINED_COUNT_MAX)
        reader->defined[reader->defined_count++] = hash_of(lexer->name);
    reader->has_own_wrapper = reader->has_own_wrapper || is_one_of(lexer->name, wrappers);
    if (strcmp(lexer->name, reader->wanted) == 0) {
        define_wanted(reader, has_parameters);
        return;
    }
    if (!has_parameters && look_ahead(reader, &ahead) == CTOKEN_STRING) {
        list(reader, lexer->name, "a macro", is_pem_text(&ahead.literal));
        text_free(&ahead.literal);
    }
}

static void read_undef(struct reader *reader)
{
    if (next(reader) == CTOKEN_NAME && strcmp(reader->lexer.name, reader->wanted) == 0)
        fail(reader, WAY_MACRO, "an #undef of %s", reader->wanted);
}

static void read_include(struct reader *reader)
{
    reader->has_include = true;
    if (reader->found_line > 0)
        fail(reader, WAY_PREPROCESS, "an #include after %s may define it anew", reader->wanted);
}

/* push_macro and pop_macro change what a macro stands for. */
static void read_pragma_text(struct reader *reader, const char *text)
{
    if (strstr(text, "_macro") != NULL && strstr(text, reader->wanted) != NULL)
        fail(reader, WAY_MACRO, "a #pragma about the macro %s", reader->wanted);
}

static void read_pragma(struct reader *reader)
{
    const char *begin = reader->lexer.at;
    struct text line = {0};

    clexer_skip_line(&reader->lexer);
    text_add_bytes(&line, begin, (size_t)(reader->lexer.at - begin));
    if (line.data != NULL)
        read_pragma_text(reader, line.data);
    text_free(&line);
}

/* Whether the next directive defines the name: with it an include guard, or a default, begins. */
static bool is_defined_next(const struct reader *reader, const char *name)
{
    struct clexer ahead = reader->lexer;
    bool is_define;

    ahead.literal = (struct text){0};
    ahead.in_directive = true;
    is_define = clexer_skip_to_directive(&ahead) && clexer_next(&ahead) == CTOKEN_NAME &&
                strcmp(ahead.name, "define") == 0 && clexer_next(&ahead) == CTOKEN_NAME &&
                strcmp(ahead.name, name) == 0;
    text_free(&ahead.literal);
    return is_define;
}

/* After #ifndef, or #if: `NAME`, `!defined NAME` or `!defined(NAME)` of an include guard. */
static bool is_guard(struct reader *reader, bool is_ifndef)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token = next(reader);

    if (!is_ifndef) {
        if (!is_mark(reader, token, '!') || next(reader) != CTOKEN_NAME ||
            strcmp(lexer->name, "defined") != 0)
            return false;
        token = next(reader);
        if (is_mark(reader, token, '('))
            token = next(reader);
    }
    if (token != CTOKEN_NAME || is_defined(reader, lexer->name))
        return false;
    return is_defined_next(reader, lexer->name);
}

/* After #if: the value of `0` or `1` alone on the line, or -1. */
static int constant_condition(struct reader *reader)
{
    enum ctoken token = next(reader);
    long number = token == CTOKEN_NAME ? integer_of(reader->lexer.name) : -1;

    token = next(reader);
    return token == CTOKEN_LINE_END || token == CTOKEN_END ? number == 0   ? 0
                                                             : number == 1 ? 1
                                                                           : -1
                                                           : -1;
}

static const char *const opening[] = {"if", "ifdef", "ifndef", NULL};
static const char *const following[] = {"elif", "elifdef", "elifndef", "else", NULL};

/* The name of a directive, or "". */
static void take_directive_name(struct clexer *lexer, char out[16])
{
    lexer->in_directive = true;
    out[0] = '\0';
    if (clexer_next(lexer) == CTOKEN_NAME && strlen(lexer->name) < 16)
        memcpy(out, lexer->name, strlen(lexer->name) + 1);
}

/* Leaves out what does not count, up to the #elif or #else after which something may, or to the
 * end of the group. */
static void skip_branches(struct reader *reader)
{
    struct condition *condition = &reader->condition[reader->depth - 1];
    size_t nested = 0;
    char name[16];

    while (clexer_skip_to_directive(&reader->lexer)) {
        take_directive_name(&reader->lexer, name);
        if (strcmp(name, "endif") == 0 && nested == 0) {
            reader->depth--;
            return;
        }
        nested += is_one_of(name, opening) ? 1 : 0;
        nested -= strcmp(name, "endif") == 0 ? 1 : 0;
        if (nested == 0 && !condition->has_branch && is_one_of(name, following)) {
            condition->is_unknown = strcmp(name, "else") != 0;
            return;
        }
    }
}

/* The directive for messages: `#ifdef STAGING`. */
static void describe_condition(const struct reader *reader, const char *name,
                               struct condition *condition)
{
    const char *at = reader->lexer.at;
    size_t left = (size_t)(reader->lexer.end - at);
    const char *end = memchr(at, '\n', left);

    left = end != NULL ? (size_t)(end - at) : left;
    snprintf(condition->text, sizeof condition->text, "#%s%.*s", name, left < 32 ? (int)left : 32,
             at);
    condition->text[strcspn(condition->text, "\r")] = '\0';
}

static void open_condition(struct reader *reader, const char *name)
{
    struct condition *condition = &reader->condition[reader->depth];
    const char *begin = reader->lexer.at;
    int constant = -1;

    if (reader->depth == CHEADER_CONDITION_DEPTH_MAX) {
        fail(reader, WAY_PREPROCESS, "too many conditions in one another");
        reader->lexer.at = reader->lexer.end;
        return;
    }
    *condition = (struct condition){.braces = reader->braces, .line = line_now(reader)};
    describe_condition(reader, name, condition);
    if (strcmp(name, "ifdef") != 0 && is_guard(reader, strcmp(name, "ifndef") == 0))
        constant = 1;
    reader->lexer.at = begin;
    if (constant < 0 && strcmp(name, "if") == 0)
        constant = constant_condition(reader);
    reader->lexer.at = begin;
    reader->depth++;
    condition->is_unknown = constant < 0;
    condition->has_branch = constant == 1;
    if (constant == 0)
        skip_branches(reader);
}

/* #if, #elif, #else, #endif. */
static void read_condition(struct reader *reader, const char *name)
{
    struct condition *top;

    if (is_one_of(name, opening)) {
        open_condition(reader, name);
        return;
    }
    if (reader->depth == 0)
        return;
    top = &reader->condition[reader->depth - 1];
    if (strcmp(name, "endif") == 0) {
        reader->depth--;
    } else if (is_one_of(name, following)) {
        reader->braces = top->braces;
        if (top->has_branch)
            skip_branches(reader);
        else
            top->is_unknown = true;
    }
}

/* After the `#`: reads the directive and goes to its line's end. */
static void read_directive(struct reader *reader)
{
    static const struct {
        const char *name;
        void (*read)(struct reader *reader);
    } directives[] = {
        {"define", read_define},  {"undef", read_undef},   {"include", read_include},
        {"import", read_include}, {"pragma", read_pragma}, {"include_next", read_include},
        {"embed", read_include},
    };
    struct clexer *lexer = &reader->lexer;
    bool is_known = false;
    char name[16];

    take_directive_name(lexer, name);
    for (size_t i = 0; i < sizeof directives / sizeof directives[0]; i++) {
        if (strcmp(name, directives[i].name) != 0)
            continue;
        directives[i].read(reader);
        is_known = true;
    }
    if (!is_known)
        read_condition(reader, name);
    lexer->in_directive = false;
    if (!lexer->at_line_start)
        clexer_skip_line(lexer);
}

/* ---- the whole source ---- */

/* A mark outside of the wanted declaration. */
static void track_mark(struct reader *reader)
{
    const char mark = reader->lexer.mark;
    const bool is_outside = reader->braces == 0 && reader->parentheses == 0;

    if (is_outside && strchr("=({", mark) != NULL)
        list_definition(reader);
    if (mark == '(' || (mark == ')' && reader->parentheses > 0))
        reader->parentheses += mark == '(' ? 1 : (size_t)-1;
    if (mark == '{' && is_outside && reader->scope == SCOPE_OPENS)
        reader->scopes++;
    else if (mark == '{')
        reader->braces++;
    else if (mark == '}' && reader->braces > 0)
        reader->braces--;
    else if (mark == '}' && reader->scopes > 0)
        reader->scopes--;
    if (strchr("{};", mark) != NULL) {
        reader->names_namespace = reader->is_bearssl = false;
        reader->scope = SCOPE_NONE;
        reader->parentheses = reader->braces == 0 ? 0 : reader->parentheses;
    }
    reader->is_declared = is_outside && strchr("[=", mark) != NULL;
}

/* Whether the wanted name, read just now, is declared here, at file scope. */
static bool is_declarator(struct reader *reader)
{
    struct clexer ahead;
    const bool is_followed =
        look_ahead(reader, &ahead) == CTOKEN_MARK && strchr("=[", ahead.mark) != NULL;

    text_free(&ahead.literal);
    if (reader->names_type)
        return false;
    if (reader->braces > 0 || reader->before == ':') {
        if (is_followed && reader->inner_line == 0)
            reader->inner_line = line_now(reader);
        return false;
    }
    return reader->parentheses == 0 || (reader->parentheses == 1 && reader->before == '(');
}

static void track_name(struct reader *reader)
{
    static const char *const types[] = {"namespace", "struct", "class", "union", "enum", NULL};
    const char *name = reader->lexer.name;

    if (reader->braces == 0 && reader->parentheses == 0)
        note_name(reader);
    if (strcmp(name, "namespace") == 0)
        reader->scope = SCOPE_OPENS;
    else if (strcmp(name, "extern") == 0)
        reader->scope = SCOPE_EXTERN;
    else if (!reader->names_namespace)
        reader->scope = SCOPE_NONE;
    reader->names_namespace = reader->scope == SCOPE_OPENS;
    reader->names_type = is_one_of(name, types);
    reader->before = 'a';
}

/* One token outside of the wanted declaration. Returns the next. */
static enum ctoken read_token(struct reader *reader, enum ctoken token)
{
    struct clexer *lexer = &reader->lexer;

    if (token == CTOKEN_NAME && reader->code == ERROR_NONE &&
        strcmp(lexer->name, reader->wanted) == 0 && is_declarator(reader)) {
        token = read_declarator(reader);
        reader->before = 'a';
        return token == CTOKEN_BROKEN && reader->code != ERROR_NONE ? next(reader) : token;
    }
    if (token == CTOKEN_DIRECTIVE) {
        read_directive(reader);
    } else if (token == CTOKEN_NAME) {
        track_name(reader);
    } else if (token == CTOKEN_MARK) {
        track_mark(reader);
        reader->before = lexer->mark;
        reader->names_type = false;
    } else if (token == CTOKEN_STRING && lexer->literal.data != NULL) {
        read_pragma_text(reader, lexer->literal.data); /* of _Pragma() */
        if (reader->scope == SCOPE_EXTERN)
            reader->scope = SCOPE_OPENS;
    }
    text_free(&lexer->literal);
    lexer->problem = lexer->at < lexer->end ? NULL : lexer->problem;
    return next(reader);
}

static void read_source(struct reader *reader, const struct cheader_source *source)
{
    static const char bom[] = "\xef\xbb\xbf";
    const bool has_bom = source->length >= 3 && memcmp(source->text, bom, 3) == 0;
    const char *begin = source->text + (has_bom ? 3 : 0);
    enum ctoken token;

    reader->lexer =
        (struct clexer){.at = begin, .end = source->text + source->length, .at_line_start = true};
    reader->counted_at = begin;
    reader->counted_line = 1;
    token = next(reader);
    while (token != CTOKEN_END && token != CTOKEN_BROKEN)
        token = read_token(reader, token);
    if (reader->lexer.problem != NULL)
        fail(reader, WAY_PREPROCESS, "%s", reader->lexer.problem);
    text_free(&reader->lexer.literal);
}

static void reader_free(struct reader *reader)
{
    text_free(&reader->value.bytes);
    text_free(&reader->anchors.text);
    text_free(&reader->others.text);
    free(reader);
}

/* ---- what went wrong, and how to go on ---- */

/* Hints name the file as the shell has it from the user. */
static void add_hint(const struct cheader_source *source, const char *name, enum way way,
                     struct error *err)
{
    const char *path = strcmp(source->path, "-") == 0 ? "FILE" : source->path;
    const char *quote = strpbrk(path, " \"$&();<>|*?`\\") != NULL ? "'" : "";

    switch (way) {
    case WAY_PREPROCESS:
        error_hint(err,
                   "let the preprocessor read it, with the -D and -I of your build: "
                   "cc -E %s%s%s | caembed --check -n %s -o - HOST",
                   quote, path, quote, name);
        break;
    case WAY_MACRO:
        error_hint(err,
                   "let the preprocessor read it, with the -D and -I of your build: "
                   "printf '#include \"%s\"\\nconst char ca[] = %s;\\n' | cc -E -I. - | "
                   "caembed --check -n ca -o - HOST",
                   path, name);
        break;
    case WAY_WRITE:
        error_hint(err,
                   "expected: static const char %s[] = \"-----BEGIN CERTIFICATE-----\\n\" ...; or "
                   "another name with -n",
                   name);
        break;
    case WAY_SIZE:
        error_hint(err, "leave out the size: const char %s[] = ...", name);
        break;
    case WAY_EMBEDDED:
    case WAY_BEARSSL:
        error_hint(err,
                   "check the PEM file that %s: { echo 'const char ca[] = R\"('; cat FILE.pem; "
                   "echo ')\";'; } | caembed --check -n ca -o - HOST",
                   way == WAY_EMBEDDED ? "is embedded" : "they were made from");
        break;
    case WAY_ELSEWHERE:
        error_hint(err, "give the file that defines it: caembed --check -n %s -o FILE HOST", name);
        break;
    }
}

static int report(struct reader *reader, const struct cheader_source *source, struct error *err)
{
    const struct text *listed =
        reader->anchors.count > 0 ? &reader->anchors.text : &reader->others.text;

    if (reader->way == WAY_PREPROCESS && reader->has_line_markers)
        reader->way = WAY_WRITE; /* it has read the source already */
    if (reader->way == WAY_PREPROCESS && reader->is_macro)
        reader->way = WAY_MACRO;
    error_set(err, reader->code, "%s%s%.300s", reader->problem,
              listed->length > 0 ? "; the file also defines " : "",
              listed->length > 0 ? listed->data : "");
    add_hint(source, reader->asked, reader->way, err);
    return -1;
}

static struct reader *reader_new(const char *asked, const char *wanted, struct error *err)
{
    struct reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        error_no_memory(err);
        return NULL;
    }
    reader->asked = asked;
    reader->wanted = wanted;
    return reader;
}

static bool has_failed_allocation(const struct reader *reader)
{
    return reader->value.bytes.failed || reader->lexer.literal.failed ||
           reader->anchors.text.failed || reader->others.text.failed;
}

/* What one reading of the source leads to: bytes, or another name. */
struct reading {
    const char *asked;
    char wanted[CLEXER_NAME_MAX + 1];
    bool is_macro;
    struct cheader_value value;
};

static int finish_reading(struct reader *reader, const struct cheader_source *source,
                          struct reading *reading, struct error *err)
{
    if (has_failed_allocation(reader))
        return error_no_memory(err);
    if (reader->asked != reader->wanted && reader->found_line == 0)
        fail(reader, WAY_PREPROCESS, "the value is %.60s, which the file does not define",
             reader->wanted);
    if (reader->code != ERROR_NONE)
        return report(reader, source, err);
    memcpy(reading->wanted, reader->alias, sizeof reading->wanted);
    reading->is_macro = reader->is_macro;
    reading->value = reader->value;
    reader->value = (struct cheader_value){.form = CHEADER_NONE};
    return 0;
}

/* Reads the source for reading->wanted; the name that is its value takes its place. */
static int read_name(const struct cheader_source *source, bool is_first, struct reading *reading,
                     struct error *err)
{
    char wanted[CLEXER_NAME_MAX + 1];
    struct reader *reader;
    int rv;

    memcpy(wanted, reading->wanted, sizeof wanted);
    reader = reader_new(reading->asked, is_first ? reading->asked : wanted, err);
    if (reader == NULL)
        return -1;
    reader->is_macro = reading->is_macro;
    read_source(reader, source);
    rv = finish_reading(reader, source, reading, err);
    reader_free(reader);
    return rv;
}

int cheader_read(const struct cheader_source *source, const char *name, struct cheader_value *out,
                 struct error *err)
{
    struct reading reading = {.asked = name};

    for (size_t count = 0; count == 0 || reading.wanted[0] != '\0'; count++) {
        if (count > CHEADER_ALIAS_COUNT_MAX) {
            error_set(err, ERROR_UNREADABLE,
                      "the value of %s is a name that stands for a name, %d times over", name,
                      CHEADER_ALIAS_COUNT_MAX);
            add_hint(source, name, WAY_WRITE, err);
            return -1;
        }
        if (read_name(source, count == 0, &reading, err) != 0)
            return -1;
    }
    *out = reading.value;
    return 0;
}

static int describe_missing(struct reader *reader, const struct cheader_source *source,
                            struct error *err)
{
    const struct text *listed =
        reader->anchors.count > 0 ? &reader->anchors.text : &reader->others.text;
    const size_t line = reader->declared_line > 0 ? reader->declared_line : reader->inner_line;

    if (line > 0) {
        fail_at(reader, line, reader->declared_line > 0 ? WAY_ELSEWHERE : WAY_WRITE,
                reader->declared_line > 0
                    ? "%s is only declared here: another file defines it"
                    : "%s is a function, or belongs to a function, a struct or a class",
                reader->wanted);
        return report(reader, source, err);
    }
    if (listed->length > 0) {
        error_set(err, ERROR_UNREADABLE, "it does not define %s, but %.400s", reader->wanted,
                  listed->data);
        return error_hint(err, "name the one to check with -n NAME");
    }
    error_set(err, reader->has_include ? ERROR_UNREADABLE : ERROR_PROOF,
              "the header does not define the string %s%s", reader->wanted,
              reader->has_include ? ", unless a file that it includes does" : "");
    add_hint(source, reader->wanted, reader->has_include ? WAY_PREPROCESS : WAY_WRITE, err);
    return -1;
}

int cheader_fail_missing(const struct cheader_source *source, const char *name, struct error *err)
{
    struct reader *reader = reader_new(name, name, err);

    if (reader == NULL)
        return -1;
    read_source(reader, source);
    if (has_failed_allocation(reader))
        error_no_memory(err);
    else
        (void)!describe_missing(reader, source, err);
    reader_free(reader);
    return -1;
}
