/* mbed_os_network.cpp -- a NetworkInterface of Mbed OS -> its TCP connections, as a struct network
 *
 * C++98, for the compilers of Mbed OS 5.11. The TCPSocket itself never waits: its own time-out
 * counts anew after every event, so that a peer that takes a byte now and then holds it for ever.
 */
#include "tlssocket/network_mbed_os.h"

#include "NetworkInterface.h"
#include "SocketAddress.h"
#include "TCPSocket.h"
#include "cmsis_os2.h"
#include "rtos/EventFlags.h"

#include <limits.h>
#include <new>
#include <string.h>

namespace
{

const uint32_t SOMETHING_HAPPENED = 1;
const int LONGEST_WAIT_MS = 60000;

/* What network_socket.handle points to. */
struct connection {
    explicit connection(NetworkInterface *network_interface)
        : interface(network_interface), is_open(false)
    {
    }

    TCPSocket tcp;
    rtos::EventFlags events;
    NetworkInterface *interface;
    SocketAddress address; /* of the connect that is under way */
    bool is_open;
};

} // namespace

static connection *connection_of(const network_socket *storage)
{
    return static_cast<connection *>(storage->handle);
}

static uint32_t now_ms()
{
    return osKernelGetTickCount(); /* Mbed OS's ticks are milliseconds */
}

static int limited(size_t size)
{
    return size > INT_MAX ? INT_MAX : static_cast<int>(size);
}

/* Runs in the network stack's thread. */
static void on_event(network_socket *storage)
{
    (void)connection_of(storage)->events.set(SOMETHING_HAPPENED);
    if (storage->callback != NULL)
        storage->callback(storage->argument);
}

/* Waits until the socket has something to tell. Returns false once its time-out has passed since
 * started_ms. */
static bool wait_since(const network_socket *storage, uint32_t started_ms)
{
    const uint32_t elapsed_ms = now_ms() - started_ms;
    const uint32_t timeout_ms = static_cast<uint32_t>(storage->timeout_ms);
    int wait_ms = LONGEST_WAIT_MS;

    if (storage->timeout_ms >= 0 && elapsed_ms >= timeout_ms)
        return false;
    if (storage->timeout_ms >= 0 && timeout_ms - elapsed_ms < static_cast<uint32_t>(wait_ms))
        wait_ms = static_cast<int>(timeout_ms - elapsed_ms);
    (void)connection_of(storage)->events.wait_any(SOMETHING_HAPPENED,
                                                  static_cast<uint32_t>(wait_ms));
    return true;
}

static nsapi_error_t open_tcp(network_socket *storage)
{
    connection *c = connection_of(storage);
    const nsapi_error_t error = c->tcp.open(c->interface);

    if (error != NSAPI_ERROR_OK)
        return error;
    c->is_open = true;
    c->tcp.set_blocking(false);
    c->tcp.sigio(mbed::callback(&on_event, storage));
    return NSAPI_ERROR_OK;
}

static bool is_connecting(nsapi_error_t error)
{
    return error == NSAPI_ERROR_IN_PROGRESS || error == NSAPI_ERROR_ALREADY;
}

/* TCPSocket says IS_CONNECTED once a connect that did not wait has come through. */
static nsapi_error_t connect_tcp(network_socket *storage, uint32_t started_ms)
{
    connection *c = connection_of(storage);
    const bool was_connecting = storage->connecting;
    nsapi_error_t error;

    while (is_connecting(error = c->tcp.connect(c->address))) {
        storage->connecting = true;
        if (storage->timeout_ms == 0)
            return NSAPI_ERROR_IN_PROGRESS;
        if (!wait_since(storage, started_ms))
            return NSAPI_ERROR_CONNECTION_TIMEOUT;
    }
    if (error == NSAPI_ERROR_IS_CONNECTED && (was_connecting || storage->connecting))
        error = NSAPI_ERROR_OK;
    storage->connecting = false;
    return error;
}

static nsapi_error_t resolve(connection *c, const char *host, uint16_t port)
{
    const nsapi_error_t error = c->interface->gethostbyname(host, &c->address);

    c->address.set_port(port);
    return error;
}

