/* check.h -- --check: does what -o and -m hold still hold? */
#ifndef CAEMBED_CLI_CHECK_H
#define CAEMBED_CLI_CHECK_H

#include "cli/results.h"
#include "judge/existing_header.h"

/* Compares the header and the settings that would be written with those that are there, and
 * reports; writes nothing. *status is the exit status. Returns -1 with an error that concerns all.
 */
int check_results(struct results *results, const struct existing_header *existing, int *status,
                  struct error *err) MUST_USE;

/* Reports to stdout (--json) and to GitHub that the header can't be read, for hosts that were not
 * asked; the error itself is the caller's to print. */
int check_put_unreadable(const struct options *options, const struct error *why,
                         struct error *err) MUST_USE;

#endif
