/* semihosting.c -- calls -> traps to the emulator */
#include "semihosting.h"

#include <stdint.h>
#include <string.h>

int semihosting(int operation, const void *argument)
{
    register int r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = argument;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

void semihosting_print(const char *text)
{
    (void)semihosting(SYS_WRITE0, text);
}

/* Opens a file, reads or writes it whole, and closes it. */
static int whole_file(const char *path, int mode, int operation, const void *data, size_t size)
{
    const uintptr_t open_block[] = {(uintptr_t)path, (uintptr_t)mode, strlen(path)};
    const int handle = semihosting(SYS_OPEN, open_block);
    const uintptr_t block[] = {(uintptr_t)handle, (uintptr_t)data, size};
    const uintptr_t close_block[] = {(uintptr_t)handle};
    int left;

    if (handle < 0)
        return -1;
    left = semihosting(operation, block);
    (void)semihosting(SYS_CLOSE, close_block);
    return left == 0 ? 0 : -1;
}

int semihosting_read_file(const char *path, void *data, size_t size)
{
    return whole_file(path, 1 /* "rb" */, SYS_READ, data, size);
}

int semihosting_write_file(const char *path, const void *data, size_t size)
{
    return whole_file(path, 5 /* "wb" */, SYS_WRITE, data, size);
}
