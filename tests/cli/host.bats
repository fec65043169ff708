load helper

each_setup() { python3 "$WARRANT_SOURCE/tests/data/make_host.py" machine; }

of() { json "{a['name']: a for a in j['assets']}['$1']['properties'].get('$2', {}).get('value')"; }

@test "processes and what they listen on" {
    expect 4 warrant scan --host --root machine --json
    [ "$(json "sorted(a['name'] for a in j['assets'] if a['kind'] == 'system')")" = "['Jupyter on gpu-1', 'Ollama on gpu-1', 'Qdrant on gpu-1', 'vLLM on gpu-1']" ]
    [ "$(json "sorted(a['name'] for a in j['assets'] if a['kind'] in ('agent', 'tool'))")" = "['OpenAI Codex on gpu-1', 'notes-mcp on gpu-1']" ]
    [ "$(of 'Ollama on gpu-1, port 11434' address)" = loopback ]
    [ "$(of 'Ollama on gpu-1, port 11434' auth)" = none ]
    [ "$(of 'vLLM on gpu-1, port 8000' address)" = private ]
    [ "$(of 'Jupyter on gpu-1, port 8888' address)" = private ]
    [ "$(of 'Jupyter on gpu-1, port 8888' kind)" = notebook ]
    [ "$(of 'Qdrant on gpu-1, port 6333' address)" = loopback ]
    [ "$(json "len([a for a in j['assets'] if a['kind'] == 'endpoint'])")" = 4 ]
    [ "$(json "[r for r in j['relations'] if r['type'] == 'uses'][0]['to']")" = "model:huggingface/Linden/triage-7b" ]
    [ "$(json "[u['why'] for u in j['scan']['unread']]")" = "['an Ollama manifest that is no JSON']" ]
}

@test "a public address of the host makes what listens everywhere public" {
    printf '     |-- 198.51.100.7\n        /32 host LOCAL\n' >> machine/proc/net/fib_trie
    expect 4 warrant scan --host --root machine --json
    [ "$(of 'vLLM on gpu-1, port 8000' address)" = public ]
    [ "$(of 'Ollama on gpu-1, port 11434' address)" = loopback ]
}

@test "names of AI keys in environments are counted, values never kept" {
    expect 4 warrant scan --host --root machine --json
    [ "$(of gpu-1 key_variables)" = "['HF_TOKEN in 1 process', 'OPENAI_API_KEY in 2 processes', 'VLLM_API_KEY in 1 process']" ]
    grep -qr zq-secret machine   # the trap is set
    ! printf '%s' "$output$errors" | grep -qE 'zq-secret|zq-user|0123456789abcdef0123456789abcdef"'
    expect 0 warrant report --format json -o r.json
    ! grep -raqE 'zq-secret|zq-user' .warrant r.json
}

@test "accelerators with driver and firmware" {
    expect 4 warrant scan --host --root machine --json
    [ "$(of gpu-1 accelerators)" = "['Instinct MI210, driver amdgpu 6.3.6, firmware 113-D67301-063', 'NVIDIA L40S, driver 550.54.14, firmware 95.02.66.00.04']" ]
}

@test "model caches: revisions and digests out of names, nothing hashed" {
    expect 4 warrant scan --host --root machine --json
    [ "$(of Linden/triage-7b version)" = 0123456789abcdef0123456789abcdef01234567 ]
    [ "$(of Linden/triage-7b digest)" = "sha256:$(printf 'ab%.0s' {1..32})" ]
    [ "$(of Linden/triage-7b size)" = 7 ]
    [ "$(json "[a['id'] for a in j['assets'] if a['name'] == 'llama3:8b']")" = "['model:sha256:$(printf 'cd%.0s' {1..32})']" ]
    [ "$(of llama3:8b size)" = 4661211808 ]
    [ "$(of linden/notes-GGUF format)" = gguf ]
    [ "$(of resnet18-f37072fd.pth digest_begins)" = f37072fd ]
    [ "$(json "'evil.pth' in [a['name'] for a in j['assets']]")" = False ]
}

@test "a second scan of the host tells what changed; another machine is another scope" {
    expect 4 warrant scan --host --root machine --json
    local scope; scope=$(json "j['scan']['scope']")
    expect 4 warrant scan --host --root machine --json
    [ "$(json "(j['scan']['appeared'], j['scan']['changed'], j['scan']['vanished'])")" = "(0, 0, 0)" ]
    rm -r machine/proc/105 "machine/home/zq-user/.ollama/models/manifests/registry.ollama.ai/library/broken"
    expect 0 warrant scan --host --root machine --json
    [ "$(json "j['scan']['vanished'] >= 1")" = True ]
    echo ffffffffffffffffffffffffffffffff > machine/etc/machine-id
    expect 0 warrant scan --host --root machine --json
    [ "$(json "j['scan']['scope']")" != "$scope" ]
    [ "$(json "j['scan']['vanished']")" = 0 ]
}

@test "usage, and a root without /proc" {
    expect 2 warrant scan
    expect 2 warrant scan --host somewhere
    mkdir nothing
    expect 3 warrant scan --host --root nothing
    says 'no /proc below nothing'
}

@test "this machine itself can be scanned" {
    run "$WARRANT" scan --host --json
    [ "$status" = 0 ] || [ "$status" = 4 ]
}
