/* estate_order.c - a stable order for an estate, its merge, its form as records, and its digest. */
#include "inventory/estate_in.h"

#include <stdlib.h>

static int by_id(const void *a, const void *b)
{
    return wr_slice_cmp((*(wr_asset *const *)a)->id, (*(wr_asset *const *)b)->id);
}

static int by_finding_id(const void *a, const void *b)
{
    return wr_slice_cmp((*(wr_finding *const *)a)->id, (*(wr_finding *const *)b)->id);
}

static int by_place(const void *a, const void *b)
{
    const estate_unread *x = a, *y = b;
    const int c = estate_place_cmp(x->place, y->place);
    return c != 0 ? c : wr_slice_cmp(x->why, y->why);
}

/* ---- the three lists of an asset: merge sort on the links, stable and without memory ---- */

#define SORT_LIST(name, type, before)                                                                                  \
    static type *name(type *list)                                                                                      \
    {                                                                                                                  \
        if (list == NULL || list->next == NULL)                                                                        \
            return list;                                                                                               \
        type *slow = list, *fast = list->next;                                                                         \
        while (fast != NULL && fast->next != NULL) {                                                                   \
            slow = slow->next;                                                                                         \
            fast = fast->next->next;                                                                                   \
        }                                                                                                              \
        type *b = name(slow->next);                                                                                    \
        slow->next = NULL;                                                                                             \
        type *a = name(list), *head = NULL, **tail = &head;                                                            \
        while (a != NULL && b != NULL) {                                                                               \
            type **least = before(b, a) ? &b : &a;                                                                     \
            *tail = *least;                                                                                            \
            tail = &(*least)->next;                                                                                    \
            *least = (*least)->next;                                                                                   \
        }                                                                                                              \
        *tail = a ? a : b;                                                                                             \
        return head;                                                                                                   \
    }

static bool property_before(const wr_property *a, const wr_property *b)
{
    return wr_slice_cmp(a->name, b->name) < 0;
}

static bool edge_before(const wr_edge *a, const wr_edge *b)
{
    return a->type != b->type ? a->type < b->type : wr_slice_cmp(a->to, b->to) < 0;
}

static bool seen_before(const wr_seen *a, const wr_seen *b)
{
    return estate_place_cmp(a->place, b->place) < 0;
}

SORT_LIST(sort_properties, wr_property, property_before)
SORT_LIST(sort_edges, wr_edge, edge_before)
SORT_LIST(sort_seen, wr_seen, seen_before)

void wr_estate_seal(wr_estate *e)
{
    if (e->sealed)
        return;
    if (e->asset_count > 0)
        qsort(e->assets, e->asset_count, sizeof *e->assets, by_id);
    if (e->finding_count > 0)
        qsort(e->findings, e->finding_count, sizeof *e->findings, by_finding_id);
    if (e->unread_count > 0)
        qsort(e->unread, e->unread_count, sizeof *e->unread, by_place);
    for (size_t i = 0; i < e->asset_count; i++) {
        wr_asset *a = e->assets[i];
        a->properties = sort_properties(a->properties);
        a->edges = sort_edges(a->edges);
        a->seen = sort_seen(a->seen);
        for (wr_seen *s = a->seen; s != NULL && s->next != NULL;) {
            if (estate_place_cmp(s->place, s->next->place) == 0)
                s->next = s->next->next;
            else
                s = s->next;
        }
    }
    size_t n = 0;
    for (size_t i = 0; i < e->unread_count; i++)
        if (i == 0 || by_place(&e->unread[i], &e->unread[n - 1]) != 0)
            e->unread[n++] = e->unread[i];
    e->unread_count = n;
    e->sealed = true;
}

void wr_estate_merge(wr_estate *into, const wr_estate *from)
{
    if (from->failed)
        into->failed = true;
    for (size_t i = 0; i < from->asset_count; i++) {
        const wr_asset *a = from->assets[i];
        const size_t prefix = strlen(wr_kind_name(a->kind)) + 1;
        wr_asset *b = wr_estate_asset(into, a->kind, wr_slice_from(a->id, prefix), a->name);
        for (const wr_property *p = a->properties; p != NULL; p = p->next) {
            /* names and reasons were copied by wr_arena_dup, which terminates them */
            wr_estate_set(into, b, p->name.at, p->value, p->place, p->how.at);
        }
        for (const wr_edge *x = a->edges; x != NULL; x = x->next)
            wr_estate_relate(into, b, x->type, x->to, x->place);
        for (const wr_seen *s = a->seen; s != NULL; s = s->next)
            wr_estate_seen(into, b, s->place);
    }
    for (size_t i = 0; i < from->finding_count; i++)
        wr_estate_finding(into, from->findings[i], (wr_slice){ 0 });
    for (size_t i = 0; i < from->unread_count; i++)
        wr_estate_unread(into, from->unread[i].place, from->unread[i].why.at);
}

