load helper

each_setup() { python3 "$WARRANT_SOURCE/tests/data/make_logs.py" logs; }

# services KIND: "id people records" of each that was found
services() { json "' '.join('%s:%d:%d' % (s['id'], s['people'], s['records']) for s in j['services'])"; }

found_as() { # FILE FORMAT KIND SERVICES
    expect 0 warrant discover "logs/$1" --json --dry-run
    [ "$(json "j['inputs'][0]['format'] + ' ' + j['inputs'][0]['kind']")" = "$2 $3" ] || { printf '%s: %s\n' "$1" "$output"; return 1; }
    [ "$(services)" = "$4" ] || { printf '%s: %s, wanted %s\n' "$1" "$(services)" "$4"; return 1; }
}

@test "every format of name service logs gives the same people and records" {
    local want="api-aws-bedrock:1:1 chatgpt:2:3 claude:1:1"
    found_as zeek-dns.log zeek dns "$want"
    found_as zeek-dns.json json-lines dns "$want"
    found_as dnsmasq.log.gz dnsmasq dns "$want"
    found_as pihole.json json dns "$want"
    found_as pihole-old.json json dns "$want"
    found_as unbound.log unbound dns "$want"
    found_as bind.log bind dns "$want"
    found_as resolver.csv csv dns "$want"
}

@test "proxies and firewalls, with volumes and days" {
    local want="api-aws-bedrock:1:1 chatgpt:2:3 claude:1:1"
    found_as zeek-ssl.log zeek web "$want"
    found_as zeek-http.json json-lines web "$want"
    found_as squid.log squid web "$want perplexity-app:1:1"
    found_as firewall.log key-value web "$want"
    found_as proxy.csv csv web "$want"
    [ "$(json "[(s['bytes'], s['first_day'], s['last_day']) for s in j['services'] if s['id'] == 'chatgpt']")" = "[(900, '2026-11-18', '2026-11-18')]" ]
}

@test "OAuth grants: people, scopes, and grants joined with the principals of another file" {
    found_as google-tokens.json json oauth "chatgpt:2:2 fireflies:1:1"
    found_as google-tokens.csv csv oauth "chatgpt:2:2 fireflies:1:1"
    expect 0 warrant discover logs/entra-grants.json logs/entra-principals.json --json
    [ "$(services)" = "otter:0:1 read-ai:2:3" ]
    expect 0 warrant inventory show system:in-use/read-ai --json
    [ "$(json "j['properties']['oauth_scopes']['value']")" = "['Calendars.Read', 'offline_access']" ]
}

@test "extensions, expenses and installed software" {
    found_as vscode.txt extension-ids extensions "cline:0:1 github-copilot:0:1"
    found_as extensions.csv csv extensions "grammarly:1:1 monica:1:1"
    found_as extensions.json json extensions "sider:0:1"
    found_as Extensions extension-folder extensions "grammarly:0:1"
    found_as expenses.csv csv expenses "chatgpt:2:2 midjourney:1:1 otter:1:1"
    found_as dpkg.txt dpkg software "ollama-app:0:1"
    found_as rpm.txt rpm software "lm-studio-app:0:1 ollama-app:0:1"
    found_as pacman.txt packages software "ollama-app:0:1 whisper-app:0:1"
    found_as mac.json json software "chatgpt:0:1 lm-studio-app:0:1"
    found_as winget.txt table software "cursor:0:1 ollama-app:0:1"
    found_as registry.csv csv software "cursor:0:1 lm-studio-app:0:1"
}

