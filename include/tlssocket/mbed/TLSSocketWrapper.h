/* TLSSocketWrapper.h -- TLS over any Socket, also one that spoke in the clear before (STARTTLS)
 *
 * tls_socket_wrapper.h of the C library says what each call does. The certificate is always checked
 * against a name: that of set_hostname, of connect(host, port), or for connect(SocketAddress) the
 * name that NetworkInterface::gethostbyname resolved to this address; without any, connecting
 * fails.
 */
#ifndef TLSSOCKET_MBED_TLS_SOCKET_WRAPPER_H
#define TLSSOCKET_MBED_TLS_SOCKET_WRAPPER_H

#include <time.h>

#include "../tls_socket_wrapper.h"
#include "NetworkInterface.h"
#include "Socket.h"

class TLSSocketWrapper : public Socket
{
  public:
    /* Mbed OS's names, which are the C library's too. */
#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
#endif
    enum control_transport {
        TRANSPORT_KEEP = 0,
        TRANSPORT_CONNECT_AND_CLOSE = 1,
        TRANSPORT_CONNECT = 2,
        TRANSPORT_CLOSE = 3
    };
#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif

    /* Borrows the transport, which outlives the wrapper. NULL: every call that needs one is
     * NO_SOCKET. */
    TLSSocketWrapper(Socket *under, const char *hostname = NULL,
                     control_transport control = TRANSPORT_CONNECT_AND_CLOSE)
        : below(under), name_is_from_address(false)
    {
        io_above.callback = NULL;
        io_above.argument = NULL;
        transport.ops = operations();
        transport.context = this;
        tls_socket_wrapper_init(
            &tls, under != NULL ? &transport : NULL,
            static_cast<enum tls_socket_transport_mode>(static_cast<int>(control)));
        tls_socket_wrapper_sigio(&tls, on_io, this);
        if (hostname != NULL)
            set_hostname(hostname);
    }

    virtual ~TLSSocketWrapper()
    {
        tls_socket_wrapper_free(&tls);
        if (below != NULL) /* it outlives us, and must not call us then */
            below->sigio(mbed::Callback<void()>());
    }

    void set_hostname(const char *hostname)
    {
        name_is_from_address = false;
        (void)tls_socket_wrapper_set_hostname(&tls, hostname);
    }

    nsapi_error_t set_root_ca_cert(const void *data, size_t size)
    {
        return tls_socket_wrapper_set_root_ca_cert_bytes(&tls, data, size);
    }

    nsapi_error_t set_root_ca_cert(const char *pem)
    {
        return tls_socket_wrapper_set_root_ca_cert(&tls, pem);
    }

    nsapi_error_t append_root_ca_cert(const void *data, size_t size)
    {
        return tls_socket_wrapper_append_root_ca_cert_bytes(&tls, data, size);
    }

    nsapi_error_t append_root_ca_cert(const char *pem)
    {
        return tls_socket_wrapper_append_root_ca_cert(&tls, pem);
    }

    nsapi_error_t set_client_cert_key(const char *cert_pem, const char *key_pem)
    {
        return tls_socket_wrapper_set_client_cert_key(&tls, cert_pem, key_pem);
    }

    nsapi_error_t set_client_cert_key(const void *cert, size_t cert_size, const void *key,
                                      size_t key_size)
    {
        return tls_socket_wrapper_set_client_cert_key_bytes(&tls, cert, cert_size, key, key_size);
    }

    mbedtls_x509_crt *get_ca_chain()
    {
        return tls_socket_wrapper_get_ca_chain(&tls);
    }

    void set_ca_chain(mbedtls_x509_crt *chain)
    {
        tls_socket_wrapper_set_ca_chain(&tls, chain);
    }

    mbedtls_ssl_config *get_ssl_config()
    {
        return tls_socket_wrapper_get_ssl_config(&tls);
    }

    /* A session to be resumed; not in Mbed OS. */
    nsapi_size_or_error_t get_session(void *data, size_t size) const
    {
        return tls_socket_wrapper_get_session(&tls, data, size);
    }

    nsapi_error_t set_session(const void *data, size_t size)
    {
        return tls_socket_wrapper_set_session(&tls, data, size);
    }

    bool is_resumed() const
    {
        return tls_socket_wrapper_is_resumed(&tls);
    }

    /* Why the last call failed; not in Mbed OS. */
    enum tls_cause get_cause() const
    {
        return tls_socket_wrapper_get_cause(&tls);
    }

    virtual nsapi_error_t connect(const SocketAddress &address = SocketAddress())
    {
        const char *ip = address.get_ip_address();

        take_name_of(ip);
        return tls_socket_wrapper_connect(&tls, ip, address.get_port());
    }

    virtual nsapi_size_or_error_t send(const void *data, nsapi_size_t size)
    {
        return tls_socket_wrapper_send(&tls, data, size);
    }

    virtual nsapi_size_or_error_t recv(void *data, nsapi_size_t size)
    {
        return tls_socket_wrapper_recv(&tls, data, size);
    }

    virtual nsapi_size_or_error_t sendto(const SocketAddress &address, const void *data,
                                         nsapi_size_t size)
    {
        return tls_socket_wrapper_sendto(&tls, &address.address, data, size);
    }

    virtual nsapi_size_or_error_t recvfrom(SocketAddress *address, void *data, nsapi_size_t size)
    {
        return tls_socket_wrapper_recvfrom(&tls, address != NULL ? &address->address : NULL, data,
                                           size);
    }

    virtual nsapi_error_t close()
    {
        return tls_socket_wrapper_close(&tls);
    }

