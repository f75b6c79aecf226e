/* https_client.c -- a request and a TLS socket -> a response, over as many connections as it takes
 */
#include "https_client.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void https_init(struct https_client *client, const struct network *network)
{
    memset(client, 0, sizeof *client);
    client->network = network;
    client->timeout_ms = HTTPS_TIMEOUT_MS;
    client->max_redirects = HTTPS_MAX_REDIRECTS;
    tls_socket_init(&client->socket);
}

void https_close(struct https_client *client)
{
    if (client->is_open)
        (void)tls_socket_close(&client->socket);
    client->is_open = false;
    client->connected = false;
}

void https_free(struct https_client *client)
{
    https_close(client);
    tls_socket_free(&client->socket);
}

enum https_error https_trust(struct https_client *client, const void *ca, size_t size)
{
    client->socket_error = tls_socket_set_root_ca_cert_bytes(&client->socket, ca, size);
    return client->socket_error == NSAPI_ERROR_OK ? HTTPS_OK : HTTPS_UNTRUSTED;
}

/* ---- the socket, with the time that is left ---- */

static enum https_error from_socket(struct https_client *client, nsapi_error_t error,
                                    enum https_error otherwise)
{
    client->socket_error = error;
    switch (error) {
    case NSAPI_ERROR_TIMEOUT:
    case NSAPI_ERROR_CONNECTION_TIMEOUT:
        return HTTPS_TIMED_OUT;
    case NSAPI_ERROR_AUTH_FAILURE:
        return HTTPS_UNTRUSTED;
    default:
        return otherwise;
    }
}

static uint32_t now_ms(const struct https_client *client)
{
    const struct network_transport *tcp = &client->socket.tcp;

    return tcp->ops->now_ms(tcp->context);
}

/* Gives the socket what is left of the request's time. */
static enum https_error set_time_left(struct https_client *client)
{
    const uint32_t elapsed_ms = now_ms(client) - client->started_ms;
    int left_ms = client->timeout_ms;

    if (left_ms >= 0 && elapsed_ms >= (uint32_t)left_ms)
        return HTTPS_TIMED_OUT;
    if (left_ms >= 0)
        left_ms -= (int)elapsed_ms;
    client->socket_error = tls_socket_set_timeout(&client->socket, left_ms);
    return client->socket_error == NSAPI_ERROR_OK ? HTTPS_OK : HTTPS_SOCKET_FAILED;
}

static enum https_error open_socket(struct https_client *client)
{
    if (client->is_open)
        return HTTPS_OK;
    client->socket_error = tls_socket_open(&client->socket, client->network);
    if (client->socket_error != NSAPI_ERROR_OK)
        return HTTPS_CONNECT_FAILED;
    client->is_open = true;
    if (client->socket.tcp.ops->now_ms != NULL)
        return HTTPS_OK;
    client->socket_error = NSAPI_ERROR_UNSUPPORTED;
    return HTTPS_CONNECT_FAILED;
}

/* A server may have closed the connection since; what it sent unasked is no answer either. */
static bool still_connected(struct https_client *client)
{
    nsapi_size_or_error_t n;

    tls_socket_set_blocking(&client->socket, false);
    n = tls_socket_recv(&client->socket, client->buffer, sizeof client->buffer);
    return n == NSAPI_ERROR_WOULD_BLOCK;
}

/* Connects to client->url, unless the connection that is there leads to it. */
static enum https_error connect_socket(struct https_client *client)
{
    enum https_error error;

    client->reused = client->connected && http_url_same_origin(&client->url, &client->peer) &&
                     still_connected(client);
    if (client->reused)
        return HTTPS_OK;
    if (client->connected)
        https_close(client);
    if ((error = open_socket(client)) != HTTPS_OK || (error = set_time_left(client)) != HTTPS_OK)
        return error;
    client->socket_error = tls_socket_connect(&client->socket, client->url.host, client->url.port);
    if (client->socket_error != NSAPI_ERROR_OK)
        return from_socket(client, client->socket_error, HTTPS_CONNECT_FAILED);
    client->peer = client->url;
    client->connected = true;
    return HTTPS_OK;
}

