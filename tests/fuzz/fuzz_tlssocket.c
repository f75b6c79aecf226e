/* fuzz_tlssocket.c -- a TLS server in memory, whose bytes are changed on their way, and calls of
 * the library in any order
 *
 * The input: a byte each for the server's certificate, its behaviour, the transport and whom the
 * client trusts; a byte with the number of edits, then these, each six bytes (position in what the
 * server sends, two bytes; kind; value; length; how many bytes of its own follow) and its own
 * bytes; then a byte for each call. The handshake is real, and so are its keys: random numbers and
 * time are always the same, an input always does the same. */
#include <mbedtls/version.h>
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
#include <psa/crypto.h>
#endif
#include <string.h>
#include <time.h>

#include "fuzz.h"
#include "mbed_pki.h"
#include "tls_alloc.h"
#include "tls_internal.h"
#include "tls_mem.h"
#include "tlssocket/tls_socket.h"

#define AT 1767225600
#define EDITS_MAX 8
#define CALLS_MAX 48

const long fuzz_mutations = 250;

/* ---- the same numbers and time in each run ---- */

static uint64_t random_state;

int __wrap_mbedtls_entropy_func(void *context, unsigned char *bytes, size_t size);
time_t __wrap_time(time_t *out);

int __wrap_mbedtls_entropy_func(void *context, unsigned char *bytes, size_t size)
{
    (void)context;
    for (size_t i = 0; i < size; i++) {
        random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407U;
        bytes[i] = (unsigned char)(random_state >> 56);
    }
    return 0;
}

time_t __wrap_time(time_t *out)
{
    if (out != NULL)
        *out = AT;
    return AT;
}

/* PSA's generator outlives a run. */
static void seed_anew(void)
{
    (void)pki(); /* is made once, from the first numbers */
    random_state = 1;
#if MBEDTLS_VERSION_NUMBER >= 0x03000000
    mbedtls_psa_crypto_free();
    FUZZ_CHECK(psa_crypto_init() == PSA_SUCCESS);
#endif
}

/* ---- a transport that changes what the server sends ---- */

enum kind { XOR, INSERT, DROP, END, FAIL, WAIT, OWN_BYTES, KIND_COUNT };

struct edit {
    size_t position;
    enum kind kind;
    uint8_t value;
    size_t length;
    const uint8_t *own;
    size_t own_length;
};

struct run {
    struct tls_mem mem;
    const struct network_transport *inner;
    struct network_transport transport;
    struct tls_socket_wrapper tls;
    struct edit edit[EDITS_MAX];
    size_t edit_count;
    size_t edits_done;
    size_t position; /* in what the server sent */
    size_t drop;     /* bytes that are to be lost */
    size_t insert;   /* bytes of insert_value that are to come */
    uint8_t insert_value;
    const uint8_t *own; /* bytes that are to come */
    size_t own_length;
    bool has_ended;
    const struct pki_cert *ca;      /* the trusted one */
    const struct pki_cert *good_ca; /* NULL: no client may take the certificate */
    size_t sent, received;          /* bytes of data on this connection */
    unsigned connects;              /* when these were 0 */
    unsigned sigio_count;
    uint8_t session[4096]; /* that was saved, and was changed since */
    size_t session_size;
    size_t session_edits;
};

static struct run run;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static nsapi_error_t connect_inner(void *context, const char *host, uint16_t port)
{
    (void)context;
    run.position = run.drop = run.insert = run.own_length = 0;
    run.has_ended = false;
    return network_transport_connect(run.inner, host, port);
}

static nsapi_size_or_error_t send_inner(void *context, const void *data, size_t size)
{
    (void)context;
    return network_transport_send(run.inner, data, size);
}

