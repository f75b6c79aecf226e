/* tls_socket_wrapper.h -- TLS as a client over any transport, on Mbed TLS 2.16 to 4
 *
 * The server's certificate is always required and verified: path to a trusted CA (RFC 5280, as far
 * as Mbed TLS goes) and host name (RFC 6125; Mbed TLS takes the subject's common name if the
 * certificate has no subjectAltName, and before 3.5 no IP address). Not done: revocation checks,
 * renegotiation, TLS before 1.2. Dates are checked only if Mbed TLS is built with
 * MBEDTLS_HAVE_TIME_DATE. A session is resumed only if the program asks for it.
 *
 * All storage is the caller's; what is on the heap is Mbed TLS's own. A wrapper must not be copied
 * or moved once set up, and is used by one thread at a time; different ones are independent.
 */
#ifndef TLSSOCKET_TLS_SOCKET_WRAPPER_H
#define TLSSOCKET_TLS_SOCKET_WRAPPER_H

#include "nsapi_types.h"
#include "transport.h"

#include <mbedtls/pk.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#include <mbedtls/x509_crt.h>
#if MBEDTLS_VERSION_NUMBER < 0x04000000
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What connecting and closing TLS do to the transport. */
enum tls_socket_transport_mode {
    TRANSPORT_KEEP = 0,              /* neither connect nor close it: a STARTTLS upgrade */
    TRANSPORT_CONNECT_AND_CLOSE = 1, /* both */
    TRANSPORT_CONNECT = 2,           /* connect it; the caller closes it, after a failure too */
    TRANSPORT_CLOSE = 3              /* close it, after a failed handshake too */
};

/* Why the last connect, send or recv failed, more exactly than its NSAPI_ERROR_ value says. */
enum tls_cause {
    TLS_CAUSE_NONE,
    TLS_CAUSE_NO_HOSTNAME,   /* no name to check the certificate against */
    TLS_CAUSE_NO_CA,         /* no trusted CA was set */
    TLS_CAUSE_NO_MEMORY,     /* an allocation failed */
    TLS_CAUSE_RNG,           /* the random number generator could not be seeded */
    TLS_CAUSE_SETUP,         /* Mbed TLS refused the configuration */
    TLS_CAUSE_UNTRUSTED,     /* no path to a trusted CA */
    TLS_CAUSE_EXPIRED,       /* a certificate of the path is past its end */
    TLS_CAUSE_NOT_YET_VALID, /* a certificate of the path, or the clock, is too early */
    TLS_CAUSE_NAME_MISMATCH, /* the certificate is for other names */
    TLS_CAUSE_WEAK,          /* a hash, key type or key size that is not accepted */
    TLS_CAUSE_BAD_CERT,      /* a certificate is unreadable or must not be used this way */
    TLS_CAUSE_ALERT,         /* the peer ended it with an alert */
    TLS_CAUSE_PROTOCOL,      /* what came is not TLS as it should be */
    TLS_CAUSE_TRUNCATED,     /* the peer or the link went away without a close_notify */
    TLS_CAUSE_TIMEOUT,       /* the time-out passed */
    TLS_CAUSE_TRANSPORT      /* the transport's own error, which was returned as it is */
};

/* For the library alone; the functions below are the interface. */
struct tls_socket_wrapper {
    const struct network_transport *transport;
    enum tls_socket_transport_mode mode;
    int state;
    int timeout_ms;
    uint32_t started_ms;
    size_t pending_size;
    bool configured;
    bool transport_waits;
    bool hostname_is_set;
    bool must_not_save; /* the session: not verified, or credentials were set since */
    bool is_resumed;
    enum tls_cause cause;
    int mbedtls_error;
    uint32_t verify_flags;
    void (*sigio)(void *argument);
    void *sigio_argument;
    const unsigned char *session; /* for the next handshake; the program's */
    size_t session_size;
    int (*offer_session)(struct tls_socket_wrapper *w);
    char hostname[254];
    mbedtls_x509_crt *ca_chain;
    mbedtls_x509_crt own_ca_chain;
    mbedtls_x509_crt client_cert;
    mbedtls_pk_context client_key;
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context rng;
    bool seeded;
#endif
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
};

/* Prepares w over a transport, which is borrowed until w is freed. transport may be NULL: every
 * function that needs one then returns NO_SOCKET. Blocking, without a time-out. */
