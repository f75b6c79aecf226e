/* output.c -- bytes -> a temporary file -> its place */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/text.h"

static int fail(const char *path, const char *what, struct error *err)
{
    error_set(err, ERROR_WRITE, "%s: %s: %s", path, what, strerror(errno));
    return error_hint(err, "check the path, its permissions and the free space");
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

static bool holds(const char *path, const char *bytes, size_t length)
{
    FILE *stream = fopen(path, "rb");
    char buffer[4096];
    size_t got;
    bool same = stream != NULL;

    while (same && (got = fread(buffer, 1, sizeof buffer, stream)) > 0) {
        same = got <= length && memcmp(buffer, bytes, got) == 0;
        bytes += same ? got : 0;
        length -= same ? got : 0;
    }
    same = same && length == 0 && ferror(stream) == 0;
    if (stream != NULL)
        fclose(stream);
    return same;
}

/* A named pipe that nobody reads can't be opened without waiting (ENXIO). Gives a reader time to
 * come; writes block from then on. */
static int open_in_place(const char *path)
{
    const struct timespec pause = {0, 20 * 1000 * 1000};
    const int64_t end = monotonic_now_ms() + OUTPUT_WAIT_MS;
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    int flags;

    while (fd < 0 && errno == ENXIO && monotonic_now_ms() < end) {
        nanosleep(&pause, NULL);
        fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    }
    if (fd < 0)
        return -1;
    flags = fcntl(fd, F_GETFL);
    if (flags >= 0 && fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) == 0)
        return fd;
    close(fd);
    return -1;
}

static int write_in_place(const char *path, const char *bytes, size_t length, struct error *err)
{
    int fd = open_in_place(path);
    int rv = 0;

    if (fd < 0 && errno == ENXIO) {
        error_set(err, ERROR_WRITE, "%s: nobody reads from this pipe", path);
        return error_hint(err, "start what reads from it, or name a file");
    }
    if (fd < 0)
        return fail(path, "cannot open", err);
    if (write_all(fd, bytes, length) != 0)
        rv = fail(path, "cannot write", err);
    if (close(fd) != 0 && rv == 0)
        rv = fail(path, "cannot write", err);
    return rv;
}

static mode_t mode_of_new_file(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0666 & ~mask;
}

/* ---- temporary files, and the signals that end the program ---- */

#define STAGED_MAX 264 /* more than there are files in a folder of certificates */

/* The names of the temporary files that exist, and what to say while no other file was touched. A
 * signal's handler sees nothing but such variables: they are the only ones of the program. */
static char *volatile staged[STAGED_MAX];
static const char *volatile words;

static void keep_in_mind(char *name)
{
    for (size_t i = 0; i < STAGED_MAX; i++)
        if (staged[i] == NULL) {
            staged[i] = name;
            return;
        }
}

static void forget(const char *name)
{
    for (size_t i = 0; i < STAGED_MAX; i++)
        if (staged[i] == name)
            staged[i] = NULL;
}

/* Calls only what POSIX allows a handler. */
static void remove_staged(int signal_number)
{
    for (size_t i = 0; i < STAGED_MAX; i++)
        if (staged[i] != NULL)
            unlink(staged[i]);
    if (words != NULL)
        (void)!write(STDERR_FILENO, words, strlen(words));
    raise(signal_number); /* its action is the default again */
}

