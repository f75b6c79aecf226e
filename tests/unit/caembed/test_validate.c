/* test_validate.c -- a path is judged as it stands, from the leaf to its very end */
#include <openssl/x509_vfy.h>

#include "base/timestamp.h"
#include "path/fault.h"
#include "path/path.h"
#include "path/validate.h"
#include "unit.h"
#include "x509/cert.h"

#define SAN "DNS:localhost"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "other", .flags = PKI_CA},
    {.name = "leaf", .issuer = "root", .san = SAN},
    /* An intermediate called like its root: to OpenSSL, told nothing of keys, the root may be the
     * leaf's issuer, and the path one shorter. */
    {.name = "same_int", .subject = "root", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf_of_same", .issuer = "same_int", .san = SAN},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "int_old",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .until = "20251231235959Z",
     .flags = PKI_CA},
    {.name = "int_ends_now",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .until = "20260101000000Z",
     .flags = PKI_CA},
    {.name = "int_starts_now",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .since = "20260101000000Z",
     .flags = PKI_CA},
    {.name = "int_future",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .since = "20260101000001Z",
     .flags = PKI_CA},
    {.name = "leaf_of_int", .issuer = "int", .san = SAN},
    {.name = "leaf_of_client", .issuer = "int", .san = SAN, .flags = PKI_CLIENT},
    {.name = "leaf_of_2047", .key = "rsa2047/leaf", .issuer = "int", .san = SAN},
    {.name = "leaf_of_2048", .key = "rsa2048/leaf", .issuer = "int", .san = SAN},
    {.name = "leaf_of_p192", .key = "p192/leaf", .issuer = "int", .san = SAN},
    {.name = "leaf_of_p224", .key = "p224/leaf", .issuer = "int", .san = SAN},
    {.name = "leaf_of_sha1", .issuer = "int", .san = SAN, .hash = "SHA1"},
    {.name = "int_of_sha1",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .hash = "SHA1",
     .flags = PKI_CA},
};

static const struct {
    const char *claim, *presented, *name;
    int want; /* verify_error of the only path to the root */
    size_t want_length;
} cases[] = {
    {"leaf and root", "leaf", "localhost", X509_V_OK, 2},
    {"another name", "leaf", "other.example", X509_V_ERR_HOSTNAME_MISMATCH, 2},
    {"an address", "leaf", "192.0.2.1", X509_V_ERR_IP_ADDRESS_MISMATCH, 2},
    {"a path that OpenSSL shortens", "leaf_of_same same_int", "localhost", PATH_FAULT_REBUILT, 3},
    {"an intermediate", "leaf_of_int int", "localhost", X509_V_OK, 3},
    {"one that expired a second ago", "leaf_of_int int_old", "localhost",
     X509_V_ERR_CERT_HAS_EXPIRED, 3},
    {"one in its last second", "leaf_of_int int_ends_now", "localhost", X509_V_OK, 3},
    {"one in its first second", "leaf_of_int int_starts_now", "localhost", X509_V_OK, 3},
    {"one that begins in a second", "leaf_of_int int_future", "localhost",
     X509_V_ERR_CERT_NOT_YET_VALID, 3},
    {"a leaf for clients", "leaf_of_client int", "localhost", X509_V_ERR_INVALID_PURPOSE, 3},
    {"an RSA key one bit too short", "leaf_of_2047 int", "localhost", PATH_FAULT_WEAK_KEY, 3},
    {"an RSA key just long enough", "leaf_of_2048 int", "localhost", X509_V_OK, 3},
    {"too small a curve", "leaf_of_p192 int", "localhost", PATH_FAULT_WEAK_KEY, 3},
    {"the smallest curve", "leaf_of_p224 int", "localhost", X509_V_OK, 3},
    {"a leaf signed with SHA-1", "leaf_of_sha1 int", "localhost", PATH_FAULT_WEAK_HASH, 3},
    {"an intermediate signed with SHA-1", "leaf_of_int int_of_sha1", "localhost",
     PATH_FAULT_WEAK_HASH, 3},
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

START_TEST(path_is_judged_as_it_stands)
{
    const struct accepted_roots none = {NULL, 0};
    const struct path_rules rules = {.at = UNIT_AT, .rsa_min_bits = 2048};
    STACK_OF(X509) *chain = pki_chain(pki, cases[_i].presented);
    struct store *store = unit_store(pki, "root");
    struct error err = {.code = ERROR_NONE};
    struct path_list list = {0};
    struct endpoint endpoint;

    ck_assert_int_eq(endpoint_parse(cases[_i].name, NULL, &endpoint, &err), 0);
    ck_assert_int_eq(path_build(chain, store, &none, &list, &err), 0);
    ck_assert_int_eq(validate_paths(&list, &endpoint, &rules, &err), 0);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_uint_eq(list.path[0].length, cases[_i].want_length);
    ck_assert_msg(list.path[0].verify_error == cases[_i].want, "%s: %s", cases[_i].claim,
                  fault_text(list.path[0].verify_error));
    ck_assert_int_eq(path_is_valid(&list.path[0]), cases[_i].want == X509_V_OK);
    path_list_free(&list);
    store_free(store);
    sk_X509_pop_free(chain, X509_free);
}
END_TEST

/* --accept-root names roots: what another has signed is none, though it is called like its issuer.
 */
START_TEST(path_does_not_end_at_an_accepted_certificate_that_is_no_root)
{
    uint8_t sha256[1][SHA256_LENGTH];
    const struct accepted_roots accepted = {sha256, 1};
    STACK_OF(X509) *chain = pki_chain(pki, "leaf_of_same same_int");
    struct store *store = unit_store(pki, "other");
    struct error err = {.code = ERROR_NONE};
    struct path_list list = {0};

    ck_assert_int_eq(cert_sha256(pki_cert(pki, "same_int"), sha256[0]), 0);
    ck_assert_int_eq(path_build(chain, store, &accepted, &list, &err), 0);
    ck_assert_uint_eq(list.count, 1);
    ck_assert_int_eq(list.path[0].end, PATH_END_INCOMPLETE);
    path_list_free(&list);
    store_free(store);
    sk_X509_pop_free(chain, X509_free);
}
END_TEST

/* Validation alone, apart from how the path ends. */
START_TEST(path_that_nobody_trusts_is_not_valid)
{
    struct path path = {.end = PATH_END_PRESENTED, .verify_error = X509_V_OK};

    ck_assert(!path_is_valid(&path));
    path.end = PATH_END_INCOMPLETE;
    ck_assert(!path_is_valid(&path));
    path.end = PATH_END_STORE;
    ck_assert(path_is_valid(&path));
    path.is_distrusted = true;
    ck_assert(!path_is_valid(&path));
    path.is_distrusted = false;
    path.verify_error = X509_V_ERR_CERT_HAS_EXPIRED;
    ck_assert(!path_is_valid(&path));
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("validate");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, path_is_judged_as_it_stands, 0, COUNT(cases));
    tcase_add_test(tcase, path_does_not_end_at_an_accepted_certificate_that_is_no_root);
    tcase_add_test(tcase, path_that_nobody_trusts_is_not_valid);
    return unit_run("validate", tcase);
}
