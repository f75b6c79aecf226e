/* start.c -- reset -> main(argc, argv) -> the emulator's exit status, with what memory it took
 *
 * On the way out the image prints "device: heap peak N bytes, stack peak N bytes". A fault, or a
 * stack that outgrew its space, ends it with status 99.
 */
#include "semihosting.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"

/* Of link.ld. */
extern uint32_t data_source[], data_start[], data_end[], bss_start[], bss_end[];
extern uint32_t stack_bottom[], stack_top[];

#define PAINT 0xA5A5A5A5u
#define ARGUMENT_COUNT_MAX 8
#define FAILED 99

int main(int argc, char *argv[]);
void reset(void);

static void end(int status)
{
    static const int application_exit = 0x20026; /* ADP_Stopped_ApplicationExit */
    const uintptr_t block[] = {(uintptr_t)application_exit, (uintptr_t)status};

    (void)semihosting(SYS_EXIT_EXTENDED, block);
    for (;;) {
    }
}

static void fault(void)
{
    semihosting_print("device: fault\n");
    end(FAILED);
}

/* Exceptions 1 to 15 (ARMv7-M, B1.5.2); the word before them, the stack's top, is link.ld's. */
__attribute__((section(".vectors"), used)) static void (*const vectors[])(void) = {
    reset, fault, fault, fault, fault, fault, NULL,       NULL,
    NULL,  NULL,  fault, fault, NULL,  fault, board_tick,
};

/* Splits the command line in place at its blanks. */
static int split(char *line, char *argv[])
{
    int argc = 0;
    char *word;

    for (word = strtok(line, " "); word != NULL && argc < ARGUMENT_COUNT_MAX;
         word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return argc;
}

static int run_main(void)
{
    static char line[256];
    char *argv[ARGUMENT_COUNT_MAX + 1];
    const uintptr_t block[] = {(uintptr_t)line, sizeof line};

    if (semihosting(SYS_GET_CMDLINE, block) != 0)
        line[0] = '\0';
    return main(split(line, argv), argv);
}

/* The lowest word of the stack's space that was ever written to. */
static const uint32_t *stack_reached(void)
{
    const uint32_t *word = stack_bottom;

    while (word < stack_top && *word == PAINT)
        word++;
    return word;
}

void _exit(int status)
{
    const uint32_t *reached = stack_reached();
    char text[80];

    snprintf(text, sizeof text, "device: heap peak %lu bytes, stack peak %lu bytes\n",
             (unsigned long)board_heap_peak(),
             (unsigned long)((uintptr_t)stack_top - (uintptr_t)reached));
    semihosting_print(text);
    if (reached == stack_bottom) {
        semihosting_print("device: stack overflow\n");
        status = FAILED;
    }
    end(status);
}

void reset(void)
{
    uint32_t *word;

    memcpy(data_start, data_source, (uintptr_t)data_end - (uintptr_t)data_start);
    memset(bss_start, 0, (uintptr_t)bss_end - (uintptr_t)bss_start);
    for (word = stack_bottom; word < (uint32_t *)__builtin_frame_address(0) - 16; word++)
        *word = PAINT;
    board_start();
    exit(run_main());
}
