/* target.h -- device stacks: what each can take, and what a choice of anchors needs on it */
#ifndef CAEMBED_TARGET_H
#define CAEMBED_TARGET_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "anchor.h"
#include "endpoint.h"
#include "fetch.h"
#include "text.h"

#define TARGET_MACRO_SIZE 56
#define TARGET_MACRO_COUNT_MAX 12
#define TARGET_FINDING_COUNT_MAX 32
#define TARGET_ANCHOR_COUNT_MAX 4

/* A row of the table in target.c; --list-targets prints it. */
struct target;

/* The row of that name, or NULL. */
const struct target *target_find(const char *name);

const char *target_name(const struct target *target);

/* Whether Mbed TLS takes part in the proof ("generic" has OpenSSL alone). */
bool target_has_mbedtls(const struct target *target);

/* Whether the device compares dates with a clock (MBEDTLS_HAVE_TIME_DATE). */
bool target_checks_dates(const struct target *target);

/* The settings that go into mbed_app.json's target_overrides: `name` to `value`. Returns the row or
 * NULL behind the last. */
struct target_setting {
    const char *name;
    int value;
};
const struct target_setting *target_setting_at(const struct target *target, size_t index);

/* Writes the table as text, a row a target, to stream. */
void target_print_table(FILE *stream);

/* For anchor_choose(): whether the target can take this certificate as an anchor. The context is a
 * struct target. */
enum anchor_fit target_fit(const X509 *anchor, const void *context);

/* Configuration macros such as "MBEDTLS_SHA1_C=1", each once, in the order found. */
struct macro_list {
    char macro[TARGET_MACRO_COUNT_MAX][TARGET_MACRO_SIZE];
    size_t count;
};

/* Adds what is not there yet. */
void macro_list_add(struct macro_list *list, const char *macro);
void macro_list_add_all(struct macro_list *list, const struct macro_list *other);

/* A certificate that goes into the header. */
struct embedded {
    X509 *x509; /* borrowed from the path */
    enum path_end source;
    int64_t distrust_after;
    size_t path_length; /* of the path from the leaf to it, both counted */
    struct macro_list needs;
};

/* Something about this host that its user should know. `code` is one of the manual's warning codes.
 */
struct finding {
    const char *code;
    char message[400];
};

struct assessment {
    struct embedded anchor[TARGET_ANCHOR_COUNT_MAX]; /* the chosen root first */
    size_t anchor_count;
    struct finding finding[TARGET_FINDING_COUNT_MAX];
    size_t finding_count;
};

/* Looks at the chosen path and at every presented certificate with the target's eyes. Adds a
 * further anchor (an intermediate of the path) where Mbed TLS cannot follow the chain without it.
 * ERROR_TARGET if the handshake cannot succeed on the target whatever is configured. *out borrows
 * from path. */
int target_assess(const struct target *target, const struct path *path,
                  const struct presented *presented, const struct endpoint *endpoint, int64_t at,
                  struct assessment *out, struct error *err) MUST_USE;

#endif
