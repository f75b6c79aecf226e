/* test_bearssl.c -- BearSSL's verdicts, and trust anchors written and read as C */
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "device/bearssl.h"
#include "emit/prove.h"
#include "emit/render.h"
#include "unit.h"
#include "x509/cert.h"

#define END_AT INT64_C(2208988800) /* 2040-01-01T00:00:00Z, when these certificates end */

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "other", .flags = PKI_CA},
    {.name = "root_namesake", .subject = "root", .flags = PKI_CA},
    {.name = "root_cross",
     .subject = "root",
     .key = "p256/root",
     .issuer = "other",
     .flags = PKI_CA},
    {.name = "root_past",
     .subject = "root",
     .key = "p256/root",
     .until = "20210101000000Z",
     .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "int_past",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .until = "20210101000000Z",
     .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = "DNS:localhost"},
    {.name = "rsa", .key = "rsa2048/rsa", .flags = PKI_CA},
    {.name = "p384", .key = "p384/p384", .issuer = "rsa", .hash = "SHA384", .flags = PKI_CA},
    {.name = "p521", .key = "p521/p521", .issuer = "p384", .hash = "SHA512", .flags = PKI_CA},
    {.name = "mixed_leaf", .issuer = "p521", .san = "DNS:localhost", .hash = "SHA512"},
    {.name = "p224", .key = "p224/p224", .flags = PKI_CA},
    {.name = "rsa8192", .key = "rsa8192/strong", .flags = PKI_CA},
    {.name = "long_leaf", .issuer = "rsa8192", .san = "DNS:localhost"},
    {.name = "strict",
     .issuer = "root",
     .extension = "nameConstraints=critical,permitted;DNS:localhost",
     .flags = PKI_CA},
    {.name = "strict_leaf", .issuer = "strict", .san = "DNS:localhost"},
    {.name = "lax",
     .issuer = "root",
     .extension = "nameConstraints=permitted;DNS:other.example",
     .flags = PKI_CA},
    {.name = "lax_leaf", .issuer = "lax", .san = "DNS:localhost"},
    {.name = "eku",
     .issuer = "root",
     .extension = "extendedKeyUsage=critical,serverAuth",
     .flags = PKI_CA},
    {.name = "eku_leaf", .issuer = "eku", .san = "DNS:localhost"},
    {.name = "short", .issuer = "root", .pathlen = 1, .flags = PKI_CA},
    {.name = "below", .issuer = "short", .flags = PKI_CA},
    {.name = "below_leaf", .issuer = "below", .san = "DNS:localhost"},
    {.name = "v1", .flags = PKI_V1 | PKI_CA},
    {.name = "v1_leaf", .issuer = "v1", .san = "DNS:localhost"},
    {.name = "pss", .issuer = "rsa", .san = "DNS:localhost", .flags = PKI_PSS},
    {.name = "self", .san = "DNS:localhost"},
    {.name = "wild", .issuer = "root", .san = "DNS:*.example.com"},
    {.name = "common", .subject = "localhost", .issuer = "root"},
    {.name = "beside", .subject = "localhost", .issuer = "root", .san = "DNS:other.example"},
    {.name = "encipher",
     .key = "rsa2048/leaf",
     .issuer = "root",
     .san = "DNS:localhost",
     .extension = "keyUsage=critical,keyEncipherment"},
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

/* ---- verdicts ---- */