@test "no person, address, URL path or file name is in the output, the ledger or the store" {
    mkdir named
    cp logs/proxy.csv named/zq-person7-laptop.csv
    expect 0 warrant discover logs/*.* logs/Extensions named/zq-person7-laptop.csv --json
    grep -qr 'zq-person' logs   # the trap is set
    ! printf '%s' "$output" | grep -qE 'zq-person|10\.77\.|zq-private-path'
    expect 0 warrant inventory list --json
    ! printf '%s' "$output" | grep -qE 'zq-person|10\.77\.|zq-private-path'
    expect 0 warrant report --format json -o r.json
    ! grep -raqE 'zq-person|10\.77\.|zq-private-path' .warrant r.json
}

@test "a second run says what appeared and what is gone, by kind and name" {
    expect 0 warrant discover logs/zeek-dns.log --json
    [ "$(json "j['scans'][0]['appeared'] > 0")" = True ]
    expect 0 warrant discover logs/zeek-dns.log --json
    [ "$(json "[(s['appeared'], s['changed'], s['vanished']) for s in j['scans']]")" = "[(0, 0, 0)]" ]
    grep -v claude.ai logs/zeek-dns.log > less.log
    expect 0 warrant discover less.log --name other --json
    [ "$(json "j['scans'][0]['vanished']")" = 0 ]
    expect 0 warrant discover less.log --json
    [ "$(json "j['scans'][0]['vanished']")" = 3 ]
    expect 0 warrant inventory show system:in-use/chatgpt --json
    [ "$(json "j['properties']['people_dns']['value']")" = 2 ]
    [ "$(json "j['properties'].get('confirmed')")" = None ]
    expect 0 warrant assess --json
    [ "$(json "[c['verdict'] for o in j['outcomes'] for c in o['checks'] if c.get('id') == 'discovered-ai-confirmed'][:1] != ['good']")" = True ]
}

@test "what cannot be read is said, and lets nothing vanish" {
    expect 0 warrant discover logs/zeek-dns.log
    head -c 40 logs/dnsmasq.log.gz > cut.gz
    expect 4 warrant discover cut.gz --json
    printf '\x00\x01\x02junk\xff' > junk
    expect 4 warrant discover junk --json
    [ "$(json "j['inputs'][0]['unread']")" = "no format that is known: \`warrant discover --help\` lists them, and --kind says what a list is" ]
    : > empty
    expect 4 warrant discover empty
    printf '{"queries":[{"time":1,"domain":' > half.json
    expect 4 warrant discover half.json logs/resolver.csv --json
    expect 0 warrant inventory show system:in-use/claude --json
    expect 2 warrant discover no-such-file
    expect 2 warrant discover logs/zeek-dns.log --kind browsing
    expect 2 warrant discover logs/zeek-dns.log --name ../up
    printf 'zeit;wer\n1;2\n' > odd.csv
    expect 4 warrant discover odd.csv
}

@test "lines longer than the limit and damaged lines cost themselves alone" {
    { head -6 logs/zeek-dns.log; head -c 3000000 /dev/zero | tr '\0' x; echo; tail -n +7 logs/zeek-dns.log; } > long.log
    expect 0 warrant discover long.log --json --dry-run
    [ "$(services)" = "api-aws-bedrock:1:1 chatgpt:2:3 claude:1:1" ]
    [ "$(json "j['inputs'][0]['not_understood']")" = 1 ]
}

@test "the collectors only read, and what they print is understood" {
    bash -n "$WARRANT_SOURCE/deploy/collect/linux.sh"
    sh -n "$WARRANT_SOURCE/deploy/collect/macos.sh"
    ! grep -nE 'sudo|curl|wget|rm |>[^&/2]' "$WARRANT_SOURCE/deploy/collect/linux.sh" "$WARRANT_SOURCE/deploy/collect/macos.sh"
    mkdir -p home/.config/google-chrome/Default/Extensions/kbfnbcaeplbcioakkpcpgfkobkghlhen/1 home/.vscode/extensions/github.copilot-1.2.3
    HOME=$PWD/home sh "$WARRANT_SOURCE/deploy/collect/linux.sh" extensions > ext.txt
    expect 0 warrant discover ext.txt --json --dry-run
    [ "$(services)" = "github-copilot:0:1 grammarly:0:1" ]
    HOME=$PWD/home sh "$WARRANT_SOURCE/deploy/collect/linux.sh" software > soft.txt
    expect 0 warrant discover soft.txt --json --dry-run
}

@test "further name servers, in their own logs or by address and host alone, in UTF-16 too" {
    python3 "$WARRANT_SOURCE/tests/data/make_more_logs.py" logs
    local want="chatgpt:1:1 claude:1:1"
    found_as windows-dns.log windows-dns dns "$want"
    found_as unbound-syslog.log unbound dns "$want"
    [ "$(json "{s['first_day'] for s in j['services']}")" = "{'2026-11-20'}" ]
    found_as coredns.log lines dns "$want"
    found_as umbrella.csv lines dns "$want"
    [ "$(json "{s['first_day'] for s in j['services']}")" = "{'2026-11-20'}" ]
    found_as adguard.json json-lines dns "$want"
    found_as resolver-utf16.csv csv dns "$want"
    found_as resolver-utf16be.csv csv dns "$want"
    found_as route53.json json-lines dns "$want"
}

@test "further proxies and firewalls" {
    python3 "$WARRANT_SOURCE/tests/data/make_more_logs.py" logs
    local want="chatgpt:1:1 claude:1:1"
    found_as squid-common.log common-log web "$want"
    found_as squid-syslog.log squid web "$want"
    found_as w3c.log w3c web "$want"
    found_as tabs.log key-value web "$want"
    found_as panos.csv csv web "$want"
}

@test "a log with records of two kinds loses neither" {
    python3 "$WARRANT_SOURCE/tests/data/make_more_logs.py" logs
    for f in mixed.log eve.json; do
        expect 0 warrant discover "logs/$f" --json --dry-run
        [ "$(json "sorted((s['id'], s['kind']) for s in j['services'])")" = "[('chatgpt', 'web'), ('claude', 'dns')]" ]
    done
}

@test "expenses: other languages, a preamble, UTF-16, the purpose where the payee says nothing" {
    python3 "$WARRANT_SOURCE/tests/data/make_more_logs.py" logs
    for f in bank-de.csv bank-fr.csv ledger.csv card-utf16.tsv; do
        found_as "$f" csv expenses "chatgpt:0:1 midjourney:0:1"
        [ "$(json "[s['first_day'] for s in j['services']]")" = "['2026-11-20', '2026-11-21']" ]
    done
}

@test "lists of software and extensions as Windows, macOS and editors print them" {
    python3 "$WARRANT_SOURCE/tests/data/make_more_logs.py" logs
    local want="cursor:0:1 ollama-app:0:1"
    found_as get-package.txt table software "$want"
    found_as winget-de.txt table software "$want"
    found_as format-list.txt listing software "$want"
    found_as apt.txt apt software "$want"
    found_as profiler.txt system-profiler software "$want"
    found_as applications.txt applications software "$want"
    found_as editor.json json extensions "cline:0:1 github-copilot:0:1"
}

@test "what is no log is not taken for a list, and grants without a name are said to be unknown" {
    python3 "$WARRANT_SOURCE/tests/data/make_more_logs.py" logs
    expect 4 warrant discover logs/no-log.txt --json
    expect 4 warrant discover logs/grants-alone.json --json
    warrant discover logs/grants-alone.json 2>&1 >/dev/null | grep -q 'service principals'
}
