#include "detect.h"

#include "scan/detectors/servers.h"

static void words_of_a_shell(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(WR_MIB);
    wr_slice w[8];
    assert_int_equal(wr_shell_words(a, WR_SLICE("a 'b c' \"d \\\" e\" f\\ g x=\"y z\" # no"), w, 8), 5);
    assert_true(wr_slice_is(w[1], "b c"));
    assert_true(wr_slice_is(w[2], "d \" e"));
    assert_true(wr_slice_is(w[3], "f g"));
    assert_true(wr_slice_is(w[4], "x=y z"));
    assert_int_equal(wr_shell_words(a, WR_SLICE("a \\\n  b && c"), w, 8), 2);
    assert_int_equal(wr_shell_words(a, WR_SLICE("'never ends"), w, 8), 1);
    assert_int_equal(wr_shell_words(a, WR_SLICE("a b c d e f g h i j"), w, 8), 8);
}

static void scripts_and_units(void **state)
{
    (void)state;
    tree t = TREE({ "run.sh", "#!/bin/sh\nexport X=1\nexec vllm serve meta-llama/Llama-3.1-8B-Instruct \\\n  --host 0.0.0.0 --port 8000 --quantization awq --max-model-len 8192 \\\n  --served-model-name house --trust-remote-code --enable-lora --lora-modules a=/x\nollama pull llama3.2 && ollama run llama3.2\n" },
                  { "deploy/llama.service", "[Service]\nExecStart=/usr/bin/llama-server -hf bartowski/Qwen2.5-7B-Instruct-GGUF:Q4_K_M --port 8080\n" },
                  { "deploy/sg.service", "[Service]\nEnvironment=A=1\nExecStart=/opt/venv/bin/python -m sglang.launch_server --model-path Qwen/Qwen2.5-7B-Instruct --host 0.0.0.0 --api-key ${SGL_KEY}\n" },
                  { "d.sh", "docker run --gpus all -p 8080:80 -e X=1 ghcr.io/huggingface/text-generation-inference:2.0 --model-id mistralai/Mistral-7B-Instruct-v0.2\n" },
                  { "notes.sh", "echo 'start it with vllm serve some/model'\n# vllm serve other/model\npip install vllm\n" });
    const char *v = "endpoint:" REPO "run.sh#vllm";
    text_is(must(&t, v), "address", "public");
    text_is(must(&t, v), "auth", "none");
    text_is(must(&t, v), "served_as", "house");
    text_is(must(&t, v), "quantization", "awq");
    text_is(must(&t, v), "context", "8192");
    related(&t, v, WR_USES, "model:meta-llama/Llama-3.1-8B-Instruct");
    text_is(must(&t, "model:meta-llama/Llama-3.1-8B-Instruct"), "hosting", "self");
    const wr_finding *open = finding(&t, "model-server-open"), *trust = finding(&t, "trust-remote-code");
    assert_non_null(open);
    assert_int_equal(open->place.at, 3);
    assert_non_null(trust);
    must(&t, "model:ollama/llama3.2");
    const char *l = "endpoint:" REPO "deploy/llama.service#llama-server";
    text_is(must(&t, l), "address", "loopback");
    related(&t, l, WR_USES, "model:bartowski/Qwen2.5-7B-Instruct-GGUF");
    const char *s = "endpoint:" REPO "deploy/sg.service#sglang";
    text_is(must(&t, s), "auth", "key");
    related(&t, s, WR_AUTHENTICATES_WITH, "credential:" REPO "deploy/sg.service#SGL_KEY");
    related(&t, "endpoint:" REPO "d.sh#tgi", WR_USES, "model:mistralai/Mistral-7B-Instruct-v0.2");
    text_is(must(&t, "endpoint:" REPO "d.sh#tgi"), "address", "public");
    must_not(&t, "endpoint:" REPO "notes.sh#vllm");
    size_t servers = 0;
    for (size_t i = 0; i < wr_estate_finding_count(t.estate); i++)
        servers += wr_slice_is(wr_estate_finding_at(t.estate, i)->rule, "model-server-open");
    assert_int_equal(servers, 1); /* one has a key, one listens on the loopback, one did not say where */
    tree_free(&t);
}

