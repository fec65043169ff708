# What a repository's history tells: who changed what, earlier versions, keys in old versions, and `scan --since`.
load helper

each_setup() {
    export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_TERMINAL_PROMPT=0
    export WARRANT_NOW=2026-11-25T12:00:00Z
}

# commit WHO DATE MESSAGE: everything, by that author and committer.
commit() {
    git -C r add -A
    GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@Linden.example GIT_COMMITTER_NAME=${4:-$1} GIT_COMMITTER_EMAIL=${4:-$1}@Linden.example \
        GIT_AUTHOR_DATE="$2T10:00:00Z" GIT_COMMITTER_DATE="$2T10:00:00Z" git -C r commit -q --no-gpg-sign -m "$3"
}

# A text in the form of a key, the same each time; it opens nothing.
key() { python3 -c 'import base64,hashlib,sys; print("sk-ant-"+"api03-"+(base64.b64encode(hashlib.sha512(sys.argv[1].encode()).digest()+hashlib.sha256(b"b").digest()).decode().replace("+","x").replace("/","y"))[:93]+"AA")' "${1:-a}"; }

# A repository with a prompt of three versions and a program that once held a key.
repository() {
    git init -q -b main r
    mkdir -p r/prompts
    echo 'You are a helper.' > r/prompts/system.md
    printf 'import anthropic\nkey = "%s"\nc = anthropic.Anthropic(api_key=key)\n' "$(key)" > r/app.py
    commit ana 2026-01-05 first
    printf 'import anthropic\nc = anthropic.Anthropic()\nc.messages.create(model="claude-3-5-sonnet-20241022")\n' > r/app.py
    echo 'You are a kind helper.' > r/prompts/system.md
    commit bo 2026-02-05 second
    echo 'You are a kind and short helper.' > r/prompts/system.md
    commit ana 2026-03-05 third
}

prompt_property() { json "[a['properties'].get('$1', {}).get('value') for a in j['assets'] if a['kind'] == 'prompt'][0]"; }

@test "who changed a prompt, how often, and what there was before" {
    repository
    expect 1 warrant scan r --json
    [ "$(prompt_property history_versions)" = 3 ]
    [ "$(prompt_property history_changed_by)" = ana@linden.example ]
    [ "$(prompt_property history_changed_at)" = 2026-03-05T10:00:00Z ]
    [ "$(prompt_property history_commit)" = "$(git -C r rev-parse HEAD)" ]
    [ "$(prompt_property history_signed)" = False ]
    [ "$(prompt_property history_uncommitted)" = False ]
    [ "$(prompt_property history_review)" = "none visible" ]
    [ "$(prompt_property versioned)" = True ]
    [ "$(prompt_property last_good)" = "sha256:$(git -C r show HEAD~1:prompts/system.md | sha256sum | cut -d' ' -f1)" ]
    [ "$(prompt_property history_authors)" = "['ana@linden.example: changed it 2 times, last on 2026-03-05', 'bo@linden.example: changed it 1 time, last on 2026-02-05']" ]
    [ "$(json "sorted(r['from'] for r in j['relations'] if r['type'] == 'may-change' and r['to'].startswith('prompt:'))")" = "['principal:ana@linden.example', 'principal:bo@linden.example']" ]
    printf '%s' "$output" | grep -q 'branch protection at the code host are not observable'
}

@test "an edit that is not committed, a file that is not tracked, a folder without a repository" {
    repository
    echo 'Say yes.' >> r/prompts/system.md
    echo 'You are new.' > r/prompts/new.system.md
    expect 1 warrant scan r --json
    of() { json "[a['properties'].get('$2', {}).get('value') for a in j['assets'] if a['kind'] == 'prompt' and a['name'] == '$1'][0]"; }
    [ "$(of prompts/system.md history_uncommitted)" = True ]
    [ "$(of prompts/system.md last_good)" = "sha256:$(git -C r show HEAD:prompts/system.md | sha256sum | cut -d' ' -f1)" ]
    [ "$(of prompts/new.system.md versioned)" = False ]
    [ "$(of prompts/new.system.md last_good)" = None ]
    mkdir -p plain/prompts && echo 'You are a helper.' > plain/prompts/system.md
    expect 0 warrant scan plain --json
    [ "$(prompt_property versioned)" = False ]
}

@test "line ends that differ are no edit; only one version is nothing to go back to" {
    git init -q -b main r && mkdir -p r/prompts && printf 'You are a helper.\nBe short.\n' > r/prompts/system.md
    commit ana 2026-01-05 first
    printf 'You are a helper.\r\nBe short.\r\n' > r/prompts/system.md
    expect 0 warrant scan r --json
    [ "$(prompt_property history_uncommitted)" = False ]
    [ "$(prompt_property last_good)" = None ]
}