static const struct {
    const char *claim, *anchors, *presented, *name;
    unsigned usages;
    int64_t at;       /* 0: UNIT_AT */
    const char *want; /* in the reason; NULL: it is accepted */
} verdicts[] = {
    {"a chain in order", "root", "leaf int", "localhost", 0, 0, NULL},
    {"a presented root is passed over", "root", "leaf int root", "localhost", 0, 0, NULL},
    {"what follows is not looked at", "root", "leaf int leaf other", "localhost", 0, 0, NULL},
    {"an intermediate out of place", "root", "leaf other int", "localhost", 0, 0,
     "BR_ERR_X509_DN_MISMATCH (55)"},
    {"the intermediate as an anchor", "root int", "leaf other int", "localhost", 0, 0, NULL},
    {"a missing intermediate", "root", "leaf", "localhost", 0, 0, "BR_ERR_X509_NOT_TRUSTED (62)"},
    {"the missing one as an anchor", "int", "leaf", "localhost", 0, 0, NULL},
    {"another root", "other", "leaf int", "localhost", 0, 0, "NOT_TRUSTED"},
    {"a root of the same name", "root_namesake", "leaf int", "localhost", 0, 0, "NOT_TRUSTED"},
    {"it and the right one", "root_namesake root", "leaf int", "localhost", 0, 0, NULL},
    {"a cross-certificate whose key is an anchor", "root", "leaf int root_cross", "localhost", 0, 0,
     NULL},
    {"a cross-certificate whose issuer is one", "other", "leaf int root_cross", "localhost", 0, 0,
     NULL},
    {"RSA, P-384 and P-521", "rsa", "mixed_leaf p521 p384", "localhost", 0, 0, NULL},
    {"an anchor with P-224", "p224", "leaf int", "localhost", 0, 0, "anchor 1: BR_ERR_X509_UNSUP"},
    {"an anchor with RSA 8192", "rsa8192", "long_leaf", "localhost", 0, 0, "LIMIT_EXCEEDED"},
    {"RSA-PSS", "rsa", "pss", "localhost", 0, 0, "BR_ERR_X509_UNSUPPORTED"},
    {"critical name constraints", "root", "strict_leaf strict", "localhost", 0, 0,
     "BR_ERR_X509_CRITICAL_EXTENSION (57)"},
    {"name constraints are not looked at", "root", "lax_leaf lax", "localhost", 0, 0, NULL},
    {"a critical extended key usage", "root", "eku_leaf eku", "localhost", 0, 0,
     "CRITICAL_EXTENSION"},
    {"an anchor's extensions are not there", "strict", "strict_leaf", "localhost", 0, 0, NULL},
    {"a path that is too long", "root", "below_leaf below short", "localhost", 0, 0,
     "BR_ERR_X509_NOT_CA (58)"},
    {"an anchor has no path length", "short", "below_leaf below", "localhost", 0, 0, NULL},
    {"a leaf as an issuer", "root", "leaf int int", "localhost", 0, 0, NULL},
    {"a root of version 1 is no CA", "v1", "v1_leaf", "localhost", 0, 0, "NOT_TRUSTED"},
    {"a leaf as its own anchor", "self", "self", "localhost", 0, 0, NULL},
    {"a leaf is no CA", "leaf", "leaf", "localhost", 0, 0, NULL},
    {"an expired anchor", "root_past", "leaf int", "localhost", 0, 0, NULL},
    {"an expired intermediate", "root", "leaf int_past", "localhost", 0, 0,
     "BR_ERR_X509_EXPIRED (54)"},
    {"the last second", "root", "leaf int", "localhost", 0, END_AT, NULL},
    {"the second after", "root", "leaf int", "localhost", 0, END_AT + 1, "EXPIRED"},
    {"before 1970", "root", "leaf int", "localhost", 0, -1, "EXPIRED"},
    {"another name", "root", "leaf int", "other.example", 0, 0, "BR_ERR_X509_BAD_SERVER_NAME (56)"},
    {"no name", "root", "leaf int", NULL, 0, 0, NULL},
    {"capital letters", "root", "leaf int", "LocalHost", 0, 0, NULL},
    {"a wildcard", "root", "wild", "a.example.com", 0, 0, NULL},
    {"a wildcard is one label", "root", "wild", "a.b.example.com", 0, 0, "BAD_SERVER_NAME"},
    {"a wildcard is no less", "root", "wild", "example.com", 0, 0, "BAD_SERVER_NAME"},
    {"the common name where it is all", "root", "common", "localhost", 0, 0, NULL},
    {"the common name beside others", "root", "beside", "localhost", 0, 0, "BAD_SERVER_NAME"},
    {"a key for RSA encryption", "root", "encipher", "localhost",
     USAGE_SIGNATURE | USAGE_ENCIPHERMENT, 0, NULL},
    {"a key that may not sign", "root", "encipher", "localhost", USAGE_SIGNATURE, 0,
     "BR_ERR_WRONG_KEY_USAGE (28)"},
};

