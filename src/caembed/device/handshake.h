/* handshake.h -- the proof on the wire: Mbed TLS shakes hands, holding only the rendered anchors */
#ifndef CAEMBED_DEVICE_HANDSHAKE_H
#define CAEMBED_DEVICE_HANDSHAKE_H

#include <stdint.h>

#include "base/text.h"
#include "device/target.h"
#include "net/fetch.h"

/* How to prove, for all hosts of a run. Borrows all that it points to. */
struct handshake {
    const struct target *target;
    const struct fetch_options *fetch;
    int64_t verify_time; /* seconds since the epoch */
    const char *cert;    /* PEM files for servers that want a client certificate, or NULL */
    const char *key;
};

/* Connects again, to the address that presented->chain came from where there is no proxy, holds the
 * dialogue before STARTTLS, and makes a TLS handshake with the Mbed TLS linked in, its anchors
 * being pem. Mbed TLS offers what the target's client does and no more. libcurl makes the
 * connection, within the same time limits; after a connection that failed or was lost it is tried
 * again as often as fetch->retries says. Each attempt is a process, since what Mbed TLS computes
 * with a server's numbers has no bound but its end. ERROR_PROOF with Mbed TLS's reason if the
 * stacks do not agree; ERROR_HANDSHAKE or _TIMEOUT if the connection is lost or stalls on the way;
 * ERROR_USAGE for a client certificate or key that can't be read; otherwise as fetch_finish(). */
int handshake_prove(const struct handshake *handshake, const struct text *pem,
                    const struct endpoint *endpoint, const struct presented *presented,
                    struct error *err) MUST_USE;

#endif
