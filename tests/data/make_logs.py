#!/usr/bin/python3
"""make_logs.py FOLDER: one made-up log or list of every format that `warrant discover` reads.

The people and addresses in them must never be found in what Warrant writes: names begin with "zq-person", addresses with
10.77., URL paths hold "zq-private-path". tests/cli/discover.bats looks for them.
"""
import csv, gzip, json, os, sys

out = sys.argv[1]
os.makedirs(out, exist_ok=True)


def write(name, text):
    with open(os.path.join(out, name), "w", encoding="utf-8") as f:
        f.write(text)


def person(i): return f"zq-person{i}@linden.example"
def address(i): return f"10.77.0.{i}"


DAY = 1794960000  # 2026-11-18
asked = [("chatgpt.com", 1), ("ws.chatgpt.com", 1), ("chatgpt.com", 2), ("claude.ai", 3), ("intranet.linden.example", 4),
         ("notchatgpt.com", 5), ("bedrock-runtime.eu-west-1.amazonaws.com", 6)]
# dns: ChatGPT by 2 clients in 3 queries, Claude by 1, Bedrock by 1
write("zeek-dns.log", "#separator \\x09\n#set_separator\t,\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tquery\tqtype_name\n"
      "#types\ttime\tstring\taddr\tport\tstring\tstring\n" + "".join(f"{DAY + i}.5\tCx\t{address(c)}\t5353\t{h}\tA\n" for i, (h, c) in enumerate(asked)))
write("zeek-dns.json", "".join(json.dumps({"ts": DAY + i + 0.5, "id.orig_h": address(c), "query": h}) + "\n" for i, (h, c) in enumerate(asked)))
with gzip.open(os.path.join(out, "dnsmasq.log.gz"), "wt") as f:
    for h, c in asked:
        f.write(f"Nov 18 10:00:01 dnsmasq[812]: query[A] {h} from {address(c)}\nNov 18 10:00:01 dnsmasq[812]: forwarded {h} to 9.9.9.9\n")
write("pihole.json", json.dumps({"queries": [{"time": DAY + 0.25, "type": "A", "domain": h, "client": {"ip": address(c), "name": person(c)}} for h, c in asked]}))
write("pihole-old.json", json.dumps({"data": [[str(DAY), "A", h, address(c), "2"] for h, c in asked]}))
write("unbound.log", "".join(f"[{DAY}] unbound[71:0] info: {address(c)} {h}. A IN\n" for h, c in asked))
write("bind.log", "".join(f"18-Nov-2026 10:00:00.123 queries: info: client @0x7f00 {address(c)}#5312 ({h}): query: {h} IN A +E(0)K (10.77.0.1)\n" for h, c in asked))
write("resolver.csv", "timestamp,client,query name,type\n" + "".join(f'2026-11-18T10:00:00Z,{address(c)},"{h}",A\n' for h, c in asked))
# web: the same, with paths
write("zeek-ssl.log", "#separator \\x09\n#path\tssl\n#fields\tts\tuid\tid.orig_h\tserver_name\n"
      + "".join(f"{DAY}.1\tCx\t{address(c)}\t{h}\n" for h, c in asked) + f"{DAY}.1\tCx\t{address(9)}\t-\n")
write("zeek-http.json", "".join(json.dumps({"ts": "2026-11-18T10:00:00.000Z", "id.orig_h": address(c), "host": h, "uri": "/zq-private-path", "request_body_len": 100}) + "\n" for h, c in asked))
write("squid.log", "".join(f"{DAY}.123    921 {address(c)} TCP_TUNNEL/200 5000 CONNECT {h}:443 {person(c)} HIER_DIRECT/192.0.2.1 -\n" for h, c in asked)
      + f"{DAY}.123    21 {address(2)} TCP_MISS/200 100 GET http://www.perplexity.ai/zq-private-path?q=x - HIER_DIRECT/192.0.2.1 text/html\n")
write("firewall.log", "".join(f'date=2026-11-18 time=10:00:00 devname="fw1" srcip={address(c)} user="{person(c)}" hostname="{h}" url="/zq-private-path" sentbyte=200\n' for h, c in asked))
write("proxy.csv", "time;user;url;bytes sent\n" + "".join(f"2026-11-18 10:00:00;{person(c)};https://{h}/zq-private-path?x=1;300\n" for h, c in asked))
# OAuth
scope = "https://mail.example/auth/mail.readonly"
write("google-tokens.json", json.dumps({"items": [
    {"id": {"time": "2026-11-18T09:00:00.000Z"}, "actor": {"email": person(i)}, "events": [{"name": "authorize", "parameters": [
        {"name": "app_name", "value": app}, {"name": "client_id", "value": "1.apps.example"}, {"name": "scope", "multiValue": [scope]}]}]}
    for i, app in ((1, "ChatGPT"), (2, "ChatGPT"), (3, "Fireflies.ai"), (4, "Weather"))]}, indent=1))
