/* handshake_offer.c -- an offer -> the configuration of an Mbed TLS client that makes it */
#include "device/handshake_offer.h"

#include <mbedtls/md.h>
#include <mbedtls/version.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000

/* It knows curves by its own numbers, and hashes apart from the type of the key. */
static void set_groups(struct handshake_offer *lists, mbedtls_ssl_config *config)
{
    size_t count = 0;

    for (size_t i = 0; lists->group[i] != 0; i++) {
        const mbedtls_ecp_curve_info *info = mbedtls_ecp_curve_info_from_tls_id(lists->group[i]);
        if (info != NULL)
            lists->curve[count++] = info->grp_id;
    }
    lists->curve[count] = MBEDTLS_ECP_DP_NONE;
    mbedtls_ssl_conf_curves(config, lists->curve);
}

static void set_sigalgs(struct handshake_offer *lists, mbedtls_ssl_config *config)
{
    static const int hashes[] = {MBEDTLS_MD_NONE,   MBEDTLS_MD_MD5,    MBEDTLS_MD_SHA1,
                                 MBEDTLS_MD_SHA224, MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384,
                                 MBEDTLS_MD_SHA512};
    size_t count = 0;

    for (size_t i = 0; lists->sigalg[i] != 0; i++) {
        const unsigned high = lists->sigalg[i] >> 8;
        const int hash = high < sizeof hashes / sizeof hashes[0] ? hashes[high] : MBEDTLS_MD_NONE;
        if (hash != MBEDTLS_MD_NONE && (count == 0 || lists->hash[count - 1] != hash))
            lists->hash[count++] = hash;
    }
    lists->hash[count] = MBEDTLS_MD_NONE;
    mbedtls_ssl_conf_sig_hashes(config, lists->hash);
}

/* It speaks TLS 1.2 at most; older versions are in no offer that Mbed TLS proves. */
static void set_versions(const struct offer *offer, mbedtls_ssl_config *config)
{
    (void)offer;
    mbedtls_ssl_conf_min_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
    mbedtls_ssl_conf_max_version(config, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

#else

static void set_groups(struct handshake_offer *lists, mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_groups(config, lists->group);
}

static void set_sigalgs(struct handshake_offer *lists, mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_sig_algs(config, lists->sigalg);
}

static void set_versions(const struct offer *offer, mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_min_tls_version(config, MBEDTLS_SSL_VERSION_TLS1_2);
    mbedtls_ssl_conf_max_tls_version(config, offer->max_version == TLS1_3_VERSION
                                                 ? MBEDTLS_SSL_VERSION_TLS1_3
                                                 : MBEDTLS_SSL_VERSION_TLS1_2);
}

#endif

void handshake_offer_apply(const struct offer *offer, struct handshake_offer *lists,
                           mbedtls_ssl_config *config)
{
    set_versions(offer, config);
    if (offer_suite_codes(offer, lists->suite, HANDSHAKE_SUITES_MAX) > 0)
        mbedtls_ssl_conf_ciphersuites(config, lists->suite);
    if (offer_group_codes(offer, lists->group, HANDSHAKE_CODES_MAX) > 0)
        set_groups(lists, config);
    if (offer_sigalg_codes(offer, lists->sigalg, HANDSHAKE_CODES_MAX) > 0)
        set_sigalgs(lists, config);
}
