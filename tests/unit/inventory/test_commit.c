/* From estates to records: what appeared, changed and vanished, in one scope and in two, whole and incomplete. */
#include <unistd.h>

#include <warrant/inventory.h>

#include "tests/unit/store/help.h"

typedef struct {
    fixture f; /* the workspace's store */
    char folder[64], dir[96];
    wr_workspace *w;
    wr_scan_delta delta;
    int64_t time;
} world;

static int make_world(void **state)
{
    world *x = calloc(1, sizeof *x);
    x->f.arena = wr_arena_new((size_t)1 << 27);
    x->time = NOW;
    strcpy(x->folder, "/tmp/warrant-inventory-XXXXXX");
    assert_non_null(mkdtemp(x->folder));
    snprintf(x->dir, sizeof x->dir, "%s/.warrant", x->folder);
    assert_ok(&x->f, wr_workspace_create(wr_io_real(), x->dir, &x->f.err));
    assert_ok(&x->f, wr_workspace_open(wr_io_real(), x->dir, WR_WS_WRITE, &x->w, &x->f.err));
    x->f.store = wr_workspace_store(x->w);
    *state = x;
    return 0;
}

static int leave_world(void **state)
{
    world *x = *state;
    wr_slice before, after;
    char command[128];
    /* whatever the test did, rebuilding gives the same rows */
    assert_ok(&x->f, wr_store_digest(x->f.store, x->f.arena, &before, &x->f.err));
    assert_ok(&x->f, wr_workspace_rebuild(x->w, &x->f.err));
    assert_ok(&x->f, wr_store_digest(x->f.store, x->f.arena, &after, &x->f.err));
    assert_true(wr_slice_eq(before, after));
    assert_ok(&x->f, wr_workspace_close(x->w, &x->f.err));
    snprintf(command, sizeof command, "rm -rf %s", x->folder);
    assert_int_equal(system(command), 0);
    wr_arena_free(x->f.arena);
    free(x);
    return 0;
}

/* ---- estates from words: "a b" are models named so, at a.py line 1 ---- */

static wr_place at(const char *path, uint64_t line) { return (wr_place){ wr_slice_of(path), WR_AT_LINE, line }; }

static wr_asset *model(wr_estate *e, const char *name, const char *path, uint64_t line, const char *version)
{
    wr_asset *m = wr_estate_asset(e, WR_MODEL, wr_slice_of(name), wr_slice_of(name));
    wr_estate_seen(e, m, at(path, line));
    wr_estate_set_text(e, m, "version", wr_slice_of(version), at(path, line), "named there");
    return m;
}

static void finding(wr_estate *e, const char *path, uint64_t line, const char *detail)
{
    const wr_finding f = { .rule = WR_SLICE("rule"), .kind = WR_SLICE("unsafe-loader"), .severity = WR_HIGH, .asset = WR_SLICE("model:a"),
                           .place = at(path, line), .title = WR_SLICE("t"), .detail = wr_slice_of(detail), .remedy = WR_SLICE("r") };
    wr_estate_finding(e, &f, WR_SLICE(""));
}

/* Commits and frees it. */
static void scan_as(world *x, const char *scope, wr_estate *e, bool incomplete, bool dry)
{
    const wr_slice root = WR_SLICE(".");
    const wr_scan_facts facts = { .scope = wr_slice_of(scope), .roots = &root, .root_count = 1, .started_at = x->time, .finished_at = x->time + 1,
                                  .files = 3, .incomplete = incomplete };
    x->time += 100;
    wr_estate_seal(e);
    assert_ok(&x->f, wr_inventory_commit(x->w, e, &facts, dry, &x->delta, &x->f.err));
    wr_estate_free(e);
}

static void scan(world *x, const char *scope, wr_estate *e) { scan_as(x, scope, e, false, false); }

static void assert_delta(const world *x, uint64_t appeared, uint64_t changed, uint64_t vanished)
{
    assert_int_equal(x->delta.appeared, appeared);
    assert_int_equal(x->delta.changed, changed);
    assert_int_equal(x->delta.vanished, vanished);
}

