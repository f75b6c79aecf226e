/* error.h -- what went wrong: one code, one line, one hint */
#ifndef CAEMBED_BASE_ERROR_H
#define CAEMBED_BASE_ERROR_H

#include <stdbool.h>

#include "base/compiler.h"

/* The error's name (the JSON report's `status`) and exit status are in error.c's table. */
enum error_code {
    ERROR_NONE,
    ERROR_USAGE,
    ERROR_RESOLVE,
    ERROR_CONNECT,
    ERROR_TIMEOUT,
    ERROR_PROXY,
    ERROR_HANDSHAKE,
    ERROR_UNTRUSTED,
    ERROR_UNKNOWN_ROOT,
    ERROR_NAME_MISMATCH,
    ERROR_EXPIRED,
    ERROR_NOT_YET_VALID,
    ERROR_DISTRUSTED,
    ERROR_WEAK,
    ERROR_LIMIT,
    ERROR_TARGET,
    ERROR_PROOF,
    ERROR_LACK,  /* also called proof: the stack linked in lacks what the target has, or none is */
    ERROR_OFFER, /* the server refuses what the target's client offers */
    ERROR_WRITE,
    ERROR_INTERNAL,
    ERROR_CHANGED,    /* --check: still verifies, but would be written differently */
    ERROR_UNVERIFIED, /* --check: no longer verifies */
    ERROR_EXPIRING,   /* --check: an anchor expires soon */
    ERROR_UNREADABLE, /* --check: not a form of header that caembed reads */
    ERROR_RETIRING,   /* --check: root programs retire an anchor soon */
    ERROR_CODE_COUNT
};

/* Room for the kind of an error; a longer one is cut. */
#define ERROR_KIND_SIZE 160

/* Holds the first error; set to {0} before use. Owns nothing. Its text may hold hostile bytes:
 * print it through text_put_line(). */
struct error {
    enum error_code code;
    char message[640];
    char hint[640];
    char kind[ERROR_KIND_SIZE]; /* the message without what differs from host to host */
};

/* Records an error unless one is recorded already. Returns -1, so that a failure leaves with
 * `return error_set(err, …)`. */
int error_set(struct error *err, enum error_code code, const char *format, ...) PRINTF_LIKE(3, 4);

/* Called before error_set(), gives the kind of what is recorded then; without it the kind is the
 * format of error_set() with "..." for each conversion, and for the format "%s" the message itself.
 * Does nothing if an error is recorded already. */
void error_kind(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Adds the hint, "how to go on", unless there is one already. Returns -1. */
int error_hint(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* ERROR_INTERNAL for a failed allocation. Returns -1. */
int error_no_memory(struct error *err);

/* Of --check: whether the header still verifies, though it would be written differently, or will
 * not serve for long. */
bool error_still_verifies(enum error_code code);

/* Exit status and name of a code. */
int error_status(enum error_code code);
const char *error_name(enum error_code code);

#endif
