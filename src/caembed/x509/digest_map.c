/* digest_map.c -- fingerprint -> its value (open addressing, at most three quarters full) */
#include "x509/digest_map.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MIN 16

int digest_map_key(const struct text *text, uint8_t out[SHA256_LENGTH], struct error *err)
{
    if (!text->failed && EVP_Digest(text->data, text->length, out, NULL, EVP_sha256(), NULL) == 1)
        return 0;
    return error_no_memory(err);
}

/* Where key is, or where it would be. */
static struct digest_map_entry *place_of(const struct digest_map *seen,
                                         const uint8_t key[SHA256_LENGTH])
{
    size_t at;

    memcpy(&at, key, sizeof at); /* a fingerprint is as good as random */
    at &= seen->capacity - 1;
    while (seen->entry[at].is_used && memcmp(seen->entry[at].key, key, SHA256_LENGTH) != 0)
        at = (at + 1) & (seen->capacity - 1);
    return &seen->entry[at];
}

bool digest_map_find(const struct digest_map *seen, const uint8_t key[SHA256_LENGTH], size_t *value)
{
    const struct digest_map_entry *place = seen->capacity > 0 ? place_of(seen, key) : NULL;

    if (place == NULL || !place->is_used)
        return false;
    if (value != NULL)
        *value = place->value;
    return true;
}

static int grow(struct digest_map *seen)
{
    struct digest_map larger = {.capacity = seen->capacity > 0 ? 2 * seen->capacity : CAPACITY_MIN};

    larger.entry = calloc(larger.capacity, sizeof larger.entry[0]);
    if (larger.entry == NULL)
        return -1;
    for (size_t i = 0; i < seen->capacity; i++)
        if (seen->entry[i].is_used)
            *place_of(&larger, seen->entry[i].key) = seen->entry[i];
    free(seen->entry);
    larger.count = seen->count;
    *seen = larger;
    return 0;
}

int digest_map_add(struct digest_map *seen, const uint8_t key[SHA256_LENGTH], size_t value,
                   struct error *err)
{
    struct digest_map_entry *place;

    if (4 * (seen->count + 1) > 3 * seen->capacity && grow(seen) != 0)
        return error_no_memory(err);
    place = place_of(seen, key);
    place->is_used = true;
    place->value = value;
    memcpy(place->key, key, SHA256_LENGTH);
    seen->count++;
    return 0;
}

void digest_map_free(struct digest_map *seen)
{
    free(seen->entry);
    *seen = (struct digest_map){0};
}
