/* tlssocket.c -- the TLS socket against bare Mbed TLS calls over the same transport in memory
 *
 * Prints handshakes and bytes a second of both, in turns so that the machine's moods meet both
 * alike, each the best of several; and what a further socket takes from the heap.
 */
#include "tls_alloc.h"
#include "tls_mem.h"

#include "mbed_pki.h"
#include "tlssocket/tls_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 15
#define HANDSHAKES 40
#define BLOCKS 400
#define BLOCK_SIZE 4096

static struct tls_mem mem;
static struct network network;
static unsigned char block[BLOCK_SIZE];

/* Bare Mbed TLS, as its own example ssl_client1.c uses it. */
static struct {
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context rng;
    mbedtls_x509_crt ca;
    mbedtls_ssl_config config;
    mbedtls_ssl_context ssl;
} bare;

static struct tls_socket ours;

static void must(int ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "bench: %s\n", what);
    exit(1);
}

static double now_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int bare_send(void *context, const unsigned char *data, size_t size)
{
    const int n = network_transport_send(context, data, size);

    return n == NSAPI_ERROR_WOULD_BLOCK ? MBEDTLS_ERR_SSL_WANT_WRITE : n;
}

static int bare_recv(void *context, unsigned char *data, size_t size)
{
    const int n = network_transport_recv(context, data, size);

    return n == NSAPI_ERROR_WOULD_BLOCK ? MBEDTLS_ERR_SSL_WANT_READ : n;
}

static void bare_init(void)
{
    const char *pem = pki()->root.pem;

    mbedtls_entropy_init(&bare.entropy);
    mbedtls_ctr_drbg_init(&bare.rng);
    mbedtls_x509_crt_init(&bare.ca);
    mbedtls_ssl_config_init(&bare.config);
    must(mbedtls_ctr_drbg_seed(&bare.rng, mbedtls_entropy_func, &bare.entropy, NULL, 0) == 0,
         "seed");
    must(mbedtls_x509_crt_parse(&bare.ca, (const unsigned char *)pem, strlen(pem) + 1) == 0, "ca");
    must(mbedtls_ssl_config_defaults(&bare.config, MBEDTLS_SSL_IS_CLIENT,
                                     MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT) == 0,
         "defaults");
    mbedtls_ssl_conf_ca_chain(&bare.config, &bare.ca, NULL);
    mbedtls_ssl_conf_rng(&bare.config, mbedtls_ctr_drbg_random, &bare.rng);
}

static void bare_connect(void)
{
    const struct network_transport *socket = tls_mem_socket(&mem);

    mbedtls_ssl_init(&bare.ssl);
    must(mbedtls_ssl_setup(&bare.ssl, &bare.config) == 0, "setup");
    must(mbedtls_ssl_set_hostname(&bare.ssl, "localhost") == 0, "hostname");
    mbedtls_ssl_set_bio(&bare.ssl, (void *)(uintptr_t)socket, bare_send, bare_recv, NULL);
    must(network_transport_connect(socket, "localhost", 443) == NSAPI_ERROR_OK, "connect");
    must(mbedtls_ssl_handshake(&bare.ssl) == 0, "handshake");
}

static void bare_close(void)
{
    (void)mbedtls_ssl_close_notify(&bare.ssl);
    mbedtls_ssl_free(&bare.ssl);
    (void)network_transport_close(tls_mem_socket(&mem));
}

static void bare_echo(void)
{
    size_t got = 0;

    must(mbedtls_ssl_write(&bare.ssl, block, sizeof block) == (int)sizeof block, "write");
    while (got < sizeof block) {
        const int n = mbedtls_ssl_read(&bare.ssl, block, sizeof block);

        must(n > 0, "read");
        got += (size_t)n;
    }
}

static void our_connect(void)
{
    must(tls_socket_open(&ours, &network) == NSAPI_ERROR_OK, "open");
    must(tls_socket_connect(&ours, "localhost", 443) == NSAPI_ERROR_OK, "tls_socket_connect");
}

