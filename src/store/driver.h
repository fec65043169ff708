/* driver.h - what the store asks of a database engine: a small table of functions, so that a PostgreSQL driver can
 * stand beside the SQLite one. Nothing outside src/store/ sees it, and only sqlite.c knows SQLite.
 *
 * SQL handed to a driver uses ?1, ?2 ... (ours) or :name (from checks and people); a driver translates what its engine
 * does not take.
 *
 * Borrows  a bound slice must live until the statement was reset; a text column until the next step.
 * Bounds   the deadline that is set on the connection.
 * Fails    WR_BAD with the engine's words, WR_FULL, WR_BUSY, WR_CORRUPT, WR_IO, WR_DENIED, WR_OVER past the deadline.
 * Threads  a connection and its statements belong to one thread at a time. */
#ifndef WR_STORE_DRIVER_H
#define WR_STORE_DRIVER_H

#include <warrant/store.h>

typedef struct wr_db wr_db;
typedef struct wr_stmt wr_stmt;

/* A statement of ours may do anything; one from outside only read. */
typedef enum { WR_SQL_OURS, WR_SQL_OUTSIDE } wr_sql_trust;

typedef struct {
    const char *name;

    /* *ret_version: -1 for a database that holds nothing yet, else what set_version stored. WR_MISSING where a reader
     * finds no database, WR_DENIED for one that is somebody else's. */
    wr_status (*open)(const char *where, wr_store_mode mode, wr_db **ret, int64_t *ret_version, wr_error *err);
    void (*close)(wr_db *db); /* NULL-safe; every statement must be gone */
    wr_status (*script)(wr_db *db, wr_slice sql, wr_error *err); /* several statements, ours, no results */
    wr_status (*set_version)(wr_db *db, int64_t version, wr_error *err);
    /* Drops every table, view and index. Inside a transaction. */
    wr_status (*drop_all)(wr_db *db, wr_error *err);

    wr_status (*prepare)(wr_db *db, wr_slice sql, wr_sql_trust trust, wr_stmt **ret, wr_error *err);
    void (*finalize)(wr_stmt *st); /* NULL-safe */
    int (*param)(wr_stmt *st, const char *name); /* number of :name, 0 where it has none */
    wr_status (*bind)(wr_stmt *st, int at, const wr_sql_value *v, wr_error *err); /* from 1 */
    wr_status (*step)(wr_stmt *st, bool *ret_row, wr_error *err);
    void (*reset)(wr_stmt *st);
    size_t (*columns)(wr_stmt *st);
    const char *(*column_name)(wr_stmt *st, size_t at);
    wr_sql_value (*column)(wr_stmt *st, size_t at); /* from 0 */

    /* Seconds of the monotonic clock after which a statement of this connection is stopped with WR_OVER; 0 for none.
     * Returns the one before. */
    double (*deadline)(wr_db *db, double at);
    double (*clock)(void);
    /* A query that lists the permanent tables (column name), and one that lists the columns of table :name (columns
     * name, type). */
    const char *tables_sql, *columns_sql;
    const char *begin_sql; /* begins a transaction that will write */
    const char *scrub_sql; /* after everything was dropped: what was erased must not stay in a file beside the tables */
} wr_driver;

const wr_driver *wr_driver_sqlite(void);

#endif
