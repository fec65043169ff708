#include "detect.h"

static const char litellm[] =
    "model_list:\n"
    "  - model_name: gpt-4o\n    litellm_params:\n      model: azure/gpt-4o-eu\n      api_base: https://linden.openai.azure.com/\n      api_key: os.environ/AZURE_API_KEY_EU\n"
    "  - model_name: gpt-4o\n    litellm_params: {model: openai/gpt-4o, api_key: \"os.environ/OPENAI_API_KEY\"}\n"
    "  - model_name: house-model\n    litellm_params:\n      model: openai/facebook/opt-125m\n      api_base: http://10.1.1.7:8000/v1\n"
    "  - model_name: claude\n    litellm_params: {model: bedrock/converse/us-east-1/anthropic.claude-3-5-sonnet-20240620-v1:0}\n"
    "  - model_name: plain\n    litellm_params: {model: claude-3-5-haiku-20241022}\n"
    "  - model_name: vectors\n    litellm_params: {model: voyage/voyage-3, custom_llm_provider: openai_like}\n    model_info: {mode: embedding}\n"
    "  - model_name: '*'\n    litellm_params: {model: 'groq/*'}\n"
    "litellm_settings:\n  fallbacks: [{gpt-4o: [claude]}]\n  success_callback: [langfuse, my_own]\n"
    "guardrails:\n  - guardrail_name: masks-names\n    litellm_params: {guardrail: presidio, mode: pre_call}\n"
    "mcp_servers:\n  tickets:\n    url: https://mcp.linden.example/tickets\n    transport: http\n"
    "general_settings:\n  master_key: os.environ/LITELLM_MASTER_KEY\n";

static void a_proxy_of_litellm(void **state)
{
    (void)state;
    tree t = TREE({ "gateway/config.yaml", litellm });
    const char *g = "endpoint:" REPO "gateway/config.yaml#litellm";
    text_is(must(&t, g), "kind", "gateway");
    text_is(must(&t, g), "auth", "key");
    related(&t, g, WR_PROVIDED_BY, "provider:litellm");
    related(&t, g, WR_USES, "model:azure-openai/gpt-4o-eu");
    related(&t, g, WR_USES, "model:openai/gpt-4o");
    related(&t, g, WR_USES, "model:facebook/opt-125m"); /* OpenAI's protocol, somebody else's server */
    must_not(&t, "model:openai/facebook/opt-125m");
    assert_true(bool_of(must(&t, "endpoint:http://10.1.1.7:8000"), "self_hosted"));
    related(&t, g, WR_CALLS, "endpoint:http://10.1.1.7:8000");
    related(&t, g, WR_USES, "model:aws-bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0");
    related(&t, g, WR_USES, "model:anthropic/claude-3-5-haiku-20241022");
    must(&t, "provider:groq");
    /* keys are variables: named, never seen */
    related(&t, g, WR_AUTHENTICATES_WITH, "credential:" REPO "gateway/config.yaml#AZURE_API_KEY_EU");
    text_is(must(&t, "credential:" REPO "gateway/config.yaml#AZURE_API_KEY_EU"), "storage", "environment");
    related(&t, "credential:" REPO "gateway/config.yaml#AZURE_API_KEY_EU", WR_PROVIDED_BY, "provider:azure-openai");
    related(&t, g, WR_AUTHENTICATES_WITH, "credential:" REPO "gateway/config.yaml#LITELLM_MASTER_KEY");
    text_is(must(&t, "model:aws-bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0"), "role", "fallback");
    text_is(must(&t, "model:openai/gpt-4o"), "role", "primary");
    assert_null(wr_asset_property(must(&t, "model:facebook/opt-125m"), "role"));
    must(&t, "provider:langfuse");
    assert_int_equal(wr_count_of(wr_asset_property(must(&t, g), "guardrails")->value), 1);
    related(&t, g, WR_CALLS, "tool:" REPO "gateway/config.yaml#tickets");
    must(&t, "endpoint:https://mcp.linden.example/tickets");
    tree_free(&t);
}

