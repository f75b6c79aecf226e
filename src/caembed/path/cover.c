/* cover.c -- hosts and the sets of anchors that could serve them -> the fewest anchors for all
 *
 * Anchors that no host has in common are independent problems. In each a choice is made greedily;
 * then a search, depth first with a growing limit, looks for a smaller or a better one: it takes
 * the host with the fewest options among those that are not served, and tries each. A branch ends
 * where hosts that have no anchor in common need more anchors than are left. */
#include "path/cover.h"

#include <stdlib.h>
#include <string.h>

struct search {
    const struct cover_problem *problem;
    size_t *row; /* the distinct rows of one independent part */
    size_t *weight;
    size_t row_count;
    bool *trial; /* by column */
    size_t
        *left_out; /* by column: the depth at which it was left out of the trials; 0: it is not */
    size_t *mark, *gain; /* by column, scratch */
    size_t stamp;        /* of `mark` */
    bool *best;          /* by column */
    size_t best_cost, best_count;
    size_t looks; /* at options */
};

static const struct cover_option *options_of(const struct search *search, size_t row, size_t *count)
{
    const size_t *first = search->problem->first + search->row[row];

    *count = first[1] - first[0];
    return search->problem->option + first[0];
}

/* How many columns the option adds to the trial; SIZE_MAX if one of them is left out. */
static size_t added_by(const struct search *search, const struct cover_option *option)
{
    size_t added = 0;

    for (size_t i = 0; i < option->column_count; i++) {
        if (search->left_out[option->column[i]] > 0)
            return (size_t)-1;
        added += search->trial[option->column[i]] ? 0 : 1;
    }
    return added;
}

/* The least cost at which the trial serves a row; 0 if it does not. */
static unsigned served_at(const struct search *search, size_t row)
{
    size_t count;
    const struct cover_option *option = options_of(search, row, &count);
    unsigned least = 0;

    for (size_t i = 0; i < count; i++)
        if (added_by(search, &option[i]) == 0 && (least == 0 || option[i].cost < least))
            least = option[i].cost;
    return least;
}

static void keep_if_best(struct search *search)
{
    size_t columns = search->problem->columns;
    size_t count = 0, cost = 0, c = 0;

    for (size_t i = 0; i < columns; i++)
        count += search->trial[i] ? 1 : 0;
    for (size_t r = 0; r < search->row_count; r++)
        cost += search->weight[r] * served_at(search, r);
    while (c < columns && search->trial[c] == search->best[c])
        c++;
    if (count > search->best_count ||
        (count == search->best_count &&
         (cost > search->best_cost ||
          (cost == search->best_cost && (c == columns || !search->trial[c])))))
        return;
    search->best_count = count;
    search->best_cost = cost;
    memcpy(search->best, search->trial, columns * sizeof *search->best);
}

/* ---- greedily ---- */

static void add_columns(struct search *search, const struct cover_option *option)
{
    for (size_t i = 0; i < option->column_count; i++)
        search->trial[option->column[i]] = true;
}

/* Counts for each column the rows that it would serve alone. Returns the first open row, or
 * row_count. */
static size_t count_gains(struct search *search)
{
    size_t open = search->row_count;

    memset(search->gain, 0, search->problem->columns * sizeof *search->gain);
    for (size_t r = search->row_count; r-- > 0;) {
        size_t count;
        const struct cover_option *option = options_of(search, r, &count);
        if (served_at(search, r) > 0)
            continue;
        open = r;
        for (size_t i = 0; i < count; i++)
            search->gain[option[i].column[0]] +=
                option[i].column_count == 1 ? search->weight[r] : 0;
    }
    return open;
}

static void choose_greedily(struct search *search)
{
    size_t columns = search->problem->columns;
    size_t row;

    while ((row = count_gains(search)) < search->row_count) {
        size_t best = 0, count;
        for (size_t c = 1; c < columns; c++)
            if (search->gain[c] > search->gain[best])
                best = c;
        if (search->gain[best] > 0) {
            search->trial[best] = true;
            continue;
        }
        for (; row < search->row_count; row++) /* none is served by one column */
            if (served_at(search, row) == 0)
                add_columns(search, options_of(search, row, &count));
    }
    search->best_count = columns + 1;
    keep_if_best(search);
    memset(search->trial, 0, columns * sizeof *search->trial);
}

