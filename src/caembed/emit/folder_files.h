/* folder_files.h -- files of one folder: staged, put in their places, stale ones removed */
#ifndef CAEMBED_EMIT_FOLDER_FILES_H
#define CAEMBED_EMIT_FOLDER_FILES_H

#include "base/output.h"
#include "base/text.h"

#define FOLDER_FILE_COUNT_MAX 256

/* Files on their way, and those that are to go. Set to {0} before use. */
struct folder_files {
    struct output_file *file;
    size_t count;
    char **stale;
    size_t stale_count;
};

bool folder_files_is_folder(const char *path);

/* The path of a file in a folder, or NULL if out of memory. To be freed. */
char *folder_files_path(const char *folder, const char *name);

/* Whether the folder is the one in which the file `path` lies. */
bool folder_files_holds(const char *folder, const char *path);

/* Makes room for `count` files. */
int folder_files_reserve(struct folder_files *files, size_t count, struct error *err) MUST_USE;

/* Stages one of them, as output_stage() does. */
int folder_files_stage(struct folder_files *files, const char *path, const char *bytes,
                       size_t length, struct error *err) MUST_USE;

/* Puts the files in their places, and removes the stale ones. */
int folder_files_commit(struct folder_files *files, struct error *err) MUST_USE;

/* Removes what was staged and not committed, and frees. */
void folder_files_discard(struct folder_files *files);

#endif
