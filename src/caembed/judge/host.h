/* host.h -- one host from its chain to its anchors */
#ifndef CAEMBED_JUDGE_HOST_H
#define CAEMBED_JUDGE_HOST_H

#include "device/assess.h"
#include "judge/judge.h"
#include "net/endpoint.h"
#include "net/transfers.h"
#include "path/anchor.h"
#include "path/path.h"

/* What each stage made; {0} for stages that were not reached. If err is set, it says where the host
 * ended. Free with host_clear(). */
struct host {
    size_t index;         /* its place among the hosts of the run */
    const char *argument; /* as given; borrowed */
    struct endpoint endpoint;
    struct presented presented;
    struct other_chains others; /* with --all-chains or --explain */
    struct text skipped;        /* what the file of --chain holds besides, a line each */
    struct path_list paths;
    const struct path *chosen; /* in paths */
    enum anchor_reason reason;
    struct assessment assessment;
    struct error err;
};

/* From the presented chain to the anchors: the stages after fetch. On -1 host->err is set. */
int host_choose(struct host *host, const struct judge *judge) MUST_USE;

/* "host:port", or the argument if that is no host. Borrowed. */
const char *host_text(const struct host *host);

/* Frees what its stages made. */
void host_clear(struct host *host);

#endif
