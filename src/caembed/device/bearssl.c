/* bearssl.c -- anchors + presented chain + clock -> the verdict of BearSSL */
#include "device/bearssl.h"

#ifdef CAEMBED_BEARSSL

#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "x509/pem.h"

/* Of the chain's signatures, as OpenSSL takes it; BearSSL takes up to ten times as long. A chain of
 * ten with P-384 takes 8 ms. */
#define COST_MAX_US 20000

#define DAY_S 86400
#define DAYS_TO_1970 719528 /* from year 0 */

/* An anchor, and the bytes that it points to. */
struct anchor {
    br_x509_trust_anchor trust;
    struct text name;
    unsigned char key[BR_X509_BUFSIZE_KEY];
};

/* Anchors, and the array of them that BearSSL wants. */
struct bearssl_anchors {
    struct anchor *anchor;
    br_x509_trust_anchor *trust;
    size_t count;
    bool is_refused; /* one of them; why */
    struct device_verdict refusal;
};

bool bearssl_is_built_in(void)
{
    return true;
}

/* The names of bearssl_x509.h, and what they mean for a user. */
static void describe(unsigned code, char out[256])
{
    static const struct {
        unsigned code;
        const char *name, *meaning;
    } rows[] = {
        {BR_ERR_X509_INVALID_VALUE, "INVALID_VALUE", "a broken certificate"},
        {BR_ERR_X509_TRUNCATED, "TRUNCATED", "a broken certificate"},
        {BR_ERR_X509_UNEXPECTED, "UNEXPECTED", "a certificate of an unexpected form"},
        {BR_ERR_X509_UNSUPPORTED, "UNSUPPORTED", "an algorithm or curve that it does not know"},
        {BR_ERR_X509_LIMIT_EXCEEDED, "LIMIT_EXCEEDED", "a key or signature that is too long"},
        {BR_ERR_X509_WRONG_KEY_TYPE, "WRONG_KEY_TYPE",
         "the next certificate's key is of another type than the signature"},
        {BR_ERR_X509_BAD_SIGNATURE, "BAD_SIGNATURE",
         "the next certificate's key does not verify the signature"},
        {BR_ERR_X509_EXPIRED, "EXPIRED", "a presented certificate is not valid at this time"},
        {BR_ERR_X509_DN_MISMATCH, "DN_MISMATCH",
         "a presented certificate is not followed by its issuer"},
        {BR_ERR_X509_BAD_SERVER_NAME, "BAD_SERVER_NAME", "the leaf is for another name"},
        {BR_ERR_X509_CRITICAL_EXTENSION, "CRITICAL_EXTENSION",
         "a critical extension that it does not know"},
        {BR_ERR_X509_NOT_CA, "NOT_CA", "an issuer that is no CA, or not of so long a path"},
        {BR_ERR_X509_FORBIDDEN_KEY_USAGE, "FORBIDDEN_KEY_USAGE",
         "an issuer whose key may not sign certificates"},
        {BR_ERR_X509_WEAK_PUBLIC_KEY, "WEAK_PUBLIC_KEY", "a key that is too short"},
        {BR_ERR_X509_NOT_TRUSTED, "NOT_TRUSTED", "the chain ends before an anchor"},
    };

    snprintf(out, 256, "error %u", code);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].code == code)
            snprintf(out, 256, "BR_ERR_X509_%s (%u): %s", rows[i].name, code, rows[i].meaning);
}

/* ---- anchors ---- */

static void append_name(void *context, const void *bytes, size_t length)
{
    text_add_bytes(context, bytes, length);
}

/* Keeps the key in the anchor, where the decoder's own is lost. */
static void keep_key(struct anchor *anchor, const br_x509_pkey *key)
{
    br_x509_pkey *kept = &anchor->trust.pkey;

    kept->key_type = key->key_type;
    if (key->key_type == BR_KEYTYPE_RSA) {
        memcpy(anchor->key, key->key.rsa.n, key->key.rsa.nlen);
        memcpy(anchor->key + key->key.rsa.nlen, key->key.rsa.e, key->key.rsa.elen);
        kept->key.rsa = (br_rsa_public_key){anchor->key, key->key.rsa.nlen,
                                            anchor->key + key->key.rsa.nlen, key->key.rsa.elen};
    } else {
        memcpy(anchor->key, key->key.ec.q, key->key.ec.qlen);
        kept->key.ec = (br_ec_public_key){key->key.ec.curve, anchor->key, key->key.ec.qlen};
    }
}

