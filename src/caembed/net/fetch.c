/* fetch.c -- endpoint -> presented chain, taken in OpenSSL's certificate-verify callback */
#include "net/fetch.h"

#include <curl/curl.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotonic.h"
#include "base/trace.h"
#include "net/starttls.h"
#include "x509/pem.h"

#define MESSAGES_MAX 100 /* a handshake has fewer than ten from the server */
#define RECEIVED_MAX (FETCH_CERT_LIST_MAX + 1024L * 1024)
#define CHUNK_SIZE 16384

struct fetch {
    const struct endpoint *endpoint;
    struct connection *connection;
    struct starttls starttls; /* unsent is NULL: TLS has begun */
    SSL *ssl;
    BIO *from_server, *to_server; /* the SSL's */
    struct presented presented;
    int64_t deadline_ms; /* of the connection and its handshake */
    unsigned messages;   /* of the handshake, received */
    size_t sent;         /* of what OpenSSL has written */
    size_t received;     /* bytes of TLS */
    bool is_too_much;    /* of certificates */
    enum refusal refusal;
    bool is_turned_away;
    struct error err;
};

static size_t number_at(const uint8_t *bytes, size_t size)
{
    size_t number = 0;

    for (size_t i = 0; i < size; i++)
        number = number << 8 | bytes[i];
    return number;
}

/* Where the content of the element at `at` begins; *end is where it ends. */
static size_t skip_header(const uint8_t *der, size_t at, size_t length, size_t *end)
{
    const uint8_t tag = der[at++];
    size_t size = 0;

    while ((tag & 0x1f) == 0x1f && at < length && der[at++] >= 0x80)
        continue;
    if (at < length && der[at] > 0x80)
        size = der[at] & 0x7fU;
    *end = at < length && size == 0 ? der[at] & 0x7fU : 0; /* 0x80: BER's unknown length */
    at++;
    if (size > 0 && at + size <= length)
        *end = number_at(der + at, size);
    at += size;
    *end = at < length && *end <= length - at ? at + *end : length;
    return at;
}

/* How many elements there are, in one another too. An OCTET STRING holds others, which may begin in
 * another piece of it. */
static size_t count_elements(const uint8_t *der, size_t length)
{
    size_t count = 0;

    for (size_t at = 0; at < length; count++) {
        const uint8_t tag = der[at];
        size_t end;
        at = skip_header(der, at, length, &end);
        if ((tag & 0x20) != 0 || (tag == V_ASN1_OCTET_STRING && at < length && der[at] == 0x30))
            continue;
        if (tag == V_ASN1_OCTET_STRING && end > at)
            count += (end - at) / 16;
        at = end;
    }
    return count;
}

/* Whether a Certificate message (RFC 5246 section 7.4.2, RFC 8446 section 4.4.2) is more than
 * should be read; `at` is where its first certificate is. */
static bool is_too_much(const uint8_t *message, size_t at, size_t length, bool is_tls13)
{
    size_t count = 0, elements = 0;

    for (; at + 3 <= length; count++) {
        size_t size = number_at(message + at, 3);
        at += 3;
        if (size > length - at)
            size = length - at;
        elements += count_elements(message + at, size);
        at += size;
        if (is_tls13 && at + 2 <= length)
            at += 2 + number_at(message + at, 2);
    }
    return count > FETCH_CERT_COUNT_MAX || elements > FETCH_ELEMENT_COUNT_MAX;
}

/* OpenSSL asks nobody before it reads the whole message; but what it shows is the buffer that it
 * reads next, and a list with another length than its message is none. */
static bool refuse_too_much(uint8_t *message, size_t length, bool is_tls13)
{
    const size_t list = length > 4 && is_tls13 ? 5U + message[4] : 4;

    if (list + 3 > length || !is_too_much(message, list + 3, length, is_tls13))
        return false;
    memset(message + list, 0xff, 3);
    return true;
}

