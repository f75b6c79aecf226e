/* network.h -- where tls_socket_open gets its transport from
 *
 * network_default() is TCP of the POSIX host, or of Mbed OS's default NetworkInterface
 * (network_mbed_os.h). Another stack (lwIP, a modem) is a struct network of your own.
 */
#ifndef TLSSOCKET_NETWORK_H
#define TLSSOCKET_NETWORK_H

#include "transport.h"

#ifdef __cplusplus
extern "C" {
#endif

struct network;

/* Room for one socket's state, inside struct tls_socket; its network alone reads and writes it. */
struct network_socket {
    const struct network *network; /* that opened it; NULL when it is not open */
    int fd;
    int timeout_ms;
    bool connecting;
    void (*callback)(void *argument);
    void *argument;
    void *handle; /* for networks whose sockets are pointers */
};

struct network {
    /* Fills *transport with one that is not connected yet, and keeps its state in *storage, which
     * comes zeroed but for its network. */
    nsapi_error_t (*open)(void *context, struct network_socket *storage,
                          struct network_transport *transport);
    void *context;
    /* Gives back what open took for *storage, after a last close; NULL if it takes nothing. */
    void (*free)(void *context, struct network_socket *storage);
};

/* Opens a transport on network, for programs that speak in the clear first; tls_socket_open does it
 * by itself. Both pointers are borrowed until network_free. Returns OK, or the network's error;
 * then there is nothing to free. */
nsapi_error_t network_open(const struct network *network, struct network_socket *storage,
                           struct network_transport *transport);

/* Gives back what network_open took. Close the transport first. Takes what is not open; may run
 * twice. */
void network_free(struct network_socket *storage);

/* TCP over IPv4 and IPv6. Its connect resolves the name by getaddrinfo, which has a time-out of
 * its own that the socket's cannot shorten; without waiting (time-out 0) only the first address
 * that answers to connect is tried. Borrowed, never freed. */
const struct network *network_default(void);

/* Waits until a socket of network_default() may be read (or, while sending waits, written), then
 * calls its sigio callback: there are no threads or signals behind it. Returns OK, TIMEOUT after
 * timeout_ms (-1 for ever), NO_CONNECTION, or DEVICE_ERROR. for_write asks for writable, too. */
nsapi_error_t network_wait(const struct network_transport *socket, bool for_write, int timeout_ms);

#ifdef __cplusplus
}
#endif

#endif
