# What every test of the command line needs: `load helper` in a .bats file. $WARRANT is the program, $WARRANT_SOURCE
# this repository. Each test runs in its own empty folder, with no workspace and no colour.

setup() {
    : "${WARRANT:?is not set: run the tests through ctest or make test}"
    : "${WARRANT_SOURCE:?is not set: run the tests through ctest or make test}"
    unset WARRANT_WORKSPACE
    export NO_COLOR=1 TZ=UTC LC_ALL=C.UTF-8
    export TMP_HERE="$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR" || return 1
    if declare -F each_setup >/dev/null; then each_setup; fi
}

# warrant ARGUMENTS...: the program; bats' `run` in front of it gives $status and $output.
warrant() { "$WARRANT" "$@"; }

# expect STATUS COMMAND...: runs it with stdout in $output and stderr in $errors, and checks the exit status.
expect() {
    local want=$1 got=0
    shift
    output=$("$@" 2>"$BATS_TEST_TMPDIR/.errors") || got=$?
    errors=$(cat "$BATS_TEST_TMPDIR/.errors")
    if [ "$got" -ne "$want" ]; then
        printf 'expected status %s, got %s: %s\n--- stdout\n%s\n--- stderr\n%s\n' "$want" "$got" "$*" "$output" "$errors"
        return 1
    fi
}

# json EXPRESSION: a Python expression over $output parsed as JSON, called `j`; prints its value.
json() { printf '%s' "$output" | python3 -c 'import json,sys; j=json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }

# says PATTERN: $output or $errors has a line that matches.
says() {
    printf '%s\n%s\n' "$output" "$errors" | grep -qE -- "$1" && return 0
    printf 'nothing matches %s in\n--- stdout\n%s\n--- stderr\n%s\n' "$1" "$output" "$errors"
    return 1
}

# clinic FOLDER: a fresh copy of the example estate.
clinic() { "$WARRANT_SOURCE/examples/clinic/make" "$1"; }
