/* connection.c -- endpoint -> a TCP connection to its server, made by libcurl */
#include "net/connection.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/monotonic.h"
#include "base/trace.h"

#define BACKOFF_MAX_S 60

struct connection {
    CURL *curl;
    struct curl_slist *connect_to; /* the address, or NULL: libcurl looks the name up */
    bool is_proxied;
    char detail[CURL_ERROR_SIZE];
};

/* The value of a variable that is set to something; libcurl passes over an empty one. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* The proxy for the endpoint's scheme as curl would find it: "" if there is none. libcurl itself
 * would look for that of http, since it is to speak no TLS of its own. */
static const char *find_proxy(const struct endpoint *endpoint, const struct fetch_options *options)
{
    const char *scheme = endpoint->starttls != NULL ? endpoint->starttls : "https";
    char lower[16], upper[16];
    const char *const names[] = {lower, upper, "all_proxy", "ALL_PROXY"};

    if (options->proxy != NULL)
        return options->proxy;
    snprintf(lower, sizeof lower, "%s_proxy", scheme);
    snprintf(upper, sizeof upper, "%s_proxy", scheme);
    for (char *at = upper; *at != '\0'; at++)
        *at = (char)toupper((unsigned char)*at);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (variable(names[i]) != NULL)
            return variable(names[i]);
    return "";
}

/* What libcurl's result means; anything not named is ERROR_CONNECT. The only TLS that libcurl
 * speaks is that with an https proxy. */
static const struct failure {
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
    {CURLE_SSL_CONNECT_ERROR, ERROR_PROXY, "the TLS handshake with the proxy failed",
     "does the proxy speak TLS? if not, give it as http://"},
    {CURLE_PEER_FAILED_VERIFICATION, ERROR_PROXY, "the proxy's own certificate is not trusted",
     "check --proxy"},
    {CURLE_OUT_OF_MEMORY, ERROR_INTERNAL, "out of memory", ""},
};

static const struct failure *find_failure(CURLcode result)
{
    static const struct failure other = {CURLE_OK, ERROR_CONNECT, "could not talk to the server",
                                         "is the port right, and the server up?"};

    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++)
        if (failures[i].result == result)
            return &failures[i];
    return &other;
}

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

/* libcurl 8.14 takes the name of a proxy that does not resolve for the host's in its result, now
 * and then, but not in its words. */
static bool names_proxy(const char *detail)
{
    static const char words[] = "Could not resolve proxy";

    return strncmp(detail, words, sizeof words - 1) == 0;
}

int connection_fail(const struct connection *connection, CURLcode result, struct error *err)
{
    const struct failure *failure;
    const char *hint;
    char words[CURL_ERROR_SIZE];
    long proxy_status = 0;

    curl_easy_getinfo(connection->curl, CURLINFO_HTTP_CONNECTCODE, &proxy_status);
    if (proxy_status != 0 && proxy_status / 100 != 2)
        result = CURLE_PROXY;
    if (result == CURLE_COULDNT_RESOLVE_HOST && names_proxy(connection->detail))
        result = CURLE_COULDNT_RESOLVE_PROXY;
    failure = find_failure(result);
    hint = failure->hint;
    if (failure->code == ERROR_CONNECT && connection->is_proxied)
        hint = "is the proxy right (--proxy and the *_proxy variables), and the server up?";
    tidy(connection->detail[0] != '\0' ? connection->detail : curl_easy_strerror(result), words);
    error_kind(err, "%s", failure->message);
    error_set(err, failure->code, "%s: %s", failure->message, words);
    return error_hint(err, "%s", hint);
}

int connection_fail_timeout(struct error *err)
{
    error_set(err, ERROR_TIMEOUT, "timed out: connected, but no answer came in time");
    return error_hint(err,
                      "does the port speak TLS from the first byte, or STARTTLS (smtp://, imap://, "
                      "pop3://, ftp://)? for a slow server raise --connect-timeout and --max-time");
}

static CURLcode set_url(CURL *curl, const struct endpoint *endpoint)
{
    char url[ENDPOINT_HOST_SIZE + 32];

    snprintf(url, sizeof url, endpoint->host_is_ipv6 ? "http://[%s]:%u/" : "http://%s:%u/",
             endpoint->host, (unsigned)endpoint->port);
    return curl_easy_setopt(curl, CURLOPT_URL, url);
}

/* The URL keeps the name, with which libcurl compares no_proxy. */
static int set_address(struct connection *connection, const char *address)
{
    char line[ENDPOINT_ADDRESS_SIZE + 8];

    if (address[0] == '\0')
        return 0;
    snprintf(line, sizeof line, strchr(address, ':') != NULL ? "::[%s]:" : "::%s:", address);
    connection->connect_to = curl_slist_append(NULL, line);
    if (connection->connect_to == NULL)
        return -1;
    return curl_easy_setopt(connection->curl, CURLOPT_CONNECT_TO, connection->connect_to) ==
                   CURLE_OK
               ? 0
               : -1;
}

/* Recent libcurl takes an address in numbers whatever CURLOPT_IPRESOLVE says. */
static int check_family(const char *host, long ip_version, struct error *err)
{
    unsigned char address[sizeof(struct in6_addr)];
    const bool wants_v6 = ip_version == CURL_IPRESOLVE_V6;

    if (ip_version == CURL_IPRESOLVE_WHATEVER ||
        inet_pton(wants_v6 ? AF_INET : AF_INET6, host, address) != 1)
        return 0;
    error_set(err, ERROR_RESOLVE, "%s is no IPv%c address", host, wants_v6 ? '6' : '4');
    return error_hint(err, "leave out -%c, or give a name", wants_v6 ? '6' : '4');
}

