/* tls_credentials.c -- PEM or DER, or a parsed chain -> whom a socket trusts and who it is */
#include "tls_internal.h"

#include "tls_trace.h"

#include <mbedtls/platform.h>

#include <string.h>

static mbedtls_x509_crt *last_of(mbedtls_x509_crt *chain)
{
    while (chain->next != NULL)
        chain = chain->next;
    return chain;
}

/* Takes back what parsing added after last, or all of the chain if it was empty before. */
static void undo_append(mbedtls_x509_crt *chain, mbedtls_x509_crt *last, bool was_empty)
{
    mbedtls_x509_crt *added = last->next;

    last->next = NULL;
    if (added != NULL) {
        mbedtls_x509_crt_free(added);
        mbedtls_free(added);
    }
    if (was_empty)
        mbedtls_x509_crt_free(chain);
}

/* Adds every certificate in data to chain, or none. A bundle parsed in part is a failure: the
 * positive count that Mbed TLS returns then would leave the caller with a CA less than given. */
static nsapi_error_t append_certs(mbedtls_x509_crt *chain, const void *data, size_t size)
{
    const bool was_empty = chain->version == 0;
    mbedtls_x509_crt *last = last_of(chain);
    int ret;

    if (data == NULL || size == 0)
        return NSAPI_ERROR_PARAMETER;
    if ((ret = tlssocket_start_crypto()) != 0)
        return tlssocket_is_out_of_memory(ret) ? NSAPI_ERROR_NO_MEMORY : NSAPI_ERROR_AUTH_FAILURE;
    ret = mbedtls_x509_crt_parse(chain, data, size);
    if (ret == 0)
        return NSAPI_ERROR_OK;
    if (ret > 0)
        tr_err("mbedtls_x509_crt_parse() failed: %d certificates of the bundle", ret);
    else
        tlssocket_trace_error("mbedtls_x509_crt_parse", ret);
    undo_append(chain, last, was_empty);
    return ret < 0 && tlssocket_is_out_of_memory(ret) ? NSAPI_ERROR_NO_MEMORY
                                                      : NSAPI_ERROR_PARAMETER;
}

static size_t pem_size(const char *pem)
{
    return pem == NULL ? 0 : strlen(pem) + 1;
}

void tls_socket_wrapper_set_ca_chain(struct tls_socket_wrapper *w, mbedtls_x509_crt *chain)
{
    w->ca_chain = chain;
    w->must_not_save = true;
    tr_info("mbedtls_ssl_conf_ca_chain()");
    if (tlssocket_configure(w) == 0)
        mbedtls_ssl_conf_ca_chain(&w->config, chain, NULL);
}

mbedtls_x509_crt *tls_socket_wrapper_get_ca_chain(const struct tls_socket_wrapper *w)
{
    return w->ca_chain;
}

nsapi_error_t tls_socket_wrapper_append_root_ca_cert_bytes(struct tls_socket_wrapper *w,
                                                           const void *data, size_t size)
{
    nsapi_error_t error;

    if (w->ca_chain != NULL && w->ca_chain != &w->own_ca_chain)
        return NSAPI_ERROR_PARAMETER;
    w->must_not_save = true;
    error = append_certs(&w->own_ca_chain, data, size);
    if (error == NSAPI_ERROR_OK && w->ca_chain == NULL)
        tls_socket_wrapper_set_ca_chain(w, &w->own_ca_chain);
    return error;
}

nsapi_error_t tls_socket_wrapper_set_root_ca_cert_bytes(struct tls_socket_wrapper *w,
                                                        const void *data, size_t size)
{
    mbedtls_x509_crt_free(&w->own_ca_chain);
    w->ca_chain = NULL;
    if (w->configured)
        mbedtls_ssl_conf_ca_chain(&w->config, NULL, NULL);
    return tls_socket_wrapper_append_root_ca_cert_bytes(w, data, size);
}

nsapi_error_t tls_socket_wrapper_set_root_ca_cert(struct tls_socket_wrapper *w, const char *pem)
{
    return tls_socket_wrapper_set_root_ca_cert_bytes(w, pem, pem_size(pem));
}

nsapi_error_t tls_socket_wrapper_append_root_ca_cert(struct tls_socket_wrapper *w, const char *pem)
{
    return tls_socket_wrapper_append_root_ca_cert_bytes(w, pem, pem_size(pem));
}

static nsapi_error_t use_client_key(struct tls_socket_wrapper *w, const void *key, size_t size)
{
    int ret = tlssocket_seed(w);

    if (ret != 0)
        return NSAPI_ERROR_AUTH_FAILURE;
    if ((ret = tlssocket_parse_key(w, key, size)) == 0 && (ret = tlssocket_check_key(w)) == 0 &&
        (ret = tlssocket_configure(w)) == 0)
        ret = mbedtls_ssl_conf_own_cert(&w->config, &w->client_cert, &w->client_key);
    if (ret == 0)
        return NSAPI_ERROR_OK;
    tlssocket_trace_error("mbedtls_pk_parse_key", ret);
    return tlssocket_is_out_of_memory(ret) ? NSAPI_ERROR_NO_MEMORY : NSAPI_ERROR_PARAMETER;
}

nsapi_error_t tls_socket_wrapper_set_client_cert_key_bytes(struct tls_socket_wrapper *w,
                                                           const void *cert, size_t cert_size,
                                                           const void *key, size_t key_size)
{
    nsapi_error_t error;

    if (key == NULL || key_size == 0 || w->client_cert.version != 0)
        return NSAPI_ERROR_PARAMETER;
    w->must_not_save = true;
    error = append_certs(&w->client_cert, cert, cert_size);
    if (error == NSAPI_ERROR_OK && (error = use_client_key(w, key, key_size)) != NSAPI_ERROR_OK) {
        mbedtls_pk_free(&w->client_key);
        mbedtls_x509_crt_free(&w->client_cert);
    }
    return error;
}

nsapi_error_t tls_socket_wrapper_set_client_cert_key(struct tls_socket_wrapper *w,
                                                     const char *cert_pem, const char *key_pem)
{
    return tls_socket_wrapper_set_client_cert_key_bytes(w, cert_pem, pem_size(cert_pem), key_pem,
                                                        pem_size(key_pem));
}
