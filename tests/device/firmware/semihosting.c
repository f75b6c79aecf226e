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

int semihosting_read_file(const char *path, void *data, size_t size)
{
    const uintptr_t open_block[] = {(uintptr_t)path, 1 /* "rb" */, strlen(path)};
    const int handle = semihosting(SYS_OPEN, open_block);
    const uintptr_t read_block[] = {(uintptr_t)handle, (uintptr_t)data, size};
    const uintptr_t close_block[] = {(uintptr_t)handle};
    int unread;

    if (handle < 0)
        return -1;
    unread = semihosting(SYS_READ, read_block);
    (void)semihosting(SYS_CLOSE, close_block);
    return unread == 0 ? 0 : -1;
}
