/* What the store knows as one value: the stable shape of `warrant scan --json` and of the report's inventory. */
#include <stdlib.h>
#include <warrant/grow.h>
#include <warrant/inventory.h>

typedef struct {
    wr_arena *a;
    wr_value *assets, *relations, *findings, *scan;
    wr_slice *ids;           /* of the assets listed, in the order of the query */
    wr_value **values;
    size_t count, room;
    size_t at;               /* the asset that the next row is likely about */
    wr_status status;
    wr_error *err;
} view;

static bool out_of_memory(view *v)
{
    v->status = wr_over(v->err, "listing the inventory");
    return false;
}

static void put_place(wr_arena *a, wr_value *into, const wr_row *row)
{
    if (!wr_row_null(row, "path"))
        wr_put_string(a, into, "path", wr_row_text(row, "path"));
    if (!wr_row_null(row, "line"))
        wr_put_int(a, into, "line", wr_row_int(row, "line"));
    else if (!wr_row_null(row, "byte_offset"))
        wr_put_int(a, into, "offset", wr_row_int(row, "byte_offset"));
}

static bool add_asset(void *ctx, const wr_row *row)
{
    view *v = ctx;
    size_t values_room = v->room;
    if (!wr_grow_in(v->a, &v->values, v->count, &values_room, 1024, sizeof *v->values) ||
        !wr_grow_in(v->a, &v->ids, v->count, &v->room, 1024, sizeof *v->ids))
        return out_of_memory(v);
    wr_value *one = wr_push(v->a, v->assets, wr_new_object(v->a));
    wr_put_string(v->a, one, "id", wr_row_text(row, "id"));
    wr_put_string(v->a, one, "kind", wr_row_text(row, "kind"));
    wr_put_string(v->a, one, "name", wr_row_text(row, "name"));
    wr_put_int(v->a, one, "first_seen", wr_row_int(row, "first_seen"));
    wr_put_int(v->a, one, "last_seen", wr_row_int(row, "last_seen"));
    wr_put_bool(v->a, one, "declared", wr_row_int(row, "declared") != 0);
    if (wr_row_int(row, "imported") != 0) /* only files of other tools say that it is there */
        wr_put_bool(v->a, one, "imported", true);
    wr_put(v->a, one, "properties", wr_new_object(v->a));
    if (wr_put(v->a, one, "seen", wr_new_array(v->a)) == NULL)
        return out_of_memory(v);
    v->ids[v->count] = wr_arena_dup(v->a, wr_row_text(row, "id"));
    v->values[v->count] = one;
    return v->ids[v->count++].at != NULL || out_of_memory(v);
}

/* Rows come in the order of the assets: a step forward finds the next one; what is not listed is passed over. */
static wr_value *asset_of(view *v, wr_slice id)
{
    while (v->at < v->count && wr_slice_cmp(v->ids[v->at], id) < 0)
        v->at++;
    return v->at < v->count && wr_slice_eq(v->ids[v->at], id) ? v->values[v->at] : NULL;
}

static wr_value *typed(wr_arena *a, const wr_row *row)
{
    const wr_slice type = wr_row_text(row, "type"), text = wr_row_text(row, "value");
    wr_value *v = NULL;
    if (wr_slice_is(type, "boolean"))
        return wr_new_bool(a, wr_slice_is(text, "true"));
    if (!wr_slice_is(type, "text") && wr_json_parse(a, text, &v, NULL) == WR_OK)
        return v;
    return wr_new_string(a, text);
}

static bool add_property(void *ctx, const wr_row *row)
{
    view *v = ctx;
    wr_value *asset = asset_of(v, wr_row_text(row, "asset"));
    if (asset == NULL)
        return true;
    wr_value *properties = (wr_value *)wr_get(asset, "properties"); /* made above */
    wr_value *one = wr_put_slice(v->a, properties, wr_row_text(row, "name"), wr_new_object(v->a));
    if (wr_put(v->a, one, "value", typed(v->a, row)) == NULL)
        return out_of_memory(v);
    put_place(v->a, one, row);
    if (!wr_row_null(row, "how"))
        wr_put_string(v->a, one, "how", wr_row_text(row, "how"));
    return wr_put_string(v->a, one, "origin", wr_row_text(row, "origin")) != NULL || out_of_memory(v);
}

static bool add_seen(void *ctx, const wr_row *row)
{
    view *v = ctx;
    wr_value *asset = asset_of(v, wr_row_text(row, "asset"));
    if (asset == NULL)
        return true;
    wr_value *one = wr_push(v->a, (wr_value *)wr_get(asset, "seen"), wr_new_object(v->a));
    if (one == NULL)
        return out_of_memory(v);
    put_place(v->a, one, row);
    return wr_put_string(v->a, one, "scope", wr_row_text(row, "scope")) != NULL || out_of_memory(v);
}

