#include <warrant/estate.h>
#include <warrant/grow.h>

#include "inventory/estate_in.h"

#include <stdlib.h>

wr_estate *wr_estate_new(size_t most_bytes)
{
    wr_estate *e = wr_alloc(sizeof *e);
    if (e == NULL)
        return NULL;
    e->arena = wr_arena_new(most_bytes);
    if (e->arena == NULL) {
        wr_free(e);
        return NULL;
    }
    return e;
}

void wr_estate_free(wr_estate *e)
{
    if (e == NULL)
        return;
    table_free(&e->by_id);
    table_free(&e->by_edge);
    table_free(&e->by_finding);
    wr_free(e->assets);
    wr_free(e->findings);
    wr_free(e->unread);
    wr_arena_free(e->arena);
    wr_free(e);
}

bool wr_estate_ok(const wr_estate *e)
{
    return !e->failed;
}

wr_arena *wr_estate_arena(wr_estate *e)
{
    return e->arena;
}

/* Room for one more in a growing array of `size`-byte entries. */
static bool grow(wr_estate *e, void *array, size_t count, size_t *cap, size_t size)
{
    const bool room = wr_grow(array, count, cap, 64, size);
    e->failed |= !room;
    return room;
}

static wr_slice keep(wr_estate *e, wr_slice s)
{
    const wr_slice k = wr_arena_dup(e->arena, s);
    if (k.at == NULL)
        e->failed = true;
    return k;
}

/* Paths repeat from one place to the next: the last one kept is used again. */
static wr_place keep_place(wr_estate *e, wr_place p)
{
    if (!wr_slice_eq(p.path, e->last_path) || e->last_path.at == NULL)
        e->last_path = keep(e, p.path);
    p.path = e->last_path;
    return p;
}

static bool same_id(const void *entry, const void *key)
{
    return wr_slice_eq(((const wr_asset *)entry)->id, *(const wr_slice *)key);
}

static uint64_t hash_id(wr_slice id)
{
    return table_hash(TABLE_SEED, id.at, id.len);
}

wr_asset *wr_estate_find(const wr_estate *e, wr_slice id)
{
    return table_get(&e->by_id, hash_id(id), same_id, &id);
}

static bool add_asset(wr_estate *e, wr_asset *a)
{
    if (!grow(e, &e->assets, e->asset_count, &e->asset_cap, sizeof *e->assets))
        return false;
    if (!table_put(&e->by_id, hash_id(a->id), a)) {
        e->failed = true;
        return false;
    }
    e->assets[e->asset_count++] = a;
    return true;
}

wr_asset *wr_estate_asset(wr_estate *e, wr_kind kind, wr_slice key, wr_slice name)
{
    e->sealed = false;
    wr_slice id = wr_arena_printf(e->arena, "%s:" WR_FMT, wr_kind_name(kind), WR_ARG(key));
    if (id.at == NULL || e->failed) {
        e->failed = true;
        return NULL;
    }
    wr_asset *a = wr_estate_find(e, id);
    if (a == NULL) {
        a = wr_arena_one(e->arena, wr_asset);
        if (a == NULL) {
            e->failed = true;
            return NULL;
        }
        *a = (wr_asset){ .id = id, .kind = kind, .name = keep(e, name) };
        return add_asset(e, a) ? a : NULL;
    }
    /* a name that sorts first wins, so that the order of files does not matter */
    if (name.len > 0 && (a->name.len == 0 || wr_slice_cmp(name, a->name) < 0))
        a->name = keep(e, name);
    return a;
}

void wr_estate_seen(wr_estate *e, wr_asset *asset, wr_place place)
{
    if (asset == NULL)
        return;
    e->sealed = false;
    if (asset->seen != NULL && estate_place_cmp(asset->seen->place, place) == 0)
        return;
    wr_seen *s = wr_arena_one(e->arena, wr_seen);
    if (s == NULL) {
        e->failed = true;
        return;
    }
    *s = (wr_seen){ keep_place(e, place), asset->seen };
    asset->seen = s;
}

