/* mbedapp.c -- mbed_app.json + macros + settings -> mbed_app.json, by insertions only
 *
 * cJSON says whether the text is JSON and what is in it. What is missing is then inserted into the
 * text itself, since printing it anew would lose the user's layout and the precision of numbers. */
#include "emit/mbedapp.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define INDENT_MAX 64

struct merge {
    struct text text; /* the document as it stands */
    const char *path;
    struct error *err;
};

static int fail(const struct merge *merge, const char *what)
{
    return error_set(merge->err, ERROR_WRITE, "%s: %s", merge->path, what);
}

/* ---- places in a text that cJSON has accepted ---- */

static size_t skip_space(const char *json, size_t at)
{
    while (json[at] == ' ' || json[at] == '\t' || json[at] == '\n' || json[at] == '\r')
        at++;
    return at;
}

static size_t skip_string(const char *json, size_t at)
{
    for (at++; json[at] != '"'; at++)
        if (json[at] == '\\')
            at++;
    return at + 1;
}

/* Behind the value that begins at `at`. */
static size_t skip_value(const char *json, size_t at)
{
    int depth = 0;

    do {
        if (json[at] == '"') {
            at = skip_string(json, at);
            continue;
        }
        if (json[at] == '{' || json[at] == '[')
            depth++;
        else if (json[at] == '}' || json[at] == ']')
            depth--;
        else if (depth == 0) /* a number or literal */
            return at + strcspn(json + at, ",]} \t\r\n");
        at++;
    } while (depth > 0);
    return at;
}

/* Without memory for the answer merge->err is set. */
static bool key_is(struct merge *merge, size_t at, const char *key)
{
    const char *json = merge->text.data;
    cJSON *name = cJSON_ParseWithLength(json + at, skip_string(json, at) - at);
    bool same = cJSON_IsString(name) && strcmp(name->valuestring, key) == 0;

    if (name == NULL)
        error_no_memory(merge->err);
    cJSON_Delete(name);
    return same;
}

/* Where the value of a member of the object at `object` begins, or 0. */
static size_t find_member(struct merge *merge, size_t object, const char *key)
{
    const char *json = merge->text.data;
    size_t at = skip_space(json, object + 1);

    while (json[at] == '"') {
        bool found = key_is(merge, at, key);
        at = skip_space(json, skip_string(json, at));
        at = skip_space(json, at + 1); /* the colon */
        if (found)
            return at;
        at = skip_space(json, skip_value(json, at));
        if (json[at] == ',')
            at = skip_space(json, at + 1);
    }
    return 0;
}

/* Behind the last entry of the container at `at`, or behind its bracket if it is empty. */
static size_t last_entry_end(const char *json, size_t at)
{
    size_t end = skip_value(json, at) - 1;

    do
        end--;
    while (isspace((unsigned char)json[end]));
    return end + 1;
}

/* ---- insertions ---- */

static int insert(struct merge *merge, size_t at, const char *piece)
{
    struct text text = {0};

    text_add_bytes(&text, merge->text.data, at);
    text_add_bytes(&text, piece, strlen(piece));
    text_add_bytes(&text, merge->text.data + at, merge->text.length - at);
    if (text.failed) {
        text_free(&text);
        return error_no_memory(merge->err);
    }
    text_free(&merge->text);
    merge->text = text;
    return 0;
}

/* The white space that begins the line of `at`. */
static void line_indent(const char *json, size_t at, char out[INDENT_MAX])
{
    size_t start = at;
    size_t length;

    while (start > 0 && json[start - 1] != '\n')
        start--;
    length = strspn(json + start, " \t");
    if (length >= INDENT_MAX)
        length = INDENT_MAX - 1;
    memcpy(out, json + start, length);
    out[length] = '\0';
}

/* What the document indents by: the white space before its first key, else four blanks. */
static void indent_unit(const char *json, char out[INDENT_MAX])
{
    size_t object = skip_space(json, 0);
    size_t first = skip_space(json, object + 1);

    if (memchr(json + object, '\n', first - object) != NULL)
        line_indent(json, first, out);
    else
        out[0] = '\0';
    if (out[0] == '\0')
        memcpy(out, "    ", sizeof "    ");
}

/* What the document ends its lines with. */
static const char *line_end(const char *json)
{
    const char *first = strchr(json, '\n');

    return first != NULL && first > json && first[-1] == '\r' ? "\r\n" : "\n";
}