void output_guard_signals(const char *last_words)
{
    static const int endings[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction former, action = {.sa_flags = (int)SA_RESETHAND};

    words = last_words;
    action.sa_handler = remove_staged;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (sigaction(endings[i], NULL, &former) == 0 && former.sa_handler != SIG_IGN)
            (void)!sigaction(endings[i], &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a file beyond the limit is a write error */
    signal(SIGPIPE, SIG_IGN); /* so is a closed pipe */
}

void output_note_change(void)
{
    words = NULL;
}

/* Gives the new file the owner and mode of the old one. One who may not give files away keeps
 * what he made, without bits that would lend his rights to others. */
static int copy_owner_and_mode(int fd, const struct stat *old)
{
    const bool is_given = fchown(fd, old->st_uid, old->st_gid) == 0;

    return fchmod(fd, old->st_mode & (is_given ? 07777 : 0777));
}

/* `old` is the file to replace, or NULL. */
static int fill_temporary(const struct output_file *file, const char *bytes, size_t length,
                          const struct stat *old, struct error *err)
{
    int fd, rv = 0;

    keep_in_mind(file->temporary);
    fd = mkstemp(file->temporary);
    if (fd < 0) {
        int saved = errno;
        forget(file->temporary);
        file->temporary[0] = '\0'; /* there is nothing to remove */
        errno = saved;
        return fail(file->path, "cannot create a file in its folder", err);
    }
    if ((old != NULL ? copy_owner_and_mode(fd, old) : fchmod(fd, mode_of_new_file())) != 0 ||
        write_all(fd, bytes, length) != 0 || fsync(fd) != 0)
        rv = fail(file->path, "cannot write", err);
    if (close(fd) != 0 && rv == 0)
        rv = fail(file->path, "cannot write", err);
    return rv;
}

/* ---- paths ---- */

#define LINKS_MAX 40

/* Where the symbolic link at path leads, relative to its own folder. NULL if it is no link. */
static char *follow_link(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t folder_length = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    char target[4096];
    ssize_t length = readlink(path, target, sizeof target - 1);
    char *joined;

    if (length < 0)
        return NULL;
    target[length] = '\0';
    if (target[0] == '/')
        folder_length = 0;
    joined = malloc(folder_length + (size_t)length + 1);
    if (joined == NULL)
        return NULL;
    memcpy(joined, path, folder_length);
    memcpy(joined + folder_length, target, (size_t)length + 1);
    return joined;
}

char *output_resolve(const char *path)
{
    char *at = strdup(path);

    for (int i = 0; at != NULL && i < LINKS_MAX; i++) {
        char *next = follow_link(at);
        if (next == NULL)
            break;
        free(at);
        at = next;
    }
    return at;
}

/* A template for mkstemp() in the folder of path; its name is short, since path's may be as long as
 * names can be. */
static char *temporary_beside(const char *path)
{
    static const char name[] = ".caembed.XXXXXX";
    size_t folder_length = (size_t)(text_base_name(path) - path);
    char *temporary = malloc(folder_length + sizeof name);

    if (temporary != NULL) {
        memcpy(temporary, path, folder_length);
        memcpy(temporary + folder_length, name, sizeof name);
    }
    return temporary;
}

/* The folder of a path, by what stat() tells of it. */
static int stat_folder(const char *path, struct stat *out)
{
    char *folder = temporary_beside(path);
    int rv = -1;

    if (folder == NULL)
        return -1;
    folder[text_base_name(folder) - folder] = '\0';
    rv = stat(folder[0] != '\0' ? folder : ".", out);
    free(folder);
    return rv;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Whether two paths end at one name in one folder, through symbolic links. */
static bool have_one_end(const char *a, const char *b)
{
    char *end_a = output_resolve(a), *end_b = output_resolve(b);
    struct stat folder_a, folder_b;
    bool is_one = end_a != NULL && end_b != NULL &&
                  strcmp(text_base_name(end_a), text_base_name(end_b)) == 0 &&
                  stat_folder(end_a, &folder_a) == 0 && stat_folder(end_b, &folder_b) == 0 &&
                  is_same(&folder_a, &folder_b);

    free(end_a);
    free(end_b);
    return is_one;
}

bool output_same_file(const char *a, const char *b)
{
    struct stat status_a, status_b;

    if (stat(a, &status_a) != 0 || stat(b, &status_b) != 0)
        return have_one_end(a, b);
    return !S_ISCHR(status_a.st_mode) && !S_ISSOCK(status_a.st_mode) &&
           is_same(&status_a, &status_b);
}

const char *output_place(const char *path)
{
    return strcmp(path, "-") == 0 ? "/dev/stdout" : path;
}

int output_stage(const char *path, const char *bytes, size_t length, struct output_file *out,
                 struct error *err)
{
    struct stat status;
    bool exists = stat(path, &status) == 0;

    if (!exists && errno != ENOENT)
        return fail(path, "cannot write", err);
    if (exists && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return fail(path, "cannot write", err);
    }
    if (exists && !S_ISREG(status.st_mode)) {
        output_note_change();
        return write_in_place(path, bytes, length, err);
    }
    if (exists && holds(path, bytes, length))
        return 0;
    if (exists && access(path, W_OK) != 0)
        return fail(path, "cannot write", err);
    out->path = output_resolve(path);
    if (out->path == NULL)
        return error_no_memory(err);
    out->temporary = temporary_beside(out->path);
    if (out->temporary == NULL)
        return error_no_memory(err);
    return fill_temporary(out, bytes, length, exists ? &status : NULL, err);
}

int output_commit(struct output_file *file, struct error *err)
{
    if (file->temporary == NULL)
        return 0;
    output_note_change();
    if (rename(file->temporary, file->path) != 0)
        return fail(file->path, "cannot replace", err);
    forget(file->temporary);
    file->temporary[0] = '\0';
    return 0;
}

void output_discard(struct output_file *file)
{
    if (file->temporary != NULL && file->temporary[0] != '\0')
        unlink(file->temporary);
    forget(file->temporary);
    free(file->temporary);
    free(file->path);
    *file = (struct output_file){NULL, NULL};
}

static int fail_stdout(struct error *err)
{
    error_set(err, ERROR_WRITE, "cannot write to standard output: %s", strerror(errno));
    return error_hint(err, "check that it is open and that its disk has space");
}

/* A pipe that is ready takes so many bytes at once (PIPE_BUF of POSIX.1 is 512, of Linux 4096). */
#define PIECE 512

int output_stdout_some(struct text *pending, bool waits, struct error *err)
{
    size_t done = 0;

    while (done < pending->length) {
        struct pollfd out = {STDOUT_FILENO, POLLOUT, 0};
        size_t left = pending->length - done;
        ssize_t written;
        if (!waits && poll(&out, 1, 0) <= 0)
            break;
        written = write(STDOUT_FILENO, pending->data + done, left < PIECE ? left : PIECE);
        if (written < 0 && errno == EAGAIN) { /* it does not block: others share it */
            if (!waits)
                break;
            (void)!poll(&out, 1, -1);
        } else if (written < 0 && errno != EINTR) {
            return fail_stdout(err);
        }
        done += written > 0 ? (size_t)written : 0;
    }
    if (done > 0) {
        pending->length -= done;
        memmove(pending->data, pending->data + done, pending->length + 1);
    }
    return 0;
}

int output_stdout(const char *bytes, size_t length, struct error *err)
{
    if (fwrite(bytes, 1, length, stdout) == length && fflush(stdout) == 0)
        return 0;
    return fail_stdout(err);
}
