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

/* Mbed TLS fails to parse a certificate with a critical extension other than these (-0x2562). */
static bool is_known_extension(int nid)
{
    static const int known[] = {NID_basic_constraints,  NID_key_usage,
                                NID_ext_key_usage,      NID_subject_alt_name,
                                NID_netscape_cert_type, NID_certificate_policies};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == nid)
            return true;
    return false;
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

static void look_at_extension(X509_EXTENSION *extension, struct demand *demand)
{
    const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
    const int nid = OBJ_obj2nid(object);
    char name[80];

    if (!X509_EXTENSION_get_critical(extension))
        return;
    if (nid == NID_subject_key_identifier || nid == NID_authority_key_identifier) {
        demand->extensions |= FEATURE_KEY_ID;
    } else if (!is_known_extension(nid)) {
        OBJ_obj2txt(name, sizeof name, object, 0);
        snprintf(demand->obstacle, sizeof demand->obstacle, "the critical extension %s", name);
        demand->symptom = "-0x2562";
    } else if (nid == NID_certificate_policies && has_other_policy(extension)) {
        snprintf(demand->obstacle, sizeof demand->obstacle,
                 "critical certificate policies other than anyPolicy");
        demand->symptom = "-0x2080";
    }
}

struct demand demand_of(const X509 *cert)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    struct demand demand = {
        .signature = signature_features(cert), .key = key_features(key), .symptom = ""};
    const ASN1_BIT_STRING *issuer_id = NULL, *subject_id = NULL;

    if (demand.key == FEATURE_RSA)
        demand.rsa_bits = (unsigned)EVP_PKEY_get_bits(key);
    X509_get0_uids(cert, &issuer_id, &subject_id);
    if (issuer_id != NULL || subject_id != NULL) {
        snprintf(demand.obstacle, sizeof demand.obstacle, "unique identifiers (RFC 5280 4.1.2.8)");
        demand.symptom = "-0x2562";
    }
    for (int i = 0; i < X509_get_ext_count(cert); i++)
        look_at_extension(X509_get_ext(cert, i), &demand);
    return demand;
}
