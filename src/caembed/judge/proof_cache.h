/* proof_cache.h -- prove_host() for many hosts, without doing the same work again */
#ifndef CAEMBED_JUDGE_PROOF_CACHE_H
#define CAEMBED_JUDGE_PROOF_CACHE_H

#include <pthread.h>

#include "base/text.h"
#include "judge/host.h"
#include "x509/digest_map.h"

/* So many chains are remembered at a time. */
#define PROOF_CACHE_COUNT_MAX 65536

/* What was accepted so far; several threads may prove with one at once. Set to
 * {.lock = PTHREAD_MUTEX_INITIALIZER} before use. */
struct proof_cache {
    pthread_mutex_t lock;
    struct digest_map chains; /* anchors and presented chain */
    struct digest_map above;  /* anchors, and what proof_cache_add_above() says */
};

/* Adds, as text, all that leads a device from the host's leaf on: the presented chain without the
 * leaf; the issuer by whose key the leaf was verified; the issuer's name as the leaf has it, byte
 * for byte, since OpenSSL is more lenient with names. Of a self-issued leaf also the leaf, which
 * Mbed TLS may find among the anchors. Returns -1 if out of memory. The host has a path. */
int proof_cache_add_above(const struct host *host, struct text *out) MUST_USE;

/* Whether the target's TLS stack accepts the host's chain with the anchors in pem: why not goes
 * into *why. The stack verifies every signature and every name itself, but each once:
 * - a chain that it accepted with these anchors needs only its name matched for another host;
 * - where it accepted another leaf under the same issuer and certificates, the leaf needs only to
 *   be verified with that issuer as its anchor.
 * What is not accepted in such a short way is proven in full. Returns -1 for what is not the
 * host's fault. */
int proof_cache_prove(struct proof_cache *proofs, const struct host *host, const struct text *pem,
                      size_t anchor_count, const struct judge *judge, struct error *why,
                      struct error *err) MUST_USE;

void proof_cache_free(struct proof_cache *proofs);

#endif
