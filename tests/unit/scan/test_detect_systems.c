#include "detect.h"
#include "scan/detectors/common.h"

static void nearest_roots(void **state)
{
    (void)state;
    tree t = TREE({ "chat/package.json", "{\"name\":\"chat\",\"dependencies\":{\"openai\":\"4.0.0\"}}" }, { "chat/web/package.json", "{\"name\":\"chat-web\"}" },
                  { "chat/web/src/a.ts", "x({ model: 'gpt-4o', key: process.env.OPENAI_API_KEY })\n" }, { "chat/src/b.ts", "x({ model: 'gpt-4o-mini' })\n" },
                  { "billing/pom.xml", "<project/>" }, { "AGENTS.md", "hello\n" });
    related(&t, "system:" REPO "chat", WR_USES, "library:pkg:npm/openai@4.0.0");
    related(&t, "system:" REPO "chat", WR_USES, "model:openai/gpt-4o-mini");
    unrelated(&t, "system:" REPO "chat", WR_USES, "model:openai/gpt-4o");
    related(&t, "system:" REPO "chat/web", WR_USES, "model:openai/gpt-4o");
    related(&t, "model:openai/gpt-4o", WR_DECLARED_IN, "system:" REPO "chat/web");
    must_not(&t, "system:" REPO "billing");
    must_not(&t, "system:" REPO);
    assert_null(wr_asset_property(must(&t, "system:" REPO "chat"), "confirmed"));
    assert_int_equal(count_kind(&t, WR_DATASET), 0); /* no note is left */
    tree_free(&t);
}

static void the_top_where_nothing_is_nearer(void **state)
{
    (void)state;
    tree t = TREE({ "AGENTS.md", "hello\n" });
    related(&t, "system:" REPO, WR_INSTRUCTED_BY, "prompt:" REPO "AGENTS.md");
    tree_free(&t);
    tree u = TREE({ "main.c", "int main(void) { return 0; }\n" });
    assert_int_equal(wr_estate_asset_count(u.estate), 0);
    tree_free(&u);
}

static const char manifest[] =
    "version: 1\n"
    "systems:\n"
    "  - name: Tide assistant\n    path: chat\n    public: true\n    criticality: high\n    data_classes: [public]\n    owners: head-of-service\n"
    "    environments: [prod]\n    uses: [openai/gpt-4o, planner]\n    retrieves_from: tide-archive\n"
    "retrieval:\n  - { name: tide-archive, content_trust: trusted, data_classes: [public] }\n"
    "agents:\n  - { name: coordinator, autonomy: acts_alone, max_depth: 1 }\n  - { name: planner, delegates_to: coordinator }\n"
    "principals:\n  - { name: head-of-service, type: person, mfa: true }\n"
    "tools:\n  - { name: calendar, effect: wrong-but-text, colour: red }\n"
    "other: []\n";

static void declared(void **state)
{
    (void)state;
    tree t = TREE({ "warrant.yaml", manifest }, { "chat/package.json", "{\"name\":\"x\",\"dependencies\":{\"openai\":\"4.0.0\"}}" }, { "chat/web/package.json", "{\"name\":\"w\"}" },
                  { "chat/web/a.ts", "x({ model: 'gpt-4o', key: process.env.OPENAI_API_KEY })\n" }, { "crew/agents.yaml", "coordinator:\n  role: r\n  goal: g\n  allow_delegation: true\n  max_iter: 5\nworker:\n  role: r\n  goal: g\n" });
    const char *s = "system:" REPO "chat";
    const wr_asset *system = must(&t, s);
    assert_true(wr_slice_is(system->name, "Tide assistant"));
    assert_true(bool_of(system, "public"));
    assert_true(bool_of(system, "confirmed"));
    text_is(system, "criticality", "high");
    assert_true(wr_slice_is(wr_asset_property(system, "criticality")->how, "declared in warrant.yaml"));
    assert_int_equal(wr_asset_property(system, "criticality")->place.at, 6);
    related(&t, s, WR_OWNED_BY, "principal:head-of-service");
    assert_true(bool_of(must(&t, "principal:head-of-service"), "mfa"));
    related(&t, s, WR_RUNS_IN, "environment:production");
    related(&t, s, WR_USES, "model:openai/gpt-4o");
    related(&t, s, WR_RETRIEVES_FROM, "retrieval:" REPO "warrant.yaml#tide-archive");
    must_not(&t, "system:" REPO "chat/web"); /* nothing is proposed below a declared root */
    /* the declared agent and the one in the file are one */
    const char *a = "agent:" REPO "crew/agents.yaml#coordinator";
    text_is(must(&t, a), "autonomy", "acts_alone");
    must_not(&t, "agent:" REPO "warrant.yaml#coordinator");
    related(&t, "agent:" REPO "warrant.yaml#planner", WR_DELEGATES_TO, a);
    related(&t, a, WR_DELEGATES_TO, "agent:" REPO "crew/agents.yaml#worker");
    const wr_finding *f = finding(&t, "warrant-yaml-unknown-key");
    assert_non_null(f);
    assert_int_equal(f->severity, WR_LOW);
    tree_free(&t);
}

