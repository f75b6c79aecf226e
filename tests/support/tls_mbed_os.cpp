/* tls_mbed_os.cpp -- the calls of Mbed OS's classes -> the server in memory */
#include "tls_mbed_os.h"

#include "tls_mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct mbed_os_state mbed_os;

static NetworkInterface the_interface;

void mbed_os_init(struct tls_mem *server)
{
    memset(&mbed_os, 0, sizeof mbed_os);
    mbed_os.server = server;
    mbed_os.default_interface = &the_interface;
    mbed_os.sockets_left = 4;
}

extern "C" uint32_t osKernelGetTickCount(void)
{
    return mbed_os.server->now_ms;
}

static const struct network_transport *server_socket()
{
    return tls_mem_socket(mbed_os.server);
}

/* ---- rtos ---- */

uint32_t rtos::EventFlags::set(uint32_t flags)
{
    return _flags |= flags;
}

/* Time passes while nothing comes, and ends the wait when it is over. */
uint32_t rtos::EventFlags::wait_any(uint32_t flags, uint32_t milliseconds, bool clear)
{
    uint32_t found;

    tls_mem_run(mbed_os.server);
    found = _flags & flags;
    if (found == 0 && mbed_os.event_every_ms > 0 && mbed_os.event_every_ms < milliseconds)
        mbed_os.server->now_ms += mbed_os.event_every_ms;
    else if (found == 0)
        mbed_os.server->now_ms += milliseconds;
    if (clear)
        _flags &= ~flags;
    return found;
}

/* ---- addresses and names ---- */

SocketAddress::SocketAddress() : _port(0)
{
    _ip[0] = '\0';
}

SocketAddress::SocketAddress(const char *ip, uint16_t port) : _port(port)
{
    (void)set_ip_address(ip);
}

bool SocketAddress::set_ip_address(const char *ip)
{
    _ip[0] = '\0';
    if (ip == NULL || strspn(ip, "0123456789abcdefABCDEF.:") != strlen(ip))
        return false;
    snprintf(_ip, sizeof _ip, "%s", ip);
    return true;
}

void SocketAddress::set_port(uint16_t port)
{
    _port = port;
}

const char *SocketAddress::get_ip_address() const
{
    return _ip[0] == '\0' ? NULL : _ip;
}

uint16_t SocketAddress::get_port() const
{
    return _port;
}

NetworkInterface *NetworkInterface::get_default_instance()
{
    return mbed_os.default_interface;
}

/* Numeric addresses need no DNS; every name is one host. */
nsapi_error_t NetworkInterface::gethostbyname(const char *host, SocketAddress *address)
{
    if (address->set_ip_address(host))
        return NSAPI_ERROR_OK;
    mbed_os.names_resolved++;
    if (mbed_os.dns_error == NSAPI_ERROR_OK)
        (void)address->set_ip_address("192.0.2.7");
    return mbed_os.dns_error;
}

/* ---- TCPSocket ---- */

TCPSocket::TCPSocket()
    : _is_open(false), _is_blocking(true), _is_connecting(false), _has_failed(false)
{
    mbed_os.sockets_made++;
}

TCPSocket::~TCPSocket()
{
    (void)close();
    mbed_os.sockets_made--;
}

nsapi_error_t TCPSocket::open(NetworkInterface *network)
{
    if (_is_open || network == NULL)
        return NSAPI_ERROR_PARAMETER;
    if (mbed_os.sockets_left == 0)
        return NSAPI_ERROR_NO_SOCKET;
    mbed_os.sockets_left--;
    mbed_os.sockets_open++;
    _is_open = true;
    _is_connecting = false;
    _has_failed = false;
    _peer = SocketAddress();
    return NSAPI_ERROR_OK;
}

nsapi_error_t TCPSocket::close()
{
    if (!_is_open)
        return NSAPI_ERROR_NO_SOCKET;
    (void)network_transport_sigio(server_socket(), NULL, NULL);
    (void)network_transport_close(server_socket());
    _is_open = false;
    mbed_os.sockets_left++;
    mbed_os.sockets_open--;
    return NSAPI_ERROR_OK;
}

nsapi_error_t TCPSocket::connect(const SocketAddress &address)
{
    nsapi_error_t error;

    if (!_is_open)
        return NSAPI_ERROR_NO_SOCKET;
    if (_has_failed)
        return NSAPI_ERROR_PARAMETER;
    if (_is_blocking || address.get_ip_address() == NULL)
        abort(); /* the adapter waits by itself, and resolves names first */
    snprintf(mbed_os.connected_to, sizeof mbed_os.connected_to, "%s", address.get_ip_address());
    mbed_os.port = address.get_port();
    error =
        network_transport_connect(server_socket(), address.get_ip_address(), address.get_port());
    if (error == NSAPI_ERROR_IN_PROGRESS && _is_connecting)
        return NSAPI_ERROR_ALREADY;
    if (error == NSAPI_ERROR_OK && _is_connecting)
        error = NSAPI_ERROR_IS_CONNECTED;
    _is_connecting = error == NSAPI_ERROR_IN_PROGRESS;
    _has_failed = error != NSAPI_ERROR_OK && error != NSAPI_ERROR_IS_CONNECTED && !_is_connecting;
    _peer = address;
    return error;
}

nsapi_size_or_error_t TCPSocket::send(const void *data, nsapi_size_t size)
{
    if (!_is_open)
        return NSAPI_ERROR_NO_SOCKET;
    if (_is_blocking)
        abort();
    (void)network_transport_set_timeout(server_socket(), 0);
    return network_transport_send(server_socket(), data, size);
}

nsapi_size_or_error_t TCPSocket::recv(void *data, nsapi_size_t size)
{
    if (!_is_open)
        return NSAPI_ERROR_NO_SOCKET;
    if (_is_blocking)
        abort();
    (void)network_transport_set_timeout(server_socket(), 0);
    return network_transport_recv(server_socket(), data, size);
}

void TCPSocket::set_blocking(bool blocking)
{
    _is_blocking = blocking;
}

void TCPSocket::on_event(void *self)
{
    const TCPSocket *socket = static_cast<TCPSocket *>(self);

    if (socket->_event.is_set())
        socket->_event();
}

void TCPSocket::sigio(mbed::Callback<void()> function)
{
    _event = function;
    (void)network_transport_sigio(server_socket(), &on_event, this);
}

nsapi_error_t TCPSocket::bind(const SocketAddress &address)
{
    if (address.get_ip_address() != NULL)
        snprintf(mbed_os.bound_to, sizeof mbed_os.bound_to, "%s", address.get_ip_address());
    mbed_os.port = address.get_port();
    return NSAPI_ERROR_OK;
}

nsapi_error_t TCPSocket::setsockopt(int level, int option, const void *value, unsigned size)
{
    if (level != 7000 || size != sizeof(int))
        return NSAPI_ERROR_UNSUPPORTED;
    memcpy(&mbed_os.option, value, size);
    mbed_os.option += option;
    return NSAPI_ERROR_OK;
}

nsapi_error_t TCPSocket::getsockopt(int level, int option, void *value, unsigned *size)
{
    if (level != 7000 || option != 1 || *size < sizeof(int))
        return NSAPI_ERROR_UNSUPPORTED;
    memcpy(value, &mbed_os.option, sizeof(int));
    *size = sizeof(int);
    return NSAPI_ERROR_OK;
}

nsapi_error_t TCPSocket::getpeername(SocketAddress *address)
{
    if (_peer.get_ip_address() == NULL)
        return NSAPI_ERROR_NO_CONNECTION;
    *address = _peer;
    return NSAPI_ERROR_OK;
}
