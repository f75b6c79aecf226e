/* cert_cache.c -- DER -> a certificate, which is parsed when it comes for the first time */
#include "x509/cert_cache.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "base/array.h"
#include "x509/cert.h"

/* Keeps a reference; if there is no room, the certificate is parsed again the next time. */
static void keep(struct cert_cache *cache, const uint8_t key[SHA256_LENGTH], X509 *cert)
{
    struct error ignored = {.code = ERROR_NONE};
    X509 **larger;

    if (cache->count == CERT_CACHE_COUNT_MAX)
        return;
    larger = array_grow(cache->cert, cache->count, sizeof(X509 *));
    if (larger == NULL)
        return;
    cache->cert = larger;
    if (digest_map_add(&cache->places, key, cache->count, &ignored) != 0)
        return;
    X509_up_ref(cert);
    larger[cache->count++] = cert;
}

X509 *cert_cache_get(struct cert_cache *cache, const uint8_t *der, size_t der_len)
{
    uint8_t key[SHA256_LENGTH];
    X509 *cert;
    size_t at;

    if (EVP_Digest(der, der_len, key, NULL, EVP_sha256(), NULL) != 1)
        return NULL;
    if (digest_map_find(&cache->places, key, &at)) {
        X509_up_ref(cache->cert[at]);
        return cache->cert[at];
    }
    cert = cert_from_der(der, der_len);
    if (cert != NULL)
        keep(cache, key, cert);
    return cert;
}

void cert_cache_free(struct cert_cache *cache)
{
    for (size_t i = 0; i < cache->count; i++)
        X509_free(cache->cert[i]);
    free(cache->cert);
    digest_map_free(&cache->places);
    *cache = (struct cert_cache){.count = 0};
}
