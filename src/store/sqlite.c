/* The SQLite driver: the only file that knows SQLite. */
#include "driver.h"

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>
#include <warrant/io.h>

#include "base/limits.h"

#define APPLICATION_ID 0x57524e54 /* "WRNT", in the file's header: what is not ours is never touched */
#define BUSY_MS 5000
#define VALUE_MOST (64 * WR_MIB)
#define LIKE_MOST 1000 /* LIKE backtracks within one step, where no deadline is looked at */
#define STEPS_BETWEEN_LOOKS 20000
#define PRINTABLE_NAME_MOST 200
/* SQLite makes a table-valued function at its first use, and would ask the authorizer whether it may: so make them now. */
#define KNOWN_TO_READERS "SELECT 1 FROM json_each('[]'); SELECT 1 FROM json_tree('[]'); SELECT 1 FROM pragma_table_info('')"

struct wr_db {
    sqlite3 *db;
    bool outside;    /* a statement from outside is being prepared */
    double deadline; /* 0: none */
    char where[512];
};

struct wr_stmt {
    sqlite3_stmt *st;
    wr_db *db;
};

static double clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static wr_status status_of(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW: return WR_OK;
    case SQLITE_FULL: return WR_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return WR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return WR_CORRUPT;
    case SQLITE_AUTH:
    case SQLITE_PERM:
    case SQLITE_READONLY: return WR_DENIED;
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
    case SQLITE_INTERRUPT: return WR_OVER;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: return WR_IO;
    default: return WR_BAD;
    }
}

/* SQLite's words, and what to do where that is known. */
static wr_status fault(wr_db *db, int code, wr_error *err)
{
    const wr_status status = status_of(code);
    if ((code & 0xff) == SQLITE_INTERRUPT) {
        (void)wr_err(err, status, "the query took longer than allowed and was stopped");
        (void)wr_err_todo(err, "narrow it, or look at fewer rows");
        return status;
    }
    (void)wr_err(err, status, "%s", db->db ? sqlite3_errmsg(db->db) : sqlite3_errstr(code));
    if (status != WR_BAD)
        (void)wr_err_in(err, db->where);
    if (status == WR_CORRUPT)
        (void)wr_err_todo(err, "everything in it comes from the ledger: move the file away and run `warrant rebuild`");
    else if (status == WR_FULL)
        (void)wr_err_todo(err, "make room on this disk and try again");
    else if (status == WR_BUSY)
        (void)wr_err_todo(err, "another process is writing; try again");
    return status;
}

/* ---- what a statement from outside may do: read ---- */

static int authorize(void *ctx, int action, const char *first, const char *second, const char *schema, const char *trigger)
{
    (void)first, (void)schema, (void)trigger;
    const wr_db *db = ctx;
    if (!db->outside)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_FUNCTION:
        return second && (sqlite3_stricmp(second, "load_extension") == 0 || sqlite3_stricmp(second, "fts3_tokenizer") == 0)
                   ? SQLITE_DENY : SQLITE_OK;
    default: return SQLITE_DENY;
    }
}

static int look_at_clock(void *ctx)
{
    const wr_db *db = ctx;
    return db->deadline != 0 && clock_now() > db->deadline;
}

/* ---- opening ---- */

static void db_close(wr_db *db)
{
    if (db == NULL)
        return;
    sqlite3_close(db->db);
    wr_free(db);
}

