# `warrant artifact`: what is in a model file, what changed, who signed it, who approved it, and what arrives.
load helper

each_setup() {
    read -r digest odd < <(python3 "$WARRANT_SOURCE/tests/data/make_weights.py" models)
    printf "cos\nsystem\n(S'id'\ntR." > evil.pkl
}

key() { # NAME CURVE: NAME.pem, NAME.pub
    openssl ecparam -name "$2" -genkey -noout -out "$1.pem" 2>/dev/null && openssl ec -in "$1.pem" -pubout -out "$1.pub" 2>/dev/null && chmod 600 "$1.pem"
}

# until_says FILE PATTERN: waits, at most 20 seconds
until_says() {
    for _ in $(seq 600); do
        grep -qE -- "$2" "$1" 2>/dev/null && return 0
        sleep 0.1
    done
    printf 'nothing matches %s in\n%s\n' "$2" "$(cat "$1")"
    return 1
}

watcher() { # ARGUMENTS of warrant artifact watch
    "$WARRANT" artifact watch "$@" > watch.log 2> watch.err 3>&- &
    pid=$!
    until_says watch.err 'Watching'
}

stop_watcher() {
    kill -TERM "$pid"
    wait "$pid"
}

teardown() { [ -z "$pid" ] || kill -KILL "$pid" 2>/dev/null || true; }

@test "tensors are listed with type, shape, place and bytes" {
    expect 0 warrant artifact inspect models/same_a.safetensors --tensors --json
    [ "$(json "[(t['name'], t['dtype'], t['shape'], t['bytes']) for t in j['contents']['tensors']]")" = \
      "[('layer.weight', 'F32', [2, 3], 24), ('layer.bias', 'F32', [2], 8), ('scale', 'F32', [], 4)]" ]
    for f in same_a.safetensors same.npz same.pt; do
        expect 0 warrant artifact inspect "models/$f" --weights --json
        # each tensor's bytes are where the list says
        printf '%s' "$output" | python3 -c '
import hashlib, json, sys
data = open(sys.argv[1], "rb").read()
for t in json.load(sys.stdin)["contents"]["tensors"]:
    assert hashlib.sha256(data[t["offset"]:t["offset"] + t["bytes"]]).hexdigest() == t["sha256"], t' "models/$f"
    done
    expect 0 warrant artifact inspect models/same_a.safetensors --tensors
    says 'layer.bias +F32 +\[2\]'
    says '3 tensors'
}

@test "the weights digest is the one that the manual defines, whatever the file" {
    for f in models/same*; do
        expect 0 warrant artifact inspect "$f" --weights --json
        [ "$(json "j['contents']['weights_digest']")" = "$digest" ] || { echo "$f"; return 1; }
    done
    expect 0 warrant artifact inspect models/odd_names.safetensors --weights --json
    [ "$(json "j['contents']['weights_digest']")" = "$odd" ]
    for f in models/other*; do
        expect 0 warrant artifact inspect "$f" --weights --json
        [ "$(json "j['contents']['weights_digest']")" != "$digest" ] || { echo "$f"; return 1; }
        [ "$(json "j['contents']['weights_digest']")" != None ] || { echo "$f"; return 1; }
    done
}

@test "a list that is not whole gives no weights digest and says why" {
    for f in models/bad*; do
        output=$("$WARRANT" artifact inspect "$f" --weights --json) || true
        [ "$(json "j['contents']['weights_digest'], len(j['contents']['missing']) > 10")" = "(None, True)" ] || { echo "$f"; return 1; }
    done
}

