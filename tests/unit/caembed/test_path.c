/* test_path.c -- every path is found and judged, and the policy chooses among them */
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "path/anchor.h"
#include "path/leaf.h"
#include "path/path.h"
#include "path/validate.h"
#include "unit.h"
#include "x509/cert.h"

#define SAN "DNS:localhost"

/* root: the plain hierarchy root > int > leaf. Keys named alike make cross-certificates. */
static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "other", .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf", .issuer = "int", .san = SAN},
    /* root, cross-signed by other; and other by root: a loop */
    {.name = "root_by_other",
     .subject = "root",
     .key = "p256/root",
     .issuer = "other",
     .flags = PKI_CA},
    {.name = "other_by_root",
     .subject = "other",
     .key = "p256/other",
     .issuer = "root",
     .flags = PKI_CA},
    /* twins of int: expired, not yet valid, by the other root */
    {.name = "int_expired",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .until = "20250101000000Z",
     .flags = PKI_CA},
    {.name = "int_future",
     .subject = "int",
     .key = "p256/int",
     .issuer = "root",
     .since = "20300101000000Z",
     .flags = PKI_CA},
    {.name = "int_by_other",
     .subject = "int",
     .key = "p256/int",
     .issuer = "other",
     .flags = PKI_CA},
    /* the same name with another key, the same key under another name */
    {.name = "root_namesake", .subject = "root", .flags = PKI_CA},
    {.name = "int_namesake", .subject = "int", .issuer = "root", .flags = PKI_CA},
    {.name = "root_alias", .key = "p256/root", .flags = PKI_CA},
    {.name = "root_again",
     .subject = "root",
     .key = "p256/root",
     .until = "20500101000000Z",
     .flags = PKI_CA},
    {.name = "root_old",
     .subject = "root",
     .key = "p256/root",
     .until = "20250101000000Z",
     .flags = PKI_CA},
    {.name = "root_v1", .subject = "root", .key = "p256/root", .flags = PKI_V1},
    /* a new key of the root's, certified by the old one */
    {.name = "root_rolled", .subject = "root", .issuer = "root", .flags = PKI_CA},
    {.name = "leaf_of_rolled", .issuer = "root_rolled", .san = SAN},
    /* a CA that is none */
    {.name = "int_no_ca", .subject = "int2", .issuer = "root"},
    {.name = "leaf_of_no_ca", .issuer = "int_no_ca", .san = SAN},
    {.name = "int_no_sign", .subject = "int3", .issuer = "root", .flags = PKI_CA | PKI_NO_SIGN},
    {.name = "leaf_of_no_sign", .issuer = "int_no_sign", .san = SAN},
    {.name = "int_pathlen", .subject = "int4", .issuer = "root", .flags = PKI_CA, .pathlen = 1},
    {.name = "int_below", .subject = "int5", .issuer = "int_pathlen", .flags = PKI_CA},
    {.name = "leaf_below", .issuer = "int_below", .san = SAN},
    {.name = "int_constrained",
     .subject = "int6",
     .issuer = "root",
     .flags = PKI_CA,
     .extension = "nameConstraints=critical,permitted;DNS:example.com"},
    {.name = "leaf_outside", .issuer = "int_constrained", .san = SAN},
    /* leaves by themselves */
    {.name = "self", .san = SAN},
    {.name = "leaf_expired", .issuer = "int", .san = SAN, .until = "20251231000000Z"},
    {.name = "leaf_future", .issuer = "int", .san = SAN, .since = "20260102000000Z"},
    {.name = "leaf_cn_only", .subject = "localhost", .issuer = "int"},
    {.name = "leaf_elsewhere", .issuer = "int", .san = "DNS:a.example,DNS:b.example"},
    {.name = "leaf_wildcard", .issuer = "int", .san = "DNS:*.example.com"},
    {.name = "leaf_address", .issuer = "int", .san = "IP:192.0.2.1"},
    {.name = "leaf_client", .issuer = "int", .san = SAN, .flags = PKI_CLIENT},
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

static enum anchor_fit fits(const struct path *path, const void *context)
{
    char subject[CERT_NAME_TEXT_SIZE];

    cert_subject_text(anchor_of(path), subject);
    return context != NULL && strcmp(subject, context) == 0 ? ANCHOR_NEEDS_MACRO : ANCHOR_FITS;
}