static bool add_relation(void *ctx, const wr_row *row)
{
    view *v = ctx;
    if (asset_of(v, wr_row_text(row, "source")) == NULL)
        return true;
    wr_value *one = wr_push(v->a, v->relations, wr_new_object(v->a));
    wr_put_string(v->a, one, "from", wr_row_text(row, "source"));
    wr_put_string(v->a, one, "to", wr_row_text(row, "target"));
    wr_put_string(v->a, one, "type", wr_row_text(row, "type"));
    if (wr_put_string(v->a, one, "origin", wr_row_text(row, "origin")) == NULL)
        return out_of_memory(v);
    put_place(v->a, one, row);
    return true;
}

static bool add_finding(void *ctx, const wr_row *row)
{
    static const char *const texts[] = { "id", "rule", "kind", "severity", "title", "detail", "remedy", "asset",
                                         "accepted_by", "accepted_why", "scope" };
    view *v = ctx;
    wr_value *one = wr_push(v->a, v->findings, wr_new_object(v->a));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!wr_row_null(row, texts[i]) && wr_put_string(v->a, one, texts[i], wr_row_text(row, texts[i])) == NULL)
            return out_of_memory(v);
    }
    if (one == NULL)
        return out_of_memory(v);
    put_place(v->a, one, row);
    if (!wr_row_null(row, "accepted_until"))
        wr_put_int(v->a, one, "accepted_until", wr_row_int(row, "accepted_until"));
    return wr_put_int(v->a, one, "opened_at", wr_row_int(row, "opened_at")) != NULL || out_of_memory(v);
}

static bool add_scan(void *ctx, const wr_row *row)
{
    view *v = ctx;
    wr_value *scan = NULL;
    v->status = wr_json_parse(v->a, wr_row_text(row, "summary"), &scan, v->err);
    v->scan = scan;
    return false;
}

/* Each list in the order that makes it stable. An empty :scope means all of them. */
static const struct {
    const char *sql;
    bool (*each)(void *ctx, const wr_row *row);
} lists[] = {
    { "SELECT id, kind, name, first_seen, last_seen, declared, imported FROM asset WHERE gone_at IS NULL AND merged_into IS NULL AND"
      " (:scope = '' OR id IN (SELECT asset FROM observation WHERE scope = :scope) OR id IN (SELECT a.merged_into FROM asset a"
      " JOIN observation o ON o.asset = a.id WHERE o.scope = :scope)) ORDER BY id", add_asset },
    { "SELECT asset, name, value, type, origin, path, line, byte_offset, how FROM property ORDER BY asset, name", add_property },
    { "SELECT DISTINCT asset, scope, path, line, byte_offset FROM seen WHERE :scope = '' OR scope = :scope"
      " ORDER BY asset, path, line, byte_offset, scope", add_seen },
    { "SELECT source, type, target, origin, path, line, byte_offset FROM relation ORDER BY source, type, target", add_relation },
    { "SELECT id, rule, kind, severity, title, detail, remedy, asset, path, line, byte_offset, scope, opened_at, accepted_by,"
      " accepted_until, accepted_why FROM findings WHERE closed_at IS NULL AND (:scope = '' OR id IN (SELECT finding FROM"
      " finding_observation WHERE scope = :scope)) ORDER BY id", add_finding },
    { "SELECT summary FROM scans WHERE :scope = '' OR scope = :scope ORDER BY record DESC LIMIT 1", add_scan },
};

wr_status wr_inventory_value(wr_store *s, wr_slice only_scope, wr_arena *a, wr_value **ret, wr_error *err)
{
    view v = { .a = a, .assets = wr_new_array(a), .relations = wr_new_array(a), .findings = wr_new_array(a), .err = err };
    const wr_sql_param scope = { "scope", { .type = WR_SQL_TEXT, .text = only_scope } };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        v.at = 0;
        const wr_status status = wr_store_query(s, wr_slice_of(lists[i].sql), &scope, 1, NULL, lists[i].each, &v, err);
        if (status != WR_OK || v.status != WR_OK)
            return status != WR_OK ? status : v.status;
    }
    wr_value *all = WR_OBJECT_OF(a, WR_VALUE("scan", v.scan ? v.scan : wr_new_null(a)), WR_VALUE("assets", v.assets),
                                    WR_VALUE("relations", v.relations));
    if (wr_put(a, all, "findings", v.findings) == NULL)
        return wr_over(err, "listing the inventory");
    *ret = all;
    return WR_OK;
}
