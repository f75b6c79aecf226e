/* stream.c -- a path -> a stream, opened without waiting */
#include "base/stream.h"

#include <errno.h>
#include <fcntl.h>
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
