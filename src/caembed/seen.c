/* seen.c -- fingerprints -> whether they came before (open addressing, half empty) */
#include "seen.h"

#include <stdlib.h>
#include <string.h>

int seen_init(struct seen *seen, size_t count, struct error *err)
{
    struct seen made = {.capacity = 16};

    while (made.capacity < 2 * count)
        made.capacity *= 2;
    made.key = calloc(made.capacity, sizeof made.key[0]);
    made.is_used = calloc(made.capacity, sizeof made.is_used[0]);
    if (made.key == NULL || made.is_used == NULL) {
        seen_free(&made);
        return error_no_memory(err);
    }
    *seen = made;
    return 0;
}

/* Where key is, or where it would be. */
static size_t find(const struct seen *seen, const uint8_t key[SHA256_LENGTH])
{
    size_t at;

    memcpy(&at, key, sizeof at); /* a fingerprint is as good as random */
    at &= seen->capacity - 1;
    while (seen->is_used[at] && memcmp(seen->key[at], key, SHA256_LENGTH) != 0)
        at = (at + 1) & (seen->capacity - 1);
    return at;
}

bool seen_has(const struct seen *seen, const uint8_t key[SHA256_LENGTH])
{
    return seen->is_used[find(seen, key)];
}

void seen_add(struct seen *seen, const uint8_t key[SHA256_LENGTH])
{
    size_t at = find(seen, key);

    seen->is_used[at] = true;
    memcpy(seen->key[at], key, SHA256_LENGTH);
}

void seen_free(struct seen *seen)
{
    free(seen->key);
    free(seen->is_used);
    *seen = (struct seen){0};
}
