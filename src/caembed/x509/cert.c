/* cert.c -- X.509 certificate -> fingerprint, names, key, dates */
#include "x509/cert.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"

X509 *cert_from_der(const uint8_t *der, size_t der_len)
{
    const unsigned char *end = der;
    X509 *cert;

    if (der_len > LONG_MAX)
        return NULL;
    cert = d2i_X509(NULL, &end, (long)der_len);
    if (cert != NULL && end != der + der_len) {
        X509_free(cert);
        cert = NULL;
    }
    ERR_clear_error();
    return cert;
}

static bool add_basic_constraints(X509 *cert)
{
    BASIC_CONSTRAINTS *constraints = BASIC_CONSTRAINTS_new();
    bool is_added;

    if (constraints == NULL)
        return false;
    constraints->ca = 0xff; /* DER's TRUE */
    is_added = X509_add1_ext_i2d(cert, NID_basic_constraints, constraints, 1, 0) == 1;
    BASIC_CONSTRAINTS_free(constraints);
    return is_added;
}

/* Its dates are those that end no certificate (RFC 5280 section 4.1.2.5). */
static bool fill_stand_in(X509 *cert, const X509_NAME *name, EVP_PKEY *key, bool is_ca)
{
    EVP_PKEY *signer = EVP_EC_gen("P-256");
    const bool is_filled =
        signer != NULL && X509_set_version(cert, X509_VERSION_3) == 1 &&
        ASN1_INTEGER_set(X509_get_serialNumber(cert), 1) == 1 &&
        X509_set_subject_name(cert, name) == 1 && X509_set_issuer_name(cert, name) == 1 &&
        ASN1_TIME_set_string_X509(X509_getm_notBefore(cert), "19700101000000Z") == 1 &&
        ASN1_TIME_set_string_X509(X509_getm_notAfter(cert), "99991231235959Z") == 1 &&
        X509_set_pubkey(cert, key) == 1 && (!is_ca || add_basic_constraints(cert)) &&
        X509_sign(cert, signer, EVP_sha256()) > 0;

    EVP_PKEY_free(signer);
    return is_filled;
}

X509 *cert_stand_in(const uint8_t *name, size_t name_len, EVP_PKEY *key, bool is_ca)
{
    const unsigned char *end = name;
    X509_NAME *parsed = name_len <= LONG_MAX ? d2i_X509_NAME(NULL, &end, (long)name_len) : NULL;
    X509 *cert = parsed != NULL && end == name + name_len ? X509_new() : NULL;

    if (cert != NULL && !fill_stand_in(cert, parsed, key, is_ca)) {
        X509_free(cert);
        cert = NULL;
    }
    X509_NAME_free(parsed);
    ERR_clear_error();
    return cert;
}

int cert_sha256(const X509 *cert, uint8_t digest[SHA256_LENGTH])
{
    unsigned length = 0;

    return X509_digest(cert, EVP_sha256(), digest, &length) == 1 && length == SHA256_LENGTH ? 0
                                                                                            : -1;
}

int cert_sha256_text(const X509 *cert, char text[SHA256_TEXT_SIZE])
{
    uint8_t digest[SHA256_LENGTH];

    if (cert_sha256(cert, digest) != 0)
        return -1;
    text_from_sha256(digest, text);
    return 0;
}

int cert_add_sha256(const X509 *cert, struct text *out)
{
    char text[SHA256_TEXT_SIZE];

    if (cert_sha256_text(cert, text) != 0)
        return -1;
    text_add(out, "%s", text);
    return out->failed ? -1 : 0;
}

bool cert_equal(const X509 *a, const X509 *b)
{
    return X509_cmp(a, b) == 0;
}

bool cert_same_name(const X509_NAME *a, const X509_NAME *b)
{
    const unsigned char *a_der, *b_der;
    size_t a_length, b_length;

    return X509_NAME_get0_der(a, &a_der, &a_length) == 1 &&
           X509_NAME_get0_der(b, &b_der, &b_length) == 1 && a_length == b_length &&
           memcmp(a_der, b_der, a_length) == 0;
}

bool cert_same_ca(const X509 *a, const X509 *b)
{
    const EVP_PKEY *key_a = X509_get0_pubkey(a);
    const EVP_PKEY *key_b = X509_get0_pubkey(b);

    return X509_NAME_cmp(X509_get_subject_name(a), X509_get_subject_name(b)) == 0 &&
           key_a != NULL && key_b != NULL && EVP_PKEY_eq(key_a, key_b) == 1;
}

bool cert_same_anchor(const X509 *a, const X509 *b)
{
    return cert_same_name(X509_get_subject_name(a), X509_get_subject_name(b)) && cert_same_ca(a, b);
}

bool cert_is_self_signed(X509 *cert)
{
    return X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0 &&
           cert_is_signed_by(cert, cert);
}

/* FIPS 186-4 has no larger DSA keys; one of 10,000 bits takes OpenSSL 13 ms a signature. */
#define DSA_BITS_MAX 3072

