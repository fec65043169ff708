/* Applying a record: which types there are, what each needs, and who takes it. */
#include "internal.h"

/* A type and version that stands here is applied; any other was written by a newer program and only moves the watermark. */
static const struct type {
    const char *name;
    uint32_t version;
    wr_status (*apply)(wr_apply *p, wr_error *err);
    const char *texts[4]; /* fields that must be texts that are not empty */
} types[] = {
    { "asset.observed", 1, wr_apply_observed, { "id", "scope" } },
    { "asset.vanished", 1, wr_apply_vanished, { "id", "scope" } },
    { "asset.declared", 1, wr_apply_declared, { "id", "by" } },
    { "asset.merged", 1, wr_apply_merged, { "id", "into" } },
    { "finding.opened", 1, wr_apply_finding_opened, { "id", "scope" } },
    { "finding.closed", 1, wr_apply_finding_closed, { "id", "scope" } },
    { "finding.accepted", 1, wr_apply_finding_accepted, { "id", "by" } },
    { "finding.assigned", 1, wr_apply_finding_assigned, { "id", "by" } },
    { "change.reviewed", 1, wr_apply_change_reviewed, { "id", "by" } },
    { "evidence.attested", 1, wr_apply_attested, { "question", "answer", "by" } },
    { "bom.imported", 1, wr_apply_imported, { "id", "scope", "digest" } },
    { "scan", 1, wr_apply_scan, { "id", "scope" } },
    { "assess", 1, wr_apply_assess, { "edition" } },
    { "ledger.verified", 1, wr_apply_ledger_verified, { NULL } },
    { "ledger.witnessed", 1, wr_apply_ledger_witnessed, { "witness" } },
    { "ledger.erased", 1, wr_apply_ledger_erased, { NULL } },
};

static const struct type *type_of(const wr_record *r)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (wr_slice_is(r->type, types[i].name))
            return r->version == types[i].version ? &types[i] : NULL;
    }
    return NULL;
}

static const char *lacks(const struct type *t, const wr_value *body)
{
    for (size_t i = 0; i < sizeof t->texts / sizeof *t->texts && t->texts[i] != NULL; i++) {
        if (wr_get_string(body, t->texts[i]).len == 0)
            return t->texts[i];
    }
    return NULL;
}

wr_status wr_record_check(const wr_record *r, wr_error *err)
{
    const struct type *t = type_of(r);
    if (!wr_is(r->body, WR_OBJECT))
        return wr_err(err, WR_BAD, "a record of type " WR_FMT " has no body", WR_ARG(r->type));
    const char *field = t != NULL ? lacks(t, r->body) : NULL;
    if (field != NULL)
        return wr_err(err, WR_BAD, "a record of type %s needs \"%s\"", t->name, field);
    return WR_OK;
}

/* Records that could not be understood are counted, so that nobody takes the tables for the whole story. */
static wr_status count_unusable(wr_store *s, wr_error *err)
{
    int64_t n = 0;
    bool row = false;
    wr_status status = wr_sql_open(s, WR_Q_META_GET, err, "t", WR_SLICE("unusable"));
    if (status == WR_OK && (status = wr_sql_next(s, WR_Q_META_GET, &row, err)) == WR_OK && row) {
        const wr_slice text = wr_sql_text(s, WR_Q_META_GET, 0, s->arena);
        for (size_t i = 0; i < text.len; i++)
            n = n * 10 + (text.at[i] - '0');
        wr_sql_done(s, WR_Q_META_GET);
        if (text.at == NULL)
            return wr_over(err, "applying a record");
    }
    if (status != WR_OK)
        return status;
    const wr_slice text = wr_arena_printf(s->arena, "%lld", (long long)n + 1);
    return text.at ? wr_sql_run(s, WR_Q_META_SET, err, "tt", WR_SLICE("unusable"), text) : wr_over(err, "applying a record");
}

wr_status wr_store_apply(wr_store *s, uint64_t index, const wr_record *r, wr_error *err)
{
    if (!s->in_transaction)
        return wr_err(err, WR_USAGE, "a record is applied between begin and commit");
    if (index != s->watermark)
        return wr_err(err, WR_USAGE, "record %llu cannot be applied: the next one is %llu", (unsigned long long)index,
                      (unsigned long long)s->watermark);
    wr_arena_reset(s->arena);
    const struct type *t = type_of(r);
    wr_apply p = { .s = s, .a = s->arena, .index = (int64_t)index, .time = r->time, .record = r, .body = r->body };
    wr_status status = wr_sql_run(s, WR_Q_RECORD_ADD, err, "ititi", p.index, r->type, r->time, r->subject,
                                  (int64_t)(r->body == NULL));
    if (status == WR_OK && t != NULL && r->body != NULL) {
        if (r->body->type != WR_OBJECT || lacks(t, r->body) != NULL)
            p.unusable = true;
        else
            status = t->apply(&p, err);
        if (status == WR_OK && p.unusable)
            status = count_unusable(s, err);
    }
    if (status == WR_OK)
        s->watermark++;
    return status;
}
