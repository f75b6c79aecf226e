/* test_store.c -- trust stores: the bundled one, PEM bundles, certdata.txt */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "unit.h"
#include "x509/cert.h"
#include "x509/certdata.h"
#include "x509/roots.h"
#include "x509/store.h"
#include "x509/store_data.h"

static const struct pki_row rows[] = {
    {.name = "a", .flags = PKI_CA},
    {.name = "b", .flags = PKI_CA},
    {.name = "b_again", .subject = "b", .flags = PKI_CA},
    {.name = "int", .issuer = "a", .flags = PKI_CA},
    /* Named like its issuer, and no root: it is not signed by its own key. */
    {.name = "pretender", .subject = "a", .issuer = "a", .flags = PKI_CA},
    /* Two names whose hashes, of 32 bits, are one. */
    {.name = "root 14246", .flags = PKI_CA},
    {.name = "root 75831", .flags = PKI_CA},
};

static struct pki *pki;

static void set_up(void)
{
    pki = pki_new(rows, COUNT(rows));
}

static void tear_down(void)
{
    pki_free(pki);
}

START_TEST(store_finds_every_bundled_root_by_its_subject)
{
    struct error err = {.code = ERROR_NONE};
    struct store *store = NULL;

    ck_assert_int_eq(store_open(&(const struct store_files){NULL, NULL, 0, false}, &store, &err),
                     0);
    ck_assert_uint_eq(store_bundled_count(), 118);
    ck_assert_str_eq(store_bundled_name(), "Mozilla 2.92");
    for (size_t i = 0; i < store_data_count; i++) {
        struct store_match match[STORE_MATCH_COUNT_MAX];
        X509 *cert = cert_from_der(store_data_entry[i].der, store_data_entry[i].der_len);
        size_t count;
        bool found = false;
        ck_assert_ptr_nonnull(cert);
        ck_assert_int_eq(store_find(store, X509_get_subject_name(cert), match, &count, &err), 0);
        for (size_t k = 0; k < count; k++)
            found = found || cert_equal(match[k].x509, cert);
        ck_assert(found);
        ck_assert(cert_is_self_signed(cert));
        X509_free(cert);
    }
    store_free(store);
}
END_TEST

START_TEST(store_bundled_keeps_the_distrust_after_date)
{
    size_t dated = 0;

    for (size_t i = 0; i < store_data_count; i++)
        if (store_data_entry[i].distrust_after != TIMESTAMP_NONE) {
            ck_assert_int_eq(store_data_entry[i].distrust_after,
                             1776297599); /* 2026-04-15T23:59:59Z */
            dated++;
        }
    ck_assert_uint_eq(dated, 1);
}
END_TEST

static size_t count_found(struct store *store, const char *name)
{
    struct store_match match[STORE_MATCH_COUNT_MAX];
    struct error err = {.code = ERROR_NONE};
    size_t count, anchors = 0;

    ck_assert_int_eq(
        store_find(store, X509_get_subject_name(pki_cert(pki, name)), match, &count, &err), 0);
    for (size_t i = 0; i < count; i++)
        anchors += match[i].is_anchor ? 1 : 0;
    return anchors;
}

START_TEST(store_of_a_text_holds_its_self_signed_certificates_only)
{
    struct error err = {.code = ERROR_NONE};
    struct store *store = NULL;
    char *pem = pki_chain_pem(pki, "int b a b_again");

    ck_assert_int_eq(store_open_text(pem, strlen(pem), false, &store, &err), 0);
    ck_assert_uint_eq(count_found(store, "a"), 1);
    ck_assert_uint_eq(count_found(store, "b"), 2);
    ck_assert_uint_eq(count_found(store, "int"), 0);
    ck_assert_int_eq(sk_X509_num(store_intermediates(store)), 1);
    store_free(store);
    free(pem);
}
END_TEST

START_TEST(store_takes_no_root_that_did_not_sign_itself)
{
    struct store *store = unit_store(pki, "pretender b");

    ck_assert_uint_eq(count_found(store, "a"), 0);
    ck_assert_uint_eq(count_found(store, "b"), 1);
    store_free(store);
}
END_TEST

/* pki_chain() takes names with blanks between them. */
START_TEST(store_compares_names_and_not_only_their_hashes)
{
    static const char *const names[] = {"root 14246", "root 75831"};
    struct store_match match[STORE_MATCH_COUNT_MAX];
    struct error err = {.code = ERROR_NONE};
    struct store *store = NULL;
    struct text pem = {0};
    size_t count;

    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(cert_add_pem(pki_cert(pki, names[i]), &pem), 0);
    ck_assert_uint_eq(
        X509_NAME_hash_ex(X509_get_subject_name(pki_cert(pki, names[0])), NULL, NULL, NULL),
        X509_NAME_hash_ex(X509_get_subject_name(pki_cert(pki, names[1])), NULL, NULL, NULL));
    ck_assert_int_eq(store_open_text(pem.data, pem.length, false, &store, &err), 0);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(
            store_find(store, X509_get_subject_name(pki_cert(pki, names[i])), match, &count, &err),
            0);
        ck_assert_uint_eq(count, 1);
        ck_assert(cert_equal(match[0].x509, pki_cert(pki, names[i])));
    }
    store_free(store);
    text_free(&pem);
}
END_TEST

