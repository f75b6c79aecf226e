/* host_run.h -- the hosts of the options, each given to whoever takes it as it finishes */
#ifndef CAEMBED_CLI_HOST_RUN_H
#define CAEMBED_CLI_HOST_RUN_H

#include "cli/options.h"
#include "cli/progress.h"
#include "judge/host_pool.h"

/* What to do with them. Borrows all that it points to. */
struct host_run {
    const struct options *options;
    const struct judge *judge;
    const struct verdict_context *verdict; /* NULL: the verdict is left for later */
    const struct fewest *fewest;           /* that each host is to have; NULL: its own choice */
    struct kept *kept;                     /* NULL: servers or recordings are asked */
    struct host_feed *feed;                /* hosts that come after those of the options, or NULL */
    struct progress *progress;
    int (*take)(void *context, struct host *host, struct error *err); /* takes the host over */
    void *context;
};

/* Has all hosts judged, in as many threads as there are processors, or as --threads says, and no
 * more than hosts; a single host without another thread, since its judgement holds nothing else up.
 * Ends with the first -1 of take(), or with an error that concerns all. */
int host_run(const struct host_run *run, struct error *err) MUST_USE;

#endif