write("google-tokens.csv", "App name,Event,Description,User,Date,Scope,Client ID\n" + "".join(f'{app},authorize,"granted, to it",{person(i)},"Nov 18, 2026",{scope},1\n' for i, app in ((1, "ChatGPT"), (2, "ChatGPT"), (3, "Fireflies.ai"), (4, "Weather"))))
write("entra-principals.json", json.dumps({"value": [
    {"id": "11111111-aaaa-4bbb-8ccc-000000000001", "appId": "22222222-aaaa-4bbb-8ccc-000000000001", "displayName": "Read AI", "homepage": "https://app.read.ai", "createdDateTime": "2026-11-01T00:00:00Z"},
    {"id": "11111111-aaaa-4bbb-8ccc-000000000002", "appId": "22222222-aaaa-4bbb-8ccc-000000000002", "displayName": "Notes helper", "homepage": "", "replyUrls": ["https://otter.ai/zq-private-path"], "createdDateTime": "2026-11-02T00:00:00Z"},
    {"id": "11111111-aaaa-4bbb-8ccc-000000000003", "appId": "22222222-aaaa-4bbb-8ccc-000000000003", "displayName": "Payroll"}]}))
write("entra-grants.json", json.dumps({"value": [
    {"clientId": "11111111-aaaa-4bbb-8ccc-000000000001", "consentType": "Principal", "principalId": "zq-person-object-1", "scope": "Calendars.Read offline_access"},
    {"clientId": "11111111-aaaa-4bbb-8ccc-000000000001", "consentType": "Principal", "principalId": "zq-person-object-2", "scope": "Calendars.Read"},
    {"clientId": "11111111-aaaa-4bbb-8ccc-000000000003", "consentType": "AllPrincipals", "principalId": None, "scope": "User.Read"}]}))
# extensions
write("vscode.txt", "github.copilot\nms-python.python\nsaoudrizwan.claude-dev@3.2.1\n")
write("extensions.csv", "user,extension id,name,version\n" + f"{person(1)},kbfnbcaeplbcioakkpcpgfkobkghlhen,Grammarly,14\n{person(2)},aaaabbbbccccddddeeeeffffgggghhhh,Monica: your assistant,7\n{person(2)},aaaabbbbccccddddeeeeffffgggghhhi,Dark pages,7\n")
write("extensions.json", json.dumps({"addons": [{"id": "x@y", "defaultLocale": {"name": "Sider: AI sidebar"}}, {"id": "dark@pages", "defaultLocale": {"name": "Dark pages"}}]}))
for name in ("kbfnbcaeplbcioakkpcpgfkobkghlhen", "aaaabbbbccccddddeeeeffffgggghhhh"):
    os.makedirs(os.path.join(out, "Extensions", name, "1.0_0"), exist_ok=True)
# expenses
with open(os.path.join(out, "expenses.csv"), "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["Date", "Employee", "Merchant", "Amount"])
    for i, m in ((1, "OPENAI *CHATGPT SUBSCR"), (2, "OPENAI *CHATGPT SUBSCR"), (3, "MIDJOURNEY INC."), (4, "OTTER.AI PRO"), (5, "Bakery, the corner"), (5, "ROTTER.AIR")):
        w.writerow(["11/18/2026", person(i), m, "20.00"])
# software
write("dpkg.txt", "Desired=Unknown/Install/Remove/Purge/Hold\n| Status=x\n||/ Name Version Architecture Description\n+++-====-====\nii  bash   5.2  amd64 shell\nii  ollama:amd64 0.5 amd64 models\nrc  lm-studio 1 amd64 gone\n")
write("rpm.txt", "bash-5.2.15-1.x86_64\nollama-0.5.1-2.x86_64\nlm-studio-0.3.1-1.x86_64\n")
write("pacman.txt", "bash 5.2.15-1\nollama 0.5.1-1\nopenai-whisper 20250101-1\n")
write("mac.json", json.dumps({"SPApplicationsDataType": [{"_name": "ChatGPT", "path": "/Applications/ChatGPT.app"}, {"_name": "LM Studio"}, {"_name": "Mail"}]}))
write("winget.txt", "Name                 Id                       Version  Source\n" + "-" * 60 + "\n"
      "Ollama version 0.5   Ollama.Ollama            0.5.1    winget\nCursor (User)        Anysphere.Cursor         0.44     winget\nNotepad              Some.Notepad             1.0      winget\n")
write("registry.csv", '"DisplayName","DisplayVersion","Publisher"\n"Cursor (User)","0.44","Anysphere"\n"LM Studio 0.3.5","0.3.5","Element Labs"\n"Notepad","1","x"\n')
