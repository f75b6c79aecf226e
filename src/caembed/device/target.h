/* target.h -- device stacks: what each can take (data, no code a target) */
#ifndef CAEMBED_DEVICE_TARGET_H
#define CAEMBED_DEVICE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "net/offer.h"

#define TARGET_MACRO_SIZE 64
#define TARGET_MACRO_COUNT_MAX 24

/* What a certificate can need of the code, one bit each. */
enum target_feature {
    FEATURE_MD5 = 1 << 0,
    FEATURE_SHA1 = 1 << 1,
    FEATURE_SHA224 = 1 << 2,
    FEATURE_SHA2_256 = 1 << 3,
    FEATURE_SHA2_512 = 1 << 4, /* SHA-384 and SHA-512 */
    FEATURE_RSA = 1 << 5,
    FEATURE_RSA_PSS = 1 << 6, /* as signature; as the key's own type it is UNKNOWN */
    FEATURE_ECDSA = 1 << 7,
    FEATURE_P192 = 1 << 8,
    FEATURE_P224 = 1 << 9,
    FEATURE_P256 = 1 << 10,
    FEATURE_P384 = 1 << 11,
    FEATURE_P521 = 1 << 12,
    FEATURE_K256 = 1 << 13,
    FEATURE_BP256 = 1 << 14,
    FEATURE_BP384 = 1 << 15,
    FEATURE_BP512 = 1 << 16,
    FEATURE_UNKNOWN = 1 << 17,
    FEATURE_LARGE_RSA = 1 << 18,     /* a key beyond rsa_max_bits */
    FEATURE_LARGE_MESSAGE = 1 << 19, /* a Certificate message beyond in_content_len */
    FEATURE_KEY_ID = 1 << 20 /* key identifiers that are critical, against RFC 5280 4.2.1.1 */
};

#define TARGET_HASHES                                                                              \
    (FEATURE_MD5 | FEATURE_SHA1 | FEATURE_SHA224 | FEATURE_SHA2_256 | FEATURE_SHA2_512)
#define TARGET_CURVES                                                                              \
    (FEATURE_P192 | FEATURE_P224 | FEATURE_P256 | FEATURE_P384 | FEATURE_P521 | FEATURE_K256 |     \
     FEATURE_BP256 | FEATURE_BP384 | FEATURE_BP512)

/* How a setting that a certificate needs gets to the compiler of the stack's Mbed TLS. */
enum target_way {
    TARGET_WAY_NONE,        /* not at all */
    TARGET_WAY_MACRO,       /* as a macro of mbed_app.json */
    TARGET_WAY_USER_CONFIG, /* by the file that MBEDTLS_USER_CONFIG_FILE names */
    TARGET_WAY_SDKCONFIG,   /* as an option of ESP-IDF's sdkconfig */
    TARGET_WAY_KCONFIG      /* as an option of Zephyr's prj.conf */
};

/* What one feature takes on one stack, where that is not the row's `way` with the macro of Mbed
 * TLS. */
struct target_arrival {
    unsigned bit; /* 0: after the last */
    enum target_way way;
    const char *setting; /* a number follows it if it ends with `=`; NULL: Mbed TLS's macro */
    const char *symptom; /* NULL: as everywhere */
};

/* The usage of a leaf's key that a key exchange asks for (RFC 5246 section 7.4.2). */
enum target_usage {
    USAGE_SIGNATURE = 1 << 0,    /* digitalSignature: (EC)DHE, and all of TLS 1.3 */
    USAGE_ENCIPHERMENT = 1 << 1, /* keyEncipherment: RSA */
    USAGE_AGREEMENT = 1 << 2     /* keyAgreement: static ECDH */
};

/* Who verifies the presented chain in the proof. */
enum target_stack {
    STACK_OPENSSL, /* where no stack in particular is meant */
    STACK_MBEDTLS,
    STACK_BEARSSL
};

/* What goes into mbed_app.json's target_overrides for `*`. */
struct target_setting {
    const char *name; /* NULL: behind the last */
    int value;
};

/* A row: the default configuration of a stack. Where one row stands for several releases it holds
 * the least of them. */
struct target {
    const char *name;
    const char *alias; /* another name that stands for this row, or NULL */
    const char *description;
    const char *config; /* its configuration file and the dialect of that */
    const struct target_setting *settings;
    unsigned features;                     /* what it parses */
    unsigned profile;                      /* hashes and curves of its default profile */
    enum target_way way;                   /* of what it does not have */
    const struct target_arrival *arrivals; /* where that way does not do, or NULL */
    unsigned rsa_max_bits;              /* as it comes, eight times MBEDTLS_MPI_MAX_SIZE; 0: any */
    unsigned rsa_max_bits_with_setting; /* what its setting brings at most; 0: any */
    unsigned in_content_len;            /* MBEDTLS_SSL_IN_CONTENT_LEN, in bytes; 0: no limit */
    unsigned intermediates_max;         /* MBEDTLS_X509_MAX_INTERMEDIATE_CA; 0: no limit */
    unsigned rsa_min_bits;              /* below the anchor; of the default certificate profile */
    unsigned rsa_usages, ec_usages;     /* of a leaf's key, by the cipher suites offered */
    bool checks_dates;                  /* MBEDTLS_HAVE_TIME_DATE */
    bool matches_addresses;             /* compares an address with the leaf's IP SANs */
    enum target_stack stack;
    const char *format;            /* what -f is unless given; NULL: pem */
    const char *wants_all_anchors; /* what refuses a string of which one certificate can't be parsed
                                      (mbedtls_x509_crt_parse() > 0); NULL: it goes on without it */
    const struct offer *offer;     /* what its default client says to a server */
    bool reads_json5;              /* its mbed_app.json may be JSON5 */
    bool has_bundle; /* its anchors are asked for one thing alone, at the end of the presented
                        chain: the key of the issuer of the last certificate (device_find_last()) */
};

/* The row of that name or alias, or NULL. */
const struct target *target_find(const char *name);

/* The same stack with a bundle of anchors in place of a string, or NULL where there is none: no row
 * of target_at(). */
const struct target *target_with_bundle(const struct target *target);

/* The row by index, or NULL after the last. */
const struct target *target_at(size_t index);

/* Whether its settings can go into mbed_app.json: the others have a file of another form. */
bool target_reads_mbed_app(const struct target *target);

/* Whether its settings are options of Kconfig, in a fragment such as sdkconfig.defaults. */
bool target_reads_kconfig(const struct target *target);

/* Settings such as "MBEDTLS_SHA1_C=1", macros for Mbed OS, each once, in the order found. */
struct macro_list {
    char macro[TARGET_MACRO_COUNT_MAX][TARGET_MACRO_SIZE];
    size_t count;
};

/* Adds what is not there yet. */
void macro_list_add(struct macro_list *list, const char *macro);
void macro_list_add_all(struct macro_list *list, const struct macro_list *other);

#endif
