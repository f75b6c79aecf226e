/* run.c -- the flow: options -> store, existing header -> results -> written or checked */
#include "cli/run.h"

#include <curl/curl.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "base/timestamp.h"
#include "base/trace.h"
#include "cli/check.h"
#include "cli/collect.h"
#include "cli/expand.h"
#include "cli/messages.h"
#include "cli/stream.h"
#include "cli/write.h"

static int open_store(const struct options *options, struct store **out, struct error *err)
{
    const struct store_files files = {options->store, options->ca_file, options->ca_file_count,
                                      options->partial_chain};

    if (store_open(&files, out, err) != 0)
        return -1;
    if (options->quiet)
        return 0;
    if (options->store != NULL)
        message_put_lines("warning", input_name(options->store), store_skipped(*out, 0));
    for (size_t i = 0; i < options->ca_file_count; i++) {
        const char *name = input_name(options->ca_file[i]);
        message_put_lines("warning", name, store_skipped(*out, i + 1));
        if (!store_ca_file_has_root(*out, i))
            message_put("warning", name,
                        "no certificate in this file is self-signed, so none of them is trusted; "
                        "they only help to build paths (--partial-chain trusts them)");
    }
    return 0;
}

static int write_anchors(const struct options *options, const struct judge *judge, int *status,
                         struct error *err)
{
    struct results results = {.options = options, .judge = judge};
    int rv = collect_results(&results, NULL, err);

    if (rv == 0) {
        results_put_notes(&results);
        rv = write_results(&results, status, err);
    }
    results_free(&results);
    return rv;
}

static int check_anchors(const struct options *options, const struct judge *judge, int *status,
                         struct error *err)
{
    struct results results = {.options = options, .judge = judge};
    struct existing_header existing = {.path = NULL};
    struct error why = {.code = ERROR_NONE};
    int rv = existing_header_read(options->output, options->renderer, options->name,
                                  options->target, &existing, &why);

    if (rv != 0 && (why.code != ERROR_UNREADABLE || check_put_unreadable(options, &why, err) == 0))
        *err = why;
    if (rv == 0)
        rv = collect_results(&results, &existing, err);
    if (rv == 0) {
        results_put_notes(&results);
        rv = check_results(&results, &existing, status, err);
    }
    existing_header_free(&existing);
    results_free(&results);
    return rv;
}

/* A store that is older than a year misses new roots and retirements. */
static void warn_of_age(const struct options *options)
{
    char date[TIMESTAMP_DATE_SIZE], message[160];

    if (options->quiet || options->store != NULL || options->at != options->now ||
        options->now - store_bundled_date() <= INT64_C(366) * 86400)
        return;
    timestamp_format_date(store_bundled_date(), date);
    snprintf(message, sizeof message,
             "the bundled store %s is of %s, more than a year old: update caembed",
             store_bundled_name(), date);
    message_put("warning", "", message);
}

static int run_expanded(const struct options *options, int *status, struct error *err)
{
    struct judge judge = {.target = options->target,
                          .verify_time = options->at,
                          .accepted = options->accepted,
                          .until = options->until,
                          .expires_within_days = options->expires_within_days,
                          .needs_every_chain = options->all_chains,
                          .finds_all_paths = options->explain != EXPLAIN_NONE};
    int rv = -1;

    warn_of_age(options);
    if (open_store(options, &judge.store, err) == 0)
        rv = options->streams ? stream_hosts(options, &judge, status, err)
             : options->check ? check_anchors(options, &judge, status, err)
                              : write_anchors(options, &judge, status, err);
    store_free(judge.store);
    return rv;
}

/* Whether --resume names the file of --record before a run has written a whole line to it. */
static bool resumes_nothing(const struct options *options)
{
    if (access(options->resume, F_OK) == 0)
        return recording_is_cut_in_first_line(options->resume);
    return errno == ENOENT && strcmp(options->resume, options->record) == 0;
}

/* The files of --replay or --resume; *out stays NULL without any. */
static int open_recording(const struct options *options, struct recording **out, struct error *err)
{
    struct text skipped = {0};
    int rv;

    if (options->replay_count == 0 && (options->resume == NULL || resumes_nothing(options)))
        return 0;
    if (options->streams && options->from == NULL) /* its lines are the hosts */
        return 0;
    rv = options->resume != NULL
             ? recording_open(&options->resume, 1, out, &skipped, err)
             : recording_open(options->replay, options->replay_count, out, &skipped, err);
    if (skipped.length > 0 && !options->quiet)
        message_put_lines("warning", "", skipped.data);
    text_free(&skipped);
    return rv;
}

static int run(const struct options *options, const struct recording *recording, int *status,
               struct error *err)
{
    struct options expanded;
    int rv = expand_hosts(options, recording, &expanded, err);

    if (rv == 0) {
        rv = run_expanded(&expanded, status, err);
        expand_free(options, &expanded);
    }
    return rv;
}

int run_hosts(const struct options *options, int *status, struct error *err)
{
    struct recording *recording = NULL;
    int rv;

    if (options->traces)
        trace_start();
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(err, ERROR_INTERNAL, "libcurl cannot be initialised");
    rv = open_recording(options, &recording, err);
    if (rv == 0)
        rv = run(options, recording, status, err);
    recording_close(recording);
    curl_global_cleanup();
    return rv;
}
