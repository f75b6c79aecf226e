/* input.c -- path -> bytes */
#include "base/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"

/* Bytes on their way in. */
struct reading {
    int fd;
    char *data;
    size_t length;
    size_t capacity; /* one more than fits, for the NUL */
};

static int fail(const char *path, const char *what, struct error *err)
{
    error_set(err, ERROR_USAGE, "%s: cannot %s: %s", input_name(path), what, strerror(errno));
    return error_hint(err, "%s",
                      strcmp(path, "-") == 0 ? "redirect a file or a pipe to standard input, or "
                                               "name a file instead of -"
                                             : "check the path and its permissions");
}

static int reserve(struct reading *reading, struct error *err)
{
    size_t capacity = reading->capacity > 0 ? 2 * reading->capacity : 64 * 1024;
    char *larger;

    if (reading->capacity > reading->length + 1)
        return 0;
    larger = realloc(reading->data, capacity);
    if (larger == NULL)
        return error_no_memory(err);
    reading->data = larger;
    reading->capacity = capacity;
    return 0;
}

/* As read() does: the number of bytes that came, 0 at the end, -1 with errno. */
static ssize_t read_some(struct reading *reading)
{
    ssize_t got;

    do
        got = read(reading->fd, reading->data + reading->length,
                   reading->capacity - 1 - reading->length);
    while (got < 0 && errno == EINTR);
    reading->length += got > 0 ? (size_t)got : 0;
    return got;
}

/* A named pipe, opened without waiting, is at its end until somebody has it open for writing. Waits
 * for that, or for the first bytes. */
static int wait_for_writer(struct reading *reading, const char *path, struct error *err)
{
    const struct timespec pause = {0, 20 * 1000 * 1000};
    const int64_t end = monotonic_now_ms() + INPUT_WAIT_MS;

    while (read_some(reading) == 0) {
        if (monotonic_now_ms() >= end) {
            error_set(err, ERROR_USAGE, "%s: nothing came from this pipe in %d seconds", path,
                      INPUT_WAIT_MS / 1000);
            return error_hint(err, "start what writes to it, or name a file");
        }
        nanosleep(&pause, NULL);
    }
    return 0;
}

static int read_all(struct reading *reading, const char *path, struct error *err)
{
    ssize_t got;

    do {
        if (reserve(reading, err) != 0)
            return -1;
        got = read_some(reading);
        if (got < 0)
            return fail(path, "read", err);
        if (reading->length > INPUT_LENGTH_MAX) {
            error_set(err, ERROR_USAGE, "%s: larger than %u bytes", input_name(path),
                      INPUT_LENGTH_MAX);
            return error_hint(err, "is this the right file?");
        }
    } while (got > 0);
    reading->data[reading->length] = '\0';
    return 0;
}

/* A device or pipe must not hold us up when it is opened, but may when it is read. */
static int open_file(struct reading *reading, const char *path, struct error *err)
{
    struct stat status;
    int flags;

    reading->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (reading->fd < 0)
        return fail(path, "open", err);
    if (reserve(reading, err) != 0)
        return -1;
    if (fstat(reading->fd, &status) == 0 && S_ISFIFO(status.st_mode) &&
        wait_for_writer(reading, path, err) != 0)
        return -1;
    flags = fcntl(reading->fd, F_GETFL);
    if (flags < 0 || fcntl(reading->fd, F_SETFL, flags & ~O_NONBLOCK) < 0)
        return fail(path, "open", err);
    return 0;
}

int input_read(const char *path, char **data, size_t *length, struct error *err)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    struct reading reading = {.fd = STDIN_FILENO};
    int rv = is_stdin ? 0 : open_file(&reading, path, err);

    if (rv == 0)
        rv = read_all(&reading, path, err);
    if (!is_stdin && reading.fd >= 0)
        close(reading.fd); /* only read from: nothing can be lost */
    if (rv != 0) {
        free(reading.data);
        return -1;
    }
    *data = reading.data;
    *length = reading.length;
    return 0;
}

const char *input_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}

const char *input_place(const char *path)
{
    return path != NULL && strcmp(path, "-") == 0 ? "/dev/stdin" : path;
}