static wr_status number(wr_db *db, const char *sql, int64_t *ret, wr_error *err)
{
    sqlite3_stmt *st = NULL;
    int code = sqlite3_prepare_v2(db->db, sql, -1, &st, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(st);
    if (code == SQLITE_ROW)
        *ret = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return status_of(code) == WR_OK ? WR_OK : fault(db, code, err);
}

static wr_status script(wr_db *db, wr_slice sql, wr_error *err)
{
    const char *at = sql.at, *end = sql.at + sql.len;
    while (at < end) {
        sqlite3_stmt *st = NULL;
        const char *tail = end;
        int code = sqlite3_prepare_v2(db->db, at, (int)(end - at), &st, &tail);
        while (code == SQLITE_OK || code == SQLITE_ROW) {
            if (st == NULL)
                break; /* white space or a comment */
            code = sqlite3_step(st);
        }
        sqlite3_finalize(st);
        if (status_of(code) != WR_OK)
            return fault(db, code, err);
        at = tail;
    }
    return WR_OK;
}

static void settings(wr_db *db)
{
    sqlite3_extended_result_codes(db->db, 1);
    sqlite3_busy_timeout(db->db, BUSY_MS);
    sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_db_config(db->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
    sqlite3_db_config(db->db, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
    sqlite3_db_config(db->db, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
    sqlite3_limit(db->db, SQLITE_LIMIT_LENGTH, (int)VALUE_MOST);
    sqlite3_limit(db->db, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, LIKE_MOST);
    sqlite3_limit(db->db, SQLITE_LIMIT_ATTACHED, 0);
    /* The authorizer stays: taking it off and on would make every prepared statement be prepared again. */
    sqlite3_set_authorizer(db->db, authorize, db);
    sqlite3_progress_handler(db->db, STEPS_BETWEEN_LOOKS, look_at_clock, db);
}

/* Ours, somebody else's, or nothing yet. */
static wr_status recognize(wr_db *db, int64_t *ret_version, wr_error *err)
{
    int64_t application = 0, version = 0, objects = 0;
    wr_status status = number(db, "SELECT count(*) FROM sqlite_master", &objects, err);
    if (status == WR_OK)
        status = number(db, "PRAGMA application_id", &application, err);
    if (status == WR_OK)
        status = number(db, "PRAGMA user_version", &version, err);
    if (status != WR_OK)
        return status;
    if (application != APPLICATION_ID && (application != 0 || objects != 0 || version != 0)) {
        (void)wr_err(err, WR_DENIED, "this database is not a store of Warrant and is left alone");
        (void)wr_err_in(err, db->where);
        return wr_err_todo(err, "name another file, or move this one away");
    }
    *ret_version = application == APPLICATION_ID ? version : -1;
    return WR_OK;
}

static wr_status prepare_writing(wr_db *db, wr_error *err)
{
    char sql[320];
    snprintf(sql, sizeof sql, /* secure_delete: what was erased is overwritten, not only forgotten */
             "PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA application_id = %d;"
             "PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -65536", APPLICATION_ID);
    return script(db, wr_slice_of(sql), err);
}

static wr_status db_open(const char *where, wr_store_mode mode, wr_db **ret, int64_t *ret_version, wr_error *err)
{
    wr_db *db = wr_alloc(sizeof *db);
    if (db == NULL)
        return wr_over(err, "opening the store");
    snprintf(db->where, sizeof db->where, "%s", where);
    /* Made for its owner's eyes alone; the files beside it follow. Only where it is new: closing a file that another
     * connection of this process has open would drop that one's locks. */
    int fd;
    if (mode == WR_STORE_WRITE && strcmp(where, ":memory:") != 0 &&
        wr_io_open(wr_io_real(), where, WR_O_READ | WR_O_WRITE | WR_O_CREATE | WR_O_EXCL, 0600, &fd, NULL) == WR_OK)
        wr_io_close(wr_io_real(), fd);
    const int flags = mode == WR_STORE_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(where, &db->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    wr_status status = WR_OK;
    if (code != SQLITE_OK) {
        status = fault(db, code, err);
        if (mode == WR_STORE_READ && (code & 0xff) == SQLITE_CANTOPEN) {
            (void)wr_err(err, WR_MISSING, "there is no store that can be read");
            (void)wr_err_in(err, where);
            status = wr_err_todo(err, "run `warrant rebuild`");
        }
    }
    if (status == WR_OK) {
        settings(db);
        status = recognize(db, ret_version, err);
    }
    if (status == WR_OK)
        status = script(db, WR_SLICE(KNOWN_TO_READERS), err);
    if (status == WR_OK && mode == WR_STORE_WRITE)
        status = prepare_writing(db, err);
    if (status != WR_OK) {
        db_close(db);
        return status;
    }
    *ret = db;
    return WR_OK;
}

static wr_status set_version(wr_db *db, int64_t version, wr_error *err)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", (int)version);
    return script(db, wr_slice_of(sql), err);
}

/* One name at a time: dropping a table changes the list that is read. */
static wr_status drop_all(wr_db *db, wr_error *err)
{
    for (;;) {
        sqlite3_stmt *st = NULL;
        int code = sqlite3_prepare_v2(db->db,
            "SELECT 'DROP ' || type || ' \"' || replace(name, '\"', '\"\"') || '\"' FROM sqlite_master"
            " WHERE type IN ('view', 'table', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
            " ORDER BY type = 'table', name LIMIT 1", -1, &st, NULL);
        if (code != SQLITE_OK)
            return fault(db, code, err);
        char sql[PRINTABLE_NAME_MOST * 2] = "";
        if ((code = sqlite3_step(st)) == SQLITE_ROW)
            snprintf(sql, sizeof sql, "%s", (const char *)sqlite3_column_text(st, 0));
        sqlite3_finalize(st);
        if (code == SQLITE_DONE)
            return WR_OK;
        if (code != SQLITE_ROW)
            return fault(db, code, err);
        const wr_status status = script(db, wr_slice_of(sql), err);
        if (status != WR_OK)
            return status;
    }
}

/* ---- statements ---- */

static void finalize(wr_stmt *st)
{
    if (st == NULL)
        return;
    sqlite3_finalize(st->st);
    wr_free(st);
}

/* Only white space, comments and semicolons are left. */
static bool nothing_left(wr_db *db, const char *tail, const char *end)
{
    while (tail < end) {
        if (*tail == ';' || *tail == ' ' || *tail == '\t' || *tail == '\n' || *tail == '\r') {
            tail++;
            continue;
        }
        sqlite3_stmt *more = NULL;
        const char *next = end;
        const int code = sqlite3_prepare_v2(db->db, tail, (int)(end - tail), &more, &next);
        const bool blank = code == SQLITE_OK && more == NULL;
        sqlite3_finalize(more);
        if (!blank || next <= tail)
            return blank;
        tail = next;
    }
    return true;
}

static wr_status only_reading(wr_error *err, const char *what)
{
    (void)wr_err(err, WR_DENIED, "%s", what);
    return wr_err_todo(err, "ask with one SELECT; everything in the store comes from the ledger");
}

static wr_status prepare(wr_db *db, wr_slice sql, wr_sql_trust trust, wr_stmt **ret, wr_error *err)
{
    if (sql.len > WR_MIB)
        return wr_err(err, WR_OVER, "the SQL is longer than %zu bytes", WR_MIB);
    wr_stmt *st = wr_alloc(sizeof *st);
    if (st == NULL)
        return wr_over(err, "preparing SQL");
    st->db = db;
    const char *text = sql.at ? sql.at : "", *end = text + sql.len, *tail = end;
    db->outside = trust == WR_SQL_OUTSIDE;
    const int code = sqlite3_prepare_v3(db->db, text, (int)sql.len,
                                        trust == WR_SQL_OURS ? SQLITE_PREPARE_PERSISTENT : 0, &st->st, &tail);
    wr_status status = WR_OK;
    if ((code & 0xff) == SQLITE_AUTH ||
        (code != SQLITE_OK && wr_slice_starts(wr_slice_of(sqlite3_errmsg(db->db)), "not authorized")))
        status = only_reading(err, "this SQL does more than read, and a query may only read");
    else if (code != SQLITE_OK)
        status = fault(db, code, err);
    else if (st->st == NULL)
        status = wr_err(err, WR_BAD, "there is no SQL in it");
    else if (trust == WR_SQL_OUTSIDE && !nothing_left(db, tail, end))
        status = only_reading(err, "there is more than one statement");
    else if (trust == WR_SQL_OUTSIDE && !sqlite3_stmt_readonly(st->st))
        status = only_reading(err, "this SQL would write, and a query may only read");
    db->outside = false;
    if (status != WR_OK) {
        finalize(st);
        return status;
    }
    *ret = st;
    return WR_OK;
}

static int param(wr_stmt *st, const char *name)
{
    char with_colon[128];
    snprintf(with_colon, sizeof with_colon, ":%s", name);
    return sqlite3_bind_parameter_index(st->st, with_colon);
}

static wr_status bind(wr_stmt *st, int at, const wr_sql_value *v, wr_error *err)
{
    int code = SQLITE_OK;
    switch (v->type) {
    case WR_SQL_NULL: code = sqlite3_bind_null(st->st, at); break;
    case WR_SQL_INT: code = sqlite3_bind_int64(st->st, at, v->integer); break;
    case WR_SQL_REAL: code = sqlite3_bind_double(st->st, at, v->real); break;
    case WR_SQL_TEXT:
        code = sqlite3_bind_text64(st->st, at, v->text.at ? v->text.at : "", v->text.len, SQLITE_STATIC, SQLITE_UTF8);
        break;
    }
    return code == SQLITE_OK ? WR_OK : fault(st->db, code, err);
}

static wr_status step(wr_stmt *st, bool *ret_row, wr_error *err)
{
    const int code = sqlite3_step(st->st);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return fault(st->db, code, err);
    *ret_row = code == SQLITE_ROW;
    return WR_OK;
}

static void reset(wr_stmt *st) { sqlite3_reset(st->st); }
static size_t columns(wr_stmt *st) { return (size_t)sqlite3_column_count(st->st); }

static const char *column_name(wr_stmt *st, size_t at)
{
    const char *name = sqlite3_column_name(st->st, (int)at);
    return name ? name : "";
}

static wr_sql_value column(wr_stmt *st, size_t at)
{
    const int i = (int)at;
    switch (sqlite3_column_type(st->st, i)) {
    case SQLITE_NULL: return (wr_sql_value){ .type = WR_SQL_NULL };
    case SQLITE_INTEGER: return (wr_sql_value){ .type = WR_SQL_INT, .integer = sqlite3_column_int64(st->st, i) };
    case SQLITE_FLOAT: return (wr_sql_value){ .type = WR_SQL_REAL, .real = sqlite3_column_double(st->st, i) };
    default: break; /* a blob is shown as its bytes */
    }
    const char *text = (const char *)sqlite3_column_blob(st->st, i);
    return (wr_sql_value){ .type = WR_SQL_TEXT, .text = wr_slice_make(text, (size_t)sqlite3_column_bytes(st->st, i)) };
}

static double deadline(wr_db *db, double at)
{
    const double before = db->deadline;
    db->deadline = at;
    return before;
}

static const wr_driver sqlite = {
    .name = "sqlite",
    .open = db_open,
    .close = db_close,
    .script = script,
    .set_version = set_version,
    .drop_all = drop_all,
    .prepare = prepare,
    .finalize = finalize,
    .param = param,
    .bind = bind,
    .step = step,
    .reset = reset,
    .columns = columns,
    .column_name = column_name,
    .column = column,
    .deadline = deadline,
    .clock = clock_now,
    .tables_sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name",
    .columns_sql = "SELECT name, type FROM pragma_table_info(:name) ORDER BY cid",
    .begin_sql = "BEGIN IMMEDIATE",
    .scrub_sql = "PRAGMA wal_checkpoint(TRUNCATE)",
};

const wr_driver *wr_driver_sqlite(void) { return &sqlite; }