/* The row's name of a certificate. */
static const char *name_of(const X509 *cert)
{
    for (size_t i = 0; i < COUNT(rows); i++)
        if (cert_equal(pki_cert(pki, rows[i].name), cert))
            return rows[i].name;
    return "?";
}

static void add_path(const struct path *path, struct text *out)
{
    text_add(out, "%s", out->length > 0 ? ", " : "");
    for (size_t i = 0; i < path->length; i++)
        text_add(out, "%s%s", i > 0 ? " " : "", name_of(path->cert[i]));
    text_add(out, "%s",
             path->end == PATH_END_INCOMPLETE  ? "?"
             : path->end == PATH_END_PRESENTED ? "!"
             : path->verify_error != X509_V_OK ? " -"
                                               : "");
}

/* Paths: "?" the issuer is missing, "!" a presented root nobody trusts, " -" not valid. */
static const struct {
    const char *claim;
    const char *presented;
    const char *store;
    const char *want_paths;
    const char *want_anchor; /* NULL: none, for want_code */
    enum error_code want_code;
} cases[] = {
    {"root not sent", "leaf int", "root", "leaf int root", "root", 0},
    {"root sent", "leaf int root", "root", "leaf int root", "root", 0},
    {"any order", "leaf root int", "root", "leaf int root", "root", 0},
    {"duplicates", "leaf int int leaf root root", "root", "leaf int root", "root", 0},
    {"strangers", "leaf other self leaf_below int", "root", "leaf int root", "root", 0},
    {"store root over cross-certificate", "leaf int root_by_other", "root",
     "leaf int root_by_other?, leaf int root", "root", 0},
    {"both ends of a cross-certificate: the shorter", "leaf int root_by_other", "root other",
     "leaf int root, leaf int root_by_other other", "root", 0},
    {"only the far end is trusted", "leaf int root_by_other", "other",
     "leaf int root_by_other other", "other", 0},
    {"a loop of cross-certificates", "leaf int root_by_other other_by_root", "root",
     "leaf int root", "root", 0},
    {"a loop that nobody trusts", "leaf int root_by_other other_by_root", "self", "", NULL,
     ERROR_UNTRUSTED},
    {"expired twin first", "leaf int_expired int", "root", "leaf int_expired root -, leaf int root",
     "root", 0},
    {"valid twin first", "leaf int int_future", "root", "leaf int root, leaf int_future root -",
     "root", 0},
    {"expired twin only", "leaf int_expired", "root", "leaf int_expired root -", NULL,
     ERROR_EXPIRED},
    {"future twin only", "leaf int_future", "root", "leaf int_future root -", NULL,
     ERROR_NOT_YET_VALID},
    {"twins by two roots", "leaf int int_by_other", "other root",
     "leaf int root, leaf int_by_other other", "*", 0},
    {"an intermediate of the same name and another key", "leaf int_namesake int", "root",
     "leaf int root", "root", 0},
    {"two roots of one name, one fits", "leaf int", "root_namesake root", "leaf int root", "root",
     0},
    {"only the root of the wrong key", "leaf int", "root_namesake", "leaf int?", NULL,
     ERROR_UNTRUSTED},
    {"the key under another name does not fit", "leaf int", "root_alias", "leaf int?", NULL,
     ERROR_UNTRUSTED},
    {"two roots of one key: valid longest", "leaf int", "root root_again",
     "leaf int root, leaf int root_again", "root_again", 0},
    {"an expired root beside a valid one", "leaf int", "root_old root",
     "leaf int root_old -, leaf int root", "root", 0},
    {"an expired root only", "leaf int", "root_old", "leaf int root_old -", NULL, ERROR_EXPIRED},
    {"a version 1 root", "leaf int", "root_v1", "leaf int root_v1", "root_v1", 0},
    {"another copy of the root presented", "leaf int root_again", "root",
     "leaf int root_again!, leaf int root", "root", 0},
    {"unknown root", "leaf int root", "other", "leaf int root!", NULL, ERROR_UNKNOWN_ROOT},
    {"unknown root, not sent", "leaf int", "other", "leaf int?", NULL, ERROR_UNTRUSTED},
    {"missing intermediate", "leaf root", "root", "leaf?", NULL, ERROR_UNTRUSTED},
    {"intermediate from the store's file", "leaf", "root int", "leaf int root", "root", 0},
    {"intermediate in the store is no anchor", "leaf", "int self", "leaf int?", NULL,
     ERROR_UNTRUSTED},
    {"a new key from the store's file, which OpenSSL takes for a root", "leaf_of_rolled",
     "root root_rolled", "leaf_of_rolled root_rolled root -", NULL, ERROR_UNTRUSTED},
    {"a new key is no anchor", "leaf_of_rolled", "root_rolled", "leaf_of_rolled root_rolled?", NULL,
     ERROR_UNTRUSTED},
    {"a new key is no anchor, presented", "leaf_of_rolled root_rolled", "root_rolled",
     "leaf_of_rolled root_rolled?", NULL, ERROR_UNTRUSTED},
    {"self-signed leaf", "self", "root", "self!", NULL, ERROR_UNKNOWN_ROOT},
    {"self-signed leaf, trusted", "self", "self", "self", "self", 0},
    {"an intermediate that is no CA", "leaf_of_no_ca int_no_ca", "root",
     "leaf_of_no_ca int_no_ca root -", NULL, ERROR_UNTRUSTED},
    {"an intermediate that may not sign", "leaf_of_no_sign int_no_sign", "root",
     "leaf_of_no_sign int_no_sign root -", NULL, ERROR_UNTRUSTED},
    {"path length constraint", "leaf_below int_below int_pathlen", "root",
     "leaf_below int_below int_pathlen root -", NULL, ERROR_UNTRUSTED},
    {"name constraint", "leaf_outside int_constrained", "root",
     "leaf_outside int_constrained root -", NULL, ERROR_UNTRUSTED},
};

