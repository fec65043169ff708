/* Who gets the data: a provider is stated only where code or configuration says it, and the maker of a model is no answer. */
#include "detect.h"

static size_t served_by(const wr_asset *a)
{
    size_t n = 0;
    for (const wr_edge *e = a->edges; e != NULL; e = e->next)
        n += e->type == WR_PROVIDED_BY;
    return n;
}

static void the_maker_before_a_slash_is_not_who_serves(void **state)
{
    (void)state;
    tree t = TREE({ "models.ts", "export const chat = { id: 'a', model: 'openai/gpt-4o' };\n" });
    const wr_asset *m = must(&t, "model:openai/gpt-4o");
    assert_int_equal(served_by(m), 0);
    text_is(m, "publisher", "openai");
    assert_null(wr_asset_property(m, "hosting"));
    must_not(&t, "provider:openai");
    tree_free(&t);
}

static void a_gateway_that_the_file_names_serves(void **state)
{
    (void)state;
    tree t = TREE({ "app.yaml", "llm:\n  base_url: https://openrouter.ai/api/v1\n  model: anthropic/claude-3.5-sonnet\n" });
    related(&t, "model:openrouter/anthropic/claude-3.5-sonnet", WR_PROVIDED_BY, "provider:openrouter");
    text_is(must(&t, "model:openrouter/anthropic/claude-3.5-sonnet"), "publisher", "anthropic");
    must_not(&t, "provider:anthropic");
    tree_free(&t);
    tree u = TREE({ "app.yaml", "model: openrouter/openai/gpt-4o\n" });
    related(&u, "model:openrouter/gpt-4o", WR_PROVIDED_BY, "provider:openrouter");
    must_not(&u, "provider:openai");
    tree_free(&u);
}

static void a_router_whose_words_are_providers(void **state)
{
    (void)state;
    tree t = TREE({ "litellm_config.yaml", "model_list:\n  - model_name: chat\n    litellm_params:\n      model: openai/gpt-4o\n" });
    related(&t, "model:openai/gpt-4o", WR_PROVIDED_BY, "provider:openai");
    tree_free(&t);
    tree w = TREE({ "config/agents.yaml", "nurse:\n  role: r\n  goal: g\n  backstory: b\n  llm: openai/gpt-4o-mini\n" });
    related(&w, "model:openai/gpt-4o-mini", WR_PROVIDED_BY, "provider:openai");
    tree_free(&w);
    tree u = TREE({ "a.yaml", "model: azure/gpt-4o\n" }, { "b.yaml", "model: \"openai:gpt-4o\"\n" });
    related(&u, "model:azure-openai/gpt-4o", WR_PROVIDED_BY, "provider:azure-openai");
    related(&u, "model:openai/gpt-4o", WR_PROVIDED_BY, "provider:openai");
    tree_free(&u);
}

static void an_id_beside_another_cloud_is_open(void **state)
{
    (void)state;
    tree t = TREE({ "settings.yaml", "endpoint: https://clinic.cloud.databricks.com/serving-endpoints\nmodel: gpt-4o\n" });
    assert_int_equal(served_by(must(&t, "model:gpt-4o")), 0);
    must_not(&t, "provider:openai");
    must(&t, "provider:databricks");
    tree_free(&t);
    tree u = TREE({ "settings.yaml", "OPENAI_API_KEY: x\nendpoint: https://clinic.cloud.databricks.com/serving-endpoints\nmodel: gpt-4o\n" });
    related(&u, "model:openai/gpt-4o", WR_PROVIDED_BY, "provider:openai"); /* its own provider is named as well */
    tree_free(&u);
}

#define PYPROJECT "[project]\nname = \"app\"\ndependencies = [\"cohere>=5.1\"]\n"
#define LOCK "version = 1\n[[package]]\nname = \"cohere\"\nversion = \"5.13.0\"\n[[package]]\nname = \"groq\"\nversion = \"0.13.0\"\n"

static void what_only_a_lock_file_names_sends_nothing(void **state)
{
    (void)state;
    tree t = TREE({ "pyproject.toml", PYPROJECT }, { "uv.lock", LOCK });
    must(&t, "library:pkg:pypi/groq@0.13.0");
    must_not(&t, "provider:groq");
    related(&t, "library:pkg:pypi/cohere@5.13.0", WR_PROVIDED_BY, "provider:cohere");
    must_not(&t, "library:pkg:pypi/cohere");
    tree_free(&t);
}

static void a_store_that_one_runs_oneself(void **state)
{
    (void)state;
    tree t = TREE({ "compose.yaml", "services:\n  vectors:\n    image: qdrant/qdrant:v1.12.0\n  db:\n    image: pgvector/pgvector:pg16\n  llm:\n    image: ollama/ollama:0.5.1\n" });
    must_not(&t, "provider:qdrant");
    must_not(&t, "provider:pgvector");
    assert_true(bool_of(must(&t, "provider:ollama"), "self_hosted"));
    assert_int_equal(count_kind(&t, WR_RETRIEVAL), 2);
    tree_free(&t);
}

