/* bundle.h -- the anchors of all hosts together, each once */
#ifndef CAEMBED_EMIT_BUNDLE_H
#define CAEMBED_EMIT_BUNDLE_H

#include "device/assess.h"
#include "x509/digest_map.h"
#include "x509/store.h"

/* An anchor and the hosts that it serves. */
struct bundle_anchor {
    struct embedded embedded;
    const char *store_name; /* borrowed from the store; NULL if it did not come from there */
    const char **host;      /* borrowed "host:port" texts, as many as host_count */
    size_t host_count;
    struct digest_map known; /* the digests of these texts */
};

/* Anchors in the order in which the hosts ask for them; set to {0} before use. */
struct bundle {
    struct bundle_anchor *anchor;
    size_t count;
    struct macro_list macros; /* of all anchors */
};

/* Adds one host's anchors. Borrows host and the certificates. */
int bundle_add(struct bundle *bundle, const char *host, const struct embedded *anchor, size_t count,
               const struct store *store, struct error *err) MUST_USE;

/* Adds the store's other roots of the operators of the anchors from the store, an operator being
 * known by the organization in the subject (its case, punctuation, and the form of its company
 * aside): those that are in date, have no distrust-after date,
 * and that the target takes without a macro. *added counts them, *bytes their PEM text. */
int bundle_add_backups(struct bundle *bundle, struct store *store, const struct target *target,
                       int64_t at, size_t *added, size_t *bytes, struct error *err) MUST_USE;

void bundle_free(struct bundle *bundle);

#endif
