load helper

each_setup() {
    mkdir t osv osv/npm
    printf 'langchain==0.1.5\ntransformers==4.30.0\nopenai==1.2.0\nvllm>=0.2\n' > t/requirements.txt
    printf '{"name":"x","dependencies":{"langchain":"0.1.5","openai":"4.0.0"}}' > t/package.json
    "$WARRANT" scan t --quiet > /dev/null
    # made-up weaknesses
    python3 - <<'PY'
import json
def put(name, v): json.dump(v, open("osv/" + name, "w"))
def record(id, eco, name, events, **more):
    put(more.pop("file", id + ".json"), {"id": id, "summary": "made up for a test", "affected": [{"package": {"ecosystem": eco, "name": name},
        "ranges": [{"type": more.pop("range", "ECOSYSTEM"), "events": events}], "versions": more.pop("versions", [])}], **more})
record("GHSA-aaaa-test-0001", "PyPI", "LangChain", [{"introduced": "0"}, {"fixed": "0.1.10"}], aliases=["CVE-2099-0001"],
       severity=[{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}])
record("PYSEC-2099-1", "PyPI", "langchain", [{"introduced": "0"}, {"fixed": "0.1.10"}], aliases=["CVE-2099-0001"])
record("GHSA-bbbb-test-0002", "PyPI", "transformers", [{"introduced": "4.0.0"}, {"last_affected": "4.30.0"}], database_specific={"severity": "LOW"},
       severity=[{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}])
record("GHSA-cccc-test-0003", "PyPI", "openai", [{"introduced": "0"}, {"fixed": "1.2.0"}])
record("GHSA-dddd-test-0004", "PyPI", "openai", [{"introduced": "0"}], withdrawn="2099-01-01T00:00:00Z")
record("GHSA-eeee-test-0005", "PyPI", "openai", [{"introduced": "1.2.0.dev1"}, {"fixed": "1.2.1"}])
record("GHSA-ffff-test-0006", "npm", "openai", [{"introduced": "4.0.0-beta.1"}, {"fixed": "4.0.1"}], range="SEMVER", file="npm/six.json")
record("GHSA-gggg-test-0007", "npm", "langchain", [{"introduced": "0"}, {"fixed": "0.1.5"}], range="SEMVER", file="npm/seven.json")
record("MAL-2099-8", "npm", "left-right", [{"introduced": "0"}], range="SEMVER")
PY
}

rules() { json "' '.join(sorted('%s:%s:%s' % (f['rule'], f['severity'], f['asset'].split('/')[-1]) for f in j['findings']))"; }
WANT='CVE-2099-0001:critical:langchain@0.1.5 GHSA-bbbb-test-0002:low:transformers@4.30.0 GHSA-eeee-test-0005:medium:openai@1.2.0 GHSA-ffff-test-0006:medium:openai@4.0.0'

