/* The Profile as it is built in, and a user's own checks. */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <warrant/profile.h>

static const wr_profile *load(wr_arena *a)
{
    const wr_profile *p = NULL;
    wr_error err = { 0 };
    if (wr_profile_load(a, NULL, &p, &err) != WR_OK)
        fail_msg("%s (%s)", err.what, err.where);
    return p;
}

static void test_counts(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    assert_int_equal(p->function_count, 6);
    assert_int_equal(p->category_count, 22);
    assert_int_equal(p->subcategory_count, 106);
    assert_int_equal(p->outcome_count, 318);
    assert_int_equal(p->question_count, 130);
    assert_true(p->check_count >= 90);
    int by_priority[4] = { 0 };
    for (size_t i = 0; i < p->outcome_count; i++) {
        const wr_outcome *o = &p->outcomes[i];
        assert_in_range(o->priority, 1, 3);
        assert_int_equal(o->priority, o->subcategory->priority[o->focus]);
        assert_true(o->check_count + o->question_count > 0);
        assert_ptr_equal(wr_profile_outcome(p, o->id), o);
        by_priority[o->priority]++;
    }
    assert_int_equal(by_priority[1], 75);
    for (size_t i = 0; i < p->subcategory_count; i++) {
        bool function = false, category = false;
        for (size_t k = 0; k < p->function_count; k++)
            function = function || wr_slice_eq(p->functions[k].id, p->subcategories[i].function);
        for (size_t k = 0; k < p->category_count; k++)
            category = category || wr_slice_eq(p->categories[k].id, p->subcategories[i].category);
        assert_true(function && category);
    }
}

static void test_checks(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    for (size_t i = 0; i < p->check_count; i++) {
        const wr_check *c = &p->checks[i];
        assert_true(i == 0 || wr_slice_cmp(p->checks[i - 1].id, c->id) < 0);
        assert_true(c->short_sql.len > 0 || c->unobservable.len > 0);
        assert_int_equal(c->short_sql.len > 0, c->population_sql.len > 0);
        assert_ptr_equal(wr_profile_check(p, c->id), c);
    }
    const wr_check *owners = wr_profile_check(p, WR_SLICE("systems-have-owners"));
    assert_int_equal(owners->asset, WR_SYSTEM);
    assert_int_equal(owners->severity, WR_HIGH);
    assert_int_equal(owners->outcome_count, 2);
    assert_int_equal(wr_profile_limit(p, "scan_age_days", 0), 7);
    assert_int_equal(wr_profile_limit(p, "no_such_limit", 42), 42);
    assert_null(wr_profile_check(p, WR_SLICE("no-such-check")));
    const wr_question *q = wr_profile_question(p, WR_SLICE("mission-orders-ai-risk"));
    assert_int_equal(q->valid_days, 365);
}

/* ---- a user's own checks ---- */

#define GOOD_CHECK \
    "id: mine\n" \
    "title: \"Mine.\"\n" \
    "outcomes: [ID.AM-02/secure]\n" \
    "source: scan\n" \
    "evidence: verified\n" \
    "asset: system\n" \
    "severity: low\n" \
    "falls_short: \"A system.\"\n" \
    "why: \"Because.\"\n" \
    "remedy: \"Do.\"\n" \
    "population: SELECT id AS asset FROM system\n" \
    "short: SELECT asset, 'x' AS why FROM judged\n"

