/* test_output.c -- files are replaced whole, or not at all */
#define _XOPEN_SOURCE 700 /* mkdtemp(), symlink() */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/output.h"
#include "unit.h"

static char folder[64];

static void set_up(void)
{
    snprintf(folder, sizeof folder, "/tmp/caembed-unit.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
}

static void tear_down(void)
{
    char command[128];

    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static void put(const char *path, const char *text)
{
    FILE *stream = fopen(path, "w");

    ck_assert_ptr_nonnull(stream);
    ck_assert_int_ge(fputs(text, stream), 0);
    ck_assert_int_eq(fclose(stream), 0);
}

static void assert_holds(const char *path, const char *want)
{
    char buffer[256] = "";
    FILE *stream = fopen(path, "r");

    ck_assert_ptr_nonnull(stream);
    buffer[fread(buffer, 1, sizeof buffer - 1, stream)] = '\0';
    fclose(stream);
    ck_assert_str_eq(buffer, want);
}

static int files_in_folder(void)
{
    FILE *pipe = popen("ls -A | wc -l", "r");
    int count = -1;

    ck_assert_ptr_nonnull(pipe);
    ck_assert_int_eq(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

START_TEST(output_creates_a_file)
{
    struct output_file file = {NULL, NULL};
    struct error err = {.code = ERROR_NONE};
    struct stat status;

    umask(022);
    ck_assert_int_eq(output_stage("new", "abc", 3, &file, &err), 0);
    ck_assert_int_eq(access("new", F_OK), -1);
    ck_assert_int_eq(output_commit(&file, &err), 0);
    output_discard(&file);
    output_discard(&file);
    assert_holds("new", "abc");
    ck_assert_int_eq(stat("new", &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0644);
    ck_assert_int_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(output_replaces_and_keeps_the_mode)
{
    struct output_file file = {NULL, NULL};
    struct error err = {.code = ERROR_NONE};
    struct stat status;

    put("old", "old text");
    ck_assert_int_eq(chmod("old", 0640), 0);
    ck_assert_int_eq(output_stage("old", "new", 3, &file, &err), 0);
    assert_holds("old", "old text");
    ck_assert_int_eq(output_commit(&file, &err), 0);
    output_discard(&file);
    assert_holds("old", "new");
    ck_assert_int_eq(stat("old", &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0640);
}
END_TEST

START_TEST(output_leaves_an_equal_file_alone)
{
    struct output_file file = {NULL, NULL};
    struct error err = {.code = ERROR_NONE};
    struct stat before, after;

    put("same", "abc");
    ck_assert_int_eq(stat("same", &before), 0);
    ck_assert_int_eq(output_stage("same", "abc", 3, &file, &err), 0);
    ck_assert_ptr_null(file.temporary);
    ck_assert_int_eq(output_commit(&file, &err), 0);
    output_discard(&file);
    ck_assert_int_eq(stat("same", &after), 0);
    ck_assert_uint_eq(before.st_ino, after.st_ino);
}
END_TEST

START_TEST(output_tells_a_prefix_from_the_whole)
{
    static const char *const others[] = {"ab", "abcd", "", "abx"};

    for (size_t i = 0; i < COUNT(others); i++) {
        struct output_file file = {NULL, NULL};
        struct error err = {.code = ERROR_NONE};
        put("file", others[i]);
        ck_assert_int_eq(output_stage("file", "abc", 3, &file, &err), 0);
        ck_assert_int_eq(output_commit(&file, &err), 0);
        output_discard(&file);
        assert_holds("file", "abc");
    }
}
END_TEST

START_TEST(output_discards_without_a_trace)
{
    struct output_file file = {NULL, NULL};
    struct error err = {.code = ERROR_NONE};

    put("old", "old text");
    ck_assert_int_eq(output_stage("old", "new", 3, &file, &err), 0);
    ck_assert_int_eq(files_in_folder(), 2);
    output_discard(&file);
    assert_holds("old", "old text");
    ck_assert_int_eq(files_in_folder(), 1);
}
END_TEST

START_TEST(output_writes_through_a_symbolic_link)
{
    struct output_file file = {NULL, NULL};
    struct error err = {.code = ERROR_NONE};
    struct stat status;

    ck_assert_int_eq(mkdir("sub", 0755), 0);
    put("sub/real", "old");
    ck_assert_int_eq(symlink("sub/real", "link"), 0);
    ck_assert_int_eq(output_stage("link", "new", 3, &file, &err), 0);
    ck_assert_int_eq(output_commit(&file, &err), 0);
    output_discard(&file);
    assert_holds("sub/real", "new");
    ck_assert_int_eq(lstat("link", &status), 0);
    ck_assert(S_ISLNK(status.st_mode));
}
END_TEST

START_TEST(output_fails_without_a_trace)
{
    static const char *const paths[] = {"sub", "none/file", "file/below", "/dev/full"};

    ck_assert_int_eq(mkdir("sub", 0755), 0);
    put("file", "x");
    for (size_t i = 0; i < COUNT(paths); i++) {
        struct output_file file = {NULL, NULL};
        struct error err = {.code = ERROR_NONE};
        ck_assert_msg(output_stage(paths[i], "abc", 3, &file, &err) == -1, "%s", paths[i]);
        ck_assert_int_eq(err.code, ERROR_WRITE);
        ck_assert_str_ne(err.hint, "");
        output_discard(&file);
        ck_assert_int_eq(files_in_folder(), 2);
    }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("output");

    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, output_creates_a_file);
    tcase_add_test(cases, output_replaces_and_keeps_the_mode);
    tcase_add_test(cases, output_leaves_an_equal_file_alone);
    tcase_add_test(cases, output_tells_a_prefix_from_the_whole);
    tcase_add_test(cases, output_discards_without_a_trace);
    tcase_add_test(cases, output_writes_through_a_symbolic_link);
    tcase_add_test(cases, output_fails_without_a_trace);
    return unit_run("output", cases);
}
