/* What people see of the inventory: the value, the graph, and which asset a word means. */
#include <warrant/inventory.h>

#include "tests/unit/store/help.h"

static int make_world(void **state)
{
    set_up(state);
    fixture *x = *state;
    apply(x, "asset.observed", "{'id':'system:clinic/bot','scope':'one','name':'Patient \\'bot\\'','properties':{'public':{'value':true,'path':'w.yaml','line':2,'how':'said'},"
        "'data_classes':{'value':['health']}},'relations':[{'type':'uses','to':'model:m','path':'w.yaml','line':3},{'type':'uses','to':'model:never-seen'}],'seen':[{'path':'w.yaml','line':1}]}");
    apply(x, "asset.observed", "{'id':'model:m','scope':'one','name':'m <b>','properties':{'parameters':{'value':7}},'relations':[{'type':'provided-by','to':'provider:p'}],"
        "'seen':[{'path':'m.bin','offset':0}]}");
    apply(x, "asset.observed", "{'id':'model:m2','scope':'two','name':'m','seen':[{'path':'m2'}]}");
    apply(x, "asset.observed", "{'id':'provider:p','scope':'two','name':'P'}");
    apply(x, "asset.observed", "{'id':'tool:gone','scope':'one','name':'gone','relations':[{'type':'calls','to':'model:m'}]}");
    apply(x, "asset.observed", "{'id':'tool:merged','scope':'two','name':'merged'}");
    apply(x, "asset.vanished", "{'id':'tool:gone','scope':'one'}");
    apply(x, "asset.merged", "{'id':'tool:merged','into':'model:m2','by':'role:a'}");
    apply(x, "finding.opened", "{'id':'f1','scope':'one','rule':'r','severity':'high','asset':'model:m','path':'m.bin','offset':9,'title':'t','detail':'d'}");
    apply(x, "finding.opened", "{'id':'f2','scope':'one','severity':'low'}");
    apply(x, "finding.closed", "{'id':'f2','scope':'one'}");
    apply(x, "scan", "{'id':'scan:1','scope':'one','files':3}");
    apply(x, "scan", "{'id':'scan:2','scope':'two','files':4}");
    return 0;
}

static void assert_json(fixture *x, const wr_value *v, const char *expected)
{
    wr_buf text = wr_buf_new((size_t)1 << 20);
    assert_ok(x, wr_canonical(v, &text, &x->err));
    wr_buf_char(&text, '\0');
    assert_string_equal(text.at, quoted(x, expected).at);
    wr_buf_free(&text);
}

static void test_value(void **state)
{
    fixture *x = *state;
    wr_value *v = NULL;
    assert_ok(x, wr_inventory_value(x->store, WR_SLICE("one"), x->arena, &v, &x->err));
    assert_json(x, wr_get(v, "assets"),
        "[{'declared':false,'first_seen':1764100000,'id':'model:m','kind':'model','last_seen':1764100000,'name':'m <b>',"
        "'properties':{'parameters':{'origin':'observed','value':7}},'seen':[{'offset':0,'path':'m.bin','scope':'one'}]},"
        "{'declared':false,'first_seen':1764100000,'id':'system:clinic/bot','kind':'system','last_seen':1764100000,'name':'Patient \\'bot\\'',"
        "'properties':{'data_classes':{'origin':'observed','value':['health']},'public':{'how':'said','line':2,'origin':'observed','path':'w.yaml','value':true}},"
        "'seen':[{'line':1,'path':'w.yaml','scope':'one'}]}]");
    assert_json(x, wr_get(v, "relations"),
        "[{'from':'model:m','origin':'observed','to':'provider:p','type':'provided-by'},"
        "{'from':'system:clinic/bot','line':3,'origin':'observed','path':'w.yaml','to':'model:m','type':'uses'},"
        "{'from':'system:clinic/bot','origin':'observed','to':'model:never-seen','type':'uses'}]");
    assert_json(x, wr_get(v, "findings"),
        "[{'asset':'model:m','detail':'d','id':'f1','offset':9,'opened_at':1764100000,'path':'m.bin','rule':'r','scope':'one','severity':'high','title':'t'}]");
    assert_json(x, wr_get(v, "scan"), "{'files':3,'id':'scan:1','scope':'one'}");
    assert_ok(x, wr_inventory_value(x->store, WR_SLICE(""), x->arena, &v, &x->err));
    assert_int_equal(wr_count_of(wr_get(v, "assets")), 4);
    assert_true(wr_slice_is(wr_get_string(wr_get(v, "scan"), "id"), "scan:2"));
}

