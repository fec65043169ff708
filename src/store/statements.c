/* Statements of ours: prepared at their first use, kept, bound by a short format. */
#include "internal.h"

#define WR_Q_SQL(name, sql) { sql, sizeof(sql) - 1 },
static const wr_slice sql_of[] = { WR_STATEMENTS(WR_Q_SQL) };

static wr_status bind_all(wr_store *s, wr_stmt *st, const char *types, va_list args, wr_error *err)
{
    wr_status status = WR_OK;
    for (int at = 1; *types != '\0' && status == WR_OK; types++, at++) {
        wr_sql_value v = { .type = WR_SQL_NULL };
        if (*types == 't' || *types == 'T') {
            v.text = va_arg(args, wr_slice);
            v.type = *types == 'T' && v.text.at == NULL ? WR_SQL_NULL : WR_SQL_TEXT;
        } else if (*types == 'v') {
            v = *va_arg(args, const wr_sql_value *);
        } else {
            v.integer = va_arg(args, int64_t);
            v.type = *types == 'I' && v.integer < 0 ? WR_SQL_NULL : WR_SQL_INT;
        }
        status = s->driver->bind(st, at, &v, err);
    }
    return status;
}

static wr_status ready(wr_store *s, wr_q q, const char *types, va_list args, wr_error *err)
{
    if (s->prepared[q] == NULL) {
        const wr_status status = s->driver->prepare(s->db, sql_of[q], WR_SQL_OURS, &s->prepared[q], err);
        if (status != WR_OK)
            return status;
    }
    return bind_all(s, s->prepared[q], types, args, err);
}

wr_status wr_sql_open(wr_store *s, wr_q q, wr_error *err, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    const wr_status status = ready(s, q, types, args, err);
    va_end(args);
    return status;
}

wr_status wr_sql_run(wr_store *s, wr_q q, wr_error *err, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    wr_status status = ready(s, q, types, args, err);
    va_end(args);
    if (status != WR_OK)
        return status;
    bool row;
    status = s->driver->step(s->prepared[q], &row, err);
    s->driver->reset(s->prepared[q]);
    return status;
}

wr_status wr_sql_next(wr_store *s, wr_q q, bool *ret_row, wr_error *err)
{
    const wr_status status = s->driver->step(s->prepared[q], ret_row, err);
    if (status != WR_OK || !*ret_row)
        s->driver->reset(s->prepared[q]);
    return status;
}

void wr_sql_done(wr_store *s, wr_q q)
{
    s->driver->reset(s->prepared[q]);
}

wr_slice wr_sql_text(wr_store *s, wr_q q, size_t column, wr_arena *a)
{
    const wr_sql_value v = s->driver->column(s->prepared[q], column);
    if (v.type != WR_SQL_TEXT)
        return (wr_slice){ NULL, 0 };
    return wr_arena_dup(a, v.text.at ? v.text : WR_SLICE(""));
}

int64_t wr_sql_int(wr_store *s, wr_q q, size_t column)
{
    return s->driver->column(s->prepared[q], column).integer;
}

void wr_statements_free(wr_store *s)
{
    for (size_t q = 0; q < WR_Q_COUNT; q++) {
        s->driver->finalize(s->prepared[q]);
        s->prepared[q] = NULL;
    }
}
