#include "report/view.h"

#include <stdlib.h>

static int compare_assets(const void *x, const void *y)
{
    const wr_view_asset *a = x, *b = y;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->production != b->production)
        return a->production ? -1 : 1;
    const int by_name = wr_slice_cmp(a->name, b->name);
    return by_name != 0 ? by_name : wr_slice_cmp(a->id, b->id);
}

static int compare_ids(const void *x, const void *y)
{
    return wr_slice_cmp((*(const wr_view_asset *const *)x)->id, (*(const wr_view_asset *const *)y)->id);
}

static int compare_links(const void *x, const void *y)
{
    const wr_view_link *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    return a->to == b->to ? 0 : a->to < b->to ? -1 : 1;
}

static int compare_findings(const void *x, const void *y)
{
    const wr_view_finding *a = x, *b = y;
    if (a->accepted != b->accepted)
        return a->accepted ? 1 : -1;
    if (a->severity != b->severity)
        return a->severity < b->severity ? -1 : 1;
    const char *const keys[] = { "rule", "path" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const int c = wr_slice_cmp(wr_get_string(a->value, keys[i]), wr_get_string(b->value, keys[i]));
        if (c != 0)
            return c;
    }
    int64_t la = 0, lb = 0;
    (void)wr_get_int(a->value, "line", &la);
    (void)wr_get_int(b->value, "line", &lb);
    if (la != lb)
        return la < lb ? -1 : 1;
    return wr_slice_cmp(wr_get_string(a->value, "id"), wr_get_string(b->value, "id"));
}

/* A property's value: in the inventory it stands in an object with its place; a plain value is taken as it is. */
static const wr_value *value_in(const wr_value *property)
{
    return wr_is(property, WR_OBJECT) ? wr_get(property, "value") : property;
}

/* Links come as a list of their own (DESIGN 6); assets may carry theirs as well. */
typedef struct { wr_view_link *links; size_t count, most; } link_list;

static void add_link(const wr_view *v, link_list *l, wr_slice from, wr_slice to, wr_slice type)
{
    wr_relation r;
    const size_t f = wr_view_find(v, from), t = wr_view_find(v, to);
    if (l->count < l->most && f != WR_NO_ASSET && t != WR_NO_ASSET && wr_relation_parse(type, &r))
        l->links[l->count++] = (wr_view_link){ f, t, r };
}

static wr_status make_links(wr_view *v, wr_arena *a, wr_error *err)
{
    link_list l = { .most = wr_count_of(wr_get(v->d->inventory, "relations")) };
    for (size_t i = 0; i < v->asset_count; i++)
        l.most += wr_count_of(wr_get(v->assets[i].value, "relations"));
    l.links = wr_arena_array(a, wr_view_link, l.most + 1);
    size_t *out_first = wr_arena_array(a, size_t, v->asset_count + 2);
    size_t *in_first = wr_arena_array(a, size_t, v->asset_count + 2);
    if (l.links == NULL || out_first == NULL || in_first == NULL)
        return wr_over(err, "the report's relations");
    for (WR_EACH(r, wr_get(v->d->inventory, "relations")))
        add_link(v, &l, wr_get_string(r, "from"), wr_get_string(r, "to"), wr_get_string(r, "type"));
    for (size_t i = 0; i < v->asset_count; i++)
        for (WR_EACH(r, wr_get(v->assets[i].value, "relations")))
            add_link(v, &l, v->assets[i].id, wr_get_string(r, "to"), wr_get_string(r, "type"));
    if (l.count > 0)
        qsort(l.links, l.count, sizeof *l.links, compare_links);
    size_t kept = 0;
    for (size_t i = 0; i < l.count; i++)
        if (kept == 0 || compare_links(&l.links[kept - 1], &l.links[i]) != 0)
            l.links[kept++] = l.links[i];

    size_t *in = wr_arena_array(a, size_t, kept + 1);
    size_t *next = wr_arena_array(a, size_t, v->asset_count + 1);
    if (in == NULL || next == NULL)
        return wr_over(err, "the report's relations");
    for (size_t i = 0; i < kept; i++) {
        out_first[l.links[i].from + 1]++;
        in_first[l.links[i].to + 1]++;
    }
    for (size_t i = 0; i < v->asset_count; i++) {
        out_first[i + 1] += out_first[i];
        in_first[i + 1] += in_first[i];
        next[i] = in_first[i];
    }
    for (size_t i = 0; i < kept; i++)
        in[next[l.links[i].to]++] = i;
    v->links = l.links;
    v->link_count = kept;
    v->out_first = out_first;
    v->in_first = in_first;
    v->in = in;
    return WR_OK;
}

static void environments(const wr_view *v, wr_arena *a, wr_view_asset *assets)
{
    for (size_t i = 0; i < v->link_count; i++) {
        const wr_view_link *l = &v->links[i];
        if (l->type != WR_RUNS_IN || assets[l->to].kind != WR_ENVIRONMENT)
            continue;
        wr_view_asset *from = &assets[l->from];
        const bool production = wr_slice_is(wr_view_text(a, assets[l->to].value, "role"), "production");
        if (from->environment.len == 0 || (production && !from->production))
            from->environment = assets[l->to].name;
        from->production = from->production || production;
    }
}