static void declared_badly(void **state)
{
    (void)state;
    tree t = TREE({ "warrant.yaml", "systems:\n  - { name: a, path: ../x }\n  - { path: }\n  - { name: b, public: maybe, uses: nothing-like-it }\n  - 3\n" },
                  { "x/warrant.yaml", "systems: [" });
    assert_non_null(finding(&t, "warrant-yaml-path"));
    assert_non_null(finding(&t, "warrant-yaml-type"));
    assert_non_null(finding(&t, "warrant-yaml-unknown-name"));
    assert_non_null(finding(&t, "warrant-yaml-entry"));
    assert_int_equal(wr_estate_unread_count(t.estate), 1);
    tree_free(&t);
}

static void owners(void **state)
{
    (void)state;
    tree t = TREE({ ".github/CODEOWNERS", "# all\n*  @harbour/platform\n/chat/  @harbour/visitors\n/chat/prompts/  @pilot words@example.org # why\n" },
                  { "chat/package.json", "{\"dependencies\":{\"openai\":\"4.0.0\"}}" }, { "chat/prompts/system.md", "You are helpful.\n" }, { "AGENTS.md", "x\n" },
                  { "docs/CODEOWNERS", "* @nobody\n" });
    related(&t, "principal:pilot", WR_MAY_CHANGE, "prompt:" REPO "chat/prompts/system.md");
    related(&t, "principal:words@example.org", WR_MAY_CHANGE, "prompt:" REPO "chat/prompts/system.md");
    related(&t, "principal:harbour/platform", WR_MAY_CHANGE, "prompt:" REPO "AGENTS.md");
    unrelated(&t, "principal:harbour/platform", WR_MAY_CHANGE, "prompt:" REPO "chat/prompts/system.md");
    related(&t, "system:" REPO "chat", WR_OWNED_BY, "principal:harbour/visitors");
    text_is(must(&t, "principal:pilot"), "type", "person");
    text_is(must(&t, "principal:harbour/visitors"), "type", "group");
    must_not(&t, "principal:nobody");
    tree_free(&t);
}

static void deployments(void **state)
{
    (void)state;
    tree t = TREE({ "chat/package.json", "{\"dependencies\":{\"openai\":\"4.0.0\"}}" },
                  { "deploy/prod/compose.yaml", "services:\n  chat:\n    build: ../../chat\n    env_file: chat.env\n  llm:\n    image: ollama/ollama:latest\n    ports: [\"11434:11434\"]\n"
                                                "  index:\n    image: qdrant/qdrant:v1.11.3\n    ports: [\"127.0.0.1:6333:6333\"]\n  v:\n    image: vllm/vllm-openai:v0.6.0\n    command: [--api-key, $K]\n" },
                  { "deploy/staging/chat.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: chat\n  namespace: stg\nspec:\n  template:\n    spec:\n      containers:\n"
                                                "        - name: t\n          image: ghcr.io/huggingface/text-generation-inference:2.0\n" },
                  { "chat/.env", "APP_ENV=development\n" }, { "tests/prod/compose.yaml", "services:\n  o:\n    image: ollama/ollama\n" });
    const wr_asset *llm = must(&t, "endpoint:http://llm:11434"), *index = must(&t, "endpoint:http://index:6333"), *v = must(&t, "endpoint:http://v:8000");
    text_is(llm, "auth", "none");
    text_is(llm, "address", "public");
    text_is(index, "address", "private");
    text_is(index, "kind", "vector-store");
    text_is(v, "auth", "key");
    related(&t, "endpoint:http://llm:11434", WR_RUNS_IN, "environment:production");
    related(&t, "retrieval:http://index:6333", WR_RUNS_IN, "environment:production");
    related(&t, "system:" REPO "chat", WR_RUNS_IN, "environment:production");
    related(&t, "system:" REPO "chat", WR_RUNS_IN, "environment:staging");
    related(&t, "system:" REPO "chat", WR_RUNS_IN, "environment:development");
    text_is(must(&t, "environment:production"), "role", "production");
    must(&t, "endpoint:http://chat");
    assert_non_null(finding(&t, "image-unpinned"));
    must_not(&t, "endpoint:http://o:11434");
    must_not(&t, "system:" REPO "deploy/prod");
    tree_free(&t);
}