/* Adds an entry (`"key": value`, or an element) at the end of the container at `at`, in the layout
 * that the container has: a line for each, or all on one. An empty object gets lines. */
static int add_entry(struct merge *merge, size_t at, const char *entry)
{
    const char *json = merge->text.data;
    size_t end = last_entry_end(json, at);
    bool is_empty = end == at + 1;
    size_t close = skip_value(json, at) - 1;
    bool on_lines = memchr(json + at, '\n', close - at) != NULL || (is_empty && json[at] == '{');
    char outer[INDENT_MAX], unit[INDENT_MAX];
    struct text piece = {0};
    int rv;

    line_indent(json, at, outer);
    indent_unit(json, unit);
    text_add(&piece, "%s", is_empty ? "" : ",");
    if (on_lines)
        text_add(&piece, "%s%s%s%s", line_end(json), outer, unit, entry);
    else
        text_add(&piece, "%s%s", is_empty ? "" : " ", entry);
    if (on_lines && is_empty && memchr(json + at, '\n', close - at) == NULL)
        text_add(&piece, "%s%s", line_end(json), outer);
    rv = piece.failed ? error_no_memory(merge->err) : insert(merge, end, piece.data);
    text_free(&piece);
    return rv;
}

/* The container that is a member of the one at `at`; made if it is missing. 0 on failure. */
static size_t open_member(struct merge *merge, size_t at, const char *key, const char *empty)
{
    size_t member = find_member(merge, at, key);
    struct text entry = {0};
    int rv;

    if (member != 0 || merge->err->code != ERROR_NONE)
        return member;
    text_add(&entry, "\"%s\": %s", key, empty);
    rv = entry.failed ? error_no_memory(merge->err) : add_entry(merge, at, entry.data);
    text_free(&entry);
    return rv == 0 ? find_member(merge, at, key) : 0;
}

/* ---- what is there, and what is missing ---- */

static size_t macro_name_length(const char *macro)
{
    return strcspn(macro, "= \t");
}

static const char *macro_value(const char *macro)
{
    const char *equals = strchr(macro, '=');

    return equals != NULL ? equals + 1 + strspn(equals + 1, " \t") : "";
}

/* A bare macro counts as 1 and the other way round; of a size, more is enough. */
static bool value_suffices(const char *has, const char *wanted)
{
    char *has_end, *wanted_end;
    unsigned long has_number = strtoul(*has != '\0' ? has : "1", &has_end, 0);
    unsigned long wanted_number = strtoul(*wanted != '\0' ? wanted : "1", &wanted_end, 0);

    if (strcmp(has, wanted) == 0)
        return true;
    if (*has_end != '\0' || *wanted_end != '\0' || *has == '-')
        return false;
    return has_number == wanted_number || (wanted_number > 1 && has_number > wanted_number);
}

/* 1: it is there; 0: it is missing; -1: it is there with another value. */
static int look_up_macro(struct merge *merge, const cJSON *macros, const char *macro)
{
    const cJSON *item;
    int found = 0;

    cJSON_ArrayForEach(item, macros)
    {
        const char *has = item->valuestring;
        size_t length = macro_name_length(macro);
        if (macro_name_length(has) != length || strncmp(has, macro, length) != 0)
            continue;
        found = 1;
        if (value_suffices(macro_value(has), macro_value(macro)))
            continue;
        error_set(merge->err, ERROR_WRITE,
                  "%s: the macro '%s' is there, but these anchors need '%s'", merge->path, has,
                  macro);
        return error_hint(merge->err, "change it to '%s', or remove it and run again", macro);
    }
    return found;
}

static int add_macros(struct merge *merge, const cJSON *root, const struct macro_list *macros)
{
    const cJSON *existing = cJSON_GetObjectItemCaseSensitive(root, "macros");

    for (size_t i = 0; i < macros->count; i++) {
        char quoted[TARGET_MACRO_SIZE + 2];
        size_t array;
        int found = look_up_macro(merge, existing, macros->macro[i]);
        if (found < 0)
            return -1;
        if (found > 0)
            continue;
        snprintf(quoted, sizeof quoted, "\"%s\"", macros->macro[i]);
        array = open_member(merge, skip_space(merge->text.data, 0), "macros", "[]");
        if (array == 0 || add_entry(merge, array, quoted) != 0)
            return -1;
    }
    return 0;
}

