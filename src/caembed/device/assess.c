/* assess.c -- chosen path + presented chain + target -> anchors, needed macros, warnings, refusals
 */
#include "device/assess.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "device/device.h"
#include "path/leaf.h"
#include "x509/cert.h"

/* OpenSSL's identifier of a hash, curve or key type, and the feature it takes. */
static const struct {
    int nid;
    unsigned bit;
} nids[] = {
    {NID_md5, FEATURE_MD5},
    {NID_sha1, FEATURE_SHA1},
    {NID_sha224, FEATURE_SHA2_256},
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

/* What one certificate asks of the device that parses it. */
struct demand {
    unsigned signature; /* feature bits */
    unsigned key;       /* feature bits */
    unsigned rsa_bits;  /* 0: not an RSA key */
    char extension[80]; /* the critical extension that Mbed TLS does not know, or "" */
};

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

static struct demand demand_of(const X509 *cert)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    struct demand demand = {signature_features(cert), key_features(key), 0, ""};

    if (demand.key == FEATURE_RSA)
        demand.rsa_bits = (unsigned)EVP_PKEY_get_bits(key);
    for (int i = 0; i < X509_get_ext_count(cert); i++) {
        X509_EXTENSION *extension = X509_get_ext(cert, i);
        const ASN1_OBJECT *object = X509_EXTENSION_get_object(extension);
        if (X509_EXTENSION_get_critical(extension) && !is_known_extension(OBJ_obj2nid(object)))
            OBJ_obj2txt(demand.extension, sizeof demand.extension, object, 0);
    }
    return demand;
}

static bool needs_larger_mpi(const struct target *target, const struct demand *demand)
{
    return target->mpi_max_size > 0 && (demand->rsa_bits + 7) / 8 > target->mpi_max_size;
}

static void warn(struct assessment *assessment, const char *code, const char *format, ...)
    PRINTF_LIKE(3, 4);

static void warn(struct assessment *assessment, const char *code, const char *format, ...)
{
    struct warning *warning = &assessment->warning[assessment->warning_count];
    va_list args;

    if (assessment->warning_count == ASSESS_WARNING_COUNT_MAX)
        return;
    warning->code = code;
    va_start(args, format);
    vsnprintf(warning->message, sizeof warning->message, format, args);
    va_end(args);
    assessment->warning_count++;
}

/* The certificate of a warning, in words: "anchor 'CN=…'", "presented certificate 2". */
struct role {
    char text[200];
    bool is_anchor;
};

static int refuse(const struct target *target, const struct role *role, const char *what,
                  const char *symptom, struct error *err)
{
    error_set(err, ERROR_TARGET, "the target %s cannot take %s: it has %s (%s)", target->name,
              role->text, what, symptom);
    return error_hint(err, "no configuration mends this; the server needs another certificate, or "
                           "-t generic proves with OpenSSL alone");
}

/* A macro that the certificate needs, with the reason as a warning the first time. */
static void need(const struct role *role, const char *macro, const char *what, const char *symptom,
                 struct macro_list *needs, struct assessment *assessment)
{
    size_t before = needs->count;

    macro_list_add(needs, macro);
    if (needs->count > before)
        warn(assessment, "macro", "%s has %s: the firmware needs %s, else %s", role->text, what,
             macro, symptom);
}

#define TOO_SHORT "an RSA key of less than 2048 bits", "flags 0x10000"

static bool is_too_short(const struct target *target, const struct demand *demand)
{
    return demand->rsa_bits > 0 && demand->rsa_bits < target->rsa_min_bits;
}

/* Compares one certificate with the target's row: adds macros and warnings, or refuses. A presented
 * certificate with an unknown signature algorithm is passed over by Mbed TLS, unless its key is on
 * the path; then the proof finds it. */
static int check_cert(const struct target *target, const X509 *cert, const struct role *role,
                      struct macro_list *needs, struct assessment *assessment, struct error *err)
{
    struct demand demand = demand_of(cert);
    unsigned missing = (demand.signature | demand.key) & ~target->features;
    const struct target_requirement *requirement;

