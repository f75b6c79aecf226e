/* target.c -- the table of device stacks, and of what a certificate may need there */
#include "device/target.h"

#include <string.h>

#define MBED_OS_FEATURES                                                                           \
    (FEATURE_SHA2_256 | FEATURE_SHA2_512 | FEATURE_RSA | FEATURE_ECDSA | FEATURE_P256 |            \
     FEATURE_P384)
#define ALL_FEATURES (FEATURE_UNKNOWN - 1)

static const struct target_setting mbed_os_settings[] = {
    {"mbed-trace.enable", 1},
    {"tls-socket.debug-level", 0},
    {NULL, 0},
};
static const struct target_setting no_settings[] = {{NULL, 0}};

/* What is so on most stacks, or on none: a row says it again where it differs. */
#define USUAL_LIMITS .in_content_len = 16384, .intermediates_max = 8, .rsa_min_bits = 2048

static const struct target targets[] = {
    {
        .name = "mbed-os",
        .description = "Mbed OS 6 (Mbed TLS 2.25)",
        .config = "mbed_app.json (JSON)",
        .settings = mbed_os_settings,
        .features = MBED_OS_FEATURES,
        .way = TARGET_WAY_MACRO,
        .mpi_max_size = 512,
        USUAL_LIMITS,
        .has_mbedtls = true,
        .offer = &offers[OFFER_MBED_OS],
    },
    {
        .name = "mbed-os-5",
        .description = "Mbed OS 5.11 to 5.15 (Mbed TLS 2.15 to 2.21)",
        .config = "mbed_app.json (JSON)",
        .settings = mbed_os_settings,
        .features = MBED_OS_FEATURES,
        .way = TARGET_WAY_MACRO,
        .mpi_max_size = 512,
        USUAL_LIMITS,
        .has_mbedtls = true,
        .offer = &offers[OFFER_MBED_OS_5],
    },
    {
        .name = "mbed-ce",
        .description = "Mbed CE 7 (Mbed TLS 2.25)",
        .config = "mbed_app.json, mbed_app.json5 (JSON5)",
        .settings = mbed_os_settings,
        .features = MBED_OS_FEATURES | FEATURE_SHA1,
        .way = TARGET_WAY_MACRO,
        .mpi_max_size = 512,
        USUAL_LIMITS,
        .has_mbedtls = true,
        .reads_json5 = true,
        .offer = &offers[OFFER_MBED_CE],
    },
    {
        .name = "mbedtls-2.28",
        .description = "Mbed TLS 2.28 as it comes",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES,
        .way = TARGET_WAY_USER_CONFIG,
        .mpi_max_size = 1024,
        USUAL_LIMITS,
        .checks_dates = true,
        .has_mbedtls = true,
        .offer = &offers[OFFER_MBEDTLS_2_28],
    },
    {
        .name = "mbedtls-3.6",
        .alias = "mbedtls",
        .description = "Mbed TLS 3.6 as it comes",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES,
        .way = TARGET_WAY_USER_CONFIG,
        .mpi_max_size = 1024,
        USUAL_LIMITS,
        .checks_dates = true,
        .has_mbedtls = true,
        .offer = &offers[OFFER_MBEDTLS_3_6],
    },
    {
        .name = "mbedtls-4",
        .description = "Mbed TLS 4.0 and 4.1 as they come",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES,
        .way = TARGET_WAY_USER_CONFIG,
        .mpi_max_size = 1024,
        USUAL_LIMITS,
        .checks_dates = true,
        .has_mbedtls = true,
        .offer = &offers[OFFER_MBEDTLS_4],
    },
    {
        .name = "esp-idf",
        .description = "ESP-IDF 5.5 (Mbed TLS 3.6)",
        .config = "sdkconfig",
        .settings = no_settings,
        .features = ALL_FEATURES,
        .way = TARGET_WAY_SDKCONFIG,
        .mpi_max_size = 1024,
        USUAL_LIMITS,
        .has_mbedtls = true,
        .offer = &offers[OFFER_ESP_IDF],
    },
    {
        .name = "zephyr",
        .description = "Zephyr 3.7 (Mbed TLS 3.6)",
        .config = "Kconfig",
        .settings = no_settings,
        .features = ALL_FEATURES,
        .way = TARGET_WAY_KCONFIG,
        .mpi_max_size = 1024,
        USUAL_LIMITS,
        .has_mbedtls = true,
        .offer = &offers[OFFER_ZEPHYR],
    },
    {
        .name = "generic",
        .description = "any stack; proven with OpenSSL alone",
        .config = "none",
        .settings = no_settings,
        .features = ALL_FEATURES | FEATURE_UNKNOWN,
        .checks_dates = true,
        .offer = &offers[OFFER_OPEN],
    },
};

