/* seen.h -- a set of fingerprints: what need not be done twice */
#ifndef CAEMBED_SEEN_H
#define CAEMBED_SEEN_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct seen {
    uint8_t (*key)[SHA256_LENGTH];
    bool *is_used;
    size_t capacity; /* a power of two */
};

/* Room for `count` fingerprints. Free with seen_free(). */
int seen_init(struct seen *seen, size_t count, struct error *err) MUST_USE;

bool seen_has(const struct seen *seen, const uint8_t key[SHA256_LENGTH]);

/* Adds a key; no more than `count` different ones. */
void seen_add(struct seen *seen, const uint8_t key[SHA256_LENGTH]);

void seen_free(struct seen *seen);

#endif