static void our_close(void)
{
    (void)tls_socket_close(&ours);
}

static void our_echo(void)
{
    size_t got = 0;

    must(tls_socket_send(&ours, block, sizeof block) == (int)sizeof block, "send");
    while (got < sizeof block) {
        const int n = tls_socket_recv(&ours, block, sizeof block);

        must(n > 0, "recv");
        got += (size_t)n;
    }
}

static const struct side {
    const char *name;
    void (*connect)(void);
    void (*close)(void);
    void (*echo)(void);
} sides[2] = {{"bare Mbed TLS", bare_connect, bare_close, bare_echo},
              {"tls_socket", our_connect, our_close, our_echo}};

static double handshakes_per_s(const struct side *side)
{
    const double began_s = now_s();

    for (int i = 0; i < HANDSHAKES; i++) {
        side->connect();
        side->close();
    }
    return HANDSHAKES / (now_s() - began_s);
}

static double bytes_per_s(const struct side *side)
{
    double began_s;
    double elapsed_s;

    side->connect();
    began_s = now_s();
    for (int i = 0; i < BLOCKS; i++)
        side->echo();
    elapsed_s = now_s() - began_s;
    side->close();
    return 2.0 * BLOCKS * BLOCK_SIZE / elapsed_s;
}

static void compare(const char *unit, double (*measure)(const struct side *side))
{
    double best[2] = {0, 0};

    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < 2; i++) {
            const double rate = measure(&sides[(i + round) % 2]);

            if (rate > best[(i + round) % 2])
                best[(i + round) % 2] = rate;
        }
    printf("%-22s %12.0f  %s\n%-22s %12.0f  %s\n%-22s %12.3f\n", sides[0].name, best[0], unit,
           sides[1].name, best[1], unit, "ratio", best[1] / best[0]);
}

/* Heap of a second socket, connected; with the first one's chain, or a bundle parsed anew. */
static long further_socket_bytes(const char *bundle, bool shared)
{
    static struct tls_socket further;
    const long before = alloc_live_bytes();
    long bytes;

    tls_socket_init(&further);
    must(tls_socket_open(&further, &network) == NSAPI_ERROR_OK, "open");
    if (shared)
        tls_socket_set_ca_chain(&further, tls_socket_get_ca_chain(&ours));
    else
        must(tls_socket_set_root_ca_cert(&further, bundle) == NSAPI_ERROR_OK, "bundle");
    must(tls_socket_connect(&further, "localhost", 443) == NSAPI_ERROR_OK, "connect");
    bytes = alloc_live_bytes() - before;
    tls_socket_free(&further);
    return bytes;
}

static void compare_heap(int roots)
{
    static char bundle[64 * PKI_PEM_SIZE];
    long shared;
    long own;

    bundle[0] = '\0';
    for (int i = 0; i < roots; i++)
        strcat(bundle, i == 0 ? pki()->root.pem : pki()->rsa_root.pem);
    must(tls_socket_set_root_ca_cert(&ours, bundle) == NSAPI_ERROR_OK, "bundle");
    shared = further_socket_bytes(bundle, true);
    own = further_socket_bytes(bundle, false);
    printf(
        "heap of a further socket, %2d roots: %6ld bytes sharing the chain, %6ld parsing its own "
        "(%ld saved)\n",
        roots, shared, own, own - shared);
}

int main(void)
{
    tls_mem_init(&mem, &pki()->leaf);
    network = tls_mem_network(&mem);
    bare_init();
    tls_socket_init(&ours);
    must(tls_socket_set_root_ca_cert(&ours, pki()->root.pem) == NSAPI_ERROR_OK, "ca");
    compare("handshakes/s", handshakes_per_s);
    compare("bytes/s", bytes_per_s);
    compare_heap(1);
    compare_heap(5);
    compare_heap(20);
    printf("caller's storage: struct tls_socket %zu bytes\n", sizeof(struct tls_socket));
    tls_socket_free(&ours);
    tls_mem_free(&mem);
    return 0;
}
