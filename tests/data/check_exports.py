#!/usr/bin/python3
"""check_exports.py FORMAT FILE: holds an export against its format's rules. FORMAT is cyclonedx, sarif, spdx, or
sarif-schema, spdx-schema.

CycloneDX, sarif-schema and spdx-schema are validated with the official schemas, which are not part of this repository:
WARRANT_CONFORMANCE or ../shared/conformance must hold cyclonedx/bom-1.6.schema.json and what it refers to,
sarif/sarif-2.1.0.json and spdx/spdx-json-schema-3.0.1.json. Status 77 says that this could not be done. What a schema of
SARIF 2.1.0 or SPDX 3.0.1 cannot say (cardinalities, references, conformance points) is written out here.
"""
import json
import os
import re
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFORMANCE = os.environ.get("WARRANT_CONFORMANCE", os.path.join(SOURCE, "..", "shared", "conformance"))
wrong = []


def bad(where, what):
    wrong.append(f"{where}: {what}")


def unable(why):
    print(f"NOT CHECKED: {why}")
    sys.exit(77)


# ---- CycloneDX ----

def validate(doc):
    try:
        import jsonschema
    except ImportError:
        unable("python3-jsonschema is not installed")
    folder = os.path.join(CONFORMANCE, "cyclonedx")
    name = f"bom-{doc.get('specVersion')}.schema.json"
    if not os.path.exists(os.path.join(folder, name)):
        unable(f"there is no {os.path.join(folder, name)}")
    store = {}
    for file in os.listdir(folder):
        with open(os.path.join(folder, file)) as f:
            schema = json.load(f)
        store[schema.get("$id", file)] = schema
        store["http://cyclonedx.org/schema/" + file] = schema
    schema = store["http://cyclonedx.org/schema/" + name]
    resolver = jsonschema.RefResolver(schema.get("$id", ""), schema, store=store)
    for error in jsonschema.Draft7Validator(schema, resolver=resolver, format_checker=jsonschema.FormatChecker()).iter_errors(doc):
        bad("/".join(str(p) for p in error.absolute_path), error.message[:300])


def cyclonedx(doc):
    refs = set()
    if doc.get("bomFormat") != "CycloneDX":
        bad("bomFormat", "is not CycloneDX")
    parts = [doc["metadata"]["component"]] + doc["components"] + doc.get("services", [])
    for x in parts + doc.get("vulnerabilities", []):
        if x["bom-ref"] in refs:
            bad(x["bom-ref"], "the bom-ref is there twice")
        refs.add(x["bom-ref"])
    for d in doc["dependencies"]:
        for ref in [d["ref"]] + d.get("dependsOn", []):
            if ref not in refs:
                bad("dependencies", f"there is no {ref}")
    for x in parts:
        for p in x.get("properties", []):
            if not p["name"].startswith("warrant:"):
                bad(x["bom-ref"], f"the property {p['name']} is outside of our name space")
        for d in x.get("modelCard", {}).get("modelParameters", {}).get("datasets", []):
            if "ref" in d and d["ref"] not in refs:
                bad(x["bom-ref"], f"there is no dataset {d['ref']}")
    for x in doc.get("vulnerabilities", []):
        for a in x.get("affects", []):
            if a["ref"] not in refs:
                bad(x["bom-ref"], f"there is no {a['ref']}")
    validate(doc)


# ---- SARIF 2.1.0: the requirements of the sections named ----

URI = re.compile(r"^[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*$")


def sarif_location(where, x):
    physical = x.get("physicalLocation")
    if physical is None:
        if not x.get("logicalLocations"):
            bad(where, "a location that says nothing")
        return
    artifact = physical["artifactLocation"]  # 3.29.3
    uri = artifact["uri"]
    if not URI.match(uri) or re.search(r"%(?![0-9A-Fa-f]{2})", uri) or uri.startswith("/") or ":" in uri.split("/")[0]:
        bad(where, f"{uri!r} is no relative URI reference")  # 3.4.3
    region = physical.get("region")
    if region is not None:  # 3.30
        if "startLine" in region and (not isinstance(region["startLine"], int) or region["startLine"] < 1):
            bad(where, "lines count from 1")
        if "byteOffset" in region and ("byteLength" not in region or region["byteOffset"] < 0):
            bad(where, "a byte offset comes with a length, and is not negative")
        if not {"startLine", "byteOffset"} & set(region):
            bad(where, "a region without a place")


