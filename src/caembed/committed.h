/* committed.h -- does a committed header still hold? */
#ifndef CAEMBED_COMMITTED_H
#define CAEMBED_COMMITTED_H

#include "bundle.h"
#include "host.h"
#include "proofs.h"
#include "text.h"

/* A header as it lies in its file, whoever wrote it. Set to {0} before use. */
struct committed {
    const char *path; /* borrowed */
    struct text source;
    struct text pem;        /* the string that the compiler would see */
    STACK_OF(X509) * certs; /* of pem; NULL if there are none */
    struct error problem;   /* why there are none */
    struct proofs proofs;   /* what it verifies */
};

/* Reads the header and the string `name` in it. A header that can't be used is no error here: no
 * host verifies with it. ERROR_USAGE if the file can't be read. */
int committed_read(const char *path, const char *name, struct committed *out,
                   struct error *err) MUST_USE;

/* Judges the header for one host that has come from host_run_all(). host->err becomes
 * ERROR_UNVERIFIED, _CHANGED, _EXPIRING, or none; a host from which no chain came keeps its error.
 * Returns -1 for want of memory. */
int committed_check_host(struct host *host, struct committed *committed,
                         const struct options *options, struct error *err) MUST_USE;

/* Compares the header that would be written now with the bytes that are there: 0, or -1 with
 * ERROR_CHANGED in *why. `bundle` is what would be written. */
int committed_check_header(const struct committed *committed, const struct text *header,
                           const struct bundle *bundle, struct error *why) MUST_USE;

void committed_free(struct committed *committed);

#endif
