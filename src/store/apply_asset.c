/* Assets: what each scope observed and what people declared are kept whole, and an asset's rows are made from all of it.
 * Observations are taken in the order of their scopes, so that the result does not depend on who reported last. */
#include "internal.h"

#include <stdlib.h>
#include <warrant/text.h>

#define BODIES_MOST 1000000u /* of one asset: scopes times merged assets */

typedef struct {
    wr_slice type, target;
    wr_slice path;
    int64_t line, offset, first_seen;
    int rank;
} edge;

/* Everything known of one asset. */
typedef struct {
    wr_slice id;
    wr_kind kind;
    wr_observed *bodies;        /* observations, in order */
    size_t body_count, body_room;
    size_t seen_count;          /* the first of them; the rest are files of other tools */
    const wr_value **declared;  /* declarations, the asset's own first */
    size_t declared_count, declared_room;
    wr_fact *facts;
    size_t fact_count;
    edge *edges;
    size_t edge_count;
} state;

bool wr_kind_of_id(wr_slice id, wr_kind *ret)
{
    const size_t colon = wr_slice_find_char(id, ':');
    return colon < id.len && colon + 1 < id.len && wr_kind_parse(wr_slice_part(id, 0, colon), ret);
}

wr_status wr_shown_as(wr_store *s, wr_slice id, wr_arena *a, wr_slice *ret, wr_error *err)
{
    *ret = id;
    if (!s->merges || id.len == 0)
        return WR_OK;
    wr_status status = wr_sql_open(s, WR_Q_ASSET_GET, err, "t", id);
    bool row = false;
    if (status == WR_OK)
        status = wr_sql_next(s, WR_Q_ASSET_GET, &row, err);
    if (status != WR_OK || !row)
        return status;
    const bool merged = s->driver->column(s->prepared[WR_Q_ASSET_GET], 0).type == WR_SQL_TEXT;
    const wr_slice into = wr_sql_text(s, WR_Q_ASSET_GET, 0, a);
    wr_sql_done(s, WR_Q_ASSET_GET);
    if (merged && into.at == NULL)
        return no_memory(err);
    if (merged)
        *ret = into;
    return WR_OK;
}

/* ---- gathering ---- */

/* Room for one more in an array in the arena that doubles. */
static void *grown(wr_arena *a, void *old, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return old;
    const size_t bigger = *room ? *room * 2 : 4;
    void *fresh = bigger > BODIES_MOST ? NULL : wr_arena_alloc_array(a, bigger, size);
    if (fresh == NULL)
        return NULL;
    if (count > 0)
        memcpy(fresh, old, count * size);
    *room = bigger;
    return fresh;
}

static wr_status gather_observations(wr_apply *p, state *st, wr_q q, const wr_observed *fresh, wr_error *err)
{
    wr_store *s = p->s;
    wr_status status = wr_sql_open(s, q, err, "t", st->id);
    for (bool row = true; status == WR_OK && (status = wr_sql_next(s, q, &row, err)) == WR_OK && row;) {
        void *room = grown(p->a, st->bodies, st->body_count, &st->body_room, sizeof *st->bodies);
        wr_observed o = { wr_sql_text(s, q, 0, p->a), wr_sql_text(s, q, 1, p->a), NULL };
        wr_value *body = NULL;
        if (room == NULL || o.scope.at == NULL || o.asset.at == NULL)
            status = no_memory(err);
        else if (fresh != NULL && wr_slice_eq(o.asset, fresh->asset) && wr_slice_eq(o.scope, fresh->scope))
            o.body = fresh->body;
        else if ((status = wr_json_parse(p->a, s->driver->column(s->prepared[q], 2).text, &body, err)) == WR_OK)
            o.body = body;
        if (status != WR_OK) {
            wr_sql_done(s, q);
            return status;
        }
        st->bodies = room;
        st->bodies[st->body_count++] = o;
    }
    return status;
}

