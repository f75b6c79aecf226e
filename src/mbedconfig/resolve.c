/* resolve.c -- checked documents -> parameters with all their settings, macros, and what is said of
 * the target, by the rules of Mbed CLI 1 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "values.h"

struct resolver {
    struct config *config;
    struct document *documents;
    size_t count;
    const struct config_options *options;
    struct error *err;
};

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

/* "library:NAME" or "application", with the label in brackets, to be freed; NULL if out of memory.
 */
static char *unit_name(const struct document *document, const char *label)
{
    struct text text = {0};

    document_add_name(document, label, &text);
    return text.data;
}

/* "what 'NAME' in 'UNIT' (PATH:LINE)": Mbed CLI's words for what it refuses, and the place. */
static int fail_in(const struct setting *setting, const char *what, const char *name,
                   struct error *err)
{
    char *unit = unit_name(setting->document, setting->label);

    error_set(err, ERROR_USAGE, "%s '%.150s' in '%.100s' (%.200s:%zu)", what, name,
              unit != NULL ? unit : "", setting->document->path, setting->value->line);
    free(unit);
    return -1;
}

/* ---- which libraries take part ---- */

static bool lists(const struct json *array, const char *name)
{
    for (const struct json *item = array != NULL ? array->first : NULL; item != NULL;
         item = item->next)
        if (strcmp(item->text, name) == 0)
            return true;
    return false;
}

/* Includes what an included document requires. */
static bool include_required(struct resolver *resolver, const struct document *by)
{
    const struct json *required = json_member(by->root, "requires");
    bool changed = false;

    for (size_t i = 0; i < resolver->count; i++) {
        struct document *document = &resolver->documents[i];
        if (document->included || !lists(required, document->name))
            continue;
        document->included = true;
        changed = true;
    }
    return changed;
}

/* An application with "requires" gets the libraries that it names, those that these name, and so
 * on; one without gets all. */
static void choose_libraries(struct resolver *resolver)
{
    const struct document *last = &resolver->documents[resolver->count - 1];
    bool changed = true;

    if (last->kind != UNIT_APPLICATION || json_member(last->root, "requires") == NULL)
        return;
    for (size_t i = 0; i + 1 < resolver->count; i++)
        resolver->documents[i].included = false;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < resolver->count; i++)
            if (resolver->documents[i].included)
                changed = include_required(resolver, &resolver->documents[i]) || changed;
    }
    for (size_t i = 0; i + 1 < resolver->count; i++)
        if (!resolver->documents[i].included)
            config_remark(
                resolver->config, false,
                "library '%.100s' (%.200s) is left out: 'requires' of the application does "
                "not lead to it",
                resolver->documents[i].name, resolver->documents[i].path);
}

static const struct document *find_library(const struct resolver *resolver, const char *name)
{
    for (size_t i = 0; i < resolver->count; i++)
        if (resolver->documents[i].kind == UNIT_LIBRARY && resolver->documents[i].included &&
            strcmp(resolver->documents[i].name, name) == 0)
            return &resolver->documents[i];
    return NULL;
}

static int check_library(const struct resolver *resolver, const struct document *library)
{
    const struct json *required = json_member(library->root, "requires");
    const struct document *first = find_library(resolver, library->name);

    if (first != library)
        return error_set(resolver->err, ERROR_USAGE,
                         "Library name '%.100s' is not unique (defined in '%.200s' and '%.200s')",
                         library->name, first->path, library->path);
    for (const struct json *item = required != NULL ? required->first : NULL; item != NULL;
         item = item->next)
        if (find_library(resolver, item->text) == NULL) {
            error_set(resolver->err, ERROR_USAGE,
                      "library '%.100s' requires '%.100s' which is not present (%.200s:%zu)",
                      library->name, item->text, library->path, item->line);
            return error_hint(resolver->err, "name its mbed_lib.json, too");
        }
    return 0;
}

/* ---- declarations ---- */

/* The full name: that of the unit, a dot, and the parameter's own. To be freed; NULL if out of
 * memory. */
static char *full_name(const struct document *document, const char *name)
{
    struct text text = {0};

    text_add(&text, "%s.%s", document->name, name);
    return text.data;
}

