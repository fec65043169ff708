# Out and in: exports that hold against their formats' rules, and bills of materials of other tools.
load helper

each_setup() { export WARRANT_NOW=2026-11-25T21:00:00Z; }

# valid FORMAT FILE: status 77 of the checker says that it could not look.
valid() {
    local rc=0
    "$WARRANT_SOURCE/tests/data/check_exports.py" "$@" || rc=$?
    [ "$rc" -ne 77 ] || skip "NOT VALIDATED: $1 needs python3-jsonschema and its schema in ../shared/conformance"
    return "$rc"
}

scanned_clinic() { clinic estate && expect 1 warrant scan estate --json; }

# Names as an attacker would choose them: markup, formulas, quotes, bidi, bytes that are no UTF-8, long ones.
hostile_estate() {
    mkdir -p 'bad/=cmd|calc' "bad/a\"b'c" 'bad/<script>' 'bad/sp ace:colon' $'bad/new\nline'
    local d
    for d in bad/*/; do
        printf 'from openai import OpenAI\nOpenAI().chat.completions.create(model="gpt-4o")\n' > "${d}app.py"
        printf 'openai==1.51.2\n' > "${d}requirements.txt"
        printf 'cposix\nsystem\n(S"id"\ntR.' > "${d}m.pkl"
    done
    printf 'openai==1.51.2\n' > $'bad/requirements-\xff.txt'
    printf '{"mcpServers":{"\\u202e=HYPERLINK(\\"http://x\\")":{"command":"npx","args":["-y","<b>x"]}}}' > bad/.mcp.json
}

@test "the clinic's CycloneDX is valid, 1.6 and 1.7" {
    scanned_clinic
    expect 0 warrant report --format cyclonedx -o a.json
    expect 0 warrant report --format cyclonedx-1.7 -o b.json
    valid cyclonedx a.json
    valid cyclonedx b.json
}

@test "an empty workspace's and a hostile one's CycloneDX is valid" {
    mkdir nothing
    expect 0 warrant scan nothing --json
    expect 0 warrant report --format cyclonedx -o empty.json
    expect 0 warrant report --format cyclonedx-1.7 -o empty7.json
    hostile_estate
    expect 1 warrant scan bad --json
    expect 0 warrant report --format cyclonedx -o hostile.json
    [ "$(python3 -c 'import json; print(len(json.load(open("hostile.json"))["components"]) > 3)')" = True ]
    valid cyclonedx empty.json
    valid cyclonedx empty7.json
    valid cyclonedx hostile.json
}

@test "the checker notices what is not CycloneDX" {
    scanned_clinic
    expect 0 warrant report --format cyclonedx -o good.json
    valid cyclonedx good.json
    sed 's/"machine-learning-model"/"machine-learning"/' good.json > bad.json
    expect 1 valid cyclonedx bad.json
    sed '0,/"location": /s//"place": /' good.json > bad.json
    expect 1 valid cyclonedx bad.json
    sed '0,/"ref": "warrant:estate"/s//"ref": "warrant:other"/' good.json > bad.json
    expect 1 valid cyclonedx bad.json
}

@test "SARIF and SPDX hold: the clinic, an empty workspace, a hostile one" {
    mkdir nothing
    expect 0 warrant scan nothing --json
    for f in sarif spdx; do
        expect 0 warrant report --format $f -o "empty.$f"
        valid $f "empty.$f"
    done
    scanned_clinic
    hostile_estate
    expect 1 warrant scan bad --json
    for f in sarif spdx; do
        expect 0 warrant report --format $f -o "all.$f"
        valid $f "all.$f"
    done
    sed '0,/"hasConcludedLicense"/s//"other"/' all.spdx > bad.spdx
    expect 1 valid spdx bad.spdx
    sed '0,/"ruleIndex": [0-9]*/s//"ruleIndex": 0/; s/"startLine": [0-9]*/"startLine": 0/' all.sarif > bad.sarif
    expect 1 valid sarif bad.sarif
}

