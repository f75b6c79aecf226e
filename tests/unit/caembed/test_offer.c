/* test_offer.c -- the ClientHello that each offer makes, beside what the stack's own showed */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "device/target.h"
#include "net/offer.h"
#include "unit.h"

#define HELLO_SIZE 8192
#define TEXT_SIZE 4096

/* What the stacks' own ClientHello showed, as code points of IANA's registries. Extensions: those
 * of which an offer decides whether they are there, of 0015 (padding), 0016 (encrypt_then_mac),
 * 0017 (extended_master_secret), 0023 (session_ticket), 002b (supported_versions), 002d
 * (psk_key_exchange_modes), 0031 (post_handshake_auth) and 0033 (key_share). */
#define GROUPS_13 "001d 0017 0018 001e 0019 001a 001b 001c 0100 0101 0102 0103 0104"
#define SIGALGS_12 "0603 0601 0503 0501 0403 0401"
#define SIGALGS_12_224 SIGALGS_12 " 0303 0301"
#define SIGALGS_13 "0403 0503 0603 0806 0805 0804 0601 0501 0401"

static const struct {
    enum offer_row offer;
    const char *want_versions, *want_groups, *want_sigalgs, *want_extensions;
    const char *want_psk_modes;
} rows[] = {
    {OFFER_MBED_OS, "0303", "0018 0017 001d 001e", SIGALGS_12_224, "0016 0017 0023", ""},
    {OFFER_MBED_OS_5, "0303", "0018 0017", SIGALGS_12_224, "0016 0017 0023", ""},
    {OFFER_MBED_CE, "0303", "0018 0017 001d 001e", SIGALGS_12_224 " 0203 0201", "0016 0017 0023",
     ""},
    {OFFER_MBEDTLS_2_28, "0303", "0019 001c 0018 001b 0017 0016 001a 0015 0014 0013 0012 001d 001e",
     SIGALGS_12_224, "0016 0017 0023", ""},
    {OFFER_MBEDTLS_3_6, "0304 0303", GROUPS_13, SIGALGS_13, "0016 0017 0023 002b 002d 0033",
     "01 00"},
    {OFFER_MBEDTLS_4, "0304 0303", GROUPS_13, SIGALGS_13, "0016 0017 0023 002b 002d 0033", "01"},
    {OFFER_ESP_IDF, "0303", "001d 0017 0018 0019 001a 001b 001c", SIGALGS_12, "0016 0017 0023", ""},
    {OFFER_ZEPHYR, "0303", "0017 0018", SIGALGS_12, "", ""},
    {OFFER_BEARSSL, "0303", "0017 0018 0019 001d",
     "0403 0303 0503 0603 0203 0401 0301 0501 0601 0201", "", ""},
};

/* A part of the ClientHello. */
struct bytes {
    const unsigned char *at;
    size_t length;
};

static struct bytes cut(struct bytes *from, size_t length)
{
    struct bytes part = {from->at, length};

    ck_assert_uint_ge(from->length, length);
    from->at += length;
    from->length -= length;
    return part;
}

static size_t cut_number(struct bytes *from, size_t width)
{
    const struct bytes number = cut(from, width);
    size_t value = 0;

    for (size_t i = 0; i < width; i++)
        value = value << 8 | number.at[i];
    return value;
}

/* A vector whose length stands before it in so many bytes. */
static struct bytes cut_vector(struct bytes *from, size_t width)
{
    return cut(from, cut_number(from, width));
}

/* "0403 0503": the numbers of a vector. */
static void put_numbers(struct bytes numbers, size_t width, char text[TEXT_SIZE])
{
    size_t used = 0;

    text[0] = '\0';
    while (numbers.length > 0)
        used += (size_t)snprintf(text + used, TEXT_SIZE - used, "%s%0*zx", used > 0 ? " " : "",
                                 (int)(2 * width), cut_number(&numbers, width));
}

struct hello {
    unsigned char bytes[HELLO_SIZE];
    unsigned version;
    struct bytes suites, extensions;
};

/* What the context says first to a server of the name localhost. */
static void say_hello(SSL_CTX *context, struct hello *hello)
{
    SSL *ssl = SSL_new(context);
    BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    struct bytes rest = {hello->bytes, 0};
    int length;

    SSL_set_bio(ssl, in, out);
    ck_assert_int_eq(SSL_set_tlsext_host_name(ssl, "localhost"), 1);
    ck_assert_int_eq(SSL_connect(ssl), -1);
    length = BIO_read(out, hello->bytes, HELLO_SIZE);
    ck_assert_int_gt(length, 0);
    rest.length = (size_t)length;
    ck_assert_uint_eq(cut_number(&rest, 1), 22); /* handshake */
    cut(&rest, 2);
    rest = cut_vector(&rest, 2);
    ck_assert_uint_eq(cut_number(&rest, 1), 1); /* client_hello */
    rest = cut_vector(&rest, 3);
    hello->version = (unsigned)cut_number(&rest, 2);
    cut(&rest, 32);
    (void)cut_vector(&rest, 1);
    hello->suites = cut_vector(&rest, 2);
    (void)cut_vector(&rest, 1);
    hello->extensions = cut_vector(&rest, 2);
    SSL_free(ssl);
}

