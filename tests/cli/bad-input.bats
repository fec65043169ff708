# Bad input: one clear line, the right exit status, nothing lost, and the rest of the scan goes on.
load helper

# A folder with one thing that a scan must still find.
each_setup() {
    mkdir tree
    printf 'openai==1.51.2\n' > tree/requirements.txt
}
found_library() { [ "$(json 'any(a["id"].startswith("library:pkg:pypi/openai") for a in j["assets"])')" = True ]; }
unread() { json '" ".join(u["path"] for u in j["scan"]["unread"])'; }

@test "a FIFO, a socket-less device, a symlink loop and a link out of the tree do not stop or widen a scan" {
    mkfifo tree/pipe
    ln -s loop-b tree/loop-a
    ln -s loop-a tree/loop-b
    ln -s . tree/again
    ln -s /etc tree/outside
    expect 0 timeout 60 "$WARRANT" scan tree --json
    found_library
    [ "$(json 'any("outside" in s["path"] for a in j["assets"] for s in a["seen"])')" = False ]
}

@test "a name that is not UTF-8 is shown in an encoded form" {
    printf 'anthropic==0.39.0\n' > "$(printf 'tree/requirements-\xff.txt')"
    expect 0 warrant scan tree --json
    found_library
    printf '%s' "$output" | python3 -c 'import json,sys; json.load(sys.stdin)'
}

@test "a safetensors header that lies about its size, and a GGUF that claims 2^63 tensors" {
    python3 - <<'END'
import struct
open("tree/lies.safetensors", "wb").write(struct.pack("<Q", 1 << 62) + b'{"w":{"dtype":"F32"')
open("tree/many.gguf", "wb").write(b"GGUF" + struct.pack("<IQQ", 3, 1 << 63, 1 << 62))
END
    expect_any "0 1 4" timeout 60 "$WARRANT" scan tree --json
    found_library
}

# expect_any "STATUS..." COMMAND...
expect_any() {
    local want=$1 got=0
    shift
    output=$("$@" 2>"$BATS_TEST_TMPDIR/.errors") || got=$?
    errors=$(cat "$BATS_TEST_TMPDIR/.errors")
    [[ " $want " == *" $got "* ]] || { printf 'status %s is none of %s\n%s\n%s\n' "$got" "$want" "$output" "$errors"; return 1; }
}

