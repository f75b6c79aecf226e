/* TLSSocket.h -- a TLS client socket with its own TCP connection, with the calls of Mbed OS */
#ifndef TLSSOCKET_MBED_TLS_SOCKET_H
#define TLSSOCKET_MBED_TLS_SOCKET_H

#include "TCPSocket.h"
#include "TLSSocketWrapper.h"

/* TCP whose connection may end while the socket stays open, as it does after a failed handshake. */
class TLSSocketTCP : public TCPSocket
{
  public:
    virtual nsapi_error_t close()
    {
        return hang_up();
    }

    nsapi_error_t finish()
    {
        return TCPSocket::close();
    }
};

/* A base of its own, so that it is there before the wrapper and goes after it. */
class TLSSocketTransport
{
  protected:
    TLSSocketTCP tcp;
};

class TLSSocket : private TLSSocketTransport, public TLSSocketWrapper
{
  public:
    TLSSocket() : TLSSocketWrapper(&tcp)
    {
    }

    nsapi_error_t open(NetworkInterface *interface)
    {
        return tcp.open(interface);
    }

    virtual nsapi_error_t close()
    {
        const nsapi_error_t error = TLSSocketWrapper::close();
        const nsapi_error_t finished = tcp.finish();

        return finished != NSAPI_ERROR_OK ? finished : error;
    }

    /* The name is resolved, sent as SNI, and checked, unless set_hostname gave another for these.
     */
    nsapi_error_t connect(const char *host, uint16_t port)
    {
        return connect_by_name(host, port);
    }

    using TLSSocketWrapper::connect;
};

#endif