void tls_socket_wrapper_init(struct tls_socket_wrapper *w,
                             const struct network_transport *transport,
                             enum tls_socket_transport_mode mode);

/* Closes and releases everything. Takes NULL; may run twice. Another use needs another init. */
void tls_socket_wrapper_free(struct tls_socket_wrapper *w);

/* Trusts the CA certificates in a PEM string, or in size bytes of DER or PEM (for PEM size counts
 * the terminating NUL), in place of those before. Copies them. A bundle of which one certificate
 * cannot be read is refused as a whole, and none is trusted then. Returns OK, PARAMETER,
 * NO_MEMORY, or AUTH_FAILURE if PSA Crypto does not start (Mbed TLS 3 and 4); so does append, which
 * adds to what set or append took (after set_ca_chain: PARAMETER) and leaves that as it was on
 * failure. Not while connected. */
nsapi_error_t tls_socket_wrapper_set_root_ca_cert(struct tls_socket_wrapper *w, const char *pem);
nsapi_error_t tls_socket_wrapper_set_root_ca_cert_bytes(struct tls_socket_wrapper *w,
                                                        const void *data, size_t size);
nsapi_error_t tls_socket_wrapper_append_root_ca_cert(struct tls_socket_wrapper *w, const char *pem);
nsapi_error_t tls_socket_wrapper_append_root_ca_cert_bytes(struct tls_socket_wrapper *w,
                                                           const void *data, size_t size);

/* Trusts a parsed chain that the caller owns; any number of sockets may share it, none changes or
 * frees it. It outlives them. NULL: trust none. */
void tls_socket_wrapper_set_ca_chain(struct tls_socket_wrapper *w, mbedtls_x509_crt *chain);

/* Returns the trusted chain, own or shared; NULL if none. Borrowed. */
mbedtls_x509_crt *tls_socket_wrapper_get_ca_chain(const struct tls_socket_wrapper *w);

/* Authenticates to the server with a certificate (and the intermediates after it) and its private
 * key, PEM strings or bytes as above. Copies them. Returns OK, PARAMETER (unreadable, or they do
 * not belong together; neither is used then), NO_MEMORY, or AUTH_FAILURE if there is no random
 * number generator. Once for a socket: a second call returns PARAMETER. Not while connected. */
nsapi_error_t tls_socket_wrapper_set_client_cert_key(struct tls_socket_wrapper *w,
                                                     const char *cert_pem, const char *key_pem);
nsapi_error_t tls_socket_wrapper_set_client_cert_key_bytes(struct tls_socket_wrapper *w,
                                                           const void *cert, size_t cert_size,
                                                           const void *key, size_t key_size);

/* The name for SNI (RFC 6066) and for the check of the certificate, when it is not the one that
 * connect is given. Copied; stays for later connects; NULL or "" takes it back.
 * Returns OK, or PARAMETER if it is longer than 253 bytes. */
nsapi_error_t tls_socket_wrapper_set_hostname(struct tls_socket_wrapper *w, const char *hostname);

/* Blocking is a time-out of -1, not blocking one of 0. A positive one counts for a call of
 * connect, send or recv in total, whatever trickles in, and makes it return CONNECTION_TIMEOUT or
 * TIMEOUT. Returns OK, PARAMETER below -1, or UNSUPPORTED if the transport has no clock. */
nsapi_error_t tls_socket_wrapper_set_timeout(struct tls_socket_wrapper *w, int timeout_ms);
void tls_socket_wrapper_set_blocking(struct tls_socket_wrapper *w, bool blocking);

/* Calls callback(argument) when connect, send or recv may get further, and on close. From where
 * and when is the transport's matter; a transport without sigio fires on close only. */
void tls_socket_wrapper_sigio(struct tls_socket_wrapper *w, void (*callback)(void *argument),
                              void *argument);

/* Connects the transport to host:port if the mode says so, then TLS. With TRANSPORT_KEEP and
 * TRANSPORT_CLOSE host may be NULL if set_hostname was called, and port is not used.
 * Returns OK; IS_CONNECTED; without waiting: IN_PROGRESS (call again with the same arguments; send
 * and recv go on with the handshake, too); AUTH_FAILURE for whatever keeps the peer from being
 * trusted; PARAMETER without a host name; CONNECTION_LOST; CONNECTION_TIMEOUT; NO_MEMORY;
 * NO_SOCKET; or the transport's error. tls_socket_wrapper_get_cause says more. After a failure it
 * can be called again (with TRANSPORT_KEEP and TRANSPORT_CONNECT over a fresh transport). */
