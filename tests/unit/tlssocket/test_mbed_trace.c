/* test_mbed_trace.c -- trace lines, byte by byte */
#include "tls_mem.h"

#include "mbed_pki.h"

#define TRACE_GROUP "APP"
#include "suite.h"
#include "tlssocket/mbed_trace.h"
#include "tlssocket/tls_socket.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static char printed[16384];
static unsigned waits;
static unsigned releases;

static void keep(const char *line)
{
    ck_assert_uint_lt(strlen(printed) + strlen(line) + 2, sizeof printed);
    strcat(printed, line);
    strcat(printed, "\n");
}

static void count_wait(void)
{
    waits++;
}

static void count_release(void)
{
    releases++;
}

static char *prefix(size_t size)
{
    static char text[32];

    (void)snprintf(text, sizeof text, "<%zu>", size);
    return text;
}

static char *suffix(void)
{
    static char text[] = "<end>";

    return text;
}

static void start(void)
{
    mbed_trace_free();
    printed[0] = '\0';
    ck_assert_int_eq(mbed_trace_init(), 0);
    mbed_trace_print_function_set(keep);
    mbed_trace_config_set(TRACE_ACTIVE_LEVEL_ALL);
}

START_TEST(line_is_level_group_and_text)
{
    tr_info("connected to %s", "example.com");
    tr_err("e");
    tr_warn("w");
    tr_debug("d");
    tr_cmdline("c");
    ck_assert_str_eq(printed, "[INFO][APP ]: connected to example.com\n"
                              "[ERR ][APP ]: e\n[WARN][APP ]: w\n[DBG ][APP ]: d\nc\n");
}
END_TEST

START_TEST(default_clears_the_line_and_colors_it)
{
    mbed_trace_free();
    (void)mbed_trace_init();
    mbed_trace_print_function_set(keep);
    tr_err("x");
    tr_info("x");
    ck_assert_str_eq(printed, "\r\x1b[2K\x1b[31m[ERR ][APP ]: x\x1b[0m\n"
                              "\r\x1b[2K\x1b[39m[INFO][APP ]: x\x1b[0m\n");
}
END_TEST

START_TEST(nothing_is_printed_before_init)
{
    mbed_trace_free();
    mbed_trace_print_function_set(keep);
    tr_err("x");
    ck_assert_str_eq(printed, "");
}
END_TEST

START_TEST(plain_mode_prints_the_text_alone)
{
    mbed_trace_config_set(TRACE_MODE_PLAIN | TRACE_ACTIVE_LEVEL_ALL);
    tr_info("x");
    ck_assert_str_eq(printed, "x\n");
    ck_assert_uint_eq(mbed_trace_config_get(), TRACE_MODE_PLAIN | TRACE_ACTIVE_LEVEL_ALL);
}
END_TEST

START_TEST(levels_below_the_active_one_are_left_out)
{
    mbed_trace_config_set(TRACE_ACTIVE_LEVEL_WARN);
    tr_debug("d");
    tr_info("i");
    tr_warn("w");
    tr_err("e");
    ck_assert_str_eq(printed, "[WARN][APP ]: w\n[ERR ][APP ]: e\n");
}
END_TEST

START_TEST(filters_choose_groups)
{
    mbed_trace_include_filters_set("TLSW,APP");
    tr_info("1");
    mbed_tracef(TRACE_LEVEL_INFO, "AP", "2");
    mbed_trace_exclude_filters_set("APP");
    tr_info("3");
    mbed_trace_include_filters_set(NULL);
    mbed_trace_exclude_filters_set(NULL);
    mbed_tracef(TRACE_LEVEL_INFO, "AP", "4");
    ck_assert_str_eq(printed, "[INFO][APP ]: 1\n[INFO][AP  ]: 4\n");
}
END_TEST

START_TEST(prefix_and_suffix_surround_the_line)
{
    mbed_trace_prefix_function_set(prefix);
    mbed_trace_suffix_function_set(suffix);
    tr_info("%s", "four");
    ck_assert_str_eq(printed, "<4>[INFO][APP ]: four<end>\n");
}
END_TEST

START_TEST(mutex_is_taken_and_released)
{
    mbed_trace_mutex_wait_function_set(count_wait);
    mbed_trace_mutex_release_function_set(count_release);
    tr_info("x");
    ck_assert_uint_eq(waits, 1);
    ck_assert_uint_eq(releases, 1);
}
END_TEST

START_TEST(overlong_line_is_cut_and_marked)
{
    static char text[3000];

    memset(text, 'x', sizeof text - 1);
    mbed_trace_config_set(TRACE_MODE_COLOR | TRACE_ACTIVE_LEVEL_ALL);
    mbed_trace_suffix_function_set(suffix);
    tr_info("%s", text);
    ck_assert_uint_eq(strlen(mbed_trace_last()), 1023);
    ck_assert_str_eq(mbed_trace_last() + 1023 - strlen("x...\x1b[0m"), "x...\x1b[0m");
    tr_info("short");
    ck_assert_str_eq(mbed_trace_last(), "\x1b[39m[INFO][APP ]: short<end>\x1b[0m");
}
END_TEST

