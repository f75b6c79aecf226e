/* test_tls_session.c -- sessions saved as bytes: resumed, refused for others, and hostile bytes */
#include "tls_alloc.h"
#include "tls_mem.h"

#include "mbed_pki.h"
#include "suite.h"
#include "tls_internal.h"
#include "tlssocket/tls_socket.h"

#include <check.h>
#include <string.h>

static struct tls_mem mem;
static struct tls_socket sock;
static struct network network;
static unsigned char saved[4096];
static size_t saved_size;

/* What a session may be resumed by, with this Mbed TLS. */
static const struct way_row {
    const char *claim;
    enum mem_resumption how;
    bool is_tls13;
} way_rows[] = {
    {"ticket", MEM_BY_TICKET, false},
    {"id", MEM_BY_ID, false},
#if defined(MBEDTLS_SSL_PROTO_TLS1_3) && MBEDTLS_VERSION_NUMBER >= 0x03060100
    {"ticket of TLS 1.3", MEM_BY_TICKET, true},
#endif
};
#define WAYS (int)(sizeof way_rows / sizeof way_rows[0])

static void speak(bool tls13)
{
#if MBEDTLS_VERSION_NUMBER >= 0x03020000
    mbedtls_ssl_conf_max_tls_version(tls_socket_get_ssl_config(&sock),
                                     tls13 ? MBEDTLS_SSL_VERSION_TLS1_3
                                           : MBEDTLS_SSL_VERSION_TLS1_2);
#else
    (void)tls13;
#endif
}

static void start(void)
{
    tls_mem_init(&mem, &pki()->leaf);
    network = tls_mem_network(&mem);
    tls_socket_init(&sock);
    saved_size = 0;
}

static void stop(void)
{
    tls_socket_free(&sock);
    tls_mem_free(&mem);
}

static void open_trusting(const struct pki_cert *ca)
{
    ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_root_ca_cert(&sock, ca->pem), NSAPI_ERROR_OK);
}

static nsapi_error_t connect_now(void)
{
    return tls_socket_connect(&sock, "localhost", 443);
}

static void reopen(void)
{
    ck_assert_int_eq(tls_socket_close(&sock), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_open(&sock, &network), NSAPI_ERROR_OK);
}

/* Also takes in what comes before the data, such as a ticket. */
static void echo(void)
{
    char data[5];

    ck_assert_int_eq(tls_socket_send(&sock, "hello", 5), 5);
    ck_assert_int_eq(tls_socket_recv(&sock, data, sizeof data), 5);
    ck_assert_mem_eq(data, "hello", 5);
}

static void save(void)
{
    const nsapi_size_or_error_t size = tls_socket_get_session(&sock, NULL, 0);

    ck_assert_int_gt(size, 38);
    ck_assert_int_le(size, (int)sizeof saved);
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), size);
    saved_size = (size_t)size;
}

static nsapi_error_t restore(void)
{
    return tls_socket_set_session(&sock, saved, saved_size);
}

/* A full handshake, whose session is then saved. */
static void save_first(const struct way_row *way)
{
    tls_mem_resume(&mem, way->how);
    open_trusting(&pki()->root);
    speak(way->is_tls13);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
    echo();
    save();
}

START_TEST(session_resumes_after_close_again_and_again)
{
    size_t full;

    save_first(&way_rows[_i]);
    full = mem.sent + mem.received;
    for (int i = 0; i < 3; i++) {
        reopen();
        ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
        ck_assert(!tls_socket_is_resumed(&sock));
        ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
        ck_assert_msg(tls_socket_is_resumed(&sock), "%s", way_rows[_i].claim);
        ck_assert_uint_eq(tls_socket_get_verify_result(&sock, NULL, 0), 0);
        echo();
        ck_assert_uint_lt(mem.sent + mem.received, full);
        save();
    }
}
END_TEST

START_TEST(session_resumes_in_another_socket)
{
    save_first(&way_rows[_i]);
    tls_socket_free(&sock);
    tls_socket_init(&sock);
    open_trusting(&pki()->root);
    speak(way_rows[_i].is_tls13);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(tls_socket_is_resumed(&sock));
    echo();
}
END_TEST

