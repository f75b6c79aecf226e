/* fetch_many.h -- many connections side by side */
#ifndef CAEMBED_NET_FETCH_MANY_H
#define CAEMBED_NET_FETCH_MANY_H

#include <stddef.h>

#include "net/fetch.h"

/* A server to ask. Its maker sets endpoint, the rest is 0; when it is done, presented or err is
 * set. */
struct fetch_task {
    const struct endpoint *endpoint;
    struct presented presented; /* its maker frees it */
    struct error err;
    /* while it goes on */
    struct fetch *fetch;
    long attempts;
    int64_t not_before_ms;
    struct fetch_task *next; /* active or waiting like this one */
};

/* Where the tasks come from and where they go, so that no more of them exist than are in progress
 * or wait to be tried again. If one of these functions returns -1, all is ended: what is in
 * progress is given up. */
struct fetch_line {
    /* The next task; NULL behind the last. */
    int (*next)(void *context, struct fetch_task **out);
    /* Takes a task back that is done. */
    int (*done)(struct fetch_task *task, void *context);
    /* Called now and then, at least once a second. */
    void (*tick)(void *context);
    void *context;
};

/* Takes the chains of all tasks, options->jobs at a time or as many as there are file descriptors
 * for, and gives each back as it completes. After a failure to connect or shake hands a task waits
 * 1, 2, 4, ... seconds (at most 60) and is tried again, options->retries times. Every task that
 * next() gave comes to done(). Returns -1 with ERROR_INTERNAL if libcurl can't go on. */
int fetch_many(const struct fetch_line *line, const struct fetch_options *options,
               struct error *err) MUST_USE;

#endif
