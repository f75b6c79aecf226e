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

#endif
