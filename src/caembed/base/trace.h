/* trace.h -- -vv: what happens, step by step, on stderr */
#ifndef CAEMBED_BASE_TRACE_H
#define CAEMBED_BASE_TRACE_H

#include <stdbool.h>
#include <stddef.h>

/* Has the steps printed from now on. Before any thread is started. */
void trace_start(void);

/* Whether they are; what a step says need not be made if not. */
bool trace_is_on(void);

/* Prints "caembed: debug: SUBJECT: STEP", escaped, if steps are printed; the subject is the host
 * that it is about. Several threads may call it; a line stays whole. */
void trace_put(const char *subject, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

/* The same for each line of `length` bytes, as libraries hand them out. */
void trace_put_lines(const char *subject, const char *source, const char *bytes, size_t length);

#endif
