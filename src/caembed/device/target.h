/* target.h -- device stacks: what each can take (data, no code a target) */
#ifndef CAEMBED_DEVICE_TARGET_H
#define CAEMBED_DEVICE_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "net/offer.h"

#define TARGET_MACRO_SIZE 56
#define TARGET_MACRO_COUNT_MAX 12

/* What a certificate can need of the code, one bit each. */
enum target_feature {
    FEATURE_MD5 = 1 << 0,
    FEATURE_SHA1 = 1 << 1,
    FEATURE_SHA2_256 = 1 << 2, /* SHA-224 and SHA-256 */
    FEATURE_SHA2_512 = 1 << 3, /* SHA-384 and SHA-512 */
    FEATURE_RSA = 1 << 4,
    FEATURE_RSA_PSS = 1 << 5, /* as signature; as the key's own type it is UNKNOWN */
    FEATURE_ECDSA = 1 << 6,
    FEATURE_P192 = 1 << 7,
    FEATURE_P224 = 1 << 8,
    FEATURE_P256 = 1 << 9,
    FEATURE_P384 = 1 << 10,
    FEATURE_P521 = 1 << 11,
    FEATURE_K256 = 1 << 12,
    FEATURE_BP256 = 1 << 13,
    FEATURE_BP384 = 1 << 14,
    FEATURE_BP512 = 1 << 15,
    FEATURE_UNKNOWN = 1 << 16
};

#define TARGET_HASHES (FEATURE_MD5 | FEATURE_SHA1 | FEATURE_SHA2_256 | FEATURE_SHA2_512)

/* How a setting that a certificate needs gets to the compiler of the stack's Mbed TLS. */
enum target_way {
    TARGET_WAY_NONE,        /* not at all */
    TARGET_WAY_MACRO,       /* as a macro of mbed_app.json */
    TARGET_WAY_USER_CONFIG, /* by the file that MBEDTLS_USER_CONFIG_FILE names */
    TARGET_WAY_SDKCONFIG,   /* as an option of ESP-IDF's sdkconfig */
    TARGET_WAY_KCONFIG      /* as an option of Zephyr's prj.conf */
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
    unsigned features;
    enum target_way way;        /* of what it does not have */
    unsigned mpi_max_size;      /* MBEDTLS_MPI_MAX_SIZE, in bytes; 0: no limit */
    unsigned in_content_len;    /* MBEDTLS_SSL_IN_CONTENT_LEN, in bytes; 0: no limit */
    unsigned intermediates_max; /* MBEDTLS_X509_MAX_INTERMEDIATE_CA; 0: no limit */
    unsigned rsa_min_bits;      /* of the default certificate profile */
    bool checks_dates;          /* MBEDTLS_HAVE_TIME_DATE */
    bool has_mbedtls;           /* takes part in the proof; if not, OpenSSL alone proves */
    const struct offer *offer;  /* what its default client says to a server */
    bool reads_json5;           /* its mbed_app.json may be JSON5 */
};

/* What the requirement of a feature means on the device, and the macro that brings it. */
struct target_requirement {
    unsigned bit;
    const char *name; /* of the feature, for the table */
    const char *what;
    const char *macro; /* NULL: no configuration brings it */
    const char *symptom;
};

/* The row of that name or alias, or NULL. */
const struct target *target_find(const char *name);

/* The row of a feature's requirement by index, or NULL behind the last. */
const struct target_requirement *target_requirement_at(size_t index);

/* Whether its settings can go into mbed_app.json: the others have a file of another form. */
bool target_reads_mbed_app(const struct target *target);

/* Writes the table as text to stream. */
void target_print_table(FILE *stream);

/* Configuration macros such as "MBEDTLS_SHA1_C=1", each once, in the order found. */
struct macro_list {
    char macro[TARGET_MACRO_COUNT_MAX][TARGET_MACRO_SIZE];
    size_t count;
};

/* Adds what is not there yet. */
void macro_list_add(struct macro_list *list, const char *macro);
void macro_list_add_all(struct macro_list *list, const struct macro_list *other);

#endif
