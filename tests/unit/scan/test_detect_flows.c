#include "detect.h"

#define N8N "@n8n/n8n-nodes-langchain."
#define BASE "n8n-nodes-base."

static const char n8n[] =
    "{\"name\":\"Inbox helper\",\"nodes\":[\n"
    "{\"name\":\"Mail\",\"type\":\"" BASE "emailReadImap\",\"parameters\":{}},\n"
    "{\"name\":\"Agent\",\"type\":\"" N8N "agent\",\"parameters\":{\"text\":\"={{ $json.body }}\",\"options\":{\"systemMessage\":\"=You sort letters of a post office.\",\"maxIterations\":6}}},\n"
    "{\"name\":\"Azure\",\"type\":\"" N8N "lmChatAzureOpenAi\",\"parameters\":{\"model\":\"gpt-4o-mini\"},\"credentials\":{\"azureOpenAiApi\":{\"id\":\"x1\",\"name\":\"Azure key\"}}},\n"
    "{\"name\":\"Search\",\"type\":\"" N8N "toolWikipedia\",\"parameters\":{}},\n"
    "{\"name\":\"Ledger\",\"type\":\"" BASE "postgresTool\",\"parameters\":{\"operation\":\"executeQuery\",\"query\":\"={{ $fromAI('sql') }}\"},\"credentials\":{\"postgres\":{\"id\":\"7\",\"name\":\"Books\"}}},\n"
    "{\"name\":\"Ask\",\"type\":\"" BASE "gmail\",\"parameters\":{\"operation\":\"sendAndWait\"}},\n"
    "{\"name\":\"Answer\",\"type\":\"" BASE "gmail\",\"parameters\":{\"operation\":\"reply\"}},\n"
    "{\"name\":\"Note\",\"type\":\"" BASE "slack\",\"parameters\":{\"operation\":\"post\"}},\n"
    "{\"name\":\"Old\",\"type\":\"" N8N "lmChatAnthropic\",\"disabled\":true,\"parameters\":{\"model\":\"claude-3-haiku-20240307\"}},\n"
    "{\"name\":\"Shelf\",\"type\":\"" N8N "vectorStoreQdrant\",\"parameters\":{\"mode\":\"retrieve-as-tool\",\"qdrantCollection\":{\"value\":\"letters\"}}},\n"
    "{\"name\":\"Vectors\",\"type\":\"" N8N "embeddingsOllama\",\"parameters\":{\"model\":\"nomic-embed-text\"}},\n"
    "{\"name\":\"Odd\",\"type\":\"n8n-nodes-others.weighTool\",\"parameters\":{}},\n"
    "{\"name\":\"Unrelated\",\"type\":\"" BASE "telegram\",\"parameters\":{}}\n"
    "],\"connections\":{\n"
    "\"Mail\":{\"main\":[[{\"node\":\"Agent\",\"type\":\"main\",\"index\":0}]]},\n"
    "\"Azure\":{\"ai_languageModel\":[[{\"node\":\"Agent\"}]]},\"Old\":{\"ai_languageModel\":[[{\"node\":\"Agent\"}]]},\n"
    "\"Search\":{\"ai_tool\":[[{\"node\":\"Agent\"}]]},\"Ledger\":{\"ai_tool\":[[{\"node\":\"Agent\"}]]},\n"
    "\"Odd\":{\"ai_tool\":[[{\"node\":\"Agent\"}]]},\"Shelf\":{\"ai_tool\":[[{\"node\":\"Agent\"}]]},\"Vectors\":{\"ai_embedding\":[[{\"node\":\"Shelf\"}]]},\n"
    "\"Agent\":{\"main\":[[{\"node\":\"Ask\"},{\"node\":\"Note\"}]]},\"Ask\":{\"main\":[[{\"node\":\"Answer\"}]]}}}";