/* Returns BearSSL's error, or 0. */
static int decode_anchor(const unsigned char *der, size_t der_len, struct anchor *out)
{
    br_x509_decoder_context decoder;
    const br_x509_pkey *key;

    br_x509_decoder_init(&decoder, append_name, &out->name);
    br_x509_decoder_push(&decoder, der, der_len);
    key = br_x509_decoder_get_pkey(&decoder);
    if (key == NULL)
        return br_x509_decoder_last_error(&decoder);
    keep_key(out, key);
    out->trust.flags = br_x509_decoder_isCA(&decoder) != 0 ? BR_X509_TA_CA : 0;
    return 0;
}

void bearssl_anchors_free(struct bearssl_anchors *anchors)
{
    if (anchors == NULL)
        return;
    for (size_t i = 0; anchors->anchor != NULL && i < anchors->count; i++)
        text_free(&anchors->anchor[i].name);
    free(anchors->anchor);
    free(anchors->trust);
    free(anchors);
}

/* Returns -1 if out of memory. */
static int decode_anchors(const struct pem_list *list, struct bearssl_anchors *out)
{
    out->count = list->count;
    out->anchor = calloc(list->count, sizeof out->anchor[0]);
    out->trust = calloc(list->count, sizeof out->trust[0]);
    if (out->anchor == NULL || out->trust == NULL)
        return -1;
    for (size_t i = 0; i < list->count; i++) {
        struct anchor *anchor = &out->anchor[i];
        unsigned char *der = NULL;
        const int der_len = i2d_X509(list->entry[i].cert, &der);
        const int code = der_len > 0 ? decode_anchor(der, (size_t)der_len, anchor) : 0;
        char why[256];
        OPENSSL_free(der);
        if (der_len <= 0 || anchor->name.failed)
            return -1;
        if (code != 0) {
            describe((unsigned)code, why);
            snprintf(out->refusal.reason, sizeof out->refusal.reason, "anchor %zu: %.200s", i + 1,
                     why);
            out->is_refused = true;
            return 0;
        }
        anchor->trust.dn.data = (unsigned char *)anchor->name.data;
        anchor->trust.dn.len = anchor->name.length;
        out->trust[i] = anchor->trust;
    }
    return 0;
}

int bearssl_anchors_parse(const struct device_case *device, struct bearssl_anchors **out,
                          struct error *err)
{
    struct bearssl_anchors *anchors = calloc(1, sizeof *anchors);
    struct pem_list list = {.count = 0};
    int rv = -1;

    if (anchors == NULL)
        return error_no_memory(err);
    if (pem_parse(device->anchors, device->anchors_size - 1, "the anchors", &list, err) != 0)
        goto done;
    if (decode_anchors(&list, anchors) != 0) {
        error_no_memory(err);
        goto done;
    }
    *out = anchors;
    anchors = NULL;
    rv = 0;
done:
    bearssl_anchors_free(anchors);
    pem_list_free(&list);
    return rv;
}

/* ---- the chain ---- */

static int push_chain(const STACK_OF(X509) * chain, const br_x509_class **engine)
{
    for (int i = 0; i < sk_X509_num(chain); i++) {
        unsigned char *der = NULL;
        const int der_len = i2d_X509(sk_X509_value(chain, i), &der);
        if (der_len <= 0)
            return -1;
        (*engine)->start_cert(engine, (uint32_t)der_len);
        (*engine)->append(engine, der, (size_t)der_len);
        (*engine)->end_cert(engine);
        OPENSSL_free(der);
    }
    return 0;
}

