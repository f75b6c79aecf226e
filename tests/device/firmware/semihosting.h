/* semihosting.h -- what the emulator (or a debugger) does for the image */
#ifndef FIRMWARE_SEMIHOSTING_H
#define FIRMWARE_SEMIHOSTING_H

#include <stddef.h>

/* Arm's "Semihosting for AArch32 and AArch64", section 7: operation numbers. */
enum {
    SYS_OPEN = 0x01,
    SYS_CLOSE = 0x02,
    SYS_WRITE0 = 0x04,
    SYS_WRITE = 0x05,
    SYS_READ = 0x06,
    SYS_GET_CMDLINE = 0x15,
    SYS_EXIT_EXTENDED = 0x20
};

/* Traps to the emulator. Returns what the operation returns. */
int semihosting(int operation, const void *argument);

/* Writes a string to the emulator's output. */
void semihosting_print(const char *text);

/* Fills data from a file of the host. Returns 0, or -1 if there is less or none. */
int semihosting_read_file(const char *path, void *data, size_t size);

/* Writes a file of the host anew. Returns 0, or -1 if that failed. */
int semihosting_write_file(const char *path, const void *data, size_t size);

#endif
