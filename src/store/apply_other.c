/* Findings, reviews, answers, scans, assessments, and what the ledger says of itself. */
#include "internal.h"

#include <stdio.h>
#include <warrant/text.h>

/* NULL in the table where the body has none. */
static wr_slice text_or_null(const wr_value *body, const char *key)
{
    const wr_value *v = wr_get(body, key);
    return wr_is(v, WR_STRING) && v->u.string.len > 0 ? v->u.string : (wr_slice){ NULL, 0 };
}

static int64_t int_or_null(const wr_value *body, const char *key)
{
    int64_t n;
    return wr_get_int(body, key, &n) && n >= 0 ? n : -1;
}

/* ---- findings ---- */

/* The finding without what is only about this scan, as the digest that the next scan compares with. */
static wr_status finding_digest(wr_apply *p, char hex[2 * WR_HASH_LEN + 1], wr_error *err)
{
    wr_value *copy = wr_new_object(p->a);
    for (WR_EACH_MEMBER(m, p->body)) {
        if (wr_slice_is(m->key, "scope") || wr_slice_is(m->key, "scan"))
            continue;
        wr_value *shallow = wr_arena_one(p->a, wr_value);
        if (shallow == NULL)
            return no_memory(err);
        *shallow = m->value;
        if (wr_put_slice(p->a, copy, m->key, shallow) == NULL)
            return no_memory(err);
    }
    const wr_status status = copy ? wr_canonical_body(p, copy, err) : no_memory(err);
    const wr_hash hash = wr_sha256_once(wr_buf_slice(&p->s->buf));
    wr_hex(hash.bytes, WR_HASH_LEN, hex);
    return status;
}

wr_status wr_apply_finding_opened(wr_apply *p, wr_error *err)
{
    const wr_value *b = p->body;
    char hex[2 * WR_HASH_LEN + 1];
    wr_slice asset = wr_get_string(b, "asset");
    wr_status status = finding_digest(p, hex, err);
    if (status != WR_OK || p->unusable)
        return status;
    const wr_slice id = wr_get_string(b, "id"), scope = wr_get_string(b, "scope");
    status = wr_shown_as(p->s, asset, p->a, &asset, err);
    if (asset.len == 0)
        asset = (wr_slice){ NULL, 0 };
    if (status == WR_OK)
        status = wr_sql_run(p->s, WR_Q_FINDING_PUT, err, "tTTTiTTTIITTT", id, asset, text_or_null(b, "kind"),
                            text_or_null(b, "severity"), p->time, scope, text_or_null(b, "rule"), text_or_null(b, "path"),
                            int_or_null(b, "line"), int_or_null(b, "offset"), text_or_null(b, "title"),
                            text_or_null(b, "detail"), text_or_null(b, "remedy"));
    return status != WR_OK ? status
                           : wr_sql_run(p->s, WR_Q_FINDING_SEEN_PUT, err, "ttti", id, scope, wr_slice_of(hex), p->index);
}

wr_status wr_apply_finding_closed(wr_apply *p, wr_error *err)
{
    const wr_slice id = wr_get_string(p->body, "id");
    const wr_status status = wr_sql_run(p->s, WR_Q_FINDING_SEEN_DROP, err, "tt", id, wr_get_string(p->body, "scope"));
    return status == WR_OK ? wr_sql_run(p->s, WR_Q_FINDING_CLOSE, err, "ti", id, p->time) : status;
}

wr_status wr_apply_finding_accepted(wr_apply *p, wr_error *err)
{
    int64_t until = -1;
    const bool accepted = store_time_of(wr_get(p->body, "until"), &until); /* no time takes it back */
    return wr_sql_run(p->s, WR_Q_FINDING_ACCEPT, err, "tTIT", wr_get_string(p->body, "id"),
                      accepted ? text_or_null(p->body, "by") : (wr_slice){ NULL, 0 }, until,
                      accepted ? text_or_null(p->body, "why") : (wr_slice){ NULL, 0 });
}

wr_status wr_apply_finding_assigned(wr_apply *p, wr_error *err)
{
    int64_t due = -1;
    (void)store_time_of(wr_get(p->body, "due"), &due);
    return wr_sql_run(p->s, WR_Q_FINDING_ASSIGN, err, "tTI", wr_get_string(p->body, "id"), text_or_null(p->body, "owner"), due);
}

/* ---- people ---- */

wr_status wr_apply_change_reviewed(wr_apply *p, wr_error *err)
{
    return wr_sql_run(p->s, WR_Q_CHANGE_REVIEWED, err, "tti", wr_get_string(p->body, "id"), wr_get_string(p->body, "by"), p->time);
}