/* ---- exactly ---- */

/* Marks the columns of a row's open options. Whether one of them was marked before. */
static bool mark_columns(struct search *search, const struct cover_option *option, size_t count)
{
    bool was_marked = false;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; added_by(search, &option[i]) != (size_t)-1 && k < option[i].column_count;
             k++)
            was_marked = was_marked || search->mark[option[i].column[k]] == search->stamp;
    for (size_t i = 0; !was_marked && i < count; i++)
        for (size_t k = 0; added_by(search, &option[i]) != (size_t)-1 && k < option[i].column_count;
             k++)
            if (!search->trial[option[i].column[k]])
                search->mark[option[i].column[k]] = search->stamp;
    return was_marked;
}

/* The row with the fewest options among those not served, or row_count. *least is how many columns
 * have to be added at the least: the sum over rows that have none in common. */
static size_t find_open_row(struct search *search, size_t *least)
{
    size_t found = search->row_count;
    size_t fewest = 0;

    *least = 0;
    search->stamp++;
    for (size_t r = 0; r < search->row_count; r++) {
        size_t count, possible = 0, added = (size_t)-1;
        const struct cover_option *option = options_of(search, r, &count);
        search->looks += count;
        if (served_at(search, r) > 0)
            continue;
        for (size_t i = 0; i < count; i++) {
            size_t adds = added_by(search, &option[i]);
            possible += adds != (size_t)-1 ? 1 : 0;
            added = adds < added ? adds : added;
        }
        if (possible == 0) {
            *least = (size_t)-1;
            return r;
        }
        if (!mark_columns(search, option, count))
            *least += added;
        if (found == search->row_count || possible < fewest) {
            found = r;
            fewest = possible;
        }
    }
    return found;
}

/* Tries every way to serve the open rows with at most `left` more columns. A column that was tried
 * alone is left out of the trials after it. Returns false where it was given up. */
static bool descend(struct search *search, size_t left, size_t depth)
{
    bool is_complete = true;
    size_t row, least, count;
    const struct cover_option *option;

    if (search->looks > COVER_LOOKS_MAX || depth > COVER_DEPTH_MAX)
        return false;
    row = find_open_row(search, &least);
    if (row == search->row_count) {
        keep_if_best(search);
        return true;
    }
    if (least > left)
        return true;
    option = options_of(search, row, &count);
    for (size_t i = 0; is_complete && i < count; i++) {
        bool is_new[COVER_OPTION_COLUMNS_MAX] = {false};
        size_t added = added_by(search, &option[i]);
        if (added > left) /* as SIZE_MAX is */
            continue;
        for (size_t k = 0; k < option[i].column_count; k++)
            is_new[k] = !search->trial[option[i].column[k]];
        add_columns(search, &option[i]);
        is_complete = descend(search, left - added, depth + 1);
        for (size_t k = 0; k < option[i].column_count; k++) {
            size_t column = option[i].column[k];
            search->trial[column] = search->trial[column] && !is_new[k];
            if (is_new[k] && added == 1)
                search->left_out[column] = depth;
        }
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < option[i].column_count; k++)
            if (search->left_out[option[i].column[k]] == depth)
                search->left_out[option[i].column[k]] = 0;
    return is_complete;
}

static void solve_part(struct search *search, bool *is_chosen, size_t *gap)
{
    size_t columns = search->problem->columns;
    size_t least;

    choose_greedily(search);
    search->looks = 0;
    (void)find_open_row(search, &least);
    for (size_t limit = least; limit <= search->best_count; limit++) {
        if (descend(search, limit, 1))
            continue;
        *gap += search->best_count - limit; /* 0: only ties were left */
        memset(search->trial, 0, columns * sizeof *search->trial);
        memset(search->left_out, 0, columns * sizeof *search->left_out);
        break;
    }
    for (size_t c = 0; c < columns; c++)
        is_chosen[c] = is_chosen[c] || search->best[c];
}

