/* Models that are taken by the name of who serves them: maps, branches and cases of seven languages, and what is none. */
#include "detect.h"
#include "scan/code/judge.h"

static bool no_trees(void)
{
    if (!code_parses())
        print_message("SKIPPED: code is not parsed in this build\n");
    return !code_parses();
}

static void maps(void **state)
{
    (void)state;
    if (no_trees())
        skip();
    tree t = TREE({ "a.py", "DEFAULTS = {'openai': 'gpt-4o', Provider.GROQ: 'llama3-70b-8192', 'openrouter': 'x'}\n"
                            "FULL = {'anthropic': {'model': 'claude-3-5-sonnet-20241022'}, 'deepseek': Settings(model='deepseek-chat')}\n" },
                  { "b.ts", "var best = {\n  [\"mistral\" /* MISTRAL */]: \"mistral-small-latest\",\n  openai: \"gpt-4.1\",\n};\n" },
                  { "c.go", "package c\nvar m = map[string]string{ProviderOpenAI: \"gpt-4o-mini\", \"mistral\": \"mistral-medium-latest\"}\n" });
    must(&t, "model:openai/gpt-4o");
    must(&t, "model:groq/llama3-70b-8192");
    must(&t, "model:anthropic/claude-3-5-sonnet-20241022");
    must(&t, "model:deepseek/deepseek-chat");
    must(&t, "model:mistral/mistral-small-latest");
    must(&t, "model:openai/gpt-4.1");
    must(&t, "model:openai/gpt-4o-mini");
    must(&t, "model:mistral/mistral-medium-latest");
    tree_free(&t);
}

/* What may be typed in, what it costs, who made it, and one word alone. */
static void no_choice(void **state)
{
    (void)state;
    if (no_trees())
        skip();
    tree t = TREE({ "a.py", "ALLOWED = {'openai': ['gpt-4o', 'o1'], 'anthropic': ['claude-2.1']}\nCOST = {'openai': {'gpt-4-turbo': 1}, 'anthropic': {'claude-3-opus-20240229': 3}}\n"
                            "GROQ = {'meta': 'llama-3.1-70b-versatile', 'mistral': 'mixtral-8x7b-32768', 'google': 'gemma2-9b-it'}\n"
                            "ONE = {'openai': 'gpt-4.1'}\nif provider == 'openai' and x == 'gpt-4.1-mini':\n    print('gpt-4.1-nano')\n" });
    assert_int_equal(count_kind(&t, WR_PROVIDER), 0);
    tree_free(&t);
    t = TREE({ "c.ts", "cli({ help: { examples: [\"Set a value: config set APP_MODEL=gpt-4\"] } });\nconst APP_MODEL = \"gpt-4o\";\n" });
    assert_int_equal(count_kind(&t, WR_MODEL), 1); /* an example is no use */
    tree_free(&t);
    t = TREE({ "b.py", "import os\nurl = 'https://openrouter.ai/api/v1'\nM = {'openai': 'gpt-4o', 'anthropic': 'claude-3-5-sonnet-20241022'}\n" });
    must_not(&t, "provider:anthropic"); /* the gateway stands before all of them */
    must_not(&t, "model:openai/gpt-4o");
    tree_free(&t);
}

static void branches(void **state)
{
    (void)state;
    if (no_trees())
        skip();
    tree t = TREE({ "a.py", "def default_model(provider):\n    if provider == 'azure':\n        return 'gpt-4o'\n    elif provider == 'mistral':\n        return 'mistral-large-latest'\n"
                            "chat_model = 'claude-opus-4-1' if kind == 'bedrock' else 'gpt-4.1'\n" },
                  { "b.ts", "let model;\nswitch (p) {\n  case 'groq': model = 'llama3-70b-8192'; break;\n  case 'openai':\n  case 'azure': model = 'gpt-4-turbo'; break;\n}\n"
                            "const chatModel = p === Provider.Azure ? 'gpt-4.1-mini' : 'x';\n" },
                  { "c.rs", "impl P { fn default_model(&self) -> String { match self { P::Azure => \"gpt-4.1-nano\".to_string(), P::Mistral => String::from(\"mistral-small-latest\"), } } }\n" },
                  { "D.java", "class D { String modelFor(String p) { return switch (p) { case \"azure\" -> \"o4-mini\"; default -> \"\"; }; } }\n" },
                  { "E.cs", "class E { string DefaultModel(Provider p) => p switch { Provider.Azure => \"gpt-5\", _ => \"\" }; }\n" },
                  { "f.go", "package f\nfunc defaultModel(p string) string {\n\tif p == \"azure\" {\n\t\treturn \"o3-mini\"\n\t}\n\treturn \"\"\n}\n" });
    must(&t, "model:azure-openai/gpt-4o");
    must_not(&t, "model:openai/gpt-4o");
    must(&t, "model:mistral/mistral-large-latest");
    must(&t, "model:aws-bedrock/claude-opus-4-1");
    must_not(&t, "model:aws-bedrock/gpt-4.1");
    must(&t, "model:groq/llama3-70b-8192");
    must_not(&t, "model:azure-openai/gpt-4-turbo"); /* either of two */
    must(&t, "model:azure-openai/gpt-4.1-mini");
    must(&t, "model:azure-openai/gpt-4.1-nano");
    must(&t, "model:mistral/mistral-small-latest");
    must(&t, "model:azure-openai/o4-mini");
    must(&t, "model:azure-openai/gpt-5");
    must(&t, "model:azure-openai/o3-mini");
    tree_free(&t);
    t = TREE({ "h.py", "if kind == 'azure':\n    model = 'azure/gpt-4o'\n" });
    must(&t, "model:azure-openai/gpt-4o");
    tree_free(&t);
    t = TREE({ "g.py", "if provider != 'azure':\n    model = 'gpt-4o'\nif provider == 'azure':\n    tokenizer = 'gpt-4'\n" });
    must_not(&t, "model:azure-openai/gpt-4o");
    must_not(&t, "model:azure-openai/gpt-4");
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(maps), cmocka_unit_test(no_choice), cmocka_unit_test(branches) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
