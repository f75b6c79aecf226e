/* explain_html.h -- what was presented, which paths exist and what was chosen, for a page of HTML
 */
#ifndef CAEMBED_CLI_EXPLAIN_HTML_H
#define CAEMBED_CLI_EXPLAIN_HTML_H

#include "emit/bundle.h"
#include "emit/render.h"
#include "judge/host.h"

/* Adds the account of one host as the inside of a section, with headings from <h3> on: the chain,
 * the paths as a graph and a table, the target, the anchors with their sizes, a time
 * line. A host that failed is shown as far as it got. Its ids begin with "h" and the host's index.
 * The markup is well-formed as XML too. */
int explain_html_add_host(const struct host *host, const struct judge *judge, struct text *out,
                          struct error *err) MUST_USE;

/* Adds the header's anchors: a time line, and a table with whom each serves and its size in the
 * format. */
int explain_html_add_bundle(const struct bundle *bundle, const struct judge *judge,
                            const struct renderer *renderer, struct text *out,
                            struct error *err) MUST_USE;

#endif
