#!/usr/bin/python3
"""check_planted.py PLANTED.yaml SCAN.json: what was planted in an estate against what a scan found, both ways.

Everything planted must be found; everything found must be planted or listed under `also`; and what must not be found
must not be there. One line for each difference, then a count; exit 1 when there is any.

A pattern is a regular expression. `asset` is tried against the asset's id and against "kind name"; `at` against the
places where it was seen; `from` and `to` of a relation like `asset`. What says `by: code` is found by syntax tree and is
left out where the scan says that code was not parsed.
"""
import json
import re
import sys

import yaml

SEVERITIES = ["info", "low", "medium", "high", "critical"]


def plain(value):
    return value.get("value") if isinstance(value, dict) and "value" in value else value


class Scan:
    def __init__(self, data):
        self.assets = data["assets"]
        self.relations = data["relations"]
        self.findings = data["findings"]
        self.by_id = {a["id"]: a for a in self.assets}

    def labels(self, asset_id):
        asset = self.by_id.get(asset_id)
        return [asset_id] + ([f"{asset['kind']} {asset['name']}"] if asset else [])


def asset_fits(scan, want, asset):
    if not any(re.search(want["asset"], label) for label in scan.labels(asset["id"])):
        return False
    return "at" not in want or any(re.search(want["at"], s.get("path", "")) for s in asset.get("seen", []))


def property_faults(want, asset):
    for name, expected in want.get("properties", {}).items():
        found = plain(asset.get("properties", {}).get(name))
        if isinstance(expected, str) and isinstance(found, str):
            good = re.search(expected, found) is not None
        elif isinstance(found, (int, bool)) and isinstance(expected, (int, bool)):
            good = int(found) == int(expected)
        else:
            good = found == expected
        if not good:
            yield f"{name} is {found!r}, planted {expected!r}"


def relation_fits(scan, want, relation):
    return (want["type"] == relation["type"]
            and any(re.search(want["from"], label) for label in scan.labels(relation["from"]))
            and any(re.search(want["to"], label) for label in scan.labels(relation["to"])))


def finding_fits(want, finding):
    return (re.search(want.get("kind", ""), finding.get("kind") or "") is not None
            and re.search(want.get("rule", ""), finding["rule"]) is not None
            and re.search(want.get("path", ""), finding.get("path") or "") is not None)


def check(planted, data, text):
    scan = Scan(data)
    if data.get("scan", {}).get("code") == "not parsed in this build":
        for part in ("assets", "relations"):
            planted[part] = [want for want in planted[part] if want.get("by") != "code"]
    also = planted.get("also") or {}
    explained = set()
    for want in planted["assets"]:
        hits = [a for a in scan.assets if asset_fits(scan, want, a)]
        explained.update(a["id"] for a in hits)
        if not hits:
            yield f"not found: asset {want}"
            continue
        faults = [list(property_faults(want, a)) for a in hits]
        if all(faults):
            yield f"found, but not as planted: {want['asset']}: {'; '.join(faults[0])}"
    for want in also.get("assets") or []:
        hits = [a["id"] for a in scan.assets if asset_fits(scan, want, a)]
        explained.update(hits)
        if not hits:
            yield f"listed under also, but never found (take it out): asset {want}"
    for asset in scan.assets:
        if asset["id"] not in explained:
            places = ", ".join(s.get("path", "?") for s in asset.get("seen", [])) or "nowhere"
            yield f"surprise: asset {asset['id']} ({asset['name']}) at {places}"

    for want in planted["relations"]:
        if not any(relation_fits(scan, want, r) for r in scan.relations):
            yield f"not found: relation {want}"
    for relation in scan.relations:
        for end in ("from", "to"):
            if relation[end] not in scan.by_id:
                yield f"a relation {relation['type']} has an end that is no asset: {relation[end]}"

    explained = set()
    for want in planted["findings"]:
        hits = [f for f in scan.findings if finding_fits(want, f)]
        explained.update(f["id"] for f in hits)
        if not hits:
            yield f"not found: finding {want}"
        for f in hits:
            if "severity" in want and want["severity"] != f["severity"]:
                yield f"severity of {f['rule']} at {f.get('path')} is {f['severity']}, planted {want['severity']}"
    for want in also.get("findings") or []:
        hits = [f["id"] for f in scan.findings if finding_fits(want, f)]
        explained.update(hits)
        if not hits:
            yield f"listed under also, but never found (take it out): finding {want}"
    for f in scan.findings:
        if f["severity"] not in SEVERITIES:
            yield f"finding {f['id']} has no known severity: {f['severity']}"
        if f["id"] not in explained:
            yield f"surprise: finding {f['rule']} ({f['severity']}) at {f.get('path')}:{f.get('line', '')} {f['title']}"

    unread = [u["path"] for u in data.get("scan", {}).get("unread", [])]
    for want in planted.get("unread") or []:
        if not any(re.search(want, path) for path in unread):
            yield f"not said to be unread: {want}"
    for path in unread:
        if not any(re.search(want, path) for want in planted.get("unread") or []):
            yield f"surprise: {path} was left unread"

    for want in planted["absent"]:
        if "text" in want and re.search(want["text"], text):
            yield f"must not be there: {want['why']}: {re.search(want['text'], text)[0]!r}"
        if "at" in want:
            for thing in scan.assets:
                for seen in thing.get("seen", []):
                    if re.search(want["at"], seen.get("path", "")):
                        yield f"must not be there: {want['why']}: {thing['id']} at {seen['path']}"
            for f in scan.findings:
                if re.search(want["at"], f.get("path") or "") and re.search(want.get("rule", ""), f["rule"]):
                    yield f"must not be there: {want['why']}: {f['rule']} at {f['path']}"
        if "asset" in want:
            for thing in scan.assets:
                if asset_fits(scan, want, thing):
                    yield f"must not be there: {want['why']}: {thing['id']}"
        if "finding" in want:
            for f in scan.findings:
                if finding_fits(want["finding"], f):
                    yield f"must not be there: {want['why']}: {f['rule']} at {f.get('path')}"


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        planted = yaml.safe_load(f)
    with open(sys.argv[2], encoding="utf-8") as f:
        text = f.read()
    faults = list(check(planted, json.loads(text), text))
    for fault in faults:
        print(fault)
    print(f"{len(planted['assets'])} assets, {len(planted['relations'])} relations, {len(planted['findings'])} findings and "
          f"{len(planted['absent'])} absences planted: {len(faults)} differences")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
