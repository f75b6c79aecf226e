/* list_roots.c -- the bundled store -> a table for people, or JSON lines */
#include "cli/list_roots.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "base/output.h"
#include "base/text.h"
#include "base/timestamp.h"
#include "device/assess.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"
#include "x509/store.h"

/* Whether the target takes the root: as it is, with a setting, or not at all. */
static const char *const fit_texts[] = {
    [ANCHOR_FITS] = "as it is", [ANCHOR_NEEDS_MACRO] = "with a setting", [ANCHOR_REFUSED] = "no"};

struct row {
    X509 *x509; /* borrowed from the store */
    int64_t distrust_after, retires;
    char sha256[SHA256_TEXT_SIZE];
};

static int compare_rows(const void *a, const void *b)
{
    const struct row *row_a = a, *row_b = b;

    if (row_a->retires != row_b->retires)
        return row_a->retires < row_b->retires ? -1 : 1;
    return strcmp(row_a->sha256, row_b->sha256);
}

static int read_rows(struct store *store, struct row *rows, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct store_match match;
        if (store_root_at(store, i, &match, err) != 0)
            return -1;
        rows[i].x509 = match.x509;
        rows[i].distrust_after = match.distrust_after;
        rows[i].retires = lifecycle_retires(match.x509);
        if (cert_sha256_text(match.x509, rows[i].sha256) != 0)
            return error_no_memory(err);
    }
    qsort(rows, count, sizeof *rows, compare_rows);
    return 0;
}

static void add_table_row(struct text *out, const struct row *row, const struct target *target)
{
    char subject[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];
    char expires[TIMESTAMP_DATE_SIZE], retires[TIMESTAMP_DATE_SIZE];

    cert_short_name_text(X509_get_subject_name(row->x509), subject);
    cert_key_text(row->x509, key);
    timestamp_format_date(cert_not_after(row->x509), expires);
    timestamp_format_date(row->retires, retires);
    text_add(out, "%-10s  %-10s  %-9s  %-24.24s  %-28s  %-14s  %s\n", retires, expires, key,
             lifecycle_owner(row->x509), subject, fit_texts[assess_anchor_fit(row->x509, target)],
             row->sha256);
}

static void add_time(cJSON *object, const char *key, int64_t at)
{
    char text[TIMESTAMP_TEXT_SIZE];

    timestamp_format(at, text);
    if (at == TIMESTAMP_NONE)
        cJSON_AddNullToObject(object, key);
    else
        cJSON_AddStringToObject(object, key, text);
}

/* Names are printable ASCII already. */
static void add_json_row(struct text *out, const struct row *row, const struct target *target)
{
    cJSON *object = cJSON_CreateObject();
    char subject[CERT_NAME_TEXT_SIZE], key[CERT_KEY_TEXT_SIZE];
    char *line;

    cert_subject_text(row->x509, subject);
    cert_key_text(row->x509, key);
    cJSON_AddStringToObject(object, "subject", subject);
    cJSON_AddStringToObject(object, "operator", lifecycle_owner(row->x509));
    cJSON_AddStringToObject(object, "key", key);
    add_time(object, "not_after", cert_not_after(row->x509));
    add_time(object, "retires", row->retires);
    add_time(object, "distrust_after", row->distrust_after);
    cJSON_AddStringToObject(object, "sha256", row->sha256);
    cJSON_AddStringToObject(object, "target", target->name);
    cJSON_AddStringToObject(object, "taken", fit_texts[assess_anchor_fit(row->x509, target)]);
    line = cJSON_PrintUnformatted(object);
    if (line != NULL)
        text_add(out, "%s\n", line);
    out->failed = out->failed || line == NULL || cJSON_GetArraySize(object) != 9;
    cJSON_free(line);
    cJSON_Delete(object);
}

static int print_rows(const struct row *rows, size_t count, const struct target *target,
                      bool as_json, struct error *err)
{
    struct text out = {0};
    int rv;

    if (!as_json)
        text_add(&out, "%-10s  %-10s  %-9s  %-24s  %-28s  %-14s  %s\n", "retires", "expires", "key",
                 "operator", "subject", target->name, "SHA-256");
    for (size_t i = 0; i < count; i++)
        (as_json ? add_json_row : add_table_row)(&out, &rows[i], target);
    rv = out.failed ? error_no_memory(err) : output_stdout(out.data, out.length, err);
    text_free(&out);
    return rv;
}

int list_roots_print(const struct target *target, bool as_json, struct error *err)
{
    struct store *store = NULL;
    struct row *rows = NULL;
    size_t count;
    int rv = -1;

    if (store_open(&(const struct store_files){.store = NULL}, &store, err) != 0)
        return -1;
    count = store_root_count(store);
    rows = calloc(count, sizeof *rows);
    if (rows == NULL)
        error_no_memory(err);
    else if (read_rows(store, rows, count, err) == 0)
        rv = print_rows(rows, count, target, as_json, err);
    free(rows);
    store_free(store);
    return rv;
}
