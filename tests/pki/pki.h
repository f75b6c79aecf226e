/* pki.h -- certificates made by the tests, from a table */
#ifndef TESTS_PKI_H
#define TESTS_PKI_H

#include <openssl/x509.h>
#include <stddef.h>

enum {
    PKI_CA = 1 << 0,      /* basicConstraints CA:TRUE, keyUsage keyCertSign */
    PKI_V1 = 1 << 1,      /* version 1, no extensions */
    PKI_PSS = 1 << 2,     /* signed with RSA-PSS */
    PKI_CLIENT = 1 << 3,  /* extended key usage clientAuth instead of serverAuth */
    PKI_NO_SIGN = 1 << 4, /* a CA whose keyUsage lacks keyCertSign */
    PKI_T61 = 1 << 5,     /* the subject is a T61String: any bytes, not only UTF-8 */
    PKI_BARE = 1 << 6,    /* no extensions but those of san and extension */
    PKI_UID = 1 << 7      /* a subjectUniqueID (RFC 5280 4.1.2.8), with an RSA key */
};

/* A certificate. Rows may only refer to rows above them. Strings left NULL have the default. */
struct pki_row {
    const char *name;         /* of the row, and of its files */
    const char *subject;      /* common name; the whole subject is CN=…; default: name */
    const char *organization; /* O= before the common name; NULL: none */
    size_t subject_length;    /* 0: strlen(subject) */
    const char *key;          /* "TYPE/LABEL"; rows with one label share the key. TYPE: p192, p224,
                                 p256, p384, p521, k256, bp256, bp384, bp512, sect163k1,
                                 sect571k1, rsaBITS, ed25519. Default: p256/name */
    const char *issuer;       /* a row's name; NULL: self-signed */
    const char *san;          /* subjectAltName, such as "DNS:localhost,IP:127.0.0.1" */
    const char *since;        /* YYYYMMDDhhmmssZ; 20200101000000Z */
    const char *until;        /* 20400101000000Z */
    const char *hash;         /* SHA256 */
    const char *extension;    /* more, "NAME=VALUE" as in openssl.cnf, one a line */
    unsigned flags;
    int pathlen; /* 0: none; n: n - 1 */
};

struct pki;

/* Makes the certificates of a table; the process ends with a message if that fails. */
struct pki *pki_new(const struct pki_row *row, size_t count);

/* Adds a table's certificates; its rows may refer to those there are. */
void pki_add(struct pki *pki, const struct pki_row *row, size_t count);

/* Adds CAs that have all certified each other, and a leaf: the roots mesh-0, mesh-1, ..., mesh-I-J
 * (the name and key of mesh-I, issued by mesh-J) for every pair, and mesh-leaf, issued by mesh-0.
 */
void pki_add_mesh(struct pki *pki, int count, const char *san);

/* By name; borrowed. The process ends with a message for a name that is not there. */
X509 *pki_cert(const struct pki *pki, const char *name);
EVP_PKEY *pki_key(const struct pki *pki, const char *name);

/* The named certificates ("leaf intermediate root") in that order. The caller frees with
 * sk_X509_pop_free(…, X509_free). */
STACK_OF(X509) * pki_chain(const struct pki *pki, const char *names);

/* The same as PEM text; the caller frees. */
char *pki_chain_pem(const struct pki *pki, const char *names);

/* Writes NAME.pem and NAME.key for every row into a folder that is there. */
void pki_write(const struct pki *pki, const char *folder);

void pki_free(struct pki *pki);

#endif
