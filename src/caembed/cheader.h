/* cheader.h -- C source text, read as a compiler reads it */
#ifndef CAEMBED_CHEADER_H
#define CAEMBED_CHEADER_H

#include "text.h"

/* Finds the string that `name` stands for in a C or C++ source: `const char NAME[] = "…" "…";` (any
 * qualifiers and attributes, braces or parentheses around the literals) or `#define NAME "…"`.
 * Lines are spliced, comments and other directives skipped (their conditions are not evaluated),
 * adjacent literals joined, escape sequences and raw literals (R"x(…)x") decoded. Adds the bytes to
 * *out, which may then hold NULs; the closing NUL is not counted. With name NULL the first such
 * string that holds "-----BEGIN " is taken. ERROR_PROOF if there is none, or if it can't be
 * decoded: a literal that does not end, an escape that C does not know, a universal character name,
 * a trigraph. */
int cheader_read_string(const char *source, size_t length, const char *name, struct text *out,
                        struct error *err) MUST_USE;

/* The same for `const unsigned char NAME[] = {0x30, 130, …};`: adds the bytes of an array whose
 * members are integer constants from 0 to 255. */
int cheader_read_bytes(const char *source, size_t length, const char *name, struct text *out,
                       struct error *err) MUST_USE;

#endif
