/* test_cover.c -- the fewest anchors, against trying every set */
#include <stdint.h>
#include <string.h>

#include "path/cover.h"
#include "unit.h"

#define ROWS_MAX 12
#define COLUMNS_MAX 9
#define OPTIONS_MAX 4 /* of a row */

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static bool is_open(const struct cover_option *option, unsigned set)
{
    for (size_t i = 0; i < option->column_count; i++)
        if ((set >> option->column[i] & 1) == 0)
            return false;
    return true;
}

/* The sum over all rows of the cheapest option in the set; 0 if a row is not served. */
static unsigned cost_of_set(const struct cover_problem *problem, unsigned set)
{
    unsigned sum = 0;

    for (size_t r = 0; r < problem->rows; r++) {
        unsigned least = 0;
        for (size_t i = problem->first[r]; i < problem->first[r + 1]; i++)
            if (is_open(&problem->option[i], set) &&
                (least == 0 || problem->option[i].cost < least))
                least = problem->option[i].cost;
        if (least == 0)
            return 0;
        sum += least;
    }
    return sum;
}

static unsigned count_bits(unsigned set)
{
    unsigned count = 0;

    for (; set != 0; set &= set - 1)
        count++;
    return count;
}

/* Whether the set with the lowest column in which they differ comes first. */
static bool comes_first(unsigned a, unsigned b)
{
    unsigned differ = a ^ b;

    return (a & (differ & (~differ + 1))) != 0;
}

static unsigned best_by_force(const struct cover_problem *problem)
{
    unsigned best = 0, best_cost = 0;

    for (unsigned set = 1; set < 1u << problem->columns; set++) {
        unsigned cost = cost_of_set(problem, set);
        if (cost == 0)
            continue;
        if (best == 0 || count_bits(set) < count_bits(best) ||
            (count_bits(set) == count_bits(best) &&
             (cost < best_cost || (cost == best_cost && comes_first(set, best))))) {
            best = set;
            best_cost = cost;
        }
    }
    return best;
}

static unsigned solve(const struct cover_problem *problem)
{
    bool is_chosen[COLUMNS_MAX];
    size_t gap;
    struct error err = {.code = ERROR_NONE};
    unsigned set = 0;

    ck_assert_int_eq(cover_solve(problem, is_chosen, &gap, &err), 0);
    ck_assert_uint_eq(gap, 0);
    for (size_t c = 0; c < problem->columns; c++)
        set |= is_chosen[c] ? 1u << c : 0;
    return set;
}

/* Different columns, at most three. */
static struct cover_option random_option(uint32_t *state, size_t columns, unsigned width)
{
    struct cover_option option = {.column_count = 0, .cost = 2 + next_random(state) % 3};

    for (unsigned i = 0; i < 1 + next_random(state) % width; i++) {
        size_t column = next_random(state) % columns;
        bool is_there = false;
        for (size_t k = 0; k < option.column_count; k++)
            is_there = is_there || option.column[k] == column;
        if (!is_there)
            option.column[option.column_count++] = column;
    }
    return option;
}

/* Few options make tables that fall into parts; the best of the parts is the best of the whole. */
START_TEST(cover_is_minimal_against_brute_force)
{
    uint32_t state = 0x9e3779b9u + (uint32_t)_i;

    for (int round = 0; round < 300; round++) {
        struct cover_option option[ROWS_MAX * OPTIONS_MAX];
        size_t first[ROWS_MAX + 1] = {0};
        struct cover_problem problem = {option, first, 1 + next_random(&state) % ROWS_MAX,
                                        1 + next_random(&state) % COLUMNS_MAX, NULL};
        const unsigned width = _i % 2 == 0 ? 1 : 3;
        unsigned best, got;
        for (size_t r = 0; r < problem.rows; r++) {
            first[r + 1] = first[r] + 1 + next_random(&state) % OPTIONS_MAX;
            for (size_t i = first[r]; i < first[r + 1]; i++)
                option[i] = random_option(&state, problem.columns, width);
        }
        best = best_by_force(&problem);
        got = solve(&problem);
        ck_assert_uint_eq(count_bits(got), count_bits(best));
        ck_assert_uint_eq(cost_of_set(&problem, got), cost_of_set(&problem, best));
        ck_assert_uint_eq(got, best);
    }
}
END_TEST

START_TEST(cover_takes_the_anchor_in_common)
{
    /* Two hosts with a near anchor each, and a far one in common. */
    static const struct cover_option option[] = {
        {{0}, 1, 3}, {{2}, 1, 4}, {{1}, 1, 3}, {{2}, 1, 4}};
    static const size_t first[] = {0, 2, 4};
    const struct cover_problem problem = {option, first, 2, 3, NULL};

    ck_assert_uint_eq(solve(&problem), 4);
}
END_TEST

START_TEST(cover_counts_what_has_to_come_along)
{
    /* The same, but with the far one each host needs an intermediate of its own. */
    static const struct cover_option option[] = {
        {{0}, 1, 3}, {{2, 3}, 2, 4}, {{1}, 1, 3}, {{2, 4}, 2, 4}};
    static const size_t first[] = {0, 2, 4};
    const struct cover_problem problem = {option, first, 2, 5, NULL};

    ck_assert_uint_eq(solve(&problem), 3);
}
END_TEST

START_TEST(cover_counts_equal_hosts_by_their_number)
{
    /* One anchor of two will do for all; most hosts are nearer to the second. */
    static const struct cover_option option[] = {{{0}, 1, 2}, {{1}, 1, 4}, {{0}, 1, 4},
                                                 {{1}, 1, 2}, {{0}, 1, 4}, {{1}, 1, 2}};
    static const size_t first[] = {0, 2, 4, 6};
    const struct cover_problem problem = {option, first, 3, 2, NULL};

    ck_assert_uint_eq(solve(&problem), 2);
}
END_TEST

