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
    const X509 *sibling;     /* of a backup: the anchor of the same operator that hosts need */
    const char *profile;     /* of a root that --profile added, or NULL; static storage */
    const char *profile_source;
};

/* Anchors in the order in which the hosts ask for them; set to {0} before use. */
struct bundle {
    struct bundle_anchor *anchor;
    size_t count;
    struct macro_list macros; /* of all anchors */
    const X509 **left_out;    /* backups that the target does not take as they are */
    size_t left_out_count;
};

/* Adds one host's anchors. Borrows host and the certificates. */
int bundle_add(struct bundle *bundle, const char *host, const struct embedded *anchor, size_t count,
               struct store *store, struct error *err) MUST_USE;

/* Which roots are good backups. */
struct backup_policy {
    const struct target *target;
    int64_t at;    /* they are valid and not retired at this time ... */
    int64_t until; /* ... and at this one; 0: no matter */
};

/* Adds the store's other roots of the operators of the anchors that came from it: those that serve
 * as policy says, have no distrust-after date, and that the target takes without a setting. Others
 * of these operators, which need one, are kept in left_out. */
int bundle_add_backups(struct bundle *bundle, struct store *store,
                       const struct backup_policy *policy, struct error *err) MUST_USE;

/* Adds the roots that the operator of a service tells devices to embed (x509/lifecycle.h). `store`
 * is the bundled store. ERROR_TARGET for a root that the target does not take as it is. */
int bundle_add_profile(struct bundle *bundle, struct store *store, const char *profile,
                       const struct target *target, struct error *err) MUST_USE;

void bundle_free(struct bundle *bundle);

#endif
