/* TCPSocket.h -- a TCP client socket of the PC with the calls of Mbed OS */
#ifndef TLSSOCKET_MBED_TCP_SOCKET_H
#define TLSSOCKET_MBED_TCP_SOCKET_H

#include "../network.h"
#include "NetworkInterface.h"
#include "Socket.h"

class TCPSocket : public Socket
{
  public:
    TCPSocket() : is_open(false), timeout_ms(-1)
    {
        memset(&storage, 0, sizeof storage);
        memset(&transport, 0, sizeof transport);
    }

    virtual ~TCPSocket()
    {
        (void)TCPSocket::close();
    }

    virtual nsapi_error_t open(NetworkInterface *interface)
    {
        nsapi_error_t error;

        if (interface == NULL || is_open)
            return NSAPI_ERROR_PARAMETER;
        error = network_open(interface->network(), &storage, &transport);
        if (error != NSAPI_ERROR_OK)
            return error;
        is_open = true;
        (void)network_transport_set_timeout(&transport, timeout_ms);
        (void)network_transport_sigio(&transport, on_io, this);
        return NSAPI_ERROR_OK;
    }

    virtual nsapi_error_t close()
    {
        nsapi_error_t error;

        if (!is_open)
            return NSAPI_ERROR_NO_SOCKET;
        error = network_transport_close(&transport);
        network_free(&storage);
        is_open = false;
        io();
        return error;
    }

    /* Resolves the name. */
    virtual nsapi_error_t connect(const char *host, uint16_t port)
    {
        if (!is_open)
            return NSAPI_ERROR_NO_SOCKET;
        if (host == NULL || host[0] == '\0')
            return NSAPI_ERROR_PARAMETER;
        return network_transport_connect(&transport, host, port);
    }

    virtual nsapi_error_t connect(const SocketAddress &address)
    {
        return connect(address.get_ip_address(), address.get_port());
    }

    virtual nsapi_size_or_error_t send(const void *data, nsapi_size_t size)
    {
        return is_open ? network_transport_send(&transport, data, size) : NSAPI_ERROR_NO_SOCKET;
    }

    virtual nsapi_size_or_error_t recv(void *data, nsapi_size_t size)
    {
        return is_open ? network_transport_recv(&transport, data, size) : NSAPI_ERROR_NO_SOCKET;
    }

    /* Over a connection the address is not used to send, and tells the peer after receiving. */
    virtual nsapi_size_or_error_t sendto(const SocketAddress &address, const void *data,
                                         nsapi_size_t size)
    {
        (void)address;
        return send(data, size);
    }

    virtual nsapi_size_or_error_t recvfrom(SocketAddress *address, void *data, nsapi_size_t size)
    {
        nsapi_size_or_error_t got = recv(data, size);

        if (got >= 0 && address != NULL)
            (void)getpeername(address);
        return got;
    }

    virtual nsapi_error_t bind(const SocketAddress &address)
    {
        return is_open ? network_transport_bind(&transport, &address.address)
                       : NSAPI_ERROR_NO_SOCKET;
    }

    nsapi_error_t bind(uint16_t port)
    {
        return bind(SocketAddress("0.0.0.0", port));
    }

    nsapi_error_t bind(const char *ip, uint16_t port)
    {
        return bind(SocketAddress(ip, port));
    }

    virtual void set_blocking(bool blocking)
    {
        set_timeout(blocking ? -1 : 0);
    }

    virtual void set_timeout(int timeout)
    {
        timeout_ms = timeout < 0 ? -1 : timeout;
        if (is_open)
            (void)network_transport_set_timeout(&transport, timeout_ms);
    }

    virtual void sigio(mbed::Callback<void()> callback)
    {
        io = callback;
    }

    void attach(mbed::Callback<void()> callback)
    {
        sigio(callback);
    }

    virtual nsapi_error_t setsockopt(int level, int option, const void *value, unsigned size)
    {
        return is_open ? network_transport_setsockopt(&transport, level, option, value, size)
                       : NSAPI_ERROR_NO_SOCKET;
    }

    virtual nsapi_error_t getsockopt(int level, int option, void *value, unsigned *size)
    {
        return is_open ? network_transport_getsockopt(&transport, level, option, value, size)
                       : NSAPI_ERROR_NO_SOCKET;
    }

    virtual nsapi_error_t getpeername(SocketAddress *address)
    {
        return is_open ? network_transport_getpeername(&transport, &address->address)
                       : NSAPI_ERROR_NO_SOCKET;
    }

    virtual nsapi_error_t wait_io(bool for_write, int timeout)
    {
        return is_open ? network_wait(&transport, for_write, timeout) : NSAPI_ERROR_NO_SOCKET;
    }

  protected:
    /* Ends the connection; the socket stays open. */
    nsapi_error_t hang_up()
    {
        return is_open ? network_transport_close(&transport) : NSAPI_ERROR_NO_SOCKET;
    }

  private:
    struct network_socket storage;
    struct network_transport transport;
    bool is_open;
    int timeout_ms;
    mbed::Callback<void()> io;

    static void on_io(void *that)
    {
        static_cast<TCPSocket *>(that)->io();
    }
};

#endif
