/* groups.h -- hosts that stand or fall together in the proof */
#ifndef CAEMBED_JUDGE_GROUPS_H
#define CAEMBED_JUDGE_GROUPS_H

#include "base/text.h"
#include "emit/prove.h"
#include "judge/host.h"
#include "x509/digest_map.h"

/* Hosts that differ in the leaf alone (proof_cache_add_above()) and are to have the same anchors.
 * Unless for --check, each was proven by itself with these. What more anchors in one header change
 * for one of them they change for all: a TLS stack looks for a certificate's issuer by name and
 * tries its key, and both are the same. So the first speaks for all. */
struct group {
    struct embedded
        *anchor; /* as many as anchor_count; it holds references to their certificates */
    size_t anchor_count;
    struct text pem; /* of these anchors */
    struct endpoint endpoint;
    struct presented presented;
    int64_t at; /* as of struct host */
};

/* Set to {0} before use. */
struct groups {
    struct group *group;
    size_t count;
    struct digest_map kinds; /* what makes a group -> its index */
};

/* Puts a host with its anchors into its group, whose index is *out. */
int groups_add(struct groups *groups, const struct host *host, size_t *out,
               struct error *err) MUST_USE;

/* Has the stack verify a whole group with all the anchors of a header: `pem`, from prove_header(),
 * and `prover`, opened with it. Why it refuses goes into *err. */
int groups_prove(const struct groups *groups, size_t index, const struct text *pem,
                 struct prover *prover, const struct judge *judge, struct error *err) MUST_USE;

void groups_free(struct groups *groups);

#endif
