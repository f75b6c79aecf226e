/* mbed_wait_api.h -- Mbed OS's ways to sleep, for a PC */
#ifndef TLSSOCKET_MBED_WAIT_API_H
#define TLSSOCKET_MBED_WAIT_API_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define osWaitForever 0xFFFFFFFFU

/* Sleeps so long, whatever signals come. What was printed is out before, as on a board's UART. */
static inline void thread_sleep_for(uint32_t ms)
{
    struct timespec left;

    (void)fflush(stdout);
    left.tv_sec = (time_t)(ms / 1000);
    left.tv_nsec = (long)(ms % 1000) * 1000000L;
    while (nanosleep(&left, &left) != 0)
        ;
}

/* Mbed OS 5: sleeps for seconds. osWaitForever and more is for ever. */
static inline void wait(float s)
{
    do
        thread_sleep_for(s >= 4000000.0F ? 4000000000U : (uint32_t)(s * 1000.0F));
    while (s >= (float)osWaitForever);
}

static inline void wait_ms(int ms)
{
    thread_sleep_for(ms > 0 ? (uint32_t)ms : 0);
}

static inline void wait_us(int us)
{
    thread_sleep_for(us > 0 ? (uint32_t)us / 1000 + ((uint32_t)us % 1000 > 0) : 0);
}

namespace rtos
{
namespace ThisThread
{
static inline void sleep_for(uint32_t ms)
{
    thread_sleep_for(ms);
}
} // namespace ThisThread
} // namespace rtos

#endif
