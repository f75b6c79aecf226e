/* handshake_offer.h -- an offer as Mbed TLS takes it */
#ifndef CAEMBED_DEVICE_HANDSHAKE_OFFER_H
#define CAEMBED_DEVICE_HANDSHAKE_OFFER_H

#include <mbedtls/ssl.h>
#include <mbedtls/version.h>

#include "net/offer.h"

#define HANDSHAKE_SUITES_MAX 128
#define HANDSHAKE_CODES_MAX 32

/* The lists, which Mbed TLS borrows. */
struct handshake_offer {
    int suite[HANDSHAKE_SUITES_MAX];
    uint16_t group[HANDSHAKE_CODES_MAX];
    uint16_t sigalg[HANDSHAKE_CODES_MAX];
#if MBEDTLS_VERSION_NUMBER < 0x03000000
    mbedtls_ecp_group_id curve[HANDSHAKE_CODES_MAX];
    int hash[HANDSHAKE_CODES_MAX];
#endif
};

/* Caps a client's configuration to the offer, whatever else the library can do. Fills *lists, which
 * must live as long as config. */
void handshake_offer_apply(const struct offer *offer, struct handshake_offer *lists,
                           mbedtls_ssl_config *config);

#endif
