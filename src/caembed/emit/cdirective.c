/* cdirective.c -- preprocessor directives -> what counts, what does not, and what can't be told */
#include <stdio.h>
#include <string.h>

#include "emit/creader.h"

static uint64_t hash_of(const char *name) /* FNV-1a */
{
    uint64_t hash = 14695981039346656037u;

    for (; *name != '\0'; name++)
        hash = (hash ^ (unsigned char)*name) * 1099511628211u;
    return hash;
}

static bool is_defined(const struct creader *reader, const char *name)
{
    const uint64_t hash = hash_of(name);

    for (size_t i = 0; i < reader->defined_count; i++)
        if (reader->defined[i] == hash)
            return true;
    return reader->defined_count == CREADER_DEFINED_COUNT_MAX;
}

static void take_macro_value(struct creader *reader)
{
    const struct csize none = {0, false, false};
    enum ctoken token = creader_next(reader);

    if (token == CTOKEN_LINE_END || token == CTOKEN_END) {
        creader_fail_at(reader, reader->definition_line, WAY_WRITE, "%s is an empty macro",
                        reader->wanted);
        return;
    }
    token = cvalue_take(reader, token, 0);
    if (token != CTOKEN_BROKEN && token != CTOKEN_LINE_END && token != CTOKEN_END)
        token = creader_fail(reader, WAY_MACRO, "the macro %s is an expression", reader->wanted);
    if (token != CTOKEN_BROKEN)
        (void)cdeclaration_keep(reader, &none, token);
    if (token == CTOKEN_LINE_END)
        reader->lexer.at--; /* it is the directive's */
}

/* The wanted name is a macro. */
static void define_wanted(struct creader *reader, bool has_parameters)
{
    reader->is_macro = reader->asked == reader->wanted;
    if (has_parameters)
        creader_fail(reader, WAY_MACRO, "%s is a macro with parameters", reader->wanted);
    else if (reader->asked != reader->wanted)
        creader_fail(reader, WAY_PREPROCESS, "the value holds the macro %.60s", reader->wanted);
    else if (cdeclaration_may_define(reader, WAY_MACRO))
        take_macro_value(reader);
}

static void read_define(struct creader *reader)
{
    struct clexer *lexer = &reader->lexer;
    struct clexer ahead;
    bool has_parameters;

    if (creader_next(reader) != CTOKEN_NAME)
        return;
    has_parameters = lexer->at < lexer->end && *lexer->at == '(';
    if (reader->defined_count < CREADER_DEFINED_COUNT_MAX)
        reader->defined[reader->defined_count++] = hash_of(lexer->name);
    reader->has_own_wrapper = reader->has_own_wrapper || cvalue_is_wrapper(lexer->name);
    if (strcmp(lexer->name, reader->wanted) == 0) {
        define_wanted(reader, has_parameters);
        return;
    }
    if (has_parameters)
        return;
    if (creader_look_ahead(reader, &ahead) == CTOKEN_STRING)
        clisting_add(reader, lexer->name, "a macro", clisting_is_pem(&ahead.literal));
    text_free(&ahead.literal);
}

static void read_undef(struct creader *reader)
{
    if (creader_next(reader) == CTOKEN_NAME && strcmp(reader->lexer.name, reader->wanted) == 0)
        creader_fail(reader, WAY_MACRO, "an #undef of %s", reader->wanted);
}

static void read_include(struct creader *reader)
{
    reader->has_include = true;
    if (reader->is_found)
        creader_fail(reader, WAY_PREPROCESS, "an #include after %s may define it anew",
                     reader->wanted);
}

void cdirective_note_pragma(struct creader *reader, const char *text)
{
    if (strstr(text, "_macro") != NULL && strstr(text, reader->wanted) != NULL)
        creader_fail(reader, WAY_MACRO, "a #pragma about the macro %s", reader->wanted);
}

