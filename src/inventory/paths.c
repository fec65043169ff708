/* paths.c - the relations as a graph in memory, and three questions to it, each in one pass over its edges. */
#include <stdlib.h>
#include <warrant/grow.h>
#include <warrant/paths.h>

#define NONE SIZE_MAX

typedef enum { BY_CALLS, BY_DELEGATES, BY_RETRIEVES, BY_USES, BY_PROVIDED } edge_kind;
static const char *const edge_words[] = { "calls", "delegates-to", "retrieves-from", "uses", "provided-by" };

typedef struct {
    wr_slice id, kind, name, effect, reach;
    bool untrusted, private, outside, dangerous, gated, gated_known, capped, unknown;
} node;
typedef struct { size_t from, to; edge_kind kind; } edge;
typedef struct { size_t *first; size_t *to; edge_kind *kind; } lists; /* of node i: first[i] to first[i + 1] */

typedef struct {
    wr_arena *a;
    node *nodes;
    edge *edges;
    size_t node_count, node_room, edge_count, edge_room;
    bool failed;
} graph;

/* ---- loading ---- */

static bool take_node(void *ctx, const wr_row *row)
{
    graph *g = ctx;
    if (!wr_grow_in(g->a, &g->nodes, g->node_count, &g->node_room, 256, sizeof *g->nodes))
        return !(g->failed = true);
    node n = { .id = wr_arena_dup(g->a, wr_row_text(row, "id")), .kind = wr_arena_dup(g->a, wr_row_text(row, "kind")),
               .name = wr_arena_dup(g->a, wr_row_text(row, "name")), .effect = wr_arena_dup(g->a, wr_row_text(row, "effect")),
               .reach = wr_arena_dup(g->a, wr_row_text(row, "reach")), .gated = wr_row_int(row, "gated") == 1,
               .gated_known = !wr_row_null(row, "gated"), .capped = !wr_row_null(row, "max_steps") };
    const wr_slice trust = wr_row_text(row, "content_trust");
    n.untrusted = wr_row_int(row, "reads_untrusted") == 1 || wr_row_int(row, "public") == 1 || wr_slice_is(trust, "mixed") ||
                  wr_slice_is(trust, "untrusted");
    n.private = wr_row_int(row, "private") == 1;
    n.outside = wr_row_int(row, "reaches_outside") == 1 || wr_slice_is(n.reach, "external");
    n.dangerous = wr_slice_is(n.kind, "tool") &&
                  (wr_slice_is(n.effect, "write") || wr_slice_is(n.effect, "irreversible") || wr_slice_is(n.reach, "external"));
    n.unknown = wr_row_int(row, "unknown") == 1;
    g->nodes[g->node_count++] = n;
    g->failed = n.id.at == NULL || n.kind.at == NULL || n.name.at == NULL;
    return !g->failed;
}

static int by_id(const void *x, const void *y)
{
    return wr_slice_cmp(((const node *)x)->id, ((const node *)y)->id);
}

static size_t find(const graph *g, wr_slice id)
{
    const node key = { .id = id };
    const node *n = g->node_count ? bsearch(&key, g->nodes, g->node_count, sizeof *g->nodes, by_id) : NULL;
    return n != NULL ? (size_t)(n - g->nodes) : NONE;
}

static bool take_edge(void *ctx, const wr_row *row)
{
    graph *g = ctx;
    const size_t from = find(g, wr_row_text(row, "source")), to = find(g, wr_row_text(row, "target"));
    const wr_slice type = wr_row_text(row, "type");
    edge_kind kind = BY_CALLS;
    while (kind < BY_PROVIDED && !wr_slice_is(type, edge_words[kind]))
        kind++;
    if (from == NONE || to == NONE)
        return true;
    if (!wr_grow_in(g->a, &g->edges, g->edge_count, &g->edge_room, 256, sizeof *g->edges))
        return !(g->failed = true);
    g->edges[g->edge_count++] = (edge){ from, to, kind };
    return true;
}