@test "opcodes are listed as the unpickler meets them" {
    expect 1 warrant artifact inspect evil.pkl --opcodes --json
    [ "$(json "[(o['offset'], o['opcode'], o['argument']) for o in j['contents']['opcodes']]")" = \
      "[(0, 'GLOBAL', 'os system'), (11, 'MARK', ''), (12, 'STRING', \"'id'\"), (18, 'TUPLE', ''), (19, 'REDUCE', ''), (20, 'STOP', '')]" ]
    # against Python's own list, for a pickle in an archive
    expect 0 warrant artifact inspect models/same.pt --opcodes --json
    printf '%s' "$output" | python3 -c '
import json, pickletools, sys, zipfile
ours = [(o["offset"], o["opcode"]) for o in json.load(sys.stdin)["contents"]["opcodes"]]
theirs = [(at, op.name) for op, _, at in pickletools.genops(zipfile.ZipFile("models/same.pt").read("m/data.pkl"))]
assert ours == theirs, (ours, theirs)'
    expect 0 warrant artifact inspect models/same.npz --opcodes
    says 'no pickle'
}

@test "the threshold of inspect: --fail-on" {
    printf '\x93NUMPY\x01\x00\x46\x00%-69s\n12345678tail' "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }" > tail.npy
    expect 0 warrant artifact inspect tail.npy
    says '^ *medium'
    expect 0 warrant artifact inspect tail.npy --fail-on none
    expect 0 warrant artifact inspect tail.npy --fail-on high
    expect 1 warrant artifact inspect tail.npy --fail-on medium
    expect 1 warrant artifact inspect tail.npy --fail-on info
    expect 2 warrant artifact inspect tail.npy --fail-on loud
    expect 0 warrant artifact inspect evil.pkl --fail-on none
}

@test "several files in one call; what is no file is a usage error" {
    expect 1 warrant artifact inspect models/same.npz evil.pkl --json
    [ "$(json "[(f['file'], len(f['findings'])) for f in j['files']]")" = "[('models/same.npz', 0), ('evil.pkl', 1)]" ]
    expect 2 warrant artifact inspect nowhere
    expect 2 warrant artifact inspect evil.pkl --format yaml
    expect 0 warrant artifact inspect models/same.npz models/same.pt --quiet
    [ -z "$output" ]
}

@test "several files say what each says alone, wherever they lie" {
    mkdir -p one two
    cp evil.pkl one/evil.pkl
    cp models/same.npz one/same.npz
    cp evil.pkl two/again.pkl
    files='one/evil.pkl one/same.npz two/again.pkl'
    for f in $files; do
        output=$("$WARRANT" artifact inspect "$f" --json) || true
        json 'sorted(a["id"] for a in j["assets"]), j["assets"][0]["name"], [f["path"] for f in j["findings"]]'
    done > alone
    expect 1 warrant artifact inspect $files --json
    for i in 0 1 2; do
        json "sorted(a['id'] for a in j['files'][$i]['assets']), j['files'][$i]['assets'][0]['name'], [f['path'] for f in j['files'][$i]['findings']]"
    done > together
    diff alone together
    [ "$(grep -c 'again.pkl' together)" = 1 ]
    expect 1 warrant artifact inspect one
    says 'evil.pkl, byte'
}

@test "diff: packed anew, a changed number, another shape, another name, new imports" {
    expect 0 warrant artifact diff models/same.npz models/same.npz
    expect 1 warrant artifact diff models/same_a.safetensors models/same_turned.safetensors --json
    [ "$(json "j['same'], j['same_weights'], [m['name'] for m in j['metadata']], j['tensors']['unchanged']")" = "(False, True, ['note', 'licence'], 3)" ]
    expect 1 warrant artifact diff models/same_a.safetensors models/other_number.safetensors --json
    [ "$(json "j['same_weights'], j['tensors']['changed'], j['tensors']['unchanged']")" = "(False, ['scale'], 2)" ]
    expect 1 warrant artifact diff models/same_a.safetensors models/other_shape.safetensors --json
    [ "$(json "j['tensors']['reshaped']")" = "[{'name': 'layer.weight', 'before': 'F32 [2,3]', 'after': 'F32 [3,2]'}]" ]
    expect 1 warrant artifact diff models/same_a.safetensors models/other_name.safetensors --json
    [ "$(json "j['tensors']['added'], j['tensors']['removed']")" = "(['layer.w'], ['layer.weight'])" ]
    python3 -c 'import pickle; open("good.pkl", "wb").write(pickle.dumps({"a": 1}))'
    expect 1 warrant artifact diff good.pkl evil.pkl --json
    [ "$(json "[f['rule'] for f in j['findings']['added']], [p['after'] for p in j['properties'] if p['name'] == 'imports']")" = "(['pickle-dangerous-call'], [['os.system']])" ]
    [ "$(json "len(j['incomplete']) > 0 and j['same_weights'] is None")" = True ]
    expect 1 warrant artifact diff models/same_a.safetensors models/other_number.safetensors
    says '1 tensors with other numbers'
    expect 2 warrant artifact diff README evil.pkl
}

