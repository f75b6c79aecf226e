/* array.h -- arrays that grow by one element at a time */
#ifndef CAEMBED_BASE_ARRAY_H
#define CAEMBED_BASE_ARRAY_H

#include <stddef.h>

#include "base/compiler.h"

/* Makes room for one more element after `count` elements of `size` bytes each. An array starts as
 * NULL with count 0 and grows by this function alone; its capacity follows from its count, so that
 * nobody keeps it. Returns the array, which may have moved, or NULL if out of memory; the old array
 * then stays as it is. The new element is not initialised. Free it with free(). */
void *array_grow(void *array, size_t count, size_t size) MUST_USE;

#endif