nsapi_error_t tls_socket_wrapper_connect(struct tls_socket_wrapper *w, const char *host,
                                         uint16_t port);

/* Returns how many bytes were sent: all of them when blocking; fewer when not, or when the
 * time-out passed; else an error. After WOULD_BLOCK and TIMEOUT, and after fewer bytes than given,
 * part of what follows may be on its way: call again with the rest unchanged (PARAMETER if less
 * is given). Errors: NO_SOCKET, NO_CONNECTION, WOULD_BLOCK, TIMEOUT, CONNECTION_LOST, NO_MEMORY,
 * DEVICE_ERROR (an alert, or not TLS), or the transport's. All but WOULD_BLOCK, TIMEOUT and
 * PARAMETER end the connection. */
nsapi_size_or_error_t tls_socket_wrapper_send(struct tls_socket_wrapper *w, const void *data,
                                              size_t size);

/* Returns how many bytes came, up to size, as soon as there are any; 0 after the peer's
 * close_notify; else an error as send does. The end of the stream without a close_notify, which
 * an attacker can bring about, is CONNECTION_LOST and never 0. */
nsapi_size_or_error_t tls_socket_wrapper_recv(struct tls_socket_wrapper *w, void *data,
                                              size_t size);

/* The same over a connection: the address is not used to send; it is filled after receiving
 * unless it is NULL (all zeros if the transport cannot tell). */
nsapi_size_or_error_t tls_socket_wrapper_sendto(struct tls_socket_wrapper *w,
                                                const struct network_address *address,
                                                const void *data, size_t size);
nsapi_size_or_error_t tls_socket_wrapper_recvfrom(struct tls_socket_wrapper *w,
                                                  struct network_address *address, void *data,
                                                  size_t size);

/* Sends a close_notify if that needs no waiting, closes the transport if the mode says so, and
 * fires sigio. Never waits. CA, client certificate, host name and time-out stay for the next
 * connect. Returns OK also if not connected, NO_SOCKET, or the transport's error. */
nsapi_error_t tls_socket_wrapper_close(struct tls_socket_wrapper *w);

/* Passed on to the transport. listen and accept are UNSUPPORTED: this is a client. */
nsapi_error_t tls_socket_wrapper_bind(struct tls_socket_wrapper *w,
                                      const struct network_address *address);
nsapi_error_t tls_socket_wrapper_setsockopt(struct tls_socket_wrapper *w, int level, int option,
                                            const void *value, unsigned size);
nsapi_error_t tls_socket_wrapper_getsockopt(struct tls_socket_wrapper *w, int level, int option,
                                            void *value, unsigned *size);
nsapi_error_t tls_socket_wrapper_getpeername(struct tls_socket_wrapper *w,
                                             struct network_address *address);
nsapi_error_t tls_socket_wrapper_listen(struct tls_socket_wrapper *w, int backlog);
nsapi_error_t tls_socket_wrapper_accept(struct tls_socket_wrapper *w);

/* ---- what is offered besides, and what was agreed upon ---- */

/* Offers application protocols (RFC 7301), such as "http/1.1", in order of preference; the array
 * ends in NULL. Array and names are borrowed as long as w lives. A server that knows none of them
 * may end the handshake with an alert. NULL offers none again. Returns OK; PARAMETER if the
 * array is empty, or a name is empty or longer than 255 bytes; NO_MEMORY; UNSUPPORTED if Mbed TLS
 * is built without MBEDTLS_SSL_ALPN. Not while connected; so is the next. */
nsapi_error_t tls_socket_wrapper_set_alpn(struct tls_socket_wrapper *w, const char *const *names);

/* Asks the server for records of 512, 1024, 2048 or 4096 bytes at most (RFC 6066), so that Mbed TLS
 * can do with smaller buffers; 0 does not. TLS 1.2 only, and up to the server: see
 * get_max_fragment. Mbed TLS 2 does not put together a handshake message that comes in several
 * records: a server whose certificates take more fails then. Returns OK; PARAMETER for another
 * size, or one larger than Mbed TLS's buffers; NO_MEMORY; UNSUPPORTED if Mbed TLS is built without
 * MBEDTLS_SSL_MAX_FRAGMENT_LENGTH. */
nsapi_error_t tls_socket_wrapper_set_max_fragment(struct tls_socket_wrapper *w, size_t size);