/* RFC 5246 section 7.4, RFC 8446 section 4. */
static const struct {
    uint8_t type;
    const char *name;
} messages[] = {
    {SSL3_MT_HELLO_REQUEST, "HelloRequest"},
    {SSL3_MT_CLIENT_HELLO, "ClientHello"},
    {SSL3_MT_SERVER_HELLO, "ServerHello"},
    {SSL3_MT_NEWSESSION_TICKET, "NewSessionTicket"},
    {SSL3_MT_ENCRYPTED_EXTENSIONS, "EncryptedExtensions"},
    {SSL3_MT_CERTIFICATE, "Certificate"},
    {SSL3_MT_SERVER_KEY_EXCHANGE, "ServerKeyExchange"},
    {SSL3_MT_CERTIFICATE_REQUEST, "CertificateRequest"},
    {SSL3_MT_SERVER_DONE, "ServerHelloDone"},
    {SSL3_MT_CERTIFICATE_VERIFY, "CertificateVerify"},
    {SSL3_MT_CERTIFICATE_STATUS, "CertificateStatus"},
    {SSL3_MT_FINISHED, "Finished"},
};

static const char *name_of_message(uint8_t type)
{
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++)
        if (messages[i].type == type)
            return messages[i].name;
    return "a message of an unknown type";
}

static void trace_message(const struct endpoint *endpoint, bool is_sent, int type,
                          const uint8_t *message, size_t length)
{
    const char *verb = is_sent ? "sent" : "received";

    if (type == SSL3_RT_HANDSHAKE && length > 0)
        trace_put(endpoint->text, "TLS: %s %s, %zu bytes", verb, name_of_message(message[0]),
                  length);
    else if (type == SSL3_RT_ALERT && length == 2)
        trace_put(endpoint->text, "TLS: %s alert %u, %s", verb, message[1],
                  SSL_alert_desc_string_long(message[1]));
}

/* OpenSSL calls this for each message. HelloRequests have no other bound (RFC 5246 section 7.4.1.1:
 * they are ignored). */
static void see_message(int is_write, int version, int type, const void *bytes, size_t length,
                        SSL *ssl, void *arg)
{
    struct fetch *fetch = SSL_get_app_data(ssl);
    uint8_t *message = (uint8_t *)bytes;

    (void)arg;
    if (trace_is_on())
        trace_message(fetch->endpoint, is_write != 0, type, message, length);
    if (is_write != 0 || type != SSL3_RT_HANDSHAKE || length == 0)
        return;
    fetch->messages++;
    if (message[0] == SSL3_MT_CERTIFICATE &&
        refuse_too_much(message, length, version == TLS1_3_VERSION))
        fetch->is_too_much = true;
}

/* OpenSSL calls this with the server's certificates instead of verifying them, and comes to rest
 * before it looks at anything that follows them. */
static int take_chain(X509_STORE_CTX *context, void *arg)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct presented *presented = &((struct fetch *)SSL_get_app_data(ssl))->presented;
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(context);
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

    (void)arg;
    if (chain == NULL || sk_X509_num(chain) == 0 || presented->chain != NULL)
        return 0;
    presented->chain = X509_chain_up_ref(chain);
    if (presented->chain == NULL)
        return 0;
    if (cipher == NULL)
        cipher = SSL_get_pending_cipher(ssl);
    snprintf(presented->tls_version, sizeof presented->tls_version, "%s", SSL_get_version(ssl));
    snprintf(presented->tls_cipher, sizeof presented->tls_cipher, "%s",
             cipher != NULL ? SSL_CIPHER_get_name(cipher) : "");
    trace_put(((struct fetch *)SSL_get_app_data(ssl))->endpoint->text,
              "TLS: the server presents %d certificates over %s with %s",
              sk_X509_num(presented->chain), presented->tls_version, presented->tls_cipher);
    (void)SSL_set_retry_verify(ssl);
    return 1;
}

