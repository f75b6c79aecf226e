/* assess.c -- chosen path + presented chain + target -> anchors, needed macros, warnings, refusals
 */
#include "device/assess.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "device/demand.h"
#include "device/device.h"
#include "path/leaf.h"
#include "x509/cert.h"

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
    error_kind(err, "the target %s cannot take a certificate that has %s (%s)", target->name, what,
               symptom);
    error_set(err, ERROR_TARGET, "the target %s cannot take %s: it has %s (%s)", target->name,
              role->text, what, symptom);
    return error_hint(err, "no configuration mends this; the server needs another certificate, or "
                           "-t generic proves with OpenSSL alone");
}

/* "MBEDTLS_MPI_MAX_SIZE=1024" as lines of a C header. */
static void hint_user_config(const struct target *target, const struct requirement *requirement,
                             struct error *err)
{
    const char *setting = requirement->setting;
    const int name_length = (int)strcspn(setting, "=");
    const char *value = setting[name_length] == '=' ? setting + name_length + 1 : "";

    error_hint(err,
               "%swrite \"#undef %.*s\" and \"#define %.*s%s%s\" into the file that %s names; "
               "-t generic then writes the header",
               target->way == TARGET_WAY_MACRO ? "a macro of mbed_app.json does not get that far: "
                                               : "",
               name_length, setting, name_length, setting, value[0] != '\0' ? " " : "", value,
               target->way == TARGET_WAY_KCONFIG ? "CONFIG_MBEDTLS_USER_CONFIG_FILE"
                                                 : "MBEDTLS_USER_CONFIG_FILE");
}

/* What is found out about one certificate, and where it is noted. */
struct finding {
    const struct target *target;
    const struct role *role;
    struct macro_list *needs; /* of the anchor that is to blame */
    struct assessment *assessment;
};

/* A feature that the certificate needs and the target lacks: a setting, with the reason as a
 * warning the first time, or a refusal. */
static int need(const struct finding *finding, const struct feature_row *feature, unsigned number,
                const char *what, struct error *err)
{
    const struct requirement requirement = requirement_of(finding->target, feature, number);
    const char *where = requirement.way == TARGET_WAY_SDKCONFIG ? " in sdkconfig"
                        : requirement.way == TARGET_WAY_KCONFIG ? " in prj.conf"
                                                                : "";
    const size_t before = finding->needs->count;

    requirement_list_add(&finding->assessment->requirements, &requirement);
    if (requirement_arrives(&requirement)) {
        macro_list_add(finding->needs, requirement.setting);
        if (finding->needs->count > before)
            warn(finding->assessment, requirement.way == TARGET_WAY_MACRO ? "macro" : "setting",
                 "%s has %s: the firmware needs %s%s, else %s", finding->role->text, what,
                 requirement.setting, where, requirement.symptom);
        return 0;
    }
    if (requirement.way == TARGET_WAY_USER_CONFIG)
        hint_user_config(finding->target, &requirement, err);
    return refuse(finding->target, finding->role, what, requirement.symptom, err);
}

static int need_large_rsa(const struct finding *finding, unsigned bits, struct error *err)
{
    const unsigned most = finding->target->rsa_max_bits_with_setting;
    char what[40];

    snprintf(what, sizeof what, "an RSA key of %u bits", bits);
    if (most > 0 && bits > most)
        return refuse(finding->target, finding->role, what, "-0x3B00", err);
    return need(finding, feature_row_of(FEATURE_LARGE_RSA), (bits + 7) / 8, what, err);
}

/* Mbed TLS wants basic constraints of a parent of version 3, the anchor included. Of an anchor that
 * has none, of whatever version, `brssl ta` and X509List make one that BearSSL takes for a leaf. */
static bool is_no_ca(const X509 *cert, const struct target *target)
{
    return (X509_get_version(cert) == X509_VERSION_3 || target->stack == STACK_BEARSSL) &&
           (X509_get_extension_flags((X509 *)cert) & EXFLAG_CA) == 0;
}

/* Compares one certificate with what the target's row can parse: adds settings and warnings, or
 * refuses. Of an anchor BearSSL has the name and the key alone. */
