#include "detect.h"

static void settings(void **state)
{
    (void)state;
    tree t = TREE({ ".claude/settings.json", "{\n  // ours\n  \"permissions\": {\"allow\": [\"Bash(git diff:*)\", \"WebFetch(domain:linden.example)\"], \"deny\": [\"Bash(rm:*)\"]},\n  \"hooks\": {\"PostToolUse\": [{\"matcher\": \"Edit\", \"hooks\": [{\"type\": \"command\", \"command\": \"scripts/format.sh --quiet $FILE\"}]}]}\n}\n" },
                  { "b/.claude/settings.local.json", "{\"permissions\":{\n\"allow\":[\"Bash(*)\"]},\"env\":{\"ANTHROPIC_BASE_URL\":\"http://10.0.0.9:4000\"}}" },
                  { "c/.codex/config.toml", "model = \"gpt-5\"\napproval_policy = \"never\"\nsandbox_mode = \"danger-full-access\"\n" },
                  { "d/.vscode/settings.json", "{\"chat.tools.terminal.autoApprove\":{\"ls\":true,\"rm\":false},\"editor.tabSize\":2}" },
                  { "e/.gemini/settings.json", "{\"autoAccept\":true}" }, { "f/opencode.json", "{\"permission\":{\"bash\":{\"git *\":\"allow\",\"*\":\"ask\"}}}" },
                  { "g/.vscode/settings.json", "{\"editor.tabSize\":2}" }, { "h/settings.json", "{\"permissions\":{\"allow\":[\"Bash\"]}}" },
                  { "i/.claude/settings.json", "{\"permissions\":{\"defaultMode\":\"acceptEdits\",\"allow\":[]}}" });
    const wr_asset *a = must(&t, "agent:" REPO ".claude/settings.json#Claude Code");
    text_is(a, "autonomy", "acts_with_approval");
    assert_int_equal(wr_count_of(wr_asset_property(a, "allowed_unasked")->value), 2);
    assert_true(wr_slice_is(wr_string(wr_asset_property(a, "hooks")->value->u.items.first), "scripts/format.sh"));
    assert_true(bool_of(a, "reads_untrusted"));
    const wr_asset *b = must(&t, "agent:" REPO "b/.claude/settings.local.json#Claude Code");
    text_is(b, "autonomy", "acts_alone");
    related(&t, "agent:" REPO "b/.claude/settings.local.json#Claude Code", WR_CALLS, "endpoint:http://10.0.0.9:4000");
    const wr_asset *c = must(&t, "agent:" REPO "c/.codex/config.toml#Codex");
    text_is(c, "sandbox", "none");
    text_is(c, "autonomy", "acts_alone");
    assert_int_equal(wr_count_of(wr_asset_property(must(&t, "agent:" REPO "d/.vscode/settings.json#Visual Studio Code"), "allowed_unasked")->value), 1);
    text_is(must(&t, "agent:" REPO "e/.gemini/settings.json#Gemini CLI"), "autonomy", "acts_alone");
    text_is(must(&t, "agent:" REPO "f/opencode.json#opencode"), "autonomy", "acts_with_approval");
    must_not(&t, "agent:" REPO "g/.vscode/settings.json#Visual Studio Code");
    must_not(&t, "agent:" REPO "i/.claude/settings.json#Claude Code"); /* nothing is allowed */
    assert_int_equal(count_kind(&t, WR_AGENT), 6);
    size_t found = 0;
    for (size_t i = 0; i < wr_estate_finding_count(t.estate); i++)
        found += wr_slice_is(wr_estate_finding_at(t.estate, i)->rule, "agent-runs-unasked");
    assert_int_equal(found, 3);
    tree_free(&t);
}