# schema_holds FORMAT: the official schema takes what we write, and does not take what is wrong.
schema_holds() {
    mkdir nothing
    expect 0 warrant scan nothing --json
    expect 0 warrant report --format "$1" -o empty.json
    valid "$1-schema" empty.json
    scanned_clinic
    hostile_estate
    expect 1 warrant scan bad --json
    expect 0 warrant report --format "$1" -o all.json
    valid "$1-schema" all.json
    sed "0,/\"$2\"/s//\"$2x\"/" empty.json > bad.json
    expect 1 valid "$1-schema" bad.json
}

@test "SARIF is valid against the official schema of 2.1.0" { schema_holds sarif driver; }

@test "SPDX is valid against the official schema of 3.0.1" { schema_holds spdx spdxId; }

@test "the same workspace gives the same bytes, later as well" {
    scanned_clinic
    for f in cyclonedx cyclonedx-1.7 spdx sarif csv dot mermaid; do
        expect 0 warrant report --format $f -o "one.$f"
        WARRANT_NOW=2026-11-26T09:00:00Z expect 0 warrant report --format $f -o "two.$f"
        cmp "one.$f" "two.$f"
    done
    [ -s one.dot ] && grep -q '^digraph' one.dot && grep -q '^graph LR' one.mermaid
    # a scan that finds the same leaves number and ids as they are
    WARRANT_NOW=2026-11-26T09:00:00Z expect 1 warrant scan estate --json
    expect 0 warrant report --format cyclonedx -o later.cyclonedx
    [ "$(grep serialNumber one.cyclonedx)" = "$(grep serialNumber later.cyclonedx)" ]
    expect 0 warrant report --format spdx -o later.spdx
    diff <(grep spdxId one.spdx) <(grep spdxId later.spdx)
}

@test "two fresh workspaces of one key give the same bytes: one worker, two, from the cache, without it" {
    clinic estate
    mkdir w1 nothing
    (cd w1 && expect 0 warrant scan ../nothing --workspace .warrant)
    cp -a w1 w2 && cp -a w1 w3
    for w in w1 w2 w3; do cp -a estate $w/tree; done
    sleep 2.2 # old enough for the cache to trust the files' times
    (cd w1 && expect 1 warrant scan tree --workers 1)
    (cd w2 && expect 1 warrant scan tree --workers 2 && expect 1 warrant scan tree --workers 2 --json && [ "$(json "j['scan']['unchanged'] > 0")" = True ])
    (cd w3 && expect 1 warrant scan tree --no-cache)
    for f in cyclonedx cyclonedx-1.7 spdx sarif csv dot mermaid; do
        for w in w1 w2 w3; do (cd $w && expect 0 warrant report --format $f -o "out.$f"); done
        cmp w1/out.$f w3/out.$f
        cmp w1/out.$f w2/out.$f
    done
}

@test "a bill of materials names no person and no key" {
    scanned_clinic
    for f in cyclonedx spdx; do
        expect 0 warrant report --format $f -o "bom.$f"
        ! grep -q 'principal:\|patient-services-lead@' "bom.$f"
    done
    grep -q '"machine-learning-model"' bom.cyclonedx
    ! grep -q 'sk-ant-\|sk-proj-' bom.cyclonedx bom.spdx
}

@test "our CycloneDX and SPDX, imported elsewhere, give the same assets and relations" {
    scanned_clinic
    q="SELECT id FROM asset WHERE gone_at IS NULL AND kind NOT IN ('principal', 'credential') ORDER BY id"
    r="SELECT source, type, target FROM relation WHERE source NOT LIKE 'principal:%' AND target NOT LIKE 'principal:%'
       AND source NOT LIKE 'credential:%' AND target NOT LIKE 'credential:%' ORDER BY 1, 2, 3"
    kinds="SELECT id FROM asset WHERE gone_at IS NULL AND kind IN ('model', 'library', 'provider') ORDER BY id"
    warrant query --json "$q" > assets
    warrant query --json "$r" > relations
    warrant query --json "$kinds" > kinds
    [ "$(grep -c '"id"' kinds)" -gt 30 ]
    for f in cyclonedx cyclonedx-1.7 spdx; do
        expect 0 warrant report --format $f -o "bom.$f"
        mkdir "other.$f"
        expect 0 warrant evidence import "bom.$f" --workspace "other.$f/.warrant"
        diff kinds <(warrant query --json "$kinds" --workspace "other.$f/.warrant")
    done
    diff assets <(warrant query --json "$q" --workspace other.cyclonedx/.warrant)
    diff relations <(warrant query --json "$r" --workspace other.cyclonedx/.warrant)
}

