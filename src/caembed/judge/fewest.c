/* fewest.c -- every host's valid paths -> the fewest anchors for all, and each host's path to one
 * of them */
#include "judge/fewest.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "path/cover.h"
#include "x509/cert.h"

#if ASSESS_ANCHOR_COUNT_MAX > COVER_OPTION_COLUMNS_MAX
#error "an option has room for every anchor of a host"
#endif

/* A certificate that some host could have for an anchor. */
struct column {
    X509 *x509;
    const struct path *path; /* that ends there; NULL: an intermediate */
};

struct table {
    const struct judge *judge;
    struct host **host; /* a row each: those that did not fail */
    size_t *first;      /* of its options; one more than there are rows */
    size_t rows;
    struct cover_option *option;
    const struct path **path; /* of each option */
    size_t option_count;
    struct column *column;
    size_t column_count;
    bool *is_chosen; /* by column, as are the next two */
    bool *is_used_before, *is_used_after;
};

static void table_free(struct table *table)
{
    free(table->host);
    free(table->first);
    free(table->option);
    free(table->path);
    free(table->column);
    free(table->is_chosen);
    free(table->is_used_before);
    free(table->is_used_after);
}

static int add_column(struct table *table, X509 *x509, const struct path *path, size_t *out)
{
    struct column *larger;

    for (*out = 0; *out < table->column_count; ++*out)
        if (cert_equal(table->column[*out].x509, x509))
            return 0;
    larger = array_grow(table->column, table->column_count, sizeof *larger);
    if (larger == NULL)
        return -1;
    table->column = larger;
    larger[table->column_count++] = (struct column){x509, path};
    return 0;
}

/* The option that stands for these anchors: the root of `path` first, then the intermediates. */
static int make_option(struct table *table, const struct path *path,
                       const struct assessment *assessment, struct cover_option *out)
{
    *out = (struct cover_option){.column_count = assessment->anchor_count,
                                 .cost = (unsigned)path->length};
    for (size_t i = 0; i < assessment->anchor_count; i++)
        if (add_column(table, assessment->anchor[i].x509, i == 0 ? path : NULL, &out->column[i]) !=
            0)
            return -1;
    return 0;
}

static bool has_same_columns(const struct cover_option *a, const struct cover_option *b)
{
    return a->column_count == b->column_count &&
           memcmp(a->column, b->column, a->column_count * sizeof a->column[0]) == 0;
}

/* Adds an option unless the row has one with the same anchors: paths are sorted by length, so that
 * the first is the shortest. */
static int add_option(struct table *table, const struct cover_option *option,
                      const struct path *path)
{
    struct cover_option *options;
    const struct path **paths;

    for (size_t i = table->first[table->rows]; i < table->option_count; i++)
        if (has_same_columns(&table->option[i], option))
            return 0;
    options = array_grow(table->option, table->option_count, sizeof *options);
    if (options == NULL)
        return -1;
    table->option = options;
    paths = array_grow(table->path, table->option_count, sizeof *paths);
    if (paths == NULL)
        return -1;
    table->path = paths;
    options[table->option_count] = *option;
    paths[table->option_count++] = path;
    return 0;
}

/* Adds a host's row: its own choice, and every other valid path that the target can take. */
static int add_row(struct table *table, struct host *host)
{
    const struct judge *judge = table->judge;
    const struct judge own = host_judge(host, judge);
    const struct assess_view view = {judge->target, host->last};
    struct cover_option option;

    table->first[table->rows] = table->option_count;
    for (size_t i = 0; i < host->paths.count; i++) {
        const struct path *path = &host->paths.path[i];
        struct assessment assessment;
        struct error refusal = {.code = ERROR_NONE};
        if (!path_is_valid(path) || assess_fit(path, &view) >= ANCHOR_REFUSED ||
            assess_path(judge->target, path, &host->presented, &host->endpoint, own.verify_time,
                        &assessment, &refusal) != 0)
            continue;
        if (make_option(table, path, &assessment, &option) != 0 ||
            add_option(table, &option, path) != 0)
            return -1;
    }
    if (make_option(table, host->chosen, &host->assessment, &option) != 0 ||
        add_option(table, &option, host->chosen) != 0)
        return -1;
    table->host[table->rows++] = host;
    table->first[table->rows] = table->option_count;
    return 0;
}

static int fill(struct table *table, struct host *const *host, size_t count, struct error *err)
{
    table->host = calloc(count + 1, sizeof(struct host *));
    table->first = calloc(count + 1, sizeof *table->first);
    if (table->host == NULL || table->first == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++)
        if (host[i]->err.code == ERROR_NONE && add_row(table, host[i]) != 0)
            return error_no_memory(err);
    table->is_chosen = calloc(table->column_count + 1, sizeof *table->is_chosen);
    table->is_used_before = calloc(table->column_count + 1, sizeof *table->is_used_before);
    table->is_used_after = calloc(table->column_count + 1, sizeof *table->is_used_after);
    if (table->is_chosen == NULL || table->is_used_before == NULL || table->is_used_after == NULL)
        return error_no_memory(err);
    return 0;
}

/* ---- columns in the order of preference ---- */

