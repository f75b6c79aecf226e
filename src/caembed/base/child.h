/* child.h -- work that others' input can make long, in a process that can be ended */
#ifndef CAEMBED_BASE_CHILD_H
#define CAEMBED_BASE_CHILD_H

#include <stdint.h>

#include "base/error.h"

#define CHILD_GRACE_MS 200 /* for work that keeps the time by itself to say so */

/* Calls work(context, err) in a child process, and returns what it returned, with its error; what
 * else it changes is lost. The child is ended at deadline_ms of monotonic_now_ms() and
 * CHILD_GRACE_MS: then ERROR_TIMEOUT. ERROR_INTERNAL if it ends in any other way, or cannot begin.
 */
int child_run(int (*work)(void *context, struct error *err), void *context, int64_t deadline_ms,
              struct error *err) MUST_USE;

#endif
