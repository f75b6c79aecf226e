/* capacity.c -- a list: few servers turn connections away */
#include "net/capacity.h"

#include <stdlib.h>
#include <string.h>

struct capacity {
    struct capacity *next;
    long connections;
    unsigned port;
    char host[ENDPOINT_HOST_SIZE];
};

static bool is_of(const struct capacity *capacity, const struct endpoint *endpoint)
{
    return capacity->port == endpoint->port && strcmp(capacity->host, endpoint->host) == 0;
}

static struct capacity *find(struct capacity *list, const struct endpoint *endpoint)
{
    while (list != NULL && !is_of(list, endpoint))
        list = list->next;
    return list;
}

long capacity_of(struct capacity *list, const struct endpoint *endpoint)
{
    const struct capacity *capacity = find(list, endpoint);

    return capacity != NULL ? capacity->connections : 0;
}

int capacity_set(struct capacity **list, const struct endpoint *endpoint, long connections)
{
    struct capacity *capacity = find(*list, endpoint);

    if (capacity == NULL) {
        capacity = malloc(sizeof *capacity);
        if (capacity == NULL)
            return -1;
        capacity->port = endpoint->port;
        memcpy(capacity->host, endpoint->host, sizeof capacity->host);
        capacity->next = *list;
        *list = capacity;
    }
    capacity->connections = connections;
    return 0;
}

void capacity_free(struct capacity *list)
{
    struct capacity *next;

    for (; list != NULL; list = next) {
        next = list->next;
        free(list);
    }
}
