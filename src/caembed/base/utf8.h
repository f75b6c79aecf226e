/* utf8.h -- UTF-8 as RFC 3629 has it */
#ifndef CAEMBED_BASE_UTF8_H
#define CAEMBED_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* The length of the sequence at the start of a NUL-terminated text (1 to 4), or 0 if it is none:
 * an overlong one, a surrogate, beyond U+10FFFF, cut short, or the NUL (RFC 3629 section 4). */
size_t utf8_length(const char *at);

/* The code point of a sequence of that length, which utf8_length() has given. */
uint32_t utf8_decode(const char *at, size_t length);

/* Adds a code point up to U+10FFFF. */
void utf8_add(struct text *text, uint32_t code_point);

#endif
