/* Structured configuration: which model is bound, and who gets what is sent to it. */
#include "detect.h"
#include "scan/code/tree.h"

static void the_object_around_says_who(void **state)
{
    (void)state;
    tree t = TREE({ "conf/apis.yml", "default-api: openai\ndefault-model: gpt-4o\napis:\n"
                                     "  openai:\n    base-url: https://api.openai.com/v1\n    models:\n      gpt-4o: {aliases: [\"4o\"]}\n"
                                     "  groq:\n    base-url: https://api.groq.com/openai/v1\n    models:\n      gemma2-9b-it:\n        aliases: [\"gemma2\"]\n"
                                     "  google:\n    models:\n      gemini-2.0-flash-001: {}\n"
                                     "  azure:\n    base-url: https://YOUR_RESOURCE_NAME.openai.azure.com\n    models:\n      gpt-4: {}\n"
                                     "  github-models:\n    base-url: https://models.github.ai/inference\n    models:\n      openai/gpt-4.1: {}\n"
                                     "  ollama:\n    base-url: http://localhost:11434\n    models:\n      \"llama3.2:3b\": {}\n" });
    related(&t, "model:groq/gemma2-9b-it", WR_PROVIDED_BY, "provider:groq");
    must(&t, "model:openai/gpt-4o");
    must(&t, "model:google-gemini/gemini-2.0-flash-001");
    must(&t, "model:azure-openai/gpt-4");
    must(&t, "model:github-models/openai/gpt-4.1");
    must(&t, "model:ollama/llama3.2:3b");
    must_not(&t, "model:openai/gemini-2.0-flash-001"); /* the default is not for the objects below */
    must_not(&t, "model:openai/gpt-4");
    must_not(&t, "model:openai/gpt-4.1");
    tree_free(&t);
}

static void net_settings(void **state)
{
    (void)state;
    tree t = TREE({ "web/appsettings.json", "// settings\n{\n \"Services\": {\n  \"AzureOpenAIText\": {\"Endpoint\": \"\", \"Deployment\": \"gpt-4o\"},\n"
                                            "  \"OpenAI\": {\"TextModel\": \"gpt-3.5-turbo\"},\n"
                                            "  \"Ollama\": {\"Endpoint\": \"http://localhost:11434\", \"TextModel\": {\"ModelName\": \"phi3:medium-128k\"}},\n }\n}\n" });
    must(&t, "model:azure-openai/gpt-4o");
    must(&t, "model:openai/gpt-3.5-turbo");
    must(&t, "model:ollama/phi3:medium-128k");
    must_not(&t, "model:openai/gpt-4o");
    must_not(&t, "model:azure-openai/gpt-3.5-turbo");
    tree_free(&t);
}

static void properties(void **state)
{
    (void)state;
    tree t = TREE({ "src/main/resources/application.properties",
                    "# c\nlangchain4j.azure-open-ai.chat-model.endpoint=${AZURE_OPENAI_ENDPOINT}\nlangchain4j.azure-open-ai.chat-model.deployment-name=gpt-4o\n"
                    "langchain4j.open-ai.chat-model.model-name=gpt-4o-mini\nlangchain4j.ollama.chat-model.base-url=http://localhost:11434\n"
                    "langchain4j.ollama.chat-model.model-name=llama3.1\n" },
                  { "b/application.yml", "spring:\n  ai:\n    openai:\n      base-url: https://api.groq.com/openai\n      chat:\n        options:\n          model: llama-3.3-70b-versatile\n" },
                  { "c/application.yml", "spring:\n  ai:\n    openai:\n      base-url: ${HOUSE_GATEWAY}\n      chat:\n        options:\n          model: gpt-4.1\n" });
    must(&t, "model:azure-openai/gpt-4o");
    must(&t, "model:openai/gpt-4o-mini");
    must(&t, "model:ollama/llama3.1");
    must(&t, "model:groq/llama-3.3-70b-versatile"); /* the client is OpenAI's, the address is not */
    must(&t, "model:gpt-4.1");                      /* sent where nobody knows */
    must_not(&t, "model:openai/gpt-4.1");
    must_not(&t, "model:openai/gpt-4o");
    tree_free(&t);
}

