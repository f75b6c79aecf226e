/* existing.c -- committed header + each host's choice -> current, changed, unverified, expiring */
#include "judge/existing_header.h"

#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/input.h"
#include "base/timestamp.h"
#include "emit/cert_folder.h"
#include "emit/prove.h"
#include "emit/zephyr_folder.h"
#include "judge/outlook.h"
#include "path/leaf.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"
#include "x509/pem.h"

#define NAME_SHOWN 160

static bool is_stdin(const struct existing_header *existing)
{
    return strcmp(existing->path, "-") == 0;
}

static bool is_zephyr(const struct existing_header *existing)
{
    return render_form(existing->renderer) == RENDER_ZEPHYR;
}

static bool is_binary(const struct existing_header *existing)
{
    return render_form(existing->renderer) == RENDER_DER || render_is_bundle(existing->renderer);
}

static const char *shown_name(const struct existing_header *existing)
{
    const char *name = input_name(existing->path);

    return text_base_name(name)[0] != '\0' ? text_base_name(name) : name; /* of "folder/" */
}

/* Puts the certificates of the list into existing->certs. */
static int take_certs(struct existing_header *existing, struct pem_list *list)
{
    existing->certs = sk_X509_new_reserve(NULL, (int)list->count);
    if (existing->certs == NULL)
        return error_no_memory(&existing->problem);
    for (size_t i = 0; i < list->count; i++) {
        sk_X509_push(existing->certs, list->entry[i].cert); /* reserved: can't fail */
        list->entry[i].cert = NULL;
    }
    return 0;
}

/* Beside good certificates there is one that can't be parsed. */
static int judge_unusable(struct existing_header *existing, const struct pem_list *list,
                          const struct target *target)
{
    struct text usable = {0};
    int rv = 0;

    if (target->wants_all_anchors != NULL || target->stack != STACK_MBEDTLS) {
        error_set(&existing->problem, ERROR_PROOF,
                  "%s; %s refuses a string with a certificate that can't be parsed "
                  "(mbedtls_x509_crt_parse() returns 1 or more)",
                  list->unusable.message,
                  target->stack == STACK_MBEDTLS ? target->wants_all_anchors : "a parser");
        return error_hint(&existing->problem, "%s", list->unusable.hint);
    }
    snprintf(existing->blemish, sizeof existing->blemish, "%.199s", list->unusable.message);
    for (size_t i = 0; rv == 0 && i < list->count; i++)
        rv = cert_add_pem(list->entry[i].cert, &usable);
    text_free(&existing->pem);
    existing->pem = usable;
    return rv == 0 ? 0 : error_no_memory(&existing->problem);
}

static int parse_certs(struct existing_header *existing, const char *what,
                       const struct target *target)
{
    struct pem_list list = {.count = 0};
    int rv =
        pem_parse_usable(existing->pem.data, existing->pem.length, what, &list, &existing->problem);

    if (rv == 0 && list.blemish[0] != '\0' && existing->blemish[0] == '\0')
        snprintf(existing->blemish, sizeof existing->blemish, "%s: %s", what, list.blemish);
    if (rv == 0 && list.unusable.code != ERROR_NONE)
        rv = judge_unusable(existing, &list, target);
    if (rv == 0)
        rv = take_certs(existing, &list);
    pem_list_free(&list);
    return rv;
}

/* The certificates, or existing->problem. */
static void read_certs(struct existing_header *existing, const struct renderer *renderer,
                       const char *name, const struct target *target)
{
    const char *what = render_form(renderer) == RENDER_C ? "its string" : "its text";
    struct header_anchors anchors = {.lacks_nul = false};
    int rv = prove_read_header(renderer, &existing->source, existing->path, name, &anchors,
                               &existing->problem);

    existing->pem = anchors.pem;
    if (rv == 0 && anchors.lacks_nul && target->stack == STACK_MBEDTLS) {
        error_set(&existing->problem, ERROR_PROOF,
                  "%s is an array of PEM without a NUL after it: mbedtls_x509_crt_parse() takes it "
                  "for DER (-0x2180), and tlssocket reads past its end",
                  name);
        error_hint(&existing->problem, "add 0x00 as the last byte");
        return;
    }
    if (anchors.blemish[0] != '\0')
        snprintf(existing->blemish, sizeof existing->blemish, "%s", anchors.blemish);
    if (rv == 0)
        (void)!parse_certs(existing, what, target);
}

