/* host.h -- each host's way from the command line to its anchors */
#ifndef CAEMBED_HOST_H
#define CAEMBED_HOST_H

#include "anchor.h"
#include "assess.h"
#include "endpoint.h"
#include "fetch_many.h"
#include "options.h"
#include "path.h"
#include "store.h"

struct crew;

/* What each stage made; {0} for stages that were not reached. If err is set, it says where it
 * ended. */
struct host {
    const char *argument; /* as given; borrowed */
    struct endpoint endpoint;
    struct fetch_task task;
    const struct crew *crew; /* while host_run_all() runs */
    struct presented presented;
    struct path_list paths;
    const struct path *chosen; /* in paths */
    enum anchor_reason reason;
    struct assessment assessment;
    struct error err;
};

/* Takes the hosts of the command line through endpoint, fetch, path, anchor and target, side by
 * side. A host's failure is its own; -1 is for what concerns them all. Free each with host_free().
 */
int host_run_all(struct host *host, const struct options *options, struct store *store,
                 struct error *err) MUST_USE;

/* "host:port", or the argument if that is no host. Borrowed. */
const char *host_text(const struct host *host);

void host_free(struct host *host);

#endif
