/* The pickle reader on files that tests/data/make_pickles.py writes: attacks in many forms, each with a harmless twin. */
#include "artifact_look.h"

#include <sys/stat.h>
#include <unistd.h>

#include <warrant/text.h>

#include "scan/artifacts/pickle.h"

#define FOLDER "test_artifacts_pickle.d"

static int make_files(void **state) { return made_files(state, "make_pickles.py", FOLDER); }

static wr_slice file_of(wr_slice name)
{
    char path[512];
    (void)snprintf(path, sizeof path, FOLDER "/" WR_FMT, WR_ARG(name));
    return read_whole(path);
}

static void test_index(void **state) { index_holds(state, 300); }

/* Opcode positions as Python's pickletools sees them. */
static void compare(wr_slice name, size_t *compared)
{
    char ops_name[256];
    (void)snprintf(ops_name, sizeof ops_name, FOLDER "/" WR_FMT ".ops", WR_ARG(name));
    if (access(ops_name, R_OK) != 0)
        return;
    const wr_slice ops = read_whole(ops_name), bytes = file_of(name);
    wr_slice rest = ops, line;
    wr_cursor c = wr_cursor_of(bytes);
    wr_pickle_op op;
    while (ops.len > 0 && wr_slice_line(&rest, &line) && line.len > 0) {
        const uint64_t at = wr_offset(&c);
        assert_true(wr_pickle_next(&c, &op));
        char want[64], got[64];
        (void)snprintf(want, sizeof want, WR_FMT, WR_ARG(line));
        (void)snprintf(got, sizeof got, "%llu %s", (unsigned long long)at, wr_pickle_names[op.code]);
        assert_string_equal(got, want);
        ++*compared;
    }
    free((void *)(uintptr_t)ops.at);
    free((void *)(uintptr_t)bytes.at);
}

static void test_differential(void **state)
{
    NEEDS_FILES(state);
    const wr_slice text = read_whole(FOLDER "/index.tsv");
    wr_slice rest = text, line, name;
    size_t compared = 0;
    while (wr_slice_line(&rest, &line))
        if (wr_slice_split(&line, '\t', &name))
            compare(name, &compared);
    printf("%zu opcodes compared\n", compared);
    assert_true(compared > 5000);
    free((void *)(uintptr_t)text.at);
}

/* Cut at every byte: never a crash, and never clean once it is taken for a pickle. */
static void test_truncated(void **state)
{
    NEEDS_FILES(state);
    static const char *const names[] = { "bad_memo", "bad_reduce0", "bad_nested_twice", "joblib_after", "bad_zlib",
                                         "bad_torch_deflated",
                                         "bad_npz_stored", "plain_classes_4", "bad_zip_in_zip_stored", "joblib_objects_bad" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const wr_slice bytes = file_of(wr_slice_of(names[i]));
        for (size_t len = 0; len < bytes.len; len++) {
            char *copy = malloc(len > 0 ? len : 1); /* exactly as long, so that a read past the end is seen */
            assert_non_null(copy);
            memcpy(copy, bytes.at, len);
            looked r = look_at(wr_slice_make(copy, len));
            const bool pickle = r.format != NULL && strcmp(r.format, "pickle") == 0;
            if (pickle && clean(&r))
                fail_msg("%s cut at byte %zu is called clean", names[i], len);
            looked_free(&r);
            free(copy);
        }
        free((void *)(uintptr_t)bytes.at);
    }
}

static void test_evidence(void **state)
{
    (void)state;
    static const char bytes[] = "\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04" "echo\x85R.";
    looked r = look_at(wr_slice_make(bytes, sizeof bytes - 1));
    const wr_finding *f = found(&r, "pickle-dangerous-call");
    assert_non_null(f);
    assert_true(f->severity == WR_CRITICAL);
    assert_true(wr_slice_is(f->kind, "unsafe-model-file"));
    assert_int_equal(f->place.at, 22);
    assert_true(wr_slice_is(f->detail, "calls os.system with data from the file: ('echo') (runs commands or programs), opcode at byte 22"));
    assert_true(f->remedy.len > 0);
    looked_free(&r);
}

