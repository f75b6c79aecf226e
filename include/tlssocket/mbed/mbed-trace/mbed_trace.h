/* mbed_trace.h -- mbed-trace by the other name that programs for Mbed OS include */
#include "../../mbed_trace.h"