/* No device offers to take compressed certificates (RFC 8879), and none could be counted. */
#ifdef SSL_OP_NO_RX_CERTIFICATE_COMPRESSION
static void take_no_compression(SSL_CTX *context)
{
    SSL_CTX_set_options(context, SSL_OP_NO_RX_CERTIFICATE_COMPRESSION);
}
#else
static void take_no_compression(SSL_CTX *context)
{
    (void)context;
}
#endif

int fetch_make_context(const struct offer *offer, enum offer_key key, SSL_CTX **out,
                       struct error *err)
{
    SSL_CTX *context = NULL;

    if (offer_make_context(offer, key, &context, err) != 0)
        return -1;
    SSL_CTX_set_max_cert_list(context, FETCH_CERT_LIST_MAX);
    SSL_CTX_set_cert_verify_callback(context, take_chain, NULL);
    SSL_CTX_set_msg_callback(context, see_message);
    take_no_compression(context);
    *out = context;
    return 0;
}

/* The SSL reads and writes memory, so that it never waits. */
static int set_up_ssl(struct fetch *fetch, const struct endpoint *endpoint, SSL_CTX *context)
{
    fetch->ssl = SSL_new(context);
    fetch->from_server = BIO_new(BIO_s_mem());
    fetch->to_server = BIO_new(BIO_s_mem());
    if (fetch->ssl == NULL || fetch->from_server == NULL || fetch->to_server == NULL) {
        BIO_free(fetch->from_server);
        BIO_free(fetch->to_server);
        return -1;
    }
    SSL_set_bio(fetch->ssl, fetch->from_server, fetch->to_server);
    SSL_set_connect_state(fetch->ssl);
    if (SSL_set_app_data(fetch->ssl, fetch) != 1 ||
        (!endpoint->name_is_address && SSL_set_tlsext_host_name(fetch->ssl, endpoint->name) != 1))
        return -1;
    return 0;
}

int fetch_start(const struct endpoint *endpoint, const struct fetch_options *options,
                SSL_CTX *context, int64_t end_ms, struct fetch **out, struct error *err)
{
    const int64_t now = monotonic_now_ms();
    struct fetch *fetch = calloc(1, sizeof *fetch);

    if (fetch == NULL)
        return error_no_memory(err);
    fetch->endpoint = endpoint;
    fetch->deadline_ms = now + options->connect_timeout_ms;
    if (fetch->deadline_ms > end_ms)
        fetch->deadline_ms = end_ms;
    if (endpoint->starttls != NULL)
        starttls_begin(&fetch->starttls, endpoint->starttls);
    if (set_up_ssl(fetch, endpoint, context) != 0) {
        fetch_free(fetch);
        return error_no_memory(err);
    }
    if (connection_start(endpoint, endpoint->address, options, fetch->deadline_ms - now,
                         &fetch->connection, err) != 0) {
        fetch_free(fetch);
        return -1;
    }
    *out = fetch;
    return 0;
}

CURL *fetch_handle(struct fetch *fetch)
{
    return connection_handle(fetch->connection);
}

curl_socket_t fetch_socket(const struct fetch *fetch)
{
    return connection_socket(fetch->connection);
}

int64_t fetch_deadline_ms(const struct fetch *fetch)
{
    return fetch->deadline_ms;
}

/* Alerts (RFC 8446 section 6) that say more of what to do than that something failed. */
static const struct {
    int alert;
    const char *hint;
} alerts[] = {
    {SSL_AD_UNRECOGNIZED_NAME,
     "the server does not know this name: --servername NAME asks for another"},
    {SSL_AD_HANDSHAKE_FAILURE, "the server takes none of the cipher suites or algorithms offered"},
    {SSL_AD_INSUFFICIENT_SECURITY, "the server takes none of the cipher suites offered"},
    {SSL_AD_PROTOCOL_VERSION, "the server speaks none of the versions of TLS offered"},
    {SSL_AD_CERTIFICATE_REQUIRED,
     "the server wants a client certificate before it shows its own: is this the right port?"},
    {SSL_AD_INTERNAL_ERROR, "the fault is the server's: its log says more"},
    {SSL_AD_ACCESS_DENIED,
     "the server refuses: does it want another name (--servername), or a client certificate?"},
};

