/* files.c -- path -> bytes, and bytes -> path in one step */
#include "files.h"
#include "values.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int file_read(const char *path, char **out, size_t *size, struct error *error)
{
    FILE *in = fopen(path, "rb");
    char *bytes = NULL;
    size_t length = 0;
    int rv = -1;

    if (in == NULL)
        return error_set(error, NULL, "%s: %s", path, strerror(errno));
    if ((bytes = malloc(FILE_SIZE_MAX + 1)) == NULL) {
        (void)error_set(error, NULL, "out of memory");
        goto done;
    }
    length = fread(bytes, 1, FILE_SIZE_MAX + 1, in);
    if (ferror(in)) {
        (void)error_set(error, NULL, "%s: %s", path, strerror(errno));
        goto done;
    }
    if (length > FILE_SIZE_MAX) {
        (void)error_set(error, NULL, "%s: larger than %u bytes", path, FILE_SIZE_MAX);
        goto done;
    }
    bytes[length] = '\0';
    *out = bytes;
    *size = length;
    bytes = NULL;
    rv = 0;
done:
    free(bytes);
    (void)fclose(in);
    return rv;
}

/* Writes, flushes and closes, each of which may find that the disk is full. */
static int write_and_close(FILE *out, const char *text)
{
    const bool written = fputs(text, out) != EOF && fflush(out) == 0;

    return fclose(out) == 0 && written ? 0 : -1;
}

static bool holds(const char *path, const char *text)
{
    struct error ignored = {"", ""};
    char *bytes = NULL;
    size_t size = 0;
    bool same = false;

    if (file_read(path, &bytes, &size, &ignored) == 0)
        same = bytes != NULL && size == strlen(text) && memcmp(bytes, text, size) == 0;
    free(bytes);
    return same;
}

/* The rights that a plain fopen would have given; the umask can only be read by setting it. */
static mode_t default_mode(void)
{
    const mode_t mask = umask(0);

    (void)umask(mask);
    return 0666 & ~mask;
}

static int replace(const char *path, const char *text, char *temporary)
{
    const int fd = mkstemp(temporary);
    FILE *out;

    if (fd < 0)
        return -1;
    if (fchmod(fd, default_mode()) != 0 || (out = fdopen(fd, "wb")) == NULL) {
        (void)close(fd);
        (void)unlink(temporary);
        return -1;
    }
    if (write_and_close(out, text) == 0 && rename(temporary, path) == 0)
        return 0;
    (void)unlink(temporary);
    return -1;
}

int file_write(const char *path, const char *text, struct error *error)
{
    char *temporary;
    int rv;

    if (path == NULL)
        return fputs(text, stdout) != EOF && fflush(stdout) == 0
                   ? 0
                   : error_set(error, NULL, "stdout: %s", strerror(errno));
    if (holds(path, text))
        return 0;
    if ((temporary = text_printf("%s.XXXXXX", path)) == NULL)
        return error_set(error, NULL, "out of memory");
    rv = replace(path, text, temporary);
    if (rv != 0)
        (void)error_set(error, NULL, "%s: %s", path, strerror(errno));
    free(temporary);
    return rv;
}
