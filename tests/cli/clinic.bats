# The example estate: everything that is planted is found, and nothing else.
load helper

@test "the estate is the same bytes each time" {
    clinic one
    clinic two
    diff -r one two
}

@test "the estate's git history is sound" {
    command -v git >/dev/null || skip "NO GIT HERE: the history was not checked"
    clinic estate
    git -C estate fsck --strict
    [ -z "$(git -C estate status --porcelain)" ]
    [ "$(git -C estate log --format=%an -- patient-chat/prompts/system.md | sort -u | wc -l)" -eq 3 ]
}

@test "what is planted is found, and nothing else" {
    clinic estate
    expect 1 warrant scan estate --json
    printf '%s' "$output" > scan.json
    "$WARRANT_SOURCE/tests/data/check_planted.py" "$WARRANT_SOURCE/examples/clinic/planted.yaml" scan.json
}

@test "the checker notices what is missing, surprising or forbidden" {
    cat > planted.yaml <<'END'
assets: [{asset: '^model:a$', properties: {format: gguf}}]
relations: []
findings: []
absent: [{why: never, at: '^scratch/'}]
also: {}
END
    check() { printf '%s' "$1" > scan.json; "$WARRANT_SOURCE/tests/data/check_planted.py" planted.yaml scan.json; }
    good='{"id":"model:a","kind":"model","name":"a","properties":{"format":{"value":"gguf"}},"seen":[{"path":"x"}]}'
    expect 0 check "{\"assets\":[$good],\"relations\":[],\"findings\":[]}"
    expect 1 check '{"assets":[],"relations":[],"findings":[]}'
    says '^not found: asset'
    expect 1 check "{\"assets\":[${good/gguf/onnx}],\"relations\":[],\"findings\":[]}"
    says 'not as planted'
    expect 1 check "{\"assets\":[$good,${good/model:a/model:b}],\"relations\":[],\"findings\":[]}"
    says '^surprise: asset model:b'
    expect 1 check "{\"assets\":[${good/\"x\"/\"scratch/x\"}],\"relations\":[],\"findings\":[]}"
    says '^must not be there: never'
}

@test "a second scan of the unchanged estate adds one record" {
    clinic estate
    expect 1 warrant scan estate --json
    before=$(warrant query --json 'SELECT count(*) AS n FROM record' | tr -dc 0-9)
    expect 1 warrant scan estate --json
    after=$(warrant query --json 'SELECT count(*) AS n FROM record' | tr -dc 0-9)
    [ "$after" -eq $((before + 1)) ]
}