static void images_and_deployments(void **state)
{
    (void)state;
    tree t = TREE({ "Dockerfile", "FROM python:3.12 AS build\nCMD [\"vllm\", \"serve\", \"not/this\"]\nFROM --platform=linux/amd64 vllm/vllm-openai:v0.6.3@sha256:0000000000000000000000000000000000000000000000000000000000000000\nCMD [\"--model\", \"Qwen/Qwen2.5-1.5B-Instruct\", \"--api-key\", \"$KEY_OF_IT\"]\n" },
                  { "o/Dockerfile", "FROM ollama/ollama:0.5.1\nRUN ollama serve & sleep 5 && ollama pull nomic-embed-text\n" },
                  { "s/Dockerfile", "FROM debian\nENTRYPOINT [\"python3\", \"-m\", \"vllm.entrypoints.openai.api_server\"]\nCMD [\"--model=Qwen/Qwen2.5-0.5B\", \"--host\", \"127.0.0.1\"]\n" },
                  { "compose.yaml", "services:\n  llm:\n    image: vllm/vllm-openai:v0.6.3\n    command: --model Qwen/Qwen2.5-7B-Instruct --trust-remote-code\n    ports: ['8000:8000']\n  safe:\n    image: vllm/vllm-openai:v0.6.3\n    environment: {VLLM_API_KEY: '${K}'}\n"
                                    "    command: [\"--model\", \"Qwen/Qwen2.5-3B-Instruct\"]\n    ports: ['8001:8000']\n  embed:\n    image: ghcr.io/huggingface/text-embeddings-inference:1.5\n    environment: [MODEL_ID=BAAI/bge-base-en-v1.5]\n"
                                    "  pull:\n    image: ollama/ollama:0.5.1\n    entrypoint: [\"/bin/sh\", \"-c\"]\n    command: [\"sleep 3; ollama pull llama3.2:1b\"]\n  db: {image: 'postgres:16'}\n" },
                  { "k8s/a.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: chat, namespace: prod}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: vllm/vllm-openai:v0.6.3\n        command: [\"/bin/sh\", \"-c\"]\n"
                                  "        args: [\"vllm serve mistralai/Mistral-7B-Instruct-v0.3 --max-model-len 4096\"]\n" });
    related(&t, "endpoint:" REPO "Dockerfile#vllm", WR_USES, "model:Qwen/Qwen2.5-1.5B-Instruct");
    must(&t, "credential:" REPO "Dockerfile#KEY_OF_IT");
    must_not(&t, "model:not/this"); /* an earlier stage does not run */
    must(&t, "model:ollama/nomic-embed-text");
    text_is(must(&t, "endpoint:" REPO "s/Dockerfile#vllm"), "address", "loopback");
    related(&t, "endpoint:http://llm:8000", WR_USES, "model:Qwen/Qwen2.5-7B-Instruct");
    related(&t, "endpoint:http://safe:8000", WR_USES, "model:Qwen/Qwen2.5-3B-Instruct");
    text_is(must(&t, "endpoint:http://safe:8000"), "auth", "key");
    related(&t, "endpoint:http://embed", WR_USES, "model:BAAI/bge-base-en-v1.5");
    must(&t, "model:ollama/llama3.2:1b");
    related(&t, "endpoint:http://chat:8000", WR_USES, "model:mistralai/Mistral-7B-Instruct-v0.3");
    text_is(must(&t, "endpoint:http://chat:8000"), "context", "4096");
    const wr_finding *open = finding(&t, "model-server-open");
    assert_non_null(open);
    assert_true(wr_slice_is(open->asset, "endpoint:http://llm:8000"));
    assert_non_null(finding(&t, "trust-remote-code"));
    tree_free(&t);
}

static void hostile_commands(void **state)
{
    (void)state;
    WR_AUTO_BUF b = wr_buf_new(WR_MIB * 2);
    for (int i = 0; i < 50000; i++)
        wr_buf_addc(&b, "vllm serve \\\n");
    WR_AUTO_BUF c = wr_buf_new(WR_MIB * 2);
    wr_buf_addc(&c, "vllm serve ");
    for (int i = 0; i < 100000; i++)
        wr_buf_addc(&c, "--model '");
    tree t = tree_new();
    tree_look(&t, "a.sh", wr_buf_slice(&b));
    tree_look(&t, "b.sh", wr_buf_slice(&c));
    tree_look(&t, "c.sh", WR_SLICE("vllm serve\nvllm\nllama-server -m\nollama pull\nollama run --verbose\ndocker run vllm/vllm-openai\ndocker -p run\n"));
    tree_look(&t, "Dockerfile", WR_SLICE("FROM vllm/vllm-openai\nCMD [\"--model\", 3, null, [1]]\nENTRYPOINT [\nRUN\nRUN ollama pull \\"));
    tree_look(&t, "compose.yaml", WR_SLICE("services:\n  a: {image: vllm/vllm-openai, command: {x: 1}, environment: 3, entrypoint: [sh, -c, 5]}\n"));
    tree_conclude(&t);
    must_not(&t, "model:serve");
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(words_of_a_shell), cmocka_unit_test(scripts_and_units), cmocka_unit_test(images_and_deployments), cmocka_unit_test(hostile_commands) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
