/* summary_report.c -- what all hosts come to -> tables for people, or one JSON object */
#include "cli/summary_report.h"

#include <stdarg.h>
#include <stdlib.h>

#include "base/timestamp.h"
#include "cli/document.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

/* How each table of classes is called, and what its rows have in common. */
static const struct {
    const char *key, *value; /* in JSON */
    const char *title, *unknown;
} tables[SUMMARY_TABLE_COUNT] = {
    [SUMMARY_OPERATORS] = {"operators", "operator", "operator", "not known"},
    [SUMMARY_KEYS] = {"keys", "key", "key", ""},
    [SUMMARY_YEARS] = {"retirement", "year", "retires", "not known"},
};

static bool is_root(const struct summary_anchor *anchor)
{
    return cert_same_name(X509_get_subject_name(anchor->x509), X509_get_issuer_name(anchor->x509));
}

/* ---- for people ---- */

static void add_line(struct text *out, const char *format, ...) PRINTF_LIKE(2, 3);

/* Escapes the whole line, since commands to a log's reader may span columns. */
static void add_line(struct text *out, const char *format, ...)
{
    char line[2 * CERT_NAME_TEXT_SIZE];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    text_add_plain_line(out, line);
    text_add(out, "\n");
}

static double share(size_t hosts, const struct summary *summary)
{
    return summary->hosts > 0 ? 100.0 * (double)hosts / (double)summary->hosts : 0;
}

static void format_date(int64_t at, char out[TIMESTAMP_DATE_SIZE])
{
    timestamp_format_date(at, out);
    if (at == TIMESTAMP_NONE)
        snprintf(out, TIMESTAMP_DATE_SIZE, "-");
}

static void add_anchors(struct text *out, const struct summary *summary)
{
    add_line(out, "%8s  %6s  %-10s  %-10s  %-9s  %-24s  %-28s  %-12s  %s", "hosts", "share",
             "retires", "expires", "key", "operator", "subject", "kind", "SHA-256");
    for (size_t i = 0; i < summary->anchor_count; i++) {
        const struct summary_anchor *anchor = &summary->anchor[i];
        const char *owner = lifecycle_owner(anchor->x509);
        char subject[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE], sha256[SHA256_TEXT_SIZE];
        char retires[TIMESTAMP_DATE_SIZE], expires[TIMESTAMP_DATE_SIZE];
        cert_short_name_text(X509_get_subject_name(anchor->x509), subject);
        cert_key_text(anchor->x509, key);
        text_from_sha256(anchor->sha256, sha256);
        format_date(anchor->retires, retires);
        format_date(cert_not_after(anchor->x509), expires);
        add_line(out, "%8zu  %5.1f%%  %-10s  %-10s  %-9s  %-24.24s  %-28s  %-12s  %s",
                 anchor->hosts, share(anchor->hosts, summary), retires, expires, key,
                 owner[0] != '\0' ? owner : "-", subject, is_root(anchor) ? "root" : "intermediate",
                 sha256);
    }
}

static void add_classes(struct text *out, const struct summary *summary, enum summary_table table)
{
    add_line(out, "%s", "");
    add_line(out, "%8s  %6s  %7s  %s", "hosts", "share", "anchors", tables[table].title);
    for (size_t i = 0; i < summary->table[table].count; i++) {
        const struct summary_class *row = &summary->table[table].row[i];
        add_line(out, "%8zu  %5.1f%%  %7zu  %s", row->hosts, share(row->hosts, summary),
                 row->anchors, row->name[0] != '\0' ? row->name : tables[table].unknown);
    }
}

static void add_failures(struct text *out, const struct summary *summary)
{
    if (summary->failure_count == 0)
        return;
    add_line(out, "%s", "");
    add_line(out, "%8s  %6s  %6s  %-13s  %s", "hosts", "share", "status", "code", "failure");
    for (size_t i = 0; i < summary->failure_count; i++) {
        const struct summary_failure *failure = &summary->failure[i];
        add_line(out, "%8zu  %5.1f%%  %6d  %-13s  %s; first at %s", failure->hosts,
                 share(failure->hosts, summary), error_status(failure->first.code),
                 error_name(failure->first.code), failure->first.kind, failure->host);
    }
}

