#include "detect.h"

static void servers(void **state)
{
    (void)state;
    tree t = TREE(
        { ".mcp.json", "{\"mcpServers\":{\n\"a\":{\"command\":\"npx\",\"args\":[\"-y\",\"@x/server-a@1.2.3\"]},\n"
                       "\"b\":{\"command\":\"uvx\",\"args\":[\"server-b==0.4\"]},\n"
                       "\"c\":{\"command\":\"docker\",\"args\":[\"run\",\"-i\",\"--rm\",\"--network\",\"none\",\"r.example/c@sha256:aa\"]},\n"
                       "\"d\":{\"type\":\"http\",\"url\":\"https://mcp.example.com/d\",\"headers\":{\"Authorization\":\"Bearer ${TOKEN}\"}},\n"
                       "\"e\":{\"command\":\"node\",\"args\":[\"./server.js\"]}}}" },
        { ".cursor/mcp.json", "{\"mcpServers\":{\"fs\":{\"command\":\"npx\",\"args\":[\"-y\",\"@modelcontextprotocol/server-filesystem\",\"/srv/shared\"]},"
                              "\"g\":{\"command\":\"uvx\",\"args\":[\"server-g\"]},\"h\":{\"command\":\"docker\",\"args\":[\"run\",\"img/h:latest\"]},"
                              "\"i\":{\"url\":\"http://10.0.0.7:8931/mcp\"}}}" },
        { ".vscode/mcp.json", "{ // comment\n\"servers\":{\"m\":{\"command\":\"npx\",\"args\":[\"-y\",\"@x/m@2025.4.25\",],},},}" },
        { ".codex/config.toml", "[mcp_servers.t]\ncommand = \"npx\"\nargs = [\"-y\", \"pkg@3.0.0\"]\n" });
    text_is(must(&t, "tool:" REPO ".mcp.json#a"), "version", "1.2.3");
    text_is(must(&t, "tool:" REPO ".mcp.json#a"), "package", "@x/server-a");
    text_is(must(&t, "tool:" REPO ".mcp.json#b"), "version", "0.4");
    text_is(must(&t, "tool:" REPO ".mcp.json#c"), "digest", "sha256:aa");
    related(&t, "tool:" REPO ".mcp.json#d", WR_CALLS, "endpoint:https://mcp.example.com/d");
    text_is(must(&t, "tool:" REPO ".mcp.json#d"), "reach", "external");
    text_is(must(&t, "endpoint:https://mcp.example.com/d"), "kind", "mcp");
    text_is(must(&t, "endpoint:https://mcp.example.com/d"), "auth", "token");
    const wr_asset *e = must(&t, "tool:" REPO ".mcp.json#e");
    assert_null(wr_asset_property(e, "version"));
    const wr_asset *fs = must(&t, "tool:" REPO ".cursor/mcp.json#fs");
    assert_null(wr_asset_property(fs, "version"));
    assert_non_null(wr_asset_property(fs, "roots"));
    text_is(must(&t, "tool:" REPO ".cursor/mcp.json#i"), "reach", "internal");
    text_is(must(&t, "tool:" REPO ".vscode/mcp.json#m"), "version", "2025.4.25");
    text_is(must(&t, "tool:" REPO ".codex/config.toml#t"), "version", "3.0.0");
    size_t unpinned = 0;
    for (size_t i = 0; i < wr_estate_finding_count(t.estate); i++) {
        const wr_finding *f = wr_estate_finding_at(t.estate, i);
        assert_true(wr_slice_is(f->kind, "code-fetched-at-run-time"));
        assert_true(wr_slice_is(f->place.path, ".cursor/mcp.json"));
        unpinned++;
    }
    assert_int_equal(unpinned, 3);
    assert_int_equal(count_kind(&t, WR_TOOL), 11);
    tree_free(&t);
}

static void secrets_are_not_kept(void **state)
{
    (void)state;
    char text[600];
    const char *left = "q7Rw2Xk9Tp4L", *right = "m8Vb3Nc6Hj5G";
    snprintf(text, sizeof text,
             "{\"mcpServers\":{\"a\":{\"command\":\"a\",\"args\":[\"--api-key\",\"%s%s\",\"--token=%s%s\",\"%s%s\",\"plain\"],\"env\":{\"A_TOKEN\":\"%s%s\",\"B_TOKEN\":\"${B}\"}}}}", left,
             right, right, left, left, right, right, left);
    tree t = TREE({ ".mcp.json", text });
    assert_int_equal(count_kind(&t, WR_CREDENTIAL), 2);
    assert_non_null(finding(&t, "credential-in-code"));
    wr_buf all = wr_buf_new(WR_MIB * 16);
    for (size_t i = 0; i < wr_estate_asset_count(t.estate); i++)
        wr_json_write(wr_asset_value(t.arena, wr_estate_asset_at(t.estate, i)), &all, 0);
    assert_true(wr_slice_find(wr_buf_slice(&all), wr_slice_of(left)) == all.len);
    assert_true(wr_slice_find(wr_buf_slice(&all), wr_slice_of(right)) == all.len);
    assert_true(wr_slice_find(wr_buf_slice(&all), WR_SLICE("plain")) < all.len);
    wr_buf_free(&all);
    tree_free(&t);
}

static void not_a_configuration(void **state)
{
    (void)state;
    tree t = TREE({ "data.json", "{\"mcpServers\":{\"a\":{\"command\":\"npx\"}}}" }, { ".mcp.json", "{\"mcpServers\":{\"a\":" });
    assert_int_equal(count_kind(&t, WR_TOOL), 0);
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    tree_free(&t);
}

static void hidden_text(void **state)
{
    (void)state;
    tree t = TREE({ "CLAUDE.md", "# A\nfine \xF0\x9F\x98\x80\xE2\x80\x8D\xF0\x9F\x98\x80\nb\xF3\xA0\x81\xA8\xF3\xA0\x81\xA9 c\n" }, { "AGENTS.md", "x\xE2\x80\xAEy\n" },
                  { "GEMINI.md", "flag \xF0\x9F\x8F\xB4\xF3\xA0\x81\xA7\xF3\xA0\x81\xA2\xF3\xA0\x81\xBF\n" }, { "x.txt", "x\xE2\x80\xAEy\n" });
    const wr_finding *tags = finding(&t, "hidden-unicode-tags"), *bidi = finding(&t, "hidden-unicode-bidi");
    assert_non_null(tags);
    assert_int_equal(tags->place.at, 3);
    assert_true(wr_slice_find(tags->detail, WR_SLICE("\"hi\"")) < tags->detail.len);
    assert_non_null(bidi);
    assert_int_equal(wr_estate_finding_count(t.estate), 2);
    assert_int_equal(count_kind(&t, WR_PROMPT), 3);
    assert_true(bool_of(must(&t, "prompt:" REPO "CLAUDE.md"), "versioned"));
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(servers), cmocka_unit_test(secrets_are_not_kept), cmocka_unit_test(not_a_configuration), cmocka_unit_test(hidden_text) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
