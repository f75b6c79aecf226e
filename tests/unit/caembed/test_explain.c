/* test_explain.c -- the account fits the terminal, and nothing in it acts on the terminal */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "cli/explain.h"
#include "unit.h"

#define SAN "DNS:localhost"
#define LONG_NAME                                                                                  \
    "A certification authority with a name that goes on and on well past sixty columns"

static const struct pki_row rows[] = {
    {.name = "root", .subject = LONG_NAME, .flags = PKI_CA},
    {.name = "other", .flags = PKI_CA},
    {.name = "int", .subject = "\x1b[31mred\n\"q\\", .issuer = "root", .flags = PKI_CA},
    {.name = "int2", .issuer = "int", .flags = PKI_CA},
    {.name = "int_old",
     .subject = "int2",
     .key = "p256/int2",
     .issuer = "int",
     .until = "20250101000000Z",
     .flags = PKI_CA},
    {.name = "root_by_other",
     .subject = LONG_NAME,
     .key = "p256/root",
     .issuer = "other",
     .flags = PKI_CA},
    {.name = "leaf", .issuer = "int2", .san = SAN},
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

/* The judge's store stays open until the test ends. */
static void run(struct host *host, const char *presented, const char *roots, struct judge *judge)
{
    judge->store = unit_store(pki, roots);
    (void)!unit_present(host, pki, "localhost", presented, judge);
}

static const struct {
    const char *claim, *presented, *roots, *want[4];
} cases[] = {
    {"two anchors",
     "leaf int2 int root_by_other",
     "root other",
     {"chosen: shortest path", "not chosen: the other has the shorter path",
      "cross-certificate by CN=other", "...: EC P-256"}},
    {"out of order",
     "leaf int int2",
     "root",
     {"sent before what it signed", "intermediate-embedded:", "chosen: the only valid path",
      "\\0A"}},
    {"expired twin",
     "leaf int2 int_old int",
     "root",
     {"not valid: certificate has expired", "\\1B[31mred", "", ""}},
    {"duplicate and stranger",
     "leaf int2 int2 other int",
     "root",
     {"not signed for the leaf, or sent twice:", "", "", ""}},
    {"unknown root",
     "leaf int2 int root",
     "other",
     {"trusted by nobody", "--accept-root would make it one", "", ""}},
    {"nothing above",
     "leaf int2",
     "other",
     {"leads nowhere: ", "is neither presented nor in the store", "", ""}},
};

START_TEST(explain_tells_why_within_100_columns)
{
    struct judge judge = {.target = target_find("mbed-os"), .verify_time = UNIT_AT};
    struct host host = {.argument = "localhost"};
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};

    run(&host, cases[_i].presented, cases[_i].roots, &judge);
    ck_assert_int_eq(explain_add_host(&host, &judge, false, &out, &err), 0);
    for (size_t i = 0; i < COUNT(cases[_i].want); i++)
        ck_assert_msg(strstr(out.data, cases[_i].want[i]) != NULL, "%s: no '%s' in\n%s",
                      cases[_i].claim, cases[_i].want[i], out.data);
    ck_assert_ptr_null(strchr(out.data, '\033'));
    for (const char *line = out.data; *line != '\0'; line += strcspn(line, "\n") + 1)
        ck_assert_uint_le(strcspn(line, "\n"), 100);
    text_free(&out);
    host_clear(&host);
    store_free(judge.store);
}
END_TEST

START_TEST(explain_colours_whole_lines)
{
    struct judge judge = {.target = target_find("mbed-os"), .verify_time = UNIT_AT};
    struct host host = {.argument = "localhost"};
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};

    run(&host, "leaf int2 int", "root", &judge);
    ck_assert_int_eq(explain_add_host(&host, &judge, true, &out, &err), 0);
    for (const char *at = strchr(out.data, '\033'); at != NULL; at = strchr(at + 1, '\033')) {
        bool begins_line = at == out.data || at[-1] == '\n';
        ck_assert(begins_line || strncmp(at, "\033[0m\n", 5) == 0);
    }
    text_free(&out);
    host_clear(&host);
    store_free(judge.store);
}
END_TEST

START_TEST(explain_warns_of_an_old_store)
{
    struct judge judge = {.target = target_find("mbed-os"),
                          .verify_time = store_bundled_date() + INT64_C(400) * 86400};
    struct host host = {.argument = "localhost"};
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};

    run(&host, "leaf int2 int", "root", &judge);
    ck_assert_int_eq(explain_add_host(&host, &judge, false, &out, &err), 0);
    ck_assert_ptr_null(strstr(out.data, "over a year old"));
    text_free(&out);
    store_free(judge.store);
    ck_assert_int_eq(
        store_open(&(const struct store_files){NULL, NULL, 0, false}, &judge.store, &err), 0);
    ck_assert_int_eq(explain_add_host(&host, &judge, false, &out, &err), 0);
    ck_assert_ptr_nonnull(strstr(out.data, "over a year old"));
    text_free(&out);
    host_clear(&host);
    store_free(judge.store);
}
END_TEST

START_TEST(explain_dot_quotes_what_is_in_names)
{
    struct judge judge = {.target = target_find("mbed-os"), .verify_time = UNIT_AT};
    struct host host = {.argument = "localhost"};
    struct text out = {0};
    struct error err = {.code = ERROR_NONE};

    run(&host, "leaf int2 int root_by_other", "root other", &judge);
    ck_assert_int_eq(explain_add_dot(&host, &out, &err), 0);
    ck_assert_int_eq(strncmp(out.data, "strict digraph \"localhost:443\" {", 32), 0);
    ck_assert_ptr_nonnull(strstr(out.data, "[color=green, penwidth=2]"));
    ck_assert_ptr_nonnull(strstr(out.data, "\\\\0A\\\\\\\"q\\\\\\\\"));
    ck_assert_ptr_null(strchr(out.data, '\033'));
    text_free(&out);
    host_clear(&host);
    store_free(judge.store);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("explain");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, explain_tells_why_within_100_columns, 0, COUNT(cases));
    tcase_add_test(tcase, explain_colours_whole_lines);
    tcase_add_test(tcase, explain_warns_of_an_old_store);
    tcase_add_test(tcase, explain_dot_quotes_what_is_in_names);
    return unit_run("explain", tcase);
}
