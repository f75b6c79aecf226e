/* test_summary.c -- hosts with their verdicts -> how many need which anchor, and what fails */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "judge/summary.h"
#include "unit.h"
#include "x509/cert.h"

#define SAN "DNS:localhost"

static const struct pki_row rows[] = {
    {.name = "a", .flags = PKI_CA},
    {.name = "b", .key = "rsa2048/b", .flags = PKI_CA},
    {.name = "c", .flags = PKI_CA},
    {.name = "ia", .issuer = "a", .flags = PKI_CA},
    {.name = "la", .issuer = "a", .san = SAN},
    {.name = "lb", .issuer = "b", .san = SAN},
    {.name = "lc", .issuer = "c", .san = SAN},
    {.name = "lia", .issuer = "ia", .san = SAN},
};

static struct pki *pki;
static struct store *store;
static struct judge judge;
static struct summary summary;
static size_t added;

static void set_up(void)
{
    pki = pki_new(rows, COUNT(rows));
    store = unit_store(pki, "a b c ia");
    judge =
        (struct judge){.target = target_find("mbed-os"), .store = store, .verify_time = UNIT_AT};
    summary = (struct summary){.hosts = 0};
    added = 0;
}

static void tear_down(void)
{
    summary_free(&summary);
    store_free(store);
    pki_free(pki);
}

/* Counts a host that presents this, with its own verdict or another; `second` is another chain of
 * it, or NULL. */
static void add_chains(const char *presented, const char *second, const struct error *verdict)
{
    struct error err = {.code = ERROR_NONE};
    struct host host;
    struct host *other = calloc(1, sizeof *other);

    ck_assert_ptr_nonnull(other);
    ck_assert_int_eq(unit_present(&host, pki, "localhost", presented, &judge), 0);
    host.index = added++;
    if (second != NULL) {
        ck_assert_int_eq(unit_present(other, pki, "localhost", second, &judge), 0);
        host.other = other;
    } else {
        free(other);
    }
    ck_assert_int_eq(
        summary_add(&summary, &host, &judge, verdict != NULL ? verdict : &host.err, &err), 0);
    host_clear(&host);
}

static void add(const char *presented)
{
    add_chains(presented, NULL, NULL);
}

static void add_failure(size_t index, enum error_code code, const char *kind)
{
    const struct host host = {.index = index, .argument = "failed"};
    struct error verdict = {.code = ERROR_NONE}, err = {.code = ERROR_NONE};

    error_kind(&verdict, "%s", kind);
    error_set(&verdict, code, "message %zu", index);
    ck_assert_int_eq(summary_add(&summary, &host, &judge, &verdict, &err), 0);
}

static size_t hosts_of(const char *row)
{
    for (size_t i = 0; i < summary.anchor_count; i++)
        if (cert_equal(summary.anchor[i].x509, pki_cert(pki, row)))
            return summary.anchor[i].hosts;
    return 0;
}

START_TEST(summary_puts_the_anchor_of_most_hosts_first)
{
    add("la");
    add("lb");
    add("lb");
    add("lc");
    summary_sort(&summary);
    ck_assert_uint_eq(summary.hosts, 4);
    ck_assert_uint_eq(summary.good, 4);
    ck_assert_uint_eq(summary.anchor_count, 3);
    ck_assert(cert_equal(summary.anchor[0].x509, pki_cert(pki, "b")));
    ck_assert_uint_eq(summary.anchor[0].hosts, 2);
    ck_assert_int_lt(memcmp(summary.anchor[1].sha256, summary.anchor[2].sha256, SHA256_LENGTH), 0);
    ck_assert_uint_eq(summary.failure_count, 0);
}
END_TEST

START_TEST(summary_puts_anchors_together_by_key)
{
    add("la");
    add("lc");
    add("lb");
    summary_sort(&summary);
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].count, 2);
    ck_assert_str_eq(summary.table[SUMMARY_KEYS].row[0].name, "EC P-256");
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].row[0].anchors, 2);
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].row[0].hosts, 2);
    ck_assert_str_eq(summary.table[SUMMARY_KEYS].row[1].name, "RSA 2048");
    ck_assert_str_eq(summary.table[SUMMARY_OPERATORS].row[0].name, "");
    ck_assert_uint_eq(summary.table[SUMMARY_OPERATORS].row[0].hosts, 3);
    ck_assert_str_eq(summary.table[SUMMARY_YEARS].row[0].name, "");
}
END_TEST

