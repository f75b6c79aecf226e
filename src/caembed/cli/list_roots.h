/* list_roots.h -- --list-roots: the bundled store as a table */
#ifndef CAEMBED_CLI_LIST_ROOTS_H
#define CAEMBED_CLI_LIST_ROOTS_H

#include <stdbool.h>

#include "base/error.h"
#include "device/target.h"

/* Prints every root of the bundled store to stdout, the one that root programs retire first at the
 * top: when it retires and expires, key, operator, subject, whether the target takes it, SHA-256.
 * With as_json each is a JSON object on a line of its own, with the keys subject, operator, key,
 * not_after, retires, distrust_after, sha256, target and taken. */
int list_roots_print(const struct target *target, bool as_json, struct error *err) MUST_USE;

#endif
