/* graph.c - which nodes and edges are drawn. */
#include "report/graph.h"

#include <stdlib.h>

/* Environments are told on the nodes; a relation that only says where something was declared is drawn only where
 * nothing else joins the two. */
static bool drawn_kind(wr_kind k) { return k != WR_ENVIRONMENT; }

static bool reduced_kind(wr_kind k)
{
    return k == WR_SYSTEM || k == WR_AGENT || k == WR_MODEL || k == WR_PROVIDER;
}

typedef struct {
    const wr_view *v;
    wr_arena *a;
    size_t *node_of;      /* asset to node, WR_NO_ASSET for none */
    wr_graph_node *nodes;
    size_t node_count;
    wr_graph_edge *edges;
    size_t edge_count;
} maker;

static bool drawn_link(const wr_view *v, const wr_view_link *l)
{
    return l->from != l->to && l->type != WR_RUNS_IN && drawn_kind(v->assets[l->from].kind) && drawn_kind(v->assets[l->to].kind);
}

/* Whether the asset has a drawn relation other than declared-in. */
static bool otherwise_joined(const wr_view *v, size_t asset)
{
    for (size_t i = v->out_first[asset]; i < v->out_first[asset + 1]; i++)
        if (drawn_link(v, &v->links[i]) && v->links[i].type != WR_DECLARED_IN)
            return true;
    for (size_t i = v->in_first[asset]; i < v->in_first[asset + 1]; i++)
        if (drawn_link(v, &v->links[v->in[i]]) && v->links[v->in[i]].type != WR_DECLARED_IN)
            return true;
    return false;
}

static bool kept_link(const wr_view *v, const wr_view_link *l)
{
    return drawn_link(v, l) && (l->type != WR_DECLARED_IN || !otherwise_joined(v, l->from));
}

/* What an asset is joined to, as a hash: assets of a kind with equal ones may share a node. */
static uint64_t mix(uint64_t h, uint64_t n)
{
    h ^= n + 0x9E3779B97F4A7C15u + (h << 6) + (h >> 2);
    return h * 0xD6E8FEB86659FD93u;
}

static uint64_t neighbours(const wr_view *v, size_t asset)
{
    uint64_t h = 1;
    for (size_t i = v->out_first[asset]; i < v->out_first[asset + 1]; i++)
        if (kept_link(v, &v->links[i]))
            h = mix(h, v->links[i].to * 64 + v->links[i].type);
    for (size_t i = v->in_first[asset]; i < v->in_first[asset + 1]; i++)
        if (kept_link(v, &v->links[v->in[i]]))
            h = mix(h, v->links[v->in[i]].from * 64 + 32 + v->links[v->in[i]].type);
    return h;
}

typedef struct { wr_kind kind; uint64_t neighbours; wr_slice environment; size_t asset; bool flawed; } bundle;

static int compare_bundles(const void *x, const void *y)
{
    const bundle *a = x, *b = y;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->flawed != b->flawed)
        return a->flawed ? 1 : -1;
    if (a->neighbours != b->neighbours)
        return a->neighbours < b->neighbours ? -1 : 1;
    const int c = wr_slice_cmp(a->environment, b->environment);
    return c != 0 ? c : a->asset < b->asset ? -1 : a->asset > b->asset;
}

/* How many with the same neighbours share a node; 0: never. What has a finding stands alone. */
static size_t shared_from(wr_kind k)
{
    switch (k) {
    case WR_SYSTEM: case WR_AGENT: case WR_PROVIDER: return 0;
    case WR_MODEL: return 5;
    case WR_LIBRARY: return 2;
    default: return 3;
    }
}

/* Gives every asset its representative: itself, or the first of enough with the same neighbours. */
static wr_status represent(const wr_view *v, wr_arena *a, size_t *rep, wr_error *err)
{
    bundle *all = wr_arena_array(a, bundle, v->asset_count + 1);
    if (all == NULL)
        return wr_over(err, "the report's graph");
    for (size_t i = 0; i < v->asset_count; i++) {
        all[i] = (bundle){ v->assets[i].kind, neighbours(v, i), v->assets[i].environment, i, v->assets[i].findings > 0 };
        rep[i] = i;
    }
    if (v->asset_count > 0)
        qsort(all, v->asset_count, sizeof *all, compare_bundles);
    for (size_t i = 0, j; i < v->asset_count; i = j) {
        for (j = i + 1; j < v->asset_count && all[j].kind == all[i].kind && all[j].neighbours == all[i].neighbours &&
                        all[j].flawed == all[i].flawed && wr_slice_eq(all[j].environment, all[i].environment); j++)
            ;
        if (all[i].flawed || shared_from(all[i].kind) == 0 || j - i < shared_from(all[i].kind))
            continue;
        for (size_t k = i; k < j; k++)
            rep[all[k].asset] = all[i].asset;
    }
    return WR_OK;
}

