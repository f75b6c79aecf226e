/* zephyr_folder.c -- the files of a Zephyr project, with a NUL between them <-> a folder */
#include "emit/zephyr_folder.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "emit/format.h"

/* The file that begins at *at, which is moved to the next. */
static struct text take_file(const struct text *artefact, size_t *at)
{
    struct text file = {.data = artefact->data + *at, .length = artefact->length - *at};
    const char *end = file.length > 0 ? memchr(file.data, '\0', file.length) : NULL;

    if (end != NULL)
        file.length = (size_t)(end - file.data);
    *at += file.length + (end != NULL ? 1 : 0);
    return file;
}

int zephyr_folder_stage(const char *path, const struct text *artefact, struct folder_files *out,
                        struct error *err)
{
    size_t at = 0;
    int rv;

    if (!folder_files_is_folder(path)) {
        error_set(err, ERROR_WRITE,
                  "%s: the format zephyr has several files, and this is no folder", path);
        return error_hint(err, "give -o a folder that exists");
    }
    rv = folder_files_reserve(out, FOLDER_FILE_COUNT_MAX, err);
    for (size_t i = 0; rv == 0 && format_zephyr_file(i) != NULL; i++) {
        const struct text bytes = take_file(artefact, &at);
        char *file = folder_files_path(path, format_zephyr_file(i));
        if (file == NULL)
            return error_no_memory(err);
        rv = folder_files_stage(out, file, bytes.data, bytes.length, err);
        free(file);
    }
    return rv;
}

bool zephyr_folder_owns(const char *folder, const char *path)
{
    char *end = folder_files_is_folder(folder) ? output_resolve(path) : NULL;
    bool is_owned = false;

    for (size_t i = 0; end != NULL && format_zephyr_file(i) != NULL; i++)
        is_owned = is_owned || (strcmp(text_base_name(end), format_zephyr_file(i)) == 0 &&
                                folder_files_holds(folder, end));
    free(end);
    return is_owned;
}

/* A NUL, which none of ours holds, becomes a question mark. */
static int read_file(const char *path, bool may_miss, struct text *artefact, struct error *err)
{
    char *bytes = NULL;
    size_t length;

    if (may_miss && access(path, F_OK) != 0)
        return 0;
    if (input_read(path, &bytes, &length, err) != 0)
        return -1;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '\0')
            bytes[i] = '?';
    text_add_bytes(artefact, bytes, length);
    free(bytes);
    return 0;
}

int zephyr_folder_read(const char *path, struct text *artefact, struct error *err)
{
    int rv = 0;

    for (size_t i = 0; rv == 0 && format_zephyr_file(i) != NULL; i++) {
        char *file = folder_files_path(path, format_zephyr_file(i));
        if (file == NULL)
            return error_no_memory(err);
        if (i > 0)
            text_add_bytes(artefact, "", 1);
        rv = read_file(file, i > 0, artefact, err);
        free(file);
    }
    return rv;
}

const char *zephyr_folder_difference(const struct text *is, const struct text *would_be)
{
    size_t at = 0, other_at = 0;

    for (size_t i = 0; format_zephyr_file(i) != NULL; i++) {
        const struct text file = take_file(is, &at), other = take_file(would_be, &other_at);
        if (file.length != other.length || memcmp(file.data, other.data, file.length) != 0)
            return format_zephyr_file(i);
    }
    return "";
}