int estate_place_cmp(wr_place a, wr_place b)
{
    const int c = wr_slice_cmp(a.path, b.path);
    if (c != 0)
        return c;
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    return (a.at > b.at) - (a.at < b.at);
}

/* The canonical text of two values, compared: decides between equal places. */
static int value_cmp(const wr_value *a, const wr_value *b)
{
    WR_AUTO_BUF x = wr_buf_new(1 << 20);
    WR_AUTO_BUF y = wr_buf_new(1 << 20);
    wr_json_write(a, &x, 0);
    wr_json_write(b, &y, 0);
    return wr_slice_cmp(wr_buf_slice(&x), wr_buf_slice(&y));
}

/* Arrays are sets of strings: the union, sorted. Without memory for it, what was known stays. */
static const wr_value *united(wr_estate *e, const wr_value *a, const wr_value *b)
{
    wr_value *all = wr_new_array(e->arena);
    if (all == NULL || b == NULL) {
        e->failed = true;
        return a;
    }
    const wr_value *x = a->u.items.first, *y = b->u.items.first;
    while (x != NULL || y != NULL) {
        const int c = x == NULL ? 1 : y == NULL ? -1 : wr_slice_cmp(wr_string(x), wr_string(y));
        if (wr_push_string(e->arena, all, wr_string(c <= 0 ? x : y)) == NULL)
            e->failed = true;
        if (c <= 0)
            x = x->next;
        if (c >= 0)
            y = y->next;
    }
    return all;
}

static int by_text(const void *a, const void *b)
{
    return wr_slice_cmp(*(const wr_slice *)a, *(const wr_slice *)b);
}

/* A copy in the estate; an array becomes a sorted set of strings. */
static const wr_value *keep_value(wr_estate *e, const wr_value *v)
{
    if (!wr_is(v, WR_ARRAY)) {
        const wr_value *c = wr_copy(e->arena, v);
        if (c == NULL)
            e->failed = true;
        return c;
    }
    const size_t n = wr_count_of(v);
    wr_value *set = wr_new_array(e->arena);
    wr_slice *texts = wr_arena_array(e->arena, wr_slice, n ? n : 1);
    size_t used = 0;
    for (WR_EACH(item, v))
        if (texts != NULL && item->type == WR_STRING)
            texts[used++] = item->u.string;
    if (texts == NULL || set == NULL) {
        e->failed = true;
        return NULL;
    }
    qsort(texts, used, sizeof *texts, by_text);
    for (size_t i = 0; i < used; i++)
        if ((i == 0 || !wr_slice_eq(texts[i], texts[i - 1])) && wr_push_string(e->arena, set, texts[i]) == NULL)
            e->failed = true;
    return set;
}

void wr_estate_set(wr_estate *e, wr_asset *asset, const char *property, const wr_value *value, wr_place place, const char *how)
{
    if (asset == NULL || value == NULL)
        return;
    e->sealed = false;
    wr_property *p = (wr_property *)(uintptr_t)wr_asset_property(asset, property);
    if (p == NULL) {
        p = wr_arena_one(e->arena, wr_property);
        const wr_value *kept = p ? keep_value(e, value) : NULL;
        if (kept == NULL) {
            e->failed = true;
            return;
        }
        *p = (wr_property){ keep(e, wr_slice_of(property)), kept, keep_place(e, place), keep(e, wr_slice_of(how)), asset->properties };
        asset->properties = p;
        return;
    }
    int c = estate_place_cmp(place, p->place);
    const bool set = wr_is(p->value, WR_ARRAY) && wr_is(value, WR_ARRAY);
    if (set)
        p->value = united(e, p->value, keep_value(e, value));
    else if (c == 0 && (c = value_cmp(value, p->value)) == 0)
        c = wr_slice_cmp(wr_slice_of(how), p->how);
    if (c >= 0)
        return;
    if (!set)
        p->value = keep_value(e, value);
    p->place = keep_place(e, place);
    p->how = keep(e, wr_slice_of(how));
}