START_TEST(summary_counts_a_host_with_several_chains_once)
{
    judge.needs_every_chain = true;
    add_chains("la", "la", NULL);
    add_chains("la", "lc", NULL);
    add_chains("la", "lb", NULL);
    summary_sort(&summary);
    ck_assert_uint_eq(summary.hosts, 3);
    ck_assert_uint_eq(hosts_of("a"), 3);
    ck_assert_uint_eq(hosts_of("c"), 1);
    ck_assert_uint_eq(hosts_of("b"), 1);
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].row[0].hosts, 3); /* EC P-256 */
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].row[1].hosts, 1);
    ck_assert_uint_eq(summary.table[SUMMARY_OPERATORS].row[0].hosts, 3);
}
END_TEST

START_TEST(summary_counts_the_chain_for_the_target_alone_unless_all_count)
{
    add_chains("la", "lc", NULL);
    summary_sort(&summary);
    ck_assert_uint_eq(summary.anchor_count, 1);
    ck_assert_uint_eq(hosts_of("a"), 1);
}
END_TEST

START_TEST(summary_counts_an_intermediate_that_has_to_be_embedded)
{
    add("lia");
    summary_sort(&summary);
    ck_assert_uint_eq(summary.anchor_count, 2);
    ck_assert_uint_eq(hosts_of("a"), 1);
    ck_assert_uint_eq(hosts_of("ia"), 1);
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].row[0].hosts, 1);
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].row[0].anchors, 2);
}
END_TEST

static const struct {
    enum error_code code;
    size_t want_hosts;
} verdicts[] = {
    {ERROR_PROOF, 0},    {ERROR_UNVERIFIED, 0}, {ERROR_CHANGED, 1},
    {ERROR_EXPIRING, 1}, {ERROR_RETIRING, 1},
};

/* The anchors of a host count as long as its header verifies. */
START_TEST(summary_counts_anchors_by_the_verdict)
{
    struct error verdict = {.code = ERROR_NONE};

    error_set(&verdict, verdicts[_i].code, "for a test");
    add_chains("la", NULL, &verdict);
    summary_sort(&summary);
    ck_assert_uint_eq(summary.good, 0);
    ck_assert_uint_eq(hosts_of("a"), verdicts[_i].want_hosts);
    ck_assert_uint_eq(summary.failure_count, 1);
}
END_TEST

/* The same for a verdict that comes after the host was counted. */
START_TEST(summary_takes_off_what_fails_later)
{
    struct error verdict = {.code = ERROR_NONE}, err = {.code = ERROR_NONE};
    X509 *anchor[] = {pki_cert(pki, "a"), pki_cert(pki, "a")};

    error_set(&verdict, verdicts[_i].code, "for a test");
    add("la");
    add("lb");
    ck_assert_int_eq(summary_fail(&summary, "localhost:443", 0, anchor, 2, &verdict, &err), 0);
    summary_sort(&summary);
    ck_assert_uint_eq(summary.hosts, 2);
    ck_assert_uint_eq(summary.good, 1);
    ck_assert_uint_eq(hosts_of("a"), verdicts[_i].want_hosts);
    ck_assert_uint_eq(hosts_of("b"), 1);
    ck_assert_uint_eq(summary.anchor_count, 1 + verdicts[_i].want_hosts);
    ck_assert_uint_eq(summary.table[SUMMARY_KEYS].count, 1 + verdicts[_i].want_hosts);
    ck_assert_uint_eq(summary.failure_count, 1);
    ck_assert_str_eq(summary.failure[0].host, "localhost:443");
}
END_TEST

START_TEST(summary_puts_failures_of_a_kind_together)
{
    add_failure(7, ERROR_EXPIRED, "one");
    add_failure(3, ERROR_EXPIRED, "one");
    add_failure(9, ERROR_EXPIRED, "one");
    add_failure(1, ERROR_EXPIRED, "two");
    add_failure(2, ERROR_CONNECT, "one");
    summary_sort(&summary);
    ck_assert_uint_eq(summary.failure_count, 3);
    ck_assert_uint_eq(summary.failure[0].hosts, 3);
    ck_assert_str_eq(summary.failure[0].first.message, "message 3");
    ck_assert_int_eq(summary.failure[1].first.code, ERROR_CONNECT);
    ck_assert_str_eq(summary.failure[2].first.kind, "two");
}
END_TEST

