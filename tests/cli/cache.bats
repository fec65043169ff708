# The cache of a scan: it saves time and never changes what is found.
load helper

# The digest of everything observed, and how many files were known from before.
observed() { python3 -c 'import json,sys; j=json.load(sys.stdin); print(j["scan"]["scopes"][0]["observed"])'; }
unchanged() { json "j['scan']['unchanged']"; }
whole() { printf '%s' "$output" | python3 -c 'import json,sys; j=json.load(sys.stdin); j.pop("scan"); print(json.dumps(j, sort_keys=True))'; }
# Makes every file old enough for its times to be trusted: a status change cannot be set, only waited for.
settle() { sleep 2.2; }
make_tree() {
    mkdir -p "$1/prompts" "$1/src"
    echo 'You are a helper.' > "$1/prompts/system.md"
    printf 'openai==1.2.3\n' > "$1/requirements.txt"
    printf 'from openai import OpenAI\nOpenAI().responses.create(model="gpt-4o")\n' > "$1/src/a.py"
    printf 'print("nothing")\n' > "$1/src/b.py"
}

@test "an unchanged tree is not looked at again, and says the same, byte for byte" {
    clinic estate
    expect 1 warrant scan estate --json --fail-on high
    [ "$(unchanged)" = 0 ]
    whole > first
    settle
    expect 1 warrant scan estate --json
    whole > second
    expect 1 warrant scan estate --json
    whole > third
    files=$(json "j['scan']['files']")
    known=$(unchanged)
    [ "$known" -gt 0 ] && [ "$known" -le "$files" ]
    warrant query 'SELECT summary FROM scans ORDER BY record DESC LIMIT 1' --json > record
    grep -q "unchanged.*:$known," record # the record says so too
    expect 1 warrant scan estate --json --no-cache
    [ "$(unchanged)" = 0 ]
    [ "$(json "j['scan']['files']")" = "$files" ]
    whole > without
    cmp first second && cmp first third && cmp first without
    expect 1 warrant scan estate --check-cache
    says "compared with [1-9][0-9]* files"
}

@test "after a change the result is that of a scan without a cache" {
    make_tree t
    expect 0 warrant scan t
    settle
    expect 0 warrant scan t
    printf 'from openai import OpenAI\nOpenAI().responses.create(model="gpt-4.1")\n' > t/src/a.py
    rm t/requirements.txt
    mkdir t/more && printf 'anthropic==0.3.0\n' > t/more/requirements.txt
    mv t/src/b.py t/src/c.py
    expect 0 warrant scan t --json
    [ "$(unchanged)" -ge 1 ]
    whole > with
    expect 0 warrant scan t --json --no-cache
    whole > without
    cmp with without
    grep -q 'gpt-4.1' with
    ! grep -q 'pypi/openai@1.2.3' with
    expect 0 warrant scan t --check-cache
}

@test "a change that keeps size and time is seen" {
    make_tree t
    expect 0 warrant scan t
    settle
    expect 0 warrant scan t
    touch -r t/src/a.py stamp
    printf 'from openai import OpenAI\nOpenAI().responses.create(model="gpt-4x")\n' > t/src/a.py # as long as before
    sed -i 's/gpt-4x/o3-pro/' t/src/a.py
    touch -r stamp t/src/a.py
    expect 0 warrant scan t --json
    grep -q 'o3-pro' <<< "$output"
    ! grep -q 'gpt-4o' <<< "$output"
}

@test "a file written in the same moment as the scan is read again" {
    make_tree t
    for model in gpt-4.1 gpt-4o o3 gpt-4.1; do
        printf 'from openai import OpenAI\nOpenAI().responses.create(model="%s")\n' $model > t/src/a.py
        expect 0 warrant scan t --json
        [ "$(json "sorted(a['name'] for a in j['assets'] if a['kind'] == 'model')")" = "['$model']" ]
    done
}

@test "the same content at the same path is known, whatever the times; the same content elsewhere has its own place" {
    make_tree t
    expect 0 warrant scan t
    settle
    touch t/src/a.py t/src/b.py
    expect 0 warrant scan t --json
    [ "$(unchanged)" = "$(json "j['scan']['files']")" ]
    cp -p t/src/a.py t/src/d.py
    expect 0 warrant scan t --json
    [ "$(json "any(s['path'] == 'src/d.py' for a in j['assets'] for s in a['seen'])")" = True ]
}