@test "bombs: nested JSON, nested YAML, YAML aliases, a pickle of marks" {
    python3 - <<'END'
open("tree/package.json", "w").write("[" * 2_000_000)
open("tree/.mcp.json", "w").write('{"mcpServers":' * 5000)
open("tree/compose.yaml", "w").write("services: " + "[" * 100_000)
open("tree/docker-compose.yml", "w").write("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)))
open("tree/marks.pkl", "wb").write(b"\x80\x04" + b"(" * 3_000_000 + b".")
END
    expect_any "0 1 4" timeout 120 "$WARRANT" scan tree --json
    found_library
    [ -n "$(unread)" ]
}

@test "an empty, a truncated and a huge sparse file" {
    : > tree/empty.safetensors
    printf 'PK\003\004' > tree/cut.pt
    truncate -s 20G tree/sparse.bin
    truncate -s 5G tree/sparse.env
    expect_any "0 1 4" timeout 300 "$WARRANT" scan tree --json
    found_library
}

@test "nested to 10^5, without an end, and in circles: Terraform, flows, templates, code" {
    python3 - <<'END'
import json, os
n = 100_000
put = lambda name, text: (os.makedirs(os.path.dirname("tree/" + name) or ".", exist_ok=True), open("tree/" + name, "w").write(text))
put("list.tf", 'resource "aws_bedrockagent_agent" "x" {\n a = ' + "[" * n)
put("block.tf", "a {\n" * n)
put("template.tf", 'x = "' + '${"' * n)
put("heredoc.tf", 'resource "aws_bedrockagent_agent" "x" {\n' + "a = <<EOT\n" * n)
put("circle.tf", "locals {\n" + "".join("m%d = local.m%d\n" % (i, (i + 1) % 1000) for i in range(1000)) + '}\nresource "aws_bedrockagent_agent" "x" {\n foundation_model = local.m0\n}\n')
put("closed.json", '{"nodes":' + "[" * n + "]" * n + ',"connections":{},"x":"n8n-nodes-base"}')
put("stack.json", '{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"A":{"Type":"AWS::Bedrock::Agent","Properties":' + '{"a":' * n)
put("pyproject.toml", "a=" + "[" * n)
put("Chart.yaml", "apiVersion: v2\nname: x\nversion: 1.0.0\n")
put("templates/open.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: {{ .Values.image" + "{{ " * n)
put("templates/if.yaml", "kind: Deployment\napiVersion: v1\n" + "{{ if .Values.x }}\n" * n)
put("deep.py", "import openai\nx = " + "[\n" * n + "]\n" * n)
put("deep.ts", "import OpenAI from 'openai';\n" + "f(() => {\n" * 30000 + "new OpenAI()\n" + "})\n" * 30000)
agent = lambda i: {"id": str(i), "name": "n%d" % i, "type": "@n8n/n8n-nodes-langchain.agent", "parameters": {}}
put("circle.json", json.dumps({"name": "f", "nodes": [agent(i) for i in range(3)], "connections": {"n%d" % i: {"main": [[{"node": "n%d" % j} for j in range(3)]]} for i in range(3)}}))
put("wide.json", json.dumps({"name": "f", "nodes": [agent(i) for i in range(30000)], "connections": {"n%d" % i: {"main": [[{"node": "n%d" % ((i + 1) % 30000)}]]} for i in range(30000)}}))
END
    expect 4 timeout 60 "$WARRANT" scan tree --json
    found_library
    for f in list.tf block.tf template.tf heredoc.tf closed.json stack.json pyproject.toml wide.json; do unread_because $f 'could not be read|more nodes|longer than'; done
    [ "$(json "sum(a['kind'] == 'agent' and a['seen'][0]['path'] == 'circle.json' for a in j['assets']) >= 3")" = True ]
    [ "$(json "[u for u in j['scan']['unread'] if 'crashed' in u['why'] or 'longer than allowed' in u['why']]")" = "[]" ]
}

# unread_because PATH PATTERN: the result says why that file was not read to its end.
unread_because() {
    json "[u['why'] for u in j['scan']['unread'] if u['path'] == '$1']" | grep -qE -- "$2" && return 0
    printf '%s: nothing matches %s in\n' "$1" "$2"
    json "j['scan']['unread']"
    return 1
}

@test "files called like source that are none, and broken encodings, are read or said to be unread" {
    python3 - <<'END'
import os, json
noise = bytes(range(256)) * 40
for name in ["b.py", "b.tf", "b.yaml", ".env", "package.json", "Dockerfile", "picture.png", "plain.bin"]:
    open("tree/" + name, "wb").write(noise)
code = "from openai import OpenAI\nOpenAI().responses.create(model='gpt-4o')  # \u00e9\n"
for name, data in {"le": b"\xff\xfe" + code.encode("utf-16-le"), "be": b"\xfe\xff" + code.encode("utf-16-be"), "latin": code.encode("latin-1"),
                   "long": b"# \xc0\xaf \xe0\x80\xaf \xf8\x88\x80\x80\x80\n" + code.encode(), "half": code.encode() + b"# \xed\xa0\x80 \xf4\x90\x80\x80 \xe2\x82",
                   "bare": code.encode("utf-16-le"), "nul": b"\0" + code.encode(), "late": b"#" * 9000 + b"\n" + code.encode() + b"\0"}.items():
    open(f"tree/{name}.py", "wb").write(data)
END
    expect 4 warrant scan tree --json
    found_library
    [ "$(json "sorted({s['path'] for a in j['assets'] if a['kind'] == 'model' and a['name'] == 'gpt-4o' for s in a['seen']})")" = "['be.py', 'half.py', 'late.py', 'latin.py', 'le.py', 'long.py']" ]
    [ "$(unread)" = ".env Dockerfile b.py b.tf b.yaml bare.py nul.py package.json" ]
    unread_because b.py 'its bytes are not'
}

@test "bundles, generated code, long manifests and configurations: what is left out for its size is said" {
    python3 - <<'END'
import json
call = 'function a%d(b){return new OpenAI({apiKey:b}).chat.completions.create({model:"gpt-4o",messages:[]})};'
open("tree/bundle.js", "w").write('import OpenAI from"openai";' + "".join(call % i for i in range(4000)))
open("tree/generated.go", "w").write('package m\nimport openai "github.com/openai/openai-go"\n' + "".join("var X%d = openai.NewClient()\n" % i for i in range(50000)))
filler = "#" * 1000 + "\n"
open("tree/poetry.lock", "w").write(filler * 17000)
open("tree/package-lock.json", "w").write(json.dumps({"lockfileVersion": 3, "packages": {"node_modules/p%d" % i: {"version": "1", "integrity": "A" * 300} for i in range(50000)}}))
open("tree/template.json", "w").write(json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"R%d" % i: {"Type": "AWS::Bedrock::Agent", "Properties": {}} for i in range(100000)}}))
open("tree/litellm_config.yaml", "w").write("model_list:\n" + "".join("  - {model_name: m%d, litellm_params: {model: openai/x}}\n" % i for i in range(3)).replace("litellm_params: {", "litellm_params: {", 1) + "  - model_name: a\n    litellm_params:\n      model: openai/gpt-4o\n" + filler * 4500)
open("tree/.mcp.json", "w").write('{"mcpServers": {}, "x": "' + "a" * 5_000_000 + '"}')
open("tree/compose.yaml", "w").write("services: {}\n" + filler * 4500)
open("tree/main.tf", "w").write('resource "aws_bedrockagent_agent" "x" {\n  instruction = <<EOT\n' + "text ${var.x}\n" * 400000 + "EOT\n}\n")
open("tree/.env", "w").write("OPENAI_API_KEY=" + "a" * 2_000_000 + "\nOPENAI_BASE_URL=https://llm.example\n")
open("tree/values.yaml", "w").write("".join("k%d: {image: x}\n" % i for i in range(25000)))
END
    expect 4 timeout 120 "$WARRANT" scan tree --json
    found_library
    unread_because bundle.js '20,000 bytes.: its code was read as text alone'
    unread_because generated.go 'larger than 1536 KiB'
    unread_because poetry.lock 'longer than is read'
    unread_because package-lock.json 'only as a whole'
    unread_because template.json "the detector 'cloudformation' did not look"
    unread_because litellm_config.yaml 'longer than 4 MiB'
    unread_because .mcp.json 'longer than 4 MiB'
    unread_because compose.yaml 'longer than 4 MiB'
    unread_because main.tf "the detector 'terraform' did not look"
    unread_because .env "the detector 'env_files' did not look"
    unread_because values.yaml '20,000 values'
}

