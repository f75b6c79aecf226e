/* network.c -- struct network -> a transport, and what it took given back */
#include "tlssocket/network.h"

#include <string.h>

nsapi_error_t network_open(const struct network *network, struct network_socket *storage,
                           struct network_transport *transport)
{
    nsapi_error_t error;

    memset(storage, 0, sizeof *storage);
    storage->network = network;
    error = network->open(network->context, storage, transport);
    if (error != NSAPI_ERROR_OK)
        storage->network = NULL;
    return error;
}

void network_free(struct network_socket *storage)
{
    const struct network *network = storage->network;

    storage->network = NULL;
    if (network != NULL && network->free != NULL)
        network->free(network->context, storage);
}