START_TEST(session_resumes_without_blocking)
{
    save_first(&way_rows[_i]);
    reopen();
    mem.manual = true;
    tls_socket_set_blocking(&sock, false);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    while (connect_now() == NSAPI_ERROR_IN_PROGRESS)
        tls_mem_run(&mem);
    ck_assert(tls_socket_is_resumed(&sock));
}
END_TEST

START_TEST(session_is_offered_once)
{
    save_first(&way_rows[_i]);
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(tls_socket_is_resumed(&sock));
    reopen();
    ck_assert(!tls_socket_is_resumed(&sock));
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_session(&sock, NULL, 0), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
}
END_TEST

/* A connection that did not come about has not used it up. */
START_TEST(session_outlives_a_transport_that_fails)
{
    save_first(&way_rows[_i]);
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    mem.connect_error = NSAPI_ERROR_NO_CONNECTION;
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_NO_CONNECTION);
    mem.connect_error = NSAPI_ERROR_OK;
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(tls_socket_is_resumed(&sock));
}
END_TEST

START_TEST(server_that_forgot_gets_a_full_handshake)
{
    save_first(&way_rows[_i]);
    reopen();
    mem.forgets = true;
    mbedtls_ssl_cache_free(&mem.cache);
    mbedtls_ssl_cache_init(&mem.cache);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
    echo();
}
END_TEST

/* ---- never for another ---- */

START_TEST(session_is_not_used_for_another_name)
{
    save_first(&way_rows[_i]);
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_connect(&sock, "example.org", 443), NSAPI_ERROR_AUTH_FAILURE);
    ck_assert_int_eq(tls_socket_get_cause(&sock), TLS_CAUSE_NAME_MISMATCH);
    ck_assert(!tls_socket_is_resumed(&sock));
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_hostname(&sock, "example.org"), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_AUTH_FAILURE);
    ck_assert_int_eq(tls_socket_get_cause(&sock), TLS_CAUSE_NAME_MISMATCH);
}
END_TEST

/* The name that counts is the one that was checked, whatever is set afterwards. */
START_TEST(session_is_saved_for_the_name_that_was_checked)
{
    save_first(&way_rows[_i]);
    ck_assert_int_eq(tls_socket_set_hostname(&sock, "example.org"), NSAPI_ERROR_OK);
    save();
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_AUTH_FAILURE);
    ck_assert_int_eq(tls_socket_get_cause(&sock), TLS_CAUSE_NAME_MISMATCH);
    ck_assert_int_eq(tls_socket_set_hostname(&sock, NULL), NSAPI_ERROR_OK);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(tls_socket_is_resumed(&sock));
}
END_TEST

START_TEST(session_is_not_used_with_other_cas)
{
    save_first(&way_rows[_i]);
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_root_ca_cert(&sock, pki()->other_root.pem), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_AUTH_FAILURE);
    ck_assert_int_eq(tls_socket_get_cause(&sock), TLS_CAUSE_UNTRUSTED);
    ck_assert_int_eq(tls_socket_append_root_ca_cert(&sock, pki()->root.pem), NSAPI_ERROR_OK);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
    reopen();
    tls_socket_set_ca_chain(&sock, NULL);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_lt(connect_now(), 0);
}
END_TEST

START_TEST(session_is_not_used_with_another_client_certificate)
{
    save_first(&way_rows[_i]);
    reopen();
    ck_assert_int_eq(
        tls_socket_set_client_cert_key(&sock, pki()->client.pem, pki()->client.key_pem),
        NSAPI_ERROR_OK);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
}
END_TEST

START_TEST(session_is_not_saved_after_credentials_have_changed)
{
    save_first(&way_rows[_i]);
    ck_assert_int_eq(tls_socket_append_root_ca_cert(&sock, pki()->other_root.pem), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), NSAPI_ERROR_AUTH_FAILURE);
    reopen();
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    echo();
    save();
    tls_socket_set_ca_chain(&sock, tls_socket_get_ca_chain(&sock));
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), NSAPI_ERROR_AUTH_FAILURE);
}
END_TEST