wr_status wr_apply_attested(wr_apply *p, wr_error *err)
{
    const wr_value *b = p->body;
    int64_t until = -1;
    (void)store_time_of(wr_get(b, "until"), &until);
    wr_slice id = wr_get_string(b, "id");
    if (id.len == 0)
        id = wr_arena_printf(p->a, "attestation:%lld", (long long)p->index);
    wr_slice evidence;
    if (id.at == NULL || !store_text_or_null(p->a, wr_get(b, "evidence"), &evidence))
        return no_memory(err);
    return wr_sql_run(p->s, WR_Q_ATTESTATION_PUT, err, "ttTTTiITTi", id, wr_get_string(b, "question"), text_or_null(b, "outcome"),
                      text_or_null(b, "answer"), text_or_null(b, "by"), p->time, until, evidence,
                      text_or_null(b, "note"), p->index);
}

/* ---- scans and assessments ---- */

wr_status wr_apply_scan(wr_apply *p, wr_error *err)
{
    const wr_value *b = p->body;
    const wr_slice scope = wr_get_string(b, "scope"), summary = store_text_of(p->a, b);
    int64_t finished = p->time, started = -1;
    (void)store_time_of(wr_get(b, "finished_at"), &finished);
    (void)store_time_of(wr_get(b, "started_at"), &started);
    const wr_value *incomplete = wr_get(b, "incomplete");
    const int64_t partial = incomplete != NULL ? wr_is_true(incomplete) : wr_count_of(wr_get(b, "unread")) > 0;
    wr_slice roots;
    if (summary.at == NULL || !store_text_or_null(p->a, wr_get(b, "roots"), &roots))
        return no_memory(err);
    const wr_status status =
        wr_sql_run(p->s, WR_Q_SCAN_PUT, err, "tTIiITTIIiTit", wr_get_string(b, "id"), text_or_null(b, "environment"), started,
                   finished, int_or_null(b, "errors"), roots, scope, int_or_null(b, "assets"),
                   int_or_null(b, "findings"), partial, text_or_null(b, "observed"), p->index, summary);
    return status == WR_OK ? wr_sql_run(p->s, WR_Q_ASSET_SCANNED, err, "it", p->time, scope) : status;
}

wr_status wr_apply_imported(wr_apply *p, wr_error *err)
{
    const wr_value *b = p->body;
    const wr_slice scope = wr_get_string(b, "scope");
    int64_t created = -1;
    (void)store_time_of(wr_get(b, "created_at"), &created);
    const wr_status status =
        wr_sql_run(p->s, WR_Q_IMPORT_PUT, err, "ttTtTTIiIIi", wr_get_string(b, "id"), scope, text_or_null(b, "file"),
                   wr_get_string(b, "digest"),
                   text_or_null(b, "format"), text_or_null(b, "tool"), created, p->time, int_or_null(b, "assets"), int_or_null(b, "left_out"), p->index);
    return status == WR_OK ? wr_sql_run(p->s, WR_Q_ASSET_SCANNED, err, "it", p->time, scope) : status;
}

static wr_status set_meta(wr_apply *p, const char *name, wr_slice value, wr_error *err)
{
    return wr_sql_run(p->s, WR_Q_META_SET, err, "tt", wr_slice_of(name), value);
}

static wr_status set_meta_number(wr_apply *p, const char *name, int64_t n, wr_error *err)
{
    const wr_slice text = wr_arena_printf(p->a, "%lld", (long long)n);
    return text.at ? set_meta(p, name, text, err) : no_memory(err);
}

wr_status wr_apply_assess(wr_apply *p, wr_error *err)
{
    const wr_value *changed = wr_get(p->body, "changed");
    wr_status status = WR_OK;
    for (const wr_value *c = wr_is(changed, WR_ARRAY) ? changed->u.items.first : NULL; c != NULL && status == WR_OK; c = c->next) {
        const wr_slice outcome = wr_get_string(c, "outcome"), after = wr_get_string(c, "after");
        if (outcome.len == 0 || after.len == 0)
            continue;
        status = wr_sql_run(p->s, WR_Q_OUTCOME_PUT, err, "ttii", outcome, after, p->time, p->index);
        if (status == WR_OK)
            status = wr_sql_run(p->s, WR_Q_OUTCOME_CHANGE, err, "tiTti", outcome, p->time, text_or_null(c, "before"), after, p->index);
    }
    /* Where the newest assessment stands: the next one is recorded only where its digest differs. */
    if (status == WR_OK)
        status = set_meta(p, "assess.digest", wr_get_string(p->body, "digest"), err);
    if (status == WR_OK)
        status = set_meta(p, "assess.edition", wr_get_string(p->body, "edition"), err);
    return status == WR_OK ? set_meta_number(p, "assess.at", p->time, err) : status;
}

/* ---- the ledger as an asset of its own ---- */

#define LEDGER_SCOPE "ledger"

typedef struct {
    const char *name;
    const wr_value *value; /* NULL: leave it */
    const char *how;
} said;

