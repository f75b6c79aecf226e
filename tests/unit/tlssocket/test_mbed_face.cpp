/* test_mbed_face.cpp -- TLSSocketWrapper of the C++ face over any transport: the unit list of Mbed
 * OS */
#include <check.h>

#include "mbed.h"

#include "suite.h"
#include "tls_mem.h"

/* A Socket over what the C tests use: a TLS server in memory. */
class MemSocket : public Socket
{
  public:
    struct tls_mem *mem;

    MemSocket(struct tls_mem *server) : mem(server), socket(tls_mem_socket(server))
    {
    }
    virtual nsapi_error_t close()
    {
        return network_transport_close(socket);
    }
    virtual nsapi_error_t connect(const SocketAddress &address)
    {
        return network_transport_connect(socket, address.get_ip_address(), address.get_port());
    }
    virtual nsapi_size_or_error_t send(const void *data, nsapi_size_t size)
    {
        return network_transport_send(socket, data, size);
    }
    virtual nsapi_size_or_error_t recv(void *data, nsapi_size_t size)
    {
        return network_transport_recv(socket, data, size);
    }
    virtual nsapi_size_or_error_t sendto(const SocketAddress &, const void *data, nsapi_size_t size)
    {
        return send(data, size);
    }
    virtual nsapi_size_or_error_t recvfrom(SocketAddress *, void *data, nsapi_size_t size)
    {
        return recv(data, size);
    }
    virtual nsapi_error_t bind(const SocketAddress &)
    {
        return NSAPI_ERROR_UNSUPPORTED;
    }
    virtual void set_blocking(bool blocking)
    {
        (void)network_transport_set_blocking(socket, blocking);
    }
    virtual void set_timeout(int timeout_ms)
    {
        (void)network_transport_set_timeout(socket, timeout_ms);
    }
    virtual void sigio(mbed::Callback<void()> callback)
    {
        io = callback;
        (void)network_transport_sigio(socket, on_io, this);
    }
    virtual nsapi_error_t setsockopt(int, int, const void *, unsigned)
    {
        return NSAPI_ERROR_UNSUPPORTED;
    }
    virtual nsapi_error_t getsockopt(int, int, void *, unsigned *)
    {
        return NSAPI_ERROR_UNSUPPORTED;
    }
    virtual nsapi_error_t getpeername(SocketAddress *address)
    {
        *address = SocketAddress("127.0.0.1", 443);
        return NSAPI_ERROR_OK;
    }

  private:
    const struct network_transport *socket;
    mbed::Callback<void()> io;

    static void on_io(void *that)
    {
        static_cast<MemSocket *>(that)->io();
    }
};

static const SocketAddress server("127.0.0.1", 443);
static struct tls_mem mem;
static int ios;

static void count_io()
{
    ios++;
}

static void begin(const struct pki_cert *cert)
{
    tls_mem_init(&mem, cert);
    ios = 0;
}

static void trust(TLSSocketWrapper *tls)
{
    ck_assert_int_eq(tls->set_root_ca_cert(pki()->root.pem), NSAPI_ERROR_OK);
}

START_TEST(without_transport_every_call_is_no_socket)
{
    TLSSocketWrapper tls(NULL);
    char byte = 0;
    unsigned size = 1;
    SocketAddress peer;

    ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.bind(server), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.setsockopt(0, 0, &byte, 1), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.getsockopt(0, 0, &byte, &size), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.getpeername(&peer), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.send(&byte, 1), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.recv(&byte, 1), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.sendto(server, &byte, 1), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.recvfrom(NULL, &byte, 1), NSAPI_ERROR_NO_SOCKET);
    ck_assert_int_eq(tls.close(), NSAPI_ERROR_NO_SOCKET);
}
END_TEST

START_TEST(connect_then_is_connected_then_echo)
{
    MemSocket *below;
    char buffer[16];
    SocketAddress peer;

    begin(&pki()->leaf);
    below = new MemSocket(&mem);
    {
        TLSSocketWrapper tls(below, "localhost");
        trust(&tls);
        tls.sigio(callback(count_io));
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_OK);
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_IS_CONNECTED);
        ck_assert_int_eq(tls.send("hello", 5), 5);
        ck_assert_int_eq(tls.recvfrom(&peer, buffer, sizeof buffer), 5);
        ck_assert(memcmp(buffer, "hello", 5) == 0);
        ck_assert_str_eq(peer.get_ip_address(), "127.0.0.1");
        ck_assert_int_eq(tls.send("again", 5), 5);
        ck_assert_int_eq(tls.recvfrom(NULL, buffer, 2), 2);
        ck_assert_int_eq(tls.recv(buffer + 2, sizeof buffer - 2), 3);
        ios = 0;
        ck_assert_int_eq(tls.close(), NSAPI_ERROR_OK);
        ck_assert_int_gt(ios, 0);
        ck_assert_str_eq(mem.saw_sni, "localhost");
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_OK); /* it can be used again */
    }
    delete below;
    tls_mem_free(&mem);
}
END_TEST

