/* cert_cache.c -- DER -> a certificate, which is parsed when it comes for the first time */
#include "x509/cert_cache.h"

#include <openssl/evp.h>

#include "x509/cert.h"

/* Keeps a reference; if there is no room, the certificate is parsed again the next time. */
static void keep(struct cert_cache *cache, const uint8_t key[SHA256_LENGTH], X509 *cert)
{
    struct error ignored = {.code = ERROR_NONE};

    if (cache->certs.count < CERT_CACHE_COUNT_MAX)
        (void)!cert_set_add(&cache->certs, key, cert, &ignored);
}

X509 *cert_cache_get(struct cert_cache *cache, const uint8_t *der, size_t der_len)
{
    uint8_t key[SHA256_LENGTH];
    X509 *cert;
    size_t at;

    if (EVP_Digest(der, der_len, key, NULL, EVP_sha256(), NULL) != 1)
        return NULL;
    if (digest_map_find(&cache->certs.places, key, &at)) {
        X509_up_ref(cache->certs.cert[at]);
        return cache->certs.cert[at];
    }
    cert = cert_from_der(der, der_len);
    if (cert != NULL)
        keep(cache, key, cert);
    return cert;
}

void cert_cache_free(struct cert_cache *cache)
{
    cert_set_free(&cache->certs);
}
