/* target.c -- the table of device stacks */
#include "device/target.h"

#include <stdio.h>
#include <string.h>

#define MBED_OS_FEATURES                                                                           \
    (FEATURE_SHA224 | FEATURE_SHA2_256 | FEATURE_SHA2_512 | FEATURE_RSA | FEATURE_ECDSA |          \
     FEATURE_P256 | FEATURE_P384)
#define ALL_FEATURES (FEATURE_UNKNOWN - 1)
/* Mbed TLS parses these extensions from 3.5 on. */
#define ALL_FEATURES_3 (ALL_FEATURES | FEATURE_KEY_ID)

/* The default profiles, mbedtls_x509_crt_profile_default in library/x509_crt.c: 2.15 to 2.28 take
 * any curve, 3.6 and 4 ask for 128 bits of security. */
#define PROFILE_2 (FEATURE_SHA224 | FEATURE_SHA2_256 | FEATURE_SHA2_512 | TARGET_CURVES)
#define PROFILE_3                                                                                  \
    (FEATURE_SHA2_256 | FEATURE_SHA2_512 | FEATURE_P256 | FEATURE_P384 | FEATURE_P521 |            \
     FEATURE_BP256 | FEATURE_BP384 | FEATURE_BP512)

static const struct target_setting mbed_os_settings[] = {
    {"mbed-trace.enable", 1},
    {"tls-socket.debug-level", 0},
    {NULL, 0},
};
static const struct target_setting no_settings[] = {{NULL, 0}};

/* Their own mbedtls/config.h sets MBEDTLS_MPI_MAX_SIZE without #ifndef: a macro is overridden. */
static const struct target_arrival mbed_os_arrivals[] = {
    {FEATURE_LARGE_RSA, TARGET_WAY_USER_CONFIG, NULL, NULL},
    {0, TARGET_WAY_NONE, NULL, NULL},
};

/* TF-PSA-Crypto sets PSA_VENDOR_RSA_MAX_KEY_BITS without #ifndef, and has lost the curves below 256
 * bits; the profile refuses them anyway. */
static const struct target_arrival mbedtls_4_arrivals[] = {
    {FEATURE_LARGE_RSA, TARGET_WAY_NONE, NULL, NULL},
    {FEATURE_P192, TARGET_WAY_NONE, NULL, NULL},
    {FEATURE_P224, TARGET_WAY_NONE, NULL, NULL},
    {FEATURE_UNKNOWN, TARGET_WAY_NONE, NULL, "-0x2100"},
    {0, TARGET_WAY_NONE, NULL, NULL},
};

/* Keys beyond what the hardware can do (4096 bits, 3072 on some chips) are left to software only if
 * this is set; that is the default of some releases. */
static const struct target_arrival esp_idf_arrivals[] = {
    {FEATURE_LARGE_RSA, TARGET_WAY_SDKCONFIG, "CONFIG_MBEDTLS_LARGE_KEY_SOFTWARE_MPI=y", NULL},
    {0, TARGET_WAY_NONE, NULL, NULL},
};

/* What Zephyr's Kconfig has no option for goes into the file that CONFIG_MBEDTLS_USER_CONFIG_FILE
 * names. */
