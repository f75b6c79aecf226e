/* cheader.c -- C source -> the bytes of the string or array that a name in it is (C99 6.7) */
#include "emit/cheader.h"

#include <stdio.h>
#include <string.h>

#include "emit/creader.h"

/* ---- the whole source ---- */

/* What arrays of bytes are made of. */
static bool is_of_numbers(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == ',' ||
           c == ' ' || c == 'x' || c == '\n' || c == '\r' || c == '\t';
}

/* After a brace outside of the wanted declaration: where nothing but numbers follows, goes to the
 * closing one. A header may hold hundreds of arrays, and each is wanted once. */
static void skip_numbers(struct creader *reader)
{
    const char *at = reader->lexer.at;

    while (at < reader->lexer.end && is_of_numbers(*at))
        at++;
    if (at < reader->lexer.end && *at == '}')
        reader->lexer.at = at;
}

/* A mark outside of the wanted declaration. */
static void track_mark(struct creader *reader)
{
    const char mark = reader->lexer.mark;
    const bool is_outside = reader->braces == 0 && reader->parentheses == 0;

    if (is_outside && strchr("=({", mark) != NULL)
        clisting_add_definition(reader);
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
    if (mark == '{')
        skip_numbers(reader);
}

/* Whether the wanted name, read just now, is declared here, at file scope. */
static bool is_declarator(struct creader *reader)
{
    struct clexer ahead;
    const bool is_followed =
        creader_look_ahead(reader, &ahead) == CTOKEN_MARK && strchr("=[", ahead.mark) != NULL;

    text_free(&ahead.literal);
    if (reader->names_type)
        return false;
    if (reader->braces > 0 || reader->before == ':') {
        if (is_followed && reader->inner_line == 0)
            reader->inner_line = creader_line(reader);
        return false;
    }
    return reader->parentheses == 0 || (reader->parentheses == 1 && reader->before == '(');
}

static void track_name(struct creader *reader)
{
    static const char *const types[] = {"namespace", "struct", "class", "union", "enum", NULL};
    const char *name = reader->lexer.name;

    if (reader->braces == 0 && reader->parentheses == 0)
        clisting_note_name(reader);
    if (strcmp(name, "namespace") == 0)
        reader->scope = SCOPE_OPENS;
    else if (strcmp(name, "extern") == 0)
        reader->scope = SCOPE_EXTERN;
    else if (!reader->names_namespace)
        reader->scope = SCOPE_NONE;
    reader->names_namespace = reader->scope == SCOPE_OPENS;
    reader->names_type = creader_is_one_of(name, types);
    reader->before = 'a';
}

/* One token outside of the wanted declaration. Returns the next. */
static enum ctoken read_token(struct creader *reader, enum ctoken token)
{
    struct clexer *lexer = &reader->lexer;

    if (token == CTOKEN_NAME && reader->code == ERROR_NONE &&
        strcmp(lexer->name, reader->wanted) == 0 && is_declarator(reader)) {
        token = cdeclaration_read(reader);
        reader->before = 'a';
        return token == CTOKEN_BROKEN && reader->code != ERROR_NONE ? creader_next(reader) : token;
    }
    if (token == CTOKEN_DIRECTIVE) {
        cdirective_read(reader);
    } else if (token == CTOKEN_NAME) {
        track_name(reader);
    } else if (token == CTOKEN_MARK) {
        track_mark(reader);
        reader->before = lexer->mark;
        reader->names_type = false;
    } else if (token == CTOKEN_STRING && lexer->literal.data != NULL) {
        cdirective_note_pragma(reader, lexer->literal.data); /* of _Pragma() */
        if (reader->scope == SCOPE_EXTERN)
            reader->scope = SCOPE_OPENS;
    }
    text_free(&lexer->literal);
    lexer->problem = lexer->at < lexer->end ? NULL : lexer->problem;
    return creader_next(reader);
}

static void read_source(struct creader *reader, const struct cheader_source *source)
{
    static const char bom[] = "\xef\xbb\xbf";
    const bool has_bom = source->length >= 3 && memcmp(source->text, bom, 3) == 0;
    const char *begin = source->text + (has_bom ? 3 : 0);
    enum ctoken token;

    reader->lexer =
        (struct clexer){.at = begin, .end = source->text + source->length, .at_line_start = true};
    reader->counted_at = begin;
    reader->counted_line = 1;
    token = creader_next(reader);
    while (token != CTOKEN_END && token != CTOKEN_BROKEN)
        token = read_token(reader, token);
    if (reader->lexer.problem != NULL)
        creader_fail(reader, WAY_PREPROCESS, "%s", reader->lexer.problem);
    text_free(&reader->lexer.literal);
}

/* ---- what went wrong, and how to go on ---- */

static const char embedded_hint[] =
    "check the PEM file that is embedded: { echo 'const char ca[] = R\"('; cat FILE.pem; echo "
    "')\";'; } | caembed --check -n ca -o - HOST";
static const char anchors_hint[] = "expected: what caembed -t bearssl and brssl ta write; -f pem "
                                   "reads strings of PEM, -f der arrays of DER";

