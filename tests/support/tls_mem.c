/* tls_mem.c -- bytes sent -> bytes to receive, by a TLS server in the same thread */
#include "tls_mem.h"

#include "tls_alloc.h"

#if MBEDTLS_VERSION_NUMBER >= 0x04000000 || defined(MBEDTLS_USE_PSA_CRYPTO) ||                     \
    defined(MBEDTLS_SSL_PROTO_TLS1_3)
#define USES_PSA_CRYPTO
#include <psa/crypto.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int ret, const char *what)
{
    if (ret == 0)
        return;
    (void)fprintf(stderr, "tls_mem: %s: -0x%04x\n", what, (unsigned)-ret);
    abort();
}

/* ---- the wire ---- */

static size_t wire_length(const struct mem_wire *wire)
{
    return wire->end - wire->start;
}

static size_t wire_put(struct mem_wire *wire, const void *data, size_t size)
{
    if (wire->end + size > sizeof wire->bytes) {
        memmove(wire->bytes, wire->bytes + wire->start, wire_length(wire));
        wire->end -= wire->start;
        wire->start = 0;
    }
    if (size > sizeof wire->bytes - wire->end)
        size = sizeof wire->bytes - wire->end;
    memcpy(wire->bytes + wire->end, data, size);
    wire->end += size;
    return size;
}

static size_t wire_get(struct mem_wire *wire, void *data, size_t size)
{
    if (size > wire_length(wire))
        size = wire_length(wire);
    memcpy(data, wire->bytes + wire->start, size);
    wire->start += size;
    return size;
}

/* ---- the server ---- */

static int server_send(void *context, const unsigned char *data, size_t size)
{
    struct tls_mem *mem = context;
    const size_t sent = wire_put(&mem->to_client, data, size);

    return sent == 0 ? MBEDTLS_ERR_SSL_WANT_WRITE : (int)sent;
}

static int server_recv(void *context, unsigned char *data, size_t size)
{
    struct tls_mem *mem = context;
    const size_t received = wire_get(&mem->to_server, data, size);

    return received == 0 ? MBEDTLS_ERR_SSL_WANT_READ : (int)received;
}

static void send_all(struct tls_mem *mem, const unsigned char *data, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        const int ret = mbedtls_ssl_write(&mem->ssl, data + sent, size - sent);

        if (ret <= 0)
            return;
        sent += (size_t)ret;
    }
}

static void greet(struct tls_mem *mem)
{
    send_all(mem, (const unsigned char *)"hello", 5);
    if (mem->behaviour == MEM_GREET_AND_CLOSE)
        (void)mbedtls_ssl_close_notify(&mem->ssl);
    else
        mem->eof = true;
    mem->greeted = true;
}

static void answer(struct tls_mem *mem, const unsigned char *data, size_t size)
{
    static const char garbage[] = "\x17\x03\x03\x00\x20 this is not what a record looks like";

    if (mem->behaviour == MEM_ECHO)
        send_all(mem, data, size);
    else if (mem->behaviour == MEM_ALERT)
        (void)mbedtls_ssl_send_alert_message(&mem->ssl, MBEDTLS_SSL_ALERT_LEVEL_FATAL,
                                             MBEDTLS_SSL_ALERT_MSG_INTERNAL_ERROR);
    else if (mem->behaviour == MEM_GARBAGE)
        (void)wire_put(&mem->to_client, garbage, sizeof garbage - 1);
}

/* Plain text before TLS; true once that may start. */
static bool upgrade(struct tls_mem *mem)
{
    char line[16] = "";

    if (!mem->starttls || mem->upgraded)
        return true;
    if (wire_length(&mem->to_server) < strlen("STARTTLS\n"))
        return false;
    (void)wire_get(&mem->to_server, line, strlen("STARTTLS\n"));
    mem->upgraded = strcmp(line, "STARTTLS\n") == 0;
    (void)wire_put(&mem->to_client, mem->upgraded ? "OK\n" : "NO\n", 3);
    return false;
}

/* Called again after an error later versions send the alert, and 2.16 goes on as if there were
 * none. */
static bool cannot_go_on(int ret)
{
    return MBEDTLS_VERSION_NUMBER < 0x021C0000 && ret != MBEDTLS_ERR_SSL_WANT_READ &&
           ret != MBEDTLS_ERR_SSL_WANT_WRITE;
}

