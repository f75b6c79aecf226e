/* explain.c -- a host's way through the stages -> an account for people, or a graph */
#include "cli/explain.h"

#include <openssl/x509_vfy.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/timestamp.h"
#include "x509/cert.h"

#define COLUMNS 100
#define NAME_COLUMNS 28
#define DATE_SIZE sizeof "2026-01-01"
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
    text_add_plain(&plain, raw);
    if (plain.length > COLUMNS)
        memcpy(plain.data + COLUMNS - 3, "...", sizeof "...");
    text_add(account->out, "%s%s%s\n", coloured ? codes[colour] : "",
             plain.data != NULL ? plain.data : "", coloured ? "\033[0m" : "");
    account->out->failed = account->out->failed || plain.failed;
    text_free(&plain);
}

/* The common name, where there is one, says enough; cut so that lines fit. */
static void short_name(const X509_NAME *name, char out[CERT_NAME_TEXT_SIZE])
{
    char whole[CERT_NAME_TEXT_SIZE];

    cert_name_text(name, whole);
    if (strncmp(whole, "CN=", 3) == 0) {
        size_t length = 3;
        while (whole[length] != '\0' && (whole[length] != ',' || whole[length - 1] == '\\'))
            length++;
        whole[length] = '\0';
    }
    if (strlen(whole) > NAME_COLUMNS)
        memcpy(whole + NAME_COLUMNS - 3, "...", sizeof "...");
    snprintf(out, CERT_NAME_TEXT_SIZE, "%s", whole);
}

