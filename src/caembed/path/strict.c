/* strict.c -- a path -> what OpenSSL does not say of it: wildcards, qualifiers, weak links */
#include "path/strict.h"

#include <ctype.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

#include "path/fault.h"
#include "x509/cert.h"

#define EC_MIN_BITS 224
#define OPENSSL_NAME_CHECKS_MAX (1 << 20) /* NAME_CHECK_MAX; beyond it gives up without a word */

static void set_fault(struct path *path, int verify_error, size_t depth)
{
    if (path->verify_error != X509_V_OK)
        return;
    path->verify_error = verify_error;
    path->verify_depth = (int)depth;
}

/* The extension as OpenSSL decodes it; NULL if there is none, or it cannot be read, which OpenSSL
 * says itself. The caller frees by type. */
static int decode(const X509 *cert, int nid, struct cost *cost, void **out, struct error *err)
{
    int index = X509_get_ext_by_NID(cert, nid, -1);
    const ASN1_OCTET_STRING *data;

    *out = NULL;
    if (index < 0)
        return 0;
    data = X509_EXTENSION_get_data(X509_get_ext(cert, index));
    if (cost_spend(cost, (uint64_t)ASN1_STRING_length(data) / 25, "the extensions", err) != 0)
        return -1;
    *out = X509_get_ext_d2i(cert, nid, NULL, NULL);
    ERR_clear_error();
    return 0;
}

/* ---- name constraints ---- */

/* The names that OpenSSL compares with constraints: of the subject, and the alternative ones. */
static int count_names(const X509 *cert, struct cost *cost, size_t *out, struct error *err)
{
    void *names;

    if (decode(cert, NID_subject_alt_name, cost, &names, err) != 0)
        return -1;
    *out = (size_t)X509_NAME_entry_count(X509_get_subject_name(cert));
    if (names != NULL)
        *out += (size_t)sk_GENERAL_NAME_num(names);
    GENERAL_NAMES_free(names);
    return 0;
}

static size_t subtree_count(const NAME_CONSTRAINTS *constraints)
{
    int permitted = sk_GENERAL_SUBTREE_num(constraints->permittedSubtrees);
    int excluded = sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees);

    return (size_t)(permitted > 0 ? permitted : 0) + (size_t)(excluded > 0 ? excluded : 0);
}

/* One CA's constraints against every certificate below it. */
static int count_comparisons(struct path *path, size_t ca, size_t subtrees, struct cost *cost,
                             struct error *err)
{
    for (size_t i = 0; i < ca; i++) {
        size_t names;
        if (count_names(path->cert[i], cost, &names, err) != 0)
            return -1;
        if (subtrees > 0 && names > OPENSSL_NAME_CHECKS_MAX / subtrees)
            set_fault(path, PATH_FAULT_NAME_LIMIT, i);
        else if (cost_spend(cost, names * subtrees / 30, "the name constraints", err) != 0)
            return -1;
    }
    return 0;
}

static int check_name_counts(struct path *path, struct cost *cost, struct error *err)
{
    for (size_t ca = 1; ca < path->length; ca++) {
        void *constraints;
        size_t subtrees;
        if (decode(path->cert[ca], NID_name_constraints, cost, &constraints, err) != 0)
            return -1;
        if (constraints == NULL)
            continue;
        subtrees = subtree_count(constraints);
        NAME_CONSTRAINTS_free(constraints);
        if (count_comparisons(path, ca, subtrees, cost, err) != 0)
            return -1;
    }
    return 0;
}

/* Whether "*.SUFFIX" could stand for a name in the subtree of `base`: one label before SUFFIX may
 * be just what makes it the base. Where SUFFIX itself lies in the subtree OpenSSL sees it. */
static bool wildcard_reaches(const ASN1_STRING *name, const ASN1_STRING *base)
{
    const char *wildcard = (const char *)ASN1_STRING_get0_data(name);
    const char *subtree = (const char *)ASN1_STRING_get0_data(base);
    const int suffix_length = ASN1_STRING_length(name) - 1; /* with its dot */
    const int label_length = ASN1_STRING_length(base) - suffix_length;

    return suffix_length > 1 && wildcard[0] == '*' && wildcard[1] == '.' && label_length > 0 &&
           memchr(subtree, '.', (size_t)label_length) == NULL &&
           strncasecmp(subtree + label_length, wildcard + 1, (size_t)suffix_length) == 0;
}

static bool excludes_wildcard(const NAME_CONSTRAINTS *constraints, const GENERAL_NAMES *names)
{
    for (int i = 0; i < sk_GENERAL_SUBTREE_num(constraints->excludedSubtrees); i++) {
        const GENERAL_NAME *base = sk_GENERAL_SUBTREE_value(constraints->excludedSubtrees, i)->base;
        for (int k = 0; base->type == GEN_DNS && k < sk_GENERAL_NAME_num(names); k++) {
            const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, k);
            if (name->type == GEN_DNS && wildcard_reaches(name->d.dNSName, base->d.dNSName))
                return true;
        }
    }
    return false;
}

