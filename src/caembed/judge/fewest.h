/* fewest.h -- the smallest set of anchors that every host accepts */
#ifndef CAEMBED_JUDGE_FEWEST_H
#define CAEMBED_JUDGE_FEWEST_H

#include "judge/host.h"

struct fewest_outcome {
    size_t saved_bytes; /* by how much the PEM text becomes shorter; 0: it does not */
    bool is_proven;     /* no smaller set would do; false if there were too many to try */
};

/* Chooses anew for hosts that came from host_next(): each may use any of its valid paths that
 * the target can take, and together they use as few anchors as can be (cover.h), intermediates that
 * have to be embedded counted; ties go to the shorter paths, then to the anchor that needs no
 * macro, is valid longest, has the lowest SHA-256. Hosts that failed are left out. */
int fewest_choose(struct host *const *host, size_t count, const struct judge *judge,
                  struct fewest_outcome *out, struct error *err) MUST_USE;

#endif
