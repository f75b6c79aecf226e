/* http_url.h -- the text of an https URL or of a Location -> host, port and path (RFC 3986)
 *
 * No user name or password, and no character that RFC 3986 does not know unescaped: a URL comes
 * from a server, and every byte of it is sent to the next.
 */
#ifndef HTTP_URL_H
#define HTTP_URL_H

#include "https_error.h"

#include <stdbool.h>
#include <stdint.h>

#ifndef HTTPS_URL_MAX
#define HTTPS_URL_MAX 512 /* of a URL, of a Location, and of a path with its query */
#endif

struct http_url {
    char host[254]; /* in lower case; an IPv6 address without its brackets */
    uint16_t port;
    char path[HTTPS_URL_MAX]; /* begins with '/'; with the query, without the fragment */
};

/* Reads an absolute URL. Returns HTTPS_OK, HTTPS_BAD_URL or HTTPS_NOT_HTTPS; *url is untouched on
 * failure. */
enum https_error http_url_parse(const char *text, struct http_url *url);

/* Makes *url what location, absolute or relative, names when *url has sent it (RFC 3986, 5.2).
 * Returns as http_url_parse. */
enum https_error http_url_follow(struct http_url *url, const char *location);

/* Whether both are on one host and port. */
bool http_url_same_origin(const struct http_url *a, const struct http_url *b);

#endif
