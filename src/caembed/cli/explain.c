/* explain.c -- a host's way through the stages -> an account for people */
#include "cli/explain.h"

#include <openssl/x509_vfy.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "path/fault.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

#define COLUMNS 100
#define YEAR_S (INT64_C(365) * 86400)

enum colour { PLAIN, BOLD, GREEN, YELLOW, RED };

struct account {
    struct text *out;
    bool is_coloured;
};

/* ---- lines ---- */

static void line(const struct account *account, enum colour colour, int indent, const char *format,
                 ...) PRINTF_LIKE(4, 5);

static void line(const struct account *account, enum colour colour, int indent, const char *format,
                 ...)
{
    static const char *const codes[] = {"", "\033[1m", "\033[32m", "\033[33m", "\033[31m"};
    char raw[1200];
    struct text plain = {0};
    bool coloured = account->is_coloured && colour != PLAIN;
    va_list args;

    va_start(args, format);
    vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    text_add(&plain, "%*s", indent, "");
    text_add_plain_line(&plain, raw);
    if (plain.length > COLUMNS)
        memcpy(plain.data + COLUMNS - 3, "...", sizeof "...");
    text_add(account->out, "%s%s%s\n", coloured ? codes[colour] : "",
             plain.data != NULL ? plain.data : "", coloured ? "\033[0m" : "");
    account->out->failed = account->out->failed || plain.failed;
    text_free(&plain);
}

/* ---- the presented chain ---- */

static bool is_signed_by(X509 *cert, X509 *issuer)
{
    return X509_NAME_cmp(X509_get_issuer_name(cert), X509_get_subject_name(issuer)) == 0 &&
           cert_is_signed_by(cert, issuer);
}

/* A cross-certificate: its CA has a root of its own, as an anchor of one of the paths shows. */
static bool is_cross_certificate(X509 *cert, const struct path_list *paths)
{
    for (size_t i = 0; i < paths->count; i++) {
        const X509 *end = anchor_of(&paths->path[i]);
        if (paths->path[i].end != PATH_END_INCOMPLETE && cert_same_ca(end, cert) &&
            !cert_equal(end, cert))
            return true;
    }
    return false;
}

#define PRESENTED_SHOWN_MAX 32 /* each pair may cost a signature check */

struct tree {
    const struct account *account;
    const struct host *host;
    bool is_shown[PRESENTED_SHOWN_MAX];
};

static void show_cert(const struct tree *tree, int index, int indent, bool is_early)
{
    X509 *cert = sk_X509_value(tree->host->presented.chain, index);
    char subject[CERT_NAME_TEXT_SIZE], issuer[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];
    char until[TIMESTAMP_DATE_SIZE], kind[CERT_NAME_TEXT_SIZE + 32] = "";

    cert_short_name_text(X509_get_subject_name(cert), subject);
    cert_short_name_text(X509_get_issuer_name(cert), issuer);
    cert_key_text(cert, key);
    timestamp_format_date(cert_not_after(cert), until);
    if (X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0)
        snprintf(kind, sizeof kind, ", self-signed");
    else if (is_cross_certificate(cert, &tree->host->paths))
        snprintf(kind, sizeof kind, ", cross-certificate by %s", issuer);
    line(tree->account, is_early ? YELLOW : PLAIN, indent, "%d %s: %s, until %s%s%s", index,
         subject, key, until, kind, is_early ? " (sent before what it signed)" : "");
}

/* Below a certificate the presented ones that signed it. */
static void show_issuers(struct tree *tree, int index, int indent)
{
    const STACK_OF(X509) *chain = tree->host->presented.chain;
    int count = sk_X509_num(chain);

    for (int i = 0; i < count && i < PRESENTED_SHOWN_MAX; i++) {
        if (i == index || tree->is_shown[i] ||
            !is_signed_by(sk_X509_value(chain, index), sk_X509_value(chain, i)))
            continue;
        tree->is_shown[i] = true;
        show_cert(tree, i, indent, i < index);
        show_issuers(tree, i, indent + 2);
    }
}