static void fail_unreadable(const struct existing_header *existing, struct error *err)
{
    error_set(err, ERROR_UNREADABLE, "%s: %s", input_name(existing->path),
              existing->problem.message);
    error_hint(err, "%s", existing->problem.hint);
}

static int read_source(struct existing_header *existing, const char *name, struct error *err)
{
    char *source = NULL;
    size_t length;

    if (is_zephyr(existing))
        return zephyr_folder_read(existing->path, &existing->source, err);
    if (render_form(existing->renderer) == RENDER_DER)
        return cert_folder_read(existing->path, name, &existing->source, existing->blemish, err);
    if (input_read(existing->path, &source, &length, err) != 0)
        return -1;
    text_add_bytes(&existing->source, source, length);
    free(source);
    return 0;
}

int existing_header_read(const char *path, const struct renderer *renderer, const char *name,
                         const struct target *target, struct existing_header *out,
                         struct error *err)
{
    struct existing_header existing = {.path = path, .renderer = renderer};
    int rv = -1;

    if (read_source(&existing, name, err) != 0) {
        text_free(&existing.source);
        return -1;
    }
    read_certs(&existing, renderer, name, target);
    if (existing.source.failed || existing.pem.failed || existing.problem.code == ERROR_INTERNAL)
        error_no_memory(err);
    else if (existing.problem.code == ERROR_UNREADABLE)
        fail_unreadable(&existing, err);
    else
        rv = 0;
    if (rv == 0)
        *out = existing;
    else
        existing_header_free(&existing);
    return rv;
}

void existing_header_free(struct existing_header *existing)
{
    text_free(&existing->source);
    text_free(&existing->pem);
    sk_X509_pop_free(existing->certs, X509_free);
    existing->certs = NULL;
}

static bool is_same(const struct existing_header *existing, const X509 *held, const X509 *cert)
{
    return render_has_names_and_keys(existing->renderer) ? cert_same_anchor(held, cert)
                                                         : cert_equal(held, cert);
}

bool existing_header_holds(const struct existing_header *existing, const X509 *cert)
{
    for (int i = 0; i < sk_X509_num(existing->certs); i++)
        if (is_same(existing, sk_X509_value(existing->certs, i), cert))
            return true;
    return false;
}

/* ---- which anchor replaces which ---- */

static bool is_on_a_path(const X509 *cert, const struct path_list *paths)
{
    for (size_t i = 0; i < paths->count; i++)
        for (size_t k = 0; k < paths->path[i].length; k++)
            if (cert_same_ca(paths->path[i].cert[k], cert))
                return true;
    return false;
}

/* The committed certificate that `anchor` would stand in for: one of the same CA, else one on a
 * path of this host, else the first. */
static X509 *find_replaced(const struct existing_header *existing, const X509 *anchor,
                           const struct host *host)
{
    X509 *found = sk_X509_value(existing->certs, 0);
    int best = 0;

    for (int i = 0; i < sk_X509_num(existing->certs); i++) {
        X509 *cert = sk_X509_value(existing->certs, i);
        int merit = cert_same_ca(cert, anchor) ? 2 : is_on_a_path(cert, &host->paths) ? 1 : 0;
        if (merit > best) {
            best = merit;
            found = cert;
        }
    }
    return found;
}

#define DESCRIPTION_SIZE (2 * NAME_SHOWN + 96)

/* "CN=A", "CN=A (a cross-certificate by CN=B)", "CN=A (not a root)" */
static void describe(X509 *cert, const X509 *anchor, char out[DESCRIPTION_SIZE])
{
    char subject[CERT_NAME_TEXT_SIZE], issuer[CERT_NAME_TEXT_SIZE];

    cert_subject_text(cert, subject);
    cert_issuer_text(cert, issuer);
    if (cert_is_self_signed(cert))
        snprintf(out, DESCRIPTION_SIZE, "%.*s", NAME_SHOWN, subject);
    else if (cert_same_ca(cert, anchor))
        snprintf(out, DESCRIPTION_SIZE, "%.*s (a cross-certificate by %.*s)", NAME_SHOWN, subject,
                 NAME_SHOWN, issuer);
    else
        snprintf(out, DESCRIPTION_SIZE, "%.*s (not a root)", NAME_SHOWN, subject);
}

