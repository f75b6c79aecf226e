/* progress.c -- hosts done -> one line of the terminal, written over again and again */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/trace.h"

#define DRAW_EVERY_MS 100

static void draw(struct progress *progress)
{
    fprintf(stderr, progress->total > 0 ? "\r\033[K%zu of %zu hosts" : "\r\033[K%zu hosts",
            progress->done, progress->total);
    if (progress->failed > 0)
        fprintf(stderr, ", %zu failed", progress->failed);
    fflush(stderr);
    progress->drawn_ms = monotonic_now_ms();
    progress->is_stale = false;
}

static bool is_capable_terminal(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

void progress_begin(struct progress *progress, size_t total, bool is_wanted)
{
    *progress = (struct progress){.total = total};
    progress->is_shown = is_wanted && total != 1 && !trace_is_on() && is_capable_terminal();
    if (progress->is_shown)
        draw(progress);
}

void progress_step(struct progress *progress, bool has_failed)
{
    progress->done++;
    progress->failed += has_failed ? 1 : 0;
    progress->is_stale = true;
    progress_tick(progress);
}

void progress_tick(struct progress *progress)
{
    if (progress->is_shown && progress->is_stale &&
        monotonic_now_ms() - progress->drawn_ms >= DRAW_EVERY_MS)
        draw(progress);
}

void progress_clear(struct progress *progress)
{
    if (progress->is_shown)
        fputs("\r\033[K", stderr);
    progress->is_stale = true;
}
