/* handshake.c -- rendered anchors + endpoint -> a TLS handshake that Mbed TLS completes */
#include "device/handshake.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/debug.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/child.h"
#include "base/input.h"
#include "base/monotonic.h"
#include "base/trace.h"
#include "device/device_clock.h"
#include "device/handshake_offer.h"
#include "device/profile.h"
#include "net/starttls.h"

struct session {
    const struct handshake *handshake;
    struct connection *connection; /* without TLS */
    int64_t deadline_ms;
    bool timed_out;
    struct device_clock clock;
    struct handshake_offer offer;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    mbedtls_x509_crt anchors, cert;
    mbedtls_pk_context key;
    mbedtls_x509_crt_profile profile; /* of the target */
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
};

/* Until the connection is ready. Returns 0, or Mbed TLS's error for a time-out. */
static int wait_for(struct session *session, enum io what)
{
    session->timed_out = !connection_wait(session->connection, what, session->deadline_ms);
    return session->timed_out ? MBEDTLS_ERR_SSL_TIMEOUT : 0;
}

static int send_bytes(void *context, const unsigned char *bytes, size_t length)
{
    struct session *session = context;
    size_t sent = 0;
    enum io io;

    while ((io = connection_send(session->connection, bytes, length, &sent)) == IO_WRITES)
        if (wait_for(session, io) != 0)
            return MBEDTLS_ERR_SSL_TIMEOUT;
    return io == IO_DONE ? (int)sent : MBEDTLS_ERR_NET_SEND_FAILED;
}

