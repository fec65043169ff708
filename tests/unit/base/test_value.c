#include "tests/unit/test.h"

#include <math.h>

#include <warrant/value.h>

#include <stdlib.h>

static wr_arena *a;
static wr_error err;

static int set_up(void **state)
{
    (void)state;
    a = wr_arena_new((size_t)64 << 20);
    return a == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    wr_arena_free(a);
    return 0;
}

static wr_value *json(const char *text)
{
    wr_value *v = NULL;
    assert_int_equal(wr_json_parse(a, wr_slice_of(text), &v, &err), WR_OK);
    return v;
}

static void canonical_is(const wr_value *v, const char *want)
{
    wr_buf b = wr_buf_new(100000);
    assert_int_equal(wr_canonical(v, &b, &err), WR_OK);
    wr_buf_char(&b, '\0');
    assert_string_equal(b.at, want);
    wr_buf_free(&b);
}

static void json_long_integers(void **state)
{
    (void)state;
    const wr_value *v = json("{\"model_max_length\": 1000000000000000019884624838656, \"s\": \"99999999999999999999\\\"\",\n"
                             " \"minus\": -12345678901234567890, \"frac\": 0.12345678901234567890123, \"small\": 1e-5}");
    assert_true(fabs(wr_get(v, "model_max_length")->u.real / 1e30 - 1) < 1e-15);
    assert_true(wr_slice_is(wr_get_string(v, "s"), "99999999999999999999\""));
    assert_true(fabs(wr_get(v, "minus")->u.real / -12345678901234567890.0 - 1) < 1e-15);
    assert_int_equal(wr_get(v, "minus")->line, 2);
    assert_true(fabs(wr_get(v, "frac")->u.real - 0.12345678901234567890123) < 1e-18);
    assert_true(fabs(json("99999999999999999999")->u.real / 1e20 - 1) < 1e-15);
    wr_value *none = NULL;
    assert_int_equal(wr_json_parse(a, WR_SLICE("[1e99999999999999999999]"), &none, &err), WR_BAD);
    assert_int_equal(wr_json_parse(a, WR_SLICE("[00000000000000000000001]"), &none, &err), WR_BAD);
}

static void json_with_lines(void **state)
{
    (void)state;
    const wr_value *v = json("{\n \"a\": [1,\n  \"x\\\"y\", {\"b\": null}],\n\n \"c\": -9007199254740992,\n \"d\": 1.5, \"e\": 18446744073709551615, \"f\": false}");
    assert_int_equal(wr_count_of(v), 5);
    const wr_value *list = wr_get(v, "a");
    assert_int_equal(list->line, 2);
    assert_int_equal(list->u.items.first->next->line, 3);
    assert_true(wr_slice_is(wr_string(list->u.items.first->next), "x\"y"));
    assert_int_equal(wr_get(v, "c")->line, 5);
    int64_t n;
    assert_true(wr_get_int(v, "c", &n));
    assert_true(n == -((int64_t)1 << 53));
    assert_int_equal(wr_get(v, "d")->type, WR_REAL);
    assert_int_equal(wr_get(v, "e")->type, WR_REAL);
    assert_int_equal(wr_get(v, "f")->type, WR_FALSE);
    assert_null(wr_get(v, "missing"));
    assert_null(wr_get(NULL, "x"));
    assert_int_equal(json("\"alone\"")->type, WR_STRING);
}

