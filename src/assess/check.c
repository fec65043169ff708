/* check.c - one check: its SQL run, its verdict, and the assets that fall short. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <warrant/grow.h>

typedef struct {
    wr_slice asset, why;
} entry;

typedef struct {
    wr_arena *arena; /* of this check alone */
    entry *list;
    size_t count, room;
    bool full;
} entries;

/* ---- gathering what falls short ---- */

static bool add_entry(void *ctx, const wr_row *row)
{
    entries *e = ctx;
    if (!wr_grow(&e->list, e->count, &e->room, 256, sizeof *e->list))
        return !(e->full = true);
    const wr_slice asset = wr_arena_dup(e->arena, row->values[0].text), why = wr_arena_dup(e->arena, row->values[1].text);
    e->full = asset.at == NULL || why.at == NULL;
    if (!e->full)
        e->list[e->count++] = (entry){ asset, why };
    return !e->full;
}

static int by_asset(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    const int c = wr_slice_cmp(x->asset, y->asset);
    return c != 0 ? c : wr_slice_cmp(x->why, y->why);
}

/* The clauses of one asset, each once: "a; b". */
static wr_slice join_whys(wr_arena *a, const entry *list, size_t count)
{
    wr_slice why = list[0].why;
    for (size_t i = 1; i < count; i++)
        if (!wr_slice_eq(list[i].why, list[i - 1].why))
            why = wr_arena_printf(a, WR_FMT "; " WR_FMT, WR_ARG(why), WR_ARG(list[i].why));
    return count == 1 || why.at == list[0].why.at ? wr_arena_dup(a, why) : why;
}

/* From all rows to one shortfall an asset, the first of them listed. */
static wr_status list_shortfalls(wr_arena *a, const entries *e, wr_check_result *ret, wr_error *err)
{
    if (e->count == 0)
        return WR_OK;
    qsort(e->list, e->count, sizeof *e->list, by_asset);
    const size_t most = e->count < WR_SHORT_LISTED_MOST ? e->count : WR_SHORT_LISTED_MOST;
    wr_shortfall *list = wr_arena_array(a, wr_shortfall, most + 1);
    if (list == NULL)
        return wr_over(err, "what falls short");
    for (size_t from = 0, to; from < e->count; from = to) {
        for (to = from + 1; to < e->count && wr_slice_eq(e->list[to].asset, e->list[from].asset); to++) {
        }
        if (ret->fell_short++ >= WR_SHORT_LISTED_MOST)
            continue;
        wr_shortfall *s = &list[ret->shortfall_count++];
        s->asset = wr_arena_dup(a, e->list[from].asset);
        s->why = join_whys(a, e->list + from, to - from);
        if (s->asset.at == NULL || s->why.at == NULL)
            return wr_over(err, "what falls short");
    }
    ret->shortfalls = list;
    return WR_OK;
}

static wr_status in_check(wr_error *err, wr_status status, const wr_check *c, const char *key)
{
    char where[200];
    snprintf(where, sizeof where, "check " WR_FMT ", `%s`", WR_ARG(c->id), key);
    if (status != WR_OK)
        wr_err_in(err, where);
    return status;
}

static wr_status run_short(wr_assessing *g, const wr_check *c, wr_check_result *ret, wr_error *err)
{
    WR_AUTO_BUF sql = wr_buf_new((size_t)4 << 20);
    wr_buf_printf(&sql, "WITH judged (asset) AS (\n" WR_FMT "\n)\nSELECT q.asset, q.why FROM (\n" WR_FMT "\n) q",
                  WR_ARG(c->population_sql), WR_ARG(c->short_sql));
    WR_AUTO_ARENA rows = wr_arena_new(CHECK_MEMORY);
    entries e = { .arena = rows };
    if (rows == NULL || !wr_buf_ok(&sql))
        return wr_over(err, "what falls short");
    wr_status status = wr_store_query(g->store, wr_buf_slice(&sql), g->params, g->param_count, NULL, add_entry, &e, err);
    if (status == WR_OK && e.full)
        status = wr_over(err, "what falls short");
    if (status == WR_OK)
        status = list_shortfalls(g->arena, &e, ret, err);
    wr_free(e.list);
    return in_check(err, status, c, "short");
}

/* ---- the verdict ---- */

static bool count_row(void *ctx, const wr_row *row)
{
    *(uint64_t *)ctx = (uint64_t)row->values[0].integer;
    return false;
}

static wr_status run_population(wr_assessing *g, const wr_check *c, uint64_t *ret, wr_error *err)
{
    WR_AUTO_BUF sql = wr_buf_new((size_t)2 << 20);
    wr_buf_printf(&sql, "SELECT count(*) FROM (\n" WR_FMT "\n) q", WR_ARG(c->population_sql));
    if (!wr_buf_ok(&sql))
        return wr_over(err, "a check's population");
    const wr_status status = wr_store_query(g->store, wr_buf_slice(&sql), g->params, g->param_count, NULL, count_row, ret, err);
    return in_check(err, status, c, "population");
}

/* Whether the check's source was watching: its SQL runs once an assessment. */
static wr_status source_watches(wr_assessing *g, const wr_check *c, bool *ret, wr_slice *ret_otherwise, wr_error *err)
{
    const wr_value *sources = wr_get(g->profile->catalogue, "sources");
    size_t at = 0;
    for (WR_EACH_MEMBER(m, sources)) {
        if (!wr_slice_eq(m->key, c->source)) {
            at++;
            continue;
        }
        const wr_slice sql = wr_get_string(&m->value, "observed");
        *ret_otherwise = wr_get_string(&m->value, "otherwise");
        if (g->watching[at] < 0 && sql.len > 0) {
            bool yes = false;
            const wr_status status = wr_terms_any(g, sql, &yes, err);
            if (status != WR_OK)
                return in_check(err, status, c, "source");
            g->watching[at] = yes;
        }
        *ret = g->watching[at] != 0;
        return WR_OK;
    }
    *ret = false;
    return WR_OK;
}

