/* test_mbed_os_network.cpp -- TLS sockets over ports/mbed-os, whose classes lead to memory */
#include "mbed_pki.h"
#include "suite.h"
#include "tls_mbed_os.h"
#include "tls_mem.h"
#include "tlssocket/network_mbed_os.h"

#include <check.h>
#include <new>
#include <stdlib.h>
#include <string.h>

static struct tls_mem mem;
static struct tls_socket sock;
static NetworkInterface own_interface;
static struct network network;
static unsigned sigio_count;

static void count_sigio(void *argument)
{
    (void)argument;
    sigio_count++;
}

static bool heap_is_full;

/* The one that does not throw, as the adapter calls it. */
void *operator new(size_t size, const std::nothrow_t &) throw()
{
    return heap_is_full ? NULL : malloc(size);
}

void operator delete(void *pointer) throw()
{
    free(pointer);
}

#if __cplusplus >= 201402L
void operator delete(void *pointer, size_t) noexcept
{
    free(pointer);
}
#endif

static void start(void)
{
    tls_mem_init(&mem, &pki()->leaf);
    mbed_os_init(&mem);
    network = network_mbed_os(&own_interface);
    sigio_count = 0;
    tls_socket_init(&sock);
    ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_root_ca_cert(&sock, pki()->root.pem), NSAPI_ERROR_OK);
}

static void stop(void)
{
    tls_socket_free(&sock);
    ck_assert_uint_eq(mbed_os.sockets_open, 0);
    ck_assert_uint_eq(mbed_os.sockets_made, 0);
    tls_mem_free(&mem);
}

static void echo(size_t size)
{
    static unsigned char sent[1200], received[1200];
    size_t got = 0;

    memset(sent, static_cast<int>(size), size);
    ck_assert_int_eq(tls_socket_send(&sock, sent, size), static_cast<int>(size));
    while (got < size) {
        const int n = tls_socket_recv(&sock, received + got, size - got);

        ck_assert_int_gt(n, 0);
        got += static_cast<size_t>(n);
    }
    ck_assert_mem_eq(sent, received, size);
}

static const char *resolved_address = "192.0.2.7";

START_TEST(connect_by_name_resolves_it_once_and_echoes)
{
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_str_eq(mbed_os.connected_to, resolved_address);
    ck_assert_uint_eq(mbed_os.port, 443);
    ck_assert_uint_eq(mbed_os.names_resolved, 1);
    ck_assert_str_eq(mem.saw_sni, "localhost");
    echo(5);
    echo(1200);
}
END_TEST

START_TEST(connect_by_address_asks_no_dns_and_checks_the_name)
{
    const SocketAddress address("192.0.2.9", 8883);

    ck_assert_int_eq(tls_socket_set_hostname(&sock, "localhost"), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_connect_address(&sock, address), NSAPI_ERROR_OK);
    ck_assert_str_eq(mbed_os.connected_to, "192.0.2.9");
    ck_assert_uint_eq(mbed_os.port, 8883);
    ck_assert_uint_eq(mbed_os.names_resolved, 0);
    echo(100);
}
END_TEST

START_TEST(connect_by_address_without_a_name_is_not_trusted)
{
    const SocketAddress address("192.0.2.9", 443);

    ck_assert_int_eq(tls_socket_connect_address(&sock, address), NSAPI_ERROR_AUTH_FAILURE);
    ck_assert_int_eq(tls_socket_get_cause(&sock), TLS_CAUSE_NAME_MISMATCH);
}
END_TEST

START_TEST(connect_to_an_empty_address_is_a_parameter_error)
{
    ck_assert_int_eq(tls_socket_connect_address(&sock, SocketAddress()), NSAPI_ERROR_PARAMETER);
    ck_assert_int_eq(tls_socket_close(&sock), NSAPI_ERROR_OK);
}
END_TEST

START_TEST(name_that_does_not_resolve_is_a_dns_failure)
{
    mbed_os.dns_error = NSAPI_ERROR_DNS_FAILURE;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_DNS_FAILURE);
    mbed_os.dns_error = NSAPI_ERROR_OK;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
}
END_TEST

START_TEST(blocking_connect_waits_for_the_connection)
{
    mem.in_progress_count = 3;
    mbed_os.event_every_ms = 10;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_uint_eq(mbed_os.names_resolved, 1);
    echo(10);
}
END_TEST

START_TEST(connect_without_waiting_is_in_progress_and_goes_on)
{
    mem.in_progress_count = 2;
    tls_socket_set_blocking(&sock, false);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_IN_PROGRESS);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_IN_PROGRESS);
    ck_assert_uint_eq(mem.now_ms, 0);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_uint_eq(mbed_os.names_resolved, 1);
}
END_TEST

