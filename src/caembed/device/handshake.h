/* handshake.h -- the proof on the wire: Mbed TLS shakes hands, holding only the rendered anchors */
#ifndef CAEMBED_DEVICE_HANDSHAKE_H
#define CAEMBED_DEVICE_HANDSHAKE_H

#include <stdint.h>

#include "base/text.h"
#include "device/target.h"
#include "net/endpoint.h"
#include "net/fetch.h"

/* Connects again, to the address that presented->chain came from where there is no proxy, and makes
 * a TLS handshake with the Mbed TLS linked in, its anchors being pem. libcurl makes the connection,
 * within the same time limits. ERROR_PROOF with Mbed TLS's reason if the handshake fails;
 * ERROR_USAGE for an endpoint that begins with STARTTLS; otherwise as fetch_chain(). */
int handshake_prove(const struct target *target, const struct text *pem,
                    const struct endpoint *endpoint, const struct presented *presented,
                    const struct fetch_options *options, int64_t at, struct error *err) MUST_USE;

#endif