static void an_object_that_is_a_model(void **state)
{
    (void)state;
    tree t = TREE({ "config/models.json", "{\"models\": {\"quick\": {\"id\": \"gpt-4o-mini\", \"provider\": \"OpenAI\", \"providerId\": \"openai\"},\n"
                                          "\"deep\": {\"id\": \"claude-sonnet-4-5\", \"provider\": \"anthropic\"}}}\n" });
    must(&t, "model:openai/gpt-4o-mini");
    must(&t, "model:anthropic/claude-sonnet-4-5");
    tree_free(&t);
}

static void prompts_and_addresses(void **state)
{
    (void)state;
    tree t = TREE({ "web/appsettings.json", "{\"Prompts\": {\"SystemDescription\": \"This is a chat between a helpful assistant and one or more people.\", \"Cutoff\": \"Saturday, January 1, 2022\"},\n"
                                            "\"Services\": {\"Qdrant\": {\"Endpoint\": \"http://127.0.0.1:6333\"}, \"LocalAI\": {\"BaseUrl\": \"http://localhost:8080\", \"Model\": \"house-7b\"},\n"
                                            "\"Shop\": {\"BaseUrl\": \"http://localhost:9000\"}}}" },
                  { "agent.yaml", "system_prompt: You answer the patients of a clinic and never give a diagnosis.\nhint: You can also write to the reception of the clinic by mail.\n" });
    must(&t, "prompt:" REPO "web/appsettings.json#SystemDescription");
    must(&t, "prompt:" REPO "agent.yaml#system_prompt");
    assert_int_equal(count_kind(&t, WR_PROMPT), 2);
    must(&t, "retrieval:http://127.0.0.1:6333");
    must(&t, "endpoint:http://localhost:8080");
    must(&t, "model:localai/house-7b");
    must_not(&t, "endpoint:http://localhost:9000");
    must_not(&t, "provider:qdrant"); /* one's own server: nothing goes to the company */
    tree_free(&t);
}

static void what_is_no_setting(void **state)
{
    (void)state;
    /* a menu of prices, a model of something else, and a form for environment variables */
    char menu[4096] = "openai:\n  models:\n";
    for (int i = 0; i < 30; i++)
        snprintf(menu + strlen(menu), sizeof menu - strlen(menu), "    house-%d: {context: 5}\n", i);
    tree t = TREE({ "a/menu.yaml", menu }, { "b/prices.json", "{\"openai\": {\"models\": {\"gpt-4o\": {\"input_cost\": 5}}}}" },
                  { "c/dbt_project.yml", "name: shop\nmodels:\n  shop:\n    staging: {materialized: view}\n" },
                  { "d/car.json", "{\"vendor\": \"a-maker\", \"model\": \"roadster-2\"}" });
    assert_int_equal(count_kind(&t, WR_MODEL), 0);
    tree_free(&t);
}

static void dotnet_manifests(void **state)
{
    (void)state;
    tree t = TREE({ "Directory.Packages.props", "<Project>\n<ItemGroup>\n <PackageVersion Include=\"Microsoft.SemanticKernel\" Version=\"1.28.0\" />\n"
                                                " <!-- <PackageVersion Include=\"OllamaSharp\" Version=\"4.0.0\" /> -->\n <PackageVersion Include=\"Serilog\" Version=\"3.0.0\" />\n</ItemGroup></Project>\n" },
                  { "web/Web.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\">\n<ItemGroup>\n <PackageReference Include=\"Microsoft.SemanticKernel\" />\n"
                                      " <PackageReference Include='Microsoft.KernelMemory.Core' Version='0.9.1'/>\n <PackageReference Include=\"Azure.AI.OpenAI\">\n  <Version>2.1.0</Version>\n </PackageReference>\n</ItemGroup></Project>\n" },
                  { "old/packages.config", "<packages><package id=\"Anthropic.SDK\" version=\"3.2.1\" targetFramework=\"net48\" /></packages>" });
    must(&t, "library:pkg:nuget/Microsoft.SemanticKernel@1.28.0");
    must_not(&t, "library:pkg:nuget/Microsoft.SemanticKernel");
    must(&t, "library:pkg:nuget/Microsoft.KernelMemory.Core@0.9.1");
    related(&t, "library:pkg:nuget/Azure.AI.OpenAI@2.1.0", WR_PROVIDED_BY, "provider:azure-openai");
    must(&t, "library:pkg:nuget/Anthropic.SDK@3.2.1");
    must_not(&t, "library:pkg:nuget/OllamaSharp@4.0.0");
    must_not(&t, "provider:ollama");
    tree_free(&t);
}