/* ---- independent parts ---- */

/* Numbers the columns by the part that they belong to: rows join the columns that could serve them.
 */
static void number_parts(const struct cover_problem *problem, size_t *part)
{
    for (size_t c = 0; c < problem->columns; c++)
        part[c] = c;
    for (size_t r = 0; r < problem->rows; r++) {
        const struct cover_option *option = problem->option + problem->first[r];
        size_t count = problem->first[r + 1] - problem->first[r];
        size_t joined = part[option[0].column[0]];
        for (size_t i = 0; i < count; i++) {
            for (size_t k = 0; k < option[i].column_count; k++) {
                size_t from = part[option[i].column[k]];
                for (size_t c = 0; from != joined && c < problem->columns; c++)
                    part[c] = part[c] == from ? joined : part[c];
            }
        }
    }
}

static bool is_same_option(const struct cover_option *a, const struct cover_option *b)
{
    return a->cost == b->cost && a->column_count == b->column_count &&
           memcmp(a->column, b->column, a->column_count * sizeof a->column[0]) == 0;
}

static bool is_same_row(const struct cover_problem *problem, size_t a, size_t b)
{
    size_t count = problem->first[a + 1] - problem->first[a];

    if (count != problem->first[b + 1] - problem->first[b])
        return false;
    for (size_t i = 0; i < count; i++)
        if (!is_same_option(&problem->option[problem->first[a] + i],
                            &problem->option[problem->first[b] + i]))
            return false;
    return true;
}

/* Collects a part's rows; equal ones count once, with their number as weight. */
static void collect_rows(struct search *search, const size_t *part, size_t wanted)
{
    const struct cover_problem *problem = search->problem;

    search->row_count = 0;
    for (size_t r = 0; r < problem->rows; r++) {
        size_t same = 0;
        if (part[problem->option[problem->first[r]].column[0]] != wanted)
            continue;
        while (same < search->row_count && !is_same_row(problem, search->row[same], r))
            same++;
        if (same == search->row_count) {
            search->row[same] = r;
            search->weight[same] = 0;
            search->row_count++;
        }
        search->weight[same] += problem->weight != NULL ? problem->weight[r] : 1;
    }
}

int cover_solve(const struct cover_problem *problem, bool *is_chosen, size_t *gap,
                struct error *err)
{
    const size_t columns = problem->columns + 1; /* not none */
    struct search search = {.problem = problem};
    size_t *part = calloc(columns, sizeof *part);
    int rv = -1;

    search.row = calloc(problem->rows + 1, sizeof *search.row);
    search.weight = calloc(problem->rows + 1, sizeof *search.weight);
    search.trial = calloc(columns, sizeof *search.trial);
    search.left_out = calloc(columns, sizeof *search.left_out);
    search.mark = calloc(columns, sizeof *search.mark);
    search.gain = calloc(columns, sizeof *search.gain);
    search.best = calloc(columns, sizeof *search.best);
    if (part == NULL || search.row == NULL || search.weight == NULL || search.trial == NULL ||
        search.left_out == NULL || search.mark == NULL || search.gain == NULL ||
        search.best == NULL) {
        error_no_memory(err);
        goto done;
    }
    memset(is_chosen, 0, problem->columns * sizeof *is_chosen);
    *gap = 0;
    number_parts(problem, part);
    for (size_t p = 0; p < problem->columns; p++) {
        collect_rows(&search, part, p);
        if (search.row_count > 0)
            solve_part(&search, is_chosen, gap);
    }
    rv = 0;
done:
    free(search.best);
    free(search.gain);
    free(search.mark);
    free(search.left_out);
    free(search.trial);
    free(search.weight);
    free(search.row);
    free(part);
    return rv;
}
