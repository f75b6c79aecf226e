/* fetch.c -- endpoint -> presented chain, taken in OpenSSL's certificate-verify callback */
#include "net/fetch.h"
#include "base/monotonic.h"

#include <ctype.h>
#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "x509/pem.h"

/* A handshake has fewer than ten messages from the server. */
#define MESSAGES_MAX 100

struct fetch {
    CURL *curl;
    struct curl_slist *connect_to;
    const struct fetch_options *options;
    struct presented presented;
    int64_t deadline_ms; /* of the connection and its handshake */
    unsigned messages;   /* of the handshake, received */
    char detail[CURL_ERROR_SIZE];
};

/* OpenSSL does not return to libcurl, which watches the time and the other connections, as long as
 * HelloRequests come in (RFC 5246 section 7.4.1.1: they are ignored). Behind the deadline, or after
 * too many messages, it is to read no more. */
static void watch_messages(int is_write, int version, int type, const void *bytes, size_t length,
                           SSL *ssl, void *arg)
{
    struct fetch *fetch = arg;

    (void)version, (void)bytes, (void)length;
    if (is_write == 0 && type == SSL3_RT_HANDSHAKE)
        fetch->messages++;
    if (fetch->messages > MESSAGES_MAX || monotonic_now_ms() >= fetch->deadline_ms)
        SSL_set_shutdown(ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

/* OpenSSL calls this with the server's certificates instead of verifying them. */
static int take_chain(X509_STORE_CTX *context, void *arg)
{
    struct presented *presented = &((struct fetch *)arg)->presented;
    const SSL *ssl = X509_STORE_CTX_get_ex_data(context, SSL_get_ex_data_X509_STORE_CTX_idx());
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_untrusted(context);
    const SSL_CIPHER *cipher = SSL_get_current_cipher(ssl);

    if (chain == NULL || sk_X509_num(chain) == 0)
        return 0;
    presented_free(presented);
    presented->chain = X509_chain_up_ref(chain);
    if (presented->chain == NULL)
        return 0;
    if (cipher == NULL)
        cipher = SSL_get_pending_cipher(ssl);
    snprintf(presented->tls_version, sizeof presented->tls_version, "%s", SSL_get_version(ssl));
    snprintf(presented->tls_cipher, sizeof presented->tls_cipher, "%s",
             cipher != NULL ? SSL_CIPHER_get_name(cipher) : "");
    return 1;
}

/* The connection to an https proxy, which curl verifies as it always does, comes here too: it is
 * told by its verify mode, since for the server itself verification is off. */
static CURLcode set_up_ssl(CURL *curl, void *ssl_ctx, void *arg)
{
    SSL_CTX *context = ssl_ctx;

    (void)curl;
    if (SSL_CTX_get_verify_mode(context) != SSL_VERIFY_NONE)
        return CURLE_OK;
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_options(context, SSL_OP_LEGACY_SERVER_CONNECT);
    SSL_CTX_set_max_cert_list(context, FETCH_CERT_LIST_MAX);
    SSL_CTX_set_cert_verify_callback(context, take_chain, arg);
    SSL_CTX_set_msg_callback(context, watch_messages);
    SSL_CTX_set_msg_callback_arg(context, arg);
    if (SSL_CTX_set_min_proto_version(context, 0) != 1 ||
        SSL_CTX_set_cipher_list(context, "ALL:!aNULL:!eNULL:@SECLEVEL=0") != 1)
        return CURLE_SSL_CONNECT_ERROR;
    return CURLE_OK;
}

/* The proxy for https as libcurl would find it, or NULL; an empty one is none. */
static const char *find_proxy(const struct fetch_options *options)
{
    static const char *const variables[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    const char *proxy = options->proxy;

    for (size_t i = 0; proxy == NULL && i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != '\0') /* libcurl passes over an empty one */
            proxy = value;
    }
    return proxy != NULL && proxy[0] != '\0' ? proxy : NULL;
}

/* What curl's result means when no chain came; anything not named is ERROR_CONNECT. */
static const struct {
    CURLcode result;
    enum error_code code;
    const char *message;
    const char *hint;
} failures[] = {
    {CURLE_COULDNT_RESOLVE_HOST, ERROR_RESOLVE, "no such host name",
     "check the spelling and the DNS"},
    {CURLE_COULDNT_RESOLVE_PROXY, ERROR_PROXY, "no such proxy",
     "check --proxy and the *_proxy variables"},
    {CURLE_PROXY, ERROR_PROXY, "the proxy refused", "check --proxy and the *_proxy variables"},
    {CURLE_OPERATION_TIMEDOUT, ERROR_TIMEOUT, "timed out",
     "raise --connect-timeout and --max-time, or see whether a firewall drops the packets"},
    {CURLE_COULDNT_CONNECT, ERROR_CONNECT, "could not connect",
     "is the port right, and the server up?"},
    {CURLE_SSL_CONNECT_ERROR, ERROR_HANDSHAKE, "the TLS handshake failed before a chain came",
     "does the server speak TLS on this port? for STARTTLS give smtp://, imap://, pop3:// or "
     "ftp://"},
    {CURLE_USE_SSL_FAILED, ERROR_HANDSHAKE, "the server offers no STARTTLS",
     "give HOST:PORT without a scheme if the port speaks TLS from the first byte"},
    {CURLE_PEER_FAILED_VERIFICATION, ERROR_PROXY, "the proxy's own certificate is not trusted",
     "check --proxy"},
    {CURLE_OUT_OF_MEMORY, ERROR_INTERNAL, "out of memory", ""},
};

/* curl's words made ours: they begin like a sentence, unless they begin with a name such as
 * OpenSSL, and may end in a full stop or white space. */
static void tidy(const char *words, char out[CURL_ERROR_SIZE])
{
    size_t small = 1, length;

    snprintf(out, CURL_ERROR_SIZE, "%s", words);
    length = strlen(out);
    while (length > 0 && strchr(". \t\r\n", out[length - 1]) != NULL)
        out[--length] = '\0';
    while (islower((unsigned char)out[small]))
        small++;
    if (out[small] == ' ' || out[small] == '\0')
        out[0] = (char)tolower((unsigned char)out[0]);
}

static int fail(CURL *curl, const struct fetch_options *options, CURLcode result,
                const char *detail, struct error *err)
{
    enum error_code code = ERROR_CONNECT;
    const char *message = "could not talk to the server";
    const char *hint = "is the port right, and the server up?";
    char words[CURL_ERROR_SIZE];
    curl_off_t connected = 0;
    long proxy_status = 0;

    curl_easy_getinfo(curl, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (proxy_status != 0 && proxy_status / 100 != 2)
        result = CURLE_PROXY;
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        if (failures[i].result == result) {
            code = failures[i].code;
            message = failures[i].message;
            hint = failures[i].hint;
        }
    }
    if (code == ERROR_TIMEOUT &&
        curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected) == 0 && connected > 0)
        hint = "the connection stands, but no answer came: does the port speak TLS from the first "
               "byte, or STARTTLS (smtp://, imap://, pop3://, ftp://)?";
    if (code == ERROR_CONNECT && find_proxy(options) != NULL)
        hint = "is the proxy right (--proxy and the *_proxy variables), and the server up?";
    tidy(detail[0] != '\0' ? detail : curl_easy_strerror(result), words);
    error_set(err, code, "%s: %s", message, words);
    return error_hint(err, "%s", hint);
}

/* The URL names what SNI shall name; libcurl is told where to connect if that is elsewhere. */
static int set_target(struct fetch *fetch, const char *scheme, const struct endpoint *endpoint,
                      const char *host)
{
    char url[2 * ENDPOINT_HOST_SIZE], connect_to[2 * ENDPOINT_HOST_SIZE + 32];

    snprintf(url, sizeof url, strchr(endpoint->name, ':') != NULL ? "%s://[%s]:%u/" : "%s://%s:%u/",
             scheme, endpoint->name, (unsigned)endpoint->port);
    snprintf(connect_to, sizeof connect_to, strchr(host, ':') != NULL ? "::[%s]:%u" : "::%s:%u",
             host, (unsigned)endpoint->port);
    fetch->connect_to = curl_slist_append(NULL, connect_to);
    if (fetch->connect_to == NULL)
        return -1;
    if (curl_easy_setopt(fetch->curl, CURLOPT_URL, url) != CURLE_OK ||
        (strcmp(endpoint->name, host) != 0 &&
         curl_easy_setopt(fetch->curl, CURLOPT_CONNECT_TO, fetch->connect_to) != CURLE_OK))
        return -1;
    return 0;
}

/* What both kinds of connection have in common. */
static int set_up(struct fetch *fetch, const char *scheme, const struct endpoint *endpoint,
                  const char *host, const struct fetch_options *options)
{
    CURL *curl = curl_easy_init();

    fetch->curl = curl;
    if (curl == NULL || set_target(fetch, scheme, endpoint, host) != 0)
        return -1;
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, options->connect_timeout_ms);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, options->max_time_ms);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, fetch->detail);
    if (options->proxy != NULL && /* never without it */
        curl_easy_setopt(curl, CURLOPT_PROXY, options->proxy) != CURLE_OK)
        return -1;
    return 0;
}

