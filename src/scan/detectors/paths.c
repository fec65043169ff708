/* paths.c - what the path of a file says about it. Words are tables, so that a rule can be read and argued about. */
#include "common.h"

static const char *const code_exts[] = { "py", "pyw", "js", "mjs", "cjs", "jsx", "ts", "tsx", "mts", "cts", "go", "rs",
    "java", "kt", "kts", "scala", "groovy", "cs", "fs", "vb", "c", "h", "cc", "cpp", "hpp", "m", "mm", "swift", "dart", "php", "rb",
    "pl", "lua", "ex", "exs", "erl", "hs", "clj", "r", "jl", "sh", "bash", "zsh", "fish", "ps1", "bat", "cmd", "vue", "svelte",
    "ipynb", "sql", NULL };
static const char *const config_exts[] = { "json", "jsonc", "json5", "yaml", "yml", "toml", "ini", "cfg", "conf", "env",
    "properties", "tf", "tfvars", "hcl", "bicep", "nomad", "service", "xml", "gradle", "mk", "j2", NULL };
static const char *const config_names[] = { "dockerfile", "containerfile", "makefile", "procfile", "modelfile", "justfile", "jenkinsfile", NULL };
static const char *const docs_exts[] = { "md", "mdx", "markdown", "rst", "adoc", "asciidoc", "txt", "html", "htm", "css", "scss",
    "svg", "csv", "tsv", "po", "pot", "log", "tex", "org", "rtf", "jsonl", "ndjson", NULL };
static const char *const docs_dirs[] = { "docs", "doc", "documentation", "website", "man", "locales", "locale", "i18n", "translations",
    "changelogs", "changelog", ".changeset", NULL };
static const char *const docs_stems[] = { "readme", "changelog", "changes", "history", "license", "licence", "notice", "contributing",
    "authors", "security", "code_of_conduct", NULL };
static const char *const test_dirs[] = { "test", "tests", "__tests__", "spec", "specs", "e2e", "testdata", "test-data", "fixtures",
    "fixture", "__fixtures__", "__mocks__", "__snapshots__", "mocks", "cassettes", "testing", "unittests", NULL };
static const char *const sample_dirs[] = { "example", "examples", "sample", "samples", "demo", "demos", "cookbook", "cookbooks",
    "tutorial", "tutorials", "marketplace", "marketplaces", "playground", NULL };
static const char *const vendor_dirs[] = { "node_modules", "site-packages", "dist-packages", "vendor", "third_party", "third-party",
    "bower_components", ".venv", "venv", NULL };
static const char *const lock_names[] = { "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",
    "poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock", "cargo.lock", "go.sum", "composer.lock", "gemfile.lock", "gradle.lockfile", NULL };

static bool has_any_dir(wr_slice path, const char *const *dirs)
{
    wr_slice rest = wr_path_dir(path), part;
    while (rest.len > 0 && wr_slice_split(&rest, '/', &part))
        if (wr_word_in(dirs, part))
            return true;
    return false;
}

bool wr_path_has_dir(wr_slice path, const char *dir)
{
    const char *const dirs[] = { dir, NULL };
    return has_any_dir(path, dirs);
}

static wr_slice stem_of(wr_slice name)
{
    return wr_slice_part(name, 0, wr_slice_find_char(name, '.'));
}

/* .env, .env.production, prod.env; an example of one (.env.example) is documentation. */
static bool is_env(wr_slice name)
{
    return wr_slice_eq_fold(name, WR_SLICE(".env")) || wr_slice_starts(name, ".env.") || wr_slice_ends(name, ".env");
}

static bool is_env_example(wr_slice name)
{
    return wr_contains_fold(name, "example") || wr_contains_fold(name, "sample") || wr_contains_fold(name, ".dist");
}

/* A template of a configuration is what the configuration is made from; one of .env waits for a person to fill it in. */
static bool is_env_draft(wr_slice name)
{
    return wr_contains_fold(name, "template") || wr_contains_fold(name, "defaults");
}

