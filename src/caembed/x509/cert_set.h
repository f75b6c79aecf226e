/* cert_set.h -- certificates, each once, found by their SHA-256 */
#ifndef CAEMBED_X509_CERT_SET_H
#define CAEMBED_X509_CERT_SET_H

#include <openssl/x509.h>

#include "x509/digest_map.h"

/* Set to {0} before use. */
struct cert_set {
    X509 **cert; /* references, in the order in which they came */
    size_t count;
    struct digest_map places; /* SHA-256 of the DER -> its index */
};

/* Adds a certificate, of which it takes a reference, under a key that is not there yet.
 * ERROR_INTERNAL if out of memory. */
int cert_set_add(struct cert_set *set, const uint8_t sha256[SHA256_LENGTH], X509 *cert,
                 struct error *err) MUST_USE;

/* Likewise, unless it is there; *out is its index. */
int cert_set_find_or_add(struct cert_set *set, X509 *cert, size_t *out, struct error *err) MUST_USE;

void cert_set_free(struct cert_set *set);

#endif
