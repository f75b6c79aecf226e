/* test_proofs.c -- the short ways of a proof accept what the full one accepts, and nothing else */
#include <stdio.h>
#include <stdlib.h>

#include "device/bearssl.h"
#include "judge/proof_cache.h"
#include "path/leaf.h"
#include "unit.h"
#include "x509/cert.h"

#define NAMES "DNS:a.example,DNS:b.example"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "other_root", .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "int_twin", .subject = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "first", .issuer = "int", .san = NAMES},
    {.name = "second", .issuer = "int", .san = NAMES},
    {.name = "forged", .issuer = "int_twin", .san = NAMES}, /* says "int", but is not by its key */
    {.name = "elsewhere", .issuer = "int", .san = "DNS:c.example"},
    {.name = "expired", .issuer = "int", .san = NAMES, .until = "20250101000000Z"},
    {.name = "sha1", .issuer = "int", .san = NAMES, .hash = "SHA1"},
    /* A name that OpenSSL takes for the same and Mbed TLS does not, and a CA that only Mbed TLS
       looks at: the first of its name. */
    {.name = "ca", .subject = "My CA", .issuer = "root", .flags = PKI_CA},
    {.name = "ca_wide", .subject = "My  CA", .key = "p256/ca", .issuer = "root", .flags = PKI_CA},
    {.name = "ca_sha1",
     .subject = "My CA",
     .key = "p256/ca",
     .issuer = "root",
     .hash = "SHA1",
     .flags = PKI_CA},
    {.name = "narrow", .issuer = "ca", .san = NAMES},
    {.name = "wide", .issuer = "ca_wide", .san = NAMES},
    {.name = "weak", .key = "rsa1024/weak", .issuer = "int", .san = NAMES},
};

static struct pki *pki;
static struct store *store;
static struct judge judge;

static void set_up(void)
{
    pki = pki_new(rows, COUNT(rows));
    store = unit_store(pki, "root other_root");
    judge =
        (struct judge){.target = target_find("mbedtls"), .verify_time = UNIT_AT, .store = store};
}

static void tear_down(void)
{
    store_free(store);
    pki_free(pki);
}

/* The path chosen is that of the first leaf, whatever is presented: what follows path building here
 * has to find out by itself. */
static void present(struct host *host, const char *name, const char *presented)
{
    STACK_OF(X509) *chain = pki_chain(pki, presented);

    ck_assert_int_eq(unit_present(host, pki, "a.example", "first int", &judge), 0);
    sk_X509_pop_free(host->presented.chain, X509_free);
    host->presented.chain = chain;
    ck_assert_int_eq(endpoint_parse(name, NULL, &host->endpoint, &host->err), 0);
}

static enum error_code prove(struct proof_cache *proofs, const char *name, const char *presented,
                             const char *anchor)
{
    struct host host;
    struct error why = {.code = ERROR_NONE}, err = {.code = ERROR_NONE};
    struct text pem = {0};

    present(&host, name, presented);
    ck_assert_int_eq(cert_add_pem(pki_cert(pki, anchor), &pem), 0);
    ck_assert_int_eq(proof_cache_prove(proofs, &host, &pem, 1, &judge, &why, &err), 0);
    text_free(&pem);
    host_clear(&host);
    return why.code;
}

static const struct {
    const char *claim, *name, *presented, *anchor;
    enum error_code want, want_of_bearssl;
} cases[] = {
    {"the same again", "a.example", "first int", "root", ERROR_NONE, ERROR_NONE},
    {"another name of the same leaf", "b.example", "first int", "root", ERROR_NONE, ERROR_NONE},
    {"a name that the leaf has not", "c.example", "first int", "root", ERROR_PROOF, ERROR_PROOF},
    {"other anchors", "a.example", "first int", "other_root", ERROR_PROOF, ERROR_PROOF},
    {"another leaf", "b.example", "second int", "root", ERROR_NONE, ERROR_NONE},
    {"another leaf, without its intermediate", "a.example", "second", "root", ERROR_PROOF,
     ERROR_PROOF},
    {"another leaf for another name", "a.example", "elsewhere int", "root", ERROR_PROOF,
     ERROR_PROOF},
    {"a leaf by another key", "a.example", "forged int", "root", ERROR_PROOF, ERROR_PROOF},
    {"an expired leaf", "a.example", "expired int", "root", ERROR_PROOF, ERROR_PROOF},
    {"a leaf with SHA-1", "a.example", "sha1 int", "root", ERROR_PROOF, ERROR_NONE},
    {"a leaf with a short key", "a.example", "weak int", "root", ERROR_PROOF, ERROR_NONE},
};

