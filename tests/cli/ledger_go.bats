# A second implementation, Go's sumdb packages, reads our ledger and checks our proofs.

setup() {
    command -v go >/dev/null || skip "SKIPPED: go is missing (apt install golang-go golang-golang-x-mod-dev)"
    [ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] || skip "SKIPPED: golang-golang-x-mod-dev is missing"
    cd "$BATS_TEST_TMPDIR"
    export GOPATH=/usr/share/gocode GO111MODULE=off GOFLAGS= GOCACHE="$BATS_TEST_TMPDIR/go-cache"
    mkdir estate
    for i in $(seq 1 700); do echo "torch-part-$i==1.2.$i"; done >estate/requirements.txt
    echo "openai==1.2.3" >>estate/requirements.txt
    echo "langchain==0.3.1" >>estate/requirements.txt
}

@test "Go verifies checkpoint, tiles, entries and proofs" {
    export WARRANT_WORKSPACE="$BATS_TEST_TMPDIR/ws"
    "$WARRANT" scan estate >/dev/null || [ $? -eq 1 ] || [ $? -eq 4 ]
    for i in $(seq 1 40); do
        "$WARRANT" inventory add --kind model --name "model-$i" --by "tester" --why "a model of this test" >/dev/null 2>&1 || true
    done
    key=$("$WARRANT" ledger checkpoint --key)
    size=$(sed -n 2p ws/ledger/checkpoint)
    [ "$size" -gt 0 ]
    "$WARRANT" ledger prove 0 >first.tlog-proof
    "$WARRANT" ledger prove $((size / 2)) >middle.tlog-proof
    "$WARRANT" ledger prove $((size - 1)) >last.tlog-proof
    run go run "$WARRANT_SOURCE/tests/data/go/verifylog.go" ws/ledger "$key" first.tlog-proof middle.tlog-proof last.tlog-proof
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"$size entries, 3 proofs: good"* ]]
}

@test "Go refuses a changed entry" {
    export WARRANT_WORKSPACE="$BATS_TEST_TMPDIR/ws"
    "$WARRANT" scan estate >/dev/null || [ $? -eq 1 ] || [ $? -eq 4 ]
    key=$("$WARRANT" ledger checkpoint --key)
    bundle=$(find ws/ledger/tile/entries -type f | head -1)
    printf '\x00' | dd of="$bundle" bs=1 seek=40 conv=notrunc 2>/dev/null
    run go run "$WARRANT_SOURCE/tests/data/go/verifylog.go" ws/ledger "$key"
    [ "$status" -ne 0 ]
}