/* Mbed OS's own TCPSocket returns IN_PROGRESS then (mbed-os #13056). */
START_TEST(connect_takes_no_longer_than_its_time_out)
{
    mem.in_progress_count = 1000;
    mbed_os.event_every_ms = 30;
    ck_assert_int_eq(tls_socket_set_timeout(&sock, 100), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_CONNECTION_TIMEOUT);
    ck_assert_uint_eq(mem.now_ms, 100);
    ck_assert_int_eq(tls_socket_get_cause(&sock), TLS_CAUSE_TIMEOUT);
    mem.in_progress_count = 0;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
}
END_TEST

START_TEST(refused_connect_takes_a_fresh_socket_next_time)
{
    mem.connect_error = NSAPI_ERROR_NO_CONNECTION;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_NO_CONNECTION);
    ck_assert_uint_eq(mbed_os.sockets_open, 0);
    mem.connect_error = NSAPI_ERROR_OK;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_uint_eq(mbed_os.sockets_open, 1);
    echo(10);
}
END_TEST

/* Mbed OS's own time-out counts anew after each event. */
START_TEST(recv_takes_no_longer_than_its_time_out)
{
    char data[1];

    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    mem.now_ms = 0xFFFFFFF0; /* the clock may wrap around */
    mbed_os.event_every_ms = 30;
    ck_assert_int_eq(tls_socket_set_timeout(&sock, 100), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_recv(&sock, data, 1), NSAPI_ERROR_TIMEOUT);
    ck_assert_uint_eq(mem.now_ms, 84);
    echo(10);
}
END_TEST

START_TEST(send_takes_no_longer_than_its_time_out)
{
    static const unsigned char data[5000] = {0};

    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    mem.behaviour = MEM_DEAF;
    mem.window = 1000;
    mbed_os.event_every_ms = 30;
    ck_assert_int_eq(tls_socket_set_timeout(&sock, 200), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_send(&sock, data, sizeof data), NSAPI_ERROR_TIMEOUT);
    ck_assert_uint_eq(mem.now_ms, 200);
}
END_TEST

START_TEST(recv_without_waiting_would_block)
{
    char data[1];

    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    tls_socket_set_blocking(&sock, false);
    ck_assert_int_eq(tls_socket_recv(&sock, data, 1), NSAPI_ERROR_WOULD_BLOCK);
    ck_assert_uint_eq(mem.now_ms, 0);
}
END_TEST

START_TEST(transfer_before_connect_has_no_connection)
{
    const struct network_transport *tcp = &sock.tcp;
    char data[1];

    (void)network_transport_close(tcp);
    ck_assert_int_eq(network_transport_send(tcp, "x", 1), NSAPI_ERROR_NO_CONNECTION);
    ck_assert_int_eq(network_transport_recv(tcp, data, 1), NSAPI_ERROR_NO_CONNECTION);
    ck_assert_int_eq(network_transport_close(tcp), NSAPI_ERROR_OK);
}
END_TEST

/* As a program sees it that speaks in the clear first. */
START_TEST(transport_alone_connects_again_after_a_failure)
{
    const struct network_transport *tcp = &sock.tcp;

    mem.connect_error = NSAPI_ERROR_NO_CONNECTION;
    ck_assert_int_eq(network_transport_connect(tcp, "localhost", 25), NSAPI_ERROR_NO_CONNECTION);
    mem.connect_error = NSAPI_ERROR_OK;
    mem.in_progress_count = 1;
    ck_assert_int_eq(network_transport_set_blocking(tcp, false), NSAPI_ERROR_OK);
    ck_assert_int_eq(network_transport_connect(tcp, "localhost", 25), NSAPI_ERROR_IN_PROGRESS);
    ck_assert_int_eq(network_transport_connect(tcp, "localhost", 25), NSAPI_ERROR_OK);
    ck_assert_int_eq(network_transport_connect(tcp, "localhost", 25), NSAPI_ERROR_IS_CONNECTED);
}
END_TEST

START_TEST(sigio_is_passed_on_from_before_and_after_connecting)
{
    tls_socket_sigio(&sock, count_sigio, NULL);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_uint_gt(sigio_count, 0);
    sigio_count = 0;
    ck_assert_int_eq(tls_socket_send(&sock, "hello", 5), 5);
    ck_assert_uint_gt(sigio_count, 0);
    tls_socket_sigio(&sock, NULL, NULL);
    sigio_count = 0;
    ck_assert_int_eq(tls_socket_send(&sock, "hello", 5), 5);
    ck_assert_uint_eq(sigio_count, 0);
}
END_TEST

START_TEST(sigio_is_passed_on_after_a_reopened_connection)
{
    tls_socket_sigio(&sock, count_sigio, NULL);
    mem.connect_error = NSAPI_ERROR_NO_CONNECTION;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_NO_CONNECTION);
    mem.connect_error = NSAPI_ERROR_OK;
    sigio_count = 0;
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_uint_gt(sigio_count, 0);
}
END_TEST

