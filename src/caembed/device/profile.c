/* profile.c -- a target's row -> mbedtls_x509_crt_profile */
#include "device/profile.h"

#include <mbedtls/md.h>
#include <mbedtls/version.h>

struct numbered {
    unsigned bit;
    unsigned number; /* from 1 */
};

static const struct numbered hashes[] = {
    {FEATURE_SHA224, MBEDTLS_MD_SHA224},
    {FEATURE_SHA2_256, MBEDTLS_MD_SHA256},
    {FEATURE_SHA2_512, MBEDTLS_MD_SHA384},
    {FEATURE_SHA2_512, MBEDTLS_MD_SHA512},
};

/* Of mbedtls_ecp_group_id, which Mbed TLS 4 keeps to itself, having numbered it anew. */
static const struct numbered curves[] = {
#if MBEDTLS_VERSION_NUMBER >= 0x04000000
    {FEATURE_P192, 1},  {FEATURE_P256, 2},  {FEATURE_P384, 3},  {FEATURE_P521, 4},
    {FEATURE_BP256, 5}, {FEATURE_BP384, 6}, {FEATURE_BP512, 7}, {FEATURE_K256, 10},
#else
    {FEATURE_P192, 1},  {FEATURE_P224, 2},  {FEATURE_P256, 3},
    {FEATURE_P384, 4},  {FEATURE_P521, 5},  {FEATURE_BP256, 6},
    {FEATURE_BP384, 7}, {FEATURE_BP512, 8}, {FEATURE_K256, 12},
#endif
};

/* The flags, as MBEDTLS_X509_ID_FLAG() makes them, of the rows that `bits` names. */
static uint32_t flags_of(const struct numbered *row, size_t count, unsigned bits)
{
    uint32_t flags = 0;

    for (size_t i = 0; i < count; i++)
        if (bits & row[i].bit)
            flags |= UINT32_C(1) << (row[i].number - 1);
    return flags;
}

void profile_of(const struct target *target, mbedtls_x509_crt_profile *out)
{
    *out = (mbedtls_x509_crt_profile){
        .allowed_mds = flags_of(hashes, sizeof hashes / sizeof hashes[0], target->profile),
        .allowed_pks = 0xfffffff, /* every type of key */
        .allowed_curves = flags_of(curves, sizeof curves / sizeof curves[0], target->profile),
        .rsa_min_bitlen = target->rsa_min_bits,
    };
}