static int declare_as(struct resolver *resolver, const struct document *document,
                      const struct json *item, const char *name)
{
    const struct json *macro = json_member(item, "macro_name");
    const struct json *value = item->kind == JSON_OBJECT ? json_member(item, "value") : item;
    const struct setting setting = {value != NULL ? value : item, document, NULL};
    struct parameter *parameter = config_find_parameter(resolver->config, name);

    if (parameter != NULL)
        return fail_in(&setting, "there is already a parameter", name, resolver->err);
    parameter = config_add_parameter(resolver->config, name, macro != NULL ? macro->text : NULL);
    if (parameter == NULL)
        return error_no_memory(resolver->err);
    parameter->declaration = item;
    parameter->declared_in = document;
    return value != NULL ? config_set(parameter, &setting, resolver->err) : 0;
}

/* "debug-level": 0, or "debug-level": {"help": ..., "value": 0, "macro_name": ...} */
static int declare(struct resolver *resolver, const struct document *document,
                   const struct json *item)
{
    const struct setting setting = {item, document, NULL};
    char *name;
    int rv;

    if (strchr(item->key, '.') != NULL)
        return fail_in(&setting, "Invalid parameter name", item->key, resolver->err);
    name = full_name(document, item->key);
    if (name == NULL)
        return error_no_memory(resolver->err);
    rv = declare_as(resolver, document, item, name);
    free(name);
    return rv;
}

/* ---- sets of names: target.features_add and its like ---- */

static bool has_name(const struct name_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++)
        if (strcmp(set->names[i].value->text, name) == 0)
            return true;
    return false;
}

static int add_name(struct name_set *set, const struct setting *setting, struct error *err)
{
    struct setting *names;

    if (has_name(set, setting->value->text))
        return 0;
    names = array_grow(set->names, set->count, sizeof *names);
    if (names == NULL)
        return error_no_memory(err);
    set->names = names;
    names[set->count++] = *setting;
    return 0;
}

enum cumulative_way { WAY_SET, WAY_ADD, WAY_REMOVE };

/* After a plain target.features the set is as it is: what is added must be in it. */
static int apply_name(struct cumulative *cumulative, enum cumulative_way way,
                      const struct setting *setting, struct error *err)
{
    const char *name = setting->value->text;
    bool conflicts = way == WAY_REMOVE
                         ? has_name(&cumulative->added, name)
                         : has_name(&cumulative->removed, name) ||
                               (cumulative->is_strict && !has_name(&cumulative->added, name));

    if (conflicts)
        return fail_in(setting, "Configuration conflict: both added and removed,", name, err);
    return add_name(way == WAY_REMOVE ? &cumulative->removed : &cumulative->added, setting, err);
}

/* A plain target.features takes away what was added and is not in it, which is a conflict. */
static int check_set(const struct cumulative *cumulative, const struct setting *list,
                     struct error *err)
{
    for (size_t i = 0; i < cumulative->added.count; i++)
        if (!lists(list->value, cumulative->added.names[i].value->text))
            return fail_in(list, "Configuration conflict: both added and removed,",
                           cumulative->added.names[i].value->text, err);
    return 0;
}

static int apply_names(struct cumulative *cumulative, enum cumulative_way way,
                       const struct setting *list, struct error *err)
{
    if (list->value->kind != JSON_ARRAY)
        return fail_in(list, "not a list:", list->value->key, err);
    for (const struct json *item = list->value->first; item != NULL; item = item->next)
        if (item->kind != JSON_STRING)
            return fail_in(list, "not a list of strings:", list->value->key, err);
    if (way == WAY_SET && check_set(cumulative, list, err) != 0)
        return -1;
    for (const struct json *item = list->value->first; item != NULL; item = item->next) {
        const struct setting name = {item, list->document, list->label};
        if (apply_name(cumulative, way, &name, err) != 0)
            return -1;
    }
    cumulative->is_strict = cumulative->is_strict || way == WAY_SET;
    return 0;
}

/* Whether "target.NAME", _add or _remove is of a set. *index and *way then say which. */
static bool is_cumulative(const char *key, size_t *index, enum cumulative_way *way)
{
    static const char *const endings[] = {"", "_add", "_remove"};

    if (!starts_with(key, "target."))
        return false;
    for (*index = 0; *index < CUMULATIVE_COUNT; ++*index) {
        const char *name = cumulative_attributes[*index].name;
        if (!starts_with(key + 7, name))
            continue;
        for (*way = WAY_SET; *way <= WAY_REMOVE; ++*way)
            if (strcmp(key + 7 + strlen(name), endings[*way]) == 0)
                return true;
    }
    return false;
}

/* ---- overrides ---- */

