# `warrant scan`: what is found, what changed, and what a hostile tree can do.
load helper

@test "an empty folder: nothing is found, nothing is met" {
    mkdir empty
    expect 0 warrant scan empty
    says 'No AI was found here'
    expect 0 warrant assess --json
    [ "$(json "j['counts']['met']")" = 0 ]
    [ "$(json "len(j['outcomes'])")" = 318 ]
    [ "$(json "[o['outcome'] for o in j['outcomes'] if o['state'] in ('met', 'partial', 'attested')]")" = "[]" ]
}

@test "the second scan of the same tree records one entry and says that nothing changed" {
    clinic estate
    expect 1 warrant scan estate --json
    appeared=$(json "j['scan']['appeared']")
    [ "$appeared" -gt 60 ]
    before=$(warrant query 'SELECT count(*) AS n FROM record' --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["rows"][0]["n"])')
    expect 1 warrant scan estate --json
    [ "$(json "(j['scan']['appeared'], j['scan']['changed'], j['scan']['vanished'])")" = "(0, 0, 0)" ]
    after=$(warrant query 'SELECT count(*) AS n FROM record' --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["rows"][0]["n"])')
    [ "$((after - before))" = 1 ]
}

@test "the same tree gives the same bytes, with one worker or four" {
    clinic estate
    export WARRANT_NOW=2026-11-25T12:00:00Z
    strip() { python3 -c 'import json,sys; j=json.load(sys.stdin); j["scan"]=[s["observed"] for s in j["scan"]["scopes"]]; print(json.dumps(j, sort_keys=True))'; }
    "$WARRANT" scan estate --json --workers 1 2>/dev/null | strip > one
    "$WARRANT" scan estate --json --workers 4 2>/dev/null | strip > four
    cmp one four
}

@test "what changed: a new prompt text, a vanished library" {
    mkdir -p t/prompts && echo 'You are a helper.' > t/prompts/system.md && printf 'openai==1.2.3\nanthropic==0.3.0\n' > t/requirements.txt
    expect 0 warrant scan t
    echo 'You are a helper who never says no.' > t/prompts/system.md && printf 'openai==1.2.3\n' > t/requirements.txt
    expect 0 warrant scan t --json
    [ "$(json "j['scan']['vanished'] >= 1")" = True ]
    [ "$(json "j['scan']['changed'] >= 1")" = True ]
    expect 0 warrant inventory changes --json
    [ "$(json "[c['property'] for c in j['changes'] if c['asset'].startswith('prompt:')]")" = "['digest']" ]
}

@test "two folders in one workspace do not make each other vanish" {
    mkdir a b && echo 'openai==1.0.0' > a/requirements.txt && echo 'anthropic==0.3.0' > b/requirements.txt
    expect 0 warrant scan a
    expect 0 warrant scan b --json
    [ "$(json "j['scan']['vanished']")" = 0 ]
    expect 0 warrant inventory list library --json
    [ "$(json "sorted(a['name'] for a in j['assets'])")" = "['anthropic', 'openai']" ]
}

@test "a repository is the same one alone, inside a folder of repositories, and in another place" {
    command -v git || skip "git is not installed"
    mkdir -p src/one/prompts && echo 'Be kind.' > src/one/prompts/system.md
    (cd src/one && git init -q . && git add . && git -c user.name=n -c user.email=n@example.org commit -qm first)
    cp -r src elsewhere
    ids() { "$WARRANT" --workspace "w-$2" scan "$1" --json 2>/dev/null | python3 -c 'import json,sys; print([a["id"] for a in json.load(sys.stdin)["assets"] if a["kind"]=="prompt"])'; }
    one=$("$WARRANT" scan src/one --workspace w1 --json | python3 -c 'import json,sys; print([a["id"] for a in json.load(sys.stdin)["assets"] if a["kind"]=="prompt"])')
    all=$("$WARRANT" scan src --workspace w2 --json | python3 -c 'import json,sys; print([a["id"] for a in json.load(sys.stdin)["assets"] if a["kind"]=="prompt"])')
    moved=$("$WARRANT" scan elsewhere --workspace w3 --json | python3 -c 'import json,sys; print([a["id"] for a in json.load(sys.stdin)["assets"] if a["kind"]=="prompt"])')
    [ "$one" != "[]" ] && [ "$one" = "$all" ] && [ "$one" = "$moved" ]
    case $one in *"$PWD"*) false ;; esac
}