static void add_rows(const char *names, struct text *pem)
{
    char *text = pki_chain_pem(pki, names);

    text_add(pem, "%s", text);
    free(text);
}

START_TEST(bearssl_says)
{
    STACK_OF(X509) *chain = pki_chain(pki, verdicts[_i].presented);
    struct text pem = {0};
    struct device_verdict verdict = {.is_accepted = false};
    struct error err = {.code = ERROR_NONE};
    struct device_case device = {.chain = chain,
                                 .name = verdicts[_i].name,
                                 .usages = verdicts[_i].usages,
                                 .at = verdicts[_i].at != 0 ? verdicts[_i].at : UNIT_AT,
                                 .target = target_find("bearssl")};
    int rv;

    add_rows(verdicts[_i].anchors, &pem);
    device.anchors = pem.data;
    device.anchors_size = pem.length + 1;
    rv = device_verify(&device, &verdict, &err);
    if (!bearssl_is_built_in()) {
        ck_assert_int_eq(err.code, ERROR_LACK);
    } else {
        ck_assert_msg(rv == 0, "%s: %s", verdicts[_i].claim, err.message);
        ck_assert_msg(verdict.is_accepted == (verdicts[_i].want == NULL), "%s: %s",
                      verdicts[_i].claim, verdict.reason);
        ck_assert_msg(verdict.is_accepted || strstr(verdict.reason, verdicts[_i].want) != NULL,
                      "%s: %s", verdicts[_i].claim, verdict.reason);
    }
    sk_X509_pop_free(chain, X509_free);
    text_free(&pem);
}
END_TEST

/* 30 signatures by P-384 take OpenSSL 25 ms, and BearSSL longer. */
START_TEST(chain_that_takes_too_long_is_a_limit)
{
    STACK_OF(X509) *chain = pki_chain(pki, "mixed_leaf p521");
    struct text pem = {0};
    struct device_verdict verdict;
    struct error err = {.code = ERROR_NONE};
    struct device_case device = {.chain = chain, .at = UNIT_AT, .target = target_find("bearssl")};

    for (int i = 0; i < 30; i++) {
        X509 *cert = pki_cert(pki, "p384");
        X509_up_ref(cert);
        sk_X509_push(chain, cert);
    }
    add_rows("rsa", &pem);
    device.anchors = pem.data;
    device.anchors_size = pem.length + 1;
    ck_assert_int_eq(device_verify(&device, &verdict, &err), -1);
    ck_assert_int_eq(err.code, bearssl_is_built_in() ? ERROR_LIMIT : ERROR_LACK);
    sk_X509_pop_free(chain, X509_free);
    text_free(&pem);
}
END_TEST

/* ---- headers ---- */

/* The header of the named rows. */
static void render(const char *names, struct text *out)
{
    STACK_OF(X509) *anchors = pki_chain(pki, names);
    struct bundle bundle = {0};
    struct error err = {.code = ERROR_NONE};
    const struct render_input input = {.renderer = render_find("bearssl"),
                                       .bundle = &bundle,
                                       .target = target_find("bearssl"),
                                       .name = "TA",
                                       .command = "caembed"};

    for (int i = 0; i < sk_X509_num(anchors); i++) {
        const struct embedded anchor = {.x509 = sk_X509_value(anchors, i),
                                        .source = PATH_END_PRESENTED};
        ck_assert_int_eq(bundle_add(&bundle, "localhost:443", &anchor, 1, NULL, &err), 0);
    }
    ck_assert_msg(render_header(&input, out, &err) == 0, "%s", err.message);
    bundle_free(&bundle);
    sk_X509_pop_free(anchors, X509_free);
}

/* Replaces the text `from` wherever it stands. */
static void edit(struct text *text, const char *from, const char *to)
{
    struct text edited = {0};
    const char *at = text->data, *found;

    ck_assert_msg(strstr(at, from) != NULL, "no '%s' in the header", from);
    for (; (found = strstr(at, from)) != NULL; at = found + strlen(from)) {
        text_add_bytes(&edited, at, (size_t)(found - at));
        text_add(&edited, "%s", to);
    }
    text_add(&edited, "%s", at);
    text_free(text);
    *text = edited;
}

