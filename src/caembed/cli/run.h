/* run.h -- the stages over all hosts: fetch, choose, render, prove, write */
#ifndef CAEMBED_CLI_RUN_H
#define CAEMBED_CLI_RUN_H

#include "cli/options.h"

/* Does what the command line asks of its hosts, and says on stdout and stderr what came of it.
 * Nothing is written unless every host came through. Returns the exit status of the first host that
 * failed, 0 if none did, or -1 with err set for what concerns them all. */
int run_hosts(const struct options *options, struct error *err) MUST_USE;

#endif
