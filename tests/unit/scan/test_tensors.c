/* Tensors of TFLite and HDF5 files: names, types, shapes, and bytes where the list says. The rest is tests/cli/artifact.bats. */
#include "artifact_look.h"

#include "scan/contents/tensors.h"

static tensor_list list_of(wr_slice bytes, wr_arena *a, bool *ret_whole, wr_hash *ret)
{
    const wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = bytes, .size = bytes.len, .whole = true };
    tensor_list t = { .a = a };
    tensors_of(&f, &t);
    *ret_whole = tensors_weights(&f, &t, ret);
    return t;
}

static void is_tensor(const tensor *x, const char *name, const char *dtype, const char *shape, uint64_t bytes)
{
    if (!wr_slice_is(x->name, name) || !wr_slice_is(x->dtype, dtype) || !wr_slice_is(x->shape, shape) || x->bytes != bytes)
        fail_msg("%.*s %.*s [%.*s] %llu is not %s %s [%s] %llu", WR_ARG(x->name), WR_ARG(x->dtype), WR_ARG(x->shape),
                 (unsigned long long)x->bytes, name, dtype, shape, (unsigned long long)bytes);
}

static void done(wr_slice bytes, tensor_list *t)
{
    free((void *)(uintptr_t)bytes.at);
    wr_free(t->list);
    wr_arena_free(t->a);
}

static void test_tflite(void **state)
{
    (void)state;
    if (system("python3 \"" WR_SOURCE_DIR "/tests/data/make_models.py\" test_tensors.d >/dev/null") != 0) {
        fprintf(stderr, "SKIPPED: python3 could not make the models\n");
        skip();
    }
    const wr_slice bytes = read_whole("test_tensors.d/tflite_good");
    bool whole;
    wr_hash h;
    tensor_list t = list_of(bytes, wr_arena_new((size_t)1 << 20), &whole, &h);
    assert_true(whole);
    assert_int_equal(t.count, 1);
    is_tensor(&t.list[0], "t", "F32", "2,3", 24);
    assert_memory_equal(bytes.at + t.list[0].offset, "datadatadatadatadatadata", 24);
    done(bytes, &t);
}

static void test_hdf5(void **state)
{
    (void)state;
    static const char *const names[] = { "vars_earliest", "vars_latest" };
    for (size_t i = 0; i < 2; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, WR_SOURCE_DIR "/tests/fuzz/corpus/keras_h5/%s", names[i]);
        const wr_slice bytes = read_whole(path);
        bool whole;
        wr_hash h;
        tensor_list t = list_of(bytes, wr_arena_new((size_t)1 << 20), &whole, &h);
        assert_true(whole);
        assert_int_equal(t.count, i == 0 ? 2 : 12);
        for (size_t k = 0; k < t.count; k++) { /* numbers 0 and 1, in whatever order of names */
            assert_true(wr_slice_ends(t.list[k].name, "/vars/0"));
            is_tensor(&t.list[k], wr_arena_str(t.a, t.list[k].name), "F32", "2", 8);
            assert_memory_equal(bytes.at + t.list[k].offset, "\0\0\0\0\0\0\x80\x3f", 8);
        }
        done(bytes, &t);
    }
}

/* What does not lie in the file in one piece is listed, and there is no digest. */
static void test_hdf5_not_whole(void **state)
{
    (void)state;
    static const char *const names[] = { "chunked", "external_latest", "virtual" };
    for (size_t i = 0; i < 3; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, WR_SOURCE_DIR "/tests/fuzz/corpus/keras_h5/%s", names[i]);
        const wr_slice bytes = read_whole(path);
        bool whole;
        wr_hash h;
        tensor_list t = list_of(bytes, wr_arena_new((size_t)1 << 20), &whole, &h);
        assert_false(whole);
        assert_true(t.why.len > 0 && t.count > 0);
        done(bytes, &t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_tflite), cmocka_unit_test(test_hdf5), cmocka_unit_test(test_hdf5_not_whole) };
    return cmocka_run_group_tests(tests, NULL, NULL) != 0;
}
