/* graph.h - the inventory's graph: what is drawn, where, and along which paths.
 *
 * Layered from left to right: who and what starts, what it uses, who provides it. Environments are not nodes: a node
 * names the one that it runs in. Assets of one kind with the same neighbours are drawn as one node with their number.
 * Up to WR_GRAPH_NODES_MOST nodes everything is drawn; above that systems, agents, models and providers alone, joined
 * where one reaches the other; and of those only the first WR_GRAPH_NODES_MOST.
 *
 * Integers only, so that the same inventory gives the same picture everywhere.
 *
 * Borrows  the view and the arena.
 * Bounds   WR_GRAPH_NODES_MOST nodes are laid out.
 * Fails    WR_OVER when the arena is full.
 * Threads  no state. */
#ifndef WR_REPORT_GRAPH_H
#define WR_REPORT_GRAPH_H

#include "report/view.h"

#define WR_GRAPH_NODES_MOST 150
#define WR_GRAPH_NODE_W 196
#define WR_GRAPH_NODE_H 40

typedef struct {
    size_t asset;        /* position of the (first) asset */
    size_t count;        /* assets that it stands for */
    wr_slice label;      /* cut to what fits */
    wr_slice below;      /* second line: kind and environment */
    int x, y;            /* top left corner */
    int layer;           /* at least; the layout may move it right */
    bool stays;          /* the layout does not move it right to what it points to */
} wr_graph_node;

typedef struct { int x, y; } wr_graph_point;

typedef struct {
    size_t from, to;     /* nodes */
    wr_relation type;
    bool through;        /* joined over assets that are not drawn */
    const wr_graph_point *points; /* from the right of the source or, for an edge that runs back, from its left */
    size_t point_count;
} wr_graph_edge;

typedef struct {
    const wr_graph_node *nodes; size_t node_count;
    const wr_graph_edge *edges; size_t edge_count;
    int width, height;
    bool reduced;        /* systems, agents, models and providers alone */
    size_t left_out;     /* nodes beyond the limit */
    size_t bundled;      /* assets that share a node with others */
} wr_graph;

WR_MUST_USE wr_status wr_graph_make(const wr_view *v, wr_arena *a, wr_graph *ret, wr_error *err);
/* Positions and paths for nodes and edges: graph_layout.c. */
WR_MUST_USE wr_status wr_graph_layout(wr_graph_node *nodes, size_t node_count, wr_graph_edge *edges, size_t edge_count,
                                      wr_arena *a, int *ret_width, int *ret_height, wr_error *err);
/* The picture, with title, description, legend and the table that says the same in words. */
void wr_graph_svg(wr_buf *b, wr_arena *a, const wr_view *v, const wr_graph *g);

/* Families of relations share a line style. */
typedef enum { WR_STROKE_USE, WR_STROKE_DATA, WR_STROKE_CONTROL, WR_STROKE_SUPPLY, WR_STROKE_TRUST, WR_STROKES } wr_stroke;
wr_stroke wr_stroke_of(wr_relation r);

#endif