static void a_workflow_of_n8n(void **state)
{
    (void)state;
    tree t = TREE({ "flows/inbox.json", n8n });
    const char *a = "agent:" REPO "flows/inbox.json#Agent", *f = "agent:" REPO "flows/inbox.json#Inbox helper";
    related(&t, f, WR_DELEGATES_TO, a);
    related(&t, a, WR_USES, "model:azure-openai/gpt-4o-mini");
    must_not(&t, "model:openai/gpt-4o-mini"); /* who serves it is the node's type, not the id */
    text_is(must(&t, "model:azure-openai/gpt-4o-mini"), "publisher", "openai");
    must_not(&t, "provider:openai");
    must_not(&t, "provider:anthropic"); /* switched off */
    related(&t, a, WR_USES, "model:ollama/nomic-embed-text");
    text_is(must(&t, "model:ollama/nomic-embed-text"), "hosting", "self");
    related(&t, a, WR_INSTRUCTED_BY, "prompt:" REPO "flows/inbox.json#Agent system message");
    assert_int_equal(must(&t, "prompt:" REPO "flows/inbox.json#Agent system message")->seen->place.at, 3);
    must_not(&t, "prompt:" REPO "flows/inbox.json#Agent prompt"); /* an expression alone is no text */
    related(&t, a, WR_RETRIEVES_FROM, "retrieval:" REPO "flows/inbox.json#qdrant");
    related(&t, a, WR_USES, "tool:" REPO "flows/inbox.json#Search");
    related(&t, a, WR_USES, "tool:" REPO "flows/inbox.json#Odd"); /* a tool that the catalogue does not know */
    const wr_asset *agent = must(&t, a), *ledger = must(&t, "tool:" REPO "flows/inbox.json#Ledger");
    assert_true(bool_of(agent, "reads_untrusted"));
    assert_true(bool_of(agent, "reads_private"));
    assert_int_equal(wr_asset_property(agent, "max_steps")->value->u.integer, 6);
    text_is(ledger, "effect", "write"); /* the query comes from the model */
    assert_null(wr_asset_property(ledger, "gated"));
    /* later nodes: one waits for a person, one does not, one is not reached */
    assert_true(bool_of(must(&t, "tool:" REPO "flows/inbox.json#Answer"), "gated"));
    assert_null(wr_asset_property(must(&t, "tool:" REPO "flows/inbox.json#Note"), "gated"));
    related(&t, a, WR_USES, "tool:" REPO "flows/inbox.json#Note");
    must_not(&t, "tool:" REPO "flows/inbox.json#Unrelated");
    must_not(&t, "tool:" REPO "flows/inbox.json#Ask");
    /* credentials are named, never seen; the agent holds them, the system has the agent */
    const char *c = "credential:" REPO "flows#Azure key (azureOpenAiApi)";
    assert_true(bool_of(must(&t, c), "reference"));
    text_is(must(&t, c), "storage", "vault");
    related(&t, f, WR_AUTHENTICATES_WITH, c);
    text_is(must(&t, "credential:" REPO "flows#Books (postgres)"), "type", "password");
    tree_free(&t);
}

