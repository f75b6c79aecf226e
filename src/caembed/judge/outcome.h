/* outcome.h -- what is kept of a host that is done: little, since there may be many */
#ifndef CAEMBED_JUDGE_OUTCOME_H
#define CAEMBED_JUDGE_OUTCOME_H

#include <stdbool.h>

#include "base/text.h"
#include "judge/host.h"

struct outcome {
    char *name;        /* host_text() */
    struct error *err; /* NULL: the host came through */
    size_t group;      /* of groups.h; only of one that came through */
    struct text notes; /* lines for stderr: the choice, its explanation, warnings */
    char *report;      /* its line of JSON; NULL unless --json asks for it */
};

/* Adds what stderr is to say of the host's choice. Set *out to {0} before its first use, and free
 * it with outcome_free(). */
int outcome_note(const struct host *host, const struct options *options, struct outcome *out,
                 struct error *err) MUST_USE;

/* How the host ended. */
int outcome_close(const struct host *host, const struct options *options, struct outcome *out,
                  struct error *err) MUST_USE;

/* What a host that came through so far fails of after all. */
int outcome_fail(struct outcome *outcome, const struct error *why, struct error *err) MUST_USE;

void outcome_free(struct outcome *outcome);

#endif
