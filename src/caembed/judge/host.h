/* host.h -- one host from its chain to its anchors */
#ifndef CAEMBED_JUDGE_HOST_H
#define CAEMBED_JUDGE_HOST_H

#include "device/assess.h"
#include "judge/judge.h"
#include "net/endpoint.h"
#include "net/fetch.h"
#include "path/anchor.h"
#include "path/path.h"

#define HOST_CHAINS_MAX 3 /* for the target's offer, for ECDSA alone, for RSA alone */

/* What each stage made; {0} for stages that were not reached. If err is set, it says where the host
 * ended. Free with host_clear(). */
struct host {
    size_t index;         /* its place among the hosts of the run */
    const char *argument; /* as given; borrowed */
    struct endpoint endpoint;
    int64_t at;          /* when its chain was recorded, the time to judge it at; 0: the judge's */
    int64_t recorded_at; /* likewise, whatever time it is judged at; 0: it was asked now */
    struct presented presented;
    STACK_OF(X509) * issuers; /* what --aia fetched besides, or NULL */
    size_t issuer_bytes;      /* that its servers sent */
    struct text skipped;      /* what the file of --chain holds besides, a line each */
    X509 *last; /* where the target has a bundle: see struct assess_view; borrowed from presented */
    struct path_list paths;
    const struct path *chosen; /* in paths */
    enum anchor_reason reason;
    struct assessment assessment;
    struct error err;
    struct error verdict; /* of this and the other chains, from verdict_reach() */
    struct host
        *other; /* another chain of the same server, judged by itself; NULL if there is none */
};

/* From the presented chain to the anchors: the stages after fetch. On -1 host->err is set. */
int host_choose(struct host *host, const struct judge *judge) MUST_USE;

/* The judge at the host's own time. */
struct judge host_judge(const struct host *host, const struct judge *judge);

/* The next of a host's chains that the anchors must hold for: NULL after the last, or unless the
 * judge needs every chain. */
const struct host *host_next_chain(const struct host *host, const struct judge *judge);

/* "host:port", or the argument if that is no host. Borrowed. */
const char *host_text(const struct host *host);

/* Frees what its stages made, and its other chains. */
void host_clear(struct host *host);

#endif