/* What its TLS client checks after the chain: BR_ERR_WRONG_KEY_USAGE. */
static bool allows_usage(const struct device_case *device, const br_x509_class *const *engine)
{
    unsigned allowed = 0;
    const unsigned wanted =
        ((device->usages & USAGE_SIGNATURE) != 0 ? (unsigned)BR_KEYTYPE_SIGN : 0U) |
        ((device->usages & ~(unsigned)USAGE_SIGNATURE) != 0 ? (unsigned)BR_KEYTYPE_KEYX : 0U);

    return (*engine)->get_pkey(engine, &allowed) != NULL &&
           (wanted == 0 || (allowed & wanted) != 0);
}

static void set_time(br_x509_minimal_context *context, int64_t at)
{
    const int64_t second = (at % DAY_S + DAY_S) % DAY_S;

    br_x509_minimal_set_time(context, (uint32_t)((at - second) / DAY_S + DAYS_TO_1970),
                             (uint32_t)second);
}

/* Has the engine validate the chain; *code is its error, or 0. Returns -1 if out of memory. */
static int validate(const struct device_case *device, const struct bearssl_anchors *anchors,
                    br_x509_minimal_context *context, unsigned *code)
{
    const br_x509_class **engine = &context->vtable;

    br_x509_minimal_init_full(context, anchors->trust, anchors->count);
    set_time(context, device->at);
    (*engine)->start_chain(engine, device->name);
    if (push_chain(device->chain, engine) != 0)
        return -1;
    *code = (*engine)->end_chain(engine);
    return 0;
}

static int verify(const struct device_case *device, const struct bearssl_anchors *anchors,
                  struct device_verdict *verdict)
{
    br_x509_minimal_context context;
    unsigned code;

    if (validate(device, anchors, &context, &code) != 0)
        return -1;
    if (code != 0)
        describe(code, verdict->reason);
    else if (!allows_usage(device, &context.vtable))
        snprintf(verdict->reason, sizeof verdict->reason,
                 "BR_ERR_WRONG_KEY_USAGE (%d): the leaf's key usage", BR_ERR_WRONG_KEY_USAGE);
    else
        verdict->is_accepted = true;
    verdict->is_untrusted = code != 0;
    return 0;
}

/* Without anchors no signature is verified, but the name is looked for all the same. */
bool bearssl_matches_name(X509 *leaf, const char *name, int64_t at)
{
    const struct bearssl_anchors none = {.count = 0};
    STACK_OF(X509) *chain = sk_X509_new_reserve(NULL, 1);
    const struct device_case device = {.chain = chain, .name = name, .at = at};
    br_x509_minimal_context context;
    unsigned code = 0;
    bool matches = false;

    if (chain != NULL) {
        sk_X509_push(chain, leaf); /* reserved: can't fail */
        matches = validate(&device, &none, &context, &code) == 0 && code == BR_ERR_X509_NOT_TRUSTED;
    }
    sk_X509_free(chain); /* not the leaf */
    return matches;
}

int bearssl_verify(const struct device_case *device, const struct bearssl_anchors *anchors,
                   struct device_verdict *out, struct error *err)
{
    struct device_verdict verdict = anchors->refusal;

    if (!anchors->is_refused && verify(device, anchors, &verdict) != 0)
        return error_no_memory(err);
    *out = verdict;
    return 0;
}

#else

bool bearssl_is_built_in(void)
{
    return false;
}

int bearssl_anchors_parse(const struct device_case *device, struct bearssl_anchors **out,
                          struct error *err)
{
    (void)device;
    (void)out;
    error_set(err, ERROR_LACK, "this caembed is built without BearSSL, which proves the target");
    return error_hint(err, "install libbearssl-dev and build caembed again; caembed --version says "
                           "whether BearSSL is in it");
}

void bearssl_anchors_free(struct bearssl_anchors *anchors)
{
    (void)anchors; /* there are none */
}

int bearssl_verify(const struct device_case *device, const struct bearssl_anchors *anchors,
                   struct device_verdict *out, struct error *err)
{
    (void)device;
    (void)anchors;
    (void)out;
    return error_set(err, ERROR_LACK, "this caembed is built without BearSSL");
}

bool bearssl_matches_name(X509 *leaf, const char *name, int64_t at)
{
    (void)leaf;
    (void)name;
    (void)at;
    return false;
}

#endif
