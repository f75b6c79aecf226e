/* workers.c -- a queue of tasks, threads that perform them, a queue of those that are done */
#include "base/workers.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct queue {
    struct task *first, *last;
};

struct workers {
    pthread_mutex_t lock; /* of all that follows, but what only the owner uses */
    pthread_cond_t is_added, is_done;
    struct queue waiting, done;
    bool is_ending;
    void (*wake)(void *context);
    void *context;
    size_t count; /* only the owner's, as are the threads */
    pthread_t *thread;
    size_t thread_count;
};

static void append(struct queue *queue, struct task *task)
{
    task->next = NULL;
    if (queue->first == NULL)
        queue->first = task;
    else
        queue->last->next = task;
    queue->last = task;
}

static struct task *take_first(struct queue *queue)
{
    struct task *task = queue->first;

    if (task != NULL)
        queue->first = task->next;
    return task;
}

/* Waits for a task to begin with; NULL when the thread is to end. */
static struct task *await_task(struct workers *workers)
{
    struct task *task;

    pthread_mutex_lock(&workers->lock);
    while (workers->waiting.first == NULL && !workers->is_ending)
        pthread_cond_wait(&workers->is_added, &workers->lock);
    task = workers->is_ending ? NULL : take_first(&workers->waiting);
    pthread_mutex_unlock(&workers->lock);
    return task;
}

static void *run(void *context)
{
    struct workers *workers = context;
    struct task *task;

    while ((task = await_task(workers)) != NULL) {
        task->perform(task);
        pthread_mutex_lock(&workers->lock);
        append(&workers->done, task);
        pthread_cond_signal(&workers->is_done);
        pthread_mutex_unlock(&workers->lock);
        if (workers->wake != NULL)
            workers->wake(workers->context);
    }
    return NULL;
}

/* Times to wait until are of the clock that no one can set. */
static int open_locks(struct workers *workers)
{
    pthread_condattr_t monotonic;
    int rv = -1;

    if (pthread_condattr_init(&monotonic) != 0)
        return -1;
    if (pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
        pthread_cond_init(&workers->is_done, &monotonic) == 0 &&
        pthread_cond_init(&workers->is_added, NULL) == 0 &&
        pthread_mutex_init(&workers->lock, NULL) == 0)
        rv = 0;
    pthread_condattr_destroy(&monotonic);
    return rv;
}

/* Signals are for the thread that started these. */
static void start_threads(struct workers *workers, size_t thread_count)
{
    sigset_t all, before;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    while (workers->thread_count < thread_count &&
           pthread_create(&workers->thread[workers->thread_count], NULL, run, workers) == 0)
        workers->thread_count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

int workers_open(size_t thread_count, void (*wake)(void *context), void *context,
                 struct workers **out, struct error *err)
{
    struct workers *workers = calloc(1, sizeof *workers);

    if (workers == NULL ||
        (workers->thread = calloc(thread_count + 1, sizeof(pthread_t))) == NULL ||
        open_locks(workers) != 0) {
        free(workers != NULL ? workers->thread : NULL);
        free(workers);
        return error_no_memory(err);
    }
    workers->wake = wake;
    workers->context = context;
    start_threads(workers, thread_count);
    if (workers->thread_count == 0 && thread_count > 0) {
        workers_close(workers);
        error_set(err, ERROR_INTERNAL, "the system grants no thread");
        return error_hint(err, "raise the limit on processes: ulimit -u");
    }
    *out = workers;
    return 0;
}

void workers_add(struct workers *workers, struct task *task)
{
    workers->count++;
    if (workers->thread_count == 0) {
        task->perform(task);
        append(&workers->done, task);
        return;
    }
    pthread_mutex_lock(&workers->lock);
    append(&workers->waiting, task);
    pthread_cond_signal(&workers->is_added);
    pthread_mutex_unlock(&workers->lock);
}

size_t workers_count(const struct workers *workers)
{
    return workers->count;
}

static struct timespec moment_after(long wait_ms)
{
    struct timespec at;

    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_sec += wait_ms / 1000;
    at.tv_nsec += wait_ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

struct task *workers_take(struct workers *workers, long wait_ms)
{
    const struct timespec until = moment_after(wait_ms);
    struct task *task;

    if (workers->count == 0)
        return NULL;
    pthread_mutex_lock(&workers->lock);
    while ((task = take_first(&workers->done)) == NULL && wait_ms > 0 &&
           pthread_cond_timedwait(&workers->is_done, &workers->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&workers->lock);
    workers->count -= task != NULL ? 1 : 0;
    return task;
}

static void end_threads(struct workers *workers)
{
    pthread_mutex_lock(&workers->lock);
    workers->is_ending = true;
    pthread_cond_broadcast(&workers->is_added);
    pthread_mutex_unlock(&workers->lock);
    while (workers->thread_count > 0)
        pthread_join(workers->thread[--workers->thread_count], NULL);
}

struct task *workers_give_up(struct workers *workers)
{
    struct task *task;

    end_threads(workers);
    task = take_first(&workers->done);
    if (task == NULL)
        task = take_first(&workers->waiting);
    workers->count -= task != NULL ? 1 : 0;
    return task;
}

void workers_close(struct workers *workers)
{
    if (workers == NULL)
        return;
    end_threads(workers);
    pthread_cond_destroy(&workers->is_added);
    pthread_cond_destroy(&workers->is_done);
    pthread_mutex_destroy(&workers->lock);
    free(workers->thread);
    free(workers);
}

size_t workers_processor_count(void)
{
    const long count = sysconf(_SC_NPROCESSORS_ONLN);

    return count > 0 ? (size_t)count : 1;
}
