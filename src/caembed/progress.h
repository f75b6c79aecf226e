/* progress.h -- a line on the terminal that counts the hosts */
#ifndef CAEMBED_PROGRESS_H
#define CAEMBED_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    size_t total, done, failed;
    int64_t drawn_ms; /* when it was drawn last */
    bool is_shown;
};

/* Draws the first line, if stderr is a terminal and there is more than one host to wait for. */
void progress_begin(struct progress *progress, size_t total, bool is_wanted);

/* Counts a host that is done; draws at most ten lines a second. */
void progress_step(struct progress *progress, bool has_failed);

/* Takes the line away, before anything else is written to the terminal. */
void progress_clear(struct progress *progress);

#endif
