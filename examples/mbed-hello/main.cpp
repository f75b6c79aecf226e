/* main.cpp -- fetches hello.txt over HTTPS with the calls of Mbed OS; runs on a PC and on a board
 *
 *     mbed-hello [HOST [PORT [PATH]]]        (on a board: HELLO_HOST, HELLO_PORT, HELLO_PATH)
 */
#include "mbed.h"

#include "TLSSocket.h"
#include "mbed_trace.h"

#include "ssl_ca_pem.h" /* from caembed */

#ifndef HELLO_HOST
#define HELLO_HOST "os.mbed.com"
#endif
#ifndef HELLO_PORT
#define HELLO_PORT 443
#endif
#ifndef HELLO_PATH
#define HELLO_PATH "/media/uploads/mbed_official/hello.txt"
#endif

/* Sends the request and prints what comes until the server closes. Returns 0, or 1 on failure. */
static int fetch(TLSSocket *socket, const char *host, const char *path)
{
    char request[512], buffer[1024];
    const int length =
        snprintf(request, sizeof request,
                 "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", path, host);
    nsapi_size_or_error_t n;

    if (length < 0 || (size_t)length >= sizeof request)
        return 1;
    n = socket->send(request, (nsapi_size_t)length);
    if (n < 0) {
        printf("TLS socket send failed (%d)\n", n);
        return 1;
    }
    printf("\nSent %d bytes:\n\n%s", n, request);
    printf("Received:\n\n");
    while ((n = socket->recv(buffer, sizeof buffer)) > 0)
        printf("%.*s", n, buffer);
    printf("\n");
    if (n < 0)
        printf("TLS socket recv failed (%d)\n", n);
    return n == 0 ? 0 : 1;
}

static int run(NetworkInterface *network, const char *host, uint16_t port, const char *path)
{
    TLSSocket *socket = new TLSSocket;
    nsapi_error_t r = socket->open(network);
    int status = 1;

    if (r != NSAPI_ERROR_OK)
        printf("TLS socket open failed (%d)\n", r);
    else if ((r = socket->set_root_ca_cert(SSL_CA_PEM)) != NSAPI_ERROR_OK)
        printf("TLS socket set_root_ca_cert failed (%d)\n", r);
    else if ((r = socket->connect(host, port)) != NSAPI_ERROR_OK)
        printf("TLS socket connect failed (%d)\n", r);
    else
        status = fetch(socket, host, path);
    delete socket;
    return status;
}

int main(int argc, char *argv[])
{
    NetworkInterface *network = NetworkInterface::get_default_instance();

    if (network == NULL || network->connect() != NSAPI_ERROR_OK) {
        printf("Unable to connect to the network\n");
        return 1;
    }
    printf("Connected to the network. IP address: %s\n", network->get_ip_address());
    mbed_trace_init();
    return run(network, argc > 1 ? argv[1] : HELLO_HOST,
               (uint16_t)(argc > 2 ? atoi(argv[2]) : HELLO_PORT), argc > 3 ? argv[3] : HELLO_PATH);
}
