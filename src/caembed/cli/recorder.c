/* recorder.c -- hosts, as they finish -> lines of a recording */
#include "cli/recorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "base/stream.h"
#include "net/recording.h"

static int fail(const struct recorder *recorder, const char *what, struct error *err)
{
    error_set(err, ERROR_WRITE, "%s: %s: %s", recorder->options->record, what, strerror(errno));
    return error_hint(err, "check the path, its permissions, and that its disk has space");
}

/* Where the last whole line ends; -1 with errno. */
static off_t find_end(FILE *file)
{
    char block[4096];
    off_t end;

    if (fseeko(file, 0, SEEK_END) != 0)
        return -1;
    for (end = ftello(file); end > 0;) {
        const size_t size = end < (off_t)sizeof block ? (size_t)end : sizeof block;
        if (fseeko(file, end - (off_t)size, SEEK_SET) != 0 || fread(block, 1, size, file) != size)
            return -1;
        for (size_t i = size; i > 0; i--)
            if (block[i - 1] == '\n')
                return end - (off_t)(size - i);
        end -= (off_t)size;
    }
    return end;
}

/* Opens the file to go on after its last whole line. */
static int open_after(struct recorder *recorder, struct error *err)
{
    FILE *file = recorder->file = fopen(recorder->options->record, "r+e");
    const off_t end = file != NULL ? find_end(file) : -1;

    recorder->has_recorded = true;
    if (end < 0 || fseeko(file, 0, SEEK_END) != 0 ||
        (ftello(file) != end && ftruncate(fileno(file), end) != 0) ||
        fseeko(file, end, SEEK_SET) != 0)
        return fail(recorder, "cannot go on", err);
    return 0;
}

static int open_queue(struct recorder *recorder, struct error *err)
{
    const size_t count = recorder->options->host_count + 1;

    recorder->line = calloc(count, sizeof recorder->line[0]);
    recorder->is_done = calloc(count, sizeof recorder->is_done[0]);
    return recorder->line != NULL && recorder->is_done != NULL ? 0 : error_no_memory(err);
}

int recorder_open(struct recorder *recorder, const struct options *options, struct error *err)
{
    *recorder = (struct recorder){.options = options};
    if (options->record == NULL)
        return 0;
    if (!options->unordered && open_queue(recorder, err) != 0)
        return -1;
    output_note_change();
    if (options->recording != NULL && output_same_file(options->resume, options->record))
        return open_after(recorder, err);
    recorder->file = stream_open(options->record, O_WRONLY | O_CREAT | O_TRUNC, "w");
    return recorder->file != NULL ? 0 : fail(recorder, "cannot write", err);
}

static int add_line(const struct host *host, const struct options *options,
                    const struct judge *judge, struct text *out, struct error *err)
{
    struct recorded recorded = {.time =
                                    host->recorded_at != 0 ? host->recorded_at : judge->verify_time,
                                .presented = host->presented,
                                .has_all_chains = options->fetch.needs_every_chain,
                                .issuers = host->issuers,
                                .err = host->err};

    if (host->endpoint.host[0] == '\0')
        return 0;
    for (const struct host *other = host->other; other != NULL; other = other->other)
        recorded.others.presented[recorded.others.count++] = other->presented;
    return recording_add_line(&host->endpoint, options->fetch.offer, &recorded, out, err);
}

static int write_text(struct recorder *recorder, struct text *line, struct error *err)
{
    const size_t length = line->length;

    if (length > 0 && fwrite(line->data, 1, length, recorder->file) != length)
        return fail(recorder, "cannot write", err);
    text_free(line);
    return 0;
}

/* Takes the line over, and writes it when those of all hosts before it are written. */
static int queue(struct recorder *recorder, size_t index, struct text *line, struct error *err)
{
    recorder->line[index] = *line;
    *line = (struct text){0};
    recorder->is_done[index] = true;
    for (; recorder->is_done[recorder->next]; recorder->next++)
        if (write_text(recorder, &recorder->line[recorder->next], err) != 0)
            return -1;
    return 0;
}

int recorder_take(struct recorder *recorder, const struct host *host, const struct judge *judge,
                  struct error *err)
{
    const struct options *options = recorder->options;
    struct text line = {0};
    int rv = 0;

    if (recorder->file == NULL)
        return 0;
    if (!(recorder->has_recorded && host->recorded_at != 0))
        rv = add_line(host, options, judge, &line, err);
    if (rv == 0)
        rv = options->unordered ? write_text(recorder, &line, err)
                                : queue(recorder, host->index, &line, err);
    text_free(&line);
    if (rv != 0)
        return -1;
    return fflush(recorder->file) == 0 ? 0 : fail(recorder, "cannot write", err);
}

int recorder_close(struct recorder *recorder, struct error *err)
{
    FILE *file = recorder->file;

    for (size_t i = 0; recorder->line != NULL && i < recorder->options->host_count; i++)
        text_free(&recorder->line[i]);
    free(recorder->line);
    free(recorder->is_done);
    recorder->line = NULL;
    recorder->is_done = NULL;
    recorder->file = NULL;
    return file == NULL || fclose(file) == 0 ? 0 : fail(recorder, "cannot write", err);
}
