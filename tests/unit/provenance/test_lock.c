/* warrant.lock: what is taken, what is refused and at which line, and what a scan's models come to. */
#include "tests/unit/test.h"

#include <stdio.h>
#include <warrant/provenance.h>

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"

static void test_round_trip(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)4 << 20);
    WR_AUTO_BUF out = wr_buf_new((size_t)1 << 20);
    wr_lock l, again;
    wr_error err;
    const wr_slice text = WR_SLICE("version: 1\nmodels:\n  - path: z/b.pt\n    sha256: \"" B "\"\n    weights: " A "\n  - model: triage\n    sha256: " A
                                   "\n    signer: " C "\n    approved_by: ana\n    approved_at: 2026-11-25\n");
    assert_int_equal(wr_lock_parse(text, a, &l, &err), WR_OK);
    assert_int_equal(l.count, 2);
    assert_true(wr_slice_is(l.entries[0].model, "triage") && l.entries[0].at == 1795564800 && l.entries[1].line == 3);
    wr_lock_write(&l, a, &out);
    assert_int_equal(wr_lock_parse(wr_buf_slice(&out), a, &again, &err), WR_OK);
    assert_int_equal(again.count, 2);
    assert_true(wr_slice_is(again.entries[1].weights, A) && wr_slice_is(again.entries[0].signer, C));
    assert_ptr_equal(wr_lock_find(&l, WR_SLICE("z/b.pt"), WR_SLICE(""), WR_SLICE("")), &l.entries[1]);
    assert_ptr_equal(wr_lock_find(&l, WR_SLICE("elsewhere"), WR_SLICE("model:x"), WR_SLICE("triage")), &l.entries[0]);
    assert_null(wr_lock_find(&l, WR_SLICE("z"), WR_SLICE("model:x"), WR_SLICE("b.pt")));
}

static void test_refused(void **state)
{
    (void)state;
    static const struct { const char *text; wr_status status; } bad[] = {
        { "", WR_BAD }, { "models: []", WR_BAD }, { "version: 2\nmodels: []", WR_NEWER }, { "version: 1\nmodel: []", WR_BAD },
        { "version: 1\nmodels: {a: b}", WR_BAD }, { "version: 1\nmodels: [x]", WR_BAD },
        { "version: 1\nmodels: [{path: a}]", WR_BAD }, { "version: 1\nmodels: [{path: a, sha256: \"12\"}]", WR_BAD },
        { "version: 1\nmodels: [{sha256: " A "}]", WR_BAD }, { "version: 1\nmodels: [{path: a, model: b, sha256: " A "}]", WR_BAD },
        { "version: 1\nmodels: [{path: /a, sha256: " A "}]", WR_BAD }, { "version: 1\nmodels: [{path: a/../b, sha256: " A "}]", WR_BAD },
        { "version: 1\nmodels: [{path: a/, sha256: " A "}]", WR_BAD }, { "version: 1\nmodels: [{path: a, sha256: " A ", ok: true}]", WR_BAD },
        { "version: 1\nmodels: [{path: a, sha256: " A "}, {path: a, sha256: " B "}]", WR_BAD },
        { "version: 1\nmodels: [{path: a, sha256: " A ", approved_at: soon}]", WR_BAD },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        WR_AUTO_ARENA a = wr_arena_new((size_t)4 << 20);
        wr_lock l = { .count = 77 };
        wr_error err = { 0 };
        if (wr_lock_parse(wr_slice_of(bad[i].text), a, &l, &err) != bad[i].status || l.count != 77 || err.what[0] == '\0')
            fail_msg("%s: %s", bad[i].text, err.what);
    }
}

static wr_asset *model(wr_estate *e, const char *path, const char *digest, const char *weights)
{
    char key[80];
    (void)snprintf(key, sizeof key, "sha256:%s", digest);
    const wr_place at = { .path = wr_slice_of(path) };
    wr_asset *m = wr_estate_asset(e, WR_MODEL, wr_slice_of(key), wr_slice_of(path));
    wr_estate_seen(e, m, at);
    wr_estate_set_text(e, m, "digest", wr_slice_of(digest), at, "");
    wr_estate_set_text(e, m, "hosting", WR_SLICE("self"), at, "");
    if (weights != NULL)
        wr_estate_set_text(e, m, "weights_digest", wr_slice_of(weights), at, "");
    return m;
}

