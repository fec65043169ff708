/* provenance.h - is this the model that its maker signed, and the one that we approved?
 *
 * Signatures are OpenSSF Model Signing 1.0 (OMS): a Sigstore bundle (JSON) around a DSSE envelope around an in-toto
 * statement that lists every file with its digest. Read and written here without any network. A lock file, warrant.lock,
 * names the models that somebody approved.
 *
 * Borrows  what is parsed points into the arena given.
 * Bounds   WR_OMS_MOST bytes a bundle, WR_LOCK_MOST a lock; WR_SIGNED_FILES_MOST files in a model.
 * Fails    WR_BAD for what is malformed, WR_NEWER for a lock of a later version; what merely does not verify is no failure
 *          but a verdict.
 * Threads  no state. */
#ifndef WARRANT_PROVENANCE_H
#define WARRANT_PROVENANCE_H

#include <warrant/estate.h>

#define WR_OMS_MOST ((size_t)64 << 20)
#define WR_SIGSTORE_ROOT_MOST ((size_t)4 << 20)
#define WR_LOCK_MOST ((size_t)16 << 20)
#define WR_SIGNED_FILES_MOST 1000000u

/* ---- signatures ---- */

typedef enum { WR_BY_KEY, WR_BY_CERTIFICATE, WR_BY_SIGSTORE } wr_oms_method;
typedef struct {
    wr_slice name, algorithm;     /* "weights.bin", or "weights.bin:0:1000" where the files are in shards */
    wr_slice digest;              /* raw bytes */
} wr_oms_resource;
typedef struct {
    wr_oms_method method;
    wr_slice hint;                        /* hex SHA-256 of the public key's PEM, or empty */
    const wr_slice *certificates; size_t certificate_count; /* DER, the signer's first */
    const wr_value *log_entry;            /* of Sigstore's log, or NULL */
    wr_slice payload_type, payload, signature;
    wr_slice subject, root;               /* the model's name; hex digest over all digests */
    uint64_t shard_size;                  /* 0: whole files */
    bool allow_symlinks;
    const wr_slice *ignored; size_t ignored_count;
    const wr_oms_resource *resources; size_t resource_count;
} wr_oms;

/* Bundle, envelope and statement; nothing is verified yet but that the statement holds together (OMS 4, 5, 8.3). */
WR_MUST_USE wr_status wr_oms_parse(wr_slice json, wr_arena *a, wr_oms *ret, wr_error *err);

typedef struct wr_oms_key wr_oms_key; /* an EC key on P-256, P-384 or P-521 */
WR_MUST_USE wr_status wr_oms_key_public(wr_slice pem, wr_oms_key **ret, wr_error *err);
WR_MUST_USE wr_status wr_oms_key_private(wr_slice pem, wr_oms_key **ret, wr_error *err); /* not encrypted */
void wr_oms_key_free(wr_oms_key *k); /* NULL-safe */
/* Hex SHA-256 of the public half as PEM: the `hint` of a bundle. Empty where memory ran out. */
wr_slice wr_oms_fingerprint(const wr_oms_key *k, wr_arena *a);

/* UNKNOWN: what would be needed to tell is not at hand. It is never good. */
typedef enum { WR_VERDICT_GOOD, WR_VERDICT_BAD, WR_VERDICT_UNKNOWN } wr_oms_state;
typedef struct { wr_oms_state verdict; wr_slice why, signer; } wr_oms_verdict;

/* Whom to believe. What is not given is empty or NULL, and what depends on it is UNKNOWN. */
typedef struct {
    const wr_oms_key *key;        /* of a bundle signed with a key */
    wr_slice ca_pem;              /* roots that a signer's certificate leads to, at `now` */
    wr_slice sigstore_root;       /* Sigstore's trusted root as JSON: its certificate authorities and logs (TrustedRoot 0.1) */
    wr_slice identity, issuer;    /* who must have signed through Sigstore, and the identity provider that says so */
    int64_t now;
} wr_oms_trust;
/* The envelope's signature: by a key, by a certificate that leads to a root, or through Sigstore. For Sigstore all of this
 * must hold: the log promised to include this very signature and proves it, the certificate was valid at the log's time,
 * leads to an authority of the trusted root and was published in one of its certificate logs; and identity and issuer are
 * those asked for. A signature through Sigstore where nobody is asked for is UNKNOWN: everyone can make one. */
WR_MUST_USE wr_status wr_oms_signature(const wr_oms *b, const wr_oms_trust *t, wr_arena *a, wr_oms_verdict *ret, wr_error *err);

typedef struct {
    wr_oms_state verdict;
    wr_slice why;                 /* the first thing that is wrong or unknown */
    uint64_t files, bytes;        /* that were compared */
    wr_value *changed, *missing, *unlisted, *unknown; /* arrays of names */
} wr_oms_match;
/* The files of `model` (a folder or one file) against the statement (OMS 8.4). The bundle itself, `bundle_path`, is left
 * out. `ignore_unlisted`: a file that the statement does not name is no fault (OMS 8.5). */
WR_MUST_USE wr_status wr_oms_compare(const wr_oms *b, const char *model, const char *bundle_path, bool ignore_unlisted, wr_arena *a,
                                     wr_oms_match *ret, wr_error *err);

/* What `warrant artifact sign` keeps in the ledger, type artifact.signed version 1, subject "oms:sha256:<root>": {model, root,
 * files, bytes, key, bundle:<SHA-256 of the bundle>, by}. The store applies nothing of it. */
typedef struct { wr_slice root, fingerprint, subject; uint64_t files, bytes; } wr_oms_signed;
/* Lists and hashes the files of `model` and signs the list (OMS 6). `ignored` are paths in the model. */
WR_MUST_USE wr_status wr_oms_sign(const char *model, const char *bundle_path, const wr_slice *ignored, size_t ignored_count,
                                  const wr_oms_key *private_key, wr_arena *a, wr_buf *ret_bundle, wr_oms_signed *ret, wr_error *err);

/* ---- warrant.lock ---- */

typedef struct {
    wr_slice path;                /* from the lock's folder, as wr_path_encode writes it; or empty */
    wr_slice model;               /* an asset's id or name, where there is no path */
    wr_slice sha256, weights, signer, by; /* hex; weights and signer may be empty */
    int64_t at;                   /* 0: not said */
    uint32_t line;
} wr_lock_entry;
typedef struct { wr_lock_entry *entries; size_t count; } wr_lock;

WR_MUST_USE wr_status wr_lock_parse(wr_slice text, wr_arena *a, wr_lock *ret, wr_error *err);
void wr_lock_write(const wr_lock *l, wr_arena *a, wr_buf *ret); /* sorted; what parses is written back the same */
/* The entry for a path, else for a model's id or name; NULL where there is none. Any of the three may be empty. */
const wr_lock_entry *wr_lock_find(const wr_lock *l, wr_slice path, wr_slice id, wr_slice name);

typedef struct {
    wr_slice name;                /* how the lock is called in findings: "warrant.lock" */
    wr_slice root, lock_dir;      /* absolute: the scanned folder, the lock's folder; encoded */
    bool everywhere;              /* somebody named this lock: a file outside its folder is judged as well */
    bool whole;                   /* all below root was scanned: what is not there is missing */
} wr_lock_scope;
/* Holds every model file of a scan against the lock: sets `digest_verified`, adds findings, seals again. */
void wr_lock_apply(wr_estate *e, const wr_lock *l, const wr_lock_scope *scope);

#endif
