/* lifecycle.h -- who operates a root, and how long root programs trust it for TLS servers
 *
 * Mozilla and Chrome end their trust in a root by the age of its key, years before it expires
 * (data/mozilla/lifecycle.tsv). A device goes on accepting such a root; but servers move to another
 * one, since browsers no longer take it. */
#ifndef CAEMBED_X509_LIFECYCLE_H
#define CAEMBED_X509_LIFECYCLE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compiler.h"

/* When root programs end their trust in this root, or any certificate of the same CA (subject and
 * key): seconds since the epoch; TIMESTAMP_NONE if the bundled store does not hold it. */
int64_t lifecycle_retires(const X509 *root);

/* Its operator, such as "Amazon Trust Services"; "" if it is not known. Static storage. */
const char *lifecycle_owner(const X509 *root);

/* The earlier of the end of its validity and its retirement. */
int64_t lifecycle_serves_until(const X509 *root);

/* The roots of the bundled store that the operator of a service tells devices to embed, by index:
 * returns false after the last, or if there is no such profile. *out is the index for
 * store_root_at() of the bundled store, *source says who says so, and when it was read. */
bool lifecycle_profile_at(const char *name, size_t index, size_t *out, const char **source);

/* The names of the profiles by index; NULL after the last. */
const char *lifecycle_profile_name(size_t index);

#endif