/* The folders that a person made. Below src/main/java they are a package's name: org.springframework.samples is no sample. */
static wr_slice above_package(wr_slice path)
{
    static const char *const roots[] = { "src/main/java/", "src/main/kotlin/", "src/main/scala/", "src/main/groovy/" };
    for (size_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        const size_t at = wr_slice_find(path, wr_slice_of(roots[i]));
        if (at < path.len && (at == 0 || path.at[at - 1] == '/'))
            return wr_slice_part(path, 0, at + strlen(roots[i]));
    }
    return path;
}

static bool is_test_name(wr_slice name)
{
    return wr_contains_fold(name, ".test.") || wr_contains_fold(name, ".spec.") || wr_contains_fold(name, "_test.") ||
           wr_slice_starts(name, "test_") || wr_slice_eq_fold(name, WR_SLICE("conftest.py")) || wr_contains_fold(name, ".stories.") ||
           wr_contains_fold(name, ".mock.") || wr_slice_ends(name, ".snap") || wr_slice_ends(name, "Test.java") ||
           wr_slice_ends(name, "Tests.cs");
}

wr_path_facts wr_path_facts_of(wr_slice path)
{
    const wr_slice name = wr_path_name(path), ext = wr_path_ext(path), stem = stem_of(name), made = above_package(path);
    wr_path_facts p = { 0 };
    p.env = is_env(name);
    p.code = wr_word_in(code_exts, ext);
    p.config = !p.code && (p.env || wr_word_in(config_exts, ext) || wr_word_in(config_names, stem) ||
                           wr_word_in(config_names, name));
    p.docs = wr_word_in(docs_exts, ext) || has_any_dir(made, docs_dirs) || (wr_word_in(docs_stems, stem) && !p.code) ||
             ((p.env || p.config) && is_env_example(name)) || (p.env && is_env_draft(name));
    p.test = has_any_dir(made, test_dirs) || is_test_name(name);
    p.sample = has_any_dir(made, sample_dirs);
    p.vendored = has_any_dir(path, vendor_dirs);
    p.generated = wr_word_in(lock_names, name) || wr_slice_ends(name, ".d.ts") || wr_slice_ends(name, ".d.mts") ||
                  wr_slice_ends(name, ".d.cts") || wr_slice_ends(name, ".map") || wr_contains_fold(name, ".min.") ||
                  wr_contains_fold(name, ".gen.") || wr_contains_fold(name, ".generated.") ||
                  wr_slice_ends(name, ".tsbuildinfo") || wr_slice_ends(name, ".pyi") || wr_slice_ends(name, "_pb2.py");
    return p;
}

wr_path_facts wr_path_facts_in(wr_slice path, wr_slice own)
{
    wr_path_facts p = wr_path_facts_of(path);
    if (own.len > 0 && path.len > own.len && path.at[own.len] == '/' && wr_slice_eq(wr_slice_part(path, 0, own.len), own))
        p.vendored = has_any_dir(wr_slice_from(path, own.len + 1), vendor_dirs);
    return p;
}

static const struct { const char *word, *role; } environment_words[] = {
    { "production", "production" }, { "prod", "production" }, { "prd", "production" }, { "live", "production" },
    { "staging", "staging" }, { "stage", "staging" }, { "stg", "staging" }, { "preprod", "staging" }, { "uat", "staging" },
    { "development", "development" }, { "dev", "development" }, { "local", "development" },
    { "test", "test" }, { "testing", "test" }, { "qa", "test" }, { "ci", "test" },
};

static wr_slice role_of_word(wr_slice word)
{
    for (size_t i = 0; i < sizeof environment_words / sizeof environment_words[0]; i++)
        if (wr_slice_eq_fold(word, wr_slice_of(environment_words[i].word)))
            return wr_slice_of(environment_words[i].role);
    return (wr_slice){ 0 };
}

