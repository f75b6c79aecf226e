/* report.h -- a host's outcome as one line of JSON */
#ifndef CAEMBED_CLI_REPORT_H
#define CAEMBED_CLI_REPORT_H

#include "judge/host.h"

/* A JSON object and a line feed, to be freed with free(). `verdict` is how the host ended. Keys:
 * host, port, address, status, presented, anchors, warnings, tls, with has_chains chains, error
 * (see the manual). All text is ASCII. */
int report_host(const struct host *host, const struct error *verdict, bool has_chains, char **out,
                struct error *err) MUST_USE;

/* Puts another outcome into a line that report_host() made: its `status` and `error`. */
int report_set_error(char **line, const struct error *why, struct error *err) MUST_USE;

#endif
