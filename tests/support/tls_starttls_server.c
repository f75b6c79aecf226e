/* tls_starttls_server.c -- SMTP up to STARTTLS in the clear, then over TLS (RFC 3207), for a test
 *
 *     tls_starttls_server PORT CERT KEY
 */
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER < 0x04000000
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#endif
#if MBEDTLS_VERSION_NUMBER >= 0x04000000 || defined(MBEDTLS_USE_PSA_CRYPTO) ||                     \
    defined(MBEDTLS_SSL_PROTO_TLS1_3)
#define USES_PSA_CRYPTO
#include <psa/crypto.h>
#endif

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mbedtls_x509_crt cert;
static mbedtls_pk_context key;
static mbedtls_ssl_config config;

static void must(int ret, const char *what)
{
    if (ret >= 0)
        return;
    (void)fprintf(stderr, "tls_starttls_server: %s: -0x%04x\n", what, (unsigned)-ret);
    exit(1);
}

#if MBEDTLS_VERSION_NUMBER >= 0x04000000
static void start_rng(void)
{
}

static int parse_key(const char *path)
{
    return mbedtls_pk_parse_keyfile(&key, path, NULL);
}
#else
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context rng;

static void start_rng(void)
{
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&rng);
    must(mbedtls_ctr_drbg_seed(&rng, mbedtls_entropy_func, &entropy, NULL, 0), "seed");
    mbedtls_ssl_conf_rng(&config, mbedtls_ctr_drbg_random, &rng);
}

static int parse_key(const char *path)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    return mbedtls_pk_parse_keyfile(&key, path, NULL, mbedtls_ctr_drbg_random, &rng);
#else
    return mbedtls_pk_parse_keyfile(&key, path, NULL);
#endif
}
#endif

static void set_up(const char *cert_path, const char *key_path)
{
#if defined(USES_PSA_CRYPTO)
    must((int)psa_crypto_init(), "psa");
#endif
    mbedtls_x509_crt_init(&cert);
    mbedtls_pk_init(&key);
    mbedtls_ssl_config_init(&config);
    start_rng();
    must(mbedtls_x509_crt_parse_file(&cert, cert_path), "cert");
    must(parse_key(key_path), "key");
    must(mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_SERVER, MBEDTLS_SSL_TRANSPORT_STREAM,
                                     MBEDTLS_SSL_PRESET_DEFAULT),
         "defaults");
    must(mbedtls_ssl_conf_own_cert(&config, &cert, &key), "own_cert");
}

static void say(mbedtls_net_context *net, const char *text)
{
    (void)mbedtls_net_send(net, (const unsigned char *)text, strlen(text));
}

/* Returns 0 once the client asked for TLS. */
static int talk_in_the_clear(mbedtls_net_context *net)
{
    unsigned char line[128];
    int n;

    say(net, "220 test\r\n");
    while ((n = mbedtls_net_recv(net, line, sizeof line)) > 0) {
        if (n >= 8 && memcmp(line, "STARTTLS", 8) == 0) {
            say(net, "220 go ahead\r\n");
            return 0;
        }
        say(net, "250 STARTTLS\r\n");
    }
    return -1;
}

static void talk_over_tls(mbedtls_net_context *net)
{
    static const unsigned char answer[] = "250 welcome\r\n";
    unsigned char line[128];
    mbedtls_ssl_context ssl;

    mbedtls_ssl_init(&ssl);
    must(mbedtls_ssl_setup(&ssl, &config), "setup");
    mbedtls_ssl_set_bio(&ssl, net, mbedtls_net_send, mbedtls_net_recv, NULL);
    if (mbedtls_ssl_handshake(&ssl) == 0)
        while (mbedtls_ssl_read(&ssl, line, sizeof line) > 0)
            (void)mbedtls_ssl_write(&ssl, answer, sizeof answer - 1);
    mbedtls_ssl_free(&ssl);
}

int main(int argc, char *argv[])
{
    mbedtls_net_context listener;
    mbedtls_net_context net;

    if (argc != 4)
        return 1;
    set_up(argv[2], argv[3]);
    mbedtls_net_init(&listener);
    must(mbedtls_net_bind(&listener, "127.0.0.1", argv[1], MBEDTLS_NET_PROTO_TCP), "bind");
    for (;;) {
        mbedtls_net_init(&net);
        must(mbedtls_net_accept(&listener, &net, NULL, 0, NULL), "accept");
        if (talk_in_the_clear(&net) == 0)
            talk_over_tls(&net);
        mbedtls_net_free(&net);
    }
}
