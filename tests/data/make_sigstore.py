#!/usr/bin/python3
"""make_sigstore.py DIR [WRONG]: a model in DIR/m, a trusted root DIR/root.json with an authority, a log and a certificate log
of our own, and the model's signature through them, DIR/m/model.sig. WRONG names one thing that does not hold; `list` prints
them, with what verifying must say. Status 77: python3-cryptography is not installed.
"""
import base64
import datetime
import hashlib
import json
import os
import sys

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
except ImportError:
    print("NOT RUN: python3-cryptography is not installed")
    sys.exit(77)

WRONG = {
    "time": "did not promise this entry",
    "promise": "did not promise this entry",
    "no-promise": "the log says no time",
    "log-key": "does not know the log",
    "log-period": "does not know the log",
    "proof": "does not include this entry",
    "checkpoint": "did not sign the tree",
    "tree": "did not sign the tree",
    "entry-payload": "about another signature",
    "entry-signature": "about another signature",
    "entry-certificate": "about another signature",
    "entry-kind": "of a kind that is not known",
    "expired": "certificate has expired",
    "authority": "certificate signature failure",
    "authority-period": "no certificate authority of the time",
    "usage": "not one for signing",
    "sct": "published in no certificate log",
    "no-sct": "published in no certificate log",
    "sct-key": "published in no certificate log",
    "sct-period": "published in no certificate log",
    "signature": "not one of the bundle's own certificate",
    "who": "does not say who signed",
}
T = 1767225600  # 2026-01-01
WHO, ISSUER = "release@clinic.example", "https://login.clinic.example"


def b64(x):
    return base64.b64encode(x).decode()


def spki(k):
    return k.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def sign(k, message):
    return k.sign(message, ec.ECDSA(hashes.SHA256()))


def canonical(x):
    return json.dumps(x, separators=(",", ":"), sort_keys=True).encode()


def moment(t):
    return datetime.datetime.utcfromtimestamp(t)


def period(ok):
    return {"start": "2025-01-01T00:00:00.000Z"} if ok else {"start": "2025-01-01T00:00:00Z", "end": "2025-06-01T00:00:00.999Z"}


def certificate(subject, key, issuer, issuer_key, extensions, start, end):
    name = lambda n: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, n)] if n else [])
    b = x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(key.public_key())
    b = b.serial_number(int.from_bytes(hashlib.sha256(subject.encode() + spki(key)).digest()[:8], "big"))
    b = b.not_valid_before(moment(start)).not_valid_after(moment(end))
    for e, critical in extensions:
        b = b.add_extension(e, critical)
    return b.sign(issuer_key, hashes.SHA256())


def authority(name, key, issuer, issuer_key):
    return certificate(name, key, issuer, issuer_key, [(x509.BasicConstraints(True, None), True)], T - 10**7, T + 10**8)


