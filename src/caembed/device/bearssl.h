/* bearssl.h -- what BearSSL on a device makes of a set of anchors and a presented chain */
#ifndef CAEMBED_DEVICE_BEARSSL_H
#define CAEMBED_DEVICE_BEARSSL_H

#include "device/device.h"

/* Whether libbearssl is linked in. */
bool bearssl_is_built_in(void);

/* Anchors as BearSSL wants them. */
struct bearssl_anchors;

/* device_anchors_parse() for BearSSL. ERROR_LACK if libbearssl is not linked in. */
int bearssl_anchors_parse(const struct device_case *device, struct bearssl_anchors **out,
                          struct error *err) MUST_USE;

/* Takes NULL. */
void bearssl_anchors_free(struct bearssl_anchors *anchors);

/* device_verify() for BearSSL: its decoder takes name, key and CA flag from each anchor, as `brssl
 * ta` and ESP8266's X509List do, and its "minimal" X.509 engine validates the chain as its client
 * does (br_x509_minimal_init_full()), with device->at as its clock. The engine wants every
 * certificate behind the one that it issued, and ends at the first that an anchor issued; names are
 * compared byte for byte. It looks at no date of an anchor, knows no name constraints and no
 * revocation. ERROR_LACK if libbearssl is not linked in; ERROR_LIMIT for a chain that takes too
 * long. */
int bearssl_verify(const struct device_case *device, const struct bearssl_anchors *anchors,
                   struct device_verdict *out, struct error *err) MUST_USE;

/* Whether BearSSL finds the name in the leaf, which is valid at that time; nothing else of it is
 * judged. */
bool bearssl_matches_name(X509 *leaf, const char *name, int64_t at);

#endif
