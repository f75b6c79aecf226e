/* fewest.c -- every host's valid paths -> the fewest anchors for all, and each host's path to one
 * of them */
#include "fewest.h"

#include <stdlib.h>
#include <string.h>

#include "cert.h"
#include "cover.h"

struct table {
    const struct path **anchor; /* a path to each anchor, the preferred first */
    size_t anchor_count;
    unsigned char *cost; /* a row a host that did not fail */
    bool *is_chosen;
};

static bool is_usable(const struct path *path, const struct options *options)
{
    return path_is_valid(path) && assess_fit(anchor_of(path), options->target) != ANCHOR_REFUSED;
}

static size_t find_anchor(const struct table *table, const X509 *anchor)
{
    size_t i = 0;

    while (i < table->anchor_count && !cert_equal(anchor_of(table->anchor[i]), anchor))
        i++;
    return i;
}

/* Puts the path's anchor into the table, before those that the rules prefer less. */
static int add_anchor(struct table *table, const struct path *path,
                      const struct anchor_policy *policy, struct error *err)
{
    const struct path **larger;
    size_t at = find_anchor(table, anchor_of(path));

    if (at < table->anchor_count)
        return 0;
    larger = realloc(table->anchor, (table->anchor_count + 1) * sizeof *larger);
    if (larger == NULL)
        return error_no_memory(err);
    table->anchor = larger;
    for (; at > 0; at--) {
        bool is_before;
        if (anchor_is_preferred(path, larger[at - 1], policy, &is_before, err) != 0)
            return -1;
        if (!is_before)
            break;
        larger[at] = larger[at - 1];
    }
    larger[at] = path;
    table->anchor_count++;
    return 0;
}

static int fill_anchors(struct table *table, struct host *const *host, size_t count,
                        const struct options *options, struct error *err)
{
    const struct anchor_policy policy = {assess_fit, options->target};

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; host[i]->err.code == ERROR_NONE && k < host[i]->paths.count; k++)
            if (is_usable(&host[i]->paths.path[k], options) &&
                add_anchor(table, &host[i]->paths.path[k], &policy, err) != 0)
                return -1;
    return 0;
}

/* Paths are sorted by length, so that the first to an anchor is the shortest. */
static size_t fill_costs(struct table *table, struct host *const *host, size_t count,
                         const struct options *options)
{
    size_t rows = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned char *row = table->cost + rows * table->anchor_count;
        if (host[i]->err.code != ERROR_NONE)
            continue;
        for (size_t k = 0; k < host[i]->paths.count; k++) {
            const struct path *path = &host[i]->paths.path[k];
            size_t column = find_anchor(table, anchor_of(path));
            if (column < table->anchor_count && row[column] == 0 && is_usable(path, options))
                row[column] = (unsigned char)path->length;
        }
        rows++;
    }
    return rows;
}

/* The host's shortest path to a chosen anchor; among equals to the preferred one. */
static const struct path *best_path(const struct host *host, const struct table *table,
                                    const struct options *options)
{
    const struct path *best = NULL;
    size_t best_column = 0;

    for (size_t k = 0; k < host->paths.count; k++) {
        const struct path *path = &host->paths.path[k];
        size_t column = find_anchor(table, anchor_of(path));
        if (column == table->anchor_count || !table->is_chosen[column] || !is_usable(path, options))
            continue;
        if (best == NULL || path->length < best->length ||
            (path->length == best->length && column < best_column)) {
            best = path;
            best_column = column;
        }
    }
    return best;
}

static void rechoose(struct host *host, const struct table *table, const struct options *options)
{
    const struct path *path = best_path(host, table, options);

    if (path == NULL || cert_equal(anchor_of(path), anchor_of(host->chosen)))
        return;
    host->chosen = path;
    host->reason = ANCHOR_FEWEST;
    (void)!assess_path(options->target, path, &host->presented, &host->endpoint, options->at,
                       &host->assessment, &host->err);
}

/* The PEM bytes of all anchors that the hosts use now. */
static size_t count_bytes(struct host *const *host, size_t count, const struct table *table)
{
    size_t bytes = 0;

    for (size_t column = 0; column < table->anchor_count; column++) {
        const X509 *anchor = anchor_of(table->anchor[column]);
        bool is_used = false;
        for (size_t i = 0; i < count && !is_used; i++)
            is_used =
                host[i]->err.code == ERROR_NONE && cert_equal(anchor_of(host[i]->chosen), anchor);
        bytes += is_used ? cert_pem_length(anchor) : 0;
    }
    return bytes;
}

int fewest_choose(struct host *const *host, size_t count, const struct options *options,
                  size_t *saved_bytes, struct error *err)
{
    struct table table = {0};
    struct cover_problem problem;
    size_t before, after;
    int rv = -1;

    *saved_bytes = 0;
    if (fill_anchors(&table, host, count, options, err) != 0)
        goto done;
    table.cost = calloc(count * table.anchor_count + 1, 1);
    table.is_chosen = calloc(table.anchor_count + 1, sizeof *table.is_chosen);
    if (table.cost == NULL || table.is_chosen == NULL) {
        error_no_memory(err);
        goto done;
    }
    problem = (struct cover_problem){table.cost, fill_costs(&table, host, count, options),
                                     table.anchor_count};
    if (cover_solve(&problem, table.is_chosen, err) != 0)
        goto done;
    before = count_bytes(host, count, &table);
    for (size_t i = 0; i < count; i++)
        if (host[i]->err.code == ERROR_NONE)
            rechoose(host[i], &table, options);
    after = count_bytes(host, count, &table);
    *saved_bytes = before > after ? before - after : 0;
    rv = 0;
done:
    free(table.is_chosen);
    free(table.cost);
    free(table.anchor);
    return rv;
}