@test "a notebook with 30 MB of pictures is read for its code" {
    python3 - <<'END'
import json
picture = ("iVBORw0KGgo+/A" * 90000) + "=="
cell = lambda code: {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": code, "outputs": [{"output_type": "display_data", "metadata": {}, "data": {"image/png": picture, "text/plain": "\\" + picture[:5000] + "\\\"quoted"}}]}
json.dump({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"language": "python", "name": "python3"}}, "cells":
    [cell("x = 1\n")] * 24 + [cell(["from openai import OpenAI\n", "OpenAI().responses.create(model='gpt-4o')\n"])]}, open("tree/n.ipynb", "w"), indent=1)
json.dump({"cells": [], "x": ["%d" % i * 30 for i in range(700000)]}, open("tree/long.ipynb", "w"))
END
    [ "$(stat -c %s tree/n.ipynb)" -gt 30000000 ]
    expect 4 timeout 60 "$WARRANT" scan tree --json
    [ "$(json "[(s['path'], s.get('line', 0) > 1) for a in j['assets'] if a['kind'] == 'model' for s in a['seen']]")" = "[('n.ipynb', True)]" ]
    [ "$(json "sorted({u['path'] for u in j['scan']['unread']})")" = "['long.ipynb']" ]
}

@test "what would take the square of a file's length does not: keys, siblings, tags without an end, lists of requirements" {
    python3 - <<'END'
import os
os.mkdir("tree/x")
open("tree/app.conf", "w").write("".join("OPENAI_API_KEY_X%d: k\nOPENAI_API_KEY: ${OPENAI_API_KEY}\n" % i + "#" * 2500 + "\n" for i in range(4900)))
open("tree/same.py", "w").write("from openai import OpenAI\nclient = OpenAI()\n" + "M='gpt-4o'\nclient.chat.completions.create(model=M)\n" * 20000)
open("tree/a.csproj", "w").write("<Project>" + "<PackageReference " * 800000)
open("tree/x/setup.py", "w").write("install_requires=[" * 800000)
open("tree/x/pom.xml", "w").write("<dependency><groupId>com.openai</groupId><artifactId>openai-java</artifactId><version>${nope}</version></dependency>" * 140000)
END
    # each of them took 13 s or more; an unhurried sanitizer on a busy machine stays far below that for all five
    expect 4 timeout 60 "$WARRANT" scan tree --json
    found_library
    [ "$(json "sum('longer than allowed' in u['why'] for u in j['scan']['unread'])")" = 0 ]
}