static wr_status gather_declarations(wr_apply *p, state *st, wr_q q, wr_error *err)
{
    wr_store *s = p->s;
    wr_status status = wr_sql_open(s, q, err, "t", st->id);
    for (bool row = true; status == WR_OK && (status = wr_sql_next(s, q, &row, err)) == WR_OK && row;) {
        void *room = grown(p->a, st->declared, st->declared_count, &st->declared_room, sizeof *st->declared);
        wr_value *body = NULL;
        status = room == NULL ? no_memory(err) : wr_json_parse(p->a, s->driver->column(s->prepared[q], 0).text, &body, err);
        if (status != WR_OK) {
            wr_sql_done(s, q);
            return status;
        }
        st->declared = room;
        st->declared[st->declared_count++] = body;
    }
    return status;
}

/* What other tools say comes last, whatever its scope is called: it never takes the place of what was seen. */
static wr_status imports_last(wr_apply *p, state *st, wr_error *err)
{
    wr_observed *sorted = wr_arena_array(p->a, wr_observed, st->body_count + 1);
    if (sorted == NULL)
        return no_memory(err);
    for (size_t i = 0; i < st->body_count; i++)
        if (!wr_scope_imported(st->bodies[i].scope))
            sorted[st->seen_count++] = st->bodies[i];
    for (size_t i = 0, at = st->seen_count; i < st->body_count; i++)
        if (wr_scope_imported(st->bodies[i].scope))
            sorted[at++] = st->bodies[i];
    st->bodies = sorted;
    return WR_OK;
}

static wr_status gather(wr_apply *p, state *st, const wr_observed *fresh, wr_error *err)
{
    wr_status status = gather_observations(p, st, WR_Q_OBSERVATIONS, fresh, err);
    if (status == WR_OK && p->s->merges)
        status = gather_observations(p, st, WR_Q_OBSERVATIONS_MERGED, fresh, err);
    if (status == WR_OK)
        status = gather_declarations(p, st, WR_Q_DECLARATION_GET, err);
    if (status == WR_OK && p->s->merges)
        status = gather_declarations(p, st, WR_Q_DECLARATIONS_MERGED, err);
    return status == WR_OK ? imports_last(p, st, err) : status;
}

/* ---- joining: the declared value, else the first scope's; lists of several scopes are united ---- */

static int fact_order(const void *x, const void *y)
{
    const wr_fact *a = x, *b = y;
    const int c = wr_slice_cmp(a->name, b->name);
    return c != 0 ? c : a->rank - b->rank;
}

static int edge_order(const void *x, const void *y)
{
    const edge *a = x, *b = y;
    int c = wr_slice_cmp(a->type, b->type);
    if (c == 0)
        c = wr_slice_cmp(a->target, b->target);
    return c != 0 ? c : a->rank - b->rank;
}

static int slice_order(const void *x, const void *y)
{
    return wr_slice_cmp(*(const wr_slice *)x, *(const wr_slice *)y);
}

static void place_of(const wr_value *v, wr_slice *ret_path, int64_t *ret_line, int64_t *ret_offset)
{
    const wr_value *path = wr_get(v, "path");
    *ret_path = wr_is(path, WR_STRING) ? path->u.string : (wr_slice){ NULL, 0 };
    *ret_line = *ret_offset = -1;
    if (!wr_get_int(v, "line", ret_line) || *ret_line < 0)
        *ret_line = -1;
    if (!wr_get_int(v, "offset", ret_offset) || *ret_offset < 0)
        *ret_offset = -1;
}

static bool plain(const wr_value *v)
{
    return v != NULL && v->type != WR_NULL && v->type != WR_REAL;
}

/* The union of lists of strings as one sorted list; NULL when memory is short. */
static const wr_value *united(wr_arena *a, const wr_fact *facts, size_t count)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        total += wr_count_of(facts[i].value);
    wr_slice *all = wr_arena_array(a, wr_slice, total + 1);
    wr_value *list = wr_new_array(a);
    if (all == NULL || list == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        for (WR_EACH(item, facts[i].value)) {
            if (item->type == WR_STRING)
                all[n++] = item->u.string;
        }
    }
    qsort(all, n, sizeof *all, slice_order);
    for (size_t i = 0; i < n; i++) {
        if ((i == 0 || !wr_slice_eq(all[i], all[i - 1])) && wr_push_string(a, list, all[i]) == NULL)
            return NULL;
    }
    return list;
}

