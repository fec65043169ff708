/* The readers of PMML, OpenVINO, R, Core ML and others on files that tests/data/make_formats.py writes. */
#include "artifact_look.h"

#define FOLDER "test_artifacts_more.d"
#define CUT_MOST 3000u

static int make_files(void **state) { return made_files(state, "make_formats.py", FOLDER); }

static void test_index(void **state) { index_holds(state, 50); }

static void test_pmml(void **state)
{
    NEEDS_FILES(state);
    wr_slice bytes;
    looked r = look_at_made(FOLDER, "pmml_utf16", &bytes);
    has_text(&r, "architecture", "TreeModel");
    has_text(&r, "task", "classification");
    has_text(&r, "producer", "Model Writer");
    has_text(&r, "producer_version", "2.1");
    has_text(&r, "format_version", "4.4");
    has_text(&r, "created", "2026-01-02T03:04:05Z");
    has_number(&r, "field_count", 2);
    assert_int_equal(wr_count_of(wr_asset_property(r.model, "targets")->value), 1);
    looked_done(&r, bytes);
}

static uint64_t beside_size;

static bool beside(const wr_look *l, const wr_file *f, wr_slice name, uint64_t *ret_size)
{
    (void)l;
    (void)f;
    *ret_size = beside_size;
    return wr_slice_is(name, "m.bin") || wr_slice_is(name, "weights/weight.bin");
}

static const wr_finding *range_with(wr_slice bytes, uint64_t size, const char *rule, looked *r)
{
    *r = (looked){ .arena = wr_arena_new((size_t)8 << 20), .estate = wr_estate_new((size_t)8 << 20) };
    const wr_file f = { .path = WR_SLICE("a/m.xml"), .name = WR_SLICE("m.xml"), .bytes = bytes, .size = bytes.len, .whole = true };
    wr_look l = { .estate = r->estate, .arena = r->arena, .beside = beside };
    r->model = wr_estate_asset(r->estate, WR_MODEL, WR_SLICE("sha256:00"), f.name);
    wr_error err = { 0 };
    beside_size = size;
    assert_int_equal(wr_artifact_of(&f)->look(&l, &f, r->model, &err), WR_OK);
    return found(r, rule);
}

static void test_openvino(void **state)
{
    NEEDS_FILES(state);
    wr_slice bytes;
    looked r = look_at_made(FOLDER, "openvino_good", &bytes);
    has_text(&r, "model_name", "main_graph");
    has_text(&r, "framework", "onnx");
    has_text(&r, "quantization", "F32");
    has_text(&r, "producer_version", "2024.1.0-15008");
    has_number(&r, "parameters", 6);
    looked_free(&r);
    assert_null(range_with(bytes, 24, "openvino-weights-range", &r));
    has_number(&r, "weights_size", 24);
    looked_free(&r);
    assert_non_null(range_with(bytes, 23, "openvino-weights-range", &r));
    looked_done(&r, bytes);
}

static void test_r(void **state)
{
    NEEDS_FILES(state);
    wr_slice bytes;
    looked r = look_at_made(FOLDER, "rds_image_gz", &bytes);
    has_text(&r, "architecture", "lm");
    has_text(&r, "producer", "R 4.2.2");
    has_text(&r, "encoding", "UTF-8");
    assert_int_equal(wr_count_of(wr_asset_property(r.model, "objects")->value), 1);
    looked_done(&r, bytes);
    r = look_at_made(FOLDER, "rds_promise_system", &bytes);
    const wr_finding *f = found(&r, "r-promise");
    assert_non_null(f);
    assert_true(wr_slice_find(f->detail, WR_SLICE("it calls system")) < f->detail.len);
    looked_done(&r, bytes);
}

