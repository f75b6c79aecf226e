/* json.c -- JSON or JSON5 text -> a tree */
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/json_lex.h"
#include "base/utf8.h"

struct parser {
    struct json_lexer lexer;
    size_t depth;
    size_t count;
};

static int parse_value(struct parser *parser, struct json *out);

void json_free(struct json *json)
{
    while (json != NULL) {
        struct json *next = json->next;
        json_free(json->first); /* as deep as JSON_DEPTH_MAX */
        free(json->key);
        free(json->text);
        free(json);
        json = next;
    }
}

static char next_byte(const struct parser *parser)
{
    return parser->lexer.bytes[parser->lexer.at];
}

/* A key and its colon. */
static int parse_key(struct parser *parser, struct json *entry)
{
    if (json_take_key(&parser->lexer, &entry->key) != 0 || json_skip_blank(&parser->lexer) != 0)
        return -1;
    if (!json_take_word(&parser->lexer, ":"))
        return json_expected(&parser->lexer, "':' after a key");
    return json_skip_blank(&parser->lexer);
}

/* An empty entry behind `last`, or as the first one; NULL if out of memory. */
static struct json *append_entry(struct json *container, struct json *last)
{
    struct json *entry = calloc(1, sizeof *entry);

    if (last != NULL)
        last->next = entry;
    else
        container->first = entry;
    return entry;
}

static int parse_entry(struct parser *parser, bool has_key, struct json *entry)
{
    if (++parser->count > JSON_COUNT_MAX)
        return json_fail(&parser->lexer, parser->lexer.at, "found more than %d values",
                         JSON_COUNT_MAX);
    if (has_key && parse_key(parser, entry) != 0)
        return -1;
    return parse_value(parser, entry);
}

/* After an entry: a comma, or the end, or in JSON5 both. *more says whether an entry follows. */
static int parse_comma(struct parser *parser, char close, struct json *out, bool *more)
{
    struct json_lexer *lexer = &parser->lexer;
    size_t comma;

    if (json_skip_blank(lexer) != 0)
        return -1;
    *more = false;
    if (next_byte(parser) == close)
        return 0;
    comma = lexer->at;
    if (!json_take_word(lexer, ","))
        return json_expected(lexer, close == '}' ? "',' or '}'" : "',' or ']'");
    if (json_skip_blank(lexer) != 0)
        return -1;
    *more = next_byte(parser) != close;
    out->trailing_comma = !*more;
    if (out->trailing_comma && lexer->dialect != JSON_FIVE)
        return json_fail(lexer, comma, "found a comma before '%c', which plain JSON does not have",
                         close);
    return 0;
}

static int parse_container(struct parser *parser, struct json *out)
{
    struct json_lexer *lexer = &parser->lexer;
    char close = next_byte(parser) == '{' ? '}' : ']';
    struct json *last = NULL;
    bool more;

    if (++parser->depth > JSON_DEPTH_MAX)
        return json_fail(lexer, lexer->at, "found more than %d brackets within each other",
                         JSON_DEPTH_MAX);
    out->kind = close == '}' ? JSON_OBJECT : JSON_ARRAY;
    (void)json_take_word(lexer, close == '}' ? "{" : "[");
    if (json_skip_blank(lexer) != 0)
        return -1;
    more = next_byte(parser) != close;
    while (more) {
        last = append_entry(out, last);
        if (last == NULL)
            return error_no_memory(lexer->err);
        if (parse_entry(parser, close == '}', last) != 0 ||
            parse_comma(parser, close, out, &more) != 0)
            return -1;
    }
    out->tail = lexer->tail;
    (void)json_take_word(lexer, close == '}' ? "}" : "]");
    parser->depth--;
    return 0;
}

static bool parse_literal(struct parser *parser, struct json *out)
{
    static const struct {
        const char *word;
        enum json_kind kind;
    } literals[] = {{"null", JSON_NULL}, {"false", JSON_FALSE}, {"true", JSON_TRUE}};

    for (size_t i = 0; i < sizeof literals / sizeof literals[0]; i++)
        if (json_take_word(&parser->lexer, literals[i].word)) {
            out->kind = literals[i].kind;
            return true;
        }
    return false;
}

static int parse_value(struct parser *parser, struct json *out)
{
    struct json_lexer *lexer = &parser->lexer;
    char byte = next_byte(parser);
    int rv = 0;

    out->at = lexer->at;
    out->line = json_line(lexer, lexer->at);
    if (byte == '{' || byte == '[') {
        rv = parse_container(parser, out);
    } else if (byte == '"' || byte == '\'') {
        out->kind = JSON_STRING;
        rv = json_take_string(lexer, &out->text);
    } else if (!parse_literal(parser, out)) {
        rv = json_take_number(lexer, &out->kind, &out->text);
    }
    out->end = lexer->at;
    return rv;
}

/* Nothing but UTF-8, and no NUL, so that the lexer need not look again. */
static int check_bytes(struct json_lexer *lexer, size_t length)
{
    const char *bytes = lexer->bytes;

    if (strncmp(bytes, "\xff\xfe", 2) == 0 || strncmp(bytes, "\xfe\xff", 2) == 0)
        return json_fail(lexer, 0, "found UTF-16 text, not UTF-8");
    for (size_t at = 0; at < length;) {
        size_t step = utf8_length(bytes + at);
        if (step == 0 && bytes[at] == '\0')
            return json_fail(lexer, at, "found a NUL byte");
        if (step == 0)
            return json_fail(lexer, at, "found the byte 0x%02x, which is not UTF-8 text",
                             (unsigned char)bytes[at]);
        at += step;
    }
    return 0;
}

static int parse_document(struct parser *parser, struct json *root)
{
    struct json_lexer *lexer = &parser->lexer;

    if (json_skip_blank(lexer) != 0)
        return -1;
    if (next_byte(parser) == '\0')
        return json_fail(lexer, lexer->at, "found nothing but blanks");
    if (parse_value(parser, root) != 0 || json_skip_blank(lexer) != 0)
        return -1;
    return next_byte(parser) == '\0' ? 0 : json_expected(lexer, "the end of the file");
}

int json_parse(const char *bytes, size_t length, const char *name, enum json_dialect dialect,
               struct json **out, struct error *err)
{
    struct parser parser = {
        .lexer = {
            .bytes = bytes, .dialect = dialect, .name = name, .place = {0, 1, 1}, .err = err}};
    struct json *root = calloc(1, sizeof *root);

    if (root == NULL)
        return error_no_memory(err);
    if (check_bytes(&parser.lexer, length) != 0 || parse_document(&parser, root) != 0) {
        json_free(root);
        return -1;
    }
    *out = root;
    return 0;
}

const struct json *json_member(const struct json *object, const char *key)
{
    if (object == NULL || object->kind != JSON_OBJECT)
        return NULL;
    for (const struct json *member = object->first; member != NULL; member = member->next)
        if (strcmp(member->key, key) == 0)
            return member;
    return NULL;
}