static const struct target_requirement requirements[] = {
    {FEATURE_MD5, "MD5", "an MD5 signature", "MBEDTLS_MD5_C=1", "-0x262E"},
    {FEATURE_SHA1, "SHA-1", "a SHA-1 signature", "MBEDTLS_SHA1_C=1", "-0x262E"},
    {FEATURE_SHA2_256, "SHA-256", "a SHA-256 signature", "MBEDTLS_SHA256_C=1", "-0x262E"},
    {FEATURE_SHA2_512, "SHA-512", "a SHA-384 or SHA-512 signature", "MBEDTLS_SHA512_C=1",
     "-0x262E"},
    {FEATURE_RSA, "RSA", "an RSA key", "MBEDTLS_RSA_C=1", "-0x262E"},
    {FEATURE_RSA_PSS, "RSA-PSS", "an RSA-PSS signature", "MBEDTLS_X509_RSASSA_PSS_SUPPORT",
     "-0x2300"},
    {FEATURE_ECDSA, "ECDSA", "an ECDSA key", "MBEDTLS_ECDSA_C=1", "-0x262E"},
    {FEATURE_P192, "P-192", "the curve P-192", "MBEDTLS_ECP_DP_SECP192R1_ENABLED", "-0x3A00"},
    {FEATURE_P224, "P-224", "the curve P-224", "MBEDTLS_ECP_DP_SECP224R1_ENABLED", "-0x3A00"},
    {FEATURE_P256, "P-256", "the curve P-256", "MBEDTLS_ECP_DP_SECP256R1_ENABLED", "-0x3A00"},
    {FEATURE_P384, "P-384", "the curve P-384", "MBEDTLS_ECP_DP_SECP384R1_ENABLED", "-0x3A00"},
    {FEATURE_P521, "P-521", "the curve P-521", "MBEDTLS_ECP_DP_SECP521R1_ENABLED", "-0x3A00"},
    {FEATURE_K256, "secp256k1", "the curve secp256k1", "MBEDTLS_ECP_DP_SECP256K1_ENABLED",
     "-0x3A00"},
    {FEATURE_BP256, "brainpoolP256r1", "the curve brainpoolP256r1",
     "MBEDTLS_ECP_DP_BP256R1_ENABLED", "-0x3A00"},
    {FEATURE_BP384, "brainpoolP384r1", "the curve brainpoolP384r1",
     "MBEDTLS_ECP_DP_BP384R1_ENABLED", "-0x3A00"},
    {FEATURE_BP512, "brainpoolP512r1", "the curve brainpoolP512r1",
     "MBEDTLS_ECP_DP_BP512R1_ENABLED", "-0x3A00"},
    {FEATURE_UNKNOWN, "others", "a key or signature type that Mbed TLS does not know", NULL,
     "-0x262E"},
};

const struct target *target_find(const char *name)
{
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++)
        if (strcmp(targets[i].name, name) == 0 ||
            (targets[i].alias != NULL && strcmp(targets[i].alias, name) == 0))
            return &targets[i];
    return NULL;
}

const struct target_requirement *target_requirement_at(size_t index)
{
    return index < sizeof requirements / sizeof requirements[0] ? &requirements[index] : NULL;
}

bool target_reads_mbed_app(const struct target *target)
{
    return target->way != TARGET_WAY_SDKCONFIG && target->way != TARGET_WAY_KCONFIG;
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

static void print_features(FILE *stream, unsigned bits)
{
    for (size_t i = 0; i < sizeof requirements / sizeof requirements[0]; i++)
        if (bits & requirements[i].bit)
            fprintf(stream, " %s", requirements[i].name);
    putc('\n', stream);
}

static void print_limit(FILE *stream, const char *what, unsigned limit)
{
    if (limit > 0)
        fprintf(stream, "    %-34s %u\n", what, limit);
}

void target_print_table(FILE *stream)
{
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        const struct target *target = &targets[i];
        if (target->alias != NULL)
            fprintf(stream, "%s: another name of %s\n", target->alias, target->name);
        fprintf(stream, "%s: %s\n    takes", target->name, target->description);
        print_features(stream, target->features);
        print_limit(stream, "MBEDTLS_MPI_MAX_SIZE", target->mpi_max_size);
        print_limit(stream, "MBEDTLS_SSL_IN_CONTENT_LEN", target->in_content_len);
        print_limit(stream, "MBEDTLS_X509_MAX_INTERMEDIATE_CA", target->intermediates_max);
        print_limit(stream, "smallest RSA key in bits", target->rsa_min_bits);
        if (target->has_mbedtls)
            fprintf(stream, "    %-34s %s\n", "MBEDTLS_HAVE_TIME_DATE",
                    target->checks_dates ? "on" : "off");
        fprintf(stream, "    %-34s %s\n", "configuration", target->config);
        for (const struct target_setting *s = target->settings; s->name != NULL; s++)
            fprintf(stream, "    %-34s %d\n", s->name, s->value);
    }
}
