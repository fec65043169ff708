/* html_unseen.c - what was not looked at. */
#include "report/html.h"

static void number_cell(const wr_page *p, const wr_value *scan, const char *key, const char *label)
{
    int64_t n = 0;
    HTML(p->b, raw("<td class=\"num\" data-label=\""), raw(label), raw("\">"),
         wr_get_int(scan, key, &n) && n >= 0 ? num((uint64_t)n) : raw("?"), raw("</td>"));
}

static void counts(const wr_page *p, const wr_value *object)
{
    bool first = true;
    for (WR_EACH_MEMBER(m, object)) {
        if (m->value.type != WR_INT)
            continue;
        const uint64_t n = m->value.u.integer > 0 ? (uint64_t)m->value.u.integer : 0;
        const wr_slice name = wr_view_spaced(p->a, m->key);
        const bool bytes = wr_slice_starts(name, "bytes") || wr_slice_starts(name, "memory");
        HTML(p->b, raw(first ? "" : "; "), escn(name, 120), raw(" "), bytes ? esc(wr_human_bytes(p->a, n)) : num(n));
        first = false;
    }
    if (first)
        wr_buf_addc(p->b, "<span class=\"none\">none</span>");
}

static void scans(const wr_page *p)
{
    wr_buf_addc(p->b, "<h3>What was scanned</h3>\n");
    if (p->v->scan_count == 0) {
        wr_buf_addc(p->b, "<p class=\"empty\">Nothing. No scan is on record.</p>\n");
        return;
    }
    wr_buf_addc(p->b, "<table class=\"cards\"><caption>The newest scan of each scope. What no scope covers was not looked at.</caption><thead><tr>"
                      "<th scope=\"col\">Scope</th><th scope=\"col\">Finished</th><th scope=\"col\">Files</th><th scope=\"col\">Errors</th>"
                      "<th scope=\"col\">Left out, and why</th><th scope=\"col\">Limits</th></tr></thead><tbody>\n");
    for (WR_EACH(s, p->v->d->scans)) {
        int64_t t = 0;
        HTML(p->b, raw("<tr><th scope=\"row\"><code class=\"place\">"), escn(wr_get_string(s, "scope"), 200),
             raw("</code></th><td class=\"short-col\" data-label=\"Finished\">"),
             wr_get_int(s, "finished_at", &t) ? esc(wr_view_day(p->a, t)) : raw("?"), raw("</td>"));
        number_cell(p, s, "files", "Files");
        number_cell(p, s, "errors", "Errors");
        wr_buf_addc(p->b, "<td data-label=\"Left out\">");
        counts(p, wr_get(s, "skipped"));
        wr_buf_addc(p->b, "</td><td data-label=\"Limits\">");
        counts(p, wr_get(s, "limits"));
        wr_buf_addc(p->b, "</td></tr>\n");
    }
    wr_buf_addc(p->b, "</tbody></table>\n");
}

static void unread(const wr_page *p)
{
    wr_buf_addc(p->b, "<h3>Files left unread</h3>\n");
    if (p->v->unread == 0) {
        wr_buf_addc(p->b, p->v->scan_count == 0 ? "<p class=\"empty\">Nothing was scanned.</p>\n" : "<p class=\"empty\">None.</p>\n");
        return;
    }
    size_t n = 0;
    wr_buf_addc(p->b, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Files left unread\"><table class=\"cards\">"
                      "<caption>A file that was not read to its end is unknown, not clean</caption><thead><tr><th scope=\"col\">File</th>"
                      "<th scope=\"col\">Why</th></tr></thead><tbody>\n");
    for (WR_EACH(s, p->v->d->scans))
        for (WR_EACH(u, wr_get(s, "unread"))) {
            if (n++ >= WR_HTML_UNREAD_MOST)
                break;
            wr_buf_addc(p->b, "<tr><th scope=\"row\">");
            wr_html_place(p->b, wr_view_place(p->a, u));
            HTML(p->b, raw("</th><td data-label=\"Why\">"), esc(wr_get_string(u, "why")), raw("</td></tr>\n"));
        }
    wr_buf_addc(p->b, "</tbody></table></div>\n");
    if (p->v->unread > WR_HTML_UNREAD_MOST)
        HTML(p->b, raw("<p class=\"note\">The first "), num(WR_HTML_UNREAD_MOST), raw(" of "), num(p->v->unread),
             raw(" are listed.</p>\n"));
}

