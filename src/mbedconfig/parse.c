/* parse.c -- one mbed_lib.json or mbed_app.json -> parameters, overrides and macros in a config */
#include "config.h"
#include "values.h"

#include <stdlib.h>
#include <string.h>

/* What is being read: one file. */
struct unit {
    enum unit_kind kind;
    const char *path;
    const char *name;  /* the library's; "app" for the application */
    char display[160]; /* library:NAME or application */
    struct error *error;
};

static const char *const library_keys[] = {"name",   "config",   "target_overrides",
                                           "macros", "requires", NULL};
static const char *const application_keys[] = {
    "name", "config", "target_overrides", "macros", "requires", "artifact_name", NULL};
static const char *const parameter_keys[] = {"help", "value", "required", "macro_name", NULL};

static bool is_one_of(const char *key, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        if (strcmp(key, *keys) == 0)
            return true;
    return false;
}

/* Refuses keys that are unknown, or given twice: JSON readers differ in which one then holds. */
static int check_keys(const struct unit *unit, const cJSON *object, const char *const *keys)
{
    for (const cJSON *item = object->child; item != NULL; item = item->next) {
        if (keys != NULL && !is_one_of(item->string, keys))
            return error_set(unit->error, NULL, "%s: unknown key '%.100s'", unit->path,
                             item->string);
        for (const cJSON *other = item->next; other != NULL; other = other->next)
            if (strcmp(item->string, other->string) == 0)
                return error_set(unit->error, NULL, "%s: key '%.100s' is there twice", unit->path,
                                 item->string);
    }
    return 0;
}

/* object[key] in *out, NULL if it is not there; -1 if it has another type. */
static int get_member(const struct unit *unit, const cJSON *object, const char *key,
                      cJSON_bool (*has_type)(const cJSON *), const cJSON **out)
{
    *out = cJSON_GetObjectItemCaseSensitive(object, key);
    if (*out != NULL && !has_type(*out))
        return error_set(unit->error, NULL, "%s: '%s' has the wrong type", unit->path, key);
    return 0;
}

/* Makes room for one more element; NULL if there is no memory. */
static void *grow(void *array, size_t count, size_t element_size)
{
    return realloc(array, (count + 1) * element_size);
}

static struct parameter *find_parameter(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->parameter_count; i++)
        if (strcmp(config->parameters[i].name, name) == 0)
            return &config->parameters[i];
    return NULL;
}

static int set_value(const struct unit *unit, struct parameter *parameter, const cJSON *value,
                     const char *label)
{
    char *text;
    char *set_by;

    if (value_to_c(value, parameter->name, &text, unit->error) != 0)
        return -1;
    set_by = label == NULL ? text_printf("%s", unit->display)
                           : text_printf("%s[%s]", unit->display, label);
    if (set_by == NULL) {
        free(text);
        return error_set(unit->error, NULL, "out of memory");
    }
    free(parameter->value);
    free(parameter->set_by);
    parameter->value = text;
    parameter->set_by = set_by;
    return 0;
}

/* An empty parameter at the end of config's, with its names. */
static struct parameter *add_parameter(struct config *config, const struct unit *unit,
                                       const char *name, const char *macro_name)
{
    struct parameter *parameters =
        grow(config->parameters, config->parameter_count, sizeof *parameters);
    struct parameter *added;

    if (parameters == NULL)
        return NULL;
    config->parameters = parameters;
    added = &parameters[config->parameter_count++];
    memset(added, 0, sizeof *added);
    added->name = text_printf("%s.%s", unit->name, name);
    added->macro =
        macro_name != NULL ? text_printf("%s", macro_name) : macro_name_of(unit->name, name);
    added->set_by = text_printf("%s", unit->display);
    return added->name != NULL && added->macro != NULL && added->set_by != NULL ? added : NULL;
}

