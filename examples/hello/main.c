/* main.c -- fetches hello.txt over HTTPS, trusting only what caembed wrote into ssl_ca_pem.h
 *
 *     hello [HOST [PORT [PATH]]]
 */
#include "tlssocket/tls_socket.h"

#include "ssl_ca_pem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef HELLO_HOST
#define HELLO_HOST "os.mbed.com"
#endif
#ifndef HELLO_PORT
#define HELLO_PORT 443
#endif
#ifndef HELLO_PATH
#define HELLO_PATH "/media/uploads/mbed_official/hello.txt"
#endif

struct target {
    const char *host;
    uint16_t port;
    const char *path;
};

/* Sends the request and prints what comes until the server closes. Returns 0, or 1 on failure. */
static int fetch(struct tls_socket *socket, const struct target *target)
{
    char request[512];
    char buffer[1024];
    nsapi_size_or_error_t n;
    const int length = snprintf(request, sizeof request,
                                "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                                target->path, target->host);

    if (length < 0 || (size_t)length >= sizeof request) {
        printf("HTTP request is too long\n");
        return 1;
    }
    if ((n = tls_socket_send(socket, request, strlen(request))) < 0) {
        printf("TLS socket send failed (%d)\n", n);
        return 1;
    }
    printf("\nSent %d bytes:\n\n%s", n, request);

    printf("Received:\n\n");
    while ((n = tls_socket_recv(socket, buffer, sizeof buffer)) > 0)
        printf("%.*s", n, buffer);
    printf("\n");
    if (n < 0)
        printf("TLS socket recv failed (%d)\n", n);
    return n == 0 ? 0 : 1;
}

static int run(struct tls_socket *socket, const struct target *target)
{
    nsapi_error_t r;

    if ((r = tls_socket_open(socket, network_default())) != NSAPI_ERROR_OK) {
        printf("TLS socket open failed (%d)\n", r);
        return 1;
    }
    /* As bytes, for a header of either format: a string of PEM or an array of DER. */
    r = tls_socket_set_root_ca_cert_bytes(socket, SSL_CA_PEM, sizeof SSL_CA_PEM);
    if (r != NSAPI_ERROR_OK) {
        printf("TLS socket set_root_ca_cert failed (%d)\n", r);
        return 1;
    }
    if ((r = tls_socket_connect(socket, target->host, target->port)) != NSAPI_ERROR_OK) {
        printf("TLS socket connect failed (%d)\n", r);
        return 1;
    }
    return fetch(socket, target);
}

int main(int argc, char *argv[])
{
    const struct target target = {
        .host = argc > 1 ? argv[1] : HELLO_HOST,
        .port = (uint16_t)(argc > 2 ? strtoul(argv[2], NULL, 10) : HELLO_PORT),
        .path = argc > 3 ? argv[3] : HELLO_PATH,
    };
    struct tls_socket socket;
    int status;

    printf("Setting up TLS socket...\n");
    mbed_trace_init();
    tls_socket_init(&socket);
    status = run(&socket, &target);
    tls_socket_close(&socket);
    tls_socket_free(&socket);
    return status;
}