/* The leaf's wildcards against the excluded subtrees of every CA above it. */
static int check_wildcards(struct path *path, struct cost *cost, struct error *err)
{
    for (size_t ca = 1; ca < path->length; ca++) {
        void *constraints, *names = NULL;
        if (decode(path->cert[ca], NID_name_constraints, cost, &constraints, err) != 0)
            return -1;
        if (constraints == NULL)
            continue;
        if (decode(path->cert[0], NID_subject_alt_name, cost, &names, err) != 0) {
            NAME_CONSTRAINTS_free(constraints);
            return -1;
        }
        if (names != NULL && excludes_wildcard(constraints, names))
            set_fault(path, PATH_FAULT_WILDCARD, 0);
        GENERAL_NAMES_free(names);
        NAME_CONSTRAINTS_free(constraints);
    }
    return 0;
}

/* ---- policies ---- */

static bool has_unknown_qualifier(const CERTIFICATEPOLICIES *policies)
{
    for (int i = 0; i < sk_POLICYINFO_num(policies); i++) {
        const STACK_OF(POLICYQUALINFO) *qualifiers = sk_POLICYINFO_value(policies, i)->qualifiers;
        for (int k = 0; k < sk_POLICYQUALINFO_num(qualifiers); k++) {
            int nid = OBJ_obj2nid(sk_POLICYQUALINFO_value(qualifiers, k)->pqualid);
            if (nid != NID_id_qt_cps && nid != NID_id_qt_unotice)
                return true;
        }
    }
    return false;
}

/* The anchor is taken for its name and key alone. */
static int check_qualifiers(struct path *path, struct cost *cost, struct error *err)
{
    for (size_t i = 0; i + 1 < path->length; i++) {
        int index = X509_get_ext_by_NID(path->cert[i], NID_certificate_policies, -1);
        void *policies;
        if (index < 0 || !X509_EXTENSION_get_critical(X509_get_ext(path->cert[i], index)))
            continue;
        if (decode(path->cert[i], NID_certificate_policies, cost, &policies, err) != 0)
            return -1;
        if (policies != NULL && has_unknown_qualifier(policies))
            set_fault(path, PATH_FAULT_QUALIFIER, i);
        CERTIFICATEPOLICIES_free(policies);
    }
    return 0;
}

/* ---- key identifiers ---- */

static void check_key_ids(struct path *path)
{
    for (size_t i = 0; i + 1 < path->length; i++) {
        int error = X509_check_issued(path->cert[i + 1], path->cert[i]);
        if (error == X509_V_ERR_AKID_SKID_MISMATCH ||
            error == X509_V_ERR_AKID_ISSUER_SERIAL_MISMATCH)
            set_fault(path, PATH_FAULT_KEY_ID, i);
    }
}

/* ---- strength ---- */

static bool has_weak_hash(X509 *cert)
{
    int hash = NID_undef;

    if (X509_get_signature_info(cert, &hash, NULL, NULL, NULL) != 1)
        hash = NID_undef;
    ERR_clear_error();
    return hash == NID_sha1 || hash == NID_md5 || hash == NID_md5_sha1 || hash == NID_md4 ||
           hash == NID_md2 || hash == NID_ripemd160;
}

static bool has_weak_key(const X509 *cert, int rsa_min_bits)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);

    switch (key != NULL ? EVP_PKEY_get_base_id(key) : NID_undef) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
    case EVP_PKEY_DSA:
        return EVP_PKEY_get_bits(key) < rsa_min_bits;
    case EVP_PKEY_EC:
        return EVP_PKEY_get_bits(key) < EC_MIN_BITS;
    default:
        return false;
    }
}

int strict_weakness(X509 *cert, const struct path_rules *rules)
{
    if (has_weak_hash(cert))
        return PATH_FAULT_WEAK_HASH;
    return has_weak_key(cert, rules->rsa_min_bits) ? PATH_FAULT_WEAK_KEY : X509_V_OK;
}

void strict_check_strength(struct path *path, const struct path_rules *rules)
{
    const size_t count = path->length - (path->end == PATH_END_INCOMPLETE ? 0 : 1);

    for (size_t i = 0; i < count; i++) {
        int weakness = strict_weakness(path->cert[i], rules);
        if (weakness != X509_V_OK)
            set_fault(path, weakness, i);
    }
}

/* OpenSSL passes over extensions that it cannot read when it is told which issuer to take. */
static void check_extensions(struct path *path)
{
    for (size_t i = 0; i < path->length; i++)
        if (X509_check_purpose(path->cert[i], -1, 0) != 1)
            set_fault(path, X509_V_ERR_INVALID_EXTENSION, i);
    ERR_clear_error();
}

int strict_check_before(struct path *path, const struct path_rules *rules, struct cost *cost,
                        struct error *err)
{
    check_extensions(path);
    if (check_name_counts(path, cost, err) != 0)
        return -1;
    if (!rules->ignores_key_ids)
        check_key_ids(path);
    return 0;
}

int strict_check_after(struct path *path, const struct path_rules *rules, struct cost *cost,
                       struct error *err)
{
    if (check_wildcards(path, cost, err) != 0 || check_qualifiers(path, cost, err) != 0)
        return -1;
    strict_check_strength(path, rules);
    return 0;
}
