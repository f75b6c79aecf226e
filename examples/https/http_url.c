/* http_url.c -- the text of an https URL or of a Location -> host, port and path (RFC 3986) */
#include "http_url.h"

#include <stddef.h>
#include <string.h>

#define HTTPS_PORT 443
#define ALPHA "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"

static char lower(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool begins_with(const char *text, const char *prefix)
{
    for (; *prefix != '\0'; text++, prefix++)
        if (lower(*text) != *prefix)
            return false;
    return true;
}

/* The length of the scheme, which ends before ':'; 0 for text without a scheme. */
static size_t scheme_length(const char *text)
{
    const size_t length = strspn(text, ALPHA DIGIT "+-.");

    return length > 0 && strchr(ALPHA, text[0]) != NULL && text[length] == ':' ? length : 0;
}

static enum https_error parse_port(const char *text, size_t length, uint16_t *port)
{
    unsigned long value = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || i == 5)
            return HTTPS_BAD_URL;
        value = value * 10 + (unsigned long)(text[i] - '0');
    }
    if (length > 0 && (value == 0 || value > UINT16_MAX))
        return HTTPS_BAD_URL;
    *port = (uint16_t)(length == 0 ? HTTPS_PORT : value);
    return HTTPS_OK;
}

/* Reads the authority (HOST, HOST:PORT or [ADDRESS]:PORT), and moves *text to what follows it. */
static enum https_error parse_authority(const char **text, struct http_url *url)
{
    const char *const end = *text + strcspn(*text, "/?#");
    const bool bracketed = **text == '[';
    const char *const host = *text + (bracketed ? 1 : 0);
    const size_t length = strspn(host, bracketed ? "abcdefABCDEF:." DIGIT : ALPHA DIGIT "-._");
    const char *after = host + length;

    if (length == 0 || length >= sizeof url->host || (bracketed && *after++ != ']'))
        return HTTPS_BAD_URL;
    for (size_t i = 0; i < length; i++)
        url->host[i] = lower(host[i]);
    url->host[length] = '\0';
    *text = end;
    if (after == end)
        return parse_port(end, 0, &url->port);
    return *after == ':' ? parse_port(after + 1, (size_t)(end - after - 1), &url->port)
                         : HTTPS_BAD_URL;
}

/* Takes away the last segment of path, which is length bytes long; keeps the '/' before it. */
static size_t parent(const char *path, size_t length)
{
    while (length > 0 && path[length - 1] != '/')
        length--;
    return length;
}

/* Removes "." and ".." from the path before its query, in place (RFC 3986, 5.2.4). */
static void remove_dot_segments(char *path)
{
    const size_t query = strcspn(path, "?");
    size_t out = 1;
    size_t in = 1;

    while (in < query) {
        const size_t length = strcspn(path + in, "/?");
        const bool one = length == 1 && path[in] == '.';
        const bool two = length == 2 && path[in] == '.' && path[in + 1] == '.';
        const size_t whole = length + (path[in + length] == '/' ? 1 : 0);

        if (two) {
            out = out > 1 ? parent(path, out - 1) : 1;
        } else if (!one) {
            memmove(path + out, path + in, whole);
            out += whole;
        }
        in += whole;
    }
    memmove(path + out, path + query, strlen(path + query) + 1);
}

/* Appends text, up to its fragment, to the first kept bytes of path. */
static enum https_error set_path(char path[HTTPS_URL_MAX], size_t kept, const char *text)
{
    const size_t length = strcspn(text, "#");

    if (kept + length >= HTTPS_URL_MAX)
        return HTTPS_BAD_URL;
    for (const char *c = text; *c != '\0'; c++)
        if (*c < '!' || *c > '~')
            return HTTPS_BAD_URL;
    memcpy(path + kept, text, length);
    path[kept + length] = '\0';
    remove_dot_segments(path);
    return HTTPS_OK;
}

/* Reads what follows "https:". */
static enum https_error parse_rest(const char *text, struct http_url *url)
{
    struct http_url found;
    enum https_error error;

    if (!begins_with(text, "//"))
        return HTTPS_BAD_URL;
    text += 2;
    if ((error = parse_authority(&text, &found)) != HTTPS_OK)
        return error;
    found.path[0] = '/';
    if ((error = set_path(found.path, *text == '/' ? 0 : 1, text)) == HTTPS_OK)
        *url = found;
    return error;
}

enum https_error http_url_parse(const char *text, struct http_url *url)
{
    const size_t scheme = scheme_length(text);

    if (scheme == 0)
        return HTTPS_BAD_URL;
    return begins_with(text, "https:") ? parse_rest(text + scheme + 1, url) : HTTPS_NOT_HTTPS;
}

enum https_error http_url_follow(struct http_url *url, const char *location)
{
    struct http_url found = *url;
    const size_t query = strcspn(url->path, "?");
    enum https_error error;

    if (scheme_length(location) > 0)
        return http_url_parse(location, url);
    if (begins_with(location, "//"))
        return parse_rest(location, url);
    if (location[0] == '/')
        error = set_path(found.path, 0, location);
    else if (location[0] == '?')
        error = set_path(found.path, query, location);
    else if (location[0] == '#' || location[0] == '\0')
        error = set_path(found.path, strlen(url->path), location);
    else
        error = set_path(found.path, parent(url->path, query), location);
    if (error == HTTPS_OK)
        *url = found;
    return error;
}

bool http_url_same_origin(const struct http_url *a, const struct http_url *b)
{
    return a->port == b->port && strcmp(a->host, b->host) == 0;
}
