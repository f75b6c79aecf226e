/* tls_internal.h -- what the library's files share and programs do not see */
#ifndef TLS_INTERNAL_H
#define TLS_INTERNAL_H

#include "tlssocket/tls_socket_wrapper.h"

#if !defined(MBEDTLS_SSL_CLI_C) || !defined(MBEDTLS_X509_CRT_PARSE_C)
#error "tlssocket needs MBEDTLS_SSL_CLI_C and MBEDTLS_X509_CRT_PARSE_C"
#endif
#if MBEDTLS_VERSION_NUMBER < 0x04000000 &&                                                         \
    (!defined(MBEDTLS_CTR_DRBG_C) || !defined(MBEDTLS_ENTROPY_C))
#error "tlssocket needs MBEDTLS_CTR_DRBG_C and MBEDTLS_ENTROPY_C before Mbed TLS 4"
#endif

#if !defined(MBEDTLS_PRIVATE) /* before Mbed TLS 3 */
#define MBEDTLS_PRIVATE(member) member
#endif

/* A connection's life; no call leaves it anywhere else. */
enum tls_state {
    TLS_IDLE,        /* never connected, closed, or failed */
    TLS_HANDSHAKING, /* waiting for the peer, without blocking */
    TLS_CONNECTED,
    TLS_ENDED /* by the peer's close_notify */
};

/* Sets up w->config once. Returns 0 or Mbed TLS's error. */
int tlssocket_configure(struct tls_socket_wrapper *w);

/* ---- tls_versions.c: what Mbed TLS 2, 3 and 4 call differently; 0 or Mbed TLS's error ---- */

/* Starts PSA Crypto where Mbed TLS builds on it. May be called any number of times. */
int tlssocket_start_crypto(void);

/* The socket's random number generator; seeding happens once. */
void tlssocket_init_rng(struct tls_socket_wrapper *w);
void tlssocket_free_rng(struct tls_socket_wrapper *w);
int tlssocket_seed(struct tls_socket_wrapper *w);
void tlssocket_configure_rng(struct tls_socket_wrapper *w);

/* Reads the client's private key, and tells whether it belongs to the client's certificate. Seed
 * first. */
int tlssocket_parse_key(struct tls_socket_wrapper *w, const void *key, size_t size);
int tlssocket_check_key(struct tls_socket_wrapper *w);

/* What the default configuration offers that it should not: TLS before 1.2; an order of signature
 * algorithms that fails. And what it leaves out: the tickets of TLS 1.3. */
void tlssocket_configure_offer(mbedtls_ssl_config *config);

/* ---- tls_session.c ---- */

#define TLSSOCKET_DIGEST_AT 6
#define TLSSOCKET_DIGEST_SIZE 32

/* The digest of a saved session that may be used with the server name, w's trusted CAs and its own
 * certificates. Returns 0 or Mbed TLS's error. */
int tlssocket_session_digest(const struct tls_socket_wrapper *w, const char *name,
                             const unsigned char *session, size_t size,
                             unsigned char digest[TLSSOCKET_DIGEST_SIZE]);

/* ---- tls_cause.c ---- */

/* Mbed TLS's error code and, after it, w's verification flags -> what to return; also sets cause
 * and mbedtls_error. The transport's own errors pass through. */
nsapi_error_t tlssocket_explain(struct tls_socket_wrapper *w, int mbedtls_error);

/* Is code one of Mbed TLS's many ways to say that an allocation failed? */
bool tlssocket_is_out_of_memory(int mbedtls_error);

#endif