@test "diff names a chat template that changed" {
    python3 - <<'PY'
import struct
def text(s): return struct.pack("<Q", len(s)) + s
for name, template in (("a", b"{{ messages }}"), ("b", b"{{ messages }} obey")):
    pairs = [(b"general.architecture", b"llama"), (b"tokenizer.chat_template", template)]
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(text(k) + struct.pack("<I", 8) + text(v) for k, v in pairs)
    head += text(b"w") + struct.pack("<IQIQ", 1, 4, 0, 0)
    head += bytes(-len(head) % 32)
    open(name + ".gguf", "wb").write(head + struct.pack("<4f", 1, 2, 3, 4))
PY
    expect 1 warrant artifact diff a.gguf b.gguf --json
    [ "$(json "j['same_weights'], [p['name'] for p in j['properties'] if 'digest' in p['name']], [m['name'] for m in j['metadata']]")" = \
      "(True, ['chat_template_digest'], ['tokenizer.chat_template'])" ]
}

@test "scan --weights knows the same weights in two files as one model" {
    mkdir estate && cp models/same_a.safetensors models/same.pt models/other_number.pt estate
    expect 0 warrant scan estate --weights --json
    [ "$(json "sorted((a['name'], a['properties']['weights_digest']['value'] == '$digest', 'same_weights_as' in a['properties']) for a in j['assets'] if a['kind'] == 'model')")" = \
      "[('other_number.pt', False, False), ('same.pt', True, True), ('same_a.safetensors', True, True)]" ]
    expect 0 warrant scan estate --json
    [ "$(json "[a['name'] for a in j['assets'] if 'weights_digest' in a['properties']]")" = "[]" ]
}

@test "a lock: approved, altered, packed anew, not listed, missing" {
    mkdir estate && cp models/same_a.safetensors models/same.pt estate
    expect 0 warrant artifact lock estate --weights --by "release manager"
    cp warrant.lock before
    expect 0 warrant artifact lock estate --weights
    cmp warrant.lock before
    expect 0 warrant artifact verify estate
    says 'lock +ok: 2 model files'
    rm -r models evil.pkl
    expect 0 warrant scan . --json
    [ "$(json "sorted(a['properties']['digest_verified']['value'] for a in j['assets'] if a['kind'] == 'model' and a['seen'][0]['path'].startswith('estate'))")" = "[True, True]" ]
    json "[a['properties']['digest_verified']['how'] for a in j['assets'] if a['name'] == 'same.pt']" | grep -q 'line 5 of warrant.lock'
    cp estate/same.pt estate/another.pt && printf x >> estate/same.pt && rm estate/same_a.safetensors
    expect 1 warrant scan . --json
    [ "$(json "sorted((f['rule'], f['path'], f['kind']) for f in j['findings'] if f['rule'].startswith('lock'))")" = \
      "[('lock-mismatch', 'estate/same.pt', 'model-not-approved'), ('lock-missing', 'estate/same_a.safetensors', ''), ('lock-unlisted', 'estate/another.pt', 'model-not-approved')]" ]
    expect 1 warrant artifact verify estate
    says 'mismatch'
    python3 "$WARRANT_SOURCE/tests/data/make_weights.py" models > /dev/null
    cp models/same_turned.safetensors estate/same_a.safetensors
    expect 1 warrant scan . --weights --json
    [ "$(json "[f['severity'] for f in j['findings'] if f['rule'] == 'lock-repacked' and f['path'] == 'estate/same_a.safetensors']")" = "['medium']" ]
}

