# `warrant serve` and `warrant ledger witness`: several writers, and a second party. Loopback only.
load helper

each_setup() { mkdir t && echo 'openai==1.0.0' > t/requirements.txt && "$WARRANT" scan t > /dev/null 2>&1; }

# started FILE PATTERN: waits at most ten seconds for a line in FILE.
started() {
    for _ in $(seq 100); do
        grep -q "$2" "$1" && return 0
        sleep 0.1
    done
    cat "$1"
    return 1
}

teardown() { for pid in $pids; do kill "$pid" 2>/dev/null || true; done; }

witness() { # FOLDER ARGUMENTS...: starts one and sets $url and $key
    "$WARRANT" serve --witness "$@" > "$1.log" 2>&1 &
    pids="$pids $!"
    started "$1.log" 'Its key'
    url=$(sed -n 's/^Witness on //p' "$1.log")
    key=$(sed -n 's/.*: \([^ ]*+[0-9a-f]\{8\}+.*\)$/\1/p' "$1.log")
}

@test "a witness cosigns, and the report of the ledger says when" {
    expect 0 warrant ledger checkpoint --key
    witness wit --trust "$output"
    expect 0 warrant ledger verify
    says 'never anchored outside'
    expect 0 warrant ledger witness "$url" --key "$key"
    says 'Cosigned by witness.local'
    expect 0 warrant ledger verify
    says 'last anchored outside .* by witness.local'
    expect 0 warrant inventory add environment prod role=production
    expect 0 warrant ledger witness "$url" --key "$key"
    expect 0 warrant query "SELECT anchored_at FROM dataset WHERE purpose = 'ledger'" --json
    [ "$(json "j['rows'][0]['anchored_at'] > 0")" = True ]
}

@test "a witness refuses a log that it was not told to trust" {
    witness wit
    expect 3 warrant ledger witness "$url" --key "$key"
    says 'does not|unknown|trust|403|404'
}

@test "a witness that signed one history refuses another" {
    "$WARRANT" ledger checkpoint --key > log.key
    witness wit --trust "$(cat log.key)"
    cp -r .warrant fork
    expect 0 warrant inventory add environment prod role=production
    expect 0 warrant ledger witness "$url" --key "$key"
    expect 0 warrant inventory add environment other role=test --workspace fork
    expect 0 warrant inventory add environment third role=test --workspace fork
    expect 3 warrant ledger witness "$url" --key "$key" --workspace fork
    says 'history|consisten|fork'
}

@test "plain http goes to this machine only" {
    expect 2 warrant ledger witness http://127.0.0.1:1
    run "$WARRANT" ledger witness http://192.0.2.1/ --key "w+446a26bf+BDj8nwllpovC0aDOD8kDPTmVl09j75uLwqry6dZnnD90"
    [ "$status" != 0 ]
    [[ "$output" == *http* ]]
}

@test "while one process owns the ledger, others hand their records over" {
    "$WARRANT" serve --ledger-only > own.log 2>&1 &
    own=$!
    pids="$pids $own"
    started own.log 'Owning the ledger'
    for i in 1 2 3 4 5 6; do "$WARRANT" inventory add environment "e$i" role=test > "add$i" & adds="$adds $!"; done
    for pid in $adds; do wait "$pid"; done
    expect 0 warrant inventory list environment --json
    [ "$(json "sorted(a['name'] for a in j['assets'])")" = "['e1', 'e2', 'e3', 'e4', 'e5', 'e6']" ]
    echo 'anthropic==0.3.0' >> t/requirements.txt
    expect 0 warrant scan t
    expect 0 warrant ledger verify
    kill -9 $own
    wait $own || true
    expect 0 warrant inventory add environment after role=test
    expect 0 warrant ledger verify
    expect 0 warrant inventory list environment --json
    [ "$(json "len(j['assets'])")" = 7 ]
}
