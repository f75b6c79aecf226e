/* aia.c -- a certificate -> the addresses that it gives for its issuer */
#include "x509/aia.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

static const char scheme[] = "http://";

/* Whether the name is an address that can be taken; copies it. */
static int take(const GENERAL_NAME *name, char out[AIA_URL_SIZE])
{
    const char *bytes;
    size_t length;

    if (name->type != GEN_URI)
        return 0;
    bytes = (const char *)ASN1_STRING_get0_data(name->d.uniformResourceIdentifier);
    length = (size_t)ASN1_STRING_length(name->d.uniformResourceIdentifier);
    if (length >= AIA_URL_SIZE || length < sizeof scheme ||
        strncasecmp(bytes, scheme, sizeof scheme - 1) != 0)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] <= ' ' || bytes[i] > '~')
            return 0;
    memcpy(out, bytes, length);
    out[length] = '\0';
    return 1;
}

size_t aia_issuer_urls(const X509 *cert, char url[AIA_URLS_MAX][AIA_URL_SIZE])
{
    AUTHORITY_INFO_ACCESS *access = X509_get_ext_d2i(cert, NID_info_access, NULL, NULL);
    size_t count = 0;

    for (int i = 0; i < sk_ACCESS_DESCRIPTION_num(access) && count < AIA_URLS_MAX; i++) {
        const ACCESS_DESCRIPTION *description = sk_ACCESS_DESCRIPTION_value(access, i);
        if (OBJ_obj2nid(description->method) == NID_ad_ca_issuers &&
            take(description->location, url[count]))
            count++;
    }
    AUTHORITY_INFO_ACCESS_free(access);
    ERR_clear_error();
    return count;
}
