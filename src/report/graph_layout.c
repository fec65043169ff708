/* graph_layout.c - a layered layout (after Sugiyama): break cycles, give layers, put bends where an edge crosses a
 * layer, order each layer by the middle of its neighbours, then straighten. */
#include "report/graph.h"

#include <stdlib.h>

#define COLUMN_GAP 58
#define ROW_GAP 14
#define BEND_GAP 12
#define SWEEPS 16
#define STRAIGHTEN 24
#define CROSSINGS_COUNTED_MOST 1500 /* segments between two layers; counting is quadratic */
#define NONE SIZE_MAX

typedef struct { size_t node; int layer, y, h; int64_t wish; size_t order; } vertex; /* node NONE: a bend */
typedef struct { size_t left, right; } segment;

typedef struct {
    wr_graph_node *nodes; size_t node_count;
    wr_graph_edge *edges; size_t edge_count;
    wr_arena *a;
    bool *back;             /* edges that run from right to left */
    size_t *left, *right;   /* each edge's ends once turned */
    int layers;
    vertex *vertices; size_t vertex_count;
    segment *segments; size_t segment_count;
    size_t *near[2], *near_first[2]; /* each vertex's neighbours on the left and on the right */
    size_t *first_bend;     /* of each edge, in vertices */
    size_t **rows; size_t *row_count; /* vertices of each layer in order */
} layout;

static bool starts_left(wr_relation r) { return r != WR_OWNED_BY && r != WR_DECLARED_IN; }

/* Depth first; an edge to a node that is still open closes a cycle and is turned. Iterative: no stack to blow. */
static wr_status break_cycles(layout *l, wr_error *err)
{
    enum { NEW, OPEN, DONE };
    unsigned char *state = wr_arena_array(l->a, unsigned char, l->node_count + 1);
    size_t *stack = wr_arena_array(l->a, size_t, l->node_count + 1), *next = wr_arena_array(l->a, size_t, l->node_count + 1);
    if (state == NULL || stack == NULL || next == NULL)
        return wr_over(err, "the graph's layout");
    for (size_t root = 0; root < l->node_count; root++) {
        size_t depth = 0;
        if (state[root] == NEW) {
            state[root] = OPEN;
            stack[depth++] = root;
        }
        while (depth > 0) {
            const size_t at = stack[depth - 1];
            if (next[at] == l->edge_count) {
                state[at] = DONE;
                depth--;
                continue;
            }
            const size_t e = next[at]++;
            if (l->left[e] != at)
                continue;
            if (state[l->right[e]] == OPEN) {
                const size_t t = l->left[e];
                l->left[e] = l->right[e];
                l->right[e] = t;
                l->back[e] = !l->back[e];
            } else if (state[l->right[e]] == NEW) {
                state[l->right[e]] = OPEN;
                stack[depth++] = l->right[e];
            }
        }
    }
    return WR_OK;
}

/* Longest path from the left; then what nothing points to moves next to what it points to. Without cycles the rounds
 * end after the longest path. */
static void give_layers(layout *l)
{
    bool moved = true;
    for (size_t round = 0; moved && round <= l->node_count; round++) {
        moved = false;
        for (size_t e = 0; e < l->edge_count; e++) {
            const int least = l->nodes[l->left[e]].layer + 1;
            if (l->nodes[l->right[e]].layer < least) {
                l->nodes[l->right[e]].layer = least;
                moved = true;
            }
        }
    }
    for (size_t i = 0; i < l->node_count; i++) {
        int nearest = -1;
        bool pointed_at = false;
        for (size_t e = 0; e < l->edge_count; e++) {
            pointed_at = pointed_at || l->right[e] == i;
            if (l->left[e] == i && (nearest < 0 || l->nodes[l->right[e]].layer < nearest))
                nearest = l->nodes[l->right[e]].layer;
        }
        if (!pointed_at && nearest > 0 && !l->nodes[i].stays)
            l->nodes[i].layer = nearest - 1;
    }
    for (size_t i = 0; i < l->node_count; i++)
        l->layers = l->nodes[i].layer + 1 > l->layers ? l->nodes[i].layer + 1 : l->layers;
}