/* TLS by libcurl, whose chain goes to fetch->presented. */
static int set_up_tls(struct fetch *fetch, const struct endpoint *endpoint,
                      const struct fetch_options *options)
{
    const char *scheme = endpoint->starttls != NULL ? endpoint->starttls : "https";

    if (set_up(fetch, scheme, endpoint, endpoint->host, options) != 0)
        return -1;
    curl_easy_setopt(fetch->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    curl_easy_setopt(fetch->curl, CURLOPT_SSL_VERIFYPEER, 0L); /* path.c judges the chain */
    curl_easy_setopt(fetch->curl, CURLOPT_SSL_VERIFYHOST, 0L);
    curl_easy_setopt(fetch->curl, CURLOPT_SSL_SESSIONID_CACHE, 0L); /* each is asked once */
    curl_easy_setopt(fetch->curl, CURLOPT_SSL_ENABLE_ALPN, 0L); /* the port may speak anything */
    if (curl_easy_setopt(fetch->curl, CURLOPT_SSL_CTX_FUNCTION, set_up_ssl) != CURLE_OK ||
        curl_easy_setopt(fetch->curl, CURLOPT_SSL_CTX_DATA, fetch) != CURLE_OK)
        return -1; /* a libcurl without OpenSSL */
    return 0;
}

static int fail_set_up(struct error *err)
{
    error_set(err, ERROR_INTERNAL, "libcurl cannot be set up: it must be one built with OpenSSL");
    return -1;
}

/* The server's address, unless the connection goes through a proxy. */
static void note_address(CURL *curl, const struct fetch_options *options,
                         struct presented *presented)
{
    char *address = NULL;

    if (find_proxy(options) == NULL &&
        curl_easy_getinfo(curl, CURLINFO_PRIMARY_IP, &address) == CURLE_OK && address != NULL)
        snprintf(presented->address, sizeof presented->address, "%s", address);
}

static long shorter_time_ms(const struct fetch_options *options)
{
    return options->connect_timeout_ms < options->max_time_ms ? options->connect_timeout_ms
                                                              : options->max_time_ms;
}

int fetch_start(const struct endpoint *endpoint, const struct fetch_options *options,
                struct fetch **out, struct error *err)
{
    struct fetch *fetch = calloc(1, sizeof *fetch);

    if (fetch == NULL)
        return error_no_memory(err);
    fetch->options = options;
    fetch->deadline_ms = monotonic_now_ms() + shorter_time_ms(options);
    if (set_up_tls(fetch, endpoint, options) != 0) {
        fetch_free(fetch);
        return fail_set_up(err);
    }
    *out = fetch;
    return 0;
}

CURL *fetch_handle(struct fetch *fetch)
{
    return fetch->curl;
}

int fetch_finish(struct fetch *fetch, CURLcode result, struct presented *out, struct error *err)
{
    ERR_clear_error();
    if (fetch->messages > MESSAGES_MAX) {
        result = CURLE_SSL_CONNECT_ERROR; /* whatever watch_messages() made of it */
        snprintf(fetch->detail, sizeof fetch->detail, "over %d messages", MESSAGES_MAX);
    } else if (fetch->presented.chain == NULL && monotonic_now_ms() >= fetch->deadline_ms) {
        result = CURLE_OPERATION_TIMEDOUT; /* likewise */
        fetch->detail[0] = '\0';
    }
    if (fetch->presented.chain == NULL)
        return fail(fetch->curl, fetch->options, result, fetch->detail, err);
    note_address(fetch->curl, fetch->options, &fetch->presented);
    *out = fetch->presented;
    fetch->presented = (struct presented){0};
    return 0;
}

void fetch_free(struct fetch *fetch)
{
    if (fetch == NULL)
        return;
    curl_easy_cleanup(fetch->curl);
    curl_slist_free_all(fetch->connect_to);
    presented_free(&fetch->presented);
    free(fetch);
}

int fetch_connect_plain(const struct endpoint *endpoint, const struct presented *presented,
                        const struct fetch_options *options, CURL **out, struct error *err)
{
    struct fetch *fetch = calloc(1, sizeof *fetch);
    struct fetch_options proxied = *options;
    const char *host = presented->address[0] != '\0' ? presented->address : endpoint->host;
    CURLcode result;
    int rv = -1;

    if (fetch == NULL)
        return error_no_memory(err);
    proxied.proxy = find_proxy(options); /* by its scheme libcurl would look for that of http */
    if (set_up(fetch, "http", endpoint, host, &proxied) != 0) {
        fail_set_up(err);
        goto done;
    }
    result = curl_easy_perform(fetch->curl);
    if (result != CURLE_OK) {
        fail(fetch->curl, options, result, fetch->detail, err);
        goto done;
    }
    curl_easy_setopt(fetch->curl, CURLOPT_ERRORBUFFER,
                     (char *)NULL); /* these end with this function */
    curl_easy_setopt(fetch->curl, CURLOPT_CONNECT_TO, (struct curl_slist *)NULL);
    *out = fetch->curl;
    fetch->curl = NULL;
    rv = 0;
done:
    fetch_free(fetch);
    return rv;
}

int fetch_chain_file(const char *path, struct presented *out, struct error *err)
{
    struct presented presented = {0};

    if (pem_read_file(path, &presented.chain, err) != 0)
        return -1;
    *out = presented;
    return 0;
}

void presented_free(struct presented *presented)
{
    sk_X509_pop_free(presented->chain, X509_free);
    *presented = (struct presented){0};
}
