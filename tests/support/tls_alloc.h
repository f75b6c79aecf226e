/* tls_alloc.h -- makes the Nth allocation fail, and counts those that live
 *
 * For programs linked with -Wl,--wrap=calloc,--wrap=free and the static libraries of Mbed TLS,
 * which allocates by calloc alone.
 */
#ifndef TLS_ALLOC_H
#define TLS_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

/* Lets the allocation number index (0 is the next one) fail, and all others succeed. */
void alloc_fail_at(size_t index);
/* Was that allocation asked for? No more failures after this. */
bool alloc_has_failed(void);

/* Between these, allocations are neither counted nor fail. May be nested. */
void alloc_pause(void);
void alloc_resume(void);

/* From now on they are counted then, too: for what outlives a pause, such as PSA's keys. */
void alloc_count_all(void);

/* Allocations that were not freed yet, and their bytes; since the program's start. */
long alloc_live_count(void);
long alloc_live_bytes(void);
/* The most bytes since the last call of this, which starts over. */
long alloc_peak_bytes(void);

#endif
