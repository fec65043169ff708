/* The inventory as a graph in Graphviz DOT or Mermaid: present assets, in the order of their ids. */
#include <stdlib.h>
#include <warrant/grow.h>
#include <warrant/inventory.h>

#define LABEL_MOST 60u

typedef struct {
    wr_slice id, name, kind;
    bool kept;
} node;
typedef struct {
    size_t from, to;
    wr_slice type;
} arrow;
typedef struct {
    wr_arena *a;
    node *nodes;
    arrow *arrows;
    size_t node_count, node_room, arrow_count, arrow_room;
    bool failed;
} graph;

static bool add_node(void *ctx, const wr_row *row)
{
    graph *g = ctx;
    if (!wr_grow_in(g->a, &g->nodes, g->node_count, &g->node_room, 256, sizeof *g->nodes))
        return !(g->failed = true);
    g->nodes[g->node_count++] = (node){ wr_arena_dup(g->a, wr_row_text(row, "id")), wr_arena_dup(g->a, wr_row_text(row, "name")),
                                        wr_arena_dup(g->a, wr_row_text(row, "kind")), false };
    const node *n = &g->nodes[g->node_count - 1];
    g->failed = n->id.at == NULL || n->name.at == NULL || n->kind.at == NULL;
    return !g->failed;
}

static int by_id(const void *x, const void *y)
{
    return wr_slice_cmp(((const node *)x)->id, ((const node *)y)->id);
}

static const node *find(const graph *g, wr_slice id)
{
    const node key = { .id = id };
    return g->node_count ? bsearch(&key, g->nodes, g->node_count, sizeof *g->nodes, by_id) : NULL;
}

static bool add_arrow(void *ctx, const wr_row *row)
{
    graph *g = ctx;
    const node *from = find(g, wr_row_text(row, "source")), *to = find(g, wr_row_text(row, "target"));
    if (from == NULL || to == NULL)
        return true; /* the other end is gone, or was never seen */
    if (!wr_grow_in(g->a, &g->arrows, g->arrow_count, &g->arrow_room, 256, sizeof *g->arrows))
        return !(g->failed = true);
    g->arrows[g->arrow_count++] = (arrow){ (size_t)(from - g->nodes), (size_t)(to - g->nodes),
        wr_arena_dup(g->a, wr_row_text(row, "type")) };
    return true;
}

/* One step at a time, in both directions, over all arrows: at most `steps` passes. */
static void keep_near(graph *g, size_t around, int steps)
{
    bool *next = wr_arena_array(g->a, bool, g->node_count);
    if (next == NULL) {
        g->failed = true;
        return;
    }
    g->nodes[around].kept = true;
    for (bool grew = true; steps > 0 && grew; steps--) {
        grew = false;
        for (size_t i = 0; i < g->arrow_count; i++) {
            const arrow *x = &g->arrows[i];
            if (g->nodes[x->from].kept != g->nodes[x->to].kept)
                next[g->nodes[x->from].kept ? x->to : x->from] = grew = true;
        }
        for (size_t i = 0; i < g->node_count; i++)
            g->nodes[i].kept = g->nodes[i].kept || next[i];
    }
}

/* ---- writing ---- */

/* The name, or the id where it has none, cut at a character, with what would end the string escaped. */
static void label(wr_buf *b, const node *n, wr_graph_form form)
{
    const wr_slice text = n->name.len > 0 ? n->name : n->id;
    size_t shown = 0;
    for (size_t i = 0; i < text.len; i++) {
        const unsigned char c = (unsigned char)text.at[i];
        if ((c & 0xc0) != 0x80 && ++shown > LABEL_MOST) {
            wr_buf_addc(b, "...");
            return;
        }
        if (c < 0x20 || c == 0x7f)
            wr_buf_char(b, ' ');
        else if (form == WR_GRAPH_DOT && (c == '"' || c == '\\'))
            wr_buf_printf(b, "\\%c", c);
        else if (form == WR_GRAPH_MERMAID && strchr("\"#&<>[](){}|`\\;", c) != NULL)
            wr_buf_printf(b, "#%d;", c);
        else
            wr_buf_char(b, (char)c);
    }
}

