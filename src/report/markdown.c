/* markdown.c - the report in short, for a pull request or a wiki. */
#include "report/story.h"
#include "report/writers.h"

#define FINDINGS_MOST 50
#define GAPS_MOST 40
#define SHORT_MOST 5
#define PLAN_MOST 40

static const char *const marks[WR_STATES] = {
    [WR_MET] = "\xE2\x9C\x93", [WR_PARTIAL] = "\xE2\x97\x90", [WR_ATTESTED] = "\xE2\x96\xA1",
    [WR_GAP] = "\xE2\x97\x86", [WR_UNKNOWN] = "?", [WR_NOT_APPLICABLE] = "\xE2\x80\x93",
};

/* Story text, its commands kept as code. */
static void said(wr_buf *b, wr_slice text)
{
    bool code = false;
    wr_slice rest = text, part;
    for (; wr_slice_split(&rest, '`', &part); code = !code) {
        if (code)
            wr_md_code(b, part);
        else
            MD(b, story(part));
    }
}

static void prose(wr_buf *b, wr_slice text)
{
    bool code = false;
    wr_slice rest = text, part;
    for (; wr_slice_split(&rest, '`', &part); code = !code) {
        if (code)
            wr_md_code(b, part);
        else
            MD(b, escn(part, 1000));
    }
}

static void summary(wr_buf *b, const wr_story *s)
{
    for (size_t i = 0; i < WR_STORY_PARTS; i++) {
        const wr_story_part *p = &s->parts[i];
        MD(b, raw("\n## "), raw(p->heading), raw("\n\n"));
        for (size_t k = 0; k < p->count; k++) {
            const wr_story_line *l = &p->lines[k];
            wr_buf_addc(b, p->list ? (strcmp(p->id, "first") == 0 ? "1. " : "- ") : "");
            if (l->tag.len > 0)
                MD(b, raw("**"), esc(l->tag), raw("** "));
            said(b, l->text);
            wr_buf_addc(b, p->list ? "\n" : "\n\n");
        }
    }
}

static void map(wr_buf *b, const wr_assessment *as)
{
    wr_buf_addc(b, "\n## Outcomes\n\n| Function |");
    for (int k = 0; k < WR_FOCUS_AREAS; k++)
        MD(b, raw(" "), raw(wr_view_focus_words((wr_focus)k)), raw(" |"));
    wr_buf_addc(b, "\n|---|---|---|---|\n");
    for (size_t f = 0; f < as->profile->function_count && f < 6; f++) {
        MD(b, raw("| "), esc(as->profile->functions[f].title), raw(" |"));
        for (int k = 0; k < WR_FOCUS_AREAS; k++) {
            const char *join = " ";
            for (int i = 0; i < WR_STATES; i++) {
                const wr_state s = wr_view_states[i];
                if (as->by_cell[f][k][s] == 0)
                    continue;
                MD(b, raw(join), raw(marks[s]), raw(" "), num(as->by_cell[f][k][s]), raw(" "), raw(wr_view_state_words(s)));
                join = ", ";
            }
            wr_buf_addc(b, " |");
        }
        wr_buf_addc(b, "\n");
    }
}

