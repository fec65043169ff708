/* Prompts by the name of what holds them, objects that are models, and stores in SQL. */
#include "detect.h"
#include "scan/code/tree.h"

#define NEEDS_TREES() do { if (!code_parses()) { print_message("SKIPPED: code is not parsed in this build\n"); skip(); } } while (0)

static void named_prompts(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "lib/prompts.ts", "export function getQuickPrompt(name: string) {\n  return `\nYou are a fast assistant of ${name}. Answer in one short paragraph and never make up a source.`\n}\n"
                                      "export const REPLY_TEMPLATE = (who: string) => `I want you to act as a ${who}. You are to answer the question from the context alone.`\n"
                                      "export const confirmPrompt = 'Please enter the name of the folder that is to be deleted, then press return'\n"
                                      "function f() { const qaSystemPrompt = dedent`\n  You are Clerk, who files the papers of the town. Never give legal advice, and answer in German.`; return qaSystemPrompt }\n" },
                  { "help.go", "package a\nvar instructions = 1\nvar help = map[string]string{\"prompt\": \"Include the prompt from the arguments and stdin, truncate stdin to the specified number of lines of text\"}\nvar _prompt = 2\n" },
                  { "app.go", "package a\nvar summaryPrompt = `Summarize the following letter for the mayor. Answer only with the summary, in three sentences.`\n" },
                  { "A.cs", "class A { const string ShopInstructions = \"You are the clerk of a shop. Only answer questions about the shop and its goods.\"; }\n" });
    must(&t, "prompt:" REPO "lib/prompts.ts#getQuickPrompt");
    must(&t, "prompt:" REPO "lib/prompts.ts#REPLY_TEMPLATE");
    must(&t, "prompt:" REPO "lib/prompts.ts#f.qaSystemPrompt");
    must_not(&t, "prompt:" REPO "lib/prompts.ts#confirmPrompt"); /* a person is asked */
    must(&t, "prompt:" REPO "app.go#summaryPrompt");
    assert_int_equal(count_kind(&t, WR_PROMPT), 5);
    must(&t, "prompt:" REPO "A.cs#ShopInstructions");
    tree_free(&t);
}

static void what_a_terminal_shows(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "src/a.rs", "const LEFT_PROMPT: &str = \"{color.green}{?session {?agent {agent}>}{session}{?role /}}{!session {?agent {agent}>}}{role}{?rag @{rag}}\";\n"
                                "const RAG_PROMPT: &str = \"Answer {question} from the context alone, and say so where it does not tell: {context} {history} {rules}\";\n" });
    must(&t, "prompt:" REPO "src/a.rs#RAG_PROMPT");
    assert_int_equal(count_kind(&t, WR_PROMPT), 1);
    tree_free(&t);
}

static void conversations_of_one_function(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "A.cs", "using Microsoft.SemanticKernel.ChatCompletion;\nclass A { void Reply() { var query = new ChatHistory(\"You write a search for the question of a patient.\");\n"
                            "var answer = new ChatHistory(\"You answer the patient in short sentences and from the notes alone.\"); } }\n" });
    assert_int_equal(count_kind(&t, WR_PROMPT), 2);
    tree_free(&t);
}

static void an_object_is_a_model(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "lib/models.ts", "export const A = { id: 'gpt-4o-mini', name: 'GPT-4o mini', provider: 'OpenAI' };\n"
                                     "export const B = { modelName: 'LLaMA3-8b-chat', modelId: 'llama3-8b-8192', provider: 'groq' };\n"
                                     "export const C = { id: 'front-door', provider: 'openai' };\n" });
    related(&t, "model:openai/gpt-4o-mini", WR_PROVIDED_BY, "provider:openai");
    related(&t, "model:groq/llama3-8b-8192", WR_PROVIDED_BY, "provider:groq");
    assert_int_equal(count_kind(&t, WR_MODEL), 2);
    tree_free(&t);
}

static void java_and_csharp(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "src/main/java/a/Clerk.java", "package a;\nimport dev.langchain4j.service.spring.AiService;\nimport dev.langchain4j.service.SystemMessage;\n"
                                                  "@AiService\ninterface Clerk {\n  @SystemMessage(\"You file the papers of the town.\")\n  String chat(String q);\n}\n" },
                  { "src/main/resources/prompts/system.st", "You are a clerk.\n" },
                  { "A.cs", "using Microsoft.SemanticKernel;\nclass A { void F() { kernel.ImportPluginFromObject(new Mail(c), \"email\"); kernel.ImportPluginFromObject(new TimePlugin(), nameof(TimePlugin)); } }\n" },
                  { "B.cs", "using Microsoft.Extensions.AI;\nclass B { object F() { return AIFunctionFactory.Create(FindNote); } }\n" });
    must(&t, "agent:" REPO "src/main/java/a/Clerk.java#Clerk");
    must(&t, "prompt:" REPO "src/main/resources/prompts/system.st");
    assert_int_equal(count_kind(&t, WR_PROMPT), 2);
    must(&t, "tool:" REPO "A.cs#email");
    must(&t, "tool:" REPO "A.cs#TimePlugin");
    must(&t, "tool:" REPO "B.cs#FindNote");
    tree_free(&t);
}

static void sent_elsewhere(void **state)
{
    (void)state;
    NEEDS_TREES();
    tree t = TREE({ "A.cs", "using Microsoft.SemanticKernel;\nclass A { void F() { b.AddOpenAIChatCompletion(modelId: \"house-7b\", endpoint: new Uri(address), apiKey: k); } }\n" });
    must_not(&t, "provider:openai");
    must_not(&t, "model:openai/house-7b");
    tree_free(&t);
}

static void vectors_in_sql(void **state)
{
    (void)state;
    tree t = TREE({ "db/1.sql", "create table notes (id int, e vector(1536));\ncreate index on notes using hnsw (e vector_cosine_ops);\n" },
                  { "db/2.sql", "-- vector_cosine_ops would be an index\nselect 1;\n" });
    const wr_asset *r = only_kind(&t, WR_RETRIEVAL);
    text_is(r, "store", "pgvector");
    assert_int_equal(r->seen->place.at, 2);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(named_prompts), cmocka_unit_test(what_a_terminal_shows), cmocka_unit_test(conversations_of_one_function), cmocka_unit_test(an_object_is_a_model), cmocka_unit_test(java_and_csharp),
                                        cmocka_unit_test(sent_elsewhere), cmocka_unit_test(vectors_in_sql) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