    if (!target->has_mbedtls)
        return 0;
    if (demand.extension[0] != '\0') {
        char what[120];
        snprintf(what, sizeof what, "the critical extension %s", demand.extension);
        return refuse(target, role, what, "-0x2562", err);
    }
    if (role->is_anchor && is_too_short(target, &demand))
        return refuse(target, role, TOO_SHORT, err);
    for (size_t i = 0; (requirement = target_requirement_at(i)) != NULL; i++) {
        if ((missing & requirement->bit) == 0)
            continue;
        if (requirement->macro == NULL)
            return refuse(target, role, requirement->what, requirement->symptom, err);
        need(role, requirement->macro, requirement->what, requirement->symptom, needs, assessment);
    }
    if (needs_larger_mpi(target, &demand)) {
        char macro[TARGET_MACRO_SIZE], what[40];
        snprintf(macro, sizeof macro, "MBEDTLS_MPI_MAX_SIZE=%u", (demand.rsa_bits + 7) / 8);
        snprintf(what, sizeof what, "an RSA key of %u bits", demand.rsa_bits);
        need(role, macro, what, "-0x3B00", needs, assessment);
    }
    return 0;
}

enum anchor_fit assess_anchor_fit(const X509 *anchor, const struct target *target)
{
    const struct role role = {"", true};
    struct macro_list needs = {.count = 0};
    struct assessment ignored = {.warning_count = ASSESS_WARNING_COUNT_MAX};
    struct error err = {0};

    if (check_cert(target, anchor, &role, &needs, &ignored, &err) != 0)
        return ANCHOR_REFUSED;
    return needs.count > 0 ? ANCHOR_NEEDS_MACRO : ANCHOR_FITS;
}

static void name_role(const X509 *cert, const char *what, struct role *role)
{
    char subject[CERT_NAME_TEXT_SIZE];

    cert_subject_text(cert, subject);
    snprintf(role->text, sizeof role->text, "%s '%.150s'", what, subject);
}

static int add_anchor(const struct target *target, const struct path *path, size_t index,
                      struct assessment *assessment, struct error *err)
{
    struct embedded *anchor = &assessment->anchor[assessment->anchor_count];
    bool is_root = index + 1 == path->length;
    struct role role = {"", true};

    *anchor = (struct embedded){.x509 = path->cert[index],
                                .source = is_root ? path->end : PATH_END_PRESENTED,
                                .is_intermediate = !is_root,
                                .distrust_after = is_root ? path->distrust_after : TIMESTAMP_NONE,
                                .path_length = index + 1};
    name_role(path->cert[index], is_root ? "the anchor" : "the further anchor", &role);
    if (check_cert(target, path->cert[index], &role, &anchor->needs, assessment, err) != 0)
        return -1;
    assessment->anchor_count++;
    return 0;
}

/* Mbed TLS must parse every presented certificate, but passes over one signed with a hash that it
 * does not have; if the path leads through that one, the proof finds it. */
static int check_presented(const struct target *target, const STACK_OF(X509) * chain,
                           struct assessment *assessment, struct error *err)
{
    for (int i = 0; i < sk_X509_num(chain); i++) {
        X509 *cert = sk_X509_value(chain, i);
        struct role role = {"", false};

        if ((demand_of(cert).signature & (TARGET_HASHES | FEATURE_UNKNOWN) & ~target->features) !=
            0)
            continue; /* passed over by the device's parser */
        name_role(cert, "the presented certificate", &role);
        if (check_cert(target, cert, &role, &assessment->anchor[0].needs, assessment, err) != 0)
            return -1;
    }
    return 0;
}

/* What Mbed TLS's default profile wants of the certificates that it verifies, the anchor's
 * signature excepted; no macro that is safe to set changes it. */
static int check_profile(const struct target *target, const struct path *path, struct error *err)
{
    for (size_t i = 0; i + 1 < path->length; i++) {
        struct demand demand = demand_of(path->cert[i]);
        struct role role = {"", false};
        name_role(path->cert[i], i == 0 ? "the leaf" : "the intermediate", &role);
        if (demand.signature & (FEATURE_MD5 | FEATURE_SHA1))
            return refuse(target, &role, "a SHA-1 or MD5 signature", "-0x2700, flags 0x4000", err);
        if (is_too_short(target, &demand))
            return refuse(target, &role, TOO_SHORT, err);
    }
    return 0;
}

enum anchor_fit assess_fit(const struct path *path, const void *context)
{
    const struct target *target = context;
    struct error err = {.code = ERROR_NONE};

    if (target->has_mbedtls && check_profile(target, path, &err) != 0)
        return ANCHOR_REFUSED;
    return assess_anchor_fit(anchor_of(path), target);
}

