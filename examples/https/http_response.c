/* http_response.c -- bytes as they come -> status, header fields and body of one HTTP/1.x response
 */
#include "http_response.h"

#include <string.h>

static struct http_response *response_of(llhttp_t *parser)
{
    return parser->data;
}

/* Stops the parser with an error of ours. */
static int fail(struct http_response *response, enum https_error error)
{
    response->error = error;
    return -1;
}

static bool is_interim(const llhttp_t *parser)
{
    return parser->status_code / 100 == 1;
}

/* Whatever length it claims (RFC 9112, 6.3); llhttp would wait for it. */
static bool has_no_body(int status)
{
    return status / 100 == 1 || status == 204 || status == 304;
}

static bool is_redirect(int status)
{
    static const int redirects[] = {301, 302, 303, 307, 308};

    for (size_t i = 0; i < sizeof redirects / sizeof redirects[0]; i++)
        if (redirects[i] == status)
            return true;
    return false;
}

/* ASCII without case, whatever the locale: RFC 9110, 5.1. */
static bool same_text(const char *a, const char *b)
{
    for (;; a++, b++) {
        const int x = *a >= 'A' && *a <= 'Z' ? *a - 'A' + 'a' : *a;
        const int y = *b >= 'A' && *b <= 'Z' ? *b - 'A' + 'a' : *b;

        if (x != y)
            return false;
        if (x == '\0')
            return true;
    }
}

static int on_message_begin(llhttp_t *parser)
{
    struct http_response *response = response_of(parser);

    response->name_size = 0;
    response->field_size = 0;
    response->has_location = false;
    response->in_trailer = false;
    return 0;
}

/* Keeps what fits, and room for a NUL. field_size counts all, so that it tells what did not fit. */
static void keep(struct http_response *response, const char *data, size_t size)
{
    const size_t room = sizeof response->field - 1;

    if (response->field_size < room && size <= room - response->field_size)
        memcpy(response->field + response->field_size, data, size);
    response->field_size =
        size > SIZE_MAX - response->field_size ? SIZE_MAX : response->field_size + size;
}

static int on_header_name(llhttp_t *parser, const char *data, size_t size)
{
    keep(response_of(parser), data, size);
    return 0;
}

static int on_header_name_complete(llhttp_t *parser)
{
    struct http_response *response = response_of(parser);

    response->name_size = response->field_size;
    response->has_value = false;
    keep(response, "", 1);
    return 0;
}

/* A value comes in pieces only where what is fed ends. Any other piece, and one that no name came
 * before, is a line folded under the last one, which is no longer allowed (RFC 9112, 5.2). */
static int on_header_value(llhttp_t *parser, const char *data, size_t size)
{
    struct http_response *response = response_of(parser);
    const bool goes_on = response->value_was_cut && data == response->fed;

    if (response->name_size == 0 || (response->has_value && !goes_on))
        return fail(response, HTTPS_BAD_RESPONSE);
    response->has_value = true;
    response->value_is_cut = data + size == response->fed + response->fed_size;
    keep(response, data, size);
    return 0;
}

/* The fields that this client itself reads. */
static int use_field(struct http_response *response, const char *name, const char *value, bool fits)
{
    if (same_text(name, "transfer-encoding") && !(fits && same_text(value, "chunked")))
        return fail(response, HTTPS_BAD_ENCODING);
    if (!response->redirects || !same_text(name, "location"))
        return 0;
    if (!fits || strlen(value) >= sizeof response->location)
        return fail(response, HTTPS_HEAD_TOO_LARGE);
    if (response->has_location)
        return fail(response, HTTPS_BAD_REDIRECT);
    response->has_location = true;
    memcpy(response->location, value, strlen(value) + 1);
    return 0;
}

static int on_header_value_complete(llhttp_t *parser)
{
    struct http_response *response = response_of(parser);
    const bool name_fits = response->name_size < sizeof response->field - 1;
    const bool fits = response->field_size < sizeof response->field;
    const char *const name = response->field;
    const char *const value = response->field + response->name_size + 1;
    int result = 0;

    response->redirects = response->follows && is_redirect(parser->status_code);
    if (fits)
        response->field[response->field_size] = '\0';
    if (name_fits && !response->in_trailer)
        result = use_field(response, name, fits ? value : "", fits);
    if (result == 0 && fits && !is_interim(parser) && !response->redirects &&
        !response->in_trailer && response->sink.on_header != NULL)
        response->sink.on_header(response->sink.context, name, value);
    response->name_size = 0;
    response->field_size = 0;
    return result;
}

