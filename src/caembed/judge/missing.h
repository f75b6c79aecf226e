/* missing.h -- a chain that lacks an issuer, and the addresses that its certificates give for it */
#ifndef CAEMBED_JUDGE_MISSING_H
#define CAEMBED_JUDGE_MISSING_H

#include "judge/host.h"
#include "net/issuers.h"

/* Bounds for one host. */
#define MISSING_DEPTH_MAX 4 /* the issuer of an issuer, and so on */
#define MISSING_ADDRESSES_MAX 8
#define MISSING_TIME_MAX_MS 10000

/* Whether the host's chain came and leads nowhere for want of an issuer. */
bool missing_is_wanted(const struct host *host);

/* Fetches the missing issuers (intermediates only, never an anchor), adds them to host->issuers and
 * judges the host again, as often as that leads on. Waits for the servers, max_time_ms at most.
 * Where nothing comes of it, host->err says why too. */
void missing_fetch(struct host *host, const struct judge *judge, struct issuers *issuers,
                   int64_t max_time_ms);

#endif