static const struct path_rules rules = {UNIT_AT, 2048, false, false};
static const struct endpoint localhost = {.host = "localhost", .name = "localhost", .port = 443};

START_TEST(path_finds_and_policy_chooses)
{
    struct error err = {.code = ERROR_NONE};
    const struct accepted_roots none = {NULL, 0};
    const struct anchor_policy policy = {.fit = fits};
    struct store *store = unit_store(pki, cases[_i].store);
    STACK_OF(X509) *chain = pki_chain(pki, cases[_i].presented);
    struct path_list list = {0};
    struct text found = {0};
    const struct path *chosen = NULL;
    enum anchor_reason reason;
    int rv;

    ck_assert_int_eq(path_build(chain, store, &none, &list, &err), 0);
    ck_assert_int_eq(validate_paths(&list, &localhost, &rules, &err), 0);
    text_add(&found, "%s", "");
    for (size_t i = 0; i < list.count; i++)
        add_path(&list.path[i], &found);
    /* Equal lengths come in the order of the store's roots, which is that of their hashes. */
    if (strchr(cases[_i].want_paths, ',') == NULL || strstr(cases[_i].store, "root_") == NULL)
        ck_assert_msg(strcmp(found.data, cases[_i].want_paths) == 0, "%s: found %s",
                      cases[_i].claim, found.data);
    rv = anchor_choose(&list, &policy, &chosen, &reason, &err);
    if (cases[_i].want_anchor == NULL) {
        ck_assert_int_eq(rv, -1);
        ck_assert_msg(err.code == cases[_i].want_code, "%s: %s", cases[_i].claim, err.message);
        ck_assert_str_ne(err.hint, "");
    } else {
        ck_assert_msg(rv == 0, "%s: %s", cases[_i].claim, err.message);
        if (strcmp(cases[_i].want_anchor, "*") != 0)
            ck_assert_str_eq(name_of(anchor_of(chosen)), cases[_i].want_anchor);
    }
    text_free(&found);
    path_list_free(&list);
    sk_X509_pop_free(chain, X509_free);
    store_free(store);
}
END_TEST

/* Runs a chain to its anchor. */
static const char *choose(const char *presented, const char *roots,
                          const struct accepted_roots *accepted, const struct anchor_policy *policy,
                          enum anchor_reason *reason, struct error *err)
{
    struct store *store = unit_store(pki, roots);
    STACK_OF(X509) *chain = pki_chain(pki, presented);
    struct path_list list = {0};
    const struct path *chosen;
    const char *name = NULL;

