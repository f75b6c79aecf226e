/* tls_internal.h -- what the library's files share and programs do not see */
#ifndef TLS_INTERNAL_H
#define TLS_INTERNAL_H

#include "tlssocket/tls_socket_wrapper.h"

#if !defined(MBEDTLS_SSL_CLI_C) || !defined(MBEDTLS_CTR_DRBG_C) || !defined(MBEDTLS_ENTROPY_C) ||  \
    !defined(MBEDTLS_X509_CRT_PARSE_C)
#error "tlssocket needs MBEDTLS_SSL_CLI_C, _CTR_DRBG_C, _ENTROPY_C and _X509_CRT_PARSE_C"
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

/* Seeds w->rng once. Returns 0 or Mbed TLS's error. */
int tlssocket_seed(struct tls_socket_wrapper *w);

/* Mbed TLS's error code and, after it, w's verification flags -> what to return; also sets cause
 * and mbedtls_error. The transport's own errors pass through. */
nsapi_error_t tlssocket_explain(struct tls_socket_wrapper *w, int mbedtls_error);

/* Is code one of Mbed TLS's many ways to say that an allocation failed? */
bool tlssocket_is_out_of_memory(int mbedtls_error);

#endif
