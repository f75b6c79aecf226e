/* uart_network.c -- a UART as the network of tlssocket: an example of porting it
 *
 * At the other end of the line something takes the bytes to the server: here QEMU's
 * `-serial tcp:`, elsewhere a modem in transparent mode. So there is nothing to connect and
 * nothing to close, and the end of the stream is TLS's close_notify.
 *
 * To port tlssocket, write these five functions for your stack and name them in a struct
 * network_transport_ops. This one polls. That is enough where the sender waits for the receiver, as
 * QEMU does; a UART without flow control needs a receive interrupt and a buffer in front of
 * uart_recv().
 */
#include "tlssocket/network.h"

#include "board.h"

/* Arm Cortex-M System Design Kit, 4.3: CMSDK APB UART. UART 0 of the board. */
struct uart {
    volatile uint32_t data;
    volatile uint32_t state;
    volatile uint32_t control;
    volatile uint32_t interrupt;
    volatile uint32_t divider;
};
#define UART ((struct uart *)0x40004000)
#define STATE_TX_FULL 1u
#define STATE_RX_FULL 2u
#define CONTROL_TX_RX_ON 3u
#define DIVIDER_MIN 16u

size_t board_uart_sent, board_uart_received;

/* Waits for the flags of the state register to become want, as long as the socket may. */
static bool wait_for(const struct network_socket *uart, uint32_t flag, uint32_t want)
{
    const uint32_t started_ms = board_now_ms();

    while ((UART->state & flag) != want)
        if (uart->timeout_ms >= 0 && board_now_ms() - started_ms >= (uint32_t)uart->timeout_ms)
            return false;
    return true;
}

static nsapi_error_t uart_connect(void *context, const char *host, uint16_t port)
{
    (void)context;
    (void)host;
    (void)port;
    return NSAPI_ERROR_OK;
}

static nsapi_size_or_error_t uart_send(void *context, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    size_t sent = 0;

    while (sent < size && wait_for(context, STATE_TX_FULL, 0))
        UART->data = bytes[sent++];
    board_uart_sent += sent;
    return sent > 0 ? (nsapi_size_or_error_t)sent : NSAPI_ERROR_WOULD_BLOCK;
}

static nsapi_size_or_error_t uart_recv(void *context, void *data, size_t size)
{
    unsigned char *bytes = data;
    size_t received = 0;

    if (size == 0 || !wait_for(context, STATE_RX_FULL, STATE_RX_FULL))
        return NSAPI_ERROR_WOULD_BLOCK;
    do
        bytes[received++] = (unsigned char)UART->data;
    while (received < size && (UART->state & STATE_RX_FULL) != 0);
    board_uart_received += received;
    return (nsapi_size_or_error_t)received;
}

static nsapi_error_t uart_close(void *context)
{
    (void)context;
    return NSAPI_ERROR_OK;
}

static nsapi_error_t uart_set_timeout(void *context, int timeout_ms)
{
    struct network_socket *uart = context;

    uart->timeout_ms = timeout_ms;
    return NSAPI_ERROR_OK;
}

static uint32_t uart_now_ms(void *context)
{
    (void)context;
    return board_now_ms();
}

static nsapi_error_t uart_open(void *context, struct network_socket *storage,
                               struct network_transport *socket)
{
    static const struct network_transport_ops ops = {
        .connect = uart_connect,
        .send = uart_send,
        .recv = uart_recv,
        .close = uart_close,
        .set_timeout = uart_set_timeout,
        .now_ms = uart_now_ms,
    };

    (void)context;
    UART->divider = DIVIDER_MIN;
    UART->control = CONTROL_TX_RX_ON;
    storage->timeout_ms = -1;
    socket->ops = &ops;
    socket->context = storage;
    return NSAPI_ERROR_OK;
}

const struct network *network_default(void)
{
    static const struct network uart = {.open = uart_open};

    return &uart;
}
