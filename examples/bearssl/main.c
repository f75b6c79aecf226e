/* main.c -- fetches a page over HTTPS with BearSSL, trusting only what caembed wrote into
 * trust_anchors.h
 *
 *     caembed -t bearssl -o trust_anchors.h HOST[:PORT]
 *     bearssl HOST [PORT [PATH]]
 */
#include <bearssl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "trust_anchors.h"

struct page {
    const char *host, *port, *path;
};

/* A connected socket, or -1. */
static int connect_to(const struct page *page)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    int fd = -1;

    if (getaddrinfo(page->host, page->port, &hints, &list) != 0)
        return -1;
    for (const struct addrinfo *at = list; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    return fd;
}

/* BearSSL's view of the socket: bytes moved, or -1 for an end or an error. */
static int read_socket(void *context, unsigned char *buffer, size_t size)
{
    const ssize_t n = recv(*(const int *)context, buffer, size, 0);

    return n > 0 ? (int)n : -1;
}

static int write_socket(void *context, const unsigned char *buffer, size_t size)
{
    const ssize_t n = send(*(const int *)context, buffer, size, MSG_NOSIGNAL);

    return n > 0 ? (int)n : -1;
}

/* Sends the request, and prints what comes until the server closes. */
static void fetch(br_sslio_context *io, const struct page *page)
{
    char request[512];
    char buffer[1024];
    int n = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n", page->path,
                     page->host);

    if (n < 0 || (size_t)n >= sizeof request || br_sslio_write_all(io, request, (size_t)n) != 0 ||
        br_sslio_flush(io) != 0)
        return;
    while ((n = br_sslio_read(io, buffer, sizeof buffer)) > 0)
        fwrite(buffer, 1, (size_t)n, stdout);
}

/* Returns 0, or BearSSL's error. A server that closes without a close_notify is no error here. */
static int run(int fd, const struct page *page)
{
    static br_ssl_client_context client;
    static br_x509_minimal_context engine;
    static unsigned char buffer[BR_SSL_BUFSIZE_BIDI];
    br_sslio_context io;
    int error;

    br_ssl_client_init_full(&client, &engine, TAs, TAs_NUM);
    br_ssl_engine_set_buffer(&client.eng, buffer, sizeof buffer, 1);
    br_ssl_client_reset(&client, page->host, 0);
    br_sslio_init(&io, &client.eng, read_socket, &fd, write_socket, &fd);
    fetch(&io, page);
    error = br_ssl_engine_last_error(&client.eng);
    return error == BR_ERR_IO && br_ssl_engine_get_version(&client.eng) != 0 ? 0 : error;
}

int main(int argc, char **argv)
{
    const struct page page = {.host = argc > 1 ? argv[1] : "localhost",
                              .port = argc > 2 ? argv[2] : "443",
                              .path = argc > 3 ? argv[3] : "/"};
    const int fd = connect_to(&page);
    int error;

    if (fd < 0) {
        fprintf(stderr, "no connection to %s:%s\n", page.host, page.port);
        return 2;
    }
    error = run(fd, &page);
    close(fd);
    if (error != 0)
        fprintf(stderr, "TLS failed: error %d of bearssl_ssl.h or bearssl_x509.h\n", error);
    return error != 0;
}