/* Of the connection, also after the peer's close_notify: the protocol agreed upon (NULL if none);
 * the version, "TLSv1.2" or "TLSv1.3"; the cipher suite by Mbed TLS's name; how many bytes one
 * record holds at most. Without a connection NULL, or 0. Borrowed until close. */
const char *tls_socket_wrapper_get_alpn(const struct tls_socket_wrapper *w);
const char *tls_socket_wrapper_get_version(const struct tls_socket_wrapper *w);
const char *tls_socket_wrapper_get_ciphersuite(const struct tls_socket_wrapper *w);
size_t tls_socket_wrapper_get_max_fragment(const struct tls_socket_wrapper *w);

/* ---- session resumption: a handshake without certificates and signatures ----
 *
 * In TLS 1.2 by session id or ticket, in TLS 1.3 (Mbed TLS 3.2 and later) by ticket. Needs Mbed TLS
 * 2.19 and SHA-256. A resumed handshake verifies no certificate: the server proves that it is the
 * one whose certificate was verified at the first handshake. That a certificate has expired since
 * shows at the next full handshake only. How long a session lives is up to the server, which a
 * ticket's lifetime binds (RFC 5077; 7 days at most by RFC 8446). */

/* The most bytes that get_session writes. */
#define TLS_SOCKET_SESSION_MAX 16384

/* Writes the connection's session into size bytes of the program's, to be used again after close
 * or, kept in flash, after a restart. With NULL it only says how many bytes it takes: in TLS 1.2
 * some 150, the server's certificate and its ticket. As long as the socket is connected, also after
 * the peer's close_notify; in TLS 1.3 a ticket comes with the first data, so after a recv.
 *
 * The bytes are bound to the host name, to the trusted CAs and to the client's own certificates,
 * and to this version and configuration of Mbed TLS. They hold the session's secret, in the clear:
 * who reads them can read what later sessions say, and who writes them can pass for the server.
 * Keep them where you would keep a private key.
 *
 * Returns the number of bytes; WOULD_BLOCK if the server has given nothing to resume by (yet);
 * PARAMETER if size is too small; NO_CONNECTION; NO_SOCKET; AUTH_FAILURE if no certificate was
 * verified, or if a CA or the client's certificate was set since the handshake
 * began; NO_MEMORY; UNSUPPORTED if Mbed TLS cannot, or if it takes more than
 * TLS_SOCKET_SESSION_MAX. After an error the bytes are of no use. */
nsapi_size_or_error_t tls_socket_wrapper_get_session(const struct tls_socket_wrapper *w, void *data,
                                                     size_t size);

/* Offers the server a session of get_session at the next handshake, and forgets it then, however
 * that ends. Borrows the bytes until then; size may be more than get_session wrote. A session for
 * another name, CA or client certificate, or that is damaged, is not offered; a server may refuse
 * it. A full handshake follows then, in the same connect. Returns OK; PARAMETER if these are no
 * bytes of get_session's (truncated, erased), and none is offered; UNSUPPORTED if Mbed TLS cannot.
 * NULL and 0 take it back. */
nsapi_error_t tls_socket_wrapper_set_session(struct tls_socket_wrapper *w, const void *data,
                                             size_t size);

/* Does the connection resume a session? False, too, without a connection. */
bool tls_socket_wrapper_is_resumed(const struct tls_socket_wrapper *w);

/* The configuration that every connect of this socket uses: change what the functions above do not
 * reach (versions, cipher suites). NULL if Mbed TLS could not set it up (no memory).
 * Not to be shared with another socket, and not to be freed. */
mbedtls_ssl_config *tls_socket_wrapper_get_ssl_config(struct tls_socket_wrapper *w);

/* Why the last connect, send or recv failed; TLS_CAUSE_NONE after a success. */
enum tls_cause tls_socket_wrapper_get_cause(const struct tls_socket_wrapper *w);

/* The Mbed TLS error behind it (negative), or 0 if there was none. */
int tls_socket_wrapper_get_mbedtls_error(const struct tls_socket_wrapper *w);

/* The result of verifying the server's certificate at the last handshake: MBEDTLS_X509_BADCERT_*
 * flags, 0 if it passed. With text: one line for each flag, cut to size and NUL-terminated. */
uint32_t tls_socket_wrapper_get_verify_result(const struct tls_socket_wrapper *w, char *text,
                                              size_t size);

#ifdef __cplusplus
}
#endif

#endif
