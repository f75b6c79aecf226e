/* store.c -- subject name -> roots of the bundled store, a store file and a CA file */
#include "x509/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "x509/cert.h"
#include "x509/roots.h"
#include "x509/store_data.h"

struct table {
    const struct store_entry *entry; /* by rising subject_hash */
    size_t count;
    X509 **x509;               /* as many; parsed when first found */
    struct store_entry *owned; /* of a file: what entry points to */
    enum store_origin origin;
    char name[256];
    struct text skipped; /* what else its file holds */
};

struct store {
    struct table table[2];
    size_t table_count;
    STACK_OF(X509) * intermediates;
};

static uint32_t name_hash(const X509_NAME *name)
{
    return (uint32_t)X509_NAME_hash_ex(name, NULL, NULL, NULL);
}

static int open_bundled(struct table *table, struct error *err)
{
    table->x509 = calloc(store_data_count, sizeof *table->x509);
    if (table->x509 == NULL)
        return error_no_memory(err);
    table->entry = store_data_entry;
    table->count = store_data_count;
    snprintf(table->name, sizeof table->name, "%s", store_data_name);
    return 0;
}

static int compare_subject(const void *a, const void *b)
{
    uint32_t hash_a = name_hash(X509_get_subject_name(((const struct root *)a)->x509));
    uint32_t hash_b = name_hash(X509_get_subject_name(((const struct root *)b)->x509));

    return hash_a < hash_b ? -1 : hash_a > hash_b;
}

/* Moves the roots into table and intermediates, so that roots no longer owns a certificate. */
static int fill_table(struct table *table, struct roots *roots, STACK_OF(X509) * intermediates)
{
    table->x509 = calloc(roots->count, sizeof *table->x509);
    table->owned = calloc(roots->count, sizeof *table->owned);
    if (table->x509 == NULL || table->owned == NULL)
        return -1;
    table->entry = table->owned;
    qsort(roots->root, roots->count, sizeof roots->root[0], compare_subject);
    for (size_t i = 0; i < roots->count; i++) {
        struct root *root = &roots->root[i];
        if (cert_is_self_signed(root->x509)) {
            table->owned[table->count].subject_hash = name_hash(X509_get_subject_name(root->x509));
            table->owned[table->count].distrust_after = root->distrust_after;
            table->x509[table->count++] = root->x509;
        } else if (sk_X509_push(intermediates, root->x509) <= 0) {
            return -1;
        }
        root->x509 = NULL;
    }
    return 0;
}

static int open_file(struct table *table, const char *path, STACK_OF(X509) * intermediates,
                     struct error *err)
{
    struct roots roots;
    int rv = 0;

    if (roots_read_file(path, &roots, err) != 0)
        return -1;
    if (roots.version[0] != '\0')
        snprintf(table->name, sizeof table->name, "%s %s", text_base_name(path), roots.version);
    else
        snprintf(table->name, sizeof table->name, "%s", text_base_name(path));
    if (fill_table(table, &roots, intermediates) != 0)
        rv = error_no_memory(err);
    table->skipped = roots.skipped;
    roots.skipped = (struct text){0};
    root_list_free(&roots);
    return rv;
}

static struct store *store_new(struct error *err)
{
    struct store *store = calloc(1, sizeof *store);

    if (store != NULL && (store->intermediates = sk_X509_new_null()) != NULL) {
        store->table[0].origin = STORE_ORIGIN_STORE;
        store->table[1].origin = STORE_ORIGIN_CA_FILE;
        return store;
    }
    error_no_memory(err);
    store_free(store);
    return NULL;
}

int store_open(const char *store_file, const char *ca_file, struct store **out, struct error *err)
{
    struct store *store = store_new(err);
    int rv = -1;

    if (store == NULL)
        return -1;
    store->table_count = ca_file != NULL ? 2 : 1;
    if (store_file == NULL) {
        if (open_bundled(&store->table[0], err) != 0)
            goto done;
    } else if (open_file(&store->table[0], store_file, store->intermediates, err) != 0) {
        goto done;
    }
    if (ca_file != NULL && open_file(&store->table[1], ca_file, store->intermediates, err) != 0)
        goto done;
    *out = store;
    store = NULL;
    rv = 0;
done:
    store_free(store);
    return rv;
}

