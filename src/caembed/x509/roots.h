/* roots.h -- trust-store files -> the roots they trust for TLS servers */
#ifndef CAEMBED_X509_ROOTS_H
#define CAEMBED_X509_ROOTS_H

#include <stddef.h>

#include "base/error.h"
#include "x509/root_list.h"

/* Reads a PEM bundle or Mozilla's certdata.txt, told apart by content. Of certdata.txt only roots
 * are taken that it trusts for server authentication (CKT_NSS_TRUSTED_DELEGATOR). In a PEM bundle a
 * comment `# distrust-after: TIME` (RFC 3339) binds to the certificate after it (distrust.h).
 * ERROR_USAGE if the file can't be read, is broken, or holds no root. Free with root_list_free().
 */
int roots_read_file(const char *path, struct roots *out, struct error *err) MUST_USE;
int roots_parse(const char *text, size_t length, const char *name, struct roots *out,
                struct error *err) MUST_USE;

#endif
