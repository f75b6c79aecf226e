/* endpoint.h -- which server to ask, and by what name */
#ifndef CAEMBED_NET_ENDPOINT_H
#define CAEMBED_NET_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

#define ENDPOINT_HOST_SIZE 256 /* a DNS name has at most 253 characters (RFC 1035 2.3.4) */

#define ENDPOINT_ADDRESS_SIZE 64

struct endpoint {
    char host[ENDPOINT_HOST_SIZE]; /* lower case, an IPv6 address without brackets */
    uint16_t port;
    bool host_is_ipv6;
    const char *starttls; /* libcurl's scheme if TLS begins in the middle ("smtp"), or NULL */
    /* SNI and reference identifier (RFC 9525): host, unless --servername differs. */
    char name[ENDPOINT_HOST_SIZE];
    bool name_is_address; /* an IP address: no SNI (RFC 6066 section 3), matched with iPAddress */
    char address[ENDPOINT_ADDRESS_SIZE]; /* where to connect to instead of host; "": nowhere else */
    char text[ENDPOINT_HOST_SIZE + 10];  /* "host:port" or "[v6]:port", for people */
};

/* Reads HOST, HOST:PORT, V6, [V6]:PORT or SCHEME://HOST[:PORT][/…]; path and query are ignored, a
 * user name is refused. Schemes: see endpoint.c. Port 443 unless the scheme says otherwise.
 * servername may be NULL. ERROR_USAGE if text is none of these. International names, in UTF-8
 * whatever the locale, become A-labels. */
int endpoint_parse(const char *text, const char *servername, struct endpoint *out,
                   struct error *err) MUST_USE;

/* Whether text is HOST:PORT:ADDRESS[,ADDRESS]... (curl's --resolve), the addresses in numbers,
 * those of IPv6 in brackets or not. */
bool endpoint_is_resolve(const char *text);

#endif