static void date_text(int64_t at, char out[DATE_SIZE])
{
    char text[TIMESTAMP_TEXT_SIZE];

    timestamp_format(at, text);
    memcpy(out, text, DATE_SIZE - 1);
    out[DATE_SIZE - 1] = '\0';
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
    char until[DATE_SIZE], kind[CERT_NAME_TEXT_SIZE + 32] = "";

    short_name(X509_get_subject_name(cert), subject);
    short_name(X509_get_issuer_name(cert), issuer);
    cert_key_text(cert, key);
    date_text(cert_not_after(cert), until);
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

static const char *end_text(enum path_end end)
{
    static const char *const texts[] = {
        [PATH_END_STORE] = "in the store",
        [PATH_END_CA_FILE] = "in the CA file",
        [PATH_END_ACCEPTED] = "presented, accepted by its SHA-256",
        [PATH_END_PRESENTED] = "presented, trusted by nobody",
        [PATH_END_INCOMPLETE] = "no root",
    };

    return texts[end];
}

/* Why a path was not taken, or that it was. */
static int verdict_text(const struct host *host, const struct path *path,
                        const struct anchor_policy *policy, char *out, size_t size,
                        struct error *err)
{
    enum anchor_reason rule;
    char date[DATE_SIZE], issuer[CERT_NAME_TEXT_SIZE];

    if (path->end == PATH_END_INCOMPLETE) {
        short_name(X509_get_issuer_name(anchor_of(path)), issuer);
        snprintf(out, size,
                 path->has_same_subject
                     ? "leads nowhere: %.80s is known, but no key of it made this signature"
                     : "leads nowhere: %.80s is neither presented nor in the store",
                 issuer);
    } else if (!path_is_trusted(path)) {
        snprintf(out, size, "leads to no anchor; --accept-root would make it one");
    } else if (path->verify_error != X509_V_OK) {
        snprintf(out, size, "not valid: %s", X509_verify_cert_error_string(path->verify_error));
    } else if (path->is_distrusted) {
        date_text(path->distrust_after, date);
        snprintf(out, size, "distrusted for leaves issued after %s", date);
    } else if (host->chosen == NULL) {
        snprintf(out, size, "the leaf is ruled out, whatever the path");
    } else if (path == host->chosen) {
        snprintf(out, size, "chosen: %s", anchor_reason_text(host->reason));
    } else if (cert_equal(anchor_of(path), anchor_of(host->chosen))) {
        snprintf(out, size, "another way to the same anchor");
    } else {
        if (anchor_rule_between(host->chosen, path, policy, &rule, err) != 0)
            return -1;
        if (host->reason == ANCHOR_FEWEST)
            rule = ANCHOR_FEWEST;
        snprintf(out, size, "not chosen: the other %s", anchor_rule_text(rule));
    }
    return 0;
}

#define PATHS_SHOWN_MAX 50

static int show_paths(const struct account *account, const struct host *host,
                      const struct target *target, struct error *err)
{
    const struct anchor_policy policy = {assess_fit, target};

    line(account, BOLD, 0, "paths: %zu", host->paths.count);
    for (size_t i = 0; i < host->paths.count && i < PATHS_SHOWN_MAX; i++) {
        const struct path *path = &host->paths.path[i];
        char subject[CERT_NAME_TEXT_SIZE], verdict[200], until[DATE_SIZE];
        enum colour colour = path == host->chosen ? GREEN : path_is_valid(path) ? PLAIN : RED;
        if (verdict_text(host, path, &policy, verdict, sizeof verdict, err) != 0)
            return -1;
        short_name(X509_get_subject_name(anchor_of(path)), subject);
        date_text(cert_not_after(anchor_of(path)), until);
        line(account, colour, 2, "%s %zu certificate%s to %s, until %s, %s",
             path == host->chosen ? "*" : "-", path->length, path->length == 1 ? "" : "s", subject,
             until, end_text(path->end));
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
    if (target->has_mbedtls && !target->checks_dates)
        line(account, PLAIN, 2, "compares no dates: an expired certificate passes on the device");
}

static void show_future(const struct account *account, const struct host *host,
                        const struct options *options)
{
    char leaf[DATE_SIZE], store[DATE_SIZE];

    line(account, BOLD, 0, "what comes next");
    for (size_t i = 0; i < host->assessment.anchor_count; i++) {
        const X509 *anchor = host->assessment.anchor[i].x509;
        char subject[CERT_NAME_TEXT_SIZE], until[DATE_SIZE];
        short_name(X509_get_subject_name(anchor), subject);
        date_text(cert_not_after(anchor), until);
        line(account, PLAIN, 2, "%s: the firmware must carry another anchor than %s by then", until,
             subject);
    }
    date_text(cert_not_after(host->chosen->cert[0]), leaf);
    line(account, PLAIN, 2, "%s: the leaf expires; its successor may come from another root", leaf);
    if (options->store == NULL && options->at - store_bundled_date() > YEAR_S) {
        date_text(store_bundled_date(), store);
        line(account, YELLOW, 2, "the bundled store %s is of %s, over a year old: update caembed",
             store_bundled_name(), store);
    }
}

int explain_add_host(const struct host *host, const struct options *options, bool is_coloured,
                     struct text *out, struct error *err)
{
    const struct account account = {out, is_coloured};

    if (host->presented.chain == NULL)
        return 0;
    show_presented(&account, host);
    if (host->paths.count > 0 && show_paths(&account, host, options->target, err) != 0)
        return -1;
    if (host->chosen != NULL && host->assessment.anchor_count > 0) {
        show_target(&account, host, options->target);
        show_future(&account, host, options);
    }
    return out->failed ? error_no_memory(err) : 0;
}

/* ---- Graphviz ---- */

/* Inside a quoted string of DOT a quote and a backslash are special. */
static void add_label(struct text *out, const char *name)
{
    struct text plain = {0};

    text_add_plain(&plain, name);
    for (const char *at = plain.data; at != NULL && *at != '\0'; at++)
        text_add(out, *at == '"' || *at == '\\' ? "\\%c" : "%c", *at);
    out->failed = out->failed || plain.failed;
    text_free(&plain);
}

static int add_node(struct text *out, const X509 *cert, const char *style, struct error *err)
{
    char subject[CERT_NAME_TEXT_SIZE], sha256[SHA256_TEXT_SIZE], until[DATE_SIZE];

    if (cert_sha256_text(cert, sha256) != 0)
        return error_no_memory(err);
    short_name(X509_get_subject_name(cert), subject);
    date_text(cert_not_after(cert), until);
    text_add(out, "    \"%s\" [label=\"", sha256);
    add_label(out, subject);
    text_add(out, "\\nuntil %s\"%s];\n", until, style);
    return 0;
}

static int add_edge(struct text *out, const X509 *child, const X509 *issuer, const char *style,
                    struct error *err)
{
    char from[SHA256_TEXT_SIZE], to[SHA256_TEXT_SIZE];

    if (cert_sha256_text(child, from) != 0 || cert_sha256_text(issuer, to) != 0)
        return error_no_memory(err);
    text_add(out, "    \"%s\" -> \"%s\"%s;\n", from, to, style);
    return 0;
}

/* The edges of all paths come in one `strict` graph, so that those in common are drawn once; the
 * chosen path comes last and keeps its colour. */
static int add_path(struct text *out, const struct path *path, const char *style, struct error *err)
{
    for (size_t i = 0; i + 1 < path->length; i++)
        if (add_edge(out, path->cert[i], path->cert[i + 1], style, err) != 0)
            return -1;
    return 0;
}

int explain_add_dot(const struct host *host, struct text *out, struct error *err)
{
    const struct path_list *paths = &host->paths;

    text_add(out, "strict digraph \"");
    add_label(out, host_text(host));
    text_add(out, "\" {\n    rankdir=BT;\n    node [shape=box];\n");
    for (int i = 0; i < sk_X509_num(host->presented.chain); i++)
        if (add_node(out, sk_X509_value(host->presented.chain, i), "", err) != 0)
            return -1;
    for (size_t i = 0; i < paths->count; i++) {
        const char *style = path_is_trusted(&paths->path[i]) ? ", style=bold" : ", style=dashed";
        if (add_node(out, anchor_of(&paths->path[i]), style, err) != 0 ||
            add_path(out, &paths->path[i], path_is_valid(&paths->path[i]) ? "" : " [color=red]",
                     err) != 0)
            return -1;
    }
    if (host->chosen != NULL &&
        (add_node(out, anchor_of(host->chosen), ", style=bold, color=green", err) != 0 ||
         add_path(out, host->chosen, " [color=green, penwidth=2]", err) != 0))
        return -1;
    text_add(out, "}\n");
    return out->failed ? error_no_memory(err) : 0;
}