static int check_cert(const struct finding *finding, const X509 *cert, struct error *err)
{
    const struct target *target = finding->target;
    const bool is_name_and_key = finding->role->is_anchor && target->stack == STACK_BEARSSL;
    const struct demand demand = demand_of(cert, target->stack);
    const unsigned missing =
        (demand.key | (is_name_and_key ? 0 : demand.signature | demand.extensions)) &
        ~target->features;
    const struct feature_row *feature;

    if (target->stack == STACK_OPENSSL)
        return 0;
    if (demand.obstacle[0] != '\0' && !is_name_and_key)
        return refuse(target, finding->role, demand.obstacle, demand.symptom, err);
    for (size_t i = 0; (feature = feature_row_at(i)) != NULL; i++)
        if ((missing & feature->bit) != 0 && need(finding, feature, 0, feature->what, err) != 0)
            return -1;
    if (target->rsa_max_bits > 0 && demand.rsa_bits > target->rsa_max_bits)
        return need_large_rsa(finding, demand.rsa_bits, err);
    return 0;
}

/* What the target's profile wants of a key. */
static int check_key(const struct target *target, const X509 *cert, const struct role *role,
                     struct error *err)
{
    const struct demand demand = demand_of(cert, target->stack);
    const unsigned curve = demand.key & TARGET_CURVES & ~target->profile;
    char what[60];

    if (demand.rsa_bits > 0 && demand.rsa_bits < target->rsa_min_bits) {
        snprintf(what, sizeof what, "an RSA key of less than %u bits", target->rsa_min_bits);
        return refuse(target, role, what, "flags 0x10000", err);
    }
    if (curve != 0)
        return refuse(target, role, feature_row_of(curve)->what, "-0x2700, flags 0x10000", err);
    return 0;
}

/* ... and of a signature. */
static int check_signature(const struct target *target, const X509 *cert, const struct role *role,
                           struct error *err)
{
    const unsigned hash =
        demand_of(cert, target->stack).signature & TARGET_HASHES & ~target->profile;

    return hash == 0
               ? 0
               : refuse(target, role, feature_row_of(hash)->what, "-0x2700, flags 0x4000", err);
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
    if (check_cert(&(const struct finding){target, &role, &anchor->needs, assessment},
                   path->cert[index], err) != 0)
        return -1;
    assessment->anchor_count++;
    return 0;
}

/* What the device parses with the settings that are needed so far. */
static unsigned features_with_settings(const struct target *target,
                                       const struct assessment *assessment)
{
    unsigned features = target->features;

    for (size_t i = 0; i < assessment->requirements.count; i++)
        features |= assessment->requirements.item[i].feature->bit;
    return features;
}

/* Mbed TLS must parse every presented certificate, but passes over one signed with a hash that it
 * does not have; if the path leads through that one, the proof finds it. */
static int check_presented(const struct target *target, const STACK_OF(X509) * chain,
                           struct assessment *assessment, struct error *err)
{
    for (int i = 0; i < sk_X509_num(chain); i++) {
        X509 *cert = sk_X509_value(chain, i);
        struct role role = {"", false};
        const struct finding finding = {target, &role, &assessment->anchor[0].needs, assessment};
        const unsigned lacks = ~features_with_settings(target, assessment);

        if ((demand_of(cert, target->stack).signature & (TARGET_HASHES | FEATURE_UNKNOWN) &
             lacks) != 0)
            continue; /* passed over by the device's parser */
        name_role(cert, "the presented certificate", &role);
        if (check_cert(&finding, cert, err) != 0)
            return -1;
    }
    return 0;
}

/* What Mbed TLS's default profile wants of the certificates that it verifies, and of the anchor but
 * for its signature; no setting changes it. A self-signed leaf is verified, too. */
static int check_profile(const struct target *target, const struct path *path, struct error *err)
{
    for (size_t i = 0; i < path->length; i++) {
        const bool is_anchor = i > 0 && i + 1 == path->length;
        const X509 *cert = path->cert[i];
        struct role role = {"", is_anchor};
        name_role(cert, i == 0 ? "the leaf" : is_anchor ? "the anchor" : "the intermediate", &role);
        if (!is_anchor && check_signature(target, cert, &role, err) != 0)
            return -1;
        if (check_key(target, cert, &role, err) != 0)
            return -1;
        if (is_anchor && is_no_ca(cert, target))
            return refuse(target, &role, "no basic constraints", "-0x2700, flags 0x08", err);
    }
    return 0;
}