@test "files that together say something: one changes, the other is known" {
    expect 0 warrant version
    mkdir t
    printf 'MODEL = "gpt-4o"\n' > t/settings.py
    printf 'from openai import OpenAI\nfrom settings import MODEL\nclient = OpenAI()\nclient.responses.create(model=MODEL, input="x")\n' > t/app.py
    expect 0 warrant scan t --json
    if [ "$(json "j['scan']['code']")" != parsed ]; then skip "this build does not parse code: what several files say together is not known"; fi
    settle
    expect 0 warrant scan t
    printf 'MODEL = "gpt-4.1"\n' > t/settings.py
    expect 0 warrant scan t --json
    [ "$(unchanged)" = 1 ]
    whole > with
    expect 0 warrant scan t --json --no-cache
    whole > without
    cmp with without
    grep -q 'gpt-4.1' with
    ! grep -q 'gpt-4o' with
}

@test "the cache is private, holds no secret, and can be deleted" {
    make_tree t
    key="sk-proj-$(python3 -c 'import random; random.seed(4); print("".join(random.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(74)) + "T3BlbkFJ" + "".join(random.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(74)))')"
    printf 'OPENAI_API_KEY=%s\n' "$key" > t/.env
    expect 1 warrant scan t --json
    [ "$(json "sum(a['kind'] == 'credential' for a in j['assets'])")" = 1 ]
    [ "$(stat -c %a .warrant/cache)" = 700 ]
    for f in .warrant/cache/*; do [ "$(stat -c %a "$f")" = 600 ]; done
    ! grep -rq "$key" .warrant
    whole > first
    rm -r .warrant/cache
    expect 1 warrant scan t --json
    whole > second
    cmp first second
    [ -z "$errors" ]
}

@test "a damaged cache, and one that another workspace made, are not believed" {
    make_tree t
    expect 0 warrant scan t
    settle
    expect 0 warrant scan t --json
    whole > first
    cache=$(ls .warrant/cache/tree-*)
    printf 'X' | dd of="$cache" bs=1 seek=100 conv=notrunc status=none
    expect 0 warrant scan t --json
    says 'cache was not used: its seal is wrong'
    whole > second
    cmp first second
    [ "$(unchanged)" = 0 ]
    truncate -s 50 "$cache"
    expect 0 warrant scan t --json
    says 'cache was not used'
    # another workspace, whose scan of another tree lies where this one's is looked for
    mkdir other && make_tree other/t && printf 'from openai import OpenAI\nOpenAI().responses.create(model="o3")\n' > other/t/src/a.py
    (cd other && "$WARRANT" scan t --workspace .warrant > /dev/null 2>&1)
    cp other/.warrant/cache/tree-* "$cache"
    expect 0 warrant scan t --json
    says 'cache was not used: its seal is wrong'
    whole > third
    cmp first third
}

@test "a new entry of the catalogue is looked for in files that did not change" {
    make_tree t
    printf 'import clinicbird\n' > t/src/b.py
    printf 'clinicbird==1.0\n' >> t/requirements.txt
    expect 0 warrant scan t --json
    ! grep -q 'pypi/clinicbird' <<< "$output"
    settle
    expect 0 warrant scan t
    mkdir -p .warrant/catalog
    echo 'libraries: [{ ecosystem: pypi, name: clinicbird, role: client, provider: "", yes: [Clinicbird], no: [clinicbird-extra] }]' > .warrant/catalog/own.yaml
    expect 0 warrant scan t --json
    grep -q 'pypi/clinicbird' <<< "$output"
    [ "$(unchanged)" = 0 ]
}

@test "nothing is kept of a dry run, and what could not be read whole is read again" {
    make_tree t
    expect 0 warrant scan t --dry-run
    [ ! -e .warrant/cache ]
    head -c 17825792 /dev/zero | tr '\0' 'a' > t/long.txt
    expect 4 warrant scan t
    settle
    expect 4 warrant scan t --json
    expect 4 warrant scan t --json
    [ "$(unchanged)" = "$(( $(json "j['scan']['files']") - 1 ))" ]
    [ "$(json "[u['path'] for u in j['scan']['unread']]")" = "['long.txt']" ]
}

@test "another option is another question" {
    make_tree t
    mkdir t/m && python3 - <<'P'
import json, struct
h = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
open("t/m/model.safetensors", "wb").write(struct.pack("<Q", len(h)) + h + bytes(8))
P
    expect 0 warrant scan t
    settle
    expect 0 warrant scan t --json
    ! grep -q weights_digest <<< "$output"
    expect 0 warrant scan t --weights --json
    grep -q weights_digest <<< "$output"
}

@test "a repository below the tree keeps its own identity" {
    make_tree t
    expect 0 warrant scan t
    settle
    expect 0 warrant scan t --json
    (cd t/src && git init -q . && git -c user.name=Ann -c user.email=ann@clinic.example commit -q --allow-empty -m first)
    expect 0 warrant scan t --json
    whole > with
    expect 0 warrant scan t --json --no-cache
    whole > without
    cmp with without
}

@test "--check-cache fails where the cache says something else, and mends it" {
    make_tree t
    expect 0 warrant scan t
    settle
    touch t/src/a.py
    settle
    expect 0 warrant scan t
    # only whoever holds the workspace's key can make such a one
    python3 - .warrant <<'P'
import glob, hashlib, hmac, sys
raw = open(sys.argv[1] + "/tenant.key", "rb").read()
path = glob.glob(sys.argv[1] + "/cache/tree-*.cache")[0]
body, seal = open(path, "rb").read()[:-32], open(path, "rb").read()[-32:]
keys = [raw, raw.strip()] + ([bytes.fromhex(raw.decode().strip())] if len(raw.strip()) == 64 else [])
good = [k for k in keys if hmac.new(hmac.new(k, b"scan cache", hashlib.sha256).digest(), body, hashlib.sha256).digest() == seal]
assert good, "the seal is not what docs/cache.md says"
assert body.count(b"gpt-4o") > 0
body = body.replace(b"gpt-4o", b"gpt-4x")
open(path, "wb").write(body + hmac.new(hmac.new(good[0], b"scan cache", hashlib.sha256).digest(), body, hashlib.sha256).digest())
P
    expect 3 warrant scan t --check-cache --json
    says 'the cache would have said something else of 1 files, the first of them src/a.py'
    grep -q '"gpt-4o"' <<< "$output"
    ! grep -q 'gpt-4x' <<< "$output"
    expect 0 warrant scan t --check-cache --json
    expect 0 warrant scan t --json
    ! grep -q 'gpt-4x' <<< "$output"
}

@test "the history's answer is used again, is sealed, and gives way to a commit" {
    make_tree t
    (cd t && git init -q . && git add . && git -c user.name=Ann -c user.email=ann@clinic.example commit -q -m first)
    expect 0 warrant scan t --json
    whole > first
    facts=$(ls .warrant/cache/history-*.facts)
    settle
    touch -d '2001-01-01' "$facts"
    expect 0 warrant scan t --json
    whole > second
    cmp first second
    [ "$(stat -c %Y "$facts")" = "$(date -d '2001-01-01' +%s)" ] # it was not made anew
    printf 'X' | dd of="$facts" bs=1 seek=200 conv=notrunc status=none
    expect 0 warrant scan t --json
    whole > third
    cmp first third
    echo 'You are a careful helper.' > t/prompts/system.md
    (cd t && git -c user.name=Bo -c user.email=bo@clinic.example commit -q -a -m second)
    expect 0 warrant scan t --json
    grep -q 'bo@clinic.example' <<< "$output"
    whole > with
    expect 0 warrant scan t --json --no-cache
    whole > without
    cmp with without
}

@test "what was left out of a file for its bytes is known the next time, and still said" {
    make_tree t
    python3 -c 'print("from openai import OpenAI\nx = [" + "1, " * 300000 + "]")' > t/src/generated.py
    settle
    expect 4 warrant scan t --json
    says 'a line that a program wrote'
    settle
    expect 4 warrant scan t --json
    says 'a line that a program wrote'
    [ "$(unchanged)" = "$(json "j['scan']['files']")" ]
    expect 4 warrant scan t --check-cache
}