bom() { # bom VERSION-OF-OPENAI [MORE]
    cat <<END
{"bomFormat":"CycloneDX","specVersion":"1.5","metadata":{"timestamp":"2026-11-01T00:00:00Z",
 "tools":{"components":[{"type":"application","name":"packer","version":"10.1"}]},
 "component":{"type":"application","name":"shop"}},
 "components":[{"type":"library","name":"openai","purl":"pkg:pypi/openai@$1"},
  {"type":"machine-learning-model","name":"gpt-4o","supplier":{"name":"OpenAI"},"licenses":[{"license":{"name":"${2:-terms}"}}]},
  {"type":"library","name":"left-pad","purl":"pkg:npm/left-pad@1.3.0"}]}
END
}

@test "an import says what it took, and a newer file under the same name what changed" {
    bom 1.51.2 > shop.json
    expect 0 warrant evidence import shop.json
    says 'CycloneDX 1.5, made by packer 10.1. 2 of its 3 parts'
    says '4 appeared, 0 changed, 0 vanished'
    expect 0 warrant evidence import shop.json
    says '0 appeared, 0 changed, 0 vanished'
    bom 1.60.0 other > shop.json
    expect 0 warrant evidence import shop.json --json
    [ "$(json 'j["appeared"] + j["vanished"]')" = "['library:pkg:pypi/openai@1.60.0', 'library:pkg:pypi/openai@1.51.2']" ]
    [ "$(json '[(x["property"], x["before"], x["after"]) for c in j["changed"] if c["id"] == "model:openai/gpt-4o" for x in c["changes"]]')" = \
      "[('license', 'terms', 'other')]" ]
    expect 0 warrant query --json "SELECT count(*) AS n FROM imports WHERE scope = 'import:shop.json' AND tool = 'packer 10.1'"
    [ "$(json 'j["rows"][0]["n"] if isinstance(j, dict) else j[0]["n"]')" = 3 ]
}

@test "what is imported is never verified" {
    bom 1.51.2 > shop.json
    expect 0 warrant evidence import shop.json
    expect 0 warrant assess --json
    [ "$(json '[o["outcome"] for o in j["outcomes"] if o["state"] not in ("unknown", "not-applicable")]')" = "[]" ]
    expect 0 warrant inventory show model:openai/gpt-4o
    says 'imported from packer 10.1'
    says 'import:shop.json'
    expect 0 warrant inventory list model
    says 'gpt-4o .*\(imported\) shop.json'
    expect 0 warrant rebuild
    expect 0 warrant query "SELECT count(*) AS n FROM model"
    says '^ *0$'
    expect 0 warrant report --format csv -o -
    says '"model","gpt-4o",.*"imported"'
    expect 0 warrant report --format cyclonedx -o -
    says 'warrant:imported:license'
}

@test "an import does not move what was seen" {
    scanned_clinic
    warrant query --json "SELECT id, version, pinned, more FROM model ORDER BY id" > before
    warrant query --json "SELECT source, type, target, origin FROM relation WHERE origin <> 'imported' ORDER BY 1, 2, 3" > relations
    warrant assess --json > assess.before
    bom 1.51.2 > shop.json
    expect 0 warrant evidence import shop.json
    diff before <(warrant query --json "SELECT id, version, pinned, more FROM model ORDER BY id")
    diff relations <(warrant query --json "SELECT source, type, target, origin FROM relation WHERE origin <> 'imported' ORDER BY 1, 2, 3")
    diff assess.before <(warrant assess --json)
}