/* What becomes of the header of `rendered` when text in it is replaced: it still holds `rendered`,
 * or `want` is the error. */
static const struct {
    const char *claim, *rendered, *from, *to, *want;
} headers[] = {
    {"RSA", "rsa", "TA0", "TA0", NULL},
    {"three curves", "root p384 p521", "TA0", "TA0", NULL},
    {"several anchors", "root rsa other", "TA0", "TA0", NULL},
    {"a leaf", "self", "TA0", "TA0", NULL},
    {"other names of the arrays, as SSLClient has them", "rsa", "TA0_", "TA_DN0", NULL},
    {"parentheses", "root", "sizeof TA0_DN", "sizeof(TA0_DN)", NULL},
    {"another cast", "root", "(unsigned char *)", "(const void*) ", NULL},
    {"no cast", "root", "(unsigned char *)", "", NULL},
    {"numbers, as the preprocessor leaves them", "root", "BR_EC_secp256r1", "23", NULL},
    {"a flag as a number", "root", "BR_X509_TA_CA", "0x0001", NULL},
    {"a type of key as a number", "rsa", "BR_KEYTYPE_RSA", "1", NULL},
    {"designators", "root", "BR_X509_TA_CA", ".flags = BR_X509_TA_CA", NULL},
    {"no size of the array", "root rsa", "TAs[2]", "TAs[]", NULL},
    {"PROGMEM", "root", "TAs[1]", "TAs[1] PROGMEM", NULL},
    {"without static", "root", "static const br", "const br", NULL},
    {"comments", "root", "BR_KEYTYPE_EC,", "BR_KEYTYPE_EC, /* P-256 */", NULL},
    {"a flag that makes a CA a leaf", "root", "BR_X509_TA_CA", "0", "does not hold the chosen"},
    {"a flag that makes a leaf a CA", "self", "\t\t0,", "\t\tBR_X509_TA_CA,",
     "does not hold the chosen"},
    {"another byte of the name", "root", "0x72, 0x6F, 0x6F", "0x73, 0x6F, 0x6F",
     "does not hold the chosen"},
    {"another size", "root", "TAs[1]", "TAs[2]", "holds 1 trust anchors"},
    {"a size that is a name", "root", "TAs[1]", "TAs[N]", "holds 1 trust anchors"},
    {"an array that is not there", "root", "unsigned char TA0_DN[]", "unsigned char X[]",
     "trust anchor 1: it names an array that the file does not define"},
    {"a number that is not the size", "root", "sizeof TA0_DN", "9",
     "its size is not that of its array"},
    {"an array with zeros at its end", "root", "TA0_DN[]", "TA0_DN[99]",
     "its size is not that of its array"},
    {"an array that is cut", "root", "TA0_DN[]", "TA0_DN[9]", "TA0_DN does not fit its array"},
    {"the size of another array", "root", "sizeof TA0_DN", "sizeof TA0_EC_Q",
     "its size is not that of its array"},
    {"another curve", "root", "BR_EC_secp256r1", "BR_EC_secp224r1", "its curve is not P-256"},
    {"the wrong curve", "root", "BR_EC_secp256r1", "BR_EC_secp384r1",
     "trust anchor 1 is broken: its key"},
    {"another type of key", "root", "BR_KEYTYPE_EC", "3", "its key is neither"},
    {"other flags", "root", "BR_X509_TA_CA", "2", "its flags are neither"},
    {"flags that are an expression", "root", "BR_X509_TA_CA", "BR_X509_TA_CA | 2",
     "anchor 1 of TAs is not written as brssl writes it"},
    {"a name that is none", "root", "0x30, 0x0F, 0x31", "0x31, 0x0F, 0x31",
     "trust anchor 1 is broken: its name"},
    {"a member more", "root", "sizeof TA0_EC_Q,", "sizeof TA0_EC_Q, 1",
     "it says more than an anchor has"},
    {"a type that is not BearSSL's", "root", "br_x509_trust_anchor TAs", "anchor TAs",
     "TAs is no array of br_x509_trust_anchor"},
    {"a macro", "root", "static const br_x509_trust_anchor TAs[1]",
     "#define TAs \"x\"\nstatic const br_x509_trust_anchor X[1]",
     "TAs is no array of br_x509_trust_anchor"},
    {"another array", "root", "TAs[1]", "roots[1]", "does not define TAs, but "},
    {"a condition", "root", "static const br", "#ifdef X\n#endif\n#if Y\nstatic const br",
     "depends on a condition"},
    {"no end", "root", "\n};\n#if defined(__cplusplus) && defined(__GNUC__)", "\n#if 0",
     "is not written as brssl writes it"},
};

