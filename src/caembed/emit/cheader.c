/* cheader.c -- C source -> the bytes of a string or array in it (C99 6.7.8, 6.10) */
#include "emit/cheader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/clexer.h"

struct macro {
    char name[64]; /* longer ones are not kept */
    const char *body;
    bool is_tentative; /* defined or undefined under a condition that can't be told */
};

/* A group of #if, #elif, #else: whether the branch that is read is the one that counts. */
enum condition { CONDITION_FALSE, CONDITION_TRUE, CONDITION_UNKNOWN };

struct reader {
    struct clexer lexer;
    const char *wanted;
    bool wants_bytes; /* an array of integers, not a string */
    struct macro macro[CHEADER_MACRO_COUNT_MAX];
    size_t macro_count;
    size_t expanded_length; /* of all macro bodies read so far, in bytes */
    enum condition condition[CHEADER_CONDITION_DEPTH_MAX];
    size_t depth;
    struct text value; /* of the wanted name, once it is found */
    bool is_found;
};

/* ---- macros ---- */

static struct macro *find_macro(struct reader *reader, const char *name)
{
    for (size_t i = 0; i < reader->macro_count; i++)
        if (strcmp(reader->macro[i].name, name) == 0)
            return &reader->macro[i];
    return NULL;
}

static bool is_under_unknown(const struct reader *reader)
{
    for (size_t i = 0; i < reader->depth; i++)
        if (reader->condition[i] == CONDITION_UNKNOWN)
            return true;
    return false;
}

/* Keeps the macro whose name was read just now; its body follows. */
static void keep_macro(struct reader *reader)
{
    const char *name = reader->lexer.name;
    struct macro *macro = find_macro(reader, name);

    if (macro == NULL && reader->macro_count < CHEADER_MACRO_COUNT_MAX &&
        strlen(name) < sizeof macro->name)
        macro = &reader->macro[reader->macro_count++];
    if (macro == NULL)
        return;
    memcpy(macro->name, name, strlen(name) + 1);
    macro->body = reader->lexer.at;
    macro->is_tentative = is_under_unknown(reader);
}

static void drop_macro(struct reader *reader, const char *name)
{
    struct macro *macro = find_macro(reader, name);

    if (macro != NULL && is_under_unknown(reader))
        macro->is_tentative = true;
    else if (macro != NULL)
        *macro = reader->macro[--reader->macro_count];
}

/* ---- values ---- */

static enum ctoken take_literals(struct reader *reader, size_t depth);

/* In the place of a macro's name: what it stands for. */
static enum ctoken expand(struct reader *reader, size_t depth)
{
    struct clexer *lexer = &reader->lexer;
    const struct macro *macro = find_macro(reader, lexer->name);
    const char *behind = lexer->at;
    const bool in_directive = lexer->in_directive;
    enum ctoken token;

    if (macro == NULL)
        return clexer_break(lexer, "a macro that it does not define among string literals");
    if (macro->is_tentative)
        return clexer_break(lexer, "a macro that is defined under a condition that caembed can't "
                                   "tell");
    if (depth == CHEADER_EXPANSION_DEPTH_MAX || reader->expanded_length > CHEADER_VALUE_LENGTH_MAX)
        return clexer_break(lexer, "too many macros in one another");
    lexer->at = macro->body;
    lexer->in_directive = true;
    token = take_literals(reader, depth + 1);
    reader->expanded_length += (size_t)(lexer->at - macro->body);
    lexer->at = behind;
    lexer->in_directive = in_directive;
    if (token == CTOKEN_BROKEN || token == CTOKEN_LINE_END || token == CTOKEN_END)
        return token;
    return clexer_break(lexer, "a macro that is more than string literals");
}

/* Joins string literals, macros that stand for such, and what may stand around them, in
 * lexer->literal. Returns the first token behind them. */
static enum ctoken take_literals(struct reader *reader, size_t depth)
{
    struct clexer *lexer = &reader->lexer;

    for (;;) {
        enum ctoken token = clexer_next(lexer);
        if (token == CTOKEN_NAME && lexer->literal.data == NULL &&
            find_macro(reader, lexer->name) == NULL)
            return token; /* no string at all */
        if (token == CTOKEN_NAME && expand(reader, depth) == CTOKEN_BROKEN)
            return CTOKEN_BROKEN;
        if (lexer->literal.length > CHEADER_VALUE_LENGTH_MAX)
            return clexer_break(lexer, "a string that is too long");
        if (token != CTOKEN_NAME && token != CTOKEN_STRING &&
            (token != CTOKEN_MARK || strchr("(){}", lexer->mark) == NULL))
            return token;
    }
}

