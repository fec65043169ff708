/* An estate becomes records: one ordered pass compares it with what the scope last said, a second hands over only what
 * differs, in batches. So a scan of 100,000 unchanged assets costs one record. */
#include <stdio.h>
#include <stdlib.h>
#include <warrant/grow.h>
#include <warrant/text.h>

#include "diff.h"

#define BATCH_RECORDS 4096u
#define BATCH_BYTES ((size_t)32 << 20)
#define ARENA_MOST ((size_t)2 << 30)
#define BODY_MOST ((size_t)64 << 20)
#define UNREAD_LISTED_MOST 1000u

typedef struct { char hex[2 * WR_HASH_LEN + 1]; } digest;

/* What the scope knew, and what is to be said. */
typedef struct {
    wr_slice id, path; /* path: of findings */
    digest was;
    bool again;        /* seen now as well */
} known;

/* A prompt that is not where it was, with the digest of its text. */
typedef struct { wr_slice id, digest; } gone;

typedef struct {
    wr_workspace *w;
    wr_store *s;
    const wr_estate *e;
    const wr_scan_facts *facts;
    wr_arena *keep, *scratch, *look; /* for the whole commit; for one batch; for one thing that is looked at */
    wr_buf buf;
    wr_unread_set unread;
    known *assets, *findings;
    gone *gone;        /* prompts that stood elsewhere: made when the first one appears */
    size_t gone_count;
    bool gone_known;
    size_t asset_count, asset_room, finding_count, finding_room;
    wr_record batch[BATCH_RECORDS];
    size_t batched;
    int64_t time;
    wr_scan_delta delta;
    bool dry;
} commit;

static wr_status no_memory(wr_error *err) { return wr_over(err, "comparing with the last scan"); }

/* ---- what the scope knew ---- */

typedef struct {
    commit *c;
    known **list;
    size_t *count, *room;
    bool failed;
} listing;

static bool keep_known(void *ctx, const wr_row *row)
{
    listing *l = ctx;
    if (!wr_grow(l->list, *l->count, l->room, 1024, sizeof **l->list))
        return !(l->failed = true);
    known *k = &(*l->list)[(*l->count)++];
    const wr_slice hex = wr_row_text(row, "digest");
    *k = (known){ .id = wr_arena_dup(l->c->keep, wr_row_text(row, "id")), .path = wr_arena_dup(l->c->keep, wr_row_text(row, "path")) };
    memcpy(k->was.hex, hex.at ? hex.at : "", hex.len < sizeof k->was.hex - 1 ? hex.len : sizeof k->was.hex - 1);
    l->failed = k->id.at == NULL || k->path.at == NULL;
    return !l->failed;
}

static wr_status load(commit *c, wr_slice sql, known **list, size_t *count, size_t *room, wr_error *err)
{
    listing l = { c, list, count, room, false };
    const wr_sql_param scope = { "scope", { .type = WR_SQL_TEXT, .text = c->facts->scope } };
    const wr_status status = wr_store_query(c->s, sql, &scope, 1, NULL, keep_known, &l, err);
    return status == WR_OK && l.failed ? no_memory(err) : status;
}

static int by_id(const void *x, const void *y)
{
    return wr_slice_cmp(((const known *)x)->id, ((const known *)y)->id);
}

static known *find(known *list, size_t count, wr_slice id)
{
    const known key = { .id = id };
    return count ? bsearch(&key, list, count, sizeof *list, by_id) : NULL;
}

static wr_status load_known(commit *c, wr_error *err)
{
    wr_status status = load(c, WR_SLICE("SELECT asset AS id, digest, '' AS path FROM observation WHERE scope = :scope ORDER BY asset"),
                            &c->assets, &c->asset_count, &c->asset_room, err);
    if (status == WR_OK)
        status = load(c, WR_SLICE("SELECT o.finding AS id, o.digest AS digest,"
                                  " CASE WHEN f.kind = 'credential-in-history' THEN '.git' ELSE f.path END AS path FROM finding_observation o"
                                  " JOIN findings f ON f.id = o.finding WHERE o.scope = :scope ORDER BY o.finding"),
                      &c->findings, &c->finding_count, &c->finding_room, err);
    /* engines do not agree on how text sorts: ours decides */
    if (c->asset_count > 0)
        qsort(c->assets, c->asset_count, sizeof *c->assets, by_id);
    if (c->finding_count > 0)
        qsort(c->findings, c->finding_count, sizeof *c->findings, by_id);
    return status;
}

