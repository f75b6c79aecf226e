/* store.c -- subject name -> roots of the bundled store, a store file and a CA file */
#include "x509/store.h"

#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "x509/cert.h"
#include "x509/roots.h"
#include "x509/store_data.h"

/* What came of verifying a certificate with its own key. */
enum own_signature { OWN_SIGNATURE_UNVERIFIED, OWN_SIGNATURE_GOOD, OWN_SIGNATURE_BAD };

struct table {
    const struct store_entry *entry; /* by rising subject_hash */
    size_t count;
    X509 **x509;               /* as many; parsed when first found */
    enum own_signature *own;   /* as many; NULL: all are anchors */
    struct store_entry *owned; /* of a file: what entry points to */
    STACK_OF(X509) * others;   /* of a file: borrowed from the store's intermediates */
    enum store_origin origin;
    char name[256];
    struct text skipped; /* what else its file holds */
};

struct store {
    pthread_mutex_t lock; /* of what is parsed when it is found */
    struct table *table;  /* the store, then one for each CA file */
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

/* Its own signature is verified when it is found: to verify those of a whole store takes longer
 * than all the rest. */
static bool looks_like_anchor(X509 *cert, bool has_partial_chains)
{
    return (X509_get_extension_flags(cert) & EXFLAG_SI) != 0 ||
           (has_partial_chains && X509_check_ca(cert) == 1);
}

/* Moves the roots into table and intermediates, so that roots no longer owns a certificate. */
static int fill_table(struct table *table, struct roots *roots, bool has_partial_chains,
                      STACK_OF(X509) * intermediates)
{
    table->x509 = calloc(roots->count, sizeof *table->x509);
    table->owned = calloc(roots->count, sizeof *table->owned);
    table->others = sk_X509_new_null();
    if (!has_partial_chains)
        table->own = calloc(roots->count, sizeof table->own[0]);
    if (table->x509 == NULL || table->owned == NULL || table->others == NULL ||
        (!has_partial_chains && table->own == NULL))
        return -1;
    table->entry = table->owned;
    qsort(roots->root, roots->count, sizeof roots->root[0], compare_subject);
    for (size_t i = 0; i < roots->count; i++) {
        struct root *root = &roots->root[i];
        if (looks_like_anchor(root->x509, has_partial_chains)) {
            table->owned[table->count].subject_hash = name_hash(X509_get_subject_name(root->x509));
            table->owned[table->count].distrust_after = root->distrust_after;
            table->x509[table->count++] = root->x509;
        } else if (sk_X509_push(table->others, root->x509) <= 0 ||
                   sk_X509_push(intermediates, root->x509) <= 0) {
            return -1;
        }
        root->x509 = NULL;
    }
    return 0;
}

static int open_file(struct table *table, const char *path, bool has_partial_chains,
                     STACK_OF(X509) * intermediates, struct error *err)
{
    struct roots roots;
    int rv = 0;

    if (roots_read_file(path, &roots, err) != 0)
        return -1;
    if (roots.version[0] != '\0')
        snprintf(table->name, sizeof table->name, "%s %s", text_base_name(path), roots.version);
    else
        snprintf(table->name, sizeof table->name, "%s", text_base_name(path));
    if (fill_table(table, &roots, has_partial_chains, intermediates) != 0)
        rv = error_no_memory(err);
    table->skipped = roots.skipped;
    roots.skipped = (struct text){0};
    root_list_free(&roots);
    return rv;
}

static struct store *store_new(size_t table_count, struct error *err)
{
    struct store *store = calloc(1, sizeof *store);

    if (store != NULL && pthread_mutex_init(&store->lock, NULL) != 0) {
        free(store);
        store = NULL;
    }
    if (store != NULL && (store->intermediates = sk_X509_new_null()) != NULL &&
        (store->table = calloc(table_count, sizeof *store->table)) != NULL) {
        store->table_count = table_count;
        for (size_t i = 0; i < table_count; i++)
            store->table[i].origin = i == 0 ? STORE_ORIGIN_STORE : STORE_ORIGIN_CA_FILE;
        return store;
    }
    error_no_memory(err);
    store_free(store);
    return NULL;
}

static int open_files(struct store *store, const struct store_files *files, struct error *err)
{
    const bool partial = files->has_partial_chains;

    if (files->store == NULL && open_bundled(&store->table[0], err) != 0)
        return -1;
    if (files->store != NULL &&
        open_file(&store->table[0], files->store, partial, store->intermediates, err) != 0)
        return -1;
    for (size_t i = 0; i < files->ca_file_count; i++)
        if (open_file(&store->table[i + 1], files->ca_file[i], partial, store->intermediates,
                      err) != 0)
            return -1;
    return 0;
}

int store_open(const struct store_files *files, struct store **out, struct error *err)
{
    struct store *store = store_new(1 + files->ca_file_count, err);

    if (store == NULL)
        return -1;
    if (open_files(store, files, err) != 0) {
        store_free(store);
        return -1;
    }
    *out = store;
    return 0;
}

int store_open_text(const char *pem, size_t length, bool has_partial_chains, struct store **out,
                    struct error *err)
{
    struct store *store = store_new(1, err);
    struct roots roots = {0};
    int rv = -1;

