/* mbedapp.c -- mbed_app.json + macros + settings -> mbed_app.json, by insertions only
 *
 * A tree says what is in the text, and where. What is missing is inserted into the text itself,
 * since printing it anew would lose the user's layout, comments and digits; then the text is read
 * again. */
#include "emit/mbedapp.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

#define INDENT_MAX 64
#define ENTRY_SIZE 100

struct merge {
    struct text text;  /* the document as it stands */
    struct json *root; /* the same as a tree */
    enum json_dialect dialect;
    const char *path;
    struct error *err;
};

static int fail(const struct merge *merge, const char *what)
{
    return error_set(merge->err, ERROR_WRITE, "%s: %s", merge->path, what);
}

static int parse(const struct merge *merge, struct json **out)
{
    int rv = json_parse(merge->text.data, merge->text.length, merge->path, merge->dialect, out,
                        merge->err);

    if (rv != 0 && merge->err->code == ERROR_USAGE)
        merge->err->code = ERROR_WRITE; /* it is an output that can't be brought about */
    return rv;
}

/* ---- insertions ---- */

static void insert(struct text *text, size_t at, const char *piece)
{
    struct text whole = {0};

    text_add_bytes(&whole, text->data, at);
    text_add(&whole, "%s", piece);
    text_add_bytes(&whole, text->data + at, text->length - at);
    text_free(text);
    *text = whole;
}