/* dataset:ledger:<origin>: what it was said to be before, with `count` properties anew. */
static wr_status ledger_asset(wr_apply *p, const said *facts, size_t count, wr_error *err)
{
    const wr_slice origin = p->record->subject;
    const wr_slice id = wr_arena_printf(p->a, "dataset:ledger:" WR_FMT, WR_ARG(origin));
    const wr_slice name = wr_arena_printf(p->a, "Ledger " WR_FMT, WR_ARG(origin));
    wr_value *before = NULL;
    bool row = false;
    if (id.at == NULL || name.at == NULL)
        return no_memory(err);
    if (origin.len == 0) {
        p->unusable = true;
        return WR_OK;
    }
    wr_status status = wr_sql_open(p->s, WR_Q_OBSERVATION_GET, err, "tt", id, WR_SLICE(LEDGER_SCOPE));
    if (status == WR_OK && (status = wr_sql_next(p->s, WR_Q_OBSERVATION_GET, &row, err)) == WR_OK && row) {
        status = wr_json_parse(p->a, p->s->driver->column(p->s->prepared[WR_Q_OBSERVATION_GET], 0).text, &before, err);
        wr_sql_done(p->s, WR_Q_OBSERVATION_GET);
    }
    if (status != WR_OK)
        return status;
    wr_value *body = wr_new_object(p->a);
    wr_value *props = wr_get(before, "properties") ? wr_copy(p->a, wr_get(before, "properties")) : wr_new_object(p->a);
    for (size_t i = 0; i < count; i++) {
        if (facts[i].value == NULL)
            continue;
        wr_value *one = wr_put(p->a, props, facts[i].name, wr_new_object(p->a));
        if (wr_put(p->a, one, "value", wr_copy(p->a, facts[i].value)) == NULL ||
            wr_put_string(p->a, one, "how", wr_slice_of(facts[i].how)) == NULL)
            return no_memory(err);
    }
    wr_value *done = wr_put_string(p->a, body, "id", id);
    done = done ? wr_put_string(p->a, body, "kind", WR_SLICE("dataset")) : NULL;
    done = done ? wr_put_string(p->a, body, "name", name) : NULL;
    done = done ? wr_put(p->a, body, "properties", props) : NULL;
    return done ? wr_observe(p, id, WR_SLICE(LEDGER_SCOPE), body, err) : no_memory(err);
}

static const wr_value *made(const wr_value *v, wr_type type)
{
    return wr_is(v, type) ? v : NULL;
}

wr_status wr_apply_ledger_verified(wr_apply *p, wr_error *err)
{
    const wr_value *intact = wr_get(p->body, "intact");
    const said facts[] = {
        { "purpose", wr_new_string(p->a, WR_SLICE("ledger")), "this workspace's own log" },
        { "chain_intact", wr_is(intact, WR_TRUE) || wr_is(intact, WR_FALSE) ? intact : NULL, "the last full verification" },
        { "chain_verified_at", wr_new_int(p->a, p->time), "when the last full verification ran" },
        { "entries", made(wr_get(p->body, "size"), WR_INT), "the last full verification" },
        { "root", made(wr_get(p->body, "root"), WR_STRING), "the last full verification" },
    };
    return ledger_asset(p, facts, sizeof facts / sizeof *facts, err);
}

wr_status wr_apply_ledger_witnessed(wr_apply *p, wr_error *err)
{
    int64_t at = p->time;
    (void)store_time_of(wr_get(p->body, "time"), &at);
    const said facts[] = {
        { "purpose", wr_new_string(p->a, WR_SLICE("ledger")), "this workspace's own log" },
        { "anchored_at", wr_new_int(p->a, at), "a witness's cosignature" },
        { "anchored_by", made(wr_get(p->body, "witness"), WR_STRING), "a witness's cosignature" },
    };
    return ledger_asset(p, facts, sizeof facts / sizeof *facts, err);
}

/* The tombstone. While the erased body is still in the tables (it was applied whole before), the store says so until it
 * is rebuilt: a crash between the two is then noticed at the next open. */
wr_status wr_apply_ledger_erased(wr_apply *p, wr_error *err)
{
    int64_t index;
    bool row = false;
    if (!wr_get_int(p->body, "index", &index) || index < 0 || index >= p->index) {
        p->unusable = true;
        return WR_OK;
    }
    wr_status status = wr_sql_open(p->s, WR_Q_RECORD_GET, err, "i", index);
    if (status == WR_OK && (status = wr_sql_next(p->s, WR_Q_RECORD_GET, &row, err)) == WR_OK && row) {
        const bool erased = wr_sql_int(p->s, WR_Q_RECORD_GET, 0) != 0;
        wr_sql_done(p->s, WR_Q_RECORD_GET);
        char name[40];
        snprintf(name, sizeof name, "erasing:%lld", (long long)index);
        if (!erased)
            status = set_meta_number(p, name, index, err);
    }
    return status == WR_OK ? wr_sql_run(p->s, WR_Q_RECORD_ERASED, err, "i", index) : status;
}
