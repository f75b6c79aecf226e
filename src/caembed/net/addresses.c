/* addresses.c -- a host name -> its addresses */
#include "net/addresses.h"

#include <curl/curl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/array.h"

/* By family, then by the address itself. */
static int compare(const void *a, const void *b)
{
    const struct addrinfo *first = *(struct addrinfo *const *)a;
    const struct addrinfo *second = *(struct addrinfo *const *)b;

    if (first->ai_family != second->ai_family)
        return first->ai_family == AF_INET ? -1 : 1;
    return memcmp(first->ai_addr, second->ai_addr, first->ai_addrlen);
}

static int add(struct address_list *list, const struct addrinfo *info)
{
    char(*larger)[ENDPOINT_ADDRESS_SIZE];
    char text[ENDPOINT_ADDRESS_SIZE];

    if (getnameinfo(info->ai_addr, info->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST) !=
            0 ||
        (list->count > 0 && strcmp(list->text[list->count - 1], text) == 0))
        return 0;
    larger = array_grow(list->text, list->count, sizeof *larger);
    if (larger == NULL)
        return -1;
    list->text = larger;
    memcpy(larger[list->count++], text, sizeof text);
    return 0;
}

static int sort_and_add(struct addrinfo *found, struct address_list *list)
{
    struct addrinfo **sorted;
    size_t count = 0, used = 0;
    int rv = 0;

    for (const struct addrinfo *at = found; at != NULL; at = at->ai_next)
        count++;
    sorted = calloc(count + 1, sizeof(struct addrinfo *));
    if (sorted == NULL)
        return -1;
    for (struct addrinfo *at = found; at != NULL; at = at->ai_next)
        if (at->ai_family == AF_INET || at->ai_family == AF_INET6)
            sorted[used++] = at;
    qsort(sorted, used, sizeof(struct addrinfo *), compare);
    for (size_t i = 0; rv == 0 && i < used; i++)
        rv = add(list, sorted[i]);
    free(sorted);
    return rv;
}

int address_list_find(const char *host, long ip_version, struct address_list *out,
                      struct error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC};
    struct addrinfo *found = NULL;
    struct address_list list = {0};
    int result;

    if (ip_version != CURL_IPRESOLVE_WHATEVER)
        hints.ai_family = ip_version == CURL_IPRESOLVE_V4 ? AF_INET : AF_INET6;
    result = getaddrinfo(host, NULL, &hints, &found);
    if (result != 0) {
        error_set(err, ERROR_RESOLVE, "no such host name: %s", gai_strerror(result));
        return error_hint(err, "check the spelling and the DNS");
    }
    result = sort_and_add(found, &list);
    freeaddrinfo(found);
    if (result != 0) {
        address_list_free(&list);
        return error_no_memory(err);
    }
    *out = list;
    return 0;
}

void address_list_free(struct address_list *list)
{
    free(list->text);
    *list = (struct address_list){0};
}
