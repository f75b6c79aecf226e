/* device.c -- anchors + presented chain + clock -> the verdict of Mbed TLS */
#include "device/device.h"

#include <mbedtls/error.h>
#include <mbedtls/oid.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509_crt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/trace.h"
#include "device/bearssl.h"
#include "device/demand.h"
#include "device/device_clock.h"
#include "device/mbed.h"
#include "device/profile.h"
#include "x509/cert.h"
#include "x509/cost.h"

static int refuse(struct device_verdict *verdict, const char *what, int result)
{
    char words[160];

    if (mbed_error_is_no_memory(result))
        return -1;
    mbedtls_strerror(result, words, sizeof words);
    snprintf(verdict->reason, sizeof verdict->reason, "%s: -0x%04X (%s)", what, (unsigned)-result,
             words);
    return 0;
}

static size_t count_certs(const mbedtls_x509_crt *crt)
{
    size_t count = 0;

    for (; crt != NULL && crt->version != 0; crt = crt->next)
        count++;
    return count;
}

/* ---- anchors ---- */

struct validity {
    mbedtls_x509_time from, to;
};

struct device_anchors {
    mbedtls_x509_crt crt;
    struct validity *validity; /* of each, as parsed */
    struct bearssl_anchors *bearssl;
    bool is_refused; /* by the stack; why */
    struct device_verdict refusal;
};

/* 1: all parsed; 0: refused, with the reason in verdict; -1: out of memory. */
static int parse_pem(const struct device_case *device, mbedtls_x509_crt *out,
                     struct device_verdict *verdict)
{
    int result =
        mbedtls_x509_crt_parse(out, (const unsigned char *)device->anchors, device->anchors_size);

    if (result < 0)
        return refuse(verdict, "the anchors cannot be parsed", result);
    if (result > 0 || count_certs(out) != device->anchor_count) {
        snprintf(verdict->reason, sizeof verdict->reason, "of %zu anchors %zu can be parsed",
                 device->anchor_count, count_certs(out));
        return 0;
    }
    return 1;
}

static int keep_validity(struct device_anchors *anchors)
{
    const mbedtls_x509_crt *crt = &anchors->crt;
    const size_t count = count_certs(crt);

    anchors->validity = calloc(count + 1, sizeof anchors->validity[0]);
    if (anchors->validity == NULL)
        return -1;
    for (size_t i = 0; i < count; i++, crt = crt->next)
        anchors->validity[i] = (struct validity){crt->valid_from, crt->valid_to};
    return 0;
}

/* move_dates() of the case before may have been at work. */
static void restore_validity(struct device_anchors *anchors)
{
    mbedtls_x509_crt *crt = &anchors->crt;

    for (size_t i = 0; crt != NULL && crt->raw.p != NULL; i++, crt = crt->next) {
        crt->valid_from = anchors->validity[i].from;
        crt->valid_to = anchors->validity[i].to;
    }
}

static int parse_for_mbedtls(const struct device_case *device, struct device_anchors *anchors,
                             struct error *err)
{
    int parsed;

    mbed_begin();
    mbedtls_x509_crt_init(&anchors->crt);
    parsed = parse_pem(device, &anchors->crt, &anchors->refusal);
    anchors->is_refused = parsed == 0;
    if (parsed < 0 || keep_validity(anchors) != 0)
        return error_no_memory(err);
    return 0;
}

int device_anchors_parse(const struct device_case *device, struct device_anchors **out,
                         struct error *err)
{
    struct device_anchors *anchors = calloc(1, sizeof *anchors);
    int rv;

    if (anchors == NULL) {
        error_no_memory(err);
        return -1;
    }
    rv = device->target->stack == STACK_BEARSSL
             ? bearssl_anchors_parse(device, &anchors->bearssl, err)
             : parse_for_mbedtls(device, anchors, err);
    if (rv == 0)
        *out = anchors;
    else
        device_anchors_free(anchors);
    return rv;
}

