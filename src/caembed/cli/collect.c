/* collect.c -- hosts, as they finish -> an outcome for each, in the order given */
#include "cli/collect.h"

#include <stdlib.h>

#include "base/output.h"
#include "cli/host_run.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/recorder.h"
#include "judge/fewest.h"
#include "judge/verdict.h"

struct collector {
    struct results *results;
    struct proof_cache proofs;
    struct verdict_context verdict;
    struct progress progress;
    struct recorder recorder;
    struct text pending;   /* for stdout, with --unordered */
    struct fewest *fewest; /* with --fewest, as is the next */
    struct kept *kept;     /* NULL: all hosts are in recordings, which can be read again */
};

/* The handshake needs every host's address and chain. */
static bool keeps_hosts(const struct options *options)
{
    return options->prove_handshake;
}

/* Prints the line of --unordered now, as far as stdout takes it; a slow reader must not make the
 * other hosts wait. */
static int stream_report(struct collector *collector, struct outcome *outcome, struct error *err)
{
    text_add(&collector->pending, "%s", outcome->report);
    free(outcome->report);
    outcome->report = NULL;
    if (collector->pending.failed)
        return error_no_memory(err);
    progress_clear(&collector->progress);
    return output_stdout_some(&collector->pending, false, err);
}

/* Puts every chain that counts into its group. */
static int group_chains(struct results *results, const struct host *host, struct outcome *outcome,
                        struct error *err)
{
    for (; host != NULL; host = host_next_chain(host, results->judge))
        if (groups_add(&results->groups, host, &outcome->group[outcome->group_count++], err) != 0)
            return -1;
    return 0;
}

/* Keeps what came of a host. */
static int keep_outcome(struct collector *collector, const struct host *host, struct error *err)
{
    struct results *results = collector->results;
    const struct options *options = results->options;
    const struct judge own = host_judge(host, results->judge);
    struct outcome *outcome = &results->outcome[host->index];

    if (outcome_note(host, options, &own, outcome, err) != 0)
        return -1;
    if (host->verdict.code == ERROR_NONE && group_chains(results, host, outcome, err) != 0)
        return -1;
    if (options->summary &&
        summary_add(&results->summary, host, results->judge, &host->verdict, err) != 0)
        return -1;
    if (outcome_close(host, &host->verdict, options, outcome, err) != 0)
        return -1;
    return options->unordered ? stream_report(collector, outcome, err) : 0;
}

/* A host that came from the network or a recording. */
static int record(struct collector *collector, struct host *host, struct error *err)
{
    progress_step(&collector->progress, host->err.code != ERROR_NONE);
    return recorder_take(&collector->recorder, host, collector->results->judge, err);
}

/* Keeps the host for a later stage, or what came of it. Takes it over. */
static int keep_or_finish(void *context, struct host *host, struct error *err)
{
    struct collector *collector = context;
    struct results *results = collector->results;
    int rv;

    if (results->kept != NULL) {
        results->kept[host->index] = host;
        return 0;
    }
    rv = keep_outcome(collector, host, err);
    host_free(host);
    return rv;
}

static int take_host(void *context, struct host *host, struct error *err)
{
    struct collector *collector = context;

    if (record(collector, host, err) != 0) {
        host_free(host);
        return -1;
    }
    return keep_or_finish(collector, host, err);
}

/* The first look at a host, for the choice of the fewest. */
static int take_candidate(void *context, struct host *host, struct error *err)
{
    struct collector *collector = context;
    int rv = record(collector, host, err);

    if (rv == 0)
        rv = fewest_add(collector->fewest, host, err);
    if (rv == 0 && collector->kept != NULL)
        rv = kept_add(collector->kept, host, err);
    host_free(host);
    return rv;
}

/* Those of `kept`, if it is not NULL, are not asked. */
static int take_hosts(struct collector *collector, struct kept *kept,
                      const struct verdict_context *verdict, const struct fewest *fewest,
                      int (*take)(void *context, struct host *host, struct error *err),
                      struct error *err)
{
    const struct host_run run = {.options = collector->results->options,
                                 .judge = collector->results->judge,
                                 .verdict = verdict,
                                 .fewest = fewest,
                                 .kept = kept,
                                 .progress = &collector->progress,
                                 .take = take,
                                 .context = collector};

