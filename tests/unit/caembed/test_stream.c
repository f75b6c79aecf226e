/* test_stream.c -- tests of base/stream.c */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/stream.h"
#include "unit.h"

/* The number that the next file gets. */
static int next_descriptor(void)
{
    const int fd = open("/dev/null", O_RDONLY);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(close(fd), 0);
    return fd;
}

START_TEST(stream_that_cannot_be_opened_leaves_no_descriptor)
{
    static const struct {
        const char *path, *mode;
        int want_errno;
    } rows[] = {
        {"/dev/null", "no mode", EINVAL}, /* fdopen() fails */
        {"/nowhere/at/all", "r", ENOENT}, /* open() fails */
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        const int next = next_descriptor();
        errno = 0;
        ck_assert_ptr_null(stream_open(rows[i].path, O_RDONLY, rows[i].mode));
        ck_assert_int_eq(errno, rows[i].want_errno);
        ck_assert_int_eq(next_descriptor(), next);
    }
}
END_TEST

START_TEST(stream_waits_only_after_it_is_open)
{
    char folder[] = "/tmp/caembed-stream.XXXXXX";
    char path[sizeof folder + 8];
    FILE *file;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/pipe", folder);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_ptr_null(stream_open(path, O_WRONLY, "w"));
    ck_assert_int_eq(errno, ENXIO);
    file = stream_open(path, O_RDONLY, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fcntl(fileno(file), F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_ne(fcntl(fileno(file), F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("stream");

    tcase_add_test(tcase, stream_that_cannot_be_opened_leaves_no_descriptor);
    tcase_add_test(tcase, stream_waits_only_after_it_is_open);
    return unit_run("stream", tcase);
}
