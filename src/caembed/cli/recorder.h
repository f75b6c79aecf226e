/* recorder.h -- --record: a line for each host that is done */
#ifndef CAEMBED_CLI_RECORDER_H
#define CAEMBED_CLI_RECORDER_H

#include <stdio.h>

#include "cli/options.h"
#include "judge/host.h"
#include "judge/judge.h"

/* Set to {0} before use. */
struct recorder {
    FILE *file; /* NULL: nothing is recorded */
    const struct options *options;
    struct text *line; /* of each host that waits for those before it */
    bool *is_done;     /* likewise */
    size_t next;       /* the first host whose line is not written */
    bool has_recorded; /* the file has the lines of --resume itself */
};

/* Opens the file of --record, if one is asked for. It is emptied, unless it is that of --resume:
 * its last line is cut off then if it has no end, and lines are added. ERROR_WRITE. */
int recorder_open(struct recorder *recorder, const struct options *options,
                  struct error *err) MUST_USE;

/* Writes the host's line, in the order of the hosts unless --unordered; what can be written is with
 * the kernel when this returns, so that whatever ends the program spares it. A host that is none
 * has no line. ERROR_WRITE. */
int recorder_take(struct recorder *recorder, const struct host *host, const struct judge *judge,
                  struct error *err) MUST_USE;

/* Closes the file. ERROR_WRITE. */
int recorder_close(struct recorder *recorder, struct error *err) MUST_USE;

#endif