/* The next run of letters and digits, or "". */
static wr_slice next_word(wr_slice text, size_t *at)
{
    while (*at < text.len && !wr_is_alnum(text.at[*at]))
        (*at)++;
    const size_t from = *at;
    while (*at < text.len && wr_is_alnum(text.at[*at]))
        (*at)++;
    return wr_slice_part(text, from, *at - from);
}

wr_slice wr_environment_word(wr_slice text, wr_slice *ret_word)
{
    size_t at = 0;
    for (wr_slice word; (word = next_word(text, &at)).len > 0;) {
        const wr_slice role = role_of_word(word);
        if (role.len > 0) {
            *ret_word = word;
            return role;
        }
    }
    return (wr_slice){ 0 };
}

/* Short words that nobody uses for anything else. */
static const char *const short_words[] = { "prod", "prd", "stg", "preprod", "uat", "qa", NULL };
/* What follows an environment's name in the name of a file or folder: what is deployed with, or where to. */
static const char *const environment_followers[] = { "env", "environment", "environments", "values", "config", "configs", "configuration", "settings",
    "vars", "secrets", "params",
    "parameters", "overlay", "overlays", "override", "overrides", "compose", "docker", "k8s", "kubernetes", "helm", "deploy", "deployment", "deployments",
        "cluster", "namespace", "infra",
    "main", "stage", "pipeline", "release", "blue", "green", "eu", "us", "ap", "uk", "de", "asia", "europe", "west", "east", "north", "south", "central",
        NULL };

/* Whether an environment's word means one in a name: values-prod.yaml, production/, prod-eu.tfvars, production-values.yaml. In
 * production-stack/, live-chat.yaml and test-service.yml it says what sort of thing this is. */
static bool means_environment(wr_slice name, wr_slice word, size_t end, wr_slice before)
{
    if (wr_slice_eq_fold(before, WR_SLICE("non")) || wr_slice_eq_fold(before, WR_SLICE("not")))
        return false;
    if (end >= name.len || name.at[end] == '.' || wr_word_in(short_words, word))
        return true;
    const wr_slice after = next_word(name, &end);
    return after.len == 0 || wr_is_digit(after.at[0]) || wr_word_in(environment_followers, after);
}

wr_slice wr_environment_of_name(wr_slice name, wr_slice *ret_word)
{
    size_t at = 0;
    wr_slice before = { 0 };
    for (wr_slice word; (word = next_word(name, &at)).len > 0; before = word) {
        const wr_slice role = role_of_word(word);
        if (role.len > 0 && means_environment(name, word, at, before)) {
            *ret_word = word;
            return wr_slice_eq_fold(before, WR_SLICE("pre")) && wr_slice_is(role, "production") ? WR_SLICE("staging") : role;
        }
    }
    return (wr_slice){ 0 };
}

wr_slice wr_environment_of_path(wr_slice path, wr_slice *ret_word)
{
    wr_slice role = wr_environment_of_name(wr_path_name(path), ret_word);
    for (wr_slice dir = wr_path_dir(path); role.len == 0 && dir.len > 0; dir = wr_path_dir(dir))
        role = wr_environment_of_name(wr_path_name(dir), ret_word);
    return role;
}

bool wr_path_resolve(wr_arena *a, wr_slice dir, wr_slice relative, wr_slice *ret)
{
    wr_slice at = dir, rest = relative, part;
    if (relative.len == 0 || relative.at[0] == '/' || relative.at[0] == '~')
        return false;
    while (rest.len > 0 && wr_slice_split(&rest, '/', &part)) {
        if (part.len == 0 || wr_slice_is(part, "."))
            continue;
        if (!wr_slice_is(part, "..")) {
            at = at.len > 0 ? wr_path_join(a, at, part) : part;
            continue;
        }
        if (at.len == 0)
            return false;
        at = wr_path_dir(at);
    }
    *ret = at;
    return true;
}
