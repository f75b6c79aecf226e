/* mbed.c -- Mbed TLS 2.28, 3.6 or 4 -> one face: its start and its error values */
#include "device/mbed.h"

#include <mbedtls/version.h>
#include <stdio.h>

bool mbed_runs_in_threads(void)
{
#if defined(MBEDTLS_USE_PSA_CRYPTO) && !defined(MBEDTLS_THREADING_C)
    return false;
#elif MBEDTLS_VERSION_NUMBER >= 0x04000000 && !defined(MBEDTLS_THREADING_C)
    return false;
#else
    return true;
#endif
}

#if MBEDTLS_VERSION_NUMBER >= 0x04000000

#include <mbedtls/x509.h>
#include <psa/crypto.h>
#include <pthread.h>

static pthread_once_t begun = PTHREAD_ONCE_INIT;

static void begin(void)
{
    (void)psa_crypto_init(); /* if it fails, every certificate is refused */
}

void mbed_begin(void)
{
    (void)pthread_once(&begun, begin);
}

void mbed_version(char out[16])
{
    snprintf(out, 16, "%.15s", mbedtls_version_get_string());
}

bool mbed_error_is_no_memory(int result)
{
    return result == PSA_ERROR_INSUFFICIENT_MEMORY;
}

bool mbed_error_is_unknown_signature(int result)
{
    return result == MBEDTLS_ERR_X509_UNKNOWN_OID;
}

#else

#include <mbedtls/asn1.h>
#include <mbedtls/bignum.h>
#include <mbedtls/ecp.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/x509.h>
#include <stddef.h>

void mbed_begin(void)
{
}

void mbed_version(char out[16])
{
    char version[18];

    mbedtls_version_get_string(version);
    snprintf(out, 16, "%.15s", version);
}

/* An error is a module's and, in the low seven bits, that of a module below. */
bool mbed_error_is_no_memory(int result)
{
    static const int high[] = {MBEDTLS_ERR_X509_ALLOC_FAILED, MBEDTLS_ERR_PK_ALLOC_FAILED,
                               MBEDTLS_ERR_PEM_ALLOC_FAILED, MBEDTLS_ERR_ECP_ALLOC_FAILED,
                               MBEDTLS_ERR_MD_ALLOC_FAILED};
    const int low = -result & 0x7f;

    for (size_t i = 0; i < sizeof high / sizeof high[0]; i++)
        if ((-result & 0xff80) == -high[i])
            return true;
    return low == -MBEDTLS_ERR_MPI_ALLOC_FAILED || low == -MBEDTLS_ERR_ASN1_ALLOC_FAILED;
}

bool mbed_error_is_unknown_signature(int result)
{
    return result == MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG + MBEDTLS_ERR_OID_NOT_FOUND;
}

#endif
