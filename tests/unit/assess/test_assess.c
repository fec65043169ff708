/* A whole assessment: an empty estate, one with AI in it, answers, the digest, the plan, and a check whose SQL is wrong. */
#include "fixture.h"

#include <warrant/evidence.h>

static const char *const estate_text =
    "assets:\n"
    "  \"environment:prod\": {role: production}\n"
    "  \"principal:ana\": {type: person}\n"
    "  \"model:acme/m1\": {}\n"
    "  \"system:shop\": {runs-in: \"environment:prod\", owned-by: \"principal:ana\", uses: \"model:acme/m1\"}\n"
    "  \"system:desk\": {runs-in: \"environment:prod\"}\n";

static const wr_profile *load(wr_arena *a)
{
    const wr_profile *p = NULL;
    wr_error err = { 0 };
    must(wr_profile_load(a, NULL, &p, &err), &err);
    return p;
}

static const wr_assessment *assess(fixture *f, const wr_profile *p, int64_t now)
{
    const wr_assessment *as = NULL;
    wr_error err = { 0 };
    must(wr_assess(f->store, p, now, f->arena, &as, &err), &err);
    return as;
}

static wr_value *estate(wr_arena *a)
{
    wr_value *v = NULL;
    wr_error err = { 0 };
    must(wr_yaml_parse(a, wr_slice_of(estate_text), &v, &err), &err);
    return v;
}

static const wr_outcome_result *outcome(const wr_assessment *as, const char *id)
{
    for (size_t i = 0; i < as->outcome_count; i++)
        if (wr_slice_is(as->outcomes[i].outcome->id, id))
            return &as->outcomes[i];
    fail_msg("no outcome %s", id);
    return NULL;
}

/* An empty workspace, and an empty folder that was scanned: no outcome is met, and nothing falls short. */
static void test_empty(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    wr_value *nothing = wr_new_object(a);
    for (int scanned = 0; scanned < 2; scanned++) {
        fixture f;
        fixture_open(&f, scanned ? nothing : NULL);
        const wr_assessment *as = assess(&f, p, NOW);
        assert_int_equal(as->outcome_count, 318);
        assert_int_equal(as->states[WR_UNKNOWN], 318);
        for (size_t i = 0; i < as->check_count; i++) {
            assert_true(as->checks[i].verdict == WR_NOTHING_TO_JUDGE || as->checks[i].verdict == WR_NOT_OBSERVABLE);
            assert_true(as->checks[i].reason.len > 0);
        }
        fixture_close(&f);
    }
}

/* Our own ledger, verified and witnessed, is no AI: it makes nothing met either. */
static void test_ledger_alone(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    fixture f;
    wr_error err = { 0 };
    fixture_open(&f, wr_new_object(a));
    wr_value *verified = wr_new_object(a), *witnessed = wr_new_object(a);
    wr_put_int(a, verified, "size", 4);
    wr_put_bool(a, verified, "intact", true);
    wr_put_int(a, witnessed, "size", 4);
    wr_put_string(a, witnessed, "witness", WR_SLICE("witness.example"));
    wr_put_int(a, witnessed, "time", NOW - 60);
    must(wr_store_begin(f.store, &err), &err);
    add_record(&f, "ledger.verified", NOW - 100, WR_SLICE("warrant.example/log"), verified);
    add_record(&f, "ledger.witnessed", NOW - 60, WR_SLICE("warrant.example/log"), witnessed);
    must(wr_store_commit(f.store, &err), &err);
    const wr_assessment *as = assess(&f, p, NOW);
    assert_int_equal(as->checks[wr_profile_check(p, WR_SLICE("ledger-intact")) - p->checks].verdict, WR_GOOD);
    assert_int_equal(as->checks[wr_profile_check(p, WR_SLICE("logs-kept-long-enough")) - p->checks].verdict, WR_NOTHING_TO_JUDGE);
    assert_int_equal(as->states[WR_MET], 0);
    fixture_close(&f);
}

static void test_states_and_cells(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    fixture f;
    fixture_open(&f, estate(a));
    const wr_assessment *as = assess(&f, p, NOW);
    assert_int_equal(outcome(as, "GV.RR-02/secure")->state, WR_GAP);
    uint32_t in_states = 0, in_cells = 0;
    for (int s = 0; s < WR_STATES; s++) {
        in_states += as->states[s];
        for (int i = 0; i < 6; i++)
            for (int k = 0; k < WR_FOCUS_AREAS; k++)
                in_cells += as->by_cell[i][k][s];
    }
    assert_int_equal(in_states, 318);
    assert_int_equal(in_cells, 318);
    const wr_check_result *const *gaps = NULL;
    size_t count = 0;
    wr_error err = { 0 };
    must(wr_assess_gaps(as, a, &gaps, &count, &err), &err);
    assert_true(count > 3);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(gaps[i]->verdict, WR_SHORT);
    fixture_close(&f);
}

