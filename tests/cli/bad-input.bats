# Bad input: one clear line, the right exit status, nothing lost, and the rest of the scan goes on.
load helper

# A folder with one thing that a scan must still find.
each_setup() {
    mkdir tree
    printf 'openai==1.51.2\n' > tree/requirements.txt
}
found_library() { [ "$(json 'any(a["id"].startswith("library:pkg:pypi/openai") for a in j["assets"])')" = True ]; }
unread() { json '" ".join(u["path"] for u in j["scan"]["unread"])'; }

@test "a FIFO, a socket-less device, a symlink loop and a link out of the tree do not stop or widen a scan" {
    mkfifo tree/pipe
    ln -s loop-b tree/loop-a
    ln -s loop-a tree/loop-b
    ln -s . tree/again
    ln -s /etc tree/outside
    expect 0 timeout 60 "$WARRANT" scan tree --json
    found_library
    [ "$(json 'any("outside" in s["path"] for a in j["assets"] for s in a["seen"])')" = False ]
}

@test "a name that is not UTF-8 is shown in an encoded form" {
    printf 'anthropic==0.39.0\n' > "$(printf 'tree/requirements-\xff.txt')"
    expect 0 warrant scan tree --json
    found_library
    printf '%s' "$output" | python3 -c 'import json,sys; json.load(sys.stdin)'
}

@test "a safetensors header that lies about its size, and a GGUF that claims 2^63 tensors" {
    python3 - <<'END'
import struct
open("tree/lies.safetensors", "wb").write(struct.pack("<Q", 1 << 62) + b'{"w":{"dtype":"F32"')
open("tree/many.gguf", "wb").write(b"GGUF" + struct.pack("<IQQ", 3, 1 << 63, 1 << 62))
END
    expect_any "0 1 4" timeout 60 "$WARRANT" scan tree --json
    found_library
}

# expect_any "STATUS..." COMMAND...
expect_any() {
    local want=$1 got=0
    shift
    output=$("$@" 2>"$BATS_TEST_TMPDIR/.errors") || got=$?
    errors=$(cat "$BATS_TEST_TMPDIR/.errors")
    [[ " $want " == *" $got "* ]] || { printf 'status %s is none of %s\n%s\n%s\n' "$got" "$want" "$output" "$errors"; return 1; }
}

@test "bombs: nested JSON, nested YAML, YAML aliases, a pickle of marks" {
    python3 - <<'END'
open("tree/package.json", "w").write("[" * 2_000_000)
open("tree/.mcp.json", "w").write('{"mcpServers":' * 5000)
open("tree/compose.yaml", "w").write("services: " + "[" * 100_000)
open("tree/docker-compose.yml", "w").write("a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)))
open("tree/marks.pkl", "wb").write(b"\x80\x04" + b"(" * 3_000_000 + b".")
END
    expect_any "0 1 4" timeout 120 "$WARRANT" scan tree --json
    found_library
    [ -n "$(unread)" ]
}

@test "an empty, a truncated and a huge sparse file" {
    : > tree/empty.safetensors
    printf 'PK\003\004' > tree/cut.pt
    truncate -s 20G tree/sparse.bin
    truncate -s 5G tree/sparse.env
    expect_any "0 1 4" timeout 300 "$WARRANT" scan tree --json
    found_library
}

@test "a file that cannot be read is said to be unread" {
    here=$(mktemp -d) # not below bats' own folder, which only root may enter
    cp -r tree "$here"
    cd "$here"
    printf 'torch==2.3.1\n' > tree/requirements-secret.txt
    chmod 000 tree/requirements-secret.txt
    as_user=()
    if [ "$(id -u)" -eq 0 ]; then # root reads everything: be somebody else
        as_user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
        chown -R 65534:65534 .
        "${as_user[@]}" "$WARRANT" --help >/dev/null 2>&1 || skip "NOBODY CANNOT REACH THE PROGRAM, AND ROOT READS EVERYTHING: not checked"
    fi
    expect 4 "${as_user[@]}" "$WARRANT" scan tree --json
    found_library
    [ "$(unread)" = requirements-secret.txt ]
    cd / && rm -rf "$here"
}

@test "an empty folder: nothing is met" {
    mkdir nothing
    expect 0 warrant scan nothing
    expect 0 warrant assess --json
    [ "$(json 'sum(o["state"] == "met" for o in j["outcomes"])')" = 0 ]
    [ "$(json 'len(j["outcomes"])')" = 318 ]
}

@test "no such folder, no such command, no workspace: usage errors that say what to do" {
    expect 2 warrant scan nowhere
    says 'nowhere'
    expect 2 warrant frobnicate
    says 'help'
    expect_any "2 3" "$WARRANT" assess
    says 'scan'
}

@test "a workspace that a newer version made is left alone" {
    expect 0 warrant scan tree
    echo 99 > .warrant/version
    expect_any "2 3" "$WARRANT" scan tree
    says 'newer|version'
    [ "$(cat .warrant/version)" = 99 ]
}

@test "a flipped bit in the ledger is named, with file and byte" {
    expect 0 warrant scan tree
    expect 0 warrant ledger verify --read-only
    segment=$(find .warrant/ledger/segment -type f | head -1)
    python3 - "$segment" <<'END'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(40)
    b = f.read(1)
    f.seek(40)
    f.write(bytes([b[0] ^ 1]))
END
    expect_any "1 3" "$WARRANT" ledger verify --read-only
    says 'segment'
    says 'byte'
}

@test "a second writer waits or is refused, and loses nothing" {
    expect 0 warrant scan tree
    for i in 1 2 3 4 5 6; do
        warrant inventory add dataset "set-$i" --why test >"out-$i" 2>&1 && touch "done-$i" &
    done
    wait
    expect 0 warrant ledger verify --read-only
    for i in 1 2 3 4 5 6; do
        [ ! -e "done-$i" ] || [ "$(warrant query --json "SELECT count(*) AS n FROM asset WHERE name = 'set-$i'" | tr -dc 0-9)" = 1 ]
    done
    ls done-* >/dev/null
}
