/* validate.h -- path validation (RFC 5280) */
#ifndef CAEMBED_PATH_VALIDATE_H
#define CAEMBED_PATH_VALIDATE_H

#include "net/endpoint.h"
#include "path/path.h"
#include "path/rules.h"

/* Judges each trusted path on its own, for a TLS server with that name (subject alternative names
 * only, RFC 9525): OpenSSL validates it, policies included (RFC 5280 6.1, any policy will do);
 * what OpenSSL leaves out is added (see strict.h), and the distrust-after dates. No revocation
 * check, and no signature is verified again: path_build() has done that. Of a path that nobody
 * trusts it looks only for weak links (trust rule 10), which no anchor would mend. Sets the last
 * three members of each path; ERROR_LIMIT beyond PATH_COST_MAX_US. */
int validate_paths(struct path_list *list, const struct endpoint *endpoint,
                   const struct path_rules *rules, struct error *err) MUST_USE;

#endif