static int add_settings(struct merge *merge, const cJSON *root, const struct target *target)
{
    const cJSON *overrides = cJSON_GetObjectItemCaseSensitive(root, "target_overrides");
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(overrides, "*");
    const struct target_setting *setting;

    for (setting = target->settings; setting->name != NULL; setting++) {
        char entry[100];
        size_t object;
        if (cJSON_GetObjectItemCaseSensitive(all, setting->name) != NULL)
            continue;
        snprintf(entry, sizeof entry, "\"%s\": %d", setting->name, setting->value);
        object = open_member(merge, skip_space(merge->text.data, 0), "target_overrides", "{}");
        object = object != 0 ? open_member(merge, object, "*", "{}") : 0;
        if (object == 0 || add_entry(merge, object, entry) != 0)
            return -1;
    }
    return 0;
}

/* ---- the document ---- */

static int count_members(const cJSON *object, const char *key)
{
    const cJSON *item;
    int count = 0;

    cJSON_ArrayForEach(item, object) count +=
        item->string != NULL && strcmp(item->string, key) == 0;
    return count;
}

static int check_shape(const struct merge *merge, const cJSON *root)
{
    const cJSON *macros = cJSON_GetObjectItemCaseSensitive(root, "macros");
    const cJSON *overrides = cJSON_GetObjectItemCaseSensitive(root, "target_overrides");
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(overrides, "*");
    const cJSON *item;

    if (!cJSON_IsObject(root))
        return fail(merge, "is not a JSON object");
    if (count_members(root, "macros") > 1 || count_members(root, "target_overrides") > 1 ||
        count_members(overrides, "*") > 1)
        return fail(merge, "holds 'macros', 'target_overrides' or '*' twice");
    if (macros != NULL && !cJSON_IsArray(macros))
        return fail(merge, "'macros' is not an array");
    cJSON_ArrayForEach(item, macros)
    {
        if (!cJSON_IsString(item))
            return fail(merge, "'macros' holds something that is not a string");
    }
    if (overrides != NULL && !cJSON_IsObject(overrides))
        return fail(merge, "'target_overrides' is not an object");
    if (all != NULL && !cJSON_IsObject(all))
        return fail(merge, "'target_overrides' has a '*' that is not an object");
    return 0;
}

/* The top-level keys that Mbed OS knows; another one is an error there. */
static void list_unknown(const cJSON *root, struct text *unknown)
{
    static const char *const known[] = {"name",   "config",        "target_overrides",
                                        "macros", "artifact_name", "requires"};
    const cJSON *item;

    cJSON_ArrayForEach(item, root)
    {
        bool is_known = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            is_known = is_known || strcmp(item->string, known[i]) == 0;
        if (!is_known)
            text_add(unknown, "%s%s", unknown->length > 0 ? ", " : "", item->string);
    }
}

/* The lines that a user has to add by hand where this can't be done for them. */
static void hint_lines(const struct macro_list *macros, const struct target *target,
                       struct error *err)
{
    struct text lines = {0};
    const struct target_setting *setting;

    for (size_t i = 0; i < macros->count; i++)
        text_add(&lines, "%s\"%s\"", i == 0 ? "\"macros\": [" : ", ", macros->macro[i]);
    text_add(&lines, "%s\"target_overrides\": {\"*\": {", macros->count > 0 ? "], " : "");
    for (setting = target->settings; setting->name != NULL; setting++)
        text_add(&lines, "%s\"%s\": %d", setting > target->settings ? ", " : "", setting->name,
                 setting->value);
    text_add(&lines, "}}");
    if (!lines.failed)
        error_hint(err, "it must be plain JSON, without comments; to add by hand: %s", lines.data);
    text_free(&lines);
}

/* Behind a number, or at its start if it is none as RFC 8259 section 6 has them. */
static const char *skip_number(const char *at)
{
    static const char digits[] = "0123456789";
    const char *start = at;
    size_t whole;

    at += *at == '-' ? 1 : 0;
    whole = strspn(at, digits);
    if (whole == 0 || (at[0] == '0' && whole > 1))
        return start;
    at += whole;
    if (*at == '.') {
        size_t fraction = strspn(at + 1, digits);
        if (fraction == 0)
            return start;
        at += 1 + fraction;
    }
    if (*at == 'e' || *at == 'E') {
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        if (strspn(at, digits) == 0)
            return start;
        at += strspn(at, digits);
    }
    return at;
}

/* Four hex digits behind `\u`, not those of NUL: there, and where they are none, cJSON's strings
 * end. */
