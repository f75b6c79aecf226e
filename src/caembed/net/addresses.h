/* addresses.h -- every address of a name */
#ifndef CAEMBED_NET_ADDRESSES_H
#define CAEMBED_NET_ADDRESSES_H

#include <stddef.h>

#include "net/endpoint.h"

struct address_list {
    char (*text)[ENDPOINT_ADDRESS_SIZE]; /* in numbers; sorted, IPv4 first, each once */
    size_t count;
};

/* Looks a name up with getaddrinfo(), since libcurl does not tell what it finds. ip_version is one
 * of CURL_IPRESOLVE_…. An address in numbers is its own. ERROR_RESOLVE if there is none. Free with
 * address_list_free(). */
int address_list_find(const char *host, long ip_version, struct address_list *out,
                      struct error *err) MUST_USE;

void address_list_free(struct address_list *list);

#endif
