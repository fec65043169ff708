/* Files that speak for a whole repository: CODEOWNERS and rules of branches, at the scanned root and in repositories below it;
 * and JetBrains' configuration of MCP servers. */
#include "detect.h"

#define ROOT "git:0123456789abcdef/"

static bool may_change(const tree *t, const char *who, const char *what)
{
    const wr_asset *a = tree_asset(t, who);
    for (const wr_edge *e = a != NULL ? a->edges : NULL; e != NULL; e = e->next)
        if (e->type == WR_MAY_CHANGE && wr_slice_is(e->to, what))
            return true;
    return false;
}

static tree with_nested(const test_file *files, size_t count)
{
    static const wr_nested_repo nested[] = { { .prefix = WR_SLICE("team/app"), .id = { .repo = WR_SLICE("git:fedcba9876543210"), .versioned = true } } };
    tree t = tree_new();
    t.look.nested = nested;
    t.look.nested_count = 1;
    for (size_t i = 0; i < count; i++)
        tree_look(&t, files[i].path, wr_slice_of(files[i].text));
    tree_conclude(&t);
    return t;
}

static void owners_of_each_repository(void **state)
{
    (void)state;
    const test_file files[] = { { "CODEOWNERS", "* @ann\n" }, { "AGENTS.md", "Be kind.\n" }, { "team/app/docs/CODEOWNERS", "/AGENTS.md @bob\n" },
                                { "team/app/AGENTS.md", "Be kind.\n" }, { "other/CODEOWNERS", "* @eve\n" } };
    tree t = with_nested(files, 5);
    assert_true(may_change(&t, "principal:ann", "prompt:" ROOT "AGENTS.md"));
    assert_true(may_change(&t, "principal:bob", "prompt:git:fedcba9876543210/AGENTS.md"));
    assert_false(may_change(&t, "principal:ann", "prompt:git:fedcba9876543210/AGENTS.md"));
    must_not(&t, "principal:eve"); /* no root of a repository: a code host does not read it */
    tree_free(&t);
}

static void rules_of_branches(void **state)
{
    (void)state;
    const test_file files[] = {
        { "AGENTS.md", "Be kind.\n" }, { "team/app/AGENTS.md", "Be kind.\n" },
        { ".github/rulesets/main.json", "{\"target\":\"branch\",\"enforcement\":\"active\",\"conditions\":{\"ref_name\":{\"include\":[\"~DEFAULT_BRANCH\"]}},\"rules\":["
                                        "{\"type\":\"pull_request\",\"parameters\":{\"required_approving_review_count\":2,\"require_code_owner_review\":true}},{\"type\":\"required_signatures\"}]}" },
        { "team/app/.github/settings.yml", "branches:\n  - name: main\n    protection:\n      required_pull_request_reviews: {required_approving_review_count: 1}\n" } };
    tree t = with_nested(files, 4);
    const wr_property *p = wr_asset_property(must(&t, "prompt:" ROOT "AGENTS.md"), "branch_rules");
    assert_non_null(p);
    assert_int_equal(wr_count_of(p->value), 3);
    p = wr_asset_property(must(&t, "prompt:git:fedcba9876543210/AGENTS.md"), "branch_rules");
    assert_non_null(p);
    assert_int_equal(wr_count_of(p->value), 1);
    assert_true(wr_slice_is(wr_string(p->value->u.items.first), "main: 1 approval"));
    tree_free(&t);
}

static void jetbrains(void **state)
{
    (void)state;
    tree t = TREE({ "options/llm.mcpServers.xml",
                    "<application><component name=\"McpApplicationServerCommands\"><commands>\n<McpServerConfigurationProperties>\n"
                    "<option name=\"command\" value=\"npx\" /><option name=\"args\"><list><option value=\"-y\" /><option value=\"@x/new@1.0.0\" /></list></option>"
                    "<option name=\"enabled\" value=\"false\" /><option name=\"name\" value=\"new\" />\n</McpServerConfigurationProperties></commands>\n"
                    "<McpServerCommand><option name=\"name\" value=\"old &amp; kept\" /><option name=\"programPath\" value=\"npx\" />"
                    "<option name=\"arguments\" value=\"-y @x/old\" /><envs><env name=\"A\" value=\"b\" /></envs></McpServerCommand></component></application>" },
                  { ".idea/workspace.xml", "<project><component name=\"RunManager\"><option name=\"name\" value=\"x\" /></component></project>" });
    text_is(must(&t, "tool:" ROOT "options/llm.mcpServers.xml#new"), "version", "1.0.0");
    assert_true(bool_of(must(&t, "tool:" ROOT "options/llm.mcpServers.xml#new"), "disabled"));
    text_is(must(&t, "tool:" ROOT "options/llm.mcpServers.xml#old & kept"), "package", "@x/old");
    assert_int_equal(count_kind(&t, WR_TOOL), 2);
    tree_free(&t);
}

/* Who resells a model ends it when they like. */
static void ends_of_models(void **state)
{
    (void)state;
    tree t = TREE({ "a.py", "from openai import OpenAI\nOpenAI().chat.completions.create(model=\"gpt-4.5-preview\")\n" },
                  { "b.py", "from openai import OpenAI\nOpenAI().chat.completions.create(model=\"gpt-4.1-2099-01-01\")\n" },
                  { ".env", "AZURE_OPENAI_ENDPOINT=https://acme.openai.azure.com/\nAZURE_OPENAI_CHAT_MODEL=gpt-4\n" });
    text_is(must(&t, "model:openai/gpt-4.5-preview"), "retires_on", "2025-07-14");
    must_not(&t, "model:openai/gpt-4"); /* the name of the setting says who serves it */
    (void)must(&t, "model:azure-openai/gpt-4");
    for (size_t i = 0; i < wr_estate_asset_count(t.estate); i++) {
        const wr_asset *a = wr_estate_asset_at(t.estate, i);
        if (a->kind == WR_MODEL && !wr_slice_is(a->id, "model:openai/gpt-4.5-preview"))
            assert_null(wr_asset_property(a, "retires_on"));
    }
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(owners_of_each_repository), cmocka_unit_test(rules_of_branches), cmocka_unit_test(jetbrains), cmocka_unit_test(ends_of_models) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