/* The rank of what body `i` says, the declarations being counted first. */
static int rank_of(const state *st, size_t i)
{
    if (i < st->declared_count)
        return 0;
    return (int)(1 + i) + (i - st->declared_count < st->seen_count ? 0 : WR_RANK_IMPORTED);
}

static wr_slice origin_of(int rank)
{
    return rank == 0 ? WR_SLICE("declared") : rank < WR_RANK_IMPORTED ? WR_SLICE("observed") : WR_SLICE("imported");
}

static bool join_facts(wr_apply *p, state *st)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < st->declared_count; i++)
        n += wr_count_of(wr_get(st->declared[i], "properties"));
    for (size_t i = 0; i < st->body_count; i++)
        n += wr_count_of(wr_get(st->bodies[i].body, "properties"));
    wr_fact *f = wr_arena_array(p->a, wr_fact, n + 1);
    if (f == NULL)
        return false;
    n = 0;
    for (size_t i = 0; i < st->declared_count + st->body_count; i++) {
        const bool declared = i < st->declared_count;
        const wr_value *body = declared ? st->declared[i] : st->bodies[i - st->declared_count].body;
        for (WR_EACH_MEMBER(m, wr_get(body, "properties"))) {
            const wr_value *v = wr_get(&m->value, "value"), *how = wr_get(&m->value, "how");
            if (!plain(v) || m->key.len == 0)
                continue;
            f[n] = (wr_fact){ .name = m->key, .value = v, .rank = rank_of(st, i) };
            f[n].how = wr_is(how, WR_STRING) ? how->u.string : (wr_slice){ NULL, 0 };
            place_of(&m->value, &f[n].path, &f[n].line, &f[n].offset);
            n++;
        }
    }
    qsort(f, n, sizeof *f, fact_order);
    for (size_t i = 0, j; i < n; i = j) {
        bool lists = f[i].rank > 0;
        size_t alike = i; /* lists are united with what is known the same way */
        for (j = i; j < n && wr_slice_eq(f[j].name, f[i].name); j++) {
            if ((f[j].rank < WR_RANK_IMPORTED) != (f[i].rank < WR_RANK_IMPORTED))
                continue;
            lists = lists && wr_is(f[j].value, WR_ARRAY);
            alike = j + 1;
        }
        if (lists && alike - i > 1 && (f[i].value = united(p->a, &f[i], alike - i)) == NULL)
            return false;
        f[kept++] = f[i];
    }
    st->facts = f;
    st->fact_count = kept;
    return true;
}

static wr_status join_edges(wr_apply *p, state *st, wr_error *err)
{
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < st->declared_count; i++)
        n += wr_count_of(wr_get(st->declared[i], "relations"));
    for (size_t i = 0; i < st->body_count; i++)
        n += wr_count_of(wr_get(st->bodies[i].body, "relations"));
    edge *e = wr_arena_array(p->a, edge, n + 1);
    if (e == NULL)
        return no_memory(err);
    n = 0;
    for (size_t i = 0; i < st->declared_count + st->body_count; i++) {
        const bool declared = i < st->declared_count;
        const wr_value *body = declared ? st->declared[i] : st->bodies[i - st->declared_count].body;
        for (WR_EACH(r, wr_get(body, "relations"))) {
            wr_relation known;
            e[n] = (edge){ .type = wr_get_string(r, "type"), .rank = rank_of(st, i), .first_seen = p->time };
            /* a check follows relations: of what was seen or declared, only those that were as well */
            if (e[n].rank >= WR_RANK_IMPORTED && st->declared_count + st->seen_count > 0)
                break;
            if (!wr_relation_parse(e[n].type, &known) || wr_get_string(r, "to").len == 0)
                continue;
            const wr_status status = wr_shown_as(p->s, wr_get_string(r, "to"), p->a, &e[n].target, err);
            if (status != WR_OK)
                return status;
            place_of(r, &e[n].path, &e[n].line, &e[n].offset);
            if (!wr_slice_eq(e[n].target, st->id)) /* a merge may have made two ends one */
                n++;
        }
    }
    qsort(e, n, sizeof *e, edge_order);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || !wr_slice_eq(e[kept - 1].type, e[i].type) || !wr_slice_eq(e[kept - 1].target, e[i].target))
            e[kept++] = e[i];
    }
    st->edges = e;
    st->edge_count = kept;
    return WR_OK;
}