void device_anchors_free(struct device_anchors *anchors)
{
    if (anchors == NULL)
        return;
    mbedtls_x509_crt_free(&anchors->crt);
    bearssl_anchors_free(anchors->bearssl);
    free(anchors->validity);
    free(anchors);
}

/* ---- the chain ---- */

/* 1: parsed; 0: refused; -1: out of memory. A TLS client passes over what is signed with an
 * algorithm it does not know; if that is the leaf, nothing is left to verify. */
static int parse_chain(const struct device_case *device, mbedtls_x509_crt *out,
                       struct device_verdict *verdict)
{
    for (int i = 0; i < sk_X509_num(device->chain); i++) {
        char what[64];
        unsigned char *der = NULL;
        int der_len = i2d_X509(sk_X509_value(device->chain, i), &der);
        int result;

        if (der_len <= 0)
            return -1;
        result = mbedtls_x509_crt_parse_der(out, der, (size_t)der_len);
        OPENSSL_free(der);
        if (result == 0 || (i > 0 && mbed_error_is_unknown_signature(result)))
            continue;
        snprintf(what, sizeof what, "presented certificate %d cannot be parsed", i);
        return refuse(verdict, what, result);
    }
    return 1;
}

/* Mbed TLS judges dates by the machine's clock. Its verdict for another time, or that of a device
 * without a clock, is had by moving that time into the parsed dates: they lie around any clock, or
 * before all. */
static void move_dates(mbedtls_x509_crt *crt, const struct device_case *device)
{
    static const mbedtls_x509_time past = {1, 1, 1, 0, 0, 0};
    static const mbedtls_x509_time future = {9999, 12, 31, 23, 59, 59};
    const struct device_clock clock = {device->at, device->target->checks_dates};

    for (; crt != NULL && crt->raw.p != NULL; crt = crt->next) {
        bool in_date = device_clock_in_date(&clock, crt);
        crt->valid_from = past;
        crt->valid_to = in_date ? future : past;
    }
}

/* Mbed TLS's lines of text, one after the other. */
static void describe_flags(uint32_t flags, struct device_verdict *verdict)
{
    char lines[200] = "";
    char *newline;

    mbedtls_x509_crt_verify_info(lines, sizeof lines, "", flags);
    while ((newline = strchr(lines, '\n')) != NULL)
        *newline = newline[1] != '\0' ? ' ' : '\0';
    snprintf(verdict->reason, sizeof verdict->reason, "-0x2700, flags 0x%02X: %s", (unsigned)flags,
             lines);
    verdict->is_untrusted = (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) != 0;
}

/* What mbedtls_ssl_check_cert_usage() checks after the chain. */
static bool check_usages(const struct device_case *device, const mbedtls_x509_crt *leaf,
                         struct device_verdict *verdict)
{
    static const struct {
        unsigned usage, key_usage;
    } rows[] = {
        {USAGE_SIGNATURE, MBEDTLS_X509_KU_DIGITAL_SIGNATURE},
        {USAGE_ENCIPHERMENT, MBEDTLS_X509_KU_KEY_ENCIPHERMENT},
        {USAGE_AGREEMENT, MBEDTLS_X509_KU_KEY_AGREEMENT},
    };
    bool is_allowed = device->usages == 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if ((device->usages & rows[i].usage) != 0 &&
            mbedtls_x509_crt_check_key_usage(leaf, rows[i].key_usage) == 0)
            is_allowed = true;
    if (!is_allowed)
        snprintf(verdict->reason, sizeof verdict->reason, "-0x7A00: the leaf's key usage");
    if (device->usages != 0 &&
        mbedtls_x509_crt_check_extended_key_usage(leaf, MBEDTLS_OID_SERVER_AUTH,
                                                  MBEDTLS_OID_SIZE(MBEDTLS_OID_SERVER_AUTH)) != 0) {
        snprintf(verdict->reason, sizeof verdict->reason,
                 "-0x7A00: the leaf's extended key usage is not that of a server");
        is_allowed = false;
    }
    return is_allowed;
}