static void a_central_version_is_no_use(void **state)
{
    (void)state;
    tree t = TREE({ "Directory.Packages.props", "<Project>\n<ItemGroup>\n <PackageVersion Include=\"Pinecone.NET\" Version=\"2.0.0\" />\n <PackageVersion Include=\"Azure.AI.OpenAI\" Version=\"2.1.0\" />\n"
                                                " <PackageVersion Include=\"Azure.Search.Documents\" Version=\"11.6.0\" />\n</ItemGroup></Project>\n" },
                  { "web/Web.csproj", "<Project>\n<ItemGroup>\n <PackageReference Include=\"Azure.AI.OpenAI\" />\n <PackageReference Include=\"Azure.Search.Documents\" />\n</ItemGroup></Project>\n" });
    must_not(&t, "provider:pinecone"); /* no project takes it */
    must(&t, "library:pkg:nuget/Azure.AI.OpenAI@2.1.0");
    must(&t, "provider:azure-openai");
    must(&t, "library:pkg:nuget/Azure.Search.Documents@11.6.0");
    must(&t, "provider:azure-ai-search");
    tree_free(&t);
}

static void declared_and_unused_in_dotnet(void **state)
{
    (void)state;
#define PROJECT "<Project>\n<ItemGroup>\n <PackageReference Include=\"Pinecone.NET\" Version=\"2.0.0\" />\n <PackageReference Include=\"Azure.Search.Documents\" Version=\"11.6.0\" />\n</ItemGroup></Project>\n"
    tree t = TREE({ "a/A.csproj", PROJECT }, { "a/GlobalUsings.cs", "global using Azure.Search.Documents.Models;\n" }, { "a/A.cs", "enum Kind { Pinecone }\n" });
    must(&t, "library:pkg:nuget/Pinecone.NET@2.0.0");
    must(&t, "provider:azure-ai-search");
    if (code_parses())
        must_not(&t, "provider:pinecone");
    tree_free(&t);
    t = TREE({ "a/A.csproj", PROJECT }, { "a/A.cs", "enum Kind { Other }\n" }, { "a/Page.razor", "@page \"/\"\n@using Pinecone\n" });
    must(&t, "provider:pinecone");
    tree_free(&t);
    t = TREE({ "a/A.csproj", PROJECT }, { "a/A.cs", "enum Kind { Other }\n" }, { "b/B.csproj", "<Project>\n<Using Include=\"Pinecone\" />\n</Project>\n" });
    must(&t, "provider:pinecone");
    tree_free(&t);
    t = TREE({ "a/A.csproj", PROJECT }); /* no code here: nobody can say */
    must(&t, "provider:pinecone");
    tree_free(&t);
}

static void a_family_of_packages(void **state)
{
    (void)state;
    tree t = TREE({ "pom.xml", "<dependencies><dependency><groupId>dev.langchain4j</groupId><artifactId>langchain4j-something-new</artifactId></dependency>\n"
                               "<dependency><groupId>dev.langchain4k</groupId><artifactId>langchain4k</artifactId></dependency>\n"
                               "<dependency><groupId>dev.langchain4j</groupId><artifactId>langchain4j-ollama-spring-boot4-starter</artifactId></dependency></dependencies>" });
    must(&t, "library:pkg:maven/dev.langchain4j/langchain4j-something-new");
    related(&t, "library:pkg:maven/dev.langchain4j/langchain4j-ollama-spring-boot4-starter", WR_PROVIDED_BY, "provider:ollama");
    assert_int_equal(count_kind(&t, WR_LIBRARY), 2);
    tree_free(&t);
}

static void indirect_is_nobodys_choice(void **state)
{
    (void)state;
    tree t = TREE({ "go.mod", "module a\nrequire (\n\tgithub.com/openai/openai-go v1.0.0 // indirect\n\tgithub.com/ollama/ollama v0.5.0\n)\n" });
    must_not(&t, "provider:openai");
    must(&t, "provider:ollama");
    tree_free(&t);
}

