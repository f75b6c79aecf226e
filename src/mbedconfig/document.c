/* document.c -- the text of one file -> a tree in the form that Mbed's schemas ask for */
#include "document.h"

#include <search.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int document_fail(const struct document *document, const struct json *at, struct error *err,
                  const char *format, ...)
{
    char what[400];
    va_list args;

    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    return error_set(err, ERROR_USAGE, "%.200s:%zu: %s", document->path, at->line, what);
}

void document_add_name(const struct document *document, const char *label, struct text *out)
{
    if (document->kind == UNIT_LIBRARY)
        text_add(out, "library:%s", document->name);
    else
        text_add(out, "application");
    if (label != NULL)
        text_add(out, "[%s]", label);
}

void document_free(struct document *document)
{
    json_free(document->root);
    document->root = NULL;
}

/* ---- keys that are there twice ---- */

/* Puts `from`, which is in no list any more, in the place of `to`, whose place in the list stays.
 */
static void replace_value(struct json *to, struct json *from)
{
    struct json *next = to->next;
    char *key = to->key;
    struct json old = *to;

    *to = *from;
    to->next = next;
    to->key = key;
    old.next = NULL;
    old.key = from->key;
    *from = old;
    json_free(from);
}

/* Moves the entries of `from` to the end of `to`; a member that is there already gets the new
 * value. */
static void join(struct json *to, struct json *from)
{
    struct json *entry = from->first;
    struct json **end;

    while (entry != NULL) {
        struct json *next = entry->next;
        entry->next = NULL;
        end = &to->first;
        while (*end != NULL && (to->kind == JSON_ARRAY || strcmp((*end)->key, entry->key) != 0))
            end = &(*end)->next;
        if (*end == NULL)
            *end = entry;
        else
            replace_value(*end, entry);
        entry = next;
    }
    from->first = NULL;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(((const struct json *)a)->key, ((const struct json *)b)->key);
}

/* One member, and all members that were seen before it by their keys. Joins it to one of the same
 * key, and is then *done with it. */
static int join_twin(const struct document *document, struct json *member, void **seen, bool *done,
                     struct error *err)
{
    struct json **found = tsearch(member, seen, compare_keys);

    *done = false;
    if (found == NULL)
        return error_no_memory(err);
    if (*found == member)
        return 0;
    if ((*found)->kind != member->kind || member->kind < JSON_ARRAY)
        return document_fail(document, member, err,
                             "the key '%.100s' is there twice, first on line %zu", member->key,
                             (*found)->line);
    join(*found, member);
    *done = true;
    return 0;
}

static int join_twins(const struct document *document, struct json *json, struct error *err)
{
    struct json **end = &json->first;
    void *seen = NULL;
    int rv = 0;

    while (rv == 0 && *end != NULL) {
        struct json *entry = *end;
        bool is_joined = false;
        rv = join_twins(document, entry, err);
        if (rv == 0 && json->kind == JSON_OBJECT)
            rv = join_twin(document, entry, &seen, &is_joined, err);
        if (is_joined) {
            *end = entry->next;
            entry->next = NULL;
            json_free(entry);
        } else {
            end = &entry->next;
        }
    }
    while (seen != NULL)
        tdelete(*(void **)seen, &seen, compare_keys);
    return rv;
}

/* ---- the form ---- */

#define BIT(kind) (1u << (kind))
#define KIND_OBJECT BIT(JSON_OBJECT)
#define KIND_ARRAY BIT(JSON_ARRAY)
#define KIND_STRING BIT(JSON_STRING)
#define KIND_BOOL (BIT(JSON_TRUE) | BIT(JSON_FALSE))
#define KIND_SCALAR (KIND_STRING | KIND_BOOL | BIT(JSON_INTEGER) | BIT(JSON_NULL))
#define KIND_ANY (~0u)

#define APPLICATION (1u << UNIT_APPLICATION)
#define LIBRARY (1u << UNIT_LIBRARY)

struct key_rule {
    const char *key;
    unsigned kinds;
    unsigned units; /* whose key it is */
    const char *want;
};

