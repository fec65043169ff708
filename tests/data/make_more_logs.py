#!/usr/bin/env python3
"""Logs, exports and lists as further programs write them, into the folder that is named. Times and names are invented."""
import json
import os
import sys

os.makedirs(sys.argv[1], exist_ok=True)


def put(name, text, encoding="utf-8"):
    with open(os.path.join(sys.argv[1], name), "wb") as out:
        out.write(text.encode(encoding))


CHAT, CLAUDE = "chatgpt.com", "claude.ai"

# each: ChatGPT once by .5, Claude once by .6
put("windows-dns.log", "DNS Server log file creation at 11/20/2026 10:00:00 AM\r\nMessage logging key\r\n\r\n"
    "11/20/2026 10:00:01 AM 0E10 PACKET  000000D5C2B3A1F0 UDP Rcv 10.0.0.5        a1b2   Q [0001   D   NOERROR] A      (7)chatgpt(3)com(0)\r\n"
    "11/20/2026 10:00:01 AM 0E10 PACKET  000000D5C2B3A1F0 UDP Snd 8.8.8.8         a1b2   Q [0001   D   NOERROR] A      (7)chatgpt(3)com(0)\r\n"
    "11/20/2026 10:00:01 AM 0E10 PACKET  000000D5C2B3A1F0 UDP Rcv 8.8.8.8         a1b2 R Q [8081   D   NOERROR] A      (7)chatgpt(3)com(0)\r\n"
    "11/20/2026 10:00:02 AM 0E10 PACKET  000000D5C2B3A1F0 UDP Rcv 10.0.0.6        a1b3   Q [0001   D   NOERROR] AAAA   (6)claude(2)ai(0)\r\n")
put("unbound-syslog.log", "Nov 20 10:00:00 fw unbound: [123:0] query: 10.0.0.5 chatgpt.com. A IN\n"
    "<30>1 2026-11-20T10:00:01+01:00 fw.linden.example unbound 7 - [meta sequenceId=\"2\"] [7:0] info: 10.0.0.6 claude.ai. A IN\n"
    "Nov 20 10:00:00 fw unbound: [123:0] info: service stopped\n")
put("coredns.log", '[INFO] 10.0.0.5:5353 - 7 "A IN chatgpt.com. udp 29 false 512" NOERROR qr,rd,ra 56 0.012s\n'
    '[INFO] 10.0.0.6:5353 - 8 "AAAA IN claude.ai. udp 29 false 512" NOERROR qr,rd,ra 56 0.012s\n')
put("umbrella.csv", "".join('"2026-11-20 10:00:00","%s","%s,Site","%s","192.0.2.1","Allowed","1 (A)","NOERROR","%s.","Chat","AD Users","AD Users",""\n'
                           % (n, n, a, h) for n, a, h in (("ann", "10.0.0.5", CHAT), ("bob", "10.0.0.6", CLAUDE))))
put("adguard.json", "".join(json.dumps({"T": "2026-11-20T10:00:00.1+01:00", "QH": h, "QT": "A", "IP": a, "Result": {}}) + "\n"
                            for a, h in (("10.0.0.5", CHAT), ("10.0.0.6", CLAUDE))))
put("resolver-utf16.csv", "Timestamp,Domain,Client\r\n2026-11-20 10:00:00,chatgpt.com,10.0.0.5\r\n2026-11-20 10:00:00,claude.ai,10.0.0.6\r\n", "utf-16")
put("resolver-utf16be.csv", "\ufeffTimestamp,Domain,Client\r\n2026-11-20 10:00:00,chatgpt.com,10.0.0.5\r\n2026-11-20 10:00:00,claude.ai,10.0.0.6\r\n", "utf-16-be")
put("route53.json", "".join(json.dumps({"query_timestamp": "2026-11-20T10:00:00Z", "query_name": h + ".", "srcaddr": a, "answers": []}) + "\n"
                            for a, h in (("10.0.0.5", CHAT), ("10.0.0.6", CLAUDE))))

put("squid-common.log", '10.0.0.9 - ann [20/Nov/2026:10:00:00 +0100] "CONNECT chatgpt.com:443 HTTP/1.1" 200 5432 TCP_TUNNEL:HIER_DIRECT\n'
    '10.0.0.6 - - [20/Nov/2026:10:00:01 +0100] "GET http://claude.ai/ HTTP/1.1" 200 1432 "-" "curl/8" TCP_MISS:HIER_DIRECT\n')
put("squid-syslog.log", "<13>1 2026-11-20T10:00:00+01:00 fw.linden.example (squid-1) 7 - - 1795168800.123 345 10.0.0.5 TCP_TUNNEL/200 5432 CONNECT chatgpt.com:443 ann HIER_DIRECT/192.0.2.1 -\n"
    "<13>1 2026-11-20T10:00:01+01:00 fw.linden.example (squid-1) 7 - - 1795168801.123 345 10.0.0.6 TCP_TUNNEL/200 5432 CONNECT claude.ai:443 - HIER_DIRECT/192.0.2.1 -\n")
