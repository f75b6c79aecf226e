/* mbed.h -- what differs between the versions of Mbed TLS that caembed can be built on */
#ifndef CAEMBED_DEVICE_MBED_H
#define CAEMBED_DEVICE_MBED_H

#include <stdbool.h>

/* Before the first certificate is parsed: Mbed TLS 4 verifies with its PSA core, which has to be
 * set up. Once is enough, more often does no harm; any thread may be the first. */
void mbed_begin(void);

/* Whether it may verify in several threads at once, each with certificates of its own: what its PSA
 * core keeps is shared, and locked only by MBEDTLS_THREADING_C. */
bool mbed_runs_in_threads(void);

/* The version linked in, such as "2.28.3". */
void mbed_version(char out[16]);

bool mbed_error_is_no_memory(int result);

/* The certificate is signed by an algorithm that Mbed TLS does not know: a TLS client passes over
 * such a certificate, if it is not the leaf. */
bool mbed_error_is_unknown_signature(int result);

#endif