    return host_run(&run, err);
}

static int choose_fewest(struct collector *collector, struct error *err)
{
    struct fewest_outcome fewest;
    char message[160];

    if (fewest_choose(collector->fewest, &fewest, err) != 0)
        return -1;
    if (collector->results->options->quiet)
        return 0;
    snprintf(message, sizeof message, "--fewest saves %zu bytes of PEM", fewest.saved_bytes);
    if (fewest.saved_bytes > 0)
        message_put("info", "", message);
    snprintf(message, sizeof message,
             "--fewest: too many combinations to try all of them; a set of anchors that is "
             "smaller by at most %zu may exist",
             fewest.gap);
    if (fewest.gap > 0)
        message_put("warning", "", message);
    return 0;
}

/* Looks at all hosts twice: a recording is read again, and of what servers presented as little is
 * kept as will do. */
static int take_fewest(struct collector *collector, const struct verdict_context *verdict,
                       struct error *err)
{
    const struct options *options = collector->results->options;
    int rv = -1;

    if (fewest_open(options->host_count, collector->results->judge, &collector->fewest, err) != 0)
        return -1;
    if (options->replay_count == 0 && kept_open(options->host_count, &collector->kept, err) != 0)
        goto done;
    if (take_hosts(collector, NULL, NULL, NULL, take_candidate, err) != 0)
        goto done;
    progress_clear(&collector->progress);
    if (choose_fewest(collector, err) == 0)
        rv =
            take_hosts(collector, collector->kept, verdict, collector->fewest, keep_or_finish, err);
done:
    kept_free(collector->kept);
    fewest_free(collector->fewest);
    return rv;
}

static int judge_kept(struct collector *collector, struct error *err)
{
    struct results *results = collector->results;

    for (size_t i = 0; i < results->options->host_count; i++) {
        struct host *host = results->kept[i];
        if (verdict_reach(host, &collector->verdict, &host->verdict, err) != 0 ||
            keep_outcome(collector, host, err) != 0)
            return -1;
    }
    return 0;
}

static int collect(struct collector *collector, struct error *err)
{
    struct results *results = collector->results;
    const struct options *options = results->options;
    const struct verdict_context *verdict = keeps_hosts(options) ? NULL : &collector->verdict;
    int rv = recorder_open(&collector->recorder, options, err);

    progress_begin(&collector->progress, options->host_count,
                   options->host_count > 0 ? options->host[0] : NULL,
                   !options->quiet && options->host_count > 0);
    if (rv == 0)
        rv = options->fewest ? take_fewest(collector, verdict, err)
                             : take_hosts(collector, NULL, verdict, NULL, take_host, err);
    progress_clear(&collector->progress);
    if (recorder_close(&collector->recorder, err) != 0)
        rv = -1;
    if (rv == 0 && results->kept != NULL)
        rv = judge_kept(collector, err);
    if (rv == 0)
        rv = output_stdout_some(&collector->pending, true, err);
    text_free(&collector->pending);
    return rv;
}

int collect_results(struct results *results, const struct existing_header *existing,
                    struct error *err)
{
    const struct options *options = results->options;
    const struct handshake handshake = results_handshake(results);
    struct collector collector = {.results = results,
                                  .proofs = {.lock = PTHREAD_MUTEX_INITIALIZER}};
    int rv;

    collector.verdict = (struct verdict_context){
        .judge = results->judge,
        .proofs = &collector.proofs,
        .existing = existing,
        .handshake = options->prove_handshake ? &handshake : NULL,
    };
    results->outcome = calloc(options->host_count, sizeof *results->outcome);
    if (keeps_hosts(options))
        results->kept = calloc(options->host_count, sizeof(struct host *));
    if (results->outcome == NULL || (keeps_hosts(options) && results->kept == NULL))
        return error_no_memory(err);
    rv = collect(&collector, err);
    proof_cache_free(&collector.proofs);
    return rv;
}