@test "git-ignore rules are honoured unless told otherwise, and counted" {
    mkdir -p t/build t/node_modules/x && echo 'openai==1.0.0' > t/build/requirements.txt && echo '{"dependencies":{"openai":"1.0.0"}}' > t/node_modules/x/package.json
    echo build/ > t/.gitignore
    expect 0 warrant scan t --json
    [ "$(json "[a for a in j['assets'] if a['kind']=='library']")" = "[]" ]
    [ "$(json "j['scan']['scopes'][0]['skipped']['ignored by git-ignore rules']")" = 1 ]
    expect 0 warrant scan t --no-ignore --json
    [ "$(json "len([a for a in j['assets'] if a['kind']=='library'])")" -ge 1 ]
}

@test "hostile files cost their own verdict and nothing else" {
    mkdir t && echo 'openai==1.0.0' > t/requirements.txt
    truncate -s 1T t/sparse.bin
    mkfifo t/pipe
    ln -s loop t/loop && ln -s /etc/passwd t/link && ln -s .. t/up
    printf 'x' > "t/$(printf '\377\376').py"
    python3 - <<'PY'
import struct
open('t/lie.gguf','wb').write(b'GGUF'+struct.pack('<IQQ',3,2**63,1))
open('t/.mcp.json','w').write('{"mcpServers":'+'{"a":'*5000)
open('t/docker-compose.yml','w').write('a: &a [x,x,x,x]\n'+''.join(f'{chr(98+i)}: &{chr(98+i)} [*{chr(97+i)},*{chr(97+i)},*{chr(97+i)},*{chr(97+i)}]\n' for i in range(12)))
open('t/package-lock.json','w').write('{"lockfileVersion":3,"packages":{'+','.join(f'"node_modules/p{i}":{{"version":"1"}}' for i in range(50000))+'}}')
open('t/big.py','w').write('a'*20000000)
open('t/deep.yaml','w').write('['*100000)
PY
    expect 1 warrant scan t --json
    [ "$(json "j['scan']['incomplete']")" = True ]
    [ "$(json "[a['name'] for a in j['assets'] if a['kind']=='library']")" = "['openai']" ]
    [ "$(json "sorted(u['path'] for u in j['scan']['unread'])")" = "['.mcp.json', 'big.py', 'docker-compose.yml', 'lie.gguf', 'sparse.bin']" ]
    [ "$(json "[f['path'] for f in j['findings']]")" = "['lie.gguf']" ]
    [ "$(json "'devices, pipes and sockets' in j['scan']['scopes'][0]['skipped']")" = True ]
    [ "$(json "j['scan']['scopes'][0]['skipped']['symbolic links, not followed']")" = 3 ]
}

@test "files that cannot be read are said to be unread" {
    # root reads everything, so root runs it as nobody, in a folder that nobody can reach
    here=$(mktemp -d /tmp/warrant-unread.XXXXXX)
    chmod 755 "$here"
    cd "$here"
    mkdir t t/shut w && echo secret > t/locked.py && echo 'openai==1.0.0' > t/requirements.txt
    chmod 777 w
    chmod 0 t/locked.py t/shut
    as_nobody=()
    if [ "$(id -u)" = 0 ]; then
        command -v setpriv || skip "setpriv is not installed, and root reads everything"
        as_nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp)
        "${as_nobody[@]}" "$WARRANT" version || skip "the program lies where nobody cannot reach it"
    fi
    expect 4 "${as_nobody[@]}" "$WARRANT" scan t --json --workspace w/ws
    [ "$(json "sorted(u['path'] for u in j['scan']['unread'])")" = "['locked.py', 'shut']" ]
    [ "$(json "[a['name'] for a in j['assets'] if a['kind']=='library']")" = "['openai']" ]
    chmod 755 t/locked.py t/shut
    rm -rf "$here"
}

@test "nothing is written into the scanned tree, and no network is used" {
    command -v strace || skip "strace is not installed"
    clinic estate
    find estate -type f -exec sha256sum {} + | sort > before
    strace -f -qq -e trace=socket,connect,execve -o trace "$WARRANT" scan estate --workspace w > /dev/null || [ $? = 1 ] || skip "strace cannot trace here"
    find estate -type f -exec sha256sum {} + | sort > after
    cmp before after
    ! grep -E 'AF_INET|connect\(' trace
    [ "$(grep -c execve trace)" = 1 ]
}

# Runs the program under strace: nothing is started but it, and no socket leaves the machine. Its workers are its own forks.
alone() {
    local rc=0
    strace -f -qq -e trace=socket,connect,bind,sendto,sendmsg,execve,execveat -o trace "$WARRANT" "$@" > out 2> err || rc=$?
    [ -s trace ] || skip "strace cannot trace here"
    [ "$rc" = 0 ] || [ "$rc" = 1 ] || [ "$rc" = 4 ] || { cat out err; return 1; }
    [ "$(grep -cE 'execve(at)?\(' trace)" = 1 ] || { grep execve trace; return 1; }
    ! grep -E 'AF_INET|AF_NETLINK|AF_PACKET|connect\((3|[0-9]+), \{sa_family=AF_[^U]' trace || return 1
}

