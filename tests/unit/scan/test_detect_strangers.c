/* What applications that nobody had looked at before showed: words that look like use and are none, and uses that no rule knew. */
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

static void a_generated_client_binds_nothing(void **state)
{
    (void)state;
    tree t = TREE({ "web/api/schemas.gen.ts", "export const $ChatRequest = { properties: { model: { default: \"gpt-3.5-turbo\" } } };\n" },
                  { "web/api/ask.ts", "export const model = \"gpt-4o\";\n" });
    assert_int_equal(count_kind(&t, WR_MODEL), 1);
    tree_free(&t);
}

static void an_address_with_a_place_to_fill_in_is_an_example(void **state)
{
    (void)state;
    tree t = TREE({ "src/a.ts", "throw new Error('To set it up ' +\n 'use the format: https://<hub>.openai.azure.com/openai/' + x);\n" },
                  { "src/b.ts", "const baseURL = `https://${name}.openai.azure.com`;\n" });
    assert_int_equal(count_kind(&t, WR_ENDPOINT), 1);
    tree_free(&t);
}

static void examples_of_an_interface_are_no_use(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "api/chat.py", "from fastapi import Body\nasync def chat(r: Annotated[Request, Body(examples=[{\"model\": \"gpt-4o\", \"messages\": [{\"role\": \"system\", \"content\": \"You are a helpful assistant.\"}]}])]):\n    return await send(r)\n"
                                   "async def one(model_id: Annotated[str, Path(description=\"Model ID\", example=\"gpt-4o-mini\")]):\n    return model_id\n" });
    assert_int_equal(count_kind(&t, WR_PROMPT), 0);
    assert_int_equal(count_kind(&t, WR_MODEL), 0);
    tree_free(&t);
    t = TREE({ "api/chat.py", "from openai import OpenAI\nMESSAGES = [{\"role\": \"system\", \"content\": \"You sort the letters of a clinic by urgency.\"}]\n" });
    assert_int_equal(count_kind(&t, WR_PROMPT), 1);
    tree_free(&t);
}

static void a_key_that_becomes_ones_own_names_nobody(void **state)
{
    (void)state;
    tree t = TREE({ "docker-compose.yml", "services:\n  gate:\n    build: .\n    environment:\n      - API_KEY=${OPENAI_API_KEY}\n" });
    must_not(&t, "provider:openai");
    tree_free(&t);
    t = TREE({ "docker-compose.yml", "services:\n  gate:\n    build: .\n    environment:\n      - LLM_API_KEY=${OPENAI_API_KEY}\n" });
    must(&t, "provider:openai");
    tree_free(&t);
}

static void a_python_library_that_is_only_declared(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "requirements.txt", "cohere==5.3.4\ngroq\n" }, { "app/a.py", "from groq import Groq\nimport os\nc = Groq()\n" });
    must_not(&t, "provider:cohere");
    must(&t, "provider:groq");
    must(&t, "library:pkg:pypi/cohere@5.3.4");
    tree_free(&t);
    t = TREE({ "requirements.txt", "cohere==5.3.4\n" }, { "app/a.py", "import cohere as c\nx = c.Client()\n" });
    must(&t, "provider:cohere");
    tree_free(&t);
    t = TREE({ "requirements.txt", "cohere==5.3.4\n" }); /* no code here: nobody can say */
    must(&t, "provider:cohere");
    tree_free(&t);
}

static void the_default_of_a_form_is_not_what_is_set(void **state)
{
    (void)state;
    tree t = TREE({ "flow.json", "{\"nodes\": [{\"id\": \"chatOllama_0\", \"data\": {\"id\": \"chatOllama_0\", \"label\": \"ChatOllama\", \"name\": \"chatOllama\", \"type\": \"ChatOllama\", \"category\": \"Chat Models\",\n"
                                 "\"inputParams\": [{\"label\": \"Base URL\", \"name\": \"baseUrl\", \"type\": \"string\",\n\"default\": \"http://localhost:11434\"}],\n"
                                 "\"inputs\": {\"baseUrl\": \"http://10.0.0.7:11434\",\n\"modelName\": \"qwen2.5-coder:32b\"}}}], \"edges\": [{\"source\": \"chatOllama_0\", \"target\": \"toolAgent_0\"}]}\n" });
    must_not(&t, "endpoint:http://localhost:11434");
    assert_int_equal(count_kind(&t, WR_ENDPOINT), 1);
    tree_free(&t);
}

