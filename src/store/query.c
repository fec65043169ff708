/* Queries: one statement that reads, with named parameters, limits, and rows handed to a callback. */
#include "internal.h"



wr_slice wr_row_text(const wr_row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcmp(row->names[i], name) == 0)
            return row->values[i].type == WR_SQL_TEXT ? row->values[i].text : WR_SLICE("");
    }
    return WR_SLICE("");
}

int64_t wr_row_int(const wr_row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcmp(row->names[i], name) == 0)
            return row->values[i].type == WR_SQL_REAL ? (int64_t)row->values[i].real : row->values[i].integer;
    }
    return 0;
}

bool wr_row_null(const wr_row *row, const char *name)
{
    for (size_t i = 0; i < row->count; i++) {
        if (strcmp(row->names[i], name) == 0)
            return row->values[i].type == WR_SQL_NULL;
    }
    return true;
}

static wr_status bind_named(wr_store *s, wr_stmt *st, const wr_sql_param *params, size_t count, wr_error *err)
{
    wr_status status = WR_OK;
    for (size_t i = 0; i < count && status == WR_OK; i++) {
        const int at = s->driver->param(st, params[i].name);
        if (at > 0)
            status = s->driver->bind(st, at, &params[i].value, err);
    }
    return status;
}

/* Names and number of columns are asked for after the first step: where another process made the tables anew, that step
 * prepares the statement again, and earlier names are gone. */
static wr_status each_row(wr_store *s, wr_stmt *st, uint64_t rows_most, bool (*each)(void *ctx, const wr_row *row), void *ctx,
                          wr_error *err)
{
    size_t columns = 0;
    const char **names = NULL;
    wr_sql_value *values = NULL;
    uint64_t rows = 0;
    wr_status status = WR_OK;
    for (bool row = true; status == WR_OK && (status = s->driver->step(st, &row, err)) == WR_OK && row; rows++) {
        if (names == NULL) {
            columns = s->driver->columns(st);
            names = wr_alloc((columns + 1) * sizeof *names);
            values = wr_alloc((columns + 1) * sizeof *values);
            if (names == NULL || values == NULL) {
                status = wr_over(err, "reading rows");
                break;
            }
            for (size_t i = 0; i < columns; i++)
                names[i] = s->driver->column_name(st, i);
        }
        if (rows_most > 0 && rows == rows_most) {
            (void)wr_err(err, WR_OVER, "there are more than %llu rows", (unsigned long long)rows_most);
            status = wr_err_todo(err, "narrow it with WHERE, or take parts with LIMIT and OFFSET");
            break;
        }
        for (size_t i = 0; i < columns; i++)
            values[i] = s->driver->column(st, i);
        const wr_row r = { columns, names, values };
        if (each != NULL && !each(ctx, &r))
            break;
    }
    wr_free(names);
    wr_free(values);
    return status;
}

wr_status wr_store_query(wr_store *s, wr_slice sql, const wr_sql_param *params, size_t param_count,
                         const wr_query_limits *limits, bool (*each)(void *ctx, const wr_row *row), void *ctx, wr_error *err)
{
    wr_stmt *st = NULL;
    wr_status status = s->driver->prepare(s->db, sql, WR_SQL_OUTSIDE, &st, err);
    if (status != WR_OK)
        return status;
    const bool timed = limits != NULL && limits->seconds_most > 0;
    double before = 0;
    if (timed) {
        /* a query within another's callback may not outlast it */
        const double mine = s->driver->clock() + limits->seconds_most;
        before = s->driver->deadline(s->db, mine);
        if (before != 0 && before < mine)
            (void)s->driver->deadline(s->db, before);
    }
    status = bind_named(s, st, params, param_count, err);
    if (status == WR_OK)
        status = each_row(s, st, limits ? limits->rows_most : 0, each, ctx, err);
    if (timed)
        (void)s->driver->deadline(s->db, before);
    s->driver->finalize(st);
    return status;
}

static bool plain_name(const char *name)
{
    size_t n = 0;
    for (; name[n] != '\0'; n++) {
        if (!((name[n] >= 'a' && name[n] <= 'z') || name[n] == '_' || (n > 0 && name[n] >= '0' && name[n] <= '9')))
            return false;
    }
    return n > 0 && n < 64;
}

wr_status wr_store_materialize(wr_store *s, const char *name, wr_slice sql, const wr_sql_param *params, size_t param_count,
                               wr_error *err)
{
    wr_stmt *st = NULL;
    if (!plain_name(name))
        return wr_err(err, WR_USAGE, "a temporary table is named with a to z, 0 to 9 and _");
    wr_status status = s->driver->prepare(s->db, sql, WR_SQL_OUTSIDE, &st, err); /* it may only read */
    s->driver->finalize(st);
    if (status != WR_OK)
        return status;
    st = NULL;
    WR_AUTO_BUF text = wr_buf_new((size_t)2 << 20);
    wr_buf_printf(&text, "DROP TABLE IF EXISTS temp.%s", name);
    status = s->driver->script(s->db, wr_buf_slice(&text), err);
    wr_buf_clear(&text);
    wr_buf_printf(&text, "CREATE TEMP TABLE %s AS " WR_FMT, name, WR_ARG(sql));
    if (!wr_buf_ok(&text))
        return wr_over(err, "making a temporary table");
    if (status == WR_OK)
        status = s->driver->prepare(s->db, wr_buf_slice(&text), WR_SQL_OURS, &st, err);
    bool row;
    if (status == WR_OK)
        status = bind_named(s, st, params, param_count, err);
    if (status == WR_OK)
        status = s->driver->step(st, &row, err);
    s->driver->finalize(st);
    return status;
}
