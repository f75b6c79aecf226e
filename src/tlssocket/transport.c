/* transport.c -- struct socket -> its operations, with an answer for those it does not have */
#include "tlssocket/transport.h"

/* Returns from the calling function what keeps the operation from being called. */
#define NEED(socket, operation)                                                                    \
    do {                                                                                           \
        if ((socket) == NULL)                                                                      \
            return NSAPI_ERROR_NO_SOCKET;                                                          \
        if ((socket)->ops->operation == NULL)                                                      \
            return NSAPI_ERROR_UNSUPPORTED;                                                        \
    } while (0)

nsapi_error_t socket_connect(const struct socket *socket, const char *host, uint16_t port)
{
    NEED(socket, connect);
    return socket->ops->connect(socket->context, host, port);
}

nsapi_size_or_error_t socket_send(const struct socket *socket, const void *data, size_t size)
{
    NEED(socket, send);
    return socket->ops->send(socket->context, data, size);
}

nsapi_size_or_error_t socket_recv(const struct socket *socket, void *data, size_t size)
{
    NEED(socket, recv);
    return socket->ops->recv(socket->context, data, size);
}

nsapi_error_t socket_close(const struct socket *socket)
{
    NEED(socket, close);
    return socket->ops->close(socket->context);
}

nsapi_error_t socket_set_timeout(const struct socket *socket, int timeout_ms)
{
    NEED(socket, set_timeout);
    return socket->ops->set_timeout(socket->context, timeout_ms);
}

nsapi_error_t socket_set_blocking(const struct socket *socket, bool blocking)
{
    return socket_set_timeout(socket, blocking ? -1 : 0);
}

nsapi_error_t socket_sigio(const struct socket *socket, void (*callback)(void *argument),
                           void *argument)
{
    NEED(socket, sigio);
    socket->ops->sigio(socket->context, callback, argument);
    return NSAPI_ERROR_OK;
}

nsapi_error_t socket_bind(const struct socket *socket, const struct socket_address *address)
{
    NEED(socket, bind);
    return socket->ops->bind(socket->context, address);
}

nsapi_error_t socket_setsockopt(const struct socket *socket, int level, int option,
                                const void *value, unsigned size)
{
    NEED(socket, setsockopt);
    return socket->ops->setsockopt(socket->context, level, option, value, size);
}

nsapi_error_t socket_getsockopt(const struct socket *socket, int level, int option, void *value,
                                unsigned *size)
{
    NEED(socket, getsockopt);
    return socket->ops->getsockopt(socket->context, level, option, value, size);
}

nsapi_error_t socket_getpeername(const struct socket *socket, struct socket_address *address)
{
    NEED(socket, getpeername);
    return socket->ops->getpeername(socket->context, address);
}
