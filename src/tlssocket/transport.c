/* transport.c -- struct network_transport -> its operations, with an answer for those it does not
 * have */
#include "tlssocket/transport.h"

/* Returns from the calling function what keeps the operation from being called. */
#define NEED(socket, operation)                                                                    \
    do {                                                                                           \
        if ((socket) == NULL)                                                                      \
            return NSAPI_ERROR_NO_SOCKET;                                                          \
        if ((socket)->ops->operation == NULL)                                                      \
            return NSAPI_ERROR_UNSUPPORTED;                                                        \
    } while (0)

nsapi_error_t network_transport_connect(const struct network_transport *socket, const char *host,
                                        uint16_t port)
{
    NEED(socket, connect);
    return socket->ops->connect(socket->context, host, port);
}

nsapi_size_or_error_t network_transport_send(const struct network_transport *socket,
                                             const void *data, size_t size)
{
    NEED(socket, send);
    return socket->ops->send(socket->context, data, size);
}

nsapi_size_or_error_t network_transport_recv(const struct network_transport *socket, void *data,
                                             size_t size)
{
    NEED(socket, recv);
    return socket->ops->recv(socket->context, data, size);
}

nsapi_error_t network_transport_close(const struct network_transport *socket)
{
    NEED(socket, close);
    return socket->ops->close(socket->context);
}

nsapi_error_t network_transport_set_timeout(const struct network_transport *socket, int timeout_ms)
{
    NEED(socket, set_timeout);
    return socket->ops->set_timeout(socket->context, timeout_ms);
}

nsapi_error_t network_transport_set_blocking(const struct network_transport *socket, bool blocking)
{
    return network_transport_set_timeout(socket, blocking ? -1 : 0);
}

nsapi_error_t network_transport_sigio(const struct network_transport *socket,
                                      void (*callback)(void *argument), void *argument)
{
    NEED(socket, sigio);
    socket->ops->sigio(socket->context, callback, argument);
    return NSAPI_ERROR_OK;
}

nsapi_error_t network_transport_bind(const struct network_transport *socket,
                                     const struct network_address *address)
{
    NEED(socket, bind);
    return socket->ops->bind(socket->context, address);
}

nsapi_error_t network_transport_setsockopt(const struct network_transport *socket, int level,
                                           int option, const void *value, unsigned size)
{
    NEED(socket, setsockopt);
    return socket->ops->setsockopt(socket->context, level, option, value, size);
}

nsapi_error_t network_transport_getsockopt(const struct network_transport *socket, int level,
                                           int option, void *value, unsigned *size)
{
    NEED(socket, getsockopt);
    return socket->ops->getsockopt(socket->context, level, option, value, size);
}

nsapi_error_t network_transport_getpeername(const struct network_transport *socket,
                                            struct network_address *address)
{
    NEED(socket, getpeername);
    return socket->ops->getpeername(socket->context, address);
}
