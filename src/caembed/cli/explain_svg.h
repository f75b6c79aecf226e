/* explain_svg.h -- a host's paths as a graph, certificates as a time line: SVG for a page of HTML
 *
 * The classes of the shapes are in the page's style sheet (explain_page.c). Each picture has a
 * title and a description with the same facts in words. Lines and labels tell all without colour.
 */
#ifndef CAEMBED_CLI_EXPLAIN_SVG_H
#define CAEMBED_CLI_EXPLAIN_SVG_H

#include "judge/host.h"

/* How many paths the graph shows: the chosen one, then the shortest. */
#define EXPLAIN_SVG_PATHS_MAX 12

/* Adds the graph of the first paths: the leaf below, above each certificate what signed it. Adds
 * nothing if there is no path. `id` begins the ids in the picture and is unique on the page. */
void explain_svg_add_graph(const struct host *host, const char *id, struct text *out);

/* A row of the time line. */
struct explain_span {
    const X509 *cert;
    const char *role; /* "anchor", "leaf" */
};

/* Adds the time line of the certificates: from when they are valid, until when root programs trust
 * them, and when they expire; with the time of the check, and `until` unless it is 0. */
void explain_svg_add_time_line(const struct explain_span *span, size_t count, int64_t at,
                               int64_t until, const char *id, struct text *out);

#endif