static SSL_CTX *context_of(const struct offer *offer, enum offer_key key)
{
    struct error err = {.code = ERROR_NONE};
    SSL_CTX *context = NULL;

    ck_assert_msg(offer_make_context(offer, key, &context, &err) == 0, "%s", err.message);
    return context;
}

/* The extension's content, or nothing of length 0. */
static struct bytes extension_of(const struct hello *hello, unsigned type)
{
    struct bytes rest = hello->extensions;

    while (rest.length > 0) {
        const size_t this = cut_number(&rest, 2);
        const struct bytes content = cut_vector(&rest, 2);
        if (this == type)
            return content;
    }
    return (struct bytes){hello->bytes, 0};
}

static void list_extension(const struct hello *hello, unsigned type, size_t length_width,
                           size_t width, char text[TEXT_SIZE])
{
    struct bytes content = extension_of(hello, type);

    text[0] = '\0';
    if (content.length > 0)
        put_numbers(cut_vector(&content, length_width), width, text);
}

/* Of the extensions that an offer decides on, which are there, in the order of their numbers. */
static void list_extensions(const struct hello *hello, char text[TEXT_SIZE])
{
    static const unsigned decided[] = {0x15, 0x16, 0x17, 0x23, 0x2b, 0x2d, 0x31, 0x33};
    size_t used = 0;

    text[0] = '\0';
    for (size_t i = 0; i < COUNT(decided); i++) {
        struct bytes rest = hello->extensions;
        while (rest.length > 0) {
            const size_t this = cut_number(&rest, 2);
            (void)cut_vector(&rest, 2);
            if (this == decided[i])
                used += (size_t)snprintf(text + used, TEXT_SIZE - used, "%s%04zx",
                                         used > 0 ? " " : "", this);
        }
    }
}

START_TEST(hello_says_what_the_stack_says)
{
    SSL_CTX *context = context_of(&offers[rows[_i].offer], OFFER_EVERY_KEY);
    struct hello hello;
    char text[TEXT_SIZE];

    say_hello(context, &hello);
    list_extension(&hello, 10, 2, 2, text);
    ck_assert_str_eq(text, rows[_i].want_groups);
    list_extension(&hello, 13, 2, 2, text);
    ck_assert_str_eq(text, rows[_i].want_sigalgs);
    list_extension(&hello, 43, 1, 2, text);
    if (text[0] == '\0')
        snprintf(text, sizeof text, "%04x", hello.version);
    ck_assert_str_eq(text, rows[_i].want_versions);
    list_extension(&hello, 45, 1, 1, text);
    ck_assert_str_eq(text, rows[_i].want_psk_modes);
    list_extensions(&hello, text);
    ck_assert_str_eq(text, rows[_i].want_extensions);
    SSL_CTX_free(context);
}
END_TEST

/* The names of the suites in the ClientHello, those of TLS 1.3 apart. */
static void name_suites(SSL *ssl, const struct hello *hello, char suites[TEXT_SIZE],
                        char suites13[TEXT_SIZE])
{
    struct bytes rest = hello->suites;

    suites[0] = suites13[0] = '\0';
    while (rest.length > 0) {
        const struct bytes code = cut(&rest, 2);
        const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, code.at);
        char *list = code.at[0] == 0x13 ? suites13 : suites;
        if (code.at[0] == 0 && code.at[1] == 0xff) /* TLS_EMPTY_RENEGOTIATION_INFO_SCSV */
            continue;
        ck_assert_ptr_nonnull(cipher);
        if (list[0] != '\0')
            strcat(list, ":");
        strcat(list, SSL_CIPHER_get_name(cipher));
    }
}

START_TEST(hello_has_the_suites_of_the_row_in_its_order)
{
    const struct offer *offer = &offers[rows[_i].offer];
    SSL_CTX *context = context_of(offer, OFFER_EVERY_KEY);
    SSL *ssl = SSL_new(context);
    struct hello hello;
    char suites[TEXT_SIZE], suites13[TEXT_SIZE];

    say_hello(context, &hello);
    name_suites(ssl, &hello, suites, suites13);
    ck_assert_str_eq(suites, offer->suites);
    ck_assert_str_eq(suites13, offer->suites13);
    SSL_free(ssl);
    SSL_CTX_free(context);
}
END_TEST