/* Files that R itself writes: models are clean, code that waits in them is found. */
static void test_r_itself(void **state)
{
    (void)state;
    if (system("Rscript \"" WR_SOURCE_DIR "/tests/data/make_r.R\" test_artifacts_r.d >/dev/null 2>&1") != 0) {
        fprintf(stderr, "SKIPPED: no Rscript here, so no file that R wrote was read\n");
        skip();
    }
    size_t wrong;
    assert_true(check_index("test_artifacts_r.d", &wrong) > 30);
    assert_int_equal(wrong, 0);
}

static void test_coreml(void **state)
{
    NEEDS_FILES(state);
    wr_slice bytes;
    looked r = look_at_made(FOLDER, "coreml_program", &bytes);
    has_text(&r, "architecture", "mlProgram");
    has_text(&r, "title", "triage");
    has_text(&r, "author", "Example Clinic");
    has_text(&r, "license", "MIT");
    has_text(&r, "quantization", "F32");
    has_number(&r, "parameters", 6);
    has_number(&r, "format_version", 6);
    looked_free(&r);
    assert_null(range_with(bytes, 128, "coreml-malformed", &r)); /* the tensor is described at byte 64 */
    has_number(&r, "weights_size", 128);
    looked_free(&r);
    assert_non_null(range_with(bytes, 127, "coreml-malformed", &r));
    looked_done(&r, bytes);
    r = look_at_made(FOLDER, "coreml_pipeline", &bytes);
    has_text(&r, "architecture", "pipeline");
    has_number(&r, "models", 2);
    looked_done(&r, bytes);
    r = look_at_made(FOLDER, "coreml_notes", &bytes);
    has_text(&r, "producer", "coremltools 7.1");
    has_text(&r, "framework", "torch==2.1.0");
    looked_done(&r, bytes);
}

static size_t manifest_findings(const char *text)
{
    extern const wr_detector wr_detector_coreml_package;
    looked r = { .arena = wr_arena_new((size_t)8 << 20), .estate = wr_estate_new((size_t)8 << 20) };
    const wr_slice bytes = wr_slice_of(text);
    const wr_file f = { .path = WR_SLICE("a.mlpackage/Manifest.json"), .name = WR_SLICE("Manifest.json"), .bytes = bytes,
                        .size = bytes.len, .whole = true, .text = true };
    wr_look l = { .estate = r.estate, .arena = r.arena };
    wr_error err = { 0 };
    assert_true(wr_wants(&wr_detector_coreml_package, &f));
    assert_int_equal(wr_detector_coreml_package.look(&l, &f, &err), WR_OK);
    const size_t n = wr_estate_finding_count(r.estate);
    looked_free(&r);
    return n;
}

static void test_coreml_package(void **state)
{
    (void)state;
    assert_int_equal(manifest_findings("{\"fileFormatVersion\":\"1.0.0\",\"itemInfoEntries\":{\"A\":{\"path\":"
                                       "\"com.apple.CoreML/model.mlmodel\"}},\"rootModelIdentifier\":\"A\"}"), 0);
    assert_int_equal(manifest_findings("{\"itemInfoEntries\":{\"A\":{\"path\":\"../../outside.mlmodel\"},"
                                       "\"B\":{\"path\":\"/etc/hostname\"}}}"), 2);
}

static void test_tensorrt(void **state)
{
    NEEDS_FILES(state);
    wr_slice bytes;
    looked r = look_at_made(FOLDER, "tensorrt_described", &bytes);
    has_text(&r, "producer", "TensorRT 8.6.1.6");
    has_text(&r, "author", "Example Clinic");
    assert_null(found(&r, "tensorrt-embedded-library"));
    assert_int_equal(found(&r, "tensorrt-native-code")->severity, WR_INFO);
    assert_true(unread(&r));
    looked_done(&r, bytes);
    r = look_at_made(FOLDER, "tensorrt_kernel", &bytes);
    assert_null(found(&r, "tensorrt-embedded-library"));
    looked_done(&r, bytes);
}

