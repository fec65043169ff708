/* The catalogue: every entry's own examples, whose model an id is, what is no hit, and wrong entries. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "scan/catalog_in.h"

static wr_catalog *load(void)
{
    wr_catalog *c = NULL;
    wr_error err = { 0 };
    if (wr_catalog_load(NULL, &c, &err) != WR_OK) {
        char text[1024];
        wr_err_text(&err, text, sizeof text);
        fail_msg("%s", text);
    }
    return c;
}

static void say(void *ctx, bool good, wr_slice id, wr_slice what)
{
    (void)ctx;
    if (!good)
        print_error("catalogue entry '" WR_FMT "' " WR_FMT "\n", WR_ARG(id), WR_ARG(what));
}

static void every_example(void **state)
{
    (void)state;
    wr_catalog *c = load();
    size_t run = 0, failed = 0;
    wr_error err = { 0 };
    assert_int_equal(wr_catalog_test(c, say, NULL, &run, &failed, &err), WR_OK);
    print_message("%zu examples of %zu entries, %zu failed\n", run, c->count, failed);
    assert_int_equal(failed, 0);
    assert_true(run >= 2 * c->count);
    wr_catalog_free(c);
}

/* What the issue of a catalogue is: enough of everything. */
static void enough(void **state)
{
    (void)state;
    wr_catalog *c = load();
    assert_true(catalog_count(c, SECTION_PROVIDER) >= 40);
    assert_true(catalog_count(c, SECTION_LIBRARY) >= 120);
    assert_true(catalog_count(c, SECTION_KEY) >= 40);
    assert_true(catalog_count(c, SECTION_MCP_CLIENT) + catalog_count(c, SECTION_INSTRUCTIONS) >= 30);
    wr_catalog_free(c);
}

typedef struct { wr_catalog *c; wr_scratch *s; wr_arena *a; const wr_hit *hits; size_t count; } matching;

static matching begin(void)
{
    matching m = { .c = load() };
    m.s = wr_scratch_new(m.c);
    m.a = wr_arena_new((size_t)64 << 20);
    assert_non_null(m.s);
    assert_non_null(m.a);
    return m;
}

static void end(matching *m)
{
    wr_scratch_free(m->s);
    wr_arena_free(m->a);
    wr_catalog_free(m->c);
}

static void match(matching *m, const char *text)
{
    wr_error err = { 0 };
    m->hits = NULL;
    m->count = 0;
    assert_int_equal(wr_catalog_match(m->c, m->s, wr_slice_of(text), m->a, &m->hits, &m->count, &err), WR_OK);
}

static const wr_hit *hit(const matching *m, wr_hit_kind kind, const char *text, const char *what)
{
    for (size_t i = 0; i < m->count; i++)
        if (m->hits[i].kind == kind && wr_slice_is(wr_slice_make(text + m->hits[i].at, m->hits[i].len), what))
            return &m->hits[i];
    fail_msg("no hit '%s' in: %s", what, text);
    return NULL;
}

