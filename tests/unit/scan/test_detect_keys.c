/* Keys where no variable of the provider stands in front: in base64, as an argument, in another spelling of the name. */
#include "detect.h"

#include <warrant/hash.h>

/* Text in the shape of a key that is none: put together here, so that no key stands in this file. */
static wr_slice made(wr_arena *a)
{
    return wr_arena_printf(a, "sk-%s%s%s%s%s", "q7Lm2Xv9Rt", "4Kc8Zp1Wd6", "T3Blbk" "FJ", "h5Ns0Yb3Gf", "j7Qe4Ua9Mi");
}

static size_t credentials(const char *path, wr_slice text)
{
    tree t = tree_new();
    tree_look(&t, path, text);
    tree_conclude(&t);
    const size_t n = count_kind(&t, WR_CREDENTIAL);
    tree_free(&t);
    return n;
}

static void in_a_secret_of_a_cluster(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(WR_MIB);
    const wr_slice value = wr_base64(a, made(a));
    assert_int_equal(credentials("deploy/secret.yaml", wr_arena_printf(a, "apiVersion: v1\nkind: Secret\nmetadata: {name: llm}\ndata:\n  OPENAI_API_KEY: " WR_FMT "\n", WR_ARG(value))), 1);
    assert_int_equal(credentials("deploy/map.yaml", wr_arena_printf(a, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: llm}\ndata:\n  A: " WR_FMT "\n", WR_ARG(value))), 0);
    assert_int_equal(credentials("deploy/secret.yaml", WR_SLICE("apiVersion: v1\nkind: Secret\ndata:\n  A: not base64!\n  B: eA==\n")), 0);
    wr_arena_free(a);
}

/* 32 letters and digits say nothing by themselves: the name of the variable does, in any spelling, or the client beside them. */
static void names_and_clients(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(WR_MIB);
    const wr_slice plain = wr_arena_printf(a, "%s%s%s%s", "q7Lm2Xv9", "Rt4Kc8Zp", "1Wd6h5Ns", "0Yb3Gfj7");
    assert_int_equal(credentials("a.json", wr_arena_printf(a, "{\"mistralApiKey\": \"" WR_FMT "\"}", WR_ARG(plain))), 1);
    assert_int_equal(credentials("a.yaml", wr_arena_printf(a, "mistral_api_key: " WR_FMT "\n", WR_ARG(plain))), 1);
    assert_int_equal(credentials("a.py", wr_arena_printf(a, "from mistralai import Mistral\nc = Mistral(api_key=\"" WR_FMT "\")\n", WR_ARG(plain))), 1);
    assert_int_equal(credentials("a.py", wr_arena_printf(a, "from other import Client\nc = Client(api_key=\"" WR_FMT "\")\n", WR_ARG(plain))), 0);
    wr_arena_free(a);
}

static bool anywhere(const tree *t, wr_slice secret)
{
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    wr_estate_encode(t->estate, &b);
    return wr_slice_find(wr_buf_slice(&b), secret) < b.len;
}

/* The values of secrets in launch lines, addresses and lists of what is allowed: none may be kept. */
static void never_the_value(void **state)
{
    (void)state;
    wr_arena *a = wr_arena_new(WR_MIB);
    const wr_slice s = wr_arena_printf(a, "%s%s%s", "q7Lm2Xv9Rt", "4Kc8Zp1Wd6", "h5Ns0Yb3Gf");
    const struct { const char *path, *text; size_t credentials; } files[] = {
        { ".mcp.json", "{\"mcpServers\":{\"a\":{\"command\":\"npx\",\"args\":[\"-y\",\"pg\",\"postgresql://u:%s@db.example/x\"]}}}", 1 },
        { ".mcp.json", "{\"mcpServers\":{\"a\":{\"url\":\"https://m.example/api/s/%s/mcp\"}}}", 1 },
        { ".mcp.json", "{\"mcpServers\":{\"a\":{\"url\":\"https://m.example/mcp?api_key=%s\"}}}", 1 },
        { ".mcp.json", "{\"mcpServers\":{\"a\":{\"command\":\"npx\",\"args\":[\"mcp-remote\",\"https://x.example/mcp\",\"--header\",\"Authorization: Bearer %s\"]}}}", 1 },
        { ".mcp.json", "{\"mcpServers\":{\"a\":{\"command\":\"npx\",\"args\":[\"--token\",\"%s\",\"pkg\"]}}}", 1 },
        { ".claude/settings.json", "{\"permissions\":{\"allow\":[\"Bash(curl -H 'Authorization: Bearer %s' https://x.example)\"]}}", 1 },
        { ".claude/settings.json", "{\"permissions\":{\"allow\":[\"Bash(export SERVICE_TOKEN=%s)\",\"Bash(npm run test:unit2)\"]}}", 1 },
        { ".claude/settings.json", "{\"permissions\":{\"allow\":[\"Bash(echo %s)\",\"Bash(*)\"]}}", 0 },
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const wr_slice text = wr_slice_of(files[i].text), mark = WR_SLICE("%s");
        const size_t at = wr_slice_find(text, mark);
        tree t = tree_new();
        tree_look(&t, files[i].path, wr_arena_printf(a, WR_FMT WR_FMT WR_FMT, WR_ARG(wr_slice_part(text, 0, at)), WR_ARG(s), WR_ARG(wr_slice_from(text, at + 2))));
        tree_conclude(&t);
        if (anywhere(&t, s) || count_kind(&t, WR_CREDENTIAL) != files[i].credentials) {
            tree_print(&t);
            fail_msg("file %zu: the value is kept, or is no credential", i);
        }
        tree_free(&t);
    }
    wr_arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(in_a_secret_of_a_cluster), cmocka_unit_test(names_and_clients), cmocka_unit_test(never_the_value) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
