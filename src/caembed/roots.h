/* roots.h -- trust-store files -> the roots they trust for TLS servers */
#ifndef CAEMBED_ROOTS_H
#define CAEMBED_ROOTS_H

#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

#define ROOT_LABEL_SIZE 128
#define ROOTS_VERSION_SIZE 64
#define ROOTS_SOURCE_SIZE 256

struct root {
    X509 *x509;
    int64_t distrust_after;      /* CKA_NSS_SERVER_DISTRUST_AFTER, or TIMESTAMP_NONE */
    char label[ROOT_LABEL_SIZE]; /* as the file calls it; may be empty and may hold any byte */
};

struct roots {
    struct root *root;
    size_t count;
    char version[ROOTS_VERSION_SIZE]; /* from the line `# version: …` of a PEM bundle, or "" */
    char source[ROOTS_SOURCE_SIZE];   /* likewise `# source: …` */
    int64_t date;                     /* likewise `# date: …` (RFC 3339), or TIMESTAMP_NONE */
};

/* Reads a PEM bundle or Mozilla's certdata.txt, told apart by content. Of certdata.txt only roots
 * are taken that it trusts for server authentication (CKT_NSS_TRUSTED_DELEGATOR). In a PEM bundle a
 * comment `# distrust-after: TIME` (RFC 3339) binds to the certificate after it. ERROR_USAGE if
 * the file can't be read, is broken, or holds no root. Free with roots_free(). */
int roots_read_file(const char *path, struct roots *out, struct error *err) MUST_USE;
int roots_parse(const char *text, size_t length, const char *name, struct roots *out,
                struct error *err) MUST_USE;

/* Appends; takes over x509 on success. Returns 0, or -1 out of memory. */
int roots_add(struct roots *roots, X509 *x509, int64_t distrust_after, const char *label) MUST_USE;

void roots_free(struct roots *roots);

#endif
