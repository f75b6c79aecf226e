/* depfile.h -- which files a header was made from, for make and CMake */
#ifndef CAEMBED_EMIT_DEPFILE_H
#define CAEMBED_EMIT_DEPFILE_H

#include "base/text.h"

/* Adds a make rule without commands: `target` depends on the `count` files of `input`; and an empty
 * rule for each of these, as of gcc -MP, so that make goes on when one of them is removed.
 * ERROR_WRITE for a name that a rule can't hold: with a line feed, or a character that has a
 * meaning in rules and can't be escaped. */
int depfile_make(const char *target, const char *const *input, size_t count, struct text *out,
                 struct error *err) MUST_USE;

#endif