/* Of a name and a key: "CN=A", "CN=A with another key". */
static void describe_anchor(const X509 *cert, const char *other, char out[DESCRIPTION_SIZE])
{
    char subject[CERT_NAME_TEXT_SIZE];

    cert_subject_text(cert, subject);
    snprintf(out, DESCRIPTION_SIZE, "%.*s", NAME_SHOWN, subject);
    if (strcmp(out, other) == 0)
        snprintf(out, DESCRIPTION_SIZE, "%.*s with another key", NAME_SHOWN, subject);
}

/* Another certificate of the same name: "CN=A (SHA-256 …, valid … to …)". */
static void describe_edition(const X509 *cert, char out[DESCRIPTION_SIZE])
{
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE] = "";
    char since[TIMESTAMP_TEXT_SIZE], until[TIMESTAMP_TEXT_SIZE];

    cert_subject_text(cert, subject);
    (void)!cert_sha256_text(cert, sha256);
    timestamp_format(cert_not_before(cert), since);
    timestamp_format(cert_not_after(cert), until);
    snprintf(out, DESCRIPTION_SIZE, "%.*s (SHA-256 %s, valid %.10s to %.10s)", NAME_SHOWN / 2,
             subject, sha256, since, until);
}

/* The header's own edition of the anchor has expired, or will soon: where the device has no clock
 * it verifies anyway. */
static bool set_expired(X509 *replaced, const X509 *anchor, const struct judge *judge,
                        struct error *verdict)
{
    const int64_t left_s = cert_not_after(replaced) - judge->verify_time;
    char subject[CERT_NAME_TEXT_SIZE], since[TIMESTAMP_TEXT_SIZE], until[TIMESTAMP_TEXT_SIZE];

    if (!cert_same_ca(replaced, anchor) || left_s > (int64_t)judge->expires_within_days * 86400)
        return false;
    cert_subject_text(replaced, subject);
    timestamp_format(cert_not_after(replaced), since);
    timestamp_format(cert_not_after(anchor), until);
    error_set(verdict, ERROR_EXPIRING,
              "still verifies, but %.*s %s at %s; another edition of it is valid until %s",
              NAME_SHOWN, subject, left_s < 0 ? "expired" : "expires", since, until);
    error_hint(verdict, "run again without --check, and ship the new header");
    return true;
}

static void set_replaced(const struct host *host, const struct existing_header *existing,
                         const X509 *anchor, const struct judge *judge, struct error *verdict)
{
    char name[CERT_NAME_TEXT_SIZE], subject[DESCRIPTION_SIZE], replaced[DESCRIPTION_SIZE];
    X509 *cert = find_replaced(existing, anchor, host);

    if (set_expired(cert, anchor, judge, verdict))
        return;
    cert_subject_text(anchor, name);
    snprintf(subject, sizeof subject, "%.*s", NAME_SHOWN, name);
    if (render_has_names_and_keys(existing->renderer))
        describe_anchor(cert, subject, replaced);
    else
        describe(cert, anchor, replaced);
    if (strcmp(subject, replaced) == 0) {
        describe_edition(anchor, subject);
        describe_edition(cert, replaced);
    }
    error_kind(verdict, "still verifies, but another anchor would be written");
    error_set(verdict, ERROR_CHANGED, "still verifies, but %s would replace %s: %s%s%s", subject,
              replaced, anchor_reason_text(host->reason), existing->blemish[0] != '\0' ? "; " : "",
              existing->blemish);
    error_hint(verdict, "run again without --check, and ship the new header");
}

/* ---- one host ---- */

