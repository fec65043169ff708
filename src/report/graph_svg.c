/* graph_svg.c - the graph as inline SVG and as a table. Colours and strokes are classes of report.css. */
#include "report/graph.h"
#include "report/story.h"

#define MARGIN 12

static const char *const line_class[WR_STROKES] = {
    [WR_STROKE_USE] = "use", [WR_STROKE_DATA] = "data", [WR_STROKE_CONTROL] = "control", [WR_STROKE_SUPPLY] = "supply",
    [WR_STROKE_TRUST] = "trust",
};
static const char *const line_words[WR_STROKES] = {
    [WR_STROKE_USE] = "uses, calls", [WR_STROKE_DATA] = "retrieves from, trained on, derived from",
    [WR_STROKE_CONTROL] = "instructed by, delegates to, may change", [WR_STROKE_SUPPLY] = "provided by",
    [WR_STROKE_TRUST] = "owned by, authenticates with",
};

static void draw_path(wr_buf *b, const wr_graph_edge *e)
{
    wr_buf_printf(b, "M%d %d", e->points[0].x, e->points[0].y);
    for (size_t i = 1; i < e->point_count; i++) {
        const wr_graph_point p = e->points[i - 1], q = e->points[i];
        if (p.y == q.y)
            wr_buf_printf(b, "H%d", q.x);
        else
            wr_buf_printf(b, "C%d %d %d %d %d %d", (p.x + q.x) / 2, p.y, (p.x + q.x) / 2, q.y, q.x, q.y);
    }
}

static wr_slice named(const wr_view *v, const wr_graph_node *n)
{
    return n->count > 1 ? n->label : v->assets[n->asset].name;
}

static void draw_edges(wr_buf *b, const wr_view *v, const wr_graph *g)
{
    wr_buf_addc(b, "<g class=\"edges\">\n");
    for (size_t i = 0; i < g->edge_count; i++) {
        const wr_graph_edge *e = &g->edges[i];
        HTML(b, raw("<path class=\"e-"), raw(line_class[wr_stroke_of(e->type)]), raw(e->through ? " through" : ""),
             raw("\" marker-end=\"url(#tip-"), raw(line_class[wr_stroke_of(e->type)]), raw(")\" d=\""));
        draw_path(b, e);
        HTML(b, raw("\"><title>"), escn(named(v, &g->nodes[e->from]), 80), raw(" "),
             raw(e->through ? "reaches" : wr_view_relation_words(e->type)), raw(" "), escn(named(v, &g->nodes[e->to]), 80),
             raw("</title></path>\n"));
    }
    wr_buf_addc(b, "</g>\n");
}

/* Each kind has a glyph of its own, so that nothing depends on colour. */
static void draw_node(wr_buf *b, wr_arena *a, const wr_view *v, const wr_graph_node *n)
{
    const wr_view_asset *x = &v->assets[n->asset];
    HTML(b, raw("<a href=\"#"), raw(n->count > 1 ? "kind-" : ""),
         n->count > 1 ? raw(wr_kind_name(x->kind)) : esc(wr_anchor_asset(a, v, n->asset)), raw("\">"));
    wr_buf_printf(b, "<g class=\"node k-%s%s\" transform=\"translate(%d %d)\">", wr_kind_name(x->kind),
                  x->production ? " production" : "", n->x, n->y);
    HTML(b, raw("<title>"), escn(named(v, n), 80), raw(", "), raw(wr_view_kind_words(x->kind, n->count > 1)), raw("</title>"));
    if (n->count > 1)
        wr_buf_printf(b, "<rect class=\"under\" x=\"4\" y=\"4\" width=\"%d\" height=\"%d\" rx=\"7\"/>", WR_GRAPH_NODE_W, WR_GRAPH_NODE_H);
    wr_buf_printf(b, "<rect class=\"box\" width=\"%d\" height=\"%d\" rx=\"7\"/>", WR_GRAPH_NODE_W, WR_GRAPH_NODE_H);
    wr_buf_printf(b, "<use href=\"#g-%s\" x=\"9\" y=\"12\" width=\"16\" height=\"16\"/>", wr_kind_name(x->kind));
    /* The inner svg clips: whatever font is there, a label stays in its box. */
    wr_buf_printf(b, "<svg x=\"32\" width=\"%d\" height=\"%d\">", WR_GRAPH_NODE_W - 36, WR_GRAPH_NODE_H);
    HTML(b, raw("<text class=\"label\" y=\"17\">"), esc(n->label), raw("</text><text class=\"below\" y=\"32\">"), esc(n->below),
         raw("</text></svg>"));
    if (x->findings > 0 && n->count == 1)
        wr_buf_printf(b, "<path class=\"flag\" d=\"M%d -3l7 12h-14z\"><title>%zu open finding%s</title></path>", WR_GRAPH_NODE_W - 6,
                      x->findings, x->findings == 1 ? "" : "s");
    wr_buf_addc(b, "</g></a>\n");
}

