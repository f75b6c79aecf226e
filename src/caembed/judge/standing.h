/* standing.h -- what has become of a committed header's roots in the trust store */
#ifndef CAEMBED_JUDGE_STANDING_H
#define CAEMBED_JUDGE_STANDING_H

#include "judge/judge.h"

enum standing {
    STANDING_TRUSTED,    /* by the store, a CA file or --accept-root; or no root, of which it says
                            nothing */
    STANDING_DISTRUSTED, /* for leaves issued after a date */
    STANDING_REMOVED     /* or was never there */
};

/* Looks up the root's name and key. *distrust_after is set with STANDING_DISTRUSTED only. Returns
 * -1 if the store can't be read. */
int standing_find(X509 *root, const struct judge *judge, enum standing *out,
                  int64_t *distrust_after, struct error *err) MUST_USE;

#endif
