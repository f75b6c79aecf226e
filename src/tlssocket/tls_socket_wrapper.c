/* tls_socket_wrapper.c -- a transport and who is trusted -> a TLS connection and its bytes */
#include "tls_internal.h"

#include "tls_trace.h"

#include <limits.h>
#include <string.h>

/* ---- setting up and tearing down ---- */

void tls_socket_wrapper_init(struct tls_socket_wrapper *w,
                             const struct network_transport *transport,
                             enum tls_socket_transport_mode mode)
{
    memset(w, 0, sizeof *w);
    w->transport = transport;
    w->mode = mode;
    w->timeout_ms = -1;
    mbedtls_x509_crt_init(&w->own_ca_chain);
    mbedtls_x509_crt_init(&w->client_cert);
    mbedtls_pk_init(&w->client_key);
    tlssocket_init_rng(w);
    mbedtls_ssl_config_init(&w->config);
    mbedtls_ssl_init(&w->ssl);
}

void tls_socket_wrapper_free(struct tls_socket_wrapper *w)
{
    if (w == NULL)
        return;
    (void)tls_socket_wrapper_close(w);
    mbedtls_ssl_config_free(&w->config);
    tlssocket_free_rng(w);
    mbedtls_pk_free(&w->client_key);
    mbedtls_x509_crt_free(&w->client_cert);
    mbedtls_x509_crt_free(&w->own_ca_chain);
    w->transport = NULL;
    w->ca_chain = NULL;
    w->sigio = NULL;
    w->configured = false;
}

