/* stream.c -- hosts, as they come -> a line of JSON for each */
#include "cli/stream.h"

#include <unistd.h>

#include "base/line_reader.h"
#include "base/output.h"
#include "cli/host_run.h"
#include "cli/messages.h"
#include "cli/outcome.h"
#include "cli/progress.h"
#include "cli/recorder.h"
#include "net/recording_stream.h"

/* A reader of stdout who is slower than that many bytes makes the hosts wait. */
#define PENDING_MAX (1024 * 1024)

struct stream {
    const struct options *options;
    const struct judge *judge;
    struct recorder recorder;
    struct progress progress;
    struct text pending; /* for stdout */
    size_t count, failed_count;
    size_t first_failed; /* its index, if any failed, and ... */
    int status;          /* ... what it makes of the exit status */
};

static void count(struct stream *stream, const struct host *host)
{
    const struct error *why = &host->verdict;

    stream->count++;
    if (why->code == ERROR_NONE)
        return;
    if (stream->failed_count++ == 0 || host->index < stream->first_failed) {
        stream->first_failed = host->index;
        stream->status = error_status(why->code);
    }
}

static int put(struct stream *stream, const struct outcome *outcome, struct error *err)
{
    progress_clear(&stream->progress);
    if (outcome->notes.length > 0)
        fputs(outcome->notes.data, stderr);
    if (outcome->err != NULL)
        message_put_error(outcome->name, outcome->err);
    text_add(&stream->pending, "%s", outcome->report);
    if (stream->pending.failed)
        return error_no_memory(err);
    return output_stdout_some(&stream->pending, stream->pending.length > PENDING_MAX, err);
}

/* Takes the host over. */
static int take(void *context, struct host *host, struct error *err)
{
    struct stream *stream = context;
    const struct judge own = host_judge(host, stream->judge);
    struct outcome outcome = {.name = NULL};
    int rv = -1;

    count(stream, host);
    progress_step(&stream->progress, host->err.code != ERROR_NONE);
    if (recorder_take(&stream->recorder, host, stream->judge, err) == 0 &&
        outcome_note(host, stream->options, &own, &outcome, err) == 0 &&
        outcome_close(host, &host->verdict, stream->options, &outcome, err) == 0)
        rv = put(stream, &outcome, err);
    outcome_free(&outcome);
    host_free(host);
    return rv;
}

static int take_all(struct stream *stream, struct host_feed *feed, struct error *err)
{
    struct proof_cache proofs = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const struct verdict_context verdict = {.judge = stream->judge, .proofs = &proofs};
    const struct host_run run = {.options = stream->options,
                                 .judge = stream->judge,
                                 .verdict = &verdict,
                                 .feed = feed,
                                 .progress = &stream->progress,
                                 .take = take,
                                 .context = stream};
    const int rv = host_run(&run, err);

    proof_cache_free(&proofs);
    return rv;
}

static int take_fed(struct stream *stream, struct host_feed *feed, struct error *err)
{
    int rv = recorder_open(&stream->recorder, stream->options, err);

    progress_begin(&stream->progress, 0, NULL, !stream->options->quiet);
    if (rv == 0)
        rv = take_all(stream, feed, err);
    progress_clear(&stream->progress);
    if (recorder_close(&stream->recorder, err) != 0)
        rv = -1;
    if (rv == 0)
        rv = output_stdout_some(&stream->pending, true, err);
    text_free(&stream->pending);
    return rv;
}

static int take_recorded(struct stream *stream, struct error *err)
{
    const struct options *options = stream->options;
    struct text passed_over = {0};
    struct host_feed feed = {.lines = NULL};
    int rv =
        recording_stream_open(options->replay, options->replay_count, options->fetch.offer,
                              options->fetch.needs_every_chain, &passed_over, &feed.recording, err);

    if (rv == 0)
        rv = take_fed(stream, &feed, err);
    if (passed_over.length > 0 && !options->quiet)
        message_put_lines("warning", "", passed_over.data);
    recording_stream_close(feed.recording);
    text_free(&passed_over);
    return rv;
}

static int take_listed(struct stream *stream, struct error *err)
{
    struct line_reader lines = {.fd = STDIN_FILENO};
    struct host_feed feed = {.lines = &lines};

    if (take_fed(stream, &feed, err) != 0)
        return -1;
    return stream->count > 0 ? 0 : options_fail_no_host(err);
}

int stream_hosts(const struct options *options, const struct judge *judge, int *status,
                 struct error *err)
{
    struct stream stream = {.options = options, .judge = judge};
    char message[80];

    if ((options->from != NULL ? take_listed(&stream, err) : take_recorded(&stream, err)) != 0)
        return -1;
    snprintf(message, sizeof message, "%zu of %zu hosts failed", stream.failed_count, stream.count);
    if (stream.failed_count > 0 && stream.count > 1 && !options->quiet)
        message_put("info", "", message);
    *status = stream.status;
    return 0;
}
