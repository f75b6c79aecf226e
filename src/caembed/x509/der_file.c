/* der_file.c -- DER -> certificates, or what else it is and how to convert it */
#include "x509/der_file.h"

#include <limits.h>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <stdio.h>
#include <string.h>

#include "x509/cert.h"

size_t der_file_length(const unsigned char *der, size_t der_len)
{
    const unsigned char *at = der;
    long content = 0;
    int tag, class;
    int flags =
        ASN1_get_object(&at, &content, &tag, &class, der_len < LONG_MAX ? (long)der_len : 0);

    ERR_clear_error(); /* content is set for an element that is longer than der_len too */
    return at > der && content > 0 && (flags & 1) == 0 && tag == V_ASN1_SEQUENCE
               ? (size_t)(at - der) + (size_t)content
               : 0;
}

bool der_file_is(const char *bytes, size_t length)
{
    const unsigned char *der = (const unsigned char *)bytes;

    return length > 4 && der[0] == 0x30 &&
           ((der[1] >= 0x81 && der[1] <= 0x84) || der[1] == length - 2);
}

void der_file_describe(const unsigned char *der, size_t der_len, char out[80])
{
    size_t said = der_file_length(der, der_len);

    if (der_len == 0)
        snprintf(out, 80, "it is empty");
    else if (said == 0)
        snprintf(out, 80, "it is not DER");
    else if (said > der_len)
        snprintf(out, 80, "its DER is cut short (%zu of %zu bytes)", der_len, said);
    else if (said < der_len)
        snprintf(out, 80, "bytes follow after its DER (%zu after %zu)", der_len - said, said);
    else
        snprintf(out, 80, "its DER is no certificate");
}

/* The leaf is the one that issued none of the others. */
static void put_leaf_first(struct pem_entry *entry, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const X509_NAME *name = X509_get_subject_name(entry[i].cert);
        struct pem_entry leaf = entry[i];
        bool is_issuer = false;
        for (size_t k = 0; k < count; k++)
            is_issuer = is_issuer ||
                        (k != i && X509_NAME_cmp(X509_get_issuer_name(entry[k].cert), name) == 0);
        if (is_issuer)
            continue;
        memmove(entry + 1, entry, i * sizeof *entry);
        entry[0] = leaf;
        return;
    }
}

static int add_all(const STACK_OF(X509) * certs, const char *name, struct pem_list *list,
                   struct error *err)
{
    const size_t before = list->count;

    for (int i = 0; i < sk_X509_num(certs); i++) {
        X509 *cert = sk_X509_value(certs, i);
        if (X509_up_ref(cert) != 1)
            return error_no_memory(err);
        if (pem_list_add(list, cert, name, err) != 0) {
            X509_free(cert);
            return -1;
        }
    }
    put_leaf_first(list->entry + before, list->count - before);
    return 0;
}

int der_file_add_pkcs7(const unsigned char *der, size_t der_len, const char *name,
                       struct pem_list *list, struct error *err)
{
    const unsigned char *at = der;
    PKCS7 *pkcs7 = der_len < LONG_MAX ? d2i_PKCS7(NULL, &at, (long)der_len) : NULL;
    const STACK_OF(X509) *certs = NULL;
    int rv = 1;

    if (pkcs7 != NULL && PKCS7_type_is_signed(pkcs7) && pkcs7->d.sign != NULL)
        certs = pkcs7->d.sign->cert;
    if (sk_X509_num(certs) > 0)
        rv = add_all(certs, name, list, err);
    PKCS7_free(pkcs7);
    ERR_clear_error();
    return rv;
}

/* One kind of DER that is no certificate: whether it is that. */
static bool is_pkcs12(const unsigned char *at, long length)
{
    PKCS12 *pkcs12 = d2i_PKCS12(NULL, &at, length);

    PKCS12_free(pkcs12);
    return pkcs12 != NULL;
}

static bool is_request(const unsigned char *at, long length)
{
    X509_REQ *request = d2i_X509_REQ(NULL, &at, length);

    X509_REQ_free(request);
    return request != NULL;
}

static bool is_crl(const unsigned char *at, long length)
{
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, length);

    X509_CRL_free(crl);
    return crl != NULL;
}

static bool is_key(const unsigned char *at, long length)
{
    EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &at, length);

    EVP_PKEY_free(key);
    return key != NULL;
}

static int fail_kind(const char *bytes, size_t length, const char *name, struct error *err)
{
    static const struct {
        bool (*is)(const unsigned char *at, long length);
        const char *what, *hint;
    } kinds[] = {
        {is_pkcs12, "a PKCS#12 file, which a password protects",
         "convert it with: openssl pkcs12 -in FILE -nokeys -out NEW.pem"},
        {is_request, "a certificate request in DER, no certificate",
         "give the certificate that the CA made of it"},
        {is_crl, "a revocation list in DER, no certificate", "give the CA's certificate"},
        {is_key, "a private key in DER, no certificate", "give the file of its certificate"},
    };
    const unsigned char *der = (const unsigned char *)bytes;
    char why[80];

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bool is_kind = kinds[i].is(der, (long)length);
        ERR_clear_error();
        if (!is_kind)
            continue;
        error_set(err, ERROR_USAGE, "%s: %s", name, kinds[i].what);
        return error_hint(err, "%s", kinds[i].hint);
    }
    der_file_describe(der, length, why);
    error_set(err, ERROR_USAGE, "%s: DER without a certificate: %s", name, why);
    return error_hint(err, "expected PEM (-----BEGIN CERTIFICATE-----), or a certificate in DER");
}

int der_file_parse(const char *bytes, size_t length, const char *name, struct pem_list *list,
                   struct error *err)
{
    const unsigned char *at = (const unsigned char *)bytes;
    size_t left = length;
    int rv = der_file_add_pkcs7(at, length, name, list, err);

    if (rv != 1)
        return rv;
    while (left > 0) {
        size_t der_len = der_file_length(at, left);
        X509 *cert = der_len > 0 && der_len <= left ? cert_from_der(at, der_len) : NULL;
        char why[80];
        if (cert == NULL && list->count == 0)
            return fail_kind(bytes, length, name, err);
        if (cert == NULL) {
            der_file_describe(at, left, why);
            error_set(err, ERROR_USAGE, "%s: certificate %zu is broken: %s", name, list->count + 1,
                      why);
            return error_hint(err, "is the file whole?");
        }
        if (pem_list_add(list, cert, name, err) != 0) {
            X509_free(cert);
            return -1;
        }
        at += der_len;
        left -= der_len;
    }
    return 0;
}
