#include "detect.h"

#include "scan/detectors/serve.h"

static void templates(void **state)
{
    (void)state;
    WR_AUTO_ARENA a = wr_arena_new(WR_MIB);
    const wr_slice s = wr_untemplate(a, WR_SLICE("a: {{ .x }}-b\n{{- if .y }}\nc: \"{{ .d }}\"\n{{- end }}\nd: {{ toYaml . |\n  nindent 4 }}e\n"));
    assert_true(wr_slice_is(s, "a: ${t0}-b\n\nc: \"${t1}\"\n\nd: ${t2}\ne\n"));
    assert_true(wr_slice_is(wr_untemplate(a, WR_SLICE("{{ never\nends")), "\n\n"));
}

static void charts(void **state)
{
    (void)state;
    tree t = TREE({ "charts/chat/values.yaml", "llm:\n  image: {registry: docker.io, repository: vllm/vllm-openai, tag: v0.6.3}\n  args: [\"--model\", \"Qwen/Qwen2.5-7B-Instruct\"]\n"
                                               "stack:\n  modelSpec:\n  - name: small\n    repository: vllm/vllm-openai\n    tag: v0.6.3\n    modelURL: Qwen/Qwen2.5-1.5B-Instruct\nweb:\n  image: {repository: nginx, tag: '1.25'}\n"
                                               "untagged:\n  image: {repository: qdrant/qdrant}\n" },
                  { "charts/chat/Chart.yaml", "apiVersion: v2\nname: chat\nversion: 1.0.0\ndependencies:\n- {name: qdrant, version: 0.10.1, repository: 'https://charts.linden.example'}\n- {name: postgresql, version: 1.0.0}\n" },
                  { "charts/chat/templates/llm.yaml", "{{- if .Values.on }}\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {{ include \"chat.fullname\" . }}\n  labels:\n    {{- include \"chat.labels\" . | nindent 4 }}\nspec:\n  template:\n    spec:\n      containers:\n"
                                                      "      - name: llm\n        image: ghcr.io/huggingface/text-generation-inference:2.4.0\n        args:\n        - --model-id={{ .Values.model }}\n        - --trust-remote-code\n        env:\n        {{- range .Values.env }}\n        - name: {{ .name }}\n          value: {{ .value | quote }}\n        {{- end }}\n{{- end }}\n" },
                  { "charts/chat/templates/odd.yaml", "{{ range $k, $v := .Values.x }}\napiVersion: v1\nkind: {{ $k }}\n  bad: [\n{{ end }}\n" },
                  { "overlays/live/kustomization.yaml", "namespace: chat-prod\nimages:\n- {name: vllm/vllm-openai, newTag: v0.6.4}\n- {name: nginx, newTag: '1'}\nhelmCharts:\n- {name: ollama, version: 1.2.0, releaseName: local}\n" });
    related(&t, "endpoint:http://llm:8000", WR_USES, "model:Qwen/Qwen2.5-7B-Instruct");
    related(&t, "endpoint:http://small:8000", WR_USES, "model:Qwen/Qwen2.5-1.5B-Instruct");
    text_is(must(&t, "endpoint:" REPO "charts/chat/Chart.yaml#chart.qdrant"), "chart_version", "0.10.1");
    must_not(&t, "endpoint:" REPO "charts/chat/Chart.yaml#chart.postgresql");
    must_not(&t, "provider:qdrantx");
    text_is(must(&t, "endpoint:http://chat"), "image_tag", "2.4.0"); /* the name is computed: the chart's folder stands for it */
    const wr_finding *f = finding(&t, "trust-remote-code");
    assert_non_null(f);
    assert_true(wr_slice_is(f->place.path, "charts/chat/templates/llm.yaml"));
    assert_int_equal(f->place.at, 12);
    assert_int_equal(wr_estate_unread_count(t.estate), 0);
    text_is(must(&t, "environment:production"), "role", "production");
    related(&t, "endpoint:" REPO "overlays/live/kustomization.yaml#chart.local", WR_RUNS_IN, "environment:production");
    assert_non_null(wr_asset_property(must(&t, "provider:vllm"), "images"));
    tree_free(&t);
}

