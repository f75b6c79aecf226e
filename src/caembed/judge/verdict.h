/* verdict.h -- does a device verify the host's chains: with their own anchors, or a header's? */
#ifndef CAEMBED_JUDGE_VERDICT_H
#define CAEMBED_JUDGE_VERDICT_H

#include "device/handshake.h"
#include "judge/existing_header.h"
#include "judge/host.h"
#include "judge/proof_cache.h"

/* What a verdict is reached by. Borrows all that it points to. */
struct verdict_context {
    const struct judge *judge;
    struct proof_cache *proofs;
    const struct existing_header *existing; /* of --check; NULL: each chain's own anchors */
    const struct handshake *handshake;      /* of --prove=handshake, with --check; or NULL */
};

/* Judges every chain that counts. *verdict becomes none, or why the first of them fails; with a
 * header what existing_header_check_host() says, of the first for which it does not verify, or else
 * of the first for which it would be written differently. It names the chain, where there are
 * several, and the address, where the host was asked at one. Several threads may judge at once,
 * each another host, unless there is a handshake. Returns -1 for what is not the host's fault. */
int verdict_reach(const struct host *host, const struct verdict_context *context,
                  struct error *verdict, struct error *err) MUST_USE;

#endif
