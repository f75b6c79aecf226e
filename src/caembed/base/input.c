/* input.c -- path -> bytes */
#include "base/input.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_stream(FILE *stream, const char *path, char **data, size_t *length,
                       struct error *err)
{
    size_t capacity = 64 * 1024;
    size_t used = 0;
    char *buffer = malloc(capacity);

    while (buffer != NULL) {
        size_t room = capacity - 1 - used;
        size_t got = fread(buffer + used, 1, room, stream);
        char *larger;
        used += got;
        if (used > INPUT_LENGTH_MAX) {
            free(buffer);
            error_set(err, ERROR_USAGE, "%s: larger than %u bytes", path, INPUT_LENGTH_MAX);
            return error_hint(err, "is this the right file?");
        }
        if (got < room)
            break;
        capacity *= 2;
        larger = realloc(buffer, capacity);
        if (larger == NULL)
            free(buffer);
        buffer = larger;
    }
    if (buffer == NULL)
        return error_no_memory(err);
    if (ferror(stream)) {
        free(buffer);
        error_set(err, ERROR_USAGE, "%s: cannot read: %s", path, strerror(errno));
        return error_hint(err, "check the path and its permissions");
    }
    buffer[used] = '\0';
    *data = buffer;
    *length = used;
    return 0;
}

int input_read(const char *path, char **data, size_t *length, struct error *err)
{
    FILE *stream;
    int rv;

    if (strcmp(path, "-") == 0)
        return read_stream(stdin, input_name(path), data, length, err);
    stream = fopen(path, "rb");
    if (stream == NULL) {
        error_set(err, ERROR_USAGE, "%s: cannot open: %s", path, strerror(errno));
        return error_hint(err, "check the path and its permissions");
    }
    rv = read_stream(stream, path, data, length, err);
    fclose(stream); /* only read from: nothing can be lost */
    return rv;
}

const char *input_name(const char *path)
{
    return strcmp(path, "-") == 0 ? "standard input" : path;
}