def leaf(key, ca_key, ct_key, wrong):
    usage = ExtendedKeyUsageOID.SERVER_AUTH if wrong == "usage" else ExtendedKeyUsageOID.CODE_SIGNING
    extensions = [(x509.ExtendedKeyUsage([usage]), False),
                  (x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.57264.1.8"), bytes([12, len(ISSUER)]) + ISSUER.encode()), False)]
    if wrong != "who":
        extensions.append((x509.SubjectAlternativeName([x509.RFC822Name(WHO)]), True))
    start = T - 10000 if wrong == "expired" else T - 60
    make = lambda more: certificate("", key, "between", ca_key, extensions + more, start, start + 600)
    if wrong == "no-sct":
        return make([])
    tbs = make([]).tbs_certificate_bytes
    ms = (T - 50) * 1000
    signed = bytes([0, 0]) + ms.to_bytes(8, "big") + bytes([0, 1]) + hashlib.sha256(spki(ca_key)).digest() + len(tbs).to_bytes(3, "big") + tbs + bytes(2)
    sig = sign(ct_key, signed + (b"x" if wrong == "sct" else b""))
    sct = bytes(1) + hashlib.sha256(spki(ct_key)).digest() + ms.to_bytes(8, "big") + bytes(2) + bytes([4, 3]) + len(sig).to_bytes(2, "big") + sig
    body = (len(sct) + 2).to_bytes(2, "big") + len(sct).to_bytes(2, "big") + sct
    der = bytes([4, len(body)]) + body if len(body) < 128 else bytes([4, 129, len(body)]) + body
    return make([(x509.UnrecognizedExtension(ObjectIdentifier("1.3.6.1.4.1.11129.2.4.2"), der), False)])


def statement(folder):
    files = []
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as f:
            files.append({"algorithm": "sha256", "name": name, "digest": hashlib.sha256(f.read()).hexdigest()})
    root = hashlib.sha256(b"".join(bytes.fromhex(f["digest"]) for f in files)).hexdigest()
    return json.dumps({"_type": "https://in-toto.io/Statement/v1", "subject": [{"name": "m", "digest": {"sha256": root}}],
                       "predicateType": "https://model_signing/signature/v1.0",
                       "predicate": {"serialization": {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": []},
                                     "resources": files}}).encode()


def entry(body, log, wrong):
    """The log has three leaves; ours is the second."""
    digest = lambda x: hashlib.sha256(x).digest()
    leaf, left, right = digest(b"\0" + body), digest(b"\0first"), digest(b"\0third")
    root = digest(b"\1" + digest(b"\1" + left + leaf) + right)
    note = f"log.example\n3\n{b64(root)}\n"
    log_id = digest(spki(log))
    signature = log_id[:4] + sign(log, note.encode() + (b"x" if wrong == "checkpoint" else b""))
    promise = canonical({"body": b64(body), "integratedTime": T, "logID": log_id.hex(), "logIndex": 1001})
    e = {"logIndex": "1001", "logId": {"keyId": b64(log_id)}, "kindVersion": {"kind": "dsse", "version": "0.0.1"},
         "integratedTime": str(T + (1 if wrong == "time" else 0)),
         "inclusionPromise": {"signedEntryTimestamp": b64(sign(log, promise + (b"x" if wrong == "promise" else b"")))},
         "inclusionProof": {"logIndex": "1", "treeSize": "2" if wrong == "tree" else "3", "rootHash": b64(root),
                            "hashes": [b64(left), b64(left if wrong == "proof" else right)],
                            "checkpoint": {"envelope": f"{note}\n\u2014 log.example {b64(signature)}\n"}},
         "canonicalizedBody": b64(body)}
    if wrong == "no-promise":
        del e["inclusionPromise"]
    return e


def main():
    if sys.argv[1] == "list":
        for name, says in WRONG.items():
            print(name, says)
        return
    folder, wrong = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    assert wrong == "" or wrong in WRONG, wrong
    model = os.path.join(folder, "m")
    os.makedirs(model)
    for name in ("config.json", "weights.bin"):
        with open(os.path.join(model, name), "w") as f:
            f.write(name * 10)
    root_key, ca_key, signer, log, ct, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(6))
    cert = leaf(signer, ca_key, ct, wrong)
    chain = [authority("between", ca_key, "root", root_key), authority("root", other if wrong == "authority" else root_key, "root", other if wrong == "authority" else root_key)]
    payload = statement(model)
    kind = "application/vnd.in-toto+json"
    sig = sign(other if wrong == "signature" else signer, f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload)
    der = lambda c: c.public_bytes(serialization.Encoding.DER)
    shown = leaf(other, ca_key, ct, "") if wrong == "entry-certificate" else cert
    body = canonical({"apiVersion": "0.0.1", "kind": "rekord" if wrong == "entry-kind" else "dsse", "spec": {
        "envelopeHash": {"algorithm": "sha256", "value": "00" * 32},
        "payloadHash": {"algorithm": "sha256", "value": hashlib.sha256(payload + (b"x" if wrong == "entry-payload" else b"")).hexdigest()},
        "signatures": [{"signature": b64(sig[:-1] + bytes([sig[-1] ^ 1]) if wrong == "entry-signature" else sig),
                        "verifier": b64(shown.public_bytes(serialization.Encoding.PEM))}]}})
    bundle = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
              "verificationMaterial": {"certificate": {"rawBytes": b64(der(cert))}, "tlogEntries": [entry(body, log, wrong)]},
              "dsseEnvelope": {"payload": b64(payload), "payloadType": kind, "signatures": [{"sig": b64(sig), "keyid": ""}]}}
    known = lambda key, ok, here: {"baseUrl": "https://log.example", "hashAlgorithm": "SHA2_256", "logId": {"keyId": b64(hashlib.sha256(spki(key)).digest())},
                                   "publicKey": {"rawBytes": b64(spki(key if here else other)), "keyDetails": "PKIX_ECDSA_P256_SHA_256", "validFor": period(ok)}}
    logs = [known(other if wrong == "log-key" else log, wrong != "log-period", True)]
    root = {"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": logs,
            "certificateAuthorities": [{"uri": "https://ca.example", "certChain": {"certificates": [{"rawBytes": b64(der(c))} for c in chain]},
                                        "validFor": period(wrong != "authority-period")}],
            "ctlogs": [known(ct, wrong != "sct-period", wrong != "sct-key")]}
    for path, doc in (("m/model.sig", bundle), ("root.json", root)):
        with open(os.path.join(folder, path), "w") as f:
            json.dump(doc, f)


main()
