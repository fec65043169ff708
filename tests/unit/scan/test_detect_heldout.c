/* What the second set of applications that nobody had looked at showed: tools, agents, servers and bundles that no rule knew. */
#include "detect.h"
#include "scan/code/tree.h"

#define KEY "git:0123456789abcdef/"

static void needs_grammars(void)
{
    if (!code_parses()) {
        print_message("SKIPPED: code is not parsed in this build\n");
        skip();
    }
}

#define COUNTS(kind, count, ...) do { \
        tree one = TREE(__VA_ARGS__); \
        if (count_kind(&one, kind) != (size_t)(count)) { \
            tree_print(&one); \
            fail_msg("%zu assets of kind %s, not %d", count_kind(&one, kind), wr_kind_name(kind), (int)(count)); \
        } \
        tree_free(&one); \
    } while (0)

/* ---- tools that are described ---- */

static void tools_in_a_table(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "src/tools.ts", "export const TOOLS = [\n"
                                    "  { name: 'list_boats' as const, description: 'Lists the boats.', inputSchema: { harbour: z.string() } },\n"
                                    "  { name: 'move_boat', description: `Moves a boat.`, parameters: { type: 'object', properties: {} } },\n"
                                    "];\n" },
                  { "app/tools.py", "TOOLS = [{\"name\": \"read_tide\", \"description\": \"Reads the tide.\", \"input_schema\": {\"type\": \"object\"}}]\n" });
    must(&t, "tool:" KEY "src/tools.ts#list_boats");
    must(&t, "tool:" KEY "src/tools.ts#move_boat");
    must(&t, "tool:" KEY "app/tools.py#read_tide");
    tree_free(&t);
    /* an operation on the web, a column, a form: a name and a description alone are no tool */
    COUNTS(WR_TOOL, 0,
           { "src/api.ts", "export const ops = [{ name: 'boats', description: 'All boats.', method: 'GET', parameters: { type: 'object', properties: {} } },\n"
                           "  { in: 'query', name: 'limit', description: 'How many.', schema: { type: 'object' } }];\n" },
           { "src/form.ts", "export const fields = [{ name: 'harbour', description: 'Where.', schema: 'text' }, { name: 'n', description: 'd' }];\n" });
}

static void tools_under_a_name_put_together(void **state)
{
    (void)state;
    needs_grammars();
    COUNTS(WR_TOOL, 1,
           { "src/server.js", "import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';\nfor (const p of providers) server.tool({ name: `${p.name}_search`, description: p.about, schema: v.object({ query: v.string() }) }, p.run);\n" });
}

static void tools_of_classes(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "src/a.ts", "export class TideTool extends BaseTool {\n  name = 'read_tide';\n  description = 'Reads the tide.';\n  async run() { return 1; }\n}\n"
                                "export class Page { name = 'home'; description = 'The first page.'; }\n" });
    must(&t, "tool:" KEY "src/a.ts#read_tide");
    assert_int_equal(count_kind(&t, WR_TOOL), 1);
    tree_free(&t);
}

static void tools_of_types_of_go(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "pkg/tools/shell.go", "package tools\n"
                                          "func (t *Shell) Name() string { return \"shell\" }\n"
                                          "func (t *Shell) Description() string { return \"Runs a command.\" }\n"
                                          "func (t *Shell) FunctionDefinition() *gollm.FunctionDefinition { return nil }\n" },
                  { "cmd/plugin.go", "package cmd\nfunc (p *Plugin) Name() string { return \"plugin\" }\nfunc (p *Plugin) Description() string { return \"A plugin.\" }\n" });
    must(&t, "tool:" KEY "pkg/tools/shell.go#shell");
    assert_int_equal(count_kind(&t, WR_TOOL), 1);
    tree_free(&t);
}

