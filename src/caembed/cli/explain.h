/* explain.h -- what was presented, which paths exist, what was chosen and why */
#ifndef CAEMBED_CLI_EXPLAIN_H
#define CAEMBED_CLI_EXPLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "judge/host.h"

/* Adds the account of one host for people: lines of at most 100 columns, with colours (ECMA-48) if
 * is_coloured. Text from outside is escaped. A host that failed is shown as far as it got. */
int explain_add_host(const struct host *host, const struct judge *judge, bool is_coloured,
                     struct text *out, struct error *err) MUST_USE;

/* Where a path ends: "in the store" and the like. */
const char *explain_end_text(enum path_end end);

/* Why one of the host's paths was chosen, or was not: a line for people, not yet escaped. */
#define EXPLAIN_VERDICT_SIZE 200
int explain_path_verdict(const struct host *host, const struct path *path,
                         const struct judge *judge, char out[EXPLAIN_VERDICT_SIZE],
                         struct error *err) MUST_USE;

#endif