static void show_presented(const struct account *account, const struct host *host)
{
    struct tree tree = {account, host, {false}};
    int count = sk_X509_num(host->presented.chain);
    int left_over = 0;

    line(account, BOLD, 0, "%s: presented %d certificate%s%s%s", host_text(host), count,
         count == 1 ? "" : "s", host->presented.tls_version[0] != '\0' ? " over " : "",
         host->presented.tls_version);
    tree.is_shown[0] = true;
    show_cert(&tree, 0, 2, false);
    show_issuers(&tree, 0, 4);
    for (int i = 0; i < count && i < PRESENTED_SHOWN_MAX; i++) {
        if (tree.is_shown[i])
            continue;
        if (left_over++ == 0)
            line(account, YELLOW, 2, "not signed for the leaf, or sent twice:");
        show_cert(&tree, i, 4, false);
    }
    if (count > PRESENTED_SHOWN_MAX)
        line(account, YELLOW, 2, "and %d more", count - PRESENTED_SHOWN_MAX);
}

/* ---- the paths ---- */

const char *explain_end_text(enum path_end end)
{
    static const char *const texts[] = {
        [PATH_END_STORE] = "in the store",
        [PATH_END_CA_FILE] = "in the CA file",
        [PATH_END_ACCEPTED] = "presented, accepted by its SHA-256",
        [PATH_END_PRESENTED] = "presented, trusted by nobody",
        [PATH_END_INCOMPLETE] = "no root",
        [PATH_END_FETCHED] = "fetched",
    };

    return texts[end];
}

int explain_path_verdict(const struct host *host, const struct path *path,
                         const struct judge *judge, char out[EXPLAIN_VERDICT_SIZE],
                         struct error *err)
{
    const struct assess_view view = {judge->target, host->last};
    const struct anchor_policy policy = {assess_fit, &view, judge->until};
    const size_t size = EXPLAIN_VERDICT_SIZE;
    enum anchor_reason rule;
    char date[TIMESTAMP_DATE_SIZE], issuer[CERT_NAME_TEXT_SIZE];

    if (path->end == PATH_END_INCOMPLETE) {
        cert_short_name_text(X509_get_issuer_name(anchor_of(path)), issuer);
        snprintf(out, size,
                 path->has_same_subject
                     ? "leads nowhere: %.80s is known, but no key of it made this signature"
                     : "leads nowhere: %.80s is neither presented nor in the store",
                 issuer);
    } else if (!path_is_trusted(path) && path->verify_error == X509_V_OK) {
        snprintf(out, size, "leads to no anchor; --accept-root would make it one");
    } else if (path->verify_error != X509_V_OK) {
        snprintf(out, size, "not valid: %s", fault_text(path->verify_error));
    } else if (path->is_distrusted) {
        timestamp_format_date(path->distrust_after, date);
        snprintf(out, size, "distrusted for leaves issued after %s", date);
    } else if (host->chosen == NULL) {
        snprintf(out, size, "the leaf is ruled out, whatever the path");
    } else if (path == host->chosen) {
        snprintf(out, size, "chosen: %s", anchor_reason_text(host->reason));
    } else if (cert_equal(anchor_of(path), anchor_of(host->chosen))) {
        snprintf(out, size, "another way to the same anchor");
    } else {
        if (anchor_rule_between(host->chosen, path, &policy, &rule, err) != 0)
            return -1;
        if (host->reason == ANCHOR_FEWEST)
            rule = ANCHOR_FEWEST;
        snprintf(out, size, "not chosen: the other %s", anchor_rule_text(rule));
    }
    return 0;
}

#define PATHS_SHOWN_MAX 50

static int show_paths(const struct account *account, const struct host *host,
                      const struct judge *judge, struct error *err)
{
    line(account, BOLD, 0, "paths: %zu", host->paths.count);
    for (size_t i = 0; i < host->paths.count && i < PATHS_SHOWN_MAX; i++) {
        const struct path *path = &host->paths.path[i];
        char subject[CERT_NAME_TEXT_SIZE], verdict[EXPLAIN_VERDICT_SIZE],
            until[TIMESTAMP_DATE_SIZE];
        enum colour colour = path == host->chosen ? GREEN : path_is_valid(path) ? PLAIN : RED;
        if (explain_path_verdict(host, path, judge, verdict, err) != 0)
            return -1;
        cert_short_name_text(X509_get_subject_name(anchor_of(path)), subject);
        timestamp_format_date(cert_not_after(anchor_of(path)), until);
        line(account, colour, 2, "%s %zu certificate%s to %s, until %s, %s",
             path == host->chosen ? "*" : "-", path->length, path->length == 1 ? "" : "s", subject,
             until, explain_end_text(path->end));
        line(account, colour, 6, "%s", verdict);
    }
    if (host->paths.count > PATHS_SHOWN_MAX)
        line(account, PLAIN, 2, "and %zu more", host->paths.count - PATHS_SHOWN_MAX);
    return 0;
}