/* Returns 1 to go on, or what recv returns. */
static nsapi_size_or_error_t apply(const struct edit *edit)
{
    static const nsapi_error_t errors[] = {NSAPI_ERROR_CONNECTION_LOST, NSAPI_ERROR_DEVICE_ERROR,
                                           NSAPI_ERROR_NO_MEMORY, NSAPI_ERROR_TIMEOUT};

    run.edits_done++;
    switch (edit->kind) {
    case INSERT:
        run.insert = edit->length;
        run.insert_value = edit->value;
        return 1;
    case DROP:
        run.drop = edit->length;
        return 1;
    case END:
        run.has_ended = true;
        return 0;
    case FAIL:
        return errors[edit->value % COUNT(errors)];
    case WAIT:
        run.mem.now_ms += run.mem.timeout_ms > 0 ? (uint32_t)run.mem.timeout_ms : 0;
        return NSAPI_ERROR_WOULD_BLOCK;
    default:
        run.own = edit->own;
        run.own_length = edit->own_length;
        return 1;
    }
}

/* What was put before the server's next byte. Returns how many bytes. */
static size_t take_inserted(uint8_t *data, size_t size)
{
    size_t count = smaller(run.insert, size);

    memset(data, run.insert_value, count);
    run.insert -= count;
    if (count > 0)
        return count;
    count = smaller(run.own_length, size);
    if (count == 0)
        return 0;
    memcpy(data, run.own, count);
    run.own += count;
    run.own_length -= count;
    return count;
}

/* Takes what is to be lost. Returns 1 once it is, or what recv returns. */
static nsapi_size_or_error_t discard(void)
{
    uint8_t lost[256];

    while (run.drop > 0) {
        const nsapi_size_or_error_t count =
            network_transport_recv(run.inner, lost, smaller(run.drop, sizeof lost));
        if (count <= 0)
            return count;
        run.position += (size_t)count;
        run.drop -= (size_t)count;
    }
    return 1;
}

static nsapi_size_or_error_t recv_changed(void *context, void *data, size_t size)
{
    const struct edit *next;
    nsapi_size_or_error_t count;
    bool changes;

    (void)context;
    for (;;) {
        next = run.edits_done < run.edit_count ? &run.edit[run.edits_done] : NULL;
        if (run.has_ended)
            return 0;
        if ((count = (nsapi_size_or_error_t)take_inserted(data, size)) > 0 ||
            (count = discard()) <= 0)
            return count;
        changes = next != NULL && next->position <= run.position;
        if (!changes || next->kind == XOR)
            break;
        if ((count = apply(next)) < 0)
            return count;
    }
    if (next != NULL)
        size = smaller(size, changes ? 1 : next->position - run.position);
    count = network_transport_recv(run.inner, data, size);
    if (count <= 0)
        return count;
    run.position += (size_t)count;
    if (changes)
        *(uint8_t *)data ^= next->value;
    run.edits_done += changes;
    return count;
}

static nsapi_error_t close_inner(void *context)
{
    (void)context;
    return network_transport_close(run.inner);
}

static nsapi_error_t set_timeout_inner(void *context, int timeout_ms)
{
    (void)context;
    return network_transport_set_timeout(run.inner, timeout_ms);
}

static uint32_t now_ms(void *context)
{
    (void)context;
    return run.mem.now_ms;
}

static void sigio_inner(void *context, void (*callback)(void *argument), void *argument)
{
    (void)context;
    (void)network_transport_sigio(run.inner, callback, argument);
}

static const struct network_transport_ops changing = {.connect = connect_inner,
                                                      .send = send_inner,
                                                      .recv = recv_changed,
                                                      .close = close_inner,
                                                      .set_timeout = set_timeout_inner,
                                                      .now_ms = now_ms,
                                                      .sigio = sigio_inner};

/* ---- the calls, and what must hold after each ---- */

static const size_t sizes[] = {0, 1, 5, 16, 100, 500, 1200, 3000};

/* What the client sends at a position of its stream, and an echo brings back. */
static uint8_t pattern(size_t position)
{
    return (uint8_t)(position * 7 + position / 251);
}

