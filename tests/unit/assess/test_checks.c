/* Every check that has SQL, over an estate that is good and one that falls short: tests/data/checks/ID.yaml. */
#include "fixture.h"


static const struct { const char *name; wr_verdict verdict; } cases[] = {
    { "good", WR_GOOD }, { "short", WR_SHORT }, { "nothing", WR_NOTHING_TO_JUDGE }, { "unseen", WR_NOT_OBSERVABLE },
};

typedef struct {
    size_t checks, run, failed;
} tally;

static const wr_shortfall *listed(const wr_check_result *r, wr_slice asset)
{
    for (size_t i = 0; i < r->shortfall_count; i++)
        if (wr_slice_eq(r->shortfalls[i].asset, asset))
            return &r->shortfalls[i];
    return NULL;
}

static void wrong(tally *t, const wr_check *c, const char *name, const char *what, wr_slice detail)
{
    t->failed++;
    print_error("%.*s, %s: %s " WR_FMT "\n", (int)c->id.len, c->id.at, name, what, WR_ARG(detail));
}

static void compare(tally *t, const wr_check_result *r, const char *name, wr_verdict want, const wr_value *expect)
{
    const wr_check *c = r->check;
    if (r->verdict != want)
        wrong(t, c, name, "the verdict is", wr_slice_of(wr_verdict_name(r->verdict)));
    if (r->fell_short > r->judged)
        wrong(t, c, name, "more fall short than were judged", (wr_slice){ 0 });
    if ((r->verdict == WR_NOTHING_TO_JUDGE || r->verdict == WR_NOT_OBSERVABLE) && r->reason.len == 0)
        wrong(t, c, name, "no reason is given", (wr_slice){ 0 });
    for (WR_EACH_MEMBER(m, expect)) {
        const wr_shortfall *s = listed(r, m->key);
        if (s == NULL)
            wrong(t, c, name, "not listed:", m->key);
        else if (wr_slice_find(s->why, wr_string(&m->value)) == s->why.len)
            wrong(t, c, name, "another clause:", s->why);
        else if (s->name.len == 0 || s->kind.len == 0 || s->path.len == 0)
            wrong(t, c, name, "no name, kind or place:", m->key);
    }
    if (want == WR_SHORT && r->shortfall_count != wr_count_of(expect))
        for (size_t i = 0; i < r->shortfall_count; i++)
            if (wr_get_slice(expect, r->shortfalls[i].asset) == NULL)
                wrong(t, c, name, "listed without cause:", r->shortfalls[i].asset);
}

/* Whether what falls short is part of what was judged, and the population names each asset once. */
static bool count_one(void *ctx, const wr_row *row)
{
    int64_t *n = ctx;
    n[0] = row->values[0].integer;
    n[1] = row->values[1].integer;
    return false;
}

static void population_is_sound(tally *t, fixture *f, const wr_profile *p, const wr_check *c, const char *name)
{
    WR_AUTO_BUF sql = wr_buf_new(1 << 20);
    wr_buf_printf(&sql, "WITH judged (asset) AS (\n" WR_FMT "\n) SELECT (SELECT count(*) - count(DISTINCT asset) FROM judged) AS twice, "
                        "(SELECT count(*) FROM (\n" WR_FMT "\n) q WHERE q.asset NOT IN (SELECT asset FROM judged)) AS strangers",
                  WR_ARG(c->population_sql), WR_ARG(c->short_sql));
    wr_sql_param params[128] = { { "now", { .type = WR_SQL_INT, .integer = NOW } } };
    size_t count = 1;
    for (WR_EACH_MEMBER(m, p->limits))
        if (m->value.type == WR_INT && count < 128)
            params[count++] = (wr_sql_param){ wr_arena_str(f->arena, m->key), { .type = WR_SQL_INT, .integer = m->value.u.integer } };
    int64_t n[2] = { 1, 1 };
    wr_error err = { 0 };
    must(wr_store_query(f->store, wr_buf_slice(&sql), params, count, NULL, count_one, n, &err), &err);
    if (n[0] != 0)
        wrong(t, c, name, "the population names an asset twice", (wr_slice){ 0 });
    if (n[1] != 0)
        wrong(t, c, name, "what falls short was not judged", (wr_slice){ 0 });
}

static void run_case(tally *t, const wr_profile *p, const wr_check *c, const char *name, wr_verdict want, const wr_value *estate)
{
    fixture f;
    wr_error err = { 0 };
    const wr_assessment *as = NULL;
    fixture_open(&f, estate);
    must(wr_assess(f.store, p, NOW, f.arena, &as, &err), &err);
    compare(t, &as->checks[c - p->checks], name, want, wr_get(estate, "expect"));
    population_is_sound(t, &f, p, c, name);
    t->run++;
    fixture_close(&f);
}

static void run_check(tally *t, const wr_profile *p, const wr_check *c, wr_arena *a)
{
    const wr_slice path = wr_arena_printf(a, "%s/tests/data/checks/" WR_FMT ".yaml", WR_SOURCE_DIR, WR_ARG(c->id));
    wr_slice text = { 0 };
    wr_value *v = NULL;
    wr_error err = { 0 };
    t->checks++;
    if (wr_io_read_file(wr_io_real(), path.at, 1 << 20, a, &text, &err) != WR_OK || wr_yaml_parse(a, text, &v, &err) != WR_OK) {
        wrong(t, c, "its estates", "cannot be read:", wr_slice_of(err.what));
        return;
    }
    if (wr_get(v, "good") == NULL || wr_get(v, "short") == NULL)
        wrong(t, c, "its estates", "one that is good or one that falls short is missing", (wr_slice){ 0 });
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        /* A check with a clause that nobody can see yet is never good: where nothing falls short it says so. */
        const bool never = c->unobservable.len > 0 && c->observed_sql.len == 0;
        const wr_verdict want = cases[i].verdict == WR_GOOD && never ? WR_NOT_OBSERVABLE : cases[i].verdict;
        if (wr_get(v, cases[i].name) != NULL)
            run_case(t, p, c, cases[i].name, want, wr_get(v, cases[i].name));
    }
}

static void test_every_check(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    const wr_profile *p = NULL;
    wr_error err = { 0 };
    tally t = { 0 };
    must(wr_profile_load(a, NULL, &p, &err), &err);
    for (size_t i = 0; i < p->check_count; i++)
        if (p->checks[i].short_sql.len > 0)
            run_check(&t, p, &p->checks[i], a);
    print_message("%zu checks with SQL, %zu of %zu without; %zu estates run, %zu failures\n", t.checks, p->check_count - t.checks,
                  p->check_count, t.run, t.failed);
    assert_true(t.checks > 0 && t.run >= 2 * t.checks);
    assert_int_equal(t.failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_every_check) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
