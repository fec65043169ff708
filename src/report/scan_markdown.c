/* scan_markdown.c - what a scan found that was not known before, short enough for a comment on a pull request. */
#include <warrant/scan_report.h>

#include "report/view.h"

#include <stdlib.h>

#define CHANGES_SHOWN 5
#define VALUE_CHARS 60

typedef struct {
    const wr_finding *finding;
    const wr_scanned *scan;
} fresh;

typedef struct {
    const wr_scan_report *r;
    wr_arena *a;
    wr_buf *b;
    fresh *fresh; size_t fresh_count; /* worst first */
    size_t by_severity[WR_SEVERITIES];
    size_t accepted, closed, appeared, changed, vanished, unread, assets, findings;
} summary;

static int worst_first(const void *x, const void *y)
{
    const fresh *a = x, *b = y;
    if (a->finding->severity != b->finding->severity)
        return a->finding->severity < b->finding->severity ? -1 : 1;
    int c = wr_slice_cmp(a->finding->place.path, b->finding->place.path);
    if (c == 0 && a->finding->place.at != b->finding->place.at)
        c = a->finding->place.at < b->finding->place.at ? -1 : 1;
    return c != 0 ? c : wr_slice_cmp(a->finding->id, b->finding->id);
}

/* The list of opened findings is in the order of ids, and so are the estate's. */
static void gather_one(summary *s, const wr_scanned *scan)
{
    const wr_value *opened = wr_get(scan->delta->list, "findings_opened");
    const wr_value *next = wr_is(opened, WR_ARRAY) ? opened->u.items.first : NULL;
    for (size_t i = 0; i < wr_estate_finding_count(scan->estate) && next != NULL; i++) {
        const wr_finding *f = wr_estate_finding_at(scan->estate, i);
        if (!wr_slice_eq(f->id, wr_string(next)))
            continue;
        next = next->next;
        if (wr_get_slice(s->r->accepted, f->id) != NULL) {
            s->accepted++;
            continue;
        }
        s->by_severity[f->severity]++;
        s->fresh[s->fresh_count++] = (fresh){ f, scan };
    }
    s->closed += scan->delta->findings_closed;
    s->appeared += scan->delta->appeared;
    s->changed += scan->delta->changed;
    s->vanished += scan->delta->vanished;
    s->unread += wr_estate_unread_count(scan->estate);
    s->assets += wr_estate_asset_count(scan->estate);
    s->findings += wr_estate_finding_count(scan->estate);
}

static bool gather(summary *s)
{
    size_t most = 1;
    for (size_t i = 0; i < s->r->count; i++)
        most += wr_estate_finding_count(s->r->scans[i].estate);
    s->fresh = wr_arena_array(s->a, fresh, most);
    if (s->fresh == NULL)
        return false;
    for (size_t i = 0; i < s->r->count; i++)
        gather_one(s, &s->r->scans[i]);
    if (s->fresh_count > 0)
        qsort(s->fresh, s->fresh_count, sizeof *s->fresh, worst_first);
    return true;
}

static wr_slice place_text(summary *s, wr_place p)
{
    if (p.kind == WR_AT_OFFSET)
        return wr_arena_printf(s->a, WR_FMT " @ byte %llu", WR_ARG(p.path), (unsigned long long)p.at);
    return wr_view_place_of(s->a, p.path, p.kind == WR_AT_LINE ? p.at : 0);
}

static void headline(summary *s)
{
    MD(s->b, raw("## Warrant: AI in this change\n\n**"), esc(wr_plural(s->a, s->fresh_count, "new finding", "new findings")), raw("**"));
    const char *join = " (";
    for (int k = 0; k < WR_SEVERITIES; k++)
        if (s->by_severity[k] > 0) {
            MD(s->b, raw(join), num(s->by_severity[k]), raw(" "), raw(wr_severity_name((wr_severity)k)));
            join = ", ";
        }
    MD(s->b, raw(s->fresh_count > 0 ? "), " : ", "), num(s->closed), raw(" closed. Assets: "), num(s->appeared), raw(" appeared, "),
       num(s->changed),
       raw(" changed, "), num(s->vanished), raw(" vanished.\n"));
    if (s->accepted > 0)
        MD(s->b, raw("\nLeft out: "), num(s->accepted), raw(" that somebody accepted for a time.\n"));
    if (s->appeared == s->assets && s->fresh_count + s->accepted == s->findings && s->assets + s->findings > 0 &&
        s->changed + s->vanished + s->closed == 0)
        wr_buf_addc(s->b, "\nNothing was known of this folder before, so all of it counts as new.\n");
}

static void cut_at(summary *s, size_t count)
{
    if (count > WR_SCAN_LISTED_MOST)
        MD(s->b, raw("\nThe first "), num(WR_SCAN_LISTED_MOST), raw(" of "), num(count), raw(".\n"));
}

static void findings(summary *s)
{
    if (s->fresh_count == 0)
        return;
    wr_buf_addc(s->b, "\n### New findings\n\n| Severity | Finding | Place | To do |\n|---|---|---|---|\n");
    for (size_t i = 0; i < s->fresh_count && i < WR_SCAN_LISTED_MOST; i++) {
        const wr_finding *f = s->fresh[i].finding;
        MD(s->b, raw("| "), raw(wr_severity_name(f->severity)), raw(" | "), escn(f->title, 200), raw(" | "));
        if (f->place.path.len > 0)
            wr_md_code(s->b, place_text(s, f->place));
        MD(s->b, raw(" | "), escn(f->remedy, 300), raw(" |\n"));
    }
    cut_at(s, s->fresh_count);
}

