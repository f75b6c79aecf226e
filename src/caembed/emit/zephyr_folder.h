/* zephyr_folder.h -- the files of format_zephyr_add() <-> a folder */
#ifndef CAEMBED_EMIT_ZEPHYR_FOLDER_H
#define CAEMBED_EMIT_ZEPHYR_FOLDER_H

#include "emit/folder_files.h"

/* Stages each file. ERROR_WRITE if path is no folder. */
int zephyr_folder_stage(const char *path, const struct text *artefact, struct folder_files *out,
                        struct error *err) MUST_USE;

/* Whether `path` is one of the files in this folder. */
bool zephyr_folder_owns(const char *folder, const char *path);

/* Reads the files of the folder into *artefact; one that is missing is empty. ERROR_USAGE if it is
 * ca_certs.inc that is missing, or one cannot be read. */
int zephyr_folder_read(const char *path, struct text *artefact, struct error *err) MUST_USE;

/* The name of the first file that differs, or "". Static storage. */
const char *zephyr_folder_difference(const struct text *is, const struct text *would_be);

#endif