/* What BearSSL wants of the certificates that it validates on its way to the anchor, and of the
 * anchor as such: no setting changes it. */
static int check_followed(const struct target *target, const struct path *path,
                          struct assessment *assessment, struct error *err)
{
    struct macro_list needs = {.count = 0};
    struct role role = {"", false};

    for (size_t i = 0; i + 1 < path->length; i++) {
        name_role(path->cert[i], i == 0 ? "the leaf" : "the intermediate", &role);
        if (check_cert(&(const struct finding){target, &role, &needs, assessment}, path->cert[i],
                       err) != 0)
            return -1;
    }
    name_role(anchor_of(path), "the anchor", &role);
    if (path->length > 1 && is_no_ca(anchor_of(path), target))
        return refuse(target, &role, "no basic constraints", "BR_ERR_X509_NOT_TRUSTED", err);
    return 0;
}

/* Whether the target can parse it, and with which settings. */
static enum anchor_fit parsing_fit(const X509 *anchor, const struct target *target)
{
    const struct role role = {"", true};
    struct macro_list needs = {.count = 0};
    struct assessment ignored = {.warning_count = ASSESS_WARNING_COUNT_MAX};
    struct error err = {.code = ERROR_NONE};

    if (check_cert(&(const struct finding){target, &role, &needs, &ignored}, anchor, &err) != 0)
        return ANCHOR_REFUSED;
    return needs.count > 0 ? ANCHOR_NEEDS_MACRO : ANCHOR_FITS;
}

enum anchor_fit assess_anchor_fit(const X509 *anchor, const struct target *target)
{
    const struct role role = {"", true};
    struct error err = {.code = ERROR_NONE};

    if (target->stack != STACK_OPENSSL && is_no_ca(anchor, target))
        return ANCHOR_REFUSED;
    if (target->stack == STACK_MBEDTLS && check_key(target, anchor, &role, &err) != 0)
        return ANCHOR_REFUSED;
    return parsing_fit(anchor, target);
}

/* As a bundle has it: a name, byte for byte, and a key. */
static bool is_issuer(X509 *anchor, X509 *cert)
{
    return cert_same_name(X509_get_subject_name(anchor), X509_get_issuer_name(cert)) &&
           cert_is_signed_by(cert, anchor);
}

enum anchor_fit assess_fit(const struct path *path, const void *context)
{
    const struct assess_view *view = context;
    const struct target *target = view->target;
    struct assessment ignored = {.warning_count = ASSESS_WARNING_COUNT_MAX};
    struct error err = {.code = ERROR_NONE};

    if (view->last != NULL && !is_issuer(anchor_of(path), view->last))
        return ANCHOR_NOT_ASKED_FOR;
    if (target->stack == STACK_MBEDTLS && check_profile(target, path, &err) != 0)
        return ANCHOR_REFUSED;
    if (target->stack == STACK_BEARSSL && check_followed(target, path, &ignored, &err) != 0)
        return ANCHOR_REFUSED;
    return parsing_fit(anchor_of(path), target);
}

/* ---- what the handshake asks of the leaf (RFC 5246 7.4.2, RFC 8446 4.4.2.2) ---- */

unsigned assess_leaf_usages(const struct target *target, const struct presented *presented)
{
    const X509 *leaf = sk_X509_value(presented->chain, 0);
    const bool is_rsa = (demand_of(leaf, target->stack).key & FEATURE_RSA) != 0;
    const unsigned usages = is_rsa ? target->rsa_usages : target->ec_usages;
    const char *cipher = presented->tls_cipher;
    unsigned negotiated = ~0U;

    if (strcmp(presented->tls_version, "TLSv1.3") == 0 || strncmp(cipher, "ECDHE-", 6) == 0 ||
        strncmp(cipher, "DHE-", 4) == 0)
        negotiated = USAGE_SIGNATURE;
    return usages & negotiated;
}