    if (path_build(chain, store, accepted, &list, err) == 0 &&
        validate_paths(&list, &localhost, &rules, err) == 0 &&
        anchor_choose(&list, policy, &chosen, reason, err) == 0)
        name = name_of(anchor_of(chosen));
    path_list_free(&list);
    sk_X509_pop_free(chain, X509_free);
    store_free(store);
    return name;
}

START_TEST(anchor_rules_apply_in_their_order)
{
    static const struct {
        const char *presented, *store, *needs_macro, *want;
        enum anchor_reason want_reason;
    } choices[] = {
        {"leaf int", "root", NULL, "root", ANCHOR_ONLY},
        {"leaf int root_by_other", "root other", NULL, "root", ANCHOR_SHORTEST_PATH},
        {"leaf int root_by_other", "root other", "CN=root", "root", ANCHOR_SHORTEST_PATH},
        {"leaf int int_by_other", "root other", "CN=root", "other", ANCHOR_NO_MACRO},
        {"leaf int int_by_other", "root other", "CN=other", "root", ANCHOR_NO_MACRO},
        {"leaf int", "root root_again", NULL, "root_again", ANCHOR_VALID_LONGEST},
    };
    const struct accepted_roots none = {NULL, 0};

    for (size_t i = 0; i < COUNT(choices); i++) {
        const struct anchor_policy policy = {.fit = fits, .context = choices[i].needs_macro};
        struct error err = {.code = ERROR_NONE};
        enum anchor_reason reason = ANCHOR_ONLY;
        ck_assert_pstr_eq(
            choose(choices[i].presented, choices[i].store, &none, &policy, &reason, &err),
            choices[i].want);
        ck_assert_int_eq(reason, choices[i].want_reason);
    }
}
END_TEST

START_TEST(anchor_ties_go_to_the_lowest_sha256)
{
    const struct accepted_roots none = {NULL, 0};
    const struct anchor_policy policy = {.fit = fits};
    struct error err = {.code = ERROR_NONE};
    enum anchor_reason reason;
    char root[SHA256_TEXT_SIZE], other[SHA256_TEXT_SIZE];
    const char *lower;

    ck_assert_int_eq(cert_sha256_text(pki_cert(pki, "root"), root), 0);
    ck_assert_int_eq(cert_sha256_text(pki_cert(pki, "other"), other), 0);
    lower = strcmp(root, other) < 0 ? "root" : "other";
    ck_assert_pstr_eq(choose("leaf int int_by_other", "root other", &none, &policy, &reason, &err),
                      lower);
    ck_assert_pstr_eq(choose("leaf int_by_other int", "other root", &none, &policy, &reason, &err),
                      lower);
    ck_assert_int_eq(reason, ANCHOR_LOWEST_SHA256);
}
END_TEST

START_TEST(anchor_accepts_exactly_the_root_that_is_named)
{
    uint8_t digest[1][SHA256_LENGTH];
    const struct accepted_roots accepted = {digest, 1};
    const struct anchor_policy policy = {.fit = fits};
    struct error err = {.code = ERROR_NONE};
    enum anchor_reason reason;

    ck_assert_int_eq(cert_sha256(pki_cert(pki, "root"), digest[0]), 0);
    ck_assert_pstr_eq(choose("leaf int root", "other", &accepted, &policy, &reason, &err), "root");
    digest[0][31] ^= 1;
    ck_assert_ptr_null(choose("leaf int root", "other", &accepted, &policy, &reason, &err));
    ck_assert_int_eq(err.code, ERROR_UNKNOWN_ROOT);
    /* An intermediate is no root, whatever its fingerprint. */
    err = (struct error){.code = ERROR_NONE};
    ck_assert_int_eq(cert_sha256(pki_cert(pki, "int"), digest[0]), 0);
    ck_assert_ptr_null(choose("leaf int", "other", &accepted, &policy, &reason, &err));
    ck_assert_int_eq(err.code, ERROR_UNTRUSTED);
}
END_TEST

