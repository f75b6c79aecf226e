/* test_groups.c -- which hosts share a proof of the header, and what it says */
#include <stdlib.h>
#include <string.h>

#include "judge/groups.h"
#include "judge/verdict.h"
#include "unit.h"
#include "x509/cert.h"

#define NAMES "DNS:a.example,DNS:b.example"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "other_root", .flags = PKI_CA},
    {.name = "old_root",
     .subject = "root",
     .key = "p256/root",
     .flags = PKI_CA,
     .until = "20250101000000Z"},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "int_other", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = NAMES},
    {.name = "leaf2", .issuer = "int", .san = NAMES},
    {.name = "leaf_other", .issuer = "int_other", .san = NAMES},
    {.name = "bare", .issuer = "root", .san = NAMES},
    {.name = "elsewhere", .issuer = "other_root", .san = NAMES},
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

static void present(struct host *host, const char *name, const char *presented)
{
    ck_assert_int_eq(unit_present(host, pki, name, presented, &judge), 0);
}

static const struct {
    const char *claim, *first, *second;
    bool want_one_group;
} cases[] = {
    {"the same chain, another name", "leaf int", "leaf int", true},
    {"another leaf of the issuer", "leaf int", "leaf2 int", true},
    {"another issuer", "leaf int", "leaf_other int_other", false},
    {"more presented", "leaf int", "leaf2 int root", false},
    {"no intermediate", "leaf int", "bare", false},
    {"another root", "bare", "elsewhere", false},
};

START_TEST(groups_are_of_hosts_that_differ_in_the_leaf)
{
    struct groups groups = {0};
    struct host a, b;
    struct error err = {.code = ERROR_NONE};
    size_t group_a, group_b;

    present(&a, "a.example", cases[_i].first);
    present(&b, "b.example", cases[_i].second);
    ck_assert_int_eq(groups_add(&groups, &a, &group_a, &err), 0);
    ck_assert_int_eq(groups_add(&groups, &b, &group_b, &err), 0);
    ck_assert_msg((group_a == group_b) == cases[_i].want_one_group, "%s", cases[_i].claim);
    ck_assert_uint_eq(groups.count, cases[_i].want_one_group ? 1 : 2);
    host_clear(&a);
    host_clear(&b);
    groups_free(&groups);
    groups_free(&groups);
}
END_TEST

static int prove(const struct groups *groups, size_t group, const struct text *pem,
                 size_t anchor_count, struct error *err)
{
    struct prover *prover = NULL;
    int rv;

    ck_assert_int_eq(prover_open(judge.target, pem, anchor_count, &prover, err), 0);
    rv = groups_prove(groups, group, pem, prover, &judge, err);
    prover_close(prover);
    return rv;
}

START_TEST(groups_outlive_their_hosts)
{
    struct groups groups = {0};
    struct host host;
    struct error err = {.code = ERROR_NONE};
    struct text pem = {0};
    size_t group;

    present(&host, "a.example", "leaf int");
    ck_assert_int_eq(groups_add(&groups, &host, &group, &err), 0);
    host_clear(&host);
    ck_assert(cert_equal(groups.group[group].anchor[0].x509, pki_cert(pki, "root")));
    ck_assert_int_eq(cert_add_pem(pki_cert(pki, "root"), &pem), 0);
    ck_assert_int_eq(prove(&groups, group, &pem, 1, &err), 0);
    text_free(&pem);
    groups_free(&groups);
}
END_TEST

static const struct {
    const char *claim, *header;
    enum error_code want;
} headers[] = {
    {"its own anchor", "root", ERROR_NONE},
    {"its own and others", "other_root root", ERROR_NONE},
    {"an expired twin before its own", "old_root root", ERROR_NONE},
    {"others alone", "other_root", ERROR_PROOF},
    {"an expired twin alone", "old_root", ERROR_PROOF},
};

