#include "detect.h"
#include "scan/detectors/binding.h"
#include "scan/code/tree.h"

#include <stdlib.h>

/* Keys are put together here, so that no file of this tree looks as if it held one. */
static const char *made_up_key(char *ret, const char *prefix, size_t letters)
{
    static const char alphabet[] = "Zq7Rw2Xk9Tp4Lm8Vb3Nc6Hj5Gd1Fs0YaUeIoQiWuKzMy";
    size_t n = strlen(prefix);
    memcpy(ret, prefix, n);
    for (size_t i = 0; i < letters; i++)
        ret[n++] = alphabet[(i * 7 + i / 5) % (sizeof alphabet - 1)];
    ret[n] = '\0';
    return ret;
}

static bool bound(const wr_catalog *catalog, const char *line, const char *id)
{
    const wr_slice s = wr_slice_of(line);
    const size_t at = wr_slice_find(s, wr_slice_of(id));
    wr_slice word, prefix;
    assert_true(at < s.len);
    return wr_model_bound(catalog, s, at, strlen(id), &word, &prefix);
}

static void ids_that_are_bound(void **state)
{
    (void)state;
    tree t = tree_new();
    static const char *const yes[] = {
        "client.create(model=\"gpt-4o\")", "  model: gpt-4o", "\"model\": \"gpt-4o\",", "modelName: 'gpt-4o'", "OPENAI_MODEL=gpt-4o",
        "MODEL = \"gpt-4o\"", "ChatOpenAI(\"gpt-4o\")", "openai(\"gpt-4o\")", "os.getenv(\"CHAT_MODEL\", \"gpt-4o\")",
        "os.environ.get('MODEL', 'gpt-4o')", "process.env.OPENAI_MODEL || 'gpt-4o'", "options.model ?? \"gpt-4o\"", "run --model gpt-4o",
        "[\"--model\", \"gpt-4o\"]", "model: str = \"gpt-4o\"", "llm: openai/gpt-4o", "const DEFAULT_MODEL: &str = \"gpt-4o\";",
        "Model: \"gpt-4o\",", "model := \"gpt-4o\"", "\\\"model\\\": \\\"gpt-4o\\\"", "deployment_name=\"gpt-4o\"", "--model=gpt-4o",
        "- name: MODEL\n  value: gpt-4o", "init_chat_model(\n    \"gpt-4o\")", "model=\"openai/gpt-4o\"", "id=\"openai:gpt-4o\"", "model=\"openai:gpt-4o\"",
        "config.get(\"Model\", {\"value\": \"gpt-4o\"}).value", "\"Model\": Choice(\n    type=\"list\",\n    value=\"gpt-4o\",\n)", "config[\"Model\"] = Choice(value=\"gpt-4o\")",
        "os.getenv(\"CHAT_MODEL\") or \"gpt-4o\"", "models = [\"gpt-4o\"]", "chat_model: str = Field(\n    default=\"gpt-4o\",\n)", "chat_model = read(\"X\") or \"gpt-4o\"",
    };
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (!bound(t.catalog, yes[i], "gpt-4o"))
            fail_msg("should be a use: %s", yes[i]);
    tree_free(&t);
}

