/* tls_offer.c -- what a socket offers besides its name and version, and what was agreed upon */
#include "tls_internal.h"

static bool is_connected(const struct tls_socket_wrapper *w)
{
    return w->state == TLS_CONNECTED || w->state == TLS_ENDED;
}

nsapi_error_t tls_socket_wrapper_set_alpn(struct tls_socket_wrapper *w, const char *const *names)
{
#if defined(MBEDTLS_SSL_ALPN)
    if (tlssocket_configure(w) != 0)
        return NSAPI_ERROR_NO_MEMORY;
    if (names == NULL) {
        w->config.MBEDTLS_PRIVATE(alpn_list) = NULL;
        return NSAPI_ERROR_OK;
    }
    /* Versions before 4.0 lack a const. */
    return names[0] != NULL &&
                   mbedtls_ssl_conf_alpn_protocols(&w->config, (const char **)names) == 0
               ? NSAPI_ERROR_OK
               : NSAPI_ERROR_PARAMETER;
#else
    (void)w;
    (void)names;
    return NSAPI_ERROR_UNSUPPORTED;
#endif
}

const char *tls_socket_wrapper_get_alpn(const struct tls_socket_wrapper *w)
{
#if defined(MBEDTLS_SSL_ALPN)
    return is_connected(w) ? mbedtls_ssl_get_alpn_protocol(&w->ssl) : NULL;
#else
    (void)w;
    return NULL;
#endif
}

nsapi_error_t tls_socket_wrapper_set_max_fragment(struct tls_socket_wrapper *w, size_t size)
{
#if defined(MBEDTLS_SSL_MAX_FRAGMENT_LENGTH)
    static const uint16_t sizes[] = {0, 512, 1024, 2048, 4096}; /* RFC 6066, 4: code 1 is 512 */

    if (tlssocket_configure(w) != 0)
        return NSAPI_ERROR_NO_MEMORY;
    for (size_t code = 0; code < sizeof sizes / sizeof sizes[0]; code++)
        if (sizes[code] == size &&
            mbedtls_ssl_conf_max_frag_len(&w->config, (unsigned char)code) == 0)
            return NSAPI_ERROR_OK;
    return NSAPI_ERROR_PARAMETER;
#else
    (void)w;
    (void)size;
    return NSAPI_ERROR_UNSUPPORTED;
#endif
}

size_t tls_socket_wrapper_get_max_fragment(const struct tls_socket_wrapper *w)
{
    const int size = is_connected(w) ? mbedtls_ssl_get_max_out_record_payload(&w->ssl) : 0;

    return size > 0 ? (size_t)size : 0;
}

const char *tls_socket_wrapper_get_version(const struct tls_socket_wrapper *w)
{
    return is_connected(w) ? mbedtls_ssl_get_version(&w->ssl) : NULL;
}

const char *tls_socket_wrapper_get_ciphersuite(const struct tls_socket_wrapper *w)
{
    return is_connected(w) ? mbedtls_ssl_get_ciphersuite(&w->ssl) : NULL;
}
