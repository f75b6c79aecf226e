/* host_feed.h -- hosts that come one after the other, and are not all known at the start */
#ifndef CAEMBED_JUDGE_HOST_FEED_H
#define CAEMBED_JUDGE_HOST_FEED_H

#include "base/line_reader.h"
#include "net/recording_stream.h"

/* Where they come from: lines of standard input, as --from has them, or those of recordings. Set
 * one; borrows it. */
struct host_feed {
    struct line_reader *lines;
    struct recording_stream *recording;
    bool is_at_end; /* no more come */
};

/* Gives the next, to be freed with recorded_host_free(); of a line of standard input the host is
 * all that there is. Does not wait: returns 1 with a host, 0 if none is there yet or, with
 * is_at_end, if none comes any more; -1 for a feed that can't be read. */
int host_feed_next(struct host_feed *feed, struct recorded_host *out, struct error *err) MUST_USE;

/* The descriptor that tells when more is there, -1 if nothing has to be waited for. */
int host_feed_fd(const struct host_feed *feed);

/* Cuts comment and blanks off a line of --from, in place. Returns the host; NULL if it has none. */
char *host_feed_trim(char *line);

#endif
