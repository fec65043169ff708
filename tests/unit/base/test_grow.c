/* Arrays that double: what is in them stays, and a failure leaves them as they were. */
#include "../test.h"

#include <warrant/grow.h>

static void on_the_heap(void **state)
{
    (void)state;
    uint32_t *list = NULL;
    size_t cap = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        assert_true(wr_grow(&list, i, &cap, 3, sizeof *list));
        assert_true(cap > i);
        list[i] = i;
    }
    assert_int_equal(cap, 3 * 512);
    for (uint32_t i = 0; i < 1000; i++)
        assert_int_equal(list[i], i);
    uint32_t *before = list;
    wr_alloc_fail_at(1);
    const bool room = wr_grow(&list, 1000, &cap, 3, sizeof *list), more = wr_grow(&list, cap, &cap, 3, sizeof *list);
    wr_alloc_fail_at(0);
    assert_true(room); /* nothing is asked for where there is room */
    assert_false(more);
    assert_ptr_equal(list, before);
    assert_int_equal(cap, 3 * 512);
    wr_free(list);
}

static void in_an_arena(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 16);
    uint64_t *list = NULL;
    size_t cap = 0, count = 0;
    while (wr_grow_in(a, &list, count, &cap, 4, sizeof *list)) {
        list[count] = count;
        count++;
    }
    assert_true(count > 1000);
    assert_int_equal(count, cap); /* as they were */
    for (size_t i = 0; i < count; i++)
        assert_int_equal(list[i], i);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(on_the_heap), cmocka_unit_test(in_an_arena) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
