/* offer.h -- what a device's TLS client offers to a server, which decides the chain it is shown */
#ifndef CAEMBED_NET_OFFER_H
#define CAEMBED_NET_OFFER_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A ClientHello, without what differs from one connection to the next. Lists hold OpenSSL's names
 * in the client's order, with colons between them. */
struct offer {
    const char *target;           /* whose it is */
    int min_version, max_version; /* TLS1_2_VERSION; 0: whatever OpenSSL speaks */
    const char *suites;           /* of TLS 1.2 and before */
    const char *suites13;         /* of TLS 1.3; NULL: OpenSSL's own, as for those that follow */
    const char *groups;
    const char *sigalgs;
    unsigned extensions; /* OFFER_ETM | … */
};

enum {
    OFFER_ETM = 1 << 0,      /* encrypt_then_mac (RFC 7366) */
    OFFER_EMS = 1 << 1,      /* extended_master_secret (RFC 7627) */
    OFFER_TICKET = 1 << 2,   /* session_ticket (RFC 5077) */
    OFFER_PSK_ALONE = 1 << 3 /* psk_ke in psk_key_exchange_modes (RFC 8446 section 4.2.9) */
};

enum offer_row {
    OFFER_MBED_OS,
    OFFER_MBED_OS_5,
    OFFER_MBED_CE,
    OFFER_MBEDTLS_2_28,
    OFFER_MBEDTLS_3_6,
    OFFER_MBEDTLS_4,
    OFFER_ESP_IDF,
    OFFER_ZEPHYR,
    OFFER_BEARSSL,
    OFFER_OPEN, /* of no device: whatever OpenSSL has */
    OFFER_COUNT
};

extern const struct offer offers[OFFER_COUNT];

/* Part of an offer: what goes with one type of key in the server's leaf. */
enum offer_key { OFFER_EVERY_KEY, OFFER_ECDSA_ALONE, OFFER_RSA_ALONE, OFFER_KEY_COUNT };

/* A client's SSL_CTX that makes this offer, less the names that the OpenSSL in use does not have.
 * It verifies nothing by itself, and its security level is 0. Free with SSL_CTX_free(). */
int offer_make_context(const struct offer *offer, enum offer_key key, SSL_CTX **out,
                       struct error *err) MUST_USE;

/* The code points (IANA's registries "TLS Cipher Suites", "TLS Supported Groups" and "TLS
 * SignatureScheme") of the lists as another library takes them, at most `size` of them, with 0
 * after the last. Returns how many. Of the suites, those that the OpenSSL in use has. */
size_t offer_suite_codes(const struct offer *offer, int *code, size_t size);
size_t offer_group_codes(const struct offer *offer, uint16_t *code, size_t size);
size_t offer_sigalg_codes(const struct offer *offer, uint16_t *code, size_t size);

/* Why a server says no to an offer. */
enum refusal { REFUSAL_NONE, REFUSAL_OF_VERSION, REFUSAL };

/* ERROR_OFFER: the server refused it, and takes this version ("TLSv1.3") and suite of an open one.
 * Returns -1. */
int offer_fail(const struct offer *offer, enum refusal refusal, const char *version,
               const char *cipher, struct error *err);

#endif