static const struct {
    const char *what, *name, *text;
    const char *where, *says; /* NULL: it loads */
} files[] = {
    { "a good one", "mine.yaml", GOOD_CHECK, NULL, NULL },
    { "another name", "yours.yaml", GOOD_CHECK, "line 1", "name of the file" },
    { "an unknown key", "mine.yaml", GOOD_CHECK "colour: red\n", "line 13", "unknown key `colour`" },
    { "no SQL", "mine.yaml", "id: mine\ntitle: T\noutcomes: [ID.AM-02/secure]\nsource: scan\nevidence: verified\nasset: system\n"
      "severity: low\nfalls_short: F\nwhy: W\nremedy: R\n", "line 1", "unobservable" },
    { "no outcome of that name", "mine.yaml", "id: mine\ntitle: T\noutcomes: [ID.AM-99/secure]\nsource: scan\nevidence: verified\n"
      "asset: system\nseverity: low\nfalls_short: F\nwhy: W\nremedy: R\nunobservable: U\n", "line 3", "ID.AM-99/secure" },
    { "a wrong severity", "mine.yaml", "id: mine\ntitle: T\noutcomes: [ID.AM-02/secure]\nsource: scan\nevidence: verified\n"
      "asset: system\nseverity: awful\nfalls_short: F\nwhy: W\nremedy: R\nunobservable: U\n", "line 7", "awful" },
    { "one of ours", "ledger-intact.yaml", "id: ledger-intact\ntitle: T\noutcomes: [ID.AM-02/secure]\nsource: scan\nevidence: verified\n"
      "asset: system\nseverity: low\nfalls_short: F\nwhy: W\nremedy: R\nunobservable: U\n", "line 1", "already" },
    { "two statements", "mine.yaml", GOOD_CHECK "observed: SELECT 1; SELECT 2\nunobservable: U\n", "line 13", "semicolon" },
    { "no YAML", "mine.yaml", "id: [mine\n", "line", "YAML" },
    { "a list", "mine.yaml", "- id: mine\n", "line 1", "mapping" },
    { "empty", "mine.yaml", "", "line 1", "" },
};

static void test_user_checks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
        char dir[] = "/tmp/warrant-profile-XXXXXX", path[128];
        assert_non_null(mkdtemp(dir));
        snprintf(path, sizeof path, "%s/%s", dir, files[i].name);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(files[i].text, f);
        fclose(f);
        const wr_profile *p = NULL;
        wr_error err = { 0 };
        const wr_status status = wr_profile_load(a, dir, &p, &err);
        unlink(path);
        rmdir(dir);
        if (files[i].where == NULL) {
            if (status != WR_OK)
                fail_msg("%s: %s (%s)", files[i].what, err.what, err.where);
            assert_non_null(wr_profile_check(p, WR_SLICE("mine")));
            bool mapped = false;
            const wr_outcome *o = wr_profile_outcome(p, WR_SLICE("ID.AM-02/secure"));
            for (size_t k = 0; k < o->check_count; k++)
                mapped = mapped || wr_slice_is(o->checks[k]->id, "mine");
            assert_true(mapped);
            continue;
        }
        if (status == WR_OK || strstr(err.where, files[i].name) == NULL || strstr(err.where, files[i].where) == NULL
            || strstr(err.what, files[i].says) == NULL)
            fail_msg("%s: %s (%s)", files[i].what, err.what, err.where);
        assert_null(p);
    }
}

static void test_no_folder(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = NULL;
    wr_error err = { 0 };
    assert_int_equal(wr_profile_load(a, "/tmp/warrant-no-such-folder", &p, &err), WR_OK);
}

/* Whatever arena runs out, it is said and nothing is handed back. */
static void test_small_arenas(void **state)
{
    (void)state;
    size_t loaded = 0;
    for (size_t most = 1024; most < (size_t)64 << 20; most = most * 3 / 2) {
        WR_AUTO_ARENA a = wr_arena_new(most);
        const wr_profile *p = NULL;
        wr_error err = { 0 };
        const wr_status status = a ? wr_profile_load(a, NULL, &p, &err) : WR_OVER;
        assert_true(status == WR_OK || status == WR_OVER);
        assert_true((status == WR_OK) == (p != NULL));
        loaded += status == WR_OK;
    }
    assert_true(loaded > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counts), cmocka_unit_test(test_checks), cmocka_unit_test(test_user_checks),
        cmocka_unit_test(test_no_folder), cmocka_unit_test(test_small_arenas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