int tlssocket_configure(struct tls_socket_wrapper *w)
{
    int ret;

    if (w->configured)
        return 0;
    tr_info("mbedtls_ssl_config_defaults()");
    ret = mbedtls_ssl_config_defaults(&w->config, MBEDTLS_SSL_IS_CLIENT,
                                      MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
    if (ret != 0) {
        tlssocket_trace_error("mbedtls_ssl_config_defaults", ret);
        return ret;
    }
    tlssocket_configure_offer(&w->config);
    tr_info("mbedtls_ssl_conf_authmode()");
    mbedtls_ssl_conf_authmode(&w->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    tlssocket_configure_rng(w);
    mbedtls_ssl_conf_ca_chain(&w->config, w->ca_chain, NULL);
    tlssocket_trace_mbedtls(&w->config);
    w->configured = true;
    return 0;
}

mbedtls_ssl_config *tls_socket_wrapper_get_ssl_config(struct tls_socket_wrapper *w)
{
    return tlssocket_configure(w) == 0 ? &w->config : NULL;
}

static nsapi_error_t copy_hostname(struct tls_socket_wrapper *w, const char *hostname)
{
    const size_t length = hostname == NULL ? 0 : strlen(hostname);

    if (length >= sizeof w->hostname)
        return NSAPI_ERROR_PARAMETER;
    memcpy(w->hostname, length == 0 ? "" : hostname, length + 1);
    return NSAPI_ERROR_OK;
}

nsapi_error_t tls_socket_wrapper_set_hostname(struct tls_socket_wrapper *w, const char *hostname)
{
    const nsapi_error_t error = copy_hostname(w, hostname);

    if (error == NSAPI_ERROR_OK)
        w->hostname_is_set = w->hostname[0] != '\0';
    return error;
}

nsapi_error_t tls_socket_wrapper_set_timeout(struct tls_socket_wrapper *w, int timeout_ms)
{
    if (timeout_ms < -1)
        return NSAPI_ERROR_PARAMETER;
    if (timeout_ms > 0 && w->transport != NULL && w->transport->ops->now_ms == NULL)
        return NSAPI_ERROR_UNSUPPORTED;
    w->timeout_ms = timeout_ms;
    return NSAPI_ERROR_OK;
}

void tls_socket_wrapper_set_blocking(struct tls_socket_wrapper *w, bool blocking)
{
    w->timeout_ms = blocking ? -1 : 0;
}

void tls_socket_wrapper_sigio(struct tls_socket_wrapper *w, void (*callback)(void *argument),
                              void *argument)
{
    w->sigio = callback;
    w->sigio_argument = argument;
    (void)network_transport_sigio(w->transport, callback, argument);
}

static bool connects_transport(const struct tls_socket_wrapper *w)
{
    return w->mode == TRANSPORT_CONNECT_AND_CLOSE || w->mode == TRANSPORT_CONNECT;
}

static bool closes_transport(const struct tls_socket_wrapper *w)
{
    return w->mode == TRANSPORT_CONNECT_AND_CLOSE || w->mode == TRANSPORT_CLOSE;
}

/* Ends the connection at this side; the next connect starts afresh. */
static nsapi_error_t tear_down(struct tls_socket_wrapper *w)
{
    mbedtls_ssl_free(&w->ssl);
    mbedtls_ssl_init(&w->ssl);
    w->state = TLS_IDLE;
    w->pending_size = 0;
    return closes_transport(w) ? network_transport_close(w->transport) : NSAPI_ERROR_OK;
}

static nsapi_error_t fail(struct tls_socket_wrapper *w, nsapi_error_t error, enum tls_cause cause)
{
    w->cause = cause;
    (void)tear_down(w);
    return error;
}

static nsapi_error_t fail_mbedtls(struct tls_socket_wrapper *w, const char *function, int ret)
{
    const nsapi_error_t error = tlssocket_explain(w, ret);

    tlssocket_trace_error(function, ret);
    if (ret == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
        tlssocket_trace_not_verified(w);
    return fail(w, error, w->cause);
}

/* ---- waiting: one time-out for the whole of a call ---- */

static uint32_t now_ms(const struct tls_socket_wrapper *w)
{
    return w->transport->ops->now_ms(w->transport->context);
}

/* How long the call under way may still wait, as set_timeout of a transport takes it. */
static int remaining_ms(const struct tls_socket_wrapper *w)
{
    uint32_t elapsed_ms;

    if (w->timeout_ms <= 0)
        return w->timeout_ms;
    elapsed_ms = now_ms(w) - w->started_ms;
    return elapsed_ms >= (uint32_t)w->timeout_ms ? 0 : w->timeout_ms - (int)elapsed_ms;
}

/* Starts a call: forgets the last one's cause and starts the clock. */
static nsapi_error_t begin(struct tls_socket_wrapper *w)
{
    if (w->transport == NULL)
        return NSAPI_ERROR_NO_SOCKET;
    w->cause = TLS_CAUSE_NONE;
    w->mbedtls_error = 0;
    w->transport_waits = false;
    if (w->timeout_ms <= 0)
        return NSAPI_ERROR_OK;
    if (w->transport->ops->now_ms == NULL)
        return NSAPI_ERROR_UNSUPPORTED;
    w->started_ms = now_ms(w);
    return NSAPI_ERROR_OK;
}

static bool is_wait(int ret)
{
    return ret == MBEDTLS_ERR_SSL_WANT_READ || ret == MBEDTLS_ERR_SSL_WANT_WRITE;
}

/* Is Mbed TLS to be called again after ret, which was no success? While time is left; and at once
 * if it was not the transport that has to wait: Mbed TLS wants to be called again after a message
 * that was not data, such as a session ticket of TLS 1.3. */
static bool may_retry(struct tls_socket_wrapper *w, int ret)
{
    const bool transport_waits = w->transport_waits;

    w->transport_waits = false;
#if defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
    if (ret == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
        return true;
#endif
    if (ret == MBEDTLS_ERR_SSL_CRYPTO_IN_PROGRESS)
        return true;
    return is_wait(ret) && (!transport_waits || (w->timeout_ms > 0 && remaining_ms(w) > 0));
}

/* Lets the transport wait for as long as is left. After that not even what is there is taken, or
 * a peer that sends a byte now and then would hold a call for ever. */
static nsapi_error_t set_deadline(const struct tls_socket_wrapper *w)
{
    const int wait_ms = remaining_ms(w);

    return w->timeout_ms > 0 && wait_ms == 0 ? NSAPI_ERROR_TIMEOUT
                                             : network_transport_set_timeout(w->transport, wait_ms);
}

/* A transport's answer -> one that Mbed TLS understands. Its errors go through Mbed TLS as they
 * are: their range is none of Mbed TLS's. */
static int bio_result(struct tls_socket_wrapper *w, nsapi_size_or_error_t result, int want)
{
    w->transport_waits = result == NSAPI_ERROR_WOULD_BLOCK || result == NSAPI_ERROR_TIMEOUT;
    return w->transport_waits ? want : result;
}

static int bio_send(void *context, const unsigned char *data, size_t size)
{
    struct tls_socket_wrapper *w = context;
    nsapi_size_or_error_t result = set_deadline(w);

    if (result == NSAPI_ERROR_OK)
        result = network_transport_send(w->transport, data, size);
    return bio_result(w, result == 0 ? NSAPI_ERROR_WOULD_BLOCK : result,
                      MBEDTLS_ERR_SSL_WANT_WRITE);
}

static int bio_recv(void *context, unsigned char *data, size_t size)
{
    struct tls_socket_wrapper *w = context;
    nsapi_size_or_error_t result = set_deadline(w);

    if (result == NSAPI_ERROR_OK)
        result = network_transport_recv(w->transport, data, size);
    return bio_result(w, result, MBEDTLS_ERR_SSL_WANT_READ);
}

/* ---- connecting ---- */

/* As mbedtls_ssl_handshake does; but a handshake in which the server's certificate is due is none
 * that resumes a session. */
static int handshake(struct tls_socket_wrapper *w)
{
    int ret = 0;

    while (ret == 0 && w->ssl.MBEDTLS_PRIVATE(state) != MBEDTLS_SSL_HANDSHAKE_OVER) {
        if (w->ssl.MBEDTLS_PRIVATE(state) == MBEDTLS_SSL_SERVER_CERTIFICATE)
            w->is_resumed = false;
        ret = mbedtls_ssl_handshake_step(&w->ssl);
    }
    return ret;
}

static nsapi_error_t continue_handshake(struct tls_socket_wrapper *w)
{
    int ret;

    do
        ret = handshake(w);
    while (may_retry(w, ret));
    if (is_wait(ret) && w->timeout_ms <= 0)
        return NSAPI_ERROR_IN_PROGRESS;
    if (is_wait(ret))
        return fail(w, NSAPI_ERROR_CONNECTION_TIMEOUT, TLS_CAUSE_TIMEOUT);
    if (ret != 0)
        return fail_mbedtls(w, "mbedtls_ssl_handshake", ret);
    w->state = TLS_CONNECTED;
    w->verify_flags = mbedtls_ssl_get_verify_result(&w->ssl);
    if (w->is_resumed && w->verify_flags != 0) /* no session that was saved here is such a one */
        return fail_mbedtls(w, "mbedtls_ssl_set_session", MBEDTLS_ERR_X509_CERT_VERIFY_FAILED);
    tr_info("TLS connection to %s established", w->hostname);
    tlssocket_trace_verified(w);
    return NSAPI_ERROR_OK;
}

static nsapi_error_t start_handshake(struct tls_socket_wrapper *w)
{
    int ret;

    if (tlssocket_seed(w) != 0)
        return fail(w, NSAPI_ERROR_AUTH_FAILURE, TLS_CAUSE_RNG);
    if ((ret = tlssocket_configure(w)) != 0)
        return fail_mbedtls(w, "mbedtls_ssl_config_defaults", ret);
    tr_info("mbedtls_ssl_setup()");
    if ((ret = mbedtls_ssl_setup(&w->ssl, &w->config)) != 0)
        return fail_mbedtls(w, "mbedtls_ssl_setup", ret);
    if ((ret = mbedtls_ssl_set_hostname(&w->ssl, w->hostname)) != 0)
        return fail_mbedtls(w, "mbedtls_ssl_set_hostname", ret);
    w->is_resumed = false;
    w->must_not_save = w->config.MBEDTLS_PRIVATE(authmode) == MBEDTLS_SSL_VERIFY_NONE;
    if (w->session != NULL && (ret = w->offer_session(w)) != 0)
        return fail_mbedtls(w, "mbedtls_ssl_set_session", ret);
    mbedtls_ssl_set_bio(&w->ssl, w, bio_send, bio_recv, NULL);
    w->state = TLS_HANDSHAKING;
    w->verify_flags = 0;
    tr_info("Starting TLS handshake with %s", w->hostname);
    return continue_handshake(w);
}

static nsapi_error_t connect_transport(struct tls_socket_wrapper *w, const char *host,
                                       uint16_t port)
{
    nsapi_error_t error = network_transport_set_timeout(w->transport, remaining_ms(w));

    if (error == NSAPI_ERROR_OK)
        error = network_transport_connect(w->transport, host, port);
    if (error == NSAPI_ERROR_OK || error == NSAPI_ERROR_IS_CONNECTED)
        return NSAPI_ERROR_OK;
    if (error == NSAPI_ERROR_IN_PROGRESS || error == NSAPI_ERROR_ALREADY)
        return NSAPI_ERROR_IN_PROGRESS;
    return fail(w, error,
                error == NSAPI_ERROR_CONNECTION_TIMEOUT ? TLS_CAUSE_TIMEOUT : TLS_CAUSE_TRANSPORT);
}

nsapi_error_t tls_socket_wrapper_connect(struct tls_socket_wrapper *w, const char *host,
                                         uint16_t port)
{
    nsapi_error_t error = begin(w);

    if (error != NSAPI_ERROR_OK)
        return error;
    if (w->state == TLS_HANDSHAKING)
        return continue_handshake(w);
    if (w->state != TLS_IDLE)
        return NSAPI_ERROR_IS_CONNECTED;
    if (!w->hostname_is_set && (error = copy_hostname(w, host)) != NSAPI_ERROR_OK)
        return error;
    if (w->hostname[0] == '\0' || (connects_transport(w) && (host == NULL || host[0] == '\0'))) {
        w->cause = TLS_CAUSE_NO_HOSTNAME;
        return NSAPI_ERROR_PARAMETER;
    }
    if (connects_transport(w) && (error = connect_transport(w, host, port)) != NSAPI_ERROR_OK)
        return error;
    return start_handshake(w);
}

bool tls_socket_wrapper_is_resumed(const struct tls_socket_wrapper *w)
{
    return w->is_resumed && (w->state == TLS_CONNECTED || w->state == TLS_ENDED);
}

/* ---- sending and receiving ---- */

/* Starts a send or recv: OK once there is a connection. */
static nsapi_error_t begin_transfer(struct tls_socket_wrapper *w)
{
    nsapi_error_t error = begin(w);

    if (error != NSAPI_ERROR_OK)
        return error;
    if (w->state == TLS_IDLE)
        return NSAPI_ERROR_NO_CONNECTION;
    if (w->state == TLS_HANDSHAKING)
        error = continue_handshake(w);
    return error == NSAPI_ERROR_IN_PROGRESS ? NSAPI_ERROR_WOULD_BLOCK : error;
}

/* What a send or recv that came to nothing returns; all but waiting ends the connection. */
static nsapi_error_t end_transfer(struct tls_socket_wrapper *w, const char *function, int ret)
{
    if (!is_wait(ret))
        return fail_mbedtls(w, function, ret);
    if (w->timeout_ms <= 0)
        return NSAPI_ERROR_WOULD_BLOCK;
    w->cause = TLS_CAUSE_TIMEOUT;
    return NSAPI_ERROR_TIMEOUT;
}

/* Mbed TLS keeps a record that could not be sent whole, and asks for the same size again. */
static int write_some(struct tls_socket_wrapper *w, const unsigned char *data, size_t size)
{
    int ret;

    if (w->pending_size == 0)
        w->pending_size = size;
    do
        ret = mbedtls_ssl_write(&w->ssl, data, w->pending_size);
    while (may_retry(w, ret));
    if (ret > 0)
        w->pending_size = 0;
    return ret;
}

nsapi_size_or_error_t tls_socket_wrapper_send(struct tls_socket_wrapper *w, const void *data,
                                              size_t size)
{
    nsapi_error_t error = begin_transfer(w);
    size_t sent = 0;
    int ret = 0;

    if (error != NSAPI_ERROR_OK)
        return error;
    if (w->state == TLS_ENDED)
        return NSAPI_ERROR_NO_CONNECTION;
    if (data == NULL || size < w->pending_size)
        return NSAPI_ERROR_PARAMETER;
    if (size > INT_MAX)
        size = INT_MAX;
    while (sent < size &&
           (ret = write_some(w, (const unsigned char *)data + sent, size - sent)) > 0)
        sent += (size_t)ret;
    if (sent == size || (sent > 0 && is_wait(ret)))
        return (nsapi_size_or_error_t)sent;
    return end_transfer(w, "mbedtls_ssl_write", ret);
}

nsapi_size_or_error_t tls_socket_wrapper_recv(struct tls_socket_wrapper *w, void *data, size_t size)
{
    nsapi_error_t error = begin_transfer(w);
    int ret;

    if (error != NSAPI_ERROR_OK)
        return error;
    if (data == NULL)
        return NSAPI_ERROR_PARAMETER;
    if (w->state == TLS_ENDED || size == 0)
        return 0;
    do
        ret = mbedtls_ssl_read(&w->ssl, data, size > INT_MAX ? INT_MAX : size);
    while (may_retry(w, ret));
    if (ret > 0)
        return ret;
    if (ret == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY) {
        w->state = TLS_ENDED;
        return 0;
    }
    return end_transfer(w, "mbedtls_ssl_read", ret == 0 ? MBEDTLS_ERR_SSL_CONN_EOF : ret);
}

nsapi_size_or_error_t tls_socket_wrapper_sendto(struct tls_socket_wrapper *w,
                                                const struct network_address *address,
                                                const void *data, size_t size)
{
    (void)address;
    return tls_socket_wrapper_send(w, data, size);
}

nsapi_size_or_error_t tls_socket_wrapper_recvfrom(struct tls_socket_wrapper *w,
                                                  struct network_address *address, void *data,
                                                  size_t size)
{
    if (address != NULL) {
        memset(address, 0, sizeof *address);
        (void)network_transport_getpeername(w->transport, address);
    }
    return tls_socket_wrapper_recv(w, data, size);
}

/* ---- closing ---- */

/* Without waiting: what the peer's window has no room for is dropped. */
static void send_close_notify(struct tls_socket_wrapper *w)
{
    if (network_transport_set_timeout(w->transport, 0) != NSAPI_ERROR_OK)
        return;
    w->timeout_ms = 0;
    /* The first call only sends what is left of a record, if there is any. */
    if (w->pending_size == 0 || mbedtls_ssl_close_notify(&w->ssl) == 0)
        (void)mbedtls_ssl_close_notify(&w->ssl);
}

nsapi_error_t tls_socket_wrapper_close(struct tls_socket_wrapper *w)
{
    const int timeout_ms = w->timeout_ms;
    nsapi_error_t error;

    if (w->transport == NULL)
        return NSAPI_ERROR_NO_SOCKET;
    if (w->state == TLS_CONNECTED || w->state == TLS_ENDED)
        send_close_notify(w);
    w->timeout_ms = timeout_ms;
    error = tear_down(w);
    if (w->sigio != NULL)
        w->sigio(w->sigio_argument);
    return error;
}

/* ---- passed on ---- */

nsapi_error_t tls_socket_wrapper_bind(struct tls_socket_wrapper *w,
                                      const struct network_address *address)
{
    return network_transport_bind(w->transport, address);
}

nsapi_error_t tls_socket_wrapper_setsockopt(struct tls_socket_wrapper *w, int level, int option,
                                            const void *value, unsigned size)
{
    return network_transport_setsockopt(w->transport, level, option, value, size);
}

nsapi_error_t tls_socket_wrapper_getsockopt(struct tls_socket_wrapper *w, int level, int option,
                                            void *value, unsigned *size)
{
    return network_transport_getsockopt(w->transport, level, option, value, size);
}

nsapi_error_t tls_socket_wrapper_getpeername(struct tls_socket_wrapper *w,
                                             struct network_address *address)
{
    return network_transport_getpeername(w->transport, address);
}

nsapi_error_t tls_socket_wrapper_listen(struct tls_socket_wrapper *w, int backlog)
{
    (void)backlog;
    return w->transport == NULL ? NSAPI_ERROR_NO_SOCKET : NSAPI_ERROR_UNSUPPORTED;
}

nsapi_error_t tls_socket_wrapper_accept(struct tls_socket_wrapper *w)
{
    return w->transport == NULL ? NSAPI_ERROR_NO_SOCKET : NSAPI_ERROR_UNSUPPORTED;
}
