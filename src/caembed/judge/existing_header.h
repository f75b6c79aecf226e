/* existing.h -- does a committed header still hold? */
#ifndef CAEMBED_JUDGE_EXISTING_HEADER_H
#define CAEMBED_JUDGE_EXISTING_HEADER_H

#include "base/text.h"
#include "emit/bundle.h"
#include "emit/render.h"
#include "judge/host.h"
#include "judge/proof_cache.h"

/* A header as it lies in its file, whoever wrote it. Set to {0} before use. */
struct existing_header {
    const char *path;                /* borrowed */
    const struct renderer *renderer; /* of its format */
    struct text source;              /* of DER: what a device reads of its files */
    struct text pem;                 /* the string that the compiler would see */
    char blemish[200];      /* what the target's parser takes though it is not quite right, or "" */
    STACK_OF(X509) * certs; /* of pem; NULL if there are none */
    struct error problem;   /* why there are none */
};

/* Reads the header and, of C, the string `name` in it; "-" is standard input. A header that a
 * device can't use is no error here: no host verifies with it. ERROR_USAGE if the file can't be
 * read, ERROR_UNREADABLE for a form of header that prove_read_header() does not read. */
int existing_header_read(const char *path, const struct renderer *renderer, const char *name,
                         const struct target *target, struct existing_header *out,
                         struct error *err) MUST_USE;

/* Judges the header for one host that host_next() gave. *verdict becomes ERROR_UNVERIFIED,
 * _CHANGED, _EXPIRING, _RETIRING, or none; that of a host from which no chain came is the host's
 * own error, but _UNVERIFIED if it refuses the target's offer. An anchor that expires within
 * judge->expires_within_days is _EXPIRING, one that root programs retire within them _RETIRING.
 * Returns -1 if out of memory. */
int existing_header_check_host(const struct host *host, const struct existing_header *existing,
                               const struct judge *judge, struct proof_cache *proofs,
                               struct error *verdict, struct error *err) MUST_USE;

/* Whether it holds this very certificate, or its name and key where it has no certificates. */
bool existing_header_holds(const struct existing_header *existing, const X509 *cert);

/* Compares the header that would be written now with the bytes that are there: 0, or -1 with
 * ERROR_CHANGED in *why. `bundle` is what would be written. Of standard input only the certificates
 * are compared. */
int existing_header_check_header(const struct existing_header *existing, const struct text *header,
                                 const struct bundle *bundle, struct error *why) MUST_USE;

void existing_header_free(struct existing_header *existing);

#endif
