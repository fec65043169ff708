/* The walk over a parsed configuration: order, bounds, and what is passed over. */
#include "detect.h"

#include "scan/detectors/value_walk.h"

static const wr_value *parsed(wr_arena *a, const char *text)
{
    wr_value *v = NULL;
    wr_error err;
    assert_int_equal(wr_yaml_parse(a, wr_slice_of(text), &v, &err), WR_OK);
    return v;
}

/* "depth:key=text" of each value, keys of members alone; what lies under `pass` is passed over. */
static const char *walked(wr_arena *a, const wr_value *root, unsigned depth_most, size_t most, const char *pass)
{
    WR_AUTO_BUF b = wr_buf_new(1 << 16);
    wr_value_walk n = wr_value_walk_of(root, depth_most, most);
    for (const wr_value *v; (v = wr_value_walk_next(&n)) != NULL;) {
        const wr_slice key = n.member != NULL ? n.member->key : (wr_slice){ 0 };
        wr_buf_printf(&b, "%u:" WR_FMT "=" WR_FMT " ", n.depth, WR_ARG(key), WR_ARG(wr_string(v)));
        if (key.len > 0 && wr_slice_is(key, pass))
            wr_value_walk_pass(&n);
    }
    assert_null(wr_value_walk_next(&n)); /* and it stays at the end */
    return wr_arena_str(a, wr_slice_trim(wr_buf_slice(&b)));
}

#define DOC "a: one\nb: [two, {c: three}, []]\nd: {e: {f: four}}\ng: five\n"

static void each_before_what_it_holds(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    assert_string_equal(walked(a, parsed(a, DOC), 64, WR_VALUES_ALL, ""),
                        "0:= 1:a=one 1:b= 2:=two 2:= 3:c=three 2:= 1:d= 2:e= 3:f=four 1:g=five");
    assert_string_equal(walked(a, parsed(a, "just a text"), 64, WR_VALUES_ALL, ""), "0:=just a text");
    assert_string_equal(walked(a, NULL, 64, WR_VALUES_ALL, ""), "");
}

static void bounds_are_kept(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    assert_string_equal(walked(a, parsed(a, DOC), 0, WR_VALUES_ALL, ""), "0:=");
    assert_string_equal(walked(a, parsed(a, DOC), 2, WR_VALUES_ALL, ""), "0:= 1:a=one 1:b= 2:=two 2:= 2:= 1:d= 2:e= 1:g=five");
    assert_string_equal(walked(a, parsed(a, DOC), 64, 4, ""), "0:= 1:a=one 1:b= 2:=two");
    /* as deep as a parser goes, whatever is asked for */
    WR_AUTO_BUF deep = wr_buf_new(1 << 12);
    for (int i = 0; i < WR_DEPTH_MOST; i++)
        wr_buf_char(&deep, i < WR_DEPTH_MOST / 2 ? '[' : ']');
    wr_buf_char(&deep, '\0');
    wr_value_walk n = wr_value_walk_of(parsed(a, deep.at), 100000, WR_VALUES_ALL);
    while (wr_value_walk_next(&n) != NULL) {
    }
    assert_int_equal(n.visited, WR_DEPTH_MOST / 2);
}

static void what_is_passed_over(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(1 << 20);
    assert_string_equal(walked(a, parsed(a, DOC), 64, WR_VALUES_ALL, "b"), "0:= 1:a=one 1:b= 1:d= 2:e= 3:f=four 1:g=five");
    assert_string_equal(walked(a, parsed(a, DOC), 64, WR_VALUES_ALL, "e"),
                        "0:= 1:a=one 1:b= 2:=two 2:= 3:c=three 2:= 1:d= 2:e= 1:g=five");
    assert_string_equal(walked(a, parsed(a, DOC), 64, WR_VALUES_ALL, "g"),
                        "0:= 1:a=one 1:b= 2:=two 2:= 3:c=three 2:= 1:d= 2:e= 3:f=four 1:g=five");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_before_what_it_holds),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(what_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