START_TEST(leaf_check_tells_why)
{
    static const struct {
        const char *leaf;
        struct endpoint endpoint;
        enum error_code want;
    } leaves[] = {
        {"leaf", {.name = "localhost"}, ERROR_NONE},
        {"leaf_expired", {.name = "localhost"}, ERROR_EXPIRED},
        {"leaf_future", {.name = "localhost"}, ERROR_NOT_YET_VALID},
        {"leaf_cn_only", {.name = "localhost"}, ERROR_NAME_MISMATCH},
        {"leaf_elsewhere", {.name = "localhost"}, ERROR_NAME_MISMATCH},
        {"leaf_elsewhere", {.name = "b.example"}, ERROR_NONE},
        {"leaf_wildcard", {.name = "www.example.com"}, ERROR_NONE},
        {"leaf_wildcard", {.name = "example.com"}, ERROR_NAME_MISMATCH},
        {"leaf_wildcard", {.name = "a.b.example.com"}, ERROR_NAME_MISMATCH},
        {"leaf_address", {.name = "192.0.2.1", .name_is_address = true}, ERROR_NONE},
        {"leaf_address", {.name = "192.0.2.2", .name_is_address = true}, ERROR_NAME_MISMATCH},
        {"leaf", {.name = "192.0.2.1", .name_is_address = true}, ERROR_NAME_MISMATCH},
        {"leaf_client", {.name = "localhost"}, ERROR_UNTRUSTED},
    };

    for (size_t i = 0; i < COUNT(leaves); i++) {
        struct error err = {.code = ERROR_NONE};
        STACK_OF(X509) *chain = pki_chain(pki, leaves[i].leaf);
        int rv = leaf_check(chain, &leaves[i].endpoint, &rules, &err);
        ck_assert_int_eq(rv, leaves[i].want == ERROR_NONE ? 0 : -1);
        ck_assert_msg(err.code == leaves[i].want, "%s: %s", leaves[i].leaf, err.message);
        sk_X509_pop_free(chain, X509_free);
    }
}
END_TEST

START_TEST(path_honours_distrust_after)
{
    struct error err = {.code = ERROR_NONE};
    struct path_list list = {0};
    struct store *store = unit_store(pki, "root");
    STACK_OF(X509) *chain = pki_chain(pki, "leaf int");
    const struct accepted_roots none = {NULL, 0};
    const struct anchor_policy policy = {.fit = fits};
    const struct path *chosen;
    enum anchor_reason reason;
    int64_t issued = cert_not_before(pki_cert(pki, "leaf"));

    ck_assert_int_eq(path_build(chain, store, &none, &list, &err), 0);
    list.path[0].distrust_after = issued; /* issued at that very moment: still trusted */
    ck_assert_int_eq(validate_paths(&list, &localhost, &rules, &err), 0);
    ck_assert(path_is_valid(&list.path[0]));
    list.path[0].distrust_after = issued - 1;
    ck_assert_int_eq(validate_paths(&list, &localhost, &rules, &err), 0);
    ck_assert(!path_is_valid(&list.path[0]));
    ck_assert_int_eq(anchor_choose(&list, &policy, &chosen, &reason, &err), -1);
    ck_assert_int_eq(err.code, ERROR_DISTRUSTED);
    path_list_free(&list);
    sk_X509_pop_free(chain, X509_free);
    store_free(store);
}
END_TEST

/* ---- bounds ---- */

/* A chain of `count` intermediates below root, and a leaf; returns the presented names. */
static struct pki *make_tower(int count, char *names, size_t size)
{
    struct pki *tower = pki_new(&(const struct pki_row){.name = "top", .flags = PKI_CA}, 1);
    size_t used = (size_t)snprintf(names, size, "leaf");
    char above[24] = "top";

    for (int i = 0; i < count; i++) {
        char name[24];
        snprintf(name, sizeof name, "ca%d", i);
        pki_add(tower, &(const struct pki_row){.name = name, .issuer = above, .flags = PKI_CA}, 1);
        memcpy(above, name, sizeof above);
        used += (size_t)snprintf(names + used, size - used, " %s", name);
    }
    pki_add(tower, &(const struct pki_row){.name = "leaf", .issuer = above, .san = SAN}, 1);
    return tower;
}

