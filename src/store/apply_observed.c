/* Records about what was observed: an asset is seen, is gone, or is one with another. */
#include "internal.h"

wr_status wr_canonical_body(wr_apply *p, const wr_value *body, wr_error *err)
{
    wr_buf_clear(&p->s->buf);
    const wr_status status = wr_canonical(body, &p->s->buf, NULL);
    if (status == WR_BAD) {
        p->unusable = true; /* nothing that came through the ledger lacks a canonical form */
        return WR_OK;
    }
    return status != WR_OK || !wr_buf_ok(&p->s->buf) ? no_memory(err) : WR_OK;
}

wr_status wr_observe(wr_apply *p, wr_slice id, wr_slice scope, const wr_value *body, wr_error *err)
{
    const wr_status formed = wr_canonical_body(p, body, err);
    if (formed != WR_OK || p->unusable)
        return formed;
    p->sighting = true;
    const wr_slice text = wr_buf_slice(&p->s->buf);
    const wr_hash hash = wr_sha256_once(text);
    char hex[2 * WR_HASH_LEN + 1];
    wr_hex(hash.bytes, WR_HASH_LEN, hex);
    wr_slice shown = id;
    wr_status status = wr_sql_run(p->s, WR_Q_OBSERVATION_PUT, err, "tttti", id, scope, wr_slice_of(hex), text, p->index);
    if (status == WR_OK)
        status = wr_shown_as(p->s, id, p->a, &shown, err);
    if (status == WR_OK && !wr_slice_eq(shown, id))
        status = wr_sql_run(p->s, WR_Q_ASSET_TOUCH, err, "tii", id, p->time, p->index);
    const wr_observed fresh = { id, scope, body };
    return status == WR_OK ? wr_recompute(p, shown, &fresh, err) : status;
}

static wr_status add_changes(wr_apply *p, wr_slice id, wr_slice scope, wr_error *err)
{
    wr_slice shown = id;
    wr_status status = wr_shown_as(p->s, id, p->a, &shown, err);
    int64_t position = 0;
    const wr_value *changes = wr_get(p->body, "changes");
    for (const wr_value *c = wr_is(changes, WR_ARRAY) ? changes->u.items.first : NULL; c != NULL && status == WR_OK; c = c->next) {
        const wr_slice row = wr_arena_printf(p->a, "change:%lld.%lld", (long long)p->index, (long long)position++);
        if (wr_get_string(c, "property").len == 0)
            continue;
        wr_slice before, after;
        if (row.at == NULL || !store_text_or_null(p->a, wr_get(c, "before"), &before) ||
            !store_text_or_null(p->a, wr_get(c, "after"), &after))
            return no_memory(err);
        const wr_slice by = wr_get_string(c, "changed_by");
        status = wr_sql_run(p->s, WR_Q_CHANGE_ADD, err, "tttTTiitT", row, shown, wr_get_string(c, "property"), before, after,
                            p->time, p->index, scope, by.len > 0 ? by : (wr_slice){ 0 });
    }
    return status;
}

/* The body without what is only about this scan: its digest is what the next scan compares with. */
static const wr_value *state_body(wr_arena *a, const wr_value *body)
{
    wr_value *copy = wr_new_object(a);
    wr_value *last = copy;
    for (WR_EACH_MEMBER(m, body)) {
        if (wr_slice_is(m->key, "scope") || wr_slice_is(m->key, "scan") || wr_slice_is(m->key, "changes"))
            continue;
        wr_value *shallow = wr_arena_one(a, wr_value);
        if (shallow == NULL)
            return NULL;
        *shallow = m->value;
        last = last ? wr_put_slice(a, copy, m->key, shallow) : NULL;
    }
    return last ? copy : NULL;
}

wr_status wr_apply_observed(wr_apply *p, wr_error *err)
{
    const wr_slice id = wr_get_string(p->body, "id"), scope = wr_get_string(p->body, "scope");
    wr_kind kind;
    if (!wr_kind_of_id(id, &kind)) {
        p->unusable = true;
        return WR_OK;
    }
    const wr_value *body = state_body(p->a, p->body);
    if (body == NULL)
        return no_memory(err);
    const wr_status status = wr_observe(p, id, scope, body, err);
    return status == WR_OK && !p->unusable ? add_changes(p, id, scope, err) : status;
}