static int by_ends(const void *x, const void *y)
{
    const edge *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return (int)a->kind - (int)b->kind;
}

#define NODES_SQL                                                                                                            \
    "SELECT a.id, a.kind, a.name, t.effect, t.reach, t.gated, g.max_steps, r.content_trust, g.reads_untrusted,"              \
    " g.reaches_outside, s.public,"                                                                                          \
    " CASE WHEN g.reads_private = 1 OR (a.kind IN ('retrieval', 'dataset') AND x.asset IS NOT NULL) THEN 1 ELSE 0 END AS private," \
    " CASE WHEN (a.kind = 'agent' AND (g.reads_private IS NULL OR g.reads_untrusted IS NULL OR g.reaches_outside IS NULL))"  \
    "   OR (a.kind = 'tool' AND (t.effect IS NULL OR t.reach IS NULL))"                                                      \
    "   OR (a.kind = 'retrieval' AND r.content_trust IS NULL) THEN 1 ELSE 0 END AS unknown"                                  \
    " FROM asset a LEFT JOIN agent g ON g.id = a.id LEFT JOIN tool t ON t.id = a.id LEFT JOIN retrieval r ON r.id = a.id"    \
    " LEFT JOIN system s ON s.id = a.id LEFT JOIN sensitive x ON x.asset = a.id"                                             \
    " WHERE a.gone_at IS NULL AND a.merged_into IS NULL AND a.kind IN ('system', 'agent', 'tool', 'retrieval', 'dataset')"
#define EDGES_SQL                                                                                                            \
    "SELECT source, type, target FROM relation WHERE type IN ('calls', 'delegates-to', 'retrieves-from', 'uses')"            \
    " UNION ALL SELECT r.source, r.type, r.target FROM relation r JOIN tool t ON t.id = r.source JOIN agent g ON g.id = r.target" \
    " WHERE r.type = 'provided-by'"

static wr_status load(wr_store *s, graph *g, wr_error *err)
{
    wr_status st = wr_store_query(s, WR_SLICE(NODES_SQL), NULL, 0, NULL, take_node, g, err);
    if (st == WR_OK && g->node_count > 0)
        qsort(g->nodes, g->node_count, sizeof *g->nodes, by_id);
    if (st == WR_OK && !g->failed)
        st = wr_store_query(s, WR_SLICE(EDGES_SQL), NULL, 0, NULL, take_edge, g, err);
    if (st == WR_OK && g->edge_count > 0)
        qsort(g->edges, g->edge_count, sizeof *g->edges, by_ends);
    return st == WR_OK && g->failed ? wr_over(err, "reading the relations") : st;
}

/* ---- passes ---- */

/* Which way an edge is followed in a question: false where it is not. */
typedef bool (*follow)(const graph *g, const edge *e, bool *ret_backwards);

static bool lists_of(const graph *g, follow f, bool reversed, lists *ret)
{
    lists l = { wr_arena_array(g->a, size_t, g->node_count + 2), wr_arena_array(g->a, size_t, g->edge_count + 1),
                wr_arena_array(g->a, edge_kind, g->edge_count + 1) };
    if (l.first == NULL || l.to == NULL || l.kind == NULL)
        return false;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < g->edge_count; i++) {
            bool backwards = false;
            if (!f(g, &g->edges[i], &backwards))
                continue;
            const bool turned = backwards != reversed;
            const size_t from = turned ? g->edges[i].to : g->edges[i].from, to = turned ? g->edges[i].from : g->edges[i].to;
            if (round == 0) {
                l.first[from + 2]++;
            } else {
                const size_t at = l.first[from + 1]++;
                l.to[at] = to;
                l.kind[at] = g->edges[i].kind;
            }
        }
        for (size_t i = 2; round == 0 && i < g->node_count + 2; i++)
            l.first[i] += l.first[i - 1];
    }
    *ret = l;
    return true;
}

typedef struct { size_t *from; edge_kind *by; } reached; /* from[i]: NONE where not reached, i itself where it began */

