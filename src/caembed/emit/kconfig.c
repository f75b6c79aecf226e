/* kconfig.c -- a Kconfig fragment + settings -> the fragment with those that it lacks at its end */
#include "emit/kconfig.h"

#include <stdlib.h>
#include <string.h>

/* What the fragment says of an option: its last line about it counts. */
struct found {
    const char *value; /* in the fragment; NULL: nothing */
    size_t length;
    size_t line; /* from 1 */
};

/* Without the blanks at its end, which Kconfig does not look at. */
static size_t trimmed_length(const struct text *line)
{
    size_t length = line->length;

    while (length > 0 && strchr(" \t\r", line->data[length - 1]) != NULL)
        length--;
    return length;
}

/* Whether the line sets the option, and to what. */
static bool is_about(const char *line, size_t size, const char *name, size_t name_len,
                     struct found *out)
{
    static const char unset[] = " is not set";

    if (size > name_len && strncmp(line, name, name_len) == 0 && line[name_len] == '=') {
        out->value = line + name_len + 1;
        out->length = size - name_len - 1;
        return true;
    }
    if (size != 2 + name_len + strlen(unset) || strncmp(line, "# ", 2) != 0 ||
        strncmp(line + 2, name, name_len) != 0 ||
        strncmp(line + 2 + name_len, unset, strlen(unset)) != 0)
        return false;
    out->value = "n";
    out->length = 1;
    return true;
}

static struct found find(const struct text *fragment, const char *name, size_t name_len)
{
    struct found found = {.value = NULL};
    struct text line;
    size_t at = 0;

    for (size_t number = 1; text_take_line(fragment, &at, &line); number++)
        if (is_about(line.data, trimmed_length(&line), name, name_len, &found))
            found.line = number;
    return found;
}

/* A decimal number that `wanted` is not larger than. */
static bool is_larger(const struct found *found, const char *wanted)
{
    char digits[16] = "";

    if (found->length >= sizeof digits || wanted[strspn(wanted, "0123456789")] != '\0')
        return false;
    memcpy(digits, found->value, found->length);
    return found->length > 0 && digits[strspn(digits, "0123456789")] == '\0' &&
           strtoull(digits, NULL, 10) >= strtoull(wanted, NULL, 10);
}

static int fail_conflict(const struct found *found, const char *path, const char *setting,
                         size_t name_len, struct error *err)
{
    error_set(err, ERROR_WRITE, "%s: line %zu: %.*s is %.*s, but these anchors need %s", path,
              found->line, (int)name_len, setting, found->length < 80 ? (int)found->length : 80,
              found->value, setting);
    return error_hint(err, "change that line, or remove it");
}

/* The end that the fragment's lines have. */
static const char *line_end_of(const char *fragment, size_t length)
{
    const char *first = length > 0 ? memchr(fragment, '\n', length) : NULL;

    return first != NULL && first > fragment && first[-1] == '\r' ? "\r\n" : "\n";
}

static void add_line(struct text *out, const char *setting, const char *line_end)
{
    if (out->length > 0 && out->data[out->length - 1] != '\n')
        text_add(out, "%s", line_end);
    text_add(out, "%s%s", setting, line_end);
}

int kconfig_merge(const char *fragment, size_t length, const char *path,
                  const struct macro_list *settings, struct text *out, struct error *err)
{
    const struct text given = {.data = (char *)fragment, .length = length};
    const char *line_end = line_end_of(fragment, length);

    if (length > 0 && memchr(fragment, '\0', length) != NULL) {
        error_set(err, ERROR_WRITE, "%s: not a text file", path);
        return error_hint(err, "expected lines such as CONFIG_MBEDTLS=y");
    }
    text_add_bytes(out, length > 0 ? fragment : "", length);
    for (size_t i = 0; i < settings->count; i++) {
        const char *setting = settings->macro[i], *value = strchr(setting, '=');
        const size_t name_len = value != NULL ? (size_t)(value - setting) : strlen(setting);
        const struct found found = find(&given, setting, name_len);
        if (value == NULL)
            return error_set(err, ERROR_INTERNAL, "%s is no setting of Kconfig", setting);
        value++;
        if (found.value == NULL)
            add_line(out, setting, line_end);
        else if ((found.length != strlen(value) ||
                  strncmp(found.value, value, found.length) != 0) &&
                 !is_larger(&found, value))
            return fail_conflict(&found, path, setting, name_len, err);
    }
    return out->failed ? error_no_memory(err) : 0;
}
