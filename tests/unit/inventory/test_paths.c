/* What the relations mean together: ways, the three, loops, blast radius. */
#include <warrant/paths.h>

#include "tests/unit/store/help.h"

/* "kind:key", properties as JSON members, relations as "type kind:key" separated by commas. */
static void asset(fixture *x, const char *id, const char *properties, const char *relations)
{
    WR_AUTO_BUF b = wr_buf_new(1 << 16);
    wr_slice rest = wr_slice_of(relations), one;
    wr_buf_printf(&b, "{'id':'%s','scope':'one','name':'%s','properties':{%s},'relations':[", id, strchr(id, ':') + 1, properties);
    for (int n = 0; relations[0] != '\0' && wr_slice_split(&rest, ',', &one); n++) {
        const size_t cut = wr_slice_find_char(one, ' ');
        wr_buf_printf(&b, "%s{'type':'" WR_FMT "','to':'" WR_FMT "'}", n ? "," : "", WR_ARG(wr_slice_part(one, 0, cut)), WR_ARG(wr_slice_from(one, cut + 1)));
    }
    wr_buf_addc(&b, "]}");
    wr_buf_char(&b, '\0');
    apply(x, "asset.observed", b.at);
}
#define YES(name) "'" name "':{'value':true}"
#define TEXT(name, value) "'" name "':{'value':'" value "'}"

static const char *json(fixture *x, const wr_value *v)
{
    WR_AUTO_BUF b = wr_buf_new(1 << 24);
    wr_json_write(v, &b, 0);
    return wr_arena_str(x->arena, wr_buf_slice(&b));
}

static const wr_value *all(fixture *x, const char *only)
{
    wr_value *v = NULL;
    assert_ok(x, wr_paths_value(x->store, wr_slice_of(only), x->arena, &v, &x->err));
    return v;
}

static void a_planted_document_reaches_the_tool_through_two_agents(void **state)
{
    fixture *x = *state;
    asset(x, "retrieval:mail", TEXT("content_trust", "untrusted"), "");
    asset(x, "agent:reader", "", "retrieves-from retrieval:mail,delegates-to agent:doer");
    asset(x, "agent:doer", "", "calls tool:pay,calls tool:look");
    asset(x, "tool:pay", TEXT("effect", "irreversible") "," YES("gated"), "");
    asset(x, "tool:look", TEXT("effect", "read") "," TEXT("reach", "internal"), "");
    asset(x, "tool:other", TEXT("effect", "write"), ""); /* dangerous, but nobody calls it */
    const wr_value *v = all(x, "");
    const wr_value *ways = wr_get(v, "untrusted_to_dangerous");
    assert_int_equal(wr_count_of(ways), 1);
    assert_string_equal(json(x, wr_get(ways->u.items.first, "steps")),
        "[{\"id\":\"retrieval:mail\",\"kind\":\"retrieval\",\"name\":\"mail\"},"
        "{\"id\":\"agent:reader\",\"kind\":\"agent\",\"name\":\"reader\",\"by\":\"retrieves-from\"},"
        "{\"id\":\"agent:doer\",\"kind\":\"agent\",\"name\":\"doer\",\"by\":\"delegates-to\"},"
        "{\"id\":\"tool:pay\",\"kind\":\"tool\",\"name\":\"pay\",\"by\":\"calls\"}]");
    assert_true(wr_is_true(wr_get(ways->u.items.first, "gated")));
    assert_int_equal(wr_count_of(wr_get(all(x, "agent:reader"), "untrusted_to_dangerous")), 1);
    assert_int_equal(wr_count_of(wr_get(all(x, "tool:look"), "untrusted_to_dangerous")), 0);
    int64_t n;
    assert_true(wr_get_int(wr_get(v, "unknown"), "agents", &n) && n == 2);
    assert_true(wr_get_int(wr_get(v, "unknown"), "tools", &n) && n == 2);
}

