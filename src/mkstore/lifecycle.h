/* lifecycle.h -- data/mozilla/owners.tsv and lifecycle.tsv -> operator and retirement of each root
 */
#ifndef MKSTORE_LIFECYCLE_H
#define MKSTORE_LIFECYCLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A tab-separated file; `#` begins a comment line. */
struct table {
    char *text;
    char *(*row)[4]; /* columns that a row does not have are NULL */
    size_t count;
    const char *name; /* borrowed */
};

/* Reads a file. ERROR_USAGE if it can't be read. Free with table_free(), also after an error. */
int table_read(const char *path, struct table *out, struct error *err) MUST_USE;
void table_free(struct table *table);

/* The operator of the root with that SHA-256 (hex), or NULL. */
const char *table_find_owner(const struct table *owners, const char *sha256);

/* When root programs end the trust in a root for TLS servers: by its override, else by the rule for
 * the time at which its key was made. ERROR_USAGE if no rule fits or the file is malformed. */
int table_find_retirement(const struct table *lifecycle, const char *sha256, int64_t key_made,
                          int64_t *out, struct error *err) MUST_USE;

#endif
