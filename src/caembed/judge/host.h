/* host.h -- each host's way from the command line to its anchors */
#ifndef CAEMBED_JUDGE_HOST_H
#define CAEMBED_JUDGE_HOST_H

#include "cli/options.h"
#include "device/assess.h"
#include "net/endpoint.h"
#include "net/fetch_many.h"
#include "path/anchor.h"
#include "path/path.h"
#include "x509/store.h"

/* What each stage made; {0} for stages that were not reached. If err is set, it says where it
 * ended. Free with host_free(). */
struct host {
    size_t index;         /* its place on the command line */
    const char *argument; /* as given; borrowed */
    struct endpoint endpoint;
    struct fetch_task task; /* while its chain is fetched */
    struct presented presented;
    struct path_list paths;
    const struct path *chosen; /* in paths */
    enum anchor_reason reason;
    struct assessment assessment;
    struct error err;
};

/* From the presented chain to the anchors: the stages behind fetch. On -1 host->err is set. */
int host_choose(struct host *host, const struct options *options, struct store *store) MUST_USE;

/* Where the hosts of host_run_all() go. */
struct host_line {
    int (*done)(struct host *host, void *context);
    void (*tick)(void *context); /* called now and then, at least once a second */
    void *context;
};

/* Takes the hosts of the command line through endpoint, fetch, path, anchor and target, side by
 * side, and gives each to done(), which owns it, as it completes: so that no more of them exist
 * than are in progress or wait to be tried again. A host's failure is its own. If done() returns
 * -1, all is ended, and done() takes back those in progress. Returns -1 for what concerns them all.
 */
int host_run_all(const struct options *options, struct store *store, const struct host_line *line,
                 struct error *err) MUST_USE;

/* "host:port", or the argument if that is no host. Borrowed. */
const char *host_text(const struct host *host);

/* Frees what its stages made; host_free() also the host itself, as host_run_all() makes it. */
void host_clear(struct host *host);
void host_free(struct host *host);

#endif
