/* collect.c -- hosts, as they finish -> an outcome for each, in the order given */
#include "cli/collect.h"

#include <stdlib.h>

#include "base/output.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/recorder.h"
#include "judge/fewest.h"
#include "judge/host_pool.h"
#include "x509/cert.h"

struct collector {
    struct results *results;
    struct existing_header *existing; /* NULL: without --check */
    struct progress progress;
    struct recorder recorder;
    struct text pending; /* for stdout, with --unordered */
};

/* The choice of the fewest needs every host's paths, the handshake every host's address. */
static bool keeps_hosts(const struct options *options)
{
    return options->fewest || options->prove_handshake;
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

/* Says first what a verdict is about. */
static void put_before(const char *what, struct error *verdict)
{
    const struct error bare = *verdict;

    if (bare.code == ERROR_NONE)
        return;
    *verdict = (struct error){.code = ERROR_NONE};
    error_kind(verdict, "%s", bare.kind);
    error_set(verdict, bare.code, "%s: %.500s", what, bare.message);
    error_hint(verdict, "%s", bare.hint);
}

/* A verdict about another chain than the one for the target's offer says so. */
static void name_chain(const struct host *chain, struct error *verdict)
{
    char key[CERT_KEY_TEXT_SIZE], what[CERT_KEY_TEXT_SIZE + 32];

    cert_key_text(sk_X509_value(chain->presented.chain, 0), key);
    snprintf(what, sizeof what, "the server's chain for %s", key);
    put_before(what, verdict);
}

/* With --all-addresses. */
static void name_address(const struct host *host, struct error *verdict)
{
    char what[ENDPOINT_ADDRESS_SIZE + 8];

    snprintf(what, sizeof what, "at %s", host->endpoint.address);
    if (host->endpoint.address[0] != '\0')
        put_before(what, verdict);
}

/* Judges the header that is there, instead of proving the host's choice. */
static int check_host(struct collector *collector, const struct host *host, struct error *verdict,
                      struct error *err)
{
    struct error why = {.code = ERROR_NONE};

    if (existing_header_check_host(host, collector->existing, collector->results->judge, verdict,
                                   err) != 0)
        return -1;
    if (verdict->code != ERROR_NONE && !error_still_verifies(verdict->code))
        return 0;
    if (results_shake_hands(collector->results, host, &collector->existing->pem, &why) != 0)
        *verdict = why;
    return 0;
}

/* Proves the host's choice with its own anchors. */
static int prove_host_choice(struct collector *collector, const struct host *host,
                             struct error *verdict, struct error *err)
{
    struct results *results = collector->results;

    *verdict = host->err;
    if (host->err.code != ERROR_NONE)
        return 0;
    return groups_prove_host(&results->groups, host, results->judge, verdict, err);
}

/* Judges one of the host's chains. */
static int judge_chain(struct collector *collector, const struct host *chain, struct error *verdict,
                       struct error *err)
{
    return collector->existing != NULL ? check_host(collector, chain, verdict, err)
                                       : prove_host_choice(collector, chain, verdict, err);
}

/* Judges every chain that counts; the verdict is that of the first that fails, or, with --check, of
 * the first that would be written differently. */
static int judge_chains(struct collector *collector, const struct host *host, struct error *verdict,
                        struct error *err)
{
    const struct host *chain = host;

    if (judge_chain(collector, chain, verdict, err) != 0)
        return -1;
    while ((verdict->code == ERROR_NONE || error_still_verifies(verdict->code)) &&
           (chain = host_next_chain(chain, collector->results->judge)) != NULL) {
        struct error other = {.code = ERROR_NONE};
        if (judge_chain(collector, chain, &other, err) != 0)
            return -1;
        name_chain(chain, &other);
        if (other.code != ERROR_NONE &&
            (verdict->code == ERROR_NONE || !error_still_verifies(other.code)))
            *verdict = other;
    }
    return 0;
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

/* Judges a host and keeps what came of it. */
static int judge_host(struct collector *collector, const struct host *host, struct error *err)
{
    struct results *results = collector->results;
    const struct options *options = results->options;
    const struct judge own = host_judge(host, results->judge);
    struct outcome *outcome = &results->outcome[host->index];
    struct error verdict = {.code = ERROR_NONE};

    if (outcome_note(host, options, &own, outcome, err) != 0)
        return -1;
    if (judge_chains(collector, host, &verdict, err) != 0)
        return -1;
    name_address(host, &verdict);
    if (verdict.code == ERROR_NONE && group_chains(results, host, outcome, err) != 0)
        return -1;
    if (options->summary &&
        summary_add(&results->summary, host, results->judge, &verdict, err) != 0)
        return -1;
    if (outcome_close(host, &verdict, options, outcome, err) != 0)
        return -1;
    return options->unordered ? stream_report(collector, outcome, err) : 0;
}

/* Takes the host over: keeps it for a later stage, or judges and frees it. */
static int take_host(struct collector *collector, struct host *host, struct error *err)
{
    struct results *results = collector->results;
    int rv = 0;

    progress_step(&collector->progress, host->err.code != ERROR_NONE);
    if (recorder_take(&collector->recorder, host, results->judge, err) != 0) {
        host_free(host);
        return -1;
    }
    if (results->kept != NULL) {
        results->kept[host->index] = host;
        return 0;
    }
    rv = judge_host(collector, host, err);
    host_free(host);
    return rv;
}

static int take_hosts(struct collector *collector, struct error *err)
{
    const struct options *options = collector->results->options;
    const struct host_list list = {.argument = options->host,
                                   .count = options->host_count,
                                   .address = options->address,
                                   .given_count = options->argument_count,
                                   .from = options->from,
                                   .servername = options->servername,
                                   .chain = options->chain,
                                   .recording = options->recording,
                                   .lists_recording = options->lists_recording,
                                   .asks_others = options->resume != NULL,
                                   .ignores_times = options->has_at,
                                   .fetch = &options->fetch,
                                   .fetches_issuers = options->aia,
                                   .allows_private_issuers = options->aia_allow_private};
    struct host_pool *pool;
    struct host *host;
    int rv;

    if (host_pool_open(&list, collector->results->judge, &pool, err) != 0)
        return -1;
    while ((rv = host_next(pool, &host, err)) == 1) {
        if (host != NULL && take_host(collector, host, err) != 0) {
            rv = -1;
            break;
        }
        progress_tick(&collector->progress);
    }
    host_pool_close(pool);
    return rv;
}

static int choose_fewest(struct results *results, struct error *err)
{
    struct fewest_outcome fewest;
    char message[100];

    if (fewest_choose(results->kept, results->options->host_count, results->judge, &fewest, err) !=
        0)
        return -1;
    if (results->options->quiet)
        return 0;
    snprintf(message, sizeof message, "--fewest saves %zu bytes of PEM", fewest.saved_bytes);
    if (fewest.saved_bytes > 0)
        message_put("info", "", message);
    if (!fewest.is_proven)
        message_put("warning", "",
                    "--fewest: too many combinations to try all of them; a smaller set of anchors "
                    "may exist");
    return 0;
}

static int judge_kept(struct collector *collector, struct error *err)
{
    struct results *results = collector->results;

    if (results->options->fewest && choose_fewest(results, err) != 0)
        return -1;
    for (size_t i = 0; i < results->options->host_count; i++)
        if (judge_host(collector, results->kept[i], err) != 0)
            return -1;
    return 0;
}

int collect_results(struct results *results, struct existing_header *existing, struct error *err)
{
    struct collector collector = {.results = results, .existing = existing};
    const struct options *options = results->options;
    int rv;

    results->outcome = calloc(options->host_count, sizeof *results->outcome);
    if (keeps_hosts(options))
        results->kept = calloc(options->host_count, sizeof(struct host *));
    if (results->outcome == NULL || (keeps_hosts(options) && results->kept == NULL))
        return error_no_memory(err);
    rv = recorder_open(&collector.recorder, options, err);
    progress_begin(&collector.progress, options->host_count, !options->quiet);
    if (rv == 0)
        rv = take_hosts(&collector, err);
    progress_clear(&collector.progress);
    if (recorder_close(&collector.recorder, err) != 0)
        rv = -1;
    if (rv == 0 && results->kept != NULL)
        rv = judge_kept(&collector, err);
    if (rv == 0)
        rv = output_stdout_some(&collector.pending, true, err);
    text_free(&collector.pending);
    return rv;
}