START_TEST(store_of_a_bundle_keeps_its_distrust_after_dates)
{
    struct store_match match[STORE_MATCH_COUNT_MAX];
    struct error err = {.code = ERROR_NONE};
    struct store *store = NULL;
    struct text text = {0};
    char *a = pki_chain_pem(pki, "a"), *b = pki_chain_pem(pki, "b");
    size_t count;

    text_add(&text, "# distrust-after: 2026-01-01T00:00:00Z\n%s\n%s", a, b);
    ck_assert_int_eq(store_open_text(text.data, text.length, false, &store, &err), 0);
    ck_assert_int_eq(
        store_find(store, X509_get_subject_name(pki_cert(pki, "a")), match, &count, &err), 0);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(match[0].distrust_after, UNIT_AT);
    ck_assert_int_eq(
        store_find(store, X509_get_subject_name(pki_cert(pki, "b")), match, &count, &err), 0);
    ck_assert_int_eq(match[0].distrust_after, TIMESTAMP_NONE);
    store_free(store);
    text_free(&text);
    free(a);
    free(b);
}
END_TEST

START_TEST(roots_read_labels_and_distrust_after_of_a_bundle)
{
    struct error err = {.code = ERROR_NONE};
    struct roots roots;
    struct text text = {0};
    char *a = pki_chain_pem(pki, "a");
    char *b = pki_chain_pem(pki, "b");

    text_add(&text,
             "# version: Mine 7\r\n# source: here\n\n# label: Root A\n# distrust-after: "
             "2026-01-01T00:00:00Z\n"
             "%s\nsome text\n# label: Root B\n%s",
             a, b);
    ck_assert_int_eq(roots_parse(text.data, text.length, "x", &roots, &err), 0);
    ck_assert_uint_eq(roots.count, 2);
    ck_assert_str_eq(roots.version, "Mine 7");
    ck_assert_str_eq(roots.source, "here");
    ck_assert_str_eq(roots.root[0].label, "Root A");
    ck_assert_int_eq(roots.root[0].distrust_after, UNIT_AT);
    ck_assert_str_eq(roots.root[1].label, "Root B");
    ck_assert_int_eq(roots.root[1].distrust_after, TIMESTAMP_NONE);
    root_list_free(&roots);
    root_list_free(&roots);
    text_free(&text);
    free(a);
    free(b);
}
END_TEST

START_TEST(roots_refuse_a_broken_bundle)
{
    char *pem = pki_chain_pem(pki, "a");
    size_t length = strlen(pem);
    char broken_date[4096];

    snprintf(broken_date, sizeof broken_date, "# distrust-after: soon\n%s", pem);
    const struct {
        const char *text;
        size_t length;
    } broken[] = {
        {"", 0},
        {"no certificate here\n", 20},
        {pem, length / 2},
        {pem, length - 10},
        {"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", 59},
        {"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n", 59},
        {broken_date, strlen(broken_date)},
        {"a\0b", 3},
    };

    for (size_t i = 0; i < COUNT(broken); i++) {
        struct error err = {.code = ERROR_NONE};
        struct roots roots;
        char *cut = calloc(1, broken[i].length + 1);
        memcpy(cut, broken[i].text, broken[i].length);
        ck_assert_int_eq(roots_parse(cut, broken[i].length, "x", &roots, &err), -1);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        ck_assert_str_ne(err.hint, "");
        free(cut);
    }
    free(pem);
}
END_TEST

/* ---- certdata.txt ---- */

static void add_octal(struct text *out, const char *attribute, const unsigned char *data,
                      int length)
{
    text_add(out, "%s MULTILINE_OCTAL\n", attribute);
    for (int i = 0; i < length; i++)
        text_add(out, "\\%03o%s", data[i], i % 16 == 15 || i == length - 1 ? "\n" : "");
    text_add(out, "END\n");
}

