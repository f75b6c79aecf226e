/* cert_cache.h -- certificates that come again and again, parsed once */
#ifndef CAEMBED_X509_CERT_CACHE_H
#define CAEMBED_X509_CERT_CACHE_H

#include <openssl/x509.h>

#include "base/compiler.h"
#include "x509/cert_set.h"

/* More certificates than these are parsed each time. */
#define CERT_CACHE_COUNT_MAX 4096

/* Set to {0} before use. */
struct cert_cache {
    struct cert_set certs;
};

/* cert_from_der(), from the cache where it is there. The caller frees it with X509_free(); several
 * threads may use it. NULL also if out of memory. */
X509 *cert_cache_get(struct cert_cache *cache, const uint8_t *der, size_t der_len) MUST_USE;

void cert_cache_free(struct cert_cache *cache);

#endif