START_TEST(groups_are_proven_with_the_whole_header)
{
    struct groups groups = {0};
    struct host host;
    struct error err = {.code = ERROR_NONE};
    struct text pem = {0};
    STACK_OF(X509) *certs = pki_chain(pki, headers[_i].header);
    size_t group;

    for (int i = 0; i < sk_X509_num(certs); i++)
        ck_assert_int_eq(cert_add_pem(sk_X509_value(certs, i), &pem), 0);
    present(&host, "a.example", "leaf int");
    ck_assert_int_eq(groups_add(&groups, &host, &group, &err), 0);
    (void)!prove(&groups, group, &pem, (size_t)sk_X509_num(certs), &err);
    ck_assert_msg(err.code == headers[_i].want, "%s: %s", headers[_i].claim, err.message);
    host_clear(&host);
    sk_X509_pop_free(certs, X509_free);
    text_free(&pem);
    groups_free(&groups);
}
END_TEST

START_TEST(bytes_of_the_same_length_are_not_the_same)
{
    struct groups groups = {0};
    struct host host;
    struct error err = {.code = ERROR_NONE};
    struct text pem = {0};
    size_t group;

    ck_assert_int_eq(cert_add_pem(pki_cert(pki, "root"), &pem), 0);
    pem.data[pem.length / 2] = pem.data[pem.length / 2] == 'A' ? 'B' : 'A';
    present(&host, "a.example", "leaf int");
    ck_assert_int_eq(groups_add(&groups, &host, &group, &err), 0);
    ck_assert_int_ne(prove(&groups, group, &pem, 1, &err), 0);
    host_clear(&host);
    text_free(&pem);
    groups_free(&groups);
}
END_TEST

START_TEST(host_that_its_own_anchors_do_not_serve_is_refused)
{
    struct proof_cache proofs = {.lock = PTHREAD_MUTEX_INITIALIZER};
    const struct verdict_context context = {.judge = &judge, .proofs = &proofs};
    struct host host;
    struct error err = {.code = ERROR_NONE};

    present(&host, "a.example", "leaf int");
    ck_assert_int_eq(verdict_reach(&host, &context, &host.verdict, &err), 0);
    ck_assert_int_eq(host.verdict.code, ERROR_NONE);
    ck_assert_int_eq(endpoint_parse("c.example", NULL, &host.endpoint, &err), 0);
    ck_assert_int_eq(verdict_reach(&host, &context, &host.verdict, &err), 0);
    ck_assert_int_eq(host.verdict.code, ERROR_PROOF);
    ck_assert_int_eq(err.code, ERROR_NONE);
    host_clear(&host);
    proof_cache_free(&proofs);
}
END_TEST

START_TEST(digest_map_keeps_every_key_and_its_value)
{
    struct digest_map map = {0};
    struct error err = {.code = ERROR_NONE};
    uint8_t key[SHA256_LENGTH] = {0};
    size_t value;

    ck_assert(!digest_map_find(&map, key, &value));
    for (size_t i = 0; i < 1000; i++) {
        memcpy(key, &(uint32_t){(uint32_t)(i * 16)}, 4); /* they collide in the lower bits */
        ck_assert(!digest_map_find(&map, key, &value));
        ck_assert_int_eq(digest_map_add(&map, key, i, &err), 0);
    }
    for (size_t i = 0; i < 1000; i++) {
        memcpy(key, &(uint32_t){(uint32_t)(i * 16)}, 4);
        ck_assert(digest_map_find(&map, key, &value) && value == i);
    }
    digest_map_free(&map);
    digest_map_free(&map);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("groups");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, groups_are_of_hosts_that_differ_in_the_leaf, 0, COUNT(cases));
    tcase_add_test(tcase, groups_outlive_their_hosts);
    tcase_add_loop_test(tcase, groups_are_proven_with_the_whole_header, 0, COUNT(headers));
    tcase_add_test(tcase, host_that_its_own_anchors_do_not_serve_is_refused);
    tcase_add_test(tcase, bytes_of_the_same_length_are_not_the_same);
    tcase_add_test(tcase, digest_map_keeps_every_key_and_its_value);
    return unit_run("groups", tcase);
}
