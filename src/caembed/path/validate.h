/* validate.h -- path validation (RFC 5280), by OpenSSL */
#ifndef CAEMBED_PATH_VALIDATE_H
#define CAEMBED_PATH_VALIDATE_H

#include "net/endpoint.h"
#include "path/path.h"

/* Has OpenSSL validate each trusted path on its own at time `at`, for a TLS server with that name
 * (subject alternative names only, RFC 9525; no revocation check), and applies the distrust-after
 * dates. Sets the last three members of each path. */
int validate_paths(struct path_list *list, const struct endpoint *endpoint, int64_t at,
                   struct error *err) MUST_USE;

#endif
