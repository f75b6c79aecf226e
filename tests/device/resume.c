/* resume.c -- one connection of an image that keeps its session in a page of flash, which is a file
 * here
 *
 *     resume HOST PORT FILE
 * Prints "device: connect MODE, N ms, N bytes sent, N received, N bytes of heap", where MODE is
 * full or resumed; then fetches hello.txt, and writes the page anew.
 */
#include "tlssocket/tls_socket.h"

#include "ssl_ca_pem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "semihosting.h"

static unsigned char page[2048];

static int fetch(struct tls_socket *socket)
{
    static const char request[] = "GET /hello.txt HTTP/1.1\r\n\r\n";
    static char answer[512];
    nsapi_size_or_error_t n = tls_socket_send(socket, request, sizeof request - 1);

    if (n > 0)
        n = tls_socket_recv(socket, answer, sizeof answer - 1);
    if (n <= 0)
        printf("fetching failed (%d)\n", n);
    return n > 0 ? 0 : 1;
}

static int keep_session(const struct tls_socket *socket, const char *path)
{
    nsapi_size_or_error_t n;

    memset(page, 0xFF, sizeof page);
    n = tls_socket_get_session(socket, page, sizeof page);
    printf("device: session of %d bytes\n", n);
    return n > 0 && semihosting_write_file(path, page, sizeof page) == 0 ? 0 : 1;
}

static int run(struct tls_socket *socket, const char *host, uint16_t port, const char *path)
{
    uint32_t started_ms;
    nsapi_error_t r;

    if ((r = tls_socket_open(socket, network_default())) != NSAPI_ERROR_OK ||
        (r = tls_socket_set_root_ca_cert_bytes(socket, SSL_CA_PEM, sizeof SSL_CA_PEM)) !=
            NSAPI_ERROR_OK) {
        printf("TLS socket set-up failed (%d)\n", r);
        return 1;
    }
    if (semihosting_read_file(path, page, sizeof page) == 0)
        (void)tls_socket_set_session(socket, page, sizeof page);
    started_ms = board_now_ms();
    if ((r = tls_socket_connect(socket, host, port)) != NSAPI_ERROR_OK) {
        printf("TLS socket connect failed (%d)\n", r);
        return 1;
    }
    printf("device: connect %s, %lu ms, %lu bytes sent, %lu received, %lu bytes of heap\n",
           tls_socket_is_resumed(socket) ? "resumed" : "full",
           (unsigned long)(board_now_ms() - started_ms), (unsigned long)board_uart_sent,
           (unsigned long)board_uart_received, (unsigned long)board_heap_peak());
    return fetch(socket) == 0 ? keep_session(socket, path) : 1;
}

int main(int argc, char *argv[])
{
    static struct tls_socket socket;
    int status = 1;

    tls_socket_init(&socket);
    if (argc == 4)
        status = run(&socket, argv[1], (uint16_t)strtoul(argv[2], NULL, 10), argv[3]);
    tls_socket_free(&socket);
    return status;
}