static enum io fail_handshake(struct fetch *fetch, const char *why, const char *hint)
{
    error_kind(&fetch->err, "the TLS handshake failed before a chain came: %s", why);
    error_set(&fetch->err, ERROR_HANDSHAKE, "the TLS handshake failed before a chain came: %s",
              why);
    error_hint(&fetch->err, "%s", hint);
    return IO_FAILED;
}

static const char not_tls_hint[] =
    "does the server speak TLS on this port? for STARTTLS give smtp://, imap://, pop3:// or ftp://";

/* Of what OpenSSL says, what concerns the offer: an alert, or an answer that is none to it. */
static enum refusal refusal_of(int reason)
{
    static const int refusals[] = {SSL_R_WRONG_CIPHER_RETURNED, SSL_R_UNKNOWN_CIPHER_RETURNED,
                                   SSL_R_WRONG_CURVE,           SSL_R_WRONG_SIGNATURE_TYPE,
                                   SSL_R_BAD_KEY_SHARE,         SSL_R_WRONG_CERTIFICATE_TYPE};

    if (reason == SSL_R_UNSUPPORTED_PROTOCOL || reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION)
        return REFUSAL_OF_VERSION;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (reason == refusals[i])
            return REFUSAL;
    return reason >= SSL_AD_REASON_OFFSET ? REFUSAL : REFUSAL_NONE;
}

/* The alert is part of the reason of OpenSSL's error. */
static enum io fail_ssl(struct fetch *fetch)
{
    const unsigned long code = ERR_peek_last_error();
    const int reason = ERR_GET_REASON(code);
    const char *words = ERR_reason_error_string(code);
    const char *hint = not_tls_hint;

    fetch->refusal = refusal_of(reason);
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
        if (reason == SSL_AD_REASON_OFFSET + alerts[i].alert)
            hint = alerts[i].hint;
    fail_handshake(fetch, words != NULL ? words : "OpenSSL gives no reason", hint);
    ERR_clear_error();
    return IO_FAILED;
}

static enum io fail_too_much(struct fetch *fetch)
{
    error_set(&fetch->err, ERROR_LIMIT,
              "the server presents more than %d certificates, or more than %d names and the like",
              FETCH_CERT_COUNT_MAX, FETCH_ELEMENT_COUNT_MAX);
    error_hint(&fetch->err,
               "no real server needs that many; remove what does not belong to the chain");
    ERR_clear_error();
    return IO_FAILED;
}

static enum io lose(struct fetch *fetch)
{
    fetch->is_turned_away = fetch->received == 0;
    return fail_handshake(fetch,
                          fetch->received == 0 ? "the server closed the connection at once"
                                               : "the server closed the connection",
                          not_tls_hint);
}

/* Lets OpenSSL read what came. IO_READS: it wants more. */
static enum io shake_hands(struct fetch *fetch)
{
    int result;

    ERR_clear_error();
    result = SSL_get_error(fetch->ssl, SSL_do_handshake(fetch->ssl));
    if (fetch->presented.chain != NULL)
        return IO_DONE;
    if (fetch->is_too_much)
        return fail_too_much(fetch);
    if (fetch->messages > MESSAGES_MAX)
        return fail_handshake(fetch, "over 100 messages", not_tls_hint);
    if (fetch->received > RECEIVED_MAX)
        return fail_handshake(fetch, "over 5 MB", not_tls_hint);
    return result == SSL_ERROR_WANT_READ ? IO_READS : fail_ssl(fetch);
}