/* Behind the equals sign: string literals; whether there was one. */
static bool take_string_value(struct reader *reader, unsigned long size, enum ctoken *token)
{
    struct clexer *lexer = &reader->lexer;

    *token = take_literals(reader, 0);
    if (*token == CTOKEN_BROKEN || lexer->literal.data == NULL)
        return false;
    if (*token != CTOKEN_MARK || strchr(";,", lexer->mark) == NULL) {
        *token = clexer_break(lexer, "more than string literals for it");
        return false;
    }
    if (size > 0 && lexer->literal.length >= size) {
        *token = clexer_break(lexer, "a string that does not fit its array");
        return false;
    }
    return true;
}

/* The value of an integer constant (C99 6.4.4.1, with C++14's 0b), or -1. */
static long integer_of(const char *digits)
{
    const bool is_binary = digits[0] == '0' && (digits[1] == 'b' || digits[1] == 'B');
    char *end;
    unsigned long value = is_binary ? strtoul(digits + 2, &end, 2) : strtoul(digits, &end, 0);

    if (end == digits + (is_binary ? 2 : 0) || strspn(end, "uUlL") != strlen(end) ||
        value > 0x7fffffff)
        return -1;
    return (long)value;
}

/* Behind the equals sign: `{ 48, 0x82, 'a', … }`. */
static bool take_bytes_value(struct reader *reader, enum ctoken *token)
{
    struct clexer *lexer = &reader->lexer;

    *token = clexer_next(lexer);
    if (*token != CTOKEN_MARK || lexer->mark != '{')
        return false;
    while ((*token = clexer_next(lexer)) == CTOKEN_NAME || *token == CTOKEN_CHAR) {
        long value = *token == CTOKEN_CHAR ? lexer->value : integer_of(lexer->name);
        char byte = (char)(unsigned char)value;
        if (value < 0 || value > 255)
            return false;
        text_add_bytes(&lexer->literal, &byte, 1);
        *token = clexer_next(lexer);
        if (*token != CTOKEN_MARK || lexer->mark != ',')
            break;
    }
    return *token == CTOKEN_MARK && lexer->mark == '}' && lexer->literal.length > 0;
}

/* What lexer->literal holds is a value of the wanted name. A second one must be the same. */
static enum ctoken keep_value(struct reader *reader, enum ctoken token)
{
    const struct text *literal = &reader->lexer.literal;

    if (reader->is_found && (reader->value.length != literal->length ||
                             memcmp(reader->value.data, literal->data, literal->length) != 0))
        return clexer_break(&reader->lexer, "two values of it, under conditions that caembed can't "
                                            "tell");
    if (!reader->is_found)
        text_add_bytes(&reader->value, literal->data != NULL ? literal->data : "", literal->length);
    reader->is_found = true;
    return token;
}

/* The number that a name stands for: it is one, or a macro that is one; or -1. */
static long number_of(struct reader *reader, const char *name)
{
    const struct macro *macro = find_macro(reader, name);
    struct clexer lexer = {
        .at = macro != NULL ? macro->body : NULL, .end = reader->lexer.end, .in_directive = true};
    long number = -1;

    if (macro == NULL)
        return integer_of(name);
    if (!macro->is_tentative && clexer_next(&lexer) == CTOKEN_NAME) {
        enum ctoken token = clexer_next(&lexer);
        if (token == CTOKEN_LINE_END || token == CTOKEN_END)
            number = integer_of(lexer.name);
    }
    text_free(&lexer.literal);
    return number;
}

/* Behind a `[`: a sum of products of numbers up to the `]`. 0 if there is none, or anything that
 * the source does not tell; it is for the compiler to complain then. */
static unsigned long take_size(struct reader *reader, enum ctoken *token)
{
    struct clexer *lexer = &reader->lexer;
    unsigned long sum = 0, product = 1;
    bool is_known = true;

    for (*token = clexer_next(lexer); *token != CTOKEN_MARK || lexer->mark != ']';
         *token = clexer_next(lexer)) {
        long number = *token == CTOKEN_NAME ? number_of(reader, lexer->name) : -1;
        if (*token == CTOKEN_END || *token == CTOKEN_BROKEN)
            return 0;
        if (*token == CTOKEN_MARK && lexer->mark == '+') {
            sum += product;
            product = 1;
        } else if (*token != CTOKEN_MARK || lexer->mark != '*') {
            is_known = is_known && number > 0 && number <= 0x1000000 && product <= 0x1000000;
            product *= is_known ? (unsigned long)number : 1;
        }
    }
    sum += product;
    return is_known && sum > 1 ? sum : 0;
}

