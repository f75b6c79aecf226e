/* tls_socket.h -- a TLS client socket with its own TCP connection
 *
 *     struct tls_socket socket;
 *     tls_socket_init(&socket);
 *     if (tls_socket_open(&socket, network_default()) == NSAPI_ERROR_OK &&
 *         tls_socket_set_root_ca_cert(&socket, SSL_CA_PEM) == NSAPI_ERROR_OK &&
 *         tls_socket_connect(&socket, "os.mbed.com", 443) == NSAPI_ERROR_OK)
 *         tls_socket_send(&socket, request, strlen(request));
 *     tls_socket_free(&socket);
 *
 * It is a tls_socket_wrapper with a transport of its own: what is not explained here is explained
 * there. This header brings in the others.
 */
#ifndef TLSSOCKET_TLS_SOCKET_H
#define TLSSOCKET_TLS_SOCKET_H

#include "mbed_trace.h"
#include "network.h"
#include "tls_socket_wrapper.h"

#ifdef __cplusplus
extern "C" {
#endif

struct tls_socket {
    struct tls_socket_wrapper tls;
    struct network_transport tcp;
    struct network_socket storage;
};

/* Prepares storage of the caller's. It must not be copied or moved afterwards. */
void tls_socket_init(struct tls_socket *socket);

/* Closes and releases everything. Takes NULL; may run twice. Another use needs another init. */
void tls_socket_free(struct tls_socket *socket);

/* Gets a socket from the network, which is borrowed. Returns OK, PARAMETER if it is open already
 * or network is NULL, or the network's error. */
nsapi_error_t tls_socket_open(struct tls_socket *socket, const struct network *network);

/* Ends TLS and TCP, without waiting; it can be opened again. Settings stay.
 * Returns OK, NO_SOCKET if it is not open, or the transport's error. */
nsapi_error_t tls_socket_close(struct tls_socket *socket);

static inline nsapi_error_t tls_socket_set_root_ca_cert(struct tls_socket *socket, const char *pem)
{
    return tls_socket_wrapper_set_root_ca_cert(&socket->tls, pem);
}

static inline nsapi_error_t tls_socket_set_root_ca_cert_bytes(struct tls_socket *socket,
                                                              const void *data, size_t size)
{
    return tls_socket_wrapper_set_root_ca_cert_bytes(&socket->tls, data, size);
}

static inline nsapi_error_t tls_socket_append_root_ca_cert(struct tls_socket *socket,
                                                           const char *pem)
{
    return tls_socket_wrapper_append_root_ca_cert(&socket->tls, pem);
}

static inline nsapi_error_t tls_socket_append_root_ca_cert_bytes(struct tls_socket *socket,
                                                                 const void *data, size_t size)
{
    return tls_socket_wrapper_append_root_ca_cert_bytes(&socket->tls, data, size);
}

static inline void tls_socket_set_ca_chain(struct tls_socket *socket, mbedtls_x509_crt *chain)
{
    tls_socket_wrapper_set_ca_chain(&socket->tls, chain);
}

static inline mbedtls_x509_crt *tls_socket_get_ca_chain(const struct tls_socket *socket)
{
    return tls_socket_wrapper_get_ca_chain(&socket->tls);
}

static inline nsapi_error_t
tls_socket_set_client_cert_key(struct tls_socket *socket, const char *cert_pem, const char *key_pem)
{
    return tls_socket_wrapper_set_client_cert_key(&socket->tls, cert_pem, key_pem);
}

static inline nsapi_error_t tls_socket_set_client_cert_key_bytes(struct tls_socket *socket,
                                                                 const void *cert, size_t cert_size,
                                                                 const void *key, size_t key_size)
{
    return tls_socket_wrapper_set_client_cert_key_bytes(&socket->tls, cert, cert_size, key,
                                                        key_size);
}

static inline nsapi_error_t tls_socket_set_hostname(struct tls_socket *socket, const char *hostname)
{
    return tls_socket_wrapper_set_hostname(&socket->tls, hostname);
}

/* May be called before open; whether the network has a clock shows at connect then. */
static inline nsapi_error_t tls_socket_set_timeout(struct tls_socket *socket, int timeout_ms)
{
    return tls_socket_wrapper_set_timeout(&socket->tls, timeout_ms);
}

static inline void tls_socket_set_blocking(struct tls_socket *socket, bool blocking)
{
    tls_socket_wrapper_set_blocking(&socket->tls, blocking);
}

static inline void tls_socket_sigio(struct tls_socket *socket, void (*callback)(void *argument),
                                    void *argument)
{
    tls_socket_wrapper_sigio(&socket->tls, callback, argument);
}

/* host is the name to resolve, for SNI, and to check the certificate against (unless set_hostname
 * gave another for the latter two). */
static inline nsapi_error_t tls_socket_connect(struct tls_socket *socket, const char *host,
                                               uint16_t port)
{
    return tls_socket_wrapper_connect(&socket->tls, host, port);
}

static inline nsapi_size_or_error_t tls_socket_send(struct tls_socket *socket, const void *data,
                                                    size_t size)
{
    return tls_socket_wrapper_send(&socket->tls, data, size);
}

static inline nsapi_size_or_error_t tls_socket_recv(struct tls_socket *socket, void *data,
                                                    size_t size)
{
    return tls_socket_wrapper_recv(&socket->tls, data, size);
}

static inline nsapi_size_or_error_t tls_socket_sendto(struct tls_socket *socket,
                                                      const struct network_address *address,
                                                      const void *data, size_t size)
{
    return tls_socket_wrapper_sendto(&socket->tls, address, data, size);
}

static inline nsapi_size_or_error_t tls_socket_recvfrom(struct tls_socket *socket,
                                                        struct network_address *address, void *data,
                                                        size_t size)
{
    return tls_socket_wrapper_recvfrom(&socket->tls, address, data, size);
}

static inline nsapi_error_t tls_socket_bind(struct tls_socket *socket,
                                            const struct network_address *address)
{
    return tls_socket_wrapper_bind(&socket->tls, address);
}

static inline nsapi_error_t tls_socket_setsockopt(struct tls_socket *socket, int level, int option,
                                                  const void *value, unsigned size)
{
    return tls_socket_wrapper_setsockopt(&socket->tls, level, option, value, size);
}

static inline nsapi_error_t tls_socket_getsockopt(struct tls_socket *socket, int level, int option,
                                                  void *value, unsigned *size)
{
    return tls_socket_wrapper_getsockopt(&socket->tls, level, option, value, size);
}

static inline nsapi_error_t tls_socket_getpeername(struct tls_socket *socket,
                                                   struct network_address *address)
{
    return tls_socket_wrapper_getpeername(&socket->tls, address);
}

static inline nsapi_error_t tls_socket_listen(struct tls_socket *socket, int backlog)
{
    return tls_socket_wrapper_listen(&socket->tls, backlog);
}

static inline nsapi_error_t tls_socket_accept(struct tls_socket *socket)
{
    return tls_socket_wrapper_accept(&socket->tls);
}

static inline nsapi_error_t tls_socket_set_alpn(struct tls_socket *socket, const char *const *names)
{
    return tls_socket_wrapper_set_alpn(&socket->tls, names);
}

static inline nsapi_error_t tls_socket_set_max_fragment(struct tls_socket *socket, size_t size)
{
    return tls_socket_wrapper_set_max_fragment(&socket->tls, size);
}

static inline const char *tls_socket_get_alpn(const struct tls_socket *socket)
{
    return tls_socket_wrapper_get_alpn(&socket->tls);
}

static inline const char *tls_socket_get_version(const struct tls_socket *socket)
{
    return tls_socket_wrapper_get_version(&socket->tls);
}

static inline const char *tls_socket_get_ciphersuite(const struct tls_socket *socket)
{
    return tls_socket_wrapper_get_ciphersuite(&socket->tls);
}

static inline size_t tls_socket_get_max_fragment(const struct tls_socket *socket)
{
    return tls_socket_wrapper_get_max_fragment(&socket->tls);
}

static inline nsapi_size_or_error_t tls_socket_get_session(const struct tls_socket *socket,
                                                           void *data, size_t size)
{
    return tls_socket_wrapper_get_session(&socket->tls, data, size);
}

static inline nsapi_error_t tls_socket_set_session(struct tls_socket *socket, const void *data,
                                                   size_t size)
{
    return tls_socket_wrapper_set_session(&socket->tls, data, size);
}

static inline bool tls_socket_is_resumed(const struct tls_socket *socket)
{
    return tls_socket_wrapper_is_resumed(&socket->tls);
}

static inline mbedtls_ssl_config *tls_socket_get_ssl_config(struct tls_socket *socket)
{
    return tls_socket_wrapper_get_ssl_config(&socket->tls);
}

static inline enum tls_cause tls_socket_get_cause(const struct tls_socket *socket)
{
    return tls_socket_wrapper_get_cause(&socket->tls);
}

static inline int tls_socket_get_mbedtls_error(const struct tls_socket *socket)
{
    return tls_socket_wrapper_get_mbedtls_error(&socket->tls);
}

static inline uint32_t tls_socket_get_verify_result(const struct tls_socket *socket, char *text,
                                                    size_t size)
{
    return tls_socket_wrapper_get_verify_result(&socket->tls, text, size);
}

#ifdef __cplusplus
}
#endif

#endif
