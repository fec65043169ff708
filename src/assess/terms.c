/* terms.c - what every check's SQL may use: the limits as parameters and rows, the terms as temporary tables. */
#include "internal.h"

static wr_status no_memory(wr_error *err)
{
    return wr_over(err, "the terms of an assessment");
}

static wr_status make_params(wr_assessing *g, wr_error *err)
{
    const wr_value *limits = g->profile->limits;
    wr_sql_param *p = wr_arena_array(g->arena, wr_sql_param, wr_count_of(limits) + 1);
    if (p == NULL)
        return no_memory(err);
    size_t n = 0;
    p[n++] = (wr_sql_param){ "now", { .type = WR_SQL_INT, .integer = g->now } };
    for (WR_EACH_MEMBER(m, limits)) {
        wr_sql_value v = { 0 };
        if (m->value.type == WR_INT)
            v = (wr_sql_value){ .type = WR_SQL_INT, .integer = m->value.u.integer };
        else if (m->value.type == WR_REAL)
            v = (wr_sql_value){ .type = WR_SQL_REAL, .real = m->value.u.real };
        else
            continue;
        const char *name = wr_arena_str(g->arena, m->key);
        if (name == NULL)
            return no_memory(err);
        p[n++] = (wr_sql_param){ name, v };
    }
    g->params = p;
    g->param_count = n;
    return WR_OK;
}

/* limit_value (name, value): the members of the limits that are lists. */
static wr_status make_limit_value(wr_assessing *g, wr_error *err)
{
    size_t members = 0, n = 0;
    for (WR_EACH_MEMBER(m, g->profile->limits))
        members += m->value.type == WR_ARRAY ? wr_count_of(&m->value) : 0;
    wr_sql_param *p = wr_arena_array(g->arena, wr_sql_param, members * 2 + 1);
    WR_AUTO_BUF sql = wr_buf_new((size_t)1 << 20);
    if (p == NULL)
        return no_memory(err);
    for (WR_EACH_MEMBER(m, g->profile->limits)) {
        for (WR_EACH(item, m->value.type == WR_ARRAY ? &m->value : NULL)) {
            const wr_slice name = wr_arena_printf(g->arena, "n%zu", n), value = wr_arena_printf(g->arena, "v%zu", n);
            if (name.at == NULL || value.at == NULL)
                return no_memory(err);
            p[2 * n] = (wr_sql_param){ name.at, { .type = WR_SQL_TEXT, .text = m->key } };
            p[2 * n + 1] = (wr_sql_param){ value.at, { .type = WR_SQL_TEXT, .text = wr_string(item) } };
            wr_buf_printf(&sql, "%sSELECT :n%zu AS name, :v%zu AS value", n ? " UNION ALL " : "", n, n);
            n++;
        }
    }
    if (n == 0)
        wr_buf_addc(&sql, "SELECT '' AS name, '' AS value WHERE 1 = 0");
    if (!wr_buf_ok(&sql))
        return no_memory(err);
    return wr_store_materialize(g->store, "limit_value", wr_buf_slice(&sql), p, 2 * n, err);
}

static wr_status make_term(wr_assessing *g, const wr_value *term, wr_error *err)
{
    const char *view = wr_arena_str(g->arena, wr_get_string(term, "view"));
    wr_slice sql = wr_get_string(term, "sql");
    if (sql.len == 0)
        sql = wr_arena_printf(g->arena, "SELECT * FROM %s", view ? view : "");
    if (view == NULL || sql.at == NULL)
        return no_memory(err);
    wr_status status = wr_store_materialize(g->store, view, sql, g->params, g->param_count, err);
    for (WR_EACH(column, wr_get(term, "index"))) {
        const char *name = wr_arena_str(g->arena, wr_string(column));
        if (name == NULL)
            return no_memory(err);
        if (status == WR_OK)
            status = wr_store_index(g->store, view, name, err);
    }
    if (status != WR_OK)
        wr_err_in(err, view);
    return status;
}

wr_status wr_terms_make(wr_assessing *g, wr_error *err)
{
    wr_status status = make_params(g, err);
    if (status == WR_OK)
        status = make_limit_value(g, err);
    for (WR_EACH(term, wr_get(g->profile->catalogue, "materialize")))
        if (status == WR_OK)
            status = make_term(g, term, err);
    return status;
}

static bool any(void *ctx, const wr_row *row)
{
    (void)row;
    *(bool *)ctx = true;
    return false;
}

wr_status wr_terms_any(wr_assessing *g, wr_slice sql, bool *ret, wr_error *err)
{
    *ret = false;
    return wr_store_query(g->store, sql, g->params, g->param_count, NULL, any, ret, err);
}
