/* lwip_network.c -- host and port -> a TCP connection of lwIP's raw API, as a struct
 * network_transport
 *
 * What lwIP calls back only notes what has happened. The functions that the socket calls run the
 * stack until there is something to return, and no callback of the program's runs inside lwIP. */
#ifdef TLSSOCKET_LWIP

#include "tlssocket/network_lwip.h"

#include <lwip/dns.h>
#include <lwip/sys.h>

#include <string.h>

#define LONGEST_RUN_MS 1000

enum phase { IDLE, RESOLVING, RESOLVED, CONNECTING, CONNECTED, FAILED };

static struct network_lwip_socket *socket_of(void *context)
{
    return ((struct network_socket *)context)->handle;
}

/* ---- what lwIP calls ---- */

static void on_found(const char *name, const ip_addr_t *address, void *argument)
{
    struct network_lwip_socket *s = argument;

    s->resolving = false;
    if (s->phase != RESOLVING || strcmp(name, s->host) != 0)
        return; /* asked by a connect that has been given up */
    s->phase = address != NULL ? RESOLVED : FAILED;
    s->has_event = true;
    if (address != NULL)
        s->address = *address;
}

static err_t on_connected(void *argument, struct tcp_pcb *pcb, err_t error)
{
    struct network_lwip_socket *s = argument;

    (void)pcb;
    (void)error; /* always OK */
    s->phase = CONNECTED;
    s->has_event = true;
    return ERR_OK;
}

/* lwIP has freed the pcb. */
static void on_error(void *argument, err_t error)
{
    struct network_lwip_socket *s = argument;

    s->pcb = NULL;
    s->error = error;
    s->has_event = true;
}

static err_t on_received(void *argument, struct tcp_pcb *pcb, struct pbuf *data, err_t error)
{
    struct network_lwip_socket *s = argument;

    (void)pcb;
    (void)error;
    s->has_event = true;
    if (data == NULL) {
        s->ended = true;
    } else if (s->received == NULL) {
        s->received = data;
    } else if ((unsigned)s->received->tot_len + data->tot_len <= 0xffff) {
        pbuf_cat(s->received, data);
    } else {
        return ERR_MEM; /* lwIP keeps it and offers it again */
    }
    return ERR_OK;
}

static err_t on_sent(void *argument, struct tcp_pcb *pcb, u16_t size)
{
    (void)pcb;
    (void)size;
    ((struct network_lwip_socket *)argument)->has_event = true;
    return ERR_OK;
}

/* ---- waiting ---- */

static void call_back(struct network_lwip *lwip)
{
    for (size_t i = 0; i < NETWORK_LWIP_SOCKETS; i++) {
        struct network_lwip_socket *s = &lwip->sockets[i];

        if (s->has_event && s->storage != NULL && s->storage->callback != NULL) {
            s->has_event = false;
            s->storage->callback(s->storage->argument);
        }
        s->has_event = false;
    }
}

void network_lwip_run(struct network_lwip *lwip, uint32_t max_ms)
{
    lwip->run(lwip->context, max_ms);
    call_back(lwip);
}

/* Runs the stack for what the socket may wait. Returns false once its time-out has passed since
 * started_ms. */
static bool wait_since(struct network_lwip_socket *s, uint32_t started_ms)
{
    const uint32_t elapsed_ms = sys_now() - started_ms;
    uint32_t max_ms = LONGEST_RUN_MS;

    if (s->storage->timeout_ms >= 0) {
        const uint32_t timeout_ms = (uint32_t)s->storage->timeout_ms;

        if (elapsed_ms >= timeout_ms)
            return false;
        if (timeout_ms - elapsed_ms < max_ms)
            max_ms = timeout_ms - elapsed_ms;
    }
    network_lwip_run(s->lwip, max_ms);
    return s->storage != NULL;
}

/* ---- the transport ---- */

static nsapi_error_t lwip_close(void *context)
{
    struct network_lwip_socket *s = socket_of(context);
    struct tcp_pcb *const pcb = s->pcb;
    struct pbuf *const received = s->received;

    s->pcb = NULL;
    s->received = NULL;
    s->phase = IDLE;
    s->ended = false;
    s->error = ERR_OK;
    if (pcb != NULL) {
        tcp_arg(pcb, NULL);
        tcp_err(pcb, NULL);
        tcp_recv(pcb, NULL);
        tcp_sent(pcb, NULL);
        if (tcp_close(pcb) != ERR_OK)
            tcp_abort(pcb);
    }
    if (received != NULL)
        (void)pbuf_free(received);
    return NSAPI_ERROR_OK;
}

