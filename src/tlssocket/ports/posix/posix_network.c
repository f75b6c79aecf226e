/* posix_network.c -- host and port -> a TCP connection of the POSIX host, as a struct
 * network_transport */
#if defined(__unix__) || defined(__APPLE__)

#include "tlssocket/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static const struct {
    int error;
    nsapi_error_t nsapi;
} errno_values[] = {
    {EAGAIN, NSAPI_ERROR_WOULD_BLOCK},         {EINTR, NSAPI_ERROR_WOULD_BLOCK},
    {ECONNRESET, NSAPI_ERROR_CONNECTION_LOST}, {EPIPE, NSAPI_ERROR_CONNECTION_LOST},
    {ENETDOWN, NSAPI_ERROR_CONNECTION_LOST},   {ECONNREFUSED, NSAPI_ERROR_NO_CONNECTION},
    {EHOSTUNREACH, NSAPI_ERROR_NO_CONNECTION}, {ENETUNREACH, NSAPI_ERROR_NO_CONNECTION},
    {ENOTCONN, NSAPI_ERROR_NO_CONNECTION},     {ETIMEDOUT, NSAPI_ERROR_CONNECTION_TIMEOUT},
    {EADDRINUSE, NSAPI_ERROR_ADDRESS_IN_USE},  {EADDRNOTAVAIL, NSAPI_ERROR_NO_ADDRESS},
    {ENOMEM, NSAPI_ERROR_NO_MEMORY},           {ENOBUFS, NSAPI_ERROR_NO_MEMORY},
    {EMFILE, NSAPI_ERROR_NO_MEMORY},           {ENFILE, NSAPI_ERROR_NO_MEMORY},
    {ENOPROTOOPT, NSAPI_ERROR_UNSUPPORTED},
};

static nsapi_error_t from_errno(int error)
{
    for (size_t i = 0; i < sizeof errno_values / sizeof errno_values[0]; i++)
        if (errno_values[i].error == error)
            return errno_values[i].nsapi;
    return NSAPI_ERROR_DEVICE_ERROR;
}

static uint32_t tcp_now_ms(void *context)
{
    struct timespec now;

    (void)context;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint32_t)((uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000);
}

/* What of timeout_ms is left since started_ms. */
static int time_left_ms(uint32_t started_ms, int timeout_ms)
{
    const uint32_t elapsed_ms = tcp_now_ms(NULL) - started_ms;

    if (timeout_ms <= 0)
        return timeout_ms;
    return elapsed_ms >= (uint32_t)timeout_ms ? 0 : timeout_ms - (int)elapsed_ms;
}

/* Returns OK when fd is ready, WOULD_BLOCK when timeout_ms passed first. Signals do not matter. */
static nsapi_error_t wait_until_ready(int fd, short events, int timeout_ms)
{
    const uint32_t started_ms = tcp_now_ms(NULL);
    struct pollfd ready = {.fd = fd, .events = events};
    int count;

    do
        count = poll(&ready, 1, time_left_ms(started_ms, timeout_ms));
    while (count < 0 && errno == EINTR);
    if (count < 0)
        return from_errno(errno);
    return count == 0 ? NSAPI_ERROR_WOULD_BLOCK : NSAPI_ERROR_OK;
}

static nsapi_error_t tcp_close(void *context)
{
    struct network_socket *tcp = context;
    const int fd = tcp->fd;

    tcp->fd = -1;
    tcp->connecting = false;
    /* After EINTR the descriptor is gone on Linux, and in an unknown state elsewhere. */
    return fd < 0 || close(fd) == 0 || errno == EINTR ? NSAPI_ERROR_OK : from_errno(errno);
}

static int open_descriptor(int family)
{
    const int fd = socket(family, SOCK_STREAM, IPPROTO_TCP);

    if (fd >= 0 && (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)) {
        (void)close(fd);
        return -1;
    }
#ifdef SO_NOSIGPIPE
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
    return fd;
}