/* How wide a label is drawn at 13 px, in tenths of a pixel, on the safe side for any system font. */
static int wide(unsigned char lead)
{
    if (lead >= 0xE3)
        return 140; /* CJK, emoji */
    if (lead >= 0x80)
        return 95;
    if (strchr("ijlI.,:;'|!()[]/-", lead) != NULL)
        return 52;
    return strchr("mwMW@%", lead) != NULL ? 122 : 84;
}

static wr_slice fit(wr_arena *a, wr_slice text, int room)
{
    const wr_slice clean = wr_clean(a, text, 80);
    int used = 0;
    size_t fits = 0; /* bytes that fit beside an ellipsis */
    for (size_t i = 0; i < clean.len; i++) {
        const unsigned char c = (unsigned char)clean.at[i];
        if ((c & 0xC0) == 0x80)
            continue;
        if (used <= room * 10 - 120)
            fits = i;
        used += wide(c);
    }
    if (used <= room * 10)
        return clean;
    return wr_arena_printf(a, WR_FMT "\xE2\x80\xA6", WR_ARG(wr_slice_part(clean, 0, fits)));
}

static void label(maker *m, wr_graph_node *n)
{
    const wr_view_asset *x = &m->v->assets[n->asset];
    const char *kind = wr_view_kind_words(x->kind, n->count > 1);
    const int room = WR_GRAPH_NODE_W - 40;
    n->label = n->count > 1 ? wr_arena_printf(m->a, "%zu %s", n->count, kind) : fit(m->a, x->name, room);
    wr_slice below = wr_slice_of(kind);
    if (n->count > 1)
        below = wr_arena_printf(m->a, WR_FMT " \xE2\x80\xA6", WR_ARG(wr_clean(m->a, x->name, 60)));
    else if (x->environment.len > 0)
        below = wr_arena_printf(m->a, "%s, " WR_FMT, kind, WR_ARG(wr_clean(m->a, x->environment, 60)));
    n->below = fit(m->a, below, room * 13 / 11);
}

static wr_status make_nodes(maker *m, const size_t *rep, bool reduced, wr_graph *g, wr_error *err)
{
    const wr_view *v = m->v;
    m->nodes = wr_arena_array(m->a, wr_graph_node, WR_GRAPH_NODES_MOST + 1);
    m->node_count = 0;
    g->left_out = g->bundled = 0;
    if (m->nodes == NULL)
        return wr_over(err, "the report's graph");
    for (size_t i = 0; i < v->asset_count; i++)
        m->node_of[i] = WR_NO_ASSET;
    for (size_t i = 0; i < v->asset_count; i++) {
        const wr_kind k = v->assets[i].kind;
        if (!drawn_kind(k) || (reduced && !reduced_kind(k)))
            continue;
        const size_t r = reduced ? i : rep[i];
        if (m->node_of[r] != WR_NO_ASSET) { /* the representative comes first: bundles are sorted by position */
            m->node_of[i] = m->node_of[r];
            m->nodes[m->node_of[r]].count++;
            continue;
        }
        if (m->node_count == WR_GRAPH_NODES_MOST) {
            g->left_out++;
            continue;
        }
        m->node_of[i] = m->node_count;
        m->nodes[m->node_count++] = (wr_graph_node){ .asset = i, .count = 1 };
    }
    bool people = false;
    for (size_t i = 0; i < m->node_count; i++)
        people = people || v->assets[m->nodes[i].asset].kind == WR_PRINCIPAL;
    for (size_t i = 0; i < m->node_count; i++) {
        const wr_kind k = v->assets[m->nodes[i].asset].kind;
        m->nodes[i].stays = k == WR_PRINCIPAL || k == WR_SYSTEM; /* a column of people, then one of systems */
        m->nodes[i].layer = k == WR_SYSTEM && people;
        label(m, &m->nodes[i]);
        if (m->nodes[i].label.at == NULL || m->nodes[i].below.at == NULL)
            return wr_over(err, "the report's graph");
        g->bundled += m->nodes[i].count > 1 ? m->nodes[i].count : 0;
    }
    return WR_OK;
}

static int compare_edges(const void *x, const void *y)
{
    const wr_graph_edge *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return a->type == b->type ? 0 : a->type < b->type ? -1 : 1;
}