static wr_status add_bends(layout *l, const bool *joined, wr_error *err)
{
    size_t bends = 0;
    for (size_t e = 0; e < l->edge_count; e++)
        bends += (size_t)(l->nodes[l->right[e]].layer - l->nodes[l->left[e]].layer - 1);
    l->vertices = wr_arena_array(l->a, vertex, l->node_count + bends + 1);
    l->segments = wr_arena_array(l->a, segment, l->edge_count + bends + 1);
    l->first_bend = wr_arena_array(l->a, size_t, l->edge_count + 1);
    l->rows = wr_arena_array(l->a, size_t *, (size_t)l->layers + 1);
    l->row_count = wr_arena_array(l->a, size_t, (size_t)l->layers + 1);
    if (l->vertices == NULL || l->segments == NULL || l->first_bend == NULL || l->rows == NULL || l->row_count == NULL)
        return wr_over(err, "the graph's layout");
    for (size_t i = 0; i < l->node_count; i++)
        l->vertices[l->vertex_count++] = (vertex){ .node = i, .layer = joined[i] ? l->nodes[i].layer : -1, .h = WR_GRAPH_NODE_H };
    for (size_t e = 0; e < l->edge_count; e++) {
        size_t at = l->left[e];
        l->first_bend[e] = l->vertex_count;
        for (int layer = l->nodes[at].layer + 1; layer < l->nodes[l->right[e]].layer; layer++) {
            l->vertices[l->vertex_count] = (vertex){ .node = NONE, .layer = layer, .h = 0 };
            l->segments[l->segment_count++] = (segment){ at, l->vertex_count };
            at = l->vertex_count++;
        }
        l->segments[l->segment_count++] = (segment){ at, l->right[e] };
    }
    for (int layer = 0; layer < l->layers; layer++) {
        l->rows[layer] = wr_arena_array(l->a, size_t, l->vertex_count + 1);
        if (l->rows[layer] == NULL)
            return wr_over(err, "the graph's layout");
    }
    for (size_t i = 0; i < l->vertex_count; i++)
        if (l->vertices[i].layer >= 0) {
            size_t *row = l->rows[l->vertices[i].layer];
            l->vertices[i].order = l->row_count[l->vertices[i].layer];
            row[l->row_count[l->vertices[i].layer]++] = i;
        }
    return WR_OK;
}

static wr_status index_neighbours(layout *l, wr_error *err)
{
    for (int side = 0; side < 2; side++) {
        size_t *first = wr_arena_array(l->a, size_t, l->vertex_count + 2);
        size_t *near = wr_arena_array(l->a, size_t, l->segment_count + 1), *next = wr_arena_array(l->a, size_t, l->vertex_count + 1);
        if (first == NULL || near == NULL || next == NULL)
            return wr_over(err, "the graph's layout");
        for (size_t s = 0; s < l->segment_count; s++)
            first[(side == 0 ? l->segments[s].right : l->segments[s].left) + 1]++;
        for (size_t i = 0; i < l->vertex_count; i++) {
            first[i + 1] += first[i];
            next[i] = first[i];
        }
        for (size_t s = 0; s < l->segment_count; s++) {
            const segment *t = &l->segments[s];
            near[next[side == 0 ? t->right : t->left]++] = side == 0 ? t->left : t->right;
        }
        l->near[side] = near;
        l->near_first[side] = first;
    }
    return WR_OK;
}

typedef struct { int64_t wish; size_t order, vertex; } sortable;

static int compare_wishes(const void *x, const void *y)
{
    const sortable *a = x, *b = y;
    if (a->wish != b->wish)
        return a->wish < b->wish ? -1 : 1;
    return a->order == b->order ? 0 : a->order < b->order ? -1 : 1;
}