/* The relations that were there keep the time when they were first seen. */
static wr_status keep_first_seen(wr_apply *p, state *st, wr_error *err)
{
    wr_store *s = p->s;
    size_t i = 0;
    wr_status status = wr_sql_open(s, WR_Q_RELATIONS_OF, err, "t", st->id);
    for (bool row = true; status == WR_OK && (status = wr_sql_next(s, WR_Q_RELATIONS_OF, &row, err)) == WR_OK && row;) {
        edge old = { .type = s->driver->column(s->prepared[WR_Q_RELATIONS_OF], 0).text,
                     .target = s->driver->column(s->prepared[WR_Q_RELATIONS_OF], 1).text };
        while (i < st->edge_count) {
            int c = wr_slice_cmp(st->edges[i].type, old.type);
            if (c == 0)
                c = wr_slice_cmp(st->edges[i].target, old.target);
            if (c > 0)
                break;
            if (c == 0)
                st->edges[i].first_seen = wr_sql_int(s, WR_Q_RELATIONS_OF, 2);
            i++;
        }
    }
    return status;
}

/* ---- writing ---- */

wr_status wr_drop_rows(wr_apply *p, wr_slice id, wr_kind kind, wr_error *err)
{
    static const wr_q drops[] = { WR_Q_PROPERTY_DROP, WR_Q_VALUE_DROP, WR_Q_SEEN_DROP, WR_Q_RELATION_DROP };
    wr_status status = wr_typed_delete(p->s, kind, id, err);
    for (size_t i = 0; i < sizeof drops / sizeof *drops && status == WR_OK; i++)
        status = wr_sql_run(p->s, drops[i], err, "t", id);
    return status;
}

static wr_status write_facts(wr_apply *p, const state *st, wr_error *err)
{
    wr_status status = WR_OK;
    for (size_t i = 0; i < st->fact_count && status == WR_OK; i++) {
        const wr_fact *f = &st->facts[i];
        const bool list = f->value->type == WR_ARRAY;
        const char *type = list ? "list" : f->value->type == WR_INT ? "integer" : f->value->type == WR_STRING ? "text"
                           : f->value->type == WR_OBJECT ? "object" : "boolean";
        const wr_slice text = store_text_of(p->a, f->value);
        if (text.at == NULL)
            return no_memory(err);
        status = wr_sql_run(p->s, WR_Q_PROPERTY_ADD, err, "tttttTIIT", st->id, f->name, text, wr_slice_of(type),
                            origin_of(f->rank), f->path, f->line, f->offset, f->how);
        for (const wr_value *item = list && f->rank < WR_RANK_IMPORTED ? f->value->u.items.first : NULL; item != NULL &&
             status == WR_OK; item = item->next) {
            if (item->type == WR_STRING)
                status = wr_sql_run(p->s, WR_Q_VALUE_ADD, err, "ttt", st->id, f->name, item->u.string);
        }
    }
    return status;
}

static wr_status write_edges(wr_apply *p, const state *st, wr_error *err)
{
    wr_status status = WR_OK;
    for (size_t i = 0; i < st->edge_count && status == WR_OK; i++) {
        const edge *e = &st->edges[i];
        status = wr_sql_run(p->s, WR_Q_RELATION_ADD, err, "ttttTIIi", st->id, e->type, e->target,
                            origin_of(e->rank), e->path, e->line, e->offset, e->first_seen);
    }
    return status;
}

static wr_status write_seen(wr_apply *p, const state *st, wr_error *err)
{
    wr_status status = WR_OK;
    for (size_t i = 0; i < st->body_count && status == WR_OK; i++) {
        const wr_value *seen = wr_get(st->bodies[i].body, "seen");
        for (const wr_value *at = wr_is(seen, WR_ARRAY) ? seen->u.items.first : NULL; at != NULL && status == WR_OK; at = at->next) {
            wr_slice path;
            int64_t line, offset;
            place_of(at, &path, &line, &offset);
            if (path.at != NULL)
                status = wr_sql_run(p->s, WR_Q_SEEN_ADD, err, "tttII", st->id, st->bodies[i].scope, path, line, offset);
        }
    }
    return status;
}

