/* trace.c -- -vv: what happens, step by step, on stderr */
#include "base/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/message.h"

#define STEP_SIZE 1024 /* a longer step is cut off */

static bool is_on;

void trace_start(void)
{
    is_on = true;
}

bool trace_is_on(void)
{
    return is_on;
}

void trace_put(const char *subject, const char *format, ...)
{
    char step[STEP_SIZE];
    va_list arguments;

    if (!is_on)
        return;
    va_start(arguments, format);
    vsnprintf(step, sizeof step, format, arguments);
    va_end(arguments);
    message_put("debug", subject, step);
}

static void put_piece(const char *subject, const char *source, const char *bytes, size_t length)
{
    while (length > 0 && bytes[0] == ' ') {
        bytes++;
        length--;
    }
    if (length > 0 && bytes[length - 1] == '\r')
        length--;
    if (length > 0)
        trace_put(subject, "%s: %.*s", source, (int)(length < STEP_SIZE ? length : STEP_SIZE),
                  bytes);
}

void trace_put_lines(const char *subject, const char *source, const char *bytes, size_t length)
{
    while (length > 0) {
        const char *end = memchr(bytes, '\n', length);
        const size_t size = end != NULL ? (size_t)(end - bytes) : length;
        put_piece(subject, source, bytes, size);
        bytes += end != NULL ? size + 1 : size;
        length -= end != NULL ? size + 1 : size;
    }
}
