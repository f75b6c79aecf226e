/* leaf.c -- the leaf, by itself -> fit for this name, this time and TLS servers, or why not */
#include "path/leaf.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/timestamp.h"
#include "path/fault.h"
#include "path/strict.h"
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

/* ---- whether a name matches ---- */

static bool is_text(const ASN1_STRING *string, const char *text)
{
    return (size_t)ASN1_STRING_length(string) == strlen(text) &&
           strncasecmp((const char *)ASN1_STRING_get0_data(string), text, strlen(text)) == 0;
}

bool leaf_has_address_as_dns(const X509 *leaf, const char *address)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        found = found || (name->type == GEN_DNS && is_text(name->d.dNSName, address));
    }
    GENERAL_NAMES_free(names);
    return found;
}

bool leaf_matches_name(X509 *leaf, const struct endpoint *endpoint, const struct path_rules *rules)
{
    bool matched;

    if (endpoint->name_is_address)
        matched = X509_check_ip_asc(leaf, endpoint->name, 0) == 1 ||
                  (rules->takes_dns_address && leaf_has_address_as_dns(leaf, endpoint->name));
    else
        matched = X509_check_host(leaf, endpoint->name, 0,
                                  X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
                                      X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                                  NULL) == 1;
    ERR_clear_error();
    return matched;
}

/* ---- why none matches ---- */

#define LISTED_NAMES_MAX 5
#define NAME_LENGTH_MAX 254

/* What a name in the leaf almost is, and why it is not. */
static const struct near {
    const char *reason; /* to stand after the name, in brackets */
    const char *hint;   /* %s: the name asked for */
} far = {NULL, "if the device will ask for another name, give it with --servername"},
  wildcard_for_none = {"a wildcard stands for one label, not for none",
                       "the certificate must be issued again with DNS:%s"},
  wildcard_for_many = {"a wildcard stands for one label, not for several",
                       "the certificate must be issued again with DNS:%s, or with a wildcard "
                       "directly above that name"},
  wildcard_in_part = {"a wildcard must be the whole first label",
                      "the certificate must be issued again with DNS:%s, or with *. and the rest "
                      "of the name"},
  wildcard_too_wide = {"a wildcard needs two labels after it",
                       "the certificate must be issued again with DNS:%s"},
  underscore = {"a wildcard does not stand for a label with an underscore",
                "give the server a name without an underscore, or have the certificate issued "
                "again with DNS:%s"},
  address_as_dns = {"an address, written as a DNS name: clients compare addresses with IP names "
                    "only",
                    "the certificate must be issued again with IP:%s"},
  common_name = {"no subjectAltName: clients no longer compare the common name, RFC 9525",
                 "the certificate must be issued again with a subjectAltName: %s"};

static bool is_address_text(const char *text)
{
    unsigned char bytes[16];

    return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcasecmp(text + length - end_length, end) == 0;
}

/* OpenSSL's rules of wildcards, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS. `pattern` holds a star. */
static const struct near *why_not_wildcard(const char *pattern, const char *name)
{
    const char *suffix = strchr(pattern, '.');
    const char *rest = strchr(name, '.');

    if (suffix == NULL || strncmp(pattern, "*.", 2) != 0 || strchr(suffix, '*') != NULL)
        return &wildcard_in_part;
    if (strcasecmp(name, suffix + 1) == 0)
        return &wildcard_for_none;
    if (rest == NULL || !ends_with(name, suffix))
        return &far;
    if (strlen(rest) > strlen(suffix))
        return &wildcard_for_many;
    if (strchr(suffix + 1, '.') == NULL)
        return &wildcard_too_wide;
    return strchr(name, '_') != NULL ? &underscore : &far;
}

static const struct near *why_not(const GENERAL_NAME *name, const struct endpoint *endpoint)
{
    char text[NAME_LENGTH_MAX + 1];
    int length;

    if (name->type != GEN_DNS)
        return &far;
    length = ASN1_STRING_length(name->d.dNSName);
    if (length > NAME_LENGTH_MAX)
        return &far;
    memcpy(text, ASN1_STRING_get0_data(name->d.dNSName), (size_t)length);
    text[length] = '\0';
    if (endpoint->name_is_address)
        return is_text(name->d.dNSName, endpoint->name) && is_address_text(text) ? &address_as_dns
                                                                                 : &far;
    return strchr(text, '*') != NULL ? why_not_wildcard(text, endpoint->name) : &far;
}

/* A name with its NULs, at which message texts would end: "localhost\00.evil.example". */
static void add_name(struct text *out, const ASN1_STRING *name)
{
    const char *bytes = (const char *)ASN1_STRING_get0_data(name);

    for (int i = 0; i < ASN1_STRING_length(name); i++)
        text_add_bytes(out, bytes[i] != '\0' ? &bytes[i] : "\\00", bytes[i] != '\0' ? 1 : 3);
}

static void add_address(struct text *out, const ASN1_STRING *address)
{
    char text[INET6_ADDRSTRLEN] = "?";
    const unsigned char *bytes = ASN1_STRING_get0_data(address);

    if (ASN1_STRING_length(address) == 4)
        (void)inet_ntop(AF_INET, bytes, text, sizeof text);
    else if (ASN1_STRING_length(address) == 16)
        (void)inet_ntop(AF_INET6, bytes, text, sizeof text);
    text_add(out, "%s", text);
}