static bool allows_server_auth(const X509 *leaf)
{
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(leaf, NID_ext_key_usage, NULL, NULL);
    bool allows = usages == NULL;

    for (int i = 0; i < sk_ASN1_OBJECT_num(usages) && !allows; i++) {
        int nid = OBJ_obj2nid(sk_ASN1_OBJECT_value(usages, i));
        allows = nid == NID_server_auth || nid == NID_anyExtendedKeyUsage;
    }
    EXTENDED_KEY_USAGE_free(usages);
    ERR_clear_error();
    return allows;
}

/* The leaf's key usage as bits of enum target_usage: all of them if it has none. */
static unsigned usages_of(const X509 *leaf)
{
    const uint32_t usage = X509_get_key_usage((X509 *)leaf);

    return ((usage & KU_DIGITAL_SIGNATURE) != 0 ? USAGE_SIGNATURE : 0U) |
           ((usage & KU_KEY_ENCIPHERMENT) != 0 ? USAGE_ENCIPHERMENT : 0U) |
           ((usage & KU_KEY_AGREEMENT) != 0 ? USAGE_AGREEMENT : 0U);
}

static int check_leaf_usage(const struct target *target, const struct presented *presented,
                            struct error *err)
{
    const X509 *leaf = sk_X509_value(presented->chain, 0);
    struct role role = {"", false};

    name_role(leaf, "the leaf", &role);
    if (!allows_server_auth(leaf))
        return refuse(target, &role, "an extended key usage without serverAuth", "-0x7A00", err);
    if ((usages_of(leaf) & assess_leaf_usages(target, presented)) == 0)
        return refuse(target, &role, "a key usage that fits no key exchange between the two",
                      "-0x7A00", err);
    return 0;
}

#define GENERIC_RSA_MIN_BITS 1024

struct path_rules assess_rules(const struct target *target, int64_t at)
{
    return (struct path_rules){.at = at,
                               .rsa_min_bits = target->rsa_min_bits > 0 ? (int)target->rsa_min_bits
                                                                        : GENERIC_RSA_MIN_BITS,
                               .ignores_key_ids = target->stack != STACK_OPENSSL,
                               .takes_dns_address = target->stack != STACK_OPENSSL};
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

#define MESSAGE_LENGTH_MAX 16384U /* of a TLS record: what Mbed TLS can be set to */

static int check_message_length(const struct target *target, const STACK_OF(X509) * chain,
                                struct assessment *assessment, struct error *err)
{
    const struct role role = {"the server's chain", false};
    const struct finding finding = {target, &role, &assessment->anchor[0].needs, assessment};
    size_t length = certificate_message_length(chain);
    char what[60];

    if (target->in_content_len == 0 || length <= target->in_content_len)
        return 0;
    snprintf(what, sizeof what, "a Certificate message of %zu bytes", length);
    if (length <= MESSAGE_LENGTH_MAX)
        return need(&finding, feature_row_of(FEATURE_LARGE_MESSAGE), 0, what, err);
    error_set(err, ERROR_TARGET,
              "the target %s cannot receive the Certificate message: %zu bytes, its buffer holds "
              "%u (-0x7200)",
              target->name, length, MESSAGE_LENGTH_MAX);
    return error_hint(err,
                      "no configuration mends this; the server should send fewer certificates or "
                      "names; -t generic proves with OpenSSL alone");
}

/* What the target's stack says to the anchors chosen so far, in the form that a renderer gives
 * them. */
static int ask_device(const struct target *target, const struct assessment *assessment,
                      const STACK_OF(X509) * chain, int64_t at, struct device_verdict *verdict,
                      struct error *err)
{
    struct device_case device = {
        .chain = chain, .anchor_count = assessment->anchor_count, .at = at, .target = target};
    struct text pem = {0};
    int rv = assess_add_pem(assessment, &pem, err);

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
    const int64_t not_after = cert_not_after(last->x509);
    const bool ends_before_leaf = not_after < cert_not_after(sk_X509_value(chain, 0));
    const bool is_shorter = not_after < cert_not_after(assessment->anchor[0].x509);
    struct role role = {"", true};
    char date[TIMESTAMP_TEXT_SIZE];

