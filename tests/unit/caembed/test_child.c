/* test_child.c -- work in a process that can be ended */
#include "base/child.h"

#include <check.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "unit.h"

static int succeed(void *context, struct error *err)
{
    (void)err;
    *(int *)context = 2;
    return 0;
}

static int refuse(void *context, struct error *err)
{
    error_set(err, ERROR_PROOF, "%s", (const char *)context);
    return error_hint(err, "and a hint");
}

static int go_on_for_ever(void *context, struct error *err)
{
    (void)context, (void)err;
    for (volatile unsigned i = 0;; i++)
        continue;
    return 0;
}

static int crash(void *context, struct error *err)
{
    (void)context, (void)err;
    signal(SIGKILL, SIG_DFL);
    raise(SIGKILL);
    return 0;
}

static int leave(void *context, struct error *err)
{
    (void)context, (void)err;
    _exit(0);
}

START_TEST(work_that_succeeds_changes_nothing_here)
{
    struct error err = {.code = ERROR_NONE};
    int number = 1;

    ck_assert_int_eq(child_run(succeed, &number, monotonic_now_ms() + 10000, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NONE);
    ck_assert_int_eq(number, 1);
}
END_TEST

START_TEST(work_that_fails_has_its_error)
{
    struct error err = {.code = ERROR_NONE};
    char why[] = "a reason";

    ck_assert_int_eq(child_run(refuse, why, monotonic_now_ms() + 10000, &err), -1);
    ck_assert_int_eq(err.code, ERROR_PROOF);
    ck_assert_str_eq(err.message, "a reason");
    ck_assert_str_eq(err.hint, "and a hint");
}
END_TEST

START_TEST(work_without_end_is_ended)
{
    struct error err = {.code = ERROR_NONE};
    const int64_t start = monotonic_now_ms();

    ck_assert_int_eq(child_run(go_on_for_ever, NULL, start + 100, &err), -1);
    ck_assert_int_eq(err.code, ERROR_TIMEOUT);
    ck_assert_str_ne(err.hint, "");
    ck_assert_int_ge(monotonic_now_ms() - start, 100);
    ck_assert_int_lt(monotonic_now_ms() - start, 5000);
}
END_TEST

START_TEST(work_whose_time_is_over_is_ended_at_once)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(child_run(go_on_for_ever, NULL, monotonic_now_ms() - 10000, &err), -1);
    ck_assert_int_eq(err.code, ERROR_TIMEOUT);
}
END_TEST

START_TEST(work_that_crashes_or_leaves_is_an_internal_error)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(child_run(_i == 0 ? crash : leave, NULL, monotonic_now_ms() + 10000, &err),
                     -1);
    ck_assert_int_eq(err.code, ERROR_INTERNAL);
}
END_TEST

START_TEST(no_process_is_left)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(child_run(go_on_for_ever, NULL, monotonic_now_ms(), &err), -1);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(work_ends_with_its_parent)
{
    int ends[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        struct error err = {.code = ERROR_NONE};
        close(ends[0]);
        _exit(child_run(go_on_for_ever, NULL, monotonic_now_ms() + 3000, &err) == 0 ? 0 : 1);
    }
    close(ends[1]);
    nanosleep(&(struct timespec){.tv_nsec = 100 * 1000 * 1000}, NULL);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_int_eq(read(ends[0], &byte, 1), 0); /* nobody has the other end */
    close(ends[0]);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("child");

    tcase_add_test(tcase, work_that_succeeds_changes_nothing_here);
    tcase_add_test(tcase, work_that_fails_has_its_error);
    tcase_add_test(tcase, work_without_end_is_ended);
    tcase_add_test(tcase, work_whose_time_is_over_is_ended_at_once);
    tcase_add_loop_test(tcase, work_that_crashes_or_leaves_is_an_internal_error, 0, 2);
    tcase_add_test(tcase, no_process_is_left);
    tcase_add_test(tcase, work_ends_with_its_parent);
    return unit_run("child", tcase);
}
