/* results.h -- what came of all hosts, and the header that they lead to */
#ifndef CAEMBED_CLI_RESULTS_H
#define CAEMBED_CLI_RESULTS_H

#include "base/text.h"
#include "cli/options.h"
#include "cli/outcome.h"
#include "device/handshake.h"
#include "emit/bundle.h"
#include "judge/groups.h"
#include "judge/judge.h"
#include "judge/summary.h"

/* Set options and judge, and the rest to {0}. Free with results_free(). */
struct results {
    const struct options *options;
    const struct judge *judge;
    struct outcome *outcome; /* as many as options->host_count, in the order given */
    struct host **kept;      /* the hosts themselves; NULL if no later stage needs them */
    struct groups groups;
    struct summary summary; /* with --summary */
    struct bundle bundle;
    struct text header;
    struct text settings; /* what -m would hold */
    bool settings_differ; /* from what it holds now */
};

/* The exit status of the first failure in the order given, 0 if there is none. Those after which
 * the header still verifies count only if there is no other. */
int results_first_failure(const struct results *results);

size_t results_count_good(const struct results *results);

/* Whether every host succeeded, or with --keep-going at least one. */
bool results_may_write(const struct results *results);

/* Prints each host's notes, and each failure, on stderr. With annotate_path GitHub shows each
 * failure beside that file. */
void results_put_notes(const struct results *results);
void results_put_failures(const struct results *results, const char *annotate_path);

/* Turns the outcome of a host that succeeded so far into a failure. */
int results_fail(struct results *results, size_t index, const struct error *why,
                 struct error *err) MUST_USE;

/* Prints the report of --summary, or the lines of --json, unless they were printed as they came. */
int results_print_reports(struct results *results, struct error *err) MUST_USE;

/* Renders the header for the hosts that succeeded so far, in place of the one before. */
int results_render(struct results *results, struct error *err) MUST_USE;

/* Prints which roots --backup adds and why, which it leaves out, and what they cost. */
void results_put_backups(const struct results *results);

/* Merges the settings of -m, if it is given, with what its file holds. */
int results_merge_settings(struct results *results, struct error *err) MUST_USE;

/* How to prove on the wire. Borrows. */
struct handshake results_handshake(const struct results *results);

/* The proof on the wire, if --prove=handshake asks for it: with the anchors in pem, one host's. Why
 * it fails goes into *why. */
int results_shake_hands(const struct results *results, const struct host *host,
                        const struct text *pem, struct error *why) MUST_USE;

void results_free(struct results *results);

#endif