/* A program that weakens its configuration gets no session out of it. */
START_TEST(session_that_was_not_verified_is_not_saved)
{
    tls_mem_resume(&mem, way_rows[_i].how);
    open_trusting(&pki()->other_root);
    speak(way_rows[_i].is_tls13);
    mbedtls_ssl_conf_authmode(tls_socket_get_ssl_config(&sock), MBEDTLS_SSL_VERIFY_OPTIONAL);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    echo();
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), NSAPI_ERROR_AUTH_FAILURE);
    mbedtls_ssl_conf_authmode(tls_socket_get_ssl_config(&sock), MBEDTLS_SSL_VERIFY_NONE);
    reopen();
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    echo();
    mbedtls_ssl_conf_authmode(tls_socket_get_ssl_config(&sock), MBEDTLS_SSL_VERIFY_REQUIRED);
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), NSAPI_ERROR_AUTH_FAILURE);
}
END_TEST

/* ---- when there is one, and where it goes ---- */

START_TEST(session_is_there_while_connected)
{
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), NSAPI_ERROR_NO_SOCKET);
    mem.behaviour = MEM_GREET_AND_CLOSE;
    tls_mem_resume(&mem, way_rows[_i].how);
    open_trusting(&pki()->root);
    speak(way_rows[_i].is_tls13);
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), NSAPI_ERROR_NO_CONNECTION);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    if (way_rows[_i].is_tls13)
        ck_assert_int_eq(tls_socket_get_session(&sock, NULL, 0), NSAPI_ERROR_WOULD_BLOCK);
    ck_assert_int_eq(tls_socket_recv(&sock, saved, sizeof saved), 5);
    save();
    ck_assert_int_eq(tls_socket_recv(&sock, saved, 1), 0); /* close_notify */
    save();
    reopen();
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, sizeof saved), NSAPI_ERROR_NO_CONNECTION);
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(tls_socket_is_resumed(&sock));
}
END_TEST

START_TEST(session_that_does_not_fit_is_a_parameter_error)
{
    save_first(&way_rows[_i]);
    for (size_t size = 0; size < saved_size; size++) {
        unsigned char room[sizeof saved];

        memset(room, 0x55, sizeof room);
        ck_assert_int_eq(tls_socket_get_session(&sock, room, size), NSAPI_ERROR_PARAMETER);
        ck_assert_int_eq(room[size], 0x55);
    }
    memset(saved, 0x55, sizeof saved);
    ck_assert_int_eq(tls_socket_get_session(&sock, saved, saved_size), (int)saved_size);
    ck_assert_int_eq(saved[saved_size], 0x55);
}
END_TEST

/* ---- hostile bytes ---- */

START_TEST(truncated_bytes_are_a_parameter_error)
{
    save_first(&way_rows[_i]);
    for (size_t size = 0; size < saved_size; size++)
        ck_assert_int_eq(tls_socket_set_session(&sock, saved, size), NSAPI_ERROR_PARAMETER);
    ck_assert_int_eq(tls_socket_set_session(&sock, NULL, saved_size), NSAPI_ERROR_PARAMETER);
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    ck_assert_int_eq(tls_socket_set_session(&sock, saved, 10), NSAPI_ERROR_PARAMETER);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
}
END_TEST

START_TEST(bytes_may_be_followed_by_others)
{
    save_first(&way_rows[_i]);
    memset(saved + saved_size, 0xFF, sizeof saved - saved_size);
    reopen();
    ck_assert_int_eq(tls_socket_set_session(&sock, saved, sizeof saved), NSAPI_ERROR_OK);
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(tls_socket_is_resumed(&sock));
}
END_TEST