@test "what cannot be imported is told, with what to do" {
    printf 'no json' > a.json
    printf '{"bomFormat":"CycloneDX","specVersion":"1.1"}' > b.json
    printf '{"spdxVersion":"SPDX-2.1"}' > c.json
    printf '{"name":"package"}' > d.json
    expect 3 warrant evidence import a.json
    says 'a.json'
    expect 2 warrant evidence import b.json
    says '1.1.*b.json.*1.2 to 1.7'
    expect 2 warrant evidence import c.json
    says 'SPDX-2.3'
    expect 3 warrant evidence import d.json
    says 'neither a CycloneDX nor an SPDX'
    expect 3 warrant evidence import none.json
    head -c 200000 /dev/zero | tr '\0' '[' > e.json
    expect 3 warrant evidence import e.json
    expect 0 warrant query --json "SELECT count(*) AS n FROM imports"
    says '\b0\b'
}

@test "scan --format sarif is valid and stable, and knows what was accepted" {
    clinic estate
    expect 1 warrant scan estate --format sarif
    printf '%s' "$output" > one.sarif
    valid sarif one.sarif
    id=$(printf '%s' "$output" | python3 -c 'import json,sys; print(json.load(sys.stdin)["runs"][0]["results"][0]["partialFingerprints"]["warrantFinding/v1"])')
    expect 0 warrant finding accept "$id" --until 2027-01-31 --by risk-owner --why 'rotated'
    expect 1 warrant scan estate --format sarif
    [ "$(json '[s["justification"] for r in j["runs"][0]["results"] for s in r["suppressions"]]')" = \
      "['Accepted by risk-owner until 2027-01-31T00:00:00Z: rotated']" ]
    printf '%s' "$output" > two.sarif
    valid sarif two.sarif
    expect 0 warrant report --format sarif -o three.sarif
    grep -q 'Accepted by risk-owner' three.sarif
}

@test "scan --format md says what is new, changed and closed" {
    clinic estate
    echo 'You are extra.' > estate/patient-chat/prompts/extra.md
    expect 1 warrant scan estate --format md
    says 'all of it counts as new'
    expect 1 warrant scan estate --format md
    says '\*\*0 new findings\*\*, 0 closed. Assets: 0 appeared, 0 changed, 0 vanished'
    rm estate/patient-chat/.env estate/patient-chat/prompts/extra.md
    echo 'Be brief.' >> estate/patient-chat/prompts/system.md
    printf 'import torch\ntorch.load("x.pt")\n' > estate/triage/new.py
    expect 1 warrant scan estate --format md --dry-run
    expect 1 warrant scan estate --format md
    says '\*\*2 new findings\*\* \(1 high, 1 medium\), 1 closed' # the key has left the tree, not the history
    says '^\| medium \| .*triage/new.py:2'
    says '^\| changed \| prompt \| .*digest: sha256:'
    says '^\| gone \| prompt \|'
    says '^- A credential is written in a file of the tree \(patient-chat/\.env\)'
    expect 2 warrant scan estate --format nonsense
    expect 2 warrant scan estate --json --format md
}

@test "a table for a spreadsheet holds no formula" {
    hostile_estate
    expect 1 warrant scan bad --json
    expect 0 warrant report --format csv -o all.csv
    python3 - <<'END'
import csv
rows = list(csv.reader(open("all.csv", newline="")))
assert len(rows) > 10 and all(len(r) == len(rows[0]) for r in rows), "the rows differ in length"
assert not [c for r in rows for c in r if c[:1] in "=+-@" and c], "a cell is a formula"
END
}

@test "bills of materials in the oldest JSON of CycloneDX are taken too" {
    for v in 1.2 1.3; do
        printf '{"bomFormat":"CycloneDX","specVersion":"%s","metadata":{"tools":[{"vendor":"x","name":"y","version":"1"}]},"components":[{"type":"library","name":"openai","version":"1.2.0","purl":"pkg:pypi/openai@1.2.0"}]}' "$v" > old.json
        expect 0 warrant evidence import old.json --as "old-$v" --json
    done
    expect 0 warrant inventory list library --json
    says 'pkg:pypi/openai@1.2.0'
}
