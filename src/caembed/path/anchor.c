/* anchor.c -- valid paths -> the chosen anchor, or the reason why there is none */
#include "path/anchor.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "path/fault.h"
#include "x509/aia.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

/* What the rules compare, the least first. */
struct merit {
    bool is_not_asked_for;
    bool is_refused;
    bool ends_early; /* before policy->until */
    size_t length;
    bool needs_macro;
    int64_t not_after;
    char sha256[SHA256_TEXT_SIZE];
};

static int get_merit(const struct path *path, const struct anchor_policy *policy, struct merit *out,
                     struct error *err)
{
    const X509 *anchor = anchor_of(path);
    enum anchor_fit fit = policy->fit(path, policy->context);

    out->is_not_asked_for = fit == ANCHOR_NOT_ASKED_FOR;
    out->is_refused = fit == ANCHOR_REFUSED;
    out->ends_early = policy->until != 0 && lifecycle_serves_until(anchor) < policy->until;
    out->needs_macro = fit == ANCHOR_NEEDS_MACRO;
    out->length = path->length;
    out->not_after = cert_not_after(anchor);
    return cert_sha256_text(anchor, out->sha256) == 0 ? 0 : error_no_memory(err);
}

/* The rule by which a and b differ; *less says whether a is the better. */
static enum anchor_reason compare(const struct merit *a, const struct merit *b, bool *less)
{
    if (a->is_not_asked_for != b->is_not_asked_for)
        return *less = b->is_not_asked_for, ANCHOR_ASKED_FOR;
    if (a->is_refused != b->is_refused)
        return *less = b->is_refused, ANCHOR_TARGET_TAKES_IT;
    if (a->ends_early != b->ends_early)
        return *less = b->ends_early, ANCHOR_REACHES_UNTIL;
    if (a->length != b->length)
        return *less = a->length < b->length, ANCHOR_SHORTEST_PATH;
    if (a->needs_macro != b->needs_macro)
        return *less = b->needs_macro, ANCHOR_NO_MACRO;
    if (a->not_after != b->not_after)
        return *less = a->not_after > b->not_after, ANCHOR_VALID_LONGEST;
    return *less = strcmp(a->sha256, b->sha256) < 0, ANCHOR_LOWEST_SHA256;
}

static bool is_better(const struct merit *a, const struct merit *b)
{
    bool less;

    (void)compare(a, b, &less);
    return less;
}

/* Two ways to one anchor: the one of which more is presented, so that less has to be embedded;
 * then, from the anchor down, the intermediate that is valid longest, or else has the lower
 * SHA-256. */
static int compare_ways(const struct path *a, const struct path *b, bool *less, struct error *err)
{
    char sha256_a[SHA256_TEXT_SIZE], sha256_b[SHA256_TEXT_SIZE];

    *less = a->added_count < b->added_count;
    if (a->added_count != b->added_count || a->length != b->length)
        return 0;
    for (size_t i = a->length - 1; i-- > 0;) {
        const X509 *cert_a = a->cert[i], *cert_b = b->cert[i];
        if (cert_equal(cert_a, cert_b))
            continue;
        if (cert_sha256_text(cert_a, sha256_a) != 0 || cert_sha256_text(cert_b, sha256_b) != 0)
            return error_no_memory(err);
        *less = cert_not_after(cert_a) != cert_not_after(cert_b)
                    ? cert_not_after(cert_a) > cert_not_after(cert_b)
                    : strcmp(sha256_a, sha256_b) < 0;
        return 0;
    }
    return 0;
}

X509 *anchor_of(const struct path *path)
{
    return path->cert[path->length - 1];
}

static int fail_unknown_root(const struct path *path, struct error *err)
{
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE];

    if (cert_sha256_text(anchor_of(path), sha256) != 0)
        return error_no_memory(err);
    cert_subject_text(anchor_of(path), subject);
    error_set(err, ERROR_UNKNOWN_ROOT, "the presented root is not in the store: %s, SHA-256 %s",
              subject, sha256);
    return error_hint(
        err,
        "compare the SHA-256 over another channel, then accept exactly this root: --accept-root %s",
        sha256);
}