@test "a folder, a zip and JSON Lines give the same findings" {
    expect 1 warrant scan --osv osv --json --dry-run
    [ "$(rules)" = "$WANT" ]
    python3 -c 'import shutil; shutil.make_archive("export", "zip", "osv")'
    expect 1 warrant scan --osv export.zip --json --dry-run
    [ "$(rules)" = "$WANT" ]
    for f in osv/*.json osv/npm/*.json; do cat "$f"; echo; done > export.jsonl
    expect 1 warrant scan --osv export.jsonl --json --dry-run
    [ "$(rules)" = "$WANT" ]
}

@test "a finding says where, how bad, what it is known as and what to do" {
    expect 1 warrant scan --osv osv --json
    [ "$(json "[f['remedy'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']")" = "['Upgrade to 0.1.10 or later.']" ]
    json "[f['detail'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']" | grep -q 'GHSA-aaaa-test-0001, PYSEC-2099-1.*9.8'
    json "[f['detail'] for f in j['findings'] if f['rule'] == 'GHSA-eeee-test-0005']" | grep -q 'severity is unknown'
    [ "$(json "[(f['path'], f['line']) for f in j['findings'] if f['rule'] == 'CVE-2099-0001']")" = "[('requirements.txt', 1)]" ]
    [ "$(json "{f['kind'] for f in j['findings']}")" = "{'vulnerable-library'}" ]
    expect 0 warrant scan --osv osv --fail-on none
    says '1 libraries have no version'
    says 'Since the last run: 0 opened, 0 closed'
    expect 0 warrant finding list
    says 'CVE-2099-0001'
}

@test "upgrading closes the finding; a damaged export closes nothing" {
    expect 1 warrant scan --osv osv
    sed -i 's/langchain==0.1.5/langchain==0.1.10/' t/requirements.txt
    "$WARRANT" scan t --quiet > /dev/null
    echo '{"id":' > osv/half.json
    expect 4 warrant scan --osv osv --json
    [ "$(json "j['scan']['findings_closed']")" = 0 ]
    rm osv/half.json
    expect 0 warrant scan --osv osv --json
    [ "$(json "j['scan']['findings_closed']")" = 1 ]
}

@test "OpenVEX and CycloneDX statements settle a finding, with their reason" {
    cat > open.json <<'X'
{"@context": "https://openvex.dev/ns/v0.2.0", "author": "Linden security", "statements": [
  {"vulnerability": {"name": "CVE-2099-0001"}, "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
   "products": [{"@id": "pkg:oci/assistant", "subcomponents": [{"@id": "pkg:pypi/langchain@0.1.5"}]}]},
  {"vulnerability": {"name": "GHSA-eeee-test-0005"}, "status": "under_investigation", "products": [{"@id": "pkg:pypi/openai"}]}]}
X
    expect 0 warrant scan --osv osv --vex open.json --json
    [ "$(json "[f['severity'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']")" = "['info']" ]
    json "[f['detail'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']" | grep -q 'Linden security says not_affected: vulnerable_code_not_in_execute_path'
    [ "$(json "[f['severity'] for f in j['findings'] if f['rule'] == 'GHSA-eeee-test-0005']")" = "['medium']" ]
    cat > cdx.json <<'X'
{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"bom-ref": "a", "type": "library", "name": "langchain", "purl": "pkg:pypi/langchain@0.1.5"}],
 "vulnerabilities": [{"id": "CVE-2099-0001", "analysis": {"state": "resolved", "detail": "patched in our build"}, "affects": [{"ref": "a"}]}]}
X
    expect 0 warrant scan --osv osv --vex cdx.json --json
    json "[f['detail'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']" | grep -q 'says fixed: patched in our build'
    sed 's/0.1.5/0.1.4/' cdx.json > other.json
    expect 1 warrant scan --osv osv --vex other.json --json
    [ "$(json "[f['severity'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']")" = "['critical']" ]
    echo '{}' > none.json
    expect 3 warrant scan --osv osv --vex none.json
    says 'neither OpenVEX nor CycloneDX nor CSAF'
}

@test "CSAF: products of the tree, of a relationship, and with a reason" {
    cat > csaf.json <<'X'
{"document": {"category": "csaf_vex", "csaf_version": "2.0", "publisher": {"name": "Linden PSIRT"}},
 "product_tree": {"branches": [{"category": "vendor", "branches": [{"category": "product_version", "product": {"product_id": "P1", "product_identification_helper": {"purl": "pkg:pypi/langchain@0.1.5"}}}]}],
  "relationships": [{"category": "default_component_of", "product_reference": "P1", "relates_to_product_reference": "OUR", "full_product_name": {"product_id": "OUR:P1", "name": "in ours"}}]},
 "vulnerabilities": [{"cve": "CVE-2099-0001", "product_status": {"known_not_affected": ["OUR:P1"]}, "flags": [{"label": "vulnerable_code_not_present", "product_ids": ["OUR:P1"]}]}]}
X
    expect 0 warrant scan --osv osv --vex csaf.json --json
    [ "$(json "[f['severity'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']")" = "['info']" ]
    json "[f['detail'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']" | grep -q 'Linden PSIRT says not_affected: vulnerable_code_not_present'
    sed 's/0.1.5/0.1.4/' csaf.json > other.json
    expect 1 warrant scan --osv osv --vex other.json --json
    [ "$(json "[f['severity'] for f in j['findings'] if f['rule'] == 'CVE-2099-0001']")" = "['critical']" ]
    tr -d '\n' < csaf.json > "$BATS_TEST_TMPDIR/line.json"
}

@test "usage, missing and damaged files" {
    expect 2 warrant scan --vex open.json
    expect 2 warrant scan t --osv osv
    expect 3 warrant scan --osv nowhere
    printf 'PK\003\004junk' > bad.zip
    expect 3 warrant scan --osv bad.zip
    says 'bad.zip'
    head -c 9000000 /dev/zero | tr '\0' x > long.jsonl
    expect 4 warrant scan --osv long.jsonl
    cd t && mv ../.warrant ../elsewhere
    expect 2 warrant scan --osv ../osv
}

@test "an export without an ecosystem is no comparison with it: it is said, and no finding closes" {
    expect 1 warrant scan --osv osv --json
    mkdir python && cp osv/*PYSEC* osv/GHSA-[a-e]* python/
    expect 4 warrant scan --osv python --json --fail-on none
    [ "$(json "[u['why'] for u in j['scan']['unread']]")" = "['libraries of npm that were not compared: 2. The export holds no record of npm: give that one as well']" ]
    [ "$(json "j['scan']['findings_closed']")" = 0 ]
}

@test "the check of libraries is good once all in production are compared, dated and supported" {
    rm -r t && mkdir t
    printf 'openai==1.2.5\n' > t/requirements.txt
    cat > t/warrant.yaml <<'Y'
systems:
  - { name: Shop, environments: [prod], uses: [openai] }
environments:
  - { name: prod, role: production }
Y
    verdict() { "$WARRANT" assess --json | python3 -c 'import json,sys; print({c["id"]: c["verdict"] for c in json.load(sys.stdin)["checks"]}["libraries-patched-and-supported"])'; }
    expect 0 warrant scan t
    [ "$(verdict)" = not-observable ]
    expect 0 warrant scan --osv osv --fail-on none
    [ "$(verdict)" = not-observable ] # nobody said whether it is still supported
    expect 0 warrant inventory set 'library:pkg:pypi/openai@1.2.5' supported=true
    [ "$(verdict)" = good ]
    expect 0 warrant inventory set 'library:pkg:pypi/openai@1.2.5' supported=false
    [ "$(verdict)" = short ]
}
