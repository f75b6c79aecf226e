/* print_header.c -- generated headers, included from two files and twice each -> a file of each
 * string
 *
 * HEADERS is a file that includes them all and defines EACH(X) as X(NAME) for each identifier.
 * Built once as the file with main(), which writes NAME.printed into the current folder, and once,
 * with -DSECOND_FILE, as the other.
 */
#include HEADERS
#include HEADERS

#include <stdio.h>
#include <string.h>

#ifdef __cplusplus
extern "C"
#endif
    size_t
    second_length(size_t i);

#ifdef SECOND_FILE

/* The same string, as another file sees it. */
size_t second_length(size_t i)
{
#define LENGTH(name) strlen(name),
    const size_t length[] = {EACH(LENGTH)};
    return length[i];
}

#else

static int print(const char *name, const char *text, size_t size, size_t i)
{
    char path[100];
    FILE *stream;
    size_t written;

    /* mbedtls_x509_crt_parse() wants the length with the NUL. */
    if (strlen(text) + 1 != size || second_length(i) + 1 != size)
        return 1;
    snprintf(path, sizeof path, "%s.printed", name);
    if ((stream = fopen(path, "w")) == NULL)
        return 1;
    written = fwrite(text, 1, size - 1, stream);
    return fclose(stream) != 0 || written != size - 1;
}

int main(void)
{
    size_t i = 0;
    int failed = 0;
#define PRINT(name) failed |= print(#name, name, sizeof name, i++);
    EACH(PRINT)
    return failed;
}

#endif