static void a_secret_in_a_gateway(void **state)
{
    (void)state;
    char text[400];
    snprintf(text, sizeof text, "model_list:\n  - model_name: x\n    litellm_params:\n      model: openai/gpt-4o\n      api_key: %s%s\ngeneral_settings:\n  master_key: sk-1234\n", "Qk7vT2mZ", "9xLr4WbN8cHd");
    tree t = TREE({ "config.yaml", text });
    assert_non_null(finding(&t, "credential-in-code"));
    text_is(only_kind(&t, WR_CREDENTIAL), "storage", "repo");
    tree_free(&t);
}

static void inside_another_file(void **state)
{
    (void)state;
    tree t = TREE({ "k8s/cm.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  config.yaml: |\n    model_list:\n    - model_name: a\n      litellm_params: {model: azure/gpt-4o, api_key: os.environ/K_ONE}\n" },
                  { "chart/values.yaml", "name: x\nproxy_config:\n  model_list:\n  - model_name: b\n    litellm_params: {model: groq/llama-3.1-8b-instant}\n" });
    related(&t, "endpoint:" REPO "k8s/cm.yaml#litellm", WR_USES, "model:azure-openai/gpt-4o");
    must_not(&t, "model:openai/gpt-4o");
    assert_int_equal(must(&t, "credential:" REPO "k8s/cm.yaml#K_ONE")->seen->place.at, 9);
    related(&t, "endpoint:" REPO "chart/values.yaml#litellm", WR_USES, "model:groq/llama-3.1-8b-instant");
    tree_free(&t);
}

static void kong_portkey_and_envoy(void **state)
{
    (void)state;
    tree t = TREE({ "kong.yaml", "_format_version: '3.0'\nservices:\n- name: chat\n  url: http://x\n  routes:\n  - name: r\n    plugins:\n    - name: ai-proxy\n      config:\n        route_type: llm/v1/chat\n"
                                 "        auth: {header_name: Authorization, header_value: '{vault://env/MISTRAL_TOKEN}'}\n        model: {provider: mistral, name: mistral-small-2402}\n    - name: ai-prompt-guard\n      config: {}\n    - name: rate-limiting\n" },
                  { "portkey.json", "{\"strategy\":{\"mode\":\"fallback\"},\"targets\":[{\"provider\":\"azure-openai\",\"override_params\":{\"model\":\"gpt-4o\"},\"virtual_key\":\"azure-prod\"},{\"provider\":\"anthropic\",\"override_params\":{\"model\":\"claude-3-5-sonnet-20241022\"}}]}" },
                  { "eg.yaml", "apiVersion: aigateway.envoyproxy.io/v1alpha1\nkind: AIGatewayRoute\nmetadata: {name: front}\nspec:\n  rules:\n  - matches: [{headers: [{type: Exact, name: x-ai-eg-model, value: us.meta.llama3-2-1b-instruct-v1:0}]}]\n"
                               "    backendRefs: [{name: aws}]\n  - matches: [{headers: [{name: x-ai-eg-model, value: some-model}]}]\n    backendRefs: [{name: other}]\n---\napiVersion: aigateway.envoyproxy.io/v1alpha1\nkind: AIServiceBackend\nmetadata: {name: aws}\nspec: {schema: {name: AWSBedrock}}\n"
                               "---\napiVersion: aigateway.envoyproxy.io/v1alpha1\nkind: AIServiceBackend\nmetadata: {name: other}\nspec: {schema: {name: OpenAI}}\n" });
    related(&t, "endpoint:" REPO "kong.yaml#kong", WR_USES, "model:mistral/mistral-small-2402");
    must(&t, "credential:" REPO "kong.yaml#MISTRAL_TOKEN");
    assert_int_equal(wr_count_of(wr_asset_property(must(&t, "endpoint:" REPO "kong.yaml#kong"), "guardrails")->value), 1);
    related(&t, "endpoint:" REPO "portkey.json#portkey", WR_USES, "model:azure-openai/gpt-4o");
    must_not(&t, "model:openai/gpt-4o");
    must(&t, "credential:" REPO "portkey.json#azure-prod");
    related(&t, "endpoint:" REPO "eg.yaml#front", WR_USES, "model:aws-bedrock/us.meta.llama3-2-1b-instruct-v1:0");
    must(&t, "model:some-model");
    must_not(&t, "provider:openai");
    tree_free(&t);
}