START_TEST(path_length_is_bounded)
{
    static const struct {
        int intermediates;
        int want;
    } towers[] = {{8, 0}, {9, 0}, {PATH_LENGTH_MAX - 2, 0}, {PATH_LENGTH_MAX - 1, -1}};

    for (size_t i = 0; i < COUNT(towers); i++) {
        char names[512];
        struct pki *tower = make_tower(towers[i].intermediates, names, sizeof names);
        STACK_OF(X509) *chain = pki_chain(tower, names);
        char *pem = pki_chain_pem(tower, "top");
        const struct accepted_roots none = {NULL, 0};
        struct error err = {.code = ERROR_NONE};
        struct path_list list = {0};
        struct store *store = NULL;
        ck_assert_int_eq(store_open_text(pem, strlen(pem), false, &store, &err), 0);
        ck_assert_int_eq(path_build(chain, store, &none, &list, &err), towers[i].want);
        ck_assert_int_eq(err.code, towers[i].want == 0 ? ERROR_NONE : ERROR_LIMIT);
        if (towers[i].want == 0) {
            ck_assert_int_eq(validate_paths(&list, &localhost, &rules, &err), 0);
            ck_assert(path_is_valid(&list.path[0]));
        }
        path_list_free(&list);
        store_free(store);
        free(pem);
        sk_X509_pop_free(chain, X509_free);
        pki_free(tower);
    }
}
END_TEST

/* Every CA signs every other: the number of simple paths is factorial. */
START_TEST(path_building_in_a_clique_stops)
{
    enum { SIZE = 12 };
    struct pki *clique = pki_new(&(const struct pki_row){.name = "far", .flags = PKI_CA}, 1);
    STACK_OF(X509) * chain;
    const struct accepted_roots none = {NULL, 0};
    struct error err = {.code = ERROR_NONE};
    struct path_list list = {0};
    struct store *store = unit_store(pki, "root");
    char names[2048] = "leaf";

    for (int i = 0; i < SIZE; i++) {
        char name[24];
        snprintf(name, sizeof name, "ca%d", i);
        pki_add(clique, &(const struct pki_row){.name = name, .flags = PKI_CA}, 1);
    }
    for (int i = 0; i < SIZE; i++) {
        for (int k = 0; k < SIZE; k++) {
            char name[24], subject[24], key[24], issuer[24];
            snprintf(name, sizeof name, "x%d_%d", i, k);
            snprintf(subject, sizeof subject, "ca%d", i);
            snprintf(key, sizeof key, "p256/ca%d", i);
            snprintf(issuer, sizeof issuer, "ca%d", k);
            if (i == k)
                continue;
            pki_add(clique,
                    &(const struct pki_row){.name = name,
                                            .subject = subject,
                                            .key = key,
                                            .issuer = issuer,
                                            .flags = PKI_CA},
                    1);
            strcat(names, " ");
            strcat(names, name);
        }
    }
    pki_add(clique, &(const struct pki_row){.name = "leaf", .issuer = "ca0", .san = SAN}, 1);
    chain = pki_chain(clique, names);
    ck_assert_int_eq(path_build(chain, store, &none, &list, &err), -1);
    ck_assert_int_eq(err.code, ERROR_LIMIT);
    sk_X509_pop_free(chain, X509_free);
    store_free(store);
    pki_free(clique);
}
END_TEST

/* Hostile keys make a check slow (13 ms for DSA of 10,000 bits), so that all of them count: also
 * those that say whether a presented certificate is a root. */
START_TEST(path_signature_checks_are_bounded)
{
    /* Those that could have signed the leaf by their name count; strangers do not. */
    static const struct {
        const char *name;
        int count;
        int want;
    } crowds[] = {{"int", PATH_SIGNATURE_CHECKS_MAX - 8, 0},
                  {"int", PATH_SIGNATURE_CHECKS_MAX, -1},
                  {"nobody", PATH_SIGNATURE_CHECKS_MAX + 100, 0}};
    const struct accepted_roots none = {NULL, 0};
    struct store *store = unit_store(pki, "root");

    for (size_t i = 0; i < COUNT(crowds); i++) {
        STACK_OF(X509) *chain = pki_chain(pki, "leaf int");
        struct path_list list = {0};
        struct error err = {.code = ERROR_NONE};
        for (int k = 0; k < crowds[i].count; k++) {
            const struct pki_row row = {
                .name = crowds[i].name, .key = "p256/crowd", .flags = PKI_CA};
            struct pki *one = pki_new(&row, 1);
            X509 *cert = pki_cert(one, crowds[i].name);
            ck_assert_int_eq(X509_up_ref(cert), 1);
            ck_assert_int_gt(sk_X509_push(chain, cert), 0);
            pki_free(one);
        }
        ck_assert_int_eq(path_build(chain, store, &none, &list, &err), crowds[i].want);
        ck_assert_int_eq(err.code, crowds[i].want == 0 ? ERROR_NONE : ERROR_LIMIT);
        path_list_free(&list);
        sk_X509_pop_free(chain, X509_free);
    }
    store_free(store);
}
END_TEST

