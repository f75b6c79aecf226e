/* bundle.c -- each host's anchors -> the union of them */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#include "cert.h"

static const char *name_of_source(const struct store *store, enum path_end source)
{
    switch (source) {
    case PATH_END_STORE:
        return store_name(store, STORE_ORIGIN_STORE);
    case PATH_END_CA_FILE:
        return store_name(store, STORE_ORIGIN_CA_FILE);
    default:
        return NULL;
    }
}

static int find_or_add(struct bundle *bundle, const struct embedded *embedded,
                       const struct store *store, struct bundle_anchor **out)
{
    struct bundle_anchor *larger;

    for (size_t i = 0; i < bundle->count; i++) {
        if (cert_equal(bundle->anchor[i].embedded.x509, embedded->x509)) {
            *out = &bundle->anchor[i];
            return 0;
        }
    }
    larger = realloc(bundle->anchor, (bundle->count + 1) * sizeof *larger);
    if (larger == NULL)
        return -1;
    bundle->anchor = larger;
    *out = &larger[bundle->count++];
    **out = (struct bundle_anchor){*embedded, name_of_source(store, embedded->source), NULL, 0};
    return 0;
}

static int add_host(struct bundle_anchor *anchor, const char *host)
{
    const char **larger;

    for (size_t i = 0; i < anchor->host_count; i++)
        if (strcmp(anchor->host[i], host) == 0)
            return 0;
    larger = realloc(anchor->host, (anchor->host_count + 1) * sizeof *larger);
    if (larger == NULL)
        return -1;
    anchor->host = larger;
    larger[anchor->host_count++] = host;
    return 0;
}

int bundle_add(struct bundle *bundle, const char *host, const struct assessment *assessment,
               const struct store *store, struct error *err)
{
    for (size_t i = 0; i < assessment->anchor_count; i++) {
        const struct embedded *embedded = &assessment->anchor[i];
        struct bundle_anchor *anchor;
        if (find_or_add(bundle, embedded, store, &anchor) != 0 || add_host(anchor, host) != 0)
            return error_no_memory(err);
        macro_list_add_all(&anchor->embedded.needs, &embedded->needs);
        macro_list_add_all(&bundle->macros, &embedded->needs);
    }
    return 0;
}

void bundle_free(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++)
        free(bundle->anchor[i].host);
    free(bundle->anchor);
    *bundle = (struct bundle){0};
}
