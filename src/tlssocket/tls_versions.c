/* tls_versions.c -- the calls that Mbed TLS 2, 3 and 4 have in different forms -> one form
 *
 * Since 4.0 random numbers and keys are PSA Crypto's business; before, a socket has a generator of
 * its own. PSA Crypto must be up before a certificate is parsed where X.509 or TLS 1.3 uses it.
 */
#include "tls_internal.h"

#include "tls_trace.h"

#if MBEDTLS_VERSION_NUMBER >= 0x04000000 || defined(MBEDTLS_USE_PSA_CRYPTO) ||                     \
    defined(MBEDTLS_SSL_PROTO_TLS1_3)
#include <psa/crypto.h>

int tlssocket_start_crypto(void)
{
    const int ret = (int)psa_crypto_init();

    if (ret != 0)
        tlssocket_trace_error("psa_crypto_init", ret);
    return ret;
}
#else
int tlssocket_start_crypto(void)
{
    return 0;
}
#endif

#if MBEDTLS_VERSION_NUMBER >= 0x04000000

void tlssocket_init_rng(struct tls_socket_wrapper *w)
{
    (void)w;
}

void tlssocket_free_rng(struct tls_socket_wrapper *w)
{
    (void)w;
}

int tlssocket_seed(struct tls_socket_wrapper *w)
{
    (void)w;
    return tlssocket_start_crypto();
}

void tlssocket_configure_rng(struct tls_socket_wrapper *w)
{
    (void)w;
}

int tlssocket_parse_key(struct tls_socket_wrapper *w, const void *key, size_t size)
{
    return mbedtls_pk_parse_key(&w->client_key, key, size, NULL, 0);
}

int tlssocket_check_key(struct tls_socket_wrapper *w)
{
    return mbedtls_pk_check_pair(&w->client_cert.pk, &w->client_key);
}

#else

void tlssocket_init_rng(struct tls_socket_wrapper *w)
{
    mbedtls_entropy_init(&w->entropy);
    mbedtls_ctr_drbg_init(&w->rng);
}

void tlssocket_free_rng(struct tls_socket_wrapper *w)
{
    mbedtls_ctr_drbg_free(&w->rng);
    mbedtls_entropy_free(&w->entropy);
    w->seeded = false;
}

int tlssocket_seed(struct tls_socket_wrapper *w)
{
    static const unsigned char personalization[] = "tlssocket";
    int ret = w->seeded ? 0 : tlssocket_start_crypto();

    if (w->seeded || ret != 0)
        return ret;
    ret = mbedtls_ctr_drbg_seed(&w->rng, mbedtls_entropy_func, &w->entropy, personalization,
                                sizeof personalization);
    if (ret != 0) {
        tlssocket_trace_error("mbedtls_ctr_drbg_seed", ret);
        tlssocket_free_rng(w); /* 3.6 crashes on an entropy context that once ran out of memory */
        tlssocket_init_rng(w);
        return ret;
    }
    w->seeded = true;
    return 0;
}

void tlssocket_configure_rng(struct tls_socket_wrapper *w)
{
    tr_info("mbedtls_ssl_conf_rng()");
    mbedtls_ssl_conf_rng(&w->config, mbedtls_ctr_drbg_random, &w->rng);
}

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
int tlssocket_parse_key(struct tls_socket_wrapper *w, const void *key, size_t size)
{
    return mbedtls_pk_parse_key(&w->client_key, key, size, NULL, 0, mbedtls_ctr_drbg_random,
                                &w->rng);
}

int tlssocket_check_key(struct tls_socket_wrapper *w)
{
    return mbedtls_pk_check_pair(&w->client_cert.pk, &w->client_key, mbedtls_ctr_drbg_random,
                                 &w->rng);
}
#else
int tlssocket_parse_key(struct tls_socket_wrapper *w, const void *key, size_t size)
{
    return mbedtls_pk_parse_key(&w->client_key, key, size, NULL, 0);
}

int tlssocket_check_key(struct tls_socket_wrapper *w)
{
    return mbedtls_pk_check_pair(&w->client_cert.pk, &w->client_key);
}
#endif

#endif

/* Versions before 3.0 would still take TLS 1.0 and 1.1 (RFC 8996); later ones do not have them. */
#if MBEDTLS_VERSION_NUMBER < 0x03000000
void tlssocket_configure_offer(mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}
#elif defined(MBEDTLS_SSL_PROTO_TLS1_3)
/* The default offer has RSA-PSS before PKCS #1, for TLS 1.3. A server that speaks TLS 1.2 at most
 * and goes by the client's order then signs with RSA-PSS (RFC 8446, 4.2.3), which Mbed TLS 3 and 4
 * refuse in TLS 1.2 (-0x6600). In TLS 1.3 the order does not matter: PKCS #1 is for certificates
 * only there. What the build does not have, Mbed TLS leaves out. */
void tlssocket_configure_offer(mbedtls_ssl_config *config)
{
    static const uint16_t signatures[] = {
        MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256, MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
        MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512, MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
        MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,       MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
        MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
        MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,    MBEDTLS_TLS1_3_SIG_NONE,
    };

    mbedtls_ssl_conf_sig_algs(config, signatures);
#if defined(MBEDTLS_SSL_SESSION_TICKETS) && MBEDTLS_VERSION_NUMBER >= 0x03060100
    mbedtls_ssl_conf_tls13_enable_signal_new_session_tickets(
        config, MBEDTLS_SSL_TLS1_3_SIGNAL_NEW_SESSION_TICKETS_ENABLED);
#endif
}
#else
void tlssocket_configure_offer(mbedtls_ssl_config *config)
{
    (void)config;
}
#endif