static const struct { const char *kind, *dot, *open, *close; } shapes[] = {
    { "system", "box3d", "[[", "]]" },   { "model", "ellipse", "([", "])" },   { "provider", "house", "[/", "\\]" },
    { "endpoint", "cds", ">", "]" },     { "dataset", "cylinder", "[(", ")]" }, { "retrieval", "cylinder", "[(", ")]" },
    { "prompt", "note", "[/", "/]" },    { "agent", "hexagon", "{{", "}}" },   { "tool", "component", "[", "]" },
    { "pipeline", "rarrow", "[", "]" },  { "library", "folder", "[", "]" },    { "credential", "octagon", "((", "))" },
    { "principal", "oval", "(", ")" },   { "environment", "tab", "[", "]" },
};

static size_t shape_of(wr_slice kind)
{
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (wr_slice_is(kind, shapes[i].kind))
            return i;
    }
    return 8; /* a plain box */
}

static void write_dot(const graph *g, wr_buf *b)
{
    wr_buf_addc(b, "digraph inventory {\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n");
    for (size_t i = 0; i < g->node_count; i++) {
        if (!g->nodes[i].kept)
            continue;
        wr_buf_printf(b, "  n%zu [label=\"", i);
        label(b, &g->nodes[i], WR_GRAPH_DOT);
        wr_buf_printf(b, "\\n(" WR_FMT ")\", shape=%s];\n", WR_ARG(g->nodes[i].kind), shapes[shape_of(g->nodes[i].kind)].dot);
    }
    for (size_t i = 0; i < g->arrow_count; i++) {
        if (g->nodes[g->arrows[i].from].kept && g->nodes[g->arrows[i].to].kept)
            wr_buf_printf(b, "  n%zu -> n%zu [label=\"" WR_FMT "\"];\n", g->arrows[i].from, g->arrows[i].to, WR_ARG(g->arrows[i].type));
    }
    wr_buf_addc(b, "}\n");
}

static void write_mermaid(const graph *g, wr_buf *b)
{
    wr_buf_addc(b, "graph LR\n");
    for (size_t i = 0; i < g->node_count; i++) {
        if (!g->nodes[i].kept)
            continue;
        const size_t shape = shape_of(g->nodes[i].kind);
        wr_buf_printf(b, "  n%zu%s\"", i, shapes[shape].open);
        label(b, &g->nodes[i], WR_GRAPH_MERMAID);
        wr_buf_printf(b, "<br/>" WR_FMT "\"%s\n", WR_ARG(g->nodes[i].kind), shapes[shape].close);
    }
    for (size_t i = 0; i < g->arrow_count; i++) {
        if (g->nodes[g->arrows[i].from].kept && g->nodes[g->arrows[i].to].kept)
            wr_buf_printf(b, "  n%zu -- " WR_FMT " --> n%zu\n", g->arrows[i].from, WR_ARG(g->arrows[i].type), g->arrows[i].to);
    }
}

wr_status wr_inventory_graph(wr_store *s, wr_slice around, int steps, wr_graph_form form, wr_arena *a, wr_buf *ret, wr_error *err)
{
    graph g = { .a = a };
    wr_status status = wr_store_query(s, WR_SLICE("SELECT id, name, kind FROM asset WHERE gone_at IS NULL AND merged_into IS NULL"
                                                  " ORDER BY id"), NULL, 0, NULL, add_node, &g, err);
    if (status == WR_OK && g.node_count > 0) {
        qsort(g.nodes, g.node_count, sizeof *g.nodes, by_id);
        status = wr_store_query(s, WR_SLICE("SELECT source, type, target FROM relation ORDER BY source, type, target"), NULL, 0,
                                NULL, add_arrow, &g, err);
    }
    if (status != WR_OK)
        return status;
    const node *centre = around.len > 0 ? find(&g, around) : NULL;
    if (around.len > 0 && centre == NULL)
        return wr_err(err, WR_MISSING, "no present asset has the id " WR_FMT, WR_ARG(around));
    for (size_t i = 0; i < g.node_count; i++)
        g.nodes[i].kept = centre == NULL;
    if (centre != NULL)
        keep_near(&g, (size_t)(centre - g.nodes), steps);
    if (g.failed)
        return wr_over(err, "drawing the inventory");
    if (form == WR_GRAPH_DOT)
        write_dot(&g, ret);
    else
        write_mermaid(&g, ret);
    return wr_buf_ok(ret) ? WR_OK : wr_over(err, "drawing the inventory");
}
