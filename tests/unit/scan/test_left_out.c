/* What a scan leaves out of a file is said once, for files that concern people alone; and notebooks lose their pictures
 * and nothing else. */
#include "detect.h"

#include <stdlib.h>

#include "scan/detectors/common.h"
#include "scan/left_out.h"

#define RUN 4096u /* the shortest run of base64 that is taken for a picture */

static bool wants_notes(const wr_file *f)
{
    return f->size <= WR_MIB && wr_slice_ends(f->name, ".notes.yaml");
}

static const wr_detector notes = { .name = "notes", .about = "a detector of this test", .wants = wants_notes };

static wr_file file_of(const char *path, uint64_t size, bool text)
{
    const wr_slice p = wr_slice_of(path);
    return (wr_file){ .path = p, .name = wr_path_name(p), .bytes = WR_SLICE("a: 1\n"), .size = size, .text = text };
}

/* What is said of the file; "" where nothing is. */
static wr_slice said(const tree *t, size_t before)
{
    wr_slice why = { 0 };
    if (wr_estate_unread_count(t->estate) > before)
        (void)wr_estate_unread_at(t->estate, before, &why);
    return why;
}

static void a_file_that_is_too_large_is_said(void **state)
{
    (void)state;
    tree t = tree_new();
    const wr_file f = file_of("deploy/a.notes.yaml", (uint64_t)WR_MIB + 1, true);
    assert_true(left_out_by_size(&t.look, &f, &notes));
    assert_int_equal(t.look.settled, 1);
    assert_true(wr_contains_fold(said(&t, 0), "larger than is read"));
    assert_true(wr_contains_fold(said(&t, 0), "'notes'"));
    wr_slice why;
    const wr_place place = wr_estate_unread_at(t.estate, 0, &why);
    assert_true(wr_slice_is(place.path, "deploy/a.notes.yaml"));
    assert_int_equal(place.kind, WR_AT_FILE);
    tree_free(&t);
}

static void what_concerns_nobody_is_not_said(void **state)
{
    (void)state;
    tree t = tree_new();
    const wr_file quiet[] = {
        file_of("deploy/a.notes.yaml", WR_MIB, true),                      /* not too large: it was looked at */
        file_of("deploy/a.txt", (uint64_t)WR_MIB + 1, true),               /* no such file, of whatever size */
        file_of("node_modules/x/a.notes.yaml", (uint64_t)WR_MIB + 1, true),
        file_of("tests/a.notes.yaml", (uint64_t)WR_MIB + 1, true),
        file_of("examples/a.notes.yaml", (uint64_t)WR_MIB + 1, true),
    };
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
        if (left_out_by_size(&t.look, &quiet[i], &notes))
            fail_msg("said of " WR_FMT, WR_ARG(quiet[i].path));
    assert_int_equal(wr_estate_unread_count(t.estate), 0);
    assert_int_equal(t.look.settled, 0);
    tree_free(&t);
}

static void bytes_under_the_name_of_a_text(void **state)
{
    (void)state;
    tree t = tree_new();
    const wr_file odd = file_of("src/app.py", 5, false);
    left_out_as_binary(&t.look, &odd);
    assert_true(wr_contains_fold(said(&t, 0), "its bytes are not"));
    assert_int_equal(t.look.settled, 1);
    const wr_file quiet[] = { file_of("src/app.py", 5, true), file_of("src/app.py", 0, false), file_of("tests/test_app.py", 5, false),
                              file_of("photo.png", 5, false) };
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++)
        left_out_as_binary(&t.look, &quiet[i]);
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    assert_int_equal(t.look.settled, 1);
    tree_free(&t);
}

/* A notebook of two cells with a run of `count` letters as the output of the first. */
static wr_slice notebook(wr_arena *a, size_t count, const char *last)
{
    WR_AUTO_BUF b = wr_buf_new((size_t)64 << 20);
    wr_buf_addc(&b, "{\"cells\": [{\"image/png\": \"");
    for (size_t i = 0; i < count; i++)
        wr_buf_char(&b, "iVBORw0KGgo+/A"[i % 14]);
    wr_buf_addc(&b, last);
    wr_buf_addc(&b, "\"},\n {\"source\": [\"import openai\\n\"]}]}\n");
    assert_true(wr_buf_ok(&b));
    return wr_arena_dup(a, wr_buf_slice(&b));
}

static void pictures_go_and_the_rest_stays(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    wr_slice out = { 0 };
    assert_true(wr_without_pictures(a, notebook(a, RUN, ""), &out));
    assert_true(wr_slice_is(out, "{\"cells\": [{\"image/png\": \"\"},\n {\"source\": [\"import openai\\n\"]}]}\n"));
    /* a line end inside the text is written \n: the backslash before the quote belongs to the quote, not to the run */
    assert_true(wr_without_pictures(a, notebook(a, RUN, "\\\"x"), &out));
    assert_true(wr_slice_starts(out, "{\"cells\": [{\"image/png\": \"\\\"x\"}"));
    wr_value *v = NULL;
    wr_error err;
    assert_int_equal(wr_json_parse(a, out, &v, &err), WR_OK);
    assert_int_equal(wr_count_of(wr_get(v, "cells")), 2);
}

static void what_is_no_picture_stays(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    wr_slice out = WR_SLICE("untouched");
    assert_false(wr_without_pictures(a, notebook(a, RUN - 1, ""), &out));
    assert_false(wr_without_pictures(a, WR_SLICE(""), &out));
    assert_true(wr_slice_is(out, "untouched"));
}

/* Without its picture it is still longer than a text may be. */
static void what_is_left_may_be_too_long(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    char *text = malloc((size_t)WR_TEXT_FILE_MOST + 2 * RUN);
    assert_non_null(text);
    memset(text, 'A', RUN);
    memset(text + RUN, ' ', (size_t)WR_TEXT_FILE_MOST + RUN);
    wr_slice out = WR_SLICE("untouched");
    assert_false(wr_without_pictures(a, wr_slice_make(text, (size_t)WR_TEXT_FILE_MOST + 2 * RUN), &out));
    assert_true(wr_slice_is(out, "untouched"));
    assert_true(wr_without_pictures(a, wr_slice_make(text, (size_t)WR_TEXT_FILE_MOST + RUN), &out));
    assert_int_equal(out.len, WR_TEXT_FILE_MOST);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_that_is_too_large_is_said),
        cmocka_unit_test(what_concerns_nobody_is_not_said),
        cmocka_unit_test(bytes_under_the_name_of_a_text),
        cmocka_unit_test(pictures_go_and_the_rest_stays),
        cmocka_unit_test(what_is_no_picture_stays),
        cmocka_unit_test(what_is_left_may_be_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
