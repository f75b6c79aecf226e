/* cert.h -- what the other stages ask of one X.509 certificate */
#ifndef CAEMBED_X509_CERT_H
#define CAEMBED_X509_CERT_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/text.h"

/* Room for a name as text; a longer one is cut and ends in "...". */
#define CERT_NAME_TEXT_SIZE 512
#define CERT_KEY_TEXT_SIZE 64
#define CERT_SHORT_NAME_LENGTH 28

/* One DER certificate that fills der exactly, or NULL. The caller frees it with X509_free(). */
X509 *cert_from_der(const uint8_t *der, size_t der_len) MUST_USE;

/* A certificate that stands for an anchor of which only the name (its DER), the key and whether it
 * is a CA are known: what else it says means nothing, and a key that nobody keeps has signed it.
 * NULL if the name can't be read, or out of memory. The caller frees it with X509_free(). */
X509 *cert_stand_in(const uint8_t *name, size_t name_len, EVP_PKEY *key, bool is_ca) MUST_USE;

/* SHA-256 of the whole DER: what browsers and `openssl x509 -fingerprint -sha256` show. */
int cert_sha256(const X509 *cert, uint8_t digest[SHA256_LENGTH]) MUST_USE;
int cert_sha256_text(const X509 *cert, char text[SHA256_TEXT_SIZE]) MUST_USE;

/* Adds the digest as hex. Returns 0, or -1 out of memory. */
int cert_add_sha256(const X509 *cert, struct text *out) MUST_USE;

/* The same DER. */
bool cert_equal(const X509 *a, const X509 *b);

/* The same name byte for byte, as Mbed TLS compares them; OpenSSL folds case and blanks. */
bool cert_same_name(const X509_NAME *a, const X509_NAME *b);

/* The same subject and the same public key: cross-certificates of one CA are alike in this. */
bool cert_same_ca(const X509 *a, const X509 *b);

/* The same subject byte for byte, and the same public key: one trust anchor (RFC 5280
 * section 6.1.1) where no certificate is kept. */
bool cert_same_anchor(const X509 *a, const X509 *b);

/* Issuer and subject are one name, and its own key verifies its signature. */
bool cert_is_self_signed(X509 *cert);

/* The issuer's key verifies cert's signature; names are not compared. A DSA key of more than 3072
 * bits is not tried. */
bool cert_is_signed_by(X509 *cert, X509 *issuer);

/* RFC 4514 text of a name, printable ASCII only: other bytes stand as hexpairs. */
void cert_name_text(const X509_NAME *name, char out[CERT_NAME_TEXT_SIZE]);
void cert_subject_text(const X509 *cert, char out[CERT_NAME_TEXT_SIZE]);
void cert_issuer_text(const X509 *cert, char out[CERT_NAME_TEXT_SIZE]);

/* The common name ("CN=..."), or the whole name where that is not what comes first. */
void cert_common_name_text(const X509_NAME *name, char out[CERT_NAME_TEXT_SIZE]);

/* The same, cut to CERT_SHORT_NAME_LENGTH characters: for tables. */
void cert_short_name_text(const X509_NAME *name, char out[CERT_NAME_TEXT_SIZE]);

/* "RSA 2048", "EC P-256", "Ed25519"; OpenSSL's name of the algorithm where it is none of these. */
void cert_key_text(const X509 *cert, char out[CERT_KEY_TEXT_SIZE]);

/* The signature algorithm as OpenSSL names it, such as "ecdsa-with-SHA256"; static storage, or
 * "unknown". */
const char *cert_signature_text(const X509 *cert);

/* Adds its PEM text (RFC 7468). Returns 0, or -1 out of memory. */
int cert_add_pem(const X509 *cert, struct text *out) MUST_USE;

/* Bytes of its DER. */
size_t cert_der_length(const X509 *cert);

/* Bytes of its PEM text, line ends included. */
size_t cert_pem_length(const X509 *cert);

/* RFC 5280 section 4.1.2.5, as seconds since the epoch. A time that can't be read gives
 * `otherwise`. */
int64_t cert_time_from_asn1(const ASN1_TIME *time, int64_t otherwise);

/* Seconds since the epoch; a date that can't be read makes the certificate never valid. */
int64_t cert_not_before(const X509 *cert);
int64_t cert_not_after(const X509 *cert);

#endif