/* A public key that nobody has the other half of, so that it is quickly made: any odd number. */
static EVP_PKEY *make_rsa(int bits, int exponent_bits)
{
    BIGNUM *modulus = BN_new(), *exponent = BN_new();
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    OSSL_PARAM *params;
    EVP_PKEY *key = NULL;

    ck_assert(BN_rand(modulus, bits, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD) == 1 &&
              BN_rand(exponent, exponent_bits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, exponent) == 1);
    params = OSSL_PARAM_BLD_to_param(builder);
    ck_assert(EVP_PKEY_fromdata_init(context) == 1 &&
              EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) == 1);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(builder);
    EVP_PKEY_CTX_free(context);
    BN_free(modulus);
    BN_free(exponent);
    return key;
}

/* A CA called like int, with that key. */
static X509 *make_namesake(EVP_PKEY *key)
{
    struct pki *one =
        pki_new(&(const struct pki_row){.name = "int", .key = "p256/signer", .flags = PKI_CA}, 1);
    X509 *cert = X509_dup(pki_cert(one, "int"));
    unsigned char *der = NULL;
    const unsigned char *end;
    int length;

    ck_assert(X509_set_pubkey(cert, key) == 1 &&
              X509_sign(cert, pki_key(one, "int"), EVP_sha256()) > 0);
    length = i2d_X509(cert, &der);
    X509_free(cert);
    end = der;
    cert = d2i_X509(NULL, &end, length);
    ck_assert_ptr_nonnull(cert);
    OPENSSL_free(der);
    pki_free(one);
    return cert;
}

static double cpu_ms(void)
{
    return (double)clock() * 1000 / CLOCKS_PER_SEC;
}

/* Each with as many namesakes of the issuer as a server can send; none of them signed the leaf.
 * Before the bound by cost the first took 3.6 s. */
START_TEST(path_building_is_bounded_by_cost)
{
    static const struct {
        const char *claim, *leaf_key;
        int bits, exponent_bits; /* 0: a curve, sect571k1 */
        int count;
        enum error_code want;
    } crowds[] = {
        {"600 of RSA 3072 with large exponents", "rsa3072/i", 3072, 3072, 600, ERROR_LIMIT},
        {"300 of RSA 8192", "rsa8192/i", 8192, 64, 300, ERROR_LIMIT},
        {"60 of sect571k1", "p256/i", 0, 0, 60, ERROR_LIMIT},
        {"500 of RSA 2048", "rsa2048/i", 2048, 17, 500, ERROR_NONE},
        {"50 of RSA 4096", "rsa4096/i", 4096, 17, 50, ERROR_NONE},
    };
    const struct accepted_roots none = {NULL, 0};

    for (size_t i = 0; i < COUNT(crowds); i++) {
        const struct pki_row tower[] = {
            {.name = "root", .flags = PKI_CA},
            {.name = "int", .key = crowds[i].leaf_key, .issuer = "root", .flags = PKI_CA},
            {.name = "leaf", .issuer = "int", .san = SAN},
        };
        struct pki *made = pki_new(tower, COUNT(tower));
        STACK_OF(X509) *chain = pki_chain(made, "leaf");
        struct store *store = unit_store(made, "root");
        struct path_list list = {0};
        struct error err = {.code = ERROR_NONE};
        double since;
        for (int k = 0; k < crowds[i].count; k++) {
            EVP_PKEY *key = crowds[i].bits > 0 ? make_rsa(crowds[i].bits, crowds[i].exponent_bits)
                                               : EVP_EC_gen("sect571k1");
            ck_assert_int_gt(sk_X509_push(chain, make_namesake(key)), 0);
            EVP_PKEY_free(key);
        }
        X509_up_ref(pki_cert(made, "int"));
        ck_assert_int_gt(sk_X509_push(chain, pki_cert(made, "int")), 0);
        since = cpu_ms();
        if (path_build(chain, store, &none, &list, &err) == 0)
            ck_assert_int_eq(validate_paths(&list, &localhost, &rules, &err), 0);
        printf("test_path: %s: %.0f ms of CPU\n", crowds[i].claim, cpu_ms() - since);
        ck_assert_msg(err.code == crowds[i].want, "%s: %s", crowds[i].claim, err.message);
        ck_assert(err.code == ERROR_NONE ? path_is_valid(&list.path[0]) : err.hint[0] != '\0');
        path_list_free(&list);
        sk_X509_pop_free(chain, X509_free);
        store_free(store);
        pki_free(made);
    }
}
END_TEST

