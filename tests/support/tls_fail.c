/* tls_fail.c -- the linker sends these calls of Mbed TLS here first */
#include "tls_fail.h"

#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_PSA_CRYPTO_C)
#include <psa/crypto.h>
#endif

#include <stdbool.h>

int fail_rng;
int fail_ssl_setup;
const mbedtls_ssl_context *wants_read;
unsigned wants_read_count;

#if MBEDTLS_VERSION_NUMBER >= 0x03000000 && defined(MBEDTLS_PSA_CRYPTO_C)
psa_status_t __real_psa_crypto_init(void);
psa_status_t __wrap_psa_crypto_init(void);

psa_status_t __wrap_psa_crypto_init(void)
{
    const bool fails = MBEDTLS_VERSION_NUMBER >= 0x04000000 && fail_rng != 0;

    return fails ? (psa_status_t)fail_rng : __real_psa_crypto_init();
}
#endif

int __real_mbedtls_ctr_drbg_seed(void *rng, int (*entropy)(void *, unsigned char *, size_t),
                                 void *context, const unsigned char *custom, size_t size);
int __wrap_mbedtls_ctr_drbg_seed(void *rng, int (*entropy)(void *, unsigned char *, size_t),
                                 void *context, const unsigned char *custom, size_t size);

int __wrap_mbedtls_ctr_drbg_seed(void *rng, int (*entropy)(void *, unsigned char *, size_t),
                                 void *context, const unsigned char *custom, size_t size)
{
    return fail_rng != 0 ? fail_rng
                         : __real_mbedtls_ctr_drbg_seed(rng, entropy, context, custom, size);
}

int __real_mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);
int __wrap_mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);

int __wrap_mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config)
{
    return fail_ssl_setup != 0 ? fail_ssl_setup : __real_mbedtls_ssl_setup(ssl, config);
}

int __real_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *data, size_t size);
int __wrap_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *data, size_t size);

int __wrap_mbedtls_ssl_read(mbedtls_ssl_context *ssl, unsigned char *data, size_t size)
{
    if (ssl != wants_read || wants_read_count == 0)
        return __real_mbedtls_ssl_read(ssl, data, size);
    wants_read_count--;
    return MBEDTLS_ERR_SSL_WANT_READ;
}