extern "C" {

static nsapi_error_t tcp_close(void *context)
{
    network_socket *storage = static_cast<network_socket *>(context);
    connection *c = connection_of(storage);

    storage->connecting = false;
    if (!c->is_open)
        return NSAPI_ERROR_OK;
    c->is_open = false;
    return c->tcp.close();
}

/* A TCPSocket that failed to connect may not be able to any more: the next one is a fresh one. */
static nsapi_error_t tcp_connect(void *context, const char *host, uint16_t port)
{
    network_socket *storage = static_cast<network_socket *>(context);
    connection *c = connection_of(storage);
    const uint32_t started_ms = now_ms();
    nsapi_error_t error = NSAPI_ERROR_OK;

    if (!c->is_open)
        error = open_tcp(storage);
    if (error == NSAPI_ERROR_OK && !storage->connecting)
        error = resolve(c, host, port);
    if (error == NSAPI_ERROR_OK)
        error = connect_tcp(storage, started_ms);
    if (error != NSAPI_ERROR_OK && error != NSAPI_ERROR_IS_CONNECTED && !is_connecting(error))
        (void)tcp_close(context);
    return error;
}

static nsapi_size_or_error_t tcp_send(void *context, const void *data, size_t size)
{
    network_socket *storage = static_cast<network_socket *>(context);
    connection *c = connection_of(storage);
    const uint32_t started_ms = now_ms();
    nsapi_size_or_error_t sent;

    if (!c->is_open)
        return NSAPI_ERROR_NO_CONNECTION;
    do
        sent = c->tcp.send(data, static_cast<nsapi_size_t>(limited(size)));
    while (sent == NSAPI_ERROR_WOULD_BLOCK && wait_since(storage, started_ms));
    return sent;
}

static nsapi_size_or_error_t tcp_recv(void *context, void *data, size_t size)
{
    network_socket *storage = static_cast<network_socket *>(context);
    connection *c = connection_of(storage);
    const uint32_t started_ms = now_ms();
    nsapi_size_or_error_t received;

    if (!c->is_open)
        return NSAPI_ERROR_NO_CONNECTION;
    do
        received = c->tcp.recv(data, static_cast<nsapi_size_t>(limited(size)));
    while (received == NSAPI_ERROR_WOULD_BLOCK && wait_since(storage, started_ms));
    return received;
}

static nsapi_error_t tcp_set_timeout(void *context, int timeout_ms)
{
    static_cast<network_socket *>(context)->timeout_ms = timeout_ms;
    return NSAPI_ERROR_OK;
}

static uint32_t tcp_now_ms(void *)
{
    return now_ms();
}

static void tcp_sigio(void *context, void (*callback)(void *argument), void *argument)
{
    network_socket *storage = static_cast<network_socket *>(context);

    storage->callback = NULL; /* an event in between must not find one without the other */
    storage->argument = argument;
    storage->callback = callback;
}

static nsapi_error_t tcp_bind(void *context, const struct network_address *address)
{
    const SocketAddress local(address->ip, address->port);

    return connection_of(static_cast<network_socket *>(context))->tcp.bind(local);
}

static nsapi_error_t tcp_setsockopt(void *context, int level, int option, const void *value,
                                    unsigned size)
{
    return connection_of(static_cast<network_socket *>(context))
        ->tcp.setsockopt(level, option, value, size);
}

static nsapi_error_t tcp_getsockopt(void *context, int level, int option, void *value,
                                    unsigned *size)
{
    return connection_of(static_cast<network_socket *>(context))
        ->tcp.getsockopt(level, option, value, size);
}

static nsapi_error_t tcp_getpeername(void *context, struct network_address *address)
{
    SocketAddress peer;
    const nsapi_error_t error =
        connection_of(static_cast<network_socket *>(context))->tcp.getpeername(&peer);
    const char *ip = error == NSAPI_ERROR_OK ? peer.get_ip_address() : NULL;

    if (error != NSAPI_ERROR_OK)
        return error;
    memset(address, 0, sizeof *address);
    if (ip == NULL || strlen(ip) >= sizeof address->ip)
        return NSAPI_ERROR_NO_ADDRESS;
    memcpy(address->ip, ip, strlen(ip));
    address->port = peer.get_port();
    return NSAPI_ERROR_OK;
}

static void tcp_free(void *, struct network_socket *storage)
{
    delete connection_of(storage);
    storage->handle = NULL;
}

/* Takes a socket of the stack at once, so that open tells when there is none left. */
static nsapi_error_t tcp_open(void *context, struct network_socket *storage,
                              struct network_transport *transport)
{
    static const struct network_transport_ops ops = {
        tcp_connect, tcp_send, tcp_recv,       tcp_close,      tcp_set_timeout, tcp_now_ms,
        tcp_sigio,   tcp_bind, tcp_setsockopt, tcp_getsockopt, tcp_getpeername,
    };
    NetworkInterface *interface = context != NULL ? static_cast<NetworkInterface *>(context)
                                                  : NetworkInterface::get_default_instance();
    nsapi_error_t error;

    if (interface == NULL)
        return NSAPI_ERROR_NO_CONNECTION;
    storage->handle = new (std::nothrow) connection(interface);
    if (storage->handle == NULL)
        return NSAPI_ERROR_NO_MEMORY;
    storage->timeout_ms = -1;
    error = open_tcp(storage);
    if (error != NSAPI_ERROR_OK) {
        tcp_free(context, storage);
        return error;
    }
    transport->ops = &ops;
    transport->context = storage;
    return NSAPI_ERROR_OK;
}

const struct network *network_default(void)
{
    static const struct network default_network = {tcp_open, NULL, tcp_free};

    return &default_network;
}

} // extern "C"

struct network network_mbed_os(NetworkInterface *interface)
{
    const struct network network = {tcp_open, interface, tcp_free};

    return network;
}

nsapi_error_t tls_socket_connect_address(struct tls_socket *socket, const SocketAddress &address)
{
    const char *ip = address.get_ip_address();

    return ip == NULL ? NSAPI_ERROR_PARAMETER : tls_socket_connect(socket, ip, address.get_port());
}
