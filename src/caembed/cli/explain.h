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

/* Adds the graph of its certificates and paths in the language of Graphviz. */
int explain_add_dot(const struct host *host, struct text *out, struct error *err) MUST_USE;

#endif