static wr_status index_ids(wr_view *v, wr_arena *a, const wr_view_asset *assets, wr_error *err)
{
    const wr_view_asset **by_id = wr_arena_array(a, const wr_view_asset *, v->asset_count + 1);
    if (by_id == NULL)
        return wr_over(err, "the report's assets");
    for (size_t i = 0; i < v->asset_count; i++)
        by_id[i] = &assets[i];
    if (v->asset_count > 0)
        qsort(by_id, v->asset_count, sizeof *by_id, compare_ids);
    v->assets = assets;
    v->by_id = by_id;
    return WR_OK;
}

/* Twice sorted: production is known only once links are, and links need positions. */
static wr_status make_assets(wr_view *v, wr_arena *a, wr_error *err)
{
    const wr_value *list = wr_get(v->d->inventory, "assets");
    wr_view_asset *assets = wr_arena_array(a, wr_view_asset, wr_count_of(list) + 1);
    if (assets == NULL)
        return wr_over(err, "the report's assets");
    for (WR_EACH(item, list)) {
        wr_view_asset *x = &assets[v->asset_count];
        if (!wr_kind_parse(wr_get_string(item, "kind"), &x->kind))
            continue;
        x->value = item;
        x->id = wr_get_string(item, "id");
        x->name = wr_get_string(item, "name");
        if (x->name.len == 0)
            x->name = x->id;
        const wr_value *confirmed = value_in(wr_path(item, "properties.confirmed"));
        x->confirmed = wr_is_true(confirmed);
        x->ruled = x->confirmed || wr_is(confirmed, WR_FALSE);
        v->asset_count++;
    }
    for (int pass = 0; pass < 2; pass++) {
        if (v->asset_count > 0)
            qsort(assets, v->asset_count, sizeof *assets, compare_assets);
        wr_status s = index_ids(v, a, assets, err);
        if (s == WR_OK)
            s = make_links(v, a, err);
        if (s != WR_OK)
            return s;
        environments(v, a, assets);
    }
    for (size_t i = 0; i < v->asset_count; i++)
        if (v->kind_count[assets[i].kind]++ == 0)
            v->kind_first[assets[i].kind] = i;
    return WR_OK;
}

static wr_status make_findings(wr_view *v, wr_arena *a, wr_error *err)
{
    const wr_value *list = wr_get(v->d->inventory, "findings");
    wr_view_finding *findings = wr_arena_array(a, wr_view_finding, wr_count_of(list) + 1);
    if (findings == NULL)
        return wr_over(err, "the report's findings");
    for (WR_EACH(item, list)) {
        wr_view_finding *f = &findings[v->finding_count++];
        f->value = item;
        if (!wr_severity_parse(wr_get_string(item, "severity"), &f->severity))
            f->severity = WR_INFO;
        f->asset = wr_view_find(v, wr_get_string(item, "asset"));
        int64_t until = 0;
        f->accepted = wr_get_int(item, "accepted_until", &until) && until > v->d->at;
        if (f->accepted) {
            v->accepted_count++;
            continue;
        }
        v->open[f->severity]++;
        v->open_count++;
        if (f->asset != WR_NO_ASSET)
            ((wr_view_asset *)v->assets)[f->asset].findings++; /* the view is still being made: nobody else has it */
    }
    if (v->finding_count > 0)
        qsort(findings, v->finding_count, sizeof *findings, compare_findings);
    v->findings = findings;
    return WR_OK;
}

static void count_scans(wr_view *v)
{
    for (WR_EACH(s, v->d->scans)) {
        int64_t n = 0;
        v->scan_count++;
        v->files += wr_get_int(s, "files", &n) && n > 0 ? (uint64_t)n : 0;
        v->bytes += wr_get_int(s, "bytes", &n) && n > 0 ? (uint64_t)n : 0;
        v->errors += wr_get_int(s, "errors", &n) && n > 0 ? (uint64_t)n : 0;
        v->unread += wr_count_of(wr_get(s, "unread"));
        for (WR_EACH_MEMBER(m, wr_get(s, "skipped")))
            v->skipped += m->value.type == WR_INT && m->value.u.integer > 0 ? (uint64_t)m->value.u.integer : 0;
    }
}

wr_status wr_view_make(const wr_report_data *d, wr_arena *a, const wr_view **ret, wr_error *err)
{
    wr_view *v = wr_arena_one(a, wr_view);
    if (v == NULL)
        return wr_over(err, "the report");
    v->d = d;
    wr_status s = make_assets(v, a, err);
    if (s == WR_OK)
        s = make_findings(v, a, err);
    if (s == WR_OK)
        s = wr_assess_gaps(d->assessment, a, &v->gaps, &v->gap_count, err);
    if (s != WR_OK)
        return s;
    for (size_t i = 0; i < d->assessment->check_count; i++)
        v->verdicts[d->assessment->checks[i].verdict]++;
    for (size_t i = 0; i < d->assessment->answer_count; i++) {
        const wr_answer_result *r = &d->assessment->answers[i];
        v->answered += r->answer.len > 0 && r->fresh;
        v->stale += r->answer.len > 0 && !r->fresh;
    }
    count_scans(v);
    *ret = v;
    return WR_OK;
}

size_t wr_view_find(const wr_view *v, wr_slice id)
{
    size_t low = 0, high = v->asset_count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int c = wr_slice_cmp(v->by_id[middle]->id, id);
        if (c == 0)
            return (size_t)(v->by_id[middle] - v->assets);
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return WR_NO_ASSET;
}
