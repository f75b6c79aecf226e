/* capacity.h -- how many connections at once a host takes, as its own refusals taught */
#ifndef CAEMBED_NET_CAPACITY_H
#define CAEMBED_NET_CAPACITY_H

#include "base/error.h"

/* A list of them, NULL if it is empty. */
struct capacity;

/* Returns how many the host takes; 0 if nothing is known of it. */
long capacity_of(const struct capacity *list, const char *host);

/* Notes it, or in place of what was known. Returns -1 if out of memory. */
int capacity_set(struct capacity **list, const char *host, long connections) MUST_USE;

void capacity_free(struct capacity *list);

#endif
