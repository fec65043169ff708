#include "tests/unit/test.h"

#include <warrant/cursor.h>
#include <warrant/mem.h>

#include <stdio.h>

static void slices(void **state)
{
    (void)state;
    wr_slice rest = WR_SLICE("a,b,,c"), part;
    const char *want[] = { "a", "b", "", "c" };
    for (int i = 0; i < 4; i++) {
        assert_true(wr_slice_split(&rest, ',', &part));
        assert_true(wr_slice_is(part, want[i]));
    }
    assert_false(wr_slice_split(&rest, ',', &part));
    rest = WR_SLICE("one\r\ntwo\n\nfour");
    const char *lines[] = { "one", "two", "", "four" };
    for (int i = 0; i < 4; i++) {
        assert_true(wr_slice_line(&rest, &part));
        assert_true(wr_slice_is(part, lines[i]));
    }
    assert_false(wr_slice_line(&rest, &part));
    assert_int_equal(wr_slice_find(WR_SLICE("abcabd"), WR_SLICE("abd")), 3);
    assert_int_equal(wr_slice_find(WR_SLICE("abc"), WR_SLICE("x")), 3);
    assert_true(wr_slice_cmp(WR_SLICE("a"), WR_SLICE("ab")) < 0);
    assert_true(wr_slice_eq(wr_slice_trim(WR_SLICE(" \t x y\n")), WR_SLICE("x y")));
    assert_int_equal(wr_slice_from(WR_SLICE("abc"), 9).len, 0);
}

static void arena_keeps_its_cap(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(10000);
    size_t got = 0;
    while (wr_arena_alloc(a, 100) != NULL)
        got += 112;
    assert_true(got <= 10000 && got > 8000);
    assert_null(wr_arena_alloc(a, 20000));
    assert_null(wr_arena_alloc_array(a, SIZE_MAX / 2, 16));
    wr_arena_reset(a);
    char *p = wr_arena_alloc(a, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(p[i], 0);
    memset(p, 'x', 64);
    wr_arena_reset(a);
    p = wr_arena_alloc(a, 64);
    for (int i = 0; i < 64; i++)
        assert_int_equal(p[i], 0); /* zeroed after a reset too */
    wr_arena_free(a);
}

static void buffer_states_its_maximum(void **state)
{
    (void)state;
    wr_buf b = wr_buf_new(10);
    wr_buf_addc(&b, "12345");
    wr_buf_printf(&b, "%d", 678);
    assert_true(wr_buf_ok(&b));
    wr_buf_addc(&b, "too long");
    assert_false(wr_buf_ok(&b));
    assert_true(wr_slice_is(wr_buf_slice(&b), "12345678"));
    wr_buf_clear(&b);
    assert_true(wr_buf_ok(&b));
    wr_buf_free(&b);
    wr_buf big = wr_buf_new(100000);
    for (int i = 0; i < 500; i++)
        wr_buf_printf(&big, "%0300d", i);
    assert_false(wr_buf_ok(&big));
    assert_true(big.len <= 100000);
    wr_buf_free(&big);
}

static void a_failed_allocation_is_remembered(void **state)
{
    (void)state;
    wr_buf b = wr_buf_new(100);
    wr_alloc_fail_at(1);
    wr_buf_addc(&b, "x");
    wr_alloc_fail_at(0);
    assert_false(wr_buf_ok(&b));
    wr_buf_free(&b);
    wr_alloc_fail_at(2);
    wr_arena *a = wr_arena_new(100);
    assert_non_null(a);
    assert_null(wr_arena_alloc(a, 10));
    wr_alloc_fail_at(0);
    assert_non_null(wr_arena_alloc(a, 10));
    wr_arena_free(a);
}

static void cursor_reads_and_sticks(void **state)
{
    (void)state;
    wr_cursor c = wr_cursor_of(wr_slice_make("AB\x01\x02\x03\x04\x80\x01zz\0", 11));
    wr_expect(&c, "AB");
    assert_int_equal(wr_u16le(&c), 0x0201);
    assert_int_equal(wr_u16be(&c), 0x0304);
    assert_int_equal(wr_varint(&c), 128);
    assert_true(wr_slice_is(wr_until(&c, 0, 10), "zz"));
    assert_true(wr_ok(&c));
    assert_int_equal(wr_peek(&c), -1);
    assert_int_equal(wr_u32le(&c), 0);
    assert_false(wr_ok(&c));
    const uint64_t at = c.fault_at;
    assert_int_equal(at, 11);
    wr_seek(&c, 0);
    assert_int_equal(wr_u8(&c), 0); /* the first failure sticks */
    wr_error err;
    assert_int_equal(wr_fault(&c, &err), WR_BAD);
    assert_non_null(strstr(err.where, "byte 11"));
}

static void cursor_believes_no_count(void **state)
{
    (void)state;
    wr_cursor c = wr_cursor_of(wr_slice_make("\xff\xff\xff\xff\xff\xff\xff\x7f....", 12));
    assert_int_equal(wr_count(&c, 1), 0);
    assert_false(wr_ok(&c));
    c = wr_cursor_of(wr_slice_make("\x02\0\0\0\0\0\0\0....", 12));
    assert_int_equal(wr_count(&c, 2), 2);
    c = wr_cursor_of(wr_slice_make("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10));
    (void)wr_varint(&c);
    assert_false(wr_ok(&c));
    c = wr_cursor_of((wr_slice){ 0 });
    assert_int_equal(wr_take(&c, UINT64_MAX).len, 0);
    assert_false(wr_ok(&c));
}

static void errors_say_what_where_and_what_to_do(void **state)
{
    (void)state;
    wr_error err;
    char text[1400];
    wr_err(&err, WR_BAD, "%s", "a header\nlies");
    wr_err_at(&err, "models/x.gguf", 12);
    wr_err_todo(&err, "fetch it again");
    wr_err_text(&err, text, sizeof text);
    assert_string_equal(text, "a header\\x0alies (models/x.gguf, byte 12): fetch it again");
    char small[12];
    wr_err_text(&err, small, sizeof small);
    assert_true(strlen(small) < sizeof small);
    assert_int_equal(wr_err(NULL, WR_FULL, "x"), WR_FULL);
    assert_int_equal(wr_err_errno(&err, 28 /* ENOSPC */, "write", "f"), WR_FULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices),
        cmocka_unit_test(arena_keeps_its_cap),
        cmocka_unit_test(buffer_states_its_maximum),
        cmocka_unit_test(a_failed_allocation_is_remembered),
        cmocka_unit_test(cursor_reads_and_sticks),
        cmocka_unit_test(cursor_believes_no_count),
        cmocka_unit_test(errors_say_what_where_and_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
