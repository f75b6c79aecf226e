/* outcome.h -- what is kept of a host that is done: little, since there may be many */
#ifndef CAEMBED_CLI_OUTCOME_H
#define CAEMBED_CLI_OUTCOME_H

#include <stdbool.h>

#include "base/text.h"
#include "cli/options.h"
#include "judge/host.h"

struct outcome {
    char *name;                    /* host_text() */
    struct error *err;             /* NULL: the host succeeded */
    size_t group[HOST_CHAINS_MAX]; /* of groups.h, one for each chain; only if the host succeeded */
    size_t group_count;
    struct text notes;   /* lines for stderr: the choice, its explanation, warnings */
    struct text section; /* of the page that --explain=html writes */
    char *report;        /* its line of JSON; NULL unless --json asks for it */
};

/* Adds what goes to stderr about the host's choice. Set *out to {0} before its first use, and free
 * it with outcome_free(). */
int outcome_note(const struct host *host, const struct options *options, const struct judge *judge,
                 struct outcome *out, struct error *err) MUST_USE;

/* Keeps how the host ended: *verdict, which is the host's own error or that of --check. */
int outcome_close(const struct host *host, const struct error *verdict,
                  const struct options *options, struct outcome *out, struct error *err) MUST_USE;

/* Turns the outcome of a host that succeeded so far into a failure. */
int outcome_fail(struct outcome *outcome, const struct error *why, struct error *err) MUST_USE;

void outcome_free(struct outcome *outcome);

#endif