static enum https_error send_all(struct https_client *client, const void *data, size_t size)
{
    const char *bytes = data;
    enum https_error error;

    for (size_t sent = 0; sent < size;) {
        nsapi_size_or_error_t n;

        if ((error = set_time_left(client)) != HTTPS_OK)
            return error;
        n = tls_socket_send(&client->socket, bytes + sent, size - sent);
        if (n < 0)
            return from_socket(client, n, HTTPS_SOCKET_FAILED);
        sent += (size_t)n;
    }
    return HTTPS_OK;
}

/* ---- a request ---- */

#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static bool
append(struct https_client *client, size_t *size, const char *format, ...)
{
    const size_t room = sizeof client->buffer - *size;
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(client->buffer + *size, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room)
        return false;
    *size += (size_t)length;
    return true;
}

static bool append_host(struct https_client *client, size_t *size)
{
    const char *const host = client->url.host;
    const bool bare = strchr(host, ':') == NULL;

    if (!append(client, size, bare ? "Host: %s" : "Host: [%s]", host))
        return false;
    return client->url.port == 443 ? append(client, size, "\r\n")
                                   : append(client, size, ":%u\r\n", (unsigned)client->url.port);
}

/* A header of the caller's must not begin another one, or another request. */
static bool append_field(struct https_client *client, size_t *size, const char *name,
                         const char *text)
{
    for (const char *c = text; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' && *c != '\t')
            return false;
    return append(client, size, "%s%s\r\n", name, text);
}

static bool append_body_fields(struct https_client *client, size_t *size,
                               const struct https_request *request)
{
    const char *const type =
        request->content_type != NULL ? request->content_type : "application/octet-stream";

    return append_field(client, size, "Content-Type: ", type) &&
           append(client, size, "Content-Length: %lu\r\n", (unsigned long)request->body_size);
}

static enum https_error send_head(struct https_client *client, const struct https_request *request,
                                  enum https_method method)
{
    const char *const *headers = client->redirects == 0 ? request->headers : NULL;
    size_t size = 0;
    bool fits = append(client, &size, "%s %s HTTP/1.1\r\n", method == HTTPS_POST ? "POST" : "GET",
                       client->url.path) &&
                append_host(client, &size) &&
                append(client, &size, "Accept: */*\r\nAccept-Encoding: identity\r\n");

    for (; fits && headers != NULL && *headers != NULL; headers++)
        fits = strchr(*headers, ':') != NULL && append_field(client, &size, "", *headers);
    if (method == HTTPS_POST)
        fits = fits && append_body_fields(client, &size, request);
    if (!fits || !append(client, &size, "\r\n"))
        return HTTPS_BAD_REQUEST;
    return send_all(client, client->buffer, size);
}

static enum https_error send_body(struct https_client *client, const struct https_request *request)
{
    enum https_error error = HTTPS_OK;

    if (request->read_body == NULL)
        return send_all(client, request->body, request->body_size);
    for (size_t offset = 0; offset < request->body_size && error == HTTPS_OK;) {
        const size_t left = request->body_size - offset;
        const size_t wanted = left < sizeof client->buffer ? left : sizeof client->buffer;
        const size_t got =
            request->read_body(request->sink.context, offset, client->buffer, wanted);

        if (got == 0 || got > wanted)
            return HTTPS_STOPPED;
        error = send_all(client, client->buffer, got);
        offset += got;
    }
    return error;
}

/* ---- a response ---- */

static enum https_error receive(struct https_client *client)
{
    struct http_response *const response = &client->response;
    enum https_error error = HTTPS_OK;

    while (error == HTTPS_OK && !response->complete) {
        nsapi_size_or_error_t n;

        if ((error = set_time_left(client)) != HTTPS_OK)
            break;
        n = tls_socket_recv(&client->socket, client->buffer, sizeof client->buffer);
        if (n > 0)
            error = http_response_feed(response, client->buffer, (size_t)n);
        else if (n == 0)
            error = http_response_end(response);
        else if (n == NSAPI_ERROR_CONNECTION_LOST)
            error = response->begun ? HTTPS_TRUNCATED : HTTPS_NO_RESPONSE;
        else
            error = from_socket(client, n, HTTPS_SOCKET_FAILED);
    }
    return error;
}

/* One request and its response, over the connection that is there or a new one. */
static enum https_error exchange(struct https_client *client, const struct https_request *request,
                                 enum https_method method)
{
    enum https_error error;

    http_response_init(&client->response, &request->sink, client->max_redirects > 0);
    if ((error = connect_socket(client)) == HTTPS_OK)
        error = send_head(client, request, method);
    if (error == HTTPS_OK && method == HTTPS_POST)
        error = send_body(client, request);
    if (error == HTTPS_OK)
        error = receive(client);
    if (error != HTTPS_OK || !client->response.keep_alive)
        https_close(client);
    return error;
}

/* A server may close a connection that it kept in the very moment that it is used again. Only what
 * changes nothing may be sent twice (RFC 9110, 9.2.2). */
static bool may_repeat(const struct https_client *client, enum https_method method,
                       enum https_error error)
{
    return method == HTTPS_GET && client->reused && !client->response.begun &&
           (error == HTTPS_NO_RESPONSE || error == HTTPS_SOCKET_FAILED);
}

/* After 303, and by custom after 301 and 302, a POST becomes a GET (RFC 9110, 15.4). */
static enum https_method method_after(enum https_method method, int status)
{
    return status == 307 || status == 308 ? method : HTTPS_GET;
}

/* Starts the clock, which the socket has once it is open. */
static enum https_error begin(struct https_client *client, const struct https_request *request)
{
    enum https_error error;

    client->redirects = 0;
    client->reused = false;
    client->socket_error = NSAPI_ERROR_OK;
    http_response_init(&client->response, &request->sink, false);
    if ((error = http_url_parse(request->url, &client->url)) == HTTPS_OK &&
        (error = open_socket(client)) == HTTPS_OK)
        client->started_ms = now_ms(client);
    return error;
}

enum https_error https_perform(struct https_client *client, const struct https_request *request)
{
    enum https_method method = request->method;
    enum https_error error = begin(client, request);

    while (error == HTTPS_OK) {
        error = exchange(client, request, method);
        if (may_repeat(client, method, error))
            error = exchange(client, request, method);
        if (error != HTTPS_OK || !client->response.redirects)
            break;
        if (client->redirects == client->max_redirects)
            return HTTPS_TOO_MANY_REDIRECTS;
        client->redirects++;
        method = method_after(method, client->response.status);
        error = http_url_follow(&client->url, client->response.location);
        if (error == HTTPS_BAD_URL)
            error = HTTPS_BAD_REDIRECT;
    }
    return error;
}

enum https_error https_get(struct https_client *client, const char *url,
                           const struct http_sink *sink)
{
    const struct http_sink none = {NULL, NULL, NULL};

    return https_perform(client, &(struct https_request){.method = HTTPS_GET,
                                                         .url = url,
                                                         .sink = sink != NULL ? *sink : none});
}

enum https_error https_post(struct https_client *client, const char *url, const char *content_type,
                            const void *body, size_t body_size, const struct http_sink *sink)
{
    const struct http_sink none = {NULL, NULL, NULL};

    return https_perform(client, &(struct https_request){.method = HTTPS_POST,
                                                         .url = url,
                                                         .content_type = content_type,
                                                         .body = body,
                                                         .body_size = body_size,
                                                         .sink = sink != NULL ? *sink : none});
}