static void compose_merges_and_jobs(void **state)
{
    (void)state;
    tree t = TREE({ "docker-compose.yml", "x-o: &o\n  image: ollama/ollama:0.3.1\n  ports: [\"11434:11434\"]\nx-i: &i\n  image: ollama/ollama:0.3.1\n  entrypoint: /bin/sh\n"
                                          "services:\n  cpu:\n    <<: *o\n  pull:\n    <<: [*i]\n    command: [\"-c\", \"ollama pull x\"]\n" });
    text_is(must(&t, "endpoint:http://cpu:11434"), "address", "public");
    assert_int_equal(count_kind(&t, WR_ENDPOINT), 1);
    tree_free(&t);
}

static void modelfile(void **state)
{
    (void)state;
    tree t = TREE({ "Modelfile", "FROM llama3.2\nSYSTEM Be short.\n" }, { "b/Modelfile", "FROM ./x.gguf\n" }, { "c/Modelfile", "SYSTEM \"\"\"never closed\n" });
    text_is(must(&t, "model:ollama/llama3.2"), "hosting", "self");
    text_is(must(&t, "prompt:" REPO "Modelfile#SYSTEM"), "role", "system");
    tree_free(&t);
}

/* A word of an environment in a name means one, or says what sort of thing it is. */
static void environments_in_names(void **state)
{
    (void)state;
    static const struct { const char *path, *role; } cases[] = {
        { "deploy/production/compose.yaml", "production" }, { "compose.prod.yml", "production" }, { ".env.production", "production" },
        { "values-prod.yaml", "production" }, { "shop_production.tfvars", "production" }, { "production-values.yaml", "production" },
        { "production-eu/main.tf", "production" }, { "prod-eu-west-1/main.tf", "production" }, { "docker-compose-prod-gpu.yml", "production" },
        { "acme-prod-cluster/k.yaml", "production" }, { "overlays/live/kustomization.yaml", "production" }, { "dev-compose.yml", "development" },
        { "staging2/x.yaml", "" }, { "staging-2/x.yaml", "staging" }, { "compose.test.yml", "test" }, { "pre-production/x.yaml", "staging" },
        { "production-stack-01-minimal.yaml", "" }, { "production-stack/values.yaml", "" }, { "production-ready/compose.yaml", "" },
        { "live-chat.yaml", "" }, { "test-service.yaml", "" }, { "local-ai-packaged/compose.yaml", "" }, { "dev-tools/compose.yaml", "" },
        { "non-prod/compose.yaml", "" }, { "deploy/production-stack/prod/x.yaml", "production" }, { "deploy/prod/production-stack.yaml", "production" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        wr_slice word;
        const wr_slice role = wr_environment_of_path(wr_slice_of(cases[i].path), &word);
        if (!wr_slice_is(role, cases[i].role))
            fail_msg("%s: '%.*s', not '%s'", cases[i].path, WR_ARG(role), cases[i].role);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nearest_roots), cmocka_unit_test(the_top_where_nothing_is_nearer), cmocka_unit_test(declared),
                                        cmocka_unit_test(declared_badly), cmocka_unit_test(owners), cmocka_unit_test(deployments), cmocka_unit_test(compose_merges_and_jobs), cmocka_unit_test(modelfile),
                                        cmocka_unit_test(environments_in_names) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