void wr_estate_set_text(wr_estate *e, wr_asset *asset, const char *property, wr_slice value, wr_place place, const char *how)
{
    const wr_value v = { .type = WR_STRING, .u.string = { value.at ? value.at : "", value.len } };
    wr_estate_set(e, asset, property, &v, place, how);
}

void wr_estate_set_int(wr_estate *e, wr_asset *asset, const char *property, int64_t value, wr_place place, const char *how)
{
    const wr_value v = { .type = WR_INT, .u.integer = value };
    wr_estate_set(e, asset, property, &v, place, how);
}

void wr_estate_set_bool(wr_estate *e, wr_asset *asset, const char *property, bool value, wr_place place, const char *how)
{
    const wr_value v = { .type = value ? WR_TRUE : WR_FALSE };
    wr_estate_set(e, asset, property, &v, place, how);
}

void wr_estate_add_text(wr_estate *e, wr_asset *asset, const char *property, wr_slice value, wr_place place, const char *how)
{
    wr_value item = { .type = WR_STRING, .u.string = { value.at ? value.at : "", value.len } };
    const wr_value v = { .type = WR_ARRAY, .u.items = { &item, &item, 1 } };
    wr_estate_set(e, asset, property, &v, place, how);
}

const wr_property *wr_asset_property(const wr_asset *asset, const char *name)
{
    if (asset == NULL)
        return NULL;
    for (const wr_property *p = asset->properties; p != NULL; p = p->next)
        if (wr_slice_is(p->name, name))
            return p;
    return NULL;
}

wr_slice wr_asset_text(const wr_asset *asset, const char *name)
{
    const wr_property *p = wr_asset_property(asset, name);
    return p ? wr_string(p->value) : (wr_slice){ 0 };
}

/* ---- relations ---- */

typedef struct {
    const wr_asset *from;
    wr_edge edge;
} edge_entry;

static uint64_t hash_edge(const wr_asset *from, wr_relation type, wr_slice to)
{
    const uint8_t t = (uint8_t)type;
    return table_hash(table_hash(table_hash(TABLE_SEED, &from, sizeof from), &t, 1), to.at, to.len);
}

static bool same_edge(const void *entry, const void *key)
{
    const edge_entry *a = entry, *b = key;
    return a->from == b->from && a->edge.type == b->edge.type && wr_slice_eq(a->edge.to, b->edge.to);
}

void wr_estate_relate(wr_estate *e, wr_asset *from, wr_relation type, wr_slice to_id, wr_place place)
{
    if (from == NULL || to_id.len == 0 || wr_slice_eq(from->id, to_id))
        return;
    e->sealed = false;
    const edge_entry key = { from, { .type = type, .to = to_id } };
    const uint64_t h = hash_edge(from, type, to_id);
    edge_entry *old = table_get(&e->by_edge, h, same_edge, &key);
    if (old != NULL) {
        if (estate_place_cmp(place, old->edge.place) < 0)
            old->edge.place = keep_place(e, place);
        return;
    }
    edge_entry *new = wr_arena_one(e->arena, edge_entry);
    if (new == NULL) {
        e->failed = true;
        return;
    }
    *new = (edge_entry){ from, { type, keep(e, to_id), keep_place(e, place), from->edges } };
    from->edges = &new->edge;
    if (!table_put(&e->by_edge, h, new))
        e->failed = true;
}

bool wr_estate_related(const wr_asset *from, wr_relation type, wr_slice to_id)
{
    for (const wr_edge *x = from ? from->edges : NULL; x != NULL; x = x->next)
        if (x->type == type && wr_slice_eq(x->to, to_id))
            return true;
    return false;
}

/* ---- findings and what was not read ---- */

static bool same_finding(const void *entry, const void *key)
{
    return wr_slice_eq(((const wr_finding *)entry)->id, *(const wr_slice *)key);
}

