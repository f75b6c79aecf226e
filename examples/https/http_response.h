/* http_response.h -- bytes as they come -> status, header fields and body of one HTTP/1.x response
 *
 * llhttp reads; this bounds what it reads and keeps what a redirect needs. No allocation, and no
 * buffer for the body: it is handed on as it comes. Interim responses (100, 103) are passed over.
 * Refused though llhttp takes them: a length beside chunks, and transfer encodings that would need
 * a decoder (RFC 9112, 6.3).
 */
#ifndef HTTP_RESPONSE_H
#define HTTP_RESPONSE_H

#include "http_url.h"
#include "https_error.h"

#include <llhttp.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifndef HTTPS_HEAD_MAX
#define HTTPS_HEAD_MAX 16384 /* bytes between two of the body: header, trailer, chunk lines */
#endif
#ifndef HTTPS_FIELD_MAX
#define HTTPS_FIELD_MAX (HTTPS_URL_MAX + 32) /* of a header field; others are passed over */
#endif
#ifndef HTTPS_SKIP_MAX
#define HTTPS_SKIP_MAX 16384 /* of a redirect's body, to keep its connection */
#endif

/* What a response is handed to. Each may be NULL. Text is borrowed for the call. */
struct http_sink {
    /* A header field; its name as the server wrote it. */
    void (*on_header)(void *context, const char *name, const char *value);
    /* The next size bytes of the body. False ends the request. */
    bool (*on_body)(void *context, const char *data, size_t size);
    void *context;
};

struct http_response {
    int status;      /* 100 to 999 once the header has come */
    bool complete;   /* all of it has come */
    bool keep_alive; /* once complete: the connection may be used again */
    bool redirects;  /* the status says so, and redirects are followed: nothing reached the sink */
    bool begun;      /* at least one byte has come */
    uint64_t body_size; /* bytes of the body so far */
    char location[HTTPS_URL_MAX];
    const char *reason; /* llhttp's words for HTTPS_BAD_RESPONSE and HTTPS_BAD_LENGTH, or NULL */

    /* Its own. */
    llhttp_t parser;
    struct http_sink sink;
    enum https_error error;
    bool follows;
    bool has_location;
    bool in_trailer; /* whose fields are nobody's: RFC 9110, 6.5.1 */
    bool has_value;
    bool value_is_cut;  /* at the end of what is being fed */
    bool value_was_cut; /* at the end of what was fed before */
    const char *fed;
    size_t fed_size;
    size_t since_body;
    size_t name_size;
    size_t field_size;
    char field[HTTPS_FIELD_MAX]; /* name, NUL, value, NUL */
};

/* Begins a response. sink is copied. With follows, a redirect is read for its location only. */
void http_response_init(struct http_response *response, const struct http_sink *sink, bool follows);

/* Takes the next bytes. Returns HTTPS_OK, also when it is complete, or what is wrong, then and from
 * then on. */
enum https_error http_response_feed(struct http_response *response, const char *data, size_t size);

/* The stream has ended. Returns HTTPS_OK if the response is complete now. */
enum https_error http_response_end(struct http_response *response);

#endif
