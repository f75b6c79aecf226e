/* cover.c -- hosts and the anchors that could serve them -> the fewest anchors, exactly
 *
 * Anchors that no host has in common are independent problems. Each is searched depth first with a
 * growing limit: take the host with the fewest candidates that none of the chosen serves, and try
 * each of them. */
#include "cover.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct cover_problem *problem;
    size_t *row; /* the distinct rows of one independent part */
    size_t *weight;
    size_t row_count;
    bool *trial; /* by column */
    bool *best;  /* by column */
    size_t best_cost;
    bool is_found;
    size_t steps;
};

static unsigned char cost_of(const struct search *search, size_t row, size_t column)
{
    return search->problem->cost[search->row[row] * search->problem->columns + column];
}

/* The least cost of a row among the columns on trial; 0 if none of them serves it. */
static unsigned char served_at(const struct search *search, size_t row)
{
    unsigned char least = 0;

    for (size_t c = 0; c < search->problem->columns; c++) {
        unsigned char cost = search->trial[c] ? cost_of(search, row, c) : 0;
        if (cost > 0 && (least == 0 || cost < least))
            least = cost;
    }
    return least;
}

/* The row with the fewest candidates among those not served, or row_count. */
static size_t find_open_row(const struct search *search)
{
    size_t found = search->row_count;
    size_t fewest = 0;

    for (size_t r = 0; r < search->row_count; r++) {
        size_t candidates = 0;
        if (served_at(search, r) > 0)
            continue;
        for (size_t c = 0; c < search->problem->columns; c++)
            candidates += cost_of(search, r, c) > 0 ? 1 : 0;
        if (found == search->row_count || candidates < fewest) {
            found = r;
            fewest = candidates;
        }
    }
    return found;
}

static void keep_if_best(struct search *search)
{
    size_t columns = search->problem->columns;
    size_t cost = 0;
    size_t c = 0;

    for (size_t r = 0; r < search->row_count; r++)
        cost += search->weight[r] * served_at(search, r);
    if (search->is_found && cost > search->best_cost)
        return;
    if (search->is_found && cost == search->best_cost) { /* the columns that come first */
        while (c < columns && search->trial[c] == search->best[c])
            c++;
        if (c == columns || !search->trial[c])
            return;
    }
    search->is_found = true;
    search->best_cost = cost;
    memcpy(search->best, search->trial, columns * sizeof *search->best);
}

/* Tries every way to serve the open rows with at most `left` more columns. */
static int descend(struct search *search, size_t left, struct error *err)
{
    size_t row;
    int rv = 0;

    if (++search->steps > COVER_STEPS_MAX) {
        error_set(err, ERROR_LIMIT, "--fewest: too many combinations of anchors");
        error_hint(err, "leave it out, or give fewer hosts at a time");
        return -1;
    }
    row = find_open_row(search);
    if (row == search->row_count) {
        keep_if_best(search);
        return 0;
    }
    for (size_t c = 0; rv == 0 && left > 0 && c < search->problem->columns; c++) {
        if (cost_of(search, row, c) == 0)
            continue;
        search->trial[c] = true;
        rv = descend(search, left - 1, err);
        search->trial[c] = false;
    }
    return rv;
}

static int solve_part(struct search *search, bool *is_chosen, struct error *err)
{
    search->is_found = false;
    for (size_t limit = 1; !search->is_found && limit <= search->row_count; limit++)
        if (descend(search, limit, err) != 0)
            return -1;
    for (size_t c = 0; c < search->problem->columns; c++)
        is_chosen[c] = is_chosen[c] || (search->is_found && search->best[c]);
    return 0;
}

/* Numbers the columns by the part that they belong to: rows join the columns that could serve them.
 */
static void number_parts(const struct cover_problem *problem, size_t *part)
{
    for (size_t c = 0; c < problem->columns; c++)
        part[c] = c;
    for (size_t r = 0; r < problem->rows; r++) {
        const unsigned char *cost = problem->cost + r * problem->columns;
        size_t joined = problem->columns;
        for (size_t c = 0; c < problem->columns; c++) {
            size_t from = part[c];
            if (cost[c] == 0)
                continue;
            if (joined == problem->columns)
                joined = from;
            for (size_t k = 0; from != joined && k < problem->columns; k++)
                part[k] = part[k] == from ? joined : part[k];
        }
    }
}

static bool is_in_part(const struct cover_problem *problem, size_t row, const size_t *part,
                       size_t wanted)
{
    for (size_t c = 0; c < problem->columns; c++)
        if (problem->cost[row * problem->columns + c] > 0)
            return part[c] == wanted;
    return false;
}

/* Collects a part's rows; equal ones count once, with their number as weight. */
static void collect_rows(struct search *search, const size_t *part, size_t wanted)
{
    const struct cover_problem *problem = search->problem;

    search->row_count = 0;
    for (size_t r = 0; r < problem->rows; r++) {
        size_t same = 0;
        if (!is_in_part(problem, r, part, wanted))
            continue;
        while (same < search->row_count &&
               memcmp(problem->cost + search->row[same] * problem->columns,
                      problem->cost + r * problem->columns, problem->columns) != 0)
            same++;
        if (same == search->row_count) {
            search->row[same] = r;
            search->weight[same] = 0;
            search->row_count++;
        }
        search->weight[same]++;
    }
}

int cover_solve(const struct cover_problem *problem, bool *is_chosen, struct error *err)
{
    struct search search = {.problem = problem};
    size_t *part = calloc(problem->columns + 1, sizeof *part);
    int rv = -1;

    search.row = calloc(problem->rows + 1, sizeof *search.row);
    search.weight = calloc(problem->rows + 1, sizeof *search.weight);
    search.trial = calloc(problem->columns + 1, sizeof *search.trial);
    search.best = calloc(problem->columns + 1, sizeof *search.best);
    if (part == NULL || search.row == NULL || search.weight == NULL || search.trial == NULL ||
        search.best == NULL) {
        error_no_memory(err);
        goto done;
    }
    memset(is_chosen, 0, problem->columns * sizeof *is_chosen);
    number_parts(problem, part);
    for (size_t p = 0; p < problem->columns; p++) {
        collect_rows(&search, part, p);
        if (search.row_count > 0 && solve_part(&search, is_chosen, err) != 0)
            goto done;
    }
    rv = 0;
done:
    free(search.best);
    free(search.trial);
    free(search.weight);
    free(search.row);
    free(part);
    return rv;
}