static wr_slice finding_id(wr_estate *e, const wr_finding *f, wr_slice what)
{
    wr_sha256 *h = wr_sha256_new();
    if (h == NULL) {
        e->failed = true;
        return (wr_slice){ 0 };
    }
    const wr_slice parts[] = { f->rule, f->asset, f->place.path, what };
    wr_sha256_begin(h);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        wr_sha256_add(h, parts[i].at, parts[i].len);
        wr_sha256_add(h, "", 1);
    }
    const wr_hash d = wr_sha256_end(h);
    wr_sha256_free(h);
    return wr_hex_of(e->arena, d.bytes, 12);
}

void wr_estate_finding(wr_estate *e, const wr_finding *f, wr_slice what)
{
    e->sealed = false;
    const wr_slice id = f->id.len > 0 ? keep(e, f->id) : finding_id(e, f, what);
    if (id.at == NULL) {
        e->failed = true;
        return;
    }
    const uint64_t h = hash_id(id);
    wr_finding *old = table_get(&e->by_finding, h, same_finding, &id);
    if (old != NULL && estate_place_cmp(f->place, old->place) >= 0)
        return;
    wr_finding *kept = old ? old : wr_arena_one(e->arena, wr_finding);
    if (kept == NULL || !grow(e, &e->findings, e->finding_count, &e->finding_cap, sizeof *e->findings)) {
        e->failed = true;
        return;
    }
    *kept = (wr_finding){ id, keep(e, f->rule), keep(e, f->kind), f->severity, keep(e, f->asset), keep_place(e, f->place),
                          keep(e, f->title), keep(e, f->detail), keep(e, f->remedy) };
    if (old != NULL)
        return;
    e->findings[e->finding_count++] = kept;
    if (!table_put(&e->by_finding, h, kept))
        e->failed = true;
}

void wr_estate_unread(wr_estate *e, wr_place place, const char *why)
{
    e->sealed = false;
    if (!grow(e, &e->unread, e->unread_count, &e->unread_cap, sizeof *e->unread))
        return;
    e->unread[e->unread_count++] = (estate_unread){ keep_place(e, place), keep(e, wr_slice_of(why)) };
}

size_t wr_estate_asset_count(const wr_estate *e) { return e->asset_count; }
wr_asset *wr_estate_asset_at(const wr_estate *e, size_t i) { return i < e->asset_count ? e->assets[i] : NULL; }
size_t wr_estate_finding_count(const wr_estate *e) { return e->finding_count; }
const wr_finding *wr_estate_finding_at(const wr_estate *e, size_t i) { return i < e->finding_count ? e->findings[i] : NULL; }
size_t wr_estate_unread_count(const wr_estate *e) { return e->unread_count; }

wr_place wr_estate_unread_at(const wr_estate *e, size_t i, wr_slice *ret_why)
{
    if (i >= e->unread_count)
        return (wr_place){ 0 };
    if (ret_why != NULL)
        *ret_why = e->unread[i].why;
    return e->unread[i].place;
}

void wr_estate_drop(wr_estate *e, wr_slice id)
{
    wr_asset *gone = wr_estate_find(e, id);
    if (gone == NULL)
        return;
    e->sealed = false;
    size_t n = 0;
    for (size_t i = 0; i < e->asset_count; i++) {
        if (e->assets[i] == gone)
            continue;
        e->assets[n++] = e->assets[i];
        for (wr_edge **at = &e->assets[n - 1]->edges; *at != NULL;) {
            if (wr_slice_eq((*at)->to, id))
                *at = (*at)->next;
            else
                at = &(*at)->next;
        }
    }
    e->asset_count = n;
    /* the tables still hold the dropped entries: make them anew */
    table_free(&e->by_id);
    table_free(&e->by_edge);
    for (size_t i = 0; i < n; i++) {
        wr_asset *a = e->assets[i];
        bool ok = table_put(&e->by_id, hash_id(a->id), a);
        for (wr_edge *x = a->edges; ok && x != NULL; x = x->next)
            ok = table_put(&e->by_edge, hash_edge(a, x->type, x->to), (char *)x - offsetof(edge_entry, edge));
        if (!ok)
            e->failed = true;
    }
}