static void serve(struct tls_mem *mem)
{
    unsigned char data[4096];
    int ret = 0;

    if (mem->behaviour == MEM_SILENT || !upgrade(mem))
        return;
    if (mem->behaviour == MEM_NOT_TLS) {
        if (!mem->greeted && wire_length(&mem->to_server) > 0)
            mem->greeted = wire_put(&mem->to_client, "HTTP/1.1 400 Bad Request\r\n", 26) > 0;
        return;
    }
    if (mem->has_failed || (ret = mbedtls_ssl_handshake(&mem->ssl)) != 0) {
        mem->has_failed |= cannot_go_on(ret);
        return;
    }
    mem->saw_client_cert = mbedtls_ssl_get_peer_cert(&mem->ssl) != NULL;
    if (!mem->greeted &&
        (mem->behaviour == MEM_GREET_AND_CLOSE || mem->behaviour == MEM_GREET_AND_DROP))
        greet(mem);
    while (mem->behaviour != MEM_DEAF &&
           (ret = mbedtls_ssl_read(&mem->ssl, data, sizeof data)) != 0) {
        if (ret == MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY)
            mem->saw_close_notify = true;
        if (ret < 0)
            break;
        answer(mem, data, (size_t)ret);
    }
}

void tls_mem_run(struct tls_mem *mem)
{
    const size_t before = wire_length(&mem->to_client);

    alloc_pause(); /* the server's allocations are not what a test lets fail */
    serve(mem);
    alloc_resume();
    if (wire_length(&mem->to_client) > before && mem->callback != NULL)
        mem->callback(mem->argument);
}

/* ---- the client's end ---- */

static bool is_lost(const struct tls_mem *mem)
{
    return mem->sent + mem->received >= mem->lost_after;
}

static nsapi_error_t mem_connect(void *context, const char *host, uint16_t port)
{
    struct tls_mem *mem = context;

    (void)host;
    (void)port;
    if (mem->connected)
        return NSAPI_ERROR_IS_CONNECTED;
    if (mem->in_progress_count > 0) {
        mem->in_progress_count--;
        return NSAPI_ERROR_IN_PROGRESS;
    }
    if (mem->connect_error != NSAPI_ERROR_OK)
        return mem->connect_error;
    mem->to_server.start = mem->to_server.end = 0;
    mem->to_client.start = mem->to_client.end = 0;
    mem->sent = mem->received = 0;
    mem->eof = mem->greeted = mem->upgraded = mem->saw_close_notify = false;
    mem->has_failed = false;
    mem->connected = true;
    mem->connects++;
    alloc_pause();
    must(mbedtls_ssl_session_reset(&mem->ssl), "session_reset");
    alloc_resume();
    return NSAPI_ERROR_OK;
}

/* How long a call that could do nothing took. */
static nsapi_size_or_error_t wait_in_vain(struct tls_mem *mem)
{
    if (mem->timeout_ms > 0)
        mem->now_ms += (uint32_t)mem->timeout_ms;
    return NSAPI_ERROR_WOULD_BLOCK;
}

static size_t smallest(size_t a, size_t b)
{
    return a < b ? a : b;
}

static nsapi_size_or_error_t mem_send(void *context, const void *data, size_t size)
{
    struct tls_mem *mem = context;
    const size_t on_the_way = wire_length(&mem->to_server);

    if (!mem->connected)
        return NSAPI_ERROR_NO_CONNECTION;
    if (is_lost(mem))
        return NSAPI_ERROR_CONNECTION_LOST;
    if (mem->send_max > 0)
        size = smallest(size, mem->send_max);
    size = smallest(size, mem->lost_after - mem->sent - mem->received);
    size = smallest(size, mem->window > on_the_way ? mem->window - on_the_way : 0);
    if (size == 0)
        return wait_in_vain(mem);
    size = wire_put(&mem->to_server, data, size);
    mem->sent += size;
    if (!mem->manual)
        tls_mem_run(mem);
    return (nsapi_size_or_error_t)size;
}

