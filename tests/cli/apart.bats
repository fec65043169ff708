# Logs, OSV exports, VEX and bills of materials are other people's bytes: whoever parses them is locked down, and its
# death is told.
load helper

each_setup() {
    "$WARRANT" scan . > /dev/null 2>&1
    records > before
}
records() { "$WARRANT" query 'SELECT count(*) AS n FROM record' --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["rows"][0]["n"])'; }
nothing_was_recorded() { records | cmp - before; }

# Starts a command whose input is a pipe, kills the process that reads it, and waits. $status, $output.
kill_the_reader() {
    mkfifo pipe
    "$WARRANT" "$@" > out 2>&1 &
    local parent=$! child='' i
    exec 7> pipe
    for i in $(seq 100); do
        child=$(pgrep -P "$parent" | head -1)
        [ -n "$child" ] && [ "$(awk '/^Seccomp:/ {print $2}' "/proc/$child/status" 2>/dev/null)" != "" ] && break
        sleep 0.05
    done
    sleep 0.3
    kill -KILL "$child"
    status=0
    wait "$parent" || status=$?
    exec 7>&-
    output=$(cat out)
    errors=''
}

@test "a reader of logs that dies is told, and nothing is recorded" {
    kill_the_reader discover pipe --kind dns
    [ "$status" = 3 ]
    says 'the process reading the logs died of signal 9'
    says 'broken or hostile: nothing of it was recorded'
    nothing_was_recorded
}

@test "the readers are locked down" {
    mkfifo pipe
    "$WARRANT" discover pipe --kind dns > out 2>&1 &
    parent=$!
    exec 7> pipe
    for i in $(seq 100); do
        child=$(pgrep -P "$parent" | head -1)
        [ -n "$child" ] && break
        sleep 0.05
    done
    sleep 0.3
    new=$(awk '/^NoNewPrivs:/ {print $2}' "/proc/$child/status")
    seccomp=$(awk '/^Seccomp:/ {print $2}' "/proc/$child/status")
    exec 7>&-
    wait "$parent" || true
    [ "$new" = 1 ]
    case $("$WARRANT" scan . --json 2>/dev/null | python3 -c 'import json,sys; print(json.load(sys.stdin)["scan"]["sandbox"])') in
        seccomp*) [ "$seccomp" = 2 ] ;;

        *) skip "no seccomp in this build or kernel: not tried here (plain.child tries it)" ;;
    esac
}

@test "hostile logs cost themselves" {
    python3 - <<'P'
import gzip, json
open("deep.json", "w").write("[" * 200000)
open("wide.json", "w").write('{"items":[' + ",".join('{"id":{"time":"2026-11-01T00:00:00Z"},"events":[{}]}' for _ in range(200000)) + "]}")
with gzip.open("bomb.log.gz", "wb", 9) as f:
    for _ in range(64):
        f.write(b"A" * (1 << 20))
open("nul.csv", "wb").write(b"\0" * 100000)
open("columns.csv", "w").write(",".join("host" for _ in range(20000)) + "\n" + "," * 20000 + "\n")
open("good.log", "w").write("Nov 25 10:00:00 dnsmasq[1]: query[A] api.openai.com from 10.0.0.1\n" * 5)
P
    expect 4 warrant discover deep.json wide.json bomb.log.gz nul.csv columns.csv good.log --json
    [ "$(json "[i['format'] for i in j['inputs']][-1]")" = dnsmasq ]
    [ "$(json "[s['id'] for s in j['services']]")" = "['openai-api']" ]
    [ "$(json "sum('unread' in i for i in j['inputs'])")" = 3 ]
}

@test "hostile bills of materials are refused, with a reason" {
    python3 - <<'P'
import json
open("deep.json", "w").write('{"bomFormat":"CycloneDX","specVersion":"1.6","components":' + '[{"components":' * 5000 + "[]" + "}]" * 5000 + "}")
open("cut.json", "w").write('{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"name":"x"')
open("types.json", "w").write(json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": 5, "name": [], "purl": {}}, "x", None, 7], "services": {"a": 1}}))
open("bytes.json", "wb").write(b'{"bomFormat":"CycloneDX","specVersion":"1.6","components":[{"type":"library","name":"\xff\xfe"}]}')
P
    for f in deep cut bytes; do
        run "$WARRANT" evidence import $f.json
        [ "$status" -ge 1 ] && [ "$status" -le 3 ]
        [ -n "$output" ]
    done
    nothing_was_recorded
    run "$WARRANT" evidence import types.json
    [ "$status" -le 3 ]
}

@test "hostile exports and VEX cost themselves" {
    python3 - <<'P'
import zipfile, json
with zipfile.ZipFile("bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
    z.writestr("bomb.json", b'{"id":"' + b"A" * (64 << 20) + b'"}')
    z.writestr("deep.json", "[" * 100000)
    z.writestr("../../escape.json", json.dumps({"id": "X-1", "affected": []}))
open("cut.zip", "wb").write(open("bomb.zip", "rb").read()[:30000])
open("lines.jsonl", "w").write("[" * 100000 + "\n" + '{"id":"X-2","affected":[{"package":{"ecosystem":"PyPI","name":"openai"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"' + "9" * 100000 + '"}]}]}]}\n')
open("vex.json", "w").write('{"statements":' + "[" * 100000)
P
    expect 4 warrant scan --osv bomb.zip --osv lines.jsonl --json
    expect 3 warrant scan --osv cut.zip
    says 'damaged'
    run "$WARRANT" scan --osv lines.jsonl --vex vex.json
    [ "$status" = 3 ]
    expect 3 warrant scan --osv lines.jsonl --vex nowhere.json
    says 'nowhere.json'
}
