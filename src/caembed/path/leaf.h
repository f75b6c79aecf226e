/* leaf.h -- what can be said of the leaf by itself */
#ifndef CAEMBED_PATH_LEAF_H
#define CAEMBED_PATH_LEAF_H

#include <openssl/x509.h>

#include "net/endpoint.h"
#include "path/rules.h"

/* Checks the chain's first certificate by itself: in date, for this name, for TLS servers, not
 * weak. These give the clearest errors: ERROR_EXPIRED, _NOT_YET_VALID, _NAME_MISMATCH, _UNTRUSTED,
 * _WEAK. */
int leaf_check(const STACK_OF(X509) * chain, const struct endpoint *endpoint,
               const struct path_rules *rules, struct error *err) MUST_USE;

/* Whether the leaf is for the name, by its subject alternative names alone (RFC 9525). */
bool leaf_matches_name(X509 *leaf, const struct endpoint *endpoint, const struct path_rules *rules);

/* Whether one of its DNS names is this address as text. */
bool leaf_has_address_as_dns(const X509 *leaf, const char *address);

#endif
