/* fewest.h -- the smallest set of anchors that every host accepts */
#ifndef CAEMBED_JUDGE_FEWEST_H
#define CAEMBED_JUDGE_FEWEST_H

#include "judge/host.h"

struct fewest_outcome {
    size_t saved_bytes; /* by how much the PEM text becomes shorter; 0: it does not */
    size_t gap; /* 0: no smaller set would do; else there were too many to try, and one that has at
                   most so many anchors less may exist */
};

/* What the hosts could have for anchors. Little is kept of each, since there may be many. */
struct fewest;

/* Borrows the judge. Free with fewest_free(). */
int fewest_open(size_t host_count, const struct judge *judge, struct fewest **out,
                struct error *err) MUST_USE;

/* Adds a host that came from host_next(), in any order. Borrows nothing of it. One that failed is
 * left out. */
int fewest_add(struct fewest *fewest, const struct host *host, struct error *err) MUST_USE;

/* Chooses for all of them: each may use any of its valid paths that the target can take, and
 * together they use as few anchors as can be (cover.h), intermediates that have to be embedded
 * counted; ties go to the shorter paths, then to the anchor that needs no macro, is valid longest,
 * has the lowest SHA-256. */
int fewest_choose(struct fewest *fewest, struct fewest_outcome *out, struct error *err) MUST_USE;

/* Gives a host that was added the path of the choice. It has been through host_choose() anew, or
 * still. Several threads may do so at once, each with another host. */
int fewest_apply(const struct fewest *fewest, struct host *host, struct error *err) MUST_USE;

/* Takes NULL. */
void fewest_free(struct fewest *fewest);

#endif