/* "DNS a.example", "IP 192.0.2.1". */
static void add_general_name(struct text *out, const GENERAL_NAME *name)
{
    char subject[CERT_NAME_TEXT_SIZE];

    switch (name->type) {
    case GEN_DNS:
        text_add(out, "DNS ");
        add_name(out, name->d.dNSName);
        break;
    case GEN_IPADD:
        text_add(out, "IP ");
        add_address(out, name->d.iPAddress);
        break;
    case GEN_URI:
    case GEN_EMAIL:
        text_add(out, name->type == GEN_URI ? "URI " : "mail ");
        add_name(out, name->d.ia5);
        break;
    case GEN_DIRNAME:
        cert_name_text(name->d.directoryName, subject);
        text_add(out, "directory name %.60s", subject);
        break;
    default:
        text_add(out, "a name of another kind");
    }
}

/* Adds "DNS a.example, IP 192.0.2.1, ...": first the name that almost matches, with the reason. */
static const struct near *list_names(const GENERAL_NAMES *names, const struct endpoint *endpoint,
                                     struct text *out)
{
    const struct near *near = &far;
    int count = sk_GENERAL_NAME_num(names), nearest = -1, listed = 0;

    for (int i = 0; i < count && near == &far; i++)
        if ((near = why_not(sk_GENERAL_NAME_value(names, i), endpoint)) != &far)
            nearest = i;
    if (nearest >= 0) {
        add_general_name(out, sk_GENERAL_NAME_value(names, nearest));
        text_add(out, " (%s)", near->reason);
        listed++;
    }
    for (int i = 0; i < count && listed <= LISTED_NAMES_MAX; i++) {
        if (i == nearest)
            continue;
        text_add(out, "%s", listed > 0 ? ", " : "");
        if (listed++ < LISTED_NAMES_MAX)
            add_general_name(out, sk_GENERAL_NAME_value(names, i));
        else
            text_add(out, "...");
    }
    return near;
}

/* The common name stands for nothing, but people look for the reason there. */
static const struct near *list_subject(const X509 *leaf, struct text *out)
{
    const X509_NAME *subject = X509_get_subject_name(leaf);
    int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

    if (index < 0) {
        text_add(out, "none");
    } else {
        text_add(out, "only the common name ");
        add_name(out, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
    }
    text_add(out, " (%s)", common_name.reason);
    return &common_name;
}

static void set_hint(const struct near *near, const struct endpoint *endpoint, struct error *err)
{
    const char *marker = strstr(near->hint, "%s");
    const char *kind = near != &common_name ? "" : endpoint->name_is_address ? "IP:" : "DNS:";

    if (marker == NULL)
        error_hint(err, "%s", near->hint);
    else
        error_hint(err, "%.*s%s%.200s%s", (int)(marker - near->hint), near->hint, kind,
                   endpoint->name, marker + 2);
}

static int fail_name(const X509 *leaf, const struct endpoint *endpoint, struct error *err)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(leaf, NID_subject_alt_name, NULL, NULL);
    struct text list = {0};
    const struct near *near = sk_GENERAL_NAME_num(names) > 0 ? list_names(names, endpoint, &list)
                                                             : list_subject(leaf, &list);

    error_set(err, ERROR_NAME_MISMATCH, "the leaf is not for %s; its names: %.400s", endpoint->name,
              list.failed ? "" : list.data);
    set_hint(near, endpoint, err);
    text_free(&list);
    GENERAL_NAMES_free(names);
    ERR_clear_error();
    return -1;
}

/* ---- the order of the chain ---- */

/* Somebody put a chain together the wrong way round: the position of the leaf, or 0. */
static int find_leaf_after_ca(const STACK_OF(X509) * chain, const struct endpoint *endpoint,
                              const struct path_rules *rules)
{
    if (X509_check_ca(sk_X509_value(chain, 0)) != 1)
        return 0;
    for (int i = 1; i < sk_X509_num(chain); i++) {
        X509 *cert = sk_X509_value(chain, i);
        if (X509_check_ca(cert) != 1 && leaf_matches_name(cert, endpoint, rules))
            return i;
    }
    return 0;
}

/* Weak is weak, whatever the path; a leaf that signs itself can only be its own anchor. */
static int check_strength(X509 *leaf, const struct path_rules *rules, struct error *err)
{
    const struct path alone = {
        .cert = {leaf}, .length = 1, .verify_error = strict_weakness(leaf, rules)};

    if (alone.verify_error == X509_V_OK ||
        X509_NAME_cmp(X509_get_subject_name(leaf), X509_get_issuer_name(leaf)) == 0)
        return 0;
    return fault_set_error(&alone, err);
}

int leaf_check(const STACK_OF(X509) * chain, const struct endpoint *endpoint,
               const struct path_rules *rules, struct error *err)
{
    X509 *leaf = sk_X509_value(chain, 0);
    const bool matches = leaf_matches_name(leaf, endpoint, rules);
    const int later = matches ? 0 : find_leaf_after_ca(chain, endpoint, rules);

    if (later > 0) {
        error_set(err, ERROR_NAME_MISMATCH,
                  "the first certificate is a CA; certificate %d is for %s: the leaf comes first",
                  later + 1, endpoint->name);
        return error_hint(err, "put certificate %d before the others (RFC 8446 4.4.2)", later + 1);
    }
    if (check_dates(leaf, rules->at, err) != 0)
        return -1;
    if (!matches)
        return fail_name(leaf, endpoint, err);
    if (X509_check_purpose(leaf, X509_PURPOSE_SSL_SERVER, 0) != 1) {
        error_set(err, ERROR_UNTRUSTED,
                  "the leaf is not for TLS servers (key usage or extended key usage)");
        return error_hint(err, "the server needs a certificate with extended key usage serverAuth");
    }
    return check_strength(leaf, rules, err);
}
