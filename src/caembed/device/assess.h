/* assess.h -- the chosen path with the target's eyes: anchors, needed macros, warnings, refusals */
#ifndef CAEMBED_DEVICE_ASSESS_H
#define CAEMBED_DEVICE_ASSESS_H

#include <openssl/x509.h>
#include <stdint.h>

#include "device/requirement.h"
#include "net/endpoint.h"
#include "net/fetch.h"
#include "path/anchor.h"
#include "path/rules.h"

#define ASSESS_WARNING_COUNT_MAX 16
#define ASSESS_ANCHOR_COUNT_MAX 4

/* Whether the target can take this certificate as an anchor. */
enum anchor_fit assess_anchor_fit(const X509 *anchor, const struct target *target);

/* What assess_fit() looks at. */
struct assess_view {
    const struct target *target;
    X509 *last; /* where the target has a bundle: the presented certificate for whose issuer it is
                   asked; NULL: no matter */
};

/* For anchor_choose(): whether the target can take this path and its anchor. The context is a
 * struct assess_view. */
enum anchor_fit assess_fit(const struct path *path, const void *context);

/* By what a chain is judged for this target. */
struct path_rules assess_rules(const struct target *target, int64_t at);

/* The usages, of enum target_usage, of which the leaf's key must allow one: those of the cipher
 * suite that was negotiated, or of all that the target offers. */
unsigned assess_leaf_usages(const struct target *target, const struct presented *presented);

/* A certificate that goes into the header. */
struct embedded {
    X509 *x509;           /* borrowed from the path */
    enum path_end source; /* of an intermediate: _PRESENTED, or _CA_FILE if a file gave it */
    bool is_intermediate;
    bool is_backup; /* added by --backup: no host was seen to need it */
    int64_t distrust_after;
    size_t path_length; /* of the path from the leaf to it, both counted */
    struct macro_list needs;
};

/* Something about this host that its user should know. `code` is one of the manual's warning codes.
 */
struct warning {
    const char *code;
    char message[400];
};

struct assessment {
    struct embedded anchor[ASSESS_ANCHOR_COUNT_MAX]; /* the chosen root first */
    size_t anchor_count;
    struct warning warning[ASSESS_WARNING_COUNT_MAX];
    size_t warning_count;
    struct requirement_list requirements; /* what the target needs for this chain */
};

/* Adds a warning, unless there are ASSESS_WARNING_COUNT_MAX already. `code` is static text. */
void assess_add_warning(struct assessment *assessment, const char *code, const char *message);

/* Adds the PEM of its anchors, in their order. */
int assess_add_pem(const struct assessment *assessment, struct text *pem,
                   struct error *err) MUST_USE;

/* Looks at the chosen path and at every presented certificate with the target's eyes. Adds a
 * further anchor (an intermediate of the path) where the stack cannot follow the chain without it.
 * ERROR_TARGET if the handshake cannot succeed on the target, or not by its own configuration; then
 * *out has the requirements alone. *out borrows from path. */
int assess_path(const struct target *target, const struct path *path,
                const struct presented *presented, const struct endpoint *endpoint, int64_t at,
                struct assessment *out, struct error *err) MUST_USE;

#endif