static void trusted_content_and_a_harmless_tool_make_no_way(void **state)
{
    fixture *x = *state;
    asset(x, "retrieval:wiki", TEXT("content_trust", "trusted"), "");
    asset(x, "agent:a", "", "retrieves-from retrieval:wiki,calls tool:pay");
    asset(x, "tool:pay", TEXT("effect", "write"), "");
    asset(x, "agent:b", YES("reads_untrusted"), "calls tool:look");
    asset(x, "tool:look", TEXT("effect", "read") "," TEXT("reach", "internal"), "");
    assert_string_equal(json(x, wr_get(all(x, ""), "untrusted_to_dangerous")), "[]");
    assert_string_equal(json(x, wr_get(all(x, ""), "all_three")), "[]");
}

static void the_three_may_lie_behind_others(void **state)
{
    fixture *x = *state;
    asset(x, "agent:chief", "", "delegates-to agent:reader,calls tool:send,retrieves-from retrieval:files");
    asset(x, "agent:reader", YES("reads_untrusted"), "");
    asset(x, "tool:send", TEXT("reach", "external"), "");
    asset(x, "retrieval:files", "'data_classes':{'value':['health']}", "");
    asset(x, "agent:two-only", YES("reads_untrusted") "," YES("reads_private"), "");
    const wr_value *three = wr_get(all(x, ""), "all_three");
    assert_int_equal(wr_count_of(three), 1);
    const wr_value *one = three->u.items.first;
    assert_true(wr_slice_is(wr_get_string(one, "agent"), "agent:chief"));
    assert_true(wr_slice_is(wr_string(wr_path(one, "private.id")), "retrieval:files"));
    assert_true(wr_slice_is(wr_string(wr_path(one, "untrusted.id")), "agent:reader"));
    assert_true(wr_slice_is(wr_string(wr_path(one, "outside.id")), "tool:send"));
    assert_true(wr_is(wr_path(one, "outside.gated"), WR_NULL)); /* unknown is unknown */
}

static void loops_are_found_once_also_through_a_tool_that_an_agent_provides(void **state)
{
    fixture *x = *state;
    asset(x, "agent:a", "'max_steps':{'value':5}", "delegates-to agent:b");
    asset(x, "agent:b", "'max_steps':{'value':5}", "delegates-to agent:c");
    asset(x, "agent:c", "'max_steps':{'value':5}", "delegates-to agent:a,delegates-to agent:b,delegates-to agent:leaf");
    asset(x, "agent:leaf", "", "");
    asset(x, "agent:p", "", "calls tool:t");
    asset(x, "tool:t", "", "provided-by agent:q");
    asset(x, "agent:q", "", "delegates-to agent:p");
    const wr_value *loops = wr_get(all(x, ""), "loops");
    assert_int_equal(wr_count_of(loops), 2);
    size_t sizes[4] = { 0 };
    for (WR_EACH(l, loops)) {
        const size_t n = wr_count_of(wr_get(l, "agents"));
        assert_in_range(n, 2, 3);
        sizes[n]++;
        assert_int_equal(wr_is_true(wr_get(l, "capped")), n == 3);
    }
    assert_int_equal(sizes[2] + sizes[3] * 10, 11);
    assert_int_equal(wr_count_of(wr_get(all(x, "agent:leaf"), "loops")), 0);
    assert_int_equal(wr_count_of(wr_get(all(x, "agent:q"), "loops")), 1);
}