/* Hints name the file as the shell has it from the user. */
static void hint_preprocessor(const struct cheader_source *source, const char *name, bool is_macro,
                              struct error *err)
{
    static const char what[] = "let the preprocessor read it, with the -D and -I of your build";
    const char *path = strcmp(source->path, "-") == 0 ? "FILE" : source->path;
    const char *quote = strpbrk(path, " \"$&();<>|*?`\\") != NULL ? "'" : "";

    if (is_macro)
        error_hint(err,
                   "%s: printf '#include \"%s\"\\nconst char ca[] = %s;\\n' | cc -E -I. - | "
                   "caembed --check -n ca -o - HOST",
                   what, path, name);
    else if (source->check != NULL)
        error_hint(err, "%s: cc -E %s%s%s | caembed --check %s -o - HOST", what, quote, path, quote,
                   source->check);
    else
        error_hint(err, "%s: cc -E %s%s%s | caembed --check -n %s -o - HOST", what, quote, path,
                   quote, name);
}

static void add_hint(const struct cheader_source *source, const char *name, enum way way,
                     struct error *err)
{
    if (way == WAY_PREPROCESS || way == WAY_MACRO)
        hint_preprocessor(source, name, way == WAY_MACRO, err);
    else if (way == WAY_EMBEDDED)
        error_hint(err, "%s", embedded_hint);
    else if (way == WAY_ANCHORS || source->check != NULL)
        error_hint(err, "%s", anchors_hint);
    else if (way == WAY_BEARSSL)
        error_hint(err,
                   "let the target that takes them read them: caembed --check -t bearssl -n %s -o "
                   "FILE HOST",
                   name);
    else if (way == WAY_SIZE)
        error_hint(err, "leave out the size: const char %s[] = ...", name);
    else if (way == WAY_ELSEWHERE)
        error_hint(err, "give the file that defines it: caembed --check -n %s -o FILE HOST", name);
    else
        error_hint(err,
                   "expected: static const char %s[] = \"-----BEGIN CERTIFICATE-----\\n\" ...; or "
                   "another name with -n",
                   name);
}

static int report(struct creader *reader, const struct cheader_source *source, struct error *err)
{
    const struct text *listed = clisting_text(reader);

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

/* What one reading of the source leads to: bytes, or another name. */
struct reading {
    const char *asked;
    bool wants_anchors;
    char wanted[CLEXER_NAME_MAX + 1];
    bool is_macro;
    struct cheader_value value;
};

static int finish_reading(struct creader *reader, const struct cheader_source *source,
                          struct reading *reading, struct error *err)
{
    if (creader_has_failed(reader))
        return error_no_memory(err);
    if (reader->asked != reader->wanted && !reader->is_found)
        creader_fail(reader, WAY_PREPROCESS, "the value is %.60s, which the file does not define",
                     reader->wanted);
    if (reader->code == ERROR_NONE && reader->is_cut) {
        creader_fail_at(reader, reader->found_line, WAY_SIZE,
                        "%s does not fit its array: a compiler cuts its end, or the NUL after it",
                        reader->wanted);
        reader->code = ERROR_PROOF;
    }
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
    struct creader *reader;
    int rv;

    memcpy(wanted, reading->wanted, sizeof wanted);
    reader = creader_new(reading->asked, is_first ? reading->asked : wanted, err);
    if (reader == NULL)
        return -1;
    reader->wants_anchors = reading->wants_anchors;
    reader->is_macro = reading->is_macro;
    read_source(reader, source);
    rv = finish_reading(reader, source, reading, err);
    creader_free(reader);
    return rv;
}

static int read_value(const struct cheader_source *source, const char *name, bool wants_anchors,
                      struct cheader_value *out, struct error *err)
{
    struct reading reading = {.asked = name, .wants_anchors = wants_anchors};

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

int cheader_read(const struct cheader_source *source, const char *name, struct cheader_value *out,
                 struct error *err)
{
    return read_value(source, name, false, out, err);
}

int cheader_read_anchors(const struct cheader_source *source, const char *name,
                         struct cheader_value *out, struct error *err)
{
    struct cheader_value value = {.form = CHEADER_NONE};

    if (read_value(source, name, true, &value, err) != 0)
        return -1;
    if (value.form == CHEADER_STRING || value.form == CHEADER_BYTES) { /* of a macro */
        text_free(&value.bytes);
        error_set(err, ERROR_UNREADABLE, "%s is no array of br_x509_trust_anchor", name);
        return error_hint(err, "%s", anchors_hint);
    }
    *out = value;
    return 0;
}

static int describe_missing(struct creader *reader, const struct cheader_source *source,
                            struct error *err)
{
    const struct text *listed = clisting_text(reader);
    const size_t line = reader->declared_line > 0 ? reader->declared_line : reader->inner_line;

    if (line > 0) {
        creader_fail_at(reader, line, reader->declared_line > 0 ? WAY_ELSEWHERE : WAY_WRITE,
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
    struct creader *reader = creader_new(name, name, err);

    if (reader == NULL)
        return -1;
    read_source(reader, source);
    if (creader_has_failed(reader))
        error_no_memory(err);
    else
        (void)!describe_missing(reader, source, err);
    creader_free(reader);
    return -1;
}
