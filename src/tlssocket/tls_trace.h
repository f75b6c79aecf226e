/* tls_trace.h -- the library's trace lines; with tracing off, nothing */
#ifndef TLS_TRACE_H
#define TLS_TRACE_H

#define TRACE_GROUP "TLSW"
#include "tlssocket/mbed_trace.h"
#include "tlssocket/tls_socket_wrapper.h"

#if !defined(MBED_CONF_TLS_SOCKET_DEBUG_LEVEL)
#define MBED_CONF_TLS_SOCKET_DEBUG_LEVEL 0
#endif

#if defined(MBED_CONF_MBED_TRACE_ENABLE) && MBED_CONF_MBED_TRACE_ENABLE

/* "FUNCTION() failed: -0x262e (-9774): what Mbed TLS calls it", at [ERR ] */
void tlssocket_trace_error(const char *function, int mbedtls_error);

/* What the server's certificate says and that it passed, at [DBG ] and [INFO], or that a session is
 * resumed; after a failed verification what was wrong, at [ERR ]. */
void tlssocket_trace_verified(const struct tls_socket_wrapper *w);
void tlssocket_trace_not_verified(const struct tls_socket_wrapper *w);

/* Passes on Mbed TLS's own debug messages up to tls-socket.debug-level. */
void tlssocket_trace_mbedtls(mbedtls_ssl_config *config);

#else

static inline void tlssocket_trace_error(const char *function, int mbedtls_error)
{
    (void)function;
    (void)mbedtls_error;
}

static inline void tlssocket_trace_verified(const struct tls_socket_wrapper *w)
{
    (void)w;
}

static inline void tlssocket_trace_not_verified(const struct tls_socket_wrapper *w)
{
    (void)w;
}

static inline void tlssocket_trace_mbedtls(mbedtls_ssl_config *config)
{
    (void)config;
}

#endif
#endif
