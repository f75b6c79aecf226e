/* recording_line.h -- a line of a recording, parsed: for recording.c and recording_stream.c */
#ifndef CAEMBED_NET_RECORDING_LINE_H
#define CAEMBED_NET_RECORDING_LINE_H

#include <cjson/cJSON.h>

#include "base/stream.h"
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

/* What a line is of. NULL, or why it is to be passed over. *json, if json is not NULL, is the
 * caller's to free. */
const char *recording_line_parse(const struct stream_line *line, cJSON **json,
                                 struct recording_head *head) MUST_USE;

/* "host:port", as a host is given; NULL if out of memory. The caller frees it. */
char *recording_host_text(const struct recording_head *head) MUST_USE;

/* Opens a regular file to read. NULL with ERROR_USAGE. */
FILE *recording_open_file(const char *path, struct error *err) MUST_USE;

/* Why a recording cannot be judged: a file holds no line; a line holds neither chains nor an error;
 * or not every chain that is needed. */
int recording_fail_empty(const char *path, struct error *err);
int recording_fail_broken(const char *path, struct error *err);
int recording_fail_part(struct error *err);

/* Lines that are passed over. */
struct passed_over {
    struct text *text; /* a line of text for each, at most RECORDING_SKIPPED_MAX */
    size_t count;
};

void passed_over_add(struct passed_over *passed_over, const char *path, size_t number,
                     const char *why);

/* Says how many there are, if not all have a line. */
void passed_over_close(struct passed_over *passed_over);

/* Whether these bytes may begin a line of this version: they agree with its fixed beginning as far
 * as either goes. Looks at no more than that. */
bool recording_line_may_begin(const char *bytes, size_t length);

/* False for what is no line of this version. */
bool recording_line_read_head(const cJSON *line, struct recording_head *out);

/* The rest: chains or error. False if it is neither; free *out either way. The cache may be NULL.
 */
bool recording_line_read(const cJSON *line, struct cert_cache *cache, struct recorded *out);

#endif
