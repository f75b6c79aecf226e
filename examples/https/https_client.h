/* https_client.h -- HTTP/1.1 over a TLS socket: GET and POST, redirects, one connection kept
 *
 *     static struct https_client client;
 *     https_init(&client, network_default());
 *     if (https_trust(&client, SSL_CA_PEM, sizeof SSL_CA_PEM) == HTTPS_OK &&
 *         https_get(&client, "https://os.mbed.com/hello.txt", &sink) == HTTPS_OK)
 *         printf("%d\n", client.response.status);
 *     https_free(&client);
 *
 * Written as a firmware would have it: the caller owns the client (some 4 KB and the TLS socket),
 * nothing of it is on the heap but what Mbed TLS takes, every size and the time of a request have a
 * bound, and a body of any size passes through one small buffer. Not done: HTTP/2, compression,
 * cookies, proxies, authentication, caches.
 */
#ifndef HTTPS_CLIENT_H
#define HTTPS_CLIENT_H

#include "http_response.h"
#include "http_url.h"
#include "https_error.h"

#include "tlssocket/tls_socket.h"

#ifndef HTTPS_BUFFER_SIZE
#define HTTPS_BUFFER_SIZE 1536 /* the head of a request has to fit */
#endif
#ifndef HTTPS_TIMEOUT_MS
#define HTTPS_TIMEOUT_MS 30000
#endif
#ifndef HTTPS_MAX_REDIRECTS
#define HTTPS_MAX_REDIRECTS 5
#endif

enum https_method { HTTPS_GET, HTTPS_POST };

struct https_request {
    enum https_method method;
    const char *url;
    /* Header fields of the caller's own, "Name: value", ended by NULL; or NULL. They go to the
     * first host alone: what a redirect names sees none of them. */
    const char *const *headers;
    const char *content_type; /* of a POST; NULL: application/octet-stream */
    size_t body_size;         /* of a POST */
    const void *body;         /* body_size bytes, unless read_body gives them */
    /* Fills buffer with up to size bytes of the body from offset on and returns how many (0: it
     * cannot, and the request ends). Asked again from 0 when a redirect wants the body again. */
    size_t (*read_body)(void *context, size_t offset, void *buffer, size_t size);
    struct http_sink sink;
};

struct https_client {
    int timeout_ms;         /* for a whole request with its redirects; -1 for ever */
    unsigned max_redirects; /* 0: a redirect is a response like any other */

    /* What came of the last request. */
    struct http_response response;
    struct http_url url; /* that answered, after redirects */
    unsigned redirects;
    bool reused;                /* the connection of the request before */
    nsapi_error_t socket_error; /* behind CONNECT_FAILED, UNTRUSTED and SOCKET_FAILED */

    /* The client's own. */
    const struct network *network;
    struct tls_socket socket;
    bool is_open;
    bool connected;
    struct http_url peer; /* of the connection */
    uint32_t started_ms;
    char buffer[HTTPS_BUFFER_SIZE]; /* what is sent, then what is received */
};

/* Prepares a client over network, which is borrowed and needs a clock (now_ms). */
void https_init(struct https_client *client, const struct network *network);

/* Closes and releases everything. */
void https_free(struct https_client *client);

/* Trusts these CA certificates, a string of PEM with its NUL or DER, for every host: those that
 * redirects lead to, too. Before the first request. HTTPS_OK or HTTPS_UNTRUSTED. */
enum https_error https_trust(struct https_client *client, const void *ca, size_t size);

/* Sends a request, follows its redirects, and hands header and body of the response to the sink.
 * HTTPS_OK if a response has come in full, whatever its status is. */
enum https_error https_perform(struct https_client *client, const struct https_request *request);

/* The same for what is asked most often. sink may be NULL. */
enum https_error https_get(struct https_client *client, const char *url,
                           const struct http_sink *sink);
enum https_error https_post(struct https_client *client, const char *url, const char *content_type,
                            const void *body, size_t body_size, const struct http_sink *sink);

/* Ends the connection that was kept, without waiting. The next request makes another. */
void https_close(struct https_client *client);

#endif