static void objects(void **state)
{
    (void)state;
    tree t = TREE({ "k/a.yaml", "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: chat, namespace: team-prod}\nspec:\n  predictor:\n    model:\n      modelFormat: {name: huggingface}\n      storageUri: hf://meta-llama/Llama-3.1-8B-Instruct:main\n"
                                "---\napiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: old}\nspec: {predictor: {sklearn: {storageUri: 's3://models/old'}}}\n"
                                "---\napiVersion: kubeai.org/v1\nkind: Model\nmetadata: {name: gemma}\nspec: {url: 'ollama://gemma2:2b', engine: OLlama}\n"
                                "---\napiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: ray}\nspec:\n  serveConfigV2: |\n    applications:\n    - name: llm\n      args: {llm_configs: [{model_loading_config: {model_id: q, model_source: Qwen/Qwen2.5-0.5B-Instruct}}]}\n"
                                "---\napiVersion: apps.nvidia.com/v1alpha1\nkind: NIMService\nmetadata: {name: nim}\nspec: {image: {repository: nvcr.io/nim/meta/llama-3.1-8b-instruct, tag: 1.3.3}}\n"
                                "---\napiVersion: kagent.dev/v1alpha1\nkind: Agent\nmetadata: {name: helper}\nspec: {systemMessage: You look after a small cluster.}\n"
                                "---\napiVersion: example.dev/v1\nkind: Model\nmetadata: {name: train}\nspec: {url: 'hf://x/y'}\n" });
    related(&t, "endpoint:http://chat", WR_USES, "model:meta-llama/Llama-3.1-8B-Instruct");
    related(&t, "endpoint:http://chat", WR_RUNS_IN, "environment:production");
    text_is(must(&t, "endpoint:http://old"), "model_origin", "s3://models/old");
    related(&t, "endpoint:http://gemma", WR_USES, "model:ollama/gemma2:2b");
    related(&t, "endpoint:http://ray", WR_USES, "model:Qwen/Qwen2.5-0.5B-Instruct");
    related(&t, "endpoint:http://nim", WR_PROVIDED_BY, "provider:nvidia-nim");
    related(&t, "agent:" REPO "k/a.yaml#helper", WR_INSTRUCTED_BY, "prompt:" REPO "k/a.yaml#helper system message");
    must_not(&t, "endpoint:http://train"); /* another's kind of the same name */
    tree_free(&t);
}

static void hostile_clusters(void **state)
{
    (void)state;
    WR_AUTO_BUF b = wr_buf_new(WR_MIB * 2);
    wr_buf_addc(&b, "apiVersion: v1\nkind: X\n");
    for (int i = 0; i < 50000; i++)
        wr_buf_addc(&b, "{{ a }} {{ b\n");
    WR_AUTO_BUF d = wr_buf_new(WR_MIB * 2);
    for (int i = 0; i < 60; i++)
        wr_buf_printf(&d, "%*sa:\n", i, "");
    wr_buf_printf(&d, "%*simage: {repository: vllm/vllm-openai, tag: 1}\n", 60, "");
    tree t = tree_new();
    tree_look(&t, "templates/a.yaml", wr_buf_slice(&b));
    tree_look(&t, "values.yaml", wr_buf_slice(&d));
    tree_look(&t, "values-x.yaml", WR_SLICE("a: {image: [1, {repository: 3}], args: {b: c}, model: [x]}\nb: {image: {repository: vllm/vllm-openai, tag: [1]}}\n"));
    tree_look(&t, "Chart.yaml", WR_SLICE("dependencies: {a: b}\n"));
    tree_look(&t, "kustomization.yaml", WR_SLICE("images: x\nhelmCharts: [1, {name: qdrant}]\nnamespace: [prod]\n"));
    tree_look(&t, "k.yaml", WR_SLICE("apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: '{{ x }}'}\nspec: 3\n---\napiVersion: ray.io/v1\nkind: RayService\nmetadata: {name: r}\nspec: {serveConfigV2: '[['}\n"));
    tree_conclude(&t);
    tree_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(templates), cmocka_unit_test(charts), cmocka_unit_test(objects), cmocka_unit_test(hostile_clusters) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
