/* html_gaps.c - findings, and checks that fall short. */
#include "report/html.h"

static wr_slice date_of(wr_arena *a, const wr_value *v, const char *key)
{
    int64_t t = 0;
    return wr_get_int(v, key, &t) && t > 0 ? wr_view_day(a, t) : (wr_slice){ 0 };
}

static void acceptance(const wr_page *p, const wr_view_finding *f)
{
    const wr_slice until = date_of(p->a, f->value, "accepted_until"), by = wr_get_string(f->value, "accepted_by");
    const wr_slice why = wr_get_string(f->value, "accepted_why");
    wr_buf_addc(p->b, "<dt>Acceptance</dt><dd>");
    if (until.len == 0)
        wr_buf_addc(p->b, "none");
    else
        HTML(p->b, raw(f->accepted ? "accepted by " : "<b>lapsed</b>: it was accepted by "), name_of(by), raw(" until "), esc(until),
             raw(why.len > 0 ? ": " : "."), esc(why));
    wr_buf_addc(p->b, "</dd>\n");
}

static void finding(const wr_page *p, size_t i)
{
    const wr_view_finding *f = &p->v->findings[i];
    const wr_slice detail = wr_get_string(f->value, "detail"), remedy = wr_get_string(f->value, "remedy");
    const wr_slice place = wr_view_place(p->a, f->value), opened = date_of(p->a, f->value, "opened_at");
    HTML(p->b, raw("<article class=\"finding v-"), raw(wr_severity_name(f->severity)), raw(f->accepted ? " accepted" : ""), raw("\" id=\""),
         esc(wr_anchor_finding(p->a, i)), raw("\">\n<h4>"));
    wr_html_severity(p->b, wr_slice_of(wr_severity_name(f->severity)));
    HTML(p->b, raw(" "), escn(wr_get_string(f->value, "title"), 240), raw(f->accepted ? " <span class=\"chip\">accepted</span>" : ""),
         raw("</h4>\n<dl class=\"facts\">\n"));
    if (place.len > 0) {
        wr_buf_addc(p->b, "<dt>Place</dt><dd>");
        wr_html_place(p->b, place);
        wr_buf_addc(p->b, "</dd>\n");
    }
    if (f->asset != WR_NO_ASSET)
        HTML(p->b, raw("<dt>Asset</dt><dd><a href=\"#"), esc(wr_anchor_asset(p->a, p->v, f->asset)), raw("\">"),
             name_of(p->v->assets[f->asset].name),
             raw("</a> <small>"), raw(wr_view_kind_words(p->v->assets[f->asset].kind, false)), raw("</small></dd>\n"));
    if (detail.len > 0)
        HTML(p->b, raw("<dt>Evidence</dt><dd>"), escn(detail, 1200), raw("</dd>\n"));
    if (remedy.len > 0) {
        wr_buf_addc(p->b, "<dt>Remedy</dt><dd>");
        wr_html_prose(p->b, remedy);
        wr_buf_addc(p->b, "</dd>\n");
    }
    acceptance(p, f);
    HTML(p->b, raw("<dt>Record</dt><dd><small>rule <code>"), escn(wr_get_string(f->value, "rule"), 120), raw("</code>, id <code>"),
         escn(wr_get_string(f->value, "id"), 120), raw("</code>"), raw(opened.len > 0 ? ", open since " : ""), esc(opened),
         raw("</small></dd>\n</dl>\n</article>\n"));
}

void wr_html_findings(const wr_page *p)
{
    const wr_view *v = p->v;
    if (v->finding_count == 0) {
        wr_buf_addc(p->b, v->scan_count == 0
                    ? "<p class=\"empty\">Nothing has been scanned, so there is no finding. That says nothing about safety.</p>\n"
                                             : "<p class=\"empty\">No finding in what was read.</p>\n");
        return;
    }
    wr_buf_addc(p->b, "<p class=\"tally\">");
    for (int s = 0; s < WR_SEVERITIES; s++) {
        HTML(p->b, raw("<span>"));
        wr_html_severity(p->b, wr_slice_of(wr_severity_name((wr_severity)s)));
        HTML(p->b, raw(" <b>"), num(v->open[s]), raw("</b></span> "));
    }
    HTML(p->b, raw("<span>accepted <b>"), num(v->accepted_count), raw("</b></span></p>\n"));
    wr_buf_addc(p->b, "<p class=\"note\">A finding stays open until a scan no longer sees it, or a person accepts it for a time: "
                      "<code>warrant finding accept ID --until DATE --by NAME --why TEXT</code></p>\n");
    int before = -1;
    for (size_t i = 0; i < v->finding_count && i < WR_HTML_FINDINGS_MOST; i++) {
        const int group = v->findings[i].accepted ? WR_SEVERITIES : (int)v->findings[i].severity;
        static const char *const titles[] = { "Critical", "High", "Medium", "Low", "For information", "Accepted for a time" };
        if (group != before)
            wr_buf_printf(p->b, "<h3>%s</h3>\n", titles[group]);
        before = group;
        finding(p, i);
    }
    if (v->finding_count > WR_HTML_FINDINGS_MOST)
        HTML(p->b, raw("<p class=\"note\">The first "), num(WR_HTML_FINDINGS_MOST), raw(" of "), num(v->finding_count),
             raw(" are listed. <code>warrant finding list</code> lists all of them.</p>\n"));
}

