/* tls_mem.h -- a TLS server in memory and a transport to it, with faults and a clock to order
 *
 * The server is bare Mbed TLS. It runs whenever the client sends or receives, in the same thread,
 * so that every test is the same each time. Time passes only when the client waits.
 */
#ifndef TLS_MEM_H
#define TLS_MEM_H

#include "mbed_pki.h"
#include "tlssocket/tls_socket.h"

#include <mbedtls/ssl_cache.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MEM_NEVER SIZE_MAX
#define MEM_WIRE_SIZE 65536

enum mem_behaviour {
    MEM_ECHO,            /* send back what comes */
    MEM_GREET_AND_CLOSE, /* send "hello" and a close_notify after the handshake */
    MEM_GREET_AND_DROP,  /* send "hello", then end the stream without a close_notify */
    MEM_ALERT,           /* answer the first data with a fatal alert */
    MEM_GARBAGE,         /* answer the first data with bytes that are no TLS record */
    MEM_NOT_TLS,         /* answer the first handshake bytes with text */
    MEM_SILENT,          /* take what comes and never answer */
    MEM_DEAF             /* take nothing after the handshake: the window fills up */
};

/* By what the server lets its clients resume a session. */
enum mem_resumption {
    MEM_BY_TICKET, /* of TLS 1.3 too, whose tickets it sends anyway */
    MEM_BY_ID      /* TLS 1.2 */
};

struct mem_wire {
    unsigned char bytes[MEM_WIRE_SIZE];
    size_t start;
    size_t end;
};

/* The faults are the test's to set; zero and MEM_NEVER by tls_mem_init are none. */
struct tls_mem {
    enum mem_behaviour behaviour;
    nsapi_error_t connect_error; /* what connect returns; OK */
    unsigned in_progress_count;  /* how often connect returns IN_PROGRESS first */
    size_t send_max;             /* bytes that one send takes; no limit if 0 */
    size_t recv_max;
    size_t window;          /* bytes on their way to the server at most */
    size_t lost_after;      /* the link is lost once so many bytes went either way */
    size_t stalled_after;   /* nothing comes once so many bytes came */
    uint32_t recv_delay_ms; /* time that passes with each byte received */
    bool manual;            /* the server runs in tls_mem_run only */
    bool forgets;           /* the server refuses to resume what it gave tickets for */
    bool starttls;          /* the server wants "STARTTLS\n" first, and answers "OK\n" */

    /* What happened, for tests to look at. */
    uint32_t now_ms;
    size_t sent;     /* bytes, by the client */
    size_t received; /* bytes, by the client */
    unsigned connects;
    unsigned closes;
    bool connected;
    int timeout_ms;
    bool saw_close_notify;
    bool saw_client_cert;
    char saw_sni[64];

    /* The server's own. */
    struct network_transport socket;
    struct mem_wire to_server;
    struct mem_wire to_client;
    bool eof;
    bool upgraded;
    bool greeted;
    bool has_failed; /* the handshake: nothing more is said */
    void (*callback)(void *argument);
    void *argument;
#if MBEDTLS_VERSION_NUMBER < 0x04000000
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context rng;
#endif
    mbedtls_x509_crt cert;
    mbedtls_pk_context key;
    mbedtls_x509_crt client_ca;
    mbedtls_ssl_cache_context cache;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
};

/* Starts a server with a certificate. Aborts if that fails. */
void tls_mem_init(struct tls_mem *mem, const struct pki_cert *cert);
void tls_mem_free(struct tls_mem *mem);

/* From now on the server wants a certificate that ca signed. */
void tls_mem_require_client_cert(struct tls_mem *mem, const struct pki_cert *ca);

/* From now on the server resumes sessions. */
void tls_mem_resume(struct tls_mem *mem, enum mem_resumption how);

/* The client's end of the connection. */
const struct network_transport *tls_mem_socket(struct tls_mem *mem);

/* A network whose sockets all lead to mem. */
struct network tls_mem_network(struct tls_mem *mem);

/* Lets the server go on as far as it can; fires sigio if there is something to receive then. */
void tls_mem_run(struct tls_mem *mem);

#ifdef __cplusplus
}
#endif

#endif
