/* recording_stream.h -- files of recorded lines -> what each line shows, one after the other
 *
 * Unlike struct recording, which finds a server's best line and so keeps the place of each, this
 * keeps nothing of a line: files of any length can be read. */
#ifndef CAEMBED_NET_RECORDING_STREAM_H
#define CAEMBED_NET_RECORDING_STREAM_H

#include "net/recording.h"

struct recording_stream;

/* Opens files of such lines, for the answers to this offer. Lines that are none, as recording.h has
 * it, and answers to other offers, are passed over: *passed_over gets a line of text for each, at
 * most RECORDING_SKIPPED_MAX, and how many there are. Borrows all. ERROR_INTERNAL if out of memory.
 * Free with recording_stream_close(). */
int recording_stream_open(const char *const *path, size_t count, const struct offer *offer,
                          bool needs_all_chains, struct text *passed_over,
                          struct recording_stream **out, struct error *err) MUST_USE;

/* What a line shows, and of which server. */
struct recorded_host {
    char *host; /* "host:port" */
    char *name; /* that it was asked by */
    struct recorded recorded;
};

void recorded_host_free(struct recorded_host *host);

/* Gives the next line, to be freed with recorded_host_free(). Returns 1; 0 after the last; -1 if a
 * file can't be read, or no line was given and there are no more (ERROR_USAGE). */
int recording_stream_next(struct recording_stream *stream, struct recorded_host *out,
                          struct error *err) MUST_USE;

/* Takes NULL. */
void recording_stream_close(struct recording_stream *stream);

#endif
