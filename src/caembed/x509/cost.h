/* cost.h -- what a piece of work on hostile certificates costs, so that it can be bounded */
#ifndef CAEMBED_X509_COST_H
#define CAEMBED_X509_COST_H

#include <openssl/x509.h>
#include <stdint.h>

#include "base/error.h"

/* Microseconds that OpenSSL takes, at most, to check one signature by the issuer's key; measured on
 * one core of 2020 and rounded up. It is an estimate from the key's type and size, not a clock, so
 * that a verdict never depends on the machine's load. */
uint64_t cost_of_signature_us(const X509 *issuer);

/* The same of Mbed TLS. */
uint64_t cost_in_mbedtls_us(const X509 *issuer);

/* Work done so far. Set to {0} before use. */
struct cost {
    uint64_t spent_us;
    uint64_t limit_us;
};

/* Adds to the work done; ERROR_LIMIT if that is beyond the limit. `what` names the work in the
 * message: "the signatures". */
int cost_spend(struct cost *cost, uint64_t us, const char *what, struct error *err) MUST_USE;

#endif
