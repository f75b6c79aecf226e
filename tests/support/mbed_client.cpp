/* mbed_client.cpp -- HOST PORT CA.PEM CLAIM [PORT]: one claim of Mbed OS's list for TLS sockets,
 * over TCP
 *
 * The server sends each line back reversed (openssl s_server -rev). Exits 0 if the claim holds.
 */
#include "mbed.h"

#include <stdarg.h>

static const char *host;
static uint16_t port, other_port;
static char ca[16384];

static bool holds(bool is_true, const char *what, int value)
{
    if (!is_true)
        printf("%s: %d\n", what, value);
    return is_true;
}

#define HOLDS(expression, value) holds((expression), #expression, static_cast<int>(value))

static NetworkInterface *net()
{
    return NetworkInterface::get_default_instance();
}

static nsapi_error_t start(TLSSocket *socket)
{
    nsapi_error_t error = socket->open(net());

    if (error == NSAPI_ERROR_OK)
        error = socket->set_root_ca_cert(ca);
    return error == NSAPI_ERROR_OK ? socket->connect(host, port) : error;
}

static nsapi_error_t start_other(TLSSocket *socket)
{
    const uint16_t first = port;
    nsapi_error_t error;

    port = other_port;
    error = start(socket);
    port = first;
    return error;
}

/* Sends all, whatever the mode. */
static bool send_all(TLSSocket *socket, const char *data, int size)
{
    while (size > 0) {
        const nsapi_size_or_error_t sent = socket->send(data, static_cast<nsapi_size_t>(size));
        if (sent == NSAPI_ERROR_WOULD_BLOCK) {
            (void)socket->wait_io(true, 1000);
            continue;
        }
        if (!HOLDS(sent > 0 && sent <= size, sent))
            return false;
        data += sent;
        size -= sent;
    }
    return true;
}

static bool recv_all(TLSSocket *socket, char *data, int size)
{
    while (size > 0) {
        const nsapi_size_or_error_t got = socket->recv(data, static_cast<nsapi_size_t>(size));
        if (got == NSAPI_ERROR_WOULD_BLOCK) {
            if (!HOLDS(socket->wait_io(false, 10000) == NSAPI_ERROR_OK, got))
                return false;
            continue;
        }
        if (!HOLDS(got > 0 && got <= size, got))
            return false;
        data += got;
        size -= got;
    }
    return true;
}

static bool echo_line(TLSSocket *socket, int size)
{
    char sent[2048], got[2048];

    for (int i = 0; i < size - 1; i++)
        sent[i] = static_cast<char>('a' + (i * 7 + size) % 26);
    sent[size - 1] = '\n';
    if (!send_all(socket, sent, size) || !recv_all(socket, got, size))
        return false;
    for (int i = 0; i < size - 1; i++)
        if (got[i] != sent[size - 2 - i])
            return HOLDS(false, i);
    return HOLDS(got[size - 1] == '\n', got[size - 1]);
}

static bool echo_sizes(TLSSocket *socket)
{
    static const int sizes[] = {1,   2,   3,   4,   5,   6,   7,   8,   9,    10,   100,
                                200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100, 1200};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (!echo_line(socket, sizes[i]))
            return false;
    return HOLDS(socket->close() == NSAPI_ERROR_OK, 0);
}

static bool echotest()
{
    TLSSocket socket;

    return HOLDS(start(&socket) == NSAPI_ERROR_OK, 0) && echo_sizes(&socket);
}

static int io_count;

static void on_io()
{
    io_count++;
}

static bool echotest_without_blocking()
{
    TLSSocket socket;
    nsapi_error_t error = start(&socket);

    socket.sigio(callback(on_io));
    socket.set_blocking(false);
    return HOLDS(error == NSAPI_ERROR_OK, error) && echo_sizes(&socket) &&
           HOLDS(io_count > 0, io_count);
}