static size_t found(const wr_estate *e, const char *rule, const char *path)
{
    size_t n = 0;
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        n += wr_slice_is(wr_estate_finding_at(e, i)->rule, rule) && wr_slice_is(wr_estate_finding_at(e, i)->place.path, path);
    return n;
}

static void test_apply(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)4 << 20);
    wr_lock l;
    wr_error err;
    assert_int_equal(wr_lock_parse(WR_SLICE("version: 1\nmodels:\n  - {path: m/good, sha256: " A "}\n  - {path: m/bad, sha256: " A "}\n"
                                            "  - {path: m/gone, sha256: " A "}\n  - {path: m/packed, sha256: " A ", weights: " C "}\n"
                                            "  - {path: other/gone, sha256: " A "}\n"), a, &l, &err), WR_OK);
    wr_estate *e = wr_estate_new((size_t)16 << 20);
    wr_asset *good = model(e, "good", A, NULL), *bad = model(e, "bad", B, NULL), *packed = model(e, "packed", "d" , C);
    wr_estate_set_text(e, packed, "digest", WR_SLICE("dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"), (wr_place){ .path = WR_SLICE("a") }, "");
    wr_estate_seal(e);
    const wr_lock_scope scope = { .name = WR_SLICE("warrant.lock"), .root = WR_SLICE("/srv/m"), .lock_dir = WR_SLICE("/srv"), .whole = true };
    wr_lock_apply(e, &l, &scope);
    assert_true(wr_is_true(wr_asset_property(good, "digest_verified")->value));
    assert_false(wr_is_true(wr_asset_property(bad, "digest_verified")->value));
    assert_int_equal(found(e, "lock-mismatch", "bad"), 1);
    assert_int_equal(found(e, "lock-repacked", "packed"), 1);
    assert_int_equal(found(e, "lock-missing", "gone"), 1);
    assert_int_equal(wr_estate_finding_count(e), 3); /* other/gone was not scanned */
    wr_estate_free(e);
}

/* The same bytes in two places, approved in one only: not verified as a whole. */
static void test_two_places(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)4 << 20);
    wr_lock l;
    wr_error err;
    assert_int_equal(wr_lock_parse(WR_SLICE("version: 1\nmodels:\n  - {path: one, sha256: " A "}\n  - {path: two, sha256: " B "}\n"), a, &l, &err), WR_OK);
    wr_estate *e = wr_estate_new((size_t)16 << 20);
    wr_asset *m = model(e, "one", A, NULL);
    wr_estate_seen(e, m, (wr_place){ .path = WR_SLICE("two") });
    wr_estate_seen(e, m, (wr_place){ .path = WR_SLICE("three") });
    wr_estate_seal(e);
    const wr_lock_scope scope = { .name = WR_SLICE("warrant.lock"), .root = WR_SLICE("/srv"), .lock_dir = WR_SLICE("/srv"), .whole = true };
    wr_lock_apply(e, &l, &scope);
    assert_false(wr_is_true(wr_asset_property(m, "digest_verified")->value));
    assert_int_equal(found(e, "lock-mismatch", "two"), 1);
    assert_int_equal(found(e, "lock-unlisted", "three"), 1);
    wr_estate_free(e);
}

/* A lock speaks of its own folder, unless somebody names it for another. */
static void test_elsewhere(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)4 << 20);
    wr_lock l;
    wr_error err;
    assert_int_equal(wr_lock_parse(WR_SLICE("version: 1\nmodels:\n  - {path: one, sha256: " A "}\n  - {model: named, sha256: " A "}\n"), a, &l, &err), WR_OK);
    for (int everywhere = 0; everywhere < 2; everywhere++) {
        wr_estate *e = wr_estate_new((size_t)16 << 20);
        (void)model(e, "one", A, NULL);
        (void)model(e, "named", B, NULL);
        wr_estate_seal(e);
        const wr_lock_scope scope = { .name = WR_SLICE("warrant.lock"), .root = WR_SLICE("/srv-too"), .lock_dir = WR_SLICE("/srv"), .everywhere = everywhere, .whole = true };
        wr_lock_apply(e, &l, &scope);
        assert_int_equal(found(e, "lock-unlisted", "one"), everywhere);
        assert_int_equal(found(e, "lock-mismatch", "named"), 1);
        assert_int_equal(wr_estate_finding_count(e), 1 + everywhere);
        wr_estate_free(e);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_round_trip), cmocka_unit_test(test_refused), cmocka_unit_test(test_apply),
                                        cmocka_unit_test(test_two_places), cmocka_unit_test(test_elsewhere) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
