/* mbed_assert.h -- MBED_ASSERT: ends the program with a message, unless NDEBUG is defined */
#ifndef TLSSOCKET_MBED_ASSERT_H
#define TLSSOCKET_MBED_ASSERT_H

#include <assert.h>

#define MBED_ASSERT(condition) assert(condition)

#endif