static void count_sigio(void *argument)
{
    struct run *of = argument;

    of->sigio_count++;
}

/* Counts bytes anew on each connection. */
static void notice_connection(void)
{
    if (run.connects == run.mem.connects)
        return;
    run.connects = run.mem.connects;
    run.sent = run.received = 0;
}

/* Nobody gets through a handshake whose certificate is not to be trusted, whatever was changed. */
static void check_trust(void)
{
    FUZZ_CHECK(run.good_ca != NULL && run.ca == run.good_ca);
    FUZZ_CHECK(tls_socket_wrapper_get_verify_result(&run.tls, NULL, 0) == 0);
}

static void call_connect(void)
{
    nsapi_error_t error;

    if (run.tls.state == 0 && (run.tls.mode == TRANSPORT_KEEP || run.tls.mode == TRANSPORT_CLOSE)) {
        (void)network_transport_close(&run.transport);
        (void)network_transport_connect(&run.transport, "localhost", 443);
    }
    error = tls_socket_wrapper_connect(&run.tls, "localhost", 443);
    notice_connection();
    FUZZ_CHECK(error <= 0);
    if (error == NSAPI_ERROR_OK)
        check_trust();
}

static void call_send(size_t size)
{
    uint8_t data[3000];
    nsapi_size_or_error_t sent;

    for (size_t i = 0; i < size; i++)
        data[i] = pattern(run.sent + i);
    sent = tls_socket_wrapper_send(&run.tls, data, size);
    notice_connection();
    FUZZ_CHECK(sent <= 0 || (size_t)sent <= size);
    if (sent <= 0)
        return;
    check_trust();
    run.sent += (size_t)sent;
}

/* What arrives is what the server sent, from the start and without a gap; and the end of the stream
 * is the server's own word. */
static void check_received(const uint8_t *data, size_t size)
{
    static const char hello[] = "hello";
    const bool echoes = run.mem.behaviour == MEM_ECHO;

    check_trust();
    for (size_t i = 0; i < size; i++, run.received++) {
        FUZZ_CHECK(echoes || run.received < strlen(hello));
        FUZZ_CHECK(data[i] == (echoes ? pattern(run.received) : (uint8_t)hello[run.received]));
    }
}

static void call_recv(size_t size)
{
    uint8_t *data = calloc(size > 0 ? size : 1, 1); /* so that a sanitizer sees its end */
    struct network_address from;
    nsapi_size_or_error_t got;

    FUZZ_CHECK(data != NULL);
    got = tls_socket_wrapper_recvfrom(&run.tls, &from, data, size);
    FUZZ_CHECK(got <= 0 || (size_t)got <= size);
    if (got > 0)
        check_received(data, (size_t)got);
    if (got == 0 && size > 0)
        FUZZ_CHECK(run.mem.behaviour == MEM_GREET_AND_CLOSE && run.mem.greeted);
    free(data);
}

/* Whom to trust, and who one is: not while connected. */
static void call_credentials(unsigned argument)
{
    const struct pki_cert *ca = argument % 2 == 0 ? &pki()->root : &pki()->other_root;
    nsapi_error_t error;

    (void)tls_socket_wrapper_close(&run.tls);
    if (argument & 4) {
        (void)tls_socket_wrapper_set_client_cert_key(&run.tls, pki()->client.pem,
                                                     argument & 2 ? pki()->client.key_pem
                                                                  : pki()->leaf.key_pem);
        return;
    }
    error = tls_socket_wrapper_set_root_ca_cert(&run.tls, ca->pem);
    FUZZ_CHECK(error == NSAPI_ERROR_OK);
    run.ca = ca;
    if (argument & 2) {
        FUZZ_CHECK(tls_socket_wrapper_append_root_ca_cert(&run.tls, "-----BEGIN X") ==
                   NSAPI_ERROR_PARAMETER);
    }
}