static bool spread(const graph *g, const lists *l, bool (*begins)(const node *n), reached *ret)
{
    reached r = { wr_arena_array(g->a, size_t, g->node_count + 1), wr_arena_array(g->a, edge_kind, g->node_count + 1) };
    size_t *queue = wr_arena_array(g->a, size_t, g->node_count + 1), head = 0, tail = 0;
    if (r.from == NULL || r.by == NULL || queue == NULL)
        return false;
    for (size_t i = 0; i < g->node_count; i++) {
        r.from[i] = begins(&g->nodes[i]) ? i : NONE;
        if (r.from[i] != NONE)
            queue[tail++] = i;
    }
    while (head < tail) {
        const size_t at = queue[head++];
        for (size_t k = l->first[at]; k < l->first[at + 1]; k++)
            if (r.from[l->to[k]] == NONE) {
                r.from[l->to[k]] = at;
                r.by[l->to[k]] = l->kind[k];
                queue[tail++] = l->to[k];
            }
    }
    *ret = r;
    return true;
}

static bool is_untrusted(const node *n) { return n->untrusted; }
static bool is_private(const node *n) { return n->private; }
static bool is_outside(const node *n) { return n->outside; }

/* Content goes from a store to who reads it, and from who acts to what it calls, uses or hands work to. */
static bool content(const graph *g, const edge *e, bool *ret_backwards)
{
    const wr_slice kind = g->nodes[e->to].kind;
    *ret_backwards = e->kind == BY_RETRIEVES;
    return e->kind == BY_RETRIEVES || wr_slice_is(kind, "agent") || wr_slice_is(kind, "tool") || wr_slice_is(kind, "system");
}

static bool reach(const graph *g, const edge *e, bool *ret_backwards)
{
    (void)g;
    *ret_backwards = false;
    return e->kind != BY_PROVIDED;
}

static bool work(const graph *g, const edge *e, bool *ret_backwards)
{
    *ret_backwards = false;
    return e->kind != BY_RETRIEVES && (wr_slice_is(g->nodes[e->from].kind, "agent") || wr_slice_is(g->nodes[e->from].kind, "tool")) &&
           (wr_slice_is(g->nodes[e->to].kind, "agent") || wr_slice_is(g->nodes[e->to].kind, "tool"));
}

/* ---- telling ---- */

static wr_value *told(wr_arena *a, const node *n)
{
    wr_value *v = wr_new_object(a);
    wr_put_string(a, v, "id", n->id);
    wr_put_string(a, v, "kind", n->kind);
    return wr_put_string(a, v, "name", n->name) ? v : NULL;
}

static bool tell_path(const graph *g, const reached *r, size_t tool, wr_slice only, wr_value *list)
{
    wr_value *one = wr_new_object(g->a), *steps = wr_new_array(g->a);
    size_t *way = wr_arena_array(g->a, size_t, 1), n = 0;
    bool wanted = only.len == 0;
    for (size_t at = tool;; at = r->from[at]) {
        n++;
        wanted |= wr_slice_eq(g->nodes[at].id, only);
        if (r->from[at] == at)
            break;
    }
    if (!wanted)
        return true;
    way = wr_arena_array(g->a, size_t, n);
    if (way == NULL)
        return false;
    for (size_t at = tool, k = n; k > 0; at = r->from[at])
        way[--k] = at;
    for (size_t k = 0; k < n; k++) {
        wr_value *step = told(g->a, &g->nodes[way[k]]);
        if (k > 0 && step != NULL)
            wr_put_string(g->a, step, "by", wr_slice_of(edge_words[r->by[way[k]]]));
        wr_push(g->a, steps, step);
    }
    const node *t = &g->nodes[tool];
    wr_put_string(g->a, one, "source", g->nodes[way[0]].id);
    wr_put_string(g->a, one, "tool", t->id);
    if (t->effect.len > 0)
        wr_put_string(g->a, one, "effect", t->effect);
    if (t->reach.len > 0)
        wr_put_string(g->a, one, "reach", t->reach);
    wr_put(g->a, one, "gated", t->gated_known ? wr_new_bool(g->a, t->gated) : wr_new_null(g->a));
    wr_put(g->a, one, "steps", steps);
    return wr_push(g->a, list, one) != NULL;
}