static nsapi_size_or_error_t mem_recv(void *context, void *data, size_t size)
{
    struct tls_mem *mem = context;

    if (!mem->connected)
        return NSAPI_ERROR_NO_CONNECTION;
    if (!mem->manual)
        tls_mem_run(mem);
    if (is_lost(mem))
        return NSAPI_ERROR_CONNECTION_LOST;
    if (mem->recv_max > 0)
        size = smallest(size, mem->recv_max);
    size = smallest(size, mem->lost_after - mem->sent - mem->received);
    size =
        smallest(size, mem->stalled_after > mem->received ? mem->stalled_after - mem->received : 0);
    size = wire_get(&mem->to_client, data, size);
    if (size == 0)
        return mem->eof ? 0 : wait_in_vain(mem);
    mem->received += size;
    mem->now_ms += mem->recv_delay_ms * (uint32_t)size;
    return (nsapi_size_or_error_t)size;
}

static nsapi_error_t mem_close(void *context)
{
    struct tls_mem *mem = context;

    if (mem->connected && !mem->manual)
        tls_mem_run(mem);
    mem->closes += mem->connected;
    mem->connected = false;
    return NSAPI_ERROR_OK;
}

static nsapi_error_t mem_set_timeout(void *context, int timeout_ms)
{
    ((struct tls_mem *)context)->timeout_ms = timeout_ms;
    return NSAPI_ERROR_OK;
}

static uint32_t mem_now_ms(void *context)
{
    return ((struct tls_mem *)context)->now_ms;
}

static void mem_sigio(void *context, void (*callback)(void *argument), void *argument)
{
    struct tls_mem *mem = context;

    mem->callback = callback;
    mem->argument = argument;
}

static nsapi_error_t mem_getpeername(void *context, struct network_address *address)
{
    (void)context;
    *address = (struct network_address){.ip = "192.0.2.1", .port = 443};
    return NSAPI_ERROR_OK;
}

static const struct network_transport_ops mem_ops = {
    .connect = mem_connect,
    .send = mem_send,
    .recv = mem_recv,
    .close = mem_close,
    .set_timeout = mem_set_timeout,
    .now_ms = mem_now_ms,
    .sigio = mem_sigio,
    .getpeername = mem_getpeername,
};

const struct network_transport *tls_mem_socket(struct tls_mem *mem)
{
    mem->socket = (struct network_transport){.ops = &mem_ops, .context = mem};
    return &mem->socket;
}

static nsapi_error_t mem_open(void *context, struct network_socket *storage,
                              struct network_transport *socket)
{
    (void)storage;
    *socket = *tls_mem_socket(context);
    return NSAPI_ERROR_OK;
}

struct network tls_mem_network(struct tls_mem *mem)
{
    return (struct network){.open = mem_open, .context = mem};
}

/* ---- life ---- */

static int keep_sni(void *context, mbedtls_ssl_context *ssl, const unsigned char *name, size_t size)
{
    struct tls_mem *mem = context;

    (void)ssl;
    (void)snprintf(mem->saw_sni, sizeof mem->saw_sni, "%.*s", (int)size, (const char *)name);
    return 0;
}

#if MBEDTLS_VERSION_NUMBER >= 0x04000000
static void start_rng(struct tls_mem *mem)
{
    (void)mem;
}

static void stop_rng(struct tls_mem *mem)
{
    (void)mem;
}

static int parse_key(struct tls_mem *mem, const unsigned char *pem, size_t size)
{
    return mbedtls_pk_parse_key(&mem->key, pem, size, NULL, 0);
}
#else
static void start_rng(struct tls_mem *mem)
{
    mbedtls_entropy_init(&mem->entropy);
    mbedtls_ctr_drbg_init(&mem->rng);
    must(mbedtls_ctr_drbg_seed(&mem->rng, mbedtls_entropy_func, &mem->entropy, NULL, 0), "seed");
    mbedtls_ssl_conf_rng(&mem->config, mbedtls_ctr_drbg_random, &mem->rng);
}

static void stop_rng(struct tls_mem *mem)
{
    mbedtls_ctr_drbg_free(&mem->rng);
    mbedtls_entropy_free(&mem->entropy);
}

static int parse_key(struct tls_mem *mem, const unsigned char *pem, size_t size)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    return mbedtls_pk_parse_key(&mem->key, pem, size, NULL, 0, mbedtls_ctr_drbg_random, &mem->rng);
#else
    return mbedtls_pk_parse_key(&mem->key, pem, size, NULL, 0);
#endif
}
#endif

/* ---- resumption ---- */

