/* render.c -- definitions -> the text of mbed_config.h; a key -> where its value comes from */
#include "config.h"

#include <string.h>

#include "base/text.h"
#include "values.h"

/* ---- the header ---- */

/* The name of the include guard: one that no definition has. */
static void add_guard(const struct config *config, struct text *guard)
{
    text_add(guard, "MBED_CONFIG_H");
    while (!guard->failed && config_look_up(&config->define_tree, guard->data) != NULL)
        text_add(guard, "_");
}

static void add_line(const struct define *define, struct text *out)
{
    text_add(out, "#define %s", define->name);
    if (define->value[0] != '\0')
        text_add(out, " %s", define->value);
    text_add(out, " /* ");
    text_add_comment(out, define->comment);
    text_add(out, " */\n");
}

void config_render(const struct config *config, struct text *out)
{
    struct text guard = {0};

    add_guard(config, &guard);
    if (guard.failed) {
        out->failed = true;
        return;
    }
    text_add(out,
             "/* Made by mbed-config; changes will be lost. */\n"
             "#ifndef %s\n"
             "#define %s\n\n",
             guard.data, guard.data);
    for (size_t i = 0; i < config->define_count; i++)
        if (config->defines[i]->replaced_by == NULL)
            add_line(config->defines[i], out);
    text_add(out, "\n#endif\n");
    text_free(&guard);
}

/* ---- where a value comes from ---- */

static void add_value(const struct json *value, struct text *out)
{
    struct text text = {0};

    if (value->kind == JSON_NULL)
        text_add(&text, "null");
    else
        value_add_text(value, &text);
    text_add(&text, "%s", "");
    if (text.failed)
        out->failed = true;
    else
        text_add_plain(out, text.data);
    text_free(&text);
}

/* "    FILE:LINE: VALUE, by UNIT" */
static void add_setting(const struct setting *setting, struct text *out)
{
    struct text unit = {0};

    text_add(out, "    ");
    text_add_plain(out, setting->document->path);
    text_add(out, ":%zu: ", setting->value->line);
    add_value(setting->value, out);
    document_add_name(setting->document, setting->label, &unit);
    text_add(out, ", by ");
    if (!unit.failed)
        text_add_plain(out, unit.data);
    text_add(out, "\n");
    text_free(&unit);
}

static void add_define(const struct define *define, struct text *out)
{
    while (define->replaced_by != NULL)
        define = define->replaced_by;
    text_add(out, "    #define %s", define->name);
    text_add(out, "%s", define->value[0] != '\0' ? " " : "");
    text_add_plain(out, define->value);
    text_add(out, "\n");
}

static const struct define *define_of(const struct config *config,
                                      const struct parameter *parameter)
{
    for (size_t i = 0; i < config->define_count; i++)
        if (config->defines[i]->parameter == parameter)
            return config->defines[i];
    return NULL;
}

static void explain_parameter(const struct config *config, const struct parameter *parameter,
                              struct text *out)
{
    const struct define *define = define_of(config, parameter);
    const struct json *help = json_member(parameter->declaration, "help");

    text_add_plain(out, parameter->name);
    text_add(out, "%s\n",
             parameter->is_attribute ? " (an attribute of the target, which no header holds)" : "");
    if (help != NULL) {
        text_add(out, "    ");
        text_add_plain(out, help->text);
        text_add(out, "\n");
    }
    if (parameter->setting_count == 0)
        text_add(out, "    has no value\n");
    for (size_t i = 0; i < parameter->setting_count; i++)
        add_setting(&parameter->settings[i], out);
    for (; define != NULL && define->replaced_by != NULL; define = define->replaced_by)
        add_setting(define->replaced_by->setting, out);
    if (define != NULL)
        add_define(define, out);
    else if (!parameter->is_attribute)
        text_add(out, "    nothing is defined\n");
}

static void explain_define(const struct config *config, const struct define *define,
                           struct text *out)
{
    if (define->parameter != NULL) {
        explain_parameter(config, define->parameter, out);
        return;
    }
    text_add_plain(out, define->name);
    text_add(out, "\n");
    for (const struct define *at = define; at != NULL; at = at->replaced_by)
        add_setting(at->setting, out);
    add_define(define, out);
}

static const struct parameter *find_parameter(const struct config *config, const char *key)
{
    const struct parameter *found = config_find_parameter(config, key);
    struct text own = {0};

    if (found == NULL && strchr(key, '.') == NULL) {
        text_add(&own, "app.%s", key);
        found = own.failed ? NULL : config_find_parameter(config, own.data);
        text_free(&own);
    }
    for (size_t i = 0; found == NULL && i < config->parameter_count; i++)
        if (strcmp(config->parameters[i]->macro, key) == 0)
            found = config->parameters[i];
    return found;
}

#define SIMILAR_COUNT_MAX 5

/* Names of parameters that hold the part of the key after its dot. */
static void hint_similar(const struct config *config, const char *key, struct error *err)
{
    const char *part = strchr(key, '.') != NULL ? strchr(key, '.') + 1 : key;
    struct text names = {0};
    size_t count = 0;

    for (size_t i = 0; i < config->parameter_count && count < SIMILAR_COUNT_MAX; i++)
        if (part[0] != '\0' && strstr(config->parameters[i]->name, part) != NULL)
            text_add(&names, "%s%s", count++ > 0 ? ", " : "", config->parameters[i]->name);
    if (count > 0 && !names.failed)
        error_hint(err, "there is %.500s", names.data);
    else
        error_hint(err, "give LIBRARY.PARAMETER or the name of a macro; -t may be missing");
    text_free(&names);
}

int config_explain(const struct config *config, const char *key, struct text *out,
                   struct error *err)
{
    const struct define *define = config_look_up(&config->define_tree, key);
    const struct parameter *parameter = find_parameter(config, key);

    if (parameter != NULL) {
        explain_parameter(config, parameter, out);
        return 0;
    }
    if (define != NULL) {
        explain_define(config, define, out);
        return 0;
    }
    error_set(err, ERROR_USAGE, "no parameter and no macro is named '%.150s'", key);
    hint_similar(config, key, err);
    return -1;
}
