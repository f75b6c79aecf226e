/* fuzz_roots.c -- any text as a PEM bundle or certdata.txt: the roots found can be read once more
 */
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <string.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "fuzz.h"
#include "pki.h"
#include "x509/cert.h"
#include "x509/roots.h"

static const struct pki_row rows[] = {
    {.name = "root", .flags = PKI_CA},
    {.name = "int", .issuer = "root", .flags = PKI_CA},
};

/* `ATTRIBUTE MULTILINE_OCTAL` and the bytes of der, which is freed. */
static void add_octal(struct text *out, const char *attribute, unsigned char *der, int length)
{
    FUZZ_CHECK(length > 0);
    text_add(out, "%s MULTILINE_OCTAL\n", attribute);
    for (int i = 0; i < length; i++)
        text_add(out, "\\%03o%s", der[i], i % 16 == 15 || i + 1 == length ? "\n" : "");
    text_add(out, "END\n");
    OPENSSL_free(der);
}

/* What binds a certificate and its trust object together. */
static void add_identity(struct text *out, const X509 *cert)
{
    unsigned char *issuer = NULL, *serial = NULL;
    int issuer_length = i2d_X509_NAME(X509_get_issuer_name(cert), &issuer);
    int serial_length = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &serial);

    add_octal(out, "CKA_ISSUER", issuer, issuer_length);
    add_octal(out, "CKA_SERIAL_NUMBER", serial, serial_length);
}

static void add_certdata(struct fuzz_corpus *corpus, const X509 *cert)
{
    struct text text = {0};
    unsigned char *der = NULL;
    int length = i2d_X509(cert, &der);

    text_add(&text, "# a comment\nBEGINDATA\nCKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\n"
                    "CKA_LABEL UTF8 \"A Root\"\n");
    add_octal(&text, "CKA_VALUE", der, length);
    add_identity(&text, cert);
    text_add(&text,
             "CKA_NSS_SERVER_DISTRUST_AFTER MULTILINE_OCTAL\n\\062\\064\\061\\061\\063\\060\\062"
             "\\063\\065\\071\\065\\071\\132\nEND\nCKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\n");
    add_identity(&text, cert);
    text_add(&text, "CKA_TRUST_SERVER_AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR\n");
    FUZZ_CHECK(!text.failed);
    fuzz_add_text(corpus, text.data);
    text_free(&text);
}

/* The certificate in DER, and as PKCS#7 in DER and PEM; and with what it is trusted for. */
static void add_der_files(struct fuzz_corpus *corpus, X509 *cert)
{
    PKCS7 *pkcs7 = PKCS7_new();
    BIO *bio = BIO_new(BIO_s_mem());
    unsigned char *der = NULL, *pkcs7_der = NULL;
    int length = i2d_X509(cert, &der);
    char *data = NULL;

    FUZZ_CHECK(pkcs7 != NULL && bio != NULL && length > 0);
    fuzz_add(corpus, der, (size_t)length);
    FUZZ_CHECK(PKCS7_set_type(pkcs7, NID_pkcs7_signed) == 1);
    FUZZ_CHECK(PKCS7_content_new(pkcs7, NID_pkcs7_data) == 1);
    FUZZ_CHECK(PKCS7_add_certificate(pkcs7, cert) == 1);
    length = i2d_PKCS7(pkcs7, &pkcs7_der);
    FUZZ_CHECK(length > 0);
    fuzz_add(corpus, pkcs7_der, (size_t)length);
    FUZZ_CHECK(PEM_write_bio_PKCS7(bio, pkcs7) == 1 && PEM_write_bio_X509_AUX(bio, cert) == 1);
    FUZZ_CHECK(BIO_write(bio, "", 1) == 1);
    FUZZ_CHECK(BIO_get_mem_data(bio, &data) > 0);
    fuzz_add_text(corpus, data);
    OPENSSL_free(der);
    OPENSSL_free(pkcs7_der);
    PKCS7_free(pkcs7);
    BIO_free(bio);
}

const long fuzz_mutations = 5000;

void fuzz_seed(struct fuzz_corpus *corpus)
{
    struct pki *pki = pki_new(rows, COUNT(rows));
    char *pem = pki_chain_pem(pki, "root int");
    static char bundle[16 * 1024];

    fuzz_add_text(corpus, pem);
    snprintf(bundle, sizeof bundle,
             "# version: 1\r\n# source: there\n# date: 2026-01-01T00:00:00Z\n# label: A Root\n"
             "# distrust-after: 2024-11-30T23:59:59Z\n%s-----BEGIN X509 CRL-----\nAAAA\n"
             "-----END X509 CRL-----\n# label: again\n%s",
             pem, pem);
    fuzz_add_text(corpus, bundle);
    add_certdata(corpus, pki_cert(pki, "root"));
    add_der_files(corpus, pki_cert(pki, "root"));
    free(pem);
    pki_free(pki);
}

/* The roots as a bundle of their own. */
static void check_again(const struct roots *roots)
{
    BIO *bio = BIO_new(BIO_s_mem());
    struct roots again;
    struct error err = {.code = ERROR_NONE};
    char *data = NULL;
    size_t length;

    FUZZ_CHECK(bio != NULL);
    for (size_t i = 0; i < roots->count; i++) {
        char date[TIMESTAMP_TEXT_SIZE];
        timestamp_format(roots->root[i].distrust_after, date);
        if (roots->root[i].distrust_after != TIMESTAMP_NONE)
            BIO_printf(bio, "# distrust-after: %s\n", date);
        FUZZ_CHECK(PEM_write_bio_X509(bio, roots->root[i].x509) == 1);
    }
    FUZZ_CHECK(BIO_write(bio, "", 1) == 1);
    length = (size_t)BIO_get_mem_data(bio, &data) - 1;
    FUZZ_CHECK(roots_parse(data, length, "again", &again, &err) == 0);
    FUZZ_CHECK(again.count == roots->count);
    for (size_t i = 0; i < roots->count; i++)
        FUZZ_CHECK(cert_equal(again.root[i].x509, roots->root[i].x509) &&
                   again.root[i].distrust_after == roots->root[i].distrust_after);
    root_list_free(&again);
    BIO_free(bio);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(data, size);
    struct roots roots = {0};
    struct error err = {.code = ERROR_NONE};

    if (roots_parse(text, size, "fuzz", &roots, &err) == 0) {
        FUZZ_CHECK(roots.count > 0 && roots.root[0].x509 != NULL);
        FUZZ_CHECK(strlen(roots.version) < sizeof roots.version);
        check_again(&roots);
    } else {
        FUZZ_CHECK(err.code == ERROR_USAGE && err.hint[0] != '\0' && roots.count == 0);
    }
    root_list_free(&roots);
    free(text);
    return 0;
}