/* Why the header does not verify, and what the host itself would lead to. */
static void set_unverified(const struct host *host, const struct existing_header *existing,
                           const struct error *why, struct error *verdict)
{
    char subject[CERT_NAME_TEXT_SIZE];

    error_kind(verdict, "%s", why->kind);
    error_set(verdict, ERROR_UNVERIFIED, "%s no longer verifies: %.400s", shown_name(existing),
              why->message);
    if (existing->certs == NULL)
        error_hint(verdict, "%s", why->hint);
    if (host->err.code != ERROR_NONE && strcmp(host->err.message, why->message) != 0) {
        error_hint(verdict, "a new header cannot be written either: %.400s", host->err.message);
    } else if (host->chosen != NULL) {
        cert_subject_text(anchor_of(host->chosen), subject);
        error_hint(verdict,
                   "the server now leads to %.300s: run again without --check, and ship the new "
                   "header",
                   subject);
    }
    error_hint(verdict, "%s", why->hint);
}

/* Has the header alone verify the presented chain: why it does not goes into *why. */
static int try_header(const struct host *host, const struct existing_header *existing,
                      const struct judge *judge, struct proof_cache *proofs, struct error *why,
                      struct error *err)
{
    if (existing->certs == NULL) {
        *why = existing->problem;
        return 0;
    }
    return proof_cache_prove(proofs, host, &existing->pem, (size_t)sk_X509_num(existing->certs),
                             judge, why, err);
}

static void check_expiry(const struct host *host, const struct judge *judge, struct error *verdict)
{
    for (size_t i = 0; i < host->assessment.anchor_count; i++) {
        const X509 *anchor = host->assessment.anchor[i].x509;
        int64_t left_s = cert_not_after(anchor) - judge->verify_time;
        char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_TEXT_SIZE];
        if (left_s > (int64_t)judge->expires_within_days * 86400)
            continue;
        cert_subject_text(anchor, subject);
        timestamp_format(cert_not_after(anchor), date);
        error_set(verdict, ERROR_EXPIRING,
                  "still verifies, but %.*s expires within %ld days, at %s", NAME_SHOWN, subject,
                  judge->expires_within_days, date);
        error_hint(verdict, "the firmware must carry another anchor by then");
    }
}

static void check_retirement(const struct host *host, const struct judge *judge,
                             struct error *verdict)
{
    for (size_t i = 0; i < host->assessment.anchor_count; i++) {
        const X509 *anchor = host->assessment.anchor[i].x509;
        char subject[CERT_NAME_TEXT_SIZE], date[TIMESTAMP_DATE_SIZE];
        if (!outlook_retires_within(anchor, judge->verify_time, judge->expires_within_days))
            continue;
        cert_subject_text(anchor, subject);
        timestamp_format_date(lifecycle_retires(anchor), date);
        error_set(verdict, ERROR_RETIRING,
                  "still verifies, but root programs end their trust in %.*s for TLS servers on %s",
                  NAME_SHOWN, subject, date);
        error_hint(verdict, "the device still accepts it, but the server will move to another root "
                            "by then: --backup adds its operator's");
    }
}

/* The header verifies: would the same anchors be written? */
static void compare_anchors(const struct host *host, const struct existing_header *existing,
                            const struct judge *judge, struct error *verdict)
{
    if (host->err.code != ERROR_NONE) {
        error_kind(verdict, "%s", host->err.kind);
        error_set(verdict, host->err.code == ERROR_EXPIRED ? ERROR_EXPIRING : ERROR_CHANGED,
                  "still verifies, but would not be written again: %.400s", host->err.message);
        error_hint(verdict, "%s", host->err.hint);
        return;
    }
    for (size_t i = 0; i < host->assessment.anchor_count; i++)
        if (!existing_header_holds(existing, host->assessment.anchor[i].x509))
            set_replaced(host, existing, host->assessment.anchor[i].x509, judge, verdict);
}

static int check_host(const struct host *host, const struct existing_header *existing,
                      const struct judge *judge, struct proof_cache *proofs, struct error *verdict,
                      struct error *err)
{
    const struct path_rules rules = assess_rules(judge->target, judge->verify_time);
    struct error why = {.code = ERROR_NONE};

    if (host->presented.chain == NULL) {
        *verdict = host->err;
        if (host->err.code == ERROR_OFFER)
            verdict->code = ERROR_UNVERIFIED; /* the server speaks to the device no more */
        return 0;
    }
    if (leaf_check(host->presented.chain, &host->endpoint, &rules, &why) == 0 &&
        try_header(host, existing, judge, proofs, &why, err) != 0)
        return -1;
    if (why.code == ERROR_LACK) {
        *verdict = why; /* it may well verify on the device */
        return 0;
    }
    if (why.code != ERROR_NONE) {
        set_unverified(host, existing, &why, verdict);
        return 0;
    }
    compare_anchors(host, existing, judge, verdict);
    if (verdict->code == ERROR_NONE)
        check_expiry(host, judge, verdict);
    if (verdict->code == ERROR_NONE)
        check_retirement(host, judge, verdict);
    return 0;
}