/* What OpenSSL has written goes to the server. IO_DONE: all of it. */
static enum io send_all(struct fetch *fetch)
{
    enum io io = IO_DONE;
    char *bytes;
    const size_t length = (size_t)BIO_get_mem_data(fetch->to_server, &bytes);

    while (io == IO_DONE && fetch->sent < length) {
        size_t moved = 0;
        io = connection_send(fetch->connection, bytes + fetch->sent, length - fetch->sent, &moved);
        fetch->sent += moved;
    }
    if (io != IO_DONE)
        return io;
    fetch->sent = 0;
    return BIO_reset(fetch->to_server) == 1 ? IO_DONE : IO_FAILED;
}

static enum io receive_some(struct fetch *fetch)
{
    char bytes[CHUNK_SIZE];
    size_t moved = 0;
    const enum io io = connection_receive(fetch->connection, bytes, sizeof bytes, &moved);

    if (io == IO_FAILED || (io == IO_DONE && moved == 0))
        return lose(fetch);
    fetch->received += moved;
    if (io == IO_DONE && BIO_write(fetch->from_server, bytes, (int)moved) != (int)moved)
        return lose(fetch);
    return io;
}

/* Until it has to wait, or the handshake is over; what a server can say is bounded. */
static enum io step_tls(struct fetch *fetch)
{
    enum io io;

    do {
        io = send_all(fetch);
        if (io == IO_DONE)
            io = receive_some(fetch);
        else if (io == IO_FAILED)
            io = lose(fetch);
        if (io != IO_DONE)
            return io;
        io = shake_hands(fetch);
    } while (io == IO_READS);
    (void)send_all(fetch); /* an alert */
    return io;
}

enum io fetch_step(struct fetch *fetch)
{
    enum io io = IO_DONE;

    if (fetch->starttls.unsent != NULL)
        io = starttls_step(&fetch->starttls, fetch->connection, &fetch->err);
    if (io == IO_DONE)
        io = step_tls(fetch);
    if ((io == IO_READS || io == IO_WRITES) && monotonic_now_ms() >= fetch->deadline_ms) {
        connection_fail_timeout(&fetch->err);
        return IO_FAILED;
    }
    return io;
}

enum io fetch_connected(struct fetch *fetch, CURLcode result)
{
    enum io io;

    if (result != CURLE_OK) {
        connection_fail(fetch->connection, result, &fetch->err);
        fetch->is_turned_away = result == CURLE_COULDNT_CONNECT;
        return IO_FAILED;
    }
    io = shake_hands(fetch); /* makes the ClientHello */
    return io == IO_READS ? fetch_step(fetch) : io;
}

int fetch_finish(struct fetch *fetch, struct presented *out, struct error *err)
{
    if (fetch->presented.chain == NULL) {
        error_set(&fetch->err, ERROR_INTERNAL, "given up");
        *err = fetch->err;
        return -1;
    }
    connection_address(fetch->connection, fetch->presented.address,
                       sizeof fetch->presented.address);
    *out = fetch->presented;
    fetch->presented = (struct presented){0};
    return 0;
}

enum refusal fetch_refusal(const struct fetch *fetch)
{
    return fetch->refusal;
}

bool fetch_is_turned_away(const struct fetch *fetch)
{
    return fetch->is_turned_away;
}

void fetch_free(struct fetch *fetch)
{
    if (fetch == NULL)
        return;
    connection_free(fetch->connection);
    SSL_free(fetch->ssl);
    presented_free(&fetch->presented);
    free(fetch);
}

int fetch_chain_file(const char *path, struct presented *out, struct text *skipped,
                     struct error *err)
{
    struct presented presented = {0};

    if (pem_read_file(path, &presented.chain, skipped, err) != 0)
        return -1;
    *out = presented;
    return 0;
}

void presented_free(struct presented *presented)
{
    sk_X509_pop_free(presented->chain, X509_free);
    *presented = (struct presented){0};
}