/* Orders one layer by the mean order of its neighbours on one side; what has none there stays where it is. */
static void order_row(layout *l, int layer, bool look_left, sortable *room)
{
    const size_t count = l->row_count[layer];
    for (size_t i = 0; i < count; i++) {
        const size_t v = l->rows[layer][i];
        int64_t sum = 0, n = 0;
        const int side = look_left ? 0 : 1;
        for (size_t k = l->near_first[side][v]; k < l->near_first[side][v + 1]; k++, n++)
            sum += (int64_t)l->vertices[l->near[side][k]].order;
        room[i] = (sortable){ n > 0 ? sum * 1024 / n : (int64_t)l->vertices[v].order * 1024, l->vertices[v].order, v };
    }
    if (count > 0)
        qsort(room, count, sizeof *room, compare_wishes);
    for (size_t i = 0; i < count; i++) {
        l->rows[layer][i] = room[i].vertex;
        l->vertices[room[i].vertex].order = i;
    }
}

static size_t crossings(const layout *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->segment_count; i++)
        for (size_t j = i + 1; j < l->segment_count; j++) {
            const segment *s = &l->segments[i], *t = &l->segments[j];
            if (l->vertices[s->left].layer != l->vertices[t->left].layer)
                continue;
            const size_t sl = l->vertices[s->left].order, sr = l->vertices[s->right].order;
            const size_t tl = l->vertices[t->left].order, tr = l->vertices[t->right].order;
            n += (sl < tl && sr > tr) || (sl > tl && sr < tr);
        }
    return n;
}

static wr_status order_layers(layout *l, wr_error *err)
{
    sortable *room = wr_arena_array(l->a, sortable, l->vertex_count + 1);
    size_t *best = wr_arena_array(l->a, size_t, l->vertex_count + 1);
    if (room == NULL || best == NULL)
        return wr_over(err, "the graph's layout");
    const bool counted = l->segment_count <= CROSSINGS_COUNTED_MOST;
    size_t fewest = NONE;
    for (int sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
        if (sweep % 2 == 0)
            for (int layer = 1; layer < l->layers; layer++)
                order_row(l, layer, true, room);
        else
            for (int layer = l->layers - 2; layer >= 0; layer--)
                order_row(l, layer, false, room);
        const size_t n = counted ? crossings(l) : 0;
        if (counted && n >= fewest)
            continue;
        fewest = counted ? n : NONE;
        for (size_t i = 0; i < l->vertex_count; i++)
            best[i] = l->vertices[i].order;
    }
    for (size_t i = 0; fewest != NONE && i < l->vertex_count; i++)
        l->vertices[i].order = best[i];
    for (size_t i = 0; i < l->vertex_count; i++)
        if (l->vertices[i].layer >= 0)
            l->rows[l->vertices[i].layer][l->vertices[i].order] = i;
    return WR_OK;
}

/* How far apart the middles of two neighbours in a layer are at least. */
static int apart(const vertex *a, const vertex *b)
{
    const int gap = a->node == NONE || b->node == NONE ? BEND_GAP : ROW_GAP;
    return (a->h + b->h) / 2 + gap;
}

/* Moves each vertex of a layer towards the mean of its neighbours. Both the pass from above and the pass from below
 * keep the distances, and so does their mean. */