static void read_pragma(struct creader *reader)
{
    const char *begin = reader->lexer.at;
    struct text line = {0};

    clexer_skip_line(&reader->lexer);
    text_add_bytes(&line, begin, (size_t)(reader->lexer.at - begin));
    if (line.data != NULL)
        cdirective_note_pragma(reader, line.data);
    text_free(&line);
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

/* Whether the next directive defines the name: with it an include guard, or a default, begins. */
static bool is_defined_next(const struct creader *reader, const char *name)
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
static bool is_guard(struct creader *reader, bool is_ifndef)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token = creader_next(reader);

    if (!is_ifndef) {
        if (!creader_is_mark(reader, token, '!') || creader_next(reader) != CTOKEN_NAME ||
            strcmp(lexer->name, "defined") != 0)
            return false;
        token = creader_next(reader);
        if (creader_is_mark(reader, token, '('))
            token = creader_next(reader);
    }
    if (token != CTOKEN_NAME || is_defined(reader, lexer->name))
        return false;
    return is_defined_next(reader, lexer->name);
}

/* After #if: the value of `0` or `1` alone on the line, or -1. */
static int constant_condition(struct creader *reader)
{
    enum ctoken token = creader_next(reader);
    long number = token == CTOKEN_NAME ? cvalue_integer(reader->lexer.name) : -1;

    token = creader_next(reader);
    return token == CTOKEN_LINE_END || token == CTOKEN_END ? number == 0   ? 0
                                                             : number == 1 ? 1
                                                                           : -1
                                                           : -1;
}

/* Leaves out what does not count, up to the #elif or #else after which something may, or to the
 * end of the group. */
static void skip_branches(struct creader *reader)
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
        nested += creader_is_one_of(name, opening) ? 1 : 0;
        nested -= strcmp(name, "endif") == 0 ? 1 : 0;
        if (nested == 0 && !condition->has_branch && creader_is_one_of(name, following)) {
            condition->is_unknown = strcmp(name, "else") != 0;
            return;
        }
    }
}

/* The directive for messages: `#ifdef STAGING`. */
static void describe_condition(const struct creader *reader, const char *name,
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

static void open_condition(struct creader *reader, const char *name)
{
    struct condition *condition = &reader->condition[reader->depth];
    const char *begin = reader->lexer.at;
    int constant;

    if (reader->depth == CHEADER_CONDITION_DEPTH_MAX) {
        creader_fail(reader, WAY_PREPROCESS, "too many conditions in one another");
        reader->lexer.at = reader->lexer.end;
        return;
    }
    *condition = (struct condition){
        .braces = reader->braces, .line = creader_line(reader), .is_after_value = reader->is_found};
    describe_condition(reader, name, condition);
    condition->is_guard =
        strcmp(name, "ifdef") != 0 && is_guard(reader, strcmp(name, "ifndef") == 0);
    constant = condition->is_guard ? 1 : -1;
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

/* At another branch of an include guard: it is a condition, and the compiler may have the macro. */
static void open_guard(struct creader *reader, struct condition *guard)
{
    guard->is_guard = guard->has_branch = false;
    if (reader->is_found && !guard->is_after_value)
        creader_fail_at(reader, reader->found_line, WAY_PREPROCESS,
                        "%s depends on a condition (%s, line %zu)", reader->wanted, guard->text,
                        guard->line);
}

/* #if, #elif, #else, #endif. */
static void read_condition(struct creader *reader, const char *name)
{
    struct condition *top;

    if (creader_is_one_of(name, opening)) {
        open_condition(reader, name);
        return;
    }
    if (reader->depth == 0)
        return;
    top = &reader->condition[reader->depth - 1];
    if (strcmp(name, "endif") == 0) {
        reader->depth--;
    } else if (creader_is_one_of(name, following)) {
        reader->braces = top->braces;
        if (top->is_guard)
            open_guard(reader, top);
        if (top->has_branch)
            skip_branches(reader);
        else
            top->is_unknown = true;
    }
}

void cdirective_read(struct creader *reader)
{
    static const struct {
        const char *name;
        void (*read)(struct creader *reader);
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