def sarif(doc):
    if doc.get("version") != "2.1.0" or not isinstance(doc.get("runs"), list):  # 3.13
        bad("", "version and runs are required")
    for run in doc["runs"]:
        driver = run["tool"]["driver"]  # 3.18, 3.19
        if not driver.get("name"):
            bad("tool.driver", "has no name")
        ids = [r["id"] for r in driver.get("rules", [])]
        if len(set(ids)) != len(ids):
            bad("rules", "an id is there twice")
        for r in driver.get("rules", []):  # 3.49
            for key in ("shortDescription", "help"):
                if not r[key].get("text"):
                    bad(r["id"], f"{key} has no text")
            if r["defaultConfiguration"]["level"] not in ("none", "note", "warning", "error"):
                bad(r["id"], "no such level")
            if not 0 <= float(r["properties"]["security-severity"]) <= 10:
                bad(r["id"], "security-severity goes from 0 to 10")
        prints = set()
        for i, r in enumerate(run["results"]):  # 3.27
            where = f"results/{i}"
            if not r["message"].get("text"):
                bad(where, "has no message")
            if ids[r["ruleIndex"]] != r["ruleId"]:
                bad(where, "ruleIndex and ruleId disagree")
            if r["level"] not in ("none", "note", "warning", "error"):
                bad(where, "no such level")
            for x in r["locations"]:
                sarif_location(where, x)
            print_ = r["partialFingerprints"]["warrantFinding/v1"]
            if not print_ or print_ in prints:
                bad(where, "the fingerprint is empty or there twice")
            prints.add(print_)
            for x in r["suppressions"]:  # 3.35
                if x["kind"] not in ("inSource", "external") or x["status"] not in ("accepted", "underReview", "rejected"):
                    bad(where, "no such suppression")
        for v in run["invocations"]:  # 3.20
            if not isinstance(v["executionSuccessful"], bool):
                bad("invocations", "executionSuccessful is required")
            for n in v.get("toolExecutionNotifications", []):  # 3.58
                if not n["message"].get("text"):
                    bad("notifications", "has no message")
                for x in n.get("locations", []):
                    sarif_location("notifications", x)


# ---- SPDX 3.0.1: the cardinalities of the classes and the conformance points of the profiles ----

IRI = re.compile(r"^(urn|https?):[^\s<>\"{}|\\^`]+$")
PURPOSES = {"application", "model", "data", "library", "configuration", "other", "platform", "framework"}
PRESENCE = {"yes", "no", "noAssertion"}
RELATIONS = {"dependsOn", "other", "trainedOn", "descendantOf", "hasDeclaredLicense", "hasConcludedLicense"}
TYPES = {"CreationInfo", "SoftwareAgent", "Organization", "SpdxDocument", "software_Sbom", "software_Package", "software_File",
         "ai_AIPackage", "dataset_DatasetPackage", "simplelicensing_LicenseExpression", "Relationship"}


def spdx_package(e):
    if e["software_primaryPurpose"] not in PURPOSES:
        bad(e["spdxId"], "no such purpose")
    for h in e.get("verifiedUsing", []):
        if h["type"] != "Hash" or h["algorithm"] != "sha256" or not re.fullmatch("[0-9a-f]{64}", h["hashValue"]):
            bad(e["spdxId"], "a hash that is none")
    for key in ("ai_autonomyType", "dataset_hasSensitivePersonalInformation"):
        if key in e and e[key] not in PRESENCE:
            bad(e["spdxId"], f"{key} is a PresenceType")
    for d in e.get("ai_hyperparameter", []):
        if d["type"] != "DictionaryEntry" or not d["key"]:
            bad(e["spdxId"], "no DictionaryEntry")
    if e["type"] == "dataset_DatasetPackage" and not e["dataset_datasetType"]:
        bad(e["spdxId"], "a data set has a type")