static bool paths(graph *g, wr_slice only, wr_value *ret)
{
    lists l;
    reached r;
    wr_value *list = wr_put(g->a, ret, "untrusted_to_dangerous", wr_new_array(g->a));
    bool cut = false;
    if (list == NULL || !lists_of(g, content, false, &l) || !spread(g, &l, is_untrusted, &r))
        return false;
    for (size_t i = 0; i < g->node_count; i++) {
        if (!g->nodes[i].dangerous || r.from[i] == NONE)
            continue;
        cut = wr_count_of(list) == WR_PATHS_MOST;
        if (cut)
            break;
        if (!tell_path(g, &r, i, only, list))
            return false;
    }
    return wr_put_bool(g->a, ret, "cut", cut) != NULL;
}

/* What begins the way on which an asset is reached. */
static const node *end_of(const graph *g, const reached *r, size_t at)
{
    while (r->from[at] != at)
        at = r->from[at];
    return &g->nodes[at];
}

static bool all_three(graph *g, wr_slice only, wr_value *ret)
{
    static bool (*const begins[])(const node *) = { is_private, is_untrusted, is_outside };
    static const char *const words[] = { "private", "untrusted", "outside" };
    reached r[3];
    lists back;
    wr_value *list = wr_put(g->a, ret, "all_three", wr_new_array(g->a));
    if (list == NULL || !lists_of(g, reach, true, &back))
        return false;
    for (int k = 0; k < 3; k++)
        if (!spread(g, &back, begins[k], &r[k]))
            return false;
    for (size_t i = 0; i < g->node_count; i++) {
        if (!wr_slice_is(g->nodes[i].kind, "agent") || r[0].from[i] == NONE || r[1].from[i] == NONE || r[2].from[i] == NONE)
            continue;
        bool wanted = only.len == 0 || wr_slice_eq(only, g->nodes[i].id);
        wr_value *one = wr_new_object(g->a);
        wr_put_string(g->a, one, "agent", g->nodes[i].id);
        wr_put_string(g->a, one, "name", g->nodes[i].name);
        for (int k = 0; k < 3; k++) {
            const node *n = end_of(g, &r[k], i);
            wanted |= wr_slice_eq(only, n->id);
            wr_value *v = told(g->a, n);
            if (k == 2 && v != NULL && wr_slice_is(n->kind, "tool"))
                wr_put(g->a, v, "gated", n->gated_known ? wr_new_bool(g->a, n->gated) : wr_new_null(g->a));
            wr_put(g->a, one, words[k], v);
        }
        if (wanted && wr_push(g->a, list, one) == NULL)
            return false;
    }
    return true;
}

/* ---- loops: the strongly connected parts (Tarjan), without recursion ---- */

typedef struct { size_t *order, *low, *stack, *path, *next; bool *on; size_t depth, steps, counter; } loop_walk;

static bool tell_loop(const graph *g, const size_t *members, size_t count, wr_slice only, wr_value *list)
{
    wr_value *one = wr_new_object(g->a), *agents = wr_new_array(g->a);
    bool wanted = only.len == 0, capped = true;
    size_t *sorted = wr_arena_array(g->a, size_t, count), agent_count = 0;
    if (sorted == NULL)
        return false;
    memcpy(sorted, members, count * sizeof *sorted);
    for (size_t i = 1; i < count; i++) /* mostly a handful */
        for (size_t k = i; k > 0 && sorted[k - 1] > sorted[k]; k--) {
            const size_t t = sorted[k];
            sorted[k] = sorted[k - 1];
            sorted[k - 1] = t;
        }
    for (size_t i = 0; i < count; i++) {
        const node *n = &g->nodes[sorted[i]];
        wanted |= wr_slice_eq(only, n->id);
        if (!wr_slice_is(n->kind, "agent"))
            continue;
        agent_count++;
        capped = capped && n->capped;
        wr_push(g->a, agents, told(g->a, n));
    }
    if (!wanted || agent_count == 0)
        return true;
    wr_put(g->a, one, "agents", agents);
    return wr_put_bool(g->a, one, "capped", capped) != NULL && wr_push(g->a, list, one) != NULL;
}

