/* expand.h -- --all-addresses: a host -> itself, once for each of its addresses */
#ifndef CAEMBED_CLI_EXPAND_H
#define CAEMBED_CLI_EXPAND_H

#include "cli/options.h"

/* Copies the options to *out; with --all-addresses each host stands there once for each address of
 * its name, sorted. One that is no host or has no address stays as it is, to fail in its place.
 * *out borrows everything but host and address; free them with expand_free(). */
int expand_addresses(const struct options *options, struct options *out,
                     struct error *err) MUST_USE;

void expand_free(const struct options *options, struct options *expanded);

#endif