START_TEST(cover_counts_a_row_by_its_weight)
{
    static const struct cover_option option[] = {
        {{0}, 1, 2}, {{1}, 1, 4}, {{0}, 1, 4}, {{1}, 1, 2}};
    static const size_t first[] = {0, 2, 4}, weight[] = {1, 2}, reversed[] = {2, 1};
    const struct cover_problem problem = {option, first, 2, 2, weight};
    const struct cover_problem other = {option, first, 2, 2, reversed};

    ck_assert_uint_eq(solve(&problem), 2);
    ck_assert_uint_eq(solve(&other), 1);
}
END_TEST

START_TEST(cover_of_many_equal_hosts_is_quick)
{
    enum { ROWS = 20000 };
    static struct cover_option option[ROWS * 2];
    static size_t first[ROWS + 1];
    const struct cover_problem problem = {option, first, ROWS, 4, NULL};

    for (size_t r = 0; r < ROWS; r++) {
        option[2 * r] = (struct cover_option){{r % 4}, 1, 3};
        option[2 * r + 1] = (struct cover_option){{(r + 1) % 4}, 1, 4};
        first[r + 1] = 2 * r + 2;
    }
    ck_assert_uint_eq(count_bits(solve(&problem)), 2);
}
END_TEST

/* 40 hosts with three of 30 roots each: some 10 roots will do. */
START_TEST(cover_of_a_wide_graph_is_proven)
{
    enum { ROWS = 40, COLUMNS = 30 };
    static struct cover_option option[ROWS * 3];
    static size_t first[ROWS + 1];
    bool is_chosen[COLUMNS];
    size_t gap;
    const struct cover_problem problem = {option, first, ROWS, COLUMNS, NULL};
    struct error err = {.code = ERROR_NONE};
    uint32_t state = 1 + (uint32_t)_i;

    for (size_t i = 0; i < ROWS * 3; i++)
        option[i] = (struct cover_option){{next_random(&state) % COLUMNS}, 1, 3};
    for (size_t r = 0; r < ROWS; r++)
        first[r + 1] = 3 * r + 3;
    ck_assert_int_eq(cover_solve(&problem, is_chosen, &gap, &err), 0);
    ck_assert_uint_eq(gap, 0);
}
END_TEST

/* Each of 300 rows could have one of ten columns, or nine others; so ten will do. */
START_TEST(cover_without_proof_tells_how_far_off_it_may_be)
{
    enum { ROWS = 300, COLUMNS = 150, EACH = 10, PLANTED = 10 };
    static struct cover_option option[ROWS * EACH];
    static size_t first[ROWS + 1];
    static bool is_chosen[COLUMNS];
    const struct cover_problem problem = {option, first, ROWS, COLUMNS, NULL};
    struct error err = {.code = ERROR_NONE};
    uint32_t state = 7;
    size_t gap, count = 0;

    for (size_t i = 0; i < ROWS * EACH; i++) {
        size_t column = i % EACH == 0 ? next_random(&state) % PLANTED
                                      : PLANTED + next_random(&state) % (COLUMNS - PLANTED);
        option[i] = (struct cover_option){{column}, 1, 3};
    }
    for (size_t r = 0; r < ROWS; r++)
        first[r + 1] = EACH * r + EACH;
    ck_assert_int_eq(cover_solve(&problem, is_chosen, &gap, &err), 0);
    for (size_t c = 0; c < COLUMNS; c++)
        count += is_chosen[c] ? 1 : 0;
    ck_assert_msg(count <= gap + PLANTED, "%zu chosen, gap %zu", count, gap);
    ck_assert_uint_le(count, 30);
}
END_TEST

START_TEST(cover_without_proof_serves_all_the_same)
{
    enum { SIZE = 120, EACH = 12 };
    static struct cover_option option[SIZE * EACH];
    static size_t first[SIZE + 1];
    static bool is_chosen[SIZE];
    size_t gap;
    const struct cover_problem problem = {option, first, SIZE, SIZE, NULL};
    struct error err = {.code = ERROR_NONE};
    uint32_t state = 1;

    for (size_t i = 0; i < SIZE * EACH; i++)
        option[i] = random_option(&state, SIZE, 2);
    for (size_t r = 0; r < SIZE; r++)
        first[r + 1] = EACH * r + EACH;
    ck_assert_int_eq(cover_solve(&problem, is_chosen, &gap, &err), 0);
    ck_assert_uint_gt(gap, 0);
    for (size_t r = 0; r < SIZE; r++) {
        bool is_served = false;
        for (size_t i = first[r]; i < first[r + 1]; i++) {
            bool is_met = true;
            for (size_t k = 0; k < option[i].column_count; k++)
                is_met = is_met && is_chosen[option[i].column[k]];
            is_served = is_served || is_met;
        }
        ck_assert(is_served);
    }
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("cover");

    tcase_add_loop_test(cases, cover_is_minimal_against_brute_force, 0, 10);
    tcase_add_test(cases, cover_takes_the_anchor_in_common);
    tcase_add_test(cases, cover_counts_what_has_to_come_along);
    tcase_add_test(cases, cover_counts_equal_hosts_by_their_number);
    tcase_add_test(cases, cover_counts_a_row_by_its_weight);
    tcase_add_test(cases, cover_without_proof_tells_how_far_off_it_may_be);
    tcase_add_test(cases, cover_of_many_equal_hosts_is_quick);
    tcase_add_loop_test(cases, cover_of_a_wide_graph_is_proven, 0, 10);
    tcase_add_test(cases, cover_without_proof_serves_all_the_same);
    return unit_run("cover", cases);
}