START_TEST(erased_flash_is_a_parameter_error)
{
    static unsigned char page[65536];

    for (int byte = 0; byte < 256; byte += 0xFF) {
        memset(page, byte, sizeof page);
        for (size_t size = 0; size <= sizeof page; size += 64)
            ck_assert_int_eq(tls_socket_set_session(&sock, page, size), NSAPI_ERROR_PARAMETER);
    }
    memcpy(page, "tls\1\377\377", 6); /* longer than any session may be */
    ck_assert_int_eq(tls_socket_set_session(&sock, page, sizeof page), NSAPI_ERROR_PARAMETER);
}
END_TEST

START_TEST(changed_byte_is_a_full_handshake)
{
    save_first(&way_rows[_i]);
    for (size_t at = 0; at < saved_size; at += at < 64 ? 1 : 13) {
        nsapi_error_t error;

        reopen();
        saved[at] ^= 0x10;
        error = restore();
        ck_assert(error == NSAPI_ERROR_OK || error == NSAPI_ERROR_PARAMETER);
        ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
        ck_assert_msg(!tls_socket_is_resumed(&sock), "byte %zu", at);
        saved[at] ^= 0x10;
    }
    reopen();
    ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
    saved[5] = 0xFF; /* after it was looked at: longer than it is */
    saved[4] = 0x3F;
    ck_assert_int_eq(connect_now(), NSAPI_ERROR_OK);
    ck_assert(!tls_socket_is_resumed(&sock));
}
END_TEST

/* Whoever makes the digest anew can write anything, except a session that was not verified. */
START_TEST(forged_session_is_verified_or_refused)
{
    const size_t first = TLSSOCKET_DIGEST_AT + TLSSOCKET_DIGEST_SIZE;
    unsigned refused = 0;

    save_first(&way_rows[_i]);
    for (size_t at = first; at < saved_size; at++) {
        nsapi_error_t error;

        reopen();
        saved[at] ^= 1;
        ck_assert_int_eq(tlssocket_session_digest(&sock.tls, "localhost", saved + first,
                                                  saved_size - first, saved + TLSSOCKET_DIGEST_AT),
                         0);
        ck_assert_int_eq(restore(), NSAPI_ERROR_OK);
        error = connect_now();
        if (error == NSAPI_ERROR_OK)
            ck_assert_uint_eq(tls_socket_get_verify_result(&sock, NULL, 0), 0);
        refused += error != NSAPI_ERROR_OK && tls_socket_get_verify_result(&sock, NULL, 0) != 0;
        saved[at] ^= 1;
    }
    ck_assert_msg(refused > 0 || way_rows[_i].is_tls13, "no byte is the result of verifying");
}
END_TEST

/* ---- faults ---- */

/* From an empty socket over a resumed handshake to a session saved again, or the first error. */
static nsapi_error_t resume_and_save(bool tls13)
{
    static unsigned char again[sizeof saved];
    nsapi_error_t error;
    nsapi_size_or_error_t n;
    char data[8];

    tls_socket_init(&sock);
    if ((error = tls_socket_open(&sock, &network)) != NSAPI_ERROR_OK ||
        (error = tls_socket_set_root_ca_cert(&sock, pki()->root.pem)) != NSAPI_ERROR_OK)
        return error;
    if (tls_socket_get_ssl_config(&sock) == NULL)
        return NSAPI_ERROR_NO_MEMORY;
    speak(tls13);
    if ((error = restore()) != NSAPI_ERROR_OK || (error = connect_now()) != NSAPI_ERROR_OK)
        return error;
    if (!tls_socket_is_resumed(&sock))
        return -1;
    if ((n = tls_socket_send(&sock, "x", 1)) != 1 ||
        (n = tls_socket_recv(&sock, data, sizeof data)) != 1 ||
        (n = tls_socket_get_session(&sock, again, sizeof again)) <= 0)
        return n;
    return NSAPI_ERROR_OK;
}

/* One resumption with one allocation failing. Check allocates, too: it is kept out of here. */
struct trial {
    nsapi_error_t error;
    nsapi_error_t second_error; /* of connecting with the same socket afterwards */
    bool failed;                /* was there such an allocation? */
    long leaked;
};