/* A leaf with many names below a CA with many constraints: each is compared with each. */
START_TEST(name_constraints_are_bounded_by_cost)
{
    static const struct {
        int names, subtrees;
        enum error_code want;
    } products[] = {{10000, 20, ERROR_NONE}, {1000, 1000, ERROR_NONE}, {10000, 200, ERROR_LIMIT}};
    const struct accepted_roots none = {NULL, 0};
    const struct anchor_policy policy = {.fit = fits};

    for (size_t i = 0; i < COUNT(products); i++) {
        struct text names = {0}, subtrees = {0};
        struct pki *made = pki_new(&(const struct pki_row){.name = "root", .flags = PKI_CA}, 1);
        struct path_list list = {0};
        struct error err = {.code = ERROR_NONE};
        const struct path *chosen;
        enum anchor_reason reason;
        struct store *store;
        STACK_OF(X509) * chain;
        double since;

        text_add(&names, SAN);
        text_add(&subtrees, "nameConstraints=permitted;DNS:localhost,permitted;DNS:example");
        for (int k = 1; k < products[i].names; k++)
            text_add(&names, ",DNS:n%d.example", k);
        for (int k = 2; k < products[i].subtrees; k++)
            text_add(&subtrees, ",excluded;DNS:n%d.test", k);
        pki_add(made,
                &(const struct pki_row){
                    .name = "int", .issuer = "root", .flags = PKI_CA, .extension = subtrees.data},
                1);
        pki_add(made, &(const struct pki_row){.name = "leaf", .issuer = "int", .san = names.data},
                1);
        chain = pki_chain(made, "leaf int");
        store = unit_store(made, "root");
        since = cpu_ms();
        ck_assert_int_eq(path_build(chain, store, &none, &list, &err), 0);
        ck_assert_int_eq(validate_paths(&list, &localhost, &rules, &err), 0);
        (void)!anchor_choose(&list, &policy, &chosen, &reason, &err);
        printf("test_path: %d names, %d subtrees: %.0f ms of CPU\n", products[i].names,
               products[i].subtrees, cpu_ms() - since);
        ck_assert_msg(err.code == products[i].want, "%d: %s", (int)i, err.message);
        text_free(&names);
        text_free(&subtrees);
        path_list_free(&list);
        sk_X509_pop_free(chain, X509_free);
        store_free(store);
        pki_free(made);
    }
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("path");

    tcase_add_unchecked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, path_finds_and_policy_chooses, 0, COUNT(cases));
    tcase_add_test(tcase, anchor_rules_apply_in_their_order);
    tcase_add_test(tcase, anchor_ties_go_to_the_lowest_sha256);
    tcase_add_test(tcase, anchor_accepts_exactly_the_root_that_is_named);
    tcase_add_test(tcase, leaf_check_tells_why);
    tcase_add_test(tcase, path_honours_distrust_after);
    tcase_add_test(tcase, path_length_is_bounded);
    tcase_add_test(tcase, path_building_in_a_clique_stops);
    tcase_add_test(tcase, path_signature_checks_are_bounded);
    tcase_add_test(tcase, path_building_is_bounded_by_cost);
    tcase_add_test(tcase, name_constraints_are_bounded_by_cost);
    return unit_run("path", tcase);
}
