#include "detect.h"

#include <stdlib.h>

#define LIB "library:pkg:"

static void python(void **state)
{
    (void)state;
    tree t = TREE(
        { "a/requirements.txt", "# c\nopenai==1.51.2 ; python_version > '3'\nflask==2\nanthropic>=0.3\n-r other.txt\ntransformers[torch] == 4.44.2 # x\n" },
        { "b/pyproject.toml", "[project]\nname = \"b\"\ndependencies = [\"langchain>=0.3\", \"httpx\"]\n[project.optional-dependencies]\nx = [\"torch==2.3.1\"]\n" },
        { "c/pyproject.toml", "[tool.poetry]\nname = \"c\"\n[tool.poetry.dependencies]\npython = \"^3.11\"\nopenai = \"^1.2\"\n[tool.poetry.group.dev.dependencies]\ndatasets = \"2.20.0\"\n" },
        { "c/poetry.lock", "[[package]]\nname = \"openai\"\nversion = \"1.3.4\"\n\n[package.dependencies]\nname = \"x\"\n\n[[package]]\nname = \"flask\"\nversion = \"1\"\n" },
        { "d/setup.cfg", "[options]\ninstall_requires =\n    openai>=1\n    cohere==5.0.0\n[other]\nopenai = x\n" },
        { "e/environment.yml", "dependencies:\n  - python=3.11\n  - conda-forge::transformers=4.44.0\n  - pip:\n    - anthropic==0.40.0\n" },
        { "f/Pipfile.lock", "{\"default\": {\"openai\": {\"version\": \"==1.9.9\"}}, \"develop\": {\"pytest\": {\"version\": \"==1\"}}}" });
    const wr_asset *o = must(&t, LIB "pypi/openai@1.51.2");
    assert_int_equal(o->seen->place.at, 2);
    text_is(o, "version", "1.51.2");
    related(&t, LIB "pypi/cohere@5.0.0", WR_PROVIDED_BY, "provider:cohere");
    must_not(&t, "provider:openai"); /* its library goes wherever its client is sent */
    must(&t, LIB "pypi/anthropic");
    must(&t, LIB "pypi/transformers@4.44.2");
    must(&t, LIB "pypi/langchain");
    must(&t, LIB "pypi/torch@2.3.1");
    must(&t, LIB "pypi/openai@1.3.4");
    must(&t, LIB "pypi/cohere@5.0.0");
    must(&t, LIB "pypi/transformers@4.44.0");
    must(&t, LIB "pypi/anthropic@0.40.0");
    must(&t, LIB "pypi/openai@1.9.9");
    must_not(&t, LIB "pypi/flask@2");
    tree_free(&t);
}

static void setup_py_is_read_and_not_run(void **state)
{
    (void)state;
    tree t = TREE({ "a/setup.py", "from setuptools import setup\n# install_requires=['groq']\nsetup(\n    name='a',\n    install_requires=[\n        'openai==1.51.2',  # 'cohere'\n        \"torch>=2\",\n    ],\n"
                                  "    extras_require={'dev': ['pytest'], 'voice': ['elevenlabs']},\n)\n" },
                  { "b/setup.py", "REQUIRED = [\n  'anthropic'\n]\nwith open('requirements.txt') as f: lines = f.read()\nsetup(install_requires=REQUIRED, extras_require=lines)\n" });
    must(&t, LIB "pypi/openai@1.51.2");
    must(&t, LIB "pypi/torch");
    must(&t, LIB "pypi/elevenlabs");
    must(&t, LIB "pypi/anthropic");
    must_not(&t, LIB "pypi/cohere");
    assert_int_equal(count_kind(&t, WR_LIBRARY), 4);
    tree_free(&t);
}

static void the_lock_wins(void **state)
{
    (void)state;
    tree t = TREE({ "a/package.json", "{\"name\":\"web\",\"dependencies\":{\"openai\":\"^4.0.0\",\"react\":\"1\"}}" },
                  { "a/package-lock.json", "{\"lockfileVersion\":3,\"packages\":{\"\":{\"name\":\"web\"},\"node_modules/openai\":{\"version\":\"4.2.1\"},"
                                           "\"node_modules/react\":{\"version\":\"1.0.0\"}}}" });
    must_not(&t, LIB "npm/openai");
    const wr_asset *o = must(&t, LIB "npm/openai@4.2.1");
    assert_true(bool_of(o, "direct"));
    assert_non_null(o->seen->next);
    related(&t, "system:" REPO "a", WR_USES, LIB "npm/openai@4.2.1");
    assert_true(wr_slice_is(must(&t, "system:" REPO "a")->name, "web"));
    assert_int_equal(count_kind(&t, WR_LIBRARY), 1);
    tree_free(&t);
}

