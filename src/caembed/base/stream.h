/* stream.h -- a path -> a stream, opened without waiting */
#ifndef CAEMBED_BASE_STREAM_H
#define CAEMBED_BASE_STREAM_H

#include <stdbool.h>
#include <stdio.h>

/* Opens a file as open() does with these flags, and as fdopen() does with this mode. The opening
 * does not wait for the other end of a named pipe: for writing, ENXIO if nobody reads from it.
 * Reading and writing wait as usual. NULL with errno, and then no descriptor stays open. */
FILE *stream_open(const char *path, int flags, const char *mode);

/* A line without its end, in a buffer that grows. Set to {0} before use, and free text. */
struct stream_line {
    char *text;
    size_t capacity;
    size_t length;
    bool has_end;
};

/* Reads the next line. Returns 1, 0 at the end of the file, or -1 if out of memory. One of more
 * than length_max bytes is read to its end; its length is more then, and its text is cut. */
int stream_read_line(FILE *file, size_t length_max, struct stream_line *line);

#endif
