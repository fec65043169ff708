#!/usr/bin/env bats
# The Profile's data agrees with itself, the table of checks is current, and the scaffold makes a check that works.

setup() {
    /usr/bin/python3 -c 'import yaml' 2>/dev/null || skip "SKIPPED: python3-yaml is not installed, the Profile's data is NOT verified"
}

@test "the Profile's references, words and SQL agree" {
    run /usr/bin/python3 "$WARRANT_SOURCE/scripts/verify-profile"
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ "$output" != *ERROR* ]]
    [[ "$output" == *"covered 318"* ]]
}

@test "a wrong reference and a wrong column are found" {
    cp -r "$WARRANT_SOURCE/profile" "$BATS_TEST_TMPDIR/profile"
    sed -i 's/^outcomes: \[/outcomes: [ID.AM-99\/secure, /; s/SELECT asset FROM owned/SELECT asset FROM nowhere/' \
        "$BATS_TEST_TMPDIR/profile/checks/systems-have-owners.yaml"
    run /usr/bin/python3 "$WARRANT_SOURCE/scripts/verify-profile" "$BATS_TEST_TMPDIR/profile"
    [ "$status" -ne 0 ]
    [[ "$output" == *"systems-have-owners: ID.AM-99/secure"* ]]
    [[ "$output" == *"systems-have-owners: no such table: nowhere"* ]]
}

@test "the table in docs/checks.md is the one that the checks make" {
    run "$WARRANT_SOURCE/scripts/checks-table" --check
    [ "$status" -eq 0 ]
}

@test "new-check makes a check that agrees with the rest" {
    top=$BATS_TEST_TMPDIR/top
    mkdir -p "$top/tests/data/checks"
    cp -r "$WARRANT_SOURCE/profile" "$top/profile"
    before=$(ls "$top/profile/checks" | wc -l)
    NEW_CHECK_TOP=$top run "$WARRANT_SOURCE/scripts/new-check" models-name-a-licence model license GV.SC-03/secure
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ -s "$top/tests/data/checks/models-name-a-licence.yaml" ]
    run /usr/bin/python3 "$WARRANT_SOURCE/scripts/verify-profile" "$top/profile"
    [ "$status" -eq 0 ] || { echo "$output" | grep ERROR; false; }
    [[ "$output" == *"checks $((before + 1)) "* ]]
    NEW_CHECK_TOP=$top run "$WARRANT_SOURCE/scripts/new-check" Bad_Name model license GV.SC-03/secure
    [ "$status" -eq 2 ]
    NEW_CHECK_TOP=$top run "$WARRANT_SOURCE/scripts/new-check" a-check model colour GV.SC-03/secure
    [ "$status" -eq 2 ]
}