static const struct key_rule unit_rules[] = {
    {"name", KIND_STRING, LIBRARY | APPLICATION, "a string"},
    {"config", KIND_OBJECT, LIBRARY | APPLICATION, "an object"},
    {"target_overrides", KIND_OBJECT, LIBRARY | APPLICATION, "an object"},
    {"overrides", KIND_OBJECT, LIBRARY | APPLICATION, "an object"}, /* Mbed CE */
    {"macros", KIND_ARRAY, LIBRARY | APPLICATION, "an array of strings"},
    {"requires", KIND_ARRAY, LIBRARY | APPLICATION, "an array of strings"},
    {"artifact_name", KIND_STRING, APPLICATION, "a string"},
    {NULL, 0, 0, NULL},
};

/* Other keys of a parameter are the tools' to ignore. */
static const struct key_rule parameter_rules[] = {
    {"help", KIND_STRING, LIBRARY | APPLICATION, "a string"},
    {"value", KIND_SCALAR, LIBRARY | APPLICATION, "an integer, a string, true, false or null"},
    {"required", KIND_BOOL, LIBRARY | APPLICATION, "true or false"},
    {"macro_name", KIND_STRING, LIBRARY | APPLICATION, "a string"},
    {"accepted_values", KIND_ARRAY, LIBRARY | APPLICATION, "an array"},
    {"conflicts", KIND_ARRAY, LIBRARY | APPLICATION, "an array of strings"},
    {NULL, 0, 0, NULL},
};

static const struct key_rule *find_rule(const struct key_rule *rules, const char *key)
{
    while (rules->key != NULL && strcmp(rules->key, key) != 0)
        rules++;
    return rules->key != NULL ? rules : NULL;
}

static int check_kind(const struct document *document, const struct json *json, unsigned kinds,
                      const char *want, struct error *err)
{
    if (kinds & BIT(json->kind))
        return 0;
    document_fail(document, json, err, "'%.100s' is not %s", json->key, want);
    return json->kind == JSON_REAL
               ? error_hint(err,
                            "Mbed's tools refuse numbers with a fraction or an exponent: write "
                            "it as a string")
               : -1;
}

static int check_strings(const struct document *document, const struct json *array,
                         struct error *err)
{
    if (array == NULL)
        return 0;
    for (const struct json *item = array->first; item != NULL; item = item->next)
        if (item->kind != JSON_STRING)
            return document_fail(document, item, err,
                                 "'%.100s' holds something that is not a string", array->key);
    return 0;
}

/* A value to set: no object, and in a list nothing but what a value can be. */
static int check_value(const struct document *document, const struct json *value, struct error *err)
{
    if (check_kind(document, value, KIND_SCALAR | KIND_ARRAY,
                   "an integer, a string, true, false, null or an array", err) != 0)
        return -1;
    for (const struct json *item = value->first; item != NULL; item = item->next)
        if (item->kind == JSON_OBJECT || item->kind == JSON_REAL)
            return document_fail(document, item, err,
                                 "the list '%.100s' holds an object or a number with a fraction",
                                 value->key);
    return 0;
}

static int check_parameter(const struct document *document, const struct json *parameter,
                           struct error *err)
{
    if (parameter->key[0] == '\0' || strchr(parameter->key, ' ') != NULL)
        return document_fail(document, parameter, err, "'%.100s' is not a name for a parameter",
                             parameter->key);
    if (parameter->kind != JSON_OBJECT)
        return check_value(document, parameter, err);
    for (const struct json *item = parameter->first; item != NULL; item = item->next) {
        const struct key_rule *rule = find_rule(parameter_rules, item->key);
        if (rule != NULL && check_kind(document, item, rule->kinds, rule->want, err) != 0)
            return -1;
    }
    return check_strings(document, json_member(parameter, "conflicts"), err);
}

static bool has_white_space(const char *text)
{
    return text[0] == '\0' || strpbrk(text, " \t\n\r\f\v") != NULL;
}

static int check_overrides(const struct document *document, const struct json *overrides,
                           struct error *err)
{
    if (overrides == NULL)
        return 0;
    if (overrides->kind != JSON_OBJECT)
        return document_fail(document, overrides, err, "'%.100s' is not an object", overrides->key);
    for (const struct json *item = overrides->first; item != NULL; item = item->next) {
        if (has_white_space(item->key))
            return document_fail(document, item, err, "'%.100s' is not a name for a parameter",
                                 item->key);
        if (check_value(document, item, err) != 0)
            return -1;
    }
    return 0;
}