/* What libcurl says: of names, addresses and proxies. */
static int trace_libcurl(CURL *curl, curl_infotype type, char *bytes, size_t length, void *context)
{
    const struct endpoint *endpoint = context;

    (void)curl;
    if (type == CURLINFO_TEXT)
        trace_put_lines(endpoint->text, "libcurl", bytes, length);
    else if (type == CURLINFO_HEADER_IN || type == CURLINFO_HEADER_OUT)
        trace_put_lines(endpoint->text, type == CURLINFO_HEADER_IN ? "proxy <" : "proxy >", bytes,
                        length);
    return 0;
}

static int set_up(struct connection *connection, const struct endpoint *endpoint,
                  const char *address, const struct fetch_options *options, int64_t timeout_ms)
{
    const char *proxy = find_proxy(endpoint, options);
    CURL *curl = connection->curl = curl_easy_init();

    connection->is_proxied = proxy[0] != '\0';
    if (curl == NULL || set_url(curl, endpoint) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_PROXY, proxy) != CURLE_OK ||
        set_address(connection, address) != 0)
        return -1;
    curl_easy_setopt(curl, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl, CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_IPRESOLVE, options->ip_version);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, options->resolve);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms > 0 ? (long)timeout_ms : 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, connection->detail);
    if (trace_is_on()) {
        curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
        curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, trace_libcurl);
        curl_easy_setopt(curl, CURLOPT_DEBUGDATA, endpoint);
    }
    return 0;
}

int connection_start(const struct endpoint *endpoint, const char *address,
                     const struct fetch_options *options, int64_t timeout_ms,
                     struct connection **out, struct error *err)
{
    struct connection *connection;

    if (find_proxy(endpoint, options)[0] == '\0' &&
        check_family(address[0] != '\0' ? address : endpoint->host, options->ip_version, err) != 0)
        return -1;
    connection = calloc(1, sizeof *connection);
    if (connection == NULL)
        return error_no_memory(err);
    if (set_up(connection, endpoint, address, options, timeout_ms) != 0) {
        connection_free(connection);
        return error_set(err, ERROR_INTERNAL, "libcurl cannot be set up");
    }
    *out = connection;
    return 0;
}

CURL *connection_handle(struct connection *connection)
{
    return connection->curl;
}

int connection_open(struct connection *connection, struct error *err)
{
    const CURLcode result = curl_easy_perform(connection->curl);

    return result == CURLE_OK ? 0 : connection_fail(connection, result, err);
}

enum io connection_send(struct connection *connection, const void *bytes, size_t length,
                        size_t *moved)
{
    const CURLcode result = curl_easy_send(connection->curl, bytes, length, moved);

    return result == CURLE_OK ? IO_DONE : result == CURLE_AGAIN ? IO_WRITES : IO_FAILED;
}

enum io connection_receive(struct connection *connection, void *bytes, size_t size, size_t *moved)
{
    const CURLcode result = curl_easy_recv(connection->curl, bytes, size, moved);

    return result == CURLE_OK ? IO_DONE : result == CURLE_AGAIN ? IO_READS : IO_FAILED;
}

curl_socket_t connection_socket(const struct connection *connection)
{
    curl_socket_t socket = CURL_SOCKET_BAD;

    if (curl_easy_getinfo(connection->curl, CURLINFO_ACTIVESOCKET, &socket) != CURLE_OK)
        return CURL_SOCKET_BAD;
    return socket;
}

bool connection_wait(const struct connection *connection, enum io what, int64_t deadline_ms)
{
    const int64_t left_ms = deadline_ms - monotonic_now_ms();
    struct pollfd fd = {.fd = connection_socket(connection),
                        .events = what == IO_WRITES ? POLLOUT : POLLIN};

    return fd.fd != CURL_SOCKET_BAD && left_ms > 0 && poll(&fd, 1, (int)left_ms) > 0;
}

void connection_address(const struct connection *connection, char *address, size_t size)
{
    char *primary = NULL;

    address[0] = '\0';
    if (!connection->is_proxied &&
        curl_easy_getinfo(connection->curl, CURLINFO_PRIMARY_IP, &primary) == CURLE_OK &&
        primary != NULL)
        snprintf(address, size, "%s", primary);
}

bool connection_may_retry(enum error_code code)
{
    return code == ERROR_RESOLVE || code == ERROR_CONNECT || code == ERROR_TIMEOUT ||
           code == ERROR_PROXY || code == ERROR_HANDSHAKE;
}

int64_t connection_backoff_ms(long attempts)
{
    int64_t wait_s = 1;

    for (long i = 1; i < attempts && wait_s < BACKOFF_MAX_S; i++)
        wait_s *= 2;
    return 1000 * (wait_s < BACKOFF_MAX_S ? wait_s : BACKOFF_MAX_S);
}

void connection_free(struct connection *connection)
{
    if (connection == NULL)
        return;
    curl_easy_cleanup(connection->curl);
    curl_slist_free_all(connection->connect_to);
    free(connection);
}