static void json_refuses(void **state)
{
    (void)state;
    static const struct { const char *text; wr_status status; const char *where; } bad[] = {
        { "", WR_BAD, "" },
        { "{\"a\":1,}", WR_BAD, "" },
        { "[1 2]", WR_BAD, "" },
        { "{\"a\":1} x", WR_BAD, "" },
        { "{\"a\":1,\n\"a\":2}", WR_BAD, "line 2" },
        { "\"\xff\"", WR_BAD, "" },
        { "nul", WR_BAD, "" },
        { "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\n\"e\":2}", WR_BAD, "line 2" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        wr_value *v = (wr_value *)1;
        err = (wr_error){ 0 };
        assert_int_equal(wr_json_parse(a, wr_slice_of(bad[i].text), &v, &err), bad[i].status);
        assert_ptr_equal(v, (wr_value *)1); /* left alone */
        assert_non_null(strstr(err.where, bad[i].where));
    }
    char deep[20001];
    memset(deep, '[', 20000);
    deep[20000] = '\0';
    wr_value *v = NULL;
    assert_int_not_equal(wr_json_parse(a, wr_slice_of(deep), &v, &err), WR_OK);
    memset(deep + 10000, ']', 10000);
    assert_int_equal(wr_json_parse(a, wr_slice_of(deep), &v, &err), WR_OVER);
}

static void jsonc_as_editors_write_it(void **state)
{
    (void)state;
    wr_value *v = NULL;
    const char *text = "\xEF\xBB\xBF{ // a comment, with \"quotes\"\n \"url\": \"http://x//y\", /* two\nlines */ \"list\": [1, 2, ],\n}";
    assert_int_equal(wr_jsonc_parse(a, wr_slice_of(text), &v, &err), WR_OK);
    assert_true(wr_slice_is(wr_get_string(v, "url"), "http://x//y"));
    assert_int_equal(wr_count_of(wr_get(v, "list")), 2);
    assert_int_equal(wr_get(v, "list")->line, 3);
    assert_int_equal(wr_jsonc_parse(a, WR_SLICE("{ /* never ends"), &v, &err), WR_BAD);
    assert_int_equal(wr_jsonc_parse(a, WR_SLICE("\"abc\\"), &v, &err), WR_BAD);
}

static void yaml_core_schema(void **state)
{
    (void)state;
    wr_value *v = NULL;
    const char *text = "a: 1\nb: yes\nc: true\nd: 0x1F\ne: ~\nf: '12'\ng: 1.5\nh: -7\ni: [x, {y: z}]\nj: &anchor {k: 1}\nl: *anchor\nm: 2026-11-25\nn: 1.2.3\n";
    assert_int_equal(wr_yaml_parse(a, wr_slice_of(text), &v, &err), WR_OK);
    assert_int_equal(wr_get(v, "a")->type, WR_INT);
    assert_int_equal(wr_get(v, "b")->type, WR_STRING); /* YAML 1.2: yes is a word */
    assert_int_equal(wr_get(v, "c")->type, WR_TRUE);
    assert_int_equal(wr_get(v, "d")->u.integer, 31);
    assert_int_equal(wr_get(v, "e")->type, WR_NULL);
    assert_int_equal(wr_get(v, "f")->type, WR_STRING);
    assert_int_equal(wr_get(v, "g")->type, WR_REAL);
    assert_int_equal(wr_get(v, "h")->u.integer, -7);
    assert_true(wr_slice_is(wr_string(wr_get(wr_get(v, "i")->u.items.first->next, "y")), "z"));
    assert_int_equal(wr_path(v, "l.k")->u.integer, 1);
    assert_true(wr_slice_is(wr_get_string(v, "m"), "2026-11-25"));
    assert_int_equal(wr_get(v, "n")->type, WR_STRING);
    assert_int_equal(wr_get(v, "h")->line, 8);
}

static void yaml_refuses(void **state)
{
    (void)state;
    wr_value *v = NULL;
    err = (wr_error){ 0 };
    assert_int_equal(wr_yaml_parse(a, WR_SLICE("a: 1\nb: 2\na: 3\n"), &v, &err), WR_BAD);
    assert_non_null(strstr(err.where, "line 3"));
    assert_int_equal(wr_yaml_parse(a, WR_SLICE("a: [1\n"), &v, &err), WR_BAD);
    assert_int_equal(wr_yaml_parse(a, WR_SLICE("a: *none\n"), &v, &err), WR_BAD);
    char deep[5001];
    memset(deep, '[', 5000);
    deep[5000] = '\0';
    assert_int_equal(wr_yaml_parse(a, wr_slice_of(deep), &v, &err), WR_OVER);
    /* ten levels of tenfold aliases: 10^10 nodes if believed */
    wr_buf b = wr_buf_new(10000);
    wr_buf_addc(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++) {
        wr_buf_printf(&b, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            wr_buf_printf(&b, "%s*a%d", k ? "," : "", i - 1);
        wr_buf_addc(&b, "]\n");
    }
    assert_int_equal(wr_yaml_parse(a, wr_buf_slice(&b), &v, &err), WR_OVER);
    wr_buf_free(&b);
    assert_int_equal(wr_yaml_parse(a, (wr_slice){ 0 }, &v, &err), WR_OK);
    assert_int_equal(v->type, WR_NULL);
    assert_int_equal(wr_yaml_parse_all(a, WR_SLICE("a: 1\n---\nb: 2\n---\n- c\n"), &v, &err), WR_OK);
    assert_int_equal(wr_count_of(v), 3);
}

static void toml(void **state)
{
    (void)state;
    wr_value *v = NULL;
    assert_int_equal(wr_toml_parse(a, WR_SLICE("[tool.poetry.dependencies]\npython = \"^3.11\"\nopenai = { version = \"1.2\", extras = [\"x\"] }\nd = 2026-11-25\n"), &v, &err), WR_OK);
    assert_true(wr_slice_is(wr_string(wr_path(v, "tool.poetry.dependencies.openai.version")), "1.2"));
    assert_int_equal(wr_path(v, "tool.poetry.dependencies.openai")->line, 3);
    assert_true(wr_slice_is(wr_string(wr_path(v, "tool.poetry.dependencies.d")), "2026-11-25"));
    err = (wr_error){ 0 };
    assert_int_equal(wr_toml_parse(a, WR_SLICE("a = 1\nb = = 2\n"), &v, &err), WR_BAD);
    assert_non_null(strstr(err.where, "line 2"));
    assert_int_equal(wr_toml_parse(a, WR_SLICE("\xC3\xA9 = 1\n"), &v, &err), WR_BAD); /* a bare key outside ASCII */
    assert_int_equal(wr_toml_parse(a, WR_SLICE("a = \"\xC3\xA9\"\n"), &v, &err), WR_OK);
    assert_int_equal(wr_toml_parse(a, WR_SLICE("a = \"\xff\"\n"), &v, &err), WR_BAD);
    wr_buf chain = wr_buf_new(1 << 20);
    for (int i = 0; i < 100000; i++)
        wr_buf_addc(&chain, "a.");
    wr_buf_addc(&chain, "a = 1\n");
    assert_int_equal(wr_toml_parse(a, wr_buf_slice(&chain), &v, &err), WR_OVER);
    wr_buf_free(&chain);
    char deep[4100];
    memset(deep, '[', sizeof deep);
    memcpy(deep, "a = ", 4);
    assert_int_equal(wr_toml_parse(a, wr_slice_make(deep, sizeof deep), &v, &err), WR_BAD);
}

static void canonical_sorts_and_escapes(void **state)
{
    (void)state;
    canonical_is(json("{\"b\":[true,null,-1],\"a\":{\"z\":\"\",\"y\":\"\\u0001\\n\\\"\"}}"), "{\"a\":{\"y\":\"\\u0001\\n\\\"\",\"z\":\"\"},\"b\":[true,null,-1]}");
    /* RFC 8785 3.2.3: by UTF-16 code units, so U+1F600 (D83D) sorts before U+FB33 and after U+20AC */
    canonical_is(json("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3,\"\\u0080\":4,\"1\":5,\"\\r\":6,\"\\u00f6\":7}"),
                 "{\"\\r\":6,\"1\":5,\"\xC2\x80\":4,\"\xC3\xB6\":7,\"\xE2\x82\xAC\":3,\"\xF0\x9F\x98\x80\":2,\"\xEF\xAC\xB3\":1}");
    wr_buf b = wr_buf_new(1000);
    assert_int_equal(wr_canonical(json("1.5"), &b, &err), WR_BAD);
    assert_int_equal(wr_canonical(wr_new_int(a, ((int64_t)1 << 53) + 1), &b, &err), WR_BAD);
    assert_int_equal(wr_canonical(wr_new_string(a, wr_slice_make("\xff", 1)), &b, &err), WR_BAD);
    assert_int_equal(wr_canonical(NULL, &b, &err), WR_OVER);
    wr_buf_free(&b);
}

static void trees_are_built_without_a_test_at_each_step(void **state)
{
    (void)state;
    wr_arena *small = wr_arena_new(600);
    wr_value *v = wr_new_object(small);
    assert_non_null(wr_put_int(small, v, "a", 1));
    wr_value *list = wr_new_array(small);
    wr_value *end = NULL;
    for (int i = 0; i < 50; i++)
        end = wr_push_string(small, list, WR_SLICE("text"));
    assert_null(end);
    wr_arena_free(small);
    wr_value *copy = wr_copy(a, json("{\"a\":[1,{\"b\":\"c\"}]}"));
    assert_true(wr_value_eq(copy, json("{\"a\":[1,{\"b\":\"c\"}]}")));
    assert_false(wr_value_eq(copy, json("{\"a\":[1,{\"b\":\"d\"}]}")));
    assert_true(wr_value_eq(json("{\"a\":1,\"b\":2}"), json("{\"b\":2,\"a\":1}")));
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char text[] = "{\"a\":[1,2,{\"b\":\"a longer text that needs memory of its own\"}],\"c\":\"d\"}";
    int failures = 0;
    for (uint64_t n = 1; n < 200; n++) {
        wr_alloc_fail_at(n);
        wr_arena *small = wr_arena_new(100000);
        wr_value *v = NULL;
        const wr_status st = small ? wr_json_parse(small, WR_SLICE("{\"a\":[1,2,{\"b\":\"text\"}]}"), &v, &err) : WR_OVER;
        const wr_status sy = small ? wr_yaml_parse(small, wr_slice_of(text), &v, &err) : WR_OVER;
        wr_alloc_fail_at(0);
        wr_arena_free(small);
        failures += st != WR_OK || sy != WR_OK;
        assert_true(st == WR_OK || st == WR_OVER);
        assert_true(sy == WR_OK || sy == WR_OVER);
        if (st == WR_OK && sy == WR_OK)
            break;
    }
    assert_true(failures > 1);
}

static void an_object_in_one_go(void **state)
{
    (void)state;
    WR_AUTO_ARENA own = wr_arena_new(1 << 16);
    WR_AUTO_BUF b = wr_buf_new(1 << 12);
    wr_value *list = wr_new_array(own);
    wr_push_string(own, list, WR_SLICE("x"));
    wr_json_write(WR_OBJECT_OF(own, WR_TEXT("text", WR_SLICE("t")), WR_NUMBER("number", -7), WR_BOOL("yes", true), WR_BOOL("no", false),
                               WR_ONLY_IF(false, WR_TEXT("left out", WR_SLICE("t"))), WR_ONLY_IF(true, WR_NUMBER("kept", 1)), WR_VALUE("list", list)), &b, 0);
    assert_true(wr_slice_is(wr_buf_slice(&b), "{\"text\":\"t\",\"number\":-7,\"yes\":true,\"no\":false,\"kept\":1,\"list\":[\"x\"]}"));
    /* a member that could not be made costs the whole object */
    assert_null(WR_OBJECT_OF(own, WR_TEXT("text", WR_SLICE("t")), WR_VALUE("list", NULL)));
    WR_AUTO_ARENA full = wr_arena_new(1 << 12);
    while (wr_new_int(full, 1) != NULL) {
    }
    assert_null(WR_OBJECT_OF(full, WR_NUMBER("number", 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(json_with_lines, set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_long_integers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(json_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(jsonc_as_editors_write_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(yaml_core_schema, set_up, tear_down),
        cmocka_unit_test_setup_teardown(yaml_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(toml, set_up, tear_down),
        cmocka_unit_test_setup_teardown(canonical_sorts_and_escapes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(trees_are_built_without_a_test_at_each_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_allocation_may_fail, set_up, tear_down),
        cmocka_unit_test(an_object_in_one_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