static void call_reports(void)
{
    char text[64];

    (void)tls_socket_wrapper_get_verify_result(&run.tls, text, sizeof text);
    FUZZ_CHECK(memchr(text, '\0', sizeof text) != NULL);
    FUZZ_CHECK((unsigned)tls_socket_wrapper_get_cause(&run.tls) <= TLS_CAUSE_TRANSPORT);
    FUZZ_CHECK(tls_socket_wrapper_get_mbedtls_error(&run.tls) <= 0);
}

/* Saves the session, in too little room too. */
static void call_save(unsigned argument)
{
    const size_t size = argument == 15 ? 100 : sizeof run.session;
    const nsapi_size_or_error_t saved = tls_socket_wrapper_get_session(&run.tls, run.session, size);

    FUZZ_CHECK(saved <= (nsapi_size_or_error_t)size);
    run.session_size = saved > 0 ? (size_t)saved : 0;
    if (saved > 0)
        check_trust();
}

/* A digest that is right gets what was changed past the library, and to Mbed TLS. */
static void seal_session(size_t size)
{
    const size_t start = TLSSOCKET_DIGEST_AT + TLSSOCKET_DIGEST_SIZE;

    if (run.ca == NULL || run.ca != run.good_ca || size <= start)
        return; /* or it would be a forgery */
    FUZZ_CHECK(tlssocket_session_digest(&run.tls, "localhost", run.session + start, size - start,
                                        run.session + TLSSOCKET_DIGEST_AT) == 0);
}

/* Offers what was saved: as it is, cut, or changed. */
static void call_restore(unsigned argument)
{
    const size_t size = argument == 1 ? run.session_size / 2 : run.session_size;

    if (argument >= 2 && size > 0)
        run.session[(run.session_edits++ * 37 + argument) % size] ^= (uint8_t)(1 << argument % 8);
    if (argument >= 8)
        seal_session(size);
    (void)tls_socket_wrapper_set_session(&run.tls, run.session, size);
}

static void call(uint8_t byte)
{
    static const int timeouts_ms[] = {-1, 0, 1, 50, 1000};
    const unsigned argument = byte >> 4;

    switch (byte % 16) {
    case 1:
        call_send(sizes[argument % COUNT(sizes)]);
        break;
    case 2:
        call_recv(sizes[argument % COUNT(sizes)]);
        break;
    case 3:
        (void)tls_socket_wrapper_close(&run.tls);
        break;
    case 4:
        (void)tls_socket_wrapper_set_timeout(&run.tls, timeouts_ms[argument % COUNT(timeouts_ms)]);
        break;
    case 5:
        tls_mem_run(&run.mem);
        break;
    case 6:
        run.mem.manual = argument % 2 != 0;
        break;
    case 7:
        call_credentials(argument);
        break;
    case 8:
        tls_socket_wrapper_sigio(&run.tls, argument % 2 != 0 ? count_sigio : NULL, &run);
        break;
    case 9:
        call_reports();
        break;
    case 10:
        run.mem.lost_after = run.mem.sent + run.mem.received + sizes[argument % COUNT(sizes)];
        break;
    case 11:
        tls_socket_wrapper_free(&run.tls);
        tls_socket_wrapper_init(&run.tls, &run.transport, run.tls.mode);
        run.ca = NULL;
        break;
    case 12:
        run.mem.recv_max = sizes[argument % COUNT(sizes)];
        run.mem.send_max = sizes[argument / 2 % COUNT(sizes)];
        break;
    case 13:
        call_save(argument);
        break;
    case 14:
        call_restore(argument);
        break;
    default:
        call_connect();
        break;
    }
}

/* ---- the input ---- */

struct input {
    const uint8_t *at;
    size_t left;
};

static uint8_t take(struct input *input)
{
    if (input->left == 0)
        return 0;
    input->left--;
    return *input->at++;
}