    if (position(last->x509, chain) < 0)
        last->source = PATH_END_CA_FILE;
    name_role(last->x509, "the intermediate", &role);
    timestamp_format(not_after, date);
    warn(assessment, "intermediate-embedded",
         "the device cannot follow the chain as the server sends it (incomplete, out of order, or "
         "too long): %s is embedded too%s%s",
         role.text,
         ends_before_leaf ? ", and expires before the leaf, at "
         : is_shorter     ? ", and expires sooner than its root, at "
                          : "",
         ends_before_leaf || is_shorter ? date : "");
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

/* Whether every intermediate of the path is presented behind its child (for BearSSL right behind),
 * under its very name and without a namesake that Mbed TLS could take instead: then the stack
 * follows the path, and need not be asked. */
static bool is_easy_to_follow(const struct target *target, const struct path *path,
                              const STACK_OF(X509) * chain)
{
    int before = 0;

    if (target->has_bundle ||
        (target->intermediates_max > 0 && path->length > target->intermediates_max))
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
        if (at <= before || same_subject_count != 1 ||
            (target->stack == STACK_BEARSSL && at != before + 1))
            return false;
        before = at;
    }
    return true;
}

/* The highest intermediate that the stack can come to over no more others than it follows. */
static size_t highest_within_reach(const struct target *target, const struct path *path)
{
    const size_t highest = path->length > 2 ? path->length - 2 : 0;
    const bool is_limited = target->intermediates_max > 0;

    return is_limited && highest > target->intermediates_max + 1 ? target->intermediates_max + 1
                                                                 : highest;
}

/* ESP-IDF 6.0 has an option for it, which 5.5 lacks. */
static void add_cross_signing(struct assessment *assessment)
{
    static const struct feature_row cross_signing = {.name =
                                                         "cross-signed certificates with a bundle"};
    const struct requirement requirement = {
        .feature = &cross_signing,
        .way = TARGET_WAY_SDKCONFIG,
        .setting = "CONFIG_MBEDTLS_CERTIFICATE_BUNDLE_CROSS_SIGNED_VERIFY=y"};

    requirement_list_add(&assessment->requirements, &requirement);
}

/* No trusted certificate has the name and the key that the bundle is asked for. */
static int fail_bundle(const struct target *target, const STACK_OF(X509) * chain, int64_t at,
                       struct assessment *assessment, struct error *err)
{
    const X509 *last = sk_X509_value(chain, device_find_last(chain, target, at));
    char subject[CERT_NAME_TEXT_SIZE], issuer[CERT_NAME_TEXT_SIZE];

