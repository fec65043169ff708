# Configurations beside models by which loading runs code or reads files elsewhere: each attack has a twin that is harmless.
load helper

each_setup() {
    python3 - <<'PY'
import json, os
def put(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write(text if isinstance(text, str) else json.dumps(text))
n = 0
cases = []
def case(name, rule, evil, good):
    global n
    n += 1
    put("case%02d/bad" % n, name, evil)
    put("case%02d/good" % n, name, good)
    cases.append("case%02d %s" % (n, rule))
transformer = {"model_type": "llama", "architectures": ["LlamaForCausalLM"]}
case("config.json", "remote-code", dict(transformer, custom_pipelines={"p": {"impl": "pipe.P"}}), dict(transformer, custom_pipelines={}))
case("config.json", "remote-code", '{"model_type": "x", "auto\\u005fmap": {"AutoModel": "m.M"}}', '{"model_type": "x", "auto\\u005fmaps": 1}')
case("config.json", "remote-code", '{"model_type": "x", "text": {"auto_map": {}}, "auto_map": {"AutoModel": "m.M"}}', '{"model_type": "x", "text": {"auto_map": {}}, "auto_map": {}}')
case("config.json", "remote-code-elsewhere", dict(transformer, _attn_implementation="acme/kernels:attention"), dict(transformer, _attn_implementation="sdpa"))
case("generation_config.json", "remote-code-elsewhere", {"custom_generate": "acme/search"}, {"do_sample": True})
case("adapter_config.json", "remote-code", {"peft_type": "LORA", "auto_mapping": {"base_model_class": "X", "parent_library": "acme_models"}}, {"peft_type": "LORA", "auto_mapping": {"base_model_class": "X", "parent_library": "transformers.models.bert.modeling_bert"}})
case("model_index.json", "remote-code", {"_class_name": "P", "unet": ["my_unet", "UNet"]}, {"_class_name": "P", "unet": ["diffusers", "UNet2DConditionModel"], "safety_checker": ["stable_diffusion", "S"], "x": [None, None]})
case("model_index.json", "remote-code", {"_class_name": ["pipeline", "P"]}, {"_class_name": "P"})
case("modules.json", "config-runs-code", [{"idx": 0, "name": "0", "path": "", "type": "os.system"}], [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}])
case("modules.json", "remote-code", [{"idx": 0, "name": "0", "path": "", "type": "acme.Layer"}], [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Pooling"}])
case("model.safetensors.index.json", "model-file-elsewhere", {"weight_map": {"a": "../../x.safetensors"}}, {"weight_map": {"a": "model-00001-of-00002.safetensors"}})
case("pytorch_model.bin.index.json", "model-file-elsewhere", {"weight_map": {"a": "/etc/hostname"}}, {"weight_map": {"a": "pytorch_model-00001.bin"}})
case("tokenizer_config.json", "remote-code", '{"model_max_length": 1000000000000000019884624838656, "auto\\u005fmap": {"AutoTokenizer": "t.T"}}', '{"model_max_length": 1000000000000000019884624838656}')
case("genai_config.json", "model-file-elsewhere", {"model": {"decoder": {"filename": "../../x.onnx"}}}, {"model": {"decoder": {"filename": "model.onnx"}}})
case("genai_config.json", "remote-code", {"model": {"decoder": {"session_options": {"custom_ops_library": "x.so"}}}}, {"model": {"decoder": {"session_options": {}}}})
case("mlc-chat-config.json", "model-file-elsewhere", {"model_lib": "../../x.so"}, {"model_lib": "llama_q4f16_1"})
keras = lambda module, cls, **config: {"module": module, "class_name": cls, "config": config, "registered_name": None}
case("config.json", "keras-foreign-module", keras("os", "system"), keras("keras_hub.layers", "Dense"))
case("task.json", "keras-foreign-module", keras("subprocess", "Popen"), keras("keras_hub.models", "GemmaCausalLM"))
case("tokenizer.json", "keras-file-access", keras("keras_hub.tokenizers", "T", vocabulary="/etc/hostname"), keras("keras_hub.tokenizers", "T", vocabulary=None))
case("MLmodel", "remote-code", "flavors:\n  python_function:\n    loader_module: acme_loader\n", "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n")
case("MLmodel", "remote-code", "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n    model_code_path: m.py\n", "flavors:\n  python_function:\n    loader_module: mlflow.pyfunc.model\n")
case("model_config.yaml", "config-runs-code", "model:\n  _target_: os.system\n  command: echo\n", "model:\n  _target_: nemo.collections.asr.models.EncDecCTCModel\n  path: {_target_: os.path.join}\n")
case("config.yaml", "config-runs-code", "a: {x: 1, \"_target_\": 'subprocess.Popen'}\n", "a: {x: 1, \"_target_\": 'torch.optim.Adam'}\n")
case("hparams.yaml", "config-runs-code", "a: !!python/object/apply:os.system [echo]\n", "a: !!python/object/apply:collections.OrderedDict []\n")
case("hparams.yaml", "config-runs-code", "a: !<tag:yaml.org,2002:python/object/new:subprocess.Popen> [echo]\n", "a: !!python/tuple [1, 2]\n")
case("mkdocs.yml", "config-runs-code", "a: !!python/name:os.system\n", "a: !!python/name:material.extensions.emoji.twemoji\n")
put("case90/bad", "custom_generate/generate.py", "def generate(model): pass\n")
put("case90/good", "generate/generate.py", "def generate(model): pass\n")
cases.append("case90 remote-code")
open("cases", "w").write("\n".join(cases) + "\n")
PY
}

@test "every configuration that runs code is found, and no twin of it" {
    local wrong="" count=0
    while read -r folder rule; do
        count=$((count + 1))
        output=$("$WARRANT" artifact inspect "$folder/bad" --json 2>/dev/null) || true
        [[ "$(json "sorted({f['rule'] for f in j['findings']})")" == *"'$rule'"* ]] || wrong+=" $folder/bad"
        output=$("$WARRANT" artifact inspect "$folder/good" --json 2>/dev/null) || true
        [ "$(json "len(j['findings'])")" = 0 ] || wrong+=" $folder/good"
    done <cases
    [ "$count" -ge 27 ]
    [ "$wrong" = "" ] || { echo "wrong:$wrong"; return 1; }
}
