/* What the other scans print. */
#include "cli/scan_more.h"

static wr_value *relations_of(cli *c, const wr_asset *x, wr_value *list)
{
    for (const wr_edge *r = x->edges; r != NULL; r = r->next) {
        wr_value *v = wr_new_object(c->arena);
        wr_put_string(c->arena, v, "from", x->id);
        wr_put_string(c->arena, v, "to", r->to);
        wr_put_string(c->arena, v, "type", wr_slice_of(wr_relation_name(r->type)));
        wr_push(c->arena, list, v);
    }
    return list;
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
    for (size_t i = 0; i < wr_estate_unread_count(e); i++) {
        wr_slice why;
        wr_value *u = wr_new_object(a);
        wr_put_string(a, u, "path", wr_estate_unread_at(e, i, &why).path);
        wr_put_string(a, u, "why", why);
        wr_push(a, unread, u);
    }
    wr_put(a, v, "unread", unread);
    return v;
}

void cli_scan_json(cli *c, const wr_estate *e, const wr_scan_facts *facts, const wr_scan_delta *delta)
{
    wr_arena *a = c->arena;
    wr_value *v = wr_new_object(a), *assets = wr_new_array(a), *relations = wr_new_array(a), *findings = wr_new_array(a);
    for (size_t i = 0; i < wr_estate_asset_count(e); i++) {
        wr_asset alone = *wr_estate_asset_at(e, i);
        relations_of(c, &alone, relations);
        alone.edges = NULL;
        wr_value *whole = wr_asset_value(a, &alone), *shown = wr_new_object(a);
        for (WR_EACH_MEMBER(m, whole))
            if (!wr_slice_is(m->key, "relations")) /* they stand in a list of their own */
                wr_put_slice(a, shown, m->key, wr_copy(a, &m->value));
        wr_push(a, assets, shown);
    }
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
        printf(i == 0 ? "\nNot seen:\n  " : "  ");
        cli_print(wr_estate_unread_at(e, i, &why).path);
        fputs(": ", stdout);
        cli_print(why);
        putchar('\n');
    }
}
