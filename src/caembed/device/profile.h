/* profile.h -- a target's row as Mbed TLS's certificate profile */
#ifndef CAEMBED_DEVICE_PROFILE_H
#define CAEMBED_DEVICE_PROFILE_H

#include <mbedtls/x509_crt.h>

#include "device/target.h"

/* The hashes, curves and key sizes of the target's default profile, whatever the default of the
 * Mbed TLS linked in: for mbedtls_x509_crt_verify_with_profile() and
 * mbedtls_ssl_conf_cert_profile(). */
void profile_of(const struct target *target, mbedtls_x509_crt_profile *out);

#endif
