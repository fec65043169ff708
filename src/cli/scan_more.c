/* What the other scans print. */
#include "cli/scan_more.h"

void cli_scan_asset(wr_arena *a, const wr_asset *x, wr_value *assets, wr_value *relations)
{
    for (const wr_edge *r = x->edges; r != NULL; r = r->next)
        wr_push(a, relations, WR_OBJECT_OF(a, WR_TEXT("from", x->id), WR_TEXT("to", r->to),
                                           WR_TEXT("type", wr_slice_of(wr_relation_name(r->type)))));
    wr_asset alone = *x;
    alone.edges = NULL;
    const wr_value *whole = wr_asset_value(a, &alone);
    wr_value *shown = wr_new_object(a);
    for (WR_EACH_MEMBER(m, whole))
        if (!wr_slice_is(m->key, "relations")) /* they stand in a list of their own */
            wr_put_slice(a, shown, m->key, wr_copy(a, &m->value));
    wr_push(a, assets, shown);
}

static wr_value *scan_value(cli *c, const wr_estate *e, const wr_scan_facts *f, const wr_scan_delta *d)
{
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *unread = wr_new_array(a);
    const struct { const char *name; int64_t n; } counts[] = {
        { "started_at", f->started_at }, { "finished_at", f->finished_at }, { "files", (int64_t)f->files }, { "bytes", (int64_t)f->bytes },
        { "appeared", (int64_t)d->appeared }, { "changed", (int64_t)d->changed }, { "vanished", (int64_t)d->vanished },
        { "findings_opened", (int64_t)d->findings_opened }, { "findings_closed", (int64_t)d->findings_closed } };
    wr_put_string(a, v, "id", wr_slice_of(d->scan_text));
    wr_put_string(a, v, "scope", f->scope);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        wr_put_int(a, v, counts[i].name, counts[i].n);
    wr_put_bool(a, v, "incomplete", f->incomplete);
    for (size_t i = 0; i < wr_estate_unread_count(e); i++)
        wr_push(a, unread, wr_unread_value(a, e, i));
    wr_put(a, v, "unread", unread);
    return v;
}

void cli_scan_json(cli *c, const wr_estate *e, const wr_scan_facts *facts, const wr_scan_delta *delta)
{
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *assets = wr_new_array(a), *relations = wr_new_array(a), *findings = wr_new_array(a);
    for (size_t i = 0; i < wr_estate_asset_count(e); i++)
        cli_scan_asset(a, wr_estate_asset_at(e, i), assets, relations);
    for (size_t i = 0; i < wr_estate_finding_count(e); i++)
        wr_push(a, findings, wr_finding_value(a, wr_estate_finding_at(e, i)));
    wr_put(a, v, "scan", scan_value(c, e, facts, delta));
    wr_put(a, v, "assets", assets);
    wr_put(a, v, "relations", relations);
    wr_put(a, v, "findings", findings);
    cli_json(c, v);
}

void cli_scan_unread(const wr_estate *e)
{
    for (size_t i = 0; i < wr_estate_unread_count(e); i++) {
        wr_slice why;
        const wr_slice path = wr_estate_unread_at(e, i, &why).path;
        printf(i == 0 ? "\nNot seen:\n  " : "  ");
        cli_print(path.len ? path : WR_SLICE("(as a whole)"));
        fputs(": ", stdout);
        cli_print(why);
        putchar('\n');
    }
}
