/* der_file.h -- files of DER: certificates, PKCS#7, and what is neither */
#ifndef CAEMBED_X509_DER_FILE_H
#define CAEMBED_X509_DER_FILE_H

#include "x509/pem.h"

/* Whether the bytes begin as DER does; one of less than 128 bytes must be whole. */
bool der_file_is(const char *bytes, size_t length);

/* The length that the first element says it has, with its header; 0 if it is no SEQUENCE. It may be
 * more than der_len. */
size_t der_file_length(const unsigned char *der, size_t der_len);

/* Adds the certificates, one after the other, or those of PKCS#7. ERROR_USAGE for anything else,
 * with the command that converts it. */
int der_file_parse(const char *bytes, size_t length, const char *name, struct pem_list *list,
                   struct error *err) MUST_USE;

/* Adds the certificates of PKCS#7 (RFC 2315 section 9.1), the leaf first. Returns 0, 1 if it is
 * none or holds no certificate, -1 with *err. */
int der_file_add_pkcs7(const unsigned char *der, size_t der_len, const char *name,
                       struct pem_list *list, struct error *err) MUST_USE;

/* What is wrong with bytes that are no certificate: "its DER is cut short (5 of 9 bytes)". */
void der_file_describe(const unsigned char *der, size_t der_len, char out[80]);

#endif
