#include "detect.h"

static void whom_a_client_is_sent_to(void **state)
{
    (void)state;
    tree t = TREE({ "a/.env", "OPENAI_API_KEY=\nOPENAI_MODEL=gpt-4o # ours\n" },
                  { "b/.env", "export OPENAI_BASE_URL=\"https://openrouter.ai/api/v1\"\nOPENAI_API_KEY=${KEY}\nOPENAI_MODEL='gpt-4.1-mini'\n" },
                  { "c/.env.production", "OPENAI_API_BASE=http://localhost:11434/v1\nOPENAI_API_KEY=none\nOPENAI_MODEL=llama3.2\n" },
                  { "d/.env", "OPENAI_BASE_URL=http://10.2.0.4:9000/v1\nCHAT_MODEL=gpt-4o-2024-08-06\n" },
                  { "e/.env", "AZURE_OPENAI_ENDPOINT=https://linden.openai.azure.com\nAZURE_OPENAI_API_KEY=\nAZURE_OPENAI_DEPLOYMENT=letters\n" },
                  { "f/.env", "LLM_PROVIDER=azure\nLLM_MODEL=gpt-4o-mini\n" }, { "g/.env", "LLM_MODEL=bedrock/anthropic.claude-3-haiku-20240307-v1:0\nEMBEDDING_MODEL=text-embedding-3-small\n" },
                  { "h/.env.example", "OPENAI_MODEL=gpt-4\n" }, { "i/.env", "OLLAMA_HOST=http://gpu-box:11434\nOLLAMA_MODEL=mistral-nemo\nLANGFUSE_HOST=https://cloud.langfuse.com\n" },
                  { "j/.env", "# OPENAI_MODEL=gpt-4-turbo\nMODELS_LIST=gpt-4-32k\nDATABASE_URL=postgres://x/y\n" },
                  { "k/.env", "QDRANT_URL=http://index:6333\n" });
    must(&t, "model:openai/gpt-4o");
    assert_int_equal(wr_count_of(wr_asset_property(must(&t, "provider:openai"), "settings")->value), 2);
    for (const wr_seen *s = must(&t, "provider:openai")->seen; s != NULL; s = s->next)
        if (!wr_slice_is(s->place.path, "a/.env") && !wr_slice_is(s->place.path, "g/.env"))
            fail_msg("OpenAI at " WR_FMT, WR_ARG(s->place.path));
    must(&t, "model:openrouter/gpt-4.1-mini");
    must_not(&t, "model:openai/gpt-4.1-mini");
    must(&t, "model:ollama/llama3.2");
    must_not(&t, "model:openai/llama3.2");
    text_is(must(&t, "environment:production"), "role", "production");
    must(&t, "model:gpt-4o-2024-08-06"); /* at an address that nobody knows */
    text_is(must(&t, "endpoint:http://10.2.0.4:9000"), "address", "private");
    must(&t, "model:azure-openai/letters");
    must(&t, "model:azure-openai/gpt-4o-mini");
    must(&t, "model:aws-bedrock/anthropic.claude-3-haiku-20240307-v1:0");
    text_is(must(&t, "model:openai/text-embedding-3-small"), "task", "embedding");
    must(&t, "model:ollama/mistral-nemo");
    must(&t, "provider:langfuse");
    text_is(must(&t, "endpoint:https://cloud.langfuse.com"), "kind", "experiment-tracker");
    text_is(must(&t, "endpoint:http://index:6333"), "kind", "vector-store"); /* no model is asked there */
    must_not(&t, "provider:qdrant");
    must_not(&t, "model:openai/gpt-4");
    must_not(&t, "model:openai/gpt-4-turbo");
    must_not(&t, "model:openai/gpt-4-32k");
    tree_free(&t);
}

static void settings_of_services(void **state)
{
    (void)state;
    tree t = TREE({ "compose.yaml", "x-common: &common {LLM_MODEL: gpt-4o-mini}\nservices:\n  web:\n    image: web\n    environment:\n      <<: *common\n      OPENAI_BASE_URL: http://litellm:4000/v1\n      OPENAI_API_KEY: x\n      CHAT_MODEL: gpt-4.1\n"
                                    "  other:\n    image: other\n    environment: [\"OPENAI_MODEL=gpt-4o\", \"OPENAI_API_KEY=${K}\"]\n" },
                  { "k.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n      - {name: c, image: c, env: [{name: OPENAI_BASE_URL, value: 'http://ollama:11434/v1'}, {name: MODEL, value: llama3.2}]}\n" },
                  { "plain/compose.yaml", "services:\n  a:\n    image: a\n    environment: {OPENAI_MODEL: gpt-4-turbo}\n" });
    must(&t, "model:gpt-4.1");
    must_not(&t, "model:openai/gpt-4.1");
    must_not(&t, "model:openai/gpt-4o-mini");
    must(&t, "model:openai/gpt-4o"); /* the other service is not sent elsewhere */
    must(&t, "model:ollama/llama3.2");
    must(&t, "model:openai/gpt-4-turbo");
    must(&t, "endpoint:http://litellm:4000");
    tree_free(&t);
}

static void hostile_settings(void **state)
{
    (void)state;
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    for (int i = 0; i < 2500; i++)
        wr_buf_printf(&b, "OPENAI_BASE_URL=http://h%d:1/v1\n", i);
    tree t = tree_new();
    tree_look(&t, ".env", wr_buf_slice(&b));
    tree_look(&t, "x.env", WR_SLICE("=\nMODEL=\nMODEL=\"\nMODEL='x\nexport \nOPENAI_BASE_URL=://\nOPENAI_BASE_URL=http://\nOPENAI_MODEL= #\n=x=y\nLLM_PROVIDER=\xff\xfe\n"));
    tree_conclude(&t);
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(whom_a_client_is_sent_to), cmocka_unit_test(settings_of_services), cmocka_unit_test(hostile_settings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
