/* cost.c -- a key -> what one signature check by it costs; work -> within the limit or not */
#include "x509/cost.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <string.h>

/* Squarings of one bit of the exponent in a microsecond, times bits squared. */
#define OPENSSL_SPEED 4000000U
#define MBEDTLS_SPEED 2000000U
#define OVERHEAD_US 12

/* Square and multiply: bits squared for each bit of the exponent. */
static uint64_t modexp_us(uint64_t bits, uint64_t exponent_bits, unsigned speed)
{
    return bits * bits / 1000 * exponent_bits / (speed / 1000);
}

static uint64_t rsa_us(const EVP_PKEY *key, unsigned speed)
{
    const uint64_t bits = (uint64_t)EVP_PKEY_get_bits(key);
    uint64_t exponent_bits = bits;
    BIGNUM *e = NULL;

    if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1)
        exponent_bits = (uint64_t)BN_num_bits(e);
    BN_free(e);
    return modexp_us(bits, exponent_bits, speed);
}

/* OpenSSL has code of its own for some curves; those over binary fields are the slowest. */
static uint64_t ec_us(const EVP_PKEY *key)
{
    static const struct {
        const char *group;
        uint64_t us;
    } fast[] = {{SN_X9_62_prime256v1, 70}, {SN_secp224r1, 100}, {SN_secp521r1, 550}};
    uint64_t bits = (uint64_t)EVP_PKEY_get_bits(key);
    char group[40] = "", field[40] = "";

    if (EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1)
        for (size_t i = 0; i < sizeof fast / sizeof fast[0]; i++)
            if (strcmp(group, fast[i].group) == 0)
                return fast[i].us;
    if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_EC_FIELD_TYPE, field, sizeof field,
                                       NULL) == 1 &&
        strcmp(field, SN_X9_62_prime_field) == 0)
        return bits * bits / 180;
    return bits * bits / 75;
}

uint64_t cost_of_signature_us(const X509 *issuer)
{
    const EVP_PKEY *key = X509_get0_pubkey(issuer);
    uint64_t us;

    switch (key != NULL ? EVP_PKEY_get_base_id(key) : NID_undef) {
    case NID_undef:
        us = 0;
        break;
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        us = rsa_us(key, OPENSSL_SPEED);
        break;
    case EVP_PKEY_EC:
    case EVP_PKEY_SM2:
        us = ec_us(key);
        break;
    case EVP_PKEY_DSA: /* two exponents as long as the hash */
        us = modexp_us((uint64_t)EVP_PKEY_get_bits(key), 2 * 256, OPENSSL_SPEED);
        break;
    default:
        us = 250; /* Ed448 */
    }
    ERR_clear_error();
    return OVERHEAD_US + us;
}

/* Mbed TLS reduces fast by the primes of NIST and Koblitz, not by those of Brainpool. */
uint64_t cost_in_mbedtls_us(const X509 *issuer)
{
    const EVP_PKEY *key = X509_get0_pubkey(issuer);
    const int type = key != NULL ? EVP_PKEY_get_base_id(key) : NID_undef;
    const uint64_t bits = key != NULL ? (uint64_t)EVP_PKEY_get_bits(key) : 0;
    char group[40] = "";
    uint64_t us = 0;

    if (type == EVP_PKEY_RSA || type == EVP_PKEY_RSA_PSS)
        us = rsa_us(key, MBEDTLS_SPEED);
    else if (type == EVP_PKEY_EC)
        us = EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 &&
                     strncmp(group, "brainpool", 9) != 0
                 ? bits * bits / 75
                 : bits * bits / 17;
    ERR_clear_error();
    return OVERHEAD_US + us;
}

int cost_spend(struct cost *cost, uint64_t us, const char *what, struct error *err)
{
    if (us <= cost->limit_us && cost->spent_us <= cost->limit_us - us) {
        cost->spent_us += us;
        return 0;
    }
    error_set(err, ERROR_LIMIT, "%s of this chain would take more than %llu ms to check", what,
              (unsigned long long)(cost->limit_us / 1000));
    return error_hint(err, "no real server needs that much; remove what does not belong to the "
                           "chain, above all certificates of one name and unusually large keys");
}
