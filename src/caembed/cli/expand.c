/* expand.c -- the hosts of the command line -> each once for each of its addresses; none -> those
 * of the recording */
#include "cli/expand.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "net/addresses.h"

/* The lists in the making. */
struct hosts {
    const char **host;
    char (*address)[ENDPOINT_ADDRESS_SIZE];
    size_t count;
};

/* address may be NULL: the host's own. */
static int add(struct hosts *hosts, const char *host, const char *address)
{
    const char **larger = array_grow(hosts->host, hosts->count, sizeof *larger);
    char(*addresses)[ENDPOINT_ADDRESS_SIZE];

    if (larger == NULL)
        return -1;
    hosts->host = larger;
    addresses = array_grow(hosts->address, hosts->count, sizeof *addresses);
    if (addresses == NULL)
        return -1;
    hosts->address = addresses;
    larger[hosts->count] = host;
    snprintf(addresses[hosts->count], ENDPOINT_ADDRESS_SIZE, "%s", address != NULL ? address : "");
    hosts->count++;
    return 0;
}

static int add_all(struct hosts *hosts, const char *host, const struct options *options)
{
    struct endpoint endpoint;
    struct address_list list = {0};
    struct error ignored = {.code = ERROR_NONE};
    int rv = 0;

    if (endpoint_parse(host, options->servername, &endpoint, &ignored) != 0 ||
        address_list_find(endpoint.host, options->fetch.ip_version, &list, &ignored) != 0)
        return add(hosts, host, NULL);
    for (size_t i = 0; rv == 0 && i < list.count; i++)
        rv = add(hosts, host, list.text[i]);
    if (list.count == 0)
        rv = add(hosts, host, NULL);
    address_list_free(&list);
    return rv;
}

static int list_recording(const struct recording *recording, struct options *out, struct error *err)
{
    const size_t count = recording_count(recording);

    out->host = calloc(count + 1, sizeof out->host[0]);
    if (out->host == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++)
        out->host[i] = recording_host(recording, i);
    out->host_count = out->argument_count = count;
    out->lists_recording = true;
    return 0;
}

static int expand_addresses(const struct options *options, struct options *out, struct error *err)
{
    struct hosts hosts = {0};
    size_t given = 0;

    for (size_t i = 0; i < options->host_count; i++) {
        if (add_all(&hosts, options->host[i], options) != 0) {
            free(hosts.host);
            free(hosts.address);
            return error_no_memory(err);
        }
        if (i < options->argument_count)
            given = hosts.count;
    }
    out->host = hosts.host;
    out->address = (const char(*)[ENDPOINT_ADDRESS_SIZE])hosts.address;
    out->host_count = hosts.count;
    out->argument_count = given;
    return 0;
}

int expand_hosts(const struct options *options, const struct recording *recording,
                 struct options *out, struct error *err)
{
    *out = *options;
    out->recording = recording;
    if (options->streams)
        return 0;
    if (options->replay_count > 0 && options->host_count == 0)
        return list_recording(recording, out, err);
    return options->all_addresses ? expand_addresses(options, out, err) : 0;
}

void expand_free(const struct options *options, struct options *expanded)
{
    if (expanded->host != options->host) {
        free(expanded->host);
        free((void *)expanded->address);
    }
    expanded->host = NULL;
    expanded->address = NULL;
}
