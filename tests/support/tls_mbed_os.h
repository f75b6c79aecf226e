/* tls_mbed_os.h -- the classes of Mbed OS that ports/mbed-os uses, over the server in memory
 *
 * Written from their documented interface: NetworkInterface, SocketAddress, TCPSocket, EventFlags,
 * Callback; so much of them as the adapter calls, and as 5.11 to 6.17 and CE have it. Time is
 * tls_mem's. The headers in tls_mbed_os/ have the names that programs include.
 */
#ifndef TLS_MBED_OS_H
#define TLS_MBED_OS_H

#include "tlssocket/nsapi_types.h"

#include <stddef.h>
#include <stdint.h>

struct tls_mem;

namespace mbed
{

template <typename F> class Callback;

/* A function and its argument; 0 is none. */
template <> class Callback<void()>
{
  public:
    Callback() : _function(0), _object(0)
    {
    }
    Callback(void (*function)(void *), void *object) : _function(function), _object(object)
    {
    }

    void operator()() const
    {
        _function(_object);
    }

    bool is_set() const
    {
        return _function != 0;
    }

  private:
    void (*_function)(void *);
    void *_object;
};

template <typename T> struct BoundFunction {
    void (*function)(T *);
    T *object;

    static void call(void *bound)
    {
        BoundFunction *self = static_cast<BoundFunction *>(bound);
        self->function(self->object);
    }
};

/* The real one keeps a copy of both inside Callback; here the last one of each type is kept. */
template <typename T> Callback<void()> callback(void (*function)(T *), T *object)
{
    static BoundFunction<T> bound;

    bound.function = function;
    bound.object = object;
    return Callback<void()>(&BoundFunction<T>::call, &bound);
}

} // namespace mbed

namespace rtos
{

class EventFlags
{
  public:
    EventFlags() : _flags(0)
    {
    }
    uint32_t set(uint32_t flags);
    uint32_t wait_any(uint32_t flags, uint32_t milliseconds, bool clear = true);

  private:
    uint32_t _flags;
};

} // namespace rtos

class SocketAddress
{
  public:
    SocketAddress();
    SocketAddress(const char *ip, uint16_t port = 0);
    bool set_ip_address(const char *ip);
    void set_port(uint16_t port);
    const char *get_ip_address() const; /* NULL if there is none */
    uint16_t get_port() const;

  private:
    char _ip[46];
    uint16_t _port;
};

class NetworkInterface
{
  public:
    static NetworkInterface *get_default_instance();
    nsapi_error_t gethostbyname(const char *host, SocketAddress *address);
};

class TCPSocket
{
  public:
    TCPSocket();
    virtual ~TCPSocket();
    nsapi_error_t open(NetworkInterface *network);
    nsapi_error_t close();
    nsapi_error_t connect(const SocketAddress &address);
    nsapi_size_or_error_t send(const void *data, nsapi_size_t size);
    nsapi_size_or_error_t recv(void *data, nsapi_size_t size);
    void set_blocking(bool blocking);
    void sigio(mbed::Callback<void()> function);
    nsapi_error_t bind(const SocketAddress &address);
    nsapi_error_t setsockopt(int level, int option, const void *value, unsigned size);
    nsapi_error_t getsockopt(int level, int option, void *value, unsigned *size);
    nsapi_error_t getpeername(SocketAddress *address);

  private:
    static void on_event(void *self);
    bool _is_open;
    bool _is_blocking;
    bool _is_connecting;
    bool _has_failed; /* a connect: the stack's socket is of no use any more */
    mbed::Callback<void()> _event;
    SocketAddress _peer;
};

/* What tests set and look at. */
struct mbed_os_state {
    struct tls_mem *server;
    NetworkInterface *default_interface;
    unsigned sockets_left; /* that open gives */
    unsigned sockets_open;
    unsigned sockets_made; /* C++ objects that are alive */
    unsigned names_resolved;
    unsigned event_every_ms; /* a waiting socket is woken for nothing so often; 0: never */
    nsapi_error_t dns_error;
    char connected_to[46];
    char bound_to[46];
    uint16_t port;
    int option;
};

extern struct mbed_os_state mbed_os;

/* Starts afresh, all sockets leading to server. */
void mbed_os_init(struct tls_mem *server);

#endif