START_TEST(summary_bounds_the_kinds_of_failure)
{
    for (size_t i = 0; i < SUMMARY_FAILURES_MAX + 500; i++) {
        char kind[32];
        snprintf(kind, sizeof kind, "kind %zu", i);
        add_failure(i, ERROR_CONNECT, kind);
    }
    add_failure(1, ERROR_CONNECT, "kind 1");
    ck_assert_uint_eq(summary.failure_count, SUMMARY_FAILURES_MAX + 1);
    summary_sort(&summary);
    ck_assert_uint_eq(summary.failure_count, SUMMARY_FAILURES_MAX + 1);
    ck_assert_str_eq(summary.failure[0].first.kind, "others");
    ck_assert_uint_eq(summary.failure[0].hosts, 500);
    ck_assert_str_eq(summary.failure[1].first.kind, "kind 1");
    ck_assert_uint_eq(summary.failure[1].hosts, 2);
}
END_TEST

START_TEST(summary_of_no_host_is_empty)
{
    summary_sort(&summary);
    ck_assert_uint_eq(summary.hosts, 0);
    ck_assert_uint_eq(summary.anchor_count, 0);
}
END_TEST

/* ---- the kind of an error ---- */

START_TEST(kind_is_the_format_without_what_differs)
{
    struct error err = {.code = ERROR_NONE}, own = {.code = ERROR_NONE};
    struct error plain = {.code = ERROR_NONE}, again = {.code = ERROR_NONE};

    error_set(&err, ERROR_EXPIRED, "%s: at %-5.3s%zu, 100%% of %d (%s)", "a", "bcdef", (size_t)1, 2,
              "x");
    ck_assert_str_eq(err.message, "a: at bcd  1, 100% of 2 (x)");
    ck_assert_str_eq(err.kind, "...: at ..., 100% of ... (...)");
    error_kind(&own, "own %d", 1);
    error_set(&own, ERROR_EXPIRED, "%s", "message");
    ck_assert_str_eq(own.kind, "own 1");
    error_kind(&own, "late");
    ck_assert_str_eq(own.kind, "own 1");
    error_set(&plain, ERROR_USAGE, "%s", "message");
    ck_assert_str_eq(plain.kind, "message");
    error_set(&again, ERROR_USAGE, "first");
    error_set(&again, ERROR_USAGE, "second");
    ck_assert_str_eq(again.kind, "first");
}
END_TEST

START_TEST(kind_of_a_long_message_is_cut)
{
    struct error err = {.code = ERROR_NONE};

    error_set(&err, ERROR_EXPIRED,
              "0123456789012345678901234567890123456789012345678901234567890123456789012345678901"
              "0123456789012345678901234567890123456789012345678901234567890123456789012%s345678",
              "x");
    ck_assert_uint_lt(strlen(err.kind), ERROR_KIND_SIZE);
    ck_assert_uint_gt(strlen(err.kind), 150);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("summary");

    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, summary_puts_the_anchor_of_most_hosts_first);
    tcase_add_test(tcase, summary_puts_anchors_together_by_key);
    tcase_add_test(tcase, summary_counts_a_host_with_several_chains_once);
    tcase_add_test(tcase, summary_counts_the_chain_for_the_target_alone_unless_all_count);
    tcase_add_test(tcase, summary_counts_an_intermediate_that_has_to_be_embedded);
    tcase_add_loop_test(tcase, summary_counts_anchors_by_the_verdict, 0, COUNT(verdicts));
    tcase_add_loop_test(tcase, summary_takes_off_what_fails_later, 0, COUNT(verdicts));
    tcase_add_test(tcase, summary_puts_failures_of_a_kind_together);
    tcase_add_test(tcase, summary_bounds_the_kinds_of_failure);
    tcase_add_test(tcase, summary_of_no_host_is_empty);
    tcase_add_test(tcase, kind_is_the_format_without_what_differs);
    tcase_add_test(tcase, kind_of_a_long_message_is_cut);
    return unit_run("summary", tcase);
}