static void who_starts_a_workflow(void **state)
{
    (void)state;
#define STARTED(type, parameters) "{\"nodes\":[{\"name\":\"S\",\"type\":\"" type "\",\"parameters\":" parameters "},{\"name\":\"A\",\"type\":\"" N8N "agent\",\"parameters\":{}}]," \
                                  "\"connections\":{\"S\":{\"main\":[[{\"node\":\"A\"}]]}}}"
    static const struct { const char *text; bool open; } cases[] = {
        { STARTED(BASE "webhook", "{}"), true },
        { STARTED(BASE "webhook", "{\"authentication\":\"headerAuth\"}"), false },
        { STARTED(N8N "chatTrigger", "{\"public\":true}"), true },
        { STARTED(N8N "chatTrigger", "{}"), false },
        { STARTED(BASE "telegramTrigger", "{}"), true },
        { STARTED(BASE "telegramTrigger", "{\"additionalFields\":{\"userIds\":\"7\"}}"), false },
        { STARTED(BASE "scheduleTrigger", "{}"), false },
        { STARTED(BASE "httpRequest", "{\"url\":\"https://api.linden.example/x\"}"), false },
        { STARTED(BASE "httpRequest", "{\"url\":\"={{ $json.link }}\"}"), true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tree t = TREE({ "w.json", cases[i].text });
        const bool open = wr_asset_property(must(&t, "agent:" REPO "w.json#A"), "reads_untrusted") != NULL;
        if (open != cases[i].open)
            fail_msg("case %zu: %s", i, cases[i].text);
        tree_free(&t);
    }
}

static void a_client_that_may_be_sent_elsewhere(void **state)
{
    (void)state;
#define SERVED(type, parameters) "{\"nodes\":[{\"name\":\"M\",\"type\":\"" N8N type "\",\"parameters\":" parameters "},{\"name\":\"A\",\"type\":\"" N8N "agent\",\"parameters\":{}}]," \
                                 "\"connections\":{\"M\":{\"ai_languageModel\":[[{\"node\":\"A\"}]]}}}"
    tree t = TREE({ "a.json", SERVED("lmChatOpenAi", "{\"model\":\"gpt-4o\"}") }, { "b.json", SERVED("lmChatOpenAi", "{\"model\":\"qwen3-coder:480b\"}") },
                  { "c.json", SERVED("lmChatOpenAi", "{\"model\":\"gpt-4.1\",\"options\":{\"baseURL\":\"https://openrouter.ai/api/v1\"}}") },
                  { "d.json", SERVED("lmChatOpenAi", "{\"model\":\"llama3.2\",\"options\":{\"baseURL\":\"http://10.0.0.5:8000/v1\"}}") },
                  { "e.json", SERVED("lmChatAwsBedrock", "{\"model\":\"anthropic.claude-3-5-sonnet-20240620-v1:0\"}") },
                  { "f.json", SERVED("lmChatOpenAi", "{\"model\":\"={{ $json.model }}\"}") });
    must(&t, "model:openai/gpt-4o");
    must_not(&t, "model:openai/qwen3-coder:480b");
    must(&t, "model:qwen3-coder:480b");
    must(&t, "model:openrouter/gpt-4.1");
    must_not(&t, "model:openai/gpt-4.1");
    must_not(&t, "model:openai/llama3.2");
    text_is(must(&t, "endpoint:http://10.0.0.5:8000"), "address", "private");
    const wr_asset *bedrock = must(&t, "model:aws-bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0");
    text_is(bedrock, "publisher", "anthropic");
    must_not(&t, "provider:anthropic");
    tree_free(&t);
}

static const char dify[] =
    "kind: app\napp:\n  mode: advanced-chat\n  name: Clerk\n"
    "workflow:\n  graph:\n    nodes:\n"
    "    - id: '1'\n      data: {type: start, title: Start}\n"
    "    - id: '2'\n      data:\n        type: knowledge-retrieval\n        title: Rules\n        dataset_ids: [house-rules]\n"
    "    - id: '3'\n      data:\n        type: llm\n        title: Draft\n        model: {provider: langgenius/bedrock/bedrock, name: anthropic.claude-3-haiku-20240307-v1:0}\n"
    "        prompt_template:\n        - {role: system, text: You draft answers for a clerk of a library.}\n"
    "    - id: '4'\n      data: {type: http-request, title: File it, method: post, url: 'https://files.linden.example/api'}\n"
    "    - id: '5'\n      data:\n        type: agent\n        title: Helper\n        agent_parameters:\n"
    "          model: {value: {provider: langgenius/openai_api_compatible/openai_api_compatible, model: my-model-7b}}\n"
    "          tools: {value: [{enabled: true, provider_name: langgenius/tavily/tavily, tool_name: search}, {enabled: false, provider_name: time, tool_name: clock}]}\n"
    "          instruction: {value: Use the tools when you need them.}\n          maximum_iterations: {value: 4}\n"
    "    edges:\n    - {source: '1', target: '2'}\n    - {source: '2', target: '3'}\n    - {source: '3', target: '4'}\n    - {source: '3', target: '5'}\n"
    "  environment_variables:\n  - {name: FILE_KEY, value_type: secret, value: ''}\n";

static void an_app_of_dify(void **state)
{
    (void)state;
    tree t = TREE({ "apps/clerk.yml", dify });
    const char *f = "agent:" REPO "apps/clerk.yml#Clerk", *a = "agent:" REPO "apps/clerk.yml#Helper";
    related(&t, f, WR_USES, "model:aws-bedrock/anthropic.claude-3-haiku-20240307-v1:0");
    related(&t, f, WR_INSTRUCTED_BY, "prompt:" REPO "apps/clerk.yml#Draft system prompt");
    related(&t, f, WR_RETRIEVES_FROM, "retrieval:" REPO "apps/clerk.yml#dify-knowledge");
    related(&t, f, WR_USES, "tool:" REPO "apps/clerk.yml#File it");
    text_is(must(&t, "tool:" REPO "apps/clerk.yml#File it"), "effect", "write");
    related(&t, f, WR_DELEGATES_TO, a);
    related(&t, a, WR_USES, "model:my-model-7b");
    related(&t, a, WR_USES, "tool:" REPO "apps/clerk.yml#search");
    assert_true(bool_of(must(&t, a), "reads_untrusted"));
    must_not(&t, "tool:" REPO "apps/clerk.yml#clock");
    must(&t, "credential:" REPO "apps#FILE_KEY");
    assert_int_equal(wr_asset_property(must(&t, a), "max_steps")->value->u.integer, 4);
    tree_free(&t);
    tree u = TREE({ "b.yml", "kind: app\napp: {mode: agent-chat, name: Porter}\nmodel_config:\n  pre_prompt: You open the door for guests.\n  model: {provider: azure_openai, name: gpt-4o}\n"
                             "  agent_mode: {enabled: true, max_iteration: 3, tools: [{enabled: true, provider_id: duckduckgo, tool_name: ddgo_search}]}\n" },
                  { "c.yml", "kind: app\nmode: x\ngraph: 1\n" }, { "d.yaml", "kind: application\nmetadata: {name: x}\n" });
    related(&u, "agent:" REPO "b.yml#Porter", WR_USES, "model:azure-openai/gpt-4o");
    related(&u, "agent:" REPO "b.yml#Porter", WR_USES, "tool:" REPO "b.yml#ddgo_search");
    assert_int_equal(count_kind(&u, WR_AGENT), 1);
    tree_free(&u);
}

static const char flowise[] =
    "{\"nodes\":[{\"id\":\"m0\",\"data\":{\"name\":\"chatOpenAI\",\"label\":\"ChatOpenAI\",\"inputs\":{\"modelName\":\"gpt-4o\",\"basepath\":\"\"}}},\n"
    "{\"id\":\"t0\",\"data\":{\"name\":\"customTool\",\"label\":\"Custom Tool\",\"inputs\":{}}},\n"
    "{\"id\":\"a0\",\"data\":{\"name\":\"toolAgent\",\"label\":\"Tool Agent\",\"inputs\":{\"tools\":[\"{{t0.data.instance}}\"],\"systemMessage\":\"You help in a garden shop.\",\"maxIterations\":5}}}],\n"
    "\"edges\":[{\"source\":\"m0\",\"target\":\"a0\"},{\"source\":\"t0\",\"target\":\"a0\"}]}";
static const char flowise2[] =
    "{\"nodes\":[{\"id\":\"s\",\"data\":{\"name\":\"startAgentflow\",\"label\":\"Start\",\"inputs\":{}}},\n"
    "{\"id\":\"a\",\"data\":{\"name\":\"agentAgentflow\",\"label\":\"Buyer\",\"inputs\":{\"agentModel\":\"chatAnthropic\",\"agentModelConfig\":{\"modelName\":\"claude-sonnet-4-20250514\"},\n"
    "\"agentMessages\":[{\"role\":\"system\",\"content\":\"You buy seeds for a garden shop.\"}],\"agentTools\":[{\"agentSelectedTool\":\"serpAPI\",\"agentSelectedToolConfig\":{}},{\"agentSelectedTool\":\"gmail\",\"agentSelectedToolConfig\":{},\"agentSelectedToolRequiresHumanInput\":true}]}}},\n"
    "{\"id\":\"h\",\"data\":{\"name\":\"humanInputAgentflow\",\"label\":\"Person\",\"inputs\":{}}},\n"
    "{\"id\":\"o\",\"data\":{\"name\":\"httpAgentflow\",\"label\":\"Order\",\"inputs\":{\"method\":\"POST\",\"url\":\"https://seeds.linden.example/order\"}}}],\n"
    "\"edges\":[{\"source\":\"s\",\"target\":\"a\"},{\"source\":\"a\",\"target\":\"h\"},{\"source\":\"h\",\"target\":\"o\"}]}";

static void flows_of_flowise(void **state)
{
    (void)state;
    tree t = TREE({ "one.json", flowise }, { "two.json", flowise2 });
    related(&t, "agent:" REPO "one.json#Tool Agent", WR_USES, "model:openai/gpt-4o");
    related(&t, "agent:" REPO "one.json#Tool Agent", WR_USES, "tool:" REPO "one.json#Custom Tool");
    related(&t, "agent:" REPO "one.json#Tool Agent", WR_INSTRUCTED_BY, "prompt:" REPO "one.json#Tool Agent system message");
    related(&t, "agent:" REPO "one.json#one", WR_DELEGATES_TO, "agent:" REPO "one.json#Tool Agent");
    const char *b = "agent:" REPO "two.json#Buyer";
    related(&t, b, WR_USES, "model:anthropic/claude-sonnet-4-20250514");
    assert_true(bool_of(must(&t, b), "reads_untrusted"));
    assert_true(bool_of(must(&t, "tool:" REPO "two.json#gmail"), "gated"));
    assert_null(wr_asset_property(must(&t, "tool:" REPO "two.json#serpAPI"), "gated"));
    assert_true(bool_of(must(&t, "tool:" REPO "two.json#Order"), "gated"));
    related(&t, b, WR_USES, "tool:" REPO "two.json#Order");
    tree_free(&t);
}

static const char langflow[] =
    "{\"name\":\"Guide\",\"data\":{\"nodes\":[{\"id\":\"in\",\"data\":{\"type\":\"ChatInput\",\"node\":{\"display_name\":\"Chat Input\",\"template\":{}}}},\n"
    "{\"id\":\"ag\",\"data\":{\"type\":\"Agent\",\"node\":{\"display_name\":\"Agent\",\"template\":{\"agent_llm\":{\"value\":\"Azure OpenAI\"},\"model_name\":{\"value\":\"gpt-4o\"},\n"
    "\"system_prompt\":{\"value\":\"You guide guests through a museum.\"},\"api_key\":{\"value\":\"MUSEUM_KEY\",\"load_from_db\":true},\"max_iterations\":{\"value\":9}}}}},\n"
    "{\"id\":\"e\",\"data\":{\"type\":\"EmbeddingModel\",\"node\":{\"display_name\":\"Embedding Model\",\"template\":{\"provider\":{\"value\":\"OpenAI\"},\"model\":{\"value\":\"text-embedding-3-small\"}}}}},\n"
    "{\"id\":\"l\",\"data\":{\"type\":\"LanguageModelComponent\",\"node\":{\"display_name\":\"Language Model\",\"template\":{\"model\":{\"value\":[{\"name\":\"claude-3-5-haiku-20241022\",\"provider\":\"Anthropic\"}]}}}}},\n"
    "{\"id\":\"u\",\"data\":{\"type\":\"URLComponent\",\"node\":{\"display_name\":\"URL\",\"template\":{\"code\":{\"value\":\"x = os.getenv(\\\"GROQ_API_KEY\\\")\"},\"list\":{\"options\":[\"https://api.mistral.ai/v1\"]}}}}}],\n"
    "\"edges\":[{\"source\":\"in\",\"target\":\"ag\"},{\"source\":\"u\",\"target\":\"ag\"}]}}";

static void a_flow_of_langflow(void **state)
{
    (void)state;
    tree t = TREE({ "guide.json", langflow });
    const char *a = "agent:" REPO "guide.json#Agent";
    related(&t, a, WR_USES, "model:azure-openai/gpt-4o");
    must_not(&t, "model:openai/gpt-4o");
    text_is(must(&t, "model:openai/text-embedding-3-small"), "task", "embedding");
    must(&t, "model:anthropic/claude-3-5-haiku-20241022");
    must_not(&t, "provider:groq"); /* in the code that every node carries */
    must_not(&t, "provider:mistral"); /* among what could be chosen */
    related(&t, a, WR_USES, "tool:" REPO "guide.json#URL");
    assert_true(bool_of(must(&t, a), "reads_untrusted"));
    assert_int_equal(wr_asset_property(must(&t, a), "max_steps")->value->u.integer, 9);
    related(&t, "agent:" REPO "guide.json#Guide", WR_AUTHENTICATES_WITH, "credential:" REPO "#MUSEUM_KEY");
    tree_free(&t);
}

static void what_is_no_flow(void **state)
{
    (void)state;
    tree t = TREE({ "a.json", "{\"nodes\":[{\"name\":\"x\",\"type\":\"" BASE "gmail\"}],\"connections\":{}}" } /* no model in it */,
                  { "graph.json", "{\"nodes\":[{\"id\":1,\"data\":{}}],\"edges\":[{\"source\":1,\"target\":1}]}" },
                  { "tests/w.json", n8n }, { "samples/w.json", n8n });
    assert_int_equal(count_kind(&t, WR_AGENT), 0);
    assert_int_equal(count_kind(&t, WR_TOOL), 0);
    tree_free(&t);
}

static void hostile_flows(void **state)
{
    (void)state;
    WR_AUTO_BUF b = wr_buf_new(WR_MIB * 4);
    wr_buf_addc(&b, "{\"nodes\":[");
    for (int i = 0; i < 3000; i++) /* everything leads to everything */
        wr_buf_printf(&b, "%s{\"name\":\"n%d\",\"type\":\"" N8N "%s\",\"parameters\":{\"model\":{\"value\":[{}]},\"options\":7}}", i ? "," : "", i, i % 3 == 0 ? "agent" : i % 3 == 1 ? "toolWikipedia" : "lmChatOpenAi");
    wr_buf_addc(&b, "],\"connections\":{");
    for (int i = 0; i < 3000; i++)
        wr_buf_printf(&b, "%s\"n%d\":{\"main\":[[{\"node\":\"n%d\"},{\"node\":\"n%d\"}]],\"ai_tool\":[[{\"node\":\"n%d\"}]]}", i ? "," : "", i, (i + 1) % 3000, (i * 7) % 3000, (i * 13 + 5) % 3000);
    wr_buf_addc(&b, "}}");
    tree t = tree_new();
    assert_true(wr_buf_ok(&b));
    tree_look(&t, "big.json", wr_buf_slice(&b));
    tree_look(&t, "cut.json", WR_SLICE("{\"nodes\":[{\"type\":\"n8n-nodes-base.x\"}],\"connections\":{"));
    tree_look(&t, "odd.json", WR_SLICE("{\"nodes\":{\"a\":\"n8n-nodes-\"},\"connections\":[1]}"));
    tree_look(&t, "loop.json", WR_SLICE("{\"nodes\":[{\"name\":\"a\",\"type\":\"" N8N "agent\"},{\"name\":\"a\",\"type\":\"" N8N "agentTool\"}],\"connections\":{\"a\":{\"ai_tool\":[[{\"node\":\"a\"},null,4],null],\"main\":3}}}"));
    tree_look(&t, "deep.yml", WR_SLICE("kind: app\napp: {mode: chat, name: [x]}\nmodel_config: [1, {pre_prompt: 2}]\ngraph:\n"));
    tree_conclude(&t);
    assert_true(wr_estate_unread_count(t.estate) >= 2); /* too many nodes; cut off */
    tree_free(&t);
}

static void hidden_text_in_a_flow(void **state)
{
    (void)state;
    tree t = TREE({ "h.json", "{\"nodes\":[{\"name\":\"A\",\"type\":\"" N8N "agent\",\"parameters\":{\"options\":{\"systemMessage\":\"Be kind to gu\\u200bests and visitors.\"}}}],\"connections\":{}}" });
    const wr_finding *f = finding(&t, "hidden-unicode-zero-width");
    assert_non_null(f);
    assert_true(wr_slice_is(f->asset, "prompt:" REPO "h.json#A system message"));
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_workflow_of_n8n), cmocka_unit_test(who_starts_a_workflow), cmocka_unit_test(a_client_that_may_be_sent_elsewhere), cmocka_unit_test(an_app_of_dify),
        cmocka_unit_test(flows_of_flowise), cmocka_unit_test(a_flow_of_langflow), cmocka_unit_test(what_is_no_flow), cmocka_unit_test(hostile_flows), cmocka_unit_test(hidden_text_in_a_flow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