static struct trial try_failing_at(size_t point, bool tls13)
{
    struct trial trial = {.second_error = NSAPI_ERROR_OK};
    const long live = alloc_live_count();

    alloc_fail_at(point);
    trial.error = resume_and_save(tls13);
    trial.failed = alloc_has_failed();
    if (trial.error != NSAPI_ERROR_OK) {
        (void)tls_socket_close(&sock);
        trial.second_error = tls_socket_open(&sock, &network);
        (void)tls_socket_set_root_ca_cert(&sock, pki()->root.pem);
        if (trial.second_error == NSAPI_ERROR_OK)
            trial.second_error = connect_now();
    }
    tls_socket_free(&sock);
    trial.leaked = alloc_live_count() - live;
    return trial;
}

START_TEST(allocation_that_fails_in_a_resumption_is_an_error_and_no_leak)
{
    const bool tls13 = way_rows[_i].is_tls13;
    struct trial trial;
    size_t point = 0;

    save_first(&way_rows[_i]);
    tls_socket_free(&sock);
    ck_assert_int_eq(resume_and_save(tls13), NSAPI_ERROR_OK);
    tls_socket_free(&sock);
    (void)try_failing_at(0, tls13); /* what is allocated once, by now it is */
    do {
        trial = try_failing_at(point, tls13);
        ck_assert_msg(trial.leaked == 0, "allocation %zu leaks %ld", point, trial.leaked);
        ck_assert_msg(!trial.failed || trial.error < 0, "allocation %zu: error %d", point,
                      trial.error);
        ck_assert_msg(trial.second_error == NSAPI_ERROR_OK, "after allocation %zu: error %d", point,
                      trial.second_error);
        point += tls13 ? 37 : 1; /* TLS 1.3 has elliptic curves even then */
    } while (trial.failed);
    ck_assert_uint_gt(point, 50);
    tls_socket_init(&sock);
}
END_TEST

/* The connection that could not be saved goes on, and can be saved later. */
START_TEST(allocation_that_fails_while_saving_leaves_the_connection)
{
    save_first(&way_rows[_i]);
    for (size_t point = 0;; point++) {
        nsapi_size_or_error_t size;

        alloc_fail_at(point);
        size = tls_socket_get_session(&sock, saved, sizeof saved);
        if (!alloc_has_failed())
            break;
        ck_assert_int_eq(size, NSAPI_ERROR_NO_MEMORY);
        echo();
    }
    save();
}
END_TEST

static const TTest **const tests[] = {
    &session_resumes_after_close_again_and_again,
    &session_resumes_in_another_socket,
    &session_resumes_without_blocking,
    &session_is_offered_once,
    &session_outlives_a_transport_that_fails,
    &server_that_forgot_gets_a_full_handshake,
    &session_is_not_used_for_another_name,
    &session_is_saved_for_the_name_that_was_checked,
    &session_is_not_used_with_other_cas,
    &session_is_not_used_with_another_client_certificate,
    &session_is_not_saved_after_credentials_have_changed,
    &session_that_was_not_verified_is_not_saved,
    &session_is_there_while_connected,
    &session_that_does_not_fit_is_a_parameter_error,
    &truncated_bytes_are_a_parameter_error,
    &bytes_may_be_followed_by_others,
    &changed_byte_is_a_full_handshake,
    &forged_session_is_verified_or_refused,
    &allocation_that_fails_in_a_resumption_is_an_error_and_no_leak,
    &allocation_that_fails_while_saving_leaves_the_connection,
};

int main(void)
{
    Suite *suite = suite_create("tls_session");
    TCase *memory = tcase_create("memory");

    (void)pki();
    tcase_set_timeout(memory, 300);
    tcase_add_checked_fixture(memory, start, stop);
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_loop_test(memory, *tests[i], 0, WAYS);
    tcase_add_test(memory, erased_flash_is_a_parameter_error);
    suite_add_tcase(suite, memory);
    return suite_run(suite);
}
