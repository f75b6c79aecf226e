/* handshake.c -- rendered anchors + endpoint -> a TLS handshake that Mbed TLS completes */
#include "device/handshake.h"
#include "base/monotonic.h"

#include <curl/curl.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "device/device_clock.h"

struct session {
    CURL *curl; /* the connection, without TLS */
    int64_t deadline_ms;
    struct device_clock clock;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt anchors;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
};

/* Until the socket is ready for `events`. Returns 0, or Mbed TLS's error for a time-out. */
static int wait_for(const struct session *session, short events)
{
    int64_t left_ms = session->deadline_ms - monotonic_now_ms();
    struct pollfd fd = {.events = events};
    curl_socket_t socket = CURL_SOCKET_BAD;

    if (curl_easy_getinfo(session->curl, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK ||
        socket == CURL_SOCKET_BAD)
        return MBEDTLS_ERR_NET_INVALID_CONTEXT;
    fd.fd = socket;
    return left_ms > 0 && poll(&fd, 1, (int)left_ms) > 0 ? 0 : MBEDTLS_ERR_SSL_TIMEOUT;
}

static int send_bytes(void *context, const unsigned char *bytes, size_t length)
{
    struct session *session = context;
    size_t sent = 0;
    CURLcode result;
    int rv;

    while ((result = curl_easy_send(session->curl, bytes, length, &sent)) == CURLE_AGAIN)
        if ((rv = wait_for(session, POLLOUT)) != 0)
            return rv;
    return result == CURLE_OK ? (int)sent : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t size)
{
    struct session *session = context;
    size_t got = 0;
    CURLcode result;
    int rv;

    if (monotonic_now_ms() >= session->deadline_ms) /* also if there is always something to read */
        return MBEDTLS_ERR_SSL_TIMEOUT;
    while ((result = curl_easy_recv(session->curl, bytes, size, &got)) == CURLE_AGAIN)
        if ((rv = wait_for(session, POLLIN)) != 0)
            return rv;
    return result == CURLE_OK ? (int)got : MBEDTLS_ERR_NET_RECV_FAILED;
}

/* Mbed TLS has compared with the machine's clock; the device's may show another time. */
static int judge_dates(void *context, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
    const struct session *session = context;

    (void)depth;
    *flags &= ~(uint32_t)(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
    if (!device_clock_in_date(&session->clock, crt))
        *flags |= MBEDTLS_X509_BADCERT_EXPIRED;
    return 0;
}

static int fail_mbedtls(const struct session *session, int result, struct error *err)
{
    uint32_t flags = mbedtls_ssl_get_verify_result(&session->ssl);
    char words[160], lines[200] = "";

    mbedtls_strerror(result, words, sizeof words);
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
        mbedtls_x509_crt_verify_info(lines, sizeof lines, "", flags);
    lines[strcspn(lines, "\n")] = '\0';
    error_set(err, ERROR_PROOF, "the handshake with Mbed TLS failed: -0x%04X (%s)%s%s",
              (unsigned)-result, words, lines[0] != '\0' ? ": " : "", lines);
    error_hint(err,
               "the device would fail likewise: has the server a protocol version (TLS 1.2) and a "
               "cipher suite in common with it? if it wants a client certificate, prove without "
               "--prove=handshake");
    return -1;
}

static int set_up(struct session *session, const struct endpoint *endpoint, const struct text *pem)
{
    static const char personalization[] = "caembed";
    int result;

    if ((result = mbedtls_ctr_drbg_seed(&session->random, mbedtls_entropy_func, &session->entropy,
                                        (const unsigned char *)personalization,
                                        sizeof personalization - 1)) != 0 ||
        (result = mbedtls_x509_crt_parse(&session->anchors, (const unsigned char *)pem->data,
                                         pem->length + 1)) != 0 ||
        (result = mbedtls_ssl_config_defaults(&session->config, MBEDTLS_SSL_IS_CLIENT,
                                              MBEDTLS_SSL_TRANSPORT_STREAM,
                                              MBEDTLS_SSL_PRESET_DEFAULT)) != 0)
        return result;
    mbedtls_ssl_conf_authmode(&session->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&session->config, &session->anchors, NULL);
    mbedtls_ssl_conf_rng(&session->config, mbedtls_ctr_drbg_random, &session->random);
    mbedtls_ssl_conf_verify(&session->config, judge_dates, session);
    if ((result = mbedtls_ssl_setup(&session->ssl, &session->config)) != 0)
        return result;
    mbedtls_ssl_set_bio(&session->ssl, session, send_bytes, receive_bytes, NULL);
    return mbedtls_ssl_set_hostname(&session->ssl,
                                    endpoint->name_is_address ? NULL : endpoint->name);
}

static void session_init(struct session *session)
{
    mbedtls_entropy_init(&session->entropy);
    mbedtls_ctr_drbg_init(&session->random);
    mbedtls_x509_crt_init(&session->anchors);
    mbedtls_ssl_config_init(&session->config);
    mbedtls_ssl_init(&session->ssl);
}

static void session_free(struct session *session)
{
    mbedtls_ssl_free(&session->ssl);
    mbedtls_ssl_config_free(&session->config);
    mbedtls_x509_crt_free(&session->anchors);
    mbedtls_ctr_drbg_free(&session->random);
    mbedtls_entropy_free(&session->entropy);
    curl_easy_cleanup(session->curl);
}

int handshake_prove(const struct target *target, const struct text *pem,
                    const struct endpoint *endpoint, const struct presented *presented,
                    const struct fetch_options *options, int64_t at, struct error *err)
{
    struct session session = {.clock = {at, target->checks_dates}};
    int result;
    int rv = -1;

    if (endpoint->starttls != NULL) {
        error_set(err, ERROR_USAGE, "--prove=handshake does not speak %s's STARTTLS",
                  endpoint->starttls);
        return error_hint(err, "leave it out: the chain is proven without it");
    }
    session_init(&session);
    session.deadline_ms = monotonic_now_ms() + options->max_time_ms;
    if (fetch_connect_plain(endpoint, presented, options, &session.curl, err) != 0)
        goto done;
    result = set_up(&session, endpoint, pem);
    if (result == 0)
        result = mbedtls_ssl_handshake(&session.ssl);
    if (result != 0) {
        fail_mbedtls(&session, result, err);
        goto done;
    }
    (void)mbedtls_ssl_close_notify(&session.ssl);
    rv = 0;
done:
    session_free(&session);
    return rv;
}
