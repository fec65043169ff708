/* The typed tables: their columns come from the database, so that a column added to schema.sql is filled with no code. */
#include "internal.h"

#include <stdlib.h>
#include <warrant/text.h>

#include "base/limits.h"

#define COLUMNS_MOST 200
#define TEXT_MOST (64 * WR_MIB)

static int by_name(const void *a, const void *b)
{
    return strcmp(((const wr_column *)a)->name, ((const wr_column *)b)->name);
}

static wr_column_type type_of(wr_slice declared)
{
    if (wr_slice_is(declared, "SMALLINT"))
        return WR_COLUMN_BOOL;
    if (wr_slice_is(declared, "BIGINT"))
        return WR_COLUMN_INT;
    return wr_slice_starts(declared, "DOUBLE") ? WR_COLUMN_REAL : WR_COLUMN_TEXT;
}

/* One typed table: its columns, and the insert made from them. */
static wr_status discover(wr_store *s, wr_kind kind, wr_stmt *list, wr_error *err)
{
    wr_typed *t = &s->typed[kind];
    const char *table = wr_kind_name(kind);
    WR_AUTO_BUF names = wr_buf_new(WR_MIB);
    WR_AUTO_BUF marks = wr_buf_new(WR_MIB);
    const wr_sql_value name = { .type = WR_SQL_TEXT, .text = wr_slice_of(table) };
    t->columns = wr_alloc(COLUMNS_MOST * sizeof *t->columns);
    if (t->columns == NULL)
        return wr_over(err, "reading the store's schema");
    wr_status status = s->driver->bind(list, 1, &name, err);
    int at = 0;
    for (bool row = true; status == WR_OK && (status = s->driver->step(list, &row, err)) == WR_OK && row;) {
        const wr_slice column = s->driver->column(list, 0).text;
        wr_buf_printf(&names, "%s" WR_FMT, at ? ", " : "", WR_ARG(column));
        wr_buf_printf(&marks, "%s?%d", at ? ", " : "", at + 1);
        at++;
        if (wr_slice_is(column, "more"))
            t->more_at = at;
        else if (at > 2 && t->count < COLUMNS_MOST && column.len < sizeof t->columns[0].name) {
            wr_column *c = &t->columns[t->count++]; /* the first two are id and name */
            memcpy(c->name, column.at, column.len);
            c->at = at;
            c->type = type_of(s->driver->column(list, 1).text);
        }
    }
    s->driver->reset(list);
    if (status != WR_OK)
        return status;
    if (t->more_at == 0)
        return wr_err(err, WR_CORRUPT, "the store has no table %s", table);
    qsort(t->columns, t->count, sizeof *t->columns, by_name);
    WR_AUTO_BUF sql = wr_buf_new(WR_MIB);
    wr_buf_printf(&sql, "INSERT INTO %s (" WR_FMT ") VALUES (" WR_FMT ")", table, WR_ARG(wr_buf_slice(&names)),
                  WR_ARG(wr_buf_slice(&marks)));
    if (!wr_buf_ok(&sql) || !wr_buf_ok(&names) || !wr_buf_ok(&marks))
        return wr_over(err, "reading the store's schema");
    status = s->driver->prepare(s->db, wr_buf_slice(&sql), WR_SQL_OURS, &t->insert, err);
    wr_buf_clear(&sql);
    wr_buf_printf(&sql, "DELETE FROM %s WHERE id = ?1", table);
    return status == WR_OK ? s->driver->prepare(s->db, wr_buf_slice(&sql), WR_SQL_OURS, &t->drop, err) : status;
}

wr_status wr_typed_discover(wr_store *s, wr_error *err)
{
    wr_stmt *list = NULL;
    wr_status status = s->driver->prepare(s->db, wr_slice_of(s->driver->columns_sql), WR_SQL_OURS, &list, err);
    for (int k = 0; k < WR_KINDS && status == WR_OK; k++)
        status = discover(s, (wr_kind)k, list, err);
    s->driver->finalize(list);
    return status;
}

void wr_typed_free(wr_store *s)
{
    for (int k = 0; k < WR_KINDS; k++) {
        s->driver->finalize(s->typed[k].insert);
        s->driver->finalize(s->typed[k].drop);
        wr_free(s->typed[k].columns);
        s->typed[k] = (wr_typed){ 0 };
    }
}

wr_slice store_text_of(wr_arena *a, const wr_value *v)
{
    if (v == NULL || v->type == WR_NULL)
        return (wr_slice){ NULL, 0 };
    switch (v->type) {
    case WR_STRING: return v->u.string.at ? v->u.string : WR_SLICE("");
    case WR_INT: return wr_arena_printf(a, "%lld", (long long)v->u.integer);
    case WR_TRUE: return WR_SLICE("true");
    case WR_FALSE: return WR_SLICE("false");
    default: break;
    }
    WR_AUTO_BUF b = wr_buf_new(TEXT_MOST);
    if (wr_canonical(v, &b, NULL) != WR_OK) { /* it did not come through the ledger */
        wr_buf_clear(&b);
        wr_json_write(v, &b, 0);
    }
    if (!wr_buf_ok(&b))
        return (wr_slice){ NULL, 0 };
    return wr_arena_dup(a, wr_slice_trim(wr_buf_slice(&b)));
}

bool store_text_or_null(wr_arena *a, const wr_value *v, wr_slice *ret)
{
    *ret = store_text_of(a, v);
    return ret->at != NULL || v == NULL || v->type == WR_NULL;
}