@test "a merge by another person is a review that shows, one by the author is none" {
    repository
    git -C r checkout -q -b change
    echo 'You are a careful helper.' > r/prompts/system.md
    commit bo 2026-04-05 change
    git -C r checkout -q main
    merge() { GIT_AUTHOR_NAME=$1 GIT_AUTHOR_EMAIL=$1@linden.example GIT_COMMITTER_NAME=$1 GIT_COMMITTER_EMAIL=$1@linden.example \
        GIT_AUTHOR_DATE=2026-04-06T10:00:00Z GIT_COMMITTER_DATE=2026-04-06T10:00:00Z git -C r merge -q --no-ff --no-gpg-sign -m merge change; }
    merge ana
    expect 1 warrant scan r --json
    [ "$(prompt_property history_review)" = "by another person" ]
    [ "$(prompt_property history_changed_by)" = bo@linden.example ]
    [ "$(prompt_property history_versions)" = 4 ]
    git -C r reset -q --hard HEAD~1
    merge bo
    expect 1 warrant scan r --json
    [ "$(prompt_property history_review)" = "none visible" ]
    git -C r reset -q --hard HEAD~1
    echo 'You are a slow helper.' > r/prompts/system.md
    commit bo 2026-05-05 applied ana
    expect 1 warrant scan r --json
    [ "$(prompt_property history_review)" = "by another person" ]
}

@test "a change says who made it, and an edit that is not committed does not" {
    repository
    expect 1 warrant scan r
    echo 'You are a rude helper.' > r/prompts/system.md
    commit eve 2026-04-05 fourth
    expect 1 warrant scan r
    expect 0 warrant inventory changes --json
    [ "$(json "[(c['property'], c['changed_by']) for c in j['changes']]")" = "[('digest', 'eve@linden.example')]" ]
    echo 'You are nobody.' > r/prompts/system.md
    expect 1 warrant scan r
    expect 0 warrant query "SELECT property, changed_by FROM changes ORDER BY record" --json
    [ "$(json "[tuple(r.values()) for r in j['rows']]")" = "[('digest', 'eve@linden.example'), ('digest', None)]" ]
    expect 0 warrant rebuild
    expect 0 warrant query "SELECT count(*) AS n FROM changes WHERE changed_by = 'eve@linden.example'" --json
    [ "$(json "j['rows'][0]['n']")" = 1 ]
}

@test "a key in an old version is found once, with its commit, and its value is nowhere" {
    repository
    first=$(git -C r rev-list --max-parents=0 HEAD)
    expect 1 warrant scan r --json
    [ "$(json "[(f['rule'], f['kind'], f['path']) for f in j['findings']]")" = "[('credential-in-history', 'credential-in-history', 'app.py')]" ]
    json "j['findings'][0]['detail']" | grep -q "Commit ${first:0:12} of 2026-01-05 .* line 2 "
    old=$(json "[a['id'] for a in j['assets'] if a['kind'] == 'credential'][0]")
    ! grep -rqF "$(key)" .warrant
    # put back into the tree, it is the same credential, and the finding is about the tree
    printf 'key = "%s"\n' "$(key)" > r/app.py
    expect 1 warrant scan r --json
    [ "$(json "[a['id'] for a in j['assets'] if a['kind'] == 'credential']")" = "['$old']" ]
    [ "$(json "[f['rule'] for f in j['findings']]")" = "['credential-in-code']" ]
}

@test "what was searched once is kept; new commits are searched; a rewritten history is searched anew" {
    repository
    expect 1 warrant scan r --json
    ls .warrant/cache/history-*.json
    cp -r r other
    printf 'token = "%s"\n' "$(key z)" > r/b.py
    commit ana 2026-04-05 'another key'
    rm r/b.py
    commit ana 2026-04-06 'and away'
    expect 1 warrant scan r --json
    [ "$(json "sorted(f['path'] for f in j['findings'])")" = "['app.py', 'b.py']" ]
    [ "$(json "j['scan']['changed'] + j['scan']['vanished']")" = 0 ]
    printf '%s' "$output" > incremental
    rm -r .warrant/cache
    expect 1 warrant scan r --json
    python3 - "$output" <<'PY'
import json, sys
a, b = json.load(open("incremental")), json.loads(sys.argv[1])
assert a["findings"] == b["findings"] and a["assets"] == b["assets"]
PY
    git -C r reset -q --hard HEAD~2
    git -C r reflog expire --expire=now --all && git -C r gc -q --prune=now
    expect 1 warrant scan r --json
    [ "$(json "sorted(f['path'] for f in j['findings'])")" = "['app.py']" ]
}