static const struct target_arrival zephyr_arrivals[] = {
    {FEATURE_MD5, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_MD5=y", NULL},
    {FEATURE_SHA1, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_SHA1=y", NULL},
    {FEATURE_SHA224, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_SHA224=y", NULL},
    {FEATURE_RSA_PSS, TARGET_WAY_USER_CONFIG, NULL, NULL},
    {FEATURE_P192, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_ECP_DP_SECP192R1_ENABLED=y", NULL},
    {FEATURE_P224, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_ECP_DP_SECP224R1_ENABLED=y", NULL},
    {FEATURE_P521, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_ECP_DP_SECP521R1_ENABLED=y", NULL},
    {FEATURE_K256, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_ECP_DP_SECP256K1_ENABLED=y", NULL},
    {FEATURE_BP256, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_ECP_DP_BP256R1_ENABLED=y", NULL},
    {FEATURE_BP384, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_ECP_DP_BP384R1_ENABLED=y", NULL},
    {FEATURE_BP512, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_ECP_DP_BP512R1_ENABLED=y", NULL},
    {FEATURE_LARGE_RSA, TARGET_WAY_USER_CONFIG, NULL, NULL},
    {FEATURE_LARGE_MESSAGE, TARGET_WAY_KCONFIG, "CONFIG_MBEDTLS_SSL_MAX_CONTENT_LEN=16384", NULL},
    {0, TARGET_WAY_NONE, NULL, NULL},
};

/* BearSSL is built from its source, where there is nothing to set: T0 code that knows these
 * algorithms, and buffers of BR_X509_BUFSIZE_KEY and BR_X509_BUFSIZE_SIG. */
#define BEARSSL_LACKS TARGET_WAY_NONE, NULL, "BR_ERR_X509_UNSUPPORTED"
static const struct target_arrival bearssl_arrivals[] = {
    {FEATURE_MD5, BEARSSL_LACKS},
    {FEATURE_RSA_PSS, BEARSSL_LACKS},
    {FEATURE_P192, BEARSSL_LACKS},
    {FEATURE_P224, BEARSSL_LACKS},
    {FEATURE_K256, BEARSSL_LACKS},
    {FEATURE_BP256, BEARSSL_LACKS},
    {FEATURE_BP384, BEARSSL_LACKS},
    {FEATURE_BP512, BEARSSL_LACKS},
    {FEATURE_UNKNOWN, BEARSSL_LACKS},
    {FEATURE_LARGE_RSA, TARGET_WAY_NONE, NULL, "BR_ERR_X509_LIMIT_EXCEEDED"},
    {0, TARGET_WAY_NONE, NULL, NULL},
};

/* What is so on every stack with Mbed TLS. */
#define MBEDTLS_LIMITS .intermediates_max = 8, .rsa_min_bits = 2048, .stack = STACK_MBEDTLS

/* Key exchanges: (EC)DHE alone, or RSA and static ECDH too. */
#define SIGNED_EXCHANGES .rsa_usages = USAGE_SIGNATURE, .ec_usages = USAGE_SIGNATURE
#define STATIC_EXCHANGES                                                                           \
    .rsa_usages = USAGE_SIGNATURE | USAGE_ENCIPHERMENT,                                            \
    .ec_usages = USAGE_SIGNATURE | USAGE_AGREEMENT

/* ESP-IDF, with a string of PEM or a bundle. */
#define ESP_IDF                                                                                    \
    .name = "esp-idf", .description = "ESP-IDF 5.5 (Mbed TLS 3.6)", .config = "sdkconfig",         \
    .settings = no_settings, .features = ALL_FEATURES_3, .profile = PROFILE_3,                     \
    .way = TARGET_WAY_SDKCONFIG, .arrivals = esp_idf_arrivals, .rsa_max_bits = 4096,               \
    .rsa_max_bits_with_setting = 8192, .in_content_len = 16384, MBEDTLS_LIMITS, STATIC_EXCHANGES,  \
    .matches_addresses = true, .offer = &offers[OFFER_ESP_IDF]

static const struct target targets[] = {
    {
        .name = "mbed-os",
        .description = "Mbed OS 6 (Mbed TLS 2.25)",
        .config = "mbed_app.json (JSON)",
        .settings = mbed_os_settings,
        .features = MBED_OS_FEATURES,
        .profile = PROFILE_2,
        .way = TARGET_WAY_MACRO,
        .arrivals = mbed_os_arrivals,
        .rsa_max_bits = 4096,
        .in_content_len = 16384,
        MBEDTLS_LIMITS,
        SIGNED_EXCHANGES,
        .wants_all_anchors = "TLSSocket",
        .offer = &offers[OFFER_MBED_OS],
    },
    {
        .name = "mbed-os-5",
        .description = "Mbed OS 5.11 to 5.15 (Mbed TLS 2.15 to 2.21)",
        .config = "mbed_app.json (JSON)",
        .settings = mbed_os_settings,
        .features = MBED_OS_FEATURES,
        .profile = PROFILE_2,
        .way = TARGET_WAY_MACRO,
        .arrivals = mbed_os_arrivals,
        .rsa_max_bits = 4096,
        .in_content_len = 16384,
        MBEDTLS_LIMITS,
        SIGNED_EXCHANGES,
        .wants_all_anchors = "TLSSocket",
        .offer = &offers[OFFER_MBED_OS_5],
    },
    {
        .name = "mbed-ce",
        .description = "Mbed CE 7 (Mbed TLS 2.25)",
        .config = "mbed_app.json, mbed_app.json5 (JSON5)",
        .settings = mbed_os_settings,
        .features = MBED_OS_FEATURES | FEATURE_SHA1,
        .profile = PROFILE_2,
        .way = TARGET_WAY_MACRO,
        .arrivals = mbed_os_arrivals,
        .rsa_max_bits = 4096,
        .in_content_len = 16384,
        MBEDTLS_LIMITS,
        SIGNED_EXCHANGES,
        .wants_all_anchors = "TLSSocket",
        .reads_json5 = true,
        .offer = &offers[OFFER_MBED_CE],
    },
    {
        .name = "mbedtls-2.28",
        .description = "Mbed TLS 2.28 as it comes",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES,
        .profile = PROFILE_2,
        .way = TARGET_WAY_USER_CONFIG,
        .rsa_max_bits = 8192,
        .in_content_len = 16384,
        MBEDTLS_LIMITS,
        STATIC_EXCHANGES,
        .checks_dates = true,
        .wants_all_anchors = "tlssocket",
        .offer = &offers[OFFER_MBEDTLS_2_28],
    },
    {
        .name = "mbedtls-3.6",
        .alias = "mbedtls",
        .description = "Mbed TLS 3.6 as it comes",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES_3,
        .profile = PROFILE_3,
        .way = TARGET_WAY_USER_CONFIG,
        .rsa_max_bits = 8192,
        .in_content_len = 16384,
        MBEDTLS_LIMITS,
        STATIC_EXCHANGES,
        .matches_addresses = true,
        .checks_dates = true,
        .wants_all_anchors = "tlssocket",
        .offer = &offers[OFFER_MBEDTLS_3_6],
    },
    {
        .name = "mbedtls-4",
        .description = "Mbed TLS 4.0 and 4.1 as they come",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES_3 & ~(unsigned)(FEATURE_P192 | FEATURE_P224),
        .profile = PROFILE_3,
        .way = TARGET_WAY_USER_CONFIG,
        .arrivals = mbedtls_4_arrivals,
        .rsa_max_bits = 4096,
        .in_content_len = 16384,
        MBEDTLS_LIMITS,
        SIGNED_EXCHANGES,
        .matches_addresses = true,
        .checks_dates = true,
        .wants_all_anchors = "tlssocket",
        .offer = &offers[OFFER_MBEDTLS_4],
    },
    {
        ESP_IDF,
    },
    {
        .name = "zephyr",
        .description = "Zephyr 3.7 (Mbed TLS 3.6), with PEM, TLS 1.2, ECDHE, P-256, P-384, SHA-384",
        .config = "prj.conf",
        .settings = no_settings,
        .features = FEATURE_SHA2_256 | FEATURE_SHA2_512 | FEATURE_RSA | FEATURE_ECDSA |
                    FEATURE_P256 | FEATURE_P384 | FEATURE_KEY_ID,
        .profile = PROFILE_3,
        .way = TARGET_WAY_KCONFIG,
        .arrivals = zephyr_arrivals,
        .rsa_max_bits = 8192,
        .in_content_len = 1500,
        MBEDTLS_LIMITS,
        SIGNED_EXCHANGES,
        .matches_addresses = true,
        .wants_all_anchors = "Zephyr's TLS socket",
        .offer = &offers[OFFER_ZEPHYR],
    },
    {
        .name = "bearssl",
        .description = "BearSSL 0.6, as br_ssl_client_init_full() sets it up",
        .config = "none",
        .settings = no_settings,
        .features = FEATURE_SHA1 | FEATURE_SHA224 | FEATURE_SHA2_256 | FEATURE_SHA2_512 |
                    FEATURE_RSA | FEATURE_ECDSA | FEATURE_P256 | FEATURE_P384 | FEATURE_P521 |
                    FEATURE_KEY_ID | FEATURE_LARGE_MESSAGE,
        .arrivals = bearssl_arrivals,
        .rsa_max_bits = 4096,
        .rsa_min_bits = 2048, /* of ours: BearSSL takes 1024 */
        STATIC_EXCHANGES,
        .checks_dates = true,
        .stack = STACK_BEARSSL,
        .format = "bearssl",
        .offer = &offers[OFFER_BEARSSL],
    },
    {
        .name = "generic",
        .description = "any stack; proven with OpenSSL alone",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES_3 | FEATURE_UNKNOWN | FEATURE_LARGE_RSA | FEATURE_LARGE_MESSAGE,
        .checks_dates = true,
        .matches_addresses = true,
        .offer = &offers[OFFER_OPEN],
    },
};

const struct target *target_find(const char *name)
{
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        if (strcmp(targets[i].name, name) == 0 ||
            (targets[i].alias != NULL && strcmp(targets[i].alias, name) == 0))
            return &targets[i];
    return NULL;
}

const struct target *target_with_bundle(const struct target *target)
{
    static const struct target esp_idf = {ESP_IDF, .has_bundle = true};

    return strcmp(target->name, esp_idf.name) == 0 ? &esp_idf : NULL;
}

const struct target *target_at(size_t index)
{
    return index < sizeof targets / sizeof targets[0] ? &targets[index] : NULL;
}

bool target_reads_kconfig(const struct target *target)
{
    return target->way == TARGET_WAY_SDKCONFIG || target->way == TARGET_WAY_KCONFIG;
}

bool target_reads_mbed_app(const struct target *target)
{
    return !target_reads_kconfig(target) && target->stack != STACK_BEARSSL;
}

void macro_list_add(struct macro_list *list, const char *macro)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->macro[i], macro) == 0)
            return;
    if (list->count < TARGET_MACRO_COUNT_MAX)
        snprintf(list->macro[list->count++], TARGET_MACRO_SIZE, "%s", macro);
}

void macro_list_add_all(struct macro_list *list, const struct macro_list *other)
{
    for (size_t i = 0; i < other->count; i++)
        macro_list_add(list, other->macro[i]);
}