START_TEST(line_that_just_fits_is_not_cut)
{
    static char text[1024 - sizeof "[INFO][APP ]: " + 1];

    memset(text, 'x', sizeof text - 1);
    tr_info("%s", text);
    ck_assert_uint_eq(strlen(mbed_trace_last()), 1023);
    ck_assert_ptr_eq(strstr(mbed_trace_last(), "..."), NULL);
}
END_TEST

START_TEST(socket_traces_as_in_the_article)
{
    static struct tls_mem mem;
    static struct tls_socket sock;
    struct network network;
    static const char transcript[] = "[INFO][TLSW]: mbedtls_ssl_conf_ca_chain()\n"
                                     "[INFO][TLSW]: mbedtls_ssl_config_defaults()\n"
                                     "[INFO][TLSW]: mbedtls_ssl_conf_authmode()\n"
#if MBEDTLS_VERSION_NUMBER < 0x04000000 /* which has no such function any more */
                                     "[INFO][TLSW]: mbedtls_ssl_conf_rng()\n"
#endif
                                     "[INFO][TLSW]: mbedtls_ssl_setup()\n"
                                     "[INFO][TLSW]: Starting TLS handshake with localhost\n"
                                     "[INFO][TLSW]: TLS connection to localhost established\n"
                                     "[DBG ][TLSW]: Server certificate:\n"
                                     "    cert. version     : 3\n";

    tls_mem_init(&mem, _i == 0 ? &pki()->leaf : &pki()->large);
    network = tls_mem_network(&mem);
    tls_socket_init(&sock);
    ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_root_ca_cert(&sock, pki()->root.pem), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_OK);
    ck_assert_msg(strncmp(printed, transcript, strlen(transcript)) == 0, "%s", printed);
    ck_assert_ptr_ne(strstr(printed, "\n[INFO][TLSW]: Certificate verification passed\n"), NULL);
    tls_socket_free(&sock);
    tls_mem_free(&mem);
}
END_TEST

START_TEST(unreadable_ca_is_traced_with_mbedtls_error)
{
    static struct tls_socket sock;

    tls_socket_init(&sock);
    ck_assert_int_eq(tls_socket_set_root_ca_cert(&sock, "x"), NSAPI_ERROR_PARAMETER);
    ck_assert_str_eq(printed, "[ERR ][TLSW]: mbedtls_x509_crt_parse() failed: -0x2180 (-8576): "
                              "X509 - The CRT/CRL/CSR format is invalid, e.g. different type "
                              "expected\n");
    tls_socket_free(&sock);
}
END_TEST

START_TEST(failed_verification_is_traced_with_its_reasons)
{
    static struct tls_mem mem;
    static struct tls_socket sock;
    struct network network;

    tls_mem_init(&mem, &pki()->untrusted);
    network = tls_mem_network(&mem);
    tls_socket_init(&sock);
    ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_root_ca_cert(&sock, pki()->root.pem), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_connect(&sock, "localhost", 443), NSAPI_ERROR_AUTH_FAILURE);
    ck_assert_ptr_ne(
        strstr(printed, "[ERR ][TLSW]: mbedtls_ssl_handshake() failed: -0x2700 (-9984): X509 - "),
        NULL);
    ck_assert_ptr_ne(strstr(printed, "[ERR ][TLSW]: Certificate verification failed:\n"
                                     "    The certificate is not correctly signed by the trusted "
                                     "CA\n"),
                     NULL);
    tls_socket_free(&sock);
    tls_mem_free(&mem);
}
END_TEST

static const TTest **const tests[] = {
    &line_is_level_group_and_text,
    &default_clears_the_line_and_colors_it,
    &nothing_is_printed_before_init,
    &plain_mode_prints_the_text_alone,
    &levels_below_the_active_one_are_left_out,
    &filters_choose_groups,
    &prefix_and_suffix_surround_the_line,
    &mutex_is_taken_and_released,
    &overlong_line_is_cut_and_marked,
    &line_that_just_fits_is_not_cut,
    &unreadable_ca_is_traced_with_mbedtls_error,
    &failed_verification_is_traced_with_its_reasons,
};

int main(void)
{
    Suite *suite = suite_create("mbed_trace");
    TCase *lines = tcase_create("lines");

    (void)pki();
    tcase_add_checked_fixture(lines, start, NULL);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_test(lines, *tests[i]);
    tcase_add_loop_test(lines, socket_traces_as_in_the_article, 0, 2);
    suite_add_tcase(suite, lines);
    return suite_run(suite);
}
