/* host.h -- one host's way from the command line to its anchors */
#ifndef CAEMBED_HOST_H
#define CAEMBED_HOST_H

#include "anchor.h"
#include "assess.h"
#include "endpoint.h"
#include "fetch.h"
#include "options.h"
#include "path.h"
#include "store.h"

/* What each stage made; {0} for stages that were not reached. If err is set, it says where it
 * ended. */
struct host {
    const char *argument; /* as given; borrowed */
    struct endpoint endpoint;
    struct presented presented;
    struct path_list paths;
    const struct path *chosen; /* in paths */
    enum anchor_reason reason;
    struct assessment assessment;
    struct error err;
};

/* Takes one host through endpoint, fetch, path, anchor and target. Returns 0, or -1 with host->err
 * set. Free with host_free(). */
int host_run(struct host *host, const char *argument, const struct options *options,
             struct store *store) MUST_USE;

/* "host:port", or the argument if that is no host. Borrowed. */
const char *host_text(const struct host *host);

void host_free(struct host *host);

#endif