/* Behind the declared name: `[size] attributes =`, or C++'s `{` of a string. The size is 0 if there
 * is none. What is no declaration returns false. */
static bool skip_to_value(struct reader *reader, unsigned long *size, enum ctoken *token)
{
    struct clexer *lexer = &reader->lexer;
    size_t parentheses = 0;
    bool is_behind_declarator = false;

    *size = 0;
    for (bool is_first = true;; is_first = false) {
        *token = clexer_next(lexer);
        if (*token == CTOKEN_NAME && !is_behind_declarator)
            continue;
        if (*token == CTOKEN_STRING && parentheses > 0)
            continue;
        if (*token != CTOKEN_MARK)
            return false;
        if (lexer->mark == '=' || (lexer->mark == '{' && !reader->wants_bytes))
            return true;
        if (lexer->mark == '[') {
            *size = take_size(reader, token);
            if (*token != CTOKEN_MARK)
                return false;
            is_behind_declarator = false;
        } else if (lexer->mark == '(') {
            parentheses++;
        } else if (lexer->mark == ')' && parentheses > 0) {
            parentheses--;
        } else if (lexer->mark == ')' && is_first) {
            is_behind_declarator = true; /* `(NAME)`, behind which a size or a value has to come */
        } else if (lexer->mark != ',' || parentheses == 0) {
            return false;
        }
    }
}

/* Behind the wanted name outside of directives. Returns the first token behind what it is. */
static enum ctoken read_declaration(struct reader *reader)
{
    enum ctoken token;
    unsigned long size;
    bool has_value;

    text_free(&reader->lexer.literal);
    if (!skip_to_value(reader, &size, &token))
        return token;
    text_free(&reader->lexer.literal); /* of attributes */
    has_value = reader->wants_bytes ? take_bytes_value(reader, &token)
                                    : take_string_value(reader, size, &token);
    return has_value ? keep_value(reader, token) : token;
}

/* ---- directives ---- */

/* Whether the source defines the macro, whatever the conditions that can't be told. */
static bool is_certain(struct reader *reader, const char *name)
{
    const struct macro *macro = find_macro(reader, name);

    return macro != NULL && !macro->is_tentative;
}

/* Whether the next directive defines the macro, whose name was read just now: with it an include
 * guard, or a default, begins. */
static bool is_defined_next(const struct reader *reader)
{
    struct clexer ahead = reader->lexer;
    char name[sizeof ahead.name];
    bool is_define;

    memcpy(name, reader->lexer.name, sizeof name);
    ahead.literal = (struct text){0};
    is_define = clexer_skip_to_directive(&ahead) && clexer_next(&ahead) == CTOKEN_NAME &&
                strcmp(ahead.name, "define") == 0 && clexer_next(&ahead) == CTOKEN_NAME &&
                strcmp(ahead.name, name) == 0;
    text_free(&ahead.literal);
    return is_define;
}

/* Whether the macro whose name was read just now is defined, or with is_negated, is not. What the
 * source does not define, the compiler's command line may; but not what an include guard is about.
 */
static enum condition evaluate_defined(struct reader *reader, bool is_negated)
{
    const char *name = reader->lexer.name;

    if (is_certain(reader, name))
        return is_negated ? CONDITION_FALSE : CONDITION_TRUE;
    return is_negated && find_macro(reader, name) == NULL && is_defined_next(reader)
               ? CONDITION_TRUE
               : CONDITION_UNKNOWN;
}

/* Behind #ifdef or #ifndef. */
static enum condition evaluate_ifdef(struct reader *reader, bool is_negated)
{
    return clexer_next(&reader->lexer) == CTOKEN_NAME ? evaluate_defined(reader, is_negated)
                                                      : CONDITION_UNKNOWN;
}

static enum condition evaluate_number(const char *digits, bool is_negated)
{
    long number = integer_of(digits);

    return number < 0                    ? CONDITION_UNKNOWN
           : (number != 0) != is_negated ? CONDITION_TRUE
                                         : CONDITION_FALSE;
}

/* `0`, `1`, `defined NAME` or `defined(NAME)`, each with a `!` or not, up to the line's end;
 * anything else is unknown, but for what begins an include guard. */