typedef struct { wr_arena *a; wr_slice body; } body_ask;

static bool keep_body(void *ctx, const wr_row *row)
{
    body_ask *ask = ctx;
    ask->body = wr_arena_dup(ask->a, wr_row_text(row, "body"));
    return false;
}

static wr_status body_before(commit *c, wr_slice id, wr_arena *a, wr_value **ret, wr_error *err)
{
    body_ask ask = { a, { 0 } };
    const wr_sql_param params[] = { { "asset", { .type = WR_SQL_TEXT, .text = id } },
                                    { "scope", { .type = WR_SQL_TEXT, .text = c->facts->scope } } };
    const wr_status status = wr_store_query(c->s, WR_SLICE("SELECT body FROM observation WHERE asset = :asset AND scope = :scope"),
                                            params, 2, NULL, keep_body, &ask, err);
    return status == WR_OK ? wr_json_parse(a, ask.body, ret, err) : status;
}

/* ---- handing over ---- */

/* Lists a difference where the caller asked for that; `what` must live in its arena. */
static wr_status list(commit *c, const char *where, wr_value *what, wr_error *err)
{
    if (c->delta.list == NULL)
        return WR_OK;
    wr_value *into = (wr_value *)(uintptr_t)wr_get(c->delta.list, where); /* made by new_list */
    return wr_push(c->facts->list_in, into, what) != NULL ? WR_OK : no_memory(err);
}

static wr_status list_id(commit *c, const char *where, wr_slice id, wr_error *err)
{
    return c->delta.list == NULL ? WR_OK : list(c, where, wr_new_string(c->facts->list_in, id), err);
}

static wr_status list_changes(commit *c, wr_slice id, const wr_value *changes, wr_error *err)
{
    if (c->delta.list == NULL)
        return WR_OK;
    wr_value *one = wr_new_object(c->facts->list_in);
    wr_put_string(c->facts->list_in, one, "id", id);
    if (wr_put(c->facts->list_in, one, "changes", wr_copy(c->facts->list_in, changes)) == NULL)
        return no_memory(err);
    return list(c, "changed", one, err);
}

static wr_status new_list(commit *c, wr_error *err)
{
    static const char *const names[] = { "appeared", "changed", "vanished", "findings_opened", "findings_closed" };
    wr_arena *a = c->facts->list_in;
    if (a == NULL)
        return WR_OK;
    c->delta.list = wr_new_object(a);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (wr_put(a, c->delta.list, names[i], wr_new_array(a)) == NULL)
            return no_memory(err);
    return WR_OK;
}

static wr_status flush(commit *c, wr_error *err)
{
    wr_status status = WR_OK;
    if (c->batched > 0 && !c->dry)
        status = wr_workspace_add(c->w, c->batch, c->batched, NULL, err);
    c->batched = 0;
    wr_arena_reset(c->scratch);
    return status;
}

/* The body must live in the scratch arena. */
static wr_status hand(commit *c, const char *type, wr_slice subject, wr_value *body, wr_error *err)
{
    if (body == NULL)
        return no_memory(err);
    c->batch[c->batched++] = (wr_record){ wr_slice_of(type), 1, c->time, subject, body };
    return c->batched == BATCH_RECORDS || wr_arena_used(c->scratch) > BATCH_BYTES ? flush(c, err) : WR_OK;
}

static wr_value *with_scan(commit *c, wr_value *body)
{
    if (body == NULL)
        return NULL;
    wr_put_string(c->scratch, body, "scope", c->facts->scope);
    return wr_put_string(c->scratch, body, "scan", c->delta.scan_id) ? body : NULL;
}

