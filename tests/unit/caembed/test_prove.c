/* test_prove.c -- what was rendered is what was chosen, and it alone makes the target accept */
#include <string.h>

#include "device/bearssl.h"
#include "emit/prove.h"
#include "emit/render.h"
#include "unit.h"
#include "x509/cert.h"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "other", .flags = PKI_CA},
    {.name = "third", .flags = PKI_CA},
    {.name = "root_again", .subject = "root", .key = "p256/root", .flags = PKI_CA},
    {.name = "root_namesake", .subject = "root", .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "int_old",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .until = "20250101000000Z",
     .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = "DNS:localhost"},
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

/* The header, in a format, of the named rows. */
static void render(const char *format, const STACK_OF(X509) * anchors, struct text *out)
{
    struct bundle bundle = {0};
    struct error err = {.code = ERROR_NONE};
    const struct render_input input = {.renderer = render_find(format),
                                       .bundle = &bundle,
                                       .target = target_find("mbed-os"),
                                       .name = "CA",
                                       .command = "caembed"};

    for (int i = 0; i < sk_X509_num(anchors); i++) {
        const struct embedded anchor = {.x509 = sk_X509_value(anchors, i),
                                        .source = PATH_END_PRESENTED};
        ck_assert_int_eq(bundle_add(&bundle, "localhost:443", &anchor, 1, NULL, &err), 0);
    }
    ck_assert_int_eq(render_header(&input, out, &err), 0);
    bundle_free(&bundle);
}

static const struct {
    const char *claim, *rendered, *chosen;
    enum error_code want;
    bool is_one_anchor; /* of one name and key */
} headers[] = {
    {"one anchor", "root", "root", ERROR_NONE, false},
    {"two anchors", "root other", "root other", ERROR_NONE, false},
    {"another anchor", "other", "root", ERROR_PROOF, false},
    {"another anchor of the same name and key", "root_again", "root", ERROR_PROOF, true},
    {"the second is another", "root third", "root other", ERROR_PROOF, false},
    {"the first is missing", "other", "root other", ERROR_PROOF, false},
    {"the last is missing", "root", "root other", ERROR_PROOF, false},
    {"one too many at the end", "root other", "root", ERROR_PROOF, false},
    {"one too many at the beginning", "other root", "root", ERROR_PROOF, false},
    {"another order", "other root", "root other", ERROR_PROOF, false},
};

START_TEST(header_holds_exactly_the_chosen_anchors)
{
    static const char *const formats[] = {"pem",      "der",     "pem-file",
                                          "der-file", "arduino", "bearssl"};
    STACK_OF(X509) *rendered = pki_chain(pki, headers[_i].rendered);
    STACK_OF(X509) *chosen = pki_chain(pki, headers[_i].chosen);
    X509 *anchor[2] = {sk_X509_value(chosen, 0), sk_X509_value(chosen, 1)};

    for (size_t i = 0; i < COUNT(formats); i++) {
        struct text header = {0}, pem = {0};
        struct error err = {.code = ERROR_NONE};
        render(formats[i], rendered, &header);
        (void)!prove_header(render_find(formats[i]), &header, "CA", anchor,
                            (size_t)sk_X509_num(chosen), &pem, &err);
        if (headers[_i].is_one_anchor && strcmp(formats[i], "bearssl") == 0)
            ck_assert_int_eq(err.code, ERROR_NONE); /* it holds names and keys alone */
        else
            ck_assert_msg(err.code == headers[_i].want, "%s, %s: %s", headers[_i].claim, formats[i],
                          err.message);
        text_free(&header);
        text_free(&pem);
    }
    sk_X509_pop_free(rendered, X509_free);
    sk_X509_pop_free(chosen, X509_free);
}
END_TEST

static const struct {
    const char *claim, *anchors, *presented, *name;
    int64_t at;
    bool want, want_of_openssl;
} proofs[] = {
    {"its root", "root", "leaf int", "localhost", UNIT_AT, true, true},
    {"its root among others", "other root", "leaf int", "localhost", UNIT_AT, true, true},
    {"another root", "other", "leaf int", "localhost", UNIT_AT, false, false},
    {"a root of the same name", "root_namesake", "leaf int", "localhost", UNIT_AT, false, false},
    {"another name", "root", "leaf int", "other.example", UNIT_AT, false, false},
    {"no intermediate", "root", "leaf", "localhost", UNIT_AT, false, false},
    {"an expired intermediate", "root", "leaf int_old", "localhost", UNIT_AT, false, false},
    {"after its end", "root", "leaf int", "localhost", INT64_C(2300000000), false, false},
    {"before its beginning", "root", "leaf int", "localhost", INT64_C(1500000000), false, false},
};

static bool is_proven(size_t i, const char *target)
{
    struct presented presented = {.chain = pki_chain(pki, proofs[i].presented)};
    STACK_OF(X509) *anchors = pki_chain(pki, proofs[i].anchors);
    struct error err = {.code = ERROR_NONE};
    struct endpoint endpoint;
    struct text pem = {0};
    int rv;

    ck_assert_int_eq(endpoint_parse(proofs[i].name, NULL, &endpoint, &err), 0);
    for (int k = 0; k < sk_X509_num(anchors); k++)
        ck_assert_int_eq(cert_add_pem(sk_X509_value(anchors, k), &pem), 0);
    rv = prove_host(target_find(target), &pem, (size_t)sk_X509_num(anchors), &endpoint, &presented,
                    proofs[i].at, &err);
    ck_assert_int_eq(err.code, rv == 0 ? ERROR_NONE
                               : strcmp(target, "bearssl") != 0 || bearssl_is_built_in()
                                   ? ERROR_PROOF
                                   : ERROR_LACK);
    presented_free(&presented);
    sk_X509_pop_free(anchors, X509_free);
    text_free(&pem);
    return rv == 0;
}

/* mbedtls-3.6 and bearssl check dates; mbed-os has no clock. */
START_TEST(target_accepts_with_the_right_anchors_only)
{
    ck_assert_msg(is_proven((size_t)_i, "mbedtls-3.6") == proofs[_i].want, "mbedtls-3.6: %s",
                  proofs[_i].claim);
    ck_assert_msg(is_proven((size_t)_i, "bearssl") == (proofs[_i].want && bearssl_is_built_in()),
                  "bearssl: %s", proofs[_i].claim);
    ck_assert_msg(is_proven((size_t)_i, "generic") == proofs[_i].want_of_openssl, "generic: %s",
                  proofs[_i].claim);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("prove");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, header_holds_exactly_the_chosen_anchors, 0, COUNT(headers));
    tcase_add_loop_test(tcase, target_accepts_with_the_right_anchors_only, 0, COUNT(proofs));
    return unit_run("prove", tcase);
}