static void legend(wr_buf *b, const wr_view *v, const wr_graph *g)
{
    bool kinds[WR_KINDS] = { false }, lines[WR_STROKES] = { false };
    for (size_t i = 0; i < g->node_count; i++)
        kinds[v->assets[g->nodes[i].asset].kind] = true;
    for (size_t i = 0; i < g->edge_count; i++)
        lines[wr_stroke_of(g->edges[i].type)] = true;
    wr_buf_addc(b, "<ul class=\"legend\" aria-label=\"Legend of the graph\">");
    for (int k = 0; k < WR_KINDS; k++)
        if (kinds[k])
            wr_buf_printf(b, "<li class=\"k-%s\"><svg width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#g-%s\"/></svg> %s</li>",
                          wr_kind_name((wr_kind)k), wr_kind_name((wr_kind)k), wr_view_kind_words((wr_kind)k, false));
    for (int l = 0; l < WR_STROKES; l++)
        if (lines[l])
            wr_buf_printf(b, "<li><svg class=\"edges\" width=\"34\" height=\"16\" aria-hidden=\"true\"><path class=\"e-%s\" d=\"M1 8H33\"/></svg> %s</li>",
                          line_class[l], line_words[l]);
    wr_buf_addc(b, "<li><svg class=\"swatch\" width=\"22\" height=\"16\" aria-hidden=\"true\"><rect class=\"production\" x=\"1.5\" y=\"1.5\" "
                   "width=\"19\" height=\"13\" rx=\"3\"/></svg> in production</li>"
                   "<li><svg width=\"16\" height=\"16\" aria-hidden=\"true\"><path class=\"flag\" d=\"M8 2l7 12h-14z\"/></svg> open finding</li></ul>\n");
}

static void markers(wr_buf *b)
{
    wr_buf_addc(b, "<defs>");
    for (int l = 0; l < WR_STROKES; l++)
        wr_buf_printf(b, "<marker id=\"tip-%s\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
                         "orient=\"auto\"><path class=\"t-%s\" d=\"M0 .8 7.5 4 0 7.2z\"/></marker>", line_class[l], line_class[l]);
    wr_buf_addc(b, "</defs>\n");
}

/* The same in words, for who cannot see the picture or wants to search it. */
static void table(wr_buf *b, wr_arena *a, const wr_view *v, const wr_graph *g)
{
    HTML(b, raw("<details class=\"drill\"><summary>The graph in words: "), num(g->edge_count),
         raw(" relations</summary>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"The graph in words\">"
             "<table class=\"plain\"><caption>Every relation that the graph draws</caption><thead><tr>"
             "<th scope=\"col\">From</th><th scope=\"col\">relation</th><th scope=\"col\">To</th></tr></thead><tbody>\n"));
    for (size_t i = 0; i < g->edge_count; i++) {
        const wr_graph_edge *e = &g->edges[i];
        const wr_graph_node *ends[2] = { &g->nodes[e->from], &g->nodes[e->to] };
        wr_buf_addc(b, "<tr>");
        for (int k = 0; k < 2; k++) {
            const bool many = ends[k]->count > 1;
            HTML(b, raw("<td><a href=\"#"), raw(many ? "kind-" : ""),
                 many ? raw(wr_kind_name(v->assets[ends[k]->asset].kind)) : esc(wr_anchor_asset(a, v, ends[k]->asset)), raw("\">"),
                 name_of(named(v, ends[k])), raw("</a></td>"));
            if (k == 0)
                HTML(b, raw("<td>"), raw(e->through ? "reaches" : wr_view_relation_words(e->type)), raw("</td>"));
        }
        wr_buf_addc(b, "</tr>\n");
    }
    wr_buf_addc(b, "</tbody></table></div></details>\n");
}

void wr_graph_svg(wr_buf *b, wr_arena *a, const wr_view *v, const wr_graph *g)
{
    if (g->node_count == 0) {
        wr_buf_addc(b, "<p class=\"empty\">There is nothing to draw.</p>\n");
        return;
    }
    const int width = g->width + 2 * MARGIN + 6, height = g->height + 2 * MARGIN + 6;
    legend(b, v, g);
    wr_buf_printf(b, "<div class=\"scroll graph\" tabindex=\"0\" role=\"region\" aria-label=\"Graph of the inventory\">\n"
                     "<svg viewBox=\"%d %d %d %d\" width=\"%d\" height=\"%d\" style=\"min-width:%dpx\" role=\"group\" aria-labelledby=\"graph-title\" aria-describedby=\"graph-desc\">\n",
                  -MARGIN, -MARGIN, width, height, width, height, width * 8 / 10);
    HTML(b, raw("<title id=\"graph-title\">How the AI in use hangs together</title><desc id=\"graph-desc\">"), num(g->node_count),
         raw(" boxes and "), num(g->edge_count), raw(" arrows, from those who start on the left to those who provide on the right. "
             "The same relations stand in a table below.</desc>\n"));
    markers(b);
    draw_edges(b, v, g);
    wr_buf_addc(b, "<g class=\"nodes\">\n");
    for (size_t i = 0; i < g->node_count; i++)
        draw_node(b, a, v, &g->nodes[i]);
    wr_buf_addc(b, "</g></svg></div>\n");
    wr_buf_addc(b, "<p class=\"note\">");
    if (g->reduced)
        HTML(b, raw("There are more than "), num(WR_GRAPH_NODES_MOST),
             raw(" assets to draw. Only systems, agents, models and providers are "
             "shown, joined where one reaches the other. "));
    if (g->left_out > 0)
        HTML(b, num(g->left_out), raw(" more are not drawn. "));
    if (g->bundled > 0)
        HTML(b, num(g->bundled), raw(" assets that are joined to the same things share a box, which says how many it stands for. "));
    wr_buf_addc(b, "For one asset and what is near it, type <code>warrant inventory graph ASSET</code>.</p>\n");
    table(b, a, v, g);
}
