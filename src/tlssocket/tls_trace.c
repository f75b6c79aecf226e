/* tls_trace.c -- Mbed TLS's errors, certificates and debug messages -> trace lines */
#include "tls_trace.h"

#if defined(MBED_CONF_MBED_TRACE_ENABLE) && MBED_CONF_MBED_TRACE_ENABLE

#include <mbedtls/debug.h>
#include <mbedtls/error.h>
#include <mbedtls/x509_crt.h>

#include <string.h>

/* Certificates hold any bytes: none may steer a terminal or pass for another trace line. */
static void make_printable(char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' ? *text != '\n' : *text == 0x7F)
            *text = '?';
}

void tlssocket_trace_error(const char *function, int mbedtls_error)
{
    char text[96];

    mbedtls_strerror(mbedtls_error, text, sizeof text);
    tr_err("%s() failed: -0x%04x (%d): %s", function, (unsigned)-mbedtls_error, mbedtls_error,
           text);
}

void tlssocket_trace_verified(const struct tls_socket_wrapper *w)
{
    const mbedtls_x509_crt *cert = mbedtls_ssl_get_peer_cert(&w->ssl);
    char text[768] = "";

    if (tls_socket_wrapper_is_resumed(w)) {
        tr_info("TLS session resumed: its certificate was verified before");
        return;
    }
    if (cert != NULL) {
        (void)mbedtls_x509_crt_info(text, sizeof text, "    ", cert);
        make_printable(text);
        tr_debug("Server certificate:\n%s%s", text, strlen(text) + 1 == sizeof text ? "..." : "");
    }
    tr_info("Certificate verification passed");
}

void tlssocket_trace_not_verified(const struct tls_socket_wrapper *w)
{
    char text[256] = "";

    (void)mbedtls_x509_crt_verify_info(text, sizeof text, "    ", w->verify_flags);
    tr_err("Certificate verification failed:\n%s", text);
}

#if MBED_CONF_TLS_SOCKET_DEBUG_LEVEL > 0 && defined(MBEDTLS_DEBUG_C)
static void debug_line(void *context, int level, const char *file, int line, const char *text)
{
    const char *name = strrchr(file, '/');

    (void)context;
    tr_debug("%s:%d: |%d| %.*s", name == NULL ? file : name + 1, line, level,
             (int)strcspn(text, "\n"), text);
}

void tlssocket_trace_mbedtls(mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_dbg(config, debug_line, NULL);
    mbedtls_debug_set_threshold(MBED_CONF_TLS_SOCKET_DEBUG_LEVEL);
}
#else
void tlssocket_trace_mbedtls(mbedtls_ssl_config *config)
{
    (void)config;
}
#endif

#else
typedef int tlssocket_trace_is_off; /* C99 wants a declaration in every file */
#endif