#define GENERIC_RSA_MIN_BITS 1024

struct path_rules assess_rules(const struct target *target, int64_t at)
{
    return (struct path_rules){.at = at,
                               .rsa_min_bits = target->rsa_min_bits > 0 ? (int)target->rsa_min_bits
                                                                        : GENERIC_RSA_MIN_BITS,
                               .ignores_key_ids = target->has_mbedtls,
                               .takes_dns_address = target->has_mbedtls};
}

/* RFC 5246 section 7.4.2: a header of 4 bytes, a length of 3, and 3 for each certificate's length.
 */
static size_t certificate_message_length(const STACK_OF(X509) * chain)
{
    size_t length = 4 + 3;

    for (int i = 0; i < sk_X509_num(chain); i++)
        length += 3 + (size_t)i2d_X509(sk_X509_value(chain, i), NULL);
    return length;
}

static int check_message_length(const struct target *target, const STACK_OF(X509) * chain,
                                struct error *err)
{
    size_t length = certificate_message_length(chain);

    if (target->in_content_len == 0 || length <= target->in_content_len)
        return 0;
    error_set(err, ERROR_TARGET,
              "the target %s cannot receive the Certificate message: %zu bytes, its buffer holds "
              "%u (-0x7200)",
              target->name, length, target->in_content_len);
    return error_hint(err,
                      "no configuration mends this; the server should send fewer certificates or "
                      "names; -t generic proves with OpenSSL alone");
}

/* What Mbed TLS says to the anchors chosen so far, in the form that a renderer gives them. */
static int ask_device(const struct target *target, const struct assessment *assessment,
                      const STACK_OF(X509) * chain, int64_t at, struct device_verdict *verdict,
                      struct error *err)
{
    struct device_case device = {.chain = chain,
                                 .anchor_count = assessment->anchor_count,
                                 .at = at,
                                 .checks_dates = target->checks_dates};
    struct text pem = {0};
    int rv = 0;

    for (size_t i = 0; rv == 0 && i < assessment->anchor_count; i++)
        rv = cert_add_pem(assessment->anchor[i].x509, &pem);
    if (rv != 0)
        error_no_memory(err);
    device.anchors = pem.data;
    device.anchors_size = pem.length + 1; /* text keeps a NUL behind its bytes */
    if (rv == 0)
        rv = device_verify(&device, verdict, err);
    text_free(&pem);
    return rv;
}

static int position(const X509 *cert, const STACK_OF(X509) * chain)
{
    for (int i = 0; i < sk_X509_num(chain); i++)
        if (cert_equal(sk_X509_value(chain, i), cert))
            return i;
    return -1;
}

/* The intermediate that was embedded last: where it came from, and a warning. */
static void note_embedded(struct assessment *assessment, const STACK_OF(X509) * chain)
{
    struct embedded *last = &assessment->anchor[assessment->anchor_count - 1];
    const bool is_shorter = cert_not_after(last->x509) < cert_not_after(assessment->anchor[0].x509);
    struct role role = {"", true};

    if (position(last->x509, chain) < 0)
        last->source = PATH_END_CA_FILE;
    name_role(last->x509, "the intermediate", &role);
    warn(assessment, "intermediate-embedded",
         "the device cannot follow the chain as the server sends it (incomplete, out of order, or "
         "too long): %s is embedded too%s",
         role.text, is_shorter ? ", and expires sooner than its root" : "");
}

/* For a stack that is not known better: what the path needs and the server does not send goes
 * along. */
static int complete_from_path(const struct target *target, const struct path *path,
                              const STACK_OF(X509) * chain, struct assessment *assessment,
                              struct error *err)
{
    for (size_t index = path->length - 1; index-- > 1;) {
        if (position(path->cert[index], chain) >= 0)
            continue;
        if (assessment->anchor_count == ASSESS_ANCHOR_COUNT_MAX) {
            error_set(err, ERROR_TARGET, "the server leaves out too many intermediates");
            return error_hint(err, "the server should send its whole chain");
        }
        if (add_anchor(target, path, index, assessment, err) != 0)
            return -1;
        note_embedded(assessment, chain);
    }
    return 0;
}

/* Whether every intermediate of the path is presented behind its child, under its very name and
 * without a namesake that Mbed TLS could take instead: then it follows the path, and need not be
 * asked. */
