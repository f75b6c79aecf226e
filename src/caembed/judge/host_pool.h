/* host_pool.h -- the hosts of a run, fetched in parallel and judged as they arrive */
#ifndef CAEMBED_JUDGE_HOST_POOL_H
#define CAEMBED_JUDGE_HOST_POOL_H

#include "judge/fewest.h"
#include "judge/host_feed.h"
#include "judge/kept.h"
#include "judge/verdict.h"
#include "net/recording.h"

/* Which hosts, and how to get their chains. Borrows all that it points to. */
struct host_list {
    const char *const *argument;                  /* HOST[:PORT] each, as many as count */
    const char (*address)[ENDPOINT_ADDRESS_SIZE]; /* for each, or NULL: its own */
    size_t count;
    struct host_feed *feed; /* those that come after these, or NULL */
    size_t given_count;     /* how many of them come from the command line; the others ... */
    const char *from;       /* ... are lines of this file */
    const char *servername; /* NULL: the host's own name */
    const char *chain;      /* NULL: ask the server; else the file that holds what it presents */
    const struct recording *recording; /* NULL: likewise; else what the servers presented once */
    struct kept *kept; /* NULL: likewise; else what all of them presented a moment ago, or how they
                          failed: then nothing else is read or asked */
    bool lists_recording; /* the hosts are the recording's, by their index in it */
    bool asks_others;     /* that are not in the recording */
    bool ignores_times;   /* of the recording: all are judged at the judge's time */
    const struct fetch_options *fetch;
    bool fetches_issuers; /* that are missing, where the certificates say they are */
    bool allows_private_issuers;
};

/* How to judge them. Borrows all that it points to. */
struct judging {
    size_t thread_count; /* 0: none but the caller's */
    const struct judge *judge;
    const struct fewest *fewest;           /* that each host is to have; NULL: its own choice */
    const struct verdict_context *verdict; /* NULL: the verdict is left for later */
};

struct host_pool;

/* Opens a pool over these hosts, judged in so many threads. Borrows all. ERROR_INTERNAL if out of
 * memory, or for want of a thread. */
int host_pool_open(const struct host_list *list, const struct judging *judging,
                   struct host_pool **out, struct error *err) MUST_USE;

/* Takes the next host that is done, in the order in which they finish, through endpoint, fetch,
 * path, anchor, target and, unless it is left for later, the verdict. Returns 1 with *out, which
 * the caller frees with host_free(), or with *out NULL if no host finished within about a second; 0
 * after the last; -1 with an error that concerns them all. A host's failure is its own (host->err).
 * No more hosts exist than are under way, wait for another attempt or to be judged (some 64 of
 * these), or for missing issuers: these are fetched when every chain is there, since their servers
 * may be slow. */
int host_next(struct host_pool *pool, struct host **out, struct error *err) MUST_USE;

/* What the first of the hosts under way waits for, in a word or two; NULL if for nothing. */
const char *host_pool_stage(const struct host_pool *pool);

/* Frees a host that host_next() gave. Takes NULL. */
void host_free(struct host *host);

/* Ends what is under way, and frees. Takes NULL. */
void host_pool_close(struct host_pool *pool);

#endif