/* SHA-1 below an anchor, an expired leaf (where Mbed TLS has a clock), other names, other roots. */
START_TEST(server_that_cannot_be_trusted_is_auth_failure)
{
    const struct pki_cert *bad[] = {&pki()->wrong_host, &pki()->self_signed, &pki()->untrusted,
                                    &pki()->sha1, &pki()->expired};

    begin(bad[_i]);
    {
        MemSocket below(&mem);
        TLSSocketWrapper tls(&below, "localhost");
        trust(&tls);
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_AUTH_FAILURE);
        ck_assert_int_eq(tls.close(), NSAPI_ERROR_OK);
    }
    tls_mem_free(&mem);
}
END_TEST

START_TEST(no_ca_or_no_name_is_refused)
{
    begin(&pki()->leaf);
    {
        MemSocket below(&mem);
        TLSSocketWrapper no_ca(&below, "localhost");
        ck_assert_int_eq(no_ca.connect(server), NSAPI_ERROR_AUTH_FAILURE);
        ck_assert_int_eq(no_ca.get_cause(), TLS_CAUSE_NO_CA);
    }
    {
        MemSocket below(&mem);
        TLSSocketWrapper no_name(&below);
        trust(&no_name);
        ck_assert_int_eq(no_name.connect(server), NSAPI_ERROR_AUTH_FAILURE);
    }
    tls_mem_free(&mem);
}
END_TEST

START_TEST(without_waiting_connect_is_in_progress)
{
    char byte;

    begin(&pki()->leaf);
    {
        MemSocket below(&mem);
        TLSSocketWrapper tls(&below, "localhost");
        nsapi_error_t error = NSAPI_ERROR_IN_PROGRESS;
        trust(&tls);
        tls.set_blocking(false);
        mem.manual = true;
        mem.in_progress_count = 1;
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_IN_PROGRESS);
        ck_assert_int_eq(tls.connect(server),
                         NSAPI_ERROR_IN_PROGRESS); /* WANT_READ of the handshake */
        ck_assert_int_eq(tls.send("x", 1), NSAPI_ERROR_WOULD_BLOCK);
        ck_assert_int_eq(tls.recv(&byte, 1), NSAPI_ERROR_WOULD_BLOCK);
        for (int i = 0; i < 20 && error == NSAPI_ERROR_IN_PROGRESS; i++) {
            tls_mem_run(&mem);
            error = tls.connect(server);
        }
        ck_assert(error == NSAPI_ERROR_OK || error == NSAPI_ERROR_IS_CONNECTED);
        ck_assert_int_eq(tls.recv(&byte, 1), NSAPI_ERROR_WOULD_BLOCK);
    }
    tls_mem_free(&mem);
}
END_TEST

START_TEST(sends_in_pieces_and_waits_for_room)
{
    static char many[4096];

    begin(&pki()->leaf);
    {
        MemSocket below(&mem);
        TLSSocketWrapper tls(&below, "localhost");
        trust(&tls);
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_OK);
        mem.send_max = 100;
        ck_assert_int_eq(tls.send(many, sizeof many), (int)sizeof many);
        tls.set_blocking(false);
        mem.behaviour = MEM_DEAF;
        mem.window = 64;
        for (int i = 0; i < 50 && tls.send(many, sizeof many) > 0; i++)
            continue;
        ck_assert_int_eq(tls.send(many, sizeof many), NSAPI_ERROR_WOULD_BLOCK);
    }
    tls_mem_free(&mem);
}
END_TEST

static const struct {
    enum mem_behaviour behaviour;
    nsapi_size_or_error_t want;
} ends[] = {
    {MEM_ALERT, NSAPI_ERROR_DEVICE_ERROR},
    {MEM_GARBAGE, NSAPI_ERROR_DEVICE_ERROR},
    {MEM_GREET_AND_CLOSE, 0},
    {MEM_GREET_AND_DROP, NSAPI_ERROR_CONNECTION_LOST},
};

START_TEST(end_of_a_connection_is_told_apart)
{
    char buffer[16];
    nsapi_size_or_error_t got;

    begin(&pki()->leaf);
    {
        MemSocket below(&mem);
        TLSSocketWrapper tls(&below, "localhost");
        trust(&tls);
        mem.behaviour = ends[_i].behaviour;
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_OK);
        (void)tls.send("x", 1);
        do
            got = tls.recv(buffer, sizeof buffer);
        while (got > 0);
        ck_assert_int_eq(got, ends[_i].want);
    }
    tls_mem_free(&mem);
}
END_TEST

