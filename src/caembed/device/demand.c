/* demand.c -- certificate -> the features that it takes to parse it */
#include "device/demand.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdio.h>

/* OpenSSL's identifier of a hash or curve, and the feature it takes. */
static const struct {
    int nid;
    unsigned bit;
} nids[] = {
    {NID_md5, FEATURE_MD5},
    {NID_sha1, FEATURE_SHA1},
    {NID_sha224, FEATURE_SHA224},
    {NID_sha256, FEATURE_SHA2_256},
    {NID_sha384, FEATURE_SHA2_512},
    {NID_sha512, FEATURE_SHA2_512},
    {NID_X9_62_prime192v1, FEATURE_P192},
    {NID_secp224r1, FEATURE_P224},
    {NID_X9_62_prime256v1, FEATURE_P256},
    {NID_secp384r1, FEATURE_P384},
    {NID_secp521r1, FEATURE_P521},
    {NID_secp256k1, FEATURE_K256},
    {NID_brainpoolP256r1, FEATURE_BP256},
    {NID_brainpoolP384r1, FEATURE_BP384},
    {NID_brainpoolP512r1, FEATURE_BP512},
};

static unsigned bit_of_nid(int nid)
{
    for (size_t i = 0; i < sizeof nids / sizeof nids[0]; i++)
        if (nids[i].nid == nid)
            return nids[i].bit;
    return FEATURE_UNKNOWN;
}

static unsigned signature_features(const X509 *cert)
{
    int hash = NID_undef, key = NID_undef, bits;
    uint32_t flags;
    bool known = X509_get_signature_info((X509 *)cert, &hash, &key, &bits, &flags) == 1;

    ERR_clear_error();
    if (!known || hash == NID_undef)
        return FEATURE_UNKNOWN;
    if (key == NID_rsassaPss)
        return bit_of_nid(hash) | FEATURE_RSA_PSS;
    return key == NID_rsaEncryption || key == NID_X9_62_id_ecPublicKey ? bit_of_nid(hash)
                                                                       : FEATURE_UNKNOWN;
}

static unsigned key_features(const EVP_PKEY *key)
{
    char group[40];

    if (key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA)
        return FEATURE_RSA;
    if (key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1)
        return FEATURE_ECDSA | bit_of_nid(OBJ_txt2nid(group));
    ERR_clear_error();
    return FEATURE_UNKNOWN;
}

/* The extensions that may be critical: Mbed TLS fails to parse a certificate with another one, and
 * BearSSL to validate it. */
static const int mbedtls_extensions[] = {NID_basic_constraints,
                                         NID_key_usage,
                                         NID_ext_key_usage,
                                         NID_subject_alt_name,
                                         NID_netscape_cert_type,
                                         NID_certificate_policies,
                                         NID_undef};
static const int bearssl_extensions[] = {NID_basic_constraints,
                                         NID_key_usage,
                                         NID_subject_alt_name,
                                         NID_certificate_policies,
                                         NID_subject_key_identifier,
                                         NID_authority_key_identifier,
                                         NID_issuer_alt_name,
                                         NID_subject_directory_attributes,
                                         NID_crl_distribution_points,
                                         NID_freshest_crl,
                                         NID_info_access,
                                         NID_sinfo_access,
                                         NID_undef};

static bool is_known_extension(const int *known, int nid)
{
    while (*known != NID_undef && *known != nid)
        known++;
    return *known != NID_undef;
}

/* Of critical policies Mbed TLS takes anyPolicy alone. */
static bool has_other_policy(X509_EXTENSION *extension)
{
    CERTIFICATEPOLICIES *policies = X509V3_EXT_d2i(extension);
    bool has_other = false;

    for (int i = 0; i < sk_POLICYINFO_num(policies); i++)
        if (OBJ_obj2nid(sk_POLICYINFO_value(policies, i)->policyid) != NID_any_policy)
            has_other = true;
    CERTIFICATEPOLICIES_free(policies);
    ERR_clear_error();
    return has_other;
}

/* BearSSL takes any policy, but no qualifier other than the address of a statement. */
static bool has_other_qualifier(X509_EXTENSION *extension)
{
    CERTIFICATEPOLICIES *policies = X509V3_EXT_d2i(extension);
    bool has_other = false;

    for (int i = 0; i < sk_POLICYINFO_num(policies); i++) {
        const STACK_OF(POLICYQUALINFO) *qualifiers = sk_POLICYINFO_value(policies, i)->qualifiers;
        for (int k = 0; k < sk_POLICYQUALINFO_num(qualifiers); k++)
            if (OBJ_obj2nid(sk_POLICYQUALINFO_value(qualifiers, k)->pqualid) != NID_id_qt_cps)
                has_other = true;
    }
    CERTIFICATEPOLICIES_free(policies);
    ERR_clear_error();
    return has_other;
}

static void name_extension(X509_EXTENSION *extension, const char *symptom, struct demand *demand)
{
    char name[80];

    OBJ_obj2txt(name, sizeof name, X509_EXTENSION_get_object(extension), 0);
    snprintf(demand->obstacle, sizeof demand->obstacle, "the critical extension %s", name);
    demand->symptom = symptom;
}

static void look_with_bearssl(X509_EXTENSION *extension, int nid, struct demand *demand)
{
    static const char symptom[] = "BR_ERR_X509_CRITICAL_EXTENSION";

    if (!is_known_extension(bearssl_extensions, nid)) {
        name_extension(extension, symptom, demand);
    } else if (nid == NID_certificate_policies && has_other_qualifier(extension)) {
        snprintf(demand->obstacle, sizeof demand->obstacle,
                 "critical certificate policies with a notice");
        demand->symptom = symptom;
    }
}

static void look_with_mbedtls(X509_EXTENSION *extension, int nid, struct demand *demand)
{
    if (nid == NID_subject_key_identifier || nid == NID_authority_key_identifier) {
        demand->extensions |= FEATURE_KEY_ID;
    } else if (!is_known_extension(mbedtls_extensions, nid)) {
        name_extension(extension, "-0x2562", demand);
    } else if (nid == NID_certificate_policies && has_other_policy(extension)) {
        snprintf(demand->obstacle, sizeof demand->obstacle,
                 "critical certificate policies other than anyPolicy");
        demand->symptom = "-0x2080";
    }
}

static void look_at_extensions(const X509 *cert, enum target_stack stack, struct demand *demand)
{
    for (int i = 0; i < X509_get_ext_count(cert); i++) {
        X509_EXTENSION *extension = X509_get_ext(cert, i);
        const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (!X509_EXTENSION_get_critical(extension))
            continue;
        if (stack == STACK_BEARSSL)
            look_with_bearssl(extension, nid, demand);
        else
            look_with_mbedtls(extension, nid, demand);
    }
}

struct demand demand_of(const X509 *cert, enum target_stack stack)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    struct demand demand = {
        .signature = signature_features(cert), .key = key_features(key), .symptom = ""};
    const ASN1_BIT_STRING *issuer_id = NULL, *subject_id = NULL;

    if (demand.key == FEATURE_RSA)
        demand.rsa_bits = (unsigned)EVP_PKEY_get_bits(key);
    X509_get0_uids(cert, &issuer_id, &subject_id);
    if (stack != STACK_BEARSSL && (issuer_id != NULL || subject_id != NULL)) {
        snprintf(demand.obstacle, sizeof demand.obstacle, "unique identifiers (RFC 5280 4.1.2.8)");
        demand.symptom = "-0x2562";
    }
    look_at_extensions(cert, stack, &demand);
    return demand;
}
