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
    int64_t distrust_after; /* no leaf issued later is trusted; TIMESTAMP_NONE: no such date */
    enum store_origin origin;
};

/* Opens the bundled store, or instead of it store_file (a PEM bundle or certdata.txt), and adds
 * ca_file; both may be NULL. Self-signed certificates of the files are roots; others never are:
 * they only help to build paths (store_intermediates()). The operating system's store is not used.
 * ERROR_USAGE for a file that can't be read or is broken. */
int store_open(const char *store_file, const char *ca_file, struct store **out,
               struct error *err) MUST_USE;

/* A store that holds nothing but the certificates of a PEM text, of origin STORE_ORIGIN_STORE. */
int store_open_text(const char *pem, size_t length, struct store **out, struct error *err) MUST_USE;

/* The roots whose subject is `name`; no other root is parsed. ERROR_LIMIT for more than
 * STORE_MATCH_COUNT_MAX. */
int store_find(struct store *store, const X509_NAME *name, struct store_match *match, size_t *count,
               struct error *err) MUST_USE;

/* All roots of the store (not those of the CA file), by index; each is parsed when asked for. */
size_t store_root_count(const struct store *store);
int store_root_at(struct store *store, size_t index, struct store_match *out,
                  struct error *err) MUST_USE;

/* How many roots the CA file has; 0 if there is none. */
size_t store_ca_root_count(const struct store *store);

/* The certificates of the files that are not self-signed. Borrowed. */
const STACK_OF(X509) * store_intermediates(const struct store *store);

/* What to call the part of the store that a root came from: "Mozilla 2.92", "my-store.pem".
 * Borrowed; a file's base name, so it may hold any byte. */
const char *store_name(const struct store *store, enum store_origin origin);

/* What the file of that part holds besides certificates, a line each ("line 3: a private key …").
 * Borrowed; may hold any byte. */
const char *store_skipped(const struct store *store, enum store_origin origin);

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