static void take_edit(struct input *input)
{
    struct edit edit = {.position = (size_t)take(input) << 8};
    size_t at = run.edit_count;

    edit.position |= take(input);
    edit.kind = (enum kind)(take(input) % KIND_COUNT);
    edit.value = take(input);
    edit.length = take(input);
    edit.own_length = take(input);
    edit.own_length = smaller(edit.own_length, input->left);
    edit.own = input->at;
    input->at += edit.own_length;
    input->left -= edit.own_length;
    for (; at > 0 && run.edit[at - 1].position > edit.position; at--)
        run.edit[at] = run.edit[at - 1];
    run.edit[at] = edit;
    run.edit_count++;
}

static void start_server(unsigned cert, unsigned behaviour)
{
    const struct pki_certs *certs = pki();
    const struct server {
        const struct pki_cert *cert, *good_ca;
    } servers[] = {
        {&certs->leaf, &certs->root},
        {&certs->large, &certs->root},
        {&certs->leaf, &certs->root},
        {&certs->rsa_leaf, &certs->rsa_root},
        {&certs->expired, NULL},
        {&certs->future, NULL},
        {&certs->wrong_host, NULL},
        {&certs->self_signed, NULL},
        {&certs->untrusted, &certs->other_root},
    };
    const struct server *server = &servers[cert % COUNT(servers)];

    alloc_pause();
    tls_mem_init(&run.mem, server->cert);
    if (cert % COUNT(servers) == 2)
        tls_mem_require_client_cert(&run.mem, &certs->root);
    alloc_resume();
    run.mem.behaviour = (enum mem_behaviour)(behaviour % (MEM_DEAF + 1));
    run.good_ca = server->good_ca;
}

static void run_input(struct input input)
{
    const uint8_t cert = take(&input), behaviour = take(&input), transport = take(&input);
    const uint8_t trust = take(&input);
    const struct pki_cert *cas[] = {&pki()->root, &pki()->rsa_root, &pki()->other_root, NULL};

    memset(&run, 0, sizeof run);
    start_server(cert, behaviour);
    run.mem.manual = (transport & 4) != 0;
    run.mem.window = transport & 8 ? 700 : MEM_WIRE_SIZE;
    if (transport & 16)
        tls_mem_resume(&run.mem, MEM_BY_TICKET);
    if (transport & 32)
        tls_mem_resume(&run.mem, MEM_BY_ID);
    run.mem.forgets = (transport & 64) != 0;
    run.inner = tls_mem_socket(&run.mem);
    run.transport = (struct network_transport){&changing, &run};
    for (unsigned left = take(&input) % (EDITS_MAX + 1); left > 0; left--)
        take_edit(&input);
    tls_socket_wrapper_init(&run.tls, &run.transport,
                            (enum tls_socket_transport_mode)(transport % 4));
    run.ca = cas[trust % COUNT(cas)];
    if (run.ca != NULL)
        FUZZ_CHECK(tls_socket_wrapper_set_root_ca_cert(&run.tls, run.ca->pem) == NSAPI_ERROR_OK);
    for (unsigned i = 0; i < CALLS_MAX && input.left > 0; i++)
        call(take(&input));
    tls_socket_wrapper_free(&run.tls);
    alloc_pause();
    tls_mem_free(&run.mem);
    alloc_resume();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint8_t first[] = {0, MEM_ECHO, 0, 0, 0, 0, 0x31, 0x42};
    static bool is_warm; /* Mbed TLS keeps some memory from its first handshake on */
    long live;

    seed_anew();
    if (!is_warm) {
        alloc_count_all();
        run_input((struct input){first, sizeof first});
        seed_anew();
    }
    is_warm = true;
    live = alloc_live_count();
    run_input((struct input){data, size});
    seed_anew();
    FUZZ_CHECK(alloc_live_count() == live);
    return 0;
}

