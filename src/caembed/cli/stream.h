/* stream.h -- hosts, as they come -> a line of JSON for each; nothing is kept of those that are
 * done */
#ifndef CAEMBED_CLI_STREAM_H
#define CAEMBED_CLI_STREAM_H

#include "cli/options.h"
#include "judge/judge.h"

/* The hosts of the command line, then those of standard input or of the recordings, with
 * options->streams. Prints each line of JSON, and on stderr what there is to say of the host, when
 * the host is done. *status is that of the first host that failed, in the order in which they came;
 * 0 if none did. ERROR_USAGE if there is no host. */
int stream_hosts(const struct options *options, const struct judge *judge, int *status,
                 struct error *err) MUST_USE;

#endif