static wr_status hand_ended(commit *c, const char *type, wr_slice id, wr_error *err)
{
    wr_value *body = wr_new_object(c->scratch);
    wr_put_string(c->scratch, body, "id", id);
    return hand(c, type, id, with_scan(c, body), err);
}

static wr_status digest_of(commit *c, const wr_value *body, digest *ret, wr_error *err)
{
    wr_buf_clear(&c->buf);
    if (body == NULL)
        return no_memory(err);
    const wr_status status = wr_canonical(body, &c->buf, err);
    if (status != WR_OK || !wr_buf_ok(&c->buf))
        return status != WR_OK ? status : no_memory(err);
    const wr_hash hash = wr_sha256_once(wr_buf_slice(&c->buf));
    wr_hex(hash.bytes, WR_HASH_LEN, ret->hex);
    return WR_OK;
}

/* ---- assets ---- */

static wr_status differs(commit *c, const wr_asset *asset, const known *k, wr_error *err)
{
    wr_value *before = NULL, *body = wr_asset_value(c->scratch, asset);
    digest now;
    wr_status status = body_before(c, asset->id, c->scratch, &before, err);
    if (status == WR_OK)
        body = wr_diff_carry(c->scratch, body, before, &c->unread);
    if (status == WR_OK)
        status = digest_of(c, body, &now, err);
    if (status != WR_OK || strcmp(now.hex, k->was.hex) == 0)
        return status; /* only what was left unread differs */
    wr_value *changes = wr_diff_changes(c->scratch, before, body);
    if (changes == NULL)
        return no_memory(err);
    if (wr_count_of(changes) > 0) {
        c->delta.changed++;
        status = list_changes(c, asset->id, changes, err);
        if (status != WR_OK)
            return status;
        if (wr_put(c->scratch, body, "changes", changes) == NULL)
            return no_memory(err);
    }
    return hand(c, "asset.observed", asset->id, with_scan(c, body), err);
}

/* ---- what moved ---- */

static wr_slice text_digest(const wr_asset *a)
{
    const wr_property *p = a->kind == WR_PROMPT ? wr_asset_property(a, "digest") : NULL;
    return p != NULL ? wr_string(p->value) : (wr_slice){ 0 };
}

static int by_digest(const void *x, const void *y)
{
    const gone *a = x, *b = y;
    const int order = wr_slice_cmp(a->digest, b->digest);
    return order != 0 ? order : wr_slice_cmp(a->id, b->id);
}

static wr_status load_gone(commit *c, wr_error *err)
{
    c->gone_known = true;
    c->gone = wr_arena_array(c->keep, gone, c->asset_count + 1);
    if (c->gone == NULL)
        return no_memory(err);
    for (size_t i = 0; i < c->asset_count; i++) {
        wr_value *before = NULL;
        if (!wr_slice_starts(c->assets[i].id, "prompt:") || wr_estate_find(c->e, c->assets[i].id) != NULL)
            continue;
        wr_arena_reset(c->look);
        const wr_status status = body_before(c, c->assets[i].id, c->look, &before, err);
        if (status != WR_OK)
            return status;
        const wr_slice text = wr_get_string(wr_get(wr_get(before, "properties"), "digest"), "value");
        if (text.len > 0)
            c->gone[c->gone_count++] = (gone){ c->assets[i].id, wr_arena_dup(c->keep, text) };
    }
    qsort(c->gone, c->gone_count, sizeof *c->gone, by_digest);
    return WR_OK;
}

/* Whether another prompt appears with the same text: then nobody knows which of them is the old one. */
static bool is_copied(const commit *c, const wr_asset *asset, wr_slice text)
{
    for (size_t i = 0; i < wr_estate_asset_count(c->e); i++) {
        const wr_asset *other = wr_estate_asset_at(c->e, i);
        if (other != asset && other->kind == WR_PROMPT && wr_slice_eq(text_digest(other), text) && find(c->assets, c->asset_count, other->id) == NULL)
            return true;
    }
    return false;
}