@test "a lock approves nothing that is dangerous, unless somebody says so" {
    expect 1 warrant artifact lock evil.pkl
    [ ! -e warrant.lock ]
    expect 0 warrant artifact lock evil.pkl --with-findings
    expect 4 warrant artifact lock "$WARRANT_SOURCE/README.md" -o other.lock
    expect 2 warrant artifact lock nowhere
}

@test "a lock that is not understood stops the scan; a foreign folder cannot vouch for itself" {
    mkdir here && cd here
    for bad in 'version: 1
models: [{path: a, sha256: 12}]' 'models: []' 'version: 9' 'version: 1
models: [{path: ../a, sha256: "'"$digest"'"}]' 'version: 1
models: [{path: a, sha256: "'"$digest"'", trusted: true}]' 'version: 1
models: [{sha256: "'"$digest"'"}]' '{{'; do
        printf '%s\n' "$bad" > warrant.lock
        got=0
        "$WARRANT" scan . > out 2> errors || got=$?
        [ "$got" -ge 2 ] && grep -q 'lock' errors || { echo "$bad: $got $(cat errors)"; return 1; }
    done
    rm warrant.lock
    mkdir ../foreign && cp ../models/same.pt ../foreign
    (cd ../foreign && "$WARRANT" artifact lock . > /dev/null)
    expect 0 warrant scan ../foreign --json
    [ "$(json "[a for a in j['assets'] if 'digest_verified' in a['properties']]")" = "[]" ]
    expect 0 warrant scan ../foreign --lock ../foreign/warrant.lock --json
    [ "$(json "[a['properties']['digest_verified']['value'] for a in j['assets'] if a['kind'] == 'model']")" = "[True]" ]
    expect 2 warrant scan . --lock nowhere
}

@test "sign and verify: three curves, a folder and a file; openssl agrees" {
    for curve in prime256v1 secp384r1 secp521r1; do
        key k "$curve"
        rm -rf m && mkdir -p m/sub && cp models/same.pt m && echo '{}' > m/sub/config.json && mkdir m/.git && echo x > m/.git/x
        expect 0 warrant artifact sign m --key k.pem
        expect 0 warrant artifact verify m --key k.pub
        says 'signature +ok: 2 files'
        # by hand: the envelope's signature, and the hint
        python3 -c '
import base64, json
e = json.load(open("m/model.sig"))["dsseEnvelope"]
p, t = base64.b64decode(e["payload"]), e["payloadType"].encode()
open("message", "wb").write(b"DSSEv1 %d %s %d %s" % (len(t), t, len(p), p))
open("signature", "wb").write(base64.b64decode(e["signatures"][0]["sig"]))'
        case $curve in prime256v1) hash=sha256 ;; secp384r1) hash=sha384 ;; *) hash=sha512 ;; esac
        openssl dgst "-$hash" -verify k.pub -signature signature message
        [ "$(python3 -c 'import json; print(json.load(open("m/model.sig"))["verificationMaterial"]["publicKey"]["hint"])')" = "$(sha256sum k.pub | cut -d' ' -f1)" ]
        expect 0 warrant artifact sign m --key k.pem
        expect 0 warrant artifact verify m --key k.pub
    done
    # the statement, made anew from the files
    python3 - <<'PY'
import base64, hashlib, json
s = json.loads(base64.b64decode(json.load(open("m/model.sig"))["dsseEnvelope"]["payload"]))
assert s["_type"] == "https://in-toto.io/Statement/v1" and s["predicateType"] == "https://model_signing/signature/v1.0"
want = [(n, hashlib.sha256(open("m/" + n, "rb").read()).hexdigest()) for n in ("same.pt", "sub/config.json")]
assert [(r["name"], r["digest"]) for r in s["predicate"]["resources"]] == want
assert s["subject"] == [{"name": "m", "digest": {"sha256": hashlib.sha256(b"".join(bytes.fromhex(d) for _, d in want)).hexdigest()}}]
assert s["predicate"]["serialization"]["method"] == "files" and s["predicate"]["serialization"]["allow_symlinks"] is False
assert "model.sig" in s["predicate"]["serialization"]["ignore_paths"]
PY
    expect 0 warrant artifact sign evil.pkl --key k.pem --json
    [ "$(json "j['files'], j['bundle']")" = "(1, 'evil.pkl.sig')" ]
    expect 0 warrant artifact verify evil.pkl --key k.pub
}

