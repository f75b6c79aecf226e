/* store.h -- the trust store: the bundled Mozilla roots or a file, and the user's own CAs */
#ifndef CAEMBED_X509_STORE_H
#define CAEMBED_X509_STORE_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* How many roots of one subject name are looked at; more are an error. */
#define STORE_MATCH_COUNT_MAX 64

enum store_origin { STORE_ORIGIN_STORE, STORE_ORIGIN_CA_FILE };

struct store;

/* A root of the store; x509 is borrowed and lives as long as the store. */
struct store_match {
    X509 *x509;
    bool is_anchor;         /* false: it only looks like a root, for its own key did not sign it */
    int64_t distrust_after; /* no leaf issued later is trusted; TIMESTAMP_NONE: no such date */
    enum store_origin origin;
};

/* What a store is made of. */
struct store_files {
    const char *store;    /* a PEM bundle or certdata.txt instead of the bundled store, or NULL */
    const char **ca_file; /* added to it */
    size_t ca_file_count;
    bool has_partial_chains; /* CA certificates that are not self-signed are trusted too */
};

/* Opens the store, from which several threads may read at once. Self-signed certificates of the
 * files are roots; that they are is verified when they are found. Others only help to build paths
 * (store_intermediates()); with has_partial_chains, those that are CAs are anchors too. The
 * operating system's store is not used. ERROR_USAGE for a file that can't be read or is broken. */
int store_open(const struct store_files *files, struct store **out, struct error *err) MUST_USE;

/* A store that holds nothing but the certificates of a PEM text, of origin STORE_ORIGIN_STORE. */
int store_open_text(const char *pem, size_t length, bool has_partial_chains, struct store **out,
                    struct error *err) MUST_USE;

/* The roots whose subject is `name`, and what looks like one, each once; no other root is parsed.
 * Where several entries are for one root, the earliest distrust-after date counts. ERROR_LIMIT for
 * more than STORE_MATCH_COUNT_MAX. */
int store_find(struct store *store, const X509_NAME *name, struct store_match *match, size_t *count,
               struct error *err) MUST_USE;

/* All roots of the store (not those of CA files) and what looks like one, by index; each is parsed
 * when asked for. */
size_t store_root_count(const struct store *store);
int store_root_at(struct store *store, size_t index, struct store_match *out,
                  struct error *err) MUST_USE;

/* Whether the CA file of that index has a root. */
bool store_ca_file_has_root(struct store *store, size_t index);

/* The certificates of the files that are not roots. Borrowed. */
const STACK_OF(X509) * store_intermediates(const struct store *store);

/* What to call the part of the store that a root or intermediate came from: "Mozilla 2.92",
 * "my-store.pem"; NULL if it came from none. Takes NULL. Borrowed; a file's base name, so it may
 * hold any byte.
 */
const char *store_name_of(struct store *store, const X509 *cert);

/* What a file holds besides certificates, a line each ("line 3: a private key …"): of the store
 * (0), or of a CA file (from 1). Borrowed; may hold any byte. */
const char *store_skipped(const struct store *store, size_t file);

/* Whether its roots are those of the bundled store. */
bool store_is_bundled(const struct store *store);

/* Of the bundled store: "Mozilla 2.92", where it came from, and its number of roots. */
const char *store_bundled_name(void);
const char *store_bundled_source(void);
size_t store_bundled_count(void);

/* When it was taken up, seconds since the epoch. */
int64_t store_bundled_date(void);

void store_free(struct store *store);

#endif
