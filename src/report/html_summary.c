#include "report/html.h"

static void figure(const wr_page *p, uint64_t n, const char *what, const char *href, const char *more)
{
    HTML(p->b, raw("<li><a href=\"#"), raw(href), raw("\"><b>"), num(n), raw("</b> <span>"), raw(what), raw("</span>"));
    if (more != NULL)
        HTML(p->b, raw(" <small>"), raw(more), raw("</small>"));
    wr_buf_addc(p->b, "</a></li>\n");
}

static size_t production(const wr_view *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->asset_count; i++)
        n += v->assets[i].kind == WR_SYSTEM && v->assets[i].production;
    return n;
}

static void figures(const wr_page *p)
{
    const wr_view *v = p->v;
    const wr_assessment *as = v->d->assessment;
    const wr_slice live = wr_arena_printf(p->a, "%zu in production", production(v));
    const wr_slice grave = wr_arena_printf(p->a, "%zu critical, %zu high", v->open[WR_CRITICAL], v->open[WR_HIGH]);
    const wr_slice of = wr_arena_printf(p->a, "of %zu", as->outcome_count);
    wr_buf_addc(p->b, "<ul class=\"figures\" aria-label=\"In figures\">\n");
    figure(p, v->kind_count[WR_SYSTEM], v->kind_count[WR_SYSTEM] == 1 ? "system" : "systems", "kind-system", live.at);
    figure(p, v->kind_count[WR_PROVIDER], v->kind_count[WR_PROVIDER] == 1 ? "provider" : "providers", "kind-provider", NULL);
    figure(p, v->kind_count[WR_MODEL], v->kind_count[WR_MODEL] == 1 ? "model" : "models", "kind-model", NULL);
    figure(p, v->kind_count[WR_AGENT], v->kind_count[WR_AGENT] == 1 ? "agent" : "agents", "kind-agent", NULL);
    figure(p, v->open_count, v->open_count == 1 ? "open finding" : "open findings", "findings", grave.at);
    figure(p, as->states[WR_GAP], "outcomes in gap", "outcomes", of.at);
    figure(p, as->states[WR_MET], "outcomes met", "outcomes", of.at);
    figure(p, as->states[WR_UNKNOWN], "outcomes unknown", "not-seen", of.at);
    wr_buf_addc(p->b, "</ul>\n");
}

static void tag(const wr_page *p, const wr_story_part *part, wr_slice text)
{
    if (text.len == 0)
        return;
    if (strcmp(part->id, "worst") == 0)
        wr_html_severity(p->b, text);
    else
        HTML(p->b, raw("<span class=\"role\">"), esc(text), raw("</span>"));
}

/* Story text is clean already, and its marked names have become markup; backticks are set as code. */
static void said(wr_buf *b, wr_slice text)
{
    bool code = false;
    wr_slice rest = text, part;
    for (bool first = true; wr_slice_split(&rest, '`', &part); first = false) {
        if (!first) {
            wr_buf_addc(b, code ? "</code>" : "<code>");
            code = !code;
        }
        HTML(b, story(part));
    }
    if (code)
        wr_buf_addc(b, "</code>");
}

static void write_part(const wr_page *p, const wr_story_part *part)
{
    HTML(p->b, raw("<article class=\"part\" id=\""), raw(part->id), raw("\">\n<h3>"), raw(part->heading), raw("</h3>\n"));
    if (part->list)
        wr_buf_addc(p->b, strcmp(part->id, "first") == 0 ? "<ol class=\"lines\">\n" : "<ul class=\"lines\">\n");
    for (size_t i = 0; i < part->count; i++) {
        const wr_story_line *l = &part->lines[i];
        wr_buf_addc(p->b, part->list ? "<li>" : "<p>");
        tag(p, part, l->tag);
        if (l->anchor.len > 0)
            HTML(p->b, raw(" <a href=\"#"), esc(l->anchor), raw("\">"));
        said(p->b, l->text);
        wr_buf_addc(p->b, l->anchor.len > 0 ? "</a>" : "");
        wr_buf_addc(p->b, part->list ? "</li>\n" : "</p>\n");
    }
    if (part->list)
        wr_buf_addc(p->b, strcmp(part->id, "first") == 0 ? "</ol>\n" : "</ul>\n");
    wr_buf_addc(p->b, "</article>\n");
}

void wr_html_summary(const wr_page *p)
{
    figures(p);
    wr_buf_addc(p->b, "<div class=\"story\">\n");
    for (size_t i = 0; i < WR_STORY_PARTS; i++)
        write_part(p, &p->story->parts[i]);
    wr_buf_addc(p->b, "</div>\n");
}
