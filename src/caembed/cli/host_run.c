/* host_run.c -- the hosts of the options, each given to whoever takes it as it finishes */
#include "cli/host_run.h"

#include "base/workers.h"
#include "device/device.h"

static size_t count_threads(const struct options *options)
{
    size_t count = (size_t)options->threads;

    if (!device_runs_in_threads() || (options->host_count <= 1 && !options->streams))
        return 0;
    if (count == 0)
        count = workers_processor_count();
    if (count > options->host_count && !options->streams)
        count = options->host_count;
    return count;
}

int host_run(const struct host_run *run, struct error *err)
{
    const struct options *options = run->options;
    const struct host_list list = {.argument = options->host,
                                   .count = options->host_count,
                                   .feed = run->feed,
                                   .address = options->address,
                                   .given_count = options->argument_count,
                                   .from = options->from,
                                   .servername = options->servername,
                                   .chain = options->chain,
                                   .recording = options->recording,
                                   .kept = run->kept,
                                   .lists_recording = options->lists_recording,
                                   .asks_others = options->resume != NULL,
                                   .ignores_times = options->has_at,
                                   .fetch = &options->fetch,
                                   .fetches_issuers = options->aia && run->kept == NULL,
                                   .allows_private_issuers = options->aia_allow_private};
    const struct judging judging = {.thread_count = count_threads(options),
                                    .judge = run->judge,
                                    .fewest = run->fewest,
                                    .verdict = run->verdict};
    struct host_pool *pool;
    struct host *host;
    int rv;

    if (host_pool_open(&list, &judging, &pool, err) != 0)
        return -1;
    while ((rv = host_next(pool, &host, err)) == 1) {
        if (host != NULL && run->take(run->context, host, err) != 0) {
            rv = -1;
            break;
        }
        progress_tick(run->progress, host_pool_stage(pool));
    }
    host_pool_close(pool);
    return rv;
}
