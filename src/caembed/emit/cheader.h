/* cheader.h -- C source text, read as a compiler reads it */
#ifndef CAEMBED_EMIT_CHEADER_H
#define CAEMBED_EMIT_CHEADER_H

#include <stdbool.h>

#include "base/text.h"

/* Macros that are kept; conditions and macros in one another; bytes that a value may have, and that
 * the macros may have that it is made with. */
#define CHEADER_MACRO_COUNT_MAX 256
#define CHEADER_CONDITION_DEPTH_MAX 64
#define CHEADER_EXPANSION_DEPTH_MAX 16
#define CHEADER_VALUE_LENGTH_MAX (4UL * 1024 * 1024)

/* Finds the string that `name` stands for in a C or C++ source: `const char NAME[] = "…" "…";` (any
 * qualifiers and attributes, braces or parentheses around the literals) or `#define NAME "…"`.
 * Lines are spliced, comments skipped, adjacent literals joined, escape sequences and raw literals
 * decoded; macros without parameters that the source defines above may stand for literals. What
 * `#if 0`, or a condition about a macro of the source, leaves out is left out; of other conditions
 * either branch may count. Adds the bytes to *out, which may then hold NULs; the closing NUL is not
 * counted. ERROR_PROOF if there is none, if it can't be decoded (see clexer_next()), if it does not
 * fit its array with the closing NUL, or if it is undefined or has two values under conditions
 * that can't be told. */
int cheader_read_string(const char *source, size_t length, const char *name, struct text *out,
                        struct error *err) MUST_USE;

/* The same for `const unsigned char NAME[] = {0x30, 130, 'a', …};`: adds the bytes of an array
 * whose members are integer or character constants from 0 to 255. That there is none is no error:
 * then *is_there is false. */
int cheader_read_bytes(const char *source, size_t length, const char *name, struct text *out,
                       bool *is_there, struct error *err) MUST_USE;

#endif