wr_status wr_apply_vanished(wr_apply *p, wr_error *err)
{
    const wr_slice id = wr_get_string(p->body, "id");
    wr_kind kind;
    wr_slice shown;
    if (!wr_kind_of_id(id, &kind)) {
        p->unusable = true;
        return WR_OK;
    }
    wr_status status = wr_sql_run(p->s, WR_Q_OBSERVATION_DROP, err, "tt", id, wr_get_string(p->body, "scope"));
    if (status == WR_OK)
        status = wr_shown_as(p->s, id, p->a, &shown, err);
    return status == WR_OK ? wr_recompute(p, shown, NULL, err) : status;
}

/* ---- merging ---- */

/* Everything that pointed at `id` is made anew, so that it points at what `id` is shown as. */
static wr_status redirect(wr_apply *p, wr_slice id, wr_slice into, wr_error *err)
{
    struct source { wr_slice id; struct source *next; } *sources = NULL;
    wr_status status = wr_sql_open(p->s, WR_Q_RELATION_SOURCES, err, "t", id);
    for (bool row = true; status == WR_OK && (status = wr_sql_next(p->s, WR_Q_RELATION_SOURCES, &row, err)) == WR_OK && row;) {
        struct source *one = wr_arena_one(p->a, struct source);
        if (one == NULL) {
            wr_sql_done(p->s, WR_Q_RELATION_SOURCES);
            return no_memory(err);
        }
        *one = (struct source){ wr_sql_text(p->s, WR_Q_RELATION_SOURCES, 0, p->a), sources };
        if (one->id.at == NULL) {
            wr_sql_done(p->s, WR_Q_RELATION_SOURCES);
            return no_memory(err);
        }
        sources = one;
    }
    for (; sources != NULL && status == WR_OK; sources = sources->next) {
        if (!wr_slice_eq(sources->id, id) && !wr_slice_eq(sources->id, into))
            status = wr_recompute(p, sources->id, NULL, err);
    }
    if (status == WR_OK)
        status = wr_sql_run(p->s, WR_Q_FINDINGS_MOVE, err, "tt", id, into);
    return status == WR_OK ? wr_sql_run(p->s, WR_Q_CHANGES_MOVE, err, "tt", id, into) : status;
}

wr_status wr_apply_merged(wr_apply *p, wr_error *err)
{
    const wr_slice id = wr_get_string(p->body, "id");
    wr_slice into = wr_get_string(p->body, "into"), shown = id;
    wr_kind kind, into_kind;
    if (!wr_kind_of_id(id, &kind) || !wr_kind_of_id(into, &into_kind)) {
        p->unusable = true;
        return WR_OK;
    }
    wr_status status = wr_shown_as(p->s, into, p->a, &into, err);
    if (status == WR_OK)
        status = wr_shown_as(p->s, id, p->a, &shown, err);
    if (status != WR_OK || wr_slice_eq(into, id) || wr_slice_eq(into, shown))
        return status; /* a circle, or said before */
    status = wr_drop_rows(p, id, kind, err);
    if (status == WR_OK)
        status = wr_sql_run(p->s, WR_Q_ASSET_MERGE, err, "ttiti", id, wr_slice_of(wr_kind_name(kind)), p->time, into, p->index);
    if (status == WR_OK)
        status = wr_sql_run(p->s, WR_Q_ASSET_MERGE_ON, err, "tt", id, into);
    p->s->merges = true;
    if (status == WR_OK)
        status = wr_recompute(p, into, NULL, err);
    if (status == WR_OK && !wr_slice_eq(shown, id)) /* it was merged elsewhere before */
        status = wr_recompute(p, shown, NULL, err);
    return status == WR_OK ? redirect(p, id, into, err) : status;
}
