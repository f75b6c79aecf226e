/* bundle.c -- each host's anchors -> the union of them */
#include "emit/bundle.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/timestamp.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

#define ORGANIZATION_SIZE 128

/* The anchor of the bundle that is this certificate; NULL if out of memory. */
static struct bundle_anchor *find_or_add(struct bundle *bundle, const struct embedded *embedded,
                                         struct store *store, struct error *err)
{
    struct bundle_anchor *larger;

    for (size_t i = 0; i < bundle->count; i++)
        if (cert_equal(bundle->anchor[i].embedded.x509, embedded->x509))
            return &bundle->anchor[i];
    larger = array_grow(bundle->anchor, bundle->count, sizeof *larger);
    if (larger == NULL) {
        error_no_memory(err);
        return NULL;
    }
    bundle->anchor = larger;
    larger += bundle->count++;
    *larger = (struct bundle_anchor){.embedded = *embedded,
                                     .store_name = store_name_of(store, embedded->x509)};
    return larger;
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
               struct store *store, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct bundle_anchor *at = find_or_add(bundle, &anchor[i], store, err);
        if (at == NULL || add_host(at, host, err) != 0)
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
static void organization_of(const X509 *cert, char out[ORGANIZATION_SIZE])
{
    const X509_NAME *subject = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(subject, NID_organizationName, -1);
    unsigned char *name = NULL;
    int length = at < 0 ? 0
                        : ASN1_STRING_to_UTF8(
                              &name, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    char word[ORGANIZATION_SIZE];
    size_t used = 0, word_length = 0;

    for (int i = 0; i <= length; i++) {
        int c = i < length ? name[i] : ' ';
        if (isalnum(c) || c >= 0x80) {
            if (word_length < sizeof word - 1)
                word[word_length++] = (char)tolower(c);
            continue;
        }
        word[word_length] = '\0';
        if (word_length > 0 && !is_common_word(word) &&
            used + word_length + 1 < ORGANIZATION_SIZE) {
            memcpy(out + used, word, word_length);
            used += word_length;
            out[used++] = ' ';
        }
        word_length = 0;
    }
    out[used] = '\0';
    OPENSSL_free(name);
}

/* Two roots of one operator: as data/mozilla/owners.tsv says, or for roots that it does not know by
 * the organization in the subject. */
static bool have_one_operator(const X509 *a, const X509 *b)
{
    const char *owner = lifecycle_owner(a);
    char organization_a[ORGANIZATION_SIZE], organization_b[ORGANIZATION_SIZE];

    if (owner[0] != '\0' || lifecycle_owner(b)[0] != '\0')
        return strcmp(owner, lifecycle_owner(b)) == 0;
    organization_of(a, organization_a);
    organization_of(b, organization_b);
    return organization_a[0] != '\0' && strcmp(organization_a, organization_b) == 0;
}

/* The first of the anchors that hosts need, from the store, whose operator also has this root; NULL
 * if there is none. */
static const X509 *find_sibling(const struct bundle *bundle, size_t count, const X509 *root)
{
    for (size_t i = 0; i < count; i++) {
        const struct embedded *embedded = &bundle->anchor[i].embedded;
        if (embedded->source == PATH_END_STORE && have_one_operator(embedded->x509, root))
            return embedded->x509;
    }
    return NULL;
}

static bool holds(const struct bundle *bundle, const X509 *root)
{
    for (size_t i = 0; i < bundle->count; i++)
        if (cert_equal(bundle->anchor[i].embedded.x509, root))
            return true;
    return false;
}

/* Whether the root serves long enough, whatever the target makes of it. */
static bool is_lasting(const struct store_match *match, const struct backup_policy *policy)
{
    const int64_t until = lifecycle_serves_until(match->x509);

    return match->distrust_after == TIMESTAMP_NONE && cert_not_before(match->x509) <= policy->at &&
           policy->at <= until && policy->until <= until;
}

static int add_backup(struct bundle *bundle, const struct store_match *match, const X509 *sibling,
                      struct store *store, struct error *err)
{
    struct embedded embedded = {.x509 = match->x509,
                                .source = PATH_END_STORE,
                                .is_backup = true,
                                .distrust_after = match->distrust_after};
    struct bundle_anchor *anchor = find_or_add(bundle, &embedded, store, err);

    if (anchor == NULL)
        return -1;
    anchor->sibling = sibling;
    return 0;
}

/* Keeps a root that the target does not take as it is, to be named. */
static int leave_out(struct bundle *bundle, const X509 *root, struct error *err)
{
    const X509 **roots = array_grow(bundle->left_out, bundle->left_out_count, sizeof *roots);

    if (roots == NULL)
        return error_no_memory(err);
    bundle->left_out = roots;
    roots[bundle->left_out_count++] = root;
    return 0;
}

int bundle_add_backups(struct bundle *bundle, struct store *store,
                       const struct backup_policy *policy, struct error *err)
{
    const size_t in_use = bundle->count;

    for (size_t i = 0; i < store_root_count(store); i++) {
        struct store_match match = {.x509 = NULL};
        const X509 *sibling;
        if (store_root_at(store, i, &match, err) != 0)
            return -1;
        sibling = find_sibling(bundle, in_use, match.x509);
        if (!match.is_anchor || sibling == NULL || holds(bundle, match.x509) ||
            !is_lasting(&match, policy))
            continue;
        if (assess_anchor_fit(match.x509, policy->target) == ANCHOR_FITS
                ? add_backup(bundle, &match, sibling, store, err) != 0
                : leave_out(bundle, match.x509, err) != 0)
            return -1;
    }
    return 0;
}

static int fail_fit(const char *profile, const struct target *target, const X509 *root,
                    struct error *err)
{
    char name[CERT_NAME_TEXT_SIZE];

    cert_short_name_text(X509_get_subject_name(root), name);
    error_set(err, ERROR_TARGET, "--profile=%s: the target %s does not take %s as it is", profile,
              target->name, name);
    return error_hint(err, "caembed --list-roots -t %s shows which roots it takes", target->name);
}

int bundle_add_profile(struct bundle *bundle, struct store *store, const char *profile,
                       const struct target *target, struct error *err)
{
    const char *source;
    size_t index;

    for (size_t i = 0; lifecycle_profile_at(profile, i, &index, &source); i++) {
        struct embedded embedded = {.source = PATH_END_STORE, .is_backup = true};
        struct store_match match = {.x509 = NULL};
        struct bundle_anchor *anchor = NULL;
        if (store_root_at(store, index, &match, err) != 0)
            return -1;
        if (assess_anchor_fit(match.x509, target) != ANCHOR_FITS)
            return fail_fit(profile, target, match.x509, err);
        embedded.x509 = match.x509;
        embedded.distrust_after = match.distrust_after;
        anchor = find_or_add(bundle, &embedded, store, err);
        if (anchor == NULL)
            return -1;
        anchor->profile = profile;
        anchor->profile_source = source;
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
    free(bundle->left_out);
    *bundle = (struct bundle){0};
}