int existing_header_check_host(const struct host *host, const struct existing_header *existing,
                               const struct judge *judge, struct proof_cache *proofs,
                               struct error *verdict, struct error *err)
{
    const struct judge own = host_judge(host, judge);

    return check_host(host, existing, &own, proofs, verdict, err);
}

/* ---- the files ---- */

static size_t count_unneeded(const struct existing_header *existing, const struct bundle *bundle)
{
    size_t count = 0;

    for (int i = 0; i < sk_X509_num(existing->certs); i++) {
        bool is_needed = false;
        for (size_t k = 0; k < bundle->count; k++)
            is_needed = is_needed || is_same(existing, sk_X509_value(existing->certs, i),
                                             bundle->anchor[k].embedded.x509);
        count += is_needed ? 0 : 1;
    }
    return count;
}

static bool has_last_line_end(const struct text *text)
{
    return text->length > 0 && text->data[text->length - 1] == '\n';
}

/* The number of the first line that differs, and what it would be, NULL where there would be none;
 * 0 if none differs. */
static size_t find_difference(const struct text *is, const struct text *would_be, struct text *line)
{
    size_t at = 0, other_at = 0;

    for (size_t number = 1;; number++) {
        struct text other = {0};
        bool is_line = text_take_line(is, &at, &other);
        *line = (struct text){.data = NULL};
        if (text_take_line(would_be, &other_at, line) != is_line || line->length != other.length ||
            (is_line && memcmp(line->data, other.data, other.length) != 0))
            return number;
        if (!is_line)
            return has_last_line_end(is) != has_last_line_end(would_be) ? number : 0;
    }
}

/* ": line 3 would be '…'"; "" for a header that caembed did not write. */
static void describe_difference(size_t number, const struct text *line, char out[160])
{
    out[0] = '\0';
    if (number > 1 && line->data != NULL)
        snprintf(out, 160, ": line %zu would be '%.*s'", number,
                 line->length < 80 ? (int)line->length : 80, line->data);
    else if (number > 1)
        snprintf(out, 160, ": it would end before line %zu", number);
}

int existing_header_check_header(const struct existing_header *existing, const struct text *header,
                                 const struct bundle *bundle, struct error *why)
{
    const char *name = shown_name(existing);
    const char *separator = existing->blemish[0] != '\0' ? "; " : "";
    struct text line;
    size_t number = find_difference(&existing->source, header, &line);
    size_t unneeded = count_unneeded(existing, bundle);
    char difference[160];

    if (number == 0 && existing->source.length == header->length &&
        (!is_binary(existing) || existing->blemish[0] == '\0'))
        return 0;
    if (unneeded == 0 && is_stdin(existing)) /* what a preprocessor leaves is never the text */
        return 0;
    describe_difference(number, &line, difference);
    if (unneeded > 0)
        error_set(why, ERROR_CHANGED,
                  "still verifies, but %s holds %zu certificate%s that no host needs%s%s", name,
                  unneeded, unneeded > 1 ? "s" : "", separator, existing->blemish);
    else if (is_binary(existing))
        error_set(why, ERROR_CHANGED,
                  "still verifies, with the same anchors, but %s would be written differently%s%s",
                  name, separator, existing->blemish);
    else if (is_zephyr(existing))
        error_set(
            why, ERROR_CHANGED,
            "still verifies, with the same anchors, but %s of %s would be written differently",
            zephyr_folder_difference(&existing->source, header), name);
    else if (number == 0)
        error_set(why, ERROR_CHANGED,
                  "still verifies, with the same anchors, but %s would be written with other line "
                  "ends",
                  name);
    else
        error_set(why, ERROR_CHANGED,
                  "still verifies, with the same anchors, other text: %s would be written "
                  "differently%s%s%s",
                  name, difference, separator, existing->blemish);
    return error_hint(why, "run again without --check");
}
