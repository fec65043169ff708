/* store.h - tables and views that checks, reports and people query. Everything in it comes from the ledger: it is
 * written only by wr_store_apply, with the watermark in the same transaction, and can be rebuilt at any time.
 *
 * Schema and views are SQL files (src/store/schema.sql, views.sql; docs/tables.md describes them), in the SQL that
 * SQLite and PostgreSQL share: times are BIGINT seconds since 1970 UTC, booleans SMALLINT 0/1, lists of strings
 * are JSON text and also rows of `asset_value`.
 *
 * Borrows  a row's text lives until the callback returns.
 * Bounds   a wr_query_limits for what people type.
 * Fails    WR_BAD with the engine's words for wrong SQL; WR_OVER past rows or time; WR_NEWER for a later schema.
 * Threads  one thread at a time. */
#ifndef WARRANT_STORE_H
#define WARRANT_STORE_H

#include <warrant/record.h>

typedef struct wr_store wr_store;

typedef enum { WR_STORE_READ, WR_STORE_WRITE } wr_store_mode;
/* `where` is a file for SQLite. A schema of an earlier version is dropped and made anew (watermark 0): rebuilding is migrating. */
WR_MUST_USE wr_status wr_store_open(const char *where, wr_store_mode mode, wr_store **ret, wr_error *err);
void wr_store_close(wr_store *s); /* NULL-safe */

/* The index of the next record to apply. */
WR_MUST_USE wr_status wr_store_watermark(wr_store *s, uint64_t *ret, wr_error *err);
WR_MUST_USE wr_status wr_store_begin(wr_store *s, wr_error *err);
WR_MUST_USE wr_status wr_store_commit(wr_store *s, wr_error *err);
void wr_store_rollback(wr_store *s);
/* Applies record number `index`, which must be the watermark. A type or version it does not know only moves the
 * watermark (a newer program wrote it), an erased body too. Inside begin and commit. */
WR_MUST_USE wr_status wr_store_apply(wr_store *s, uint64_t index, const wr_record *r, wr_error *err);
/* Empties it: watermark 0. */
WR_MUST_USE wr_status wr_store_reset(wr_store *s, wr_error *err);

typedef enum { WR_SQL_NULL, WR_SQL_INT, WR_SQL_REAL, WR_SQL_TEXT } wr_sql_type;
typedef struct {
    wr_sql_type type;
    int64_t integer;
    double real;
    wr_slice text;
} wr_sql_value;
typedef struct {
    size_t count;
    const char *const *names;
    const wr_sql_value *values;
} wr_row;
typedef struct { const char *name; wr_sql_value value; } wr_sql_param; /* name without ':' */
typedef struct { uint64_t rows_most; int seconds_most; } wr_query_limits; /* 0: no limit */

/* Column by name: empty, 0 where absent. */
wr_slice wr_row_text(const wr_row *row, const char *name);
int64_t wr_row_int(const wr_row *row, const char *name);
bool wr_row_null(const wr_row *row, const char *name);

/* One read-only statement with named parameters (:name); those that it does not use are ignored. `each` returns false to stop early.
 * A statement that would write is refused (WR_DENIED) whatever it is. */
WR_MUST_USE wr_status wr_store_query(wr_store *s, wr_slice sql, const wr_sql_param *params, size_t param_count,
                                     const wr_query_limits *limits, bool (*each)(void *ctx, const wr_row *row), void *ctx,
                                     wr_error *err);
/* Temporary tables for the length of the connection: "CREATE TEMP TABLE name AS sql" (assess materializes terms). */
WR_MUST_USE wr_status wr_store_materialize(wr_store *s, const char *name, wr_slice sql, const wr_sql_param *params,
                                           size_t param_count, wr_error *err);
/* An index on one column of a temporary table made so. Names: a to z, 0 to 9 and _. */
WR_MUST_USE wr_status wr_store_index(wr_store *s, const char *table, const char *column, wr_error *err);
/* The rows of every table, in a fixed order, as SHA-256: equal before and after a rebuild. */
WR_MUST_USE wr_status wr_store_digest(wr_store *s, wr_arena *a, wr_slice *ret_hex, wr_error *err);

#endif