static const char *drawn(fixture *x, const char *around, int steps, wr_graph_form form)
{
    wr_buf text = wr_buf_new((size_t)1 << 20);
    assert_ok(x, wr_inventory_graph(x->store, wr_slice_of(around), steps, form, x->arena, &text, &x->err));
    const char *copy = wr_arena_str(x->arena, wr_buf_slice(&text));
    wr_buf_free(&text);
    return copy;
}

static void test_graph(void **state)
{
    fixture *x = *state;
    wr_buf text = wr_buf_new(1024);
    assert_string_equal(drawn(x, "", 0, WR_GRAPH_DOT),
        "digraph inventory {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n"
        "  n0 [label=\"m <b>\\n(model)\", shape=ellipse];\n  n1 [label=\"m\\n(model)\", shape=ellipse];\n"
        "  n2 [label=\"P\\n(provider)\", shape=house];\n  n3 [label=\"Patient \\\"bot\\\"\\n(system)\", shape=box3d];\n"
        "  n0 -> n2 [label=\"provided-by\"];\n  n3 -> n0 [label=\"uses\"];\n}\n");
    assert_string_equal(drawn(x, "system:clinic/bot", 1, WR_GRAPH_MERMAID),
        "graph LR\n  n0([\"m #60;b#62;<br/>model\"])\n  n3[[\"Patient #34;bot#34;<br/>system\"]]\n  n3 -- uses --> n0\n");
    assert_null(strstr(drawn(x, "provider:p", 1, WR_GRAPH_DOT), "Patient"));
    assert_non_null(strstr(drawn(x, "provider:p", 2, WR_GRAPH_DOT), "Patient"));
    assert_null(strstr(drawn(x, "provider:p", 0, WR_GRAPH_DOT), "->"));
    assert_int_equal(wr_inventory_graph(x->store, WR_SLICE("tool:gone"), 1, WR_GRAPH_DOT, x->arena, &text, &x->err), WR_MISSING);
    wr_buf_free(&text);
    assert_ok(x, wr_store_reset(x->store, &x->err));
    assert_string_equal(drawn(x, "", 0, WR_GRAPH_MERMAID), "graph LR\n");
}

static void test_resolve(void **state)
{
    fixture *x = *state;
    static const char *const meant[][2] = {
        { "system:clinic/bot", "system:clinic/bot" }, { "system:", "system:clinic/bot" }, { "P", "provider:p" }, { "model:m", "model:m" },
        { "m", "model:m2" }, { "tool:merged", "model:m2" }, { "tool:gone", "tool:gone" }, { "model:m2", "model:m2" },
    };
    wr_slice id = { 0 };
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++) {
        assert_ok(x, wr_inventory_resolve(x->store, wr_slice_of(meant[i][0]), x->arena, &id, &x->err));
        if (!wr_slice_is(id, meant[i][1]))
            fail_msg("%s means " WR_FMT, meant[i][0], WR_ARG(id));
    }
    assert_int_equal(wr_inventory_resolve(x->store, WR_SLICE("model"), x->arena, &id, &x->err), WR_USAGE);
    assert_non_null(strstr(x->err.todo, "model:m, model:m2"));
    assert_int_equal(wr_inventory_resolve(x->store, WR_SLICE("nobody"), x->arena, &id, &x->err), WR_MISSING);
    assert_int_equal(wr_inventory_resolve(x->store, WR_SLICE(""), x->arena, &id, &x->err), WR_MISSING);
    assert_int_equal(wr_inventory_resolve(x->store, WR_SLICE("' OR 1=1 --"), x->arena, &id, &x->err), WR_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_value, make_world, tear_down),
        cmocka_unit_test_setup_teardown(test_graph, make_world, tear_down),
        cmocka_unit_test_setup_teardown(test_resolve, make_world, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
