/* capacity.c -- a list: few hosts refuse connections */
#include "net/capacity.h"

#include <stdlib.h>
#include <string.h>

struct capacity {
    struct capacity *next;
    long connections;
    char host[];
};

long capacity_of(const struct capacity *list, const char *host)
{
    while (list != NULL && strcmp(list->host, host) != 0)
        list = list->next;
    return list != NULL ? list->connections : 0;
}

int capacity_set(struct capacity **list, const char *host, long connections)
{
    const size_t size = strlen(host) + 1;
    struct capacity *capacity = *list;

    while (capacity != NULL && strcmp(capacity->host, host) != 0)
        capacity = capacity->next;
    if (capacity == NULL) {
        capacity = malloc(sizeof *capacity + size);
        if (capacity == NULL)
            return -1;
        memcpy(capacity->host, host, size);
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