START_TEST(offer_of_one_key_has_nothing_for_the_other)
{
    static const struct {
        enum offer_key key;
        const char *but_suite;
        unsigned but_sigalg[2]; /* the low byte: 1 RSA, 3 ECDSA; 4 to 11 RSA-PSS */
    } keys[] = {{OFFER_ECDSA_ALONE, "RSA", {1, 4}}, {OFFER_RSA_ALONE, "ECDSA", {3, 3}}};

    for (size_t i = 0; i < COUNT(keys); i++) {
        SSL_CTX *context = context_of(&offers[_i], keys[i].key);
        SSL *ssl = SSL_new(context);
        struct hello hello;
        struct bytes rest;
        char suites[TEXT_SIZE], suites13[TEXT_SIZE];
        say_hello(context, &hello);
        name_suites(ssl, &hello, suites, suites13);
        ck_assert_str_ne(suites, "");
        ck_assert_msg(strstr(suites, keys[i].but_suite) == NULL, "%s", suites);
        rest = extension_of(&hello, 13);
        rest = cut_vector(&rest, 2);
        ck_assert_uint_gt(rest.length, 0);
        while (rest.length > 0) {
            const size_t code = cut_number(&rest, 2);
            ck_assert_msg((code & 0xff) != keys[i].but_sigalg[0] &&
                              (code >> 8 != 8 || keys[i].key == OFFER_RSA_ALONE) &&
                              (code & 0xff) != keys[i].but_sigalg[1],
                          "%04zx", code);
        }
        SSL_free(ssl);
        SSL_CTX_free(context);
    }
}
END_TEST

START_TEST(offer_leaves_out_what_openssl_lacks)
{
    const struct offer odd = {"odd",
                              TLS1_2_VERSION,
                              TLS1_3_VERSION,
                              "NO-SUCH-SUITE:ECDHE-RSA-AES128-GCM-SHA256",
                              "TLS_NO_SUCH:TLS_AES_128_GCM_SHA256",
                              "P-256:no-such-group:P-384:P-256",
                              "ECDSA+SHA256:no_such_algorithm:RSA+SHA256:RSA+MD17",
                              0};
    SSL_CTX *context = context_of(&odd, OFFER_EVERY_KEY);
    struct hello hello;
    char text[TEXT_SIZE];

    say_hello(context, &hello);
    put_numbers(hello.suites, 2, text);
    text[strlen("1301 c02f")] = '\0'; /* OpenSSL before 3.5 adds 00ff, which is no suite */
    ck_assert_str_eq(text, "1301 c02f");
    list_extension(&hello, 10, 2, 2, text);
    ck_assert_str_eq(text, "0017 0018");
    list_extension(&hello, 13, 2, 2, text);
    ck_assert_str_eq(text, "0403 0401");
    SSL_CTX_free(context);
}
END_TEST

/* What Mbed TLS is given is what OpenSSL says. */
START_TEST(codes_are_those_of_the_hello)
{
    SSL_CTX *context = context_of(&offers[rows[_i].offer], OFFER_EVERY_KEY);
    struct hello hello;
    uint16_t code[32];
    struct bytes rest;

    say_hello(context, &hello);
    rest = extension_of(&hello, 10);
    rest = cut_vector(&rest, 2);
    ck_assert_uint_eq(offer_group_codes(&offers[rows[_i].offer], code, COUNT(code)),
                      rest.length / 2);
    for (size_t i = 0; rest.length > 0; i++)
        ck_assert_uint_eq(code[i], cut_number(&rest, 2));
    rest = extension_of(&hello, 13);
    rest = cut_vector(&rest, 2);
    ck_assert_uint_eq(offer_sigalg_codes(&offers[rows[_i].offer], code, COUNT(code)),
                      rest.length / 2);
    for (size_t i = 0; rest.length > 0; i++)
        ck_assert_uint_eq(code[i], cut_number(&rest, 2));
    SSL_CTX_free(context);
}
END_TEST

START_TEST(targets_have_the_offers_of_their_stacks)
{
    for (size_t i = 0; i < OFFER_COUNT; i++) {
        const struct target *target = target_find(offers[i].target);
        ck_assert_msg(target != NULL, "%s", offers[i].target);
        ck_assert_ptr_eq(target->offer, &offers[i]);
    }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("offer");

    tcase_add_loop_test(cases, hello_says_what_the_stack_says, 0, COUNT(rows));
    tcase_add_loop_test(cases, hello_has_the_suites_of_the_row_in_its_order, 0, COUNT(rows));
    tcase_add_loop_test(cases, codes_are_those_of_the_hello, 0, COUNT(rows));
    tcase_add_loop_test(cases, offer_of_one_key_has_nothing_for_the_other, 0, OFFER_COUNT);
    tcase_add_test(cases, offer_leaves_out_what_openssl_lacks);
    tcase_add_test(cases, targets_have_the_offers_of_their_stacks);
    return unit_run("offer", cases);
}
