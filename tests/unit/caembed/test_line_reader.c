/* test_line_reader.c -- tests of base/line_reader.c */
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/line_reader.h"
#include "unit.h"

static struct line_reader reader;
static struct error err;
static int writing_end;

static void setup(void)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    reader = (struct line_reader){.fd = ends[0]};
    err = (struct error){.code = ERROR_NONE};
    writing_end = ends[1];
}

static void end_input(void)
{
    if (writing_end >= 0)
        ck_assert_int_eq(close(writing_end), 0);
    writing_end = -1;
}

static void teardown(void)
{
    end_input();
    ck_assert_int_eq(close(reader.fd), 0);
}

static void put(const char *bytes, size_t length)
{
    ck_assert_int_eq(write(writing_end, bytes, length), (ssize_t)length);
}

static void put_text(const char *text)
{
    put(text, strlen(text));
}

static void expect_line(const char *text)
{
    char *line = NULL;

    ck_assert_int_eq(line_reader_next(&reader, "in", &line, &err), 1);
    ck_assert_str_eq(line, text);
}

static void expect_none(bool is_at_end)
{
    char *line;

    ck_assert_int_eq(line_reader_next(&reader, "in", &line, &err), 0);
    ck_assert(reader.is_at_end == is_at_end);
}

static void expect_failure(const char *message)
{
    char *line;

    ck_assert_int_eq(line_reader_next(&reader, "in", &line, &err), -1);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_str_eq(err.message, message);
}

START_TEST(lines_come_one_by_one)
{
    expect_none(false);
    put_text("a\n\nb");
    expect_line("a");
    expect_line("");
    expect_none(false);
    put_text("c\nd");
    expect_line("bc");
    expect_none(false);
    end_input();
    expect_line("d");
    expect_none(true);
    expect_none(true);
    ck_assert_uint_eq(reader.line_number, 4);
}
END_TEST

START_TEST(no_line_at_all)
{
    end_input();
    expect_none(true);
}
END_TEST

/* Lines of all lengths up to the longest, one after the other, come whole. */
START_TEST(longest_lines_fit)
{
    char longest[LINE_READER_LINE_MAX + 2];

    memset(longest, 'x', sizeof longest);
    longest[LINE_READER_LINE_MAX] = '\n';
    for (size_t skipped = 0; skipped < LINE_READER_LINE_MAX; skipped += 97) {
        put(longest + skipped, LINE_READER_LINE_MAX + 1 - skipped);
        put(longest + LINE_READER_LINE_MAX - skipped, skipped + 1);
        longest[LINE_READER_LINE_MAX] = '\0';
        expect_line(longest + skipped);
        expect_line(longest + LINE_READER_LINE_MAX - skipped);
        longest[LINE_READER_LINE_MAX] = '\n';
    }
    put(longest, LINE_READER_LINE_MAX);
    end_input();
    longest[LINE_READER_LINE_MAX] = '\0';
    expect_line(longest);
    expect_none(true);
}
END_TEST

/* With an end, without one yet, and at the end of all. */
START_TEST(longer_lines_fail)
{
    char longer[LINE_READER_LINE_MAX + 2];

    memset(longer, 'x', sizeof longer);
    longer[LINE_READER_LINE_MAX + 1] = '\n';
    put_text("a\n");
    put(longer, LINE_READER_LINE_MAX + (_i == 0 ? 2 : 1));
    if (_i == 2)
        end_input();
    expect_line("a");
    expect_failure("in: line 2 is too long");
}
END_TEST

START_TEST(a_nul_fails)
{
    put("a\n\0b\n", 5);
    expect_line("a");
    expect_failure("in: line 2 has a NUL: this is not a text file");
}
END_TEST

START_TEST(what_cannot_be_read_fails)
{
    struct line_reader folder = {.fd = open("/", O_RDONLY)};
    char *line;

    ck_assert_int_ge(folder.fd, 0);
    ck_assert_int_eq(line_reader_next(&folder, "in", &line, &err), -1);
    ck_assert_str_eq(err.message, "in: cannot read: Is a directory");
    ck_assert_int_eq(close(folder.fd), 0);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("line_reader");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, lines_come_one_by_one);
    tcase_add_test(tcase, no_line_at_all);
    tcase_add_test(tcase, longest_lines_fit);
    tcase_add_loop_test(tcase, longer_lines_fail, 0, 3);
    tcase_add_test(tcase, a_nul_fails);
    tcase_add_test(tcase, what_cannot_be_read_fails);
    return unit_run("line_reader", tcase);
}
