/* tls_client.c -- drives a TLS socket over TCP, one step an argument, for the end-to-end tests
 *
 *     tls_client HOST PORT [STEP...]
 * Prints "OK", or "STEP: ERROR cause CAUSE" and exits with 1 at the first step that fails.
 */
#include "tlssocket/tls_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct client {
    struct tls_socket socket;
    const char *host;
    uint16_t port;
    char *ca;
    char *argument; /* of the step, after '=' */
    bool blocking;
    unsigned sigio_count;
};

static char *read_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    char *text = calloc(1, 65536);
    size_t length;

    if (in == NULL || text == NULL)
        abort();
    length = fread(text, 1, 65535, in);
    text[length] = '\0';
    (void)fclose(in);
    return text;
}

/* Waits for the network if result says that there is nothing yet; whether to call again. */
static bool must_wait(struct client *client, nsapi_size_or_error_t result, bool for_write)
{
    return !client->blocking &&
           (result == NSAPI_ERROR_WOULD_BLOCK || result == NSAPI_ERROR_IN_PROGRESS) &&
           network_wait(&client->socket.tcp, for_write, 10000) == NSAPI_ERROR_OK;
}

static int do_connect(struct client *client)
{
    nsapi_error_t error;

    do
        error = tls_socket_connect(&client->socket, client->host, client->port);
    while (must_wait(client, error, false));
    return error;
}

static int send_all(struct client *client, const void *data, size_t size)
{
    size_t sent = 0;

    while (sent < size) {
        const nsapi_size_or_error_t n =
            tls_socket_send(&client->socket, (const char *)data + sent, size - sent);

        if (n > 0)
            sent += (size_t)n;
        else if (!must_wait(client, n, true))
            return n;
    }
    return 0;
}

static int recv_all(struct client *client, void *data, size_t size)
{
    size_t got = 0;

    while (got < size) {
        const nsapi_size_or_error_t n =
            tls_socket_recv(&client->socket, (char *)data + got, size - got);

        if (n > 0)
            got += (size_t)n;
        else if (!must_wait(client, n, false))
            return n == 0 ? -1 : n;
    }
    return 0;
}

static int do_open(struct client *client)
{
    return tls_socket_open(&client->socket, network_default());
}

static int do_close(struct client *client)
{
    return tls_socket_close(&client->socket);
}

static int do_ca(struct client *client)
{
    client->ca = read_file(client->argument);
    return tls_socket_set_root_ca_cert(&client->socket, client->ca);
}

/* client=CERT,KEY */
static int do_client(struct client *client)
{
    char *comma = strchr(client->argument, ',');
    char *cert;
    char *key;
    int error;

    *comma = '\0';
    cert = read_file(client->argument);
    key = read_file(comma + 1);
    error = tls_socket_set_client_cert_key(&client->socket, cert, key);
    free(cert);
    free(key);
    return error;
}

static int do_hostname(struct client *client)
{
    return tls_socket_set_hostname(&client->socket, client->argument);
}

static int do_timeout(struct client *client)
{
    return tls_socket_set_timeout(&client->socket, atoi(client->argument));
}

/* save=FILE and restore=FILE: the connection's session, for the next connect */
static int do_save(struct client *client)
{
    static unsigned char bytes[TLS_SOCKET_SESSION_MAX];
    const nsapi_size_or_error_t size = tls_socket_get_session(&client->socket, bytes, sizeof bytes);
    FILE *out;

    if (size < 0)
        return size;
    if ((out = fopen(client->argument, "wb")) == NULL)
        abort();
    if (fwrite(bytes, 1, (size_t)size, out) != (size_t)size || fclose(out) != 0)
        abort();
    return 0;
}

static int do_restore(struct client *client)
{
    static unsigned char bytes[TLS_SOCKET_SESSION_MAX];
    FILE *in = fopen(client->argument, "rb");
    size_t size;

    if (in == NULL)
        abort();
    size = fread(bytes, 1, sizeof bytes, in);
    (void)fclose(in);
    return tls_socket_set_session(&client->socket, bytes, size);
}

static int do_resumed(struct client *client)
{
    return tls_socket_is_resumed(&client->socket) ? 0 : -1;
}

static int do_full(struct client *client)
{
    return tls_socket_is_resumed(&client->socket) ? -1 : 0;
}

/* alpn=NAME[,NAME]: offers these; agreed=NAME: the server has chosen it */
static int do_alpn(struct client *client)
{
    static const char *names[8];
    size_t count = 0;

    for (char *name = strtok(client->argument, ","); name != NULL && count < 7;
         name = strtok(NULL, ","))
        names[count++] = name;
    names[count] = NULL;
    return tls_socket_set_alpn(&client->socket, names);
}

/* The connection's value starts with the step's argument. */
static int starts(const struct client *client, const char *value)
{
    const size_t length = strlen(client->argument);

    return value != NULL && length > 0 && strncmp(value, client->argument, length) == 0 ? 0 : -1;
}

static int do_agreed(struct client *client)
{
    return starts(client, tls_socket_get_alpn(&client->socket));
}

