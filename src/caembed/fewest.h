/* fewest.h -- the smallest set of anchors that every host accepts */
#ifndef CAEMBED_FEWEST_H
#define CAEMBED_FEWEST_H

#include "host.h"

/* Chooses anew for hosts that have been through host_run_all(): each may use any of its valid paths
 * whose anchor the target takes, and together they use as few anchors as can be (cover.h); ties go
 * to the shorter paths, then to the anchor that needs no macro, is valid longest, has the lowest
 * SHA-256. Hosts that failed are left out. *saved_bytes is how much shorter the PEM text becomes. A
 * host whose new choice the target refuses has its err set. */
int fewest_choose(struct host *const *host, size_t count, const struct options *options,
                  size_t *saved_bytes, struct error *err) MUST_USE;

#endif
