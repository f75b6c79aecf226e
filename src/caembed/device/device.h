/* device.h -- what a device's TLS stack makes of a set of anchors and a presented chain */
#ifndef CAEMBED_DEVICE_DEVICE_H
#define CAEMBED_DEVICE_DEVICE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "device/requirement.h"

/* Presented certificates, and what it costs to verify each by the key of each that is called like
 * its issuer: Mbed TLS tries all that it comes by, and a chain is verified three times. */
#define DEVICE_CHAIN_COUNT_MAX 1024
#define DEVICE_COST_MAX_US 50000

/* Anchors as the device's stack has parsed them, for one thread at a time. */
struct device_anchors;

/* What the device is asked. */
struct device_case {
    const char *anchors;           /* PEM, NUL-terminated: the bytes that set_root_ca_cert() gets */
    size_t anchors_size;           /* with the NUL, as mbedtls_x509_crt_parse() wants it */
    size_t anchor_count;           /* how many certificates they must hold */
    struct device_anchors *parsed; /* from device_anchors_parse(), in place of the three, or NULL */
    const STACK_OF(X509) * chain;  /* as presented */
    const char *name;              /* reference identifier, or NULL: the name is not checked */
    unsigned usages;               /* one of which the leaf's key must allow; 0: not checked */
    int64_t at;                    /* the device's clock, seconds since the epoch */
    const struct target *target;   /* its profile, and whether it has a clock */
};

struct device_verdict {
    bool is_accepted;
    bool is_untrusted; /* no path from the chain to the anchors could be followed */
    char reason[256];  /* if not accepted: the stack's own words and codes */
};

/* Parses the anchors of a case, for a target of the same stack, so that many chains can be verified
 * with them. What the stack does not take is no error: no chain is accepted with them. Returns -1
 * if out of memory, or with ERROR_LACK if BearSSL is not linked in. Free with
 * device_anchors_free(). */
int device_anchors_parse(const struct device_case *device, struct device_anchors **out,
                         struct error *err) MUST_USE;

/* Takes NULL. */
void device_anchors_free(struct device_anchors *anchors);

/* Parses the anchors (all must parse, as TLSSocket's set_root_ca_cert() demands), then the chain as
 * a TLS client does (a certificate with an unknown signature algorithm is passed over), then
 * verifies it by mbedtls_x509_crt_verify(), the check of the handshake. No revocation check. With
 * target->has_bundle the anchors are no anchors to Mbed TLS: as esp_crt_verify_callback() of
 * ESP-IDF does, the key of the one that has the issuer's name verifies the last certificate. For a
 * target with BearSSL see bearssl_verify().
 * Returns -1 only for want of memory, or with ERROR_LIMIT for a chain beyond the bounds above; a
 * refusal is a verdict. */
int device_verify(const struct device_case *device, struct device_verdict *out,
                  struct error *err) MUST_USE;

/* The index of the certificate at which Mbed TLS comes to rest when it has no anchor: it climbs
 * from the leaf to issuers that come later in the presented chain. -1 if a certificate cannot be
 * parsed, if the chain is beyond the bounds above, or if out of memory. */
int device_find_last(const STACK_OF(X509) * chain, const struct target *target, int64_t at);

/* Whether mbedtls_x509_crt_verify() finds the name in the leaf; nothing else of it is judged. */
bool device_matches_name(const X509 *leaf, const char *name);

/* The feature for which the Mbed TLS linked in cannot parse the certificate, or NULL if it can. */
const struct feature_row *device_find_lack(const X509 *cert);

/* Whether device_verify() and the others may be called by several threads at once. */
bool device_runs_in_threads(void);

/* The version of the Mbed TLS linked in, such as "2.28.3"; static storage of 9 bytes in out. */
void device_mbedtls_version(char out[16]);

#endif
