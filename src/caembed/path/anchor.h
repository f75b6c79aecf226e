/* anchor.h -- which trust anchor to embed, and why (pure policy) */
#ifndef CAEMBED_PATH_ANCHOR_H
#define CAEMBED_PATH_ANCHOR_H

#include "path/path.h"

/* What a path and its anchor ask of the target; the caller's table knows. */
enum anchor_fit {
    ANCHOR_FITS,
    ANCHOR_NEEDS_MACRO,
    ANCHOR_REFUSED,
    ANCHOR_NOT_ASKED_FOR /* the target looks for another anchor with this chain */
};
struct anchor_policy {
    enum anchor_fit (*fit)(const struct path *path, const void *context);
    const void *context;
    int64_t until; /* how long the anchor should serve (lifecycle_serves_until()); 0: no matter */
};

/* The rule that decided against the runner-up. */
enum anchor_reason {
    ANCHOR_ONLY,
    ANCHOR_ASKED_FOR,
    ANCHOR_TARGET_TAKES_IT,
    ANCHOR_REACHES_UNTIL,
    ANCHOR_SHORTEST_PATH,
    ANCHOR_NO_MACRO,
    ANCHOR_VALID_LONGEST,
    ANCHOR_LOWEST_SHA256,
    ANCHOR_FEWEST /* chosen by fewest_choose() */
};

/* Chooses among the valid paths: one that the target does not look for, or that it refuses, only
 * where there is no other; then one whose anchor serves until policy->until; then the shortest;
 * then one whose anchor needs no macro; then the anchor valid longest; then the lowest SHA-256 of
 * the anchor. Of several ways to one anchor, the one with the fewest certificates to add, then the
 * same order. *out is borrowed from list, *reason says which rule decided (may be NULL). If there
 * is none, the error says why: ERROR_UNKNOWN_ROOT, _DISTRUSTED, _EXPIRED, _NOT_YET_VALID, or
 * _UNTRUSTED. */
int anchor_choose(const struct path_list *list, const struct anchor_policy *policy,
                  const struct path **out, enum anchor_reason *reason, struct error *err) MUST_USE;

/* The rule by which `winner` comes before `loser`, both valid. */
int anchor_rule_between(const struct path *winner, const struct path *loser,
                        const struct anchor_policy *policy, enum anchor_reason *out,
                        struct error *err) MUST_USE;

/* Whether path's anchor comes before other's by the rules that look at the anchor alone: no macro,
 * valid longest, lowest SHA-256. */
int anchor_is_preferred(const struct path *path, const struct path *other,
                        const struct anchor_policy *policy, bool *out, struct error *err) MUST_USE;

/* The trust anchor at the end of a path. */
X509 *anchor_of(const struct path *path);

/* "shortest path" and the like. */
const char *anchor_reason_text(enum anchor_reason reason);

/* The same of the winner, to follow "the other": "has the shorter path" and the like. */
const char *anchor_rule_text(enum anchor_reason reason);

#endif
