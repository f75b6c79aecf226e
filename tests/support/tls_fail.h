/* tls_fail.h -- calls of Mbed TLS that fail at will, for programs linked with --wrap of each */
#ifndef TLS_FAIL_H
#define TLS_FAIL_H

#include <mbedtls/ssl.h>

/* What the next calls return instead of doing anything; 0: they do what they do. fail_rng is that
 * the random number generator starts: mbedtls_ctr_drbg_seed, psa_crypto_init since Mbed TLS 4. */
extern int fail_rng;
extern int fail_ssl_setup;

/* How often mbedtls_ssl_read for this connection returns WANT_READ without having read, as it does
 * after a message that is not data. */
extern const mbedtls_ssl_context *wants_read;
extern unsigned wants_read_count;

#endif