static void a_leaked_key_is_followed_both_ways(void **state)
{
    fixture *x = *state;
    wr_value *v = NULL;
    asset(x, "credential:k", "", "provided-by provider:p");
    asset(x, "provider:p", "", "");
    asset(x, "model:m", "", "provided-by provider:p");
    asset(x, "agent:holder", "", "authenticates-with credential:k,retrieves-from retrieval:files,calls agent:holder");
    asset(x, "retrieval:files", "'data_classes':{'value':['health','personal']}", "");
    asset(x, "system:s", "", "uses agent:holder,runs-in environment:prod");
    asset(x, "system:other", "", "uses model:m");
    asset(x, "environment:prod", TEXT("role", "production"), "");
    assert_ok(x, wr_paths_leak(x->store, WR_SLICE("credential:k"), x->arena, &v, &x->err));
    assert_string_equal(json(x, v),
        "{\"credential\":\"credential:k\",\"held_by\":[{\"id\":\"agent:holder\",\"kind\":\"agent\",\"name\":\"holder\"}],"
        "\"depend_on_it\":[{\"id\":\"system:s\",\"kind\":\"system\",\"name\":\"s\"}],"
        "\"providers\":[{\"id\":\"provider:p\",\"kind\":\"provider\",\"name\":\"p\"}],"
        "\"models\":[{\"id\":\"model:m\",\"kind\":\"model\",\"name\":\"m\"}],\"endpoints\":[],"
        "\"data\":[{\"id\":\"retrieval:files\",\"kind\":\"retrieval\",\"name\":\"files\"}],"
        "\"environments\":[{\"id\":\"environment:prod\",\"kind\":\"environment\",\"name\":\"prod\",\"role\":\"production\"}],"
        "\"findings\":[],\"data_classes\":[\"health\",\"personal\"],\"places\":[]}");
}

static void a_failing_provider_shows_who_has_something_else(void **state)
{
    fixture *x = *state;
    wr_value *v = NULL;
    asset(x, "provider:p", "", "");
    asset(x, "provider:q", "", "");
    asset(x, "model:m", "", "provided-by provider:p");
    asset(x, "model:n", "", "provided-by provider:q");
    asset(x, "agent:a", "", "uses model:m");
    asset(x, "system:both", TEXT("fallback", "people answer"), "uses agent:a,uses model:n,runs-in environment:prod");
    asset(x, "system:one", "", "uses model:m");
    asset(x, "system:none", "", "uses model:n");
    asset(x, "environment:prod", TEXT("role", "production"), "");
    assert_ok(x, wr_paths_down(x->store, WR_SLICE("provider:p"), x->arena, &v, &x->err));
    assert_string_equal(json(x, wr_get(v, "systems")),
        "[{\"id\":\"system:both\",\"kind\":\"system\",\"name\":\"both\",\"fallback\":\"people answer\",\"production\":true,\"other_models\":[\"model:n\"]},"
        "{\"id\":\"system:one\",\"kind\":\"system\",\"name\":\"one\",\"production\":false}]");
    assert_string_equal(json(x, wr_get(v, "agents")), "[{\"id\":\"agent:a\",\"kind\":\"agent\",\"name\":\"a\"}]");
}

/* A ring of thousands, everything connected to it: no recursion, no all pairs. */
static void a_long_ring_is_no_burden(void **state)
{
    fixture *x = *state;
    enum { RING = 5000 };
    for (int i = 0; i < RING; i++) {
        char id[64], to[256];
        snprintf(id, sizeof id, "agent:%05d", i);
        snprintf(to, sizeof to, "delegates-to agent:%05d,calls tool:t,retrieves-from retrieval:r", (i + 1) % RING);
        asset(x, id, "", to);
    }
    asset(x, "tool:t", TEXT("effect", "write") "," TEXT("reach", "external"), "");
    asset(x, "retrieval:r", TEXT("content_trust", "mixed") ",'data_classes':{'value':['health']}", "");
    const wr_value *v = all(x, "");
    assert_int_equal(wr_count_of(wr_get(v, "untrusted_to_dangerous")), 1);
    assert_int_equal(wr_count_of(wr_get(v, "all_three")), RING);
    assert_int_equal(wr_count_of(wr_get(v, "loops")), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(a_planted_document_reaches_the_tool_through_two_agents),
        STORE_TEST(trusted_content_and_a_harmless_tool_make_no_way),
        STORE_TEST(the_three_may_lie_behind_others),
        STORE_TEST(loops_are_found_once_also_through_a_tool_that_an_agent_provides),
        STORE_TEST(a_leaked_key_is_followed_both_ways),
        STORE_TEST(a_failing_provider_shows_who_has_something_else),
        STORE_TEST(a_long_ring_is_no_burden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
