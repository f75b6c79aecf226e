/* progress.c -- hosts done -> one line of the terminal, written over again and again */
#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/text.h"
#include "base/trace.h"

#define DRAW_EVERY_MS 100
#define STAGE_AFTER_MS 1000

static void note_drawn(struct progress *progress)
{
    fflush(stderr);
    progress->drawn_ms = monotonic_now_ms();
    progress->is_stale = false;
}

static void draw(struct progress *progress)
{
    fprintf(stderr, progress->total > 0 ? "\r\033[K%zu of %zu hosts" : "\r\033[K%zu hosts",
            progress->done, progress->total);
    if (progress->failed > 0)
        fprintf(stderr, ", %zu failed", progress->failed);
    note_drawn(progress);
}

static void draw_stage(struct progress *progress, const char *stage)
{
    const int64_t seconds = (monotonic_now_ms() - progress->began_ms) / 1000;

    fputs("\r\033[K", stderr);
    text_put(stderr, progress->name);
    fprintf(stderr, ": %s, %d s", stage, (int)seconds);
    note_drawn(progress);
}

static bool is_capable_terminal(void)
{
    const char *term = getenv("TERM");

    return isatty(STDERR_FILENO) && term != NULL && strcmp(term, "dumb") != 0;
}

void progress_begin(struct progress *progress, size_t total, const char *name, bool is_wanted)
{
    *progress = (struct progress){.total = total, .name = name, .began_ms = monotonic_now_ms()};
    progress->is_shown = is_wanted && !trace_is_on() && is_capable_terminal();
    if (progress->is_shown && total != 1)
        draw(progress);
}

void progress_step(struct progress *progress, bool has_failed)
{
    progress->done++;
    progress->failed += has_failed ? 1 : 0;
    progress->is_stale = true;
    progress_tick(progress, NULL);
}

void progress_tick(struct progress *progress, const char *stage)
{
    const int64_t now_ms = monotonic_now_ms();

    if (!progress->is_shown || now_ms - progress->drawn_ms < DRAW_EVERY_MS)
        return;
    if (progress->total != 1 && progress->is_stale)
        draw(progress);
    else if (progress->total == 1 && stage != NULL && now_ms - progress->began_ms >= STAGE_AFTER_MS)
        draw_stage(progress, stage);
}

void progress_clear(struct progress *progress)
{
    if (progress->drawn_ms != 0)
        fputs("\r\033[K", stderr);
    progress->is_stale = true;
}