static void straighten_row(layout *l, int layer, int *from_above)
{
    const size_t *row = l->rows[layer];
    const size_t count = l->row_count[layer];
    for (size_t i = 0; i < count; i++) {
        vertex *v = &l->vertices[row[i]];
        int64_t sum = 0, n = 0;
        for (int side = 0; side < 2; side++)
            for (size_t k = l->near_first[side][row[i]]; k < l->near_first[side][row[i] + 1]; k++) {
                const vertex *other = &l->vertices[l->near[side][k]];
                const int weight = v->node == NONE && other->node == NONE ? 8 : v->node == NONE || other->node == NONE ? 2 : 1;
                sum += (int64_t)other->y * weight;
                n += weight;
            }
        v->wish = n > 0 ? sum / n : v->y;
    }
    for (size_t i = 0; i < count; i++) {
        const vertex *v = &l->vertices[row[i]];
        from_above[i] = (int)v->wish;
        if (i > 0) {
            const int least = from_above[i - 1] + apart(&l->vertices[row[i - 1]], v);
            from_above[i] = from_above[i] < least ? least : from_above[i];
        }
    }
    int below = 0;
    for (size_t i = count; i-- > 0;) {
        vertex *v = &l->vertices[row[i]];
        int y = (int)v->wish;
        if (i + 1 < count) {
            const int most = below - apart(v, &l->vertices[row[i + 1]]);
            y = y > most ? most : y;
        }
        below = y;
        v->y = y + from_above[i]; /* halved below, so that rounding is the same for all */
    }
    for (size_t i = 0; i < count; i++) {
        vertex *v = &l->vertices[row[i]];
        v->y = v->y >= 0 ? v->y / 2 : -((1 - v->y) / 2);
        if (i > 0) {
            const vertex *above = &l->vertices[row[i - 1]];
            const int least = above->y + apart(above, v);
            v->y = v->y < least ? least : v->y;
        }
    }
}

static wr_status place_rows(layout *l, int *ret_height, wr_error *err)
{
    int *room = wr_arena_array(l->a, int, l->vertex_count + 1);
    if (room == NULL)
        return wr_over(err, "the graph's layout");
    for (int layer = 0; layer < l->layers; layer++)
        for (size_t i = 1; i < l->row_count[layer]; i++) {
            const vertex *above = &l->vertices[l->rows[layer][i - 1]];
            vertex *v = &l->vertices[l->rows[layer][i]];
            v->y = above->y + apart(above, v);
        }
    for (int pass = 0; pass < STRAIGHTEN; pass++)
        for (int i = 0; i < l->layers; i++)
            straighten_row(l, pass % 2 == 0 ? i : l->layers - 1 - i, room);
    int top = 0, bottom = 0;
    bool any = false;
    for (size_t i = 0; i < l->vertex_count; i++) {
        const vertex *v = &l->vertices[i];
        if (v->layer < 0)
            continue;
        top = !any || v->y - v->h / 2 < top ? v->y - v->h / 2 : top;
        bottom = !any || v->y + v->h / 2 > bottom ? v->y + v->h / 2 : bottom;
        any = true;
    }
    for (size_t i = 0; i < l->vertex_count; i++)
        l->vertices[i].y -= top;
    *ret_height = any ? bottom - top : 0;
    return WR_OK;
}

static int compare_tops(const void *x, const void *y)
{
    const vertex *a = *(vertex *const *)x, *b = *(vertex *const *)y;
    const int at = a->y - a->h / 2, bt = b->y - b->h / 2;
    return at != bt ? (at < bt ? -1 : 1) : a->order == b->order ? 0 : a->order < b->order ? -1 : 1;
}

/* Takes out the bands in which no layer has anything: whatever is below moves up by the same amount. */
static wr_status close_bands(layout *l, int *height, wr_error *err)
{
    vertex **by_top = wr_arena_array(l->a, vertex *, l->vertex_count + 1);
    if (by_top == NULL)
        return wr_over(err, "the graph's layout");
    size_t count = 0;
    for (size_t i = 0; i < l->vertex_count; i++)
        if (l->vertices[i].layer >= 0)
            by_top[count++] = &l->vertices[i];
    if (count > 0)
        qsort(by_top, count, sizeof *by_top, compare_tops);
    int bottom = 0, up = 0;
    for (size_t i = 0; i < count; i++) {
        vertex *v = by_top[i];
        const int top = v->y - v->h / 2;
        if (top - bottom > 2 * ROW_GAP)
            up += top - bottom - 2 * ROW_GAP;
        bottom = v->y + v->h / 2 > bottom ? v->y + v->h / 2 : bottom;
        v->y -= up;
    }
    *height -= up;
    return WR_OK;
}

static int column(int layer) { return layer * (WR_GRAPH_NODE_W + COLUMN_GAP); }

