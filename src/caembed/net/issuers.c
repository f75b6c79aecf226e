/* issuers.c -- an http:// address -> an answer, bounded -> the CA certificates in it */
#include "net/issuers.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/array.h"
#include "base/monotonic.h"
#include "x509/cert.h"

#define ANSWERS_MAX 4096 /* of a run */

/* What an address answered: certs, or why there are none. */
struct answer {
    char *url;
    STACK_OF(X509) * certs;
    size_t length;
    struct error err;
};

struct issuers {
    const struct fetch_options *options;
    bool allows_private;
    struct answer *answer;
    size_t count;
};

/* One request, while it goes on. */
struct request {
    const struct issuers *issuers;
    const char *proxy; /* "": none */
    char *bytes;
    size_t length;
    bool is_too_long;
    bool is_private; /* the address was refused */
};

/* ---- addresses ---- */

static bool in_block4(uint32_t address, uint32_t block, int bits)
{
    return address >> (32 - bits) == block >> (32 - bits);
}

/* RFC 6890, section 2.2.2, and multicast. */
static bool is_public4(uint32_t address)
{
    static const struct {
        uint32_t block;
        int bits;
    } others[] = {
        {0x00000000, 8},  {0x0A000000, 8},  {0x64400000, 10}, {0x7F000000, 8},  {0xA9FE0000, 16},
        {0xAC100000, 12}, {0xC0000000, 24}, {0xC0000200, 24}, {0xC0A80000, 16}, {0xC6120000, 15},
        {0xC6336400, 24}, {0xCB007100, 24}, {0xE0000000, 3},
    };

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (in_block4(address, others[i].block, others[i].bits))
            return false;
    return true;
}

static uint32_t read_address4(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* RFC 6890, section 2.2.3: of 2000::/3, without documentation; 6to4 (RFC 3056) and NAT64 (RFC 6052)
 * hold an IPv4 address. */
static bool is_public6(const uint8_t bytes[16])
{
    static const uint8_t nat64[12] = {0, 0x64, 0xFF, 0x9B};
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0D, 0xB8};

    if (memcmp(bytes, nat64, sizeof nat64) == 0)
        return is_public4(read_address4(bytes + 12));
    if (bytes[0] == 0x20 && bytes[1] == 0x02)
        return is_public4(read_address4(bytes + 2));
    return bytes[0] >> 5 == 1 && memcmp(bytes, documentation, sizeof documentation) != 0 &&
           !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 2); /* Teredo and the like */
}

static bool is_public(const struct sockaddr *address)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (address->sa_family == AF_INET) {
        memcpy(&in, address, sizeof in);
        return is_public4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(&in6, address, sizeof in6);
    return is_public6(in6.sin6_addr.s6_addr);
}

/* libcurl asks for a socket to this very address, after it has looked the name up. */
static curl_socket_t open_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct request *request = context;

    (void)purpose;
    if (request->proxy[0] == '\0' && !request->issuers->allows_private &&
        !is_public(&address->addr)) {
        request->is_private = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype, address->protocol);
}

/* What no public name ends in: RFC 6761, 6762 and 8375, ICANN's .internal, and numbers, which a
 * proxy may take for an address. A name of one label is of its own network. */
static bool is_private_name(const char *host)
{
    static const char *const ends[] = {".localhost", ".local", ".internal", ".home.arpa"};
    const char *label = strrchr(host, '.');
    const size_t length = strlen(host);

    if (label == NULL || (label[1] >= '0' && label[1] <= '9'))
        return true;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (length > strlen(ends[i]) && strcasecmp(host + length - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static bool is_private_host(char *host)
{
    const size_t length = strlen(host);
    struct sockaddr_in in = {.sin_family = AF_INET};
    uint8_t bytes[16];

    if (host[0] == '[' && host[length - 1] == ']') {
        host[length - 1] = '\0';
        return inet_pton(AF_INET6, host + 1, bytes) != 1 || !is_public6(bytes);
    }
    if (length > 0 && host[length - 1] == '.')
        host[length - 1] = '\0';
    if (inet_pton(AF_INET, host, &in.sin_addr) == 1)
        return !is_public4(ntohl(in.sin_addr.s_addr));
    return is_private_name(host);
}

/* Of what the URL itself says: where a name leads to is the proxy's to look up. */
static bool names_private_host(const char *url)
{
    CURLU *parts = curl_url();
    char *host = NULL;
    bool is_private = true; /* what cannot be read */

    if (parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK)
        is_private = is_private_host(host);
    curl_free(host);
    curl_url_cleanup(parts);
    return is_private;
}

/* ---- a request ---- */

static size_t take_bytes(char *bytes, size_t size, size_t count, void *context)
{
    struct request *request = context;
    const size_t length = size * count;

    if (length > ISSUERS_LENGTH_MAX - request->length) {
        request->is_too_long = true;
        return 0;
    }
    memcpy(request->bytes + request->length, bytes, length);
    request->length += length;
    return length;
}

/* As curl looks for it, for a URL of http. That of no_proxy is not heeded, so that it is certain
 * who connects. */
static const char *find_proxy(const struct fetch_options *options)
{
    static const char *const names[] = {"http_proxy", "all_proxy", "ALL_PROXY"};

    if (options->proxy != NULL)
        return options->proxy;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return value;
    }
    return "";
}

static int set_up(CURL *curl, struct request *request, long timeout_ms)
{
    const struct fetch_options *options = request->issuers->options;

    if (curl == NULL || curl_easy_setopt(curl, CURLOPT_PROXY, request->proxy) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "") != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http") != CURLE_OK)
        return -1;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, timeout_ms);
    curl_easy_setopt(curl, CURLOPT_MAXFILESIZE, (long)ISSUERS_LENGTH_MAX);
    curl_easy_setopt(curl, CURLOPT_IPRESOLVE, options->ip_version);
    curl_easy_setopt(curl, CURLOPT_RESOLVE, options->resolve);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, request);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_bytes);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, request);
    return 0;
}

