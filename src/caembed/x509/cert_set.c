/* cert_set.c -- certificates -> each once, by index */
#include "x509/cert_set.h"

#include <stdlib.h>

#include "base/array.h"
#include "x509/cert.h"

int cert_set_add(struct cert_set *set, const uint8_t sha256[SHA256_LENGTH], X509 *cert,
                 struct error *err)
{
    X509 **larger = array_grow(set->cert, set->count, sizeof(X509 *));

    if (larger == NULL)
        return error_no_memory(err);
    set->cert = larger;
    if (digest_map_add(&set->places, sha256, set->count, err) != 0)
        return -1;
    X509_up_ref(cert);
    larger[set->count++] = cert;
    return 0;
}

int cert_set_find_or_add(struct cert_set *set, X509 *cert, size_t *out, struct error *err)
{
    uint8_t sha256[SHA256_LENGTH];

    if (cert_sha256(cert, sha256) != 0)
        return error_no_memory(err);
    if (digest_map_find(&set->places, sha256, out))
        return 0;
    *out = set->count;
    return cert_set_add(set, sha256, cert, err);
}

void cert_set_free(struct cert_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        X509_free(set->cert[i]);
    free(set->cert);
    digest_map_free(&set->places);
    *set = (struct cert_set){.count = 0};
}
