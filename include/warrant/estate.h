/* estate.h - what was observed: assets, their properties and relations, and findings. The scanner fills one,
 * the inventory compares it with what is known, and only the differences become records.
 *
 * Borrows  everything lives in the estate's own arena; what is handed in is copied.
 * Bounds   the bytes given to wr_estate_new.
 * Fails    a full estate remembers it (wr_estate_ok) and drops the rest: the scan is then incomplete.
 * Threads  one thread at a time; each worker has its own and they are merged.
 *
 * Order does not matter: where two places give one property different values, the place that sorts first (path,
 * then position) wins; arrays are sets of strings and are united. So the same tree gives the same estate, byte for
 * byte, however many workers read it. */
#ifndef WARRANT_ESTATE_H
#define WARRANT_ESTATE_H

#include <warrant/hash.h>
#include <warrant/value.h>

typedef enum {
    WR_SYSTEM, WR_MODEL, WR_PROVIDER, WR_ENDPOINT, WR_DATASET, WR_RETRIEVAL, WR_PROMPT, WR_AGENT, WR_TOOL,
    WR_PIPELINE, WR_LIBRARY, WR_CREDENTIAL, WR_PRINCIPAL, WR_ENVIRONMENT, WR_KINDS
} wr_kind;

typedef enum {
    WR_USES, WR_CALLS, WR_PROVIDED_BY, WR_RUNS_IN, WR_RETRIEVES_FROM, WR_INSTRUCTED_BY, WR_TRAINED_ON,
    WR_DERIVED_FROM, WR_DELEGATES_TO, WR_AUTHENTICATES_WITH, WR_MAY_CHANGE, WR_OWNED_BY, WR_DECLARED_IN, WR_RELATIONS
} wr_relation;

typedef enum { WR_CRITICAL, WR_HIGH, WR_MEDIUM, WR_LOW, WR_INFO, WR_SEVERITIES } wr_severity;

/* The words of DESIGN: "provided-by" and so on. The parsers take exactly these. */
const char *wr_kind_name(wr_kind k);
bool wr_kind_parse(wr_slice s, wr_kind *ret);
const char *wr_relation_name(wr_relation r);
bool wr_relation_parse(wr_slice s, wr_relation *ret);
const char *wr_severity_name(wr_severity s);
bool wr_severity_parse(wr_slice s, wr_severity *ret);

/* The scope of an observation that a file of another tool gave begins so: "import:bom.json". Such an observation is
 * imported evidence: the store keeps it apart from what was seen. */
#define WR_SCOPE_IMPORT "import:"
static inline bool wr_scope_imported(wr_slice scope) { return wr_slice_starts(scope, WR_SCOPE_IMPORT); }

/* Where something was seen. `path` is relative to the scanned root, encoded by wr_path_encode. */
typedef enum { WR_AT_FILE, WR_AT_LINE, WR_AT_OFFSET } wr_place_kind;
typedef struct {
    wr_slice path;
    wr_place_kind kind;
    uint64_t at;
} wr_place;

typedef struct wr_seen { wr_place place; struct wr_seen *next; } wr_seen;

typedef struct wr_property {
    wr_slice name;
    const wr_value *value;  /* string, integer, boolean, or an array of strings */
    wr_place place;
    wr_slice how;           /* why it is believed: "named in the model's header", "folder is called prod" */
    struct wr_property *next;
} wr_property;

typedef struct wr_edge {
    wr_relation type;
    wr_slice to;            /* asset id */
    wr_place place;
    struct wr_edge *next;
} wr_edge;

typedef struct wr_asset {
    wr_slice id;            /* kind ":" key */
    wr_kind kind;
    wr_slice name;          /* for people */
    wr_property *properties; /* sorted by name once the estate is sealed */
    wr_edge *edges;          /* sorted by (type, to) */
    wr_seen *seen;           /* sorted, without repeats */
} wr_asset;

typedef struct wr_finding {
    wr_slice id;            /* hex, stable: rule, asset or path, and what makes it this one (not the line) */
    wr_slice rule;          /* "pickle-calls-os-system" */
    wr_slice kind;          /* one of finding_kinds in profile/checks.yaml, or "" */
    wr_severity severity;
    wr_slice asset;         /* asset id, or "" */
    wr_place place;
    wr_slice title;         /* one line */
    wr_slice detail;        /* the evidence in plain words */
    wr_slice remedy;
} wr_finding;

