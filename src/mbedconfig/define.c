/* define.c -- parameters and macros -> definitions that a header can hold, checked as a whole */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "values.h"

/* "what 'NAME' … (PATH:LINE)" for the value that holds. */
static int fail_at(const struct setting *setting, struct error *err, const char *what)
{
    return error_set(err, ERROR_USAGE, "%s (%.200s:%zu)", what, setting->document->path,
                     setting->value->line);
}

/* ---- what a declaration says of its values ---- */

static const struct json *detail(const struct parameter *parameter, const char *key)
{
    return json_member(parameter->declaration, key);
}

static int check_required(const struct parameter *parameter, struct error *err)
{
    const struct json *required = detail(parameter, "required");
    struct text unit = {0};

    if (required == NULL || required->kind != JSON_TRUE || parameter_value(parameter) != NULL)
        return 0;
    document_add_name(parameter->declared_in, NULL, &unit);
    error_set(err, ERROR_USAGE,
              "Required parameter '%.150s' defined by '%.150s' doesn't have a value "
              "(%.200s:%zu)",
              parameter->name, unit.failed ? "" : unit.data, parameter->declared_in->path,
              parameter->declaration->line);
    text_free(&unit);
    return error_hint(err, "set it in target_overrides");
}

/* Decimal without leading zeros, or hexadecimal; *base gets 10 or 16. */
static bool is_number(const char *digits, int *base)
{
    const bool is_hex = digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X');
    const char *first = is_hex ? digits + 2 : digits;
    const size_t length = strspn(first, is_hex ? "0123456789abcdefABCDEF" : "0123456789");

    *base = is_hex ? 16 : 10;
    return length > 0 && first[length] == '\0' && (is_hex || length == 1 || first[0] != '0');
}

/* A whole number as Mbed's tools take it for a range, which may be in a string; true is 1; a limit
 * may be negative. */
static bool read_number(const struct json *json, bool may_be_negative, long long *out)
{
    int base;

    if (json->kind == JSON_TRUE || json->kind == JSON_FALSE) {
        *out = json->kind == JSON_TRUE;
        return true;
    }
    if (json->kind != JSON_INTEGER && json->kind != JSON_STRING)
        return false;
    if (!is_number(json->text + (may_be_negative && json->text[0] == '-'), &base))
        return false;
    errno = 0;
    *out = strtoll(json->text, NULL, base);
    return errno == 0;
}

static int fail_range(const struct parameter *parameter, const char *what, struct error *err)
{
    struct text text = {0};
    int rv;

    text_add(&text, "%s", "the value ");
    value_add_text(parameter_value(parameter), &text);
    text_add(&text, " of '%s' %s", parameter->name, what);
    rv = text.failed ? error_no_memory(err)
                     : fail_at(parameter_setting(parameter), err,
                               text.length < 400 ? text.data : "a long value is not accepted");
    text_free(&text);
    return rv;
}

static int check_limits(const struct parameter *parameter, const struct json *low,
                        const struct json *high, struct error *err)
{
    const struct json *value = parameter_value(parameter);
    long long number, limit;
    char what[120];

    if (value->kind == JSON_ARRAY || !read_number(value, false, &number)) {
        fail_range(parameter, "has a range, but is no whole number of 0 or more", err);
        return error_hint(
            err, "value_min and value_max are for decimal and 0x numbers of up to 63 bits");
    }
    if ((low != NULL && !read_number(low, true, &limit)) ||
        (high != NULL && !read_number(high, true, &limit)))
        return document_fail(parameter->declared_in, parameter->declaration, err,
                             "value_min or value_max of '%.150s' is no whole number",
                             parameter->name);
    if ((low == NULL || (read_number(low, true, &limit) && number >= limit)) &&
        (high == NULL || (read_number(high, true, &limit) && number <= limit)))
        return 0;
    snprintf(what, sizeof what, "is not in the required range: [%.40s:%.40s]",
             low != NULL ? low->text : "-inf", high != NULL ? high->text : "inf");
    return fail_range(parameter, what, err);
}

static bool is_same(const struct json *a, const struct json *b)
{
    struct text text_a = {0};
    struct text text_b = {0};
    bool same = (a->kind == JSON_STRING) == (b->kind == JSON_STRING) &&
                (a->kind == JSON_NULL) == (b->kind == JSON_NULL);

    value_add_text(a, &text_a);
    value_add_text(b, &text_b);
    text_add(&text_a, "%s", "");
    text_add(&text_b, "%s", "");
    same = same && !text_a.failed && !text_b.failed && strcmp(text_a.data, text_b.data) == 0;
    text_free(&text_a);
    text_free(&text_b);
    return same;
}

static int check_accepted(const struct parameter *parameter, const struct json *accepted,
                          struct error *err)
{
    for (const struct json *item = accepted->first; item != NULL; item = item->next)
        if (is_same(item, parameter_value(parameter)))
            return 0;
    fail_range(parameter, "is not an accepted value", err);
    return error_hint(err, "accepted_values are on line %zu of %.200s", accepted->line,
                      parameter->declared_in->path);
}

