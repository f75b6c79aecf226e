/* explain_page.h -- --explain=html: one page about the whole run */
#ifndef CAEMBED_CLI_EXPLAIN_PAGE_H
#define CAEMBED_CLI_EXPLAIN_PAGE_H

#include "cli/results.h"

/* How many hosts have a section of their own; the others are in the list alone. */
#define EXPLAIN_PAGE_HOSTS_MAX 1000

/* With --explain=html: writes the page to its file, or to stderr. It has the outcome of every host,
 * good or bad, the header's anchors if there is a header, and the sections in the outcomes. The
 * page needs nothing from elsewhere: no script, font or picture. The same run gives the same bytes.
 * ERROR_WRITE if the file can't be written. */
int explain_page_write(const struct results *results, struct error *err) MUST_USE;

#endif
