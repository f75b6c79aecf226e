/* standing.c -- root of a committed header + trust store -> still trusted, until when, or removed
 */
#include "judge/standing.h"

#include "base/timestamp.h"
#include "x509/cert.h"

/* The store's entry for the name and key; *found stays as it is if there is none. */
static int find_in_store(const X509 *root, struct store *store, struct store_match *found,
                         struct error *err)
{
    struct store_match match[STORE_MATCH_COUNT_MAX];
    size_t count;

    if (store_find(store, X509_get_subject_name(root), match, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (match[i].is_anchor && cert_same_ca(match[i].x509, root))
            *found = match[i];
    return 0;
}

int standing_find(X509 *root, const struct judge *judge, enum standing *out,
                  int64_t *distrust_after, struct error *err)
{
    struct store_match found = {.x509 = NULL, .distrust_after = TIMESTAMP_NONE};
    bool is_accepted;

    if (find_in_store(root, judge->store, &found, err) != 0 ||
        accepted_roots_have(&judge->accepted, root, &is_accepted, err) != 0)
        return -1;
    *out = STANDING_TRUSTED;
    if (found.distrust_after != TIMESTAMP_NONE) {
        *out = STANDING_DISTRUSTED;
        *distrust_after = found.distrust_after;
    } else if (found.x509 == NULL && !is_accepted && cert_is_self_signed(root)) {
        *out = STANDING_REMOVED;
    }
    return 0;
}