static int check_labels(const struct document *document, const struct json *target_overrides,
                        struct error *err)
{
    if (target_overrides == NULL)
        return 0;
    for (const struct json *item = target_overrides->first; item != NULL; item = item->next) {
        if (has_white_space(item->key) && strchr(item->key, '*') == NULL)
            return document_fail(document, item, err, "'%.100s' is not a name for a target",
                                 item->key);
        if (check_overrides(document, item, err) != 0)
            return -1;
    }
    return 0;
}

static int check_keys(const struct document *document, struct error *err)
{
    for (const struct json *item = document->root->first; item != NULL; item = item->next) {
        const struct key_rule *rule = find_rule(unit_rules, item->key);
        if (rule == NULL || !(rule->units & (1u << document->kind))) {
            document_fail(document, item, err, "unknown key '%.100s'", item->key);
            return error_hint(err, "Mbed's tools refuse keys that they do not know: remove it");
        }
        if (check_kind(document, item, rule->kinds, rule->want, err) != 0)
            return -1;
    }
    return 0;
}

static int check_form(const struct document *document, struct error *err)
{
    const struct json *root = document->root;
    const struct json *parameters = json_member(root, "config");

    if (root->kind != JSON_OBJECT)
        return document_fail(document, root, err, "is not a JSON object");
    if (check_keys(document, err) != 0)
        return -1;
    if (document->kind == UNIT_LIBRARY && json_member(root, "name") == NULL)
        return document_fail(document, root, err, "a library needs a 'name'");
    for (const struct json *item = parameters != NULL ? parameters->first : NULL; item != NULL;
         item = item->next)
        if (check_parameter(document, item, err) != 0)
            return -1;
    if (check_overrides(document, json_member(root, "overrides"), err) != 0 ||
        check_labels(document, json_member(root, "target_overrides"), err) != 0 ||
        check_strings(document, json_member(root, "requires"), err) != 0)
        return -1;
    return check_strings(document, json_member(root, "macros"), err);
}

/* ---- the text ---- */

static bool is_json5_name(const char *path)
{
    const size_t length = strlen(path);

    return length > 6 && strcmp(path + length - 6, ".json5") == 0;
}

/* After a failure as plain JSON: the hint that fits. */
static void hint_at_json5(const char *bytes, size_t length, struct error *err)
{
    struct error ignored = {.code = ERROR_NONE};
    struct json *root;

    if (json_parse(bytes, length, "", JSON_FIVE, &root, &ignored) != 0)
        return;
    json_free(root);
    error_hint(err, "that is JSON5, which Mbed CE alone reads, in files named *.json5: rename it, "
                    "or use --lenient");
}

static int parse(const char *path, const char *bytes, size_t length, bool is_lenient,
                 struct json **out, struct error *err)
{
    if (length > DOCUMENT_SIZE_MAX)
        return error_set(err, ERROR_USAGE, "%s: larger than %u bytes", path, DOCUMENT_SIZE_MAX);
    if (is_lenient || is_json5_name(path))
        return json_parse(bytes, length, path, JSON_FIVE, out, err);
    if (strncmp(bytes, "\xef\xbb\xbf", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    if (json_parse(bytes, length, path, JSON_STRICT, out, err) == 0)
        return 0;
    hint_at_json5(bytes, length, err);
    return -1;
}

int document_parse(enum unit_kind kind, const char *path, const char *bytes, size_t length,
                   bool is_lenient, struct document *out, struct error *err)
{
    struct document document = {.kind = kind, .path = path, .name = "app", .included = true};

    if (parse(path, bytes, length, is_lenient, &document.root, err) != 0 || document.root == NULL)
        return -1;
    if (join_twins(&document, document.root, err) != 0 || check_form(&document, err) != 0) {
        document_free(&document);
        return -1;
    }
    if (kind == UNIT_LIBRARY)
        document.name = json_member(document.root, "name")->text;
    *out = document;
    return 0;
}
