/* mbed_pki.h -- certificates made at run time by Mbed TLS, so that no key lies in the repository */
#ifndef MBED_PKI_H
#define MBED_PKI_H

#include <mbedtls/md.h>
#include <mbedtls/pk.h>

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PKI_PEM_SIZE 2048

struct pki_cert {
    char pem[PKI_PEM_SIZE];
    char key_pem[PKI_PEM_SIZE];
};

/* What to write into a certificate; a NULL issuer makes it self-signed. Keys are EC P-256
 * unless rsa asks for RSA with 2048 bits. */
struct pki_request {
    const char *subject;    /* "CN=Test Root" */
    const char *dns_name;   /* subjectAltName, NULL: none */
    const char *not_before; /* YYYYMMDDhhmmss, NULL: 2020 */
    const char *not_after;  /* NULL: 2049 */
    const char *issuer_subject;
    const struct pki_cert *issuer;
    mbedtls_md_type_t hash; /* MBEDTLS_MD_NONE: SHA-256 */
    bool is_ca;
    bool rsa;
};

/* Ends the program if anything fails: without certificates there is nothing to test. */
void pki_make(struct pki_cert *cert, const struct pki_request *request);

/* What most tests need. */
struct pki_certs {
    struct pki_cert root;        /* CN=Test Root */
    struct pki_cert other_root;  /* CN=Other Root */
    struct pki_cert leaf;        /* for localhost, from root */
    struct pki_cert expired;     /* for localhost, from root, until 2021 */
    struct pki_cert future;      /* for localhost, from root, from 2048 */
    struct pki_cert wrong_host;  /* for example.org, from root */
    struct pki_cert self_signed; /* for localhost */
    struct pki_cert untrusted;   /* for localhost, from other_root */
    struct pki_cert sha1;        /* for localhost, from an intermediate that is signed with SHA-1,
                                    which follows in the same PEM */
    struct pki_cert client;      /* CN=Test Client, from root */
    struct pki_cert rsa_root;
    struct pki_cert rsa_leaf; /* for localhost, from rsa_root; its handshake allocates little */
    struct pki_cert large;    /* for localhost, with a name list of 800 bytes */
};

/* Made once, on the first call. */
const struct pki_certs *pki(void);

#ifdef __cplusplus
}
#endif

#endif