static void shortfalls(const wr_page *p, const wr_check_result *r)
{
    HTML(p->b, raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"What falls short\"><table class=\"cards short\"><caption>What falls short"
         "</caption><thead><tr><th scope=\"col\">Asset</th><th scope=\"col\">Why</th>"
         "<th scope=\"col\">Place</th></tr></thead><tbody>\n"));
    for (size_t i = 0; i < r->shortfall_count && i < WR_HTML_SHORT_MOST; i++) {
        const wr_shortfall *s = &r->shortfalls[i];
        const size_t at = wr_view_find(p->v, s->asset);
        wr_buf_addc(p->b, "<tr><th scope=\"row\">");
        if (at != WR_NO_ASSET)
            HTML(p->b, raw("<a href=\"#"), esc(wr_anchor_asset(p->a, p->v, at)), raw("\">"));
        HTML(p->b, name_of(s->name.len > 0 ? s->name : s->asset), raw(at != WR_NO_ASSET ? "</a>" : ""), raw(" <small>"), escn(s->kind, 40),
             raw("</small></th><td data-label=\"Why\">"), esc(s->why), raw("</td><td data-label=\"Place\">"));
        if (s->path.len > 0)
            wr_html_place(p->b, wr_view_place_of(p->a, s->path, s->line));
        else
            wr_buf_addc(p->b, "<span class=\"none\">nowhere in a file</span>");
        wr_buf_addc(p->b, "</td></tr>\n");
    }
    wr_buf_addc(p->b, "</tbody></table></div>\n");
    if (r->fell_short > r->shortfall_count || r->shortfall_count > WR_HTML_SHORT_MOST)
        HTML(p->b, raw("<p class=\"note\">The first "),
             num(r->shortfall_count < WR_HTML_SHORT_MOST ? r->shortfall_count : WR_HTML_SHORT_MOST),
             raw(" are listed. <code>warrant assess --json</code> lists more.</p>\n"));
}

static void gap(const wr_page *p, const wr_check_result *r)
{
    const wr_check *c = r->check;
    int priority = 3;
    HTML(p->b, raw("<article class=\"gap\" id=\""), esc(wr_anchor_check(p->a, c->id)), raw("\">\n<h3>"));
    wr_html_severity(p->b, wr_slice_of(wr_severity_name(c->severity)));
    HTML(p->b, raw(" "), escn(c->title, 300), raw("</h3>\n<p class=\"falls\">Does not hold: "), num(r->fell_short), raw(" of "),
         num(r->judged),
         raw(r->fell_short == 1 ? " falls short" : " fall short"), raw("</p>\n<dl class=\"facts\">\n<dt>Why it matters</dt><dd>"),
         escn(c->why, 1000),
         raw("</dd>\n<dt>What to do</dt><dd>"));
    wr_html_prose(p->b, c->remedy);
    wr_buf_addc(p->b, "</dd>\n<dt>Outcomes</dt><dd>");
    for (size_t i = 0; i < c->outcome_count; i++) {
        const wr_outcome *o = wr_profile_outcome(p->v->d->assessment->profile, c->outcomes[i]);
        priority = o != NULL && o->priority < priority ? o->priority : priority;
        HTML(p->b, raw("<span class=\"chip\">"), esc(c->outcomes[i]), raw("</span> "));
    }
    wr_buf_printf(p->b, "<small>priority %d at best</small></dd>\n", priority);
    HTML(p->b, raw("<dt>Check</dt><dd><code>"), escn(c->id, 120), raw("</code> <small>"), escn(c->evidence, 30),
         raw(" evidence, from the "),
         escn(c->source, 30), raw("</small></dd>\n</dl>\n"));
    shortfalls(p, r);
    wr_buf_addc(p->b, "</article>\n");
}

void wr_html_gaps(const wr_page *p)
{
    if (p->v->gap_count == 0)
        HTML(p->b, raw("<p class=\"empty\">No check falls short. "), num(p->v->verdicts[WR_GOOD]), raw(" are good, "),
             num(p->v->verdicts[WR_NOTHING_TO_JUDGE]), raw(" had nothing to judge and "), num(p->v->verdicts[WR_NOT_OBSERVABLE]),
             raw(" could not be observed.</p>\n"));
    for (size_t i = 0; i < p->v->gap_count; i++)
        gap(p, p->v->gaps[i]);
}
