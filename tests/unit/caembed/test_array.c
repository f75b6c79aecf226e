/* test_array.c -- arrays that grow by one element */
#include <stdlib.h>

#include "base/array.h"
#include "unit.h"

START_TEST(array_keeps_every_element_while_it_grows)
{
    size_t *array = NULL;

    for (size_t i = 0; i < 10000; i++) {
        size_t *larger = array_grow(array, i, sizeof *larger);
        ck_assert_ptr_nonnull(larger);
        array = larger;
        array[i] = i;
    }
    for (size_t i = 0; i < 10000; i++)
        ck_assert_uint_eq(array[i], i);
    free(array);
}
END_TEST

START_TEST(array_that_shrank_can_grow_again)
{
    static const size_t counts[] = {0, 3, 7, 8, 9, 15, 16, 17, 63, 64};
    size_t *array = NULL;

    for (size_t i = 0; i < 64; i++) {
        array = array_grow(array, i, sizeof *array);
        array[i] = i;
    }
    for (size_t count = counts[_i]; count <= 64; count++) { /* from counts[_i] elements on */
        array = array_grow(array, count, sizeof *array);
        array[count] = count;
    }
    for (size_t i = 0; i <= 64; i++)
        ck_assert_uint_eq(array[i], i);
    free(array);
}
END_TEST

START_TEST(array_too_large_for_memory_stays_as_it_is)
{
    int *array = array_grow(NULL, 0, sizeof *array);

    ck_assert_ptr_nonnull(array);
    ck_assert_ptr_null(array_grow(array, ((size_t)-1 >> 1) + 1, 1));
    ck_assert_ptr_null(array_grow(array, (size_t)1 << (8 * sizeof(size_t) - 2), sizeof *array));
    free(array);
}
END_TEST

int main(void)
{
    TCase *tcase = tcase_create("array");

    tcase_add_test(tcase, array_keeps_every_element_while_it_grows);
    tcase_add_loop_test(tcase, array_that_shrank_can_grow_again, 0, 10);
    tcase_add_test(tcase, array_too_large_for_memory_stays_as_it_is);
    return unit_run("array", tcase);
}
