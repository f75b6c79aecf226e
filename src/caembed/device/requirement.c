/* requirement.c -- a feature that a stack lacks -> the setting that brings it, and the way there */
#include "device/requirement.h"

#include <string.h>

static const struct feature_row features[] = {
    {FEATURE_MD5, "MD5", "an MD5 signature", "MBEDTLS_MD5_C=1", "-0x262E"},
    {FEATURE_SHA1, "SHA-1", "a SHA-1 signature", "MBEDTLS_SHA1_C=1", "-0x262E"},
    {FEATURE_SHA224, "SHA-224", "a SHA-224 signature", "MBEDTLS_SHA256_C=1", "-0x262E"},
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
    {FEATURE_UNKNOWN, "others", "a key or signature type that the target does not know", NULL,
     "-0x262E"},
    {FEATURE_LARGE_RSA, "large RSA keys", "a large RSA key", "MBEDTLS_MPI_MAX_SIZE=", "-0x3B00"},
    {FEATURE_KEY_ID, "critical key identifiers", "a critical key identifier", NULL, "-0x2562"},
    {FEATURE_LARGE_MESSAGE, "large messages", "a large Certificate message", NULL, "-0x7200"},
};

static const char *const way_names[] = {
    [TARGET_WAY_NONE] = "none",
    [TARGET_WAY_MACRO] = "macro",
    [TARGET_WAY_USER_CONFIG] = "user-config",
    [TARGET_WAY_SDKCONFIG] = "sdkconfig",
    [TARGET_WAY_KCONFIG] = "kconfig",
};

const struct feature_row *feature_row_at(size_t index)
{
    return index < sizeof features / sizeof features[0] ? &features[index] : NULL;
}

const struct feature_row *feature_row_of(unsigned bit)
{
    size_t i = 0;

    while (features[i].bit != bit)
        i++;
    return &features[i];
}

const char *target_way_name(enum target_way way)
{
    return way_names[way];
}

static const struct target_arrival *find_arrival(const struct target *target, unsigned bit)
{
    const struct target_arrival *arrival = target->arrivals;

    while (arrival != NULL && arrival->bit != 0 && arrival->bit != bit)
        arrival++;
    return arrival != NULL && arrival->bit != 0 ? arrival : NULL;
}

struct requirement requirement_of(const struct target *target, const struct feature_row *feature,
                                  unsigned number)
{
    const struct target_arrival *arrival = find_arrival(target, feature->bit);
    struct requirement out = {feature, target->way, "", feature->symptom};
    const char *setting = feature->macro;

    if (arrival != NULL) {
        out.way = arrival->way;
        setting = arrival->setting != NULL ? arrival->setting : setting;
        out.symptom = arrival->symptom != NULL ? arrival->symptom : out.symptom;
    }
    if (setting == NULL)
        out.way = TARGET_WAY_NONE;
    if (out.way == TARGET_WAY_NONE)
        return out;
    snprintf(out.setting, sizeof out.setting, "%s", setting);
    if (setting[strlen(setting) - 1] == '=')
        snprintf(out.setting, sizeof out.setting, "%s%u", setting, number);
    return out;
}

bool requirement_arrives(const struct requirement *requirement)
{
    return requirement->way != TARGET_WAY_NONE && requirement->way != TARGET_WAY_USER_CONFIG;
}

bool requirement_list_add(struct requirement_list *list, const struct requirement *requirement)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->item[i].feature == requirement->feature &&
            strcmp(list->item[i].setting, requirement->setting) == 0)
            return false;
    if (list->count < REQUIREMENT_COUNT_MAX)
        list->item[list->count++] = *requirement;
    return true;
}

/* ---- the table of targets as text ---- */

#define ALGORITHMS ((unsigned)FEATURE_UNKNOWN * 2 - 1) /* the bits up to that one */

static void print_features(FILE *stream, const char *what, unsigned bits)
{
    fprintf(stream, "    %s", what);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        if (bits & features[i].bit)
            fprintf(stream, " %s", features[i].name);
    putc('\n', stream);
}

static void print_text(FILE *stream, const char *what, const char *text)
{
    fprintf(stream, "    %-34s %s\n", what, text);
}

static void print_limit(FILE *stream, const char *what, unsigned limit)
{
    if (limit > 0)
        fprintf(stream, "    %-34s %u\n", what, limit);
}

#define EXAMPLE_MPI_BYTES 1024 /* for RSA keys of 8192 bits */

/* How each feature arrives that the stack lacks. */
static void print_requirements(FILE *stream, const struct target *target)
{
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++) {
        struct requirement requirement = requirement_of(target, &features[i], EXAMPLE_MPI_BYTES);
        if (features[i].bit & target->features)
            continue;
        fprintf(stream, "    %-34s %s%s%s\n", features[i].name, target_way_name(requirement.way),
                requirement.setting[0] != '\0' ? ": " : "", requirement.setting);
    }
}

static void print_mbedtls(FILE *stream, const struct target *target)
{
    print_features(stream, "verifies with", target->profile);
    print_limit(stream, "smallest RSA key in bits", target->rsa_min_bits);
    print_limit(stream, "largest RSA key in bits", target->rsa_max_bits);
    print_limit(stream, "MBEDTLS_SSL_IN_CONTENT_LEN", target->in_content_len);
    print_limit(stream, "MBEDTLS_X509_MAX_INTERMEDIATE_CA", target->intermediates_max);
    print_text(stream, "MBEDTLS_HAVE_TIME_DATE", target->checks_dates ? "on" : "off");
    print_text(stream, "addresses in certificates", target->matches_addresses ? "yes" : "no");
    print_requirements(stream, target);
}

static void print_bearssl(FILE *stream, const struct target *target)
{
    print_limit(stream, "smallest RSA key below the anchor", target->rsa_min_bits);
    print_limit(stream, "largest RSA key in bits", target->rsa_max_bits);
    print_text(stream, "certificates", "in order, each followed by its issuer");
    print_text(stream, "dates of the anchor", "not checked");
    print_text(stream, "name constraints", "not checked");
    print_text(stream, "addresses in certificates", target->matches_addresses ? "yes" : "no");
    print_requirements(stream, target);
}

void requirement_print_targets(FILE *stream)
{
    const struct target *target;

    for (size_t i = 0; (target = target_at(i)) != NULL; i++) {
        if (target->alias != NULL)
            fprintf(stream, "%s: another name of %s\n", target->alias, target->name);
        fprintf(stream, "%s: %s\n", target->name, target->description);
        print_features(stream, "takes", target->features & ALGORITHMS);
        if (target->stack == STACK_MBEDTLS)
            print_mbedtls(stream, target);
        if (target->stack == STACK_BEARSSL)
            print_bearssl(stream, target);
        print_text(stream, "configuration", target->config);
        for (const struct target_setting *s = target->settings; s->name != NULL; s++)
            fprintf(stream, "    %-34s %d\n", s->name, s->value);
    }
}