static void a_tool_that_another_file_hands_on(void **state)
{
    (void)state;
    needs_grammars();
    COUNTS(WR_TOOL, 1,
           { "app/tools/price.py", "from langchain_core.tools import tool\n@tool\ndef get_price(name: str) -> str:\n    \"\"\"Gives a price.\"\"\"\n    return name\n" },
           { "app/tools/__init__.py", "from .price import get_price\n" },
           { "app/main.py", "from app.tools import get_price\nfrom langgraph.prebuilt import create_react_agent\nagent = create_react_agent(model=\"openai:gpt-4o\", tools=[get_price])\n" });
}

/* ---- agents that a program makes itself ---- */

static void loops_that_ask_again(void **state)
{
    (void)state;
    needs_grammars();
    COUNTS(WR_AGENT, 1,
           { "app/run.py", "from openai import OpenAI\nclient = OpenAI()\ndef answer(messages):\n    while True:\n"
                           "        r = client.chat.completions.create(model='gpt-4o', messages=messages, tools=TOOLS)\n"
                           "        if not r.choices[0].message.tool_calls:\n            return r\n"
                           "        for c in r.choices[0].message.tool_calls:\n            messages.append(run(c))\n" });
    tree t = TREE({ "pkg/agent/loop.go", "package agent\n"
                                         "func (c *Conversation) Run(ctx context.Context) error {\n\tfor i := 0; i < c.Most; i++ {\n"
                                         "\t\tstream, err := c.llmChat.SendStreaming(ctx, c.content...)\n\t\tif err != nil { return err }\n"
                                         "\t\tcalls, ok := part.AsFunctionCalls()\n\t\tc.dispatch(calls)\n\t}\n\treturn nil\n}\n" });
    must(&t, "agent:" KEY "pkg/agent/loop.go#Conversation");
    tree_free(&t);
    /* once for each letter, or for each call that was wanted: nobody is asked again */
    COUNTS(WR_AGENT, 0,
           { "app/each.py", "from openai import OpenAI\nclient = OpenAI()\ndef all(letters):\n    for letter in letters:\n"
                            "        r = client.chat.completions.create(model='gpt-4o', messages=letter, tools=TOOLS)\n"
                            "        print(r.choices[0].message.tool_calls)\n" },
           { "app/calls.py", "from openai import OpenAI\nclient = OpenAI()\ndef run(message):\n    for c in message.tool_calls:\n"
                             "        client.chat.completions.create(model='gpt-4o', messages=[c])\n" });
}

static void functions_that_bind_tools(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/analyst.py", "from langchain_core.tools import tool\n@tool\ndef get_news(q: str) -> str:\n    \"\"\"Gives news.\"\"\"\n    return q\n"
                                      "def create_news_analyst(llm):\n    def node(state):\n        chain = prompt | llm.bind_tools([get_news])\n        return chain.invoke(state)\n    return node\n" });
    wr_asset *agent = only_kind(&t, WR_AGENT);
    assert_true(wr_estate_related(agent, WR_USES, wr_slice_of("tool:" KEY "app/analyst.py#get_news")));
    tree_free(&t);
    COUNTS(WR_AGENT, 0, { "app/bind.py", "def with_tools(llm, tools):\n    return llm.bind_tools(tools)\n" });
}

/* ---- model servers of the own machine ---- */

static void local_servers_by_name(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/config.py", "from openai import OpenAI\nvllm_base_url = \"http://localhost:8000/v1\"\nweb_url = \"http://localhost:3000/\"\n" });
    must(&t, "endpoint:http://localhost:8000");
    must(&t, "provider:vllm");
    assert_int_equal(count_kind(&t, WR_ENDPOINT), 1);
    tree_free(&t);
    t = TREE({ "llamacpp.go", "package gollm\nimport \"os\"\n// gpt-4o is served elsewhere\nfunc host() string {\n\thost := os.Getenv(\"LLAMACPP_HOST\")\n\tif host == \"\" {\n"
                              "\t\thost = \"http://127.0.0.1:8080\"\n\t}\n\treturn host + model(\"gpt-4o\")\n}\n" });
    must(&t, "endpoint:http://127.0.0.1:8080");
    tree_free(&t);
}