/* What nothing joins stands in rows under the rest. */
static void place_nodes(layout *l, const bool *joined, int *width, int *height)
{
    int columns = l->layers > 4 ? l->layers : 4, loose = 0;
    const int start = *height > 0 ? *height + 3 * ROW_GAP : 0;
    for (size_t i = 0; i < l->node_count; i++) {
        wr_graph_node *n = &l->nodes[i];
        if (joined[i]) {
            n->x = column(n->layer);
            n->y = l->vertices[i].y - WR_GRAPH_NODE_H / 2;
        } else {
            n->x = column(loose % columns);
            n->y = start + loose / columns * (WR_GRAPH_NODE_H + ROW_GAP);
            loose++;
        }
        *width = n->x + WR_GRAPH_NODE_W > *width ? n->x + WR_GRAPH_NODE_W : *width;
        *height = n->y + WR_GRAPH_NODE_H > *height ? n->y + WR_GRAPH_NODE_H : *height;
    }
}

static wr_status draw_edges(layout *l, wr_error *err)
{
    for (size_t e = 0; e < l->edge_count; e++) {
        const wr_graph_node *from = &l->nodes[l->left[e]], *to = &l->nodes[l->right[e]];
        const size_t bends = (size_t)(to->layer - from->layer - 1), count = 2 + 2 * bends;
        wr_graph_point *p = wr_arena_array(l->a, wr_graph_point, count);
        if (p == NULL)
            return wr_over(err, "the graph's layout");
        size_t n = 0;
        p[n++] = (wr_graph_point){ from->x + WR_GRAPH_NODE_W, from->y + WR_GRAPH_NODE_H / 2 };
        for (size_t i = 0; i < bends; i++) {
            const vertex *v = &l->vertices[l->first_bend[e] + i];
            p[n++] = (wr_graph_point){ column(v->layer), v->y };
            p[n++] = (wr_graph_point){ column(v->layer) + WR_GRAPH_NODE_W, v->y };
        }
        p[n++] = (wr_graph_point){ to->x, to->y + WR_GRAPH_NODE_H / 2 };
        for (size_t i = 0; l->back[e] && i < n / 2; i++) {
            const wr_graph_point t = p[i];
            p[i] = p[n - 1 - i];
            p[n - 1 - i] = t;
        }
        l->edges[e].points = p;
        l->edges[e].point_count = n;
    }
    return WR_OK;
}

wr_status wr_graph_layout(wr_graph_node *nodes, size_t node_count, wr_graph_edge *edges, size_t edge_count, wr_arena *a,
                          int *ret_width, int *ret_height, wr_error *err)
{
    layout l = { .nodes = nodes, .node_count = node_count, .edges = edges, .edge_count = edge_count, .a = a };
    l.back = wr_arena_array(a, bool, edge_count + 1);
    l.left = wr_arena_array(a, size_t, edge_count + 1);
    l.right = wr_arena_array(a, size_t, edge_count + 1);
    bool *joined = wr_arena_array(a, bool, node_count + 1);
    if (l.back == NULL || l.left == NULL || l.right == NULL || joined == NULL)
        return wr_over(err, "the graph's layout");
    for (size_t e = 0; e < edge_count; e++) {
        l.back[e] = !starts_left(edges[e].type);
        l.left[e] = l.back[e] ? edges[e].to : edges[e].from;
        l.right[e] = l.back[e] ? edges[e].from : edges[e].to;
        joined[edges[e].from] = joined[edges[e].to] = true;
    }
    int width = 0, height = 0;
    wr_status s = break_cycles(&l, err);
    if (s == WR_OK) {
        give_layers(&l);
        s = add_bends(&l, joined, err);
    }
    if (s == WR_OK)
        s = index_neighbours(&l, err);
    if (s == WR_OK)
        s = order_layers(&l, err);
    if (s == WR_OK)
        s = place_rows(&l, &height, err);
    if (s == WR_OK)
        s = close_bands(&l, &height, err);
    if (s != WR_OK)
        return s;
    place_nodes(&l, joined, &width, &height);
    s = draw_edges(&l, err);
    if (s != WR_OK)
        return s;
    *ret_width = width;
    *ret_height = height;
    return WR_OK;
}