/* ---- the target, and what comes next ---- */

static void show_target(const struct account *account, const struct host *host,
                        const struct target *target)
{
    line(account, BOLD, 0, "target %s: %s", target->name, target->description);
    for (size_t i = 0; i < host->assessment.warning_count; i++) {
        const struct warning *warning = &host->assessment.warning[i];
        const char *text = warning->message;
        size_t width = COLUMNS - 8;
        line(account, YELLOW, 2, "%s:", warning->code);
        for (size_t length = strlen(text); length > 0; length = strlen(text)) {
            size_t take = length;
            if (length > width) { /* at a blank, if there is one */
                for (take = width; take > 0 && text[take] != ' '; take--)
                    continue;
                take = take > 0 ? take : width;
            }
            line(account, YELLOW, 4, "%.*s", (int)take, text);
            text += take;
            text += strspn(text, " ");
        }
    }
    if (host->assessment.warning_count == 0)
        line(account, PLAIN, 2, "takes these anchors as they are");
    if (target->stack == STACK_MBEDTLS && !target->checks_dates)
        line(account, PLAIN, 2, "compares no dates: an expired certificate passes on the device");
}

static void show_future(const struct account *account, const struct host *host,
                        const struct judge *judge)
{
    char leaf[TIMESTAMP_DATE_SIZE], store[TIMESTAMP_DATE_SIZE];

    line(account, BOLD, 0, "what comes next");
    for (size_t i = 0; i < host->assessment.anchor_count; i++) {
        const X509 *anchor = host->assessment.anchor[i].x509;
        char subject[CERT_NAME_TEXT_SIZE], until[TIMESTAMP_DATE_SIZE];
        char retires[TIMESTAMP_DATE_SIZE];
        cert_short_name_text(X509_get_subject_name(anchor), subject);
        timestamp_format_date(cert_not_after(anchor), until);
        if (lifecycle_retires(anchor) != TIMESTAMP_NONE) {
            timestamp_format_date(lifecycle_retires(anchor), retires);
            line(account, PLAIN, 2, "%s: root programs retire %s: servers use another root by then",
                 retires, subject);
        }
        line(account, PLAIN, 2, "%s: the firmware must carry another anchor than %s by then", until,
             subject);
    }
    timestamp_format_date(cert_not_after(host->chosen->cert[0]), leaf);
    line(account, PLAIN, 2, "%s: the leaf expires; its successor may come from another root", leaf);
    if (store_is_bundled(judge->store) && judge->verify_time - store_bundled_date() > YEAR_S) {
        timestamp_format_date(store_bundled_date(), store);
        line(account, YELLOW, 2, "the bundled store %s is of %s, over a year old: update caembed",
             store_bundled_name(), store);
    }
}

/* Of a server with another chain, which the header need not hold for. */
static void show_other(const struct account *account, const struct host *other)
{
    X509 *leaf = sk_X509_value(other->presented.chain, 0);
    char key[CERT_KEY_TEXT_SIZE], subject[CERT_NAME_TEXT_SIZE] = "no anchor";

    cert_key_text(leaf, key);
    if (other->chosen != NULL)
        cert_short_name_text(X509_get_subject_name(anchor_of(other->chosen)), subject);
    line(account, YELLOW, 0, "the server has another chain, with %s, which leads to %.60s", key,
         subject);
    line(account, YELLOW, 2,
         "a client with another offer is shown it; --all-chains holds for it too");
}

int explain_add_host(const struct host *host, const struct judge *judge, bool is_coloured,
                     struct text *out, struct error *err)
{
    const struct account account = {out, is_coloured};

    if (host->presented.chain == NULL)
        return 0;
    show_presented(&account, host);
    if (host->paths.count > 0 && show_paths(&account, host, judge, err) != 0)
        return -1;
    if (host->chosen != NULL && host->assessment.anchor_count > 0) {
        show_target(&account, host, judge->target);
        show_future(&account, host, judge);
    }
    if (host->other != NULL && host_next_chain(host, judge) != NULL)
        return explain_add_host(host->other, judge, is_coloured, out, err);
    for (const struct host *other = host->other; other != NULL; other = other->other)
        show_other(&account, other);
    return out->failed ? error_no_memory(err) : 0;
}