static enum condition evaluate_if(struct reader *reader)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token = clexer_next(lexer);
    const bool is_negated = token == CTOKEN_MARK && lexer->mark == '!';
    bool has_parenthesis = false, is_guard = false;
    enum condition condition;

    if (is_negated)
        token = clexer_next(lexer);
    if (token != CTOKEN_NAME)
        return CONDITION_UNKNOWN;
    condition = evaluate_number(lexer->name, is_negated);
    if (strcmp(lexer->name, "defined") == 0) {
        token = clexer_next(lexer);
        has_parenthesis = token == CTOKEN_MARK && lexer->mark == '(';
        if (has_parenthesis)
            token = clexer_next(lexer);
        if (token == CTOKEN_NAME)
            condition = evaluate_defined(reader, is_negated);
        is_guard = is_negated && condition == CONDITION_TRUE;
    }
    token = clexer_next(lexer);
    if (has_parenthesis && token == CTOKEN_MARK && lexer->mark == ')')
        token = clexer_next(lexer);
    return is_guard || token == CTOKEN_LINE_END || token == CTOKEN_END ? condition
                                                                       : CONDITION_UNKNOWN;
}

/* The condition of a directive of that name; the lexer stays where it is, or is broken. */
static enum condition condition_of(struct reader *reader, const char *directive)
{
    const char *behind = reader->lexer.at;
    enum condition condition;

    if (strcmp(directive, "else") == 0)
        condition = CONDITION_TRUE;
    else if (strcmp(directive, "ifndef") == 0 || strcmp(directive, "elifndef") == 0)
        condition = evaluate_ifdef(reader, true);
    else if (strcmp(directive, "ifdef") == 0 || strcmp(directive, "elifdef") == 0)
        condition = evaluate_ifdef(reader, false);
    else
        condition = evaluate_if(reader);
    reader->lexer.at = behind;
    return condition;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
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

/* Leaves out branches: up to one that may count, if none has counted so far, or behind the end of
 * the group. */
static void skip_branches(struct reader *reader, bool has_counted)
{
    enum condition *condition = &reader->condition[reader->depth - 1];
    const bool may_have_counted = *condition == CONDITION_UNKNOWN;
    size_t nested = 0;
    char name[16];

    while (reader->lexer.problem == NULL && clexer_skip_to_directive(&reader->lexer)) {
        take_directive_name(&reader->lexer, name);
        if (strcmp(name, "endif") == 0 && nested == 0) {
            reader->depth--;
            return;
        }
        nested += is_one_of(name, opening) ? 1 : 0;
        nested -= strcmp(name, "endif") == 0 ? 1 : 0;
        if (nested > 0 || has_counted || !is_one_of(name, following))
            continue;
        *condition = condition_of(reader, name);
        if (*condition == CONDITION_TRUE && may_have_counted)
            *condition = CONDITION_UNKNOWN;
        if (*condition != CONDITION_FALSE)
            return;
    }
}

/* #define, behind that word. The wanted macro is expanded at the end of the source, as a use of it
 * behind the source would be. */
static enum ctoken read_define(struct reader *reader)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token = clexer_next(lexer);

    if (token != CTOKEN_NAME)
        return token;
    if (strcmp(lexer->name, reader->wanted) == 0 && find_macro(reader, lexer->name) != NULL)
        return clexer_break(lexer, "two definitions of it");
    if (lexer->at < lexer->end && *lexer->at == '(') /* it has parameters, and is of no use here */
        drop_macro(reader, lexer->name);
    else
        keep_macro(reader);
    return token;
}

/* #pragma push_macro and pop_macro change what macros stand for. */
static enum ctoken read_pragma(struct reader *reader)
{
    enum ctoken token = clexer_next(&reader->lexer);

    if (token == CTOKEN_NAME && (strcmp(reader->lexer.name, "push_macro") == 0 ||
                                 strcmp(reader->lexer.name, "pop_macro") == 0))
        return clexer_break(&reader->lexer, "a #pragma about macros");
    return token;
}

static enum ctoken read_undef(struct reader *reader)
{
    enum ctoken token = clexer_next(&reader->lexer);

    if (token != CTOKEN_NAME)
        return token;
    if (strcmp(reader->lexer.name, reader->wanted) == 0)
        return clexer_break(&reader->lexer, "an #undef of it");
    drop_macro(reader, reader->lexer.name);
    return token;
}

/* #if, #elif, #else, #endif. */
static enum ctoken read_condition(struct reader *reader, const char *name)
{
    enum condition *top;

