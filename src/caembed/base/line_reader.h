/* line_reader.h -- a descriptor -> its lines, as they come */
#ifndef CAEMBED_BASE_LINE_READER_H
#define CAEMBED_BASE_LINE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define LINE_READER_LINE_MAX 4096

/* Set fd, and the rest to {0}. */
struct line_reader {
    int fd;
    char buffer[LINE_READER_LINE_MAX + 2]; /* a line, its end, and a NUL after a last one */
    size_t start, end;                     /* of what was read and not given */
    size_t line_number;                    /* of the line given last */
    bool is_at_end;                        /* nothing more comes to what is in the buffer */
};

/* Gives the next line without its end, NUL-terminated, until the next call; the last needs no end.
 * Does not wait: returns 1 with a line, 0 if none is there yet, or, with is_at_end, if none comes
 * any more; -1 if it can't be read, is longer than LINE_READER_LINE_MAX bytes, or has a NUL
 * (ERROR_USAGE, which names the line). */
int line_reader_next(struct line_reader *reader, const char *name, char **line,
                     struct error *err) MUST_USE;

#endif