static void inventory(wr_buf *b, wr_arena *a, const wr_view *v)
{
    static const wr_kind shown[] = { WR_SYSTEM, WR_AGENT, WR_MODEL, WR_PROVIDER };
    if (v->asset_count == 0)
        return;
    wr_buf_addc(b, "\n## Inventory\n\n| Kind | Name | Environment | Seen |\n|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++)
        for (size_t k = 0; k < v->kind_count[shown[i]]; k++) {
            const wr_view_asset *x = &v->assets[v->kind_first[shown[i]] + k];
            if (k == 50) {
                MD(b, raw("| "), raw(wr_view_kind_words(shown[i], true)), raw(" | and "), num(v->kind_count[shown[i]] - k),
                   raw(" more | | |\n"));
                break;
            }
            const wr_value *seen = wr_get(x->value, "seen");
            MD(b, raw("| "), raw(wr_view_kind_words(x->kind, false)), raw(" | "), name_of(x->name), raw(" | "),
               raw(x->production && !wr_slice_is(x->environment, "production") ? "production: " : ""), escn(x->environment, 60), raw(" | "));
            if (wr_is(seen, WR_ARRAY) && seen->u.items.first != NULL)
                wr_md_code(b, wr_view_place(a, seen->u.items.first));
            else
                wr_buf_addc(b, "declared");
            wr_buf_addc(b, " |\n");
        }
    wr_buf_addc(b, "\nAlso:");
    bool first = true;
    for (int k = 0; k < WR_KINDS; k++) {
        if (v->kind_count[k] == 0 || k == WR_SYSTEM || k == WR_AGENT || k == WR_MODEL || k == WR_PROVIDER)
            continue;
        MD(b, raw(first ? " " : ", "),
           esc(wr_plural(a, v->kind_count[k], wr_view_kind_words((wr_kind)k, false), wr_view_kind_words((wr_kind)k, true))));
        first = false;
    }
    wr_buf_addc(b, first ? " nothing else.\n" : ".\n");
}

static void findings(wr_buf *b, wr_arena *a, const wr_view *v)
{
    if (v->finding_count == 0)
        return;
    wr_buf_addc(b, "\n## Findings\n\n| Severity | Finding | Place | Remedy |\n|---|---|---|---|\n");
    for (size_t i = 0; i < v->finding_count && i < FINDINGS_MOST; i++) {
        const wr_view_finding *f = &v->findings[i];
        MD(b, raw("| "), raw(wr_severity_name(f->severity)), raw(f->accepted ? ", accepted" : ""), raw(" | "),
           escn(wr_get_string(f->value, "title"), 200), raw(" | "));
        wr_md_code(b, wr_view_place(a, f->value));
        wr_buf_addc(b, " | ");
        prose(b, wr_get_string(f->value, "remedy"));
        wr_buf_addc(b, " |\n");
    }
    if (v->finding_count > FINDINGS_MOST)
        MD(b, raw("\nThe first "), num(FINDINGS_MOST), raw(" of "), num(v->finding_count), raw(".\n"));
}

static void gaps(wr_buf *b, wr_arena *a, const wr_view *v)
{
    if (v->gap_count == 0)
        return;
    wr_buf_addc(b, "\n## Gaps\n");
    for (size_t i = 0; i < v->gap_count && i < GAPS_MOST; i++) {
        const wr_check_result *r = v->gaps[i];
        MD(b, raw("\n**"), raw(wr_severity_name(r->check->severity)), raw("** "), escn(r->check->title, 300), raw(" "), num(r->fell_short),
           raw(" of "), num(r->judged), raw(" fall short. ("));
        wr_md_code(b, r->check->id);
        wr_buf_addc(b, ")\n\n");
        for (size_t k = 0; k < r->shortfall_count && k < SHORT_MOST; k++) {
            const wr_shortfall *s = &r->shortfalls[k];
            MD(b, raw("- "), name_of(s->name.len > 0 ? s->name : s->asset), raw(": "), escn(s->why, 200));
            if (s->path.len > 0) {
                wr_buf_addc(b, ", ");
                wr_md_code(b, wr_view_place_of(a, s->path, s->line));
            }
            wr_buf_addc(b, "\n");
        }
        if (r->fell_short > SHORT_MOST)
            MD(b, raw("- and "), num(r->fell_short - SHORT_MOST), raw(" more\n"));
        wr_buf_addc(b, "- *Remedy:* ");
        prose(b, r->check->remedy);
        wr_buf_addc(b, "\n");
    }
    if (v->gap_count > GAPS_MOST)
        MD(b, raw("\nThe first "), num(GAPS_MOST), raw(" of "), num(v->gap_count), raw(".\n"));
}

static void plan(wr_buf *b, wr_arena *a, const wr_report_data *d)
{
    if (d->plan_count == 0)
        return;
    int week = -1;
    wr_buf_addc(b, "\n## Plan\n");
    for (size_t i = 0; i < d->plan_count && i < PLAN_MOST; i++) {
        const wr_plan_item *t = &d->plan[i];
        if (t->week != week) {
            week = t->week;
            if (week <= 0)
                wr_buf_addc(b, "\n### Before day 1\n\n");
            else if (week <= 5)
                MD(b, raw("\n### Weeks "), num((uint64_t)week), raw(" and "), num((uint64_t)week + 1), raw("\n\n"));
            else
                wr_buf_addc(b, "\n### Later\n\n");
        }
        wr_buf_addc(b, "- [ ] ");
        if (t->role.len > 0)
            MD(b, raw("*"), esc(wr_view_role_words(a, t->role)), raw(":* "));
        prose(b, t->what);
        wr_buf_addc(b, "\n");
    }
    if (d->plan_count > PLAN_MOST)
        MD(b, raw("\nThe first "), num(PLAN_MOST), raw(" of "), num(d->plan_count), raw(". `warrant plan` shows all.\n"));
}

static void verify(wr_buf *b, wr_arena *a, const wr_report_data *d)
{
    wr_buf_addc(b, "\n## Verify this report\n\n- Last anchored outside: **");
    if (d->ledger.anchored_at != 0)
        MD(b, esc(wr_view_day(a, d->ledger.anchored_at)), raw("**, by "), name_of(d->ledger.anchored_by));
    else
        wr_buf_addc(b, "never**");
    MD(b, raw("\n- Records: "), num(d->ledger.size), raw("\n- Origin: "));
    wr_md_code(b, d->ledger.origin);
    wr_buf_addc(b, "\n- Verifier key: ");
    wr_md_code(b, d->ledger.verifier_key);
    wr_buf_addc(b, "\n- Assessment: ");
    wr_md_code(b, wr_hex_of(a, d->assessment->digest.bytes, WR_HASH_LEN));
    wr_buf_addc(b, "\n- Check it: `warrant ledger verify`\n");
}

static wr_status write_markdown(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    const wr_view *v = NULL;
    wr_story s;
    wr_status status = wr_view_make(d, a, &v, err);
    if (status == WR_OK)
        status = wr_story_tell(v, a, &s, err);
    if (status != WR_OK)
        return status;
    MD(ret, raw("# AI security report"), raw(d->organization.len > 0 ? ": " : ""), escn(d->organization, 80), raw("\n\n"),
       story(s.headline),
       raw("\n\nAs of "), esc(wr_time_text(a, d->at)), raw(", against "), esc(d->assessment->edition), raw(", by Warrant "), esc(d->version), raw(".\n"));
    summary(ret, &s);
    map(ret, d->assessment);
    inventory(ret, a, v);
    findings(ret, a, v);
    gaps(ret, a, v);
    plan(ret, a, d);
    verify(ret, a, d);
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "the Markdown report");
}

const wr_report_writer wr_report_markdown = {
    .format = "md", .extension = "md", .about = "the report in short, for a pull request or a wiki", .write = write_markdown,
};
