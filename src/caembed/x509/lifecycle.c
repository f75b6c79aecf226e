/* lifecycle.c -- a root -> its operator and retirement, from the tables of the bundled store */
#include "x509/lifecycle.h"

#include <string.h>

#include "base/timestamp.h"
#include "x509/cert.h"
#include "x509/store_data.h"

static bool is_same_ca(const struct store_entry *entry, const X509 *root)
{
    X509 *known = cert_from_der(entry->der, entry->der_len);
    bool is_same = known != NULL && cert_same_ca(known, root);

    X509_free(known);
    return is_same;
}

static const struct store_entry *find(const X509 *root)
{
    const uint32_t hash =
        (uint32_t)X509_NAME_hash_ex(X509_get_subject_name(root), NULL, NULL, NULL);

    for (size_t i = 0; i < store_data_count; i++)
        if (store_data_entry[i].subject_hash == hash && is_same_ca(&store_data_entry[i], root))
            return &store_data_entry[i];
    return NULL;
}

int64_t lifecycle_retires(const X509 *root)
{
    const struct store_entry *entry = find(root);

    return entry != NULL ? entry->retires : TIMESTAMP_NONE;
}

const char *lifecycle_owner(const X509 *root)
{
    const struct store_entry *entry = find(root);

    return entry != NULL ? entry->owner : "";
}

int64_t lifecycle_serves_until(const X509 *root)
{
    const int64_t not_after = cert_not_after(root), retires = lifecycle_retires(root);

    return retires < not_after ? retires : not_after;
}

bool lifecycle_profile_at(const char *name, size_t index, size_t *out, const char **source)
{
    for (size_t i = 0; i < store_data_profile_count; i++) {
        if (strcmp(store_data_profile[i].name, name) != 0 || index-- > 0)
            continue;
        *out = store_data_profile[i].entry;
        *source = store_data_profile[i].source;
        return true;
    }
    return false;
}

const char *lifecycle_profile_name(size_t index)
{
    const char *last = "";

    for (size_t i = 0; i < store_data_profile_count; i++) {
        if (strcmp(store_data_profile[i].name, last) != 0 && index-- == 0)
            return store_data_profile[i].name;
        last = store_data_profile[i].name;
    }
    return NULL;
}