static int do_version(struct client *client)
{
    return starts(client, tls_socket_get_version(&client->socket));
}

static int do_suite(struct client *client)
{
    return starts(client, tls_socket_get_ciphersuite(&client->socket));
}

static int do_fragment(struct client *client)
{
    return tls_socket_set_max_fragment(&client->socket, strtoul(client->argument, NULL, 10));
}

static int do_fragments(struct client *client)
{
    return tls_socket_get_max_fragment(&client->socket) == strtoul(client->argument, NULL, 10) ? 0
                                                                                               : -1;
}

static void count_sigio(void *argument)
{
    ((struct client *)argument)->sigio_count++;
}

/* Also before open, which hands the callback on to the new transport. */
static int do_nonblocking(struct client *client)
{
    tls_socket_sigio(&client->socket, count_sigio, client);
    client->blocking = false;
    tls_socket_set_blocking(&client->socket, false);
    return 0;
}

/* The server sends every line back reversed (openssl s_server -rev). */
static int echo(struct client *client, size_t size)
{
    static char sent[1300];
    static char received[1300];

    for (size_t i = 0; i + 1 < size; i++)
        sent[i] = (char)('a' + i % 26);
    sent[size - 1] = '\n';
    const int error = send_all(client, sent, size);
    if (error != 0)
        return error;
    if (recv_all(client, received, size) != 0)
        return -1;
    for (size_t i = 0; i + 1 < size; i++)
        if (received[i] != sent[size - 2 - i])
            return -2;
    return 0;
}

static int do_echo(struct client *client)
{
    int error = 0;

    for (size_t size = 1; error == 0 && size <= 1200; size = size < 10 ? size + 1 : size * 5 / 4)
        error = echo(client, size);
    return error;
}

static int do_burst(struct client *client)
{
    int error = 0;

    for (int i = 0; error == 0 && i < 20; i++)
        error = echo(client, 1220);
    return error;
}

/* get=PATH: an HTTP request; the answer must have status 200 and end with a close_notify */
static int do_get(struct client *client)
{
    char text[512];
    size_t total = 0;
    nsapi_size_or_error_t n;

    (void)snprintf(text, sizeof text, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
                   client->argument, client->host);
    if ((n = send_all(client, text, strlen(text))) != 0)
        return n;
    if ((n = recv_all(client, text, 12)) != 0 || memcmp(text, "HTTP/1.1 200", 12) != 0)
        return n == 0 ? -1 : n;
    while ((n = tls_socket_recv(&client->socket, text, sizeof text)) > 0 ||
           must_wait(client, n, false))
        total += n > 0 ? (size_t)n : 0;
    return n != 0 ? n : total > 0 ? 0 : -1;
}

/* MQTT 3.1.1: CONNECT, CONNACK, SUBSCRIBE, SUBACK, PUBLISH, and the same PUBLISH back */
static int do_mqtt(struct client *client)
{
    static const unsigned char connect[] = {0x10, 14,   0, 4,  'M', 'Q', 'T', 'T',
                                            4,    0x02, 0, 60, 0,   2,   't', 's'};
    static const unsigned char connack[] = {0x20, 2, 0, 0};
    static const unsigned char subscribe[] = {0x82, 6, 0, 1, 0, 1, 'a', 0};
    static const unsigned char suback[] = {0x90, 3, 0, 1, 0};
    static const unsigned char publish[] = {0x30, 8, 0, 1, 'a', 'h', 'e', 'l', 'l', 'o'};
    unsigned char answer[16];
    int error;

    if ((error = send_all(client, connect, sizeof connect)) != 0 ||
        (error = recv_all(client, answer, sizeof connack)) != 0)
        return error;
    if (memcmp(answer, connack, sizeof connack) != 0)
        return -1;
    if ((error = send_all(client, subscribe, sizeof subscribe)) != 0 ||
        (error = recv_all(client, answer, sizeof suback)) != 0)
        return error;
    if (memcmp(answer, suback, sizeof suback) != 0)
        return -2;
    if ((error = send_all(client, publish, sizeof publish)) != 0 ||
        (error = recv_all(client, answer, sizeof publish)) != 0)
        return error;
    return memcmp(answer, publish, sizeof publish) == 0 ? 0 : -3;
}

/* cycles=N: opens, connects and closes */
static int do_cycles(struct client *client)
{
    int error = 0;

    for (int i = atoi(client->argument); error == 0 && i > 0; i--)
        if ((error = do_open(client)) == 0 && (error = do_connect(client)) == 0)
            error = do_close(client);
    return error;
}

/* simultaneous=PORT: a second socket, there, shares the first one's chain; ten echoes in turn */
static int do_simultaneous(struct client *client)
{
    static struct client other;
    mbedtls_x509_crt *chain = tls_socket_get_ca_chain(&client->socket);
    int error;

    other.host = client->host;
    other.port = (uint16_t)strtoul(client->argument, NULL, 10);
    other.blocking = true;
    tls_socket_init(&other.socket);
    tls_socket_set_ca_chain(&other.socket, chain);
    if ((error = do_open(&other)) != 0 || (error = do_connect(&other)) != 0)
        return error;
    for (size_t i = 1; error == 0 && i <= 10; i++)
        if ((error = echo(client, i * 10)) == 0)
            error = echo(&other, i * 10);
    tls_socket_free(&other.socket);
    return error;
}

