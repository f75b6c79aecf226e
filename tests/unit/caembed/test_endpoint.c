/* test_endpoint.c -- hosts and URLs */
#include <string.h>

#include "net/endpoint.h"
#include "unit.h"

static const struct {
    const char *given;
    const char *servername;
    const char *want_text; /* NULL: ERROR_USAGE */
    const char *want_name;
    const char *want_starttls;
} rows[] = {
    {"os.mbed.com", NULL, "os.mbed.com:443", "os.mbed.com", NULL},
    {"OS.mbed.COM:8443", NULL, "os.mbed.com:8443", "os.mbed.com", NULL},
    {"example.com.", NULL, "example.com:443", "example.com", NULL},
    {"localhost:1", NULL, "localhost:1", "localhost", NULL},
    {"imap.example.com:993", NULL, "imap.example.com:993", "imap.example.com", NULL},
    {"192.0.2.1:65535", NULL, "192.0.2.1:65535", "192.0.2.1", NULL},
    {"[2001:db8::1]:8883", NULL, "[2001:db8::1]:8883", "2001:db8::1", NULL},
    {"[::1]", "device.local", "[::1]:443", "device.local", NULL},
    {"https://example.com/path?q#f", NULL, "example.com:443", "example.com", NULL},
    {"mqtts://broker.example", NULL, "broker.example:8883", "broker.example", NULL},
    {"MQTTS://broker.example:1", NULL, "broker.example:1", "broker.example", NULL},
    {"smtp://mail.example", NULL, "mail.example:25", "mail.example", "smtp"},
    {"imap://mail.example:1143", NULL, "mail.example:1143", "mail.example", "imap"},
    {"192.0.2.1", "Example.COM.", "192.0.2.1:443", "example.com", NULL},
    {"my_host.local", NULL, "my_host.local:443", "my_host.local", NULL},
    {"", NULL, NULL, NULL, NULL},
    {":443", NULL, NULL, NULL, NULL},
    {"host:0", NULL, NULL, NULL, NULL},
    {"host:65536", NULL, NULL, NULL, NULL},
    {"host:x", NULL, NULL, NULL, NULL},
    {"::1", NULL, "[::1]:443", "::1", NULL},
    {"2001:DB8::1:8883", NULL, "[2001:db8::1:8883]:443", "2001:db8::1:8883", NULL},
    {"::ffff:192.0.2.1", "name.example", "[::ffff:192.0.2.1]:443", "name.example", NULL},
    {"b\xc3\xbc"
     "cher.example",
     NULL, "xn--bcher-kva.example:443", "xn--bcher-kva.example", NULL},
    {"https://B\xc3\x9c"
     "CHER.example./x",
     NULL, "xn--bcher-kva.example:443", "xn--bcher-kva.example", NULL},
    {"fa\xc3\x9f.example:1", NULL, "xn--fa-hia.example:1", "xn--fa-hia.example", NULL},
    {"bu\xcc\x88"
     "cher.example",
     NULL, "xn--bcher-kva.example:443", "xn--bcher-kva.example", NULL},
    {"\xe4\xbe\x8b\xe3\x80\x82"
     "example",
     NULL, "xn--fsq.example:443", "xn--fsq.example", NULL},
    {"host",
     "b\xc3\xbc"
     "cher.example",
     "host:443", "xn--bcher-kva.example", NULL},
    {"xn--bcher-kva.example", NULL, "xn--bcher-kva.example:443", "xn--bcher-kva.example", NULL},
    {"b\xfc"
     "cher.example",
     NULL, NULL, NULL, NULL},
    {"host",
     "b\xfc"
     "cher.example",
     NULL, NULL, NULL},
    {"a\xe2\x80\xae"
     "b.example",
     NULL, NULL, NULL, NULL},
    {"fe80::1%eth0", NULL, NULL, NULL, NULL},
    {"fe80::1%25eth0", NULL, NULL, NULL, NULL},
    {"https://::1/", NULL, NULL, NULL, NULL},
    {":::1", NULL, NULL, NULL, NULL},
    {"example.com.:8443", NULL, "example.com:8443", "example.com", NULL},
    {"http://example.com", NULL, NULL, NULL, NULL},
    {"gopher://example.com", NULL, NULL, NULL, NULL},
    {"https://user@example.com", NULL, NULL, NULL, NULL},
    {"https://user:pw@example.com", NULL, NULL, NULL, NULL},
    {"ho st", NULL, NULL, NULL, NULL},
    {"host\n", NULL, NULL, NULL, NULL},
    {"-host", NULL, NULL, NULL, NULL},
    {"host..example", NULL, NULL, NULL, NULL},
    {"host..", NULL, NULL, NULL, NULL},
    {"[fe80::1%25eth0]:443", NULL, NULL, NULL, NULL},
    {"[fe80::1%eth0]", NULL, NULL, NULL, NULL},
    {"host", "bad name", NULL, NULL, NULL},
    {"host", "", NULL, NULL, NULL},
    {"host", "a/b", NULL, NULL, NULL},
    {"host", "host:443", NULL, NULL, NULL},
    {"host", ":::", NULL, NULL, NULL},
    {"host", "::1", "host:443", "::1", NULL},
};

