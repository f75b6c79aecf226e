/* Socket.h -- what every socket of Mbed OS can do */
#ifndef TLSSOCKET_MBED_SOCKET_H
#define TLSSOCKET_MBED_SOCKET_H

#include "Callback.h"
#include "SocketAddress.h"
#include "nsapi_types.h"

class Socket
{
  public:
    Socket()
    {
    }
    virtual ~Socket()
    {
    }

    virtual nsapi_error_t close() = 0;
    virtual nsapi_error_t connect(const SocketAddress &address) = 0;
    virtual nsapi_size_or_error_t send(const void *data, nsapi_size_t size) = 0;
    virtual nsapi_size_or_error_t recv(void *data, nsapi_size_t size) = 0;
    virtual nsapi_size_or_error_t sendto(const SocketAddress &address, const void *data,
                                         nsapi_size_t size) = 0;
    virtual nsapi_size_or_error_t recvfrom(SocketAddress *address, void *data,
                                           nsapi_size_t size) = 0;
    virtual nsapi_error_t bind(const SocketAddress &address) = 0;
    virtual void set_blocking(bool blocking) = 0;
    virtual void set_timeout(int timeout_ms) = 0;
    virtual void sigio(mbed::Callback<void()> callback) = 0;
    virtual nsapi_error_t setsockopt(int level, int option, const void *value, unsigned size) = 0;
    virtual nsapi_error_t getsockopt(int level, int option, void *value, unsigned *size) = 0;
    virtual nsapi_error_t getpeername(SocketAddress *address) = 0;

    /* These sockets are clients. */
    virtual Socket *accept(nsapi_error_t *error = NULL)
    {
        if (error != NULL)
            *error = NSAPI_ERROR_UNSUPPORTED;
        return NULL;
    }

    virtual nsapi_error_t listen(int backlog = 1)
    {
        (void)backlog;
        return NSAPI_ERROR_UNSUPPORTED;
    }

    /* Not in Mbed OS, which calls sigio from a thread of its own: waits until the socket may be
     * read (or written), then calls its sigio callback. Returns OK, TIMEOUT or an error. */
    virtual nsapi_error_t wait_io(bool for_write, int timeout_ms)
    {
        (void)for_write;
        (void)timeout_ms;
        return NSAPI_ERROR_UNSUPPORTED;
    }

  private:
    Socket(const Socket &);
    Socket &operator=(const Socket &);
};

#endif