/* "debug-level": 0, or "debug-level": {"help": ..., "value": 0, "macro_name": ...} */
static int declare(struct config *config, const struct unit *unit, const cJSON *item)
{
    const cJSON *macro_name = NULL;
    const cJSON *required = NULL;
    const cJSON *value = item;
    struct parameter *parameter;

    if (!name_is_valid(item->string) || strchr(item->string, '.') != NULL)
        return error_set(unit->error, "use letters, digits, '-' and '_'",
                         "%s: '%.100s' is no name for a parameter", unit->path, item->string);
    if (cJSON_IsObject(item)) {
        if (check_keys(unit, item, parameter_keys) != 0 ||
            get_member(unit, item, "macro_name", cJSON_IsString, &macro_name) != 0 ||
            get_member(unit, item, "required", cJSON_IsBool, &required) != 0)
            return -1;
        value = cJSON_GetObjectItemCaseSensitive(item, "value");
    }
    if (macro_name != NULL &&
        !macro_name_is_valid(macro_name->valuestring, strlen(macro_name->valuestring)))
        return error_set(unit->error, NULL, "%s: macro_name of '%s' is no C identifier", unit->path,
                         item->string);
    parameter = add_parameter(config, unit, item->string,
                              macro_name == NULL ? NULL : macro_name->valuestring);
    if (parameter == NULL)
        return error_set(unit->error, NULL, "out of memory");
    parameter->required = required != NULL && cJSON_IsTrue(required);
    return value == NULL ? 0 : set_value(unit, parameter, value, NULL);
}

/* A name without a unit is the unit's own; a library may set no other's. */
static int override(struct config *config, const struct unit *unit, const cJSON *item,
                    const char *label)
{
    const char *dot = strchr(item->string, '.');
    const size_t prefix_length = dot == NULL ? 0 : (size_t)(dot - item->string);
    struct parameter *parameter;
    char *name;
    int rv;

    if (dot != NULL && unit->kind == UNIT_LIBRARY &&
        (prefix_length != strlen(unit->name) ||
         memcmp(item->string, unit->name, prefix_length) != 0))
        return error_set(unit->error, "a library may only override its own parameters",
                         "Invalid prefix '%.*s' for parameter name '%.100s' in '%s[%s]'",
                         (int)(prefix_length > 100 ? 100 : prefix_length), item->string,
                         item->string, unit->display, label);
    name = dot != NULL ? text_printf("%s", item->string)
                       : text_printf("%s.%s", unit->name, item->string);
    if (name == NULL)
        return error_set(unit->error, NULL, "out of memory");
    parameter = find_parameter(config, name);
    rv = parameter != NULL
             ? set_value(unit, parameter, item, label)
             : error_set(unit->error, "name the mbed_lib.json that declares it, before this file",
                         "Attempt to override undefined parameter '%.200s' in '%s[%s]'", name,
                         unit->display, label);
    free(name);
    return rv;
}

static int override_all(struct config *config, const struct unit *unit, const cJSON *overrides,
                        const char *label)
{
    const cJSON *set = cJSON_GetObjectItemCaseSensitive(overrides, label);

    if (set == NULL)
        return 0;
    if (!cJSON_IsObject(set))
        return error_set(unit->error, NULL, "%s: target_overrides of '%s' is no object", unit->path,
                         label);
    if (check_keys(unit, set, NULL) != 0)
        return -1;
    for (const cJSON *item = set->child; item != NULL; item = item->next)
        if (override(config, unit, item, label) != 0)
            return -1;
    return 0;
}

static int add_macro(struct config *config, const struct unit *unit, const cJSON *item)
{
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    const size_t name_length = strcspn(text, "=");
    const char *value = text[name_length] == '=' ? text + name_length + 1 : "";
    struct macro *macros;

    if (!macro_name_is_valid(text, name_length) || !macro_value_is_valid(value))
        return error_set(unit->error, "write NAME or NAME=VALUE, one line of C without comments",
                         "%s: '%.100s' is no macro", unit->path, text);
    if ((macros = grow(config->macros, config->macro_count, sizeof *macros)) == NULL)
        return error_set(unit->error, NULL, "out of memory");
    config->macros = macros;
    macros[config->macro_count].text = text_printf("%s", text);
    macros[config->macro_count].set_by = text_printf("%s", unit->display);
    config->macro_count++;
    return macros[config->macro_count - 1].text != NULL &&
                   macros[config->macro_count - 1].set_by != NULL
               ? 0
               : error_set(unit->error, NULL, "out of memory");
}

