# The workspace: second writers, other versions, damage, full disks.
load helper

each_setup() { mkdir t && echo 'openai==1.0.0' > t/requirements.txt; }

@test "no workspace: one clear line" {
    expect 2 warrant assess
    says 'warrant scan'
}

@test "rebuild gives the same rows" {
    clinic estate
    expect 1 warrant scan estate
    expect 0 warrant inventory add environment prod role=production
    expect 0 warrant assess
    expect 0 warrant rebuild --json
    one=$(json "j['digest']")
    rm .warrant/store.db*
    expect 0 warrant inventory list
    expect 0 warrant rebuild --json
    [ "$(json "j['digest']")" = "$one" ]
}

@test "a workspace of a later version is refused, untouched" {
    expect 0 warrant scan t
    echo 999 > .warrant/version
    expect 3 warrant scan t
    says 'later|newer'
    expect 3 warrant inventory list
}

@test "a flipped bit anywhere in the ledger is named" {
    expect 0 warrant scan t
    expect 0 warrant ledger verify --read-only
    for f in $(find .warrant/ledger -type f ! -name lock -size +0); do
        cp -r .warrant flipped
        python3 - "flipped/${f#.warrant/}" <<'PY'
import sys, os
p = sys.argv[1]; b = bytearray(open(p, 'rb').read()); b[len(b)//2] ^= 4; open(p, 'wb').write(b)
PY
        run "$WARRANT" ledger verify --read-only --workspace flipped
        if [ "$status" = 0 ]; then
            echo "a flipped bit in $f went unnoticed"
            return 1
        fi
        rm -rf flipped
    done
}

@test "history cut off behind our back is noticed at the next open" {
    expect 0 warrant scan t
    cp -r .warrant old
    expect 0 warrant inventory add environment prod role=production
    expect 0 warrant inventory add environment dev role=development
    cp .warrant/ledger/seen old/ledger/seen
    expect 3 warrant inventory list --workspace old
    says 'shorter|consisten|truncat|rewritten'
}

@test "erase leaves a tombstone, and every proof still holds" {
    expect 0 warrant scan t
    expect 0 warrant ledger show 0
    expect 2 warrant ledger erase 0
    expect 0 warrant ledger erase 0 --why 'held a name' --by privacy-lead
    expect 0 warrant ledger show 0
    [ "$(json "j['body']")" = None ]
    expect 0 warrant ledger verify
    says '1 payload erased'
    expect 0 warrant ledger prove 0
    says 'tlog-proof'
    expect 0 warrant rebuild
}

@test "a full disk stops new work with one line and loses nothing" {
    [ "$(id -u)" = 0 ] || skip "needs root to mount a small file system"
    mkdir small && mount -t tmpfs -o size=2m tmpfs small 2>/dev/null || skip "cannot mount here"
    trap 'umount small 2>/dev/null || true' EXIT
    "$WARRANT" scan t --workspace small/w > /dev/null 2>&1
    before=$("$WARRANT" ledger verify --read-only --json --workspace small/w | python3 -c 'import json,sys; print(json.load(sys.stdin)["entries"])')
    dd if=/dev/zero of=small/fill bs=4k 2>/dev/null || true
    clinic estate
    expect 3 warrant scan estate --workspace small/w
    says 'space|full'
    rm small/fill
    expect 0 warrant ledger verify --read-only --json --workspace small/w
    [ "$(json "j['entries']")" -ge "$before" ]
    umount small
}

@test "a second writer waits for nobody: one clear line" {
    expect 0 warrant scan t
    exec 9> .warrant/ledger/lock
    flock -n 9 || skip "cannot take the lock"
    run "$WARRANT" inventory add environment prod
    exec 9>&-
    # the lock is an open-file-description lock or flock: where it is of the other kind this test says so
    [ "$status" = 3 ] || skip "the ledger's lock is of another kind than flock"
    [[ "$output" == *"another"* || "$output" == *"owns"* || "$output" == *"holds"* ]]
}

@test "query is read-only and bounded" {
    expect 0 warrant scan t
    for sql in "DELETE FROM asset" "INSERT INTO meta VALUES('a','b')" "PRAGMA journal_mode=DELETE" "ATTACH 'x.db' AS x" "WITH a AS (SELECT 1) DELETE FROM asset" "SELECT 1; DELETE FROM asset" "DROP TABLE asset" "CREATE TABLE x(a)" "VACUUM"; do
        run "$WARRANT" query "$sql"
        [ "$status" != 0 ] || { echo "took: $sql"; return 1; }
    done
    expect 0 warrant query "SELECT name FROM library" --json
    [ "$(json "[r['name'] for r in j['rows']]")" = "['openai']" ]
    expect 2 warrant query "SELEC 1"
    says 'syntax'
}

@test "a tile that was being written when its process died is no damage" {
    expect 0 warrant scan t
    size=$(sed -n 2p .warrant/ledger/checkpoint)
    : > ".warrant/ledger/tile/0/000.p/$((size + 1))"
    expect 0 warrant ledger verify --read-only
    expect 0 warrant inventory add environment prod role=production
    expect 0 warrant ledger verify --read-only
}

@test "a partial tile that a full one has replaced is no damage" {
    mkdir big && python3 -c "
for i in range(40): open(f'big/p{i}.prompt','w').write(f'prompt {i}')
open('big/requirements.txt','w').write('openai==1.0.0\n')"
    expect 0 warrant scan big
    before=$(sed -n 2p .warrant/ledger/checkpoint)
    cp .warrant/ledger/checkpoint checkpoint.before
    for i in $(seq 8); do
        python3 -c "
for i in range(40): open(f'big/p{i}.prompt','w').write(f'prompt {i} again $i')"
        expect 0 warrant scan big
    done
    [ "$before" -lt 256 ] && [ "$(sed -n 2p .warrant/ledger/checkpoint)" -gt 256 ]
    [ ! -e ".warrant/ledger/tile/entries/000.p/$before" ]
    expect 0 warrant ledger prove 0
    expect 0 warrant ledger verify --read-only
    # as if the process had died before it could publish: the checkpoint is the earlier one, the full tile is there
    cp checkpoint.before .warrant/ledger/checkpoint
    cp checkpoint.before .warrant/ledger/seen
    expect 0 warrant ledger verify --read-only
    expect 0 warrant inventory add environment prod role=production
    expect 0 warrant ledger verify --read-only
}