static uint64_t records(world *x) { return wr_ledger_size(wr_workspace_ledger(x->w)); }

static wr_estate *estate(void) { return wr_estate_new((size_t)1 << 26); }

static wr_estate *two_models(void)
{
    wr_estate *e = estate();
    wr_asset *a = model(e, "a", "x.py", 1, "1");
    model(e, "b", "x.py", 2, "1");
    wr_estate_relate(e, a, WR_DERIVED_FROM, WR_SLICE("model:b"), at("x.py", 1));
    return e;
}

/* ---- tests ---- */

static void test_first_and_second_scan(void **state)
{
    world *x = *state;
    scan(x, "repo", two_models());
    assert_delta(x, 2, 0, 0);
    assert_int_equal(records(x), 3);
    assert_true(wr_slice_starts(x->delta.scan_id, "scan:"));
    assert_int_equal(x->delta.scan_id.len, 21);
    assert_rows(&x->f, "SELECT id, version FROM model ORDER BY id", "model:a|1\nmodel:b|1");
    assert_rows(&x->f, "SELECT count(*) FROM changes", "0");
    /* nothing changed: one record */
    scan(x, "repo", two_models());
    assert_delta(x, 0, 0, 0);
    assert_int_equal(records(x), 4);
    assert_rows(&x->f, "SELECT DISTINCT last_seen FROM asset", "1764100101");
    assert_rows(&x->f, "SELECT count(*), count(DISTINCT id), max(incomplete), max(assets) FROM scans", "2|2|0|2");
    /* one changed, one appeared, one vanished */
    wr_estate *e = estate();
    model(e, "a", "x.py", 1, "2");
    model(e, "c", "x.py", 9, "1");
    scan(x, "repo", e);
    assert_delta(x, 1, 1, 1);
    assert_int_equal(records(x), 8);
    assert_rows(&x->f, "SELECT asset, property, before, after, scope FROM changes ORDER BY id",
                "model:a|version|1|2|repo\nmodel:a|derived-from|model:b|-|repo");
    assert_rows(&x->f, "SELECT id, gone_at FROM asset ORDER BY id", "model:a|-\nmodel:b|1764100201\nmodel:c|-");
    assert_rows(&x->f, "SELECT count(*) FROM relation", "0");
    /* back again */
    scan(x, "repo", two_models());
    assert_delta(x, 1, 1, 1);
    assert_rows(&x->f, "SELECT id, gone_at FROM asset ORDER BY id", "model:a|-\nmodel:b|-\nmodel:c|1764100301");
}

static void test_a_moved_line_is_no_change(void **state)
{
    world *x = *state;
    scan(x, "repo", two_models());
    wr_estate *e = estate();
    wr_asset *a = model(e, "a", "x.py", 11, "1");
    model(e, "b", "x.py", 12, "1");
    wr_estate_relate(e, a, WR_DERIVED_FROM, WR_SLICE("model:b"), at("x.py", 11));
    scan(x, "repo", e);
    assert_delta(x, 0, 0, 0);
    assert_rows(&x->f, "SELECT count(*) FROM changes", "0");
    assert_rows(&x->f, "SELECT line FROM seen ORDER BY line", "11\n12"); /* but it is known where it is now */
}

static void test_dry(void **state)
{
    world *x = *state;
    scan_as(x, "repo", two_models(), false, true);
    assert_delta(x, 2, 0, 0);
    assert_int_equal(records(x), 0);
}

static void test_two_scopes(void **state)
{
    world *x = *state;
    wr_estate *e = estate();
    model(e, "b", "y.py", 5, "1");
    scan(x, "repo", two_models());
    scan(x, "other", e);
    assert_delta(x, 1, 0, 0);
    assert_rows(&x->f, "SELECT scope, path FROM seen WHERE asset = 'model:b' ORDER BY scope", "other|y.py\nrepo|x.py");
    scan(x, "repo", estate());
    assert_delta(x, 0, 0, 2);
    assert_rows(&x->f, "SELECT id, gone_at IS NULL FROM asset ORDER BY id", "model:a|0\nmodel:b|1");
    scan(x, "other", estate());
    assert_delta(x, 0, 0, 1);
    assert_rows(&x->f, "SELECT count(*) FROM model", "0");
}