/* ---- bounds ---- */

static int fail_count(int count, struct error *err)
{
    error_set(err, ERROR_LIMIT, "%d certificates are more than %d", count, DEVICE_CHAIN_COUNT_MAX);
    return error_hint(err,
                      "no real server sends so many; remove what does not belong to the chain");
}

/* Whoever sends the chain decides how much there is to verify: a stack tries the keys of all that
 * have an issuer's name, up to the one that fits and is in date. */
static int check_bounds(const STACK_OF(X509) * chain, struct error *err)
{
    const int count = sk_X509_num(chain);
    struct cost cost = {.limit_us = DEVICE_COST_MAX_US};

    if (count > DEVICE_CHAIN_COUNT_MAX)
        return fail_count(count, err);
    for (int i = 0; i < count; i++)
        for (int k = i + 1; k < count; k++) {
            const X509 *issuer = sk_X509_value(chain, k);
            if (cert_same_name(X509_get_subject_name(issuer),
                               X509_get_issuer_name(sk_X509_value(chain, i))) &&
                cost_spend(&cost, cost_in_mbedtls_us(issuer), "what the device verifies", err) != 0)
                return -1;
        }
    return 0;
}

/* ---- a bundle ---- */

static bool has_name(const mbedtls_x509_buf *name, const mbedtls_x509_buf *other)
{
    return name->len == other->len && memcmp(name->p, other->p, name->len) == 0;
}

/* Whether the key of `anchor` made the signature of `child`: ESP-IDF asks nothing else of it. */
static bool made_signature(mbedtls_x509_crt *anchor, mbedtls_x509_crt *child)
{
    const mbedtls_x509_crt_profile any = {0xfffffff, 0xfffffff, 0xfffffff, 0};
    uint32_t flags = MBEDTLS_X509_BADCERT_NOT_TRUSTED;
    const int result =
        mbedtls_x509_crt_verify_with_profile(child, anchor, NULL, &any, NULL, &flags, NULL, NULL);

    return (result == 0 || result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) &&
           (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) == 0;
}

/* Mbed TLS calls this for each certificate, the last first. It is the last alone that nobody
 * vouches for; that it is signed with a weak hash is of no account then, as in ESP-IDF. */
static int ask_bundle(void *context, mbedtls_x509_crt *child, int depth, uint32_t *flags)
{
    mbedtls_x509_crt *anchor = context;

    (void)depth;
    if ((*flags & ~(uint32_t)MBEDTLS_X509_BADCERT_BAD_MD) != MBEDTLS_X509_BADCERT_NOT_TRUSTED)
        return 0;
    while (anchor != NULL && !has_name(&anchor->subject_raw, &child->issuer_raw))
        anchor = anchor->next;
    if (anchor != NULL && made_signature(anchor, child))
        *flags = 0;
    return 0;
}

/* Mbed TLS calls this likewise. */
static int note_last(void *context, mbedtls_x509_crt *cert, int depth, uint32_t *flags)
{
    const mbedtls_x509_crt **last = context;

    (void)depth;
    (void)flags;
    if (*last == NULL)
        *last = cert;
    return 0;
}

/* The index of a certificate as Mbed TLS has parsed it, or -1. */
static int find_index(const STACK_OF(X509) * chain, const mbedtls_x509_crt *cert)
{
    int found = -1;

    for (int i = 0; found < 0 && cert != NULL && i < sk_X509_num(chain); i++) {
        unsigned char *der = NULL;
        const int der_len = i2d_X509(sk_X509_value(chain, i), &der);
        if (der_len > 0 && (size_t)der_len == cert->raw.len &&
            memcmp(der, cert->raw.p, cert->raw.len) == 0)
            found = i;
        OPENSSL_free(der);
    }
    return found;
}

