/* endpoint.c -- HOST[:PORT] or a URL -> host, port, scheme and reference identifier */
#include "net/endpoint.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <curl/curl.h>
#include <idn2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A scheme either begins with TLS, or with a dialogue that libcurl knows how to hold (STARTTLS). */
static const struct scheme {
    const char *name;
    uint16_t port;
    bool starttls;
} schemes[] = {
    {"https", 443, false},  {"wss", 443, false},        {"mqtts", 8883, false},
    {"amqps", 5671, false}, {"coaps+tcp", 5684, false}, {"ftps", 990, false},
    {"imaps", 993, false},  {"pop3s", 995, false},      {"smtps", 465, false},
    {"ldaps", 636, false},  {"ircs", 6697, false},      {"sips", 5061, false},
    {"tls", 443, false},    {"ssl", 443, false},        {"smtp", 25, true},
    {"imap", 143, true},    {"pop3", 110, true},        {"ftp", 21, true},
};

static const struct scheme *find_scheme(const char *name)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strcmp(schemes[i].name, name) == 0)
            return &schemes[i];
    return NULL;
}

/* What messages show of an argument: before the @ may stand a password. */
static const char *shown(const char *text)
{
    const char *at = strrchr(text, '@');

    return at != NULL ? at + 1 : text;
}

static const char host_hint[] =
    "expected HOST, HOST:PORT, [IPV6]:PORT or a URL such as mqtts://HOST";
static const char port_hint[] = "a port is a number from 1 to 65535";
static const char international_hint[] =
    "an international name is written in UTF-8, or in its xn-- form, and keeps the rules of IDNA";

static int fail_host(const char *text, const char *hint, struct error *err)
{
    error_set(err, ERROR_USAGE, "'%s' is not a host", shown(text));
    error_hint(err, "%s", hint);
    return -1;
}

static bool is_address(const char *host, bool *is_ipv6)
{
    unsigned char address[16];

    *is_ipv6 = inet_pton(AF_INET6, host, address) == 1;
    return *is_ipv6 || inet_pton(AF_INET, host, address) == 1;
}

/* Copies a host in lower case without its closing dot; letters, digits and what addresses and
 * lenient DNS names hold, nothing else, so that it can stand in any text. */
static int copy_host(const char *from, char to[ENDPOINT_HOST_SIZE])
{
    size_t length = strlen(from);

    if (length > 1 && from[length - 1] == '.')
        length--;
    if (length == 0 || length > 253 || from[0] == '.' || from[0] == '-' ||
        strstr(from, "..") != NULL)
        return -1;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)from[i];
        if (!(byte < 0x80 && isalnum(byte)) && strchr("-._:", byte) == NULL)
            return -1;
        to[i] = (char)tolower(byte);
    }
    to[length] = '\0';
    return 0;
}

/* Copies a host as its A-labels (RFC 5891, with the mapping of UTS 46, as browsers have it).
 * libcurl would take the bytes for text in the locale's encoding. */