/* The unit is not among the files: Mbed CE drops the override with a warning. */
static int fail_undefined(const struct resolver *resolver, const struct setting *setting,
                          const char *name)
{
    const char *dot = strchr(name, '.');
    struct text unit = {0};
    bool is_given;

    text_add_bytes(&unit, name, (size_t)(dot - name));
    is_given =
        unit.failed || strcmp(unit.data, "app") == 0 || find_library(resolver, unit.data) != NULL;
    text_free(&unit);
    if (resolver->options->is_lenient && !is_given) {
        config_remark(resolver->config, true,
                      "%.200s:%zu: '%.150s' is left out: no file declares a library of that name",
                      setting->document->path, setting->value->line, name);
        return 0;
    }
    fail_in(setting, "Attempt to override undefined parameter", name, resolver->err);
    return error_hint(resolver->err,
                      is_given
                          ? "the library is there, but does not declare it: is it spelt right?"
                          : "name the mbed_lib.json that declares it, before this file, or use "
                            "--lenient, which leaves the override out");
}

/* A name of the target that no file declares: an attribute, or a parameter of targets.json. */
static int set_of_target(struct resolver *resolver, const struct setting *setting, const char *name)
{
    struct parameter *parameter = config_add_parameter(resolver->config, name, NULL);

    if (parameter == NULL)
        return error_no_memory(resolver->err);
    parameter->is_attribute = attribute_is_of_target(name);
    return config_set(parameter, setting, resolver->err);
}

static int set_named(struct resolver *resolver, const struct setting *setting, const char *name)
{
    struct parameter *parameter = config_find_parameter(resolver->config, name);
    bool is_library = setting->document->kind == UNIT_LIBRARY;

    if (parameter != NULL)
        return config_set(parameter, setting, resolver->err);
    if (!starts_with(name, "target."))
        return fail_undefined(resolver, setting, name);
    if (is_library && attribute_is_of_target(name) && !attribute_is_of_memory(name))
        return fail_in(setting, "Attempt to override undefined parameter", name, resolver->err);
    return set_of_target(resolver, setting, name);
}

/* A name with a dot has one, and before it the unit: for a library its own, or the target. */
static int check_prefix(const struct resolver *resolver, const struct setting *setting)
{
    const char *name = setting->value->key;
    const size_t length = strcspn(name, ".");
    const char *unit = setting->document->name;
    char what[140];

    if (attribute_is_of_memory(name))
        return 0;
    if (strchr(name + length + 1, '.') != NULL)
        return fail_in(setting, "Invalid parameter name", name, resolver->err);
    if (setting->document->kind == UNIT_APPLICATION || starts_with(name, "target."))
        return 0;
    if (length == strlen(unit) && memcmp(name, unit, length) == 0)
        return 0;
    snprintf(what, sizeof what, "Invalid prefix '%.*s' for parameter name",
             (int)(length < 100 ? length : 100), name);
    fail_in(setting, what, name, resolver->err);
    return error_hint(resolver->err, "a library may only override its own parameters");
}

/* A name without a dot is the unit's own. */
static int override(struct resolver *resolver, const struct setting *setting)
{
    const char *key = setting->value->key;
    enum cumulative_way way;
    size_t index;
    char *name;
    int rv;

    if (is_cumulative(key, &index, &way)) {
        if (setting->document->kind == UNIT_LIBRARY && starts_with(key, "target.extra_labels"))
            return fail_in(setting, "only an application may override", key, resolver->err);
        return apply_names(&resolver->config->cumulatives[index], way, setting, resolver->err);
    }
    if (strchr(key, '.') != NULL)
        return check_prefix(resolver, setting) != 0 ? -1 : set_named(resolver, setting, key);
    name = full_name(setting->document, key);
    if (name == NULL)
        return error_no_memory(resolver->err);
    rv = set_named(resolver, setting, name);
    free(name);
    return rv;
}

static int override_all(struct resolver *resolver, const struct document *document,
                        const struct json *overrides, const char *label)
{
    for (const struct json *item = overrides != NULL ? overrides->first : NULL; item != NULL;
         item = item->next) {
        const struct setting setting = {item, document, label};
        if (override(resolver, &setting) != 0)
            return -1;
    }
    return 0;
}

static bool label_holds(const struct config_options *options, const char *label)
{
    if (strcmp(label, "*") == 0)
        return true;
    for (size_t i = 0; i < options->label_count; i++)
        if (strcmp(label, options->labels[i]) == 0)
            return true;
    return false;
}

