# The closing line of `make test` counts what really ran.
load helper

# junit NAME STATUS OUTPUT: one more test of the results.
junit() { printf '<testcase name="%s" status="%s"><system-out>%s</system-out></testcase>\n' "$1" "$2" "$3" >> cases; }
counts() { { echo '<testsuite>'; cat cases; echo '</testsuite>'; } > j.xml; "$WARRANT_SOURCE/scripts/count-tests" j.xml; }

each_setup() {
    junit fuzz.json run 'replayed 3 inputs'
    junit cli.scan run $'1..3\nok 1 one\nok 2 two # skip no browser\nok 3 three'
}

@test "cases are counted, and skips are skips" {
    junit unit.base.test_text run $'[       OK ] a\n[       OK ] b\n[  SKIPPED ] c\n[  SKIPPED ] 1 test(s), listed below:\n[  SKIPPED ] c'
    junit unit.base.test_other notrun 'this needs a second disk'
    expect 0 counts
    says '^5 passed, 0 failed, 3 skipped$'
    says '^SKIPPED cli.scan: ok 2 two # skip no browser$'
    says '^SKIPPED unit.base.test_other: this needs a second disk$'
}

@test "a failed case fails" {
    junit unit.base.test_text fail $'[       OK ] a\n[  FAILED  ] b\n[  FAILED  ] 1 test(s), listed below:\n[  FAILED  ] b'
    expect 1 counts
    says '^4 passed, 1 failed, 1 skipped$'
}

@test "a program that dies has failed, whatever it printed" {
    junit unit.base.test_text fail $'[       OK ] a'
    expect 1 counts
    says '^4 passed, 1 failed, 1 skipped$'
}

@test "a program that is not there is a failure, not a skip" {
    junit unit.base.test_text run '[       OK ] a'
    echo '<testcase name="e2e.report" status="notrun"><skipped message="Unable to find executable"/></testcase>' >> cases
    expect 1 counts
    says '^4 passed, 1 failed, 1 skipped$'
}

@test "a whole kind of test that did not run is a failure" {
    expect 1 counts
    says 'no unit test ran at all'
}
