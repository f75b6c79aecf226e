/* tls_socket.c -- a wrapper and a transport from a network -> a socket that is opened and closed */
#include "tlssocket/tls_socket.h"

void tls_socket_init(struct tls_socket *socket)
{
    tls_socket_wrapper_init(&socket->tls, NULL, TRANSPORT_CONNECT_AND_CLOSE);
    socket->storage.network = NULL;
}

void tls_socket_free(struct tls_socket *socket)
{
    if (socket == NULL)
        return;
    tls_socket_wrapper_free(&socket->tls);
    network_free(&socket->storage);
}

nsapi_error_t tls_socket_open(struct tls_socket *socket, const struct network *network)
{
    nsapi_error_t error;

    if (network == NULL || socket->tls.transport != NULL)
        return NSAPI_ERROR_PARAMETER;
    error = network_open(network, &socket->storage, &socket->tcp);
    if (error != NSAPI_ERROR_OK)
        return error;
    socket->tls.transport = &socket->tcp;
    tls_socket_wrapper_sigio(&socket->tls, socket->tls.sigio, socket->tls.sigio_argument);
    return NSAPI_ERROR_OK;
}

nsapi_error_t tls_socket_close(struct tls_socket *socket)
{
    const nsapi_error_t error = tls_socket_wrapper_close(&socket->tls);

    socket->tls.transport = NULL;
    network_free(&socket->storage);
    return error;
}
