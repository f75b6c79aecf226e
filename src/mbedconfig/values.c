/* values.c -- JSON names and values -> C names and values, or what is wrong with them */
#include "values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS "0123456789"

/* The length of the identifier at `at`, or 0. */
static size_t identifier_length(const char *at)
{
    return isdigit((unsigned char)*at) ? 0 : strspn(at, LETTERS DIGITS);
}

static bool is_word(const char *at, size_t length, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(words[i]) == length && memcmp(at, words[i], length) == 0)
            return true;
    return false;
}

/* ---- names of macros ---- */

#define NAME_LENGTH_MAX 256

/* What the preprocessors of C11 and C++20, of gcc and clang refuse to define, or warn of always. */
static const char *const not_definable[] = {
    "defined",
    "__VA_ARGS__",
    "__VA_OPT__",
    "_Pragma",
    "__FILE__",
    "__LINE__",
    "__DATE__",
    "__TIME__",
    "__STDC__",
    "__STDC_VERSION__",
    "__STDC_HOSTED__",
    "__STDC_IEC_559__",
    "__STDC_IEC_559_COMPLEX__",
    "__STDC_ISO_10646__",
    "__STDC_UTF_16__",
    "__STDC_UTF_32__",
    "__cplusplus",
    "__COUNTER__",
    "__INCLUDE_LEVEL__",
    "__BASE_FILE__",
    "__FILE_NAME__",
    "__TIMESTAMP__",
    "__has_include",
    "__has_include_next",
    "__has_embed",
    "__has_attribute",
    "__has_cpp_attribute",
    "__has_c_attribute",
    "__has_builtin",
    "__has_feature",
    "__has_extension",
    "and",
    "and_eq",
    "bitand",
    "bitor",
    "compl",
    "not",
    "not_eq",
    "or",
    "or_eq",
    "xor",
    "xor_eq",
};

static bool is_definable(const char *at, size_t length)
{
    return length > 0 && length <= NAME_LENGTH_MAX &&
           !is_word(at, length, not_definable, sizeof not_definable / sizeof not_definable[0]);
}

bool macro_name_split(const char *text, size_t size, struct macro_name *out)
{
    const size_t length = identifier_length(text);
    const char *parameter = text + length + 1;
    size_t parameter_length;

    *out = (struct macro_name){.length = length};
    if (length > size || !is_definable(text, length))
        return false;
    if (length == size)
        return true;
    if (text[length] != '(' || text[size - 1] != ')')
        return false;
    parameter_length = identifier_length(parameter);
    out->parameter = parameter;
    out->parameter_length = parameter_length;
    return parameter + parameter_length == text + size - 1 &&
           (parameter_length == 0 || is_definable(parameter, parameter_length));
}

void value_add_macro_name(const char *parameter, struct text *out)
{
    text_add(out, "MBED_CONF_");
    for (; *parameter != '\0'; parameter++)
        text_add(out, "%c",
                 *parameter == '-' || *parameter == '.' ? '_' : toupper((unsigned char)*parameter));
}

/* ---- values of macros ---- */

struct scan {
    const char *at;
    const struct macro_name *name;
    struct text *out;
};

static void copy(struct scan *scan, size_t length)
{
    text_add_bytes(scan->out, scan->at, length);
    scan->at += length;
}

static bool ends_in_question_mark(const struct text *text)
{
    return !text->failed && text->length > 0 && text->data[text->length - 1] == '?';
}

static const char *scan_character(struct scan *scan, bool is_wide)
{
    const unsigned char byte = (unsigned char)*scan->at;

    if (byte >= 0x80 && is_wide)
        return "it holds characters beyond ASCII in a literal of wide characters";
    if (byte >= 0x80)
        text_add(scan->out, "\\%03o", byte);
    else if (byte == '?' && ends_in_question_mark(scan->out))
        text_add(scan->out, "\\?"); /* no trigraph can begin */
    else if (byte == '\t')
        text_add(scan->out, "\\t");
    else
        text_add_bytes(scan->out, scan->at, 1);
    scan->at++;
    return NULL;
}