/* A member that is there and not null. */
static const struct json *limit_of(const struct parameter *parameter, const char *key)
{
    const struct json *limit = detail(parameter, key);

    return limit != NULL && limit->kind != JSON_NULL ? limit : NULL;
}

static int check_range(const struct parameter *parameter, struct error *err)
{
    const struct json *low = limit_of(parameter, "value_min");
    const struct json *high = limit_of(parameter, "value_max");
    const struct json *accepted = limit_of(parameter, "accepted_values");

    if (parameter_value(parameter) == NULL)
        return 0;
    if ((low != NULL || high != NULL) && accepted != NULL)
        return document_fail(parameter->declared_in, parameter->declaration, err,
                             "'%.150s' has both a range and a list of accepted values",
                             parameter->name);
    if (low != NULL || high != NULL)
        return check_limits(parameter, low, high, err);
    return accepted != NULL ? check_accepted(parameter, accepted, err) : 0;
}

/* Neither null, false, 0 nor empty. */
static bool is_set(const struct parameter *parameter)
{
    const struct json *value = parameter_value(parameter);
    struct text text = {0};
    bool is;

    if (value == NULL)
        return false;
    value_add_text(value, &text);
    is = !text.failed && text.length > 0 &&
         (value->kind == JSON_STRING ||
          (strcmp(text.data, "0") != 0 && strcmp(text.data, "[]") != 0));
    text_free(&text);
    return is;
}

static int check_conflicts(const struct config *config, const struct parameter *parameter,
                           struct error *err)
{
    const struct json *conflicts = detail(parameter, "conflicts");

    for (const struct json *item = conflicts != NULL ? conflicts->first : NULL; item != NULL;
         item = item->next) {
        const struct parameter *other = config_find_parameter(config, item->text);
        if (other == NULL || !is_set(parameter) || !is_set(other) ||
            is_same(parameter_value(parameter), parameter_value(other)))
            continue;
        return error_set(err, ERROR_USAGE,
                         "the values of '%.150s' and '%.150s' conflict (%.120s:%zu, "
                         "%.120s:%zu)",
                         parameter->name, other->name, parameter_setting(parameter)->document->path,
                         parameter_setting(parameter)->value->line,
                         parameter_setting(other)->document->path,
                         parameter_setting(other)->value->line);
    }
    return 0;
}

static int check_parameters(const struct config *config, struct error *err)
{
    for (size_t i = 0; i < config->parameter_count; i++)
        if (check_required(config->parameters[i], err) != 0)
            return -1;
    for (size_t i = 0; i < config->parameter_count; i++)
        if (check_range(config->parameters[i], err) != 0)
            return -1;
    for (size_t i = 0; i < config->parameter_count; i++)
        if (check_conflicts(config, config->parameters[i], err) != 0)
            return -1;
    return 0;
}

/* ---- definitions ---- */

/* What a definition is made from. */
struct source {
    const char *name; /* as far as name_size bytes */
    size_t name_size;
    const char *value;
    const char *what; /* for the comment: the parameter's name, or NULL */
    const struct parameter *parameter;
    const struct setting *setting;
};

static char *source_comment(const struct source *source)
{
    struct text text = {0};

    if (source->what != NULL)
        text_add(&text, "%s, ", source->what);
    text_add(&text, "set by ");
    document_add_name(source->setting->document, source->setting->label, &text);
    return text.data;
}

/* A definition of the same identifier that went before gives way. */
static void replace(struct config *config, struct define *old, struct define *new_one)
{
    if (strcmp(old->value, new_one->value) != 0 || strcmp(old->name, new_one->name) != 0)
        config_remark(
            config, true,
            "%.200s:%zu: %.100s (%.150s) takes the place of the one of %.200s:%zu (%.150s)",
            new_one->setting->document->path, new_one->setting->value->line, new_one->name,
            new_one->comment, old->setting->document->path, old->setting->value->line,
            old->comment);
    old->replaced_by = new_one;
}

static void free_define(struct define *define)
{
    free(define->key);
    free(define->name);
    free(define->value);
    free(define->comment);
    free(define);
}

/* Takes over `define`. */
static int enter_define(struct config *config, struct define *define, struct error *err)
{
    struct define **defines = array_grow(config->defines, config->define_count, sizeof *defines);
    struct define *last;
    void *found = NULL;

    if (defines != NULL)
        config->defines = defines;
    if (defines == NULL || define->key == NULL || define->name == NULL || define->value == NULL ||
        define->comment == NULL || config_enter(&config->define_tree, define, &found) != 0) {
        free_define(define);
        return error_no_memory(err);
    }
    defines[config->define_count++] = define;
    for (last = found; last->replaced_by != NULL; last = (struct define *)last->replaced_by)
        ;
    if (last != define)
        replace(config, last, define);
    return 0;
}

static int fail_source(const struct source *source, const char *wrong, struct error *err)
{
    error_set(err, ERROR_USAGE, "the value of '%.150s' cannot stand in a header: %s (%.200s:%zu)",
              source->what != NULL ? source->what : source->setting->value->text, wrong,
              source->setting->document->path, source->setting->value->line);
    return error_hint(err, "it must be C text of one line");
}

