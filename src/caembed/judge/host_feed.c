/* host_feed.c -- lines of standard input or of recordings -> hosts, one after the other */
#include "judge/host_feed.h"

#include <string.h>

#include "base/input.h"

char *host_feed_trim(char *line)
{
    size_t length;

    line += strspn(line, " \t\r");
    line[strcspn(line, "#")] = '\0';
    for (length = strlen(line); length > 0 && strchr(" \t\r", line[length - 1]) != NULL;)
        line[--length] = '\0';
    return length > 0 ? line : NULL;
}

static int next_line(struct host_feed *feed, struct recorded_host *out, struct error *err)
{
    char *line, *host;
    int more;

    while ((more = line_reader_next(feed->lines, input_name("-"), &line, err)) == 1) {
        host = host_feed_trim(line);
        if (host == NULL)
            continue;
        *out = (struct recorded_host){.host = strdup(host)};
        return out->host != NULL ? 1 : error_no_memory(err);
    }
    feed->is_at_end = more == 0 && feed->lines->is_at_end;
    return more;
}

static int next_recorded(struct host_feed *feed, struct recorded_host *out, struct error *err)
{
    const int more = recording_stream_next(feed->recording, out, err);

    feed->is_at_end = more == 0;
    return more;
}

int host_feed_next(struct host_feed *feed, struct recorded_host *out, struct error *err)
{
    if (feed->is_at_end)
        return 0;
    return feed->lines != NULL ? next_line(feed, out, err) : next_recorded(feed, out, err);
}

int host_feed_fd(const struct host_feed *feed)
{
    return feed->lines != NULL && !feed->is_at_end ? feed->lines->fd : -1;
}