static void npm_locks(void **state)
{
    (void)state;
    tree t = TREE({ "a/package-lock.json", "{\"dependencies\":{\"x\":{\"version\":\"1\",\"dependencies\":{\"openai\":{\"version\":\"3.0.0\"}}}}}" },
                  { "b/yarn.lock", "# yarn lockfile v1\n\nopenai@^4.0.0, openai@^4.1.0:\n  version \"4.1.5\"\n\n\"@anthropic-ai/sdk@^0.2\":\n  version \"0.2.3\"\n" },
                  { "c/yarn.lock", "__metadata:\n  version: 8\n\n\"openai@npm:^4.5.0\":\n  version: 4.5.6\n" },
                  { "d/pnpm-lock.yaml", "lockfileVersion: '9.0'\n\npackages:\n\n  '@anthropic-ai/sdk@0.27.3':\n    resolution: {integrity: x}\n\n  openai@4.7.1(zod@3.22.0):\n    x: 1\n" },
                  { "e/pnpm-lock.yaml", "lockfileVersion: 5.4\npackages:\n\n  /openai/4.8.0:\n    resolution: {}\n" },
                  { "f/bun.lock", "{\n \"packages\": {\n  \"openai\": [\"openai@4.9.0\", \"\", {}],\n },\n}" });
    must(&t, LIB "npm/openai@3.0.0");
    must(&t, LIB "npm/openai@4.1.5");
    must(&t, LIB "npm/%40anthropic-ai/sdk@0.2.3");
    must(&t, LIB "npm/openai@4.5.6");
    must(&t, LIB "npm/%40anthropic-ai/sdk@0.27.3");
    must(&t, LIB "npm/openai@4.7.1");
    must(&t, LIB "npm/openai@4.8.0");
    must(&t, LIB "npm/openai@4.9.0");
    tree_free(&t);
}

static void go_rust_java(void **state)
{
    (void)state;
    tree t = TREE({ "a/go.mod", "module x.example/a\nrequire (\n\tgithub.com/ollama/ollama v0.3.12\n\tgolang.org/x/sync v0.8.0 // indirect\n)\nrequire github.com/sashabaranov/go-openai v1.31.0\n" },
                  { "b/Cargo.toml", "[package]\nname = \"b\"\n[dependencies]\nort = \"2.0.0-rc.6\"\nserde = \"1\"\n" },
                  { "b/Cargo.lock", "[[package]]\nname = \"ort\"\nversion = \"2.0.0-rc.6\"\n" },
                  { "c/pom.xml", "<project><properties><v>0.35.0</v></properties><!-- <dependency><groupId>dev.langchain4j</groupId><artifactId>langchain4j-open-ai</artifactId></dependency> -->"
                                 "<dependency>\n<groupId>dev.langchain4j</groupId><artifactId>langchain4j</artifactId><version>${v}</version></dependency></project>" },
                  { "d/build.gradle.kts", "dependencies {\n  // implementation(\"dev.langchain4j:langchain4j:0.1.0\")\n  implementation(\"dev.langchain4j:langchain4j:0.36.0\")\n}\n" });
    must(&t, LIB "golang/github.com/ollama/ollama@v0.3.12");
    must(&t, LIB "golang/github.com/sashabaranov/go-openai@v1.31.0");
    must(&t, LIB "cargo/ort@2.0.0-rc.6");
    must_not(&t, LIB "cargo/ort");
    must(&t, LIB "maven/dev.langchain4j/langchain4j@0.35.0");
    must(&t, LIB "maven/dev.langchain4j/langchain4j@0.36.0");
    must_not(&t, LIB "maven/dev.langchain4j/langchain4j@0.1.0");
    must_not(&t, LIB "maven/dev.langchain4j/langchain4j-open-ai");
    assert_int_equal(count_kind(&t, WR_LIBRARY), 5);
    tree_free(&t);
}

static void somebody_elses_tree(void **state)
{
    (void)state;
    tree t = TREE({ "node_modules/x/package.json", "{\"dependencies\":{\"openai\":\"1.0.0\"}}" }, { "tests/requirements.txt", "openai==1.0.0\n" });
    assert_int_equal(count_kind(&t, WR_LIBRARY), 0);
    assert_int_equal(count_kind(&t, WR_SYSTEM), 0);
    tree_free(&t);
}

static void broken_manifests_are_unread(void **state)
{
    (void)state;
    char *deep = malloc(WR_MIB + 1);
    assert_non_null(deep);
    memset(deep, '[', WR_MIB);
    deep[WR_MIB] = '\0';
    tree t = TREE({ "a/package.json", "{\"dependencies\":{\"openai\":" }, { "b/pyproject.toml", "[project\n" }, { "c/package-lock.json", deep },
                  { "d/environment.yml", deep }, { "e/pom.xml", "<dependency><groupId>" }, { "f/go.mod", "require (" }, { "g/yarn.lock", "\"\n:" });
    assert_int_equal(wr_estate_unread_count(t.estate), 4);
    assert_int_equal(count_kind(&t, WR_LIBRARY), 0);
    tree_free(&t);
    free(deep);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(python), cmocka_unit_test(setup_py_is_read_and_not_run), cmocka_unit_test(the_lock_wins), cmocka_unit_test(npm_locks), cmocka_unit_test(go_rust_java),
                                        cmocka_unit_test(somebody_elses_tree), cmocka_unit_test(broken_manifests_are_unread) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