/* Files that h5py wrote, with dense attributes and links, heaps of several rows, and data elsewhere. */
static void test_hdf5(void **state)
{
    (void)state;
    static const struct { const char *name, *rule; } files[] = {
        { "dense_attributes_Dense", NULL }, { "dense_attributes_Lambda", "keras-lambda" }, { "huge_attribute_Dense", NULL },
        { "huge_attribute_Lambda", "keras-lambda" }, { "userblock_Dense", NULL }, { "userblock_Lambda", "keras-lambda" },
        { "deep_heap", NULL }, { "vars_earliest", NULL }, { "vars_latest", NULL }, { "chunked", NULL },
        { "external_earliest", "h5-external-file" }, { "external_latest", "h5-external-file" },
        { "link_earliest", "h5-external-file" }, { "link_latest", "h5-external-file" }, { "virtual", "h5-external-file" },
    };
    char path[512];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(path, sizeof path, WR_SOURCE_DIR "/tests/fuzz/corpus/keras_h5/%s", files[i].name);
        const wr_slice bytes = read_whole(path);
        looked r = look_at(bytes);
        if (r.format == NULL || unread(&r) || (files[i].rule == NULL ? !clean(&r) : found(&r, files[i].rule) == NULL)) {
            say(&r, files[i].name);
            fail();
        }
        if (strcmp(files[i].name, "vars_latest") == 0)
            has_number(&r, "parameters", 24);
        looked_done(&r, bytes);
    }
    const wr_slice bytes = read_whole(WR_SOURCE_DIR "/tests/fuzz/corpus/keras_h5/measurements");
    looked r = look_at(bytes);
    assert_null(r.format);
    looked_done(&r, bytes);
}

/* ---- further formats above this line ---- */

static void each_file(void (*act)(wr_slice bytes, const char *name))
{
    const wr_slice text = read_whole(FOLDER "/index.tsv");
    wr_slice rest = text, line, name;
    while (wr_slice_line(&rest, &line) && wr_slice_split(&line, '\t', &name)) {
        char path[512];
        (void)snprintf(path, sizeof path, FOLDER "/" WR_FMT, WR_ARG(name));
        const wr_slice bytes = read_whole(path);
        act(bytes, path);
        free((void *)(uintptr_t)bytes.at);
    }
    free((void *)(uintptr_t)text.at);
}

/* A file that is cut anywhere never crashes a reader. */
static void cut(wr_slice bytes, const char *name)
{
    (void)name;
    const size_t step = bytes.len > 600 ? bytes.len / 80 : 1;
    for (size_t len = 0; len < bytes.len && bytes.len < 20 * CUT_MOST; len += step) {
        char *copy = malloc(len > 0 ? len : 1);
        assert_non_null(copy);
        memcpy(copy, bytes.at, len);
        looked r = look_at(wr_slice_make(copy, len));
        looked_free(&r);
        free(copy);
    }
}

static void test_truncated(void **state)
{
    NEEDS_FILES(state);
    each_file(cut);
}

/* Each allocation fails in turn: no crash, no leak. */
static void without_memory(wr_slice bytes, const char *name)
{
    (void)name;
    const wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = bytes, .size = bytes.len, .whole = true };
    for (uint64_t n = 1; bytes.len < CUT_MOST && n < 40; n++) {
        look_short_of_memory(&f, n);
    }
}

static void test_no_memory(void **state)
{
    NEEDS_FILES(state);
    each_file(without_memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index), cmocka_unit_test(test_pmml), cmocka_unit_test(test_openvino), cmocka_unit_test(test_r), cmocka_unit_test(test_r_itself), cmocka_unit_test(test_coreml),
        cmocka_unit_test(test_coreml_package), cmocka_unit_test(test_tensorrt), cmocka_unit_test(test_hdf5),
        cmocka_unit_test(test_truncated), cmocka_unit_test(test_no_memory),
    };
    const int failed = cmocka_run_group_tests(tests, make_files, NULL);
    return failed != 0 ? 1 : have_files ? 0 : 77;
}
