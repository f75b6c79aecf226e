/* pem.h -- PEM text (RFC 7468) -> certificates */
#ifndef CAEMBED_X509_PEM_H
#define CAEMBED_X509_PEM_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define PEM_CERT_COUNT_MAX 4096

/* A certificate and the explanatory text (RFC 7468 section 5.2) that stands before it. */
struct pem_entry {
    X509 *cert;
    const char *comment; /* inside the parsed text, not NUL-terminated */
    size_t comment_length;
};

struct pem_list {
    struct pem_entry *entry;
    size_t count;
};

/* Every CERTIFICATE block of a PEM text; blocks of other kinds (a key, a CRL) are passed over.
 * `name` is what messages call the text. ERROR_USAGE if there is none, one is broken, or there are
 * more than PEM_CERT_COUNT_MAX. The list borrows text; free it with pem_list_free(). */
int pem_parse(const char *text, size_t length, const char *name, struct pem_list *out,
              struct error *err) MUST_USE;

/* The file's certificates in their order ("-" is stdin). The caller owns *out. */
int pem_read_file(const char *path, STACK_OF(X509) * *out, struct error *err) MUST_USE;

/* Finds the line `# key: value` in a comment; copies value (cut to size) and returns true. */
bool pem_comment_value(const char *comment, size_t comment_length, const char *key, char *value,
                       size_t size);

void pem_list_free(struct pem_list *list);

#endif
