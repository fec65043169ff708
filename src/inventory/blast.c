/* blast.c - how far a leaked key or a failing provider reaches: recursive SQL, in which every asset is visited once. */
#include <warrant/paths.h>

typedef struct { const char *name; const char *sql; } part;

/* What stands on an asset: whoever uses, calls, retrieves from, hands work to or is instructed by it, and so on upwards. */
#define UPWARDS(start)                                                                                                       \
    "WITH RECURSIVE up (asset) AS (" start " UNION SELECT r.source FROM up u JOIN relation r ON r.target = u.asset"          \
    " WHERE r.type || '' IN ('uses', 'calls', 'retrieves-from', 'delegates-to', 'instructed-by')) "
#define HOLDERS "SELECT source FROM relation WHERE target = :id AND type = 'authenticates-with'"
#define PRESENT " JOIN asset a ON a.id = "
#define COLUMNS "SELECT DISTINCT a.id AS id, a.kind AS kind, a.name AS name"
#define ORDER " ORDER BY 2, 3, 1"

/* What those that hold the key reach, themselves included. */
#define HELD                                                                                                                 \
    "WITH RECURSIVE down (asset) AS (" HOLDERS " UNION SELECT r.target FROM down d JOIN relation r ON r.source = d.asset"    \
    " WHERE r.type || '' IN ('uses', 'calls', 'retrieves-from', 'delegates-to') AND substr(r.target, 1, 8) <> 'library:') "
#define BEHIND "SELECT target FROM relation WHERE source = :id AND type = 'provided-by'"

static const part leak_parts[] = {
    { "held_by", COLUMNS " FROM relation r" PRESENT "r.source WHERE r.target = :id AND r.type = 'authenticates-with'" ORDER },
    { "depend_on_it", UPWARDS(HOLDERS) COLUMNS " FROM up u" PRESENT "u.asset WHERE a.id NOT IN (" HOLDERS ")" ORDER },
    { "providers", COLUMNS " FROM relation r" PRESENT "r.target WHERE r.source = :id AND r.type = 'provided-by'" ORDER },
    { "models", COLUMNS " FROM relation r" PRESENT "r.source WHERE r.type = 'provided-by' AND a.kind = 'model' AND r.target IN (" BEHIND ")" ORDER },
    { "endpoints", COLUMNS " FROM relation r" PRESENT "r.source WHERE r.type = 'provided-by' AND a.kind = 'endpoint' AND r.target IN (" BEHIND ")" ORDER },
    { "data", HELD COLUMNS " FROM down d" PRESENT "d.asset WHERE a.kind IN ('dataset', 'retrieval')" ORDER },
    { "environments", UPWARDS(HOLDERS) COLUMNS ", e.role AS role FROM up u JOIN asset_environment e ON e.asset = u.asset" PRESENT "e.environment" ORDER },
    { "findings", "SELECT id, severity AS kind, title AS name FROM open_finding WHERE asset = :id ORDER BY id" },
};
static const part leak_words[] = {
    { "data_classes", HELD "SELECT DISTINCT c.class AS word FROM down d JOIN data_class c ON c.asset = d.asset ORDER BY 1" },
    { "places", "SELECT DISTINCT path AS word FROM seen WHERE asset = :id ORDER BY 1" },
};

#define SUPPLIED "SELECT :id UNION SELECT source FROM relation WHERE target = :id AND type = 'provided-by'"
static const part down_parts[] = {
    { "supplies", COLUMNS " FROM relation r" PRESENT "r.source WHERE r.target = :id AND r.type = 'provided-by'" ORDER },
    { "systems", UPWARDS(SUPPLIED) COLUMNS ", s.criticality AS criticality, s.fallback AS fallback,"
      " CASE WHEN p.asset IS NULL THEN 0 ELSE 1 END AS production"
      " FROM up u JOIN system s ON s.id = u.asset" PRESENT "s.id LEFT JOIN production p ON p.asset = s.id"
      " ORDER BY production DESC, 3, 1" },
    { "agents", UPWARDS(SUPPLIED) COLUMNS " FROM up u" PRESENT "u.asset WHERE a.kind = 'agent'" ORDER },
    { "environments", UPWARDS(SUPPLIED) COLUMNS ", e.role AS role FROM up u JOIN asset_environment e ON e.asset = u.asset" PRESENT "e.environment" ORDER },
};
/* For each affected system, the models that it reaches from somewhere else. */
#define OTHERS                                                                                                               \
    UPWARDS(SUPPLIED) ", down (system, asset) AS (SELECT s.id, s.id FROM up u JOIN system s ON s.id = u.asset"               \
    " UNION SELECT d.system, r.target FROM down d JOIN relation r ON r.source = d.asset"                                     \
    " WHERE r.type || '' IN ('uses', 'calls', 'delegates-to') AND substr(r.target, 1, 8) <> 'library:') "                    \
    "SELECT DISTINCT d.system AS id, m.id AS word FROM down d JOIN model m ON m.id = d.asset WHERE NOT EXISTS"               \
    " (SELECT 1 FROM relation v WHERE v.source = m.id AND v.type = 'provided-by' AND v.target = :id) ORDER BY 1, 2"

