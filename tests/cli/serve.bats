# The daemon and the witness from the command line.

setup() {
    cd "$BATS_TEST_TMPDIR"
    export WARRANT_WORKSPACE="$BATS_TEST_TMPDIR/ws"
    mkdir estate
    echo "openai==1.2.3" >estate/requirements.txt
    pid=
}

teardown() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || true
}

scan() { "$WARRANT" scan estate >/dev/null || [ $? -eq 1 ] || [ $? -eq 4 ]; }

wait_for() {
    for _ in $(seq 100); do
        [ -s "$1" ] && return 0 # a socket may be there already, left by one that was killed
        sleep 0.1
    done
    return 1
}

@test "commands hand their records to a running serve, also after it was killed" {
    scan
    for round in 1 2; do
        "$WARRANT" serve --ledger-only >"ready.$round" 3>&- &
        pid=$!
        wait_for "ready.$round"
        echo "langchain==0.3.$round" >>estate/requirements.txt
        before=$(sed -n 2p ws/ledger/checkpoint)
        scan
        if [ "$round" = 1 ]; then
            kill -9 "$pid"
        else
            kill -TERM "$pid"
            wait "$pid"
            [ ! -e ws/sock ]
        fi
        wait "$pid" || true
        pid=
        "$WARRANT" ledger verify >/dev/null
        scan
        after=$(sed -n 2p ws/ledger/checkpoint)
        [ "$after" -gt "$before" ]
    done
    "$WARRANT" ledger verify >/dev/null
}

@test "a second Warrant is a witness, and refuses a fork" {
    scan
    key=$("$WARRANT" ledger checkpoint --key)
    "$WARRANT" serve --witness w --name witness.example/main --trust "$key" >told 3>&- &
    pid=$!
    for _ in $(seq 100); do grep -q "Its key" told && break; sleep 0.1; done
    url=$(sed -n 's/^Witness on //p' told)
    witness_key=$(sed -n 's/^Its key.*: //p' told)
    cp -a ws fork
    run "$WARRANT" ledger witness "$url" --key "$witness_key"
    echo "$output"
    [ "$status" -eq 0 ]
    [[ "$output" == *"Cosigned by witness.example/main"* ]]
    grep -q "witness.example/main" ws/ledger/anchor
    echo "langchain==0.3.1" >>estate/requirements.txt
    scan
    "$WARRANT" ledger witness "$url" --key "$witness_key"
    "$WARRANT" ledger verify >/dev/null
    # the copy goes on by itself and is longer than what was witnessed: the same key, another history
    for i in 2 3 4 5; do
        echo "anthropic==0.$i" >>estate/requirements.txt
        WARRANT_WORKSPACE="$PWD/fork" "$WARRANT" scan estate >/dev/null || true
        echo "cohere==0.$i" >>estate/requirements.txt
    done
    export WARRANT_WORKSPACE="$PWD/fork"
    run "$WARRANT" ledger witness "$url" --key "$witness_key"
    echo "$output"
    [ "$status" -eq 3 ]
    [[ "$output" == *"another history"* ]]
}
