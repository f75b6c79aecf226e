/* check.h -- does a committed header still hold? */
#ifndef CAEMBED_CHECK_H
#define CAEMBED_CHECK_H

#include "bundle.h"
#include "host.h"
#include "text.h"

/* A header as it lies in its file, whoever wrote it. Set to {0} before use. */
struct committed {
    const char *path; /* borrowed */
    struct text source;
    struct text pem;        /* the string that the compiler would see */
    STACK_OF(X509) * certs; /* of pem; NULL if there are none */
    struct error problem;   /* why there are none */
};

/* Reads the header and the string `name` in it. A header that can't be used is no error here: no
 * host verifies with it. ERROR_USAGE if the file can't be read. */
int committed_read(const char *path, const char *name, struct committed *out,
                   struct error *err) MUST_USE;

/* Judges the header for one host that has been through host_run_all(). host->err becomes
 * ERROR_UNVERIFIED, _CHANGED, _EXPIRING, or none; a host from which no chain came keeps its error.
 */
void check_host(struct host *host, const struct committed *committed,
                const struct options *options);

/* Whether the header that would be written now, and the settings likewise, are the bytes that are
 * there. Every host that is current so far becomes ERROR_CHANGED if not. `bundle` is what would be
 * written. */
void check_files(struct host *host, size_t count, const struct committed *committed,
                 const struct text *header, const struct bundle *bundle, bool settings_differ);

void committed_free(struct committed *committed);

#endif
