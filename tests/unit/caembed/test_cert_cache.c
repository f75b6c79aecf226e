/* test_cert_cache.c -- the same DER gives the same certificate, up to a bound */
#include "unit.h"
#include "x509/cert.h"
#include "x509/cert_cache.h"

static const struct pki_row rows[] = {
    {.name = "a", .flags = PKI_CA},
    {.name = "b", .flags = PKI_CA},
};

static X509 *get(struct cert_cache *cache, X509 *cert)
{
    unsigned char *der = NULL;
    const int length = i2d_X509(cert, &der);
    X509 *got;

    ck_assert_int_gt(length, 0);
    got = cert_cache_get(cache, der, (size_t)length);
    OPENSSL_free(der);
    ck_assert_ptr_nonnull(got);
    ck_assert(cert_equal(got, cert));
    return got;
}

START_TEST(cert_cache_parses_once)
{
    struct pki *pki = pki_new(rows, COUNT(rows));
    struct cert_cache cache = {.certs = {.count = 0}};
    X509 *a = get(&cache, pki_cert(pki, "a")), *b = get(&cache, pki_cert(pki, "b"));
    X509 *again = get(&cache, pki_cert(pki, "a"));

    ck_assert_ptr_eq(again, a);
    ck_assert_ptr_ne(a, b);
    cert_cache_free(&cache);
    ck_assert(cert_equal(again, pki_cert(pki, "a"))); /* which is the caller's */
    X509_free(a);
    X509_free(b);
    X509_free(again);
    pki_free(pki);
}
END_TEST

START_TEST(cert_cache_refuses_what_is_no_certificate)
{
    struct cert_cache cache = {.certs = {.count = 0}};
    static const uint8_t der[] = {0x30, 0x00};

    ck_assert_ptr_null(cert_cache_get(&cache, der, sizeof der));
    ck_assert_uint_eq(cache.certs.count, 0);
    cert_cache_free(&cache);
}
END_TEST

/* Copies that differ in the serial number alone. */
START_TEST(cert_cache_is_bounded)
{
    struct pki *pki = pki_new(rows, COUNT(rows));
    struct cert_cache cache = {.certs = {.count = 0}};

    for (long i = 0; i < CERT_CACHE_COUNT_MAX + 10; i++) {
        X509 *cert = X509_dup(pki_cert(pki, "a"));
        ASN1_INTEGER *serial = ASN1_INTEGER_new();
        ASN1_INTEGER_set(serial, i + 1);
        X509_set_serialNumber(cert, serial);
        ck_assert_int_gt(i2d_re_X509_tbs(cert, NULL), 0); /* encodes it anew */
        X509_free(get(&cache, cert));
        ASN1_INTEGER_free(serial);
        X509_free(cert);
    }
    ck_assert_uint_eq(cache.certs.count, CERT_CACHE_COUNT_MAX);
    cert_cache_free(&cache);
    pki_free(pki);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("cert_cache");

    tcase_add_test(tcase, cert_cache_parses_once);
    tcase_add_test(tcase, cert_cache_refuses_what_is_no_certificate);
    tcase_add_test(tcase, cert_cache_is_bounded);
    return unit_run("cert_cache", tcase);
}
