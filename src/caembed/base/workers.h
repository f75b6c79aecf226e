/* workers.h -- tasks, performed by threads beside the one that hands them out */
#ifndef CAEMBED_BASE_WORKERS_H
#define CAEMBED_BASE_WORKERS_H

#include <stddef.h>

#include "base/error.h"

/* A piece of work. Its maker sets the first two. */
struct task {
    void (*perform)(struct task *task); /* called once, in one of the threads */
    void *owner;                        /* for the caller's use */
    struct task *next;                  /* of the same list */
};

struct workers;

/* Starts so many threads (fewer if the system grants no more, but at least one), which take no
 * signals. Without any, 0, workers_add() performs a task itself. Each calls wake(context), if there
 * is one, when it has performed a task. ERROR_INTERNAL if not even one can be started, or if out of
 * memory. */
int workers_open(size_t thread_count, void (*wake)(void *context), void *context,
                 struct workers **out, struct error *err) MUST_USE;

/* Hands a task out; the threads begin with tasks in the order in which they came. It is borrowed
 * until workers_take() or workers_give_up() gives it back. */
void workers_add(struct workers *workers, struct task *task);

/* How many tasks were handed out and not yet taken back. */
size_t workers_count(const struct workers *workers);

/* Gives back a task that was performed, in the order in which they end; waits for one as long as
 * wait_ms, but not when all are taken back. Returns NULL if no task was performed by then. */
struct task *workers_take(struct workers *workers, long wait_ms);

/* Ends the threads, when each has performed what it has begun; tasks that wait are not begun. Then
 * gives any task that is left, performed or not; NULL when all are given. */
struct task *workers_give_up(struct workers *workers);

/* Ends the threads, and frees. Tasks stay their owner's. Takes NULL. */
void workers_close(struct workers *workers);

/* How many processors this process has: 1 or more. */
size_t workers_processor_count(void);

#endif
