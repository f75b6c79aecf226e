/* tls_cause.c -- Mbed TLS's errors and verification flags -> an NSAPI_ERROR_ value and a cause */
#include "tls_internal.h"

/* The first row that shares a flag decides: no trust at all comes before what is wrong in detail.
 */
static const struct {
    uint32_t flags;
    enum tls_cause cause;
} flag_causes[] = {
    {MBEDTLS_X509_BADCERT_NOT_TRUSTED, TLS_CAUSE_UNTRUSTED},
    {MBEDTLS_X509_BADCERT_BAD_MD | MBEDTLS_X509_BADCERT_BAD_PK | MBEDTLS_X509_BADCERT_BAD_KEY,
     TLS_CAUSE_WEAK},
    {MBEDTLS_X509_BADCERT_CN_MISMATCH, TLS_CAUSE_NAME_MISMATCH},
    {MBEDTLS_X509_BADCERT_EXPIRED, TLS_CAUSE_EXPIRED},
    {MBEDTLS_X509_BADCERT_FUTURE, TLS_CAUSE_NOT_YET_VALID},
};

/* Mbed TLS's own errors, without the low-level part that some carry, as positive numbers. Where
 * error is 0 it depends on whether a connection stood: AUTH_FAILURE before, DEVICE_ERROR after. */
static const struct {
    uint16_t first;
    uint16_t last;
    int16_t error;
    uint8_t cause;
} error_causes[] = {
    {-MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED, -MBEDTLS_ERR_SSL_CA_CHAIN_REQUIRED, 0, TLS_CAUSE_NO_CA},
    {-MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, -MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, 0,
     TLS_CAUSE_ALERT},
    {-MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, -MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY, 0, TLS_CAUSE_ALERT},
    {-MBEDTLS_ERR_SSL_CONN_EOF, -MBEDTLS_ERR_SSL_CONN_EOF, NSAPI_ERROR_CONNECTION_LOST,
     TLS_CAUSE_TRUNCATED},
    {0x2080, 0x2980, 0, TLS_CAUSE_BAD_CERT}, /* X.509, from parsing the presented chain */
    {0x7A00, 0x7A00, 0, TLS_CAUSE_BAD_CERT}, /* BAD_HS_CERTIFICATE, or BAD_CERTIFICATE since 3.0 */
};

/* NSAPI_ERROR_BUSY, a name that Mbed OS 5.11 does not have yet */
#define LAST_NSAPI_ERROR (-3020)

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

bool tlssocket_is_out_of_memory(int mbedtls_error)
{
    static const uint16_t high_codes[] = {
        -MBEDTLS_ERR_SSL_ALLOC_FAILED,
        -MBEDTLS_ERR_X509_ALLOC_FAILED,
        -MBEDTLS_ERR_PK_ALLOC_FAILED,
        0x1180, /* PEM */
        0x3400, /* DHM */
        0x4D80, /* ECP */
        0x5180, /* MD */
        0x6180, /* CIPHER */
    };
    const int high = -mbedtls_error & 0x7F80;
    const int low = -mbedtls_error & 0x7F;

    if (high == 0x80) /* PSA Crypto's own, which Mbed TLS 4 passes on */
        return mbedtls_error == -141;
    if (low == -MBEDTLS_ERR_ASN1_ALLOC_FAILED || low == 0x10 /* MPI */)
        return true;
    for (size_t i = 0; i < ROWS(high_codes); i++)
        if (high == high_codes[i])
            return true;
    return false;
}

static enum tls_cause cause_of_flags(uint32_t flags)
{
    for (size_t i = 0; i < ROWS(flag_causes); i++)
        if ((flags & flag_causes[i].flags) != 0)
            return flag_causes[i].cause;
    return TLS_CAUSE_BAD_CERT;
}

static nsapi_error_t explain(struct tls_socket_wrapper *w, int mbedtls_error)
{
    const int code = -mbedtls_error & 0x7F80;

    if (mbedtls_error == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        w->verify_flags = mbedtls_ssl_get_verify_result(&w->ssl);
        w->cause = cause_of_flags(w->verify_flags);
        return NSAPI_ERROR_AUTH_FAILURE;
    }
    if (tlssocket_is_out_of_memory(mbedtls_error)) {
        w->cause = TLS_CAUSE_NO_MEMORY;
        return NSAPI_ERROR_NO_MEMORY;
    }
    w->cause = w->state == TLS_IDLE ? TLS_CAUSE_SETUP : TLS_CAUSE_PROTOCOL;
    for (size_t i = 0; i < ROWS(error_causes); i++) {
        if (code < error_causes[i].first || code > error_causes[i].last)
            continue;
        w->cause = (enum tls_cause)error_causes[i].cause;
        if (error_causes[i].error != 0)
            return error_causes[i].error;
    }
    return w->state == TLS_CONNECTED ? NSAPI_ERROR_DEVICE_ERROR : NSAPI_ERROR_AUTH_FAILURE;
}

nsapi_error_t tlssocket_explain(struct tls_socket_wrapper *w, int error)
{
    if (error <= NSAPI_ERROR_WOULD_BLOCK && error >= LAST_NSAPI_ERROR) {
        w->cause = error == NSAPI_ERROR_CONNECTION_LOST ? TLS_CAUSE_TRUNCATED : TLS_CAUSE_TRANSPORT;
        return error;
    }
    w->mbedtls_error = error;
    return explain(w, error);
}

enum tls_cause tls_socket_wrapper_get_cause(const struct tls_socket_wrapper *w)
{
    return w->cause;
}

int tls_socket_wrapper_get_mbedtls_error(const struct tls_socket_wrapper *w)
{
    return w->mbedtls_error;
}

uint32_t tls_socket_wrapper_get_verify_result(const struct tls_socket_wrapper *w, char *text,
                                              size_t size)
{
    if (text != NULL && size > 0) {
        text[0] = '\0';
        (void)mbedtls_x509_crt_verify_info(text, size, "", w->verify_flags);
    }
    return w->verify_flags;
}
