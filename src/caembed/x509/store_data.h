/* store_data.h -- the bundled store as mkstore writes it into build/gen/store_data.c */
#ifndef CAEMBED_X509_STORE_DATA_H
#define CAEMBED_X509_STORE_DATA_H

#include <stddef.h>
#include <stdint.h>

/* A root by X509_NAME_hash() of its subject. */
struct store_entry {
    uint32_t subject_hash;
    uint32_t der_len;
    const uint8_t *der;
    int64_t distrust_after;
    int64_t retires;   /* when root programs end their trust in it for TLS servers */
    const char *owner; /* its operator; "" if data/mozilla/owners.tsv does not know it */
};

/* A root that an operator tells devices to embed. */
struct store_profile {
    const char *name;
    const char *source;
    size_t entry; /* its index in store_data_entry */
};

extern const struct store_entry store_data_entry[]; /* by rising subject_hash */
extern const size_t store_data_count;
extern const struct store_profile store_data_profile[]; /* by profile, in the file's order */
extern const size_t store_data_profile_count;
extern const char store_data_name[];
extern const char store_data_source[];
extern const int64_t store_data_date; /* when the store was taken up, seconds since the epoch */

#endif
