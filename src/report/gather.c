/* gather.c - from a workspace to what a report shows. */
#include <warrant/inventory.h>
#include <warrant/report.h>
#include <warrant/text.h>

#define DECLARATION_MOST ((size_t)1 << 20)

typedef struct {
    wr_arena *a;
    wr_value *list;
    wr_status status;
    wr_error *err;
} scan_list;

static bool add_scan(void *ctx, const wr_row *row)
{
    scan_list *l = ctx;
    wr_value *scan = NULL;
    l->status = wr_json_parse(l->a, wr_row_text(row, "summary"), &scan, l->err);
    if (l->status == WR_OK && wr_push(l->a, l->list, scan) == NULL)
        l->status = wr_over(l->err, "the report's scans");
    return l->status == WR_OK;
}

/* The newest of each scope: an older one says nothing about today. */
static wr_status gather_scans(wr_store *s, wr_arena *a, const wr_value **ret, wr_error *err)
{
    static const char sql[] = "SELECT summary FROM scans s WHERE NOT EXISTS (SELECT 1 FROM scans t WHERE t.scope = s.scope AND t.record > s.record) "
                              "ORDER BY scope";
    scan_list l = { .a = a, .list = wr_new_array(a), .err = err };
    if (l.list == NULL)
        return wr_over(err, "the report's scans");
    const wr_status status = wr_store_query(s, wr_slice_of(sql), NULL, 0, NULL, add_scan, &l, err);
    *ret = l.list;
    return status != WR_OK ? status : l.status;
}

/* Where a daemon owns the log, this process knows its name and, from the store, how far it was applied. */
static wr_status gather_ledger(wr_workspace *w, wr_arena *a, wr_report_data *d, wr_error *err)
{
    wr_ledger *l = wr_workspace_ledger(w);
    d->ledger.origin = wr_workspace_origin(w);
    if (l == NULL)
        return wr_store_watermark(wr_workspace_store(w), &d->ledger.size, err);
    d->ledger.size = wr_ledger_size(l);
    wr_status s = wr_ledger_verifier_key(l, a, &d->ledger.verifier_key, err);
    if (s == WR_OK)
        s = wr_ledger_anchored(l, a, &d->ledger.anchored_at, &d->ledger.anchored_by, err);
    if (s != WR_OK)
        return s;
    wr_error none = { 0 }; /* an empty log has no checkpoint yet, and the report says so */
    if (wr_ledger_checkpoint(l, a, &d->ledger.checkpoint, &none) != WR_OK)
        d->ledger.checkpoint = (wr_slice){ 0 };
    return WR_OK;
}

/* The name over the report, where a warrant.yaml beside the workspace says one. It proves nothing, so it is no record,
 * and a file that cannot be read costs the name alone. */
static wr_slice organization(wr_workspace *w, wr_arena *a)
{
    const wr_slice dir = wr_path_dir(wr_slice_of(wr_workspace_dir(w)));
    const wr_slice path = wr_path_join(a, dir.len > 0 ? dir : WR_SLICE("."), WR_SLICE("warrant.yaml"));
    wr_slice text;
    wr_value *v = NULL;
    wr_error none = { 0 };
    if (path.at == NULL || wr_io_read_file(wr_io_real(), path.at, DECLARATION_MOST, a, &text, &none) != WR_OK ||
        wr_yaml_parse(a, text, &v, &none) != WR_OK)
        return (wr_slice){ 0 };
    return wr_get_string(v, "organization");
}

wr_status wr_report_gather(wr_workspace *w, const wr_profile *p, int64_t now, wr_arena *a, wr_report_data *ret, wr_error *err)
{
    wr_store *s = wr_workspace_store(w);
    wr_report_data d = { .at = now, .version = WR_SLICE(WARRANT_VERSION), .organization = organization(w, a), .store = s };
    wr_value *inventory = NULL;
    wr_status status = wr_inventory_value(s, (wr_slice){ 0 }, a, &inventory, err);
    d.inventory = inventory;
    if (status == WR_OK)
        status = wr_assess(s, p, now, a, &d.assessment, err);
    if (status == WR_OK)
        status = wr_plan(d.assessment, a, &d.plan, &d.plan_count, err);
    if (status == WR_OK)
        status = gather_scans(s, a, &d.scans, err);
    if (status == WR_OK)
        status = gather_ledger(w, a, &d, err);
    if (status != WR_OK)
        return status;
    *ret = d;
    return WR_OK;
}
