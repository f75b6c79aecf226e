/* network_lwip.h -- TCP of lwIP's raw API as a struct network
 *
 *     static struct network_lwip lwip = {.run = run_the_stack};
 *     struct network network = network_lwip(&lwip);
 *     tls_socket_open(&socket, &network);
 *
 * For lwIP 2.1 and later with NO_SYS 1 and LWIP_TCP, and LWIP_DNS for names. Nothing takes memory
 * but lwIP itself. Define TLSSOCKET_LWIP, and compile src/tlssocket/ports/lwip/lwip_network.c.
 * Where lwIP has a thread of its own, make every call in that thread.
 */
#ifndef TLSSOCKET_NETWORK_LWIP_H
#define TLSSOCKET_NETWORK_LWIP_H

#ifdef TLSSOCKET_LWIP

#include "network.h"

#include <lwip/ip_addr.h>
#include <lwip/pbuf.h>
#include <lwip/tcp.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef NETWORK_LWIP_SOCKETS
#define NETWORK_LWIP_SOCKETS 2 /* open at once */
#endif

struct network_lwip_socket { /* the port's own */
    struct network_lwip *lwip;
    struct network_socket *storage; /* NULL: free */
    int phase;
    bool resolving; /* lwIP still holds this struct for an answer */
    bool ended;
    bool has_event;
    err_t error;
    ip_addr_t address;
    uint16_t port;
    char host[254];
    struct tcp_pcb *pcb;
    struct pbuf *received;
};

struct network_lwip {
    /* Lets lwIP get further: hands in the packets that have come and runs sys_check_timeouts().
     * Waits for a packet up to max_ms, less when a timer of lwIP's ends sooner. */
    void (*run)(void *context, uint32_t max_ms);
    void *context;
    struct network_lwip_socket sockets[NETWORK_LWIP_SOCKETS];
};

/* A network over lwip, which is borrowed and lives as long as lwIP itself: an answer of the DNS may
 * come after the socket that asked is gone. Open returns NO_SOCKET if all are open. A name is
 * looked up within the socket's time-out. close ends the connection and never waits: lwIP sends
 * what is left, and the end, as its timers run. The clock is sys_now(). */
struct network network_lwip(struct network_lwip *lwip);

/* Runs the stack for up to max_ms and calls the sigio callback of each socket that may get further.
 * For programs whose sockets do not wait; sockets that wait do it themselves. */
void network_lwip_run(struct network_lwip *lwip, uint32_t max_ms);

#ifdef __cplusplus
}
#endif

#endif
#endif