/* Looks at the time also if there is always something to read. */
static int receive_bytes(void *context, unsigned char *bytes, size_t size)
{
    struct session *session = context;
    size_t got = 0;
    enum io io;

    session->timed_out = monotonic_now_ms() >= session->deadline_ms;
    if (session->timed_out)
        return MBEDTLS_ERR_SSL_TIMEOUT;
    while ((io = connection_receive(session->connection, bytes, size, &got)) == IO_READS)
        if (wait_for(session, io) != 0)
            return MBEDTLS_ERR_SSL_TIMEOUT;
    return io == IO_DONE ? (int)got : MBEDTLS_ERR_NET_RECV_FAILED;
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

/* The connection was lost, which says nothing about the device. */
static bool is_lost(int result)
{
    return result == MBEDTLS_ERR_NET_SEND_FAILED || result == MBEDTLS_ERR_NET_RECV_FAILED ||
           result == MBEDTLS_ERR_NET_CONN_RESET || result == MBEDTLS_ERR_SSL_CONN_EOF;
}

/* Whether the device speaks TLS 1.3 where the Mbed TLS linked in does not: another chain may have
 * come than the device is shown, or none. */
static bool lacks_tls13(const struct session *session)
{
#if MBEDTLS_VERSION_NUMBER < 0x03000000 || !defined(MBEDTLS_SSL_PROTO_TLS1_3)
    return session->handshake->target->offer->max_version == TLS1_3_VERSION;
#else
    (void)session;
    return false;
#endif
}

static int fail_mbedtls(const struct session *session, int result, struct error *err)
{
    uint32_t flags = mbedtls_ssl_get_verify_result(&session->ssl);
    char words[160], lines[200] = "";

    if (session->timed_out)
        return connection_fail_timeout(err);
    mbedtls_strerror(result, words, sizeof words);
    if (is_lost(result)) {
        error_set(err, ERROR_HANDSHAKE,
                  "the connection was lost in the handshake with Mbed TLS: %s", words);
        return error_hint(err, "try again (--retry N); if it is lost each time, the server's log "
                               "may say why");
    }
    if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
        mbedtls_x509_crt_verify_info(lines, sizeof lines, "", flags);
    lines[strcspn(lines, "\n")] = '\0';
    error_set(err, ERROR_PROOF, "the handshake with Mbed TLS failed: -0x%04X (%s)%s%s",
              (unsigned)-result, words, lines[0] != '\0' ? ": " : "", lines);
    if (lacks_tls13(session))
        return error_hint(
            err,
            "this caembed is built on Mbed TLS %s, which lacks TLS 1.3, and the device "
            "speaks it: build it on Mbed TLS 3.6, or leave out --prove=handshake",
            MBEDTLS_VERSION_STRING);
    return error_hint(err, session->handshake->cert == NULL
                               ? "the device would fail likewise; if the server wants a client "
                                 "certificate, give --cert and --key"
                               : "the device would fail likewise, with this client certificate");
}

/* ---- the client's own certificate ---- */

#if MBEDTLS_VERSION_NUMBER < 0x03000000 || MBEDTLS_VERSION_NUMBER >= 0x04000000
static int parse_key(struct session *session, const unsigned char *pem, size_t size)
{
    return mbedtls_pk_parse_key(&session->key, pem, size, NULL, 0);
}

static bool is_pair(struct session *session)
{
    return mbedtls_pk_check_pair(&session->cert.pk, &session->key) == 0;
}
#else
static int parse_key(struct session *session, const unsigned char *pem, size_t size)
{
    return mbedtls_pk_parse_key(&session->key, pem, size, NULL, 0, mbedtls_ctr_drbg_random,
                                &session->random);
}

static bool is_pair(struct session *session)
{
    return mbedtls_pk_check_pair(&session->cert.pk, &session->key, mbedtls_ctr_drbg_random,
                                 &session->random) == 0;
}
#endif

static int parse_cert(struct session *session, const unsigned char *pem, size_t size)
{
    return mbedtls_x509_crt_parse(&session->cert, pem, size);
}

/* input_read() puts a NUL after the file, which Mbed TLS wants to see. */
static int read_pem(struct session *session, const char *path,
                    int (*parse)(struct session *session, const unsigned char *pem, size_t size),
                    struct error *err)
{
    char *pem = NULL, words[160];
    size_t length = 0;
    int result;

    if (input_read(path, &pem, &length, err) != 0)
        return -1;
    result = parse(session, (const unsigned char *)pem, length + 1);
    free(pem);
    if (result == 0)
        return 0;
    mbedtls_strerror(result, words, sizeof words);
    error_set(err, ERROR_USAGE, "%s: %s", input_name(path), words);
    return error_hint(err, "--cert and --key take PEM files, a key without a password");
}

static int read_client(struct session *session, struct error *err)
{
    const struct handshake *handshake = session->handshake;

    if (handshake->cert == NULL)
        return 0;
    if (read_pem(session, handshake->cert, parse_cert, err) != 0 ||
        read_pem(session, handshake->key, parse_key, err) != 0)
        return -1;
    if (!is_pair(session)) {
        error_set(err, ERROR_USAGE, "--key %s is not the key of --cert %s",
                  input_name(handshake->key), input_name(handshake->cert));
        return error_hint(err, "the first certificate in the file of --cert must be the client's");
    }
    if (mbedtls_ssl_conf_own_cert(&session->config, &session->cert, &session->key) != 0)
        return error_no_memory(err);
    return 0;
}

/* ---- one attempt ---- */

static int seed(struct session *session)
{
    static const unsigned char personalization[] = "caembed";

#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    mbedtls_psa_crypto_free(); /* or this process has the random numbers of its siblings */
    if (psa_crypto_init() != PSA_SUCCESS)
        return MBEDTLS_ERR_SSL_INTERNAL_ERROR;
#endif
    return mbedtls_ctr_drbg_seed(&session->random, mbedtls_entropy_func, &session->entropy,
                                 personalization, sizeof personalization - 1);
}

/* Mbed TLS 4 takes its random numbers from its PSA core. */
#if MBEDTLS_VERSION_NUMBER >= 0x04000000
static void set_random(struct session *session)
{
    (void)session;
}
#else
static void set_random(struct session *session)
{
    mbedtls_ssl_conf_rng(&session->config, mbedtls_ctr_drbg_random, &session->random);
}
#endif

#ifdef MBEDTLS_DEBUG_C
#define DEBUG_STEPS 2 /* what is done, and not each value */

static void trace_debug(void *context, int level, const char *file, int line, const char *message)
{
    (void)level;
    (void)file;
    (void)line;
    if (strncmp(message, "0x", 2) == 0 && strstr(message, ": ") != NULL) /* of which context */
        message = strstr(message, ": ") + 2;
    trace_put_lines(context, "Mbed TLS", message, strlen(message));
}

static void set_trace(struct session *session, const struct endpoint *endpoint)
{
    if (!trace_is_on())
        return;
    mbedtls_debug_set_threshold(DEBUG_STEPS);
    mbedtls_ssl_conf_dbg(&session->config, trace_debug, (void *)endpoint->text);
}
#else
static void set_trace(struct session *session, const struct endpoint *endpoint)
{
    (void)session;
    (void)endpoint;
}
#endif

static int set_up(struct session *session, const struct endpoint *endpoint, const struct text *pem)
{
    int result;

    if ((result = mbedtls_x509_crt_parse(&session->anchors, (const unsigned char *)pem->data,
                                         pem->length + 1)) != 0 ||
        (result = mbedtls_ssl_config_defaults(&session->config, MBEDTLS_SSL_IS_CLIENT,
                                              MBEDTLS_SSL_TRANSPORT_STREAM,
                                              MBEDTLS_SSL_PRESET_DEFAULT)) != 0)
        return result;
    handshake_offer_apply(session->handshake->target->offer, &session->offer, &session->config);
    mbedtls_ssl_conf_authmode(&session->config, MBEDTLS_SSL_VERIFY_REQUIRED);
    mbedtls_ssl_conf_ca_chain(&session->config, &session->anchors, NULL);
    profile_of(session->handshake->target, &session->profile);
    mbedtls_ssl_conf_cert_profile(&session->config, &session->profile);
    set_random(session);
    set_trace(session, endpoint);
    mbedtls_ssl_conf_verify(&session->config, judge_dates, session);
    if ((result = mbedtls_ssl_setup(&session->ssl, &session->config)) != 0)
        return result;
    mbedtls_ssl_set_bio(&session->ssl, session, send_bytes, receive_bytes, NULL);
    return mbedtls_ssl_set_hostname(&session->ssl,
                                    endpoint->name_is_address ? NULL : endpoint->name);
}

/* Up to the first byte of TLS. */
static int connect_again(struct session *session, const struct endpoint *endpoint,
                         const struct presented *presented, struct error *err)
{
    const struct fetch_options *options = session->handshake->fetch;
    const char *address = presented->address[0] != '\0' ? presented->address : endpoint->address;
    const int64_t connect_ms = options->connect_timeout_ms < options->max_time_ms
                                   ? options->connect_timeout_ms
                                   : options->max_time_ms;

    if (connection_start(endpoint, address, options, connect_ms, &session->connection, err) != 0 ||
        connection_open(session->connection, err) != 0)
        return -1;
    if (endpoint->starttls == NULL)
        return 0;
    return starttls_talk(session->connection, endpoint->starttls, session->deadline_ms, err);
}

static int shake_hands(struct session *session, const struct text *pem,
                       const struct endpoint *endpoint, const struct presented *presented,
                       struct error *err)
{
    int result;

    if (read_client(session, err) != 0 || connect_again(session, endpoint, presented, err) != 0)
        return -1;
    result = set_up(session, endpoint, pem);
    if (result == 0)
        result = mbedtls_ssl_handshake(&session->ssl);
    if (result != 0)
        return fail_mbedtls(session, result, err);
    (void)mbedtls_ssl_close_notify(&session->ssl);
    return 0;
}

static void session_init(struct session *session)
{
    mbedtls_entropy_init(&session->entropy);
    mbedtls_ctr_drbg_init(&session->random);
    mbedtls_x509_crt_init(&session->anchors);
    mbedtls_x509_crt_init(&session->cert);
    mbedtls_pk_init(&session->key);
    mbedtls_ssl_config_init(&session->config);
    mbedtls_ssl_init(&session->ssl);
}

static void session_free(struct session *session)
{
    mbedtls_ssl_free(&session->ssl);
    mbedtls_ssl_config_free(&session->config);
    mbedtls_pk_free(&session->key);
    mbedtls_x509_crt_free(&session->cert);
    mbedtls_x509_crt_free(&session->anchors);
    mbedtls_ctr_drbg_free(&session->random);
    mbedtls_entropy_free(&session->entropy);
    connection_free(session->connection);
}

/* What an attempt takes. */
struct job {
    const struct handshake *handshake;
    const struct text *pem;
    const struct endpoint *endpoint;
    const struct presented *presented;
    int64_t deadline_ms;
};

static int attempt(void *context, struct error *err)
{
    const struct job *job = context;
    const struct handshake *handshake = job->handshake;
    struct session session = {.handshake = handshake,
                              .deadline_ms = job->deadline_ms,
                              .clock = {handshake->verify_time, handshake->target->checks_dates}};
    int rv;

    session_init(&session);
    rv = seed(&session) != 0 ? error_set(err, ERROR_INTERNAL, "Mbed TLS finds no random numbers")
                             : shake_hands(&session, job->pem, job->endpoint, job->presented, err);
    session_free(&session);
    return rv;
}

static void sleep_ms(int64_t ms)
{
    struct timespec left = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};

    while (nanosleep(&left, &left) != 0)
        continue;
}

int handshake_prove(const struct handshake *handshake, const struct text *pem,
                    const struct endpoint *endpoint, const struct presented *presented,
                    struct error *err)
{
    struct job job = {handshake, pem, endpoint, presented, 0};

    for (long attempts = 1;; attempts++) {
        struct error why = {.code = ERROR_NONE};
        job.deadline_ms = monotonic_now_ms() + handshake->fetch->max_time_ms;
        if (child_run(attempt, &job, job.deadline_ms, &why) == 0)
            return 0;
        if (!connection_may_retry(why.code) || attempts > handshake->fetch->retries) {
            *err = why;
            return -1;
        }
        sleep_ms(connection_backoff_ms(attempts));
    }
}
