/* cert_folder.h -- certificates in DER, each a file in a folder: NAME.der, NAME-2.der, ... */
#ifndef CAEMBED_EMIT_CERT_FOLDER_H
#define CAEMBED_EMIT_CERT_FOLDER_H

#include "emit/folder_files.h"

/* Stages each certificate of `der`, which holds them one after the other, as output_stage() does.
 * If path is a folder, files NAME-N.der of an earlier run with a higher number, regular ones that
 * hold one certificate, are to be removed. If it is not, `der` must hold one, which is staged as
 * this file. ERROR_WRITE: path is no folder and there are several, or too many. */
int cert_folder_stage(const char *path, const char *name, const struct text *der,
                      struct folder_files *out, struct error *err) MUST_USE;

/* Whether `path` is, in this folder, a file that cert_folder_stage() might replace or remove. */
bool cert_folder_owns(const char *folder, const char *name, const char *path);

/* The error for `count` certificates where there is no folder. Returns -1. */
int cert_folder_fail_missing(const char *path, size_t count, struct error *err);

/* How many certificates `der` holds. */
size_t cert_folder_count(const struct text *der);

/* Reads what a device finds: of the file, or of NAME.der, NAME-2.der, ... in the folder as far as
 * their numbers go on, the first DER element, into *der. What else there is, bytes after one or
 * stale files, goes into blemish; after a broken file nothing more is read. "-" is standard input.
 * ERROR_USAGE if the first can't be read. */
int cert_folder_read(const char *path, const char *name, struct text *der, char blemish[200],
                     struct error *err) MUST_USE;

#endif