static int fail_incomplete(const struct path *path, struct error *err)
{
    char subject[CERT_NAME_TEXT_SIZE / 2], issuer[CERT_NAME_TEXT_SIZE];
    char whole[CERT_NAME_TEXT_SIZE], url[AIA_URLS_MAX][AIA_URL_SIZE];

    cert_subject_text(path->cert[path->length - 1], whole);
    snprintf(subject, sizeof subject, "%.200s", whole);
    cert_issuer_text(path->cert[path->length - 1], issuer);
    if (path->has_same_subject) {
        error_set(
            err, ERROR_UNTRUSTED,
            "no trust anchor: the issuer of %s is known by its name, but did not sign it with "
            "any key that is known: %.300s",
            subject, issuer);
        return error_hint(
            err, "a CA of the same name, a forgery, or a damaged certificate; if it is your own "
                 "CA, give --ca-file its present root");
    }
    error_set(err, ERROR_UNTRUSTED,
              "no trust anchor: the issuer of %s is neither presented nor in the store: %.300s",
              subject, issuer);
    if (aia_issuer_urls(path->cert[path->length - 1], url) > 0)
        return error_hint(err,
                          "the server should send its intermediates; --aia fetches what is missing "
                          "from %.200s",
                          url[0]);
    return error_hint(
        err, "the server should send its intermediates; a private CA goes into --ca-file FILE");
}

static int fail_distrusted(const struct path *path, struct error *err)
{
    char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_TEXT_SIZE], issued[TIMESTAMP_TEXT_SIZE];

    cert_subject_text(anchor_of(path), subject);
    timestamp_format(path->distrust_after, date);
    timestamp_format(cert_not_before(path->cert[0]), issued);
    error_set(
        err, ERROR_DISTRUSTED,
        "the root is distrusted for leaves issued after %s, this one was issued at %s: %.300s",
        date, issued, subject);
    return error_hint(err, "the server needs a certificate from another CA");
}

/* What a path tells of why there is no anchor. */
enum story { TRUSTED, UNKNOWN_ROOT, INCOMPLETE, WEAK, STORY_COUNT };

static enum story story_of(const struct path *path)
{
    if (path_is_trusted(path))
        return TRUSTED;
    if (path->verify_error != X509_V_OK)
        return WEAK;
    return path->end == PATH_END_PRESENTED ? UNKNOWN_ROOT : INCOMPLETE;
}

/* In this order: a trusted one that is distrusted by date or not valid, then a presented root that
 * nobody trusts, then a missing issuer, then one of these above a weak link. */
static int fail(const struct path_list *list, struct error *err)
{
    const struct path *first[STORY_COUNT] = {NULL, NULL, NULL, NULL};

    for (size_t i = list->count; i-- > 0;)
        first[story_of(&list->path[i])] = &list->path[i];
    if (first[TRUSTED] != NULL && first[TRUSTED]->is_distrusted &&
        first[TRUSTED]->verify_error == X509_V_OK)
        return fail_distrusted(first[TRUSTED], err);
    if (first[TRUSTED] != NULL)
        return fault_set_error(first[TRUSTED], err);
    if (first[UNKNOWN_ROOT] != NULL)
        return fail_unknown_root(first[UNKNOWN_ROOT], err);
    if (first[INCOMPLETE] != NULL)
        return fail_incomplete(first[INCOMPLETE], err);
    if (first[WEAK] != NULL)
        return fault_set_error(first[WEAK], err);
    error_set(err, ERROR_UNTRUSTED,
              "no trust anchor: the presented certificates only sign each other");
    return error_hint(
        err, "the server should send its intermediates; a private CA goes into --ca-file FILE");
}

/* The best of the valid paths, or NULL where there is none. */
static int find_best(const struct path_list *list, const struct anchor_policy *policy,
                     const struct path **best, struct merit *best_merit, struct error *err)
{
    struct merit merit;
    bool less;

    *best = NULL;
    for (size_t i = 0; i < list->count; i++) {
        if (!path_is_valid(&list->path[i]))
            continue;
        if (get_merit(&list->path[i], policy, &merit, err) != 0)
            return -1;
        less = *best == NULL || is_better(&merit, best_merit);
        if (!less && !is_better(best_merit, &merit) &&
            compare_ways(&list->path[i], *best, &less, err) != 0)
            return -1;
        if (less) {
            *best = &list->path[i];
            *best_merit = merit;
        }
    }
    return 0;
}