static void add_certificate(struct text *out, const char *name, const char *trust,
                            const char *distrust_after)
{
    X509 *cert = pki_cert(pki, name);
    unsigned char *issuer = NULL, *serial = NULL, *der = NULL;
    int issuer_len = i2d_X509_NAME(X509_get_issuer_name(cert), &issuer);
    int serial_len = i2d_ASN1_INTEGER(X509_get_serialNumber(cert), &serial);
    int der_len = i2d_X509(cert, &der);

    text_add(
        out,
        "\n# a comment\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_LABEL UTF8 \"Root %s\"\n",
        name);
    add_octal(out, "CKA_ISSUER", issuer, issuer_len);
    add_octal(out, "CKA_SERIAL_NUMBER", serial, serial_len);
    add_octal(out, "CKA_VALUE", der, der_len);
    if (distrust_after != NULL)
        add_octal(out, "CKA_NSS_SERVER_DISTRUST_AFTER", (const unsigned char *)distrust_after,
                  (int)strlen(distrust_after));
    else
        text_add(out, "CKA_NSS_SERVER_DISTRUST_AFTER CK_BBOOL CK_FALSE\n");
    text_add(out, "\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\n");
    add_octal(out, "CKA_ISSUER", issuer, issuer_len);
    add_octal(out, "CKA_SERIAL_NUMBER", serial, serial_len);
    text_add(out, "CKA_TRUST_SERVER_AUTH CK_TRUST %s\n", trust);
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    OPENSSL_free(der);
}

START_TEST(certdata_takes_server_roots_only)
{
    struct error err = {.code = ERROR_NONE};
    struct roots roots;
    struct text text = {0};

    text_add(&text, "# Mozilla\nBEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_BUILTIN_ROOT_LIST\n");
    add_certificate(&text, "a", "CKT_NSS_TRUSTED_DELEGATOR", "260101000000Z");
    add_certificate(&text, "b", "CKT_NSS_MUST_VERIFY_TRUST", NULL);
    add_certificate(&text, "b_again", "CKT_NSS_NOT_TRUSTED", NULL);
    ck_assert_msg(roots_parse(text.data, text.length, "x", &roots, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(roots.count, 1);
    ck_assert_str_eq(roots.root[0].label, "Root a");
    ck_assert_int_eq(roots.root[0].distrust_after, UNIT_AT);
    ck_assert(cert_equal(roots.root[0].x509, pki_cert(pki, "a")));
    root_list_free(&roots);
    text_free(&text);
}
END_TEST

START_TEST(certdata_refuses_what_is_broken)
{
    static const char *const broken[] = {
        "BEGINDATA\n",
        "BEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_VALUE MULTILINE_OCTAL\n\\060",
        "BEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_VALUE "
        "MULTILINE_OCTAL\n\\068\nEND\n",
        "BEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\nCKA_VALUE "
        "MULTILINE_OCTAL\n\\777\nEND\n",
        "BEGINDATA\nCKA_CLASS\n",
    };

    for (size_t i = 0; i < COUNT(broken); i++) {
        struct error err = {.code = ERROR_NONE};
        struct roots roots;
        ck_assert_int_eq(roots_parse(broken[i], strlen(broken[i]), "x", &roots, &err), -1);
        ck_assert_int_eq(err.code, ERROR_USAGE);
    }
}
END_TEST

START_TEST(certdata_refuses_a_broken_root_or_date)
{
    static const char *const dates[] = {"nonsense", "2601010000000", "261301000000Z"};

    for (size_t i = 0; i < COUNT(dates); i++) {
        struct error err = {.code = ERROR_NONE};
        struct roots roots;
        struct text text = {0};
        text_add(&text, "BEGINDATA\n");
        add_certificate(&text, "a", "CKT_NSS_TRUSTED_DELEGATOR", dates[i]);
        ck_assert_int_eq(roots_parse(text.data, text.length, "x", &roots, &err), -1);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        text_free(&text);
    }
}
END_TEST

START_TEST(certdata_is_told_by_a_line_of_its_own)
{
    static const struct {
        const char *text;
        bool want;
    } texts[] = {
        {"BEGINDATA", true},
        {"# x\r\nBEGINDATA\r\n", true},
        {"xBEGINDATA\nBEGINDATA\n", true},
        {"# BEGINDATA\n", false},
        {"AAAA\nBEGINDATA123\n", false},
        {"", false},
    };

    for (size_t i = 0; i < COUNT(texts); i++)
        ck_assert_msg(certdata_is(texts[i].text) == texts[i].want, "%s", texts[i].text);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("store");

    tcase_add_unchecked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, store_finds_every_bundled_root_by_its_subject);
    tcase_add_test(cases, store_bundled_keeps_the_distrust_after_date);
    tcase_add_test(cases, store_of_a_text_holds_its_self_signed_certificates_only);
    tcase_add_test(cases, store_takes_no_root_that_did_not_sign_itself);
    tcase_add_test(cases, store_compares_names_and_not_only_their_hashes);
    tcase_add_test(cases, store_of_a_bundle_keeps_its_distrust_after_dates);
    tcase_add_test(cases, roots_read_labels_and_distrust_after_of_a_bundle);
    tcase_add_test(cases, roots_refuse_a_broken_bundle);
    tcase_add_test(cases, certdata_takes_server_roots_only);
    tcase_add_test(cases, certdata_refuses_what_is_broken);
    tcase_add_test(cases, certdata_refuses_a_broken_root_or_date);
    tcase_add_test(cases, certdata_is_told_by_a_line_of_its_own);
    return unit_run("store", cases);
}