@test "keys on other branches and tags count; a packed repository says the same" {
    repository
    git -C r checkout -q -b side HEAD~2
    printf 'token = "%s"\n' "$(key z)" > r/side.py
    commit bo 2026-02-10 side
    git -C r -c user.name=bo -c user.email=bo@linden.example tag -a -m t v1
    git -C r checkout -q main && git -C r branch -q -D side
    expect 1 warrant scan r --json
    [ "$(json "sorted(f['path'] for f in j['findings'])")" = "['app.py', 'side.py']" ]
    printf '%s' "$output" > loose
    git -C r gc -q && rm -r .warrant/cache
    expect 1 warrant scan r --json
    python3 - "$output" <<'PY'
import json, sys
a, b = json.load(open("loose")), json.loads(sys.argv[1])
assert a["findings"] == b["findings"] and a["assets"] == b["assets"]
PY
}

@test "two runs give the same bytes" {
    repository
    expect 1 warrant --help >/dev/null 2>&1 || true
    strip() { python3 -c 'import json,sys; j=json.load(sys.stdin); j["scan"]=[s["observed"] for s in j["scan"]["scopes"]]; print(json.dumps(j, sort_keys=True))'; }
    "$WARRANT" scan r --json 2>/dev/null | strip > one
    rm -r .warrant
    mkdir ws2 && (cd ws2 && "$WARRANT" scan ../r --json --workers 1 2>/dev/null | strip) > two
    # the tenant's key differs: so do credentials' ids, and nothing else
    python3 - <<'PY'
import json, re
clean = lambda f: [json.dumps(x, sort_keys=True) for x in json.load(open(f))["assets"] if x["kind"] != "credential"]
assert clean("one") == clean("two")
PY
    (cd ws2 && "$WARRANT" scan ../r --json 2>/dev/null | strip) > three
    cmp two three
}

@test "a folder of a repository, and a repository below the folder" {
    repository
    mkdir -p r/svc/prompts && echo 'You are inner.' > r/svc/prompts/system.md
    commit bo 2026-04-05 inner
    expect 0 warrant scan r/svc --json
    [ "$(prompt_property history_versions)" = 1 ]
    [ "$(json "len(j['findings'])")" = 0 ]
    mkdir outer && mv r outer/r
    expect 1 warrant scan outer --json
    [ "$(json "[f['path'] for f in j['findings']]")" = "['r/app.py']" ]
    [ "$(json "sorted(a['properties']['history_versions']['value'] for a in j['assets'] if a['kind'] == 'prompt')")" = "[1, 3]" ]
}

@test "hooks, filters and programs of a repository are never run" {
    repository
    echo '*.md filter=evil diff=evil' > r/.gitattributes
    git -C r config filter.evil.clean "touch $PWD/ran; cat"
    git -C r config filter.evil.smudge "touch $PWD/ran; cat"
    git -C r config core.fsmonitor "touch $PWD/ran"
    git -C r config core.hooksPath "$PWD/hooks"
    mkdir hooks && printf '#!/bin/sh\ntouch %s/ran\n' "$PWD" > hooks/post-checkout && chmod +x hooks/post-checkout
    printf '[include]\n\tpath = %s/more\n' "$PWD" >> r/.git/config && printf '[core]\n\tpager = touch %s/ran\n' "$PWD" > more
    expect 1 warrant scan r
    expect 1 warrant scan r --since HEAD~2
    [ ! -e ran ]
}

@test "a shallow clone says that its history is not whole" {
    repository
    git clone -q --depth 1 "file://$PWD/r" shallow
    git -C shallow remote set-url origin https://git.linden.example/r.git
    expect 0 warrant scan shallow --json
    json "j['scan']['scopes'][0]['skipped']" | grep -q shallow
    [ "$(prompt_property history_versions)" = None ]
    [ "$(prompt_property versioned)" = True ]
}

