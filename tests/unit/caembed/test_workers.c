/* test_workers.c -- tests of base/workers.c */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/monotonic.h"
#include "base/workers.h"
#include "unit.h"

#define TASKS 500

static const size_t thread_counts[] = {0, 1, 2, 8};

/* What the tasks of a test share. */
struct bench {
    atomic_int performed, woken;
    atomic_bool is_held; /* a task that waits does so as long */
};

struct job {
    struct task task;
    struct bench *bench;
    bool waits;
    atomic_int times;
};

static void nap(void)
{
    const struct timespec millisecond = {0, 1000000};

    nanosleep(&millisecond, NULL);
}

static void perform(struct task *task)
{
    struct job *job = task->owner;

    while (job->waits && atomic_load(&job->bench->is_held))
        nap();
    atomic_fetch_add(&job->times, 1);
    atomic_fetch_add(&job->bench->performed, 1);
}

static void wake(void *context)
{
    struct bench *bench = context;

    atomic_fetch_add(&bench->woken, 1);
}

static void make(struct job *job, struct bench *bench, bool waits)
{
    *job = (struct job){.task = {.perform = perform, .owner = job}, .bench = bench, .waits = waits};
}

static struct workers *open_workers(size_t thread_count, struct bench *bench)
{
    struct workers *workers = NULL;
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(workers_open(thread_count, wake, bench, &workers, &err), 0);
    return workers;
}

START_TEST(every_task_is_performed_once)
{
    static struct job job[TASKS];
    struct bench bench = {0};
    struct workers *workers = open_workers(thread_counts[_i], &bench);
    struct task *task;
    int taken = 0;

    for (size_t i = 0; i < TASKS; i++) {
        make(&job[i], &bench, false);
        workers_add(workers, &job[i].task);
        ck_assert_uint_eq(workers_count(workers), i + 1);
    }
    while ((task = workers_take(workers, 60000)) != NULL) {
        struct job *done = task->owner;
        ck_assert_int_eq(atomic_load(&done->times), 1);
        if (thread_counts[_i] < 2)
            ck_assert_ptr_eq(done, &job[taken]);
        taken++;
    }
    ck_assert_int_eq(taken, TASKS);
    ck_assert_uint_eq(workers_count(workers), 0);
    workers_close(workers);
    ck_assert_int_eq(atomic_load(&bench.performed), TASKS);
    ck_assert_int_eq(atomic_load(&bench.woken), thread_counts[_i] == 0 ? 0 : TASKS);
}
END_TEST

START_TEST(slow_task_holds_nobody_up)
{
    struct job slow, quick;
    struct bench bench = {.is_held = true};
    struct workers *workers = open_workers(2, &bench);

    make(&slow, &bench, true);
    make(&quick, &bench, false);
    workers_add(workers, &slow.task);
    workers_add(workers, &quick.task);
    ck_assert_ptr_eq(workers_take(workers, 60000), &quick.task);
    ck_assert_ptr_null(workers_take(workers, 0));
    atomic_store(&bench.is_held, false);
    ck_assert_ptr_eq(workers_take(workers, 60000), &slow.task);
    workers_close(workers);
}
END_TEST

START_TEST(caller_waits_no_longer_than_it_says)
{
    struct job slow;
    struct bench bench = {.is_held = true};
    struct workers *workers = open_workers(1, &bench);
    int64_t began = monotonic_now_ms();

    ck_assert_ptr_null(workers_take(workers, 60000)); /* there is nothing to wait for */
    ck_assert_int_lt(monotonic_now_ms() - began, 30000);
    make(&slow, &bench, true);
    workers_add(workers, &slow.task);
    began = monotonic_now_ms();
    ck_assert_ptr_null(workers_take(workers, 50));
    ck_assert_int_ge(monotonic_now_ms() - began, 49);
    atomic_store(&bench.is_held, false);
    ck_assert_ptr_eq(workers_take(workers, 60000), &slow.task);
    workers_close(workers);
}
END_TEST

static void *release(void *context)
{
    struct bench *bench = context;

    for (int i = 0; i < 50; i++)
        nap();
    atomic_store(&bench->is_held, false);
    return NULL;
}

START_TEST(what_has_not_begun_is_given_up)
{
    struct job job[3];
    struct bench bench = {.is_held = true};
    struct workers *workers = open_workers(1, &bench);
    struct task *task;
    pthread_t other;
    int count = 0;

    for (size_t i = 0; i < COUNT(job); i++) {
        make(&job[i], &bench, i == 1);
        workers_add(workers, &job[i].task);
    }
    while (atomic_load(&bench.performed) == 0)
        nap();
    ck_assert_int_eq(pthread_create(&other, NULL, release, &bench), 0);
    while ((task = workers_give_up(workers)) != NULL)
        count++;
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    ck_assert_int_eq(count, COUNT(job));
    ck_assert_uint_eq(workers_count(workers), 0);
    ck_assert_int_eq(atomic_load(&job[2].times), 0);
    workers_close(workers);
}
END_TEST

static atomic_bool is_caught, is_caught_elsewhere;
static pthread_t main_thread;

static void catch_signal(int number)
{
    (void)number;
    atomic_store(&is_caught, true);
    atomic_store(&is_caught_elsewhere, !pthread_equal(pthread_self(), main_thread));
}

/* One that the main thread keeps off finds no other thread to take it. */
START_TEST(signals_are_for_the_main_thread)
{
    const struct sigaction action = {.sa_handler = catch_signal};
    struct bench bench = {0};
    struct workers *workers = open_workers(4, &bench);
    sigset_t usr1;

    main_thread = pthread_self();
    sigemptyset(&usr1);
    sigaddset(&usr1, SIGUSR1);
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &usr1, NULL), 0);
    ck_assert_int_eq(kill(getpid(), SIGUSR1), 0);
    for (int i = 0; i < 50; i++)
        nap();
    ck_assert(!atomic_load(&is_caught));
    ck_assert_int_eq(pthread_sigmask(SIG_UNBLOCK, &usr1, NULL), 0);
    ck_assert(atomic_load(&is_caught));
    ck_assert(!atomic_load(&is_caught_elsewhere));
    workers_close(workers);
}
END_TEST

START_TEST(there_is_a_processor)
{
    ck_assert_uint_ge(workers_processor_count(), 1);
    workers_close(NULL);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("workers");

    tcase_add_loop_test(tcase, every_task_is_performed_once, 0, COUNT(thread_counts));
    tcase_add_test(tcase, slow_task_holds_nobody_up);
    tcase_add_test(tcase, caller_waits_no_longer_than_it_says);
    tcase_add_test(tcase, what_has_not_begun_is_given_up);
    tcase_add_test(tcase, signals_are_for_the_main_thread);
    tcase_add_test(tcase, there_is_a_processor);
    return unit_run("workers", tcase);
}