@test "no command that reads other people's files uses the network or starts a program" {
    command -v strace || skip "strace is not installed"
    clinic estate
    git -C estate rev-parse HEAD # with a history
    mkdir -p estate/.git/hooks
    printf '#!/bin/sh\ntouch %s/hook-ran\n' "$PWD" > estate/.git/hooks/post-index-change && chmod +x estate/.git/hooks/post-index-change
    git -C estate config core.fsmonitor "touch $PWD/fsmonitor-ran"
    alone scan estate --workspace w --workers 2
    sleep 2.2
    alone scan estate --workspace w # now from the cache
    alone scan estate --workspace w
    grep -q . out
    mkdir osv && printf '{"id":"X-1","affected":[{"package":{"ecosystem":"PyPI","name":"openai"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}' > osv/X-1.json
    alone scan --osv osv --workspace w
    python3 "$WARRANT_SOURCE/tests/data/make_logs.py" logs
    alone discover logs/zeek-dns.log --workspace w
    alone discover logs --workspace w
    "$WARRANT" report --workspace w --format cyclonedx -o bom.json > /dev/null
    alone evidence import bom.json --workspace w
    model=$(find estate -name '*.safetensors' -o -name '*.gguf' -o -name '*.pkl' | head -1)
    [ -n "$model" ]
    alone artifact inspect "$model" --workspace w
    alone artifact lock estate --workspace w
    alone artifact verify estate --workspace w
    [ ! -e hook-ran ] && [ ! -e fsmonitor-ran ]
}

@test "--fail-on sets the threshold, and accepted findings do not count" {
    mkdir t && python3 -c "import pickle,os
class A:
    def __reduce__(self): return (os.system, ('true',))
open('t/m.pkl','wb').write(pickle.dumps(A()))"
    expect 1 warrant scan t --json
    id=$(json "[f['id'] for f in j['findings'] if f['severity']=='critical'][0]")
    expect 0 warrant scan t --fail-on none
    expect 2 warrant scan t --fail-on serious
    expect 2 warrant finding accept "$id" --until 2020-01-01 --by security-lead --why 'a test'
    expect 2 warrant finding accept "$id" --until "$(date -u -d '+30 days' +%F)" --by security-lead
    expect 0 warrant finding accept "$id" --until "$(date -u -d '+30 days' +%F)" --by security-lead --why 'a test'
    expect 0 warrant scan t
    says 'accepted for a time'
    WARRANT_NOW=$(date -u -d '+40 days' +%s) expect 1 warrant scan t
}

@test "a missing path, no path, and an unknown option are usage errors" {
    expect 2 warrant scan no/such/folder
    says 'there is no file or folder'
    [ ! -e .warrant ]
    expect 2 warrant scan
    expect 2 warrant scan . --bogus
    expect 2 warrant scam
}

@test "a secret is nowhere: not in the output, the ledger or the store" {
    clinic estate
    key=$(grep -rhoE 'sk-[A-Za-z0-9_-]{40,}' estate/deploy estate/patient-chat/.env | head -1)
    [ -n "$key" ]
    warrant scan estate --json > out.json || true
    warrant report -o report.html > /dev/null
    ! grep -rqF "$key" .warrant out.json report.html
}

@test "a reader that dies costs the file that it was at, never the scan" {
    command -v pgrep || skip "pgrep is not installed"
    mkdir t && python3 -c "
import os
for i in range(4000):
    os.makedirs(f't/d{i%40}', exist_ok=True)
    open(f't/d{i%40}/f{i}.py','w').write('x = 1\n' * 4000)
open('t/requirements.txt','w').write('openai==1.0.0\n')"
    "$WARRANT" scan t --json > out.json 2> err.txt &
    scan=$!
    kills=0
    while kill -0 $scan 2>/dev/null && [ $kills -lt 5 ]; do
        child=$(pgrep -P $scan | head -1) || true
        if [ -n "$child" ] && kill -9 "$child" 2>/dev/null; then kills=$((kills + 1)); fi
        sleep 0.02
    done
    status=0
    wait $scan || status=$?
    [ $kills -gt 0 ] || skip "the scan was faster than the first kill"
    [ "$status" = 4 ] || [ "$status" = 0 ]
    output=$(cat out.json)
    [ "$(json "[a['name'] for a in j['assets'] if a['kind']=='library']")" = "['openai']" ] || [ "$(json "'requirements.txt' in [u['path'] for u in j['scan']['unread']]")" = True ]
    [ "$(json "j['scan']['files']")" = 4001 ]
    [ "$(json "len(j['scan']['unread'])")" -le "$kills" ]
}
