/* format_bearssl.c -- anchors -> trust anchors of BearSSL, as `brssl ta` prints them */
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "emit/format.h"

const struct format_bearssl_curve format_bearssl_curves[FORMAT_BEARSSL_CURVES] = {
    {"BR_EC_secp256r1", 23, "P-256"},
    {"BR_EC_secp384r1", 24, "P-384"},
    {"BR_EC_secp521r1", 25, "P-521"},
};

void format_bearssl_array(const char *prefix, char out[RENDER_IDENTIFIER_SIZE])
{
    snprintf(out, RENDER_IDENTIFIER_SIZE, "%ss", prefix);
}

/* What BearSSL keeps of an anchor. */
struct anchor {
    const unsigned char *name;  /* DER, borrowed */
    const unsigned char *point; /* of a key on a curve, borrowed; NULL: an RSA key */
    unsigned char *modulus, *exponent;
    size_t name_len, point_len, modulus_len, exponent_len;
    const char *curve;
    bool is_ca;
};

static void free_anchor(struct anchor *anchor)
{
    free(anchor->modulus);
    free(anchor->exponent);
}

static unsigned char *number_bytes(const EVP_PKEY *key, const char *parameter, size_t *length)
{
    BIGNUM *number = NULL;
    unsigned char *bytes = NULL;

    if (EVP_PKEY_get_bn_param(key, parameter, &number) == 1) {
        *length = (size_t)BN_num_bytes(number);
        bytes = malloc(*length + 1);
    }
    if (bytes != NULL)
        BN_bn2bin(number, bytes);
    BN_free(number);
    return bytes;
}

/* The curve's name in bearssl.h, or NULL. */
static const char *curve_of(const EVP_PKEY *key)
{
    char group[40] = "";
    int nid = NID_undef;

    if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1)
        nid = OBJ_txt2nid(group);
    ERR_clear_error();
    for (size_t i = 0; nid != NID_undef && i < FORMAT_BEARSSL_CURVES; i++)
        if (EC_curve_nist2nid(format_bearssl_curves[i].group) == nid)
            return format_bearssl_curves[i].name;
    return NULL;
}

/* Returns false for a key that BearSSL has no form for, and if out of memory. */
static bool take_anchor(const X509 *cert, struct anchor *out)
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(cert);

    out->is_ca = (X509_get_extension_flags((X509 *)cert) & EXFLAG_CA) != 0;
    if (key == NULL ||
        X509_NAME_get0_der(X509_get_subject_name(cert), &out->name, &out->name_len) != 1)
        return false;
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) {
        out->modulus = number_bytes(key, OSSL_PKEY_PARAM_RSA_N, &out->modulus_len);
        out->exponent = number_bytes(key, OSSL_PKEY_PARAM_RSA_E, &out->exponent_len);
        return out->modulus != NULL && out->exponent != NULL;
    }
    out->curve = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC ? curve_of(key) : NULL;
    out->point = ASN1_STRING_get0_data(bits);
    out->point_len = (size_t)ASN1_STRING_length(bits);
    return out->curve != NULL;
}

static int fail_anchor(const X509 *cert, struct error *err)
{
    if (X509_get0_pubkey(cert) == NULL || EVP_PKEY_get_base_id(X509_get0_pubkey(cert)) == NID_rsa)
        return error_no_memory(err);
    error_set(err, ERROR_TARGET, "an anchor has a key for which BearSSL has no form");
    return error_hint(err, "BearSSL takes RSA keys, and keys on P-256, P-384 and P-521");
}

/* ---- text ---- */

static void add_array(struct text *out, const struct render_input *input, size_t index,
                      const char *part, const unsigned char *bytes, size_t length)
{
    text_add(out, "\nstatic const unsigned char %s%zu_%s[] = {", input->name, index, part);
    for (size_t i = 0; i < length; i++)
        text_add(out, "%s%s0x%02X", i > 0 ? "," : "", i % 12 == 0 ? "\n\t" : " ",
                 (unsigned)bytes[i]);
    text_add(out, "\n};\n");
}