static bool echotest_burst()
{
    TLSSocket socket;

    for (int i = 0; i < 2; i++) {
        if (!HOLDS(start(&socket) == NSAPI_ERROR_OK, i))
            return false;
        socket.set_blocking(i == 0);
        for (int k = 0; k < 20; k++)
            if (!echo_line(&socket, 1220))
                return false;
        if (!HOLDS(socket.close() == NSAPI_ERROR_OK, i))
            return false;
        socket.set_blocking(true);
    }
    return true;
}

static bool connect_invalid()
{
    TLSSocket socket;

    return HOLDS(socket.open(net()) == NSAPI_ERROR_OK, 0) &&
           HOLDS(socket.connect(SocketAddress()) < 0, 0) && HOLDS(socket.connect(NULL, 9) < 0, 0) &&
           HOLDS(socket.connect("", 9) < 0, 0) && HOLDS(socket.close() == NSAPI_ERROR_OK, 0);
}

/* Of a server that answers one request and closes. */
static bool endpoint_close()
{
    static const char request[] = "GET / HTTP/1.0\r\n\r\n";
    TLSSocket socket;
    char buffer[512];
    nsapi_size_or_error_t got = start(&socket);

    if (!HOLDS(got == NSAPI_ERROR_OK, got) || !send_all(&socket, request, sizeof request - 1))
        return false;
    while ((got = socket.recv(buffer, sizeof buffer)) > 0)
        continue;
    return HOLDS(got == 0, got) && HOLDS(socket.close() == NSAPI_ERROR_OK, 0);
}

static bool handshake_invalid()
{
    TLSSocket socket;
    const nsapi_error_t error = start(&socket);

    return HOLDS(error == NSAPI_ERROR_AUTH_FAILURE, error) &&
           HOLDS(socket.close() == NSAPI_ERROR_OK, 0);
}

static bool no_cert()
{
    TLSSocket socket;

    return HOLDS(socket.open(net()) == NSAPI_ERROR_OK, 0) &&
           HOLDS(socket.connect(host, port) == NSAPI_ERROR_AUTH_FAILURE, 0) &&
           HOLDS(socket.close() == NSAPI_ERROR_OK, 0);
}

static bool open_destruct()
{
    for (int i = 0; i < 100; i++) {
        TLSSocket *socket = new TLSSocket;
        if (!HOLDS(socket->open(net()) == NSAPI_ERROR_OK, i))
            return false;
        delete socket;
    }
    return true;
}

static int open_until_failure(TLSSocket **sockets, int most)
{
    int count = 0;

    for (; count < most; count++) {
        sockets[count] = new TLSSocket;
        if (sockets[count]->open(net()) != NSAPI_ERROR_OK) {
            delete sockets[count];
            break;
        }
    }
    for (int i = 0; i < count; i++)
        delete sockets[i];
    return count;
}

static bool open_limit()
{
    static TLSSocket *sockets[64];
    const int first = open_until_failure(sockets, 64), second = open_until_failure(sockets, 64);

    return HOLDS(first >= 4, first) && HOLDS(first == second, second);
}

static bool open_twice()
{
    TLSSocket socket;

    return HOLDS(socket.open(net()) == NSAPI_ERROR_OK, 0) &&
           HOLDS(socket.open(net()) == NSAPI_ERROR_PARAMETER, 0) &&
           HOLDS(socket.open(NULL) == NSAPI_ERROR_PARAMETER, 0);
}

static bool recv_timeout()
{
    TLSSocket socket;
    char byte;
    nsapi_size_or_error_t got = start(&socket);

    socket.set_timeout(100);
    if (got == NSAPI_ERROR_OK)
        got = socket.recv(&byte, 1);
    return HOLDS(got == NSAPI_ERROR_TIMEOUT || got == NSAPI_ERROR_WOULD_BLOCK, got);
}

static bool send_closed()
{
    TLSSocket socket;
    char byte;

    return HOLDS(start(&socket) == NSAPI_ERROR_OK, 0) &&
           HOLDS(socket.close() == NSAPI_ERROR_OK, 0) &&
           HOLDS(socket.send("x", 1) < 0, socket.send("x", 1)) &&
           HOLDS(socket.recv(&byte, 1) < 0, 0);
}

