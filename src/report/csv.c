/* csv.c - the inventory as a table (RFC 4180), for a spreadsheet.
 *
 * What comes from the estate is data there as well: a cell that a spreadsheet would take for a formula begins with an
 * apostrophe, and line ends become spaces. */
#include "report/bom.h"
#include "report/writers.h"

#define CELL_MOST 4000

static void cell(wr_buf *b, wr_arena *a, wr_slice text, bool first)
{
    const wr_slice clean = wr_clean(a, text, CELL_MOST);
    if (!first)
        wr_buf_char(b, ',');
    if (clean.at == NULL)
        b->failed = true;
    if (clean.len == 0)
        return;
    wr_buf_char(b, '"');
    if (strchr("=+-@\t\r", clean.at[0]) != NULL)
        wr_buf_char(b, '\'');
    for (size_t i = 0; i < clean.len; i++) {
        if (clean.at[i] == '"')
            wr_buf_char(b, '"');
        wr_buf_char(b, clean.at[i]);
    }
    wr_buf_char(b, '"');
}

/* The names of what the asset has that relation to, in their order. */
static wr_slice names(wr_making *m, size_t asset, wr_relation type, wr_kind kind)
{
    const wr_view *v = m->v;
    WR_AUTO_BUF b = wr_buf_new(1 << 20);
    for (size_t i = v->out_first[asset]; i < v->out_first[asset + 1]; i++) {
        const wr_view_asset *to = &v->assets[v->links[i].to];
        if (v->links[i].type == type && to->kind == kind)
            wr_buf_printf(&b, "%s" WR_FMT, b.len > 0 ? "; " : "", WR_ARG(to->name));
    }
    return wr_made_of(m, &b);
}

static void time_cell(wr_buf *b, wr_making *m, const wr_value *asset, const char *name)
{
    int64_t t = 0;
    cell(b, m->a, wr_get_int(asset, name, &t) ? wr_made(m, wr_time_text(m->a, t)) : (wr_slice){ 0 }, false);
}

static void row(wr_buf *b, wr_making *m, size_t asset)
{
    const wr_view_asset *x = &m->v->assets[asset];
    const wr_value *seen = wr_get(x->value, "seen");
    const wr_value *at = wr_is(seen, WR_ARRAY) ? seen->u.items.first : NULL;
    int64_t line = 0;
    const bool has_line = wr_get_int(at, "line", &line);
    cell(b, m->a, wr_slice_of(wr_kind_name(x->kind)), true);
    cell(b, m->a, x->name, false);
    cell(b, m->a, wr_bom_version(m, x), false);
    cell(b, m->a, names(m, asset, WR_PROVIDED_BY, WR_PROVIDER), false);
    cell(b, m->a, names(m, asset, WR_DECLARED_IN, WR_SYSTEM), false);
    cell(b, m->a, names(m, asset, WR_RUNS_IN, WR_ENVIRONMENT), false);
    cell(b, m->a, names(m, asset, WR_OWNED_BY, WR_PRINCIPAL), false);
    cell(b, m->a, wr_slice_of(wr_bom_evidence(x)), false);
    cell(b, m->a, wr_get_string(at, "path"), false);
    cell(b, m->a, has_line ? wr_made(m, wr_arena_printf(m->a, "%lld", (long long)line)) : (wr_slice){ 0 }, false);
    cell(b, m->a, wr_known(m, x, "license"), false);
    cell(b, m->a, wr_known(m, x, "digest"), false);
    cell(b, m->a, wr_made(m, wr_arena_printf(m->a, "%zu", x->findings)), false);
    time_cell(b, m, x->value, "first_seen");
    time_cell(b, m, x->value, "last_seen");
    cell(b, m->a, x->id, false);
    wr_buf_addc(b, "\r\n");
}

static wr_status write_csv(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    wr_making m = { .a = a };
    const wr_status status = wr_view_make(d, a, &m.v, err);
    if (status != WR_OK)
        return status;
    wr_buf_addc(ret, "kind,name,version,provider,declared in,environment,owner,evidence,path,line,license,digest,open findings,first seen,last seen,id\r\n");
    for (size_t k = 0; k < m.v->asset_count; k++)
        row(ret, &m, (size_t)(m.v->by_id[k] - m.v->assets));
    return wr_buf_ok(ret) && !m.failed ? WR_OK : wr_over(err, "the CSV table");
}

const wr_report_writer wr_report_csv = {
    .format = "csv", .extension = "csv", .about = "the inventory as a table, for a spreadsheet", .write = write_csv,
};
