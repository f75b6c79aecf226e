/* options.h -- the command line of mbed-config */
#ifndef MBEDCONFIG_OPTIONS_H
#define MBEDCONFIG_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define LABEL_COUNT_MAX 32

struct options {
    const char *output;  /* NULL: stdout */
    const char *explain; /* a key; NULL: make a header */
    const char *labels[LABEL_COUNT_MAX];
    size_t label_count;
    bool is_lenient;
    bool is_verbose;
    char *const *files;
    size_t file_count;
    const char *version; /* a line that names program and version */
    const char *print;   /* what -h or -V print instead of anything else */
};

/* Reads argv, and cuts the lists of -t in it into names; *out borrows it, and version, the line
 * that -V prints. ERROR_USAGE. */
int options_parse(int argc, char *argv[], const char *version, struct options *out,
                  struct error *err) MUST_USE;

#endif
