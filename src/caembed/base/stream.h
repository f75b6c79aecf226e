/* stream.h -- a path -> a stream, opened without waiting */
#ifndef CAEMBED_BASE_STREAM_H
#define CAEMBED_BASE_STREAM_H

#include <stdio.h>

/* Opens a file as open() does with these flags, and as fdopen() does with this mode. The opening
 * does not wait for the other end of a named pipe: for writing, ENXIO if nobody reads from it.
 * Reading and writing wait as usual. NULL with errno, and then no descriptor stays open. */
FILE *stream_open(const char *path, int flags, const char *mode);

#endif