static nsapi_error_t resolve(struct network_lwip_socket *s, const char *host, uint16_t port)
{
    err_t error;

    if (strlen(host) >= sizeof s->host)
        return NSAPI_ERROR_PARAMETER;
    memcpy(s->host, host, strlen(host) + 1);
    s->port = port;
    s->phase = RESOLVED;
    if (ipaddr_aton(host, &s->address))
        return NSAPI_ERROR_OK;
#if LWIP_DNS
    s->phase = RESOLVING;
    error = dns_gethostbyname(s->host, &s->address, on_found, s);
    if (error == ERR_OK)
        s->phase = RESOLVED;
    s->resolving = s->resolving || error == ERR_INPROGRESS;
#else
    error = ERR_ARG;
#endif
    return error == ERR_OK || error == ERR_INPROGRESS ? NSAPI_ERROR_OK : NSAPI_ERROR_DNS_FAILURE;
}

static nsapi_error_t from_lwip(err_t error)
{
    switch (error) {
    case ERR_OK:
        return NSAPI_ERROR_OK;
    case ERR_MEM:
    case ERR_BUF:
        return NSAPI_ERROR_NO_MEMORY;
    case ERR_RTE:
        return NSAPI_ERROR_NO_ADDRESS;
    default:
        return NSAPI_ERROR_NO_CONNECTION;
    }
}

static nsapi_error_t start_tcp(struct network_lwip_socket *s)
{
    s->pcb = tcp_new_ip_type(IP_GET_TYPE(&s->address));
    if (s->pcb == NULL)
        return NSAPI_ERROR_NO_MEMORY;
    tcp_arg(s->pcb, s);
    tcp_err(s->pcb, on_error);
    tcp_recv(s->pcb, on_received);
    tcp_sent(s->pcb, on_sent);
    s->phase = CONNECTING;
    return from_lwip(tcp_connect(s->pcb, &s->address, s->port, on_connected));
}

/* How the connection stands: OK, IN_PROGRESS or what ended it. */
static nsapi_error_t go_on(struct network_lwip_socket *s)
{
    nsapi_error_t error;

    if (s->phase == FAILED)
        return NSAPI_ERROR_DNS_FAILURE;
    if (s->error != ERR_OK)
        return NSAPI_ERROR_NO_CONNECTION;
    if (s->phase == RESOLVED && (error = start_tcp(s)) != NSAPI_ERROR_OK)
        return error;
    return s->phase == CONNECTED ? NSAPI_ERROR_OK : NSAPI_ERROR_IN_PROGRESS;
}

static nsapi_error_t lwip_connect(void *context, const char *host, uint16_t port)
{
    struct network_lwip_socket *s = socket_of(context);
    const uint32_t started_ms = sys_now();
    nsapi_error_t error = NSAPI_ERROR_OK;

    if (s->phase == CONNECTED)
        return NSAPI_ERROR_IS_CONNECTED;
    if (s->phase == IDLE)
        error = resolve(s, host, port);
    else if (s->storage->timeout_ms == 0)
        network_lwip_run(s->lwip, 0);
    while (error == NSAPI_ERROR_OK && (error = go_on(s)) == NSAPI_ERROR_IN_PROGRESS) {
        if (s->storage->timeout_ms == 0)
            return error;
        error = wait_since(s, started_ms) ? NSAPI_ERROR_OK : NSAPI_ERROR_CONNECTION_TIMEOUT;
        if (error == NSAPI_ERROR_OK && s->phase == IDLE)
            error = NSAPI_ERROR_NO_CONNECTION; /* a callback has closed it */
    }
    if (error != NSAPI_ERROR_OK)
        (void)lwip_close(context);
    return error;
}

/* Hands lwIP as much as it takes now. Returns how much, 0 if nothing. */
static size_t write_now(struct tcp_pcb *pcb, const void *data, size_t size)
{
    size_t n = size < tcp_sndbuf(pcb) ? size : tcp_sndbuf(pcb);

    while (n > 0 && tcp_write(pcb, data, (u16_t)n, TCP_WRITE_FLAG_COPY) != ERR_OK)
        n /= 2;
    (void)tcp_output(pcb);
    return n;
}

