/* certdata.h -- Mozilla's certdata.txt, the source of the NSS built-in roots */
#ifndef CAEMBED_X509_CERTDATA_H
#define CAEMBED_X509_CERTDATA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "x509/root_list.h"

#define CERTDATA_OBJECT_COUNT_MAX 8192
#define CERTDATA_VALUE_LENGTH_MAX 16384

/* Whether text is in the form of certdata.txt (it has a line BEGINDATA). */
bool certdata_is(const char *text);

/* Adds the roots that text trusts for server authentication to *out. A certificate belongs to the
 * trust object of the same issuer and serial number; a SHA-1 that it names must be the
 * certificate's. ERROR_USAGE if text is broken or holds no such root. */
int certdata_parse(const char *text, size_t length, const char *name, struct roots *out,
                   struct error *err) MUST_USE;

#endif