static int on_headers_complete(llhttp_t *parser)
{
    struct http_response *response = response_of(parser);
    const bool encoded = (parser->flags & (F_CHUNKED | F_TRANSFER_ENCODING)) != 0;

    response->in_trailer = !is_interim(parser);
    response->status = parser->status_code;
    response->redirects = response->follows && is_redirect(response->status);
    if (parser->http_major != 1 || response->status < 100 || response->status == 101)
        return fail(response, HTTPS_BAD_RESPONSE);
    if (encoded && (parser->flags & F_CONTENT_LENGTH) != 0)
        return fail(response, HTTPS_BAD_LENGTH);
    if (response->redirects && !response->has_location)
        return fail(response, HTTPS_BAD_REDIRECT);
    return has_no_body(response->status) ? 1 : 0;
}

static int on_body(llhttp_t *parser, const char *data, size_t size)
{
    struct http_response *response = response_of(parser);
    const struct http_sink *sink = &response->sink;

    response->since_body = 0;
    response->body_size += size;
    if (response->redirects) {
        /* Enough is known; what is left costs more than another connection. */
        response->complete = response->body_size > HTTPS_SKIP_MAX;
        return response->complete ? -1 : 0;
    }
    if (sink->on_body != NULL && !sink->on_body(sink->context, data, size))
        return fail(response, HTTPS_STOPPED);
    return 0;
}

static int on_message_complete(llhttp_t *parser)
{
    struct http_response *response = response_of(parser);

    if (is_interim(parser))
        return 0;
    response->complete = true;
    response->keep_alive = llhttp_should_keep_alive(parser) != 0;
    return HPE_PAUSED; /* what follows belongs to no request of ours */
}

void http_response_init(struct http_response *response, const struct http_sink *sink, bool follows)
{
    static const llhttp_settings_t settings = {
        .on_message_begin = on_message_begin,
        .on_header_field = on_header_name,
        .on_header_field_complete = on_header_name_complete,
        .on_header_value = on_header_value,
        .on_header_value_complete = on_header_value_complete,
        .on_headers_complete = on_headers_complete,
        .on_body = on_body,
        .on_message_complete = on_message_complete,
    };

    memset(response, 0, sizeof *response);
    llhttp_init(&response->parser, HTTP_RESPONSE, &settings);
    response->parser.data = response;
    response->sink = *sink;
    response->follows = follows;
}

static enum https_error from_llhttp(struct http_response *response, llhttp_errno_t error)
{
    response->reason = llhttp_get_error_reason(&response->parser);
    switch (error) {
    case HPE_UNEXPECTED_CONTENT_LENGTH:
    case HPE_INVALID_CONTENT_LENGTH:
    case HPE_INVALID_CHUNK_SIZE:
        return HTTPS_BAD_LENGTH;
    case HPE_INVALID_TRANSFER_ENCODING:
        return (response->parser.flags & F_CONTENT_LENGTH) != 0 ? HTTPS_BAD_LENGTH
                                                                : HTTPS_BAD_ENCODING;
    case HPE_INVALID_EOF_STATE:
        return HTTPS_TRUNCATED;
    default:
        return HTTPS_BAD_RESPONSE;
    }
}

enum https_error http_response_feed(struct http_response *response, const char *data, size_t size)
{
    const uint64_t body_before = response->body_size;
    llhttp_errno_t error;

    if (response->error != HTTPS_OK || response->complete)
        return response->error;
    response->begun = response->begun || size > 0;
    response->value_was_cut = response->value_is_cut;
    response->value_is_cut = false;
    response->fed = data;
    response->fed_size = size;
    error = llhttp_execute(&response->parser, data, size);
    if (response->error != HTTPS_OK)
        return response->error;
    if (response->complete) {
        if (llhttp_get_error_pos(&response->parser) != data + size)
            response->keep_alive = false;
        return HTTPS_OK;
    }
    response->since_body += size - (size_t)(response->body_size - body_before);
    if (error != HPE_OK)
        response->error = from_llhttp(response, error);
    else if (response->since_body > HTTPS_HEAD_MAX)
        response->error = HTTPS_HEAD_TOO_LARGE;
    return response->error;
}

enum https_error http_response_end(struct http_response *response)
{
    if (response->error != HTTPS_OK || response->complete)
        return response->error;
    (void)llhttp_finish(&response->parser);
    if (response->error == HTTPS_OK && !response->complete)
        response->error = response->begun ? HTTPS_TRUNCATED : HTTPS_NO_RESPONSE;
    return response->error;
}