/* How the connection that is under way stands. */
static nsapi_error_t finish_connect(struct network_socket *tcp, int timeout_ms)
{
    int error = 0;
    socklen_t size = sizeof error;
    const nsapi_error_t waited = wait_until_ready(tcp->fd, POLLOUT, timeout_ms);

    if (waited == NSAPI_ERROR_WOULD_BLOCK && timeout_ms == 0 && tcp->timeout_ms == 0)
        return NSAPI_ERROR_IN_PROGRESS;
    if (waited == NSAPI_ERROR_WOULD_BLOCK)
        return NSAPI_ERROR_CONNECTION_TIMEOUT;
    if (waited != NSAPI_ERROR_OK)
        return waited;
    if (getsockopt(tcp->fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    if (error != 0)
        return from_errno(error);
    tcp->connecting = false;
    return NSAPI_ERROR_OK;
}

static nsapi_error_t connect_to(struct network_socket *tcp, const struct addrinfo *address,
                                int timeout_ms)
{
    tcp->fd = open_descriptor(address->ai_family);
    if (tcp->fd < 0)
        return from_errno(errno);
    if (connect(tcp->fd, address->ai_addr, address->ai_addrlen) == 0)
        return NSAPI_ERROR_OK;
    if (errno != EINPROGRESS && errno != EINTR)
        return from_errno(errno);
    tcp->connecting = true;
    return finish_connect(tcp, timeout_ms);
}

static nsapi_error_t connect_to_name(struct network_socket *tcp, const char *host, uint16_t port)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    const uint32_t started_ms = tcp_now_ms(NULL);
    struct addrinfo *addresses;
    nsapi_error_t error = NSAPI_ERROR_NO_ADDRESS;
    char service[6];

    (void)snprintf(service, sizeof service, "%u", (unsigned)port);
    if (getaddrinfo(host, service, &hints, &addresses) != 0)
        return NSAPI_ERROR_DNS_FAILURE;
    for (const struct addrinfo *a = addresses; a != NULL; a = a->ai_next) {
        error = connect_to(tcp, a, time_left_ms(started_ms, tcp->timeout_ms));
        if (error == NSAPI_ERROR_OK || error == NSAPI_ERROR_IN_PROGRESS)
            break;
        (void)tcp_close(tcp);
    }
    freeaddrinfo(addresses);
    return error;
}

static nsapi_error_t tcp_connect(void *context, const char *host, uint16_t port)
{
    struct network_socket *tcp = context;
    nsapi_error_t error;

    if (!tcp->connecting)
        return tcp->fd >= 0 ? NSAPI_ERROR_IS_CONNECTED : connect_to_name(tcp, host, port);
    error = finish_connect(tcp, tcp->timeout_ms);
    if (error != NSAPI_ERROR_OK && error != NSAPI_ERROR_IN_PROGRESS)
        (void)tcp_close(tcp);
    return error;
}

static int limited(size_t size)
{
    return size > INT_MAX ? INT_MAX : (int)size;
}

static nsapi_size_or_error_t tcp_send(void *context, const void *data, size_t size)
{
    struct network_socket *tcp = context;
    nsapi_error_t waited = NSAPI_ERROR_OK;
    ssize_t sent;

    if (tcp->fd < 0)
        return NSAPI_ERROR_NO_CONNECTION;
    while ((sent = send(tcp->fd, data, (size_t)limited(size), MSG_NOSIGNAL)) < 0 &&
           (errno == EINTR || errno == EAGAIN) && waited == NSAPI_ERROR_OK)
        waited = wait_until_ready(tcp->fd, POLLOUT, tcp->timeout_ms);
    return sent >= 0 ? (nsapi_size_or_error_t)sent : from_errno(errno);
}

static nsapi_size_or_error_t tcp_recv(void *context, void *data, size_t size)
{
    struct network_socket *tcp = context;
    nsapi_error_t waited = NSAPI_ERROR_OK;
    ssize_t received;

    if (tcp->fd < 0)
        return NSAPI_ERROR_NO_CONNECTION;
    while ((received = recv(tcp->fd, data, (size_t)limited(size), 0)) < 0 &&
           (errno == EINTR || errno == EAGAIN) && waited == NSAPI_ERROR_OK)
        waited = wait_until_ready(tcp->fd, POLLIN, tcp->timeout_ms);
    return received >= 0 ? (nsapi_size_or_error_t)received : from_errno(errno);
}

static nsapi_error_t tcp_set_timeout(void *context, int timeout_ms)
{
    ((struct network_socket *)context)->timeout_ms = timeout_ms;
    return NSAPI_ERROR_OK;
}

static void tcp_sigio(void *context, void (*callback)(void *argument), void *argument)
{
    struct network_socket *tcp = context;

    tcp->callback = callback;
    tcp->argument = argument;
}

static nsapi_error_t tcp_setsockopt(void *context, int level, int option, const void *value,
                                    unsigned size)
{
    const struct network_socket *tcp = context;

    return setsockopt(tcp->fd, level, option, value, (socklen_t)size) == 0 ? NSAPI_ERROR_OK
                                                                           : from_errno(errno);
}

static nsapi_error_t tcp_getsockopt(void *context, int level, int option, void *value,
                                    unsigned *size)
{
    const struct network_socket *tcp = context;
    socklen_t length = (socklen_t)*size;

    if (getsockopt(tcp->fd, level, option, value, &length) != 0)
        return from_errno(errno);
    *size = (unsigned)length;
    return NSAPI_ERROR_OK;
}

static nsapi_error_t tcp_getpeername(void *context, struct network_address *address)
{
    const struct network_socket *tcp = context;
    struct sockaddr_storage peer;
    socklen_t size = sizeof peer;
    char service[6];

    if (tcp->fd < 0)
        return NSAPI_ERROR_NO_CONNECTION;
    if (getpeername(tcp->fd, (struct sockaddr *)&peer, &size) != 0)
        return from_errno(errno);
    if (getnameinfo((struct sockaddr *)&peer, size, address->ip, sizeof address->ip, service,
                    sizeof service, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return NSAPI_ERROR_NO_ADDRESS;
    address->port = peer.ss_family == AF_INET6 ? ntohs(((struct sockaddr_in6 *)&peer)->sin6_port)
                                               : ntohs(((struct sockaddr_in *)&peer)->sin_port);
    return NSAPI_ERROR_OK;
}

/* No bind: connect makes the descriptor, once it knows the address family. */
static const struct network_transport_ops tcp_ops = {
    .connect = tcp_connect,
    .send = tcp_send,
    .recv = tcp_recv,
    .close = tcp_close,
    .set_timeout = tcp_set_timeout,
    .now_ms = tcp_now_ms,
    .sigio = tcp_sigio,
    .setsockopt = tcp_setsockopt,
    .getsockopt = tcp_getsockopt,
    .getpeername = tcp_getpeername,
};

static nsapi_error_t tcp_open(void *context, struct network_socket *storage,
                              struct network_transport *tcp)
{
    (void)context;
    storage->fd = -1;
    storage->timeout_ms = -1;
    *tcp = (struct network_transport){.ops = &tcp_ops, .context = storage};
    return NSAPI_ERROR_OK;
}

const struct network *network_default(void)
{
    static const struct network posix_network = {.open = tcp_open};

    return &posix_network;
}

nsapi_error_t network_wait(const struct network_transport *socket, bool for_write, int timeout_ms)
{
    const struct network_socket *tcp = socket->context;
    const short events = (short)(tcp->connecting || for_write ? POLLIN | POLLOUT : POLLIN);
    nsapi_error_t waited;

    if (tcp->fd < 0)
        return NSAPI_ERROR_NO_CONNECTION;
    waited = wait_until_ready(tcp->fd, events, timeout_ms);
    if (waited == NSAPI_ERROR_OK && tcp->callback != NULL)
        tcp->callback(tcp->argument);
    return waited == NSAPI_ERROR_WOULD_BLOCK ? NSAPI_ERROR_TIMEOUT : waited;
}

#else
typedef int posix_network_is_off; /* C99 wants a declaration in every file */
#endif
