/* tls_fail.c -- the linker sends these calls of Mbed TLS here first */
#include "tls_fail.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ssl.h>

int fail_ctr_drbg_seed;
int fail_ssl_setup;

int __real_mbedtls_ctr_drbg_seed(mbedtls_ctr_drbg_context *rng,
                                 int (*entropy)(void *, unsigned char *, size_t), void *context,
                                 const unsigned char *custom, size_t size);
int __wrap_mbedtls_ctr_drbg_seed(mbedtls_ctr_drbg_context *rng,
                                 int (*entropy)(void *, unsigned char *, size_t), void *context,
                                 const unsigned char *custom, size_t size);
int __real_mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);
int __wrap_mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config);

int __wrap_mbedtls_ctr_drbg_seed(mbedtls_ctr_drbg_context *rng,
                                 int (*entropy)(void *, unsigned char *, size_t), void *context,
                                 const unsigned char *custom, size_t size)
{
    return fail_ctr_drbg_seed != 0
               ? fail_ctr_drbg_seed
               : __real_mbedtls_ctr_drbg_seed(rng, entropy, context, custom, size);
}

int __wrap_mbedtls_ssl_setup(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config)
{
    return fail_ssl_setup != 0 ? fail_ssl_setup : __real_mbedtls_ssl_setup(ssl, config);
}