static bool is_hex4(const char *digits)
{
    return strspn(digits, "0123456789abcdefABCDEF") >= 4 && strncmp(digits, "0000", 4) != 0;
}

/* The length of the UTF-8 sequence at `at` (RFC 3629 section 4), or 0 if it is none. */
static size_t utf8_length(const char *at)
{
    static const struct {
        unsigned char first, last; /* of the first byte */
        unsigned char low, high;   /* of the second */
        size_t length;
    } rows[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    const unsigned char *byte = (const unsigned char *)at;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (byte[0] < rows[i].first || byte[0] > rows[i].last)
            continue;
        if (rows[i].length > 1 && (byte[1] < rows[i].low || byte[1] > rows[i].high))
            return 0;
        for (size_t k = 2; k < rows[i].length; k++)
            if (byte[k] < 0x80 || byte[k] > 0xbf)
                return 0;
        return rows[i].length;
    }
    return 0;
}

/* What cJSON lets pass and JSON does not: a byte order mark, control characters as blanks and in
 * strings, bytes that are not UTF-8, numbers such as 01 and 1. */
static bool is_strict(const struct text *text)
{
    bool in_string = false;

    for (const char *at = text->data; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte < 0x20 && (in_string || strchr("\t\n\r", byte) == NULL))
            return false;
        if (!in_string && byte >= 0x80)
            return false;
        if (in_string && byte == '\\' && at[1] == 'u' && !is_hex4(at + 2))
            return false;
        if (utf8_length(at) == 0)
            return false;
        if (byte >= 0x80)
            at += utf8_length(at) - 1;
        if (in_string && byte == '\\' && at[1] != '\0') {
            at++;
        } else if (byte == '"') {
            in_string = !in_string;
        } else if (!in_string && (byte == '-' || (byte >= '0' && byte <= '9'))) {
            const char *end = skip_number(at);
            if (end == at)
                return false;
            at = end - 1;
        }
    }
    return true;
}

static cJSON *parse(const struct merge *merge)
{
    const char *end = NULL;
    cJSON *root = NULL;

    if (memchr(merge->text.data, '\0', merge->text.length) == NULL && is_strict(&merge->text))
        root = cJSON_ParseWithLengthOpts(merge->text.data, merge->text.length + 1, &end, 1);
    if (root == NULL)
        fail(merge, "is not plain JSON");
    return root;
}

/* Nothing that was there may have changed: of objects and arrays the beginning is the same. */
static bool keeps(const cJSON *before, const cJSON *after)
{
    const cJSON *same = after->child;
    const cJSON *item;

    if (cJSON_IsNumber(before)) /* one too large for a double equals nothing */
        return cJSON_IsNumber(after);
    if (!cJSON_IsObject(before) && !cJSON_IsArray(before))
        return cJSON_Compare(before, after, 1);
    cJSON_ArrayForEach(item, before)
    {
        if (same == NULL || (item->string != NULL && strcmp(item->string, same->string) != 0) ||
            !keeps(item, same))
            return false;
        same = same->next;
    }
    return before->type == after->type;
}

int mbedapp_merge(const char *json, size_t length, const char *path,
                  const struct macro_list *macros, const struct target *target, struct text *out,
                  struct text *unknown, struct error *err)
{
    static const char empty[] = "{}\n";
    struct merge merge = {{0}, path, err};
    cJSON *before = NULL;
    cJSON *after = NULL;
    int rv = -1;

    text_add_bytes(&merge.text, json != NULL ? json : empty,
                   json != NULL ? length : sizeof empty - 1);
    if (merge.text.failed) {
        error_no_memory(err);
        goto done;
    }
    before = parse(&merge);
    if (before == NULL || check_shape(&merge, before) != 0)
        goto done;
    list_unknown(before, unknown);
    if (add_macros(&merge, before, macros) != 0 || add_settings(&merge, before, target) != 0)
        goto done;
    after = parse(&merge);
    if (after == NULL || err->code != ERROR_NONE || check_shape(&merge, after) != 0 ||
        !keeps(before, after)) {
        error_set(err, ERROR_INTERNAL, "%s: the merge would lose something", path);
        goto done;
    }
    text_add_bytes(out, merge.text.data, merge.text.length);
    rv = out->failed || unknown->failed ? error_no_memory(err) : 0;
done:
    if (rv != 0 && err->code == ERROR_WRITE)
        hint_lines(macros, target, err);
    cJSON_Delete(after);
    cJSON_Delete(before);
    text_free(&merge.text);
    return rv;
}
