/* cover.h -- the smallest choice that serves everybody (minimum hitting set) */
#ifndef CAEMBED_PATH_COVER_H
#define CAEMBED_PATH_COVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define COVER_OPTION_COLUMNS_MAX 4

/* A search that looks at more options than this, or is deeper, goes without the proof that its
 * result is the smallest. */
#define COVER_LOOKS_MAX 50000000UL
#define COVER_DEPTH_MAX 1000

/* A way to serve a row (a host): all of these columns (anchors) are chosen. */
struct cover_option {
    size_t column[COVER_OPTION_COLUMNS_MAX];
    size_t column_count; /* from 1 */
    unsigned cost;
};

/* Columns come in the order of preference. */
struct cover_problem {
    const struct cover_option *option; /* of all rows, one after the other */
    const size_t *first; /* row r has the options from first[r] up to first[r + 1]; at least one */
    size_t rows;
    size_t columns;
    const size_t *weight; /* by row: so many hosts are alike; NULL: 1 each */
};

/* Sets is_chosen[column] for the least number of columns that serve every row; among equals for the
 * least sum over all hosts of the cheapest option's cost; then for the columns that come first.
 * *gap is 0 if no smaller choice exists; if the search was given up, one that is smaller by at most
 * so many columns may. */
int cover_solve(const struct cover_problem *problem, bool *is_chosen, size_t *gap,
                struct error *err) MUST_USE;

#endif
