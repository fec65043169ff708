/* approve.c - the model files of a scan against warrant.lock. */
#include "private.h"
#include "rules.h"

#include <stdio.h>
#include <warrant/text.h>

typedef struct {
    wr_estate *e;
    const wr_lock *l;
    const wr_lock_scope *s;
    wr_arena *a;
    bool *seen;          /* of each entry */
} job;

/* The path from the lock's folder; empty where the file does not lie below it. */
static wr_slice from_lock(const job *j, wr_slice path)
{
    const wr_slice full = wr_path_join(j->a, j->s->root, path), dir = j->s->lock_dir;
    if (wr_slice_is(dir, "/"))
        return wr_slice_from(full, 1);
    if (full.len <= dir.len + 1 || memcmp(full.at, dir.at, dir.len) != 0 || full.at[dir.len] != '/')
        return (wr_slice){ 0 };
    return wr_slice_from(full, dir.len + 1);
}

static void find(const job *j, lock_rule rule, const wr_asset *model, wr_place place, wr_slice what, wr_slice detail)
{
    const lock_rule_text *r = &lock_rules[rule];
    const wr_finding f = { .rule = wr_slice_of(r->id), .kind = wr_slice_of(r->kind), .severity = r->severity,
        .asset = model ? model->id : (wr_slice){ 0 },
                           .place = place, .title = wr_slice_of(r->title), .detail = detail, .remedy = wr_slice_of(r->remedy) };
    wr_estate_finding(j->e, &f, what);
}

typedef enum { NOT_OURS, UNLISTED, SAME, REPACKED, OTHER } match;

static match judge(const job *j, const wr_asset *m, wr_place place, const wr_lock_entry **ret)
{
    const wr_slice path = from_lock(j, place.path), digest = wr_asset_text(m, "digest"), weights = wr_asset_text(m, "weights_digest");
    const wr_lock_entry *x = wr_lock_find(j->l, path, m->id, m->name);
    if (x == NULL)
        return path.len > 0 || j->s->everywhere ? UNLISTED : NOT_OURS;
    *ret = x;
    j->seen[x - j->l->entries] = true;
    if (wr_slice_eq(x->sha256, digest))
        return SAME;
    return x->weights.len > 0 && wr_slice_eq(x->weights, weights) ? REPACKED : OTHER;
}

static void judge_model(const job *j, wr_asset *m)
{
    const wr_slice digest = wr_asset_text(m, "digest");
    const wr_lock_entry *good = NULL, *bad = NULL;
    wr_place good_at = { 0 }, bad_at = { 0 };
    for (const wr_seen *s = m->seen; s != NULL; s = s->next) {
        const wr_lock_entry *x = NULL;
        const match how = judge(j, m, s->place, &x);
        if (how == NOT_OURS)
            continue;
        if (how == SAME) {
            good = good ? good : x;
            good_at = s->place;
        } else if (how == UNLISTED) {
            find(j, RULE_LOCK_UNLISTED, m, s->place, s->place.path,
                 wr_arena_printf(j->a, WR_FMT " names no such file; its SHA-256 is " WR_FMT, WR_ARG(j->s->name), WR_ARG(digest)));
        } else {
            bad = x;
            bad_at = s->place;
            find(j, how == REPACKED ? RULE_LOCK_REPACKED : RULE_LOCK_MISMATCH, m, s->place, s->place.path,
                 wr_arena_printf(j->a, "its SHA-256 is " WR_FMT "; line %u of " WR_FMT " approves " WR_FMT, WR_ARG(digest), x->line, WR_ARG(j->s->name), WR_ARG(x->sha256)));
        }
    }
    char how[200];
    if (bad != NULL) {
        (void)snprintf(how, sizeof how, "its SHA-256 is not the one in line %u of %.*s", bad->line,
                       WR_ARG(wr_slice_part(j->s->name, 0, 80)));
        wr_estate_set_bool(j->e, m, "digest_verified", false, bad_at, how);
    } else if (good != NULL) {
        (void)snprintf(how, sizeof how, "its SHA-256 is the one in line %u of %.*s", good->line, WR_ARG(wr_slice_part(j->s->name, 0, 80)));
        wr_estate_set_bool(j->e, m, "digest_verified", true, good_at, how);
    }
}

/* What an entry names below the scanned folder must be there; what was not scanned is not judged. */
static void judge_missing(const job *j)
{
    for (size_t i = 0; i < j->l->count; i++) {
        const wr_lock_entry *x = &j->l->entries[i];
        const wr_slice full = x->path.len ? wr_path_join(j->a, j->s->lock_dir, x->path) : (wr_slice){ 0 }, root = j->s->root;
        if (j->seen[i] || full.len <= root.len + 1 || memcmp(full.at, root.at, root.len) != 0 || full.at[root.len] != '/')
            continue;
        const wr_place place = { .path = wr_slice_from(full, root.len + 1) };
        find(j, RULE_LOCK_MISSING, NULL, place, x->path,
             wr_arena_printf(j->a, "line %u of " WR_FMT " names it; no model file was read there", x->line, WR_ARG(j->s->name)));
    }
}

void wr_lock_apply(wr_estate *e, const wr_lock *l, const wr_lock_scope *scope)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)1 << 30);
    job j = { .e = e, .l = l, .s = scope, .a = a, .seen = a ? wr_arena_array(a, bool, l->count + 1) : NULL };
    if (j.seen == NULL) {
        wr_estate_unread(e, (wr_place){ .path = scope->name }, "out of memory while comparing with the lock");
        return;
    }
    const size_t n = wr_estate_asset_count(e);
    for (size_t i = 0; i < n; i++) {
        wr_asset *m = wr_estate_asset_at(e, i);
        if (m->kind == WR_MODEL && wr_slice_is(wr_asset_text(m, "hosting"), "self") && wr_asset_text(m, "digest").len == 64)
            judge_model(&j, m);
    }
    if (scope->whole)
        judge_missing(&j);
    wr_estate_seal(e);
}
