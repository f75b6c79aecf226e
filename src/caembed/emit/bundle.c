/* bundle.c -- each host's anchors -> the union of them */
#include "emit/bundle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/timestamp.h"
#include "x509/cert.h"

#define OPERATOR_SIZE 128

static const char *name_of_source(const struct store *store, enum path_end source)
{
    switch (source) {
    case PATH_END_STORE:
        return store_name(store, STORE_ORIGIN_STORE);
    case PATH_END_CA_FILE:
        return store_name(store, STORE_ORIGIN_CA_FILE);
    default:
        return NULL;
    }
}

static int find_or_add(struct bundle *bundle, const struct embedded *embedded,
                       const struct store *store, struct bundle_anchor **out, struct error *err)
{
    struct bundle_anchor *larger;

    for (size_t i = 0; i < bundle->count; i++) {
        if (cert_equal(bundle->anchor[i].embedded.x509, embedded->x509)) {
            *out = &bundle->anchor[i];
            return 0;
        }
    }
    larger = array_grow(bundle->anchor, bundle->count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    bundle->anchor = larger;
    *out = &larger[bundle->count++];
    **out = (struct bundle_anchor){.embedded = *embedded,
                                   .store_name = name_of_source(store, embedded->source)};
    return 0;
}

/* A host that was given twice is named once. */
static int add_host(struct bundle_anchor *anchor, const char *host, struct error *err)
{
    uint8_t key[SHA256_LENGTH];
    struct text text = {0};
    const char **larger;
    int rv;

    text_add(&text, "%s", host);
    rv = digest_map_key(&text, key, err);
    text_free(&text);
    if (rv != 0 || digest_map_find(&anchor->known, key, NULL))
        return rv;
    larger = array_grow(anchor->host, anchor->host_count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    anchor->host = larger;
    larger[anchor->host_count++] = host;
    return digest_map_add(&anchor->known, key, 0, err);
}

int bundle_add(struct bundle *bundle, const char *host, const struct embedded *anchor, size_t count,
               const struct store *store, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct bundle_anchor *at;
        if (find_or_add(bundle, &anchor[i], store, &at, err) != 0 || add_host(at, host, err) != 0)
            return -1;
        macro_list_add_all(&at->embedded.needs, &anchor[i].needs);
        macro_list_add_all(&bundle->macros, &anchor[i].needs);
    }
    return 0;
}

/* Words that an operator writes in one certificate and leaves out in the next. */
static bool is_common_word(const char *word)
{
    static const char *const words[] = {/* forms of companies, "S.p.A." being three words */
                                        "a", "ab", "ag", "as", "bv", "co", "company", "corp",
                                        "corporation", "gmbh", "inc", "kft", "limited", "llc",
                                        "ltd", "nv", "oy", "oyj", "p", "s", "sa", "the",
                                        /* what they all are */
                                        "authority", "ca", "cert", "certificate", "certification"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* The organization in the subject, without common words, punctuation and case: "DigiCert, Inc." and
 * "DigiCert Inc" are one. "" if there is none. */
static void operator_of(const X509 *cert, char out[OPERATOR_SIZE])
{
    const X509_NAME *subject = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1);
    unsigned char *name = NULL;
    int length = at < 0 ? 0
                        : ASN1_STRING_to_UTF8(
                              &name, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    char word[OPERATOR_SIZE];
    size_t used = 0, word_length = 0;

    for (int i = 0; i <= length; i++) {
        int c = i < length ? name[i] : ' ';
        if (isalnum(c) || c >= 0x80) {
            if (word_length < sizeof word - 1)
                word[word_length++] = (char)tolower(c);
            continue;
        }
        word[word_length] = '\0';
        if (word_length > 0 && !is_common_word(word) && used + word_length + 1 < OPERATOR_SIZE) {
            memcpy(out + used, word, word_length);
            used += word_length;
            out[used++] = ' ';
        }
        word_length = 0;
    }
    out[used] = '\0';
    OPENSSL_free(name);
}

/* Whether one of the first `count` anchors, from the store, is of the same operator. */
static bool is_of_an_operator_in_use(const struct bundle *bundle, size_t count, const X509 *root)
{
    char wanted[OPERATOR_SIZE], used[OPERATOR_SIZE];

    operator_of(root, wanted);
    for (size_t i = 0; wanted[0] != '\0' && i < count; i++) {
        const struct embedded *embedded = &bundle->anchor[i].embedded;
        operator_of(embedded->x509, used);
        if (embedded->source == PATH_END_STORE && strcmp(used, wanted) == 0)
            return true;
    }
    return false;
}

static bool is_good_backup(const struct store_match *match, const struct target *target, int64_t at)
{
    return match->distrust_after == TIMESTAMP_NONE && cert_not_before(match->x509) <= at &&
           at <= cert_not_after(match->x509) &&
           assess_anchor_fit(match->x509, target) == ANCHOR_FITS;
}

int bundle_add_backups(struct bundle *bundle, struct store *store, const struct target *target,
                       int64_t at, size_t *added, size_t *bytes, struct error *err)
{
    size_t in_use = bundle->count;

    *added = *bytes = 0;
    for (size_t i = 0; i < store_root_count(store); i++) {
        struct embedded embedded = {.source = PATH_END_STORE, .is_backup = true};
        struct bundle_anchor *anchor;
        struct store_match match = {.x509 = NULL};
        size_t before = bundle->count;
        if (store_root_at(store, i, &match, err) != 0)
            return -1;
        if (!is_of_an_operator_in_use(bundle, in_use, match.x509) ||
            !is_good_backup(&match, target, at))
            continue;
        embedded.x509 = match.x509;
        embedded.distrust_after = match.distrust_after;
        if (find_or_add(bundle, &embedded, store, &anchor, err) != 0)
            return -1;
        if (bundle->count > before) {
            *added += 1;
            *bytes += cert_pem_length(match.x509);
        }
    }
    return 0;
}

void bundle_free(struct bundle *bundle)
{
    for (size_t i = 0; i < bundle->count; i++) {
        free(bundle->anchor[i].host);
        digest_map_free(&bundle->anchor[i].known);
    }
    free(bundle->anchor);
    *bundle = (struct bundle){0};
}
