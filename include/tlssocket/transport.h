/* transport.h -- what TLS runs over: any byte stream, as a table of operations and a context
 *
 * TCP on POSIX ships as network_default() (network.h). A UART, a modem or a test double is a
 * struct network_transport_ops with the operations that it has; the rest stay NULL.
 */
#ifndef TLSSOCKET_TRANSPORT_H
#define TLSSOCKET_TRANSPORT_H

#include "nsapi_types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A peer's address: the numeric form of IPv4 or IPv6, NUL-terminated, and the port. */
struct network_address {
    char ip[46];
    uint16_t port;
};

/* The operations of a transport. send, recv and set_timeout are needed for TLS; now_ms is needed
 * for time-outs (without it tls_socket_wrapper_set_timeout refuses all but 0 and -1); connect and
 * close where the TRANSPORT_ mode uses them. A missing one answers NSAPI_ERROR_UNSUPPORTED. */
struct network_transport_ops {
    /* Connects to host:port. Returns OK, IS_CONNECTED if it already was, IN_PROGRESS or ALREADY
     * while a connection without waiting is under way (call again with the same arguments), or
     * another error. After an error it can be called again. */
    nsapi_error_t (*connect)(void *context, const char *host, uint16_t port);
    /* Returns how many bytes (1 to size) were taken, WOULD_BLOCK when the time-out passed before
     * one was, or another error. */
    nsapi_size_or_error_t (*send)(void *context, const void *data, size_t size);
    /* Returns how many bytes (1 to size) came, 0 at the end of the stream, WOULD_BLOCK when the
     * time-out passed before one came, or another error. */
    nsapi_size_or_error_t (*recv)(void *context, void *data, size_t size);
    /* Ends the connection without waiting. May be called again, and without a connection. */
    nsapi_error_t (*close)(void *context);
    /* How long one later call may wait: -1 for ever, 0 not at all, else milliseconds. */
    nsapi_error_t (*set_timeout)(void *context, int timeout_ms);
    /* A clock in milliseconds that only goes forward; it may wrap around. */
    uint32_t (*now_ms)(void *context);
    /* Calls callback(argument) whenever send or recv may get further than before; NULL stops it. */
    void (*sigio)(void *context, void (*callback)(void *argument), void *argument);
    nsapi_error_t (*bind)(void *context, const struct network_address *address);
    /* Option names and values are the transport's own. */
    nsapi_error_t (*setsockopt)(void *context, int level, int option, const void *value,
                                unsigned size);
    nsapi_error_t (*getsockopt)(void *context, int level, int option, void *value, unsigned *size);
    nsapi_error_t (*getpeername)(void *context, struct network_address *address);
};

/* A transport. The caller owns both; they outlive every TLS socket on top of them. */
struct network_transport {
    const struct network_transport_ops *ops;
    void *context;
};

/* Call the operation of that name. NO_SOCKET if socket is NULL, UNSUPPORTED if it has none.
 * They let a program talk in the clear first and upgrade afterwards (STARTTLS, RFC 3207). */
nsapi_error_t network_transport_connect(const struct network_transport *socket, const char *host,
                                        uint16_t port);
nsapi_size_or_error_t network_transport_send(const struct network_transport *socket,
                                             const void *data, size_t size);
nsapi_size_or_error_t network_transport_recv(const struct network_transport *socket, void *data,
                                             size_t size);
nsapi_error_t network_transport_close(const struct network_transport *socket);
nsapi_error_t network_transport_set_timeout(const struct network_transport *socket, int timeout_ms);
/* The same as a time-out of -1 (blocking) or 0. */
nsapi_error_t network_transport_set_blocking(const struct network_transport *socket, bool blocking);
nsapi_error_t network_transport_sigio(const struct network_transport *socket,
                                      void (*callback)(void *argument), void *argument);
nsapi_error_t network_transport_bind(const struct network_transport *socket,
                                     const struct network_address *address);
nsapi_error_t network_transport_setsockopt(const struct network_transport *socket, int level,
                                           int option, const void *value, unsigned size);
nsapi_error_t network_transport_getsockopt(const struct network_transport *socket, int level,
                                           int option, void *value, unsigned *size);
nsapi_error_t network_transport_getpeername(const struct network_transport *socket,
                                            struct network_address *address);

#ifdef __cplusplus
}
#endif

#endif