static bool send_repeat()
{
    TLSSocket socket;

    if (!HOLDS(start(&socket) == NSAPI_ERROR_OK, 0))
        return false;
    for (int i = 0; i < 100; i++)
        if (!HOLDS(socket.send("echo\n", 5) == 5, i))
            return false;
    return true;
}

static bool send_timeout()
{
    TLSSocket socket;
    nsapi_size_or_error_t sent = start(&socket);

    socket.set_timeout(800);
    if (sent == NSAPI_ERROR_OK)
        sent = socket.send("echo\n", 5);
    return HOLDS(sent == 5 || sent == NSAPI_ERROR_WOULD_BLOCK, sent);
}

static bool send_unconnected()
{
    TLSSocket socket;

    return HOLDS(socket.open(net()) == NSAPI_ERROR_OK, 0) &&
           HOLDS(socket.send("x", 1) == NSAPI_ERROR_NO_CONNECTION, socket.send("x", 1));
}

static bool simultaneous()
{
    TLSSocket a, b;

    if (!HOLDS(start(&a) == NSAPI_ERROR_OK, 0) || !HOLDS(start_other(&b) == NSAPI_ERROR_OK, 0))
        return false;
    for (int i = 1; i <= 10; i++)
        if (!echo_line(&a, 10 * i) || !echo_line(&b, 11 * i))
            return false;
    return true;
}

/* A name that was resolved, then an address: the name is still checked. */
static nsapi_error_t connect_to_address(bool is_resolved)
{
    TLSSocket socket;
    SocketAddress address("127.0.0.1");

    if (is_resolved && net()->gethostbyname(host, &address, NSAPI_IPv4) != NSAPI_ERROR_OK)
        return NSAPI_ERROR_DNS_FAILURE;
    address.set_port(port);
    if (socket.open(net()) != NSAPI_ERROR_OK || socket.set_root_ca_cert(ca) != NSAPI_ERROR_OK)
        return NSAPI_ERROR_PARAMETER;
    return socket.connect(address);
}

static bool resolved_address()
{
    const nsapi_error_t error = connect_to_address(true);

    return HOLDS(error == NSAPI_ERROR_OK, error);
}

static bool resolved_address_of_another_name()
{
    const nsapi_error_t error = connect_to_address(true);

    return HOLDS(error == NSAPI_ERROR_AUTH_FAILURE, error);
}

static bool address_without_a_name()
{
    const nsapi_error_t error = connect_to_address(false);

    return HOLDS(error == NSAPI_ERROR_AUTH_FAILURE, error);
}

static const struct {
    const char *name;
    bool (*holds)();
} claims[] = {
    {"echotest", echotest},
    {"echotest_without_blocking", echotest_without_blocking},
    {"echotest_burst", echotest_burst},
    {"connect_invalid", connect_invalid},
    {"endpoint_close", endpoint_close},
    {"handshake_invalid", handshake_invalid},
    {"no_cert", no_cert},
    {"open_destruct", open_destruct},
    {"open_limit", open_limit},
    {"open_twice", open_twice},
    {"recv_timeout", recv_timeout},
    {"send_closed", send_closed},
    {"send_repeat", send_repeat},
    {"send_timeout", send_timeout},
    {"send_unconnected", send_unconnected},
    {"simultaneous", simultaneous},
    {"resolved_address", resolved_address},
    {"resolved_address_of_another_name", resolved_address_of_another_name},
    {"address_without_a_name", address_without_a_name},
};

int main(int argc, char *argv[])
{
    FILE *file = argc >= 5 ? fopen(argv[3], "r") : NULL;

    if (file == NULL || fread(ca, 1, sizeof ca - 1, file) == 0 || fclose(file) != 0)
        return 2;
    host = argv[1];
    port = static_cast<uint16_t>(atoi(argv[2]));
    other_port = static_cast<uint16_t>(argc > 5 ? atoi(argv[5]) : 0);
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        if (strcmp(claims[i].name, argv[4]) == 0)
            return claims[i].holds() ? 0 : 1;
    return 2;
}
