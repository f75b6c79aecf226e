/* root_list.h -- the roots of a trust store, as its file lists them */
#ifndef CAEMBED_X509_ROOT_LIST_H
#define CAEMBED_X509_ROOT_LIST_H

#include <openssl/x509.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

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
    struct text skipped; /* what else the file holds, a line each: "line 3: a private key …" */
};

/* Appends; takes over x509 on success. Returns 0, or -1 out of memory. */
int root_list_add(struct roots *roots, X509 *x509, int64_t distrust_after,
                  const char *label) MUST_USE;

void root_list_free(struct roots *roots);

#endif