START_TEST(close_and_free_give_back_the_socket)
{
    for (int i = 0; i < 100; i++) {
        ck_assert_uint_eq(mbed_os.sockets_made, 1);
        ck_assert_int_eq(tls_socket_close(&sock), NSAPI_ERROR_OK);
        ck_assert_uint_eq(mbed_os.sockets_made, 0);
        ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_OK);
    }
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    tls_socket_free(&sock);
    ck_assert_uint_eq(mbed_os.sockets_made, 0);
    ck_assert(mem.saw_close_notify);
}
END_TEST

START_TEST(open_fails_at_the_stacks_limit_each_time)
{
    static struct tls_socket many[8];

    ck_assert_int_eq(tls_socket_close(&sock), NSAPI_ERROR_OK);
    for (int round = 0; round < 2; round++) {
        unsigned opened = 0;

        for (unsigned i = 0; i < 8; i++)
            tls_socket_init(&many[i]);
        while (tls_socket_open(&many[opened], &network) == NSAPI_ERROR_OK)
            opened++;
        ck_assert_uint_eq(opened, 4);
        ck_assert_uint_eq(mbed_os.sockets_made, 4);
        for (unsigned i = 0; i < 8; i++)
            tls_socket_free(&many[i]);
        ck_assert_uint_eq(mbed_os.sockets_made, 0);
    }
}
END_TEST

START_TEST(open_without_memory_is_no_memory)
{
    ck_assert_int_eq(tls_socket_close(&sock), NSAPI_ERROR_OK);
    heap_is_full = true;
    ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_NO_MEMORY);
    heap_is_full = false;
    ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_OK);
}
END_TEST

START_TEST(default_network_is_the_default_interface)
{
    ck_assert_int_eq(tls_socket_close(&sock), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_open(&sock, network_default()), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_close(&sock), NSAPI_ERROR_OK);
    mbed_os.default_interface = NULL;
    ck_assert_int_eq(tls_socket_open(&sock, network_default()), NSAPI_ERROR_NO_CONNECTION);
}
END_TEST

START_TEST(options_and_addresses_are_passed_on)
{
    struct network_address address = {"192.0.2.1", 1234};
    int value = 41;
    unsigned size = sizeof value;

    ck_assert_int_eq(tls_socket_getpeername(&sock, &address), NSAPI_ERROR_NO_CONNECTION);
    ck_assert_int_eq(tls_socket_bind(&sock, &address), NSAPI_ERROR_OK);
    ck_assert_str_eq(mbed_os.bound_to, "192.0.2.1");
    ck_assert_uint_eq(mbed_os.port, 1234);
    ck_assert_int_eq(tls_socket_setsockopt(&sock, 7000, 1, &value, size), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_getsockopt(&sock, 7000, 1, &value, &size), NSAPI_ERROR_OK);
    ck_assert_int_eq(value, 42);
    ck_assert_int_eq(tls_socket_setsockopt(&sock, 1, 1, &value, size), NSAPI_ERROR_UNSUPPORTED);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_getpeername(&sock, &address), NSAPI_ERROR_OK);
    ck_assert_str_eq(address.ip, resolved_address);
    ck_assert_uint_eq(address.port, 443);
}
END_TEST

static const TTest *const tests[] = {
    connect_by_name_resolves_it_once_and_echoes,
    connect_by_address_asks_no_dns_and_checks_the_name,
    connect_by_address_without_a_name_is_not_trusted,
    connect_to_an_empty_address_is_a_parameter_error,
    name_that_does_not_resolve_is_a_dns_failure,
    blocking_connect_waits_for_the_connection,
    connect_without_waiting_is_in_progress_and_goes_on,
    connect_takes_no_longer_than_its_time_out,
    refused_connect_takes_a_fresh_socket_next_time,
    recv_takes_no_longer_than_its_time_out,
    send_takes_no_longer_than_its_time_out,
    recv_without_waiting_would_block,
    transfer_before_connect_has_no_connection,
    transport_alone_connects_again_after_a_failure,
    sigio_is_passed_on_from_before_and_after_connecting,
    sigio_is_passed_on_after_a_reopened_connection,
    close_and_free_give_back_the_socket,
    open_fails_at_the_stacks_limit_each_time,
    open_without_memory_is_no_memory,
    default_network_is_the_default_interface,
    options_and_addresses_are_passed_on,
};

int main(void)
{
    Suite *suite = suite_create("mbed_os_network");
    TCase *memory = tcase_create("memory");

    (void)pki();
    tcase_set_timeout(memory, 60);
    tcase_add_checked_fixture(memory, start, stop);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(memory, tests[i]);
    suite_add_tcase(suite, memory);
    return suite_run(suite);
}