static void declared_and_never_imported(void **state)
{
    (void)state;
    const char *manifest = "{\"name\":\"web\",\"dependencies\":{\"@google/generative-ai\":\"^0.1.3\",\"openai\":\"^4.0.0\"}}";
    tree t = TREE({ "package.json", manifest }, { "src/a.ts", "import OpenAI from 'openai';\nexport const c = new OpenAI();\n" });
    must(&t, "library:pkg:npm/%40google/generative-ai");
    if (code_parses()) {
        must(&t, "provider:openai");
        must_not(&t, "provider:google-gemini");
    }
    tree_free(&t);
    tree u = TREE({ "package.json", manifest }); /* no code here to look at: nobody can say */
    must(&u, "provider:google-gemini");
    tree_free(&u);
    tree v = TREE({ "package.json", manifest }, { "src/a.ts", "const g = await import('@google/generative-ai');\n" });
    must(&v, "provider:google-gemini");
    tree_free(&v);
}

static void a_placeholder_of_a_host(void **state)
{
    (void)state;
    tree t = TREE({ "appsettings.json", "{\"Endpoint\": \".openai.azure.com/\"}" }, { "a.cs", "class A { string U = \"https://\" + region + \".openai.azure.com/x\"; }" });
    const wr_asset *e = must(&t, "endpoint:https://*.openai.azure.com");
    assert_null(e->seen->next);
    assert_true(wr_slice_is(e->seen->place.path, "a.cs"));
    tree_free(&t);
}

/* org.springframework.samples is the name of a package; config_template.yml is what a configuration is made from. */
static void names_of_folders(void **state)
{
    (void)state;
    tree t = TREE({ "src/main/java/org/springframework/samples/clinic/A.java",
                    "package org.springframework.samples.clinic;\nimport dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;\nclass A { Object s = new InMemoryEmbeddingStore<>(); String u = \"https://api.groq.com/openai\"; }\n" },
                  { "samples/src/main/java/org/clinic/A.java", "class A { String u = \"https://api.cohere.com/v1\"; }\n" },
                  { "config_template.yml", "llm:\n  provider: mistral\n  model: mistral-large-latest\n" },
                  { ".env.template", "COHERE_API_KEY=\n" }, { "config.example.yml", "llm:\n  provider: anthropic\n  model: claude-sonnet-4-5\n" });
    must(&t, "endpoint:https://api.groq.com");
    must(&t, "model:mistral/mistral-large-latest");
    must_not(&t, "endpoint:https://api.cohere.com");
    must_not(&t, "provider:cohere");
    must_not(&t, "provider:anthropic");
    tree_free(&t);
}

/* A chart's list of what is fetched: the key says when, the list says what. */
static void a_list_under_a_role(void **state)
{
    (void)state;
    tree t = TREE({ "deploy/values.yaml", "ollama:\n  models:\n    pull: [\"llama3.1:8b\"]\n    run: []\n" });
    for (size_t i = 0; i < wr_estate_asset_count(t.estate); i++)
        if (wr_estate_asset_at(t.estate, i)->kind == WR_MODEL)
            assert_true(wr_slice_is(wr_estate_asset_at(t.estate, i)->name, "llama3.1:8b"));
    assert_int_equal(count_kind(&t, WR_MODEL), 1);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_under_a_role), cmocka_unit_test(the_object_around_says_who), cmocka_unit_test(net_settings), cmocka_unit_test(properties), cmocka_unit_test(an_object_that_is_a_model), cmocka_unit_test(prompts_and_addresses),
        cmocka_unit_test(what_is_no_setting), cmocka_unit_test(dotnet_manifests), cmocka_unit_test(a_central_version_is_no_use), cmocka_unit_test(declared_and_unused_in_dotnet), cmocka_unit_test(a_family_of_packages),
        cmocka_unit_test(indirect_is_nobodys_choice), cmocka_unit_test(names_of_folders), cmocka_unit_test(declared_and_never_imported), cmocka_unit_test(a_placeholder_of_a_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
