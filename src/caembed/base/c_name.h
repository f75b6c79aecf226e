/* c_name.h -- which names a header can declare */
#ifndef CAEMBED_BASE_C_NAME_H
#define CAEMBED_BASE_C_NAME_H

#include <stdbool.h>

/* An identifier of at most 63 characters (C99 5.2.4.1) in ASCII. */
bool c_name_is_identifier(const char *text);

/* One that can be declared in C99 to C23 and C++11 to C++23, whatever headers are included
 * before: not reserved for the compiler (C99 7.1.3), no keyword, no macro of gcc, clang or the
 * standard library. */
bool c_name_is_free(const char *text);

#endif