    virtual nsapi_error_t bind(const SocketAddress &address)
    {
        return tls_socket_wrapper_bind(&tls, &address.address);
    }

    virtual void set_blocking(bool blocking)
    {
        tls_socket_wrapper_set_blocking(&tls, blocking);
    }

    virtual void set_timeout(int timeout_ms)
    {
        (void)tls_socket_wrapper_set_timeout(&tls, timeout_ms < 0 ? -1 : timeout_ms);
    }

    virtual void sigio(mbed::Callback<void()> callback)
    {
        io = callback;
    }

    void attach(mbed::Callback<void()> callback)
    {
        sigio(callback);
    }

    virtual nsapi_error_t setsockopt(int level, int option, const void *value, unsigned size)
    {
        return tls_socket_wrapper_setsockopt(&tls, level, option, value, size);
    }

    virtual nsapi_error_t getsockopt(int level, int option, void *value, unsigned *size)
    {
        return tls_socket_wrapper_getsockopt(&tls, level, option, value, size);
    }

    virtual nsapi_error_t getpeername(SocketAddress *address)
    {
        return tls_socket_wrapper_getpeername(&tls, &address->address);
    }

    virtual nsapi_error_t listen(int backlog = 1)
    {
        return tls_socket_wrapper_listen(&tls, backlog);
    }

    virtual nsapi_error_t wait_io(bool for_write, int timeout_ms)
    {
        return below != NULL ? below->wait_io(for_write, timeout_ms) : NSAPI_ERROR_NO_SOCKET;
    }

  protected:
    nsapi_error_t connect_by_name(const char *host, uint16_t port)
    {
        take_name_of(NULL);
        return tls_socket_wrapper_connect(&tls, host, port);
    }

  private:
    Socket *below;
    struct network_transport transport;
    struct tls_socket_wrapper tls;
    bool name_is_from_address;
    mbed::Callback<void()> io;

    /* The name that gave this address stands for one that was not set; that of the address before
     * is forgotten. */
    void take_name_of(const char *ip)
    {
        const char *name = ip != NULL ? NetworkNames::find(ip) : NULL;

        if (name_is_from_address) {
            (void)tls_socket_wrapper_set_hostname(&tls, NULL);
            name_is_from_address = false;
        }
        if (name != NULL && !tls.hostname_is_set) {
            (void)tls_socket_wrapper_set_hostname(&tls, name);
            name_is_from_address = true;
        }
    }

    static void on_io(void *that)
    {
        static_cast<TLSSocketWrapper *>(that)->io();
    }

    /* ---- the transport, as the C library wants it ---- */

    static Socket *of(void *context)
    {
        return static_cast<TLSSocketWrapper *>(context)->below;
    }

    static nsapi_error_t connect_below(void *context, const char *host, uint16_t port)
    {
        SocketAddress address;
        nsapi_error_t error =
            host == NULL ? NSAPI_ERROR_PARAMETER
                         : NetworkInterface::get_default_instance()->gethostbyname(host, &address);

        address.set_port(port);
        return error == NSAPI_ERROR_OK ? of(context)->connect(address) : error;
    }

    static nsapi_size_or_error_t send_below(void *context, const void *data, size_t size)
    {
        return of(context)->send(data, static_cast<nsapi_size_t>(size));
    }

    static nsapi_size_or_error_t recv_below(void *context, void *data, size_t size)
    {
        return of(context)->recv(data, static_cast<nsapi_size_t>(size));
    }

    static nsapi_error_t close_below(void *context)
    {
        return of(context)->close();
    }

    static nsapi_error_t set_timeout_below(void *context, int timeout_ms)
    {
        of(context)->set_timeout(timeout_ms);
        return NSAPI_ERROR_OK;
    }

    static uint32_t now_ms(void *context)
    {
        struct timespec now;

        (void)context;
        clock_gettime(CLOCK_MONOTONIC, &now);
        return static_cast<uint32_t>(now.tv_sec) * 1000u +
               static_cast<uint32_t>(now.tv_nsec / 1000000);
    }

    struct forward { /* a C callback as a C++ one */
        void (*callback)(void *);
        void *argument;
    };
    struct forward io_above;

    void call_above()
    {
        if (io_above.callback != NULL)
            io_above.callback(io_above.argument);
    }

    static void sigio_below(void *context, void (*callback)(void *), void *argument)
    {
        TLSSocketWrapper *that = static_cast<TLSSocketWrapper *>(context);

        that->io_above.callback = callback;
        that->io_above.argument = argument;
        that->below->sigio(mbed::Callback<void()>(that, &TLSSocketWrapper::call_above));
    }

    static nsapi_error_t bind_below(void *context, const struct network_address *address)
    {
        return of(context)->bind(SocketAddress(*address));
    }

    static nsapi_error_t setsockopt_below(void *context, int level, int option, const void *value,
                                          unsigned size)
    {
        return of(context)->setsockopt(level, option, value, size);
    }

    static nsapi_error_t getsockopt_below(void *context, int level, int option, void *value,
                                          unsigned *size)
    {
        return of(context)->getsockopt(level, option, value, size);
    }

    static nsapi_error_t getpeername_below(void *context, struct network_address *address)
    {
        SocketAddress peer;
        nsapi_error_t error = of(context)->getpeername(&peer);

        *address = peer.address;
        return error;
    }

    static const struct network_transport_ops *operations()
    {
        static const struct network_transport_ops ops = {
            connect_below,     send_below,       recv_below,       close_below,
            set_timeout_below, now_ms,           sigio_below,      bind_below,
            setsockopt_below,  getsockopt_below, getpeername_below};
        return &ops;
    }
};

#endif