@test "whatever is altered after signing is found" {
    key k prime256v1 && key other prime256v1
    fresh() { rm -rf m && mkdir m && cp models/same.pt models/same.npz m && "$WARRANT" artifact sign m --key k.pem > /dev/null; }
    fresh && printf x >> m/same.pt
    expect 1 warrant artifact verify m --key k.pub --json
    [ "$(json "j['verdict'], j['paths'][0]['signature']['changed']")" = "('bad', ['same.pt'])" ]
    fresh && rm m/same.npz
    expect 1 warrant artifact verify m --key k.pub --json
    [ "$(json "j['paths'][0]['signature']['missing']")" = "['same.npz']" ]
    fresh && cp evil.pkl m
    expect 1 warrant artifact verify m --key k.pub --json
    [ "$(json "j['paths'][0]['signature']['unlisted']")" = "['evil.pkl']" ]
    expect 0 warrant artifact verify m --key k.pub --ignore-unsigned-files
    fresh && ln -s /etc/passwd m/link
    expect 1 warrant artifact verify m --key k.pub
    fresh
    expect 1 warrant artifact verify m --key other.pub
    says 'signed by another key'
    expect 4 warrant artifact verify m
    says 'not verified'
    # another key under the first one's hint; another list under the same signature; a cut bundle
    "$WARRANT" artifact sign m --key other.pem > /dev/null
    hint=$(sha256sum k.pub | cut -d' ' -f1) && sed -i "s/\"hint\":\"[0-9a-f]*\"/\"hint\":\"$hint\"/" m/model.sig
    expect 1 warrant artifact verify m --key k.pub
    says 'not one of this key'
    fresh && python3 - <<'PY'
import base64, hashlib, json
b = json.load(open("m/model.sig"))
s = json.loads(base64.b64decode(b["dsseEnvelope"]["payload"]))
open("m/same.pt", "ab").write(b"x")
for r in s["predicate"]["resources"]:
    r["digest"] = hashlib.sha256(open("m/" + r["name"], "rb").read()).hexdigest()
s["subject"][0]["digest"]["sha256"] = hashlib.sha256(b"".join(bytes.fromhex(r["digest"]) for r in s["predicate"]["resources"])).hexdigest()
b["dsseEnvelope"]["payload"] = base64.b64encode(json.dumps(s).encode()).decode()
json.dump(b, open("m/model.sig", "w"))
PY
    expect 1 warrant artifact verify m --key k.pub
    says 'not one of this key'
    expect 4 warrant artifact verify m
    fresh && truncate -s -20 m/model.sig
    expect 1 warrant artifact verify m --key k.pub
    fresh && rm m/model.sig
    expect 1 warrant artifact verify m --key k.pub
    says 'one is asked for'
    expect 4 warrant artifact verify m
}

