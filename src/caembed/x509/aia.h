/* aia.h -- where a certificate says that its issuer is to be had */
#ifndef CAEMBED_X509_AIA_H
#define CAEMBED_X509_AIA_H

#include <openssl/x509.h>

#define AIA_URL_SIZE 512
#define AIA_URLS_MAX 4

/* The http:// addresses of authorityInfoAccess caIssuers (RFC 5280 section 4.2.2.1), in the order
 * of the certificate, printable ASCII without blanks; others are left out. Returns how many. */
size_t aia_issuer_urls(const X509 *cert, char url[AIA_URLS_MAX][AIA_URL_SIZE]);

#endif
