/* test_lifecycle.c -- how long public roots serve, and what is said about it */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "judge/existing_header.h"
#include "judge/outlook.h"
#include "unit.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

static struct store *store;

static void set_up(void)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(store_open(&(const struct store_files){.store = NULL}, &store, &err), 0);
}

static void tear_down(void)
{
    store_free(store);
}

/* The bundled root whose SHA-256 begins so. */
static X509 *root_of(const char *sha256)
{
    struct error err = {.code = ERROR_NONE};

    for (size_t i = 0; i < store_root_count(store); i++) {
        char text[SHA256_TEXT_SIZE];
        struct store_match match;
        ck_assert_int_eq(store_root_at(store, i, &match, &err), 0);
        ck_assert_int_eq(cert_sha256_text(match.x509, text), 0);
        if (strncmp(text, sha256, strlen(sha256)) == 0)
            return match.x509;
    }
    ck_abort_msg("no root %s", sha256);
    return NULL;
}

/* As the operators publish them (DigiCert, GlobalSign, Let's Encrypt, Google, Amazon). */
static const struct {
    const char *sha256, *want_retires, *want_owner;
} published[] = {
    {"96bcec06", "2030-06-04", "ISRG"},                  /* ISRG Root X1 */
    {"69729b8e", "2035-09-04", "ISRG"},                  /* ISRG Root X2 */
    {"cb3ccbb7", "2029-04-15", "DigiCert"},              /* Global Root G2 */
    {"018e13f0", "2036-01-15", "DigiCert"},              /* TLS ECC P384 Root G5 */
    {"cbb522d7", "2027-04-15", "GlobalSign"},            /* R3 */
    {"179fbc14", "2029-04-15", "GlobalSign"},            /* R5 */
    {"2cabeafe", "2029-12-10", "GlobalSign"},            /* R6 */
    {"568d6905", "2027-04-15", "Amazon Trust Services"}, /* Starfield Services G2 */
    {"8ecde688", "2030-05-26", "Amazon Trust Services"}, /* Amazon Root CA 1 */
    {"b085d70b", "2029-04-15", "Google Trust Services"}, /* GlobalSign R4 */
    {"4ff460d5", "2028-04-15", "Sectigo"},               /* USERTrust ECC */
    {"2530cc8e", "2026-04-15", "Izenpe"},
};

START_TEST(root_retires_as_its_operator_publishes)
{
    char date[TIMESTAMP_DATE_SIZE];
    const X509 *root = root_of(published[_i].sha256);

    timestamp_format_date(lifecycle_retires(root), date);
    ck_assert_str_eq(date, published[_i].want_retires);
    ck_assert_str_eq(lifecycle_owner(root), published[_i].want_owner);
}
END_TEST

static const struct {
    int year, want_count;
} years[] = {
    {2026, 1}, {2027, 15}, {2028, 8}, {2029, 21}, {2030, 9}, {2031, 8}, {2032, 6},
    {2033, 7}, {2034, 9},  {2035, 6}, {2036, 12}, {2037, 4}, {2038, 8}, {2039, 4},
};

START_TEST(every_root_has_an_operator_and_a_year)
{
    struct error err = {.code = ERROR_NONE};
    int count = 0, all = 0;

    for (size_t i = 0; i < store_root_count(store); i++) {
        char date[TIMESTAMP_DATE_SIZE];
        struct store_match match;
        ck_assert_int_eq(store_root_at(store, i, &match, &err), 0);
        ck_assert_str_ne(lifecycle_owner(match.x509), "");
        timestamp_format_date(lifecycle_retires(match.x509), date);
        count += atoi(date) == years[_i].year ? 1 : 0;
    }
    ck_assert_int_eq(count, years[_i].want_count);
    for (size_t i = 0; i < COUNT(years); i++)
        all += years[i].want_count;
    ck_assert_int_eq(all, (int)store_bundled_count());
}
END_TEST

START_TEST(root_of_your_own_never_retires)
{
    static const struct pki_row rows[] = {{.name = "root", .flags = PKI_CA}};
    struct pki *pki = pki_new(rows, COUNT(rows));
    X509 *root = pki_cert(pki, "root");

    ck_assert(lifecycle_retires(root) == TIMESTAMP_NONE);
    ck_assert_str_eq(lifecycle_owner(root), "");
    ck_assert(lifecycle_serves_until(root) == cert_not_after(root));
    pki_free(pki);
}
END_TEST

static const struct {
    const char *profile;
    size_t want_count;
} profiles[] = {{"aws-iot", 5}, {"azure-iot", 2}, {"google", 4}, {"letsencrypt", 2}, {"none", 0}};

START_TEST(profile_names_roots_of_the_store)
{
    const char *source;
    size_t count = 0, index;

    while (lifecycle_profile_at(profiles[_i].profile, count, &index, &source)) {
        ck_assert_uint_lt(index, store_root_count(store));
        ck_assert_str_ne(source, "");
        count++;
    }
    ck_assert_uint_eq(count, profiles[_i].want_count);
}
END_TEST

