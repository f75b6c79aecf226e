/* strict.h -- what RFC 5280 and our trust rules ask of a path and OpenSSL does not check */
#ifndef CAEMBED_PATH_STRICT_H
#define CAEMBED_PATH_STRICT_H

#include "path/path.h"
#include "path/rules.h"

/* Before OpenSSL is asked: adds to *cost what it will take to compare the names of the path with
 * its name constraints, and marks a path for which OpenSSL would give up. Then extensions that
 * cannot be read, and, unless the rules say otherwise, the key identifiers. */
int strict_check_before(struct path *path, const struct path_rules *rules, struct cost *cost,
                        struct error *err) MUST_USE;

/* Of a path that OpenSSL takes: excluded subtrees against wildcards (CVE-2025-61727), unknown
 * qualifiers of critical policies (RFC 5280 4.2.1.4), weak signatures and keys below the anchor. */
int strict_check_after(struct path *path, const struct path_rules *rules, struct cost *cost,
                       struct error *err) MUST_USE;

/* Why the certificate would be a weak link (trust rule 10): PATH_FAULT_WEAK_HASH for its signature,
 * PATH_FAULT_WEAK_KEY for its key; X509_V_OK if it is none. */
int strict_weakness(X509 *cert, const struct path_rules *rules);

/* Whether a certificate below the path's anchor is such a link; of an incomplete path each one is
 * below it. */
void strict_check_strength(struct path *path, const struct path_rules *rules);

#endif