/* The last rule that it took to rule out every other anchor. */
static int find_reason(const struct path_list *list, const struct anchor_policy *policy,
                       const struct path *best, const struct merit *best_merit,
                       enum anchor_reason *reason, struct error *err)
{
    struct merit merit;
    bool less;

    *reason = ANCHOR_ONLY;
    for (size_t i = 0; i < list->count; i++) {
        const struct path *path = &list->path[i];
        enum anchor_reason rule;
        if (!path_is_valid(path) || cert_equal(anchor_of(path), anchor_of(best)))
            continue;
        if (get_merit(path, policy, &merit, err) != 0)
            return -1;
        rule = compare(best_merit, &merit, &less);
        if (rule > *reason)
            *reason = rule;
    }
    return 0;
}

int anchor_rule_between(const struct path *winner, const struct path *loser,
                        const struct anchor_policy *policy, enum anchor_reason *out,
                        struct error *err)
{
    struct merit winner_merit, loser_merit;
    bool less;

    if (get_merit(winner, policy, &winner_merit, err) != 0 ||
        get_merit(loser, policy, &loser_merit, err) != 0)
        return -1;
    *out = compare(&winner_merit, &loser_merit, &less);
    return 0;
}

int anchor_is_preferred(const struct path *path, const struct path *other,
                        const struct anchor_policy *policy, bool *out, struct error *err)
{
    struct merit merit, other_merit;

    if (get_merit(path, policy, &merit, err) != 0 ||
        get_merit(other, policy, &other_merit, err) != 0)
        return -1;
    merit.length = other_merit.length = 0;
    *out = is_better(&merit, &other_merit);
    return 0;
}

int anchor_choose(const struct path_list *list, const struct anchor_policy *policy,
                  const struct path **out, enum anchor_reason *reason, struct error *err)
{
    const struct path *best;
    struct merit merit = {.length = 0};

    if (find_best(list, policy, &best, &merit, err) != 0)
        return -1;
    if (best == NULL)
        return fail(list, err);
    if (find_reason(list, policy, best, &merit, reason, err) != 0)
        return -1;
    *out = best;
    return 0;
}

const char *anchor_reason_text(enum anchor_reason reason)
{
    static const char *const texts[] = {
        [ANCHOR_ONLY] = "the only valid path",
        [ANCHOR_ASKED_FOR] = "a bundle is asked for the issuer of the last presented certificate",
        [ANCHOR_TARGET_TAKES_IT] = "the target refuses the others",
        [ANCHOR_REACHES_UNTIL] = "serves until the date of --until",
        [ANCHOR_SHORTEST_PATH] = "shortest path",
        [ANCHOR_NO_MACRO] = "needs no macro",
        [ANCHOR_VALID_LONGEST] = "valid longest",
        [ANCHOR_LOWEST_SHA256] = "lowest SHA-256",
        [ANCHOR_FEWEST] = "fewest anchors for all hosts",
    };

    return texts[reason];
}

const char *anchor_rule_text(enum anchor_reason reason)
{
    static const char *const texts[] = {
        [ANCHOR_ONLY] = "is the only one",
        [ANCHOR_ASKED_FOR] = "is the one that a bundle is asked for",
        [ANCHOR_TARGET_TAKES_IT] = "is one that the target can take",
        [ANCHOR_REACHES_UNTIL] = "serves until the date of --until",
        [ANCHOR_SHORTEST_PATH] = "has the shorter path",
        [ANCHOR_NO_MACRO] = "needs no macro",
        [ANCHOR_VALID_LONGEST] = "is valid longer",
        [ANCHOR_LOWEST_SHA256] = "has the lower SHA-256",
        [ANCHOR_FEWEST] = "serves other hosts too",
    };

    return texts[reason];
}
