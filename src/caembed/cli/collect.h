/* collect.h -- the hosts of a run, taken one by one as they finish */
#ifndef CAEMBED_CLI_COLLECT_H
#define CAEMBED_CLI_COLLECT_H

#include "cli/results.h"
#include "judge/existing_header.h"

/* Judges every host and fills in *results: outcomes, groups and, where a later stage needs them,
 * the hosts. With --check `existing` is the header that is judged instead of the hosts' own choice;
 * else NULL. Prints the lines of --unordered as they come. Returns -1 with an error that concerns
 * all. */
int collect_results(struct results *results, const struct existing_header *existing,
                    struct error *err) MUST_USE;

#endif