static void checks(const wr_page *p, wr_verdict verdict, const char *title, const char *about)
{
    const wr_assessment *as = p->v->d->assessment;
    HTML(p->b, raw("<h3>"), raw(title), raw("</h3>\n<p class=\"note\">"), raw(about), raw("</p>\n"));
    if (p->v->verdicts[verdict] == 0) {
        wr_buf_addc(p->b, "<p class=\"empty\">None.</p>\n");
        return;
    }
    HTML(p->b, raw("<details class=\"drill\"><summary>"), num(p->v->verdicts[verdict]), raw(" of "), num(as->check_count),
         raw(" checks, with the reason for each</summary>\n<table class=\"cards\"><caption>"), raw(title),
         raw("</caption><thead><tr><th scope=\"col\">Check</th><th scope=\"col\">Source</th><th scope=\"col\">Reason</th></tr></thead><tbody>\n"));
    for (size_t i = 0; i < as->check_count; i++) {
        const wr_check_result *r = &as->checks[i];
        if (r->verdict != verdict)
            continue;
        HTML(p->b, raw("<tr><th scope=\"row\">"), escn(r->check->title, 300), raw(" <small><code>"), escn(r->check->id, 120),
             raw("</code></small></th><td class=\"short-col\" data-label=\"Source\">"), escn(r->check->source, 40),
             raw("</td><td data-label=\"Reason\">"),
             r->reason.len > 0 ? esc(r->reason) : raw("no reason given"), raw("</td></tr>\n"));
    }
    wr_buf_addc(p->b, "</tbody></table></details>\n");
}

static void questions(const wr_page *p)
{
    const wr_assessment *as = p->v->d->assessment;
    const size_t open = as->answer_count - p->v->answered;
    HTML(p->b, raw("<h3>Questions without a current answer</h3>\n<p class=\"note\">What no machine can see, a named person answers until a date: "
                   "<code>warrant evidence ask --role ROLE</code>.</p>\n"));
    if (open == 0) {
        wr_buf_addc(p->b, "<p class=\"empty\">None.</p>\n");
        return;
    }
    HTML(p->b, raw("<details class=\"drill\"><summary>"), num(open), raw(" of "), num(as->answer_count),
         raw(" questions</summary>\n<table class=\"cards\"><caption>Questions without a current answer</caption><thead><tr>"
             "<th scope=\"col\">Question</th><th scope=\"col\">Role</th><th scope=\"col\">Standing</th></tr></thead><tbody>\n"));
    for (size_t i = 0; i < as->answer_count; i++) {
        const wr_answer_result *r = &as->answers[i];
        if (r->answer.len > 0 && r->fresh)
            continue;
        HTML(p->b, raw("<tr><th scope=\"row\">"), escn(r->question->ask, 400), raw(" <small><code>"), escn(r->question->id, 120),
             raw("</code></small></th><td class=\"short-col\" data-label=\"Role\">"), esc(wr_view_role_words(p->a, r->question->role)), raw("</td><td data-label=\"Standing\">"));
        if (r->answer.len > 0)
            HTML(p->b, raw("lapsed on "), esc(wr_view_day(p->a, r->expires_at)), raw(": was "), esc(r->answer), raw(", by "),
                 name_of(r->by));
        else
            wr_buf_addc(p->b, "never answered");
        wr_buf_addc(p->b, "</td></tr>\n");
    }
    wr_buf_addc(p->b, "</tbody></table></details>\n");
}

/* Intake facts are no records yet: until they are, each is unanswered, and no rule has set an outcome aside. */
static void facts(const wr_page *p)
{
    const wr_value *list = wr_get(p->v->d->assessment->profile->tailoring, "facts");
    if (wr_count_of(list) == 0)
        return;
    HTML(p->b, raw("<h3>Intake facts without an answer</h3>\n<p class=\"note\">Facts about the organization can set outcomes aside or move their "
                   "priority. An unanswered fact changes nothing.</p>\n<details class=\"drill\"><summary>"), num(wr_count_of(list)),
         raw(" facts</summary>\n<ul class=\"plainlist\">\n"));
    for (WR_EACH(f, list))
        HTML(p->b, raw("<li>"), esc(wr_get_string(f, "ask")), raw(" <small><code>"), esc(wr_get_string(f, "id")),
             raw("</code></small></li>\n"));
    wr_buf_addc(p->b, "</ul></details>\n");
}

void wr_html_unseen(const wr_page *p)
{
    scans(p);
    unread(p);
    checks(p, WR_NOT_OBSERVABLE, "Checks that could not be observed here",
           "Their source was not watching, or does not exist in this version. The outcomes that rest on them stay unknown.");
    checks(p, WR_NOTHING_TO_JUDGE, "Checks with nothing to judge", "Scans ran and found nothing of the kind that these checks judge.");
    questions(p);
    facts(p);
}