static void the_default_of_a_compose_variable_is_an_address(void **state)
{
    (void)state;
    tree t = TREE({ "docker-compose.yaml", "services:\n  web:\n    build: .\n    environment:\n      - OLLAMA_API_BASE=${OLLAMA_API_BASE:-http://host.docker.internal:11434}\n" });
    assert_int_equal(count_kind(&t, WR_ENDPOINT), 1);
    tree_free(&t);
}

static void ids_of_a_router_in_a_map(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/models.py", "from enum import Enum\nmodel_mappings: dict[Chat, str] = {\n    Chat.BIG: \"openai/gpt-4o\",\n    Chat.FAST: \"groq/llama-3.1-70b-versatile\",\n    Chat.HOME: \"ollama_chat/gemma\",\n}\n" });
    must(&t, "model:openai/gpt-4o");
    must(&t, "model:groq/llama-3.1-70b-versatile");
    must(&t, "model:ollama/gemma");
    tree_free(&t);
    /* other routers write openai/gpt-4o as well: without a prefix that is one router's alone, nobody knows who gets the data */
    t = TREE({ "app/models.py", "MENU = {\n    'big': \"openai/gpt-4o\",\n    'small': \"anthropic/claude-sonnet-4\",\n}\nPATHS = {'a': 'groq/readme', 'b': 'docs/groq'}\n" });
    must_not(&t, "provider:openai");
    must_not(&t, "provider:anthropic");
    must_not(&t, "provider:groq");
    tree_free(&t);
}

static void models_of_a_template_of_cloudformation(void **state)
{
    (void)state;
    tree t = TREE({ "backend/template.yaml", "AWSTemplateFormatVersion: \"2010-09-09\"\nParameters:\n  ModelId:\n    Default: \"anthropic.claude-3-sonnet-20240229-v1:0\"\n    Type: String\n  Region:\n    Default: gpt-4o\n    Type: String\n"
                                             "Resources:\n  F:\n    Type: AWS::Serverless::Function\n    Properties:\n      Environment:\n        Variables:\n          MODEL_ID: !Ref ModelId\n" });
    must(&t, "model:aws-bedrock/anthropic.claude-3-sonnet-20240229-v1:0");
    must_not(&t, "provider:anthropic");
    assert_int_equal(count_kind(&t, WR_MODEL), 1);
    tree_free(&t);
}

static void a_long_list_whose_entries_name_who_serves_them(void **state)
{
    (void)state;
    char text[8192];
    int n = snprintf(text, sizeof text, "{\"models\": [\n");
    for (int i = 0; i < 30; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "{\"id\": \"accounts/x/models/own-%d\", \"providerId\": \"fireworks\"},\n", i);
    snprintf(text + n, sizeof text - (size_t)n, "{\"id\": \"o3\", \"providerId\": \"openai\"}]}\n");
    tree t = TREE({ "lib/models.json", text });
    must(&t, "model:openai/o3");
    assert_int_equal(count_kind(&t, WR_MODEL), 31);
    tree_free(&t);
}

static void texts_that_begin_with_what_is_given(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/texts.py", "HISTORY_QUERY_REPHRASE = \"\"\"\nGiven the following conversation and a follow up question, say the question again so that it stands alone.\n{chat_history}\nFollow up: {question}\n\"\"\".strip()\n" });
    must(&t, "prompt:" KEY "app/texts.py#HISTORY_QUERY_REPHRASE");
    tree_free(&t);
}