static void providers_are_not_mixed_up(void **state)
{
    (void)state;
    static const struct { const char *text, *model, *provider; bool pinned; } cases[] = {
        { "model = 'gpt-4o-2024-08-06'", "gpt-4o-2024-08-06", "openai", true },
        { "model = 'gpt-4o'", "gpt-4o", "openai", false },
        { "https://api.openai.com/v1 gpt-4o", "gpt-4o", "openai", false },
        { "https://contoso.openai.azure.com/ model='gpt-4o'", "gpt-4o", "azure-openai", false },
        { "AZURE_OPENAI_API_KEY gpt-4-0613", "gpt-4-0613", "azure-openai", true },
        { "OPENAI_API_KEY AZURE_OPENAI_API_KEY gpt-4o", "gpt-4o", "", false },
        { "GROQ_API_KEY model='llama-3.1-8b-instruct'", "llama-3.1-8b-instruct", "", false },
        { "GROQ_API_KEY model='llama-3.3-70b-versatile'", "llama-3.3-70b-versatile", "groq", false },
        { "model: gemini-1.5-pro-002", "gemini-1.5-pro-002", "", true },
        { "GEMINI_API_KEY gemini-1.5-pro", "gemini-1.5-pro", "google-gemini", false },
        { "us-central1-aiplatform.googleapis.com gemini-1.5-pro", "gemini-1.5-pro", "google-vertex", false },
        { "x = 'us.anthropic.claude-sonnet-4-20250514-v1:0'", "us.anthropic.claude-sonnet-4-20250514-v1:0", "aws-bedrock", true },
        { "claude-sonnet-4-20250514", "claude-sonnet-4-20250514", "anthropic", true },
        { "claude-sonnet-4@20250514", "claude-sonnet-4@20250514", "google-vertex", true },
        { "{\\\"model\\\":\\\"gpt-4o\\\"}\\ngpt-4o-mini", "gpt-4o-mini", "openai", false },
    };
    matching m = begin();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        match(&m, cases[i].text);
        const wr_hit *h = hit(&m, WR_HIT_MODEL, cases[i].text, cases[i].model);
        if (!wr_slice_is(h->provider, cases[i].provider))
            fail_msg("%s: provider is '" WR_FMT "'", cases[i].text, WR_ARG(h->provider));
        assert_int_equal(h->pinned, cases[i].pinned);
    }
    end(&m);
}

static void hosts_and_their_urls(void **state)
{
    (void)state;
    static const struct { const char *text, *url, *provider; bool self; } cases[] = {
        { "base = \"https://api.openai.com/v1/chat\";", "https://api.openai.com/v1/chat", "openai", false },
        { "See https://api.openai.com/v1.", "https://api.openai.com/v1", "openai", false },
        { "https://a.openai.azure.com:443/openai/x?y=1 z", "https://a.openai.azure.com:443/openai/x?y=1", "azure-openai", false },
        { "f\"https://{name}.openai.azure.com/\"", "https://{name}.openai.azure.com/", "azure-openai", false },
        { "curl http://localhost:11434/api/chat -d", "http://localhost:11434/api/chat", "ollama", true },
        { "http://[::1]:11434/", "http://[::1]:11434/", "ollama", true },
        { "http://192.168.1.7:1234/v1", "http://192.168.1.7:1234/v1", "lm-studio", true },
        { "API.OpenAI.com", "API.OpenAI.com", "openai", false },
        { "a\\nhttps://api.anthropic.com", "https://api.anthropic.com", "anthropic", false },
    };
    matching m = begin();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        match(&m, cases[i].text);
        const wr_hit *h = hit(&m, WR_HIT_HOST, cases[i].text, cases[i].url);
        assert_true(wr_slice_is(h->provider, cases[i].provider));
        assert_int_equal(h->self_hosted, cases[i].self);
    }
    end(&m);
}

static void ordinary_words_are_no_hits(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "sk-", "a sonar-project.properties file", "command-line tools", "the llama-index docs", "solar panel",
        "claude-code and claude-desktop", "gemini-cli", "import gpt-4.py", "risk-ant-api03", "host: foo.api.openai.com.example.test",
        "localhost:8000/v1/users", "http://localhost:8080/", "MY_OPENAI_API_KEYS", "grok patterns: grok-exporter", "phi-3", "o1", "\"o3\"",
        "mistral: a wind", "granite-counter", "flux-capacitor", "ernie-gram", "reka-ui", "doubao",
    };
    matching m = begin();
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        match(&m, texts[i]);
        if (m.count != 0)
            fail_msg("a hit '" WR_FMT "' in: %s", (int)m.hits[0].len, texts[i] + m.hits[0].at, texts[i]);
    }
    end(&m);
}

