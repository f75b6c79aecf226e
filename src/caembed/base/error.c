/* error.c -- a code and a format -> the recorded error, its name and its exit status */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

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

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
    va_list args;

    if (err->code != ERROR_NONE)
        return -1;
    err->code = code;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
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