static void an_id_alone_says_only_who_made_it(void **state)
{
    (void)state;
    tree t = TREE({ "settings.yaml", "model: mistral-large-latest\nother_model: gpt-4o\n" }, { "a.env", "OPENAI_API_KEY=\n" });
    const wr_asset *m = must(&t, "model:mistral-large-latest");
    assert_int_equal(served_by(m), 0);
    text_is(m, "publisher", "mistral");
    must_not(&t, "provider:mistral");
    related(&t, "model:openai/gpt-4o", WR_PROVIDED_BY, "provider:openai"); /* something else speaks to it */
    tree_free(&t);
}

static void the_name_of_a_setting_says_who_serves(void **state)
{
    (void)state;
    tree t = TREE({ "a.py", "import os\nm = os.getenv(\"AZURE_OPENAI_CHAT_MODEL\") or \"gpt-4o\"\n" }, { "b.yaml", "OPENAI_API_KEY: x\nbedrockModel: anthropic.claude-3-haiku-20240307-v1:0\n" });
    related(&t, "model:azure-openai/gpt-4o", WR_PROVIDED_BY, "provider:azure-openai");
    related(&t, "model:aws-bedrock/anthropic.claude-3-haiku-20240307-v1:0", WR_PROVIDED_BY, "provider:aws-bedrock");
    must_not(&t, "model:openai/gpt-4o");
    tree_free(&t);
}

static void a_setting_beside_it_says_who_serves(void **state)
{
    (void)state;
    tree t = TREE({ "config.py", "class Config(BaseSettings):\n    judge_provider: str = \"google\"\n    judge_model: str = \"gemini-2.5-flash\"\n    writer_provider: str = \"azure\"\n"
                                 "    writer_model_name: str = \"gpt-4o\"\n    other_model: str = \"gpt-4.1\"\n" },
                  { "a.json", "{\"llm\": {\"provider\": \"bedrock\", \"model\": \"claude-sonnet-4-5\"}}\n" },
                  { "b.yaml", "llm:\n  provider: openai\n  temperature: 0\n  model: gpt-4o-mini\nother:\n  provider: house-proxy\n  model: o3-mini\n" });
    related(&t, "model:google-gemini/gemini-2.5-flash", WR_PROVIDED_BY, "provider:google-gemini");
    related(&t, "model:azure-openai/gpt-4o", WR_PROVIDED_BY, "provider:azure-openai");
    related(&t, "model:aws-bedrock/claude-sonnet-4-5", WR_PROVIDED_BY, "provider:aws-bedrock");
    related(&t, "model:openai/gpt-4o-mini", WR_PROVIDED_BY, "provider:openai");
    assert_int_equal(served_by(must(&t, "model:o3-mini")), 0);
    must_not(&t, "provider:anthropic");
    must_not(&t, "model:google-gemini/gpt-4.1");
    tree_free(&t);
}

static void keys_that_are_none_and_addresses_elsewhere(void **state)
{
    (void)state;
    tree t = TREE({ "compose.yaml", "services:\n  ui:\n    environment:\n      OPENAI_API_KEY: \"dummy\"\n      GROQ_API_KEY: none\n" },
                  { "b.env", "OPENAI_BASE_URL=http://models.internal:8000/v1\nOPENAI_API_KEY=$KEY\n" }, { "c.yaml", "a:\n  # - OPENAI_API_KEY=x OPENAI_BASE_URL=http://host.docker.internal:11434/v1/\n" },
                  { "d.env", "ANTHROPIC_API_KEY=$KEY\n#ANTHROPIC_BASE_URL=http://elsewhere:1/v1\n" });
    must_not(&t, "provider:openai");
    must_not(&t, "provider:groq");
    must(&t, "provider:anthropic");
    must_not(&t, "endpoint:http://host.docker.internal:11434");
    tree_free(&t);
}

static void a_default_after_or(void **state)
{
    (void)state;
    tree t = TREE({ "a.py", "import os\nchat = os.getenv(\"CHAT_MODEL\") or \"gpt-4o\"\nif x:\n    chat_model = os.getenv(\"A\") or \"gpt-4o-mini\"\nelse:\n    chat_model = pick()\n"
                             "if y or \"gpt-4.1\" in z:\n    pass\n" });
    must(&t, "model:gpt-4o");
    must(&t, "model:gpt-4o-mini");
    assert_int_equal(count_kind(&t, WR_MODEL), 2);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_maker_before_a_slash_is_not_who_serves),
        cmocka_unit_test(a_gateway_that_the_file_names_serves),
        cmocka_unit_test(a_router_whose_words_are_providers),
        cmocka_unit_test(an_id_beside_another_cloud_is_open),
        cmocka_unit_test(what_only_a_lock_file_names_sends_nothing),
        cmocka_unit_test(a_store_that_one_runs_oneself),
        cmocka_unit_test(an_id_alone_says_only_who_made_it),
        cmocka_unit_test(the_name_of_a_setting_says_who_serves),
        cmocka_unit_test(a_setting_beside_it_says_who_serves),
        cmocka_unit_test(keys_that_are_none_and_addresses_elsewhere),
        cmocka_unit_test(a_default_after_or),
    };
    return cmocka_run_group_tests_name("who gets the data", tests, NULL, NULL);
}
