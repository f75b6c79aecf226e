/* depfile.h -- which files a header was made from, for make and CMake */
#ifndef CAEMBED_EMIT_DEPFILE_H
#define CAEMBED_EMIT_DEPFILE_H

#include "base/text.h"
#include "cli/options.h"

/* Adds a make rule without commands: the header (-o) depends on the files that were read, those of
 * --from, --store, --ca-file and --chain; and an empty rule for each of these, as of gcc -MP, so
 * that make goes on when one of them is removed. ERROR_WRITE for a name that a rule can't hold:
 * with a line feed, or a character that has a meaning in rules and can't be escaped. */
int depfile_make(const struct options *options, struct text *out, struct error *err) MUST_USE;

#endif
