#include "cli/commands.h"

#include "base/limits.h"

typedef struct {
    cli *c;
    cli_table *table;
    wr_value *rows, *columns;
    const wr_row *first;
    uint64_t count;
} querying;

static bool each(void *ctx, const wr_row *row)
{
    querying *q = ctx;
    wr_arena *a = q->c->arena;
    q->count++;
    if (q->rows != NULL) {
        wr_value *v = wr_new_object(a);
        for (size_t i = 0; i < row->count; i++) {
            const wr_sql_value *x = &row->values[i];
            wr_value *cell = x->type == WR_SQL_INT ? wr_new_int(a, x->integer) : x->type == WR_SQL_TEXT ? wr_new_string(a, x->text)
                             : wr_new_null(a);
            if (x->type == WR_SQL_REAL && cell != NULL) {
                cell->type = WR_REAL;
                cell->u.real = x->real;
            }
            wr_put(a, v, row->names[i], cell);
        }
        return wr_push(a, q->rows, v) != NULL;
    }
    const int columns = row->count > 12 ? 12 : (int)row->count;
    if (q->table == NULL)
        q->table = cli_table_new(q->c, columns, columns - 1, row->names);
    for (int i = 0; i < columns; i++) {
        const wr_sql_value *x = &row->values[i];
        wr_slice s = x->text;
        if (x->type == WR_SQL_INT)
            s = wr_arena_printf(a, "%lld", (long long)x->integer);
        else if (x->type == WR_SQL_REAL)
            s = wr_arena_printf(a, "%g", x->real);
        cli_cell(q->table, s, NULL);
    }
    return true;
}

static int run(cli *c)
{
    const wr_query_limits limits = { WR_QUERY_ROWS_MOST, WR_QUERY_SECONDS };
    const wr_sql_param now = cli_param_int("now", wr_now());
    querying q = { .c = c, .rows = c->json ? wr_new_array(c->arena) : NULL };
    if (!cli_open(c, WR_WS_READ, false) ||
        wr_store_query(wr_workspace_store(c->workspace), wr_slice_of(c->args[0]), &now, 1, &limits, each, &q, &c->err) != WR_OK) {
        if (c->err.status == WR_BAD)
            c->err.status = WR_USAGE; /* the SQL is the user's */
        return cli_fail(c);
    }
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put(c->arena, v, "rows", q.rows);
        cli_json(c, v);
        return CLI_DONE;
    }
    cli_table_print(q.table);
    if (!c->quiet)
        fprintf(stderr, "%llu row%s\n", (unsigned long long)q.count, q.count == 1 ? "" : "s");
    return CLI_DONE;
}

static const char *const examples[] = {
    "warrant query 'SELECT name, format, size FROM model ORDER BY size DESC'",
    "warrant query \"SELECT kind, count(*) FROM asset WHERE gone_at IS NULL GROUP BY kind\" --json",
    NULL,
};
const cli_command command_query = {
    "query", "SQL", 1, 1, "Read-only SQL over the documented tables and views",
    "Times are seconds since 1970 UTC; :now is the present. At most 100,000 rows and 30 seconds. docs/tables.md describes\n"
    "the tables.",
    NULL, examples, run,
};

/* ---- rebuild ---- */

static int run_rebuild(cli *c)
{
    if (!cli_open(c, WR_WS_WRITE, false) || wr_workspace_rebuild(c->workspace, &c->err) != WR_OK)
        return cli_fail(c);
    uint64_t n = 0;
    wr_slice digest = { 0 };
    if (wr_store_watermark(wr_workspace_store(c->workspace), &n, &c->err) != WR_OK ||
        wr_store_digest(wr_workspace_store(c->workspace), c->arena, &digest, &c->err) != WR_OK)
        return cli_fail(c);
    if (c->json) {
        wr_value *v = wr_new_object(c->arena);
        wr_put_int(c->arena, v, "records", (int64_t)n);
        wr_put_string(c->arena, v, "digest", digest);
        cli_json(c, v);
    } else {
        printf("Rebuilt the store from %llu records; digest of its rows %.16s...\n", (unsigned long long)n, digest.at);
    }
    return CLI_DONE;
}

static const char *const rebuild_examples[] = { "warrant rebuild", NULL };
const cli_command command_rebuild = { "rebuild", "", 0, 0, "Rebuild the store from the ledger",
    "Nothing lives only in the store: this loses nothing and gives the same rows.", NULL, rebuild_examples, run_rebuild };