static void value_text(summary *s, const wr_value *v)
{
    if (v == NULL || v->type == WR_NULL) {
        wr_buf_addc(s->b, "nothing");
    } else if (v->type == WR_STRING) {
        MD(s->b, escn(v->u.string, VALUE_CHARS));
    } else {
        WR_AUTO_BUF json = wr_buf_new(1 << 20);
        wr_json_write(v, &json, 0);
        MD(s->b, escn(wr_buf_slice(&json), VALUE_CHARS));
    }
}

static void asset_cells(summary *s, const wr_scanned *scan, const char *what, wr_slice id)
{
    const wr_asset *x = wr_estate_find(scan->estate, id);
    const wr_slice earlier = wr_string(wr_get_slice(s->r->earlier, id));
    const wr_slice kind = wr_slice_part(id, 0, wr_slice_find_char(id, ':'));
    MD(s->b, raw("| "), raw(what), raw(" | "), esc(kind), raw(" | "),
       name_of(x != NULL && x->name.len > 0 ? x->name : earlier.len > 0 ? earlier : id), raw(" | "));
    if (x != NULL && x->seen != NULL)
        wr_md_code(s->b, place_text(s, x->seen->place));
}

static void changed_asset(summary *s, const wr_scanned *scan, const wr_value *change)
{
    size_t n = 0;
    asset_cells(s, scan, "changed", wr_get_string(change, "id"));
    for (WR_EACH(one, wr_get(change, "changes"))) {
        if (n++ == CHANGES_SHOWN)
            break;
        MD(s->b, raw(n == 1 ? "; " : ", "), escn(wr_get_string(one, "property"), VALUE_CHARS), raw(": "));
        value_text(s, wr_get(one, "before"));
        wr_buf_addc(s->b, " to ");
        value_text(s, wr_get(one, "after"));
    }
    const size_t all = wr_count_of(wr_get(change, "changes"));
    if (all > CHANGES_SHOWN)
        MD(s->b, raw(" and "), num(all - CHANGES_SHOWN), raw(" more"));
    wr_buf_addc(s->b, " |\n");
}

/* What changed comes before what is new: it is what a reviewer may not expect. */
static void changes(summary *s)
{
    static const struct { const char *list, *what; } kinds[] = { { "changed", "changed" }, { "vanished", "gone" }, { "appeared", "new" } };
    const size_t all = s->appeared + s->changed + s->vanished;
    size_t shown = 0;
    if (all == 0)
        return;
    wr_buf_addc(s->b, "\n### What changed\n\n| | Kind | Asset | Where and what |\n|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (size_t i = 0; i < s->r->count; i++)
            for (WR_EACH(item, wr_get(s->r->scans[i].delta->list, kinds[k].list))) {
                if (shown++ >= WR_SCAN_LISTED_MOST)
                    break;
                if (item->type == WR_OBJECT) {
                    changed_asset(s, &s->r->scans[i], item);
                } else {
                    asset_cells(s, &s->r->scans[i], kinds[k].what, wr_string(item));
                    wr_buf_addc(s->b, " |\n");
                }
            }
    cut_at(s, all);
}

static void closed(summary *s)
{
    size_t shown = 0;
    if (s->closed == 0)
        return;
    wr_buf_addc(s->b, "\n### Closed\n\n");
    for (size_t i = 0; i < s->r->count; i++)
        for (WR_EACH(item, wr_get(s->r->scans[i].delta->list, "findings_closed"))) {
            const wr_slice title = wr_string(wr_get_slice(s->r->earlier, wr_string(item)));
            if (shown++ < WR_SCAN_LISTED_MOST)
                MD(s->b, raw("- "), escn(title.len > 0 ? title : wr_string(item), 200), raw("\n"));
        }
    cut_at(s, s->closed);
}

static void unread(summary *s)
{
    size_t shown = 0;
    if (s->unread == 0)
        return;
    MD(s->b, raw("\n### Not read to its end: "), num(s->unread), raw("\n\nNothing above speaks for these files.\n\n"));
    for (size_t i = 0; i < s->r->count; i++)
        for (size_t k = 0; k < wr_estate_unread_count(s->r->scans[i].estate); k++) {
            wr_slice why;
            const wr_place p = wr_estate_unread_at(s->r->scans[i].estate, k, &why);
            if (shown++ >= WR_SCAN_LISTED_MOST)
                break;
            wr_buf_addc(s->b, "- ");
            wr_md_code(s->b, p.path.len > 0 ? p.path : WR_SLICE("the scan"));
            MD(s->b, raw(": "), escn(why, 200), raw("\n"));
        }
    cut_at(s, s->unread);
}

wr_status wr_scan_markdown(const wr_scan_report *r, wr_arena *a, wr_buf *ret, wr_error *err)
{
    summary s = { .r = r, .a = a, .b = ret };
    if (!gather(&s))
        return wr_over(err, "the summary of the scan");
    headline(&s);
    findings(&s);
    changes(&s);
    closed(&s);
    unread(&s);
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "the summary of the scan");
}
