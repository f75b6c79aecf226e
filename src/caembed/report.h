/* report.h -- a host's outcome as one line of JSON */
#ifndef CAEMBED_REPORT_H
#define CAEMBED_REPORT_H

#include "host.h"
#include "text.h"

/* Adds a JSON object and a line feed. Keys: host, port, status, presented, anchors, warnings, tls,
 * error (see the manual). All text is ASCII. */
int report_add_host(const struct host *host, struct text *out, struct error *err) MUST_USE;

#endif