/* ---- as values ---- */

static void put_place(wr_arena *a, wr_value *object, wr_place p)
{
    wr_put_string(a, object, "path", p.path);
    if (p.kind == WR_AT_LINE)
        wr_put_int(a, object, "line", (int64_t)p.at);
    else if (p.kind == WR_AT_OFFSET)
        wr_put_int(a, object, "offset", (int64_t)p.at);
}

wr_value *wr_asset_value(wr_arena *a, const wr_asset *asset)
{
    wr_value *v = wr_new_object(a), *properties = wr_new_object(a), *relations = wr_new_array(a), *seen = wr_new_array(a);
    for (const wr_property *p = asset->properties; p != NULL; p = p->next) {
        wr_value *one = wr_new_object(a);
        wr_put(a, one, "value", wr_copy(a, p->value));
        if (one != NULL)
            put_place(a, one, p->place);
        if (p->how.len > 0)
            wr_put_string(a, one, "how", p->how);
        wr_put_slice(a, properties, p->name, one);
    }
    for (const wr_edge *x = asset->edges; x != NULL; x = x->next) {
        wr_value *one = wr_new_object(a);
        wr_put_string(a, one, "type", wr_slice_of(wr_relation_name(x->type)));
        wr_put_string(a, one, "to", x->to);
        if (one != NULL)
            put_place(a, one, x->place);
        wr_push(a, relations, one);
    }
    for (const wr_seen *s = asset->seen; s != NULL; s = s->next) {
        wr_value *one = wr_new_object(a);
        if (one != NULL)
            put_place(a, one, s->place);
        wr_push(a, seen, one);
    }
    wr_put_string(a, v, "id", asset->id);
    wr_put_string(a, v, "kind", wr_slice_of(wr_kind_name(asset->kind)));
    wr_put_string(a, v, "name", asset->name);
    wr_put(a, v, "properties", properties);
    wr_put(a, v, "relations", relations);
    return wr_put(a, v, "seen", seen) ? v : NULL;
}

wr_value *wr_finding_value(wr_arena *a, const wr_finding *f)
{
    wr_value *v = wr_new_object(a);
    wr_put_string(a, v, "id", f->id);
    wr_put_string(a, v, "rule", f->rule);
    wr_put_string(a, v, "kind", f->kind);
    wr_put_string(a, v, "severity", wr_slice_of(wr_severity_name(f->severity)));
    if (v != NULL)
        put_place(a, v, f->place);
    wr_put_string(a, v, "title", f->title);
    wr_put_string(a, v, "detail", f->detail);
    wr_put_string(a, v, "remedy", f->remedy);
    return wr_put_string(a, v, "asset", f->asset) ? v : NULL;
}

wr_value *wr_unread_value(wr_arena *a, const wr_estate *e, size_t i)
{
    wr_slice why;
    const wr_place p = wr_estate_unread_at(e, i, &why);
    return WR_OBJECT_OF(a, WR_TEXT("path", p.path),
                        WR_ONLY_IF(p.kind != WR_AT_FILE, WR_NUMBER(p.kind == WR_AT_LINE ? "line" : "offset", p.at)),
                        WR_TEXT("why", why));
}

wr_status wr_estate_digest(const wr_estate *e, wr_hash *ret, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)256 << 20);
    WR_AUTO_BUF text = wr_buf_new((size_t)256 << 20);
    wr_sha256 *h = wr_sha256_new();
    if (a == NULL || h == NULL) {
        wr_sha256_free(h);
        return wr_over(err, "digesting what was observed");
    }
    wr_sha256_begin(h);
    wr_status st = WR_OK;
    for (size_t i = 0; st == WR_OK && i < e->asset_count + e->finding_count; i++) {
        const wr_value *v = i < e->asset_count ? wr_asset_value(a, e->assets[i]) : wr_finding_value(a, e->findings[i - e->asset_count]);
        wr_buf_clear(&text);
        st = wr_canonical(v, &text, err);
        wr_buf_char(&text, '\n');
        wr_sha256_add(h, text.at, text.len);
        wr_arena_reset(a);
    }
    if (st == WR_OK)
        *ret = wr_sha256_end(h);
    wr_sha256_free(h);
    return st;
}