static void answer(fixture *f, const wr_profile *p, const char *question, const char *word, int64_t at)
{
    wr_record r;
    wr_error err = { 0 };
    const wr_attestation t = { .question = wr_slice_of(question), .answer = wr_slice_of(word), .by = WR_SLICE("Ana Moreau") };
    must(wr_attestation_record(p, &t, at, f->arena, &r, &err), &err);
    must(wr_store_begin(f->store, &err), &err);
    must(wr_store_apply(f->store, f->index++, &r, &err), &err);
    must(wr_store_commit(f->store, &err), &err);
}

/* GV.OC-01/secure has one question and no check. */
static void test_answers(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    const wr_outcome *o = wr_profile_outcome(p, WR_SLICE("GV.OC-01/secure"));
    assert_int_equal(o->check_count, 0);
    assert_int_equal(o->question_count, 1);
    static const struct { const char *word; wr_state state; } rows[] = {
        { "yes", WR_ATTESTED }, { "no", WR_GAP }, { "partly", WR_PARTIAL }, { "not sure", WR_UNKNOWN },
    };
    fixture f;
    fixture_open(&f, NULL);
    for (size_t i = 0; i < 4; i++) {
        answer(&f, p, "mission-orders-ai-risk", rows[i].word, NOW + (int64_t)i);
        assert_int_equal(outcome(assess(&f, p, NOW + 100), "GV.OC-01/secure")->state, rows[i].state);
    }
    answer(&f, p, "mission-orders-ai-risk", "yes", NOW + 10);
    assert_int_equal(outcome(assess(&f, p, NOW + 364 * 86400), "GV.OC-01/secure")->state, WR_ATTESTED);
    const wr_assessment *late = assess(&f, p, NOW + 366 * 86400);
    assert_int_equal(outcome(late, "GV.OC-01/secure")->state, WR_UNKNOWN);
    assert_int_equal(outcome(late, "GV.OC-01/secure")->stale, 1);
    fixture_close(&f);
}

static void test_digest(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    fixture f;
    fixture_open(&f, estate(a));
    const wr_hash first = assess(&f, p, NOW)->digest, again = assess(&f, p, NOW)->digest, later = assess(&f, p, NOW + 60)->digest;
    assert_true(wr_hash_eq(&first, &again));
    assert_true(wr_hash_eq(&first, &later)); /* times are not part of it */
    answer(&f, p, "mission-orders-ai-risk", "yes", NOW);
    const wr_hash changed = assess(&f, p, NOW)->digest;
    assert_false(wr_hash_eq(&first, &changed));
    WR_AUTO_BUF one = wr_buf_new(64 << 20);
    WR_AUTO_BUF two = wr_buf_new(64 << 20);
    wr_error err = { 0 };
    must(wr_canonical(wr_assessment_value(f.arena, assess(&f, p, NOW)), &one, &err), &err);
    must(wr_canonical(wr_assessment_value(f.arena, assess(&f, p, NOW)), &two, &err), &err);
    assert_true(wr_slice_eq(wr_buf_slice(&one), wr_buf_slice(&two)));
    fixture_close(&f);
}

static void test_json(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    fixture f;
    fixture_open(&f, estate(a));
    const wr_value *v = wr_assessment_value(a, assess(&f, p, NOW));
    assert_true(wr_slice_is(wr_get_string(v, "edition"), "nist-ir-8596-iprd"));
    assert_int_equal(wr_count_of(wr_get(v, "outcomes")), 318);
    const wr_value *first = wr_get(v, "outcomes")->u.items.first;
    assert_true(wr_slice_is(wr_get_string(first, "outcome"), "GV.OC-01/secure"));
    static const char *const needed[] = { "outcome", "priority", "state", "verified", "attested", "imported", "checks" };
    for (size_t i = 0; i < 7; i++)
        assert_non_null(wr_get(first, needed[i]));
    int64_t n = 0, total = 0;
    for (WR_EACH_MEMBER(m, wr_get(v, "counts")))
        total += m->value.u.integer;
    assert_int_equal(total, 318);
    assert_true(wr_get_int(wr_path(v, "counts"), "gap", &n) && n > 0);
    fixture_close(&f);
}