@test "a certificate: leads to the root, or not; expired; for something else; Sigstore is not ok without its root" {
    key ca prime256v1 && key leaf secp384r1
    openssl req -x509 -new -key ca.pem -subj '/CN=Fernhill Root' -days 30 -out ca.crt 2>/dev/null
    certificate() { # DAYS USAGE
        openssl req -new -key leaf.pem -subj '/CN=Fernhill Models' 2>/dev/null |
            openssl x509 -req -CA ca.crt -CAkey ca.pem -CAcreateserial -days "$1" -extfile <(printf 'keyUsage=%s\n' "$2") -outform DER -out leaf.der 2>/dev/null
    }
    mkdir m && cp models/same.pt m && "$WARRANT" artifact sign m --key leaf.pem > /dev/null
    put() { python3 - "$@" <<'PY'
import base64, json, sys
b = json.load(open("m/model.sig"))
der = {"rawBytes": base64.b64encode(open("leaf.der", "rb").read()).decode()}
b["verificationMaterial"] = {"x509CertificateChain": {"certificates": [der]}} if sys.argv[1] == "chain" else {"certificate": der, "tlogEntries": [{"logIndex": "1"}]}
json.dump(b, open("m/model.sig", "w"))
PY
    }
    certificate 20 digitalSignature && put chain
    expect 0 warrant artifact verify m --ca ca.crt
    says 'signed by CN=Fernhill Models'
    expect 4 warrant artifact verify m
    WARRANT_NOW=2126-01-01 expect 1 warrant artifact verify m --ca ca.crt
    says 'expired'
    key ca2 prime256v1 && openssl req -x509 -new -key ca2.pem -subj '/CN=Fernhill Root' -days 30 -out ca2.crt 2>/dev/null
    expect 1 warrant artifact verify m --ca ca2.crt
    expect 1 warrant artifact verify m --ca leaf.pub
    certificate 20 keyEncipherment && put chain
    expect 1 warrant artifact verify m --ca ca.crt
    says 'not one for signing'
    certificate 20 digitalSignature && put sigstore
    expect 4 warrant artifact verify m --ca ca.crt
    says 'not verified: signed through Sigstore'
    printf x >> m/same.pt
    expect 1 warrant artifact verify m --ca ca.crt
}

@test "a signature through Sigstore: ok where everything holds and the right one signed; else it says what does not" {
    local make="$WARRANT_SOURCE/tests/data/make_sigstore.py" who=(--identity release@clinic.example --issuer https://login.clinic.example) rc=0
    "$make" good || rc=$?
    [ "$rc" -ne 77 ] || skip "NOT RUN: python3-cryptography is not installed"
    expect 0 warrant artifact verify good/m --trusted-root good/root.json "${who[@]}"
    says 'signed by release@clinic.example'
    expect 4 warrant artifact verify good/m
    says 'trusted root is not at hand'
    expect 4 warrant artifact verify good/m --trusted-root good/root.json
    says 'give --identity and --issuer'
    expect 2 warrant artifact verify good/m --trusted-root good/root.json --identity release@clinic.example
    expect 1 warrant artifact verify good/m --trusted-root good/root.json --identity release@clinic.example --issuer https://login.example
    says 'not by release@clinic.example, as https://login.example says'
    "$make" other
    expect 1 warrant artifact verify good/m --trusted-root other/root.json "${who[@]}"
    printf '{}' > empty.json
    expect 4 warrant artifact verify good/m --trusted-root empty.json "${who[@]}"
    local wrong words count=0
    while read -r wrong words; do
        "$make" "$wrong" "$wrong"
        case $wrong in no-promise) rc=4 ;; *) rc=1 ;; esac
        expect $rc warrant artifact verify "$wrong/m" --trusted-root "$wrong/root.json" "${who[@]}"
        says "$words"
        count=$((count + 1))
    done < <("$make" list)
    [ "$count" -gt 20 ]
    printf x >> good/m/weights.bin
    expect 1 warrant artifact verify good/m --trusted-root good/root.json "${who[@]}"
}

@test "the lock can ask for a signer" {
    key k prime256v1 && key other prime256v1
    mkdir m && cp models/same.pt m && "$WARRANT" artifact sign m --key k.pem > /dev/null
    expect 0 warrant artifact lock m --signer k.pub
    expect 0 warrant artifact verify m --key k.pub
    expect 4 warrant artifact verify m
    "$WARRANT" artifact sign m --key other.pem > /dev/null
    expect 1 warrant artifact verify m --key other.pub
    says 'asks for another signer'
    rm m/model.sig
    expect 1 warrant artifact verify m
}