/* Whether everything was seen that a good verdict needs; else why not. */
static wr_status was_seen(wr_assessing *g, const wr_check *c, bool *ret, wr_slice *ret_reason, wr_error *err)
{
    *ret = false;
    *ret_reason = c->unobservable;
    if (c->unobservable.len > 0 && c->observed_sql.len == 0)
        return WR_OK;
    wr_slice otherwise = { 0 };
    wr_status status = source_watches(g, c, ret, &otherwise, err);
    if (status == WR_OK && !*ret)
        *ret_reason = otherwise;
    if (status == WR_OK && *ret && c->observed_sql.len > 0)
        status = in_check(err, wr_terms_any(g, c->observed_sql, ret, err), c, "observed");
    return status;
}

wr_status wr_check_run(wr_assessing *g, const wr_check *c, wr_check_result *ret, wr_error *err)
{
    *ret = (wr_check_result){ .check = c, .verdict = WR_NOT_OBSERVABLE, .reason = c->unobservable };
    if (c->short_sql.len == 0)
        return WR_OK;
    wr_status status = run_population(g, c, &ret->judged, err);
    if (status == WR_OK && ret->judged > 0)
        status = run_short(g, c, ret, err);
    if (status != WR_OK)
        return status;
    if (ret->fell_short > 0) {
        ret->verdict = WR_SHORT;
        ret->reason = (wr_slice){ 0 };
        return WR_OK;
    }
    bool seen = false;
    status = was_seen(g, c, &seen, &ret->reason, err);
    if (status != WR_OK || !seen)
        return status;
    ret->verdict = ret->judged > 0 ? WR_GOOD : WR_NOTHING_TO_JUDGE;
    ret->reason = ret->judged > 0 ? (wr_slice){ 0 } : WR_SLICE("Nothing of the kind that it judges was seen.");
    return WR_OK;
}

/* ---- names and places of what is listed ---- */

typedef struct {
    wr_shortfall **list; /* sorted by asset; several checks may list one asset */
    size_t count;
    wr_arena *arena;
    bool full;
} naming;

static int by_pointed_asset(const void *a, const void *b)
{
    return wr_slice_cmp((*(wr_shortfall *const *)a)->asset, (*(wr_shortfall *const *)b)->asset);
}

/* The first that lists `asset`, or count. */
static size_t first_of(const naming *n, wr_slice asset)
{
    size_t low = 0, high = n->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (wr_slice_cmp(n->list[middle]->asset, asset) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n->count && wr_slice_eq(n->list[low]->asset, asset) ? low : n->count;
}

static bool name_row(void *ctx, const wr_row *row)
{
    naming *n = ctx;
    const wr_slice id = row->values[0].text;
    const size_t from = first_of(n, id);
    if (from == n->count)
        return true;
    const wr_slice name = wr_arena_dup(n->arena, row->values[1].text), kind = wr_arena_dup(n->arena, row->values[2].text);
    n->full = name.at == NULL || kind.at == NULL;
    for (size_t i = from; i < n->count && wr_slice_eq(n->list[i]->asset, id); i++) {
        n->list[i]->name = name;
        n->list[i]->kind = kind;
    }
    return !n->full;
}

/* Keeps the place that sorts first. */
static bool place_row(void *ctx, const wr_row *row)
{
    naming *n = ctx;
    const wr_slice id = row->values[0].text, path = row->values[1].text;
    const size_t from = first_of(n, id);
    if (from == n->count)
        return true;
    const uint64_t line = row->values[2].type == WR_SQL_INT && row->values[2].integer > 0 ? (uint64_t)row->values[2].integer : 0;
    const wr_shortfall *known = n->list[from];
    const int order = wr_slice_cmp(path, known->path);
    if (known->path.len > 0 && (order > 0 || (order == 0 && line >= known->line)))
        return true;
    const wr_slice copy = wr_arena_dup(n->arena, path);
    n->full = copy.at == NULL;
    for (size_t i = from; i < n->count && wr_slice_eq(n->list[i]->asset, id); i++) {
        n->list[i]->path = copy;
        n->list[i]->line = line;
    }
    return !n->full;
}

wr_status wr_shortfalls_name(wr_assessing *g, wr_check_result *results, size_t count, wr_error *err)
{
    naming n = { .arena = g->arena };
    for (size_t i = 0; i < count; i++)
        n.count += results[i].shortfall_count;
    if (n.count == 0)
        return WR_OK;
    n.list = wr_arena_array(g->arena, wr_shortfall *, n.count);
    if (n.list == NULL)
        return wr_over(err, "what falls short");
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < results[i].shortfall_count; k++) {
            wr_shortfall *s = (wr_shortfall *)&results[i].shortfalls[k];
            n.list[at++] = s;
            s->name = s->asset;
            if (wr_slice_starts(s->asset, "file:")) { /* a finding that is about no asset: see the view open_finding */
                s->kind = WR_SLICE("file");
                s->name = s->path = wr_slice_from(s->asset, 5);
            }
        }
    }
    qsort(n.list, n.count, sizeof *n.list, by_pointed_asset);
    wr_status status = wr_store_query(g->store, WR_SLICE("SELECT id, name, kind FROM asset"), NULL, 0, NULL, name_row, &n, err);
    if (status == WR_OK && !n.full)
        status = wr_store_query(g->store, WR_SLICE("SELECT asset, path, line FROM seen"), NULL, 0, NULL, place_row, &n, err);
    return status == WR_OK && n.full ? wr_over(err, "what falls short") : status;
}