static void ids_that_are_only_named(void **state)
{
    (void)state;
    tree t = tree_new();
    static const char *const no[] = {
        "if model == \"gpt-4o\":", "if (model === 'gpt-4o') {", "models: [\"gpt-4o\", \"x\"]", "\"gpt-4o\": 8192,", "case 'gpt-4o':",
        "type Model = 'gpt-4o' | 'x'", "model: 'gpt-4o' | 'x'", "model.startswith(\"gpt-4o\")", "We tried gpt-4o last year", "supported_models = \"gpt-4o\"",
        "name: 'gpt-4o'", "value: 'gpt-4o'", "description: 'gpt-4o'", "placeholder=\"gpt-4o\"", "encoding_for_model(\"gpt-4o\")", "tokens(\"gpt-4o\")",
        "max_tokens_model_label: \"gpt-4o\"", "see model gpt-4o for", "model != \"gpt-4o\"", "const x = [\"gpt-4o\"]", "Use e.g. google:embedding:gpt-4o.", "id=\"gpt-4o\"",
        "config.get(\"Name\", {\"value\": \"gpt-4o\"})", "\"Model\": [{\"label\": \"x\"}], \"b\": Choice(value=\"gpt-4o\")", "x = a or \"gpt-4o\"", "supported_models = [\"gpt-4o\"]", "models = [\"gpt-4o\", \"b\"]", "x[\"gpt-4o\"]", "for \"gpt-4o\"",
    };
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (bound(t.catalog, no[i], "gpt-4o"))
            fail_msg("should be a mention: %s", no[i]);
    tree_free(&t);
}

static void a_model_in_use(void **state)
{
    (void)state;
    if (!code_parses()) { /* whom a client is sent to is known by the syntax tree alone */
        print_message("SKIPPED: code is not parsed in this build\n");
        skip();
    }
    tree t = TREE({ "app.py", "from openai import OpenAI\n\nr = OpenAI().chat(model=\"gpt-4o\")\n" }, { "m.yaml", "model: gpt-4o-2024-08-06\n" });
    const wr_asset *alias = must(&t, "model:openai/gpt-4o"), *fixed = must(&t, "model:openai/gpt-4o-2024-08-06");
    text_is(alias, "hosting", "hosted");
    assert_false(bool_of(alias, "pinned"));
    assert_null(wr_asset_property(alias, "version"));
    assert_true(bool_of(fixed, "pinned"));
    text_is(fixed, "version", "gpt-4o-2024-08-06");
    assert_int_equal(alias->seen->place.at, 3);
    related(&t, "model:openai/gpt-4o", WR_PROVIDED_BY, "provider:openai");
    tree_free(&t);
    tree u = TREE({ "a.py", "m(model=\"google_genai:gemini-2.5-flash\")\nn(model=\"azure/gpt-4o\")\n" });
    must(&u, "model:google-gemini/gemini-2.5-flash");
    must(&u, "model:azure-openai/gpt-4o");
    assert_int_equal(count_kind(&u, WR_MODEL), 2);
    tree_free(&u);
}

static void no_use_no_model(void **state)
{
    (void)state;
    const char *use = "x(model=\"gpt-4o\")\n";
    tree t = TREE({ "README.md", "Set model=\"gpt-4o\" first.\n" }, { "docs/a.py", use }, { "tests/test_a.py", use }, { "src/a.test.ts", use },
                  { "examples/a.py", use }, { "node_modules/x/a.js", use }, { "a.py", "# model=\"gpt-4o\"\n" }, { "a.js", "/* model: \"gpt-4o\" */\n// model: \"gpt-4o\"\n" },
                  { "ui.js", "const sample = `\nx = f(\n  model=\"gpt-4o\")`;\n" }, { "types.d.ts", "model: \"gpt-4o\";\n" }, { "b.py", "\"\"\"\nmodel=\"gpt-4o\"\n\"\"\"\n" }, { "package-lock.json", "{\"model\": \"gpt-4o\"}" },
                  { ".env.example", "OPENAI_MODEL=gpt-4o\n" }, { "CHANGELOG", "model: gpt-4o\n" });
    assert_int_equal(count_kind(&t, WR_MODEL), 0);
    tree_free(&t);
}

static void a_listing_is_no_program(void **state)
{
    (void)state;
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    for (int month = 1; month <= 12; month++)
        for (int day = 1; day <= 3; day++)
            wr_buf_printf(&b, "  - model: gpt-4o-2024-%02d-%02d\n", month, day);
    wr_buf_char(&b, '\0');
    tree t = TREE({ "prices.yaml", b.at }, { "litellm_config.yaml", "model_list:\n - litellm_params:\n     model: openai/gpt-4o\n" });
    must_not(&t, "model:openai/gpt-4o-2024-01-01");
    must(&t, "model:openai/gpt-4o");
    tree_free(&t);
}

