/* digest_map.h -- fingerprints and what was made of them, so that it need not be made twice */
#ifndef CAEMBED_X509_DIGEST_MAP_H
#define CAEMBED_X509_DIGEST_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

struct digest_map_entry {
    uint8_t key[SHA256_LENGTH];
    size_t value;
    bool is_used;
};

/* Set to {0} before use. */
struct digest_map {
    struct digest_map_entry *entry;
    size_t count;
    size_t capacity; /* 0, or a power of two */
};

/* The fingerprint of a text: its SHA-256. ERROR_INTERNAL if out of memory, also while the text was
 * made.
 */
int digest_map_key(const struct text *text, uint8_t out[SHA256_LENGTH], struct error *err) MUST_USE;

/* Whether the key is there; if so, *value is what was added with it. value may be NULL. */
bool digest_map_find(const struct digest_map *seen, const uint8_t key[SHA256_LENGTH],
                     size_t *value);

/* Adds a key that is not there yet. ERROR_INTERNAL if out of memory. */
int digest_map_add(struct digest_map *seen, const uint8_t key[SHA256_LENGTH], size_t value,
                   struct error *err) MUST_USE;

void digest_map_free(struct digest_map *seen);

#endif
