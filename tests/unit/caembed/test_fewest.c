/* test_fewest.c -- every host's paths -> the fewest anchors, embedded intermediates counted */
#include <stdlib.h>
#include <string.h>

#include "judge/fewest.h"
#include "unit.h"
#include "x509/cert.h"

#define SAN "DNS:localhost"

/* Two hosts' intermediates, each by a root of its own and by one in common. */
static const struct pki_row rows[] = {
    {.name = "a", .flags = PKI_CA, .until = "20450101000000Z"},
    {.name = "b", .flags = PKI_CA, .until = "20450101000000Z"},
    {.name = "common", .flags = PKI_CA},
    {.name = "ia", .issuer = "a", .flags = PKI_CA},
    {.name = "ib", .issuer = "b", .flags = PKI_CA},
    {.name = "ia_common", .subject = "ia", .key = "p256/ia", .issuer = "common", .flags = PKI_CA},
    {.name = "ib_common", .subject = "ib", .key = "p256/ib", .issuer = "common", .flags = PKI_CA},
    {.name = "la", .issuer = "ia", .san = SAN},
    {.name = "lb", .issuer = "ib", .san = SAN},
    {.name = "a_common", .subject = "a", .key = "p256/a", .issuer = "common", .flags = PKI_CA},
    {.name = "b_common", .subject = "b", .key = "p256/b", .issuer = "common", .flags = PKI_CA},
};

static struct pki *pki;
static struct judge judge;

static void set_up(void)
{
    pki = pki_new(rows, COUNT(rows));
    judge = (struct judge){.target = target_find("mbed-os"), .verify_time = UNIT_AT};
}

static void tear_down(void)
{
    pki_free(pki);
}

static const struct {
    const char *claim, *target, *first, *second, *want_first, *want_second;
} cases[] = {
    {"a root in common by cross-certificates", "mbed-os", "la ia a_common", "lb ib b_common",
     "common", "common"},
    {"none in common", "mbed-os", "la ia", "lb ib", "a", "b"},
    /* The device takes the certificate of ia that comes first, so that the root in common would
     * need an embedded intermediate a host: three anchors for two. */
    {"a root in common that costs intermediates", "mbed-os", "la ia ia_common", "lb ib ib_common",
     "a", "b"},
    {"the same for a stack that tries both", "generic", "la ia ia_common", "lb ib ib_common",
     "common", "common"},
    {"one host can't do without its own", "mbed-os", "la ia a_common", "lb ib", "a", "b"},
};

START_TEST(fewest_counts_every_anchor)
{
    struct store *store = unit_store(pki, "a b common");
    struct host first, second;
    struct fewest *fewest;
    struct fewest_outcome outcome;
    struct error err = {.code = ERROR_NONE};

    judge.store = store;
    judge.target = target_find(cases[_i].target);
    ck_assert_int_eq(unit_present(&first, pki, "localhost", cases[_i].first, &judge), 0);
    ck_assert_int_eq(unit_present(&second, pki, "localhost", cases[_i].second, &judge), 0);
    first.index = 0;
    second.index = 1;
    ck_assert_int_eq(fewest_open(2, &judge, &fewest, &err), 0);
    ck_assert_int_eq(fewest_add(fewest, _i % 2 == 0 ? &first : &second, &err), 0);
    ck_assert_int_eq(fewest_add(fewest, _i % 2 == 0 ? &second : &first, &err), 0);
    ck_assert_int_eq(fewest_choose(fewest, &outcome, &err), 0);
    ck_assert_uint_eq(outcome.gap, 0);
    ck_assert_int_eq(fewest_apply(fewest, &first, &err), 0);
    ck_assert_int_eq(fewest_apply(fewest, &second, &err), 0);
    fewest_free(fewest);
    ck_assert_msg(cert_equal(anchor_of(first.chosen), pki_cert(pki, cases[_i].want_first)), "%s",
                  cases[_i].claim);
    ck_assert_msg(cert_equal(anchor_of(second.chosen), pki_cert(pki, cases[_i].want_second)), "%s",
                  cases[_i].claim);
    ck_assert_uint_eq(first.assessment.anchor_count, 1);
    ck_assert((outcome.saved_bytes > 0) == (strcmp(cases[_i].want_first, "common") == 0));
    host_clear(&first);
    host_clear(&second);
    store_free(store);
}
END_TEST

START_TEST(fewest_of_no_host_is_nothing)
{
    struct host failed = {.argument = "localhost", .err = {.code = ERROR_CONNECT}};
    struct fewest *fewest;
    struct fewest_outcome outcome;
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(fewest_open(1, &judge, &fewest, &err), 0);
    ck_assert_int_eq(fewest_add(fewest, &failed, &err), 0);
    ck_assert_int_eq(fewest_choose(fewest, &outcome, &err), 0);
    ck_assert_uint_eq(outcome.gap, 0);
    ck_assert_int_eq(fewest_apply(fewest, &failed, &err), 0);
    fewest_free(fewest);
    ck_assert_uint_eq(outcome.saved_bytes, 0);
    ck_assert_int_eq(failed.err.code, ERROR_CONNECT);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("fewest");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, fewest_counts_every_anchor, 0, COUNT(cases));
    tcase_add_test(tcase, fewest_of_no_host_is_nothing);
    return unit_run("fewest", tcase);
}
