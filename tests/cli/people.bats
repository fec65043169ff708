# What people say: declared assets, owners, merges, answers, acceptances; and the habits of every command.
load helper

each_setup() { mkdir t && printf 'from openai import OpenAI\nclient = OpenAI()\nclient.chat.completions.create(model="gpt-4o")\n' > t/app.py && echo 'openai==1.0.0' > t/requirements.txt; }

@test "declare, set, withdraw, merge" {
    expect 0 warrant scan t
    expect 0 warrant inventory add system "Office assistant" purpose="drafts letters" criticality=low owned-by=office-manager --by security-lead
    expect 0 warrant inventory show "Office assistant" --json
    [ "$(json "j['properties']['purpose']['value']")" = "drafts letters" ]
    [ "$(json "j['properties']['purpose']['origin']")" = "declared" ]
    [ "$(json "[r['to'] for r in j['relations'] if r['type']=='owned-by']")" = "['principal:office-manager']" ]
    expect 0 warrant inventory set "Office assistant" purpose= data_classes=personal,health confirmed=true
    expect 0 warrant inventory show "Office assistant" --json
    [ "$(json "'purpose' in j['properties']")" = False ]
    [ "$(json "j['properties']['data_classes']['value']")" = "['health', 'personal']" ] || [ "$(json "j['properties']['data_classes']['value']")" = "['personal', 'health']" ]
    expect 0 warrant inventory add system "Letters" purpose="the same thing"
    expect 0 warrant inventory merge "system:Letters" "system:Office assistant" --why "one system"
    expect 0 warrant inventory list system --json
    [ "$(json "'Letters' in [a['name'] for a in j['assets']]")" = False ]
    expect 2 warrant inventory merge "system:Office assistant" provider:openai
    expect 2 warrant inventory set "Office assistant" "Bad Name=1"
    expect 2 warrant inventory add planet earth
}

@test "a declared value stands beside what is observed, and outlives a scan" {
    expect 0 warrant scan t
    expect 0 warrant inventory set provider:openai incident_contact=security@openai.example
    expect 0 warrant scan t
    expect 0 warrant inventory show provider:openai --json
    [ "$(json "j['properties']['incident_contact']['value']")" = "security@openai.example" ]
}

@test "resolve: ambiguous and unknown words name the candidates" {
    expect 0 warrant scan t
    expect 0 warrant inventory add system alpha-one
    expect 0 warrant inventory add system alpha-two
    expect 2 warrant inventory show system:alpha
    says 'alpha-one'
    run "$WARRANT" inventory show nothing-of-the-kind
    [ "$status" != 0 ]
}

@test "answers carry a name and run out" {
    expect 0 warrant scan t
    expect 2 warrant evidence attest ai-use-policy yes
    expect 2 warrant evidence attest no-such-question yes --by security-lead
    expect 2 warrant evidence attest ai-use-policy perhaps --by security-lead
    expect 0 warrant evidence attest ai-use-policy yes --by security-lead --evidence policies/ai.pdf
    expect 0 warrant evidence list --json
    [ "$(json "[(a['id'], a['answer'], a['fresh']) for a in j['answers']]")" = "[('ai-use-policy', 'yes', True)]" ]
    WARRANT_NOW=$(date -u -d '+800 days' +%s) expect 0 warrant evidence list --json
    [ "$(json "[a['fresh'] for a in j['answers']]")" = "[False]" ]
    expect 0 warrant evidence ask --role security-lead
    ! printf '%s' "$output" | grep -q '^  ai-use-policy$'
}

@test "an answer of no is a gap" {
    expect 0 warrant scan t
    expect 0 warrant evidence attest ai-use-policy no --by security-lead
    expect 0 warrant assess --json
    [ "$(json "len([o for o in j['outcomes'] if o['state']=='gap' and o['attested']['no'] > 0]) > 0")" = True ]
}