static void test_an_incomplete_scan_lets_nothing_vanish(void **state)
{
    world *x = *state;
    wr_estate *e = estate();
    wr_asset *a = model(e, "a", "src/x.py", 1, "1");
    wr_estate_seen(e, a, at("big/y.py", 1));
    wr_estate_set_text(e, a, "license", WR_SLICE("mit"), at("big/y.py", 1), "");
    wr_estate_relate(e, a, WR_DERIVED_FROM, WR_SLICE("model:b"), at("big/y.py", 1));
    model(e, "b", "big/deep/x.py", 2, "1");
    model(e, "c", "bigger.py", 3, "1");
    finding(e, "big/y.py", 1, "d");
    finding(e, "src/x.py", 1, "d");
    scan(x, "repo", e);
    assert_delta(x, 3, 0, 0);
    for (int again = 0; again < 2; again++) {
        e = estate();
        model(e, "a", "src/x.py", 1, "1");
        wr_estate_unread(e, (wr_place){ WR_SLICE("big"), WR_AT_FILE, 0 }, "permission denied");
        const uint64_t before = records(x);
        scan_as(x, "repo", e, true, false);
        assert_delta(x, 0, 0, again ? 0 : 1); /* bigger.py was read: c is gone */
        assert_int_equal(x->delta.findings_closed, again ? 0 : 1);
        assert_int_equal(records(x) - before, again ? 1 : 4); /* a is said anew once: its places stand in another order */
    }
    assert_rows(&x->f, "SELECT id, version, license FROM model ORDER BY id", "model:a|1|mit\nmodel:b|1|-");
    assert_rows(&x->f, "SELECT path FROM seen WHERE asset = 'model:a' ORDER BY path", "big/y.py\nsrc/x.py");
    assert_rows(&x->f, "SELECT target FROM relation", "model:b");
    assert_rows(&x->f, "SELECT path FROM findings WHERE closed_at IS NULL", "big/y.py");
    assert_rows(&x->f, "SELECT incomplete FROM scans ORDER BY record DESC LIMIT 1", "1");
    /* incomplete, nobody knows where: nothing at all vanishes */
    scan_as(x, "repo", estate(), true, false);
    assert_delta(x, 0, 0, 0);
    assert_rows(&x->f, "SELECT count(*) FROM model", "2");
    scan(x, "repo", estate());
    assert_delta(x, 0, 0, 2);
}

static void add(world *x, const char *type, const char *subject, const char *json)
{
    const wr_record r = record_at(&x->f, x->time, type, subject, json);
    assert_ok(&x->f, wr_workspace_add(x->w, &r, 1, NULL, &x->f.err));
}

static void test_findings(void **state)
{
    world *x = *state;
    wr_estate *e = two_models();
    finding(e, "x.py", 1, "d");
    scan(x, "repo", e);
    assert_int_equal(x->delta.findings_opened, 1);
    const char *id = rows_of(&x->f, "SELECT id FROM findings");
    add(x, "finding.accepted", "f", wr_arena_printf(x->f.arena, "{'id':'%s','until':1800000000,'by':'role:ciso','why':'w'}", id).at);
    /* it moves: still the same finding, still accepted, not opened anew */
    e = two_models();
    finding(e, "x.py", 7, "d");
    scan(x, "repo", e);
    assert_int_equal(x->delta.findings_opened, 0);
    assert_rows(&x->f, "SELECT line, opened_at, closed_at, accepted_until FROM findings", "7|1764100001|-|1800000000");
    scan(x, "repo", two_models());
    assert_int_equal(x->delta.findings_closed, 1);
    assert_rows(&x->f, "SELECT closed_at, accepted_until FROM findings", "1764100201|1800000000");
    e = two_models();
    finding(e, "x.py", 7, "d");
    scan(x, "repo", e);
    assert_int_equal(x->delta.findings_opened, 1);
    assert_rows(&x->f, "SELECT opened_at, closed_at, accepted_by FROM findings", "1764100301|-|role:ciso");
}