static void add_tables(struct text *out, const struct summary *summary, const struct target *target)
{
    add_line(out, "hosts: %zu (%zu without a failure), anchors: %zu, target: %s", summary->hosts,
             summary->good, summary->anchor_count, target->name);
    add_line(out, "%s", "");
    add_anchors(out, summary);
    for (enum summary_table k = 0; k < SUMMARY_TABLE_COUNT; k++)
        add_classes(out, summary, k);
    add_failures(out, summary);
}

/* ---- JSON ---- */

static void put_count(struct document *document, cJSON *parent, const char *key, size_t value)
{
    document_put(document, parent, key, cJSON_CreateNumber((double)value));
}

static void put_anchors(struct document *document, const struct summary *summary)
{
    cJSON *array = document_put(document, document->root, "anchors", cJSON_CreateArray());

    for (size_t i = 0; i < summary->anchor_count; i++) {
        const struct summary_anchor *anchor = &summary->anchor[i];
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        char key[CERT_KEY_TEXT_SIZE];
        cert_key_text(anchor->x509, key);
        document_put_identity(document, object, anchor->x509);
        document_put_string(document, object, "operator", lifecycle_owner(anchor->x509));
        document_put_string(document, object, "key", key);
        document_put_string(document, object, "kind", is_root(anchor) ? "root" : "intermediate");
        document_put_time(document, object, "not_after", cert_not_after(anchor->x509));
        document_put_time_or_null(document, object, "retires", anchor->retires);
        put_count(document, object, "hosts", anchor->hosts);
    }
}

static void put_classes(struct document *document, const struct summary *summary,
                        enum summary_table table)
{
    cJSON *array = document_put(document, document->root, tables[table].key, cJSON_CreateArray());

    for (size_t i = 0; i < summary->table[table].count; i++) {
        const struct summary_class *row = &summary->table[table].row[i];
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        if (table != SUMMARY_YEARS)
            document_put_string(document, object, tables[table].value, row->name);
        else if (row->name[0] == '\0')
            document_put(document, object, tables[table].value, cJSON_CreateNull());
        else
            put_count(document, object, tables[table].value, strtoul(row->name, NULL, 10));
        put_count(document, object, "anchors", row->anchors);
        put_count(document, object, "hosts", row->hosts);
    }
}

static void put_failures(struct document *document, const struct summary *summary)
{
    cJSON *array = document_put(document, document->root, "failures", cJSON_CreateArray());

    for (size_t i = 0; i < summary->failure_count; i++) {
        const struct summary_failure *failure = &summary->failure[i];
        cJSON *object = document_put(document, array, NULL, cJSON_CreateObject());
        cJSON *first;
        document_put_string(document, object, "code", error_name(failure->first.code));
        put_count(document, object, "exit_status", (size_t)error_status(failure->first.code));
        document_put_string(document, object, "kind", failure->first.kind);
        put_count(document, object, "hosts", failure->hosts);
        first = document_put(document, object, "first", cJSON_CreateObject());
        document_put_string(document, first, "host", failure->host);
        document_put_string(document, first, "message", failure->first.message);
        document_put_string(document, first, "hint", failure->first.hint);
    }
}

static int make_json(const struct summary *summary, const struct target *target, char **out,
                     struct error *err)
{
    struct document document = {.root = cJSON_CreateObject()};

    document_put_string(&document, document.root, "target", target->name);
    put_count(&document, document.root, "hosts", summary->hosts);
    put_count(&document, document.root, "ok", summary->good);
    put_count(&document, document.root, "failed", summary->hosts - summary->good);
    put_anchors(&document, summary);
    for (enum summary_table k = 0; k < SUMMARY_TABLE_COUNT; k++)
        put_classes(&document, summary, k);
    put_failures(&document, summary);
    return document_print_line(&document, out, err);
}

int summary_report(struct summary *summary, const struct target *target, bool as_json, char **out,
                   struct error *err)
{
    struct text text = {0};

    summary_sort(summary);
    if (as_json)
        return make_json(summary, target, out, err);
    add_tables(&text, summary, target);
    if (text.failed) {
        text_free(&text);
        return error_no_memory(err);
    }
    *out = text.data;
    return 0;
}