static void templates_of_one_name_in_two_functions(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/rag.py", "from langchain_core.prompts import ChatPromptTemplate\n"
                                  "def one(q):\n    template = \"\"\"Answer the question based ONLY on the following context: {context} Question: {question}\"\"\"\n    prompt = ChatPromptTemplate.from_template(template)\n    return prompt\n"
                                  "def many(q):\n    template = \"\"\"Answer the question from many letters, and name each letter that you used. {context} {question}\"\"\"\n    prompt = ChatPromptTemplate.from_template(template)\n    return prompt\n" });
    assert_int_equal(count_kind(&t, WR_PROMPT), 2);
    tree_free(&t);
}

static void a_tool_that_flowise_exports(void **state)
{
    (void)state;
    tree t = TREE({ "flowise/note-CustomTool.json", "{\n  \"name\": \"write_note\",\n  \"description\": \"Writes a note.\",\n  \"color\": \"red\",\n  \"iconSrc\": \"\",\n  \"schema\": \"[]\",\n  \"func\": \"return 1;\"\n}\n" },
                  { "other.json", "{\"name\": \"x\", \"schema\": \"[]\", \"func\": 3, \"iconSrc\": \"\"}\n" });
    assert_int_equal(count_kind(&t, WR_TOOL), 1);
    tree_free(&t);
}

static void constants_of_an_sdk_behind_a_name_that_says_model(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "ai/options.go", "package ai\nimport openai \"github.com/sashabaranov/go-openai\"\nconst (\n\tdefaultTokens = 300\n\tdefaultModel = openai.GPT3Dot5Turbo\n)\nvar DefaultModel = openai.GPT4o\nvar other = openai.GPT4\n" },
                  { "an/options.go", "package an\nimport anthropic \"github.com/liushuangls/go-anthropic/v2\"\nvar DefaultModel = anthropic.ModelClaude3Haiku20240307\n" });
    must(&t, "model:gpt-3.5-turbo"); /* the address of the client is another file's: who is asked is not known here */
    must(&t, "model:gpt-4o");
    must(&t, "model:anthropic/claude-3-haiku-20240307");
    assert_int_equal(count_kind(&t, WR_MODEL), 3);
    tree_free(&t);
}

static void workflows_that_deploy(void **state)
{
    (void)state;
    tree t = TREE({ ".github/workflows/a.yml", "on: push\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: azure/container-apps-deploy-action@v2\n        with:\n          appSourcePath: .\n" },
                  { "a.py", "from openai import OpenAI\nc = OpenAI()\nc.chat.completions.create(model='gpt-4o')\n" },
                  { ".github/workflows/b.yml", "on: push\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: mkdocs gh-deploy --force\n" });
    assert_int_equal(count_kind(&t, WR_PIPELINE), 2);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_generated_client_binds_nothing),
        cmocka_unit_test(an_address_with_a_place_to_fill_in_is_an_example),
        cmocka_unit_test(examples_of_an_interface_are_no_use),
        cmocka_unit_test(a_key_that_becomes_ones_own_names_nobody),
        cmocka_unit_test(a_python_library_that_is_only_declared),
        cmocka_unit_test(the_default_of_a_form_is_not_what_is_set),
        cmocka_unit_test(the_default_of_a_compose_variable_is_an_address),
        cmocka_unit_test(ids_of_a_router_in_a_map),
        cmocka_unit_test(models_of_a_template_of_cloudformation),
        cmocka_unit_test(a_long_list_whose_entries_name_who_serves_them),
        cmocka_unit_test(texts_that_begin_with_what_is_given),
        cmocka_unit_test(templates_of_one_name_in_two_functions),
        cmocka_unit_test(a_tool_that_flowise_exports),
        cmocka_unit_test(constants_of_an_sdk_behind_a_name_that_says_model),
        cmocka_unit_test(workflows_that_deploy),
    };
    return cmocka_run_group_tests_name("what unseen applications showed", tests, NULL, NULL);
}