#if MBEDTLS_VERSION_NUMBER >= 0x02130000
/* A ticket that is the session itself, in the clear: good enough for a server in memory. */
static int write_ticket(void *context, const mbedtls_ssl_session *session, unsigned char *start,
                        const unsigned char *end, size_t *length, uint32_t *lifetime_s)
{
    (void)context;
    *lifetime_s = 3600;
    return mbedtls_ssl_session_save(session, start, (size_t)(end - start), length);
}

static int parse_ticket(void *context, mbedtls_ssl_session *session, unsigned char *ticket,
                        size_t length)
{
    const struct tls_mem *mem = context;

    return mem->forgets ? MBEDTLS_ERR_SSL_INVALID_MAC
                        : mbedtls_ssl_session_load(session, ticket, length);
}

void tls_mem_resume(struct tls_mem *mem, enum mem_resumption how)
{
    if (how == MEM_BY_TICKET)
        mbedtls_ssl_conf_session_tickets_cb(&mem->config, write_ticket, parse_ticket, mem);
    else
        mbedtls_ssl_conf_session_cache(&mem->config, &mem->cache, mbedtls_ssl_cache_get,
                                       mbedtls_ssl_cache_set);
}
#endif

/* A ticket follows the handshake of TLS 1.3, which is a message and no data. */
static void send_tickets(struct tls_mem *mem)
{
#if defined(MBEDTLS_SSL_PROTO_TLS1_3) && defined(MBEDTLS_SSL_SESSION_TICKETS)
    tls_mem_resume(mem, MEM_BY_TICKET);
#else
    (void)mem;
#endif
}

static void load(struct tls_mem *mem, const struct pki_cert *cert)
{
    const unsigned char *pem = (const unsigned char *)cert->pem;
    const unsigned char *key = (const unsigned char *)cert->key_pem;

    must(mbedtls_x509_crt_parse(&mem->cert, pem, strlen(cert->pem) + 1), "cert");
    must(parse_key(mem, key, strlen(cert->key_pem) + 1), "key");
    must(mbedtls_ssl_conf_own_cert(&mem->config, &mem->cert, &mem->key), "own_cert");
}

void tls_mem_init(struct tls_mem *mem, const struct pki_cert *cert)
{
    memset(mem, 0, sizeof *mem);
    mem->window = MEM_WIRE_SIZE;
    mem->lost_after = MEM_NEVER;
    mem->stalled_after = MEM_NEVER;
    mbedtls_x509_crt_init(&mem->cert);
    mbedtls_pk_init(&mem->key);
    mbedtls_x509_crt_init(&mem->client_ca);
    mbedtls_ssl_config_init(&mem->config);
    mbedtls_ssl_init(&mem->ssl);
    mbedtls_ssl_cache_init(&mem->cache);
#if defined(USES_PSA_CRYPTO)
    must((int)psa_crypto_init(), "psa_crypto_init");
#endif
    must(mbedtls_ssl_config_defaults(&mem->config, MBEDTLS_SSL_IS_SERVER,
                                     MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT),
         "defaults");
    start_rng(mem);
    send_tickets(mem);
    mbedtls_ssl_conf_authmode(&mem->config, MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_sni(&mem->config, keep_sni, mem);
    load(mem, cert);
    must(mbedtls_ssl_setup(&mem->ssl, &mem->config), "setup");
    mbedtls_ssl_set_bio(&mem->ssl, mem, server_send, server_recv, NULL);
}

void tls_mem_free(struct tls_mem *mem)
{
    mbedtls_ssl_free(&mem->ssl);
    mbedtls_ssl_config_free(&mem->config);
    mbedtls_ssl_cache_free(&mem->cache);
    mbedtls_x509_crt_free(&mem->client_ca);
    mbedtls_pk_free(&mem->key);
    mbedtls_x509_crt_free(&mem->cert);
    stop_rng(mem);
}

void tls_mem_require_client_cert(struct tls_mem *mem, const struct pki_cert *ca)
{
    must(mbedtls_x509_crt_parse(&mem->client_ca, (const unsigned char *)ca->pem,
                                strlen(ca->pem) + 1),
         "client_ca");
    mbedtls_ssl_conf_ca_chain(&mem->config, &mem->client_ca, NULL);
    mbedtls_ssl_conf_authmode(&mem->config, MBEDTLS_SSL_VERIFY_REQUIRED);
}
