/* estate_pipe.c - an estate as bytes, from a worker to its parent. The parent trusts none of them: the worker has read
 * hostile files.
 *
 *   "WRE1" u8 failed, u32 assets { u8 kind, text key, text name, u32 properties { text name, value, place, text how },
 *   u32 relations { u8 type, text to, place }, u32 seen { place } }, u32 findings {...}, u32 unread { place, text why }
 *   text: u32 length, bytes.  place: text path, u8 kind, u64 at.  value: u8 type, and i64 | text | u32 count { text } */
#include "inventory/estate_in.h"

#include <warrant/cursor.h>

static void u32(wr_buf *b, size_t n)
{
    const uint8_t p[4] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16), (uint8_t)(n >> 24) };
    wr_buf_add(b, p, sizeof p);
}

static void u64(wr_buf *b, uint64_t n)
{
    u32(b, (uint32_t)n);
    u32(b, (uint32_t)(n >> 32));
}

static void text(wr_buf *b, wr_slice s)
{
    u32(b, s.len);
    wr_buf_adds(b, s);
}

static void place(wr_buf *b, wr_place p)
{
    text(b, p.path);
    wr_buf_char(b, (char)p.kind);
    u64(b, p.at);
}

static void value(wr_buf *b, const wr_value *v)
{
    wr_buf_char(b, (char)v->type);
    if (v->type == WR_INT)
        u64(b, (uint64_t)v->u.integer);
    else if (v->type == WR_STRING)
        text(b, v->u.string);
    else if (v->type == WR_ARRAY) {
        u32(b, v->u.items.count);
        for (WR_EACH(item, v))
            text(b, wr_string(item));
    }
}

/* Lists are written backwards by their counts; order does not matter to an estate. */
static void asset(wr_buf *b, const wr_asset *a)
{
    size_t properties = 0, edges = 0, seen = 0;
    for (const wr_property *p = a->properties; p != NULL; p = p->next)
        properties++;
    for (const wr_edge *x = a->edges; x != NULL; x = x->next)
        edges++;
    for (const wr_seen *s = a->seen; s != NULL; s = s->next)
        seen++;
    wr_buf_char(b, (char)a->kind);
    text(b, wr_slice_from(a->id, strlen(wr_kind_name(a->kind)) + 1));
    text(b, a->name);
    u32(b, properties);
    for (const wr_property *p = a->properties; p != NULL; p = p->next) {
        text(b, p->name);
        value(b, p->value);
        place(b, p->place);
        text(b, p->how);
    }
    u32(b, edges);
    for (const wr_edge *x = a->edges; x != NULL; x = x->next) {
        wr_buf_char(b, (char)x->type);
        text(b, x->to);
        place(b, x->place);
    }
    u32(b, seen);
    for (const wr_seen *s = a->seen; s != NULL; s = s->next)
        place(b, s->place);
}

void wr_estate_encode(const wr_estate *e, wr_buf *ret)
{
    wr_buf_addc(ret, "WRE1");
    wr_buf_char(ret, (char)e->failed);
    u32(ret, e->asset_count);
    for (size_t i = 0; i < e->asset_count; i++)
        asset(ret, e->assets[i]);
    u32(ret, e->finding_count);
    for (size_t i = 0; i < e->finding_count; i++) {
        const wr_finding *f = e->findings[i];
        wr_buf_char(ret, (char)f->severity);
        text(ret, f->id);
        text(ret, f->rule);
        text(ret, f->kind);
        text(ret, f->asset);
        place(ret, f->place);
        text(ret, f->title);
        text(ret, f->detail);
        text(ret, f->remedy);
    }
    u32(ret, e->unread_count);
    for (size_t i = 0; i < e->unread_count; i++) {
        place(ret, e->unread[i].place);
        text(ret, e->unread[i].why);
    }
}

/* ---- back ---- */

static wr_slice get_text(wr_cursor *c)
{
    return wr_take(c, wr_u32le(c));
}

static wr_place get_place(wr_cursor *c)
{
    wr_place p = { .path = get_text(c) };
    const uint8_t kind = wr_u8(c);
    if (kind > WR_AT_OFFSET)
        wr_fail(c, "no kind of place");
    p.kind = (wr_place_kind)kind;
    p.at = wr_u64le(c);
    return p;
}

