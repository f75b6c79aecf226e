/* fault.c -- an invalid path -> the error that says why, and a hint that fits */
#include "path/fault.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "x509/cert.h"

#define OTHER_CA "the server needs a chain without this certificate, or the CA must mend it"
#define REISSUE "the CA must issue this certificate again"
#define ASK_CA                                                                                     \
    "the CA that signed it does not allow this; the server needs a certificate from another"

/* X509_V_ERR_... or enum path_fault, its error, and what it means (RFC 5280). */
static const struct fault {
    int verify_error;
    enum error_code code;
    const char *text;
    const char *hint;
} faults[] = {
    {X509_V_ERR_CERT_HAS_EXPIRED, ERROR_EXPIRED, "certificate has expired",
     "the server should send its CA's present certificate; --at TIME judges at another time"},
    {X509_V_ERR_CERT_NOT_YET_VALID, ERROR_NOT_YET_VALID, "certificate is not yet valid",
     "is this machine's clock right? --at TIME judges at another time"},
    {X509_V_ERR_ERROR_IN_CERT_NOT_BEFORE_FIELD, ERROR_UNTRUSTED,
     "the start of its validity cannot be read", REISSUE},
    {X509_V_ERR_ERROR_IN_CERT_NOT_AFTER_FIELD, ERROR_UNTRUSTED,
     "the end of its validity cannot be read", REISSUE},
    {X509_V_ERR_HOSTNAME_MISMATCH, ERROR_NAME_MISMATCH, "the leaf is for another host", REISSUE},
    {X509_V_ERR_IP_ADDRESS_MISMATCH, ERROR_NAME_MISMATCH, "the leaf is for another address",
     REISSUE},
    {X509_V_ERR_INVALID_CA, ERROR_UNTRUSTED,
     "it signed another certificate and is not a CA (basicConstraints, or keyUsage without "
     "keyCertSign)",
     "the server sends the wrong intermediate, or somebody signed with a certificate that may not"},
    {X509_V_ERR_KEYUSAGE_NO_CERTSIGN, ERROR_UNTRUSTED,
     "it signed another certificate, which its keyUsage does not allow", OTHER_CA},
    {X509_V_ERR_INVALID_NON_CA, ERROR_UNTRUSTED, "it is a CA where none may stand", OTHER_CA},
    {X509_V_ERR_PATH_LENGTH_EXCEEDED, ERROR_UNTRUSTED,
     "path length constraint exceeded: more intermediates stand below this CA than it allows",
     ASK_CA},
    {X509_V_ERR_PROXY_PATH_LENGTH_EXCEEDED, ERROR_UNTRUSTED,
     "more proxy certificates stand below it than it allows", REISSUE},
    {X509_V_ERR_PROXY_CERTIFICATES_NOT_ALLOWED, ERROR_UNTRUSTED,
     "it is a proxy certificate (RFC 3820), which no TLS client takes", REISSUE},
    {X509_V_ERR_INVALID_PURPOSE, ERROR_UNTRUSTED,
     "it does not allow TLS servers (extendedKeyUsage)", ASK_CA},
    {X509_V_ERR_CERT_UNTRUSTED, ERROR_UNTRUSTED, "it is not trusted for TLS servers", ASK_CA},
    {X509_V_ERR_CERT_REJECTED, ERROR_UNTRUSTED, "it is marked as rejected for TLS servers", ASK_CA},
    {X509_V_ERR_PERMITTED_VIOLATION, ERROR_UNTRUSTED,
     "permitted subtree violation: a CA above it allows other names only (name constraints)",
     ASK_CA},
    {X509_V_ERR_EXCLUDED_VIOLATION, ERROR_UNTRUSTED,
     "excluded subtree violation: a CA above it forbids one of its names (name constraints)",
     ASK_CA},
    {X509_V_ERR_SUBTREE_MINMAX, ERROR_UNTRUSTED,
     "the name constraints of a CA above it have a minimum or maximum, which nobody supports",
     OTHER_CA},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, ERROR_UNTRUSTED,
     "a CA above it constrains a kind of name that is not supported", OTHER_CA},
    {X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, ERROR_UNTRUSTED,
     "the name constraints of a CA above it cannot be read", OTHER_CA},
    {X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, ERROR_UNTRUSTED,
     "it holds a name that cannot be compared with the name constraints above it", REISSUE},
    {X509_V_ERR_INVALID_EXTENSION, ERROR_UNTRUSTED, "one of its extensions cannot be read",
     REISSUE},
    {X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, ERROR_UNTRUSTED,
     "it has a critical extension that is not known", REISSUE},
    {X509_V_ERR_INVALID_POLICY_EXTENSION, ERROR_UNTRUSTED,
     "its certificate policies cannot be read", REISSUE},
    {X509_V_ERR_NO_EXPLICIT_POLICY, ERROR_UNTRUSTED,
     "a CA requires an explicit policy, and no policy holds for the whole path "
     "(certificatePolicies)",
     ASK_CA},
    {X509_V_ERR_UNSUPPORTED_EXTENSION_FEATURE, ERROR_UNTRUSTED,
     "one of its extensions uses something that is not supported", REISSUE},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, ERROR_UNTRUSTED, "its issuer does not fit it", OTHER_CA},
    {X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, ERROR_UNTRUSTED, "its issuer does not fit it",
     OTHER_CA},
    {X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, ERROR_UNTRUSTED, "its issuer does not fit it",
     OTHER_CA},
    {X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, ERROR_UNTRUSTED,
     "it is self-signed and is not trusted as that", OTHER_CA},
    {X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, ERROR_UNTRUSTED,
     "it is self-signed and is not trusted as that", OTHER_CA},
    {X509_V_ERR_CERT_SIGNATURE_FAILURE, ERROR_UNTRUSTED, "its signature is wrong", REISSUE},
    {X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, ERROR_UNTRUSTED, "its signature cannot be read",
     REISSUE},
    {X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, ERROR_UNTRUSTED,
     "its issuer's key cannot be read", OTHER_CA},
    {X509_V_ERR_SIGNATURE_ALGORITHM_MISMATCH, ERROR_UNTRUSTED,
     "its signature is of another type than its issuer's key", REISSUE},
    {X509_V_ERR_SIGNATURE_ALGORITHM_INCONSISTENCY, ERROR_UNTRUSTED,
     "it names two signature algorithms that differ", REISSUE},
    {X509_V_ERR_CERT_CHAIN_TOO_LONG, ERROR_LIMIT, "the path is too long", OTHER_CA},
    {X509_V_ERR_EE_KEY_TOO_SMALL, ERROR_WEAK, "its key is too short", REISSUE},
    {X509_V_ERR_CA_KEY_TOO_SMALL, ERROR_WEAK, "its key is too short", OTHER_CA},
    {X509_V_ERR_CA_MD_TOO_WEAK, ERROR_WEAK, "it is signed with a weak hash", OTHER_CA},
    {X509_V_ERR_EC_KEY_EXPLICIT_PARAMS, ERROR_UNTRUSTED,
     "its key spells out a curve instead of naming it (RFC 5480)", REISSUE},
    {X509_V_ERR_EMPTY_SUBJECT_SAN_NOT_CRITICAL, ERROR_UNTRUSTED,
     "it has no subject, and its subjectAltName is not critical", REISSUE},
    {PATH_FAULT_WEAK_HASH, ERROR_WEAK, "it is signed with a broken hash",
     "the CA must issue this certificate again, signed with SHA-256 or better"},
    {PATH_FAULT_WEAK_KEY, ERROR_WEAK, "its key is too short",
     "it must be issued again, for an RSA key of 2048 bits or a curve of 256 bits"},
    {PATH_FAULT_QUALIFIER, ERROR_UNTRUSTED,
     "its critical certificatePolicies hold a qualifier that is not known (RFC 5280 4.2.1.4)",
     REISSUE},
    {PATH_FAULT_WILDCARD, ERROR_UNTRUSTED,
     "excluded subtree violation: its wildcard could stand for a name that a CA above it forbids "
     "(name constraints)",
     ASK_CA},
    {PATH_FAULT_KEY_ID, ERROR_UNTRUSTED,
     "its authority key identifier is not that of the certificate that signed it",
     "Mbed TLS does not compare it (-t mbedtls), OpenSSL and others do: " REISSUE},
    {PATH_FAULT_NAME_LIMIT, ERROR_LIMIT,
     "its names and the name constraints above it are too many to be compared",
     "the server needs a certificate with fewer names"},
    {PATH_FAULT_POLICY_LIMIT, ERROR_LIMIT, "its policies and their mappings are too many to follow",
     OTHER_CA},
    {PATH_FAULT_REBUILT, ERROR_UNTRUSTED,
     "OpenSSL does not take this path, though each of its signatures is right", OTHER_CA},
};