bool store_time_of(const wr_value *v, int64_t *ret)
{
    if (wr_is(v, WR_INT)) {
        *ret = v->u.integer;
        return true;
    }
    return wr_is(v, WR_STRING) && wr_time_parse(v->u.string, ret);
}

/* The value as its column takes it; false where it does not fit the column's type (it is then kept in `more`). */
static bool fits(wr_arena *a, const wr_column *c, const wr_value *v, wr_sql_value *ret)
{
    switch (c->type) {
    case WR_COLUMN_BOOL: {
        const bool yes = wr_is(v, WR_TRUE) || (wr_is(v, WR_INT) && v->u.integer == 1) || wr_slice_is(wr_string(v), "true");
        const bool no = wr_is(v, WR_FALSE) || (wr_is(v, WR_INT) && v->u.integer == 0) || wr_slice_is(wr_string(v), "false");
        *ret = (wr_sql_value){ .type = WR_SQL_INT, .integer = yes };
        return yes || no;
    }
    case WR_COLUMN_INT: {
        uint64_t n = 0;
        ret->type = WR_SQL_INT;
        if (wr_slice_ends(wr_slice_of(c->name), "_at") && store_time_of(v, &ret->integer))
            return true;
        if (wr_is(v, WR_STRING) && wr_parse_u64(v->u.string, &n) && n <= INT64_MAX) {
            ret->integer = (int64_t)n;
            return true;
        }
        ret->integer = wr_is(v, WR_INT) ? v->u.integer : 0;
        return wr_is(v, WR_INT);
    }
    case WR_COLUMN_REAL:
        *ret = (wr_sql_value){ .type = WR_SQL_REAL, .real = wr_is(v, WR_INT) ? (double)v->u.integer : 0 };
        return wr_is(v, WR_INT);
    default:
        *ret = (wr_sql_value){ .type = WR_SQL_TEXT, .text = store_text_of(a, v) };
        return ret->text.at != NULL;
    }
}

static const wr_column *column_of(const wr_typed *t, wr_slice name)
{
    size_t low = 0, high = t->count;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        const size_t len = strlen(t->columns[mid].name);
        int order = memcmp(t->columns[mid].name, name.at, len < name.len ? len : name.len);
        if (order == 0)
            order = len < name.len ? -1 : len > name.len;
        if (order == 0)
            return &t->columns[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* Adds a member that the object is known not to have: wr_put would look through all of them first. */
static bool add_member(wr_arena *a, wr_value *object, wr_slice key, const wr_value *v)
{
    wr_member *m = wr_arena_one(a, wr_member);
    if (m == NULL || object == NULL)
        return false;
    m->key = key;
    m->value = *v; /* its children are shared: nothing here changes them */
    m->value.next = NULL;
    if (object->u.members.last != NULL)
        object->u.members.last->next = m;
    else
        object->u.members.first = m;
    object->u.members.last = m;
    object->u.members.count++;
    return true;
}

wr_status wr_typed_delete(wr_store *s, wr_kind kind, wr_slice id, wr_error *err)
{
    const wr_sql_value v = { .type = WR_SQL_TEXT, .text = id };
    bool row;
    wr_status status = s->driver->bind(s->typed[kind].drop, 1, &v, err);
    if (status == WR_OK)
        status = s->driver->step(s->typed[kind].drop, &row, err);
    s->driver->reset(s->typed[kind].drop);
    return status;
}

wr_status wr_typed_insert(wr_store *s, wr_kind kind, wr_slice id, wr_slice name, const wr_fact *facts, size_t count,
                          wr_error *err)
{
    const wr_typed *t = &s->typed[kind];
    const int params = t->more_at > (int)t->count + 2 ? t->more_at : (int)t->count + 3;
    wr_sql_value *values = wr_arena_array(s->arena, wr_sql_value, (size_t)params + 1); /* all NULL */
    wr_value *more = NULL;
    if (values == NULL)
        return wr_over(err, "applying a record");
    values[1] = (wr_sql_value){ .type = WR_SQL_TEXT, .text = id };
    values[2] = (wr_sql_value){ .type = WR_SQL_TEXT, .text = name };
    for (size_t i = 0; i < count; i++) {
        const wr_column *c = facts[i].name.len > 0 ? column_of(t, facts[i].name) : NULL;
        if (c != NULL && fits(s->arena, c, facts[i].value, &values[c->at]))
            continue;
        if (c != NULL && c->type == WR_COLUMN_TEXT)
            return wr_over(err, "applying a record"); /* everything fits a text column */
        if (c != NULL)
            values[c->at] = (wr_sql_value){ .type = WR_SQL_NULL };
        if (more == NULL)
            more = wr_new_object(s->arena);
        if (!add_member(s->arena, more, facts[i].name, facts[i].value))
            return wr_over(err, "applying a record");
    }
    if (more != NULL) {
        values[t->more_at] = (wr_sql_value){ .type = WR_SQL_TEXT, .text = store_text_of(s->arena, more) };
        if (values[t->more_at].text.at == NULL)
            return wr_over(err, "applying a record");
    }
    wr_status status = WR_OK;
    for (int at = 1; at <= t->more_at && status == WR_OK; at++)
        status = s->driver->bind(t->insert, at, &values[at], err);
    bool row;
    if (status == WR_OK)
        status = s->driver->step(t->insert, &row, err);
    s->driver->reset(t->insert);
    return status;
}