int device_find_last(const STACK_OF(X509) * chain, const struct target *target, int64_t at)
{
    const struct device_case device = {.chain = chain, .at = at, .target = target};
    struct device_verdict ignored = {.is_accepted = false};
    const mbedtls_x509_crt *last = NULL;
    struct error limit = {.code = ERROR_NONE};
    mbedtls_x509_crt_profile profile;
    mbedtls_x509_crt presented, none;
    uint32_t flags;
    int index = -1;

    if (check_bounds(chain, &limit) != 0)
        return -1;
    mbed_begin();
    profile_of(target, &profile);
    mbedtls_x509_crt_init(&presented);
    mbedtls_x509_crt_init(&none);
    if (parse_chain(&device, &presented, &ignored) == 1) {
        move_dates(&presented, &device);
        (void)mbedtls_x509_crt_verify_with_profile(&presented, &none, NULL, &profile, NULL, &flags,
                                                   note_last, (void *)&last);
        index = find_index(chain, last);
    }
    mbedtls_x509_crt_free(&presented);
    return index;
}

/* ---- the verdict ---- */

/* Mbed TLS calls this for each certificate of the path that it followed, the anchor first. */
static int trace_step(void *context, mbedtls_x509_crt *cert, int depth, uint32_t *flags)
{
    const struct device_case *device = context;
    char subject[256], why[256] = "";

    if (mbedtls_x509_dn_gets(subject, sizeof subject, &cert->subject) < 0)
        snprintf(subject, sizeof subject, "a subject that is too long");
    if (*flags != 0)
        (void)mbedtls_x509_crt_verify_info(why, sizeof why, ": ", *flags);
    why[strcspn(why, "\n")] = '\0';
    trace_put(device->name != NULL ? device->name : "", "Mbed TLS: certificate %d, %s, is %s%s",
              depth, subject, *flags == 0 ? "good" : "refused", why);
    return 0;
}

static int verify(const struct device_case *device, mbedtls_x509_crt *anchors,
                  mbedtls_x509_crt *chain, struct device_verdict *verdict)
{
    const bool has_bundle = device->target->has_bundle;
    mbedtls_x509_crt_profile profile;
    int (*see)(void *, mbedtls_x509_crt *, int, uint32_t *) = trace_is_on() ? trace_step : NULL;
    mbedtls_x509_crt none;
    uint32_t flags = 0;
    int result;

    if (has_bundle)
        see = ask_bundle;
    profile_of(device->target, &profile);
    move_dates(anchors, device);
    move_dates(chain, device);
    mbedtls_x509_crt_init(&none);
    result = mbedtls_x509_crt_verify_with_profile(chain, has_bundle ? &none : anchors, NULL,
                                                  &profile, device->name, &flags, see,
                                                  has_bundle ? (void *)anchors : (void *)device);
    if (result == 0) {
        verdict->is_accepted = check_usages(device, chain, verdict);
    } else if (result == MBEDTLS_ERR_X509_CERT_VERIFY_FAILED) {
        describe_flags(flags, verdict);
    } else if (refuse(verdict, "verification stopped", result) != 0) {
        return -1;
    } else {
        verdict->is_untrusted = result == MBEDTLS_ERR_X509_FATAL_ERROR; /* too many intermediates */
    }
    return 0;
}

static int verify_by_mbedtls(const struct device_case *device, struct device_anchors *anchors,
                             struct device_verdict *verdict, struct error *err)
{
    mbedtls_x509_crt chain;
    int parsed, rv = 0;

    *verdict = anchors->refusal;
    if (anchors->is_refused)
        return 0;
    mbedtls_x509_crt_init(&chain);
    restore_validity(anchors);
    parsed = parse_chain(device, &chain, verdict);
    if (parsed < 0 || (parsed == 1 && verify(device, &anchors->crt, &chain, verdict) != 0))
        rv = error_no_memory(err);
    mbedtls_x509_crt_free(&chain);
    return rv;
}