static void add_arrays(struct text *out, const struct render_input *input, size_t index,
                       const struct anchor *anchor)
{
    add_array(out, input, index, "DN", anchor->name, anchor->name_len);
    if (anchor->point != NULL) {
        add_array(out, input, index, "EC_Q", anchor->point, anchor->point_len);
        return;
    }
    add_array(out, input, index, "RSA_N", anchor->modulus, anchor->modulus_len);
    add_array(out, input, index, "RSA_E", anchor->exponent, anchor->exponent_len);
}

/* `(unsigned char *)TA0_DN, sizeof TA0_DN` */
static void add_reference(struct text *out, const char *name, size_t index, const char *part)
{
    text_add(out, "(unsigned char *)%s%zu_%s, sizeof %s%zu_%s", name, index, part, name, index,
             part);
}

static void add_struct(struct text *out, const struct render_input *input, size_t index,
                       const struct anchor *anchor)
{
    text_add(out, "%s\t{\n\t\t{ ", index > 0 ? ",\n" : "");
    add_reference(out, input->name, index, "DN");
    text_add(out, " },\n\t\t%s,\n\t\t{\n", anchor->is_ca ? "BR_X509_TA_CA" : "0");
    if (anchor->point != NULL) {
        text_add(out, "\t\t\tBR_KEYTYPE_EC,\n\t\t\t{ .ec = {\n\t\t\t\t%s,\n\t\t\t\t",
                 anchor->curve);
        add_reference(out, input->name, index, "EC_Q");
    } else {
        text_add(out, "\t\t\tBR_KEYTYPE_RSA,\n\t\t\t{ .rsa = {\n\t\t\t\t");
        add_reference(out, input->name, index, "RSA_N");
        text_add(out, ",\n\t\t\t\t");
        add_reference(out, input->name, index, "RSA_E");
    }
    text_add(out, ",\n\t\t\t} }\n\t\t}\n\t}");
}

/* Arduino's libraries have bearssl.h elsewhere, and sketches include it before. C++ knows `.rsa =`
 * from C++20 on, and compilers have known it for longer. */
static const char before_arrays[] = "#ifndef BR_BEARSSL_X509_H__\n"
                                    "#include <bearssl.h>\n"
                                    "#endif\n";
static const char before_structs[] = "\n#if defined(__cplusplus) && defined(__GNUC__)\n"
                                     "#pragma GCC diagnostic push\n"
                                     "#pragma GCC diagnostic ignored \"-Wpedantic\"\n"
                                     "#if __GNUC__ >= 12\n"
                                     "#pragma GCC diagnostic ignored \"-Wc++20-extensions\"\n"
                                     "#endif\n"
                                     "#endif\n";
static const char after_structs[] = "#if defined(__cplusplus) && defined(__GNUC__)\n"
                                    "#pragma GCC diagnostic pop\n"
                                    "#endif\n";

int format_bearssl_add(struct text *out, const struct render_input *input, struct error *err)
{
    const size_t count = input->bundle->count;
    struct text structs = {0};
    int rv = 0;

    text_add(out, "%s", before_arrays);
    for (size_t i = 0; rv == 0 && i < count; i++) {
        const X509 *cert = input->bundle->anchor[i].embedded.x509;
        struct anchor anchor = {.name = NULL};
        if (take_anchor(cert, &anchor)) {
            add_arrays(out, input, i, &anchor);
            add_struct(&structs, input, i, &anchor);
        } else {
            rv = fail_anchor(cert, err);
        }
        free_anchor(&anchor);
    }
    text_add(out, "%sstatic const br_x509_trust_anchor %ss[%zu] = {\n", before_structs, input->name,
             count);
    text_add_bytes(out, structs.data != NULL ? structs.data : "", structs.length);
    text_add(out, "\n};\n%s\n#define %ss_NUM   %zu\n", after_structs, input->name, count);
    out->failed = out->failed || structs.failed;
    text_free(&structs);
    return rv;
}

/* Of br_x509_trust_anchor where pointers and sizes have four bytes. */
#define STRUCT_SIZE 32

size_t format_bearssl_size(const struct bundle_anchor *anchor, size_t number)
{
    struct anchor taken = {.name = NULL};
    size_t size = 0;

    (void)number;
    if (take_anchor(anchor->embedded.x509, &taken))
        size =
            STRUCT_SIZE + taken.name_len + taken.modulus_len + taken.exponent_len + taken.point_len;
    free_anchor(&taken);
    return size;
}
