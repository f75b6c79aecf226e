/* values.h -- names and values out of JSON, as C text that a header can hold */
#ifndef MBEDCONFIG_VALUES_H
#define MBEDCONFIG_VALUES_H

#include "config.h"

#include <cjson/cJSON.h>

/* Sets *error once; hint may be NULL. Always -1. */
int error_set(struct error *error, const char *hint, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

/* Is text a name of letters, digits, '-', '_' and '.'? */
bool name_is_valid(const char *text);

/* Is text (size bytes) a C identifier that may be #defined? */
bool macro_name_is_valid(const char *text, size_t size);

/* Does text, after "#define NAME ", end with its line and leave the rest of the header alone? No
 * line ends or control characters, no comment, no open quote, nothing that joins it to the next. */
bool macro_value_is_valid(const char *text);

/* "tls-socket", "debug-level" -> MBED_CONF_TLS_SOCKET_DEBUG_LEVEL; NULL if there is no memory. */
char *macro_name_of(const char *unit, const char *parameter);

/* A JSON number, boolean or string -> C text to free in *out, null -> NULL. 0, or -1 if it is
 * anything else or could not stand in a header. */
int value_to_c(const cJSON *value, const char *name, char **out, struct error *error);

/* A copy to free of what printf would print; NULL if there is no memory. */
char *text_printf(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

#endif
