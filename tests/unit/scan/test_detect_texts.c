/* Texts that instruct a model, tools that are classes, ids that a function returns, stores that only SQL names: what no call of a
 * known library says. */
#include "detect.h"
#include "scan/code/tree.h"

#define LONG "You are a careful assistant of a clinic. Sort each letter by urgency, name the department that it is for, and never give advice on drugs."

static void needs_grammars(void)
{
    if (!code_parses()) {
        print_message("SKIPPED: code is not parsed in this build\n");
        skip();
    }
}

#define KEY "git:0123456789abcdef/"

static void long_texts_that_instruct(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "app/prompts.py", "SORT_PROMPT = \"\"\"Sort the letters below by urgency, most urgent first, and say for each of them why.\n{letters}\n\"\"\"\n"
                                      "ROLE = \"" LONG "\"\n"
                                      "def ask(q):\n    instructions = f\"\"\"Answer the question of the patient {q} in two plain sentences, and say when you do not know the answer.\"\"\"\n    return send(instructions)\n" },
                  { "web/ask.ts", "import { x } from './x';\nconst summaryPrompt = `Summarize what the patient ${name} wrote in three short points, in the words of the patient and without advice.`;\n" });
    must(&t, "prompt:" KEY "app/prompts.py#SORT_PROMPT");
    must(&t, "prompt:" KEY "app/prompts.py#ROLE");
    must(&t, "prompt:" KEY "app/prompts.py#ask.instructions");
    text_is(must(&t, "prompt:" KEY "app/prompts.py#ROLE"), "role", "template");
    assert_int_equal(count_kind(&t, WR_PROMPT), 4);
    tree_free(&t);
}

static void texts_that_instruct_nobody(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "a.py", "\"\"\"" LONG "\"\"\"\nPROMPT = 'Name: '\nYES_PROMPT = 'Do you want to go on? [y/N] '\nHELP = 'You are about to delete every letter of this patient, which cannot be undone by anybody; type the name of the patient to go on with it.'\n"
                            "# ROLE = \"" LONG "\"\nparser.add_argument('--x', help='" LONG "')\n"
                            "def f():\n    \"\"\"" LONG "\"\"\"\n    return 1\n" },
                  { "tests/test_a.py", "SORT_PROMPT = \"" LONG "\"\n" });
    assert_int_equal(count_kind(&t, WR_PROMPT), 0);
    tree_free(&t);
}

static void a_text_that_a_call_takes_is_one(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "a.py", "from openai import OpenAI\nROLE_PROMPT = \"" LONG "\"\nOpenAI().responses.create(model='gpt-4o', instructions=ROLE_PROMPT, input=q)\n" });
    text_is(only_kind(&t, WR_PROMPT), "role", "system");
    tree_free(&t);
}

static void templates_in_json(void **state)
{
    (void)state;
    tree t = TREE({ "templates/plain.json", "{\"description\": \"d\", \"prompt_input\": \"Below is an instruction that describes a task. Answer it: {instruction}\", \"response_split\": \"###\"}\n" },
                  { "app/settings.json", "{\"chat\": {\"systemPrompt\": \"Answer the patient in plain words and never give advice on drugs.\"}}\n" },
                  { "results/run.json", "{\"prompt\": \"Below is an instruction that describes a task. Answer it: sort\"}\n" }, { "x.json", "{\"prompt\": \"short\", \"text\": \"Below is an instruction that describes a task.\"}\n" });
    must(&t, "prompt:" KEY "templates/plain.json");
    must_not(&t, "prompt:" KEY "app/settings.json"); /* what it holds is one, not the file */
    text_is(must(&t, "prompt:" KEY "app/settings.json#systemPrompt"), "role", "system"); /* by its key */
    assert_int_equal(count_kind(&t, WR_PROMPT), 2);
    tree_free(&t);
}

static void tools_that_are_classes(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "tools.py", "from crewai.tools import BaseTool\nclass Find(BaseTool):\n    name: str = \"find_letter\"\n    description: str = \"d\"\n" },
                  { "own.py", "from app.base import BaseTool, StructuredTool\nclass Ask(BaseTool):\n    name = \"ask_archive\"\n"
                              "search = StructuredTool(func=f, name=\"search_archive\", description=\"d\")\nother = StructuredTool(a, b)\nclass Base(BaseTool):\n    pass\n" });
    must(&t, "tool:" KEY "tools.py#find_letter");
    must(&t, "tool:" KEY "own.py#ask_archive");
    must(&t, "tool:" KEY "own.py#search_archive");
    assert_int_equal(count_kind(&t, WR_TOOL), 3);
    tree_free(&t);
}

static void ids_that_a_function_returns(void **state)
{
    (void)state;
    needs_grammars();
    tree t = TREE({ "a.py", "def get_model_id(name):\n    if name == \"haiku\":\n        return \"anthropic.claude-3-haiku-20240307-v1:0\"\n    return \"mistral.mistral-large-2402-v1:0\"\n"
                            "def encoding_for_model(name):\n    return \"gpt-4o\"\ndef price(name):\n    return \"gpt-4o-mini\"\n" });
    related(&t, "model:aws-bedrock/anthropic.claude-3-haiku-20240307-v1:0", WR_PROVIDED_BY, "provider:aws-bedrock");
    must(&t, "model:aws-bedrock/mistral.mistral-large-2402-v1:0");
    assert_int_equal(count_kind(&t, WR_MODEL), 2);
    tree_free(&t);
}

static void stores_that_only_sql_names(void **state)
{
    (void)state;
    tree t = TREE({ "search.py", "QUERY = \"\"\"\nSELECT id FROM letters\nORDER BY embedding <-> %s\nLIMIT 5\n\"\"\"\n" },
                  { "setup.js", "await client.query('CREATE EXTENSION IF NOT EXISTS vector;');\n" }, { "db/1.sql", "CREATE INDEX i ON notes USING hnsw (embedding vector_cosine_ops);\n" },
                  { "math.py", "# ORDER BY embedding <-> %s\nx = a <= b\nCREATE = 'EXTENSION pgcrypto'\n" });
    assert_int_equal(count_kind(&t, WR_RETRIEVAL), 3);
    for (size_t i = 0; i < wr_estate_asset_count(t.estate); i++)
        if (wr_estate_asset_at(t.estate, i)->kind == WR_RETRIEVAL)
            text_is(wr_estate_asset_at(t.estate, i), "store", "pgvector");
    tree_free(&t);
}

static void requirements_that_are_addresses(void **state)
{
    (void)state;
    tree t = TREE({ "requirements.txt", "git+https://github.com/huggingface/peft.git\n-e git+ssh://git@example.org/clinic/transformers.git@v4#egg=transformers\ngit+https://git@example.org/x/accelerate@main\n"
                                        "https://example.org/vllm.whl\n--index-url https://example.org/simple/openai\n-r openai.txt\n" });
    must(&t, "library:pkg:pypi/peft");
    must(&t, "library:pkg:pypi/transformers");
    must(&t, "library:pkg:pypi/accelerate");
    assert_int_equal(count_kind(&t, WR_LIBRARY), 3);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_texts_that_instruct),
        cmocka_unit_test(texts_that_instruct_nobody),
        cmocka_unit_test(a_text_that_a_call_takes_is_one),
        cmocka_unit_test(templates_in_json),
        cmocka_unit_test(tools_that_are_classes),
        cmocka_unit_test(ids_that_a_function_returns),
        cmocka_unit_test(stores_that_only_sql_names),
        cmocka_unit_test(requirements_that_are_addresses),
    };
    return cmocka_run_group_tests_name("texts that no call takes", tests, NULL, NULL);
}