static bool has_self(const lists *l, size_t at)
{
    for (size_t k = l->first[at]; k < l->first[at + 1]; k++)
        if (l->to[k] == at)
            return true;
    return false;
}

static bool walk_from(const graph *g, const lists *l, loop_walk *w, size_t start, wr_slice only, wr_value *list)
{
    w->path[w->steps++] = start;
    while (w->steps > 0) {
        const size_t at = w->path[w->steps - 1];
        if (w->order[at] == 0) {
            w->order[at] = w->low[at] = ++w->counter;
            w->stack[w->depth++] = at;
            w->on[at] = true;
            w->next[at] = l->first[at];
        }
        bool deeper = false;
        while (w->next[at] < l->first[at + 1] && !deeper) {
            const size_t to = l->to[w->next[at]++];
            if (w->order[to] == 0) {
                w->path[w->steps++] = to;
                deeper = true;
            } else if (w->on[to] && w->order[to] < w->low[at])
                w->low[at] = w->order[to];
        }
        if (deeper)
            continue;
        w->steps--;
        if (w->steps > 0 && w->low[at] < w->low[w->path[w->steps - 1]])
            w->low[w->path[w->steps - 1]] = w->low[at];
        if (w->low[at] != w->order[at])
            continue;
        size_t from = w->depth;
        do
            w->on[w->stack[--from]] = false;
        while (w->stack[from] != at);
        const size_t count = w->depth - from;
        w->depth = from;
        if ((count > 1 || has_self(l, at)) && !tell_loop(g, &w->stack[from], count, only, list))
            return false;
    }
    return true;
}

static bool loops(graph *g, wr_slice only, wr_value *ret)
{
    lists l;
    const size_t n = g->node_count + 1;
    loop_walk w = { wr_arena_array(g->a, size_t, n), wr_arena_array(g->a, size_t, n), wr_arena_array(g->a, size_t, n),
                    wr_arena_array(g->a, size_t, n), wr_arena_array(g->a, size_t, n), wr_arena_array(g->a, bool, n), 0, 0, 0 };
    wr_value *list = wr_put(g->a, ret, "loops", wr_new_array(g->a));
    if (list == NULL || w.order == NULL || w.low == NULL || w.stack == NULL || w.path == NULL || w.next == NULL || w.on == NULL ||
        !lists_of(g, work, false, &l))
        return false;
    for (size_t i = 0; i < g->node_count; i++)
        if (w.order[i] == 0 && !walk_from(g, &l, &w, i, only, list))
            return false;
    return true;
}

static bool unknown(graph *g, wr_value *ret)
{
    static const char *const kinds[] = { "agent", "tool", "retrieval" }, *const names[] = { "agents", "tools", "retrievals" };
    wr_value *v = wr_put(g->a, ret, "unknown", wr_new_object(g->a));
    wr_value *last = v;
    for (size_t k = 0; k < 3; k++) {
        int64_t n = 0;
        for (size_t i = 0; i < g->node_count; i++)
            n += g->nodes[i].unknown && wr_slice_is(g->nodes[i].kind, kinds[k]);
        last = wr_put_int(g->a, v, names[k], n);
    }
    return last != NULL;
}

wr_status wr_paths_value(wr_store *s, wr_slice only, wr_arena *a, wr_value **ret, wr_error *err)
{
    graph g = { .a = a };
    const wr_status st = load(s, &g, err);
    if (st != WR_OK)
        return st;
    wr_value *v = wr_new_object(a);
    if (v == NULL || !paths(&g, only, v) || !all_three(&g, only, v) || !loops(&g, only, v) || !unknown(&g, v))
        return wr_over(err, "following the relations");
    *ret = v;
    return WR_OK;
}
