/* expand.h -- --all-addresses and --replay: the hosts that are meant */
#ifndef CAEMBED_CLI_EXPAND_H
#define CAEMBED_CLI_EXPAND_H

#include "cli/options.h"

/* Copies the options to *out. With --all-addresses each host stands there once for each address of
 * its name, sorted. One that is no host or has no address stays as it is, to fail in its place.
 * With a recording and no host, all of the recording's stand there; else it is NULL. *out borrows
 * everything but host and address; free them with expand_free(). */
int expand_hosts(const struct options *options, const struct recording *recording,
                 struct options *out, struct error *err) MUST_USE;

void expand_free(const struct options *options, struct options *expanded);

#endif
