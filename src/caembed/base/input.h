/* input.h -- files from outside, read whole and bounded */
#ifndef CAEMBED_BASE_INPUT_H
#define CAEMBED_BASE_INPUT_H

#include <stddef.h>

#include "base/error.h"

#define INPUT_LENGTH_MAX (16u * 1024 * 1024)
#define INPUT_WAIT_MS 5000 /* for somebody to write to a named pipe */

/* Reads a file, or stdin for "-". *data is NUL-terminated and the caller's to free; *length does
 * not count the NUL. ERROR_USAGE if it can't be read, is longer than INPUT_LENGTH_MAX, or is a
 * named pipe to which nobody writes in INPUT_WAIT_MS. */
int input_read(const char *path, char **data, size_t *length, struct error *err) MUST_USE;

/* What messages call it: the path, or "standard input" for "-". Borrows path. */
const char *input_name(const char *path);

/* The path of what "-" stands for, others as they are, also NULL. Borrows path. */
const char *input_place(const char *path);

#endif
