/* mbed_trace.h -- mbed-trace by the name that programs for Mbed OS include */
#include "../mbed_trace.h"