static void endpoints(void **state)
{
    (void)state;
    tree t = TREE({ "a.ts", "const url = 'https://api.openai.com/v1/chat/completions';\n" }, { "b.py", "requests.post(\"http://localhost:11434/api/generate\", verify=False)\n" },
                  { "c.js", "// see https://api.anthropic.com/v1\nconst x = { documentationUrl: 'https://api.mistral.ai/v1' };\n" },
                  { "README.md", "https://api.cohere.com/v2\n" });
    const wr_asset *e = must(&t, "endpoint:https://api.openai.com");
    text_is(e, "address", "public");
    text_is(e, "scheme", "https");
    text_is(e, "kind", "inference");
    related(&t, "endpoint:https://api.openai.com", WR_PROVIDED_BY, "provider:openai");
    const wr_asset *o = must(&t, "endpoint:http://localhost:11434");
    text_is(o, "address", "loopback");
    assert_false(bool_of(o, "tls_verify"));
    assert_int_equal(count_kind(&t, WR_ENDPOINT), 2);
    tree_free(&t);
}

static void hosts_that_are_not_called(void **state)
{
    (void)state;
    tree t = TREE({ "a.ts", "if (url.startsWith('https://api.openai.com/')) {}\nif (u !== 'https://api.anthropic.com') {}\nthrow new Error('see https://api.groq.com/x')\n" },
                  { "b.ts", "throw new Error('Please set MISTRAL_API_KEY')\nconst p = { placeholder: '<COHERE_API_KEY>' };\n" },
                  { "c.ts", "const ok = new Set(['api.openai.com', 'api.groq.com']);\nconst h = { apiHost: 'xxxxxxxx.openai.azure.com' };\n" },
                  { "zone.tf", "resource \"azurerm_private_dns_zone\" \"z\" {\n  name = \"privatelink.openai.azure.com\"\n}\n" });
    assert_int_equal(count_kind(&t, WR_ENDPOINT), 0);
    assert_int_equal(count_kind(&t, WR_PROVIDER), 0);
    tree_free(&t);
    tree u = TREE({ "c.ts", "const e = `https://${instance}.openai.azure.com/openai`;\nfetch(`https://api.openai.com/v1/${id}`);\nconst k = env['OPENAI_API_KEY'];\n" },
                  { "d.py", "url = f\"https://{LOCATION}-aiplatform.googleapis.com/v1\"\ny = 'htps://api.sambanova.ai/v1'\n" },
                  { "e.ts", "return `https://bedrock-runtime.${region}.amazonaws.com`;\n" });
    must(&u, "endpoint:https://bedrock-runtime.*.amazonaws.com");
    must(&u, "endpoint:https://*.openai.azure.com");
    must(&u, "endpoint:https://api.openai.com");
    must(&u, "endpoint:https://*-aiplatform.googleapis.com");
    must(&u, "endpoint:https://api.sambanova.ai");
    assert_int_equal(count_kind(&u, WR_ENDPOINT), 5);
    tree_free(&u);
}