static int verify_with(const struct device_case *device, struct device_anchors *anchors,
                       struct device_verdict *out, struct error *err)
{
    struct device_verdict verdict = {false, false, ""};
    const int rv = device->target->stack == STACK_BEARSSL
                       ? bearssl_verify(device, anchors->bearssl, &verdict, err)
                       : verify_by_mbedtls(device, anchors, &verdict, err);

    if (rv == 0)
        *out = verdict;
    return rv;
}

int device_verify(const struct device_case *device, struct device_verdict *out, struct error *err)
{
    struct device_anchors *own = NULL;
    int rv;

    if (check_bounds(device->chain, err) != 0)
        return -1;
    if (device->parsed != NULL)
        return verify_with(device, device->parsed, out, err);
    if (device_anchors_parse(device, &own, err) != 0)
        return -1;
    rv = verify_with(device, own, out, err);
    device_anchors_free(own);
    return rv;
}

/* Without anchors no signature is verified, but the name is looked for all the same. */
bool device_matches_name(const X509 *leaf, const char *name)
{
    uint32_t flags = MBEDTLS_X509_BADCERT_CN_MISMATCH;
    unsigned char *der = NULL;
    int der_len = i2d_X509(leaf, &der);
    mbedtls_x509_crt crt;
    int result;

    mbed_begin();
    mbedtls_x509_crt_init(&crt);
    if (der_len > 0 && mbedtls_x509_crt_parse_der(&crt, der, (size_t)der_len) == 0) {
        result = mbedtls_x509_crt_verify(&crt, NULL, NULL, name, &flags, NULL, NULL);
        if (result != 0 && result != MBEDTLS_ERR_X509_CERT_VERIFY_FAILED)
            flags = MBEDTLS_X509_BADCERT_CN_MISMATCH;
    }
    mbedtls_x509_crt_free(&crt);
    OPENSSL_free(der);
    return (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) == 0;
}

static bool parses_certificate(const X509 *cert)
{
    unsigned char *der = NULL;
    int der_len = i2d_X509(cert, &der);
    mbedtls_x509_crt crt;
    bool parses;

    mbedtls_x509_crt_init(&crt);
    parses = der_len > 0 && mbedtls_x509_crt_parse_der(&crt, der, (size_t)der_len) == 0;
    mbedtls_x509_crt_free(&crt);
    OPENSSL_free(der);
    return parses;
}

static bool parses_key(const X509 *cert)
{
    unsigned char *der = NULL;
    int der_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(cert), &der);
    mbedtls_pk_context key;
    bool parses;

    mbedtls_pk_init(&key);
    parses = der_len > 0 && mbedtls_pk_parse_public_key(&key, der, (size_t)der_len) == 0;
    mbedtls_pk_free(&key);
    OPENSSL_free(der);
    return parses;
}

/* What is special about a key or a signature goes before what is common. */
const struct feature_row *device_find_lack(const X509 *cert)
{
    const struct demand demand = demand_of(cert, STACK_MBEDTLS);

    mbed_begin();
    if (parses_certificate(cert))
        return NULL;
    if (!parses_key(cert))
        return feature_row_of((demand.key & TARGET_CURVES) != 0 ? demand.key & TARGET_CURVES
                              : demand.key == FEATURE_RSA       ? FEATURE_LARGE_RSA
                                                                : FEATURE_UNKNOWN);
    return feature_row_of(demand.extensions != 0                      ? demand.extensions
                          : (demand.signature & FEATURE_RSA_PSS) != 0 ? FEATURE_RSA_PSS
                                                                      : demand.signature);
}

bool device_runs_in_threads(void)
{
    return mbed_runs_in_threads();
}

void device_mbedtls_version(char out[16])
{
    mbed_version(out);
}
