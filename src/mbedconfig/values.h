/* values.h -- names and values out of JSON, as C text that a header can hold */
#ifndef MBEDCONFIG_VALUES_H
#define MBEDCONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "base/text.h"

/* The name of a macro that can be defined, as it stands before '=': NAME, or NAME(PARAMETER), which
 * Mbed CLI takes too. */
struct macro_name {
    size_t length;         /* of NAME */
    const char *parameter; /* NULL: not like a function */
    size_t parameter_length;
};

/* Splits the first `size` bytes of text. Returns false if they are no name of a macro, or one that
 * C or C++ do not let anybody define (C11 6.10.8, C++20 5.5). */
bool macro_name_split(const char *text, size_t size, struct macro_name *out);

/* Adds a macro's value as it can follow "#define NAME ": on one line of C that leaves the rest of
 * the header alone. Comments become a blank, as in translation phase 3 (C11 5.1.1.2); within string
 * and character literals bytes beyond ASCII become octal escapes and "??" loses its trigraphs.
 * Returns NULL, or what keeps the value from standing in a header; then *out is of no use. */
const char *value_add_c(const char *value, const struct macro_name *name, struct text *out);

/* Adds a value as Mbed's tools print it, before C has a look: true is 1, null nothing, integers
 * have their digits, lists are Python's. */
void value_add_text(const struct json *value, struct text *out);

/* "tls-socket.debug-level" -> adds MBED_CONF_TLS_SOCKET_DEBUG_LEVEL. */
void value_add_macro_name(const char *parameter, struct text *out);

#endif
