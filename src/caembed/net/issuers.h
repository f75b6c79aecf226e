/* issuers.h -- http:// addresses -> the CA certificates there, each address asked once */
#ifndef CAEMBED_NET_ISSUERS_H
#define CAEMBED_NET_ISSUERS_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "net/connection.h"

/* Bounds of one answer. Real ones hold one certificate of 1 to 2 KB. */
#define ISSUERS_LENGTH_MAX 65536
#define ISSUERS_COUNT_MAX 16
#define ISSUERS_REDIRECTS_MAX 3
#define ISSUERS_TIME_MAX_MS 5000

struct issuers;

/* Whoever made the certificate chose the address: unless allows_private, nothing is connected to
 * that is not a public address (RFC 6890), whatever name led there; through a proxy, which looks
 * the names up, this holds for addresses in the URL alone. Borrows options: its proxy, times,
 * ip_version and resolve. */
int issuers_open(const struct fetch_options *options, bool allows_private, struct issuers **out,
                 struct error *err) MUST_USE;

/* Gets the CA certificates at the URL that are not self-issued: an answer of DER, PEM or PKCS#7
 * (RFC 5280 section 4.2.2.1). Redirects lead to http:// only. *out is borrowed and lives as long as
 * the set; *length is that of the answer. It takes no longer than timeout_ms, ISSUERS_TIME_MAX_MS
 * and options->connect_timeout_ms, redirects and all. On failure *out is untouched, *length what
 * came of it. */
int issuers_get(struct issuers *issuers, const char *url, int64_t timeout_ms,
                const STACK_OF(X509) * *out, size_t *length, struct error *err) MUST_USE;

/* Takes NULL. */
void issuers_close(struct issuers *issuers);

#endif
