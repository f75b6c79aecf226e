/* run.h -- the flow over all hosts */
#ifndef CAEMBED_CLI_RUN_H
#define CAEMBED_CLI_RUN_H

#include "cli/options.h"

/* Does what the options ask for with their hosts, and prints each host's failure. *status is the
 * exit status. Returns -1 with an error that concerns all hosts, which the caller prints. */
int run_hosts(const struct options *options, int *status, struct error *err) MUST_USE;

#endif
