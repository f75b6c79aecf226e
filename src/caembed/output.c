/* output.c -- bytes -> a temporary file -> its place */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int fail(const char *path, const char *what, struct error *err)
{
    error_set(err, ERROR_WRITE, "%s: %s: %s", path, what, strerror(errno));
    return error_hint(err, "check the path, its permissions and the free space");
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static bool holds(const char *path, const char *bytes, size_t length)
{
    FILE *stream = fopen(path, "rb");
    char buffer[4096];
    size_t got;
    bool same = stream != NULL;

    while (same && (got = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        same = got <= length && memcmp(buffer, bytes, got) == 0;
        bytes += same ? got : 0;
        length -= same ? got : 0;
    }
    same = same && length == 0 && ferror(stream) == 0;
    if (stream != NULL)
        fclose(stream);
    return same;
}

static int write_in_place(const char *path, const char *bytes, size_t length, struct error *err)
{
    int fd = open(path, O_WRONLY);
    int rv = 0;

    if (fd < 0)
        return fail(path, "cannot open", err);
    if (write_all(fd, bytes, length) != 0)
        rv = fail(path, "cannot write", err);
    if (close(fd) != 0 && rv == 0)
        rv = fail(path, "cannot write", err);
    return rv;
}

static mode_t mode_of_new_file(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

static int fill_temporary(const struct output_file *file, const char *bytes, size_t length,
                          mode_t mode, struct error *err)
{
    int fd = mkstemp(file->temporary);
    int rv = 0;

    if (fd < 0) {
        int saved = errno;
        file->temporary[0] = '\0'; /* there is nothing to remove */
        errno = saved;
        return fail(file->path, "cannot create a file in its folder", err);
    }
    if (fchmod(fd, mode) != 0 || write_all(fd, bytes, length) != 0 || fsync(fd) != 0)
        rv = fail(file->path, "cannot write", err);
    if (close(fd) != 0 && rv == 0)
        rv = fail(file->path, "cannot write", err);
    return rv;
}

/* The file that a path stands for: through symbolic links if it exists. */
static char *resolve(const char *path)
{
    char *resolved = realpath(path, NULL);

    return resolved != NULL ? resolved : strdup(path);
}

int output_stage(const char *path, const char *bytes, size_t length, struct output_file *out,
                 struct error *err)
{
    static const char suffix[] = ".XXXXXX";
    struct stat status;
    bool exists = stat(path, &status) == 0;
    size_t path_length;

    if (!exists && errno != ENOENT)
        return fail(path, "cannot write", err);
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return fail(path, "cannot write", err);
    }
    if (exists && !S_ISREG(status.st_mode))
        return write_in_place(path, bytes, length, err);
    if (exists && holds(path, bytes, length))
        return 0;
    if (exists && access(path, W_OK) != 0)
        return fail(path, "cannot write", err);
    out->path = resolve(path);
    if (out->path == NULL)
        return error_no_memory(err);
    path_length = strlen(out->path);
    out->temporary = malloc(path_length + sizeof suffix);
    if (out->temporary == NULL)
        return error_no_memory(err);
    memcpy(out->temporary, out->path, path_length);
    memcpy(out->temporary + path_length, suffix, sizeof suffix);
    return fill_temporary(out, bytes, length, exists ? status.st_mode & 07777 : mode_of_new_file(),
                          err);
}

int output_commit(struct output_file *file, struct error *err)
{
    if (file->temporary == NULL)
        return 0;
    if (rename(file->temporary, file->path) != 0)
        return fail(file->path, "cannot replace", err);
    file->temporary[0] = '\0';
    return 0;
}

void output_discard(struct output_file *file)
{
    if (file->temporary != NULL && file->temporary[0] != '\0')
        unlink(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct output_file){NULL, NULL};
}

int output_stdout(const char *bytes, size_t length, struct error *err)
{
    if (fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0)
        return 0;
    error_set(err, ERROR_WRITE, "cannot write to standard output: %s", strerror(errno));
    return error_hint(err, "is it closed, or its disk full?");
}
