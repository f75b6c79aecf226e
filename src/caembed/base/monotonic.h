/* monotonic.h -- a clock that only goes forward, for deadlines */
#ifndef CAEMBED_BASE_MONOTONIC_H
#define CAEMBED_BASE_MONOTONIC_H

#include <stdint.h>

/* Milliseconds since some point in the past. */
int64_t monotonic_now_ms(void);

#endif
