# The scripts that begin a model format, a detector, a report or a check: what they make compiles and is registered.
load helper

each_setup() {
    mkdir -p tests/fuzz
    cp -r "$WARRANT_SOURCE"/{include,scripts,profile,src} .
}

compiles() { cc -std=gnu17 -D_GNU_SOURCE -DWARRANT_VERSION='"0"' -Wall -Wextra -Wmissing-prototypes -Werror -fsyntax-only -Iinclude -Isrc -Isrc/scan/detectors "$@"; }

@test "new-artifact" {
    expect 0 scripts/new-artifact toy-format
    grep -q '&wr_artifact_toy_format,' src/scan/artifacts/registry.c
    compiles src/scan/artifacts/toy_format.c src/scan/artifacts/registry.c tests/fuzz/fuzz_toy_format.c
    [ -s tests/fuzz/corpus/toy_format/empty ]
}

@test "new-detector, before what joins the others' results" {
    expect 0 scripts/new-detector toy-rules
    grep -A1 '&wr_detector_toy_rules,' src/scan/detectors/registry.c | grep -q '&wr_detector_declared,'
    compiles src/scan/detectors/toy_rules.c src/scan/detectors/registry.c
}

@test "new-report" {
    expect 0 scripts/new-report toy
    grep -q '&wr_report_toy,' src/report/registry.c
    compiles src/report/toy.c src/report/registry.c
}

@test "new-check" {
    cp -r "$WARRANT_SOURCE/tests/data" tests/
    expect 0 scripts/new-check toy-is-good model license GV.SC-03/secure
    python3 -c 'import yaml; c = yaml.safe_load(open("profile/checks/toy-is-good.yaml")); assert c["population"] and c["short"]'
    [ -s tests/data/checks/toy-is-good.yaml ]
    expect 2 scripts/new-check toy-is-good model license GV.SC-03/secure
    says 'there is a check toy-is-good already'
}

@test "a name that is taken or wrong is refused, and nothing is changed" {
    expect 0 scripts/new-artifact toy
    cp src/scan/artifacts/registry.c before
    expect 1 scripts/new-artifact toy
    says 'is there already'
    expect 1 scripts/new-artifact Toy_Format
    says 'usage: scripts/new-artifact NAME'
    cmp before src/scan/artifacts/registry.c
}

@test "catalog new: each kind is valid, goes to the end of its file, and passes its own examples" {
    local kind
    for kind in 'provider acme-ai' 'model acme-lm' 'library npm/@acme/ai' 'library pypi/acme' 'library nuget/Acme.AI' 'key acme-key' \
        'key acme.other' 'mcp-client acme' 'instructions acme' 'prompt acmeprompt' 'part acmetool' 'service acme' 'process acmed'; do
        expect 0 warrant catalog new $kind
        says '^ *yes: |yes: \['
        expect 0 warrant catalog new $kind --dir mine
    done
    [ "$(grep -c '^keys:' mine/keys.yaml)" = 1 ] && [ "$(grep -c 'id: ' mine/keys.yaml)" = 2 ]
    expect 0 warrant catalog test
    before=${output%% *}
    expect 0 warrant catalog test mine
    says ' 0 wrong'
    [ "${output%% *}" -ge $((before + 26)) ]
    expect 2 warrant catalog new provider 'No Good'
    expect 2 warrant catalog new nonsense acme
    says 'provider, model'
    expect 2 warrant catalog new library 'cobol/x'
    expect 2 warrant catalog new library 'pypi/a"b'
}
