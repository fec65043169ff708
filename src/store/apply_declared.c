/* What people say of assets: merged over time into one declaration an asset, each property with who said it and why. */
#include "internal.h"

static wr_status declaration_before(wr_apply *p, wr_slice id, wr_value **ret, wr_error *err)
{
    *ret = NULL;
    bool row = false;
    wr_status status = wr_sql_open(p->s, WR_Q_DECLARATION_GET, err, "t", id);
    if (status == WR_OK)
        status = wr_sql_next(p->s, WR_Q_DECLARATION_GET, &row, err);
    if (status != WR_OK || !row)
        return status;
    const wr_slice text = wr_sql_text(p->s, WR_Q_DECLARATION_GET, 0, p->a);
    wr_sql_done(p->s, WR_Q_DECLARATION_GET);
    return text.at == NULL ? no_memory(err) : wr_json_parse(p->a, text, ret, err);
}

static bool has_relation(const wr_value *list, const wr_value *one)
{
    for (WR_EACH(r, list)) {
        if (wr_slice_eq(wr_get_string(r, "type"), wr_get_string(one, "type")) &&
            wr_slice_eq(wr_get_string(r, "to"), wr_get_string(one, "to")))
            return true;
    }
    return false;
}

/* Earlier properties that this record does not name, and those that it gives; null takes one back. */
static wr_value *properties(wr_apply *p, const wr_value *before)
{
    const wr_value *old = wr_get(before, "properties"), *new = wr_get(p->body, "properties");
    wr_value *all = wr_new_object(p->a);
    for (WR_EACH_MEMBER(m, old)) {
        if (wr_get_slice(new, m->key) == NULL && wr_put_slice(p->a, all, m->key, wr_copy(p->a, &m->value)) == NULL)
            return NULL;
    }
    const wr_slice by = wr_get_string(p->body, "by"), why = wr_get_string(p->body, "why");
    const wr_slice how = why.len > 0 ? wr_arena_printf(p->a, "declared by " WR_FMT ": " WR_FMT, WR_ARG(by), WR_ARG(why))
                                     : wr_arena_printf(p->a, "declared by " WR_FMT, WR_ARG(by));
    for (WR_EACH_MEMBER(m, new)) {
        if (m->value.type == WR_NULL)
            continue;
        wr_value *one = wr_put_slice(p->a, all, m->key, wr_new_object(p->a));
        if (wr_put(p->a, one, "value", wr_copy(p->a, &m->value)) == NULL || how.at == NULL ||
            wr_put_string(p->a, one, "how", how) == NULL)
            return NULL;
    }
    return all;
}

static wr_value *relations(wr_apply *p, const wr_value *before)
{
    const wr_value *gone = wr_get(p->body, "unrelated");
    wr_value *all = wr_new_array(p->a);
    const wr_value *const lists[] = { wr_get(before, "relations"), wr_get(p->body, "relations") };
    for (size_t i = 0; i < 2; i++) {
        for (WR_EACH(r, lists[i])) {
            if (has_relation(all, r) || (i == 0 && has_relation(gone, r)))
                continue;
            if (wr_push(p->a, all, wr_copy(p->a, r)) == NULL)
                return NULL;
        }
    }
    return all;
}

wr_status wr_apply_declared(wr_apply *p, wr_error *err)
{
    const wr_slice id = wr_get_string(p->body, "id");
    const size_t colon = wr_slice_find_char(id, ':');
    wr_kind kind;
    if (!wr_kind_parse(wr_slice_part(id, 0, colon), &kind) || colon + 1 >= id.len) {
        p->unusable = true;
        return WR_OK;
    }
    wr_value *before = NULL;
    wr_slice shown = id;
    wr_status status = declaration_before(p, id, &before, err);
    if (status != WR_OK)
        return status;
    const wr_value *said = wr_get(p->body, "name");
    const wr_slice name = said != NULL ? wr_string(said) : wr_get_string(before, "name"); /* null takes it back */
    wr_value *body = wr_new_object(p->a);
    wr_value *props = wr_put(p->a, body, "properties", properties(p, before));
    wr_value *edges = wr_put(p->a, body, "relations", relations(p, before));
    if (props == NULL || edges == NULL || (name.len > 0 && wr_put_string(p->a, body, "name", name) == NULL))
        return no_memory(err);
    status = wr_canonical_body(p, body, err);
    if (status != WR_OK || p->unusable)
        return status;
    p->sighting = true;
    /* Once all that was said is taken back, nobody declares it any more. */
    if (name.len == 0 && wr_count_of(props) == 0 && wr_count_of(edges) == 0)
        status = wr_sql_run(p->s, WR_Q_DECLARATION_DROP, err, "t", id);
    else
        status = wr_sql_run(p->s, WR_Q_DECLARATION_PUT, err, "tti", id, wr_buf_slice(&p->s->buf), p->index);
    if (status == WR_OK)
        status = wr_shown_as(p->s, id, p->a, &shown, err);
    return status == WR_OK ? wr_recompute(p, shown, NULL, err) : status;
}
