/* html.c - the frame of the HTML report and its table of sections. */
#include <warrant/data.h>

#include "report/html.h"
#include "report/writers.h"

static const struct {
    const char *id, *title, *about;
    void (*write)(const wr_page *p);
} sections[] = {
    { "summary", "Summary", NULL, wr_html_summary },
    { "outcomes", "Outcomes", "The six functions of the Profile against its three focus areas, down to every outcome.", wr_html_outcomes },
    { "inventory", "Inventory", "What was found or declared, where, and how it hangs together.", wr_html_inventory },
    { "findings", "Findings", "Defects seen in files and configuration, worst first.", wr_html_findings },
    { "gaps", "Gaps", "Checks that fall short. Each heading says what should hold; below it stand what does not, why it matters and what to do.", wr_html_gaps },
    { "plan", "Plan", "What to do, in order, by whom.", wr_html_plan },
    { "not-seen", "What was not looked at", "Unknown is unknown: what follows counts neither for nor against.", wr_html_unseen },
    { "verify", "Verify this report", "Every statement rests on a record in a log that you can check.", wr_html_verify },
};
#define SECTIONS (sizeof sections / sizeof sections[0])

static const char policy[] = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

static void head(const wr_page *p, wr_slice org)
{
    HTML(p->b, raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\""),
         raw(policy), raw("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                          "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
                          "<meta name=\"robots\" content=\"noindex\">\n<meta name=\"generator\" content=\"Warrant "),
         esc(p->v->d->version), raw("\">\n<title>AI security report"), raw(org.len > 0 ? ": " : ""), escn(org, 80),
         raw("</title>\n<style>\n"));
    wr_buf_adds(p->b, wr_data("src/report/assets/report.css"));
    wr_buf_addc(p->b, "</style>\n</head>\n");
}

static void masthead(const wr_page *p, wr_slice org)
{
    const wr_report_data *d = p->v->d;
    HTML(p->b, raw("<body>\n<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"));
    wr_html_symbols(p->b);
    HTML(p->b, raw("<header class=\"masthead\">\n<div class=\"title\">\n<p class=\"brand\">Warrant</p>\n<h1>AI security report"),
         raw(org.len > 0 ? "<span class=\"org\">" : ""));
    if (org.len > 0)
        HTML(p->b, name_of(org), raw("</span>"));
    HTML(p->b, raw("</h1>\n<p class=\"headline\">"), story(p->story->headline),
         raw("</p>\n<dl class=\"meta\">\n<div><dt>As of</dt><dd><time datetime=\""),
         esc(wr_time_text(p->a, d->at)), raw("\">"), esc(wr_view_day(p->a, d->at)), raw(" "),
         esc(wr_slice_part(wr_time_text(p->a, d->at), 11, 5)), raw(" UTC</time></dd></div>\n<div><dt>Profile</dt><dd>"),
         esc(d->assessment->edition), raw("</dd></div>\n<div><dt>Records</dt><dd>"), num(d->ledger.size),
         raw("</dd></div>\n<div><dt>Anchored outside</dt><dd>"),
         d->ledger.anchored_at != 0 ? esc(wr_view_day(p->a, d->ledger.anchored_at)) : raw("never"), raw("</dd></div>\n</dl>\n</div>\n"));
    HTML(p->b, raw("<figure class=\"stamp\">"));
    wr_html_seal(p->b, &d->assessment->digest);
    HTML(p->b, raw("<figcaption>Seal of assessment <code>"),
         esc(wr_slice_part(wr_hex_of(p->a, d->assessment->digest.bytes, WR_HASH_LEN), 0, 12)),
         raw("</code></figcaption></figure>\n</header>\n"));
}

static void contents(const wr_page *p)
{
    wr_buf_addc(p->b, "<nav class=\"contents\" aria-label=\"Sections\"><ol>\n");
    for (size_t i = 0; i < SECTIONS; i++)
        wr_buf_printf(p->b, "<li><a href=\"#%s\">%s</a></li>\n", sections[i].id, sections[i].title);
    wr_buf_addc(p->b, "</ol></nav>\n");
}

static wr_status write_html(const wr_report_data *d, wr_arena *a, wr_buf *ret, wr_error *err)
{
    const wr_view *v = NULL;
    wr_graph graph = { 0 };
    wr_story told;
    wr_status s = wr_view_make(d, a, &v, err);
    if (s == WR_OK)
        s = wr_graph_make(v, a, &graph, err);
    if (s == WR_OK)
        s = wr_story_tell(v, a, &told, err);
    if (s != WR_OK)
        return s;
    const wr_page p = { ret, a, v, &told, &graph };
    head(&p, d->organization);
    masthead(&p, d->organization);
    wr_buf_addc(ret, "<div class=\"page\">\n");
    contents(&p);
    wr_buf_addc(ret, "<main id=\"main\">\n");
    for (size_t i = 0; i < SECTIONS; i++) {
        wr_buf_printf(ret, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\"><span class=\"no\">%zu</span> %s</h2>\n",
                      sections[i].id, sections[i].id, sections[i].id, i + 1, sections[i].title);
        if (sections[i].about != NULL)
            wr_buf_printf(ret, "<p class=\"about\">%s</p>\n", sections[i].about);
        sections[i].write(&p);
        wr_buf_addc(ret, "</section>\n");
    }
    HTML(ret, raw("</main>\n</div>\n<footer class=\"colophon\"><p>Made by Warrant "), esc(d->version),
         raw(" from the record of "), d->ledger.origin.len > 0 ? esc(d->ledger.origin) : raw("this workspace"),
         raw(". The wording of outcomes is Warrant's own; their identifiers and priorities are those of NIST IR 8596. "
             "This file asks for nothing from outside and holds no script.</p></footer>\n</body>\n</html>\n"));
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "the HTML report");
}

const wr_report_writer wr_report_html = {
    .format = "html", .extension = "html", .about = "one self-contained page: to read, print and send", .write = write_html,
};
