/* folder_files.c -- bytes -> files of one folder, all of them or none */
#include "emit/folder_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool folder_files_is_folder(const char *path)
{
    struct stat status;

    return strcmp(path, "-") != 0 && stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

char *folder_files_path(const char *folder, const char *name)
{
    const size_t length = strlen(folder);
    const char *slash = length > 0 && folder[length - 1] == '/' ? "" : "/";
    struct text path = {0};

    text_add(&path, "%s%s%s", folder, slash, name);
    if (path.failed)
        text_free(&path);
    return path.data;
}

bool folder_files_holds(const char *folder, const char *path)
{
    struct text parent = {0};
    bool found;

    text_add_bytes(&parent, path, (size_t)(text_base_name(path) - path));
    text_add(&parent, ".");
    found = parent.failed || output_same_file(parent.data, folder);
    text_free(&parent);
    return found;
}

int folder_files_reserve(struct folder_files *files, size_t count, struct error *err)
{
    files->file = calloc(count + 1, sizeof files->file[0]);
    return files->file != NULL ? 0 : error_no_memory(err);
}

int folder_files_stage(struct folder_files *files, const char *path, const char *bytes,
                       size_t length, struct error *err)
{
    return output_stage(path, bytes, length, &files->file[files->count++], err);
}

int folder_files_commit(struct folder_files *files, struct error *err)
{
    for (size_t i = 0; i < files->count; i++)
        if (output_commit(&files->file[i], err) != 0)
            return -1;
    for (size_t i = 0; i < files->stale_count; i++) {
        if (unlink(files->stale[i]) == 0 || errno == ENOENT)
            continue;
        error_set(err, ERROR_WRITE, "%s: cannot remove: %s", files->stale[i], strerror(errno));
        return error_hint(err, "no host needs this file of an earlier run: remove it");
    }
    return 0;
}

void folder_files_discard(struct folder_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        output_discard(&files->file[i]);
    for (size_t i = 0; i < files->stale_count; i++)
        free(files->stale[i]);
    free(files->file);
    free(files->stale);
    *files = (struct folder_files){.count = 0};
}
