/* test_explain.c -- the account fits the terminal, and nothing in it acts on the terminal */
#include <stdlib.h>
#include <string.h>

#include "base/timestamp.h"
#include "cli/explain.h"
#include "cli/explain_html.h"
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

/* The section of a host in a page of its own, so that it can be read as XML. */
static void make_section(struct host *host, const struct judge *judge, struct text *out)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(explain_html_add_host(host, judge, out, &err), 0);
    ck_assert_ptr_nonnull(out->data);
}

/* Every element is closed by its own name, in order. */
static void assert_well_formed(const char *markup)
{
    char open[64][16];
    size_t depth = 0;

    for (const char *at = strchr(markup, '<'); at != NULL; at = strchr(at + 1, '<')) {
        const bool is_end = at[1] == '/';
        const char *name = at + (is_end ? 2 : 1), *end = strchr(at, '>');
        const int length = (int)strcspn(name, " />");
        ck_assert_msg(end != NULL && length > 0 && length < 16, "at %.60s", at);
        if (is_end) {
            ck_assert_msg(depth > 0 && strncmp(open[depth - 1], name, (size_t)length) == 0 &&
                              open[depth - 1][length] == '\0',
                          "at %.60s", at);
            depth--;
        } else if (end[-1] != '/') {
            ck_assert_uint_lt(depth, COUNT(open));
            snprintf(open[depth++], sizeof open[0], "%.*s", length, name);
        }
    }
    ck_assert_uint_eq(depth, 0);
}

START_TEST(explain_html_says_what_the_text_says)
{
    struct judge judge = {.target = target_find("mbed-os"), .verify_time = UNIT_AT};
    struct host host = {.argument = "localhost"};
    struct text text = {0}, page = {0};
    struct error err = {.code = ERROR_NONE};

    run(&host, cases[_i].presented, cases[_i].roots, &judge);
    ck_assert_int_eq(explain_add_host(&host, &judge, false, &text, &err), 0);
    make_section(&host, &judge, &page);
    assert_well_formed(page.data);
    ck_assert_uint_eq(strstr(text.data, "chosen:") != NULL, strstr(page.data, "chosen:") != NULL);
    ck_assert_ptr_nonnull(strstr(page.data, "What the server presented"));
    for (size_t i = 0; i < host.paths.count; i++) {
        char verdict[EXPLAIN_VERDICT_SIZE];
        ck_assert_int_eq(explain_path_verdict(&host, &host.paths.path[i], &judge, verdict, &err),
                         0);
        ck_assert_msg(strstr(page.data, verdict) != NULL || strpbrk(verdict, "\"'<>&\\") != NULL,
                      "%s: no '%s'", cases[_i].claim, verdict);
    }
    text_free(&text);
    text_free(&page);
    host_clear(&host);
    store_free(judge.store);
}
END_TEST

START_TEST(explain_html_draws_paths_and_dates)
{
    static const char *const want[] = {
        "role=\"img\"",       "Path 1, chosen: CN=leaf, signed by CN=int2, signed by",
        "class=\"e c\"",      "chosen: root in the store",
        "class=\"n a c\"",    "The leaf CN=leaf: valid",
        "checked 2026-01-01", "until 2031-01-01",
    };
    struct judge judge = {.target = target_find("mbed-os"),
                          .verify_time = UNIT_AT,
                          .until = UNIT_AT + INT64_C(1826) * 86400};
    struct host host = {.argument = "localhost"};
    struct text page = {0};

    run(&host, "leaf int2 int root_by_other", "root other", &judge);
    host.index = 7;
    make_section(&host, &judge, &page);
    for (size_t i = 0; i < COUNT(want); i++)
        ck_assert_msg(strstr(page.data, want[i]) != NULL, "no '%s'", want[i]);
    ck_assert_ptr_nonnull(strstr(page.data, " id=\"h7-0-g-t\""));
    text_free(&page);
    host_clear(&host);
    store_free(judge.store);
}
END_TEST

/* Markup, quotes, references, commands of runners, bytes that steer a terminal or turn the text. */
static const char *const hostile[] = {
    "</title></svg><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>",
    "' onload='x' &lt; &#60;script&#62;",      "]]><!-- -->",
    "::set-output name=x::1 ##[add-mask]a",    "\x01\x1b[31m\x7f\r\n::error::x",
    "\xe2\x80\xaegnp.exe \xe2\x81\xa6",        "%s%n\\\\",
};

START_TEST(explain_html_escapes_names)
{
    const struct pki_row row[] = {
        {.name = "evil", .subject = hostile[_i], .flags = PKI_CA},
        {.name = "evil-int", .issuer = "evil", .subject = "'\"<&>##[x", .flags = PKI_CA},
        {.name = "evil-leaf", .issuer = "evil-int", .san = SAN},
    };
    struct pki *evil = pki_new(row, COUNT(row));
    struct judge judge = {.target = target_find("mbed-os"),
                          .verify_time = UNIT_AT,
                          .store = unit_store(evil, "evil")};
    struct host host = {.argument = "localhost"};
    struct text page = {0};

    ck_assert_int_eq(unit_present(&host, evil, "localhost", "evil-leaf evil-int evil", &judge), 0);
    make_section(&host, &judge, &page);
    assert_well_formed(page.data);
    ck_assert_ptr_null(strstr(page.data, "<script"));
    ck_assert_ptr_null(strstr(page.data, "<img"));
    ck_assert_ptr_null(strstr(page.data, "<!--"));
    ck_assert_ptr_null(strstr(page.data, "##"));
    ck_assert_ptr_null(strstr(page.data, "\n::"));
    ck_assert_ptr_null(strstr(page.data, "' onload"));
    for (const char *at = page.data; *at != '\0'; at++)
        ck_assert_msg(*at == '\n' || (*at >= 0x20 && *at < 0x7f), "byte %02x",
                      (unsigned)*at & 0xff);
    text_free(&page);
    host_clear(&host);
    store_free(judge.store);
    pki_free(evil);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("explain");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, explain_tells_why_within_100_columns, 0, COUNT(cases));
    tcase_add_test(tcase, explain_colours_whole_lines);
    tcase_add_test(tcase, explain_warns_of_an_old_store);
    tcase_add_loop_test(tcase, explain_html_says_what_the_text_says, 0, COUNT(cases));
    tcase_add_test(tcase, explain_html_draws_paths_and_dates);
    tcase_add_loop_test(tcase, explain_html_escapes_names, 0, COUNT(hostile));
    return unit_run("explain", tcase);
}