START_TEST(header_is_read_back)
{
    STACK_OF(X509) *chosen = pki_chain(pki, headers[_i].rendered);
    X509 *anchor[3] = {sk_X509_value(chosen, 0), sk_X509_value(chosen, 1),
                       sk_X509_value(chosen, 2)};
    struct text header = {0}, pem = {0};
    struct error err = {.code = ERROR_NONE};

    render(headers[_i].rendered, &header);
    edit(&header, headers[_i].from, headers[_i].to);
    (void)!prove_header(render_find("bearssl"), &header, "TA", anchor, (size_t)sk_X509_num(chosen),
                        &pem, &err);
    ck_assert_msg((err.code == ERROR_NONE) == (headers[_i].want == NULL), "%s: %s",
                  headers[_i].claim, err.message);
    ck_assert_msg(headers[_i].want == NULL || strstr(err.message, headers[_i].want) != NULL,
                  "%s: %s", headers[_i].claim, err.message);
    sk_X509_pop_free(chosen, X509_free);
    text_free(&header);
    text_free(&pem);
}
END_TEST

START_TEST(key_without_a_form_is_refused)
{
    struct bundle bundle = {0};
    struct error err = {.code = ERROR_NONE};
    struct text out = {0};
    const struct embedded anchor = {.x509 = pki_cert(pki, "p224"), .source = PATH_END_PRESENTED};
    const struct render_input input = {.renderer = render_find("bearssl"),
                                       .bundle = &bundle,
                                       .target = target_find("bearssl"),
                                       .name = "TA",
                                       .command = "caembed"};

    ck_assert_int_eq(bundle_add(&bundle, "localhost:443", &anchor, 1, NULL, &err), 0);
    ck_assert_int_eq(render_header(&input, &out, &err), -1);
    ck_assert_int_eq(err.code, ERROR_TARGET);
    bundle_free(&bundle);
    text_free(&out);
}
END_TEST

START_TEST(stand_in_keeps_name_key_and_flag)
{
    X509 *cert = pki_cert(pki, _i == 0 ? "rsa" : "self");
    const unsigned char *name;
    size_t length;
    X509 *stand_in;

    ck_assert_int_eq(X509_NAME_get0_der(X509_get_subject_name(cert), &name, &length), 1);
    stand_in = cert_stand_in(name, length, X509_get0_pubkey(cert), _i == 0);
    ck_assert_ptr_nonnull(stand_in);
    ck_assert(cert_same_anchor(stand_in, cert));
    ck_assert(!cert_same_anchor(stand_in, pki_cert(pki, "root")));
    ck_assert_int_eq(X509_check_ca(stand_in), _i == 0 ? 1 : 0);
    ck_assert_ptr_null(cert_stand_in(name, length - 1, X509_get0_pubkey(cert), true));
    X509_free(stand_in);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("bearssl");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, bearssl_says, 0, COUNT(verdicts));
    tcase_add_test(tcase, chain_that_takes_too_long_is_a_limit);
    tcase_add_loop_test(tcase, header_is_read_back, 0, COUNT(headers));
    tcase_add_test(tcase, key_without_a_form_is_refused);
    tcase_add_loop_test(tcase, stand_in_keeps_name_key_and_flag, 0, 2);
    return unit_run("bearssl", tcase);
}