def spdx(doc):
    if doc["@context"] != "https://spdx.org/rdf/3.0.1/spdx-context.jsonld":
        bad("@context", "is not that of 3.0.1")
    elements, licenses = {}, {}
    infos = [e for e in doc["@graph"] if e["type"] == "CreationInfo"]
    if len(infos) != 1:
        bad("@graph", "one CreationInfo")
    for e in doc["@graph"]:
        if e["type"] not in TYPES:
            bad("@graph", f"no class {e['type']}")
        if e["type"] == "CreationInfo":
            continue
        if not IRI.match(e["spdxId"]) or e["spdxId"] in elements:
            bad(e["spdxId"], "the id is no IRI or there twice")
        elements[e["spdxId"]] = e
        if e["creationInfo"] != infos[0]["@id"]:
            bad(e["spdxId"], "has no creation info")
    for key in ("specVersion", "created", "createdBy"):
        if not infos[0].get(key):
            bad("CreationInfo", f"{key} is required")
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", infos[0]["created"]):
        bad("CreationInfo", "created is a time in UTC")
    if any(elements[x]["type"] not in ("SoftwareAgent", "Organization", "Person") for x in infos[0]["createdBy"]):
        bad("CreationInfo", "createdBy names an agent")
    if sum(e["type"] == "SpdxDocument" for e in elements.values()) != 1:
        bad("@graph", "one SpdxDocument")
    for id_, e in elements.items():
        if e["type"] in ("SpdxDocument", "software_Sbom"):
            if not e["rootElement"] or not {"core", "ai", "dataset"} <= set(e["profileConformance"]):
                bad(id_, "rootElement and profiles are required")
            for x in e["rootElement"] + e.get("element", []):
                if x not in elements:
                    bad(id_, f"there is no {x}")
        elif e["type"] == "Relationship":
            if e["relationshipType"] not in RELATIONS or not e["to"]:
                bad(id_, "no such relationship")
            for x in [e["from"]] + e["to"]:
                if x not in elements:
                    bad(id_, f"there is no {x}")
            if e["relationshipType"].endswith("License"):
                licenses.setdefault((e["from"], e["relationshipType"]), []).extend(e["to"])
        elif e["type"].startswith(("ai_", "dataset_", "software_")):
            spdx_package(e)
            if e.get("suppliedBy") and elements.get(e["suppliedBy"], {}).get("type") != "Organization":
                bad(id_, "suppliedBy names an agent")
    for id_, e in elements.items():
        if e["type"] in ("ai_AIPackage", "dataset_DatasetPackage"):
            for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
                if len(licenses.get((id_, kind), [])) != 1:
                    bad(id_, f"the profile wants exactly one {kind}")


def official(path):
    try:
        import jsonschema
    except ImportError:
        unable("python3-jsonschema is not installed")
    file = os.path.join(CONFORMANCE, path)
    if not os.path.exists(file):
        unable(f"there is no {file}")
    with open(file) as f:
        schema = json.load(f)
    kind = jsonschema.validators.validator_for(schema)
    root = kind(schema, format_checker=jsonschema.FormatChecker())

    def errors(part, x):
        return [("/".join(str(p) for p in e.absolute_path), e.message[:300]) for e in root.evolve(schema=part).iter_errors(x)]
    return schema, errors


def sarif_schema(doc):
    schema, errors = official("sarif/sarif-2.1.0.json")
    for error in errors(schema, doc):
        bad(*error)


def spdx_schema(doc):
    """The schema tries each element as each of its classes, which takes minutes: here each is held against the class that
    it says it is, under the same rule that nothing else may stand in it."""
    schema, errors = official("spdx/spdx-json-schema-3.0.1.json")
    for error in errors(schema, {**doc, "@graph": []}):
        bad(*error)
    for i, element in enumerate(doc["@graph"]):
        if element["type"] not in schema["$defs"]:
            bad(f"@graph/{i}", f"no class {element['type']}")
            continue
        for where, what in errors({"$ref": "#/$defs/" + element["type"], "unevaluatedProperties": False}, element):
            bad(f"@graph/{i}/{where}", what)


CHECKS = {"cyclonedx": cyclonedx, "sarif": sarif, "spdx": spdx, "sarif-schema": sarif_schema, "spdx-schema": spdx_schema}


def main():
    with open(sys.argv[2]) as f:
        doc = json.load(f)
    try:
        CHECKS[sys.argv[1]](doc)
    except (KeyError, IndexError, TypeError) as e:
        bad("", f"something that is required is not there: {e!r}")
    for line in wrong[:40]:
        print(line)
    return 1 if wrong else 0


sys.exit(main())
