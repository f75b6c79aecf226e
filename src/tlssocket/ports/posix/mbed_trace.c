/* mbed_trace.c -- a level, a group and a format -> a finished line for the print function */
#include "tlssocket/mbed_trace.h"

#if defined(MBED_CONF_MBED_TRACE_ENABLE) && MBED_CONF_MBED_TRACE_ENABLE && !defined(__MBED__)

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#ifndef MBED_TRACE_LINE_LENGTH
#define MBED_TRACE_LINE_LENGTH 1024
#endif
#define FILTER_LENGTH 64
#define CUT_MARK "..."
#define COLOR_END "\x1b[0m"
#define DEFAULT_CONFIG (TRACE_MODE_COLOR | TRACE_ACTIVE_LEVEL_ALL | TRACE_CARRIAGE_RETURN)

/* The interface is one of functions without a context, so its state is the file's. */
static struct {
    bool started;
    void (*print)(const char *line);
    char *(*prefix)(size_t size);
    char *(*suffix)(void);
    void (*wait)(void);
    void (*release)(void);
    char include[FILTER_LENGTH];
    char exclude[FILTER_LENGTH];
    char line[MBED_TRACE_LINE_LENGTH];
} trace;
static uint8_t trace_config = DEFAULT_CONFIG; /* apart, lest the line buffer is in flash, too */

static const struct level {
    uint8_t level;
    const char *name;
    const char *color;
} levels[] = {
    {TRACE_LEVEL_ERROR, "ERR ", "\x1b[31m"},
    {TRACE_LEVEL_WARN, "WARN", "\x1b[33m"},
    {TRACE_LEVEL_INFO, "INFO", "\x1b[39m"},
    {TRACE_LEVEL_DEBUG, "DBG ", "\x1b[90m"},
};

int mbed_trace_init(void)
{
    trace.started = true;
    return 0;
}

void mbed_trace_free(void)
{
    memset(&trace, 0, sizeof trace);
    trace_config = DEFAULT_CONFIG;
}

void mbed_trace_config_set(uint8_t config)
{
    trace_config = config;
}

uint8_t mbed_trace_config_get(void)
{
    return trace_config;
}

void mbed_trace_print_function_set(void (*print)(const char *line))
{
    trace.print = print;
}

void mbed_trace_prefix_function_set(char *(*prefix)(size_t size))
{
    trace.prefix = prefix;
}

void mbed_trace_suffix_function_set(char *(*suffix)(void))
{
    trace.suffix = suffix;
}

void mbed_trace_mutex_wait_function_set(void (*wait)(void))
{
    trace.wait = wait;
}

void mbed_trace_mutex_release_function_set(void (*release)(void))
{
    trace.release = release;
}

static void set_filters(char *kept, const char *filters)
{
    (void)snprintf(kept, FILTER_LENGTH, "%s", filters == NULL ? "" : filters);
}

void mbed_trace_include_filters_set(const char *filters)
{
    set_filters(trace.include, filters);
}

void mbed_trace_exclude_filters_set(const char *filters)
{
    set_filters(trace.exclude, filters);
}

const char *mbed_trace_last(void)
{
    return trace.line;
}

/* Is group one of the names between commas? */
static bool is_listed(const char *filters, const char *group)
{
    const size_t length = strlen(group);

    while (*filters != '\0') {
        const size_t name_length = strcspn(filters, ",");

        if (name_length == length && memcmp(filters, group, length) == 0)
            return true;
        filters += name_length;
        filters += *filters == ',';
    }
    return false;
}

static bool is_wanted(uint8_t level, const char *group)
{
    return trace.started && (trace_config & TRACE_MASK_LEVEL & level) != 0 &&
           (trace.include[0] == '\0' || is_listed(trace.include, group)) &&
           !is_listed(trace.exclude, group);
}

static const struct level *find_level(uint8_t level)
{
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        if (levels[i].level == level)
            return &levels[i];
    return NULL;
}

/* Puts formatted text at *used and moves that on. Text that leaves no room for the end of the
 * line is cut, and marked. */
static void append(size_t *used, size_t reserved, const char *format, va_list arguments)
    TLSSOCKET_PRINTF_LIKE(3, 0);
static void append(size_t *used, size_t reserved, const char *format, va_list arguments)
{
    const size_t room = sizeof trace.line - reserved - *used;
    const int length = vsnprintf(trace.line + *used, room, format, arguments);

    if (length < 0) /* nothing that a caller could do */
        return;
    if ((size_t)length < room) {
        *used += (size_t)length;
        return;
    }
    *used = sizeof trace.line - reserved - sizeof CUT_MARK;
    memcpy(trace.line + *used, CUT_MARK, sizeof CUT_MARK);
    *used += sizeof CUT_MARK - 1;
}

static void append_text(size_t *used, size_t reserved, const char *format, ...)
    TLSSOCKET_PRINTF_LIKE(3, 4);
static void append_text(size_t *used, size_t reserved, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    append(used, reserved, format, arguments);
    va_end(arguments);
}

static size_t formatted_length(const char *format, va_list arguments) TLSSOCKET_PRINTF_LIKE(1, 0);
static size_t formatted_length(const char *format, va_list arguments)
{
    va_list copy;
    int length;

    va_copy(copy, arguments);
    length = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    return length < 0 ? 0 : (size_t)length;
}

/* Clearing, colour, prefix, level and group before the text; suffix and the colour's end after. */
static void format_line(const struct level *level, const char *group, const char *format,
                        va_list arguments) TLSSOCKET_PRINTF_LIKE(3, 0);
static void format_line(const struct level *level, const char *group, const char *format,
                        va_list arguments)
{
    const bool decorated = level != NULL && (trace_config & TRACE_MODE_PLAIN) == 0;
    const bool colored = decorated && (trace_config & TRACE_MODE_COLOR) != 0;
    const size_t reserved = colored ? sizeof COLOR_END - 1 : 0;
    size_t used = 0;

    if (decorated && (trace_config & TRACE_CARRIAGE_RETURN) != 0)
        append_text(&used, reserved, "\r\x1b[2K");
    if (colored)
        append_text(&used, reserved, "%s", level->color);
    if (decorated && trace.prefix != NULL)
        append_text(&used, reserved, "%s", trace.prefix(formatted_length(format, arguments)));
    if (decorated)
        append_text(&used, reserved, "[%s][%-4.4s]: ", level->name, group);
    append(&used, reserved, format, arguments);
    if (decorated && trace.suffix != NULL)
        append_text(&used, reserved, "%s", trace.suffix());
    if (colored)
        append_text(&used, 0, "%s", COLOR_END);
}

static void print_line(const char *line)
{
    if (trace.print != NULL)
        trace.print(line);
    else
        (void)puts(line);
}

void mbed_vtracef(uint8_t level, const char *group, const char *format, va_list arguments)
{
    if (trace.wait != NULL)
        trace.wait();
    if (is_wanted(level, group)) {
        format_line(find_level(level), group, format, arguments);
        print_line(trace.line);
    }
    if (trace.release != NULL)
        trace.release();
}

void mbed_tracef(uint8_t level, const char *group, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    mbed_vtracef(level, group, format, arguments);
    va_end(arguments);
}

#else
typedef int mbed_trace_is_off; /* C99 wants a declaration in every file */
#endif
