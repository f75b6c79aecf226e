/* config.c -- a config -> what is wrong with it as a whole, or the text of mbed_config.h */
#include "config.h"
#include "values.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void config_init(struct config *config)
{
    memset(config, 0, sizeof *config);
}

void config_free(struct config *config)
{
    if (config == NULL)
        return;
    for (size_t i = 0; i < config->parameter_count; i++) {
        free(config->parameters[i].name);
        free(config->parameters[i].macro);
        free(config->parameters[i].value);
        free(config->parameters[i].set_by);
    }
    for (size_t i = 0; i < config->macro_count; i++) {
        free(config->macros[i].text);
        free(config->macros[i].set_by);
    }
    for (size_t i = 0; i < config->library_count; i++)
        free(config->libraries[i]);
    free(config->parameters);
    free(config->macros);
    free(config->libraries);
    config_init(config);
}

static size_t name_length(const char *macro)
{
    return strcspn(macro, "=");
}

static bool same_name(const char *macro, const char *other)
{
    const size_t length = name_length(macro);

    return length == name_length(other) && memcmp(macro, other, length) == 0;
}

/* Two entries of "macros" agree if they are the same text: X and X=1 are not. */
static int check_macros(const struct config *config, struct error *error)
{
    for (size_t i = 0; i < config->macro_count; i++)
        for (size_t j = i + 1; j < config->macro_count; j++) {
            const struct macro *a = &config->macros[i];
            const struct macro *b = &config->macros[j];

            if (same_name(a->text, b->text) && strcmp(a->text, b->text) != 0)
                return error_set(error, "give it the same value in both, or drop one",
                                 "Macro '%.*s' defined in both '%s' and '%s' with incompatible "
                                 "values",
                                 (int)name_length(a->text), a->text, a->set_by, b->set_by);
        }
    return 0;
}

static int check_parameter(const struct config *config, size_t i, struct error *error)
{
    const struct parameter *parameter = &config->parameters[i];

    if (parameter->value == NULL)
        return !parameter->required
                   ? 0
                   : error_set(error, "set it in target_overrides",
                               "Required parameter '%s' defined by '%s' doesn't have a value",
                               parameter->name, parameter->set_by);
    for (size_t j = i + 1; j < config->parameter_count; j++)
        if (config->parameters[j].value != NULL &&
            strcmp(parameter->macro, config->parameters[j].macro) == 0)
            return error_set(error, "give one of them a macro_name",
                             "Parameters '%s' and '%s' both define macro '%s'", parameter->name,
                             config->parameters[j].name, parameter->macro);
    for (size_t j = 0; j < config->macro_count; j++)
        if (same_name(parameter->macro, config->macros[j].text))
            return error_set(error, "override the parameter and drop the macro",
                             "Macro '%s' defined in '%s' is that of parameter '%s'",
                             parameter->macro, config->macros[j].set_by, parameter->name);
    return 0;
}

int config_check(const struct config *config, struct error *error)
{
    if (check_macros(config, error) != 0)
        return -1;
    for (size_t i = 0; i < config->parameter_count; i++)
        if (check_parameter(config, i, error) != 0)
            return -1;
    return 0;
}

static bool is_repeated(const struct config *config, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(config->macros[i].text, config->macros[index].text) == 0)
            return true;
    return false;
}

static void render_macro(FILE *out, const struct macro *macro)
{
    const size_t length = name_length(macro->text);

    if (macro->text[length] == '\0')
        (void)fprintf(out, "#define %s", macro->text);
    else
        (void)fprintf(out, "#define %.*s %s", (int)length, macro->text, macro->text + length + 1);
    (void)fprintf(out, " /* set by %s */\n", macro->set_by);
}

static void render(FILE *out, const struct config *config)
{
    (void)fputs("/* Made by mbed-config; changes will be lost. */\n"
                "#ifndef MBED_CONFIG_H\n"
                "#define MBED_CONFIG_H\n\n",
                out);
    for (size_t i = 0; i < config->parameter_count; i++) {
        const struct parameter *parameter = &config->parameters[i];

        if (parameter->value != NULL)
            (void)fprintf(out, "#define %s %s /* %s, set by %s */\n", parameter->macro,
                          parameter->value, parameter->name, parameter->set_by);
    }
    for (size_t i = 0; i < config->macro_count; i++)
        if (!is_repeated(config, i))
            render_macro(out, &config->macros[i]);
    (void)fputs("\n#endif\n", out);
}

char *config_render(const struct config *config)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    bool failed;

    if (out == NULL)
        return NULL;
    render(out, config);
    failed = ferror(out) != 0;
    if (fclose(out) == 0 && !failed)
        return text;
    free(text);
    return NULL;
}