/* Keys are put together here, so that none stands in this file. */
static void keys_and_placeholders(void **state)
{
    (void)state;
    matching m = begin();
    char text[512];
    snprintf(text, sizeof text, "GROQ_API_KEY=%s%s%s%s", "gsk", "_", "Zq3vX8LmT1pRb6YwKd0N", "WGdyb3FYc5HsJ2uQ9eVfA7gGiM4oTxPk");
    match(&m, text);
    assert_int_equal(m.count, 2);
    const wr_hit *h = hit(&m, WR_HIT_KEY, text, text + 13);
    assert_true(wr_slice_is(h->entry, "groq-api-key"));
    assert_true(wr_slice_is(h->provider, "groq"));
    static const char *const bodies[] = {
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "YourGroqApiKeyGoesHereYourGroqApiKeyGoesHere12345678",
        "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOP", "aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3aB3a",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        snprintf(text, sizeof text, "%s_%s", "gsk", bodies[i]);
        match(&m, text);
        assert_int_equal(m.count, 0);
    }
    end(&m);
}

static void order_and_overlaps(void **state)
{
    (void)state;
    matching m = begin();
    const char *text = "OPENAI_API_KEY https://api.openai.com/v1 gpt-4o-2024-08-06 gpt-4o AZURE_OPENAI_API_KEY";
    match(&m, text);
    assert_int_equal(m.count, 5);
    for (size_t i = 1; i < m.count; i++)
        assert_true(m.hits[i - 1].at + m.hits[i - 1].len <= m.hits[i].at);
    assert_true(wr_slice_is(m.hits[4].provider, "azure-openai"));
    end(&m);
}

static void too_many_hits_are_said(void **state)
{
    (void)state;
    matching m = begin();
    const size_t n = WR_CATALOG_HITS_MOST + 10;
    char *text = malloc(n * 7);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        memcpy(text + i * 7, "gpt-4o ", 7);
    wr_error err = { 0 };
    assert_int_equal(wr_catalog_match(m.c, m.s, wr_slice_make(text, n * 7), m.a, &m.hits, &m.count, &err), WR_UNREAD);
    assert_int_equal(m.count, WR_CATALOG_HITS_MOST);
    free(text);
    end(&m);
}

