/* test_assess.c -- what each target needs for, warns of, or refuses in a chain */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/assess.h"
#include "device/device.h"
#include "path/validate.h"
#include "unit.h"

#define SAN "DNS:localhost"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = SAN},
    {.name = "int2", .issuer = "int", .flags = PKI_CA},
    {.name = "leaf2", .issuer = "int2", .san = SAN},
    {.name = "stranger", .flags = PKI_CA},
    /* roots that ask for something, each with a leaf below */
    {.name = "root_sha1", .flags = PKI_CA, .hash = "SHA1"},
    {.name = "leaf_sha1", .issuer = "root_sha1", .san = SAN},
    {.name = "root_md5", .key = "rsa2048/a", .flags = PKI_CA, .hash = "MD5"},
    {.name = "leaf_md5", .issuer = "root_md5", .san = SAN},
    {.name = "root_p384", .key = "p384/a", .flags = PKI_CA, .hash = "SHA384"},
    {.name = "leaf_p384", .issuer = "root_p384", .san = SAN},
    {.name = "root_p521", .key = "p521/a", .flags = PKI_CA, .hash = "SHA512"},
    {.name = "leaf_p521", .issuer = "root_p521", .san = SAN},
    {.name = "root_k256", .key = "k256/a", .flags = PKI_CA},
    {.name = "leaf_k256", .issuer = "root_k256", .san = SAN},
    {.name = "root_bp256", .key = "bp256/a", .flags = PKI_CA},
    {.name = "leaf_bp256", .issuer = "root_bp256", .san = SAN},
    {.name = "root_pss", .key = "rsa2048/a", .flags = PKI_CA | PKI_PSS},
    {.name = "leaf_pss", .issuer = "root_pss", .san = SAN},
    {.name = "root_8192", .key = "rsa8192/a", .flags = PKI_CA},
    {.name = "leaf_8192", .issuer = "root_8192", .san = SAN},
    {.name = "root_4096", .key = "rsa4096/a", .flags = PKI_CA},
    {.name = "leaf_4096", .issuer = "root_4096", .san = SAN},
    {.name = "root_1024", .key = "rsa1024/a", .flags = PKI_CA},
    {.name = "leaf_1024", .issuer = "root_1024", .san = SAN},
    {.name = "root_ed", .key = "ed25519/a", .flags = PKI_CA},
    {.name = "leaf_ed", .issuer = "root_ed", .san = SAN},
    {.name = "root_sha224", .flags = PKI_CA, .hash = "SHA224"},
    {.name = "leaf_sha224", .issuer = "root_sha224", .san = SAN},
    {.name = "root_p224", .key = "p224/a", .flags = PKI_CA},
    {.name = "leaf_p224", .issuer = "root_p224", .san = SAN},
    {.name = "root_bare", .flags = PKI_BARE, .extension = "keyUsage=critical,keyCertSign"},
    {.name = "leaf_bare", .issuer = "root_bare", .san = SAN},
    {.name = "root_nc",
     .flags = PKI_CA,
     .extension = "nameConstraints=critical,permitted;DNS:localhost"},
    {.name = "leaf_nc", .issuer = "root_nc", .san = SAN},
    /* the same below the root */
    {.name = "int_sha1", .issuer = "root", .flags = PKI_CA, .hash = "SHA1"},
    {.name = "leaf_int_sha1", .issuer = "int_sha1", .san = SAN},
    {.name = "int_sha224", .issuer = "root", .flags = PKI_CA, .hash = "SHA224"},
    {.name = "leaf_int_sha224", .issuer = "int_sha224", .san = SAN},
    {.name = "leaf_of_p521", .key = "p521/d", .issuer = "root", .san = SAN},
    {.name = "self", .subject = "localhost", .san = SAN},
    {.name = "self_sha1", .subject = "localhost", .san = SAN, .hash = "SHA1"},
    {.name = "leaf_uid", .key = "rsa2048/e", .issuer = "root", .san = SAN, .flags = PKI_UID},
    {.name = "leaf_ski",
     .issuer = "root",
     .san = SAN,
     .extension = "subjectKeyIdentifier=critical,hash"},
    {.name = "leaf_policy",
     .issuer = "root",
     .san = SAN,
     .extension = "certificatePolicies=critical,DER:30:07:30:05:06:03:2A:03:04"},
    /* usages of a leaf's key */
    {.name = "leaf_ns_sgc",
     .issuer = "root",
     .san = SAN,
     .flags = PKI_BARE,
     .extension = "extendedKeyUsage=nsSGC"},
    {.name = "leaf_ms_sgc",
     .issuer = "root",
     .san = SAN,
     .flags = PKI_BARE,
     .extension = "extendedKeyUsage=msSGC"},
    {.name = "leaf_sgc_too",
     .issuer = "root",
     .san = SAN,
     .flags = PKI_BARE,
     .extension = "extendedKeyUsage=nsSGC,serverAuth"},
    {.name = "leaf_no_eku", .issuer = "root", .san = SAN, .flags = PKI_BARE},
    {.name = "leaf_encipher",
     .key = "rsa2048/e",
     .issuer = "root",
     .san = SAN,
     .extension = "keyUsage=critical,keyEncipherment"},
    {.name = "leaf_rsa_sign",
     .key = "rsa2048/e",
     .issuer = "root",
     .san = SAN,
     .extension = "keyUsage=critical,digitalSignature"},
    {.name = "leaf_agree",
     .issuer = "root",
     .san = SAN,
     .extension = "keyUsage=critical,keyAgreement"},
    {.name = "leaf_ec_encipher",
     .issuer = "root",
     .san = SAN,
     .extension = "keyUsage=critical,keyEncipherment"},
    {.name = "leaf_by_sha1", .issuer = "int", .san = SAN, .hash = "SHA1"},
    {.name = "int_p521", .key = "p521/b", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf_int_p521", .issuer = "int_p521", .san = SAN},
    {.name = "int_1024", .key = "rsa1024/b", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf_int_1024", .issuer = "int_1024", .san = SAN},
    {.name = "int_nc",
     .issuer = "root",
     .flags = PKI_CA,
     .extension = "nameConstraints=critical,permitted;DNS:localhost"},
    {.name = "leaf_int_nc", .issuer = "int_nc", .san = SAN},
    /* cross-certificates beside the path */
    {.name = "int_sha1_twin",
     .subject = "int",
     .key = "p256/int",
     .issuer = "stranger",
     .flags = PKI_CA,
     .hash = "SHA1"},
    {.name = "root_by_stranger",
     .subject = "root",
     .key = "p256/root",
     .issuer = "stranger",
     .flags = PKI_CA},
    {.name = "sha1_p521", .key = "p521/e", .issuer = "stranger", .flags = PKI_CA, .hash = "SHA1"},
    {.name = "root_expires", .until = "20260301000000Z", .flags = PKI_CA},
    {.name = "leaf_expires", .issuer = "root_expires", .san = SAN},
};

static struct pki *pki;

/* leaf_tower below nine intermediates c1 (by root) to c9. */
static void add_tower(void)
{
    char above[8] = "root";

    for (int i = 1; i <= 9; i++) {
        char name[8];
        snprintf(name, sizeof name, "c%d", i);
        pki_add(pki, &(const struct pki_row){.name = name, .issuer = above, .flags = PKI_CA}, 1);
        memcpy(above, name, sizeof above);
    }
    pki_add(pki, &(const struct pki_row){.name = "leaf_tower", .issuer = above, .san = SAN}, 1);
    pki_add(pki, &(const struct pki_row){.name = "leaf_tower8", .issuer = "c8", .san = SAN}, 1);
}

/* A leaf whose Certificate message is about 17 KB. */
static void add_wide_leaf(void)
{
    char san[22000];
    size_t used = (size_t)snprintf(san, sizeof san, "DNS:localhost");

    for (int i = 0; used < 20500; i++)
        used +=
            (size_t)snprintf(san + used, sizeof san - used, ",DNS:host-%05d.some.long.example", i);
    pki_add(pki, &(const struct pki_row){.name = "leaf_wide", .issuer = "int", .san = san}, 1);
}

static void set_up(void)
{
    pki = pki_new(rows, COUNT(rows));
    add_tower();
    add_wide_leaf();
}

static void tear_down(void)
{
    pki_free(pki);
}

/* `want`: settings, "refused SYMPTOM", or "ok", for each target; `further`: the embedded
 * intermediate. */
static const char *const target_names[] = {"mbed-os",      "mbed-os-5",   "mbed-ce",
                                           "mbedtls-2.28", "mbedtls-3.6", "mbedtls-4",
                                           "esp-idf",      "zephyr",      "generic"};

#define ALL_OK "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"
#define WEAK(what)                                                                                 \
    "weak " what, "weak " what, "weak " what, "weak " what, "weak " what, "weak " what,            \
        "weak " what, "weak " what, "weak " what
#define REFUSED(symptom)                                                                           \
    "refused " symptom, "refused " symptom, "refused " symptom, "refused " symptom,                \
        "refused " symptom, "refused " symptom, "refused " symptom, "refused " symptom, "ok"
#define NEEDS(macro, kconfig) macro, macro, macro, "ok", "ok", "ok", "ok", kconfig, "ok"
/* Taken by the profile of 2.x, refused by that of 3.6 and 4. */
#define OLD(macro, refusal)                                                                        \
    macro, macro, macro, "ok", "refused " refusal, "refused " refusal, "refused " refusal,         \
        "refused " refusal, "ok"
/* Longer than the 1500 bytes that Zephyr receives as it comes. */
#define TALL                                                                                       \
    "ok", "ok", "ok", "ok", "ok", "ok", "ok", "CONFIG_MBEDTLS_SSL_MAX_CONTENT_LEN=16384", "ok"
#define NEEDS_CURVE(curve)                                                                         \
    NEEDS("MBEDTLS_ECP_DP_" curve "_ENABLED", "CONFIG_MBEDTLS_ECP_DP_" curve "_ENABLED=y")

static const struct {
    const char *claim;
    const char *presented;
    const char *root;
    const char *want[COUNT(target_names)];
    const char *further; /* further anchor for Mbed TLS targets, or NULL */
} cases[] = {
    {"plain", "leaf int", "root", {ALL_OK}, NULL},
    {"root sent", "leaf int root", "root", {ALL_OK}, NULL},
    {"root sent first", "leaf root int", "root", {ALL_OK}, NULL},
    {"stranger between", "leaf stranger int", "root", {ALL_OK}, NULL},
    {"P-384", "leaf_p384", "root_p384", {ALL_OK}, NULL},
    {"RSA 4096", "leaf_4096", "root_4096", {ALL_OK}, NULL},
    {"SHA-1 root",
     "leaf_sha1",
     "root_sha1",
     {"MBEDTLS_SHA1_C=1", "MBEDTLS_SHA1_C=1", "ok", "ok", "ok", "ok", "ok", "CONFIG_MBEDTLS_SHA1=y",
      "ok"},
     NULL},
    {"MD5 root", "leaf_md5", "root_md5", {NEEDS("MBEDTLS_MD5_C=1", "CONFIG_MBEDTLS_MD5=y")}, NULL},
    {"SHA-224 root",
     "leaf_sha224",
     "root_sha224",
     {"ok", "ok", "ok", "ok", "ok", "ok", "ok", "CONFIG_MBEDTLS_SHA224=y", "ok"},
     NULL},
    {"P-521 root", "leaf_p521", "root_p521", {NEEDS_CURVE("SECP521R1")}, NULL},
    {"P-224 root", "leaf_p224", "root_p224", {OLD("MBEDTLS_ECP_DP_SECP224R1_ENABLED", "")}, NULL},
    {"secp256k1 root",
     "leaf_k256",
     "root_k256",
     {OLD("MBEDTLS_ECP_DP_SECP256K1_ENABLED", "0x10000")},
     NULL},
    {"brainpool root", "leaf_bp256", "root_bp256", {NEEDS_CURVE("BP256R1")}, NULL},
    {"RSA-PSS root",
     "leaf_pss",
     "root_pss",
     {"MBEDTLS_X509_RSASSA_PSS_SUPPORT", "MBEDTLS_X509_RSASSA_PSS_SUPPORT",
      "MBEDTLS_X509_RSASSA_PSS_SUPPORT", "ok", "ok", "ok", "ok", "refused -0x2300", "ok"},
     NULL},
    {"RSA 8192 root",
     "leaf_8192",
     "root_8192",
     {"refused -0x3B00", "refused -0x3B00", "refused -0x3B00", "ok", "ok", "refused -0x3B00",
      "CONFIG_MBEDTLS_LARGE_KEY_SOFTWARE_MPI=y", "ok", "ok"},
     NULL},
    {"RSA 1024 root", "leaf_1024", "root_1024", {REFUSED("0x10000")}, NULL},
    {"Ed25519 root",
     "leaf_ed",
     "root_ed",
     {"refused -0x262E", "refused -0x262E", "refused -0x262E", "refused -0x262E", "refused -0x262E",
      "refused -0x2100", "refused -0x262E", "refused -0x262E", "ok"},
     NULL},
    {"critical name constraints in the root", "leaf_nc", "root_nc", {REFUSED("-0x2562")}, NULL},
    {"a critical key identifier in a stranger",
     "leaf int leaf_ski",
     "root",
     {"refused -0x2562", "refused -0x2562", "refused -0x2562", "refused -0x2562", "ok", "ok", "ok",
      "ok", "ok"},
     NULL},
    {"no basic constraints in the root", "leaf_bare", "root_bare", {REFUSED("flags 0x08")}, NULL},
    {"unique identifiers in the leaf", "leaf_uid", "root", {REFUSED("unique identifiers")}, NULL},
    {"a critical policy in the leaf", "leaf_policy", "root", {REFUSED("-0x2080")}, NULL},
    {"SHA-1 intermediate", "leaf_int_sha1 int_sha1", "root", {WEAK("ecdsa-with-SHA1")}, NULL},
    {"SHA-224 intermediate", "leaf_int_sha224 int_sha224", "root", {OLD("ok", "0x4000")}, NULL},
    {"SHA-1 leaf", "leaf_by_sha1 int", "root", {WEAK("ecdsa-with-SHA1")}, NULL},
    {"self-signed SHA-1 leaf", "self_sha1", "self_sha1", {REFUSED("0x4000")}, NULL},
    {"self-signed leaf", "self", "self", {ALL_OK}, NULL},
    {"P-521 intermediate", "leaf_int_p521 int_p521", "root", {NEEDS_CURVE("SECP521R1")}, NULL},
    {"P-521 leaf", "leaf_of_p521", "root", {NEEDS_CURVE("SECP521R1")}, NULL},
    {"RSA 1024 intermediate",
     "leaf_int_1024 int_1024",
     "root",
     {"weak RSA 1024", "weak RSA 1024", "weak RSA 1024", "weak RSA 1024", "weak RSA 1024",
      "weak RSA 1024", "weak RSA 1024", "weak RSA 1024", "ok"},
     NULL},
    {"critical name constraints presented",
     "leaf_int_nc int_nc",
     "root",
     {REFUSED("-0x2562")},
     NULL},
    {"critical name constraints in a stranger",
     "leaf int int_nc",
     "root",
     {REFUSED("-0x2562")},
     NULL},
    {"P-521 in a stranger: it must parse",
     "leaf int root_p521",
     "root",
     {NEEDS_CURVE("SECP521R1")},
     NULL},
    {"SHA-1 in a stranger: it is passed over", "leaf int root_sha1", "root", {ALL_OK}, NULL},
    {"P-521 in a SHA-1 stranger, below a SHA-1 root: it must parse",
     "leaf_sha1 sha1_p521",
     "root_sha1",
     {"MBEDTLS_SHA1_C=1 MBEDTLS_ECP_DP_SECP521R1_ENABLED",
      "MBEDTLS_SHA1_C=1 MBEDTLS_ECP_DP_SECP521R1_ENABLED", "MBEDTLS_ECP_DP_SECP521R1_ENABLED", "ok",
      "ok", "ok", "ok", "CONFIG_MBEDTLS_SHA1=y CONFIG_MBEDTLS_ECP_DP_SECP521R1_ENABLED=y", "ok"},
     NULL},
    {"8 intermediates", "leaf_tower8 c8 c7 c6 c5 c4 c3 c2 c1", "root", {TALL}, NULL},
    {"9 intermediates", "leaf_tower c9 c8 c7 c6 c5 c4 c3 c2 c1", "root", {TALL}, "c1"},
    {"17 KB of Certificate message", "leaf_wide int", "root", {REFUSED("-0x7200")}, NULL},
    {"wrong order", "leaf2 int int2", "root", {ALL_OK}, "int"},
    {"wrong order of all", "leaf2 root int int2", "root", {ALL_OK}, "int"},
    {"a cross-certificate leads astray", "leaf int root_by_stranger", "root", {ALL_OK}, NULL},
    /* what the handshake asks of the leaf */
    {"netscape's SGC alone", "leaf_ns_sgc", "root", {REFUSED("-0x7A00")}, NULL},
    {"Microsoft's SGC alone", "leaf_ms_sgc", "root", {REFUSED("-0x7A00")}, NULL},
    {"SGC beside serverAuth", "leaf_sgc_too", "root", {ALL_OK}, NULL},
    {"no extended key usage", "leaf_no_eku", "root", {ALL_OK}, NULL},
    {"RSA leaf for encipherment alone",
     "leaf_encipher",
     "root",
     {"refused -0x7A00", "refused -0x7A00", "refused -0x7A00", "ok", "ok", "refused -0x7A00", "ok",
      "refused -0x7A00", "ok"},
     NULL},
    {"RSA leaf for signatures alone", "leaf_rsa_sign", "root", {ALL_OK}, NULL},
    {"ECDSA leaf for agreement alone",
     "leaf_agree",
     "root",
     {"refused -0x7A00", "refused -0x7A00", "refused -0x7A00", "ok", "ok", "refused -0x7A00", "ok",
      "refused -0x7A00", "ok"},
     NULL},
    {"ECDSA leaf for encipherment alone", "leaf_ec_encipher", "root", {REFUSED("-0x7A00")}, NULL},
};

/* One line of what came of it. */
static void describe(int rv, const struct assessment *assessment, const struct error *err,
                     char out[700])
{
    size_t used = 0;

    if (rv != 0) {
        snprintf(out, 700, "refused %s", err->message);
        return;
    }
    snprintf(out, 700, "ok");
    for (size_t i = 0; i < assessment->anchor[0].needs.count; i++)
        used += (size_t)snprintf(out + used, 700 - used, "%s%s", i > 0 ? " " : "",
                                 assessment->anchor[0].needs.macro[i]);
}

static bool has_warning(const struct assessment *assessment, const char *code)
{
    for (size_t i = 0; i < assessment->warning_count; i++)
        if (strcmp(assessment->warning[i].code, code) == 0)
            return true;
    return false;
}

static const struct endpoint localhost = {.host = "localhost", .name = "localhost", .port = 443};

/* The chain through path, anchor and assessment. */
static int assess(const char *presented_names, const char *store_names, const char *target_name,
                  const struct endpoint *endpoint, struct path_list *list,
                  struct presented *presented, struct assessment *out, struct error *err)
{
    const struct target *target = target_find(target_name);
    const struct accepted_roots none = {NULL, 0};
    const struct assess_view view = {target, NULL};
    const struct anchor_policy policy = {.fit = assess_fit, .context = &view};
    const struct path_rules rules = assess_rules(target, UNIT_AT);
    const struct path *chosen;
    enum anchor_reason reason;
    struct store *store = unit_store(pki, store_names);

    presented->chain = pki_chain(pki, presented_names);
    ck_assert_int_eq(path_build(presented->chain, store, &none, list, err), 0);
    ck_assert_int_eq(validate_paths(list, endpoint, &rules, err), 0);
    store_free(store);
    if (anchor_choose(list, &policy, &chosen, &reason, err) != 0)
        return -1;
    return assess_path(target, chosen, presented, endpoint, UNIT_AT, out, err);
}

START_TEST(assess_knows_what_a_target_takes)
{
    for (size_t t = 0; t < COUNT(target_names); t++) {
        struct error err = {.code = ERROR_NONE};
        struct assessment assessment = {.anchor_count = 0};
        struct presented presented = {.chain = NULL};
        struct path_list list = {0};
        const char *want = cases[_i].want[t];
        const char *further = strcmp(target_names[t], "generic") == 0 ? NULL : cases[_i].further;
        char got[700];
        int rv = assess(cases[_i].presented, cases[_i].root, target_names[t], &localhost, &list,
                        &presented, &assessment, &err);
        describe(rv, &assessment, &err, got);
        if (strncmp(want, "weak ", 5) == 0) {
            ck_assert_msg(rv == -1 && strstr(err.message, want + 5) != NULL, "%s, %s: %s",
                          cases[_i].claim, target_names[t], got);
            ck_assert_int_eq(err.code, ERROR_WEAK);
        } else if (strncmp(want, "refused ", 8) == 0) {
            ck_assert_msg(rv == -1 && strstr(err.message, want + 8) != NULL, "%s, %s: %s",
                          cases[_i].claim, target_names[t], got);
            ck_assert_int_eq(err.code, ERROR_TARGET);
            ck_assert_str_ne(err.hint, "");
        } else {
            ck_assert_msg(strcmp(got, want) == 0, "%s, %s: %s", cases[_i].claim, target_names[t],
                          got);
            ck_assert_int_eq(has_warning(&assessment, "macro") ||
                                 has_warning(&assessment, "setting"),
                             strcmp(want, "ok") != 0);
            ck_assert_uint_eq(assessment.anchor_count, further != NULL ? 2 : 1);
            ck_assert_int_eq(has_warning(&assessment, "intermediate-embedded"), further != NULL);
            if (further != NULL)
                ck_assert_int_eq(X509_cmp(assessment.anchor[1].x509, pki_cert(pki, further)), 0);
        }
        path_list_free(&list);
        presented_free(&presented);
    }
}
END_TEST

/* An intermediate that only --ca-file or --store holds has to go along for every target. */
START_TEST(assess_embeds_an_intermediate_that_is_not_sent)
{
    for (size_t t = 0; t < COUNT(target_names); t++) {
        struct error err = {.code = ERROR_NONE};
        struct assessment assessment = {.anchor_count = 0};
        struct presented presented = {.chain = NULL};
        struct path_list list = {0};
        ck_assert_int_eq(assess("leaf2 int2", "root int", target_names[t], &localhost, &list,
                                &presented, &assessment, &err),
                         0);
        ck_assert_uint_eq(assessment.anchor_count, 2);
        ck_assert_int_eq(X509_cmp(assessment.anchor[1].x509, pki_cert(pki, "int")), 0);
        ck_assert_uint_eq(assessment.anchor[1].path_length, 3);
        ck_assert(has_warning(&assessment, "intermediate-embedded"));
        path_list_free(&list);
        presented_free(&presented);
    }
}
END_TEST

START_TEST(assess_warns_of_addresses_and_dates)
{
    static const struct endpoint address = {
        .host = "192.0.2.1", .name = "192.0.2.1", .name_is_address = true};
    struct error err = {.code = ERROR_NONE};
    struct assessment assessment = {.anchor_count = 0};
    struct presented presented = {.chain = NULL};
    struct path_list list = {0};

    pki_add(
        pki,
        &(const struct pki_row){.name = "leaf_ip", .issuer = "root_expires", .san = "IP:192.0.2.1"},
        1);
    ck_assert_int_eq(assess("leaf_ip", "root_expires", "mbed-os", &address, &list, &presented,
                            &assessment, &err),
                     0);
    ck_assert(has_warning(&assessment, "address-not-matched"));
    ck_assert(has_warning(&assessment, "anchor-expires"));
    ck_assert_uint_eq(assessment.warning_count, 2);
    path_list_free(&list);
    presented_free(&presented);
}
END_TEST

START_TEST(assess_prefers_an_anchor_that_needs_no_macro)
{
    struct error err = {.code = ERROR_NONE};
    struct assessment assessment = {.anchor_count = 0};
    struct presented presented = {.chain = NULL};
    struct path_list list = {0};

    pki_add(
        pki,
        (const struct pki_row[]){
            {.name = "root_p521_c", .key = "p521/c", .flags = PKI_CA, .until = "20600101000000Z"},
            {.name = "twin_a",
             .subject = "twin",
             .key = "p256/twin",
             .issuer = "root_p521_c",
             .flags = PKI_CA},
            {.name = "twin_b",
             .subject = "twin",
             .key = "p256/twin",
             .issuer = "root",
             .flags = PKI_CA},
            {.name = "leaf_twin", .issuer = "twin_a", .san = SAN},
        },
        4);
    ck_assert_int_eq(assess("leaf_twin twin_b twin_a", "root root_p521_c", "mbed-os", &localhost,
                            &list, &presented, &assessment, &err),
                     0);
    ck_assert_int_eq(X509_cmp(assessment.anchor[0].x509, pki_cert(pki, "root")), 0);
    path_list_free(&list);
    presented_free(&presented);
    err = (struct error){.code = ERROR_NONE};
    ck_assert_int_eq(assess("leaf_twin twin_b twin_a", "root root_p521_c", "mbedtls", &localhost,
                            &list, &presented, &assessment, &err),
                     0);
    ck_assert_int_eq(X509_cmp(assessment.anchor[0].x509, pki_cert(pki, "root_p521_c")), 0);
    path_list_free(&list);
    presented_free(&presented);
}
END_TEST

START_TEST(device_judges_dates_by_its_own_clock)
{
    static const struct {
        int64_t at;
        const char *target; /* of which mbedtls-3.6 has a clock */
        bool want;
    } clocks[] = {{UNIT_AT, "mbedtls-3.6", true},
                  {0, "mbedtls-3.6", false},
                  {INT64_C(4102444800), "mbedtls-3.6", false},
                  {0, "mbed-os", true},
                  {INT64_C(4102444800), "mbed-os", true}};
    char *pem = pki_chain_pem(pki, "root");
    STACK_OF(X509) *chain = pki_chain(pki, "leaf int");

    for (size_t i = 0; i < COUNT(clocks); i++) {
        struct device_case device = {
            .anchors = pem,
            .anchors_size = strlen(pem) + 1,
            .anchor_count = 1,
            .chain = chain,
            .name = "localhost",
            .at = clocks[i].at,
            .target = target_find(clocks[i].target),
        };
        struct device_verdict verdict;
        struct error err = {.code = ERROR_NONE};
        ck_assert_int_eq(device_verify(&device, &verdict, &err), 0);
        ck_assert_msg(verdict.is_accepted == clocks[i].want, "%zu: %s", i, verdict.reason);
    }
    free(pem);
    sk_X509_pop_free(chain, X509_free);
}
END_TEST

START_TEST(device_tells_why_it_refuses)
{
    static const struct {
        const char *anchors, *presented, *name, *want;
        size_t count;
        const char *target;
    } refusals[] = {
        {"stranger", "leaf int", "localhost", "flags 0x08", 1, "mbed-os"},
        {"root", "leaf int", "other.example", "flags 0x04", 1, "mbed-os"},
        {"root", "leaf", "localhost", "flags 0x08", 1, "mbed-os"},
        {"root", "leaf int", "localhost", "of 2 anchors 1 can be parsed", 2, "mbed-os"},
        {"root_nc", "leaf_nc", "localhost", "of 1 anchors 0", 1, "mbed-os"},
        {"root", "leaf int int_nc", "localhost", "presented certificate 2 cannot be parsed", 1,
         "mbed-os"},
        {"root_ed", "leaf_ed", "localhost", "cannot be parsed", 1, "mbed-os"},
        {"root_sha224", "leaf_int_sha224 int_sha224", "localhost", "flags 0x08", 1, "mbed-os"},
        {"root", "leaf_int_sha224 int_sha224", "localhost", "flags 0x4000", 1, "mbedtls-3.6"},
        {"root_k256", "leaf_k256", "localhost", "flags 0x10000", 1, "mbedtls-3.6"},
        {"root", "leaf_ns_sgc", "localhost", "-0x7A00", 1, "mbed-os"},
        {"root", "leaf_encipher", "localhost", "-0x7A00", 1, "mbed-os"},
    };

    for (size_t i = 0; i < COUNT(refusals); i++) {
        char *pem = pki_chain_pem(pki, refusals[i].anchors);
        STACK_OF(X509) *chain = pki_chain(pki, refusals[i].presented);
        struct device_case device = {
            .anchors = pem,
            .anchors_size = strlen(pem) + 1,
            .anchor_count = refusals[i].count,
            .chain = chain,
            .name = refusals[i].name,
            .usages = USAGE_SIGNATURE,
            .at = UNIT_AT,
            .target = target_find(refusals[i].target),
        };
        struct device_verdict verdict;
        struct error err = {.code = ERROR_NONE};
        ck_assert_int_eq(device_verify(&device, &verdict, &err), 0);
        ck_assert(!verdict.is_accepted);
        ck_assert_msg(strstr(verdict.reason, refusals[i].want) != NULL ||
                          (i == 4 && strstr(verdict.reason, "cannot be parsed") != NULL),
                      "%s", verdict.reason);
        free(pem);
        sk_X509_pop_free(chain, X509_free);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("assess");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, assess_knows_what_a_target_takes, 0, COUNT(cases));
    tcase_add_test(tcase, assess_embeds_an_intermediate_that_is_not_sent);
    tcase_add_test(tcase, assess_warns_of_addresses_and_dates);
    tcase_add_test(tcase, assess_prefers_an_anchor_that_needs_no_macro);
    tcase_add_test(tcase, device_judges_dates_by_its_own_clock);
    tcase_add_test(tcase, device_tells_why_it_refuses);
    return unit_run("assess", tcase);
}
