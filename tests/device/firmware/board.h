/* board.h -- the emulated board: a clock and a heap */
#ifndef FIRMWARE_BOARD_H
#define FIRMWARE_BOARD_H

#include <stddef.h>
#include <stdint.h>

/* Starts the clock. */
void board_start(void);

/* The interrupt of the clock, every millisecond. */
void board_tick(void);

/* Milliseconds since the start; wraps around. */
uint32_t board_now_ms(void);

/* Bytes over the UART since the start, both ways. */
extern size_t board_uart_sent, board_uart_received;

/* How far the heap ever grew, in bytes. */
size_t board_heap_peak(void);

#endif
