/* esp_bundle.h -- the certificate bundles of ESP-IDF: names and keys of anchors, in two layouts
 *
 * Up to ESP-IDF 5.3: the number of anchors, and of each the length of its name and that of its key,
 * then both, in DER; numbers have two bytes, the high one first. From 5.4 on: for each anchor where
 * it begins, in four bytes, the low one first, so that the first says how many there are; there the
 * two lengths, name and key likewise, the low byte first. Both are sorted by the name, since the
 * device searches by halves, and have one anchor of a name (components/mbedtls/esp_crt_bundle). */
#ifndef CAEMBED_EMIT_ESP_BUNDLE_H
#define CAEMBED_EMIT_ESP_BUNDLE_H

#include "base/error.h"
#include "base/text.h"
#include "emit/format.h"

#define ESP_BUNDLE_COUNT_MAX 200 /* CONFIG_MBEDTLS_CERTIFICATE_BUNDLE_MAX_CERTS */

enum esp_bundle_layout { ESP_BUNDLE_5_3, ESP_BUNDLE_5_4 };

/* Adds the PEM of a certificate to *pem for each anchor, which stands for its name and key
 * (cert_stand_in()). ERROR_PROOF for what a device would not take: another length than it says, an
 * order in which it finds nothing, a name twice, the other layout. */
int esp_bundle_read(const struct text *bundle, enum esp_bundle_layout layout, struct text *pem,
                    struct error *err) MUST_USE;

#endif
