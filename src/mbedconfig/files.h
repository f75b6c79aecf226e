/* files.h -- whole files in and out */
#ifndef MBEDCONFIG_FILES_H
#define MBEDCONFIG_FILES_H

#include "config.h"

#define FILE_SIZE_MAX 262144u /* bytes; the largest mbed_app.json in use are about 20 KB */

/* The file's bytes and a NUL after them, to free, in *out; their number without it in *size.
 * 0 or -1. */
int file_read(const char *path, char **out, size_t *size, struct error *error);

/* Puts text into the file at path by way of a temporary file next to it: the file is either what
 * it was or what it shall be, and is not touched if it is that already. path NULL: stdout. 0 or
 * -1. */
int file_write(const char *path, const char *text, struct error *error);

#endif
