/* leaf.h -- what can be said of the leaf by itself */
#ifndef CAEMBED_PATH_LEAF_H
#define CAEMBED_PATH_LEAF_H

#include <openssl/x509.h>
#include <stdint.h>

#include "net/endpoint.h"

/* Checks the leaf by itself: in date, for this name, for TLS servers. These give the clearest
 * errors: ERROR_EXPIRED, _NOT_YET_VALID, _NAME_MISMATCH, _UNTRUSTED. */
int leaf_check(X509 *leaf, const struct endpoint *endpoint, int64_t at, struct error *err) MUST_USE;

#endif
