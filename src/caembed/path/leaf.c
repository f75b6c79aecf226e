/* leaf.c -- the leaf, by itself -> fit for this name, this time and TLS servers, or why not */
#include "path/leaf.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "x509/cert.h"

static int check_dates(const X509 *leaf, int64_t at, struct error *err)
{
    char date[TIMESTAMP_TEXT_SIZE], judged[TIMESTAMP_TEXT_SIZE];

    timestamp_format(at, judged);
    if (at > cert_not_after(leaf)) {
        timestamp_format(cert_not_after(leaf), date);
        error_set(err, ERROR_EXPIRED, "the leaf expired at %s (judged at %s)", date, judged);
        return error_hint(err,
                          "the server needs a new certificate; --at TIME judges at another time");
    }
    if (at < cert_not_before(leaf)) {
        timestamp_format(cert_not_before(leaf), date);
        error_set(err, ERROR_NOT_YET_VALID, "the leaf is not valid before %s (judged at %s)", date,
                  judged);
        return error_hint(err, "is this machine's clock right? --at TIME judges at another time");
    }
    return 0;
}

#define LISTED_NAMES_MAX 5

/* A name with its NULs, at which message texts would end: "localhost\00.evil.example". */
static void add_name(struct text *out, const ASN1_STRING *name)
{
    const char *bytes = (const char *)ASN1_STRING_get0_data(name);

    for (int i = 0; i < ASN1_STRING_length(name); i++)
        text_add_bytes(out, bytes[i] != '\0' ? &bytes[i] : "\\00", bytes[i] != '\0' ? 1 : 3);
}

/* Adds "a.example, b.example, ..." from the leaf's subject alternative names. */
static void list_names(const X509 *leaf, struct text *out)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    int listed = 0;

    for (int i = 0; i < sk_GENERAL_NAME_num(names) && listed <= LISTED_NAMES_MAX; i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_DNS)
            continue;
        text_add(out, "%s", listed > 0 ? ", " : "");
        if (listed++ < LISTED_NAMES_MAX)
            add_name(out, name->d.dNSName);
        else
            text_add(out, "...");
    }
    text_add(out, "%s", listed == 0 ? "no DNS name" : "");
    GENERAL_NAMES_free(names);
    ERR_clear_error();
}

static int check_name(X509 *leaf, const struct endpoint *endpoint, struct error *err)
{
    struct text names = {0};
    int matched = endpoint->name_is_address
                      ? X509_check_ip_asc(leaf, endpoint->name, 0)
                      : X509_check_host(leaf, endpoint->name, 0,
                                        X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                            X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                                        NULL);

    ERR_clear_error();
    if (matched == 1)
        return 0;
    list_names(leaf, &names);
    error_set(err, ERROR_NAME_MISMATCH, "the leaf is not for %s; its names: %.400s", endpoint->name,
              names.failed ? "" : names.data);
    text_free(&names);
    return error_hint(err, "if the device will ask for another name, give it with --servername");
}

int leaf_check(X509 *leaf, const struct endpoint *endpoint, int64_t at, struct error *err)
{
    if (check_dates(leaf, at, err) != 0 || check_name(leaf, endpoint, err) != 0)
        return -1;
    if (X509_check_purpose(leaf, X509_PURPOSE_SSL_SERVER, 0) != 1) {
        error_set(err, ERROR_UNTRUSTED,
                  "the leaf is not for TLS servers (key usage or extended key usage)");
        return error_hint(err, "the server needs a certificate with extended key usage serverAuth");
    }
    return 0;
}