START_TEST(endpoint_parses)
{
    struct endpoint endpoint;
    struct error err = {.code = ERROR_NONE};
    int rv = endpoint_parse(rows[_i].given, rows[_i].servername, &endpoint, &err);

    if (rows[_i].want_text == NULL) {
        ck_assert_int_eq(rv, -1);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        ck_assert_str_ne(err.hint, "");
        return;
    }
    ck_assert_msg(rv == 0, "%s: %s", rows[_i].given, err.message);
    ck_assert_str_eq(endpoint.text, rows[_i].want_text);
    ck_assert_str_eq(endpoint.name, rows[_i].want_name);
    ck_assert_pstr_eq(endpoint.starttls, rows[_i].want_starttls);
}
END_TEST

START_TEST(endpoint_tells_addresses_from_names)
{
    static const struct {
        const char *given;
        bool want;
    } names[] = {
        {"192.0.2.1", true}, {"[::1]", true}, {"example.com", false}, {"1.example", false}};

    for (size_t i = 0; i < COUNT(names); i++) {
        struct endpoint endpoint;
        struct error err = {.code = ERROR_NONE};
        ck_assert_int_eq(endpoint_parse(names[i].given, NULL, &endpoint, &err), 0);
        ck_assert_int_eq(endpoint.name_is_address, names[i].want);
    }
}
END_TEST

START_TEST(endpoint_keeps_a_password_to_itself)
{
    static const char *const given[] = {"https://user:secret@host",  "http://user:secret@host",
                                        "https://user:secret@ho st", "user:secret@host:99999",
                                        "gopher://user:secret@[::1", "https://user:secret@host:0"};

    for (size_t i = 0; i < COUNT(given); i++) {
        struct endpoint endpoint;
        struct error err = {.code = ERROR_NONE};
        ck_assert_int_eq(endpoint_parse(given[i], NULL, &endpoint, &err), -1);
        ck_assert_msg(strstr(err.message, "secret") == NULL, "%s", err.message);
    }
}
END_TEST

START_TEST(endpoint_refuses_a_host_of_300_characters)
{
    struct endpoint endpoint;
    struct error err = {.code = ERROR_NONE};
    char host[301];

    memset(host, 'a', 300);
    host[300] = '\0';
    ck_assert_int_eq(endpoint_parse(host, NULL, &endpoint, &err), -1);
    ck_assert_int_eq(err.code, ERROR_USAGE);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("endpoint");

    tcase_add_loop_test(cases, endpoint_parses, 0, COUNT(rows));
    tcase_add_test(cases, endpoint_tells_addresses_from_names);
    tcase_add_test(cases, endpoint_keeps_a_password_to_itself);
    tcase_add_test(cases, endpoint_refuses_a_host_of_300_characters);
    return unit_run("endpoint", cases);
}