static void what_is_no_gateway(void **state)
{
    (void)state;
    tree t = TREE({ "a.yaml", "model_list: []\nother: litellm_params\n" }, { "docs/b.yaml", litellm }, { "c.json", "{\"targets\":[1],\"strategy\":{},\"override_params\":1}" },
                  { "kong.yaml", "_format_version: '3.0'\nplugins: [{name: ai-proxy-notes}]\n" });
    assert_int_equal(count_kind(&t, WR_MODEL), 0);
    tree_free(&t);
}

static void hostile_gateways(void **state)
{
    (void)state;
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    wr_buf_addc(&b, "model_list:\n");
    for (int i = 0; i < 1500; i++)
        wr_buf_printf(&b, "- {model_name: m%d, litellm_params: {model: groq/m%d}}\n", i, i);
    tree t = tree_new();
    tree_look(&t, "big.yaml", wr_buf_slice(&b));
    tree_look(&t, "odd.yaml", WR_SLICE("model_list:\n- 3\n- [litellm_params: 1]\n- litellm_params: {model: [x], api_base: 5, api_key: {a: b}}\n  model_name: {}\nmcp_servers: [1]\nguardrails: x\ngeneral_settings: 7\nlitellm_settings: {fallbacks: [x, {y: z}]}\n"));
    tree_look(&t, "cut.yaml", WR_SLICE("model_list:\n- litellm_params: {model: \"\n"));
    tree_conclude(&t);
    assert_int_equal(wr_estate_unread_count(t.estate), 2);
    tree_free(&t);
}

static void crews_and_graphs(void **state)
{
    (void)state;
    tree t = TREE({ "crew/config/agents.yaml", "clerk:\n  role: Clerk\n  goal: Sort the letters\n  backstory: Years in a post room\n  llm: azure/letters-deployment\n" },
                  { "crew/config/tasks.yaml", "sort_letters:\n  description: Sort every letter by street and house.\n  expected_output: A list\n  agent: clerk\n  human_input: true\nother:\n  command: x\n" },
                  { "roles/tasks.yml", "- name: install\n  apt: {name: x}\n" },
                  { "graph/langgraph.json", "{\"graphs\":{\"desk\":\"./src/desk.py:graph\"},\"env\":\"./.env\",\"store\":{\"index\":{\"embed\":\"openai:text-embedding-3-small\",\"dims\":1536}}}" });
    const char *a = "agent:" REPO "crew/config/agents.yaml#clerk";
    related(&t, a, WR_USES, "model:azure-openai/letters-deployment");
    related(&t, a, WR_INSTRUCTED_BY, "prompt:" REPO "crew/config/agents.yaml#clerk goal and backstory");
    related(&t, a, WR_INSTRUCTED_BY, "prompt:" REPO "crew/config/tasks.yaml#sort_letters task");
    must_not(&t, "prompt:" REPO "crew/config/tasks.yaml#other task");
    related(&t, "agent:" REPO "graph/langgraph.json#desk", WR_RETRIEVES_FROM, "retrieval:" REPO "graph/langgraph.json#langgraph-store");
    text_is(must(&t, "model:openai/text-embedding-3-small"), "task", "embedding");
    assert_int_equal(wr_estate_unread_count(t.estate), 0);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_proxy_of_litellm), cmocka_unit_test(a_secret_in_a_gateway), cmocka_unit_test(inside_another_file), cmocka_unit_test(kong_portkey_and_envoy), cmocka_unit_test(what_is_no_gateway),
                                        cmocka_unit_test(hostile_gateways), cmocka_unit_test(crews_and_graphs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
