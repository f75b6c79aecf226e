/* fetch_many.h -- many connections side by side */
#ifndef CAEMBED_FETCH_MANY_H
#define CAEMBED_FETCH_MANY_H

#include <stddef.h>

#include "fetch.h"

/* A server to ask. The caller sets endpoint and owner, the rest is 0; when it is done, presented
 * or err is set. */
struct fetch_task {
    const struct endpoint *endpoint;
    void *owner;
    struct presented presented; /* the caller frees it */
    struct error err;
    /* while it goes on */
    struct fetch *fetch;
    long attempts;
    int64_t not_before_ms;
    struct fetch_task *next_waiting;
};

/* Takes the chains of all tasks, options->jobs at a time, and calls done() for each as it
 * completes. After a failure to connect or shake hands a task waits 1, 2, 4, ... seconds (at most
 * 60) and is tried again, options->retries times. Returns -1 only for want of memory; then some
 * tasks were not done. */
int fetch_many(struct fetch_task **task, size_t count, const struct fetch_options *options,
               void (*done)(struct fetch_task *task), struct error *err) MUST_USE;

#endif
