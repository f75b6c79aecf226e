/* test_cover.c -- the fewest anchors, against trying every set */
#include <stdint.h>
#include <string.h>

#include "cover.h"
#include "unit.h"

#define ROWS_MAX 12
#define COLUMNS_MAX 9

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* The sum over all rows of the cheapest column in the set; 0 if a row is not served. */
static unsigned cost_of_set(const struct cover_problem *problem, unsigned set)
{
    unsigned sum = 0;

    for (size_t r = 0; r < problem->rows; r++) {
        unsigned least = 0;
        for (size_t c = 0; c < problem->columns; c++) {
            unsigned cost = (set >> c & 1) != 0 ? problem->cost[r * problem->columns + c] : 0;
            if (cost > 0 && (least == 0 || cost < least))
                least = cost;
        }
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
    struct error err = {.code = ERROR_NONE};
    unsigned set = 0;

    ck_assert_int_eq(cover_solve(problem, is_chosen, &err), 0);
    for (size_t c = 0; c < problem->columns; c++)
        set |= is_chosen[c] ? 1u << c : 0;
    return set;
}

/* Sparse tables fall into parts; the sum of the parts is the best of the whole, column by column.
 */
START_TEST(cover_is_minimal_against_brute_force)
{
    uint32_t state = 0x9e3779b9u + (uint32_t)_i;

    for (int round = 0; round < 300; round++) {
        unsigned char cost[ROWS_MAX * COLUMNS_MAX] = {0};
        struct cover_problem problem = {cost, 1 + next_random(&state) % ROWS_MAX,
                                        1 + next_random(&state) % COLUMNS_MAX};
        unsigned density = 2 + next_random(&state) % 5;
        unsigned best, got;
        for (size_t r = 0; r < problem.rows; r++) {
            for (size_t c = 0; c < problem.columns; c++)
                if (next_random(&state) % density == 0)
                    cost[r * problem.columns + c] = (unsigned char)(2 + next_random(&state) % 3);
            if (memchr(cost + r * problem.columns, 0, problem.columns) ==
                cost + r * problem.columns)
                cost[r * problem.columns + next_random(&state) % problem.columns] = 3;
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
    static const unsigned char cost[] = {3, 0, 4, 0, 3, 4};
    const struct cover_problem problem = {cost, 2, 3};

    ck_assert_uint_eq(solve(&problem), 4);
}
END_TEST

START_TEST(cover_counts_equal_hosts_by_their_number)
{
    /* One anchor of two will do for all; most hosts are nearer to the second. */
    static const unsigned char cost[] = {2, 4, 4, 2, 4, 2};
    const struct cover_problem problem = {cost, 3, 2};

    ck_assert_uint_eq(solve(&problem), 2);
}
END_TEST

START_TEST(cover_of_many_equal_hosts_is_quick)
{
    static unsigned char cost[20000 * 4];
    const struct cover_problem problem = {cost, 20000, 4};

    for (size_t r = 0; r < problem.rows; r++) {
        cost[r * 4 + r % 4] = 3;
        cost[r * 4 + (r + 1) % 4] = 4;
    }
    ck_assert_uint_eq(count_bits(solve(&problem)), 2);
}
END_TEST

START_TEST(cover_stops_at_its_bound)
{
    enum { SIZE = 120 };
    static unsigned char cost[SIZE * SIZE];
    static bool is_chosen[SIZE];
    const struct cover_problem problem = {cost, SIZE, SIZE};
    struct error err = {.code = ERROR_NONE};
    uint32_t state = 1;

    for (size_t i = 0; i < sizeof cost; i++)
        cost[i] = next_random(&state) % 12 == 0 ? 3 : 0;
    for (size_t r = 0; r < SIZE; r++)
        cost[r * SIZE + r] = 3;
    ck_assert_int_eq(cover_solve(&problem, is_chosen, &err), -1);
    ck_assert_int_eq(err.code, ERROR_LIMIT);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("cover");

    tcase_add_loop_test(cases, cover_is_minimal_against_brute_force, 0, 10);
    tcase_add_test(cases, cover_takes_the_anchor_in_common);
    tcase_add_test(cases, cover_counts_equal_hosts_by_their_number);
    tcase_add_test(cases, cover_of_many_equal_hosts_is_quick);
    tcase_add_test(cases, cover_stops_at_its_bound);
    return unit_run("cover", cases);
}
