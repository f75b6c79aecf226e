/* capacity.h -- how many connections at once a server takes, as its own refusals taught */
#ifndef CAEMBED_NET_CAPACITY_H
#define CAEMBED_NET_CAPACITY_H

#include "base/error.h"
#include "net/endpoint.h"

/* A list of them, NULL if it is empty. */
struct capacity;

/* Returns how many the server takes at this host and port; 0 if nothing is known of it. */
long capacity_of(struct capacity *list, const struct endpoint *endpoint);

/* Notes it, in place of what was known. Returns -1 if out of memory. */
int capacity_set(struct capacity **list, const struct endpoint *endpoint,
                 long connections) MUST_USE;

void capacity_free(struct capacity *list);

#endif
