/* cert_folder.c -- certificates in DER <-> files in a folder */
#include "emit/cert_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/input.h"
#include "x509/cert.h"
#include "x509/der_file.h"

/* The file of the certificate `number`, from 1. NULL if out of memory. */
static char *path_of(const char *folder, const char *name, size_t number)
{
    struct text file = {0};
    char *path;

    text_add(&file, number == 1 ? "%s" : "%s-%zu", name, number);
    text_add(&file, ".der");
    path = file.failed ? NULL : folder_files_path(folder, file.data);
    text_free(&file);
    return path;
}

/* The number in "NAME-N.der" as path_of() writes it, 0 for another name. */
static size_t number_of(const char *file, const char *name)
{
    const size_t length = strlen(name);
    char *end;
    unsigned long number;

    if (strncmp(file, name, length) != 0 || file[length] != '-' || file[length + 1] < '1' ||
        file[length + 1] > '9')
        return 0;
    errno = 0;
    number = strtoul(file + length + 1, &end, 10);
    return errno == 0 && number > 1 && strcmp(end, ".der") == 0 ? (size_t)number : 0;
}

static bool is_name_of_ours(const char *file, const char *name)
{
    const size_t length = strlen(name);

    return number_of(file, name) != 0 ||
           (strncmp(file, name, length) == 0 && strcmp(file + length, ".der") == 0);
}

bool cert_folder_owns(const char *folder, const char *name, const char *path)
{
    char *end = folder_files_is_folder(folder) ? output_resolve(path) : NULL;
    const bool is_owned = end != NULL && is_name_of_ours(text_base_name(end), name) &&
                          folder_files_holds(folder, end);

    free(end);
    return is_owned;
}

/* Whether the file is one that we could have written: not a link, and one certificate. */
static bool is_ours(const char *path)
{
    struct error ignored = {.code = ERROR_NONE};
    struct stat status;
    char *bytes = NULL;
    size_t length;
    X509 *cert = NULL;

    if (lstat(path, &status) != 0 || !S_ISREG(status.st_mode) ||
        input_read(path, &bytes, &length, &ignored) != 0)
        return false;
    if (der_file_length((const unsigned char *)bytes, length) == length)
        cert = cert_from_der((const unsigned char *)bytes, length);
    X509_free(cert);
    free(bytes);
    return cert != NULL;
}

static int add_stale(struct folder_files *out, const char *folder, const char *name, size_t number)
{
    char **more = realloc(out->stale, (out->stale_count + 1) * sizeof out->stale[0]);
    char *path = path_of(folder, name, number);

    if (more != NULL)
        out->stale = more;
    if (more == NULL || path == NULL) {
        free(path);
        return -1;
    }
    if (is_ours(path))
        out->stale[out->stale_count++] = path;
    else
        free(path);
    return 0;
}

static int find_stale(const char *path, const char *name, size_t count, struct folder_files *out,
                      struct error *err)
{
    const struct dirent *entry;
    DIR *folder = opendir(path);
    int rv = 0;

    if (folder == NULL) {
        error_set(err, ERROR_WRITE, "%s: cannot read the folder: %s", path, strerror(errno));
        return error_hint(err, "check the path and its permissions");
    }
    while (rv == 0 && (entry = readdir(folder)) != NULL) {
        const size_t number = number_of(entry->d_name, name);
        if (number > count)
            rv = add_stale(out, path, name, number);
    }
    closedir(folder);
    return rv == 0 ? 0 : error_no_memory(err);
}

/* ---- writing ---- */

static struct text take_der(const struct text *der, size_t *at)
{
    struct text rest = {.data = der->data + *at, .length = der->length - *at};
    const size_t length = der_file_length((const unsigned char *)rest.data, rest.length);

    if (length > 0 && length < rest.length)
        rest.length = length;
    *at += rest.length;
    return rest;
}

size_t cert_folder_count(const struct text *der)
{
    size_t count = 0;

    for (size_t at = 0; at < der->length; count++)
        (void)take_der(der, &at);
    return count;
}

int cert_folder_fail_missing(const char *path, size_t count, struct error *err)
{
    error_set(err, ERROR_WRITE, "%s: %zu anchors take a file each, and this is no folder",
              strcmp(path, "-") == 0 ? "standard output" : path, count);
    return error_hint(err, "give -o a folder that exists, or take -f pem-file, which holds all in "
                           "one file");
}

static int stage_all(const char *path, const char *name, const struct text *der,
                     struct folder_files *out, struct error *err)
{
    int rv = 0;

    for (size_t at = 0, number = 1; rv == 0 && at < der->length; number++) {
        const struct text one = take_der(der, &at);
        char *file = path_of(path, name, number);
        if (file == NULL)
            return error_no_memory(err);
        rv = folder_files_stage(out, file, one.data, one.length, err);
        free(file);
    }
    return rv;
}

int cert_folder_stage(const char *path, const char *name, const struct text *der,
                      struct folder_files *out, struct error *err)
{
    const size_t count = cert_folder_count(der);

    if (count > 1 && !folder_files_is_folder(path))
        return cert_folder_fail_missing(path, count, err);
    if (count > FOLDER_FILE_COUNT_MAX) {
        error_set(err, ERROR_WRITE, "%s: %zu anchors are more than %d files", path, count,
                  FOLDER_FILE_COUNT_MAX);
        return error_hint(err, "take -f pem-file, which holds all in one file");
    }
    if (folder_files_reserve(out, count, err) != 0)
        return -1;
    if (!folder_files_is_folder(path))
        return folder_files_stage(out, path, der->data, der->length, err);
    if (stage_all(path, name, der, out, err) != 0)
        return -1;
    return find_stale(path, name, count, out, err);
}

/* ---- reading ---- */

/* Adds the first element of a file. Returns 1 if the file is broken, 0, or -1 with *err. */
static int add_file(const char *path, struct text *der, char blemish[200], struct error *err)
{
    char *bytes = NULL;
    size_t length, der_len;

    if (input_read(path, &bytes, &length, err) != 0)
        return -1;
    der_len = der_file_length((const unsigned char *)bytes, length);
    if (der_len > 0 && der_len < length)
        snprintf(blemish, 200, "%zu bytes follow after the DER of %.100s", length - der_len,
                 text_base_name(input_name(path)));
    text_add_bytes(der, bytes, der_len > 0 && der_len < length ? der_len : length);
    free(bytes);
    return der_len == 0 || der_len > length ? 1 : 0;
}

static int note_stale(const char *path, const char *name, size_t count, char blemish[200],
                      struct error *err)
{
    struct folder_files folder = {.count = 0};
    const int rv = find_stale(path, name, count, &folder, err);

    if (rv == 0 && folder.stale_count > 0)
        snprintf(blemish, 200, "%.100s is left over", text_base_name(folder.stale[0]));
    folder_files_discard(&folder);
    return rv;
}

int cert_folder_read(const char *path, const char *name, struct text *der, char blemish[200],
                     struct error *err)
{
    size_t number;
    int rv = 0;

    if (!folder_files_is_folder(path))
        return add_file(path, der, blemish, err) < 0 ? -1 : 0;
    for (number = 1; rv == 0; number++) {
        char *file = path_of(path, name, number);
        if (file == NULL)
            return error_no_memory(err);
        if (number > FOLDER_FILE_COUNT_MAX || (number > 1 && access(file, F_OK) != 0)) {
            free(file);
            break;
        }
        rv = add_file(file, der, blemish, err);
        free(file);
    }
    return rv != 0 ? (rv < 0 ? -1 : 0) : note_stale(path, name, number - 1, blemish, err);
}