static void addresses_with_a_default_of_a_shell(void **state)
{
    (void)state;
    COUNTS(WR_ENDPOINT, 1,
           { "docker-compose.yml", "services:\n  bot:\n    build: .\n    environment:\n      - OLLAMA_BASE_URL=${OLLAMA_BASE_URL-http://host.docker.internal:11434}\n" });
}

static void the_model_of_a_server_in_the_environment_of_its_image(void **state)
{
    (void)state;
    COUNTS(WR_MODEL, 1, { "modelserving/Dockerfile", "FROM ghcr.io/ggml-org/llama.cpp:server\nENV LLAMA_ARG_HF_REPO=ggml-org/gemma-3-12b-it-GGUF LLAMA_ARG_PORT=8080\nCMD [\"/app/llama-server\"]\n" });
}

/* ---- bundles ---- */

static void the_libraries_of_a_bundle_are_not_the_program(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "out/cli.cjs", "#!/usr/bin/env node\n"
                                   "// node_modules/openai/index.mjs\nvar OpenAI = class { constructor() { this.baseURL = \"https://api.openai.com/v1\"; } };\nvar MENU = { model: \"gpt-3.5-turbo\" };\n"
                                   "// node_modules/groq-sdk/index.mjs\nvar Groq = class { constructor() { this.baseURL = \"https://api.groq.com\"; } };\n"
                                   "// node_modules/chalk/source/index.js\nvar chalk = 1;\n"
                                   "// src/engine/openAi.ts\nvar client = new OpenAI({ apiKey: process.env.KEY });\n"
                                   "client.chat.completions.create({ model: \"gpt-4o-mini\", messages: [] });\n" });
    must(&t, "model:openai/gpt-4o-mini");
    must_not(&t, "provider:groq");
    assert_int_equal(count_kind(&t, WR_MODEL), 1);
    tree_free(&t);
}

static void minified_files_are_parsed(void **state)
{
    (void)state;
    needs_grammars();
    WR_AUTO_BUF b = wr_buf_new(WR_MIB);
    wr_buf_adds(&b, WR_SLICE("#!/usr/bin/env node\nvar a=1"));
    for (int i = 0; i < 4000; i++)
        wr_buf_adds(&b, WR_SLICE(",b=\"xy\""));
    wr_buf_adds(&b, WR_SLICE(";s.addTool({name:\"next_task\",description:\"Gives the next task.\",parameters:z.object({n:z.number()}),execute:f});"
                             "import O from\"openai\";new O().chat.completions.create({model:\"gpt-4o\",messages:[]});\n"));
    wr_buf_char(&b, '\0');
    assert_true(wr_buf_ok(&b));
    tree t = TREE({ "dist/server.js", wr_buf_slice(&b).at });
    must(&t, "tool:" KEY "dist/server.js#next_task");
    must(&t, "model:openai/gpt-4o");
    tree_free(&t);
}

/* ---- models ---- */

static void an_entry_of_a_list_by_who_serves_it(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "src/models.js", "const MODEL_LIST = { anthropic: ['claude-sonnet-4-5', 'claude-3-haiku'], groq: ['llama3-70b-8192', 'x-1'] };\n"
                                     "const getDefaultModel = (provider) => {\n  switch (provider) {\n    case 'anthropic': return MODEL_LIST.anthropic[0];\n"
                                     "    case 'groq': return MODEL_LIST.groq[0];\n  }\n};\n" });
    must(&t, "model:anthropic/claude-sonnet-4-5");
    must(&t, "model:groq/llama3-70b-8192");
    must_not(&t, "model:groq/claude-sonnet-4-5");
    tree_free(&t);
}