/* ---- seeds ---- */

/* certificate, behaviour, transport, trust, edits */
#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

enum {
    CONNECT = 0,
    SEND = 1,
    RECV = 2,
    CLOSE = 3,
    TIMEOUT = 4,
    RUN = 5,
    MANUAL = 6,
    TRUST = 7,
    SIGIO = 8,
    REPORT = 9,
    LOSE = 10,
    RENEW = 11,
    PIECES = 12,
    SAVE = 13,
    RESTORE = 14
};
#define WITH(call, argument) ((call) | (argument) << 4)

static const struct {
    const uint8_t *bytes;
    size_t size;
} seeds[] = {
    /* every behaviour */
    {BYTES(0, MEM_ECHO, 0, 0, 0, CONNECT, WITH(SEND, 4), WITH(RECV, 4), WITH(SEND, 7),
           WITH(RECV, 6), WITH(RECV, 7), CLOSE, REPORT)},
    {BYTES(0, MEM_GREET_AND_CLOSE, 0, 0, 0, CONNECT, WITH(RECV, 1), WITH(RECV, 5), WITH(RECV, 1),
           CLOSE, CONNECT, WITH(RECV, 4))},
    {BYTES(0, MEM_GREET_AND_DROP, 0, 0, 0, CONNECT, WITH(RECV, 3), WITH(RECV, 3), REPORT)},
    {BYTES(0, MEM_ALERT, 0, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), REPORT, CONNECT)},
    {BYTES(0, MEM_GARBAGE, 0, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), REPORT)},
    {BYTES(0, MEM_NOT_TLS, 0, 0, 0, CONNECT, REPORT)},
    {BYTES(0, MEM_SILENT, 0, 0, 0, WITH(TIMEOUT, 3), CONNECT, REPORT)},
    {BYTES(0, MEM_DEAF, 8, 0, 0, CONNECT, WITH(SEND, 7), WITH(SEND, 7), WITH(SEND, 7), CLOSE)},
    /* every certificate, and whom to trust */
    {BYTES(1, MEM_ECHO, 0, 0, 0, CONNECT, WITH(SEND, 3), WITH(RECV, 3))},
    {BYTES(2, MEM_ECHO, 0, 0, 0, CONNECT, REPORT, WITH(TRUST, 6), CONNECT, WITH(SEND, 3),
           WITH(RECV, 3))},
    {BYTES(3, MEM_ECHO, 0, 1, 0, CONNECT, WITH(SEND, 6), WITH(RECV, 6))},
    {BYTES(4, MEM_ECHO, 0, 0, 0, CONNECT, REPORT)},
    {BYTES(5, MEM_ECHO, 0, 0, 0, CONNECT, REPORT)},
    {BYTES(6, MEM_ECHO, 0, 0, 0, CONNECT, REPORT)},
    {BYTES(7, MEM_ECHO, 0, 0, 0, CONNECT, REPORT)},
    {BYTES(8, MEM_ECHO, 0, 2, 0, CONNECT, WITH(SEND, 3), WITH(RECV, 3), WITH(TRUST, 0), CONNECT)},
    {BYTES(0, MEM_ECHO, 0, 3, 0, CONNECT, WITH(TRUST, 2), CONNECT, WITH(SEND, 3), WITH(RECV, 3))},
    /* sessions: by ticket, by id, changed, changed and sealed, refused, for another CA */
    {BYTES(0, MEM_ECHO, 16, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), SAVE, CLOSE, RESTORE,
           CONNECT, WITH(SEND, 3), WITH(RECV, 3), SAVE, CLOSE, RESTORE, CONNECT, REPORT)},
    {BYTES(0, MEM_ECHO, 32, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), SAVE, CLOSE, RESTORE,
           CONNECT, WITH(SEND, 3), WITH(RECV, 3))},
    {BYTES(0, MEM_ECHO, 16, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), SAVE, CLOSE,
           WITH(RESTORE, 3), CONNECT, WITH(SEND, 3), WITH(RECV, 3), CLOSE, WITH(RESTORE, 1),
           CONNECT)},
    {BYTES(0, MEM_ECHO, 16, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), SAVE, CLOSE,
           WITH(RESTORE, 8), CONNECT, CLOSE, WITH(RESTORE, 9), CONNECT, CLOSE, WITH(RESTORE, 15),
           CONNECT, WITH(SEND, 3))},
    {BYTES(0, MEM_ECHO, 64 + 16, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), SAVE, CLOSE, RESTORE,
           CONNECT, WITH(SEND, 3), WITH(RECV, 3))},
    {BYTES(0, MEM_ECHO, 16, 0, 0, CONNECT, WITH(SEND, 2), WITH(RECV, 2), WITH(SAVE, 15), SAVE,
           WITH(TRUST, 1), RESTORE, CONNECT, WITH(TRUST, 0), RESTORE, CONNECT)},
    /* without blocking, in pieces, over a transport that was connected before */
    {BYTES(0, MEM_ECHO, 4, 0, 0, WITH(TIMEOUT, 1), WITH(SIGIO, 1), CONNECT, RUN, CONNECT, RUN,
           CONNECT, RUN, WITH(SEND, 4), RUN, WITH(RECV, 4), WITH(RECV, 4))},
    {BYTES(0, MEM_ECHO, 0, 0, 0, WITH(PIECES, 1), CONNECT, WITH(SEND, 4), WITH(RECV, 2),
           WITH(RECV, 4))},
    {BYTES(0, MEM_ECHO, 1, 0, 0, CONNECT, WITH(SEND, 4), WITH(RECV, 4), CLOSE, CONNECT, CLOSE)},
    {BYTES(0, MEM_ECHO, 2, 0, 0, CONNECT, WITH(SEND, 4), WITH(RECV, 4), WITH(LOSE, 1),
           WITH(SEND, 4))},
    {BYTES(0, MEM_ECHO, 3, 0, 0, CONNECT, RENEW, CONNECT, WITH(TRUST, 0), CONNECT, WITH(SEND, 4))},
    /* changes: a record's header, the certificate, the end of the handshake, data */
    {BYTES(0, MEM_ECHO, 0, 0, 1, 0, 3, XOR, 1, 0, 0, CONNECT, REPORT)},
    {BYTES(0, MEM_ECHO, 0, 0, 1, 1, 0x40, XOR, 0x80, 0, 0, CONNECT, REPORT, CONNECT)},
    {BYTES(0, MEM_ECHO, 0, 0, 1, 0, 0, OWN_BYTES, 0, 0, 7, 0x16, 3, 3, 0, 4, 0, 0, CONNECT,
           REPORT)},
    {BYTES(0, MEM_ECHO, 0, 0, 1, 3, 0x20, DROP, 0, 9, 0, CONNECT, WITH(SEND, 3), REPORT)},
    {BYTES(0, MEM_ECHO, 0, 0, 1, 3, 0x80, INSERT, 0x17, 5, 0, CONNECT, WITH(SEND, 4),
           WITH(RECV, 4))},
    {BYTES(0, MEM_ECHO, 0, 0, 1, 3, 0xc0, END, 0, 0, 0, CONNECT, WITH(SEND, 4), WITH(RECV, 4),
           REPORT)},
    {BYTES(0, MEM_ECHO, 0, 0, 2, 1, 0, WAIT, 0, 0, 0, 2, 0, FAIL, 1, 0, 0, WITH(TIMEOUT, 4),
           CONNECT, CONNECT, REPORT)},
};

void fuzz_seed(struct fuzz_corpus *corpus)
{
    for (size_t i = 0; i < COUNT(seeds); i++)
        fuzz_add(corpus, seeds[i].bytes, seeds[i].size);
}