static int add_define(struct config *config, const struct source *source, struct error *err)
{
    struct macro_name name;
    struct text value = {0};
    struct define *define;
    const char *wrong;

    if (!macro_name_split(source->name, source->name_size, &name)) {
        error_set(err, ERROR_USAGE,
                  "'%.*s' of '%.150s' is no C identifier that can be defined "
                  "(%.200s:%zu)",
                  (int)(source->name_size < 150 ? source->name_size : 150), source->name,
                  source->what != NULL ? source->what : "macros", source->setting->document->path,
                  source->setting->value->line);
        return error_hint(err, "give it a macro_name, or another name");
    }
    wrong = value_add_c(source->value, &name, &value);
    text_add(&value, "%s", "");
    define = calloc(1, sizeof *define);
    if (wrong != NULL || value.failed || define == NULL) {
        free(define);
        text_free(&value);
        return wrong != NULL ? fail_source(source, wrong, err) : error_no_memory(err);
    }
    *define = (struct define){strndup(source->name, name.length),
                              strndup(source->name, source->name_size),
                              value.data,
                              source_comment(source),
                              NULL,
                              source->parameter,
                              source->setting};
    return enter_define(config, define, err);
}

static int define_parameter(struct config *config, const struct parameter *parameter,
                            struct error *err)
{
    const struct json *value = parameter_value(parameter);
    struct text text = {0};
    struct source source = {parameter->macro, strlen(parameter->macro),    NULL, parameter->name,
                            parameter,        parameter_setting(parameter)};
    int rv;

    if (value == NULL || parameter->is_attribute)
        return 0;
    value_add_text(value, &text);
    text_add(&text, "%s", "");
    source.value = text.data;
    rv = text.failed ? error_no_memory(err) : add_define(config, &source, err);
    text_free(&text);
    return rv;
}

/* NAME or NAME=VALUE; without a value it is what `bare` says. */
static int define_macro(struct config *config, const char *text, const char *bare,
                        const struct setting *setting, struct error *err)
{
    const size_t length = strcspn(text, "=");
    const struct source source = {text, length, text[length] == '=' ? text + length + 1 : bare,
                                  NULL, NULL,   setting};

    return add_define(config, &source, err);
}

/* What the build would define with -D for target.features_add and its like: the compiler's 1. */
static int define_names(struct config *config, size_t index, struct error *err)
{
    const struct name_set *added = &config->cumulatives[index].added;

    for (size_t i = 0; i < added->count; i++) {
        struct text text = {0};
        int rv;
        text_add(&text, "%s%s", cumulative_attributes[index].prefix, added->names[i].value->text);
        rv = text.failed ? error_no_memory(err)
                         : define_macro(config, text.data, "1", &added->names[i], err);
        text_free(&text);
        if (rv != 0)
            return -1;
    }
    return 0;
}

/* ---- what no header can say ---- */

static void remark_setting(struct config *config, const struct setting *setting, const char *what)
{
    config_remark(config, false, "%.200s:%zu: %s", setting->document->path, setting->value->line,
                  what);
}

static void remark_set(struct config *config, size_t index)
{
    const struct cumulative *set = &config->cumulatives[index];
    char what[300];

    for (size_t i = 0; i < set->removed.count; i++) {
        snprintf(what, sizeof what,
                 "target.%s_remove of '%.150s' is for the build: a header can't take back what the "
                 "target has",
                 cumulative_attributes[index].name, set->removed.names[i].value->text);
        remark_setting(config, &set->removed.names[i], what);
    }
    if (set->is_strict && set->added.count > 0) {
        snprintf(what, sizeof what,
                 "target.%s leaves nothing else of the target's own, which is for the build",
                 cumulative_attributes[index].name);
        remark_setting(config, &set->added.names[0], what);
    }
}

static void remark_what_no_header_holds(struct config *config)
{
    char what[300];

    for (size_t i = 0; i < config->parameter_count; i++) {
        const struct parameter *parameter = config->parameters[i];
        if (!parameter->is_attribute)
            continue;
        snprintf(what, sizeof what,
                 "'%.150s' is an attribute of the target, for the build: no header "
                 "holds it",
                 parameter->name);
        remark_setting(config, parameter_setting(parameter), what);
    }
    for (size_t i = 0; i < CUMULATIVE_COUNT; i++)
        remark_set(config, i);
}

int config_define(struct config *config, struct error *err)
{
    if (check_parameters(config, err) != 0)
        return -1;
    for (size_t i = 0; i < CUMULATIVE_COUNT; i++)
        if (define_names(config, i, err) != 0)
            return -1;
    for (size_t i = 0; i < config->parameter_count; i++)
        if (define_parameter(config, config->parameters[i], err) != 0)
            return -1;
    for (size_t i = 0; i < config->macro_count; i++)
        if (define_macro(config, config->macros[i]->text, "", &config->macros[i]->setting, err) !=
            0)
            return -1;
    remark_what_no_header_holds(config);
    return 0;
}