/* ISRG Root X1 retires on 2030-06-04 and expires on 2035-06-04. */
static const struct {
    const char *claim, *at, *until;
    long days;
    const char *want_code, *want_text;
} outlooks[] = {
    {"years ahead", "2026-01-01T00:00:00Z", NULL, 90, NULL, NULL},
    {"within the days", "2030-04-01T00:00:00Z", NULL, 90, "root-retires", "on 2030-06-04"},
    {"after the days", "2030-01-01T00:00:00Z", NULL, 90, NULL, NULL},
    {"past", "2031-01-01T00:00:00Z", NULL, 90, "root-retires", "on 2030-06-04"},
    {"before --until", "2026-01-01T00:00:00Z", "2031-01-01T00:00:00Z", 90, "root-retires",
     "roots of ISRG that serve longer: CN=ISRG Root X2"},
    {"until a day before", "2026-01-01T00:00:00Z", "2030-06-03T00:00:00Z", 90, NULL, NULL},
};

START_TEST(outlook_warns_of_retirement)
{
    struct judge judge = {.store = store, .expires_within_days = outlooks[_i].days};
    struct assessment assessment = {.anchor = {{.x509 = root_of("96bcec06")}}, .anchor_count = 1};
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(timestamp_parse(outlooks[_i].at, &judge.verify_time), 0);
    if (outlooks[_i].until != NULL)
        ck_assert_int_eq(timestamp_parse(outlooks[_i].until, &judge.until), 0);
    ck_assert_int_eq(outlook_warn(&assessment, &judge, &err), 0);
    ck_assert_msg(assessment.warning_count == (outlooks[_i].want_code != NULL ? 1 : 0), "%s",
                  outlooks[_i].claim);
    if (outlooks[_i].want_code == NULL)
        return;
    ck_assert_str_eq(assessment.warning[0].code, outlooks[_i].want_code);
    ck_assert_msg(strstr(assessment.warning[0].message, outlooks[_i].want_text) != NULL, "%s: %s",
                  outlooks[_i].claim, assessment.warning[0].message);
}
END_TEST

static const struct pki_row own_rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "leaf", .issuer = "root", .san = "DNS:localhost"},
};

/* A header with an own root and ISRG Root X1, for a host that needs both. */
static enum error_code check_at(const char *at, long days)
{
    struct pki *pki = pki_new(own_rows, COUNT(own_rows));
    struct judge judge = {.target = target_find("mbed-os"), .expires_within_days = days};
    struct existing_header existing = {.path = "ca.h", .renderer = render_find("pem")};
    struct error verdict = {.code = ERROR_NONE}, err = {.code = ERROR_NONE};
    struct proof_cache proofs = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct host host;

    judge.store = unit_store(pki, "root");
    judge.verify_time = UNIT_AT;
    ck_assert_int_eq(unit_present(&host, pki, "localhost", "leaf", &judge), 0);
    ck_assert_int_eq(timestamp_parse(at, &judge.verify_time), 0);
    host.assessment.anchor[host.assessment.anchor_count++].x509 = root_of("96bcec06");
    existing.certs = sk_X509_new_null();
    for (size_t i = 0; i < host.assessment.anchor_count; i++) {
        X509_up_ref(host.assessment.anchor[i].x509);
        sk_X509_push(existing.certs, host.assessment.anchor[i].x509);
        ck_assert_int_eq(cert_add_pem(host.assessment.anchor[i].x509, &existing.pem), 0);
    }
    ck_assert_int_eq(existing_header_check_host(&host, &existing, &judge, &proofs, &verdict, &err),
                     0);
    proof_cache_free(&proofs);
    existing_header_free(&existing);
    host_clear(&host);
    store_free(judge.store);
    pki_free(pki);
    return verdict.code;
}

START_TEST(check_tells_of_a_retirement_before_it_comes)
{
    ck_assert_int_eq(check_at("2026-01-01T00:00:00Z", 90), ERROR_NONE);
    ck_assert_int_eq(check_at("2026-01-01T00:00:00Z", 1614), ERROR_NONE);
    ck_assert_int_eq(check_at("2026-01-01T00:00:00Z", 1615), ERROR_RETIRING);
    ck_assert_int_eq(error_status(ERROR_RETIRING), 12);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("lifecycle");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, root_retires_as_its_operator_publishes, 0, COUNT(published));
    tcase_add_loop_test(tcase, every_root_has_an_operator_and_a_year, 0, COUNT(years));
    tcase_add_test(tcase, root_of_your_own_never_retires);
    tcase_add_loop_test(tcase, profile_names_roots_of_the_store, 0, COUNT(profiles));
    tcase_add_loop_test(tcase, outlook_warns_of_retirement, 0, COUNT(outlooks));
    tcase_add_test(tcase, check_tells_of_a_retirement_before_it_comes);
    return unit_run("lifecycle", tcase);
}