typedef struct {
    wr_arena *a;
    wr_value *list;
    bool failed;
} gathering;

static bool take_row(void *ctx, const wr_row *row)
{
    gathering *g = ctx;
    wr_value *v = wr_new_object(g->a);
    for (size_t i = 0; i < row->count; i++) {
        const wr_sql_value *x = &row->values[i];
        if (x->type == WR_SQL_INT)
            wr_put_bool(g->a, v, row->names[i], x->integer != 0);
        else if (x->type == WR_SQL_TEXT)
            wr_put_string(g->a, v, row->names[i], x->text);
    }
    g->failed = wr_push(g->a, g->list, v) == NULL;
    return !g->failed;
}

static bool take_word(void *ctx, const wr_row *row)
{
    gathering *g = ctx;
    g->failed = wr_push_string(g->a, g->list, wr_row_text(row, "word")) == NULL;
    return !g->failed;
}

static wr_status gather(wr_store *s, wr_slice id, const part *parts, size_t count, bool (*take)(void *, const wr_row *), wr_arena *a,
                        wr_value *ret,
                        wr_error *err)
{
    const wr_sql_param param = { "id", { .type = WR_SQL_TEXT, .text = id } };
    for (size_t i = 0; i < count; i++) {
        gathering g = { a, wr_put(a, ret, parts[i].name, wr_new_array(a)), false };
        if (g.list == NULL)
            return wr_over(err, "following the relations");
        const wr_status st = wr_store_query(s, wr_slice_of(parts[i].sql), &param, 1, NULL, take, &g, err);
        if (st != WR_OK || g.failed)
            return st != WR_OK ? st : wr_over(err, "following the relations");
    }
    return WR_OK;
}

wr_status wr_paths_leak(wr_store *s, wr_slice credential, wr_arena *a, wr_value **ret, wr_error *err)
{
    wr_value *v = wr_new_object(a);
    wr_put_string(a, v, "credential", credential);
    wr_status st = gather(s, credential, leak_parts, sizeof leak_parts / sizeof *leak_parts, take_row, a, v, err);
    if (st == WR_OK)
        st = gather(s, credential, leak_words, sizeof leak_words / sizeof *leak_words, take_word, a, v, err);
    if (st == WR_OK)
        *ret = v;
    return st;
}

typedef struct {
    wr_arena *a;
    const wr_value *systems;
    wr_value *at; /* rows come sorted by system */
    bool failed;
} others;

static bool take_other(void *ctx, const wr_row *row)
{
    others *o = ctx;
    const wr_slice id = wr_row_text(row, "id");
    if (o->at == NULL || !wr_slice_eq(wr_get_string(o->at, "id"), id)) {
        o->at = NULL;
        for (WR_EACH(one, o->systems))
            if (wr_slice_eq(wr_get_string(one, "id"), id))
                o->at = (wr_value *)(uintptr_t)one; /* of a tree that is being made here */
    }
    if (o->at == NULL)
        return true;
    wr_value *list = (wr_value *)(uintptr_t)wr_get(o->at, "other_models");
    if (list == NULL)
        list = wr_put(o->a, o->at, "other_models", wr_new_array(o->a));
    o->failed = wr_push_string(o->a, list, wr_row_text(row, "word")) == NULL;
    return !o->failed;
}

wr_status wr_paths_down(wr_store *s, wr_slice provider, wr_arena *a, wr_value **ret, wr_error *err)
{
    wr_value *v = wr_new_object(a);
    wr_put_string(a, v, "provider", provider);
    wr_status st = gather(s, provider, down_parts, sizeof down_parts / sizeof *down_parts, take_row, a, v, err);
    others o = { a, wr_get(v, "systems"), NULL, false };
    const wr_sql_param param = { "id", { .type = WR_SQL_TEXT, .text = provider } };
    if (st == WR_OK)
        st = wr_store_query(s, WR_SLICE(OTHERS), &param, 1, NULL, take_other, &o, err);
    if (st == WR_OK && o.failed)
        st = wr_over(err, "following the relations");
    if (st == WR_OK)
        *ret = v;
    return st;
}
