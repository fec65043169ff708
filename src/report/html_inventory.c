#include "report/html.h"

/* What a reader wants to see of an asset before opening it: a few properties of its kind. */
static const char *const brief_of[WR_KINDS][4] = {
    [WR_SYSTEM] = { "purpose", "criticality", "public", "user_types" },
    [WR_MODEL] = { "version", "hosting", "format", "license" },
    [WR_PROVIDER] = { "assessed_at", "cleared_classes", NULL, NULL },
    [WR_ENDPOINT] = { "kind", "address", "auth", NULL },
    [WR_DATASET] = { "purpose", "origin", "data_classes", NULL },
    [WR_RETRIEVAL] = { "origin", "content_trust", "data_classes", NULL },
    [WR_PROMPT] = { "role", "versioned", NULL, NULL },
    [WR_AGENT] = { "autonomy", "runs_code", "sandbox", "reaches_outside" },
    [WR_TOOL] = { "effect", "reach", "version", NULL },
    [WR_PIPELINE] = { "purpose", "deploys_to", NULL, NULL },
    [WR_LIBRARY] = { "version", "supported", NULL, NULL },
    [WR_CREDENTIAL] = { "type", "storage", "expires_at", NULL },
    [WR_PRINCIPAL] = { "type", "role", "mfa", NULL },
    [WR_ENVIRONMENT] = { "role", "egress", NULL, NULL },
};

static void brief(const wr_page *p, const wr_view_asset *x)
{
    wr_buf_addc(p->b, "<span class=\"brief\">");
    if (x->kind == WR_SYSTEM && !x->ruled)
        wr_buf_addc(p->b, "<span class=\"chip warn\">proposed by the scan</span> ");
    if (x->kind == WR_SYSTEM && x->ruled && !x->confirmed)
        wr_buf_addc(p->b, "<span class=\"chip warn\">ruled out</span> ");
    if (x->environment.len > 0)
        HTML(p->b, raw(x->production ? "<span class=\"chip live\">" : "<span class=\"chip\">"),
             raw(x->production && !wr_slice_is(x->environment, "production") ? "production: " : ""),
             escn(x->environment, 40), raw("</span> "));
    if (x->findings > 0)
        HTML(p->b, raw("<span class=\"chip bad\">"), num(x->findings), raw(x->findings == 1 ? " finding" : " findings"), raw("</span> "));
    bool first = true;
    for (int i = 0; i < 4 && brief_of[x->kind][i] != NULL; i++) {
        const wr_slice text = wr_view_text(p->a, x->value, brief_of[x->kind][i]);
        if (text.len == 0)
            continue;
        wr_buf_addc(p->b, first ? "" : " \xC2\xB7 ");
        if (strcmp(brief_of[x->kind][i], "purpose") != 0)
            HTML(p->b, raw("<i>"), esc(wr_view_spaced(p->a, wr_slice_of(brief_of[x->kind][i]))), raw("</i> "));
        wr_buf_addc(p->b, "<bdi>");
        HTML(p->b, escn(text, 90), raw("</bdi>"));
        first = false;
    }
    wr_buf_addc(p->b, "</span>");
}

static void properties(const wr_page *p, const wr_view_asset *x)
{
    const wr_value *all = wr_get(x->value, "properties");
    if (wr_count_of(all) == 0)
        return;
    HTML(p->b, raw("<table class=\"plain props\"><caption>Properties of "), escn(x->name, 60),
         raw("</caption><thead><tr><th scope=\"col\">Property</th>"
         "<th scope=\"col\">Value</th><th scope=\"col\">How it is known</th></tr></thead><tbody>\n"));
    for (WR_EACH_MEMBER(m, all)) {
        wr_view_property q;
        if (!wr_view_property_of(p->a, m, &q))
            continue;
        HTML(p->b, raw("<tr><th scope=\"row\">"), escn(wr_view_spaced(p->a, q.name), 80), raw("</th><td>"), name_of(q.text),
             raw("</td><td>"));
        const bool said = wr_slice_starts(q.how, "declared"); /* a scan read what people wrote: that is no observation */
        if (!said)
            HTML(p->b, escn(q.origin, 20), raw(q.how.len > 0 ? ": " : ""));
        HTML(p->b, escn(q.how, 160));
        if (q.path.len > 0) {
            wr_buf_char(p->b, ' ');
            wr_html_place(p->b, wr_view_place(p->a, &m->value));
        }
        wr_buf_addc(p->b, "</td></tr>\n");
    }
    wr_buf_addc(p->b, "</tbody></table>\n");
}

static void related(const wr_page *p, size_t other, const char *words, bool outgoing)
{
    const wr_view_asset *y = &p->v->assets[other];
    HTML(p->b, raw("<li>"), raw(outgoing ? words : ""), raw(outgoing ? " " : ""), raw("<a href=\"#"),
         esc(wr_anchor_asset(p->a, p->v, other)),
         raw("\">"), name_of(y->name), raw("</a> <small>"), raw(wr_view_kind_words(y->kind, false)), raw("</small>"),
         raw(outgoing ? "" : " "), raw(outgoing ? "" : words), raw(outgoing ? "</li>\n" : " this</li>\n"));
}