static int fail_private(const char *url, struct error *err)
{
    error_set(err, ERROR_UNTRUSTED, "%.300s is at a private address", url);
    return error_hint(err, "--aia-allow-private lets --aia connect to it");
}

static int fail_result(CURLcode result, const struct request *request, const char *url,
                       struct error *err)
{
    if (request->is_private)
        return fail_private(url, err);
    if (request->is_too_long || result == CURLE_FILESIZE_EXCEEDED)
        return error_set(err, ERROR_UNTRUSTED, "%.300s is longer than %d bytes", url,
                         ISSUERS_LENGTH_MAX);
    if (result == CURLE_OPERATION_TIMEDOUT)
        return error_set(err, ERROR_UNTRUSTED, "%.300s did not answer in time", url);
    return error_set(err, ERROR_UNTRUSTED, "%.300s: %s", url, curl_easy_strerror(result));
}

/* Asks one address. *next is where it sends us, to be freed with free(), or NULL. */
static int ask(CURL *curl, struct request *request, const char *url, char **next, struct error *err)
{
    char *redirect = NULL;
    long status = 0;
    CURLcode result;

    *next = NULL;
    request->length = 0;
    if (request->proxy[0] != '\0' && !request->issuers->allows_private && names_private_host(url))
        return fail_private(url, err);
    if (curl_easy_setopt(curl, CURLOPT_URL, url) != CURLE_OK)
        return error_no_memory(err);
    result = curl_easy_perform(curl);
    if (result != CURLE_OK)
        return fail_result(result, request, url, err);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &redirect);
    if (redirect != NULL && strncasecmp(redirect, "http://", 7) != 0)
        return error_set(err, ERROR_UNTRUSTED, "%.200s leads to %.200s, which is not http", url,
                         redirect);
    if (redirect != NULL)
        return (*next = strdup(redirect)) != NULL ? 0 : error_no_memory(err);
    if (status != 200)
        return error_set(err, ERROR_UNTRUSTED, "%.300s answered with HTTP status %ld", url, status);
    return 0;
}

static int ask_with_redirects(CURL *curl, struct request *request, const char *url,
                              int64_t timeout_ms, struct error *err)
{
    const int64_t deadline_ms = monotonic_now_ms() + timeout_ms;
    char *at = strdup(url), *next = NULL;
    int rv = at != NULL ? 0 : error_no_memory(err);

    for (int i = 0; rv == 0; i++) {
        const int64_t left_ms = deadline_ms - monotonic_now_ms();
        if (i > ISSUERS_REDIRECTS_MAX)
            rv = error_set(err, ERROR_UNTRUSTED, "%.300s leads on more than %d times", url,
                           ISSUERS_REDIRECTS_MAX);
        else if (set_up(curl, request, left_ms > 0 ? (long)left_ms : 1L) != 0)
            rv = error_no_memory(err);
        else
            rv = ask(curl, request, at, &next, err);
        if (rv != 0 || next == NULL)
            break;
        free(at);
        at = next;
    }
    free(at);
    return rv;
}

/* ---- an answer ---- */

/* An intermediate: a CA that is not its own issuer. Others are passed over. */
static int keep(X509 *cert, STACK_OF(X509) * certs)
{
    if (cert == NULL || X509_check_ca(cert) != 1 ||
        X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0 ||
        sk_X509_num(certs) >= ISSUERS_COUNT_MAX)
        return 0;
    if (X509_up_ref(cert) != 1)
        return -1;
    if (sk_X509_push(certs, cert) > 0)
        return 0;
    X509_free(cert);
    return -1;
}

static int add_der(const unsigned char *der, size_t length, STACK_OF(X509) * certs)
{
    X509 *cert = cert_from_der(der, length);
    int rv = keep(cert, certs);

    X509_free(cert);
    return rv;
}

static int add_pkcs7(const unsigned char *der, size_t length, STACK_OF(X509) * certs)
{
    PKCS7 *pkcs7 = d2i_PKCS7(NULL, &der, (long)length);
    STACK_OF(X509) *found = pkcs7 != NULL && PKCS7_type_is_signed(pkcs7) && pkcs7->d.sign != NULL
                                ? pkcs7->d.sign->cert
                                : NULL;
    int rv = 0;

    for (int i = 0; rv == 0 && i < sk_X509_num(found); i++)
        rv = keep(sk_X509_value(found, i), certs);
    PKCS7_free(pkcs7);
    return rv;
}

