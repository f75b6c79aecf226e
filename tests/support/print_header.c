/* print_header.c -- includes a generated header, from two files and twice each, and prints its
 * string
 *
 * Built once as the file with main() and once, with -DSECOND_FILE, as the other. HEADER is the
 * header, NAME its identifier.
 */
#include HEADER
#include HEADER

#include <stdio.h>
#include <string.h>

#ifdef SECOND_FILE

/* The same string, as another file sees it. */
#ifdef __cplusplus
extern "C"
#endif
    size_t
    second_length(void);

size_t second_length(void)
{
    return strlen(NAME);
}

#else

#ifdef __cplusplus
extern "C"
#endif
    size_t
    second_length(void);

int main(void)
{
    /* mbedtls_x509_crt_parse() wants the length with the NUL. */
    if (strlen(NAME) + 1 != sizeof NAME || second_length() + 1 != sizeof NAME)
        return 1;
    return fwrite(NAME, 1, strlen(NAME), stdout) == strlen(NAME) && fflush(stdout) == 0 ? 0 : 1;
}

#endif
