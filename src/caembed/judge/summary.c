/* summary.c -- hosts with their verdicts, one by one -> how many need which anchor or fail how */
#include "judge/summary.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/timestamp.h"
#include "x509/cert.h"
#include "x509/lifecycle.h"

#define HOST_ANCHORS_MAX ((size_t)HOST_CHAINS_MAX * ASSESS_ANCHOR_COUNT_MAX)

/* The anchors of one host, each once, by their index in the summary. */
struct needed {
    size_t index[HOST_ANCHORS_MAX];
    size_t count;
};

/* ---- anchors ---- */

static int find_or_add_class(struct summary *summary, enum summary_table table, const char *name,
                             size_t *out)
{
    struct summary_class *rows = summary->table[table].row;
    const size_t count = summary->table[table].count;

    for (*out = 0; *out < count; (*out)++)
        if (strcmp(rows[*out].name, name) == 0)
            return 0;
    rows = array_grow(rows, count, sizeof *rows);
    if (rows == NULL)
        return -1;
    rows[count] = (struct summary_class){.anchors = 0};
    snprintf(rows[count].name, sizeof rows[count].name, "%s", name);
    summary->table[table].row = rows;
    summary->table[table].count++;
    return 0;
}

static int find_or_add_classes(struct summary *summary, struct summary_anchor *anchor)
{
    char key[CERT_KEY_TEXT_SIZE], date[TIMESTAMP_DATE_SIZE], year[5] = "";

    cert_key_text(anchor->x509, key);
    timestamp_format_date(anchor->retires, date);
    if (anchor->retires != TIMESTAMP_NONE)
        snprintf(year, sizeof year, "%.4s", date);
    if (find_or_add_class(summary, SUMMARY_OPERATORS, lifecycle_owner(anchor->x509),
                          &anchor->place[SUMMARY_OPERATORS]) != 0 ||
        find_or_add_class(summary, SUMMARY_KEYS, key, &anchor->place[SUMMARY_KEYS]) != 0)
        return -1;
    return find_or_add_class(summary, SUMMARY_YEARS, year, &anchor->place[SUMMARY_YEARS]);
}

