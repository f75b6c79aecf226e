/* transfers.h -- many fetches in parallel */
#ifndef CAEMBED_NET_TRANSFERS_H
#define CAEMBED_NET_TRANSFERS_H

#include <stdbool.h>

#include "net/fetch.h"

/* What a server is asked for, in turn, each over a connection of its own. */
enum question {
    QUESTION_OFFER, /* the offer of options: what the device will be shown */
    QUESTION_ECDSA, /* with asks_every_chain: of an open offer what goes with an ECDSA key */
    QUESTION_RSA,   /* likewise RSA */
    QUESTION_OPEN,  /* whatever OpenSSL speaks, once: why did the server refuse the offer? */
    QUESTION_COUNT
};

/* Chains other than the one for the offer, each another. */
struct other_chains {
    struct presented presented[2];
    size_t count;
};

void other_chains_free(struct other_chains *others);

/* One server to ask. Its maker sets the first five; the results go where they point. */
struct transfer {
    const struct endpoint *endpoint;
    struct presented *presented; /* set on success; its owner frees it */
    struct other_chains *others; /* likewise */
    struct error *err;           /* set on failure */
    void *owner;                 /* for the caller's use */
    /* while it goes on */
    enum question question;
    enum refusal refusal; /* of the offer */
    struct fetch *fetch;
    enum io waits_for;
    int64_t end_ms; /* of this attempt, all questions together */
    long attempts;
    int64_t not_before_ms;
    struct transfer *next; /* of the same list */
};

struct transfers;

/* Opens an empty set of transfers. At most options->jobs of them are under way at once, or as many
 * as the process may have file descriptors for; of those to one host name at most
 * options->per_host, and to one server no more than it has shown that it takes: one that is turned
 * away while the server talks with others waits for them, and has not failed. Borrows options.
 * ERROR_INTERNAL if out of memory. */
int transfers_open(const struct fetch_options *options, struct transfers **out,
                   struct error *err) MUST_USE;

/* Whether another transfer can be added now. Those that wait for another attempt come first, and no
 * more than there are jobs wait for their host. */
bool transfers_have_room(const struct transfers *transfers);

/* Starts a transfer, or has it wait for others to its host. It is borrowed until transfers_next()
 * or transfers_close() gives it up. A transfer that cannot start is finished with its error. */
void transfers_add(struct transfers *transfers, struct transfer *transfer);

/* Gives the next finished transfer, in the order in which they finish. A server that refuses the
 * offer is asked with an open one too, once: if a chain comes then, the error is ERROR_OFFER and
 * says what the two have not in common. *out is NULL if none finished within about a second, after
 * transfers_wake(), or if there is none. After a failure to connect or to shake hands a transfer
 * waits 1, 2, 4, ... seconds (at most 60) and starts again, options->retries times, before it is
 * finished. Returns -1 with ERROR_INTERNAL if libcurl cannot go on. */
int transfers_next(struct transfers *transfers, struct transfer **out, struct error *err) MUST_USE;

/* Has a call of transfers_next() that is waiting, or else the next one, return soon, though no
 * transfer may have finished. Any thread may call it while the set is open. */
void transfers_wake(struct transfers *transfers);

/* From now on transfers_next() returns soon, too, when there is something to read from fd; -1: from
 * nothing. */
void transfers_watch(struct transfers *transfers, int fd);

/* What a transfer under way waits for: "resolving the name", "connecting", "waiting for the
 * server's certificates", or "waiting to try again"; NULL if none is under way. */
const char *transfers_stage(const struct transfers *transfers);

/* Whether no transfer is left: none under way, waiting or finished. */
bool transfers_are_empty(const struct transfers *transfers);

/* Takes any transfer that is left, under way or not, and ends it; NULL if there is none. */
struct transfer *transfers_give_up(struct transfers *transfers);

/* Ends what is under way, and frees. The transfers themselves stay their owner's. Takes NULL. */
void transfers_close(struct transfers *transfers);

#endif