/* A string or character literal (C11 6.4.5, 6.4.4.4). */
static const char *scan_literal(struct scan *scan, bool is_wide)
{
    const char quote = *scan->at;
    const char *wrong = NULL;

    copy(scan, 1);
    while (wrong == NULL && *scan->at != quote) {
        if (*scan->at == '\0')
            return "it holds a quote that is not closed";
        if (*scan->at == '\\' && (unsigned char)scan->at[1] < 0x80 && scan->at[1] != '\0')
            copy(scan, 2);
        else if (*scan->at == '\\')
            return "it holds a quote that is not closed";
        else
            wrong = scan_character(scan, is_wide);
    }
    if (wrong == NULL)
        copy(scan, 1);
    return wrong;
}

static const char *scan_identifier(struct scan *scan)
{
    static const char *const raw[] = {"R", "LR", "uR", "UR", "u8R"};
    static const char *const wide[] = {"L", "u", "U"};
    static const char *const variadic[] = {"__VA_ARGS__", "__VA_OPT__"};
    const char *word = scan->at;
    const size_t length = identifier_length(word);

    if (is_word(word, length, variadic, 2))
        return "it holds __VA_ARGS__ or __VA_OPT__";
    copy(scan, length);
    if (*scan->at == '"' && is_word(word, length, raw, 5))
        return "it holds a raw string, which is no C";
    if (*scan->at == '"' || *scan->at == '\'')
        return scan_literal(scan, is_word(word, length, wide, 3));
    return NULL;
}

/* C11 6.4.8. In C23 and C++14 a quote in a number parts its digits, elsewhere it begins a literal.
 */
static const char *scan_number(struct scan *scan)
{
    copy(scan, strspn(scan->at, "." LETTERS DIGITS));
    return *scan->at == '\'' ? "it holds a quote within a number" : NULL;
}

/* A line comment goes, since another comment follows on the line; of the other kind what could end
 * or nest it is escaped. */
static const char *scan_comment(struct scan *scan)
{
    const char *end = strstr(scan->at + 2, "*/");
    char *body;

    if (scan->at[1] == '/') {
        scan->at += strlen(scan->at);
        return NULL;
    }
    if (end == NULL)
        return "it holds a comment that does not end";
    body = strndup(scan->at + 2, (size_t)(end - scan->at) - 2);
    if (body == NULL) {
        scan->out->failed = true;
    } else {
        text_add(scan->out, "/*");
        text_add_comment(scan->out, body);
        text_add(scan->out, "*/");
    }
    free(body);
    scan->at = end + 2;
    return NULL;
}

/* `#`, which in a macro like a function makes a string of its parameter (C11 6.10.3.2). */
static const char *scan_hash(struct scan *scan)
{
    const struct macro_name *name = scan->name;
    const char *word = scan->at + 1 + strspn(scan->at + 1, " \t");

    if (scan->at[1] == '#') {
        copy(scan, 2);
        return NULL;
    }
    if (name->parameter != NULL &&
        (name->parameter_length == 0 || identifier_length(word) != name->parameter_length ||
         memcmp(word, name->parameter, name->parameter_length) != 0))
        return "it holds '#' before something else than its parameter";
    copy(scan, 1);
    return NULL;
}

static const char *scan_token(struct scan *scan)
{
    const char *at = scan->at;

    if (identifier_length(at) > 0)
        return scan_identifier(scan);
    if (isdigit((unsigned char)at[0]) || (at[0] == '.' && isdigit((unsigned char)at[1])))
        return scan_number(scan);
    if (*at == '"' || *at == '\'')
        return scan_literal(scan, false);
    if (at[0] == '/' && (at[1] == '/' || at[1] == '*'))
        return scan_comment(scan);
    if (*at == '#')
        return scan_hash(scan);
    if (*at == '\\')
        return "it holds a backslash outside of a literal";
    if (at[0] == '?' && at[1] == '?')
        return "it holds a trigraph";
    if (at[0] == '%' && at[1] == ':')
        return "it holds the digraph '%:'";
    if ((unsigned char)*at >= 0x80)
        return "it holds characters beyond ASCII outside of a literal";
    text_add(scan->out, "%c", *at == '\t' ? ' ' : *at);
    scan->at++;
    return NULL;
}