/* A prompt that appears with the very text of one that is gone has moved; *ret is [{moved}], or NULL. */
static wr_status moved(commit *c, const wr_asset *asset, wr_value **ret, wr_error *err)
{
    const wr_slice text = text_digest(asset);
    *ret = NULL;
    if (text.len == 0 || c->asset_count == 0 || c->unread.everything)
        return WR_OK;
    const wr_status status = c->gone_known ? WR_OK : load_gone(c, err);
    size_t first = 0, end = c->gone_count;
    while (first < end) { /* the first with that digest */
        const size_t middle = first + (end - first) / 2;
        if (wr_slice_cmp(c->gone[middle].digest, text) < 0)
            first = middle + 1;
        else
            end = middle;
    }
    if (status != WR_OK || first == c->gone_count || !wr_slice_eq(c->gone[first].digest, text) ||
        (first + 1 < c->gone_count && wr_slice_eq(c->gone[first + 1].digest, text)) || is_copied(c, asset, text))
        return status;
    wr_value *list = wr_new_array(c->scratch), *change = wr_new_object(c->scratch);
    wr_put_string(c->scratch, change, "property", WR_SLICE("moved"));
    wr_put_string(c->scratch, change, "before", c->gone[first].id);
    if (wr_put_string(c->scratch, change, "after", asset->id) == NULL || wr_push(c->scratch, list, change) == NULL)
        return no_memory(err);
    *ret = list;
    return WR_OK;
}

static wr_status appeared(commit *c, const wr_asset *asset, wr_error *err)
{
    wr_value *changes = NULL, *body = wr_asset_value(c->scratch, asset);
    c->delta.appeared++;
    wr_status status = list_id(c, "appeared", asset->id, err);
    if (status == WR_OK)
        status = moved(c, asset, &changes, err);
    if (status == WR_OK && changes != NULL)
        status = list_changes(c, asset->id, changes, err);
    if (status == WR_OK && changes != NULL && wr_put(c->scratch, body, "changes", changes) == NULL)
        status = no_memory(err);
    return status == WR_OK ? hand(c, "asset.observed", asset->id, with_scan(c, body), err) : status;
}

static wr_status one_asset(commit *c, const wr_asset *asset, wr_error *err)
{
    known *k = find(c->assets, c->asset_count, asset->id);
    digest now;
    if (k == NULL)
        return appeared(c, asset, err);
    k->again = true;
    wr_arena_reset(c->look);
    const wr_status status = digest_of(c, wr_asset_value(c->look, asset), &now, err);
    if (status != WR_OK || strcmp(now.hex, k->was.hex) == 0)
        return status;
    return differs(c, asset, k, err);
}

static wr_status vanished_assets(commit *c, wr_error *err)
{
    wr_status status = WR_OK;
    for (size_t i = 0; i < c->asset_count && status == WR_OK; i++) {
        bool hidden = c->unread.everything;
        wr_value *before = NULL;
        if (c->assets[i].again)
            continue;
        wr_arena_reset(c->look);
        if (!hidden && c->unread.incomplete && (status = body_before(c, c->assets[i].id, c->look, &before, err)) == WR_OK)
            hidden = wr_unread_hides(&c->unread, before);
        if (hidden || status != WR_OK)
            continue;
        c->delta.vanished++;
        status = list_id(c, "vanished", c->assets[i].id, err);
        if (status == WR_OK)
            status = hand_ended(c, "asset.vanished", c->assets[i].id, err);
    }
    return status;
}

/* ---- findings ---- */

static wr_status one_finding(commit *c, const wr_finding *f, wr_error *err)
{
    known *k = find(c->findings, c->finding_count, f->id);
    digest now;
    if (k == NULL) {
        c->delta.findings_opened++;
        const wr_status listed = list_id(c, "findings_opened", f->id, err);
        if (listed != WR_OK)
            return listed;
    } else {
        k->again = true;
        wr_arena_reset(c->look);
        const wr_status status = digest_of(c, wr_finding_value(c->look, f), &now, err);
        if (status != WR_OK || strcmp(now.hex, k->was.hex) == 0)
            return status;
    }
    return hand(c, "finding.opened", f->id, with_scan(c, wr_finding_value(c->scratch, f)), err);
}