static void test_policy(void **state)
{
    (void)state;
    wr_error err = { 0 };
    const wr_pickle_policy *p = wr_pickle_policy_get(&err);
    if (p == NULL)
        fail_msg("%s %s", err.what, err.where);
    assert_true(wr_pickle_policy_count(p, WR_IMPORT_ALLOWED) > 1000);
    assert_true(wr_pickle_policy_count(p, WR_IMPORT_DENIED) > 300);
    assert_int_equal(wr_pickle_policy_judge(p, WR_SLICE("numpy._core.multiarray"), WR_SLICE("_reconstruct")).verdict,
                     WR_IMPORT_ALLOWED);
    assert_int_equal(wr_pickle_policy_judge(p, WR_SLICE("__builtin__"), WR_SLICE("set")).verdict, WR_IMPORT_ALLOWED);
    assert_int_equal(wr_pickle_policy_judge(p, WR_SLICE("__builtin__"), WR_SLICE("eval")).verdict, WR_IMPORT_DENIED);
    assert_int_equal(wr_pickle_policy_judge(p, WR_SLICE("my_package"), WR_SLICE("never_heard_of")).verdict, WR_IMPORT_UNKNOWN);
    const wr_import_policy dotted = wr_pickle_policy_judge(p, WR_SLICE("torch.serialization"), WR_SLICE("os.system"));
    assert_int_equal(dotted.verdict, WR_IMPORT_DENIED);
}

/* Text and other bytes that begin like a pickle are none. */
static void test_no_wolf(void **state)
{
    (void)state;
    static const wr_slice others[] = {
        WR_SLICE("class Foo:\n    pass\n"), WR_SLICE("copyright\nnotice\nhere\n"), WR_SLICE("(defun f (x) x)\n"),
                WR_SLICE("Ideas for a talk\nSoon.\n"),
        WR_SLICE("N.\n"), WR_SLICE("."), WR_SLICE("]\n"), WR_SLICE("cat\ndog\nzebra\n"), WR_SLICE("2024-01-01 hello\n"),
            WR_SLICE("}\n.\n"),
        WR_SLICE("Some text.\nS'quoted'\n."), WR_SLICE("import os\nos.system('x')\n"), WR_SLICE("0.5\n1.5\n"),
                WR_SLICE("\x80\x04"), WR_SLICE("\x80\x01\xb6%!PS-AdobeFont"),
        WR_SLICE("\x80\x02\xff\xff\xff"), WR_SLICE("PK\x03\x04 no zip"), WR_SLICE("GGUF is a format\n"),
                WR_SLICE("{\"dtype\": 1}"), WR_SLICE("l\no\n"),
        WR_SLICE("%PDF-1.4\n"), WR_SLICE("\x89PNG\r\n\x1a\n"), WR_SLICE("\x7f" "ELF"),
                WR_SLICE("<?xml version=\"1.0\"?><root/>"), WR_SLICE("a\nb\nc\n."),
        WR_SLICE("I am\nhere.\n"), WR_SLICE("g1\n."), WR_SLICE("Vtext\n."), WR_SLICE("(((((((((((((((((((((("),
                WR_SLICE("NNNNNNNNNNN"), WR_SLICE("X"),
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        looked r = look_at(others[i]);
        if (r.format != NULL)
            fail_msg("'%.*s' is taken for %s", WR_ARG(others[i]), r.format);
        looked_free(&r);
    }
    /* Random bytes, the same each time. */
    uint64_t seed = 88172645463325252u;
    char noise[512];
    for (int n = 0; n < 20000; n++) {
        for (size_t i = 0; i < sizeof noise; i += 8) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            memcpy(noise + i, &seed, 8);
        }
        const wr_file f = { .bytes = wr_slice_make(noise, sizeof noise), .size = sizeof noise, .whole = true };
        const wr_artifact *a = wr_artifact_of(&f);
        if (a != NULL)
            fail_msg("noise %d is taken for %s", n, a->format);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_policy), cmocka_unit_test(test_evidence), cmocka_unit_test(test_no_wolf),
                cmocka_unit_test(test_index),
        cmocka_unit_test(test_differential), cmocka_unit_test(test_truncated),
    };
    const int failed = cmocka_run_group_tests(tests, make_files, NULL);
    return failed != 0 ? 1 : have_files ? 0 : 77;
}