static wr_asset *prompt(wr_estate *e, const char *path, const char *digest)
{
    wr_asset *p = wr_estate_asset(e, WR_PROMPT, wr_slice_of(path), wr_slice_of(path));
    wr_estate_seen(e, p, at(path, 1));
    wr_estate_set_text(e, p, "digest", wr_slice_of(digest), at(path, 1), "SHA-256 of the file");
    return p;
}

static void test_a_prompt_that_moved(void **state)
{
    world *x = *state;
    wr_estate *e = estate();
    prompt(e, "a", "sha256:1");
    prompt(e, "b", "sha256:2");
    prompt(e, "c", "sha256:3");
    scan(x, "repo", e);
    e = estate();
    prompt(e, "new/a", "sha256:1");  /* moved */
    prompt(e, "new/b1", "sha256:2"); /* copied: which of them is the old one? */
    prompt(e, "new/b2", "sha256:2");
    prompt(e, "c", "sha256:3");
    prompt(e, "d", "sha256:3");      /* a copy of one that stays */
    scan(x, "repo", e);
    assert_delta(x, 4, 0, 2);
    assert_rows(&x->f, "SELECT asset, property, before, after FROM changes", "prompt:new/a|moved|prompt:a|prompt:new/a");
}

static void test_declared_and_merged(void **state)
{
    world *x = *state;
    scan(x, "repo", two_models());
    add(x, "asset.declared", "model:a", "{'id':'model:a','by':'role:owner','properties':{'version':'declared'}}");
    add(x, "asset.merged", "model:b", "{'id':'model:b','into':'model:a','by':'role:owner','why':'w'}");
    assert_rows(&x->f, "SELECT id, version FROM model", "model:a|declared");
    /* the same again is still the same: merging and declaring do not make a scan see changes */
    scan(x, "repo", two_models());
    assert_delta(x, 0, 0, 0);
    assert_rows(&x->f, "SELECT id, version FROM model", "model:a|declared");
    assert_rows(&x->f, "SELECT last_seen FROM asset WHERE id = 'model:a'", "1764100101");
    scan(x, "repo", estate());
    assert_rows(&x->f, "SELECT id, version FROM model", "model:a|declared"); /* still declared */
    assert_rows(&x->f, "SELECT count(*) FROM seen", "0");
}

static void test_many(void **state)
{
    world *x = *state;
    for (int round = 0; round < 2; round++) {
        wr_estate *e = estate();
        for (int i = 0; i < 3000; i++) {
            char name[32];
            snprintf(name, sizeof name, "m%d", i);
            model(e, name, "x.py", (uint64_t)i + 1, round && i % 3 == 0 ? "2" : "1");
        }
        scan(x, "repo", e);
    }
    assert_delta(x, 0, 1000, 0);
    assert_rows(&x->f, "SELECT version, count(*) FROM model GROUP BY version", "1|2000\n2|1000");
    assert_rows(&x->f, "SELECT count(*) FROM changes", "1000");
    scan(x, "repo", estate());
    assert_delta(x, 0, 0, 3000);
}

static void test_scope_is_needed(void **state)
{
    world *x = *state;
    wr_estate *e = estate();
    const wr_scan_facts facts = { .started_at = NOW };
    wr_estate_seal(e);
    assert_int_equal(wr_inventory_commit(x->w, e, &facts, false, &x->delta, &x->f.err), WR_USAGE);
    wr_estate_free(e);
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, leave_world)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(test_first_and_second_scan), IN_A_WORLD(test_a_moved_line_is_no_change), IN_A_WORLD(test_dry),
        IN_A_WORLD(test_two_scopes), IN_A_WORLD(test_an_incomplete_scan_lets_nothing_vanish), IN_A_WORLD(test_findings),
        IN_A_WORLD(test_declared_and_merged), IN_A_WORLD(test_a_prompt_that_moved), IN_A_WORLD(test_many), IN_A_WORLD(test_scope_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