static wr_status closed_findings(commit *c, wr_error *err)
{
    wr_status status = WR_OK;
    for (size_t i = 0; i < c->finding_count && status == WR_OK; i++) {
        const known *k = &c->findings[i];
        const bool hidden = k->path.len > 0 ? wr_unread_has(&c->unread, k->path) : c->unread.incomplete;
        if (k->again || hidden)
            continue;
        c->delta.findings_closed++;
        status = list_id(c, "findings_closed", k->id, err);
        if (status == WR_OK)
            status = hand_ended(c, "finding.closed", k->id, err);
    }
    return status;
}

/* ---- the scan record ---- */

static wr_value *unread_list(commit *c)
{
    wr_arena *a = c->scratch;
    wr_value *list = wr_new_array(a);
    const size_t count = wr_estate_unread_count(c->e);
    for (size_t i = 0; i < count && i < UNREAD_LISTED_MOST; i++) {
        wr_slice why;
        const wr_place place = wr_estate_unread_at(c->e, i, &why);
        wr_value *one = wr_new_object(a);
        wr_put_string(a, one, "path", place.path);
        wr_put_string(a, one, "why", why);
        if (wr_push(a, list, one) == NULL)
            return NULL;
    }
    return list;
}

static wr_value *scan_body(commit *c)
{
    wr_arena *a = c->scratch;
    const wr_scan_facts *f = c->facts;
    wr_value *body = wr_new_object(a), *roots = wr_new_array(a);
    uint64_t relations = 0;
    for (size_t i = 0; i < wr_estate_asset_count(c->e); i++) {
        for (const wr_edge *x = wr_estate_asset_at(c->e, i)->edges; x != NULL; x = x->next)
            relations++;
    }
    for (size_t i = 0; i < f->root_count; i++)
        wr_push_string(a, roots, f->roots[i]);
    const struct { const char *name; uint64_t n; } counts[] = {
        { "started_at", (uint64_t)f->started_at }, { "finished_at", (uint64_t)c->time },
        { "files", f->files }, { "unchanged", f->unchanged }, { "bytes", f->bytes }, { "directories", f->directories },
        { "ignored", f->ignored }, { "errors", f->errors }, { "assets", wr_estate_asset_count(c->e) }, { "relations", relations },
        { "findings", wr_estate_finding_count(c->e) }, { "appeared", c->delta.appeared }, { "changed", c->delta.changed },
        { "vanished", c->delta.vanished }, { "findings_opened", c->delta.findings_opened },
        { "findings_closed", c->delta.findings_closed }, { "unread_count", wr_estate_unread_count(c->e) },
    };
    wr_put_string(a, body, "id", c->delta.scan_id);
    wr_put_string(a, body, "scope", f->scope);
    wr_put(a, body, "roots", roots);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        wr_put_int(a, body, counts[i].name, (int64_t)counts[i].n);
    wr_put(a, body, "skipped", f->skipped ? wr_copy(a, f->skipped) : wr_new_object(a));
    wr_put(a, body, "limits", f->limits ? wr_copy(a, f->limits) : wr_new_object(a));
    wr_put_bool(a, body, "incomplete", c->unread.incomplete);
    wr_put_string(a, body, "observed", wr_hex_of(a, c->delta.observed.bytes, WR_HASH_LEN));
    wr_put_string(a, body, "tool", WR_SLICE("warrant " WARRANT_VERSION));
    return wr_put(a, body, "unread", unread_list(c)) ? body : NULL;
}

/* What is said of a file of another tool: what the caller knows of it, and what it made of the inventory. */
static wr_value *import_body(commit *c)
{
    wr_arena *a = c->scratch;
    uint64_t relations = 0;
    wr_value *body = wr_copy(a, c->facts->import);
    for (size_t i = 0; i < wr_estate_asset_count(c->e); i++)
        for (const wr_edge *x = wr_estate_asset_at(c->e, i)->edges; x != NULL; x = x->next)
            relations++;
    const struct { const char *name; uint64_t n; } counts[] = {
        { "imported_at", (uint64_t)c->time },    { "assets", wr_estate_asset_count(c->e) }, { "relations", relations },
        { "appeared", c->delta.appeared },       { "changed", c->delta.changed },           { "vanished", c->delta.vanished },
    };
    wr_put_string(a, body, "id", c->delta.scan_id);
    wr_put_string(a, body, "scope", c->facts->scope);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        wr_put_int(a, body, counts[i].name, (int64_t)counts[i].n);
    return wr_put_string(a, body, "observed", wr_hex_of(a, c->delta.observed.bytes, WR_HASH_LEN)) ? body : NULL;
}