static void a_name_that_a_branch_compares(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/chains.py", "from langchain_openai import ChatOpenAI\nfrom langchain_aws import ChatBedrock\n"
                                     "def load_llm(name):\n    if name in [\"gpt-4\", \"gpt-4o\"]:\n        return ChatOpenAI(temperature=0, model_name=name)\n"
                                     "    elif name == \"claudev2\":\n        return ChatBedrock(model_id=\"anthropic.claude-v2\")\n"
                                     "    if name not in [\"gpt-3.5-turbo\"]:\n        return ChatOpenAI(model_name=name)\n" });
    must(&t, "model:openai/gpt-4");
    must(&t, "model:openai/gpt-4o");
    must_not(&t, "model:openai/gpt-3.5-turbo");
    tree_free(&t);
}

static void a_gateway_that_is_one_of_the_choices(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/models.ts", "const url = \"https://openrouter.ai/api/v1\";\n"
                                     "export const DEFAULT_MODELS = { anthropic: \"claude-sonnet-4-5\", groq: \"llama3-70b-8192\", openrouter: \"openai/gpt-4o\" };\n" });
    must(&t, "model:anthropic/claude-sonnet-4-5");
    must(&t, "model:groq/llama3-70b-8192");
    tree_free(&t);
}

static void the_defaults_of_a_table_of_services(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "src/providers.ts", "import OpenAI from 'openai';\nexport const together = { name: 'togetherai', baseUrl: 'https://api.together.xyz',\n"
                                        "  defaultModels: ['moonshotai/Kimi-K2-Instruct-0905', 'Qwen/Qwen3-Next-80B-A3B-Instruct'] };\n"
                                        "export const groq = { baseURL: 'https://api.groq.com/openai/v1', defaultModel: 'house-a' };\n"
                                        "export const page = { url: 'https://example.com', defaultModel: 'car-3' };\n" },
                  { "app/providers.py", "from openai import OpenAI\nP = [Provider(name=\"ds\", base_url=\"https://api.deepseek.com/v1\", default_model=\"deepseek-chat\"),\n"
                                        "     {\"base_url\": \"https://openrouter.ai/api/v1\", \"default_model\": \"anthropic/claude-sonnet-4\"}]\n" },
                  { "pkg/p.go", "package p\nvar m = \"gpt-4o\"\nvar all = []Provider{{Name: \"x\"}}\nvar g = Provider{BaseURL: \"https://api.x.ai/v1\", DefaultModel: \"house-g\"}\n" });
    must(&t, "model:together/moonshotai/Kimi-K2-Instruct-0905");
    must(&t, "model:groq/house-a");
    must(&t, "model:deepseek/deepseek-chat");
    must(&t, "model:openrouter/anthropic/claude-sonnet-4");
    must(&t, "model:xai/house-g");
    assert_int_equal(count_kind(&t, WR_MODEL), 5);
    must_not(&t, "provider:anthropic");
    tree_free(&t);
}

static void a_deployment_under_a_computed_name(void **state)
{
    (void)state;
    tree t = TREE({ "terraform/main.tf", "resource \"azurerm_cognitive_deployment\" \"d\" {\n  name = var.name\n  cognitive_account_id = azurerm_cognitive_account.a.id\n"
                                         "  model {\n    format = \"OpenAI\"\n    name = var.deployments.model_name\n  }\n}\n" },
                  { "terraform/variables.tf", "variable \"openai_deployments\" {\n  description = \"(Optional) Specifies the deployments of the Azure OpenAI Service\"\n  type = list(any)\n"
                                              "  default = [\n    {\n      name = \"gpt-35-turbo\"\n      model = {\n        name = \"gpt-35-turbo\"\n        version = \"0301\"\n      }\n    }\n  ]\n}\n" });
    wr_asset *m = only_kind(&t, WR_MODEL);
    assert_true(wr_slice_is(m->name, "gpt-35-turbo"));
    tree_free(&t);
}

/* ---- configuration, manifests, prompts, pipelines ---- */