@test "signing is recorded, and refuses what cannot be signed" {
    key k prime256v1 && mkdir m empty && cp models/same.pt m
    expect 0 warrant scan m
    expect 0 warrant artifact sign m --key k.pem --json
    entry=$(json "j['record']")
    expect 0 warrant ledger show "$entry"
    [ "$(json "j['type'], j['body']['model'], j['body']['files']")" = "('artifact.signed', 'm', 1)" ]
    expect 0 warrant ledger verify
    expect 0 warrant rebuild
    ln -s /etc/passwd m/link
    expect 3 warrant artifact sign m --key k.pem
    says 'link'
    expect 2 warrant artifact sign empty --key k.pem
    expect 2 warrant artifact sign m
    expect 3 warrant artifact sign models --key k.pub
    openssl ec -in k.pem -aes128 -passout pass:x -out locked.pem 2>/dev/null
    expect 3 warrant artifact sign models --key locked.pem
    openssl genpkey -algorithm ed25519 -out ed.pem 2>/dev/null && chmod 600 ed.pem
    expect 3 warrant artifact sign models --key ed.pem
    says 'P-256'
}

@test "watch: what arrives is judged and put away, in folders that come and go" {
    mkdir in elsewhere
    expect 0 warrant scan in
    watcher in --quarantine out --json
    cp evil.pkl in/ && cp models/same.pt in/
    until_says watch.log '"path":"same.pt","verdict":"clean"'
    [ ! -e in/evil.pkl ] && [ -e in/same.pt ]
    mkdir -p in/a/b && cp evil.pkl in/a/b/late.bin
    until_says watch.log '"path":"a/b/late.bin","verdict":"found"'
    mkdir t && cp evil.pkl t/moved.txt && mv t in/t
    until_says watch.log '"path":"t/moved.txt","verdict":"found"'
    mv in/a in/c && sleep 0.3 && cp evil.pkl in/c/b/again && rm -r in/t
    until_says watch.log '"path":"c/b/again","verdict":"found"'
    mv in/c elsewhere/ && cp evil.pkl elsewhere/c/b/outside && cp models/same.npz in/
    until_says watch.log '"path":"same.npz"'
    stop_watcher
    [ "$(grep -c '"quarantined"' watch.log)" = 4 ]
    ! grep -q outside watch.log
    [ -z "$(find in -name '*evil*' -o -name 'late*' -o -name again)" ]
    [ -e elsewhere/c/b/outside ]
    [ "$(ls out | grep -vc json)" = 4 ] && [ "$(ls out | grep -c json)" = 4 ]
    cmp out/*-evil.pkl evil.pkl
    output=$(cat out/*-evil.pkl.json)
    [ "$(json "j['verdict'], j['findings'][0]['rule'], j['from'].endswith('/in/evil.pkl')")" = "('found', 'pickle-dangerous-call', True)" ]
    expect 0 warrant finding list --json
    [ "$(json "sorted({f['rule'] for f in j['findings']})")" = "['pickle-dangerous-call']" ]
    expect 0 warrant ledger verify
}

@test "watch without a workspace or quarantine only says; --existing and --strict" {
    mkdir in && cp evil.pkl in/ && head -c 300 models/same.pt > in/cut.pt
    watcher in --existing --quarantine out --strict --fail-on none
    until_says watch.log 'cut.pt'
    until_says watch.log 'evil.pkl'
    echo hello > in/notes.txt
    until_says watch.log 'no model +notes.txt'
    stop_watcher
    says_file() { grep -qE -- "$1" watch.log; }
    says_file 'found +evil.pkl critical'
    [ -e in/evil.pkl ] && [ ! -e in/cut.pt ]
    grep -q 'nothing is recorded' watch.err
    [ ! -e .warrant ]
    expect 2 warrant artifact watch nowhere
    expect 2 warrant artifact watch in --fail-on loud
}

@test "watch survives an overflow of the kernel's queue" {
    [ -w /proc/sys/fs/inotify/max_queued_events ] || skip "fs.inotify.max_queued_events cannot be set here"
    mkdir in
    old=$(cat /proc/sys/fs/inotify/max_queued_events)
    echo 16 > /proc/sys/fs/inotify/max_queued_events
    "$WARRANT" artifact watch in > watch.log 2> watch.err 3>&- &
    pid=$!
    until_says watch.err 'Watching' || { echo "$old" > /proc/sys/fs/inotify/max_queued_events; return 1; }
    echo "$old" > /proc/sys/fs/inotify/max_queued_events
    kill -STOP "$pid"
    for i in $(seq 40); do cp evil.pkl "in/evil$i"; done
    kill -CONT "$pid"
    for i in $(seq 40); do until_says watch.log "evil$i critical"; done
    stop_watcher
    grep -qE 'ran over [1-9]' watch.err
}

@test "watch ends with an error when its folder goes away" {
    mkdir in
    watcher in
    rmdir in
    until_says watch.err 'gone'
    got=0
    wait "$pid" || got=$?
    [ "$got" != 0 ]
    grep -q 'gone' watch.err
}

@test "quarantine on another file system: a whole copy, then the file goes" {
    shm=$(mktemp -d /dev/shm/warrant-XXXXXX) || skip "there is no /dev/shm"
    [ "$(stat -c %d "$shm")" != "$(stat -c %d .)" ] || { rmdir "$shm"; skip "/dev/shm is no file system of its own"; }
    cp evil.pkl "$shm/"
    watcher "$shm" --existing --quarantine out
    until_says watch.log 'quarantined as'
    stop_watcher
    left=$(ls "$shm")
    rm -r "$shm"
    [ -z "$left" ]
    cmp out/*-evil.pkl evil.pkl
    [ "$(stat -c %a out/*-evil.pkl)" = 400 ]
    [ -z "$(find out -name '.*.part')" ]
}

@test "SARIF names the file as it was given" {
    mkdir d && cp evil.pkl d/
    expect 1 warrant artifact inspect d/evil.pkl models/same.pt --format sarif
    [ "$(json "[(r['ruleId'], r['locations'][0]['physicalLocation']['artifactLocation']['uri']) for r in j['runs'][0]['results']]")" = "[('pickle-dangerous-call', 'd/evil.pkl')]" ]
    expect 2 warrant artifact inspect evil.pkl --format sarif --tensors
}

@test "the pre-commit hooks call what there is" {
    python3 -c '
import sys, yaml
for h in yaml.safe_load(open(sys.argv[1])):
    print(h["entry"])' "$WARRANT_SOURCE/.pre-commit-hooks.yaml" > entries
    [ "$(wc -l < entries)" = 2 ]
    expect 1 warrant $(sed -n 's/^warrant \(artifact inspect.*\)/\1/p' entries) models/same.pt evil.pkl
    says 'os.system'
    expect 0 warrant artifact lock models/same.pt
    mkdir only && mv models/same.pt only && rm -r models evil.pkl && mkdir models && mv only/same.pt models/ && rmdir only
    expect 0 warrant $(sed -n 's/^warrant \(artifact verify.*\)/\1/p' entries)
    printf x >> models/same.pt
    expect 1 warrant $(sed -n 's/^warrant \(artifact verify.*\)/\1/p' entries)
}

@test "chat templates beside a model are shown with their digest and judged, by inspect and by scan" {
    mkdir -p m/additional_chat_templates
    echo '{"model_max_length": 1000000000000000019884624838656, "chat_template": [{"name": "default", "template": "{{ messages[0].content }}"}, {"name": "tool_use", "template": "{{ messages }}"}]}' > m/tokenizer_config.json
    expect 0 warrant artifact inspect m/tokenizer_config.json
    says "chat_template_digest +$(printf '{{ messages[0].content }}' | sha256sum | cut -d' ' -f1)"
    says "tool_use $(printf '{{ messages }}' | sha256sum | cut -d' ' -f1)"
    says 'nothing was found'
    expect 0 warrant scan m
    echo "{{ messages|attr('__cla' ~ 'ss__') }}" > m/additional_chat_templates/rag.jinja
    expect 1 warrant artifact inspect m/additional_chat_templates/rag.jinja
    says 'template-reaches-out, byte 3'
    says 'takes __class__ of `messages`'
    expect 1 warrant scan m
    printf '{{ broken' > m/additional_chat_templates/rag.jinja
    expect 4 warrant artifact inspect m/additional_chat_templates/rag.jinja
    says 'cannot be parsed: line 1'
    expect 4 warrant scan m
}