/* From one drawn asset through those that are not drawn to the next drawn ones: a walk with marks. */
static void walk(maker *m, size_t from, size_t *stack, size_t *mark, size_t most)
{
    const wr_view *v = m->v;
    size_t depth = 0;
    stack[depth++] = from;
    mark[from] = from + 1;
    while (depth > 0) {
        const size_t at = stack[--depth];
        for (size_t i = v->out_first[at]; i < v->out_first[at + 1]; i++) {
            const wr_view_link *l = &v->links[i];
            if (!drawn_link(v, l) || l->type == WR_DECLARED_IN || l->type == WR_OWNED_BY || mark[l->to] == from + 1)
                continue;
            mark[l->to] = from + 1;
            if (m->node_of[l->to] == WR_NO_ASSET)
                stack[depth++] = l->to;
            else if (m->edge_count < most)
                m->edges[m->edge_count++] = (wr_graph_edge){ .from = m->node_of[from], .to = m->node_of[l->to],
                                                             .type = at == from ? l->type : WR_USES, .through = at != from };
        }
    }
}

static wr_status make_edges(maker *m, bool reduced, wr_error *err)
{
    const wr_view *v = m->v;
    const size_t most = reduced ? (size_t)WR_GRAPH_NODES_MOST * WR_GRAPH_NODES_MOST : v->link_count;
    m->edges = wr_arena_array(m->a, wr_graph_edge, most + 1);
    size_t *stack = wr_arena_array(m->a, size_t, v->asset_count + 1), *mark = wr_arena_array(m->a, size_t, v->asset_count + 1);
    if (m->edges == NULL || stack == NULL || mark == NULL)
        return wr_over(err, "the report's graph");
    if (reduced) {
        for (size_t i = 0; i < m->node_count; i++)
            walk(m, m->nodes[i].asset, stack, mark, most);
    } else {
        for (size_t i = 0; i < v->link_count; i++) {
            const wr_view_link *l = &v->links[i];
            const size_t f = m->node_of[l->from], t = m->node_of[l->to];
            if (kept_link(v, l) && f != t && f != WR_NO_ASSET && t != WR_NO_ASSET)
                m->edges[m->edge_count++] = (wr_graph_edge){ .from = f, .to = t, .type = l->type };
        }
    }
    if (m->edge_count > 0)
        qsort(m->edges, m->edge_count, sizeof *m->edges, compare_edges);
    size_t kept = 0;
    for (size_t i = 0; i < m->edge_count; i++)
        if (kept == 0 || compare_edges(&m->edges[kept - 1], &m->edges[i]) != 0)
            m->edges[kept++] = m->edges[i];
    m->edge_count = kept;
    return WR_OK;
}

wr_status wr_graph_make(const wr_view *v, wr_arena *a, wr_graph *ret, wr_error *err)
{
    maker m = { .v = v, .a = a };
    wr_graph g = { 0 };
    m.node_of = wr_arena_array(a, size_t, v->asset_count + 1);
    size_t *rep = wr_arena_array(a, size_t, v->asset_count + 1);
    if (m.node_of == NULL || rep == NULL)
        return wr_over(err, "the report's graph");
    wr_status s = represent(v, a, rep, err);
    if (s == WR_OK)
        s = make_nodes(&m, rep, false, &g, err);
    if (s == WR_OK && g.left_out > 0) {
        g.reduced = true;
        s = make_nodes(&m, rep, true, &g, err);
    }
    if (s == WR_OK)
        s = make_edges(&m, g.reduced, err);
    if (s == WR_OK)
        s = wr_graph_layout(m.nodes, m.node_count, m.edges, m.edge_count, a, &g.width, &g.height, err);
    if (s != WR_OK)
        return s;
    g.nodes = m.nodes;
    g.node_count = m.node_count;
    g.edges = m.edges;
    g.edge_count = m.edge_count;
    *ret = g;
    return WR_OK;
}

wr_stroke wr_stroke_of(wr_relation r)
{
    static const wr_stroke lines[WR_RELATIONS] = {
        [WR_USES] = WR_STROKE_USE, [WR_CALLS] = WR_STROKE_USE, [WR_RUNS_IN] = WR_STROKE_USE, [WR_DECLARED_IN] = WR_STROKE_USE,
        [WR_RETRIEVES_FROM] = WR_STROKE_DATA, [WR_TRAINED_ON] = WR_STROKE_DATA, [WR_DERIVED_FROM] = WR_STROKE_DATA,
        [WR_INSTRUCTED_BY] = WR_STROKE_CONTROL, [WR_DELEGATES_TO] = WR_STROKE_CONTROL, [WR_MAY_CHANGE] = WR_STROKE_CONTROL,
        [WR_PROVIDED_BY] = WR_STROKE_SUPPLY, [WR_OWNED_BY] = WR_STROKE_TRUST, [WR_AUTHENTICATES_WITH] = WR_STROKE_TRUST,
    };
    return lines[r];
}