@test "every command has help with an example, and every --json is JSON" {
    expect 0 warrant scan t
    for command in $("$WARRANT" --help | sed -n '/^Commands:/,/^$/p' | sed -n 's/^  \([a-z][a-z ]*[a-z]\)   *.*/\1/p' | tr ' ' '+'); do
        words=${command//+/ }
        expect 0 warrant $words --help
        printf '%s' "$output" | grep -q '^Usage: warrant'
        printf '%s' "$output" | grep -q '^Examples:'
    done
    for words in "inventory list" "inventory changes" "finding list" "assess" "plan" "evidence ask" "evidence list" "profile list" "ledger verify" "ledger checkpoint" "ledger prove 0" "inventory graph" "catalog test" "query SELECT+1"; do
        args=()
        for w in $words; do args+=("${w//+/ }"); done
        expect 0 warrant "${args[@]}" --json
        printf '%s' "$output" | python3 -c 'import json,sys; json.load(sys.stdin)'
    done
    expect 3 warrant ledger show 99999 --json
    [ "$(json "bool(j['error']['what'])")" = True ]
}

@test "colours and tables only on a terminal" {
    expect 0 warrant scan t
    ! printf '%s' "$output" | grep -q $'\033'
}

@test "a full output pipe is a failure, not silence" {
    expect 0 warrant scan t
    [ -e /dev/full ] || skip "no /dev/full here"
    run bash -c '"$WARRANT" profile list > /dev/full'
    [ "$status" = 3 ]
}

@test "man pages and completion come from the same table" {
    expect 0 warrant man scan
    printf '%s' "$output" | grep -q '^\.TH'
    expect 0 warrant man -o .
    [ -s warrant-inventory-list.1 ]
    expect 0 warrant completion
    printf '%s' "$output" | bash -n
}

@test "a finding gets an owner and a date, which outlive a scan" {
    python3 -c "import pickle,os
class A:
    def __reduce__(self): return (os.system, ('true',))
open('t/m.pkl','wb').write(pickle.dumps(A()))"
    expect 1 warrant scan t --json
    id=$(json "[f['id'] for f in j['findings'] if f['severity']=='critical'][0]")
    expect 2 warrant finding assign "$id" --owner platform-lead
    expect 0 warrant finding assign "$id" --owner platform-lead --due 2027-01-15 --by security-lead
    expect 1 warrant scan t
    expect 0 warrant query "SELECT owner, due_at FROM findings WHERE id = '$id'" --json
    [ "$(json "(j['rows'][0]['owner'], j['rows'][0]['due_at'])")" = "('platform-lead', 1799971200)" ]
    expect 0 warrant rebuild
    expect 0 warrant query "SELECT owner FROM findings WHERE id = '$id'" --json
    [ "$(json "j['rows'][0]['owner']")" = "platform-lead" ]
}

@test "options that every command has may stand before it" {
    expect 0 warrant --workspace w --quiet scan t
    [ -d w/ledger ]
    expect 0 warrant --workspace=w --json inventory list
    [ "$(json "len(j['assets']) > 0")" = True ]
}

@test "a remedy names no command that this version lacks without saying so" {
    expect 0 warrant scan t
    later=$(python3 -c 'import yaml; print("\n".join(yaml.safe_load(open("'"$WARRANT_SOURCE"'/profile/checks.yaml"))["commands_later"]))')
    [ -n "$later" ]
    while read -r command; do
        # shellcheck disable=SC2086
        if "$WARRANT" $command --help > /dev/null 2>&1; then
            echo "$command is there: take it from commands_later"
            return 1
        fi
    done <<< "$later"
    python3 -c 'import yaml; k=yaml.safe_load(open("'"$WARRANT_SOURCE"'/profile/checks.yaml")); print("\n".join(c for c in k["commands"] if c not in k["commands_later"]))' > there
    while read -r command; do
        # shellcheck disable=SC2086
        "$WARRANT" $command --help > /dev/null || { echo "$command is not there: put it into commands_later"; return 1; }
    done < there
    expect 0 warrant profile show consequential-actions-gated
    expect 0 warrant profile show credentials-and-warrants-expire
    says 'A later version brings `warrant issue`'
}
