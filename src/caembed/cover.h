/* cover.h -- the smallest choice that serves everybody (minimum hitting set) */
#ifndef CAEMBED_COVER_H
#define CAEMBED_COVER_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/* The search is exact; one that would take more steps than this is ERROR_LIMIT. */
#define COVER_STEPS_MAX 100000

/* Rows are hosts, columns are anchors. cost[row * columns + column] is what it costs the row to be
 * served by the column, from 1; 0 if the column can't serve it. Columns come in the order of
 * preference. */
struct cover_problem {
    const unsigned char *cost;
    size_t rows;
    size_t columns;
};

/* Sets is_chosen[column] for the least number of columns that serve every row; among equals for the
 * least sum over all rows of the cheapest column's cost; then for the columns that come first.
 * Every row must have a column. */
int cover_solve(const struct cover_problem *problem, bool *is_chosen, struct error *err) MUST_USE;

#endif
