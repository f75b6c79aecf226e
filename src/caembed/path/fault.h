/* fault.h -- why a path is not valid, in plain words */
#ifndef CAEMBED_PATH_FAULT_H
#define CAEMBED_PATH_FAULT_H

#include "path/path.h"

/* What OpenSSL has no X509_V_ERR of its own for; in path.verify_error. */
enum path_fault {
    PATH_FAULT_WEAK_HASH = 10000, /* signed with MD5 or SHA-1 */
    PATH_FAULT_WEAK_KEY,          /* too short an RSA key, or too small a curve */
    PATH_FAULT_QUALIFIER,         /* RFC 5280 4.2.1.4: critical, with an unknown qualifier */
    PATH_FAULT_WILDCARD,          /* could stand for a name that is excluded */
    PATH_FAULT_KEY_ID,            /* the authority key identifier is another's */
    PATH_FAULT_NAME_LIMIT,        /* more names and constraints than OpenSSL compares */
    PATH_FAULT_POLICY_LIMIT,      /* more policies than OpenSSL follows */
    PATH_FAULT_REBUILT            /* OpenSSL put another path together from the same certificates */
};

/* "the certificate has expired", to stand before the certificate's name; static storage. */
const char *fault_text(int verify_error);

/* Records the error for a trusted path with a verify_error, with the certificate that it is about.
 * Returns -1. */
int fault_set_error(const struct path *path, struct error *err);

#endif