static nsapi_size_or_error_t lwip_send(void *context, const void *data, size_t size)
{
    struct network_lwip_socket *s = socket_of(context);
    const uint32_t started_ms = sys_now();

    if (s->phase != CONNECTED)
        return NSAPI_ERROR_NO_CONNECTION;
    if (size == 0)
        return 0;
    do {
        size_t n;

        if (s->phase != CONNECTED || s->pcb == NULL)
            return NSAPI_ERROR_CONNECTION_LOST;
        if ((n = write_now(s->pcb, data, size)) > 0)
            return (nsapi_size_or_error_t)n;
    } while (wait_since(s, started_ms));
    network_lwip_run(s->lwip, 0);
    return NSAPI_ERROR_WOULD_BLOCK;
}

static nsapi_size_or_error_t take_received(struct network_lwip_socket *s, void *data, size_t size)
{
    const u16_t wanted = (u16_t)(size < 0xffff ? size : 0xffff);
    const u16_t n = pbuf_copy_partial(s->received, data, wanted, 0);

    s->received = pbuf_free_header(s->received, n);
    if (s->pcb != NULL)
        tcp_recved(s->pcb, n);
    return n;
}

static nsapi_size_or_error_t lwip_recv(void *context, void *data, size_t size)
{
    struct network_lwip_socket *s = socket_of(context);
    const uint32_t started_ms = sys_now();

    if (s->phase != CONNECTED)
        return NSAPI_ERROR_NO_CONNECTION;
    if (s->received == NULL && s->storage->timeout_ms == 0)
        network_lwip_run(s->lwip, 0);
    do {
        if (s->phase != CONNECTED)
            return NSAPI_ERROR_NO_CONNECTION;
        if (s->received != NULL)
            return take_received(s, data, size);
        if (s->ended)
            return 0;
        if (s->pcb == NULL)
            return NSAPI_ERROR_CONNECTION_LOST;
    } while (wait_since(s, started_ms));
    return NSAPI_ERROR_WOULD_BLOCK;
}

static nsapi_error_t lwip_set_timeout(void *context, int timeout_ms)
{
    ((struct network_socket *)context)->timeout_ms = timeout_ms;
    return NSAPI_ERROR_OK;
}

static uint32_t lwip_now_ms(void *context)
{
    (void)context;
    return sys_now();
}

static void lwip_sigio(void *context, void (*callback)(void *argument), void *argument)
{
    struct network_socket *storage = context;

    storage->callback = callback;
    storage->argument = argument;
}

static nsapi_error_t lwip_getpeername(void *context, struct network_address *address)
{
    const struct network_lwip_socket *s = socket_of(context);

    if (s->phase != CONNECTED)
        return NSAPI_ERROR_NO_CONNECTION;
    if (ipaddr_ntoa_r(&s->address, address->ip, sizeof address->ip) == NULL)
        return NSAPI_ERROR_NO_ADDRESS;
    address->port = s->port;
    return NSAPI_ERROR_OK;
}

static const struct network_transport_ops lwip_ops = {
    .connect = lwip_connect,
    .send = lwip_send,
    .recv = lwip_recv,
    .close = lwip_close,
    .set_timeout = lwip_set_timeout,
    .now_ms = lwip_now_ms,
    .sigio = lwip_sigio,
    .getpeername = lwip_getpeername,
};

static nsapi_error_t lwip_open(void *context, struct network_socket *storage,
                               struct network_transport *transport)
{
    struct network_lwip *lwip = context;

    for (size_t i = 0; i < NETWORK_LWIP_SOCKETS; i++) {
        struct network_lwip_socket *s = &lwip->sockets[i];

        if (s->storage != NULL)
            continue;
        s->lwip = lwip;
        s->storage = storage;
        s->phase = IDLE;
        storage->handle = s;
        storage->timeout_ms = -1;
        *transport = (struct network_transport){.ops = &lwip_ops, .context = storage};
        return NSAPI_ERROR_OK;
    }
    return NSAPI_ERROR_NO_SOCKET;
}

static void lwip_free(void *context, struct network_socket *storage)
{
    struct network_lwip_socket *s = storage->handle;

    (void)context;
    (void)lwip_close(storage);
    s->storage = NULL;
}

struct network network_lwip(struct network_lwip *lwip)
{
    return (struct network){.open = lwip_open, .context = lwip, .free = lwip_free};
}

#else
typedef int lwip_network_is_off; /* C99 wants a declaration in every file */
#endif
