/* path.h -- path building and path validation (RFC 4158, RFC 5280) */
#ifndef CAEMBED_PATH_PATH_H
#define CAEMBED_PATH_PATH_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "x509/cost.h"
#include "x509/store.h"

/* Bounds of path building and validation. Reaching one is ERROR_LIMIT, never a wrong answer. Real
 * chains have fewer than ten certificates. The cost is that of x509/cost.h, for both stages. */
#define PATH_LENGTH_MAX 24
#define PATH_POOL_COUNT_MAX 1024
#define PATH_SIGNATURE_CHECKS_MAX 512
#define PATH_STEPS_MAX 100000
#define PATH_COUNT_MAX 256
#define PATH_COST_MAX_US 60000

/* Where a path ends. */
enum path_end {
    PATH_END_STORE,      /* at a root of the store */
    PATH_END_CA_FILE,    /* at a root of --ca-file */
    PATH_END_ACCEPTED,   /* at a presented root that --accept-root names */
    PATH_END_PRESENTED,  /* at a presented root that nobody trusts */
    PATH_END_INCOMPLETE, /* at a certificate whose issuer is neither presented nor in the store */
    PATH_END_FETCHED     /* of no path, but of an embedded certificate: --aia fetched it */
};

/* A certification path: the leaf first, the trust anchor (if it has one) last. The certificates are
 * borrowed from the path list. */
struct path {
    X509 *cert[PATH_LENGTH_MAX];
    size_t length;      /* in certificates, leaf and anchor included */
    size_t added_count; /* intermediates that were not presented: a file has them */
    enum path_end end;
    bool has_same_subject;  /* of an incomplete one: its issuer's name is known, with another key */
    int64_t distrust_after; /* of the anchor, or TIMESTAMP_NONE */
    int verify_error;       /* X509_V_OK, or why it is not valid (see fault.h); set by
                               validate_paths() */
    int verify_depth;       /* index of the certificate that verify_error is about */
    bool is_distrusted;     /* the leaf was issued after distrust_after */
};

struct path_list {
    struct path *path; /* by rising length; among equals in the order found */
    size_t count;
    STACK_OF(X509) * certs; /* owns what the paths borrow */
    struct cost cost;       /* of the work so far */
};

/* The fingerprints given with --accept-root. */
struct accepted_roots {
    uint8_t (*sha256)[SHA256_LENGTH];
    size_t count;
};

/* Whether one of them is the certificate's. Returns -1 if out of memory. */
int accepted_roots_have(const struct accepted_roots *accepted, const X509 *cert, bool *out,
                        struct error *err) MUST_USE;

/* Every path from chain's first certificate through the others, in any order, and the store's
 * intermediates, to an anchor of the store, a self-signed certificate, or to where no issuer is
 * found. An issuer is matched by name and by its key verifying the signature; no CA (name and key)
 * comes twice in a path. A presented certificate that the store holds counts as the store's. Every
 * signature of every path is verified; nothing else is checked: see validate_paths(). ERROR_LIMIT
 * at the bounds above. Free with path_list_free(). */
int path_build(const STACK_OF(X509) * chain, struct store *store,
               const struct accepted_roots *accepted, struct path_list *out,
               struct error *err) MUST_USE;

/* The path ends at an anchor and was found valid. */
bool path_is_valid(const struct path *path);

/* The path ends at something that is trusted, valid or not. */
bool path_is_trusted(const struct path *path);

void path_list_free(struct path_list *list);

#endif