/* Roots by the rules, then intermediates as they came. */
static int comes_before(const struct table *table, size_t a, size_t b, bool *out, struct error *err)
{
    const struct assess_view view = {table->judge->target, NULL};
    const struct anchor_policy policy = {assess_fit, &view, table->judge->until};
    const struct path *first = table->column[a].path, *second = table->column[b].path;

    *out = first != NULL ? second == NULL : second == NULL && a < b;
    if (first == NULL || second == NULL)
        return 0;
    return anchor_is_preferred(first, second, &policy, out, err);
}

/* Sorts the columns; rank[] says where each went. */
static int rank_columns(const struct table *table, size_t *order, size_t *rank, struct error *err)
{
    for (size_t i = 0; i < table->column_count; i++) {
        size_t at = i;
        for (; at > 0; at--) {
            bool is_before;
            if (comes_before(table, i, order[at - 1], &is_before, err) != 0)
                return -1;
            if (!is_before)
                break;
            order[at] = order[at - 1];
        }
        order[at] = i;
    }
    for (size_t i = 0; i < table->column_count; i++)
        rank[order[i]] = i;
    return 0;
}

static int sort_columns(struct table *table, struct error *err)
{
    size_t *order = calloc(table->column_count + 1, sizeof *order);
    size_t *rank = calloc(table->column_count + 1, sizeof *rank);
    struct column *sorted = calloc(table->column_count + 1, sizeof *sorted);
    int rv = -1;

    if (order == NULL || rank == NULL || sorted == NULL)
        error_no_memory(err);
    else
        rv = rank_columns(table, order, rank, err);
    for (size_t i = 0; rv == 0 && i < table->column_count; i++)
        sorted[i] = table->column[order[i]];
    for (size_t i = 0; rv == 0 && i < table->option_count; i++)
        for (size_t k = 0; k < table->option[i].column_count; k++)
            table->option[i].column[k] = rank[table->option[i].column[k]];
    if (rv == 0) {
        free(table->column);
        table->column = sorted;
        sorted = NULL;
    }
    free(sorted);
    free(rank);
    free(order);
    return rv;
}

/* ---- what the choice means for each host ---- */

static bool is_open(const struct table *table, const struct cover_option *option)
{
    for (size_t i = 0; i < option->column_count; i++)
        if (!table->is_chosen[option->column[i]])
            return false;
    return true;
}

/* The row's shortest option among the chosen anchors; among equals that of the preferred anchor. */
static size_t best_option(const struct table *table, size_t row)
{
    size_t best = table->first[row + 1];

    for (size_t i = table->first[row]; i < table->first[row + 1]; i++) {
        const struct cover_option *option = &table->option[i];
        if (is_open(table, option) &&
            (best == table->first[row + 1] || option->cost < table->option[best].cost ||
             (option->cost == table->option[best].cost &&
              option->column[0] < table->option[best].column[0])))
            best = i;
    }
    return best;
}

static bool is_own_choice(const struct table *table, const struct cover_option *option,
                          const struct host *host)
{
    if (option->column_count != host->assessment.anchor_count)
        return false;
    for (size_t i = 0; i < option->column_count; i++)
        if (!cert_equal(table->column[option->column[i]].x509, host->assessment.anchor[i].x509))
            return false;
    return true;
}

static void use(const struct cover_option *option, bool *is_used)
{
    for (size_t i = 0; i < option->column_count; i++)
        is_used[option->column[i]] = true;
}

static int rechoose(struct table *table, size_t row, struct error *err)
{
    const struct judge *judge = table->judge;
    struct host *host = table->host[row];
    size_t best = best_option(table, row);

    for (size_t i = table->first[row]; i < table->first[row + 1]; i++)
        if (is_own_choice(table, &table->option[i], host))
            use(&table->option[i], table->is_used_before);
    use(&table->option[best], table->is_used_after);
    if (is_own_choice(table, &table->option[best], host))
        return 0;
    host->chosen = table->path[best];
    host->reason = ANCHOR_FEWEST;
    return assess_path(judge->target, host->chosen, &host->presented, &host->endpoint,
                       host_judge(host, judge).verify_time, &host->assessment, err);
}

static size_t count_bytes(const struct table *table, const bool *is_used)
{
    size_t bytes = 0;

    for (size_t i = 0; i < table->column_count; i++)
        bytes += is_used[i] ? cert_pem_length(table->column[i].x509) : 0;
    return bytes;
}

int fewest_choose(struct host *const *host, size_t count, const struct judge *judge,
                  struct fewest_outcome *out, struct error *err)
{
    struct table table = {.judge = judge};
    struct cover_problem problem;
    size_t before, after;
    int rv = -1;

    *out = (struct fewest_outcome){.saved_bytes = 0, .is_proven = true};
    if (fill(&table, host, count, err) != 0 || sort_columns(&table, err) != 0)
        goto done;
    problem = (struct cover_problem){table.option, table.first, table.rows, table.column_count};
    if (cover_solve(&problem, table.is_chosen, &out->is_proven, err) != 0)
        goto done;
    for (size_t row = 0; row < table.rows; row++)
        if (rechoose(&table, row, err) != 0)
            goto done;
    before = count_bytes(&table, table.is_used_before);
    after = count_bytes(&table, table.is_used_after);
    out->saved_bytes = before > after ? before - after : 0;
    rv = 0;
done:
    table_free(&table);
    return rv;
}
