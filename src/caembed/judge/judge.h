/* judge.h -- what every verdict depends on, besides the host itself */
#ifndef CAEMBED_JUDGE_JUDGE_H
#define CAEMBED_JUDGE_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "device/target.h"
#include "path/path.h"
#include "x509/store.h"

/* Borrows all that it points to. */
struct judge {
    const struct target *target;
    int64_t verify_time; /* seconds since the epoch */
    struct store *store;
    struct accepted_roots accepted;
    int64_t until;            /* how long the firmware must work; 0: no matter */
    long expires_within_days; /* how soon an end is worth a warning */
    bool needs_every_chain;   /* the anchors must hold for each chain that a server has */
    bool finds_all_paths; /* also those of a leaf that is refused by itself: --explain shows them */
};

#endif