static void servers_in_the_configuration_of_any_program(void **state)
{
    (void)state;
    tree t = TREE({ "config/agent.yaml", "name: boats\nmcpServers:\n  tides:\n    command: npx\n    args: [\"-y\", \"@acme/mcp-tides\"]\n" },
                  { "deploy/list.yaml", "servers:\n  web:\n    command: nginx\n    url: http://a.example\n# mcp-server\n" });
    assert_int_equal(count_kind(&t, WR_TOOL), 1);
    tree_free(&t);
}

static void what_an_installed_package_says_of_itself(void **state)
{
    (void)state;
    tree t = TREE({ "boats-1.0.egg-info/requires.txt", "anthropic>=0.20\n\n[dev]\npytest\n" },
                  { "boats-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: boats\nVersion: 1.0\nRequires-Dist: openai (>=1.0)\nRequires-Dist: pytest ; extra == 'dev'\n\nRequires-Dist: groq\n" });
    must(&t, "library:pkg:pypi/openai");
    must(&t, "library:pkg:pypi/anthropic");
    must_not(&t, "library:pkg:pypi/groq");
    tree_free(&t);
}

static void a_library_whose_module_is_called_otherwise(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "requirements.txt", "huggingface-hub==0.20\nopenai\n" }, { "app/a.py", "from openai import OpenAI\nc = OpenAI()\n" });
    must_not(&t, "provider:huggingface");
    must(&t, "library:pkg:pypi/huggingface-hub@0.20");
    tree_free(&t);
}

static void what_a_person_is_asked_is_no_prompt(void **state)
{
    (void)state;
    needs_grammars();
    COUNTS(WR_PROMPT, 0,
           { "cli/utils.py", "import questionary\nfrom openai import OpenAI\nINSTRUCTION = \"x\"\ndef ask():\n    return questionary.select(\"Select your analysts:\", "
                             "instruction=\"\\n- Use arrow keys to navigate\\n- Press Enter to select the analyst that you want to use\").ask()\n" });
}

static void deployments_that_a_script_makes(void **state)
{
    (void)state;
    COUNTS(WR_PIPELINE, 1,
           { "a.py", "from openai import OpenAI\nc = OpenAI()\nc.chat.completions.create(model='gpt-4o')\n" },
           { ".github/workflows/preview.yml", "on: pull_request\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/github-script@v7\n        with:\n"
                                              "          script: |\n            await github.rest.repos.createDeployment({ environment: 'preview' })\n" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_in_a_table),
        cmocka_unit_test(tools_under_a_name_put_together),
        cmocka_unit_test(tools_of_classes),
        cmocka_unit_test(tools_of_types_of_go),
        cmocka_unit_test(a_tool_that_another_file_hands_on),
        cmocka_unit_test(loops_that_ask_again),
        cmocka_unit_test(functions_that_bind_tools),
        cmocka_unit_test(local_servers_by_name),
        cmocka_unit_test(addresses_with_a_default_of_a_shell),
        cmocka_unit_test(the_model_of_a_server_in_the_environment_of_its_image),
        cmocka_unit_test(the_libraries_of_a_bundle_are_not_the_program),
        cmocka_unit_test(minified_files_are_parsed),
        cmocka_unit_test(an_entry_of_a_list_by_who_serves_it),
        cmocka_unit_test(a_name_that_a_branch_compares),
        cmocka_unit_test(a_gateway_that_is_one_of_the_choices),
        cmocka_unit_test(the_defaults_of_a_table_of_services),
        cmocka_unit_test(a_deployment_under_a_computed_name),
        cmocka_unit_test(servers_in_the_configuration_of_any_program),
        cmocka_unit_test(what_an_installed_package_says_of_itself),
        cmocka_unit_test(a_library_whose_module_is_called_otherwise),
        cmocka_unit_test(what_a_person_is_asked_is_no_prompt),
        cmocka_unit_test(deployments_that_a_script_makes),
    };
    return cmocka_run_group_tests_name("what a second set of unseen applications showed", tests, NULL, NULL);
}