static void one_key_in_two_places(void **state)
{
    (void)state;
    char key[200], a[300], b[300];
    made_up_key(key, "sk-ant-" "api03-", 93);
    snprintf(key + strlen(key), 3, "AA");
    snprintf(a, sizeof a, "ANTHROPIC_API_KEY=%s\n", key);
    snprintf(b, sizeof b, "\n# rules\nuse %s\n", key);
    tree t = TREE({ "app/.env", a }, { "app/AGENTS.md", b }, { "app/requirements.txt", "anthropic==0.39.0\n" });
    const wr_asset *c = only_kind(&t, WR_CREDENTIAL);
    text_is(c, "type", "api-key");
    text_is(c, "provider", "anthropic");
    assert_non_null(c->seen);
    assert_non_null(c->seen->next);
    const wr_finding *code = finding(&t, "credential-in-code"), *prompt = finding(&t, "credential-in-prompt");
    assert_non_null(code);
    assert_non_null(prompt);
    assert_int_equal(code->severity, WR_CRITICAL);
    assert_int_equal(prompt->place.at, 3);
    char id[200];
    snprintf(id, sizeof id, WR_FMT, WR_ARG(c->id));
    related(&t, "system:" REPO "app", WR_AUTHENTICATES_WITH, id);
    /* the value itself is nowhere */
    wr_buf all = wr_buf_new(WR_MIB * 16);
    for (size_t i = 0; i < wr_estate_asset_count(t.estate); i++)
        wr_json_write(wr_asset_value(t.arena, wr_estate_asset_at(t.estate, i)), &all, 0);
    for (size_t i = 0; i < wr_estate_finding_count(t.estate); i++)
        wr_json_write(wr_finding_value(t.arena, wr_estate_finding_at(t.estate, i)), &all, 0);
    assert_true(wr_slice_find(wr_buf_slice(&all), wr_slice_make(key + 13, 24)) == all.len);
    wr_buf_free(&all);
    tree_free(&t);
}

static void references_and_placeholders(void **state)
{
    (void)state;
    tree t = TREE({ "a.py", "key = os.environ[\"OPENAI_API_KEY\"]\n" }, { "compose.yaml", "services:\n  a:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n" },
                  { "x.env", "OPENAI_API_KEY=your-key-here\n" });
    assert_int_equal(count_kind(&t, WR_CREDENTIAL), 0);
    must(&t, "provider:openai");
    tree_free(&t);
}

static void a_line_without_end(void **state)
{
    (void)state;
    const size_t len = 20 * WR_MIB;
    char *big = malloc(len);
    assert_non_null(big);
    for (size_t i = 0; i < len; i++)
        big[i] = "model=\"gpt-4o\" ('/*#"[i % 20];
    tree t = tree_new();
    tree_look(&t, "bundle.js", wr_slice_make(big, len));
    tree_conclude(&t);
    tree_free(&t);
    free(big);
}

static void order_does_not_matter(void **state)
{
    (void)state;
    static const test_file files[] = {
        { "b/app.py", "m(model=\"gpt-4o\")\n" }, { "a/app.py", "\nm(model=\"gpt-4o\")\n" }, { "a/requirements.txt", "openai==1.2.3\n" },
        { "b/package.json", "{\"name\":\"web\",\"dependencies\":{\"openai\":\"^4.0.0\"}}" }, { "b/requirements.txt", "openai\n" },
    };
    wr_hash digest[2];
    for (int turn = 0; turn < 2; turn++) {
        tree t = tree_new();
        for (size_t i = 0; i < 5; i++) {
            const test_file *f = &files[turn ? 4 - i : i];
            tree_look(&t, f->path, wr_slice_of(f->text));
        }
        tree_conclude(&t);
        wr_error err = { 0 };
        assert_int_equal(wr_estate_digest(t.estate, &digest[turn], &err), WR_OK);
        tree_free(&t);
    }
    assert_true(wr_hash_eq(&digest[0], &digest[1]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_that_are_bound), cmocka_unit_test(ids_that_are_only_named), cmocka_unit_test(a_model_in_use),
        cmocka_unit_test(no_use_no_model), cmocka_unit_test(a_listing_is_no_program), cmocka_unit_test(endpoints), cmocka_unit_test(hosts_that_are_not_called),
        cmocka_unit_test(one_key_in_two_places), cmocka_unit_test(references_and_placeholders), cmocka_unit_test(a_line_without_end),
        cmocka_unit_test(order_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