    if (last == NULL)
        return 0; /* the proof says what is wrong */
    cert_short_name_text(X509_get_subject_name(last), subject);
    cert_short_name_text(X509_get_issuer_name(last), issuer);
    add_cross_signing(assessment);
    error_set(err, ERROR_TARGET,
              "a bundle is asked for the issuer of the last certificate that the server sends, %s: "
              "for %s, which is not trusted here",
              subject, issuer);
    return error_hint(err,
                      "-f pem works with this chain; so does a bundle from ESP-IDF 6.0 on with "
                      "CONFIG_MBEDTLS_CERTIFICATE_BUNDLE_CROSS_SIGNED_VERIFY=y");
}

/* Mbed TLS looks for a parent only among the anchors and behind its child, and follows at most so
 * many; BearSSL only among the anchors and right behind its child. Where the stack can't follow the
 * path from the root, the highest intermediate from which it can goes along as a further anchor. */
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
    for (size_t index = highest_within_reach(target, path); index >= 1; index--) {
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
    return target->has_bundle ? fail_bundle(target, chain, at, assessment, err) : 0;
}

#define EXPIRY_WARNING_S (INT64_C(90) * 86400)

static void warn_of_partial_chain(const struct path *path, struct assessment *assessment)
{
    const X509 *anchor = anchor_of(path);
    struct role role = {"", true};

    if (X509_NAME_cmp(X509_get_subject_name(anchor), X509_get_issuer_name(anchor)) == 0)
        return;
    name_role(anchor, "the anchor", &role);
    warn(assessment, "partial-chain",
         "%s is not self-signed: --partial-chain trusts it, whatever its issuer", role.text);
}

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

static void check_address(const struct target *target, const struct presented *presented,
                          const struct endpoint *endpoint, struct assessment *assessment)
{
    if (!endpoint->name_is_address || target->matches_addresses ||
        leaf_has_address_as_dns(sk_X509_value(presented->chain, 0), endpoint->name))
        return;
    warn(assessment, "address-not-matched",
         "%s matches DNS names only, not the address %s: give the device a host name",
         target->stack == STACK_BEARSSL ? "BearSSL" : "Mbed TLS before 3.5", endpoint->name);
}

static int assess_mbedtls(const struct target *target, const struct path *path,
                          const struct presented *presented, int64_t at,
                          struct assessment *assessment, struct error *err)
{
    if (check_profile(target, path, err) != 0 ||
        add_anchor(target, path, path->length - 1, assessment, err) != 0 ||
        check_presented(target, presented->chain, assessment, err) != 0 ||
        check_leaf_usage(target, presented, err) != 0 ||
        check_message_length(target, presented->chain, assessment, err) != 0)
        return -1;
    return complete_chain(target, path, presented->chain, at, assessment, err);
}

/* The device trusts the anchor, and what stands below it, for every name. */
static void warn_of_name_constraints(const struct path *path, struct assessment *assessment)
{
    for (size_t i = 1; i < path->length; i++) {
        struct role role = {"", true};
        if (X509_get_ext_by_NID(path->cert[i], NID_name_constraints, -1) < 0)
            continue;
        name_role(path->cert[i], i + 1 < path->length ? "the intermediate" : "the anchor", &role);
        warn(assessment, "name-constraints",
             "%s may only certify some names, and BearSSL does not look at that: the device takes "
             "any name",
             role.text);
    }
}

static int assess_bearssl(const struct target *target, const struct path *path,
                          const struct presented *presented, int64_t at,
                          struct assessment *assessment, struct error *err)
{
    if (add_anchor(target, path, path->length - 1, assessment, err) != 0 ||
        check_followed(target, path, assessment, err) != 0)
        return -1;
    warn_of_name_constraints(path, assessment);
    return complete_chain(target, path, presented->chain, at, assessment, err);
}

static int assess_generic(const struct target *target, const struct path *path,
                          const struct presented *presented, int64_t at,
                          struct assessment *assessment, struct error *err)
{
    (void)at;
    if (add_anchor(target, path, path->length - 1, assessment, err) != 0)
        return -1;
    return complete_from_path(target, path, presented->chain, assessment, err);
}

int assess_add_pem(const struct assessment *assessment, struct text *pem, struct error *err)
{
    for (size_t i = 0; i < assessment->anchor_count; i++)
        if (cert_add_pem(assessment->anchor[i].x509, pem) != 0)
            return error_no_memory(err);
    return 0;
}

int assess_path(const struct target *target, const struct path *path,
                const struct presented *presented, const struct endpoint *endpoint, int64_t at,
                struct assessment *out, struct error *err)
{
    static int (*const assess[])(const struct target *target, const struct path *path,
                                 const struct presented *presented, int64_t at,
                                 struct assessment *assessment,
                                 struct error *err) = {[STACK_OPENSSL] = assess_generic,
                                                       [STACK_MBEDTLS] = assess_mbedtls,
                                                       [STACK_BEARSSL] = assess_bearssl};
    struct assessment assessment = {.anchor_count = 0};
    int rv = assess[target->stack](target, path, presented, at, &assessment, err);

    out->requirements = assessment.requirements; /* of a refusal, too */
    if (rv != 0)
        return -1;
    check_address(target, presented, endpoint, &assessment);
    warn_of_partial_chain(path, &assessment);
    check_anchor_dates(path, at, &assessment);
    *out = assessment;
    return 0;
}

void assess_add_warning(struct assessment *assessment, const char *code, const char *message)
{
    warn(assessment, code, "%s", message);
}