typedef struct wr_estate wr_estate;

wr_estate *wr_estate_new(size_t most_bytes);
void wr_estate_free(wr_estate *e); /* NULL-safe */
bool wr_estate_ok(const wr_estate *e);
wr_arena *wr_estate_arena(wr_estate *e); /* for values that are handed to it */

/* The asset kind:key, made where it is new. `name` is kept where none was known. NULL once the estate is full; every
 * function below takes a NULL asset and does nothing. `key` must follow the identity rules of DESIGN section 3; the
 * helpers in identity.h make them. */
wr_asset *wr_estate_asset(wr_estate *e, wr_kind kind, wr_slice key, wr_slice name);
wr_asset *wr_estate_find(const wr_estate *e, wr_slice id);
void wr_estate_seen(wr_estate *e, wr_asset *asset, wr_place place);
void wr_estate_set(wr_estate *e, wr_asset *asset, const char *property, const wr_value *value, wr_place place, const char *how);
void wr_estate_set_text(wr_estate *e, wr_asset *asset, const char *property, wr_slice value, wr_place place, const char *how);
void wr_estate_set_int(wr_estate *e, wr_asset *asset, const char *property, int64_t value, wr_place place, const char *how);
void wr_estate_set_bool(wr_estate *e, wr_asset *asset, const char *property, bool value, wr_place place, const char *how);
/* Adds to a property that is a set of strings (sorted, without repeats). */
void wr_estate_add_text(wr_estate *e, wr_asset *asset, const char *property, wr_slice value, wr_place place, const char *how);
const wr_property *wr_asset_property(const wr_asset *asset, const char *name);
wr_slice wr_asset_text(const wr_asset *asset, const char *name); /* "" where absent or no string */
void wr_estate_relate(wr_estate *e, wr_asset *from, wr_relation type, wr_slice to_id, wr_place place);
bool wr_estate_related(const wr_asset *from, wr_relation type, wr_slice to_id);
/* A copy is kept; an empty .id is made from rule, asset, path and `what` ("" is fine). */
void wr_estate_finding(wr_estate *e, const wr_finding *f, wr_slice what);
/* Something could not be read to its end: counted, listed, and the scan is incomplete. */
void wr_estate_unread(wr_estate *e, wr_place place, const char *why);

/* Sorts everything by id, so that iteration and digests are stable. Adding afterwards un-seals it. */
void wr_estate_seal(wr_estate *e);
size_t wr_estate_asset_count(const wr_estate *e);
wr_asset *wr_estate_asset_at(const wr_estate *e, size_t i);
size_t wr_estate_finding_count(const wr_estate *e);
const wr_finding *wr_estate_finding_at(const wr_estate *e, size_t i);
size_t wr_estate_unread_count(const wr_estate *e);
wr_place wr_estate_unread_at(const wr_estate *e, size_t i, wr_slice *ret_why);

/* Adds everything in `from` to `into`. */
void wr_estate_merge(wr_estate *into, const wr_estate *from);
/* A compact form for the pipe between a worker and its parent. The decoder trusts nothing: WR_BAD names the byte. */
void wr_estate_encode(const wr_estate *e, wr_buf *ret);
WR_MUST_USE wr_status wr_estate_decode(wr_slice bytes, wr_estate *into, wr_error *err);
/* One asset (without its id's history) or finding as a record's body: canonical order, plain values.
 * {"id","kind","name","properties":{name:{"value","path","line"|"offset","how"}},"relations":[{"type","to","path",...}],
 *  "seen":[{"path","line"|"offset"}]} */
wr_value *wr_asset_value(wr_arena *a, const wr_asset *asset);
wr_value *wr_finding_value(wr_arena *a, const wr_finding *f);
/* {"path", "line" or "offset", "why"} of what was left unread, wr_estate_unread_at(e, i). */
wr_value *wr_unread_value(wr_arena *a, const wr_estate *e, size_t i);
/* SHA-256 over the canonical form of every asset and finding of a sealed estate, in order: "everything observed". */
WR_MUST_USE wr_status wr_estate_digest(const wr_estate *e, wr_hash *ret, wr_error *err);

/* Dropping an asset (one side of a merge of proposals); its edges and those that point to it go too. */
void wr_estate_drop(wr_estate *e, wr_slice id);

#endif