int store_open_text(const char *pem, size_t length, struct store **out, struct error *err)
{
    struct store *store = store_new(err);
    struct roots roots = {0};
    int rv = -1;

    if (store == NULL)
        return -1;
    store->table_count = 1;
    if (roots_parse(pem, length, "the rendered anchors", &roots, err) != 0)
        goto done;
    if (fill_table(&store->table[0], &roots, store->intermediates) != 0) {
        error_no_memory(err);
        goto done;
    }
    *out = store;
    store = NULL;
    rv = 0;
done:
    root_list_free(&roots);
    store_free(store);
    return rv;
}

/* The first entry whose hash is not below `hash`. */
static size_t lower_bound(const struct table *table, uint32_t hash)
{
    size_t low = 0, high = table->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->entry[middle].subject_hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int fail_limit(struct error *err)
{
    error_set(err, ERROR_LIMIT, "the store holds more than %d roots of one name",
              STORE_MATCH_COUNT_MAX);
    error_hint(err, "remove those that are not needed from --store or --ca-file");
    return -1;
}

/* Parses an entry when it is first asked for. */
static int match_entry(struct table *table, size_t index, struct store_match *out,
                       struct error *err)
{
    const struct store_entry *entry = &table->entry[index];

    if (table->x509[index] == NULL)
        table->x509[index] = cert_from_der(entry->der, entry->der_len);
    if (table->x509[index] == NULL)
        return error_set(err, ERROR_INTERNAL, "a root of the store %s cannot be parsed",
                         table->name);
    *out = (struct store_match){table->x509[index], entry->distrust_after, table->origin};
    return 0;
}

static int find_in_table(struct table *table, const X509_NAME *name, uint32_t hash,
                         struct store_match *match, size_t *count, struct error *err)
{
    struct store_match found = {.x509 = NULL};

    for (size_t i = lower_bound(table, hash);
         i < table->count && table->entry[i].subject_hash == hash; i++) {
        if (match_entry(table, i, &found, err) != 0)
            return -1;
        if (X509_NAME_cmp(X509_get_subject_name(found.x509), name) != 0)
            continue;
        if (*count == STORE_MATCH_COUNT_MAX)
            return fail_limit(err);
        match[(*count)++] = found;
    }
    return 0;
}

int store_find(struct store *store, const X509_NAME *name, struct store_match *match, size_t *count,
               struct error *err)
{
    uint32_t hash = name_hash(name);

    *count = 0;
    for (size_t i = 0; i < store->table_count; i++)
        if (find_in_table(&store->table[i], name, hash, match, count, err) != 0)
            return -1;
    return 0;
}

size_t store_root_count(const struct store *store)
{
    return store->table[0].count;
}

int store_root_at(struct store *store, size_t index, struct store_match *out, struct error *err)
{
    return match_entry(&store->table[0], index, out, err);
}

size_t store_ca_root_count(const struct store *store)
{
    return store->table_count > STORE_ORIGIN_CA_FILE ? store->table[STORE_ORIGIN_CA_FILE].count : 0;
}

const STACK_OF(X509) * store_intermediates(const struct store *store)
{
    return store->intermediates;
}

const char *store_name(const struct store *store, enum store_origin origin)
{
    return store->table[origin].name;
}

bool store_is_bundled(const struct store *store)
{
    return store->table[0].entry == store_data_entry;
}

const char *store_skipped(const struct store *store, enum store_origin origin)
{
    const char *skipped = store->table[origin].skipped.data;

    return skipped != NULL ? skipped : "";
}

const char *store_bundled_name(void)
{
    return store_data_name;
}

const char *store_bundled_source(void)
{
    return store_data_source;
}

size_t store_bundled_count(void)
{
    return store_data_count;
}

int64_t store_bundled_date(void)
{
    return store_data_date;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->table_count; i++) {
        for (size_t k = 0; store->table[i].x509 != NULL && k < store->table[i].count; k++)
            X509_free(store->table[i].x509[k]);
        free(store->table[i].x509);
        free(store->table[i].owned);
        text_free(&store->table[i].skipped);
    }
    sk_X509_pop_free(store->intermediates, X509_free);
    free(store);
}