/* JSON5 ends a line comment at U+2028 and U+2029, too. */
static bool has_line_end(const struct merge *merge, size_t from, size_t to)
{
    for (const char *at = merge->text.data + from; at < merge->text.data + to; at++)
        if (*at == '\n' || *at == '\r' || strncmp(at, "\xe2\x80\xa8", 3) == 0 ||
            strncmp(at, "\xe2\x80\xa9", 3) == 0)
            return true;
    return false;
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
static void indent_unit(const struct merge *merge, char out[INDENT_MAX])
{
    const struct json *first = merge->root->first;

    out[0] = '\0';
    if (first != NULL && has_line_end(merge, merge->root->at, first->at))
        line_indent(merge->text.data, first->at, out);
    if (out[0] == '\0')
        memcpy(out, "    ", sizeof "    ");
}

/* What the document ends its lines with. */
static const char *line_end(const char *json)
{
    const char *first = strchr(json, '\n');

    return first != NULL && first > json && first[-1] == '\r' ? "\r\n" : "\n";
}

/* The entry as the container has its own: a line for each, or all on one; with a comma behind the
 * last, or without. An empty object gets lines. */
static void lay_out(const struct merge *merge, const struct json *container, const char *entry,
                    struct text *out)
{
    const char *json = merge->text.data;
    bool has_lines = has_line_end(merge, container->at, container->end);
    bool is_bare = container->tail == container->at + 1; /* no entry and no comment */
    const char *comma = container->trailing_comma ? "," : "";
    char outer[INDENT_MAX], unit[INDENT_MAX];

    line_indent(json, container->at, outer);
    indent_unit(merge, unit);
    if (has_lines)
        text_add(out, "%s%s%s%s%s", line_end(json), outer, unit, entry, comma);
    else if (is_bare && container->kind == JSON_OBJECT)
        text_add(out, "%s%s%s%s%s%s", line_end(json), outer, unit, entry, line_end(json), outer);
    else
        text_add(out, "%s%s%s", is_bare ? "" : " ", entry, comma);
}

/* Adds an entry (`"key": value`, or an element) at the end of the container, behind its comments.
 */
static int add_entry(struct merge *merge, const struct json *container, const char *entry)
{
    const struct json *last = container->first;
    struct text piece = {0};
    struct json *root;

    while (last != NULL && last->next != NULL)
        last = last->next;
    lay_out(merge, container, entry, &piece);
    if (piece.failed)
        return error_no_memory(merge->err);
    insert(&merge->text, container->tail, piece.data);
    text_free(&piece);
    if (last != NULL && !container->trailing_comma && !merge->text.failed)
        insert(&merge->text, last->end, ",");
    if (merge->text.failed)
        return error_no_memory(merge->err);
    if (parse(merge, &root) != 0)
        return -1;
    json_free(merge->root);
    merge->root = root;
    return 0;
}

/* Makes the member `key` of the root, or of its member `outer`, if it is missing. */
static int make_member(struct merge *merge, const char *outer, const char *key, const char *value)
{
    const struct json *parent = outer != NULL ? json_member(merge->root, outer) : merge->root;
    char entry[ENTRY_SIZE];

    if (json_member(parent, key) != NULL)
        return 0;
    snprintf(entry, sizeof entry, "\"%s\": %s", key, value);
    return add_entry(merge, parent, entry);
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
static int look_up_macro(const struct merge *merge, const char *macro)
{
    const struct json *macros = json_member(merge->root, "macros");
    size_t length = macro_name_length(macro);
    int found = 0;

    for (const struct json *item = macros != NULL ? macros->first : NULL; item != NULL;
         item = item->next) {
        const char *has = item->text;
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

static int add_macros(struct merge *merge, const struct macro_list *macros)
{
    for (size_t i = 0; i < macros->count; i++) {
        char quoted[TARGET_MACRO_SIZE + 2];
        int found = look_up_macro(merge, macros->macro[i]);
        if (found < 0)
            return -1;
        if (found > 0)
            continue;
        snprintf(quoted, sizeof quoted, "\"%s\"", macros->macro[i]);
        if (make_member(merge, NULL, "macros", "[]") != 0 ||
            add_entry(merge, json_member(merge->root, "macros"), quoted) != 0)
            return -1;
    }
    return 0;
}

static const struct json *star(const struct merge *merge)
{
    return json_member(json_member(merge->root, "target_overrides"), "*");
}

static int add_settings(struct merge *merge, const struct target *target)
{
    const struct target_setting *setting;

    for (setting = target->settings; setting->name != NULL; setting++) {
        char entry[ENTRY_SIZE];
        if (json_member(star(merge), setting->name) != NULL)
            continue;
        snprintf(entry, sizeof entry, "\"%s\": %d", setting->name, setting->value);
        if (make_member(merge, NULL, "target_overrides", "{}") != 0 ||
            make_member(merge, "target_overrides", "*", "{}") != 0 ||
            add_entry(merge, star(merge), entry) != 0)
            return -1;
    }
    return 0;
}

/* Whether the document has all that was to be added. */
static bool is_complete(const struct merge *merge, const struct macro_list *macros,
                        const struct target *target)
{
    const struct target_setting *setting;

    for (size_t i = 0; i < macros->count; i++)
        if (look_up_macro(merge, macros->macro[i]) != 1)
            return false;
    for (setting = target->settings; setting->name != NULL; setting++)
        if (json_member(star(merge), setting->name) == NULL)
            return false;
    return true;
}

/* Nothing that was there may have changed: of objects and arrays the beginning is the same. */
bool mbedapp_keeps(const struct json *before, const struct json *after)
{
    const struct json *same = after->first;

    if (before->kind != after->kind)
        return false;
    if (before->text != NULL && strcmp(before->text, after->text) != 0)
        return false;
    for (const struct json *item = before->first; item != NULL; item = item->next) {
        if (same == NULL || (item->key != NULL && strcmp(item->key, same->key) != 0) ||
            !mbedapp_keeps(item, same))
            return false;
        same = same->next;
    }
    return true;
}

/* ---- the document ---- */

static int count_members(const struct json *object, const char *key)
{
    int count = 0;

    if (object == NULL || object->kind != JSON_OBJECT)
        return 0;
    for (const struct json *item = object->first; item != NULL; item = item->next)
        count += strcmp(item->key, key) == 0;
    return count;
}

static int check_shape(const struct merge *merge)
{
    const struct json *root = merge->root;
    const struct json *macros = json_member(root, "macros");
    const struct json *overrides = json_member(root, "target_overrides");
    const struct json *all = json_member(overrides, "*");

    if (root->kind != JSON_OBJECT)
        return fail(merge, "is not a JSON object");
    if (count_members(root, "macros") > 1 || count_members(root, "target_overrides") > 1 ||
        count_members(overrides, "*") > 1)
        return fail(merge, "holds 'macros', 'target_overrides' or '*' twice");
    if (macros != NULL && macros->kind != JSON_ARRAY)
        return fail(merge, "'macros' is not an array");
    for (const struct json *item = macros != NULL ? macros->first : NULL; item != NULL;
         item = item->next)
        if (item->kind != JSON_STRING)
            return fail(merge, "'macros' holds something that is not a string");
    if (overrides != NULL && overrides->kind != JSON_OBJECT)
        return fail(merge, "'target_overrides' is not an object");
    if (all != NULL && all->kind != JSON_OBJECT)
        return fail(merge, "'target_overrides' has a '*' that is not an object");
    return 0;
}

static bool is_known(const char *key)
{
    static const char *const known[] = {"name",   "config",        "target_overrides",
                                        "macros", "artifact_name", "requires"};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(key, known[i]) == 0)
            return true;
    return false;
}

#define UNKNOWN_COUNT_MAX 8   /* keys that are listed */
#define UNKNOWN_LENGTH_MAX 40 /* bytes of each */

/* The top-level keys that Mbed OS does not know; another one is an error there. The first few stand
 * for all. */
static void list_unknown(const struct json *root, struct text *unknown)
{
    size_t count = 0;

    for (const struct json *item = root->first; item != NULL; item = item->next) {
        if (is_known(item->key) || ++count > UNKNOWN_COUNT_MAX)
            continue;
        text_add(unknown, "%s%.*s%s", count > 1 ? ", " : "", UNKNOWN_LENGTH_MAX, item->key,
                 strlen(item->key) > UNKNOWN_LENGTH_MAX ? "..." : "");
    }
    if (count > UNKNOWN_COUNT_MAX)
        text_add(unknown, " and %zu more", count - UNKNOWN_COUNT_MAX);
}

/* The lines that a user has to add by hand where this can't be done for them. */
static void hint_lines(const struct merge *merge, const struct macro_list *macros,
                       const struct target *target)
{
    const char *wanted = merge->dialect == JSON_FIVE ? "JSON5" : "plain JSON, without comments";
    const struct target_setting *setting;
    struct text lines = {0};

    for (size_t i = 0; i < macros->count; i++)
        text_add(&lines, "%s\"%s\"", i == 0 ? "\"macros\": [" : ", ", macros->macro[i]);
    text_add(&lines, "%s\"target_overrides\": {\"*\": {", macros->count > 0 ? "], " : "");
    for (setting = target->settings; setting->name != NULL; setting++)
        text_add(&lines, "%s\"%s\": %d", setting > target->settings ? ", " : "", setting->name,
                 setting->value);
    text_add(&lines, "}}");
    if (!lines.failed)
        error_hint(merge->err, "it must be %s; to add by hand: %s", wanted, lines.data);
    text_free(&lines);
}

static int merge_all(struct merge *merge, const struct macro_list *macros,
                     const struct target *target, struct text *unknown)
{
    struct json *before = NULL;
    int rv = -1;

    if (parse(merge, &before) != 0 || parse(merge, &merge->root) != 0 || check_shape(merge) != 0)
        goto done;
    list_unknown(before, unknown);
    if (add_macros(merge, macros) != 0 || add_settings(merge, target) != 0)
        goto done;
    if (check_shape(merge) != 0 || !mbedapp_keeps(before, merge->root) ||
        !is_complete(merge, macros, target)) {
        error_set(merge->err, ERROR_INTERNAL, "%s: the merge would lose something", merge->path);
        goto done;
    }
    rv = 0;
done:
    json_free(before);
    return rv;
}

static bool is_json5_name(const char *path)
{
    size_t length = strlen(path);

    return length > 6 && strcmp(path + length - 6, ".json5") == 0;
}

int mbedapp_merge(const char *json, size_t length, const char *path,
                  const struct macro_list *macros, const struct target *target, struct text *out,
                  struct text *unknown, struct error *err)
{
    static const char empty[] = "{}\n";
    struct merge merge = {.path = path, .err = err};
    int rv;

    merge.dialect = target->reads_json5 || is_json5_name(path) ? JSON_FIVE : JSON_STRICT;
    text_add_bytes(&merge.text, length > 0 ? json : empty, length > 0 ? length : sizeof empty - 1);
    rv = merge.text.failed ? error_no_memory(err) : merge_all(&merge, macros, target, unknown);
    if (rv == 0) {
        text_add_bytes(out, merge.text.data, merge.text.length);
        rv = out->failed || unknown->failed ? error_no_memory(err) : 0;
    }
    if (rv != 0 && err->code == ERROR_WRITE)
        hint_lines(&merge, macros, target);
    json_free(merge.root);
    text_free(&merge.text);
    return rv;
}