static void test_plan(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    fixture f;
    fixture_open(&f, estate(a));
    answer(&f, p, "ai-use-policy", "yes", NOW);
    const wr_assessment *as = assess(&f, p, NOW);
    const wr_plan_item *items = NULL;
    size_t count = 0, checks = 0, questions = 0, shorts = 0;
    wr_error err = { 0 };
    must(wr_plan(as, a, &items, &count, &err), &err);
    assert_int_equal(items[0].week, 1);
    assert_true(wr_slice_is(items[0].phase, "before-day-1"));
    for (size_t i = 0; i < count; i++) {
        assert_true(i == 0 || items[i].week >= items[i - 1].week);
        assert_true(items[i].what.len > 0 && items[i].role.len > 0 && items[i].phase.len > 0);
        checks += items[i].check != NULL;
        questions += items[i].question != NULL;
        if (items[i].check != NULL)
            assert_true(items[i].assets > 0);
        if (items[i].question != NULL)
            assert_false(wr_slice_is(items[i].question->id, "ai-use-policy"));
        if (items[i].check != NULL && wr_slice_is(items[i].check->id, "systems-have-owners")) {
            assert_int_equal(items[i].week, 1);
            assert_int_equal(items[i].assets, 1);
            assert_true(wr_slice_is(items[i].role, "ai-system-owner"));
        }
        /* Within a phase what has been planned comes first, then the questions, each role's together. */
        if (i > 0 && wr_slice_eq(items[i].phase, items[i - 1].phase) && items[i - 1].question != NULL)
            assert_true(items[i].question != NULL);
    }
    for (size_t i = 0; i < as->check_count; i++)
        shorts += as->checks[i].verdict == WR_SHORT;
    assert_int_equal(checks, shorts);
    assert_int_equal(questions, p->question_count - 1);
    fixture_close(&f);
}

/* A check whose SQL fails is an error that names it, never a verdict. */
static void test_wrong_sql(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    wr_check *checks = wr_arena_array(a, wr_check, p->check_count);
    memcpy(checks, p->checks, p->check_count * sizeof *checks);
    wr_profile broken = *p;
    broken.checks = checks;
    size_t at = 0;
    while (!wr_slice_is(checks[at].id, "systems-have-owners"))
        at++;
    static const struct { const char *population, *sql; const char *where; } rows[] = {
        { "SELECT id AS asset FROM system", "SELECT asset, why FROM nowhere", "short" },
        { "SELECT id AS asset FROM system", "DELETE FROM asset RETURNING id AS asset, 'x' AS why", "short" },
        { "SELECT id FROM nothing_like_it", "SELECT asset, 'x' AS why FROM judged", "population" },
    };
    for (size_t i = 0; i < 3; i++) {
        checks[at].population_sql = wr_slice_of(rows[i].population);
        checks[at].short_sql = wr_slice_of(rows[i].sql);
        fixture f;
        fixture_open(&f, estate(a));
        const wr_assessment *as = NULL;
        wr_error err = { 0 };
        assert_int_not_equal(wr_assess(f.store, &broken, NOW, f.arena, &as, &err), WR_OK);
        assert_null(as);
        assert_non_null(strstr(err.where, "systems-have-owners"));
        assert_non_null(strstr(err.where, rows[i].where));
        fixture_close(&f);
    }
}

/* Whatever arena runs out, it is said and nothing is handed back. */
static void test_small_arenas(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = load(a);
    fixture f;
    fixture_open(&f, estate(a));
    size_t done = 0;
    for (size_t most = 1024; most < (size_t)16 << 20; most = most * 5 / 4) {
        WR_AUTO_ARENA small = wr_arena_new(most);
        const wr_assessment *as = NULL;
        wr_error err = { 0 };
        const wr_status status = wr_assess(f.store, p, NOW, small, &as, &err);
        assert_true(status == WR_OK || status == WR_OVER);
        assert_true((status == WR_OK) == (as != NULL));
        if (status != WR_OK)
            continue;
        const wr_plan_item *items = NULL;
        size_t count = 0;
        assert_true((wr_plan(as, small, &items, &count, &err) == WR_OK) == (items != NULL));
        (void)wr_assessment_value(small, as);
        done++;
    }
    assert_true(done > 0);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty), cmocka_unit_test(test_ledger_alone), cmocka_unit_test(test_states_and_cells), cmocka_unit_test(test_answers),
        cmocka_unit_test(test_digest), cmocka_unit_test(test_json), cmocka_unit_test(test_plan), cmocka_unit_test(test_wrong_sql), cmocka_unit_test(test_small_arenas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
