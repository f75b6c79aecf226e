/* config.c -- what a config is made of: parameters with their settings, and remarks */
#include "config.h"

#include <ctype.h>
#include <search.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "values.h"

/* ---- trees ---- */

struct item {
    const char *key;
};

static int compare_items(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->key, ((const struct item *)b)->key);
}

int config_enter(void **tree, void *item, void **found)
{
    void **node = tsearch(item, tree, compare_items);

    if (node == NULL)
        return -1;
    *found = *node;
    return 0;
}

void *config_look_up(void *const *tree, const char *key)
{
    const struct item item = {key};
    void **node = tfind(&item, tree, compare_items);

    return node != NULL ? *node : NULL;
}

static void free_tree(void **tree)
{
    while (*tree != NULL)
        tdelete(*(void **)*tree, tree, compare_items);
}

/* ---- the whole ---- */

void config_init(struct config *config)
{
    memset(config, 0, sizeof *config);
}

static void free_parameter(struct parameter *parameter)
{
    free(parameter->key);
    free(parameter->name);
    free(parameter->macro);
    free(parameter->settings);
    free(parameter);
}

static void free_define(struct define *define)
{
    free(define->key);
    free(define->name);
    free(define->value);
    free(define->comment);
    free(define);
}

void config_free(struct config *config)
{
    free_tree(&config->parameter_tree);
    free_tree(&config->macro_tree);
    free_tree(&config->define_tree);
    for (size_t i = 0; i < config->parameter_count; i++)
        free_parameter(config->parameters[i]);
    for (size_t i = 0; i < config->define_count; i++)
        free_define(config->defines[i]);
    for (size_t i = 0; i < config->macro_count; i++) {
        free(config->macros[i]->key);
        free(config->macros[i]);
    }
    for (size_t i = 0; i < CUMULATIVE_COUNT; i++) {
        free(config->cumulatives[i].added.names);
        free(config->cumulatives[i].removed.names);
    }
    for (size_t i = 0; i < config->remark_count; i++)
        free(config->remarks[i].text);
    free(config->parameters);
    free(config->defines);
    free(config->macros);
    free(config->remarks);
    config_init(config);
}

void config_remark(struct config *config, bool is_warning, const char *format, ...)
{
    struct remark *remarks = array_grow(config->remarks, config->remark_count, sizeof *remarks);
    char what[600];
    va_list args;

    if (remarks == NULL)
        return;
    config->remarks = remarks;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    remarks[config->remark_count].is_warning = is_warning;
    remarks[config->remark_count].text = strdup(what);
    config->remark_count += remarks[config->remark_count].text != NULL;
}

/* ---- parameters ---- */

/* What finds a parameter of that name. Mbed CE reads '_' as '-', and capitals as small letters. */
static char *make_key(const struct config *config, const char *name)
{
    char *key = strdup(name);

    for (char *at = key; at != NULL && config->is_lenient && *at != '\0'; at++)
        *at = (char)(*at == '_' ? '-' : tolower((unsigned char)*at));
    return key;
}

struct parameter *config_find_parameter(const struct config *config, const char *name)
{
    char *key = make_key(config, name);
    struct parameter *found = key != NULL ? config_look_up(&config->parameter_tree, key) : NULL;

    free(key);
    return found;
}

static char *macro_of(const char *name)
{
    struct text text = {0};

    value_add_macro_name(name, &text);
    if (text.failed)
        text_free(&text);
    return text.data;
}

struct parameter *config_add_parameter(struct config *config, const char *name, const char *macro)
{
    struct parameter **parameters =
        array_grow(config->parameters, config->parameter_count, sizeof *parameters);
    struct parameter *added = calloc(1, sizeof *added);
    void *found;

    if (parameters != NULL)
        config->parameters = parameters;
    if (parameters == NULL || added == NULL) {
        free(added);
        return NULL;
    }
    added->key = make_key(config, name);
    added->name = strdup(name);
    added->macro = macro != NULL ? strdup(macro) : macro_of(name);
    if (added->key == NULL || added->name == NULL || added->macro == NULL ||
        config_enter(&config->parameter_tree, added, &found) != 0) {
        free_parameter(added);
        return NULL;
    }
    parameters[config->parameter_count++] = added;
    return added;
}

int config_set(struct parameter *parameter, const struct setting *setting, struct error *err)
{
    struct setting *settings =
        array_grow(parameter->settings, parameter->setting_count, sizeof *settings);

    if (settings == NULL)
        return error_no_memory(err);
    parameter->settings = settings;
    settings[parameter->setting_count++] = *setting;
    return 0;
}

const struct setting *parameter_setting(const struct parameter *parameter)
{
    return parameter->setting_count > 0 ? &parameter->settings[parameter->setting_count - 1] : NULL;
}

const struct json *parameter_value(const struct parameter *parameter)
{
    const struct setting *setting = parameter_setting(parameter);

    return setting != NULL && setting->value->kind != JSON_NULL ? setting->value : NULL;
}
