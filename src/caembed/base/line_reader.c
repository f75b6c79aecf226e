/* line_reader.c -- a descriptor -> its lines, as they come */
#include "base/line_reader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define FILL_MAX (LINE_READER_LINE_MAX + 1) /* with its end */

static bool is_readable(int fd)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};

    return poll(&wanted, 1, 0) > 0;
}

/* Reads what is there into what is free of the buffer. Returns 1, 0 if nothing came, or -1 with
 * errno. */
static int fill(struct line_reader *reader)
{
    ssize_t count;

    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    if (!is_readable(reader->fd))
        return 0;
    count = read(reader->fd, reader->buffer + reader->end, FILL_MAX - reader->end);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    reader->is_at_end = count == 0;
    reader->end += (size_t)count;
    return count > 0 ? 1 : 0;
}

static int fail(const struct line_reader *reader, const char *name, const char *what,
                const char *hint, struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: line %zu %s", name, reader->line_number + 1, what);
    return error_hint(err, "%s", hint);
}

static int fail_long(const struct line_reader *reader, const char *name, struct error *err)
{
    return fail(reader, name, "is too long", "no host needs so many bytes", err);
}

/* Cuts off the line that ends at `end`, and the byte there. */
static int give(struct line_reader *reader, const char *name, size_t end, char **line,
                struct error *err)
{
    *line = reader->buffer + reader->start;
    if (end - reader->start > LINE_READER_LINE_MAX)
        return fail_long(reader, name, err);
    if (memchr(*line, '\0', end - reader->start) != NULL)
        return fail(reader, name, "has a NUL: this is not a text file", "give one line for each",
                    err);
    reader->buffer[end] = '\0';
    reader->start = end < reader->end ? end + 1 : end;
    reader->line_number++;
    return 1;
}

int line_reader_next(struct line_reader *reader, const char *name, char **line, struct error *err)
{
    const char *end;

    while ((end = memchr(reader->buffer + reader->start, '\n', reader->end - reader->start)) ==
               NULL &&
           !reader->is_at_end) {
        int filled;
        if (reader->end - reader->start == FILL_MAX)
            return fail_long(reader, name, err);
        filled = fill(reader);
        if (filled < 0) {
            error_set(err, ERROR_USAGE, "%s: cannot read: %s", name, strerror(errno));
            return error_hint(err, "see what writes to it");
        }
        if (filled == 0 && !reader->is_at_end)
            return 0;
    }
    if (end != NULL)
        return give(reader, name, (size_t)(end - reader->buffer), line, err);
    return reader->end > reader->start ? give(reader, name, reader->end, line, err) : 0;
}
