/* error.c -- a code and a format -> the recorded error, its name and its exit status */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int status;
} codes[ERROR_CODE_COUNT] = {
    [ERROR_NONE] = {"ok", 0},
    [ERROR_USAGE] = {"usage", 1},
    [ERROR_RESOLVE] = {"resolve", 2},
    [ERROR_CONNECT] = {"connect", 2},
    [ERROR_TIMEOUT] = {"timeout", 2},
    [ERROR_PROXY] = {"proxy", 2},
    [ERROR_HANDSHAKE] = {"handshake", 3},
    [ERROR_UNTRUSTED] = {"untrusted", 4},
    [ERROR_UNKNOWN_ROOT] = {"unknown-root", 4},
    [ERROR_NAME_MISMATCH] = {"name-mismatch", 4},
    [ERROR_EXPIRED] = {"expired", 4},
    [ERROR_NOT_YET_VALID] = {"not-yet-valid", 4},
    [ERROR_DISTRUSTED] = {"distrusted", 4},
    [ERROR_WEAK] = {"weak", 4},
    [ERROR_LIMIT] = {"limit", 4},
    [ERROR_TARGET] = {"target", 5},
    [ERROR_PROOF] = {"proof", 5},
    [ERROR_LACK] = {"proof", 5},
    [ERROR_OFFER] = {"offer", 5},
    [ERROR_WRITE] = {"write", 6},
    [ERROR_INTERNAL] = {"internal", 7},
    [ERROR_CHANGED] = {"changed", 10},
    [ERROR_UNVERIFIED] = {"unverified", 11},
    [ERROR_EXPIRING] = {"expiring", 12},
    [ERROR_RETIRING] = {"retiring", 12},
    [ERROR_UNREADABLE] = {"unreadable", 13},
};

void error_kind(struct error *err, const char *format, ...)
{
    va_list args;

    if (err->code != ERROR_NONE)
        return;
    va_start(args, format);
    vsnprintf(err->kind, sizeof err->kind, format, args);
    va_end(args);
}

/* What follows a conversion of a format; `at` is after its '%'. */
static const char *skip_conversion(const char *at)
{
    at += strspn(at, "0123456789.*-+ #lhzjt");
    return *at != '\0' ? at + 1 : at;
}

/* A format with "..." for each conversion, and once for several in a row. */
static void kind_of_format(const char *format, char out[ERROR_KIND_SIZE])
{
    size_t length = 0;

    while (*format != '\0' && length + sizeof "..." < ERROR_KIND_SIZE) {
        if (*format != '%' || format[1] == '%') {
            format += *format == '%' ? 1 : 0;
            out[length++] = *format++;
            continue;
        }
        if (length < 3 || memcmp(out + length - 3, "...", 3) != 0) {
            memcpy(out + length, "...", 3);
            length += 3;
        }
        format = skip_conversion(format + 1);
    }
    out[length] = '\0';
}

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
    va_list args;

    if (err->code != ERROR_NONE)
        return -1;
    err->code = code;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    if (err->kind[0] == '\0' && strcmp(format, "%s") == 0)
        snprintf(err->kind, sizeof err->kind, "%.*s", ERROR_KIND_SIZE - 1, err->message);
    else if (err->kind[0] == '\0')
        kind_of_format(format, err->kind);
    return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
    va_list args;

    if (err->hint[0] != '\0')
        return -1;
    va_start(args, format);
    vsnprintf(err->hint, sizeof err->hint, format, args);
    va_end(args);
    return -1;
}

int error_no_memory(struct error *err)
{
    return error_set(err, ERROR_INTERNAL, "out of memory");
}

int error_status(enum error_code code)
{
    return codes[code].status;
}

const char *error_name(enum error_code code)
{
    return codes[code].name;
}

bool error_still_verifies(enum error_code code)
{
    return code == ERROR_CHANGED || code == ERROR_EXPIRING || code == ERROR_RETIRING;
}
