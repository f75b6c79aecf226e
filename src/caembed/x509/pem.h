/* pem.h -- files of certificates, as people have them -> certificates */
#ifndef CAEMBED_X509_PEM_H
#define CAEMBED_X509_PEM_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/text.h"

#define PEM_CERT_COUNT_MAX 4096

/* A certificate and the explanatory text (RFC 7468 section 5.2) that stands before it. */
struct pem_entry {
    X509 *cert;
    const char *comment; /* inside the parsed text, not NUL-terminated */
    size_t comment_length;
    size_t line;
    bool is_rejected; /* a TRUSTED CERTIFICATE (openssl) that is not trusted for TLS servers */
};

struct pem_list {
    struct pem_entry *entry;
    size_t count;
    struct text skipped;  /* a line for each block that is no certificate: "line 3: a ..." */
    size_t skipped_count; /* of them, listed or not */
    char blemish[80];     /* the first thing that RFC 7468 does not have so: "line 3: ...", or "" */
    struct error unusable; /* of pem_parse_usable(): the first certificate that it left out */
};

/* Every certificate of a text in PEM (RFC 7468): CERTIFICATE, X509 CERTIFICATE, TRUSTED CERTIFICATE
 * and PKCS7 blocks, indented or with END and BEGIN on one line too; or of certificates or PKCS#7 in
 * DER. Those of PKCS#7, which has them in no order, come leaf first. Blocks of other kinds (a key,
 * a CRL) are passed over and listed. `name` is what messages call the text. ERROR_USAGE if there
 * is no certificate, one is broken, or there are more than PEM_CERT_COUNT_MAX; the hint tells how
 * to convert what was found instead. The list borrows text; free it with pem_list_free(). */
int pem_parse(const char *text, size_t length, const char *name, struct pem_list *out,
              struct error *err) MUST_USE;

/* The same, but leaves out certificates that are broken as long as there is another. */
int pem_parse_usable(const char *text, size_t length, const char *name, struct pem_list *out,
                     struct error *err) MUST_USE;

/* The file's certificates in their order ("-" is stdin). The caller owns *out; what was passed over
 * is added to *skipped, a line each. */
int pem_read_file(const char *path, STACK_OF(X509) * *out, struct text *skipped,
                  struct error *err) MUST_USE;

/* Finds the line `# key: value` in a comment; copies value (cut to size) and returns true. */
bool pem_comment_value(const char *comment, size_t comment_length, const char *key, char *value,
                       size_t size);

/* Appends; takes over cert on success. ERROR_USAGE for too many. */
int pem_list_add(struct pem_list *list, X509 *cert, const char *name, struct error *err) MUST_USE;

void pem_list_free(struct pem_list *list);

#endif