static void relations(const wr_page *p, size_t at)
{
    const wr_view *v = p->v;
    const size_t out = v->out_first[at + 1] - v->out_first[at], in = v->in_first[at + 1] - v->in_first[at];
    if (out + in == 0)
        return;
    wr_buf_addc(p->b, "<ul class=\"rel\">\n");
    for (size_t i = 0; i < out && i < WR_HTML_RELATIONS_MOST; i++) {
        const wr_view_link *l = &v->links[v->out_first[at] + i];
        related(p, l->to, wr_view_relation_words(l->type), true);
    }
    for (size_t i = 0; i < in && i < WR_HTML_RELATIONS_MOST; i++) {
        const wr_view_link *l = &v->links[v->in[v->in_first[at] + i]];
        if (l->type == WR_DECLARED_IN)
            continue; /* said at the asset that is declared */
        related(p, l->from, wr_view_relation_words(l->type), false);
    }
    if (out > WR_HTML_RELATIONS_MOST || in > WR_HTML_RELATIONS_MOST)
        HTML(p->b, raw("<li class=\"note\">In all "), num(out), raw(" relations from it and "), num(in), raw(" to it; the first "),
             num(WR_HTML_RELATIONS_MOST), raw(" each way are listed.</li>\n"));
    wr_buf_addc(p->b, "</ul>\n");
}

static void places(const wr_page *p, const wr_view_asset *x)
{
    const wr_value *seen = wr_get(x->value, "seen");
    const size_t count = wr_count_of(seen);
    if (count == 0) {
        wr_buf_addc(p->b, "<p class=\"seen\">Not seen by a scan: people declared it.</p>\n");
        return;
    }
    size_t n = 0;
    wr_buf_addc(p->b, "<p class=\"seen\">Seen in ");
    for (WR_EACH(s, seen)) {
        if (n++ == WR_HTML_PLACES_MOST)
            break;
        wr_buf_addc(p->b, n > 1 ? ", " : "");
        wr_html_place(p->b, wr_view_place(p->a, s));
    }
    if (count > WR_HTML_PLACES_MOST)
        HTML(p->b, raw(" and in "), num(count - WR_HTML_PLACES_MOST), raw(" more places"));
    wr_buf_addc(p->b, ".</p>\n");
}

static void asset(const wr_page *p, size_t at)
{
    const wr_view_asset *x = &p->v->assets[at];
    HTML(p->b, raw("<details class=\"asset\" id=\""), esc(wr_anchor_asset(p->a, p->v, at)), raw("\"><summary><span class=\"name\">"),
         name_of(x->name),
         raw("</span> "));
    brief(p, x);
    const wr_value *seen = wr_get(x->value, "seen");
    wr_buf_addc(p->b, "<span class=\"where\">");
    if (wr_is(seen, WR_ARRAY) && seen->u.items.first != NULL) {
        wr_html_place(p->b, wr_view_place(p->a, seen->u.items.first));
        if (wr_count_of(seen) > 1)
            HTML(p->b, raw(" <small>+"), num(wr_count_of(seen) - 1), raw("</small>"));
    } else {
        wr_buf_addc(p->b, "declared");
    }
    HTML(p->b, raw("</span></summary>\n<div class=\"body\">\n<p class=\"id\">Id <code>"), escn(x->id, 300), raw("</code></p>\n"));
    places(p, x);
    properties(p, x);
    relations(p, at);
    wr_buf_addc(p->b, "</div></details>\n");
}

static void kind(const wr_page *p, wr_kind k)
{
    const size_t count = p->v->kind_count[k], first = p->v->kind_first[k];
    wr_buf_printf(p->b, "<h4 id=\"kind-%s\"><svg class=\"kind k-%s\" width=\"18\" height=\"18\" aria-hidden=\"true\"><use href=\"#g-%s\"/></svg> ",
                  wr_kind_name(k), wr_kind_name(k), wr_kind_name(k));
    HTML(p->b, raw("<span class=\"cap\">"), raw(wr_view_kind_words(k, true)), raw("</span> <span class=\"n\">"), num(count),
         raw("</span></h4>\n"));
    if (count == 0) {
        wr_buf_addc(p->b, "<p class=\"empty\">None found.</p>\n");
        return;
    }
    wr_buf_addc(p->b, "<div class=\"assets\">\n");
    for (size_t i = 0; i < count && i < WR_HTML_ASSETS_MOST; i++)
        asset(p, first + i);
    wr_buf_addc(p->b, "</div>\n");
    if (count > WR_HTML_ASSETS_MOST)
        HTML(p->b, raw("<p class=\"note\">The first "), num(WR_HTML_ASSETS_MOST), raw(" of "), num(count),
             raw(" are listed. <code>warrant inventory list "), raw(wr_kind_name(k)), raw("</code> lists all of them.</p>\n"));
}

void wr_html_inventory(const wr_page *p)
{
    wr_buf_addc(p->b, "<h3>How it hangs together</h3>\n");
    wr_graph_svg(p->b, p->a, p->v, p->graph);
    wr_buf_addc(p->b, "<h3>By kind</h3>\n<p class=\"note\">Open an entry to see its properties, each with the place where it was read, or "
                      "that a person declared it.</p>\n");
    for (int k = 0; k < WR_KINDS; k++)
        kind(p, (wr_kind)k);
}