/* In the order of the file, whatever the labels. */
static int override_for_labels(struct resolver *resolver, const struct document *document)
{
    const struct json *labels = json_member(document->root, "target_overrides");

    for (const struct json *item = labels != NULL ? labels->first : NULL; item != NULL;
         item = item->next) {
        if (label_holds(resolver->options, item->key)) {
            if (override_all(resolver, document, item, item->key) != 0)
                return -1;
        } else {
            config_remark(resolver->config, false,
                          "%.200s:%zu: target_overrides of '%.100s' does not hold: no -t names it",
                          document->path, item->line, item->key);
        }
    }
    return 0;
}

/* ---- macros ---- */

static int fail_clash(const struct macro *first, const struct macro *second, struct error *err)
{
    char *first_unit = unit_name(first->setting.document, NULL);
    char *second_unit = unit_name(second->setting.document, NULL);

    error_set(err, ERROR_USAGE,
              "Macro '%.100s' defined in both '%.80s' and '%.80s' with incompatible values "
              "(%.120s:%zu, %.120s:%zu)",
              second->key, first_unit != NULL ? first_unit : "",
              second_unit != NULL ? second_unit : "", first->setting.document->path,
              first->setting.value->line, second->setting.document->path,
              second->setting.value->line);
    free(first_unit);
    free(second_unit);
    return error_hint(err, "give it the same value in both, or drop one");
}

static void free_macro(struct macro *macro)
{
    free(macro->key);
    free(macro);
}

/* Takes over `macro`. One that is there already with the same text is none more. */
static int enter_macro(struct config *config, struct macro *macro, struct error *err)
{
    struct macro **macros = array_grow(config->macros, config->macro_count, sizeof *macros);
    struct macro *found =
        macro->key != NULL ? config_look_up(&config->macro_tree, macro->key) : NULL;
    void *entered;
    int rv;

    if (macros != NULL)
        config->macros = macros;
    if (found != NULL) {
        rv = strcmp(found->text, macro->text) == 0 ? 0 : fail_clash(found, macro, err);
        free_macro(macro);
        return rv;
    }
    if (macros == NULL || macro->key == NULL ||
        config_enter(&config->macro_tree, macro, &entered) != 0) {
        free_macro(macro);
        return error_no_memory(err);
    }
    macros[config->macro_count++] = macro;
    return 0;
}

/* NAME or NAME=VALUE, the value without another '=' in it. */
static int add_macro(struct config *config, const struct setting *setting, struct error *err)
{
    const char *text = setting->value->text;
    const size_t length = strcspn(text, "=");
    struct macro_name name;
    struct macro *macro;

    if (text[length] == '=' && (text[length + 1] == '\0' || strchr(text + length + 1, '=') != NULL))
        return fail_in(setting, "Invalid macro definition", text, err);
    if (!macro_name_split(text, length, &name)) {
        fail_in(setting, "Invalid macro definition", text, err);
        return error_hint(err, "write NAME or NAME=VALUE, with a name that C lets you define");
    }
    macro = calloc(1, sizeof *macro);
    if (macro == NULL)
        return error_no_memory(err);
    *macro = (struct macro){strndup(text, name.length), text, *setting};
    return enter_macro(config, macro, err);
}

static int add_macros(struct resolver *resolver, const struct document *document)
{
    const struct json *macros = json_member(document->root, "macros");

    for (const struct json *item = macros != NULL ? macros->first : NULL; item != NULL;
         item = item->next) {
        const struct setting setting = {item, document, NULL};
        if (add_macro(resolver->config, &setting, resolver->err) != 0)
            return -1;
    }
    return 0;
}

/* ---- the whole ---- */

static int add_document(struct resolver *resolver, const struct document *document)
{
    const struct json *parameters = json_member(document->root, "config");

    if (document->kind == UNIT_LIBRARY && check_library(resolver, document) != 0)
        return -1;
    for (const struct json *item = parameters != NULL ? parameters->first : NULL; item != NULL;
         item = item->next)
        if (declare(resolver, document, item) != 0)
            return -1;
    if (override_all(resolver, document, json_member(document->root, "overrides"), NULL) != 0 ||
        override_for_labels(resolver, document) != 0)
        return -1;
    return add_macros(resolver, document);
}

int config_resolve(struct config *config, struct document *documents, size_t count,
                   const struct config_options *options, struct error *err)
{
    struct resolver resolver = {config, documents, count, options, err};

    config->is_lenient = options->is_lenient;
    choose_libraries(&resolver);
    for (size_t i = 0; i < count; i++)
        if (documents[i].included && add_document(&resolver, &documents[i]) != 0)
            return -1;
    return 0;
}