@test "a file that cannot be read is said to be unread" {
    here=$(mktemp -d) # not below bats' own folder, which only root may enter
    cp -r tree "$here"
    cd "$here"
    printf 'torch==2.3.1\n' > tree/requirements-secret.txt
    chmod 000 tree/requirements-secret.txt
    as_user=()
    if [ "$(id -u)" -eq 0 ]; then # root reads everything: be somebody else
        as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
        chown -R 65534:65534 .
        "${as_user[@]}" "$WARRANT" --help >/dev/null 2>&1 || skip "NOBODY CANNOT REACH THE PROGRAM, AND ROOT READS EVERYTHING: not checked"
    fi
    expect 4 "${as_user[@]}" "$WARRANT" scan tree --json
    found_library
    [ "$(unread)" = requirements-secret.txt ]
    cd / && rm -rf "$here"
}

@test "an empty folder: nothing is met" {
    mkdir nothing
    expect 0 warrant scan nothing
    expect 0 warrant assess --json
    [ "$(json 'sum(o["state"] == "met" for o in j["outcomes"])')" = 0 ]
    [ "$(json 'len(j["outcomes"])')" = 318 ]
}

@test "no such folder, no such command, no workspace: usage errors that say what to do" {
    expect 2 warrant scan nowhere
    says 'nowhere'
    expect 2 warrant frobnicate
    says 'help'
    expect_any "2 3" "$WARRANT" assess
    says 'scan'
}

@test "a workspace that a newer version made is left alone" {
    expect 0 warrant scan tree
    echo 99 > .warrant/version
    expect_any "2 3" "$WARRANT" scan tree
    says 'newer|version'
    [ "$(cat .warrant/version)" = 99 ]
}

@test "a flipped bit in the ledger is named, with file and byte" {
    expect 0 warrant scan tree
    expect 0 warrant ledger verify --read-only
    segment=$(find .warrant/ledger/segment -type f | head -1)
    python3 - "$segment" <<'END'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(40)
    b = f.read(1)
    f.seek(40)
    f.write(bytes([b[0] ^ 1]))
END
    expect_any "1 3" "$WARRANT" ledger verify --read-only
    says 'segment'
    says 'byte'
}

@test "a second writer waits or is refused, and loses nothing" {
    expect 0 warrant scan tree
    for i in 1 2 3 4 5 6; do
        warrant inventory add dataset "set-$i" --why test >"out-$i" 2>&1 && touch "done-$i" &
    done
    wait
    expect 0 warrant ledger verify --read-only
    for i in 1 2 3 4 5 6; do
        [ ! -e "done-$i" ] || [ "$(warrant query --json "SELECT count(*) AS n FROM asset WHERE name = 'set-$i'" | tr -dc 0-9)" = 1 ]
    done
    ls done-* >/dev/null
}
