/* recording.h -- what servers presented, as lines of JSON: written by --record, read by --replay
 *
 * A line is an object with the members v (1), host, port, servername, address (or null), time (RFC
 * 3339), offer (the target whose offer it was), all_chains (whether the server was asked for each),
 * then chains or error, and last sum. chains is an
 * array of objects with certs (DER in base64) and tls (version and cipher, or null), the chain for
 * the offer first; error has code, message, kind and hint. issuers, if there are any, are the
 * certificates that --aia fetched. sum is the SHA-256, in hex, of the line without its end and
 * without `,"sum":"..."`. */
#ifndef CAEMBED_NET_RECORDING_H
#define CAEMBED_NET_RECORDING_H

#include "base/text.h"
#include "net/endpoint.h"
#include "net/fetch.h"
#include "net/transfers.h"

#define RECORDING_LINE_MAX                                                                         \
    (24UL * 1024 * 1024) /* three chains of FETCH_CERT_LIST_MAX, in base64                         \
                          */
#define RECORDING_CHAINS_MAX 3

/* What one line holds. */
struct recorded {
    int64_t time;
    struct presented presented; /* chain is NULL: `err` says why */
    struct other_chains others;
    bool has_all_chains;      /* it was asked for each, and others are all that there are */
    STACK_OF(X509) * issuers; /* or NULL */
    struct error err;
};

void recorded_free(struct recorded *recorded);

/* Adds a line, with its end, for a server that was asked with this offer. ERROR_INTERNAL if out of
 * memory. */
int recording_add_line(const struct endpoint *endpoint, const struct offer *offer,
                       const struct recorded *recorded, struct text *out,
                       struct error *err) MUST_USE;

struct recording;

/* Opens files of such lines. Lines that are none, have a wrong sum, another version, or are cut
 * off, are passed over: *skipped gets a line of text for each ("FILE: line 3: ..."), at most
 * RECORDING_SKIPPED_MAX, and how many there are. ERROR_USAGE if a file can't be read, or has no
 * line. Free with recording_close(). */
#define RECORDING_SKIPPED_MAX 20
int recording_open(const char *const *path, size_t count, struct recording **out,
                   struct text *skipped, struct error *err) MUST_USE;

/* Whether a file is empty, or holds the beginning of a line and no more: what is left of a
 * recording that ended while it wrote its first line. Such a file holds no answer that could be
 * lost. */
bool recording_is_cut_in_first_line(const char *path) MUST_USE;

/* The servers, in the order in which they first come: "host:port", and by what name they were
 * asked. Borrowed. */
size_t recording_count(const struct recording *recording);
const char *recording_host(const struct recording *recording, size_t index);
const char *recording_servername(const struct recording *recording, size_t index);

/* What the server showed with this offer; of several lines the one with the latest time, of these
 * the last. ERROR_USAGE if it is not there, was asked with other offers only, or was
 * not asked for every chain where that is needed. Free *out with recorded_free(). */
int recording_find(const struct recording *recording, const struct endpoint *endpoint,
                   const struct offer *offer, bool needs_all_chains, struct recorded *out,
                   struct error *err) MUST_USE;

/* Takes NULL. */
void recording_close(struct recording *recording);

#endif