/* Two scans never share an id: what they saw, when, and how far the ledger was. */
static wr_status name_scan(commit *c, wr_error *err)
{
    uint64_t mark = 0;
    wr_status status = wr_store_watermark(c->s, &mark, err);
    if (status != WR_OK)
        return status;
    char hex[2 * WR_HASH_LEN + 1];
    wr_hex(c->delta.observed.bytes, WR_HASH_LEN, hex);
    const wr_slice text = wr_arena_printf(c->keep, WR_FMT "\n%lld\n%lld\n%llu\n%s", WR_ARG(c->facts->scope),
                                          (long long)c->facts->started_at, (long long)c->time, (unsigned long long)mark, hex);
    const wr_hash hash = wr_sha256_once(text);
    wr_hex(hash.bytes, WR_HASH_LEN, hex);
    snprintf(c->delta.scan_text, sizeof c->delta.scan_text, "%s:%.16s", c->facts->import ? "import" : "scan", hex);
    c->delta.scan_id = wr_slice_of(c->delta.scan_text);
    return WR_OK;
}

static wr_status run(commit *c, wr_error *err)
{
    wr_status status = wr_estate_digest(c->e, &c->delta.observed, err);
    if (status == WR_OK)
        status = wr_unread_set_of(c->e, c->facts, c->keep, &c->unread, err);
    if (status == WR_OK)
        status = name_scan(c, err);
    if (status == WR_OK)
        status = load_known(c, err);
    if (status == WR_OK)
        status = new_list(c, err);
    for (size_t i = 0; i < wr_estate_asset_count(c->e) && status == WR_OK; i++)
        status = one_asset(c, wr_estate_asset_at(c->e, i), err);
    for (size_t i = 0; i < wr_estate_finding_count(c->e) && status == WR_OK; i++)
        status = one_finding(c, wr_estate_finding_at(c->e, i), err);
    if (status == WR_OK)
        status = vanished_assets(c, err);
    if (status == WR_OK)
        status = closed_findings(c, err);
    if (status == WR_OK)
        status = c->facts->import ? hand(c, "bom.imported", c->delta.scan_id, import_body(c), err)
                                  : hand(c, "scan", c->delta.scan_id, scan_body(c), err);
    return status == WR_OK ? flush(c, err) : status;
}

wr_status wr_inventory_commit(wr_workspace *w, const wr_estate *e, const wr_scan_facts *facts, bool dry, wr_scan_delta *ret,
                              wr_error *err)
{
    if (facts->scope.len == 0)
        return wr_err(err, WR_USAGE, "a scan needs a scope");
    commit *c = wr_alloc(sizeof *c);
    if (c == NULL)
        return no_memory(err);
    *c = (commit){ .w = w, .s = wr_workspace_store(w), .e = e, .facts = facts, .dry = dry, .buf = wr_buf_new(BODY_MOST),
                   .keep = wr_arena_new(ARENA_MOST), .scratch = wr_arena_new(ARENA_MOST), .look = wr_arena_new(ARENA_MOST),
                   .time = facts->finished_at > 0 ? facts->finished_at : wr_now() };
    const wr_status status = c->keep && c->scratch && c->look ? run(c, err) : no_memory(err);
    if (status == WR_OK) {
        *ret = c->delta;
        ret->scan_id = wr_slice_of(ret->scan_text);
    }
    wr_buf_free(&c->buf);
    wr_free(c->assets);
    wr_free(c->findings);
    wr_arena_free(c->look);
    wr_arena_free(c->scratch);
    wr_arena_free(c->keep);
    wr_free(c);
    return status;
}