static int find_or_add_anchor(struct summary *summary, X509 *x509, size_t *out, struct error *err)
{
    struct summary_anchor made = {.x509 = x509};
    struct summary_anchor *larger;

    if (cert_sha256(x509, made.sha256) != 0)
        return error_no_memory(err);
    if (digest_map_find(&summary->anchors, made.sha256, out))
        return 0;
    larger = array_grow(summary->anchor, summary->anchor_count, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    summary->anchor = larger;
    made.retires = lifecycle_retires(x509);
    if (find_or_add_classes(summary, &made) != 0)
        return error_no_memory(err);
    if (digest_map_add(&summary->anchors, made.sha256, summary->anchor_count, err) != 0)
        return -1;
    X509_up_ref(x509);
    *out = summary->anchor_count;
    larger[summary->anchor_count++] = made;
    return 0;
}

/* Two chains of a host often need the same anchor. */
static int need(struct summary *summary, X509 *x509, struct needed *needed, struct error *err)
{
    size_t index = 0;

    if (find_or_add_anchor(summary, x509, &index, err) != 0)
        return -1;
    for (size_t i = 0; i < needed->count; i++)
        if (needed->index[i] == index)
            return 0;
    if (needed->count < HOST_ANCHORS_MAX)
        needed->index[needed->count++] = index;
    return 0;
}

/* Whether one of the host's anchors before this one is of the same class. */
static bool is_counted(const struct summary *summary, const struct needed *needed, size_t at,
                       enum summary_table table)
{
    const size_t place = summary->anchor[needed->index[at]].place[table];

    for (size_t i = 0; i < at; i++)
        if (summary->anchor[needed->index[i]].place[table] == place)
            return true;
    return false;
}

/* Counts one host for each of its anchors and for their classes, or takes it off again. */
static void count_needed(struct summary *summary, const struct needed *needed, bool takes_off)
{
    for (size_t i = 0; i < needed->count; i++) {
        struct summary_anchor *anchor = &summary->anchor[needed->index[i]];
        anchor->hosts = takes_off ? anchor->hosts - 1 : anchor->hosts + 1;
        for (enum summary_table k = 0; k < SUMMARY_TABLE_COUNT; k++) {
            struct summary_class *row = &summary->table[k].row[anchor->place[k]];
            if (!is_counted(summary, needed, i, k))
                row->hosts = takes_off ? row->hosts - 1 : row->hosts + 1;
        }
    }
}

/* ---- failures ---- */

/* The key of what the failures of a kind have in common. */
static int key_of(const struct error *why, uint8_t out[SHA256_LENGTH], struct error *err)
{
    struct text text = {0};
    int rv;

    text_add(&text, "%d %s", (int)why->code, why->kind);
    rv = digest_map_key(&text, out, err);
    text_free(&text);
    return rv;
}

/* Adds an empty row, or finds that of all others. */
static int add_failure(struct summary *summary, const uint8_t key[SHA256_LENGTH], size_t *out,
                       struct error *err)
{
    const size_t last = summary->failure_count;
    struct summary_failure *larger;

    if (last == SUMMARY_FAILURES_MAX + 1) {
        *out = SUMMARY_FAILURES_MAX;
        return 0;
    }
    larger = array_grow(summary->failure, last, sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    summary->failure = larger;
    larger[last] = (struct summary_failure){.hosts = 0};
    if (last < SUMMARY_FAILURES_MAX && digest_map_add(&summary->failures, key, last, err) != 0)
        return -1;
    *out = last;
    summary->failure_count++;
    return 0;
}

static int count_failure(struct summary *summary, const char *name, size_t index,
                         const struct error *why, struct error *err)
{
    struct summary_failure *failure;
    uint8_t key[SHA256_LENGTH];
    size_t at;

    if (key_of(why, key, err) != 0)
        return -1;
    if (!digest_map_find(&summary->failures, key, &at) && add_failure(summary, key, &at, err) != 0)
        return -1;
    failure = &summary->failure[at];
    if (failure->hosts == 0 || index < failure->index) {
        failure->first = *why;
        failure->index = index;
        snprintf(failure->host, sizeof failure->host, "%s", name);
        if (at == SUMMARY_FAILURES_MAX)
            snprintf(failure->first.kind, sizeof failure->first.kind, "others");
    }
    failure->hosts++;
    return 0;
}

/* ---- hosts ---- */

int summary_add(struct summary *summary, const struct host *host, const struct judge *judge,
                const struct error *verdict, struct error *err)
{
    const bool is_good = verdict->code == ERROR_NONE;
    struct needed needed = {.count = 0};

    if (!is_good && count_failure(summary, host_text(host), host->index, verdict, err) != 0)
        return -1;
    summary->hosts++;
    summary->good += is_good ? 1 : 0;
    if (!is_good && !error_still_verifies(verdict->code))
        return 0;
    for (; host != NULL; host = host_next_chain(host, judge))
        for (size_t i = 0; i < host->assessment.anchor_count; i++)
            if (need(summary, host->assessment.anchor[i].x509, &needed, err) != 0)
                return -1;
    count_needed(summary, &needed, false);
    return 0;
}

int summary_fail(struct summary *summary, const char *name, size_t index, X509 *const *anchors,
                 size_t anchor_count, const struct error *why, struct error *err)
{
    struct needed needed = {.count = 0};

    if (count_failure(summary, name, index, why, err) != 0)
        return -1;
    summary->good--;
    if (error_still_verifies(why->code))
        return 0;
    for (size_t i = 0; i < anchor_count; i++)
        if (need(summary, anchors[i], &needed, err) != 0)
            return -1;
    count_needed(summary, &needed, true);
    return 0;
}

/* ---- order ---- */

static int compare_hosts(size_t a, size_t b)
{
    return a == b ? 0 : a > b ? -1 : 1;
}

static int compare_anchors(const void *a, const void *b)
{
    const struct summary_anchor *one = a, *other = b;
    const int order = compare_hosts(one->hosts, other->hosts);

    return order != 0 ? order : memcmp(one->sha256, other->sha256, SHA256_LENGTH);
}

static int compare_classes(const void *a, const void *b)
{
    const struct summary_class *one = a, *other = b;
    const int order = compare_hosts(one->hosts, other->hosts);

    return order != 0 ? order : strcmp(one->name, other->name);
}

static int compare_years(const void *a, const void *b)
{
    const struct summary_class *one = a, *other = b;

    if ((one->name[0] == '\0') != (other->name[0] == '\0'))
        return one->name[0] == '\0' ? 1 : -1;
    return strcmp(one->name, other->name);
}

static int compare_failures(const void *a, const void *b)
{
    const struct summary_failure *one = a, *other = b;
    int order = compare_hosts(one->hosts, other->hosts);

    if (order == 0)
        order = strcmp(error_name(one->first.code), error_name(other->first.code));
    return order != 0 ? order : strcmp(one->first.kind, other->first.kind);
}

/* An array of nothing is NULL, which qsort() does not take. */
static void sort(void *array, size_t array_count, size_t size,
                 int (*compare)(const void *a, const void *b))
{
    if (array_count > 1)
        qsort(array, array_count, size, compare);
}

/* Those without an anchor go to the end and are left out. */
static void sort_table(struct summary *summary, enum summary_table table)
{
    struct summary_class *rows = summary->table[table].row;
    size_t used = 0;

    for (size_t i = 0; i < summary->table[table].count; i++)
        if (rows[i].anchors > 0)
            rows[used++] = rows[i];
    summary->table[table].count = used;
    sort(rows, used, sizeof *rows, table == SUMMARY_YEARS ? compare_years : compare_classes);
}

void summary_sort(struct summary *summary)
{
    sort(summary->anchor, summary->anchor_count, sizeof summary->anchor[0], compare_anchors);
    while (summary->anchor_count > 0 && summary->anchor[summary->anchor_count - 1].hosts == 0)
        X509_free(summary->anchor[--summary->anchor_count].x509);
    for (enum summary_table k = 0; k < SUMMARY_TABLE_COUNT; k++) {
        for (size_t i = 0; i < summary->anchor_count; i++)
            summary->table[k].row[summary->anchor[i].place[k]].anchors++;
        sort_table(summary, k);
    }
    sort(summary->failure, summary->failure_count, sizeof summary->failure[0], compare_failures);
}

void summary_free(struct summary *summary)
{
    for (size_t i = 0; i < summary->anchor_count; i++)
        X509_free(summary->anchor[i].x509);
    for (enum summary_table k = 0; k < SUMMARY_TABLE_COUNT; k++)
        free(summary->table[k].row);
    free(summary->anchor);
    free(summary->failure);
    digest_map_free(&summary->anchors);
    digest_map_free(&summary->failures);
    *summary = (struct summary){.hosts = 0};
}
