/* kept.h -- what hosts presented, kept in little room for a second look at them */
#ifndef CAEMBED_JUDGE_KEPT_H
#define CAEMBED_JUDGE_KEPT_H

#include "judge/host.h"
#include "net/transfers.h"

/* Of a leaf its DER is kept; all other certificates once, however many hosts present them. */
struct kept;

/* Room for so many hosts. Free with kept_free(). */
int kept_open(size_t host_count, struct kept **out, struct error *err) MUST_USE;

/* Keeps what the host and its other chains presented, or how it failed. Takes host->skipped over.
 */
int kept_add(struct kept *kept, struct host *host, struct error *err) MUST_USE;

/* Gives what kept_add() took of the host with this index: into *host what came before
 * host_choose(), into *others the other chains. *failure is how it failed in the end, or NULL.
 * Once for each host. */
int kept_take(struct kept *kept, struct host *host, struct other_chains *others,
              const struct error **failure, struct error *err) MUST_USE;

/* Takes NULL. */
void kept_free(struct kept *kept);

#endif
