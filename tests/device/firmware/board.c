/* board.c -- mps2-an385: SysTick, and what newlib and Mbed TLS want of an operating system */
#include "board.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "semihosting.h"

/* ARMv7-M Architecture Reference Manual, B3.3: SysTick. */
#define SYST_CSR (*(volatile uint32_t *)0xE000E010)
#define SYST_RVR (*(volatile uint32_t *)0xE000E014)
#define SYST_CVR (*(volatile uint32_t *)0xE000E018)
#define SYST_ENABLE_WITH_INTERRUPT 7u
#define CLOCK_HZ 25000000u

extern char heap_start[], stack_bottom[]; /* of link.ld */

static volatile uint32_t ticks_ms;
static size_t heap_size;

void board_start(void)
{
    SYST_RVR = CLOCK_HZ / 1000 - 1;
    SYST_CVR = 0;
    SYST_CSR = SYST_ENABLE_WITH_INTERRUPT;
}

void board_tick(void)
{
    ticks_ms++;
}

uint32_t board_now_ms(void)
{
    return ticks_ms;
}

size_t board_heap_peak(void)
{
    return heap_size; /* newlib gives nothing back */
}

/* ---- for Mbed TLS ---- */

/* The board has no source of random numbers: the host's is asked. A real board has its own here. */
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *got);

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t size, size_t *got)
{
    (void)data;
    if (semihosting_read_file("/dev/urandom", output, size) != 0)
        return -1;
    *got = size;
    return 0;
}

/* ---- for newlib ---- */

void *_sbrk(ptrdiff_t change);
int _write(int file, const char *data, int size);
int _read(int file, char *data, int size);
int _close(int file);
int _fstat(int file, struct stat *status);
int _isatty(int file);
off_t _lseek(int file, off_t offset, int whence);
int _kill(int process, int signal);
int _getpid(void);
int _gettimeofday(struct timeval *now, void *zone);

void *_sbrk(ptrdiff_t change)
{
    char *const old = heap_start + heap_size;

    if (change > stack_bottom - old) {
        errno = ENOMEM;
        return (void *)-1;
    }
    heap_size += (size_t)change;
    return old;
}

int _write(int file, const char *data, int size)
{
    char piece[65];
    int length = 0;

    (void)file;
    for (int i = 0; i < size; i++) {
        piece[length++] = data[i];
        if (length == sizeof piece - 1 || i == size - 1) {
            piece[length] = '\0';
            semihosting_print(piece);
            length = 0;
        }
    }
    return size;
}

int _read(int file, char *data, int size)
{
    (void)file;
    (void)data;
    (void)size;
    return 0;
}

int _close(int file)
{
    (void)file;
    return -1;
}

int _fstat(int file, struct stat *status)
{
    (void)file;
    status->st_mode = S_IFCHR;
    return 0;
}

int _isatty(int file)
{
    (void)file;
    return 1;
}

off_t _lseek(int file, off_t offset, int whence)
{
    (void)file;
    (void)offset;
    (void)whence;
    return 0;
}

int _kill(int process, int signal)
{
    (void)process;
    (void)signal;
    abort();
}

int _getpid(void)
{
    return 1;
}

/* DEVICE_CLOCK, in seconds since the epoch, is when the image believes to have been started. */
#ifndef DEVICE_CLOCK
#define DEVICE_CLOCK 0
#endif

int _gettimeofday(struct timeval *now, void *zone)
{
    (void)zone;
    now->tv_sec = (time_t)DEVICE_CLOCK + (time_t)(ticks_ms / 1000);
    now->tv_usec = (suseconds_t)(ticks_ms % 1000) * 1000;
    return 0;
}