static void skills(void **state)
{
    (void)state;
    tree t = TREE({ ".claude/skills/letters/SKILL.md", "---\nname: letters\ndescription: Sorts letters.\nallowed-tools: Read, Bash(git add:*), Grep\n---\nSort them.\n" },
                  { ".claude/skills/letters/scripts/sort.py", "print(1)\n" }, { ".claude/skills/wide/SKILL.md", "---\nname: wide\ndescription: Does all.\nallowed-tools: [Bash, WebFetch]\n---\nDo\xe2\x80\x8b all.\n" },
                  { ".claude/commands/ship.md", "---\nallowed-tools: Bash(npm run build)\n---\nShip it.\n" }, { "scripts/build.py", "print(2)\n" },
                  { ".claude/skills/plain/SKILL.md", "no head\n" },
                  { ".claude/skills/scripted/SKILL.md", "---\nname: scripted\n---\nRun it.\n" }, { ".claude/skills/scripted/scripts/run.sh", "echo 1\n" }, { ".claude/skills/broken/SKILL.md", "---\na: [\n---\n" }, { ".github/agents/reviewer.agent.md", "---\nname: reviewer\ntools: [Read]\n---\nReview.\n" },
                  { "package.json", "{\"name\":\"shop\"}" });
    const char *s = "tool:" REPO ".claude/skills/letters/SKILL.md#letters";
    text_is(must(&t, s), "kind", "skill");
    text_is(must(&t, s), "effect", "write");
    assert_int_equal(wr_count_of(wr_asset_property(must(&t, s), "allowed_tools")->value), 3);
    assert_int_equal(wr_count_of(wr_asset_property(must(&t, s), "scripts")->value), 1);
    related(&t, s, WR_INSTRUCTED_BY, "prompt:" REPO ".claude/skills/letters/SKILL.md");
    const wr_finding *f = finding(&t, "skill-allows-everything");
    assert_non_null(f);
    assert_true(wr_slice_is(f->asset, "tool:" REPO ".claude/skills/wide/SKILL.md#wide"));
    assert_non_null(finding(&t, "hidden-unicode-zero-width"));
    text_is(must(&t, "tool:" REPO ".claude/commands/ship.md#ship"), "effect", "write");
    /* text alone is an instruction, and no tool */
    must_not(&t, "tool:" REPO ".claude/skills/plain/SKILL.md#plain");
    must(&t, "prompt:" REPO ".claude/skills/plain/SKILL.md");
    must_not(&t, "tool:" REPO ".claude/skills/broken/SKILL.md#broken");
    const char *scripted = "tool:" REPO ".claude/skills/scripted/SKILL.md#scripted";
    related(&t, scripted, WR_INSTRUCTED_BY, "prompt:" REPO ".claude/skills/scripted/SKILL.md");
    must(&t, "agent:" REPO ".github/agents/reviewer.agent.md#reviewer");
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    tree_free(&t);
    tree u = TREE({ ".claude/skills/letters/SKILL.md", "---\nname: letters\n---\nx\n" }, { "shop/package.json", "{\"name\":\"shop\"}" }, { "shop/.claude/settings.json", "{\"permissions\":{\"allow\":[\"Bash(ls)\"]}}" });
    must_not(&u, "system:" REPO "shop"); /* what steers coding agents makes no system of a shop */
    tree_free(&u);
}

static void hostile_settings(void **state)
{
    (void)state;
    tree t = TREE({ ".claude/settings.json", "{\"permissions\":{\"allow\":{\"a\":1},\"defaultMode\":[]},\"hooks\":[[[[[[[[[[[[{\"command\":\"x\"}]]]]]]]]]]]],\"env\":7}" }, { "a/.claude/settings.json", "[1,2" },
                  { "b/.codex/config.toml", "approval_policy = 3\n" }, { "c/.claude/settings.json", "{\"permissions\":{\"allow\":[\"Bash(\",\"(\",\"\",\")\",5,null,\"Bash)(\"]}}" },
                  { "d/.claude/skills/x/SKILL.md", "---\nallowed-tools: \"((((((, Bash(\"\n---\n" }, { "skills/scripts/a.py", "x" }, { "SKILL.md", "---\nname: [a]\nallowed-tools: {a: b}\n---\n" });
    assert_true(wr_estate_unread_count(t.estate) >= 1);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(settings), cmocka_unit_test(skills), cmocka_unit_test(hostile_settings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
