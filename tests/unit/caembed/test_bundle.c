/* test_bundle.c -- the union of anchors, and the backups of --backup */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "emit/bundle.h"
#include "emit/render.h"
#include "unit.h"
#include "x509/cert.h"

#define OURS .organization = "Ours", .flags = PKI_CA

static const struct pki_row rows[] = {
    {.name = "a", OURS},
    {.name = "b", OURS},
    {.name = "c", OURS},
    {.name = "theirs", .organization = "Theirs", .flags = PKI_CA},
    {.name = "nobodys", .flags = PKI_CA},
    {.name = "expired", OURS, .until = "20250101000000Z"},
    {.name = "future", OURS, .since = "20300101000000Z"},
    {.name = "p521", .key = "p521/a", OURS},
    {.name = "short", .key = "rsa1024/a", OURS},
};

/* Whether two organizations are one operator. */
static const struct {
    const char *first, *second;
    bool want;
} operators[] = {
    {"DigiCert Inc", "DigiCert, Inc.", true},
    {"GlobalSign", "GlobalSign nv-sa", true},
    {"SECOM Trust Systems CO.,LTD.", "SECOM Trust Systems Co., Ltd.", true},
    {"Hellenic Academic and Research Institutions Cert. Authority",
     "Hellenic Academic and Research Institutions CA", true},
    {"Example S.p.A./0123", "EXAMPLE 0123", true},
    {"Example", "Example Two", false},
    {"Telia Company AB", "Telia Finland Oyj", false},
    {"CA", "Certification Authority Inc.", false}, /* nothing is left of them */
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

static void add(struct bundle *bundle, struct store *store, const char *host, const char *anchor,
                enum path_end source)
{
    struct error err = {.code = ERROR_NONE};
    struct embedded embedded = {.x509 = pki_cert(pki, anchor), .source = source};

    ck_assert_int_eq(bundle_add(bundle, host, &embedded, 1, store, &err), 0);
}

static bool has(const struct bundle *bundle, const char *name)
{
    for (size_t i = 0; i < bundle->count; i++)
        if (cert_equal(bundle->anchor[i].embedded.x509, pki_cert(pki, name)))
            return true;
    return false;
}

START_TEST(bundle_holds_each_anchor_once)
{
    struct store *store = unit_store(pki, "a b");
    struct bundle bundle = {0};

    add(&bundle, store, "one:443", "a", PATH_END_STORE);
    add(&bundle, store, "two:443", "b", PATH_END_STORE);
    add(&bundle, store, "three:443", "a", PATH_END_STORE);
    add(&bundle, store, "one:443", "a", PATH_END_STORE);
    ck_assert_uint_eq(bundle.count, 2);
    ck_assert_uint_eq(bundle.anchor[0].host_count, 2);
    ck_assert_str_eq(bundle.anchor[0].host[1], "three:443");
    bundle_free(&bundle);
    bundle_free(&bundle);
    store_free(store);
}
END_TEST

/* With their number and the size of their PEM. */
static int add_backups(struct bundle *bundle, struct store *store, const char *target,
                       size_t *added, size_t *bytes)
{
    const struct backup_policy policy = {target_find(target), UNIT_AT, 0};
    struct error err = {.code = ERROR_NONE};
    int rv = bundle_add_backups(bundle, store, &policy, &err);

    *added = *bytes = 0;
    for (size_t i = 0; i < bundle->count; i++) {
        *added += bundle->anchor[i].sibling != NULL ? 1 : 0;
        *bytes += bundle->anchor[i].sibling != NULL
                      ? render_size(render_find("pem"), &bundle->anchor[i], i + 1)
                      : 0;
    }
    return rv;
}

START_TEST(backups_are_the_operators_other_good_roots)
{
    struct store *store = unit_store(pki, "a b c theirs nobodys expired future p521 short");
    struct bundle bundle = {0};
    size_t added, bytes;

    add(&bundle, store, "one:443", "a", PATH_END_STORE);
    ck_assert_int_eq(add_backups(&bundle, store, "mbed-os", &added, &bytes), 0);
    ck_assert_uint_eq(added, 2);
    ck_assert(has(&bundle, "b") && has(&bundle, "c"));
    ck_assert_uint_eq(bundle.count, 3);
    ck_assert(!bundle.anchor[0].embedded.is_backup && bundle.anchor[1].embedded.is_backup);
    ck_assert_uint_eq(bundle.anchor[1].host_count, 0);
    bundle_free(&bundle);
    store_free(store);
}
END_TEST

START_TEST(backups_know_an_operator_by_its_name)
{
    const struct pki_row pair[] = {
        {.name = "x", .organization = operators[_i].first, .flags = PKI_CA},
        {.name = "y", .organization = operators[_i].second, .flags = PKI_CA}};
    struct pki *own = pki_new(pair, COUNT(pair));
    struct store *store = unit_store(own, "x y");
    const struct embedded embedded = {.x509 = pki_cert(own, "x"), .source = PATH_END_STORE};
    struct bundle bundle = {0};
    struct error err = {.code = ERROR_NONE};
    size_t added, bytes;

    ck_assert_int_eq(bundle_add(&bundle, "one:443", &embedded, 1, store, &err), 0);
    ck_assert_int_eq(add_backups(&bundle, store, "mbed-os", &added, &bytes), 0);
    ck_assert_msg((added == 1) == operators[_i].want, "%s, %s", operators[_i].first,
                  operators[_i].second);
    bundle_free(&bundle);
    store_free(store);
    pki_free(own);
}
END_TEST

START_TEST(backups_cost_what_is_told)
{
    struct store *store = unit_store(pki, "a b c");
    struct bundle bundle = {0};
    size_t added, bytes;
    char *pem = pki_chain_pem(pki, "b c");

    add(&bundle, store, "one:443", "a", PATH_END_STORE);
    ck_assert_int_eq(add_backups(&bundle, store, "mbed-os", &added, &bytes), 0);
    ck_assert_uint_eq(bytes, strlen(pem));
    free(pem);
    bundle_free(&bundle);
    store_free(store);
}
END_TEST

/* A target that takes P-521 has it as a backup too; one with a clock or not, an expired root never.
 */
START_TEST(backups_depend_on_the_target)
{
    struct store *store = unit_store(pki, "a p521 expired");
    struct bundle bundle = {0};
    size_t added, bytes;

    add(&bundle, store, "one:443", "a", PATH_END_STORE);
    ck_assert_int_eq(add_backups(&bundle, store, "mbedtls", &added, &bytes), 0);
    ck_assert_uint_eq(added, 1);
    ck_assert(has(&bundle, "p521"));
    bundle_free(&bundle);
    store_free(store);
}
END_TEST

START_TEST(backups_are_not_for_anchors_from_elsewhere)
{
    struct store *store = unit_store(pki, "a b c");
    struct bundle bundle = {0};
    size_t added, bytes;

    add(&bundle, store, "one:443", "a", PATH_END_ACCEPTED);
    add(&bundle, store, "two:443", "nobodys", PATH_END_STORE);
    ck_assert_int_eq(add_backups(&bundle, store, "mbed-os", &added, &bytes), 0);
    ck_assert_uint_eq(added, 0);
    ck_assert_uint_eq(bundle.count, 2);
    bundle_free(&bundle);
    store_free(store);
}
END_TEST

/* The bundled store's roots by number of those that serve until 2031: Amazon's own four retire in
 * 2030. */
static const struct {
    const char *claim, *until;
    const char *sha256; /* of the anchor in use, its beginning */
    size_t want_count;
} operators_of_the_store[] = {
    {"Amazon's bring Starfield Services G2", NULL, "8ecde688", 4},
    {"but none serves until 2031", "2031-01-01T00:00:00Z", "8ecde688", 0},
    {"Sectigo's bring R46, E46 and USERTrust", NULL, "c90f26f0", 5},
    {"of which R46 serves until 2036", "2036-01-01T00:00:00Z", "c90f26f0", 1},
};

START_TEST(backups_go_by_operator_and_last_until)
{
    struct error err = {.code = ERROR_NONE};
    struct backup_policy policy = {target_find("mbed-os"), UNIT_AT, 0};
    struct embedded embedded = {.source = PATH_END_STORE};
    struct bundle bundle = {0};
    struct store *store;

    ck_assert_int_eq(store_open(&(const struct store_files){.store = NULL}, &store, &err), 0);
    if (operators_of_the_store[_i].until != NULL)
        ck_assert_int_eq(timestamp_parse(operators_of_the_store[_i].until, &policy.until), 0);
    for (size_t i = 0; i < store_root_count(store); i++) {
        char sha256[SHA256_TEXT_SIZE];
        struct store_match match;
        ck_assert_int_eq(store_root_at(store, i, &match, &err), 0);
        ck_assert_int_eq(cert_sha256_text(match.x509, sha256), 0);
        if (strncmp(sha256, operators_of_the_store[_i].sha256, 8) == 0)
            embedded.x509 = match.x509;
    }
    ck_assert_int_eq(bundle_add(&bundle, "one:443", &embedded, 1, store, &err), 0);
    ck_assert_int_eq(bundle_add_backups(&bundle, store, &policy, &err), 0);
    ck_assert_msg(bundle.count - 1 == operators_of_the_store[_i].want_count, "%s: %zu",
                  operators_of_the_store[_i].claim, bundle.count - 1);
    bundle_free(&bundle);
    store_free(store);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("bundle");

    tcase_add_unchecked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, bundle_holds_each_anchor_once);
    tcase_add_test(cases, backups_are_the_operators_other_good_roots);
    tcase_add_loop_test(cases, backups_know_an_operator_by_its_name, 0, COUNT(operators));
    tcase_add_test(cases, backups_cost_what_is_told);
    tcase_add_test(cases, backups_depend_on_the_target);
    tcase_add_test(cases, backups_are_not_for_anchors_from_elsewhere);
    tcase_add_loop_test(cases, backups_go_by_operator_and_last_until, 0,
                        COUNT(operators_of_the_store));
    return unit_run("bundle", cases);
}