put("w3c.log", "#Software: SGOS\n#Fields: date time time-taken c-ip cs-username cs-categories cs-host cs(User-Agent) sc-bytes cs-bytes\n"
    '2026-11-20 10:00:00 5 10.0.0.5 ann "chat, new" chatgpt.com "a b" 39 500\n2026-11-20 10:00:00 5 10.0.0.6 - "chat" claude.ai "a b" 39 500\n')
put("tabs.log", "".join("2026-11-20 10:00:00\treason=Allowed\tproduct=X\tvendor=Y\trequestsize=100\tuser=%s\thostname=%s\tstatus=200\n" % (u, h)
                        for u, h in (("ann", CHAT), ("bob", CLAUDE))))
put("panos.csv", "Domain,Receive Time,Serial #,Type,Source address,Source User,Application,URL/Filename\n"
    "1,2026/11/20 10:00:00,7,THREAT,10.0.0.5,linden\\ann,ssl,chatgpt.com/\n1,2026/11/20 10:00:00,7,THREAT,10.0.0.6,,ssl,claude.ai/x\n")

put("mixed.log", 'date=2026-11-20 time=10:00:00 type="utm" subtype="webfilter" user="ANN" srcip=10.0.0.5 hostname="chatgpt.com" sentbyte=517 action="passthrough"\n'
    'date=2026-11-20 time=10:00:01 type="utm" subtype="dns" srcip=10.0.0.6 qname="claude.ai" qtype="A"\n')
put("eve.json", '{"timestamp":"2026-11-20T10:00:00+0100","event_type":"flow","src_ip":"10.0.0.5"}\n'
    '{"timestamp":"2026-11-20T10:00:00+0100","event_type":"dns","src_ip":"10.0.0.5","dns":{"type":"request","queries":[{"rrname":"claude.ai","rrtype":"A"}]}}\n'
    '{"timestamp":"2026-11-20T10:00:01+0100","event_type":"tls","src_ip":"10.0.0.6","tls":{"sni":"chatgpt.com"}}\n')

put("bank-de.csv", "Buchungsdatum;Auftraggeber/Empfänger;Verwendungszweck;Betrag;Währung\n20.11.2026;OPENAI IRELAND LTD;CHATGPT SUBSCRIPTION;-23,00;EUR\n"
    "21.11.2026;Midjourney Inc.;;-30,00;EUR\n", "latin-1")
put("bank-fr.csv", "Date;Libellé;Débit;Crédit\n20/11/2026;CARTE 19/11 OPENAI *CHATGPT SUBSC;23,00;\n21/11/2026;MIDJOURNEY;30,00;\n")
put("ledger.csv", "Transactions by vendor\nLinden Ltd\n\"January - November, 2026\"\n\n,Date,Transaction Type,Num,Memo/Description,Account,Amount\n"
    "OpenAI,,,,,,\n,11/20/2026,Expense,,ChatGPT Team,Software,60.00\n,11/21/2026,Expense,,Midjourney,Software,60.00\n,,,,,,120.00\n")
put("card-utf16.tsv", "Date\tMerchant\tAmount\r\n2026-11-20\tOpenAI ChatGPT\t20\r\n2026-11-21\tMidjourney\t30\r\n", "utf-16")

put("get-package.txt", "\r\nName                           Version          Source                           ProviderName\r\n"
    "----                           -------          ------                           ------------\r\n"
    "Ollama version 0.3.1           0.3.1                                             Programs\r\nCursor (User)                  1.2.3            C:\\x                             Programs\r\n")
put("format-list.txt", "Name         : Cursor (User)\nVersion      : 1.2.3\n\nName         : Ollama\nVersion      : 1\n")
put("winget-de.txt", "Name                ID              Version  Verfügbar  Quelle\r\n----------------------------------------------------------\r\n"
    "Würfel              X.Y             1.0                 winget\r\nCursor              Anysphere.Cursor 1.2.3   1.3        winget\r\nOllama version 0.3  Ollama.Ollama   0.3                 winget\r\n", "utf-16")
put("apt.txt", "Listing... Done\nollama/now 0.3 amd64 [installed,local]\ncursor/now 1.0 amd64 [installed,local]\n")
put("profiler.txt", "Applications:\n\n    Cursor:\n\n      Version: 1.2\n      Location: /Applications/Cursor.app\n\n    Ollama:\n\n      Version: 1.0\n")
put("applications.txt", "Cursor.app\nOllama.app\nSafari.app\n")
put("editor.json", json.dumps([{"identifier": {"id": "github.copilot"}, "version": "1"}, {"identifier": {"id": "saoudrizwan.claude-dev"}}]))
put("grants-alone.json", json.dumps({"value": [{"clientId": "sp-1", "consentType": "Principal", "principalId": "u1", "scope": "Mail.Read"}]}))
put("no-log.txt", "Nov 20 is the day of the meeting\nNov 21 is the day after\nclaude.ai is a name\n")