    if (is_one_of(name, opening)) {
        if (reader->depth == CHEADER_CONDITION_DEPTH_MAX)
            return clexer_break(&reader->lexer, "too many conditions in one another");
        top = &reader->condition[reader->depth];
        *top = condition_of(reader, name);
        reader->depth++;
        if (*top == CONDITION_FALSE)
            skip_branches(reader, false);
    } else if (reader->depth > 0 && strcmp(name, "endif") == 0) {
        reader->depth--;
    } else if (reader->depth > 0 && is_one_of(name, following)) {
        top = &reader->condition[reader->depth - 1];
        if (*top == CONDITION_TRUE)
            skip_branches(reader, true);
        else if (condition_of(reader, name) == CONDITION_FALSE)
            skip_branches(reader, false);
    }
    return reader->lexer.problem == NULL ? CTOKEN_MARK : CTOKEN_BROKEN;
}

/* Behind the `#`. CTOKEN_BROKEN if it can't be read; else the lexer is at the line's end. */
static enum ctoken read_directive(struct reader *reader)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token;
    char name[16];

    take_directive_name(lexer, name);
    if (strcmp(name, "define") == 0)
        token = read_define(reader);
    else if (strcmp(name, "undef") == 0)
        token = read_undef(reader);
    else if (strcmp(name, "pragma") == 0)
        token = read_pragma(reader);
    else
        token = read_condition(reader, name);
    lexer->in_directive = false;
    if (token == CTOKEN_LINE_END)
        lexer->at_line_start = true;
    else if (token != CTOKEN_BROKEN && token != CTOKEN_END)
        clexer_skip_line(lexer);
    return token == CTOKEN_BROKEN ? token : CTOKEN_LINE_END;
}

/* ---- the whole source ---- */

/* At the end: what the wanted name stands for if it is a macro. */
static enum ctoken read_macro(struct reader *reader)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token;

    if (reader->wants_bytes || find_macro(reader, reader->wanted) == NULL)
        return CTOKEN_END;
    snprintf(lexer->name, sizeof lexer->name, "%s", reader->wanted);
    text_free(&lexer->literal);
    token = expand(reader, 0);
    return token != CTOKEN_BROKEN && lexer->literal.data != NULL ? keep_value(reader, token)
                                                                 : token;
}

static void read_source(struct reader *reader)
{
    struct clexer *lexer = &reader->lexer;
    enum ctoken token = clexer_next(lexer);

    while (token != CTOKEN_END && token != CTOKEN_BROKEN) {
        if (token == CTOKEN_NAME && strcmp(lexer->name, reader->wanted) == 0) {
            token = read_declaration(reader);
            continue;
        }
        if (token == CTOKEN_DIRECTIVE)
            token = read_directive(reader);
        if (token != CTOKEN_BROKEN)
            token = clexer_next(lexer);
        text_free(&lexer->literal);
    }
    if (token != CTOKEN_BROKEN)
        token = read_macro(reader);
    reader->is_found = reader->is_found && token != CTOKEN_BROKEN;
}

static int read_value(const char *source, size_t length, const char *name, bool wants_bytes,
                      struct text *out, bool *is_there, struct error *err)
{
    struct reader *reader = calloc(1, sizeof *reader);
    int rv = -1;

    if (reader == NULL)
        return error_no_memory(err);
    reader->lexer = (struct clexer){.at = source, .end = source + length, .at_line_start = true};
    reader->wanted = name;
    reader->wants_bytes = wants_bytes;
    read_source(reader);
    *is_there = reader->is_found;
    if (reader->is_found)
        text_add_bytes(out, reader->value.data, reader->value.length);
    if (reader->value.failed || reader->lexer.literal.failed || out->failed)
        error_no_memory(err);
    else if (reader->is_found || reader->lexer.problem == NULL)
        rv = 0;
    else
        error_set(err, ERROR_PROOF, "%s: the header holds %s", name, reader->lexer.problem);
    text_free(&reader->lexer.literal);
    text_free(&reader->value);
    free(reader);
    return rv;
}

static int hint_form(const char *name, struct error *err)
{
    return error_hint(
        err,
        "expected: static const char %s[] = \"-----BEGIN CERTIFICATE-----\\n\" ...; or "
        "another name with -n",
        name);
}

int cheader_read_string(const char *source, size_t length, const char *name, struct text *out,
                        struct error *err)
{
    bool is_there = false;

    if (read_value(source, length, name, false, out, &is_there, err) != 0)
        return hint_form(name, err);
    if (is_there)
        return 0;
    error_set(err, ERROR_PROOF, "the header does not define the string %s", name);
    return hint_form(name, err);
}

int cheader_read_bytes(const char *source, size_t length, const char *name, struct text *out,
                       bool *is_there, struct error *err)
{
    int rv = read_value(source, length, name, true, out, is_there, err);

    return rv == 0 ? 0 : hint_form(name, err);
}
