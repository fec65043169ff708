/* inventory.h - from an estate to records: what appeared, changed and vanished since the last scan of a scope; and what
 * people declare.
 *
 * A scope is what one scan covered: "<repository identity>/<path>", never an absolute path. An asset seen in two scopes
 * has an observation in each; it has vanished when no scope sees it any more.
 *
 * Record types (version 1) and their bodies. Every type that src/store applies is in this list:
 *
 *   scan               {id, scope, environment, roots:[], started_at, finished_at, files, unchanged, bytes, assets, relations,
 *                       findings, appeared, changed, vanished, skipped:{why:count}, unread:[{path,why}], errors,
 *                       limits:{}, observed:<hex digest of everything observed>, tool:"warrant 0.1.0"}
 *   asset.observed     {id, kind, name, scope, scan, properties:{name:{value,path,line|offset,how}},
 *                       relations:[{type,to,path,line|offset}], seen:[{path,line|offset}],
 *                       changes:[{property,before,after,changed_by}]}  the whole state; changes is absent when it is new,
 *                       changed_by only where the git history says who
 *   asset.vanished     {id, scope, scan}
 *   finding.opened     {id, scope, scan, rule, kind, severity, asset, path, line|offset, title, detail, remedy}
 *   finding.closed     {id, scope, scan}
 *   finding.accepted   {id, until, by, why}
 *   finding.assigned   {id, owner, due, by, why}    owner or due absent: taken back
 *   bom.imported       {id, scope, file, digest, format, tool, created_at, imported_at, assets, relations, appeared, changed,
 *                       vanished, parts, left_out, observed}   a file of another tool; its scope is "import:<name>"
 *   asset.declared     {id, kind, name, by, why, properties:{name:value|null}, relations:[{type,to}], unrelated:[{type,to}]}
 *   asset.merged       {id, into, by, why}          id is shown as into from now on
 *   change.reviewed    {id, by, why}                id of a row of `changes`
 *   evidence.attested  {id, question, answer, by, until, note, evidence}
 *   assess             {edition, digest, counts:{}, changed:[{outcome,before,after}], checks:{id:verdict}}
 *   ledger.verified    {size, root, intact}
 *   ledger.witnessed   {size, root, witness, time}
 *   ledger.erased      {index, type, why, by}
 *
 * Subject: the asset, finding, scan, question or ledger origin that the record is about.
 *
 * Borrows  records and bodies live in the arena given.
 * Bounds   the estate's.
 * Fails    as the store and the workspace.
 * Threads  one thread at a time. */
#ifndef WARRANT_INVENTORY_H
#define WARRANT_INVENTORY_H

#include <warrant/estate.h>
#include <warrant/workspace.h>

#define WR_SKIPPED_INSTALLED "folders of installed dependencies"

typedef struct {
    uint64_t files, bytes, directories, ignored, errors;
    uint64_t unchanged;       /* of the files: not looked at again, since what is in them was known */
    int64_t started_at, finished_at;
    wr_slice scope;
    const wr_slice *roots; size_t root_count;
    const wr_value *skipped;  /* {why: count}; WR_SKIPPED_INSTALLED is one of them */
    const wr_value *limits;   /* {name: number} */
    bool incomplete;          /* something was left unread */
    const wr_value *import;   /* NULL for a scan; else the record is bom.imported, with these members: {file, digest, format, tool...} */
    wr_arena *list_in;        /* where the differences are listed as well; NULL: they are only counted */
} wr_scan_facts;

typedef struct {
    uint64_t appeared, changed, vanished, findings_opened, findings_closed;
    wr_slice scan_id;         /* "scan:<first 16 hex digits>": points into scan_text */
    char scan_text[24];
    wr_hash observed;
    wr_value *list;           /* with facts.list_in: {"appeared":[id],"changed":[{"id","changes":[{property,before,after}]}],
                               * "vanished":[id],"findings_opened":[id],"findings_closed":[id]}, each in the order of ids */
} wr_scan_delta;

/* Compares a sealed estate with the scope's last observation and adds the differences and one scan record to the
 * workspace. With `dry` nothing is added. An incomplete scan lets nothing vanish and closes no finding in what it left unread. */
WR_MUST_USE wr_status wr_inventory_commit(wr_workspace *w, const wr_estate *e, const wr_scan_facts *facts, bool dry,
                                          wr_scan_delta *ret, wr_error *err);

/* The asset a person means by `word`: an id, a unique beginning of an id, or a unique name. WR_MISSING, or WR_USAGE with the candidates. */
WR_MUST_USE wr_status wr_inventory_resolve(wr_store *s, wr_slice word, wr_arena *a, wr_slice *ret_id, wr_error *err);

/* {"scan","assets","relations","findings"} of the whole store, as DESIGN section 6 says; `only_scope` may be empty. */
WR_MUST_USE wr_status wr_inventory_value(wr_store *s, wr_slice only_scope, wr_arena *a, wr_value **ret, wr_error *err);
/* The graph in Graphviz DOT or Mermaid; `around` (an asset id, may be empty) keeps what is within `steps` relations of it. */
typedef enum { WR_GRAPH_DOT, WR_GRAPH_MERMAID } wr_graph_form;
WR_MUST_USE wr_status wr_inventory_graph(wr_store *s, wr_slice around, int steps, wr_graph_form form, wr_arena *a, wr_buf *ret, wr_error *err);

#endif
