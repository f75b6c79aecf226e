/* seen.h -- fingerprints and what was made of them, so that it need not be made twice */
#ifndef CAEMBED_SEEN_H
#define CAEMBED_SEEN_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct seen_entry {
    uint8_t key[SHA256_LENGTH];
    size_t value;
    bool is_used;
};

/* Set to {0} before use. */
struct seen {
    struct seen_entry *entry;
    size_t count;
    size_t capacity; /* 0, or a power of two */
};

/* The fingerprint of a text: its SHA-256. ERROR_INTERNAL for want of memory, also that of the text.
 */
int seen_key(const struct text *text, uint8_t out[SHA256_LENGTH], struct error *err) MUST_USE;

/* Whether the key is there; if so, *value is what was added with it. value may be NULL. */
bool seen_find(const struct seen *seen, const uint8_t key[SHA256_LENGTH], size_t *value);

/* Adds a key that is not there yet. ERROR_INTERNAL for want of memory. */
int seen_add(struct seen *seen, const uint8_t key[SHA256_LENGTH], size_t value,
             struct error *err) MUST_USE;

void seen_free(struct seen *seen);

#endif
