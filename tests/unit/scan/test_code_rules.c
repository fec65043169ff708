/* The examples of profile/code: each rule finds what it says in its `yes`, and nothing of that in its `no`. */
#include "detect.h"
#include "scan/code/rules.h"

static const char *file_of(const code_rule *r)
{
    static const char *const names[] = { "a.py", "a.js", "a.ts", "a.tsx", "a.go", "a.java", "a.rs", "a.cs" };
    for (int l = 0; l < CODE_LANGUAGES; l++)
        if (r->languages & 1u << l)
            return names[l];
    return "a.py";
}

static bool is_there(const tree *t, wr_slice want)
{
    if (wr_slice_starts(want, "finding:"))
        for (size_t i = 0; i < wr_estate_finding_count(t->estate); i++)
            if (wr_slice_eq(wr_estate_finding_at(t->estate, i)->rule, wr_slice_from(want, 8)))
                return true;
    for (size_t i = 0; i < wr_estate_asset_count(t->estate); i++) {
        const wr_slice id = wr_estate_asset_at(t->estate, i)->id;
        if (id.len >= want.len && memcmp(id.at, want.at, want.len) == 0 && (want.at[want.len - 1] == ':' || id.len == want.len))
            return true;
    }
    return false;
}

/* Loading the catalogue takes longer than an example: it is shared. */
static bool try_one(const tree *shared, const code_rule *r, const char *field, bool wanted)
{
    tree t = *shared;
    bool good = true;
    t.arena = t.look.arena = wr_arena_new(WR_GIB);
    t.estate = t.look.estate = wr_estate_new(WR_GIB);
    tree_look(&t, file_of(r), wr_get_string(r->data, field));
    tree_conclude(&t);
    for (WR_EACH(want, wr_get(r->data, "finds")))
        if (is_there(&t, wr_string(want)) != wanted) {
            print_message("%s: " WR_FMT ": %s " WR_FMT "\n", r->file, WR_ARG(r->id), wanted ? "its `yes` does not find" : "its `no` finds", WR_ARG(wr_string(want)));
            good = false;
        }
    if (!good)
        tree_print(&t);
    wr_estate_free(t.estate);
    wr_arena_free(t.arena);
    return good;
}

static void examples(void **state)
{
    (void)state;
    if (!code_parses()) {
        print_message("SKIPPED: code is not parsed in this build\n");
        skip();
    }
    tree t = tree_new();
    const code_rules *rules = wr_catalog_code(t.catalog);
    assert_non_null(rules);
    assert_true(rules->count > 100);
    size_t bad = 0;
    for (size_t i = 0; i < rules->count; i++) {
        bad += !try_one(&t, &rules->rules[i], "yes", true);
        bad += !try_one(&t, &rules->rules[i], "no", false);
    }
    print_message("%zu rules, %zu examples went wrong\n", rules->count, bad);
    assert_int_equal(bad, 0);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(examples) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
