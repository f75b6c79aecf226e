/* stream.c -- a path -> a stream, opened without waiting */
#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

FILE *stream_open(const char *path, int flags, const char *mode)
{
    const int fd = open(path, flags | O_NONBLOCK | O_CLOEXEC, 0666);
    FILE *file = NULL;
    int error;

    if (fd >= 0 && fcntl(fd, F_SETFL, flags) == 0)
        file = fdopen(fd, mode);
    if (file != NULL || fd < 0)
        return file;
    error = errno;
    (void)close(fd); /* nothing was written to it */
    errno = error;
    return NULL;
}

int stream_read_line(FILE *file, size_t length_max, struct stream_line *line)
{
    int c = EOF;

    for (line->length = 0; (c = getc_unlocked(file)) != EOF && c != '\n'; line->length++) {
        if (line->length > length_max)
            continue;
        if (line->length == line->capacity) {
            char *larger = realloc(line->text, line->capacity * 2 + 4096);
            if (larger == NULL)
                return -1;
            line->text = larger;
            line->capacity = line->capacity * 2 + 4096;
        }
        line->text[line->length] = (char)c;
    }
    line->has_end = c == '\n';
    return line->length > 0 || c != EOF ? 1 : 0;
}