/* The declared name, else the first that an observation gives, else the id. */
static wr_slice name_of(const state *st)
{
    wr_slice name = { NULL, 0 };
    for (size_t i = 0; i < st->declared_count && name.len == 0; i++)
        name = wr_get_string(st->declared[i], "name");
    for (size_t i = 0; i < st->body_count && name.len == 0; i++)
        name = wr_get_string(st->bodies[i].body, "name");
    return name.len > 0 ? name : st->id;
}

/* The typed row: without what only other tools say, and none where that is all there is. */
static wr_status write_typed(wr_apply *p, const state *st, wr_slice name, wr_error *err)
{
    if (st->declared_count + st->seen_count == 0)
        return WR_OK;
    if (st->seen_count == st->body_count)
        return wr_typed_insert(p->s, st->kind, st->id, name, st->facts, st->fact_count, err);
    wr_fact *own = wr_arena_array(p->a, wr_fact, st->fact_count + 1);
    size_t n = 0;
    if (own == NULL)
        return no_memory(err);
    for (size_t i = 0; i < st->fact_count; i++)
        if (st->facts[i].rank < WR_RANK_IMPORTED)
            own[n++] = st->facts[i];
    return wr_typed_insert(p->s, st->kind, st->id, name, own, n, err);
}

/* Everything known of the asset is gathered: its rows are made from it, instead of those that were there. */
static wr_status write_state(wr_apply *p, state *st, bool known, wr_error *err)
{
    if (!join_facts(p, st))
        return no_memory(err);
    wr_status status = join_edges(p, st, err);
    if (status == WR_OK && known)
        status = keep_first_seen(p, st, err);
    if (status == WR_OK && known)
        status = wr_drop_rows(p, st->id, st->kind, err);
    const wr_slice name = name_of(st);
    if (status == WR_OK)
        status = wr_sql_run(p->s, WR_Q_ASSET_PUT, err, "tttiiiii", st->id, wr_slice_of(wr_kind_name(st->kind)), name, p->time,
                            (int64_t)(st->declared_count > 0), p->index, p->sighting ? p->time : (int64_t)0,
                            (int64_t)(st->declared_count + st->seen_count == 0));
    if (status == WR_OK)
        status = write_typed(p, st, name, err);
    if (status == WR_OK)
        status = write_facts(p, st, err);
    if (status == WR_OK)
        status = write_edges(p, st, err);
    return status == WR_OK ? write_seen(p, st, err) : status;
}

wr_status wr_recompute(wr_apply *p, wr_slice id, const wr_observed *fresh, wr_error *err)
{
    state st = { .id = id };
    if (!wr_kind_of_id(id, &st.kind))
        return wr_err(err, WR_BAD, "an asset's id does not begin with its kind");
    wr_store *s = p->s;
    bool known = false;
    wr_status status = wr_sql_open(s, WR_Q_ASSET_GET, err, "t", id);
    if (status == WR_OK && (status = wr_sql_next(s, WR_Q_ASSET_GET, &known, err)) == WR_OK && known)
        wr_sql_done(s, WR_Q_ASSET_GET);
    if (status == WR_OK && !known && fresh != NULL && wr_slice_eq(fresh->asset, id) && !s->merges) {
        wr_observed only = *fresh; /* a new asset has no other observation, and nobody declared it */
        st.bodies = &only;
        st.body_count = 1;
        st.seen_count = !wr_scope_imported(fresh->scope);
        return write_state(p, &st, known, err);
    }
    if (status == WR_OK)
        status = gather(p, &st, fresh, err);
    if (status != WR_OK)
        return status;
    if (st.body_count + st.declared_count == 0) {
        status = wr_drop_rows(p, id, st.kind, err);
        return status != WR_OK ? status : wr_sql_run(s, WR_Q_ASSET_GONE, err, "tii", id, p->time, p->index);
    }
    return write_state(p, &st, known, err);
}
