/* The readers of the other formats on files that tests/data/make_models.py writes, and the page of rules. */
#include "artifact_look.h"

#include "scan/artifacts/rules.h"

#define FOLDER "test_artifacts_formats.d"

static int make_files(void **state) { return made_files(state, "make_models.py", FOLDER); }

static void test_index(void **state) { index_holds(state, 160); }

static void test_properties(void **state)
{
    NEEDS_FILES(state);
    wr_slice bytes = read_whole(FOLDER "/st_good");
    looked r = look_at(bytes);
    has_text(&r, "format", "safetensors");
    has_text(&r, "license", "apache-2.0");
    has_text(&r, "base_model", "acme/base-7b");
    has_text(&r, "quantization", "F16");
    has_number(&r, "parameters", 7);
    looked_done(&r, bytes);

    bytes = read_whole(FOLDER "/gguf_good");
    r = look_at(bytes);
    has_text(&r, "architecture", "llama");
    has_text(&r, "license", "apache-2.0");
    has_text(&r, "base_model", "Base 7B");
    has_text(&r, "quantization", "Q4_K_M");
    has_text(&r, "dominant_tensor_type", "Q4_K");
    has_number(&r, "context_length", 8192);
    has_number(&r, "parameters", 64 + 256);
    assert_int_equal(wr_asset_text(r.model, "chat_template_digest").len, 64);
    looked_done(&r, bytes);
}

/* A header that claims 2^63 tensors is one clear finding, not many and no crash. */
static void test_one_clear_finding(void **state)
{
    NEEDS_FILES(state);
    const wr_slice bytes = read_whole(FOLDER "/gguf_tensors_2_63");
    looked r = look_at(bytes);
    assert_int_equal(wr_estate_finding_count(r.estate), 1);
    assert_int_equal(wr_estate_unread_count(r.estate), 1);
    looked_done(&r, bytes);
}

/* Every file cut at every byte, up to some size: never a crash. */
static void test_truncated(void **state)
{
    NEEDS_FILES(state);
    static const char *const names[] = { "st_good", "gguf_good", "npy_objects_bad", "zip_nested", "npz_bad", "keras_lambda",
                                         "script_saves",
                                         "rds_gz", "pmml_entity", "coreml", "openvino", "zip_twice", "onnx_escape_in_subgraph",
                                         "saved_write_in_function", "tflite_good", "h5_lambda_in_heap" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, FOLDER "/%s", names[i]);
        const wr_slice bytes = read_whole(path);
        for (size_t len = 0; len < bytes.len && len < 4096; len++) {
            char *copy = malloc(len > 0 ? len : 1);
            assert_non_null(copy);
            memcpy(copy, bytes.at, len);
            looked r = look_at(wr_slice_make(copy, len));
            looked_free(&r);
            free(copy);
        }
        free((void *)(uintptr_t)bytes.at);
    }
}

/* Each allocation fails in turn: no crash, no leak, and the reader says so or reads on without. */
static void test_no_memory(void **state)
{
    NEEDS_FILES(state);
    static const char *const names[] = { "st_good", "gguf_good", "zip_nested", "npz_bad", "keras_lambda", "skops_system",
                                         "rds_gz", "h5_lambda",
                                         "onnx_escape_0", "nemo_bad", "npy_objects_bad" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, FOLDER "/%s", names[i]);
        const wr_slice bytes = read_whole(path);
        const wr_file f = { .path = WR_SLICE("f"), .name = WR_SLICE("f"), .bytes = bytes, .size = bytes.len, .whole = true };
        for (uint64_t n = 1; n < 120; n++) {
            look_short_of_memory(&f, n);
        }
        free((void *)(uintptr_t)bytes.at);
    }
}

static void test_rules_page(void **state)
{
    (void)state;
    const wr_slice page = read_whole(WR_SOURCE_DIR "/docs/rules/artifacts.md");
    size_t headings = 0;
    wr_slice rest = page, line;
    while (wr_slice_line(&rest, &line))
        headings += wr_slice_starts(line, "## ");
    assert_int_equal(headings, WR_RULE_COUNT);
    for (size_t i = 0; i < WR_RULE_COUNT; i++) {
        const wr_artifact_rule *rule = &wr_artifact_rules[i];
        char part[1024];
        (void)snprintf(part, sizeof part, "## %s\n\n%s.\n\n*Severity* %s. *ATLAS* [%s]", rule->id, rule->title,
                       wr_severity_name(rule->severity), rule->atlas);
        if (wr_slice_find(page, wr_slice_of(part)) == page.len || wr_slice_find(page, wr_slice_of(rule->remedy)) == page.len)
            fail_msg("docs/rules/artifacts.md is not what the table says of %s: run scripts/artifact-rules", rule->id);
    }
    free((void *)(uintptr_t)page.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_page), cmocka_unit_test(test_index), cmocka_unit_test(test_properties),
        cmocka_unit_test(test_one_clear_finding), cmocka_unit_test(test_truncated),
        cmocka_unit_test(test_no_memory),
    };
    const int failed = cmocka_run_group_tests(tests, make_files, NULL);
    return failed != 0 ? 1 : have_files ? 0 : 77;
}
