# Attacks in model files, seen from the command line: a name decides nothing, and what stands beside a model counts.
load helper

names=(model.pkl model.pickle model.pt model.pth model.bin model.ckpt model.joblib model.npy model.npz model.safetensors model.gguf
       model.onnx model.h5 model.keras model.txt model.json README.md photo.png archive.zip data.csv noextension .hidden
       "name with blanks" model.tar.gz model.py)

each_setup() {
    python3 - <<'PY'
import gzip, io, pickle, tarfile, zipfile
def say(evil): return b"cos\nsystem\n(S'echo'\ntR." if evil else b"ccollections\nCounter\n(S'echo'\ntR."
def packed(data):
    b = io.BytesIO()
    with zipfile.ZipFile(b, "w") as z:
        z.writestr("archive/data.pkl", data)
        z.writestr("archive/version", "3\n")
    return b.getvalue()
def tarred(data):
    b = io.BytesIO()
    with tarfile.open(fileobj=b, mode="w") as t:
        info = tarfile.TarInfo("data.pkl")
        info.size = len(data)
        t.addfile(info, io.BytesIO(data))
    return b.getvalue()
for word, evil in (("bad", True), ("good", False)):
    for form, data in (("plain", say(evil)), ("zip", packed(say(evil))), ("gzip", gzip.compress(say(evil), mtime=0)), ("tar", tarred(say(evil)))):
        open("%s.%s" % (form, word), "wb").write(data)
PY
}

# verdict FILE: exit status, the rules of the grave findings and whether anything was left unread, as `warrant artifact
# inspect` sees it (that a name does not fit is said too, and is no verdict)
verdict() {
    local status=0
    output=$("$WARRANT" artifact inspect "$1" --json 2>/dev/null) || status=$?
    json "($status, sorted(f['rule'] for f in j['findings'] if f['severity'] in ('critical', 'high', 'medium')), bool(j['unread']))"
}

@test "the same payload under many names has one verdict for inspect" {
    [ "${#names[@]}" -ge 20 ]
    for form in plain zip gzip tar; do
        mkdir "$form"
        for name in "${names[@]}"; do
            cp "$form.bad" "$form/$name"
            got=$(verdict "$form/$name")
            [ "$got" = "(1, ['pickle-dangerous-call'], False)" ] || { echo "$form as $name: $got"; return 1; }
        done
    done
    for name in "${names[@]}"; do
        cp plain.good "plain/$name"
        got=$(verdict "plain/$name")
        [ "$got" = "(0, [], False)" ] || { echo "the harmless one as $name: $got"; return 1; }
    done
}

@test "the same payload under many names has one verdict for scan" {
    for form in plain zip gzip tar; do
        mkdir "$form"
        for name in "${names[@]}"; do cp "$form.bad" "$form/$name"; done
        expect 1 warrant scan "$form" --json --no-ignore -n
        [ "$(json "len({f['path'] for f in j['findings'] if f['rule'] == 'pickle-dangerous-call'})")" -eq "${#names[@]}" ] ||
            { json "sorted({f['path'] for f in j['findings'] if f['rule'] == 'pickle-dangerous-call'})"; return 1; }
        for name in "${names[@]}"; do cp "$form.good" "$form/$name"; done
        expect 0 warrant scan "$form" --json --no-ignore -n
        [ "$(json "[f for f in j['findings'] if f['severity'] in ('critical', 'high', 'medium')]")" = "[]" ]
    done
}

@test "code beside a model that its loader may run is a finding" {
    printf '{"model_type": "x", "n": 1000000000000000019884624838656, "auto_map": {"AutoModel": "modeling_x.X"}}' > config.json
    expect 0 warrant artifact inspect config.json
    says 'remote-code'
    printf '{"auto_map": {"AutoModel": "other/place--modeling_x.X"}}' > config.json
    expect 1 warrant scan config.json -n
    says 'other/place--modeling_x.X'
    printf '{"auto_map": {"AutoTokenizer": ["tokenization_x.X", null]}}' > tokenizer_config.json
    expect 0 warrant artifact inspect tokenizer_config.json
    says 'tokenization_x.X'
    printf '{"model_type": "x", "auto_map": {}, "architectures": ["XForCausalLM"]}' > config.json
    expect 0 warrant artifact inspect config.json --json
    [ "$(json "j['findings']")" = "[]" ]
    printf '{"auto_map": "broken"}' > config.json
    expect 4 warrant artifact inspect config.json
}

@test "commands and scripts in a model's configuration are a finding" {
    printf '{"model_type": "x", "debug": {"command": "rm -rf /"}}' > config.json
    expect 1 warrant artifact inspect config.json
    says 'metadata-code'
    printf '{"remote_url": "http://example.org/exfiltrate"}' > model_config.json
    expect 1 warrant artifact inspect model_config.json
    says 'metadata-address'
    printf '{"model_type": "x", "_name_or_path": "acme/model", "n": 1000000000000000019884624838656, "license": "https://example.org/license", "torch_dtype": "float16"}' > config.json
    expect 0 warrant artifact inspect config.json --json
    [ "$(json "j['findings']")" = "[]" ]
    printf '{"scripts": {"clean": "rm -rf /tmp/build"}}' > config.json
    expect 0 warrant artifact inspect config.json
}

@test "a chat template under another key is judged" {
    printf '{"chat_template": "{{ messages }}", "custom_chat_template": "{{ self.__init__.__globals__ }}"}' > t.json
    expect 1 warrant scan t.json -n
    says 'template'
    printf '{"chat_template": "{{ messages }}", "custom_chat_template": "{{ messages[0].content }}"}' > t.json
    expect 0 warrant scan t.json -n
}