START_TEST(credentials_are_parsed_or_refused)
{
    begin(&pki()->leaf);
    {
        MemSocket below(&mem);
        TLSSocketWrapper tls(&below, "localhost");
        const char *pem = pki()->root.pem;
        ck_assert_int_eq(tls.set_root_ca_cert(pem), NSAPI_ERROR_OK);
        ck_assert_int_eq(tls.set_root_ca_cert(pem, strlen(pem) + 1), NSAPI_ERROR_OK);
        ck_assert_int_eq(tls.append_root_ca_cert(pki()->other_root.pem), NSAPI_ERROR_OK);
        ck_assert_int_eq(tls.set_root_ca_cert("no certificate"), NSAPI_ERROR_PARAMETER);
        ck_assert_int_eq(tls.set_client_cert_key("no", "key"), NSAPI_ERROR_PARAMETER);
        ck_assert_int_eq(tls.set_root_ca_cert(pem), NSAPI_ERROR_OK);
        ck_assert_int_eq(tls.set_client_cert_key(pki()->client.pem, pki()->client.key_pem),
                         NSAPI_ERROR_OK);
        tls_mem_require_client_cert(&mem, &pki()->root);
        ck_assert_int_eq(tls.connect(server), NSAPI_ERROR_OK);
        ck_assert(mem.saw_client_cert);
    }
    tls_mem_free(&mem);
}
END_TEST

START_TEST(listen_accept_and_options_are_unsupported)
{
    nsapi_error_t error = NSAPI_ERROR_OK;
    int value = 1;

    begin(&pki()->leaf);
    {
        MemSocket below(&mem);
        TLSSocketWrapper tls(&below);
        ck_assert_int_eq(tls.listen(), NSAPI_ERROR_UNSUPPORTED);
        ck_assert(tls.accept(&error) == NULL);
        ck_assert_int_eq(error, NSAPI_ERROR_UNSUPPORTED);
        ck_assert_int_eq(tls.setsockopt(0, 0, &value, sizeof value), NSAPI_ERROR_UNSUPPORTED);
    }
    tls_mem_free(&mem);
}
END_TEST

START_TEST(transport_is_kept_for_an_upgrade)
{
    char answer[8];

    begin(&pki()->leaf);
    mem.starttls = true;
    {
        MemSocket below(&mem);
        TLSSocketWrapper tls(&below, "localhost", TLSSocketWrapper::TRANSPORT_KEEP);
        trust(&tls);
        ck_assert_int_eq(below.connect(server), NSAPI_ERROR_OK);
        ck_assert_int_eq(below.send("STARTTLS\n", 9), 9);
        ck_assert_int_eq(below.recv(answer, sizeof answer), 3);
        ck_assert_int_eq(tls.connect(), NSAPI_ERROR_OK);
        ck_assert_int_eq(tls.send("x", 1), 1);
        ck_assert_int_eq(tls.close(), NSAPI_ERROR_OK);
    }
    ck_assert_uint_eq(mem.closes, 0);
    tls_mem_free(&mem);
}
END_TEST

struct Counter {
    int count;
    void add()
    {
        count++;
    }
};

static void add_to(Counter *counter)
{
    counter->count += 10;
}

START_TEST(callbacks_of_every_form_are_called)
{
    Counter counter = {0};
    mbed::Callback<void()> none;

    none();
    ios = 0;
    callback(count_io)();
    callback(&counter, &Counter::add)();
    callback(add_to, &counter)();
    ck_assert_int_eq(ios, 1);
    ck_assert_int_eq(counter.count, 11);
}
END_TEST

START_TEST(addresses_are_numeric_or_empty)
{
    SocketAddress empty, none("localhost", 1), v4("192.0.2.1", 443), v6("2001:db8::1", 443);

    ck_assert(!empty && empty.get_ip_address() == NULL && empty.get_port() == 0);
    ck_assert(!none && none.get_port() == 1);
    ck_assert(v4 && v4.get_ip_version() == NSAPI_IPv4 && v6.get_ip_version() == NSAPI_IPv6);
    ck_assert(v4 == SocketAddress("192.0.2.1", 443) && v4 != v6);
}
END_TEST