static bool has_control_character(const char *text)
{
    for (; *text != '\0'; text++)
        if (iscntrl((unsigned char)*text) && *text != '\t')
            return true;
    return false;
}

/* `##` needs something on both sides (C11 6.10.3.3). */
static bool is_glue(const char *value, size_t length)
{
    return length >= 2 && (memcmp(value, "##", 2) == 0 || memcmp(value + length - 2, "##", 2) == 0);
}

static void trim(struct text *text, size_t start)
{
    size_t blank;

    if (text->failed)
        return;
    blank = strspn(text->data + start, " \t");
    memmove(text->data + start, text->data + start + blank, text->length - start - blank + 1);
    text->length -= blank;
    while (text->length > start && strchr(" \t", text->data[text->length - 1]) != NULL)
        text->data[--text->length] = '\0';
}

const char *value_add_c(const char *value, const struct macro_name *name, struct text *out)
{
    const size_t start = out->length;
    struct scan scan = {value, name, out};
    const char *wrong = NULL;

    if (has_control_character(value))
        return "it holds a line end or another control character";
    text_add_bytes(out, "", 0); /* so that there is something to trim */
    while (wrong == NULL && *scan.at != '\0')
        wrong = scan_token(&scan);
    if (wrong != NULL)
        return wrong;
    trim(out, start);
    if (!out->failed && is_glue(out->data + start, out->length - start))
        return "it begins or ends with '##'";
    return NULL;
}

/* ---- values as text ---- */

/* As Python's repr() has it: in single quotes, unless there are such and no double ones in it. */
static void add_python_string(const char *string, struct text *out)
{
    const char quote = strchr(string, '\'') != NULL && strchr(string, '"') == NULL ? '"' : '\'';

    text_add(out, "%c", quote);
    for (const char *at = string; *at != '\0'; at++) {
        if (*at == quote || *at == '\\')
            text_add(out, "\\%c", *at);
        else if (*at == '\n' || *at == '\r' || *at == '\t')
            text_add(out, "\\%c", *at == '\n' ? 'n' : *at == '\r' ? 'r' : 't');
        else if ((unsigned char)*at < 0x20 || *at == 0x7f)
            text_add(out, "\\x%02x", (unsigned char)*at);
        else
            text_add_bytes(out, at, 1);
    }
    text_add(out, "%c", quote);
}

static void add_python_list(const struct json *list, struct text *out)
{
    static const char *const words[] = {"None", "False", "True"};

    text_add(out, "[");
    for (const struct json *item = list->first; item != NULL; item = item->next) {
        if (item->kind == JSON_STRING)
            add_python_string(item->text, out);
        else if (item->kind <= JSON_TRUE)
            text_add(out, "%s", words[item->kind]);
        else
            value_add_text(item, out); /* as deep as json_parse() lets it be */
        text_add(out, "%s", item->next != NULL ? ", " : "");
    }
    text_add(out, "]");
}

void value_add_text(const struct json *value, struct text *out)
{
    if (value->kind == JSON_TRUE || value->kind == JSON_FALSE)
        text_add(out, "%d", value->kind == JSON_TRUE);
    else if (value->kind == JSON_ARRAY)
        add_python_list(value, out);
    else if (value->kind == JSON_INTEGER && strcmp(value->text, "-0") == 0)
        text_add(out, "0");
    else if (value->text != NULL)
        text_add(out, "%s", value->text);
}