    if (store == NULL)
        return -1;
    if (roots_parse(pem, length, "the rendered anchors", &roots, err) != 0)
        goto done;
    if (fill_table(&store->table[0], &roots, has_partial_chains, store->intermediates) != 0) {
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

/* Parses an entry, and verifies its own signature, when it is first asked for. */
static void look_at_entry(struct table *table, size_t index, struct store_match *out)
{
    const struct store_entry *entry = &table->entry[index];
    enum own_signature *own = table->own != NULL ? &table->own[index] : NULL;

    if (table->x509[index] == NULL)
        table->x509[index] = cert_from_der(entry->der, entry->der_len);
    out->x509 = table->x509[index];
    if (own != NULL && *own == OWN_SIGNATURE_UNVERIFIED)
        *own = cert_is_self_signed(out->x509) ? OWN_SIGNATURE_GOOD : OWN_SIGNATURE_BAD;
    out->is_anchor = own == NULL || *own == OWN_SIGNATURE_GOOD;
}

static int match_entry(struct store *store, struct table *table, size_t index,
                       struct store_match *out, struct error *err)
{
    struct store_match match = {.distrust_after = table->entry[index].distrust_after,
                                .origin = table->origin};

    pthread_mutex_lock(&store->lock);
    look_at_entry(table, index, &match);
    pthread_mutex_unlock(&store->lock);
    if (match.x509 == NULL)
        return error_set(err, ERROR_INTERNAL, "a root of the store %s cannot be parsed",
                         table->name);
    *out = match;
    return 0;
}

/* The same root twice, in one file or in two: the stricter entry counts. */
static bool merge(const struct store_match *found, struct store_match *match, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!cert_equal(match[i].x509, found->x509))
            continue;
        if (found->distrust_after < match[i].distrust_after)
            match[i].distrust_after = found->distrust_after;
        return true;
    }
    return false;
}

static int find_in_table(struct store *store, struct table *table, const X509_NAME *name,
                         uint32_t hash, struct store_match *match, size_t *count, struct error *err)
{
    struct store_match found = {.x509 = NULL};

    for (size_t i = lower_bound(table, hash);
         i < table->count && table->entry[i].subject_hash == hash; i++) {
        if (match_entry(store, table, i, &found, err) != 0)
            return -1;
        if (X509_NAME_cmp(X509_get_subject_name(found.x509), name) != 0 ||
            merge(&found, match, *count))
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
        if (find_in_table(store, &store->table[i], name, hash, match, count, err) != 0)
            return -1;
    return 0;
}

size_t store_root_count(const struct store *store)
{
    return store->table[0].count;
}

int store_root_at(struct store *store, size_t index, struct store_match *out, struct error *err)
{
    struct store_match match[STORE_MATCH_COUNT_MAX];
    struct store_match found = {.x509 = NULL};
    size_t count;

    if (match_entry(store, &store->table[0], index, &found, err) != 0 ||
        store_find(store, X509_get_subject_name(found.x509), match, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (cert_equal(match[i].x509, found.x509))
            found = match[i];
    *out = found;
    return 0;
}

bool store_ca_file_has_root(struct store *store, size_t index)
{
    struct table *table = &store->table[index + 1];
    struct store_match match = {.is_anchor = false};

    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; !match.is_anchor && i < table->count; i++)
        look_at_entry(table, i, &match);
    pthread_mutex_unlock(&store->lock);
    return match.is_anchor;
}

const STACK_OF(X509) * store_intermediates(const struct store *store)
{
    return store->intermediates;
}

static bool holds(const struct table *table, const X509 *cert)
{
    for (size_t i = 0; i < table->count; i++)
        if (table->x509[i] != NULL && cert_equal(table->x509[i], cert))
            return true;
    for (int i = 0; i < sk_X509_num(table->others); i++)
        if (cert_equal(sk_X509_value(table->others, i), cert))
            return true;
    return false;
}

const char *store_name_of(struct store *store, const X509 *cert)
{
    const char *name = NULL;

    if (store == NULL)
        return NULL;
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; name == NULL && i < store->table_count; i++)
        if (holds(&store->table[i], cert))
            name = store->table[i].name;
    pthread_mutex_unlock(&store->lock);
    return name;
}

bool store_is_bundled(const struct store *store)
{
    return store->table[0].entry == store_data_entry;
}

const char *store_skipped(const struct store *store, size_t file)
{
    const char *skipped = store->table[file].skipped.data;

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
    for (size_t i = 0; store->table != NULL && i < store->table_count; i++) {
        for (size_t k = 0; store->table[i].x509 != NULL && k < store->table[i].count; k++)
            X509_free(store->table[i].x509[k]);
        free(store->table[i].x509);
        free(store->table[i].own);
        free(store->table[i].owned);
        text_free(&store->table[i].skipped);
        sk_X509_free(store->table[i].others);
    }
    free(store->table);
    sk_X509_pop_free(store->intermediates, X509_free);
    pthread_mutex_destroy(&store->lock);
    free(store);
}