/* starttls: SMTP in the clear up to STARTTLS, then the same connection with TLS, and EHLO again */
static int do_starttls(struct client *client)
{
    static struct tls_socket_wrapper upgraded;
    struct network_socket storage;
    struct network_transport tcp;
    char text[256];
    int n;

    if (network_open(network_default(), &storage, &tcp) != NSAPI_ERROR_OK ||
        network_transport_connect(&tcp, client->host, client->port) != NSAPI_ERROR_OK)
        return -1;
    if ((n = network_transport_recv(&tcp, text, sizeof text)) <= 0 || memcmp(text, "220", 3) != 0)
        return -2;
    if (network_transport_send(&tcp, "EHLO me\r\n", 9) != 9 ||
        (n = network_transport_recv(&tcp, text, sizeof text)) <= 0 || memcmp(text, "250", 3) != 0)
        return -3;
    if (network_transport_send(&tcp, "STARTTLS\r\n", 10) != 10 ||
        (n = network_transport_recv(&tcp, text, sizeof text)) <= 0 || memcmp(text, "220", 3) != 0)
        return -4;
    tls_socket_wrapper_init(&upgraded, &tcp, TRANSPORT_CLOSE);
    tls_socket_wrapper_set_ca_chain(&upgraded, tls_socket_get_ca_chain(&client->socket));
    if ((n = tls_socket_wrapper_connect(&upgraded, client->host, 0)) != NSAPI_ERROR_OK)
        return n;
    if (tls_socket_wrapper_send(&upgraded, "EHLO me\r\n", 9) != 9 ||
        tls_socket_wrapper_recv(&upgraded, text, sizeof text) <= 0 || memcmp(text, "250", 3) != 0)
        return -5;
    tls_socket_wrapper_free(&upgraded);
    network_free(&storage);
    return 0;
}

/* A recv that nothing comes for ends after its 100 ms. */
static int do_recv_timeout(struct client *client)
{
    char data[1];
    int error;

    (void)tls_socket_set_timeout(&client->socket, 100);
    error = tls_socket_recv(&client->socket, data, 1);
    (void)tls_socket_set_timeout(&client->socket, -1);
    return error == NSAPI_ERROR_TIMEOUT ? 0 : error;
}

static int do_peer(struct client *client)
{
    struct network_address address;
    const int error = tls_socket_getpeername(&client->socket, &address);
    const bool numeric = client->host[0] >= '0' && client->host[0] <= '9';

    return error != 0 ? error
                      : strcmp(address.ip, numeric ? client->host : "127.0.0.1") != 0 ||
                            address.port != client->port;
}

static int do_sigio(struct client *client)
{
    return client->sigio_count > 0 ? 0 : -1;
}

static const struct step {
    const char *name;
    int (*run)(struct client *client);
} steps[] = {
    {"open", do_open},
    {"close", do_close},
    {"ca", do_ca},
    {"client", do_client},
    {"hostname", do_hostname},
    {"timeout", do_timeout},
    {"alpn", do_alpn},
    {"agreed", do_agreed},
    {"version", do_version},
    {"suite", do_suite},
    {"fragment", do_fragment},
    {"fragments", do_fragments},
    {"save", do_save},
    {"restore", do_restore},
    {"resumed", do_resumed},
    {"full", do_full},
    {"connect", do_connect},
    {"nonblocking", do_nonblocking},
    {"echo", do_echo},
    {"burst", do_burst},
    {"get", do_get},
    {"mqtt", do_mqtt},
    {"cycles", do_cycles},
    {"simultaneous", do_simultaneous},
    {"starttls", do_starttls},
    {"recv-timeout", do_recv_timeout},
    {"peer", do_peer},
    {"sigio", do_sigio},
};

static int run_step(struct client *client, char *text)
{
    const size_t length = strcspn(text, "=");

    client->argument = text[length] == '=' ? text + length + 1 : text + length;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (strlen(steps[i].name) == length && memcmp(steps[i].name, text, length) == 0)
            return steps[i].run(client);
    abort();
}

int main(int argc, char *argv[])
{
    static struct client client;
    int error = 0;

    client.host = argv[1];
    client.port = (uint16_t)strtoul(argv[2], NULL, 10);
    client.blocking = true;
    if (getenv("TLS_CLIENT_TRACE") != NULL)
        (void)mbed_trace_init();
    tls_socket_init(&client.socket);
    for (int i = 3; error == 0 && i < argc; i++)
        if ((error = run_step(&client, argv[i])) != 0)
            (void)printf("%s: %d cause %d\n", argv[i], error,
                         (int)tls_socket_get_cause(&client.socket));
    tls_socket_free(&client.socket);
    free(client.ca);
    if (error == 0)
        (void)puts("OK");
    return error == 0 ? 0 : 1;
}