static int add_library(struct config *config, struct unit *unit, const cJSON *name)
{
    char **libraries;

    if (name == NULL)
        return error_set(unit->error, NULL, "%s: a library needs a 'name'", unit->path);
    if (!name_is_valid(name->valuestring) || strchr(name->valuestring, '.') != NULL)
        return error_set(unit->error, "use letters, digits, '-' and '_'",
                         "%s: '%.100s' is no name for a library", unit->path, name->valuestring);
    for (size_t i = 0; i < config->library_count; i++)
        if (strcmp(config->libraries[i], name->valuestring) == 0)
            return error_set(unit->error, NULL, "Library name '%s' is not unique (%s)",
                             name->valuestring, unit->path);
    if ((libraries = grow(config->libraries, config->library_count, sizeof *libraries)) == NULL)
        return error_set(unit->error, NULL, "out of memory");
    config->libraries = libraries;
    if ((libraries[config->library_count] = text_printf("%s", name->valuestring)) == NULL)
        return error_set(unit->error, NULL, "out of memory");
    unit->name = libraries[config->library_count++];
    memcpy(unit->display, "library:", sizeof "library:");
    strncat(unit->display, unit->name, sizeof unit->display - sizeof "library:");
    return 0;
}

static int add_unit(struct config *config, struct unit *unit, const cJSON *root,
                    const char *const *labels, size_t label_count)
{
    const cJSON *name;
    const cJSON *parameters;
    const cJSON *overrides;
    const cJSON *macros;

    if (!cJSON_IsObject(root))
        return error_set(unit->error, NULL, "%s: not a JSON object", unit->path);
    if (check_keys(unit, root, unit->kind == UNIT_LIBRARY ? library_keys : application_keys) != 0 ||
        get_member(unit, root, "name", cJSON_IsString, &name) != 0 ||
        get_member(unit, root, "config", cJSON_IsObject, &parameters) != 0 ||
        get_member(unit, root, "target_overrides", cJSON_IsObject, &overrides) != 0 ||
        get_member(unit, root, "macros", cJSON_IsArray, &macros) != 0)
        return -1;
    if (unit->kind == UNIT_LIBRARY && add_library(config, unit, name) != 0)
        return -1;

    if (parameters != NULL && check_keys(unit, parameters, NULL) != 0)
        return -1;
    for (const cJSON *item = parameters == NULL ? NULL : parameters->child; item != NULL;
         item = item->next)
        if (declare(config, unit, item) != 0)
            return -1;

    if (overrides != NULL &&
        (check_keys(unit, overrides, NULL) != 0 || override_all(config, unit, overrides, "*") != 0))
        return -1;
    for (size_t i = 0; overrides != NULL && i < label_count; i++)
        if (override_all(config, unit, overrides, labels[i]) != 0)
            return -1;

    for (const cJSON *item = macros == NULL ? NULL : macros->child; item != NULL; item = item->next)
        if (add_macro(config, unit, item) != 0)
            return -1;
    return 0;
}

/* The line of where, 1 for the first. */
static unsigned line_of(const char *text, const char *where)
{
    unsigned line = 1;

    for (; text < where; text++)
        line += *text == '\n';
    return line;
}

int config_add_text(struct config *config, enum unit_kind kind, const char *path, const char *json,
                    size_t size, const char *const *labels, size_t label_count, struct error *error)
{
    struct unit unit = {kind, path, "app", "application", error};
    const char *end = json;
    cJSON *root;
    int rv;

    if (memchr(json, '\0', size) != NULL)
        return error_set(error, NULL, "%s: holds a NUL byte", path);
    /* With its terminating NUL, so that whatever follows the value is an error. */
    root = cJSON_ParseWithLengthOpts(json, size + 1, &end, true);
    if (root == NULL)
        return error_set(error, "plain JSON is wanted: no comments, no comma before a bracket",
                         "%s:%u: not JSON", path, line_of(json, end));

    rv = add_unit(config, &unit, root, labels, label_count);
    cJSON_Delete(root);
    return rv;
}