static int copy_international_host(const char *from, char to[ENDPOINT_HOST_SIZE])
{
    uint8_t *ascii = NULL;
    int rv = idn2_lookup_u8((const uint8_t *)from, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

    rv = rv == IDN2_OK ? copy_host((const char *)ascii, to) : -1;
    idn2_free(ascii);
    return rv;
}

static bool is_ascii(const char *text)
{
    while (*text != '\0' && (unsigned char)*text < 0x80)
        text++;
    return *text == '\0';
}

static int copy_any_host(const char *from, char to[ENDPOINT_HOST_SIZE])
{
    return is_ascii(from) ? copy_host(from, to) : copy_international_host(from, to);
}

static int get_host(CURLU *url, char host[ENDPOINT_HOST_SIZE])
{
    char *part = NULL;
    char *bare;
    int rv;

    if (curl_url_get(url, CURLUPART_HOST, &part, 0) != CURLUE_OK) {
        curl_free(part); /* libcurl 7.88 sets it even so */
        return -1;
    }
    bare = part[0] == '[' ? part + 1 : part;
    bare[strcspn(bare, "]")] = '\0';
    rv = copy_any_host(bare, host);
    curl_free(part);
    return rv;
}

/* The port as text given, or the scheme's. Returns -1 for port 0. */
static int get_port(CURLU *url, const struct scheme *scheme, uint16_t *port)
{
    char *part = NULL;
    long value = scheme->port;

    if (curl_url_get(url, CURLUPART_PORT, &part, 0) == CURLUE_OK)
        value = strtol(part, NULL, 10);
    curl_free(part);
    if (value < 1 || value > 65535)
        return -1;
    *port = (uint16_t)value;
    return 0;
}

static int get_scheme(CURLU *url, const char *text, const struct scheme **out, struct error *err)
{
    char *part = NULL;
    const struct scheme *scheme;

    if (curl_url_get(url, CURLUPART_SCHEME, &part, 0) != CURLUE_OK)
        return fail_host(text, host_hint, err);
    scheme = find_scheme(part);
    curl_free(part);
    if (scheme == NULL) {
        error_set(err, ERROR_USAGE, "'%s': a scheme without TLS, or one not known here",
                  shown(text));
        error_hint(err,
                   "give HOST:PORT for TLS from the first byte; STARTTLS: smtp, imap, pop3, ftp");
        return -1;
    }
    *out = scheme;
    return 0;
}

static bool has_part(CURLU *url, CURLUPart what)
{
    char *part = NULL;
    bool found = curl_url_get(url, what, &part, 0) == CURLUE_OK;

    curl_free(part);
    return found;
}

static int set_name(struct endpoint *endpoint, const char *servername, struct error *err)
{
    const char *name = servername != NULL ? servername : endpoint->host;
    bool is_name = copy_any_host(name, endpoint->name) == 0;
    bool is_ipv6 = false;

    endpoint->name_is_address = is_name && is_address(endpoint->name, &is_ipv6);
    if (is_name && (is_ipv6 || strchr(endpoint->name, ':') == NULL))
        return 0;
    error_set(err, ERROR_USAGE, "--servername '%s' is not a host name", name);
    return error_hint(err, "%s",
                      is_ascii(name) ? "expected a DNS name or an address, without a port"
                                     : international_hint);
}

/* What a URL may hold and is of no use here. */
static int refuse_parts(CURLU *url, const char *text, struct error *err)
{
    if (has_part(url, CURLUPART_USER)) {
        error_set(err, ERROR_USAGE, "a user name is not used here"); /* nor told */
        return error_hint(err, "leave out what stands before the @");
    }
    if (has_part(url, CURLUPART_ZONEID)) {
        error_set(err, ERROR_USAGE, "'%s': an address with a zone is not taken", shown(text));
        return error_hint(err, "give the server's name, or an address that holds beyond the link");
    }
    return 0;
}

/* A bare IPv6 address is put into the brackets that URLs have. */
static CURLUcode set_url(CURLU *url, const char *text)
{
    const unsigned flags = CURLU_DEFAULT_SCHEME | CURLU_NON_SUPPORT_SCHEME;
    const size_t length = strcspn(text, "%"); /* after it comes a zone */
    char address[INET6_ADDRSTRLEN], bracketed[128];
    bool is_ipv6 = false;

    if (length < sizeof address && strlen(text) < sizeof bracketed - 2) {
        snprintf(address, sizeof address, "%.*s", (int)length, text);
        (void)is_address(address, &is_ipv6);
    }
    if (!is_ipv6)
        return curl_url_set(url, CURLUPART_URL, text, flags);
    snprintf(bracketed, sizeof bracketed, "[%s]", text);
    return curl_url_set(url, CURLUPART_URL, bracketed, flags);
}

int endpoint_parse(const char *text, const char *servername, struct endpoint *out,
                   struct error *err)
{
    struct endpoint endpoint = {0};
    const struct scheme *scheme = NULL;
    CURLU *url = curl_url();
    CURLUcode result;
    int rv = -1;

    if (url == NULL)
        return error_no_memory(err);
    result = set_url(url, text);
    if (result != CURLUE_OK) {
        fail_host(text, result == CURLUE_BAD_PORT_NUMBER ? port_hint : host_hint, err);
        goto done;
    }
    if (get_scheme(url, text, &scheme, err) != 0 || refuse_parts(url, text, err) != 0)
        goto done;
    if (get_host(url, endpoint.host) != 0) {
        fail_host(text, is_ascii(text) ? host_hint : international_hint, err);
        goto done;
    }
    if (get_port(url, scheme, &endpoint.port) != 0) {
        fail_host(text, port_hint, err);
        goto done;
    }
    (void)is_address(endpoint.host, &endpoint.host_is_ipv6);
    endpoint.starttls = scheme->starttls ? scheme->name : NULL;
    if (set_name(&endpoint, servername, err) != 0)
        goto done;
    snprintf(endpoint.text, sizeof endpoint.text, endpoint.host_is_ipv6 ? "[%s]:%u" : "%s:%u",
             endpoint.host, (unsigned)endpoint.port);
    *out = endpoint;
    rv = 0;
done:
    curl_url_cleanup(url);
    return rv;
}

/* The address up to the next comma, with or without brackets. Returns its end, NULL if it is none.
 */
static const char *skip_address(const char *text)
{
    const size_t length = strcspn(text, ",");
    char address[64];
    bool is_ipv6;
    const bool in_brackets = length > 2 && text[0] == '[' && text[length - 1] == ']';
    const size_t bare = in_brackets ? length - 2 : length;

    if (bare >= sizeof address)
        return NULL;
    memcpy(address, text + (in_brackets ? 1 : 0), bare);
    address[bare] = '\0';
    if (!is_address(address, &is_ipv6) || (in_brackets && !is_ipv6))
        return NULL;
    return text + length;
}

bool endpoint_is_resolve(const char *text)
{
    const size_t length = strcspn(text, ":");
    char host[ENDPOINT_HOST_SIZE], name[ENDPOINT_HOST_SIZE];
    char *end = NULL;
    long port;

    if (text[length] != ':' || length == 0 || length >= sizeof host)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    port = isdigit((unsigned char)text[length + 1]) ? strtol(text + length + 1, &end, 10) : 0;
    if (copy_host(host, name) != 0 || port < 1 || port > 65535 || *end != ':')
        return false;
    text = end;
    do
        text = skip_address(text + 1);
    while (text != NULL && *text == ',');
    return text != NULL;
}