/* Blocks of certificates or of PKCS#7. */
static int add_pem(const char *bytes, size_t length, STACK_OF(X509) * certs)
{
    BIO *bio = BIO_new_mem_buf(bytes, (int)length);
    char *name, *header;
    unsigned char *data;
    long data_length;
    int rv = bio != NULL ? 0 : -1;

    while (rv == 0 && PEM_read_bio(bio, &name, &header, &data, &data_length) == 1) {
        if (strcmp(name, PEM_STRING_X509) == 0)
            rv = add_der(data, (size_t)data_length, certs);
        else if (strcmp(name, PEM_STRING_PKCS7) == 0 || strcmp(name, PEM_STRING_CMS) == 0)
            rv = add_pkcs7(data, (size_t)data_length, certs);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    BIO_free(bio);
    return rv;
}

static int read_answer(const struct request *request, const char *url, STACK_OF(X509) * certs,
                       struct error *err)
{
    const unsigned char *der = (const unsigned char *)request->bytes;
    int rv = request->length == 0 ? 0 : add_der(der, request->length, certs);

    if (rv == 0 && sk_X509_num(certs) == 0)
        rv = add_pkcs7(der, request->length, certs);
    if (rv == 0 && sk_X509_num(certs) == 0)
        rv = add_pem(request->bytes, request->length, certs);
    ERR_clear_error();
    if (rv != 0)
        return error_no_memory(err);
    return sk_X509_num(certs) > 0
               ? 0
               : error_set(err, ERROR_UNTRUSTED, "%.300s holds no intermediate certificate", url);
}

static int fetch(const struct issuers *issuers, int64_t timeout_ms, struct answer *answer)
{
    struct request request = {.issuers = issuers, .proxy = find_proxy(issuers->options)};
    CURL *curl = curl_easy_init();
    int rv;

    request.bytes = malloc(ISSUERS_LENGTH_MAX);
    if (curl == NULL || request.bytes == NULL) {
        rv = error_no_memory(&answer->err);
    } else {
        rv = ask_with_redirects(curl, &request, answer->url, timeout_ms, &answer->err);
        answer->length = request.length;
    }
    if (rv == 0)
        rv = read_answer(&request, answer->url, answer->certs, &answer->err);
    curl_easy_cleanup(curl);
    free(request.bytes);
    return rv;
}

/* ---- the set ---- */

int issuers_open(const struct fetch_options *options, bool allows_private, struct issuers **out,
                 struct error *err)
{
    struct issuers *issuers = calloc(1, sizeof *issuers);

    if (issuers == NULL)
        return error_no_memory(err);
    issuers->options = options;
    issuers->allows_private = allows_private;
    *out = issuers;
    return 0;
}

static struct answer *find(const struct issuers *issuers, const char *url)
{
    for (size_t i = 0; i < issuers->count; i++)
        if (strcmp(issuers->answer[i].url, url) == 0)
            return &issuers->answer[i];
    return NULL;
}

static struct answer *add(struct issuers *issuers, const char *url, struct error *err)
{
    struct answer *answer = array_grow(issuers->answer, issuers->count, sizeof *answer);

    if (answer == NULL)
        goto failed;
    issuers->answer = answer;
    answer += issuers->count;
    *answer = (struct answer){.url = strdup(url), .certs = sk_X509_new_null()};
    if (answer->url != NULL && answer->certs != NULL) {
        issuers->count++;
        return answer;
    }
    free(answer->url);
    sk_X509_free(answer->certs);
failed:
    error_no_memory(err);
    return NULL;
}

int issuers_get(struct issuers *issuers, const char *url, int64_t timeout_ms,
                const STACK_OF(X509) * *out, size_t *length, struct error *err)
{
    struct answer *answer = find(issuers, url);

    if (timeout_ms > issuers->options->connect_timeout_ms)
        timeout_ms = issuers->options->connect_timeout_ms;
    if (timeout_ms > ISSUERS_TIME_MAX_MS)
        timeout_ms = ISSUERS_TIME_MAX_MS;
    *length = 0;
    if (answer == NULL) {
        if (issuers->count == ANSWERS_MAX)
            return error_set(err, ERROR_LIMIT, "more than %d addresses", ANSWERS_MAX);
        if ((answer = add(issuers, url, err)) == NULL)
            return -1;
        (void)!fetch(issuers, timeout_ms, answer);
        *length = answer->length;
    }
    if (answer->err.code != ERROR_NONE) {
        *err = answer->err;
        return -1;
    }
    *out = answer->certs;
    return 0;
}

void issuers_close(struct issuers *issuers)
{
    if (issuers == NULL)
        return;
    for (size_t i = 0; i < issuers->count; i++) {
        free(issuers->answer[i].url);
        sk_X509_pop_free(issuers->answer[i].certs, X509_free);
    }
    free(issuers->answer);
    free(issuers);
}
