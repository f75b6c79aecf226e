/* recording_line.h -- a line of a recording, parsed: for recording.c */
#ifndef CAEMBED_NET_RECORDING_LINE_H
#define CAEMBED_NET_RECORDING_LINE_H

#include <cjson/cJSON.h>

#include "net/recording.h"
#include "x509/cert_cache.h"

#define RECORDING_VERSION 1

/* What tells a line from the others. */
struct recording_head {
    char host[ENDPOINT_HOST_SIZE];
    unsigned port;
    char servername[ENDPOINT_HOST_SIZE];
    char offer[32];
    int64_t time;
};

/* Whether the line, without its end, ends in the sum of what stands before it. */
bool recording_line_has_sum(const char *line, size_t length);

/* Whether these bytes may begin a line of this version: they agree with its fixed beginning as far
 * as either goes. Looks at no more than that. */
bool recording_line_may_begin(const char *bytes, size_t length);

/* False for what is no line of this version. */
bool recording_line_read_head(const cJSON *line, struct recording_head *out);

/* The rest: chains or error. False if it is neither; free *out either way. The cache may be NULL.
 */
bool recording_line_read(const cJSON *line, struct cert_cache *cache, struct recorded *out);

#endif