static void libraries_by_name(void **state)
{
    (void)state;
    wr_catalog *c = load();
    static const struct { const char *ecosystem, *name, *purl; } cases[] = {
        { "pypi", "LangChain_Core", "pkg:pypi/langchain-core" },
        { "pypi", "google.cloud.aiplatform", "pkg:pypi/google-cloud-aiplatform" },
        { "pypi", "openai[realtime]", "pkg:pypi/openai" },
        { "golang", "github.com/openai/openai-go/v3", "pkg:golang/github.com/openai/openai-go" },
        { "maven", "dev.langchain4j/langchain4j", "pkg:maven/dev.langchain4j/langchain4j" },
        { "cargo", "async_openai", "pkg:cargo/async-openai" },
        { "docker", "docker.io/ollama/ollama:0.5@sha256:00", "pkg:docker/ollama/ollama" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const wr_library_entry *l = wr_catalog_library(c, cases[i].ecosystem, wr_slice_of(cases[i].name));
        assert_non_null(l);
        assert_true(wr_slice_is(l->purl, cases[i].purl));
    }
    assert_null(wr_catalog_library(c, "pypi", wr_slice_of("requests")));
    assert_null(wr_catalog_library(c, "npm", wr_slice_of("")));
    assert_null(wr_catalog_library(c, "nothing", wr_slice_of("openai")));
    wr_catalog_free(c);
}

static void files_by_place(void **state)
{
    (void)state;
    wr_catalog *c = load();
    const wr_file_entry *f = wr_catalog_file(c, wr_slice_of("a/.vscode/mcp.json"), WR_FILE_MCP_CLIENT);
    assert_non_null(f);
    assert_true(wr_slice_is(f->id, "vscode"));
    assert_true(wr_slice_is(f->servers, "servers"));
    assert_true(wr_slice_is(f->format, "jsonc"));
    f = wr_catalog_file(c, wr_slice_of(".codex/config.toml"), WR_FILE_MCP_CLIENT);
    assert_non_null(f);
    assert_true(wr_slice_is(f->servers, "mcp_servers"));
    assert_null(wr_catalog_file(c, wr_slice_of("CLAUDE.md"), WR_FILE_MCP_CLIENT));
    assert_non_null(wr_catalog_file(c, wr_slice_of("CLAUDE.md"), WR_FILE_INSTRUCTIONS));
    assert_null(wr_catalog_file(c, wr_slice_of("src/main.c"), WR_FILE_PROMPT));
    wr_catalog_free(c);
}

/* A wrong entry is refused, and the error names the file, the line and what is wrong. */
static void wrong_entries(void **state)
{
    (void)state;
#define GOOD "models:\n  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: 'abcd-\\d', yes: [abcd-1], no: [abcd] }\n"
    static const struct { const char *yaml, *what; int line; } cases[] = {
        { "models:\n  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: 'abcd-[', yes: [x], no: [y] }\n", "bad pattern", 2 },
        { "models:\n\n  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: 'abcd-1', yes: [x] }\n", "example 'no' is missing", 3 },
        { "models:\n  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: 'abcd-1', yes: [], no: [y] }\n", "yes must be a list", 2 },
        { GOOD "  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: 'abcd-1', yes: [x], no: [y] }\n", "duplicate id", 3 },
        { "models:\n  - id: a\n    publisher: p\n    colour: red\n", "unknown field 'colour'", 4 },
        { "modles:\n  - {}\n", "unknown section 'modles'", 1 },
        { "models:\n  - { id: a, publisher: p, provider: nobody, pinned: true, pattern: 'abcd-1', yes: [x], no: [y] }\n", "no provider 'nobody'", 2 },
        { "models:\n  - { id: a, publisher: p, provider: \"\", pinned: maybe, pattern: 'abcd-1', yes: [x], no: [y] }\n", "pinned must be true or false", 2 },
        { "models:\n  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: '\\d-abc', yes: [x], no: [y] }\n", "list its anchors", 2 },
        { "models:\n  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: 'abc|def', yes: [x], no: [y] }\n", "list its anchors", 2 },
        { "models:\n  - { id: a, publisher: p, provider: \"\", pinned: true, pattern: 'abc', anchors: [a], yes: [x], no: [y] }\n", "no good anchor", 2 },
        { "keys:\n  - { id: a, name: n, provider: \"\", names: [ABC], yes: [x], no: [y] }\n", "names and a value", 2 },
        { "libraries:\n  - { ecosystem: perl, name: n, role: client, provider: \"\", yes: [x], no: [y] }\n", "ecosystem must be one of", 2 },
        { "libraries:\n  - { ecosystem: npm, name: n, role: butler, provider: \"\", yes: [x], no: [y] }\n", "role must be one of", 2 },
        { "prompts: 7\n", "list of entries", 1 },
        { "prompts:\n  - seven\n", "must be a map", 2 },
        { "prompts:\n  - { id: A B, name: n, files: [x], yes: [x], no: [y] }\n", "an id is made of", 2 },
        { "parts:\n  - { id: a, means: butler, provider: \"\", names: ['n8n:a'], yes: ['n8n:a'], no: ['n8n:b'] }\n", "means must be one of", 2 },
        { "parts:\n  - { id: a, means: tool, provider: \"\", names: [a], yes: ['n8n:a'], no: ['n8n:b'] }\n", "tool:NAME", 2 },
        { "parts:\n  - { id: a, means: tool, provider: \"\", names: ['n8n:a'], yes: ['n8n:a'], no: ['n8n:b'] }\n  - { id: b, means: tool, provider: \"\", names: ['N8N:A'], yes: ['n8n:a'], no: ['n8n:b'] }\n",
          "is also a name of", 3 },
        { "a: [\n", "", 0 },
        { "", "", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const catalog_source source = { "mine.yaml", wr_slice_of(cases[i].yaml), true };
        wr_catalog *c = NULL;
        wr_error err = { 0 };
        if (catalog_load_from(&source, 1, &c, &err) != WR_BAD)
            fail_msg("case %zu (want %s) is taken for good", i, cases[i].what);
        assert_null(c);
        char text[1200], line[32];
        wr_err_text(&err, text, sizeof text);
        snprintf(line, sizeof line, "line %d", cases[i].line);
        if (strstr(text, cases[i].what) == NULL || strstr(err.where, "mine.yaml") == NULL ||
            (cases[i].line > 0 && strstr(err.where, line) == NULL))
            fail_msg("case %zu (want %s, line %d): %s", i, cases[i].what, cases[i].line, text);
    }
}

/* A user's folder adds to the catalogue; a wrong file in it is named; a folder that is not there is fine. */
static void users_folder(void **state)
{
    (void)state;
    char dir[] = "/tmp/wr-catalog-XXXXXX", path[64];
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/mine.yaml", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs("providers:\n  - { id: inhouse, name: In-house, kind: gateway, hosts: [llm.corp.example], yes: [\"https://llm.corp.example/v1\"], no: [corp.example] }\n"
          "mcp-clients:\n  - { id: mine, name: Mine, files: [mcp.json], format: json, servers: tools, yes: [mcp.json], no: [x.json] }\n", f);
    fclose(f);
    wr_catalog *c = NULL;
    wr_error err = { 0 };
    assert_int_equal(wr_catalog_load(dir, &c, &err), WR_OK);
    assert_non_null(wr_catalog_provider(c, WR_SLICE("inhouse")));
    assert_non_null(wr_catalog_provider(c, WR_SLICE("openai")));
    assert_true(wr_slice_is(wr_catalog_file(c, WR_SLICE("x/mcp.json"), WR_FILE_MCP_CLIENT)->id, "mine"));
    wr_catalog_free(c);
    f = fopen(path, "a");
    assert_non_null(f);
    fputs("keys:\n  - { id: openai-project-key, name: n, provider: openai, pattern: abcdefg, yes: [x], no: [y] }\n", f);
    fclose(f);
    c = NULL;
    assert_int_equal(wr_catalog_load(dir, &c, &err), WR_BAD);
    assert_non_null(strstr(err.where, "mine.yaml"));
    assert_non_null(strstr(err.what, "duplicate id"));
    unlink(path);
    rmdir(dir);
    assert_int_equal(wr_catalog_load(dir, &c, &err), WR_OK);
    wr_catalog_free(c);
}

/* Every allocation fails in turn: an error, no crash, no leak. */
static void out_of_memory(void **state)
{
    (void)state;
    const catalog_source source = { "mine.yaml", WR_SLICE(GOOD), true };
    size_t failures = 0;
    for (uint64_t n = 1; n < 200; n++) {
        wr_catalog *c = NULL;
        wr_error err = { 0 };
        wr_alloc_fail_at(n);
        const wr_status st = catalog_load_from(&source, 1, &c, &err);
        wr_scratch *s = st == WR_OK ? wr_scratch_new(c) : NULL;
        wr_alloc_fail_at(0);
        failures += st != WR_OK || s == NULL;
        if (st != WR_OK)
            assert_null(c);
        wr_scratch_free(s);
        wr_catalog_free(c);
    }
    assert_true(failures > 3 && failures < 199);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_example), cmocka_unit_test(enough), cmocka_unit_test(providers_are_not_mixed_up),
        cmocka_unit_test(hosts_and_their_urls), cmocka_unit_test(ordinary_words_are_no_hits), cmocka_unit_test(keys_and_placeholders),
        cmocka_unit_test(order_and_overlaps), cmocka_unit_test(too_many_hits_are_said), cmocka_unit_test(libraries_by_name),
        cmocka_unit_test(files_by_place), cmocka_unit_test(wrong_entries), cmocka_unit_test(users_folder), 
        cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