static bool is_easy_to_follow(const struct target *target, const struct path *path,
                              const STACK_OF(X509) * chain)
{
    int before = 0;

    if (path->length > target->intermediates_max)
        return false;
    for (size_t i = 0; i + 1 < path->length; i++)
        if (!cert_same_name(X509_get_issuer_name(path->cert[i]),
                            X509_get_subject_name(path->cert[i + 1])))
            return false;
    for (size_t i = 1; i + 1 < path->length; i++) {
        const X509_NAME *subject = X509_get_subject_name(path->cert[i]);
        int same_subject_count = 0;
        int at = position(path->cert[i], chain);
        for (int k = 0; k < sk_X509_num(chain); k++)
            same_subject_count +=
                X509_NAME_cmp(X509_get_subject_name(sk_X509_value(chain, k)), subject) == 0;
        if (at <= before || same_subject_count != 1)
            return false;
        before = at;
    }
    return true;
}

/* Mbed TLS looks for a parent only among the anchors and behind its child, and follows at most so
 * many. Where it can't follow the path from the root, the highest intermediate from which it can
 * goes along as a further anchor. */
static int complete_chain(const struct target *target, const struct path *path,
                          const STACK_OF(X509) * chain, int64_t at, struct assessment *assessment,
                          struct error *err)
{
    struct device_verdict verdict = {.is_accepted = false};

    if (is_easy_to_follow(target, path, chain))
        return 0;
    if (ask_device(target, assessment, chain, at, &verdict, err) != 0)
        return -1;
    if (verdict.is_accepted || !verdict.is_untrusted)
        return 0; /* the proof says what else is wrong */
    for (size_t index = path->length - 2; index >= 1 && index < path->length; index--) {
        struct assessment trial = *assessment;
        if (add_anchor(target, path, index, &trial, err) != 0)
            return -1;
        if (ask_device(target, &trial, chain, at, &verdict, err) != 0)
            return -1;
        if (!verdict.is_accepted)
            continue;
        note_embedded(&trial, chain);
        *assessment = trial;
        return 0;
    }
    return 0;
}

#define EXPIRY_WARNING_S (INT64_C(90) * 86400)

static void check_anchor_dates(const struct path *path, int64_t at, struct assessment *assessment)
{
    for (size_t i = 0; i < assessment->anchor_count; i++) {
        int64_t not_after = cert_not_after(assessment->anchor[i].x509);
        char date[TIMESTAMP_TEXT_SIZE];
        struct role role = {"", true};
        if (not_after - at >= EXPIRY_WARNING_S)
            continue;
        timestamp_format(not_after, date);
        name_role(assessment->anchor[i].x509, "the anchor", &role);
        warn(assessment, "anchor-expires", "%s expires within 90 days, at %s", role.text, date);
    }
    if (path->distrust_after != TIMESTAMP_NONE) {
        char date[TIMESTAMP_TEXT_SIZE];
        timestamp_format(path->distrust_after, date);
        warn(assessment, "distrust-after",
             "the store distrusts this anchor for leaves issued after %s: the server will need "
             "another CA",
             date);
    }
}

int assess_path(const struct target *target, const struct path *path,
                const struct presented *presented, const struct endpoint *endpoint, int64_t at,
                struct assessment *out, struct error *err)
{
    struct assessment assessment = {.anchor_count = 0};

    if (add_anchor(target, path, path->length - 1, &assessment, err) != 0)
        return -1;
    if (target->has_mbedtls) {
        if (check_profile(target, path, err) != 0 ||
            check_presented(target, presented->chain, &assessment, err) != 0 ||
            check_message_length(target, presented->chain, err) != 0 ||
            complete_chain(target, path, presented->chain, at, &assessment, err) != 0)
            return -1;
        if (endpoint->name_is_address && !leaf_has_address_as_dns(path->cert[0], endpoint->name))
            warn(
                &assessment, "address-not-matched",
                "Mbed TLS before 3.5 matches DNS names only, not the address %s: give the device a "
                "host name",
                endpoint->name);
    } else if (complete_from_path(target, path, presented->chain, &assessment, err) != 0) {
        return -1;
    }
    check_anchor_dates(path, at, &assessment);
    *out = assessment;
    return 0;
}

void assess_add_warning(struct assessment *assessment, const char *code, const char *message)
{
    warn(assessment, code, "%s", message);
}