# damage: each costs at most the history; what lies in the tree is found, and nothing vanishes.
@test "objects that are cut off, lie about their size, or are no objects" {
    repository
    expect 1 warrant scan r
    hurt() { # hurt NAME: after the repository in h was damaged
        rm -rf .warrant/cache
        got=0
        output=$(timeout 60 "$WARRANT" scan h --json 2>errors) || got=$?
        [ "$got" = 4 ] || [ "$got" = 1 ] || [ "$got" = 0 ] || { echo "$1: status $got"; cat errors; return 1; }
        [ "$(json "len([a for a in j['assets'] if a['kind'] == 'prompt'])")" = 1 ] || { echo "$1: no prompt"; return 1; }
    }
    fresh() { rm -rf h; cp -r r h; chmod -R u+w h/.git; }
    blob=$(git -C r rev-parse HEAD:prompts/system.md) tree=$(git -C r rev-parse 'HEAD^{tree}') head=$(git -C r rev-parse HEAD)
    for object in $blob $tree $head; do
        file=.git/objects/${object:0:2}/${object:2}
        fresh; truncate -s 5 "h/$file"; hurt "cut $object"
        fresh; : > "h/$file"; hurt "empty $object"
        fresh; rm "h/$file"; hurt "away $object"
        fresh; head -c 3000 /dev/urandom > "h/$file"; hurt "noise $object"
        for header in 'blob 99999999999999999999' 'blob -1' 'tree 4294967295' 'commit 1099511627776' 'blob 12'; do
            fresh; python3 -c 'import sys,zlib; open(sys.argv[1],"wb").write(zlib.compress(sys.argv[2].encode()+b"\0short"))' "h/$file" "$header"
            hurt "$header in $object"
        done
        fresh; python3 -c 'import sys,zlib; open(sys.argv[1],"wb").write(zlib.compress(b"blob 1073741824\0"+bytes(1<<28),9))' "h/$file"; hurt "bomb $object"
    done
    fresh; echo 'ref: refs/heads/a' > h/.git/HEAD; echo 'ref: refs/heads/b' > h/.git/refs/heads/a; echo 'ref: refs/heads/a' > h/.git/refs/heads/b
    hurt 'loop of references'
    fresh; head -c 100000 /dev/zero | tr '\0' x > h/.git/packed-refs; hurt 'packed-refs of noise'
    fresh; mkfifo h/.git/refs/heads/pipe 2>/dev/null || true; rm -f h/.git/refs/heads/pipe; git -C h gc -q
    for f in h/.git/objects/pack/*.pack h/.git/objects/pack/*.idx; do
        fresh; git -C h gc -q; chmod -R u+w h/.git
        python3 - h/.git/objects/pack "${f##*.}" <<'PY'
import glob, sys
p = glob.glob(sys.argv[1] + "/*." + sys.argv[2])[0]
b = bytearray(open(p, "rb").read())
for i in range(12, len(b), 7): b[i] ^= 0x5a
open(p, "wb").write(b)
PY
        hurt "noise in ${f##*.}"
        fresh; git -C h gc -q; chmod -R u+w h/.git; truncate -s 100 h/.git/objects/pack/*."${f##*.}"; hurt "cut ${f##*.}"
    done
    fresh; echo '/etc' > h/.git/objects/info/alternates; hurt 'alternates'
}

@test "a history that cannot be read any more takes nothing away" {
    repository
    git -C r remote add origin https://git.linden.example/r.git
    expect 1 warrant scan r
    head=$(git -C r rev-parse HEAD) && chmod -R u+w r/.git
    truncate -s 3 "r/.git/objects/${head:0:2}/${head:2}"
    expect 4 warrant scan r --json
    [ "$(json "(j['scan']['changed'], j['scan']['vanished'])")" = "(0, 0)" ]
    expect 0 warrant query "SELECT count(*) AS n FROM findings WHERE kind = 'credential-in-history' AND closed_at IS NULL" --json
    [ "$(json "j['rows'][0]['n']")" = 1 ]
    expect 0 warrant query "SELECT last_good FROM prompt WHERE last_good IS NOT NULL" --json
    [ "$(json "len(j['rows'])")" = 1 ]
}

@test "--since shows, and judges, what changed; the scan stays whole" {
    repository
    git -C r checkout -q -b change
    printf 'import torch\nm = torch.load("x.pt", weights_only=False)\nk = "%s"\n' "$(key z)" > r/load.py
    commit bo 2026-04-05 change
    expect 1 warrant scan r --since main --json
    [ "$(json "sorted(set(f['path'] for f in j['findings']))")" = "['load.py']" ]
    [ "$(json "sorted(set(s['path'] for a in j['assets'] for s in a['seen'] if len(a['seen']) == 1))")" = "['load.py']" ]
    [ "$(json "j['scan']['scopes'][0]['since']['base']")" = "$(git -C r rev-parse main)" ]
    [ "$(json "j['scan']['appeared'] > len(j['assets'])")" = True ]
    expect 0 warrant query "SELECT count(*) AS n FROM asset WHERE kind = 'prompt'" --json
    [ "$(json "j['rows'][0]['n']")" = 1 ]
    expect 0 warrant scan r --since HEAD --fail-on low
    says 'No AI lies in the files that changed'
    echo 'You are edited.' > r/prompts/system.md
    expect 0 warrant scan r --since HEAD
    says 'prompts/system.md'
    expect 0 warrant scan r --since "$(git -C r rev-parse --short HEAD)~0" 
    expect 1 warrant scan r --since main~1
    expect 1 warrant scan r --since main --format sarif
    [ "$(json "sorted(set(l['physicalLocation']['artifactLocation']['uri'].split('/')[-1] for r in j['runs'][0]['results'] for l in r['locations']))")" = "['load.py']" ]
    expect 1 warrant scan r --since main --format md
}

@test "--since: an unknown revision is a usage error, before anything is made" {
    repository
    expect 2 warrant scan r --since no-such-branch
    says 'there is no revision no-such-branch'
    [ ! -e .warrant ]
    expect 2 warrant scan r --since HEAD~99
    expect 2 warrant scan r --since 'HEAD^{/x}'
    expect 2 warrant scan r --since ''
    mkdir plain && touch plain/a
    expect 2 warrant scan plain --since main
    says 'is in none'
    git -C r checkout -q --orphan island && git -C r commit -q --allow-empty -m x --no-gpg-sign --author 'a <a@b.example>' 2>/dev/null ||
        git -C r -c user.name=a -c user.email=a@b.example commit -q --allow-empty -m x
    expect 2 warrant scan r --since main
    says 'share no commit'
}

@test "model cards: licence, base and data; a licence that forbids a use" {
    mkdir -p m/x m/y
    python3 - <<'PY'
import json, struct
def model(path, meta, n):
    h = json.dumps({"__metadata__": meta, "t": {"dtype": "F32", "shape": [n], "data_offsets": [0, 4 * n]}}).encode()
    open(path, "wb").write(struct.pack("<Q", len(h)) + h + bytes(4 * n))
model("m/x/a.safetensors", {"format": "pt"}, 1)
model("m/y/b.safetensors", {"license": "mit"}, 2)
PY
    printf -- '---\nlicense: cc-by-nc-4.0\ndatasets: [acme/notes]\n---\n# A\n' > m/x/README.md
    printf -- '---\nlicense: Apache-2.0\nbase_model: meta-llama/Llama-2-7b-hf\n---\n' > m/y/README.md
    printf -- '---\nlicense: [unclosed\n---\n' > m/README.md
    expect 0 warrant scan m --json
    [ "$(json "sorted(f['rule'] for f in j['findings'])")" = "['licence-differs', 'licence-drops-restrictions', 'licence-forbids-use']" ]
    [ "$(json "[a['properties']['license_class']['value'] for a in j['assets'] if a['kind'] == 'model' and a['name'] == 'a.safetensors']")" = "['non-commercial']" ]
    [ "$(json "[a['properties']['training_data']['value'] for a in j['assets'] if a['name'] == 'a.safetensors']")" = "[['acme/notes']]" ]
}

@test "suppliers: what is public is shown with its date, the rest is unknown" {
    mkdir t && printf 'import os\na = os.environ["OPENAI_API_KEY"]\nb = os.environ["MISTRAL_API_KEY"]\n' > t/a.py
    expect 0 warrant scan t --json
    of() { json "[a['properties']['$2']['$3'] for a in j['assets'] if a['id'] == 'provider:$1'][0]"; }
    [ "$(of openai trains_on_inputs value)" = no ]
    of openai trains_on_inputs how | grep -q '^catalogue, 20'
    [ "$(of mistral trains_on_inputs value)" = unknown ]
    [ "$(of mistral jurisdiction value)" = France ]
}

@test "inventory paths: ways, loops, blast radius" {
    clinic estate
    expect 1 warrant scan estate
    expect 0 warrant inventory paths
    says 'coordinator agent -> scheduler agent -> cancel_appointment tool'
    expect 0 warrant inventory paths --json
    [ "$(json "sorted(w['tool'].split('#')[-1] for w in j['untrusted_to_dangerous'])")" = "['Log', 'Text back', 'cancel_appointment', 'send_text']" ]
    expect 0 warrant inventory paths --down openai --json
    [ "$(json "all('production' in s for s in j['systems']) and len(j['systems']) >= 3")" = True ]
    id=$(warrant inventory list credential --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["assets"][0]["id"])')
    expect 0 warrant inventory paths --leak "$id" --json
    [ "$(json "len(j['places']) > 0 and len(j['providers']) == 1")" = True ]
    expect 2 warrant inventory paths --leak openai
    expect 2 warrant inventory paths --down openai --leak "$id"
}
