/* progress.h -- a line on the terminal that counts the hosts */
#ifndef CAEMBED_CLI_PROGRESS_H
#define CAEMBED_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    size_t total, done, failed;
    const char *name; /* of the one host, if there is one */
    int64_t began_ms;
    int64_t drawn_ms; /* when it was drawn last; 0: not yet */
    bool is_shown;
    bool is_stale; /* the line, if there is one, does not show what is counted */
};

/* Draws the first line, if stderr is a terminal and steps are not traced. With a total of 0 it is
 * not known how many hosts there are. One host, `name`, has a line only when it takes longer than a
 * second: what it waits for. */
void progress_begin(struct progress *progress, size_t total, const char *name, bool is_wanted);

/* Counts a host that is done. */
void progress_step(struct progress *progress, bool has_failed);

/* Draws what has changed, at most ten times a second; of one host `stage`, or nothing if it is
 * NULL. */
void progress_tick(struct progress *progress, const char *stage);

/* Takes the line away, before anything else is written to the terminal. */
void progress_clear(struct progress *progress);

#endif