static void check_after_others(const char *target, size_t i, enum error_code want)
{
    struct proof_cache none = {0}, some = {0};

    judge.target = target_find(target);
    ck_assert_int_eq(prove(&some, "a.example", "first int", "root"), ERROR_NONE);
    for (int round = 0; round < 2; round++)
        ck_assert_msg(prove(&some, cases[i].name, cases[i].presented, cases[i].anchor) == want,
                      "%s: %s", target, cases[i].claim);
    ck_assert_msg(prove(&none, cases[i].name, cases[i].presented, cases[i].anchor) == want,
                  "%s: %s, by itself", target, cases[i].claim);
    judge.target = target_find("mbedtls");
    proof_cache_free(&some);
    proof_cache_free(&some);
    proof_cache_free(&none);
}

START_TEST(proofs_are_the_same_after_others)
{
    check_after_others("mbedtls", (size_t)_i, cases[_i].want);
    if (bearssl_is_built_in())
        check_after_others("bearssl", (size_t)_i, cases[_i].want_of_bearssl);
}
END_TEST

/* BearSSL takes a leaf that is an anchor, whatever is presented after it. */
START_TEST(proof_of_a_trusted_leaf_says_nothing_of_what_stands_above)
{
    struct proof_cache proofs = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const bool has_bearssl = bearssl_is_built_in();

    judge.target = target_find("bearssl");
    ck_assert_int_eq(prove(&proofs, "a.example", "first int", "first"),
                     has_bearssl ? ERROR_NONE : ERROR_LACK);
    ck_assert_int_eq(prove(&proofs, "a.example", "second int", "first"),
                     has_bearssl ? ERROR_PROOF : ERROR_LACK);
    judge.target = target_find("mbedtls");
    proof_cache_free(&proofs);
}
END_TEST

/* Both leaves have an issuer of one name and key to OpenSSL, and send the same above them. */
START_TEST(proofs_look_at_names_byte_for_byte)
{
    const char *const leaves[] = {"wide", "narrow"};
    const enum error_code want[] = {ERROR_NONE, ERROR_PROOF};
    struct proof_cache proofs = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct error err = {.code = ERROR_NONE};
    struct text pem = {0};

    ck_assert_int_eq(cert_add_pem(pki_cert(pki, "root"), &pem), 0);
    for (size_t i = 0; i < COUNT(leaves); i++) {
        struct host host;
        struct error why = {.code = ERROR_NONE};
        char names[64];
        snprintf(names, sizeof names, "%s ca_sha1 ca ca_wide", leaves[i]);
        (void)!unit_present(&host, pki, "a.example", names, &judge);
        ck_assert_ptr_nonnull(host.chosen);
        ck_assert_int_eq(proof_cache_prove(&proofs, &host, &pem, 1, &judge, &why, &err), 0);
        ck_assert_int_eq(why.code, want[i]);
        host_clear(&host);
    }
    text_free(&pem);
    proof_cache_free(&proofs);
}
END_TEST

/* OpenSSL alone proves for it; names were matched before (leaf_check()). */
START_TEST(proofs_without_mbedtls_are_full_ones)
{
    struct proof_cache proofs = {.lock = PTHREAD_MUTEX_INITIALIZER};

    judge.target = target_find("generic");
    ck_assert_int_eq(prove(&proofs, "a.example", "first int", "root"), ERROR_NONE);
    ck_assert_int_eq(prove(&proofs, "b.example", "first int", "root"), ERROR_NONE);
    ck_assert_int_eq(prove(&proofs, "a.example", "second int", "root"), ERROR_NONE);
    ck_assert_int_eq(prove(&proofs, "a.example", "forged int", "root"), ERROR_PROOF);
    ck_assert_int_eq(prove(&proofs, "a.example", "expired int", "root"), ERROR_PROOF);
    judge.target = target_find("mbedtls");
    proof_cache_free(&proofs);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("proofs");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, proofs_are_the_same_after_others, 0, COUNT(cases));
    tcase_add_test(tcase, proof_of_a_trusted_leaf_says_nothing_of_what_stands_above);
    tcase_add_test(tcase, proofs_look_at_names_byte_for_byte);
    tcase_add_test(tcase, proofs_without_mbedtls_are_full_ones);
    return unit_run("proofs", tcase);
}