static const struct fault *find(int verify_error)
{
    static const struct fault other = {0, ERROR_UNTRUSTED, NULL,
                                       "a path to a trusted root was found, but it is not valid "
                                       "(RFC 5280)"};

    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        if (faults[i].verify_error == verify_error)
            return &faults[i];
    return &other;
}

const char *fault_text(int verify_error)
{
    const char *text = find(verify_error)->text;

    return text != NULL ? text : X509_verify_cert_error_string(verify_error);
}

/* "a1:b2:…" of a key identifier, or "none". */
static void id_text(const ASN1_OCTET_STRING *id, char *out, size_t size)
{
    size_t used = 0;

    snprintf(out, size, "none");
    for (int i = 0; id != NULL && i < ASN1_STRING_length(id) && used + 4 <= size; i++)
        used += (size_t)snprintf(out + used, size - used, "%s%02X", i > 0 ? ":" : "",
                                 ASN1_STRING_get0_data(id)[i]);
}

/* What the table does not know: which algorithm, which identifier. */
static void detail_text(const struct path *path, size_t depth, char *out, size_t size)
{
    X509 *cert = path->cert[depth];
    char wanted[80], found[80], key[CERT_KEY_TEXT_SIZE];

    out[0] = '\0';
    if (path->verify_error == PATH_FAULT_WEAK_HASH) {
        snprintf(out, size, " (%s)", cert_signature_text(cert));
    } else if (path->verify_error == PATH_FAULT_WEAK_KEY) {
        cert_key_text(cert, key);
        snprintf(out, size, " (%s)", key);
    } else if (path->verify_error == PATH_FAULT_KEY_ID && depth + 1 < path->length) {
        id_text(X509_get0_authority_key_id(cert), wanted, sizeof wanted);
        id_text(X509_get0_subject_key_id(path->cert[depth + 1]), found, sizeof found);
        snprintf(out, size, " (%s, whose own is %s)", wanted, found);
    }
}

int fault_set_error(const struct path *path, struct error *err)
{
    const struct fault *fault = find(path->verify_error);
    size_t depth = path->verify_depth >= 0 && (size_t)path->verify_depth < path->length
                       ? (size_t)path->verify_depth
                       : 0;
    const char *what = fault->code == ERROR_WEAK ? "weak" : "no valid path";
    char subject[CERT_NAME_TEXT_SIZE], detail[200];

    cert_subject_text(path->cert[depth], subject);
    detail_text(path, depth, detail, sizeof detail);
    error_kind(err, "%s: %s", what, fault_text(path->verify_error));
    error_set(err, fault->code, "%s: %s%s: %.300s", what, fault_text(path->verify_error), detail,
              subject);
    return error_hint(err, "%s", fault->hint);
}