bool cert_is_signed_by(X509 *cert, X509 *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    bool is_too_slow = key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_DSA &&
                       EVP_PKEY_get_bits(key) > DSA_BITS_MAX;
    bool verified = key != NULL && !is_too_slow && X509_verify(cert, key) == 1;

    ERR_clear_error();
    return verified;
}

void cert_name_text(const X509_NAME *name, char out[CERT_NAME_TEXT_SIZE])
{
    static const char cut[] = "...";
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    long length;

    snprintf(out, CERT_NAME_TEXT_SIZE, "?");
    if (bio == NULL)
        return;
    if (X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) >= 0) {
        length = BIO_get_mem_data(bio, &data);
        if (length == 0)
            snprintf(out, CERT_NAME_TEXT_SIZE, "(no name)");
        else if (length < CERT_NAME_TEXT_SIZE)
            snprintf(out, CERT_NAME_TEXT_SIZE, "%.*s", (int)length, data);
        else
            snprintf(out, CERT_NAME_TEXT_SIZE, "%.*s%s", (int)(CERT_NAME_TEXT_SIZE - sizeof cut),
                     data, cut);
    }
    ERR_clear_error();
    BIO_free(bio);
}

void cert_common_name_text(const X509_NAME *name, char out[CERT_NAME_TEXT_SIZE])
{
    size_t length = 3;

    cert_name_text(name, out);
    if (strncmp(out, "CN=", 3) != 0)
        return;
    while (out[length] != '\0' && (out[length] != ',' || out[length - 1] == '\\'))
        length++;
    out[length] = '\0';
}

void cert_short_name_text(const X509_NAME *name, char out[CERT_NAME_TEXT_SIZE])
{
    cert_common_name_text(name, out);
    if (strlen(out) > CERT_SHORT_NAME_LENGTH)
        memcpy(out + CERT_SHORT_NAME_LENGTH - 3, "...", sizeof "...");
}

void cert_subject_text(const X509 *cert, char out[CERT_NAME_TEXT_SIZE])
{
    cert_name_text(X509_get_subject_name(cert), out);
}

void cert_issuer_text(const X509 *cert, char out[CERT_NAME_TEXT_SIZE])
{
    cert_name_text(X509_get_issuer_name(cert), out);
}

void cert_key_text(const X509 *cert, char out[CERT_KEY_TEXT_SIZE])
{
    const EVP_PKEY *key = X509_get0_pubkey(cert);
    int type = key != NULL ? EVP_PKEY_get_base_id(key) : NID_undef;
    char group[40] = "";

    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS) {
        snprintf(out, CERT_KEY_TEXT_SIZE, "RSA %d", EVP_PKEY_get_bits(key));
    } else if (type == EVP_PKEY_EC &&
               EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1) {
        const char *nist = EC_curve_nid2nist(OBJ_txt2nid(group));
        snprintf(out, CERT_KEY_TEXT_SIZE, "EC %s", nist != NULL ? nist : group);
    } else {
        const char *name = type != NID_undef ? OBJ_nid2sn(type) : NULL;
        snprintf(out, CERT_KEY_TEXT_SIZE, "%s", name != NULL ? name : "unknown");
    }
    ERR_clear_error();
}

const char *cert_signature_text(const X509 *cert)
{
    int nid = X509_get_signature_nid(cert);

    return nid != NID_undef ? OBJ_nid2ln(nid) : "unknown";
}

int cert_add_pem(const X509 *cert, struct text *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    int rv = -1;

    if (bio != NULL && PEM_write_bio_X509(bio, (X509 *)cert) == 1) {
        size_t length = (size_t)BIO_get_mem_data(bio, &data);
        text_add_bytes(out, data, length);
        rv = out->failed ? -1 : 0;
    }
    BIO_free(bio);
    return rv;
}

/* 64 characters and a line end for each 48 bytes, and two lines around them. */
size_t cert_der_length(const X509 *cert)
{
    int length = i2d_X509((X509 *)cert, NULL);

    return length > 0 ? (size_t)length : 0;
}

size_t cert_pem_length(const X509 *cert)
{
    static const char frame[] = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
    size_t base64 = (cert_der_length(cert) + 2) / 3 * 4;

    return base64 + (base64 + 63) / 64 + sizeof frame - 1;
}

int64_t cert_time_from_asn1(const ASN1_TIME *time, int64_t otherwise)
{
    struct tm tm;

    if (time == NULL || ASN1_TIME_to_tm(time, &tm) != 1)
        return otherwise;
    return timestamp_from_date((int64_t)tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
                               (int64_t)tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec);
}

int64_t cert_not_before(const X509 *cert)
{
    return cert_time_from_asn1(X509_get0_notBefore(cert), INT64_MAX);
}

int64_t cert_not_after(const X509 *cert)
{
    return cert_time_from_asn1(X509_get0_notAfter(cert), INT64_MIN);
}