static const wr_value *get_value(wr_cursor *c, wr_arena *a)
{
    const uint8_t type = wr_u8(c);
    switch (type) {
    case WR_FALSE:
    case WR_TRUE: return wr_new_bool(a, type == WR_TRUE);
    case WR_INT: return wr_new_int(a, (int64_t)wr_u64le(c));
    case WR_STRING: return wr_new_string(a, get_text(c));
    case WR_ARRAY: {
        wr_value *v = wr_new_array(a);
        for (size_t n = wr_counted(c, wr_u32le(c), 4); n > 0 && wr_ok(c); n--)
            wr_push_string(a, v, get_text(c));
        return v;
    }
    default: wr_fail(c, "no type of value"); return NULL;
    }
}

static void get_asset(wr_cursor *c, wr_estate *into, wr_arena *a)
{
    const uint8_t kind = wr_u8(c);
    if (kind >= WR_KINDS)
        wr_fail(c, "no kind of asset");
    const wr_slice key = get_text(c), name = get_text(c);
    wr_asset *to = wr_ok(c) ? wr_estate_asset(into, (wr_kind)kind, key, name) : NULL;
    for (size_t n = wr_counted(c, wr_u32le(c), 22); n > 0 && wr_ok(c); n--) {
        const char *property = wr_arena_str(a, get_text(c));
        const wr_value *v = get_value(c, a);
        const wr_place p = get_place(c);
        const char *how = wr_arena_str(a, get_text(c));
        if (wr_ok(c) && property != NULL && how != NULL)
            wr_estate_set(into, to, property, v, p, how);
    }
    for (size_t n = wr_counted(c, wr_u32le(c), 18); n > 0 && wr_ok(c); n--) {
        const uint8_t type = wr_u8(c);
        const wr_slice id = get_text(c);
        const wr_place p = get_place(c);
        if (type >= WR_RELATIONS)
            wr_fail(c, "no type of relation");
        if (wr_ok(c))
            wr_estate_relate(into, to, (wr_relation)type, id, p);
    }
    for (size_t n = wr_counted(c, wr_u32le(c), 13); n > 0 && wr_ok(c); n--) {
        const wr_place p = get_place(c);
        if (wr_ok(c))
            wr_estate_seen(into, to, p);
    }
}

static void get_finding(wr_cursor *c, wr_estate *into)
{
    wr_finding f = { 0 };
    const uint8_t severity = wr_u8(c);
    if (severity >= WR_SEVERITIES)
        wr_fail(c, "no severity");
    f.severity = (wr_severity)severity;
    f.id = get_text(c);
    f.rule = get_text(c);
    f.kind = get_text(c);
    f.asset = get_text(c);
    f.place = get_place(c);
    f.title = get_text(c);
    f.detail = get_text(c);
    f.remedy = get_text(c);
    if (wr_ok(c))
        wr_estate_finding(into, &f, (wr_slice){ 0 });
}

wr_status wr_estate_decode(wr_slice bytes, wr_estate *into, wr_error *err)
{
    WR_AUTO_ARENA a = wr_arena_new(bytes.len * 4 + (1 << 20));
    if (a == NULL)
        return wr_over(err, "reading what a worker found");
    wr_cursor c = wr_cursor_of(bytes);
    wr_expect(&c, "WRE1");
    const bool failed = wr_u8(&c) != 0;
    for (size_t n = wr_counted(&c, wr_u32le(&c), 21); n > 0 && wr_ok(&c); n--)
        get_asset(&c, into, a);
    for (size_t n = wr_counted(&c, wr_u32le(&c), 42); n > 0 && wr_ok(&c); n--)
        get_finding(&c, into);
    for (size_t n = wr_counted(&c, wr_u32le(&c), 17); n > 0 && wr_ok(&c); n--) {
        const wr_place p = get_place(&c);
        const char *why = wr_arena_str(a, get_text(&c));
        if (wr_ok(&c) && why != NULL)
            wr_estate_unread(into, p, why);
    }
    if (wr_ok(&c) && wr_left(&c) > 0)
        wr_fail(&c, "goes on after its end");
    if (!wr_ok(&c))
        return wr_fault(&c, err);
    return failed || !wr_estate_ok(into) ? wr_over(err, "what was observed") : WR_OK;
}
