/* array.c -- an array -> the same array with room for one more */
#include "base/array.h"

#include <stdint.h>
#include <stdlib.h>

#define CAPACITY_MIN 8 /* a power of two, like every capacity */

void *array_grow(void *array, size_t count, size_t size)
{
    size_t capacity = count == 0 ? CAPACITY_MIN : 2 * count;

    if (count > 0 && (count < CAPACITY_MIN || (count & (count - 1)) != 0))
        return array;
    if (count > SIZE_MAX / 2 || capacity > SIZE_MAX / size)
        return NULL;
    return realloc(array, capacity * size);
}