/* A driver as a test may write one: an access point, and its own connect(). */
class OneAccessPoint : public WiFiInterface
{
  public:
    virtual nsapi_error_t set_credentials(const char *, const char *, nsapi_security_t)
    {
        return NSAPI_ERROR_OK;
    }
    virtual nsapi_error_t set_channel(uint8_t)
    {
        return NSAPI_ERROR_UNSUPPORTED;
    }
    virtual int8_t get_rssi()
    {
        return -50;
    }
    virtual nsapi_error_t connect(const char *, const char *, nsapi_security_t, uint8_t)
    {
        return NetworkInterface::connect();
    }
    virtual nsapi_error_t connect()
    {
        return NetworkInterface::connect();
    }
    virtual nsapi_error_t disconnect()
    {
        return NetworkInterface::disconnect();
    }
    virtual nsapi_size_or_error_t scan(WiFiAccessPoint *found, nsapi_size_t count)
    {
        nsapi_wifi_ap_t ap = {"office", {2, 0, 0, 0, 0, 1}, NSAPI_SECURITY_WPA2, -60, 11};

        if (count > 0)
            found[0] = WiFiAccessPoint(ap);
        return 1;
    }
};

START_TEST(wifi_is_what_a_driver_makes_of_it)
{
    NetworkInterface *pc = NetworkInterface::get_default_instance();
    OneAccessPoint driver;
    NetworkInterface *network = &driver;
    WiFiAccessPoint ap;

    ck_assert(pc->wifiInterface() == NULL && WiFiInterface::get_default_instance() == NULL);
    ck_assert(ap.get_ssid()[0] == '\0' && ap.get_security() == NSAPI_SECURITY_NONE);
    ck_assert(network->wifiInterface() == &driver);
    ck_assert_int_eq(network->wifiInterface()->scan(&ap, 1), 1);
    ck_assert_str_eq(ap.get_ssid(), "office");
    ck_assert(ap.get_bssid()[5] == 1 && ap.get_security() == NSAPI_SECURITY_WPA2);
    ck_assert(ap.get_rssi() == -60 && ap.get_channel() == 11);
    ck_assert_int_eq(network->connect(), NSAPI_ERROR_OK);
    ck_assert_int_eq(network->get_connection_status(), NSAPI_STATUS_GLOBAL_UP);
}
END_TEST

START_TEST(network_is_told_as_far_as_it_is_known)
{
    NetworkInterface *pc = NetworkInterface::get_default_instance();
    SocketAddress address, netmask, gateway("192.0.2.1", 0);

    ck_assert_int_eq(pc->disconnect(), NSAPI_ERROR_OK);
    ck_assert_int_eq(pc->get_netmask(&netmask), NSAPI_ERROR_NO_CONNECTION);
    ck_assert_int_eq(pc->connect(), NSAPI_ERROR_OK);
    ck_assert_int_eq(pc->get_ip_address(&address), NSAPI_ERROR_OK);
    ck_assert_int_eq(pc->get_netmask(&netmask), NSAPI_ERROR_OK);
    ck_assert(address && strncmp(netmask.get_ip_address(), "255.", 4) == 0);
    ck_assert_int_eq(pc->get_gateway(&gateway), NSAPI_ERROR_UNSUPPORTED);
    ck_assert(!gateway);
}
END_TEST

START_TEST(sleeping_takes_its_time)
{
    struct timespec began, ended;
    double took_s;

    clock_gettime(CLOCK_MONOTONIC, &began);
    wait(0.02F);
    wait_ms(20);
    wait_us(100);
    wait_ms(-1);
    ThisThread::sleep_for(20);
    clock_gettime(CLOCK_MONOTONIC, &ended);
    took_s = difftime(ended.tv_sec, began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) * 1e-9;
    MBED_ASSERT(took_s > 0);
    ck_assert(took_s >= 0.06);
    ck_assert_uint_eq(osWaitForever, 0xFFFFFFFFU);
}
END_TEST

int main()
{
    Suite *suite = suite_create("mbed_face");
    TCase *cases = tcase_create("wrapper");

    suite_add_tcase(suite, cases);
    tcase_set_timeout(cases, 120);
    tcase_add_test(cases, without_transport_every_call_is_no_socket);
    tcase_add_test(cases, connect_then_is_connected_then_echo);
    tcase_add_loop_test(cases, server_that_cannot_be_trusted_is_auth_failure, 0, 5);
    tcase_add_test(cases, no_ca_or_no_name_is_refused);
    tcase_add_test(cases, without_waiting_connect_is_in_progress);
    tcase_add_test(cases, sends_in_pieces_and_waits_for_room);
    tcase_add_loop_test(cases, end_of_a_connection_is_told_apart, 0, 4);
    tcase_add_test(cases, credentials_are_parsed_or_refused);
    tcase_add_test(cases, listen_accept_and_options_are_unsupported);
    tcase_add_test(cases, transport_is_kept_for_an_upgrade);
    tcase_add_test(cases, callbacks_of_every_form_are_called);
    tcase_add_test(cases, addresses_are_numeric_or_empty);
    tcase_add_test(cases, wifi_is_what_a_driver_makes_of_it);
    tcase_add_test(cases, network_is_told_as_far_as_it_is_known);
    tcase_add_test(cases, sleeping_takes_its_time);
    return suite_run(suite);
}
