/* Queries read and nothing else; they are bounded; foreign and newer files are refused. */
#include "help.h"

#include <sqlite3.h>
#include <unistd.h>

static wr_status ask(fixture *f, const char *sql)
{
    return wr_store_query(f->store, wr_slice_of(sql), NULL, 0, NULL, NULL, NULL, &f->err);
}

static void test_only_reading(void **state)
{
    fixture *f = *state;
    apply(f, "asset.observed", "{'id':'model:m','scope':'s','name':'m'}");
    static const char *const refused[] = {
        "INSERT INTO meta (name, value) VALUES ('a', 'b')",
        "UPDATE asset SET name = 'x'",
        "DELETE FROM asset",
        "WITH a AS (SELECT 1) DELETE FROM asset",
        "REPLACE INTO meta (name, value) VALUES ('a', 'b')",
        "DROP TABLE asset",
        "CREATE TABLE t (a)",
        "CREATE TEMP TABLE t (a)",
        "CREATE TEMP TABLE t AS SELECT 1",
        "ALTER TABLE asset RENAME TO b",
        "PRAGMA user_version = 7",
        "PRAGMA writable_schema = 1",
        "PRAGMA user_version",
        "ATTACH 'x.db' AS x",
        "ATTACH ':memory:' AS x",
        "DETACH x",
        "VACUUM",
        "VACUUM INTO 'x.db'",
        "REINDEX",
        "ANALYZE",
        "BEGIN",
        "COMMIT",
        "SAVEPOINT a",
        "SELECT 1; SELECT 2",
        "SELECT 1; DELETE FROM asset",
        "SELECT 1 /* a */ ; -- b\n DELETE FROM asset",
        "SELECT load_extension('x')",
        "EXPLAIN DELETE FROM asset",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        if (ask(f, refused[i]) != WR_DENIED)
            fail_msg("not refused as writing: %s (%s)", refused[i], f->err.what);
    }
    assert_rows(f, "SELECT id, name FROM asset", "model:m|m");
    static const char *const allowed[] = {
        "SELECT 1", "SELECT 1;", "SELECT 1 ; -- done\n", "VALUES (1)", "WITH a AS (SELECT 1 AS x) SELECT x FROM a",
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n",
        "SELECT count(*) FROM asset", "SELECT value FROM json_each('[1,2]')", "EXPLAIN QUERY PLAN SELECT 1",
        "SELECT name FROM pragma_table_info('asset')",
    };
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        if (ask(f, allowed[i]) != WR_OK)
            fail_msg("refused: %s (%s)", allowed[i], f->err.what);
    }
}

static void test_wrong_sql_carries_the_engines_words(void **state)
{
    fixture *f = *state;
    assert_int_equal(ask(f, "SELEC 1"), WR_BAD);
    assert_non_null(strstr(f->err.what, "syntax error"));
    assert_int_equal(ask(f, "SELECT * FROM no_such_table"), WR_BAD);
    assert_non_null(strstr(f->err.what, "no such table: no_such_table"));
    assert_int_equal(ask(f, ""), WR_BAD);
    assert_int_equal(ask(f, " -- nothing"), WR_BAD);
    assert_int_equal(ask(f, "SELECT \"no such column\" FROM asset"), WR_BAD);
}

static void test_limits(void **state)
{
    fixture *f = *state;
    answer a = { wr_buf_new(1 << 20), 0 };
    const wr_query_limits rows = { .rows_most = 3 }, time = { .seconds_most = 1 };
    const wr_slice ten = WR_SLICE("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n");
    assert_int_equal(wr_store_query(f->store, ten, NULL, 0, &rows, keep_row, &a, &f->err), WR_OVER);
    assert_int_equal(a.rows, 3);
    const wr_query_limits enough = { .rows_most = 10 };
    assert_ok(f, wr_store_query(f->store, ten, NULL, 0, &enough, keep_row, &a, &f->err));
    assert_int_equal(a.rows, 13);
    const wr_slice endless = WR_SLICE("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
    assert_int_equal(wr_store_query(f->store, endless, NULL, 0, &time, keep_row, &a, &f->err), WR_OVER);
    assert_non_null(strstr(f->err.what, "longer than allowed"));
    assert_ok(f, ask(f, "SELECT 1")); /* the deadline went with its query */
    wr_buf_free(&a.text);
}

static bool only_one(void *ctx, const wr_row *row)
{
    int64_t *sum = ctx;
    *sum += wr_row_int(row, "n");
    assert_true(wr_slice_is(wr_row_text(row, "t"), "text"));
    assert_true(wr_row_null(row, "absent"));
    assert_true(wr_row_null(row, "no such column"));
    assert_false(wr_row_null(row, "n"));
    assert_int_equal(wr_row_text(row, "no such column").len, 0);
    return false;
}

static void test_parameters(void **state)
{
    fixture *f = *state;
    int64_t sum = 0;
    const wr_sql_param params[] = {
        { "n", { .type = WR_SQL_INT, .integer = 42 } },
        { "t", { .type = WR_SQL_TEXT, .text = WR_SLICE("text") } },
        { "unused", { .type = WR_SQL_INT, .integer = 1 } },
    };
    assert_ok(f, wr_store_query(f->store, WR_SLICE("SELECT :n AS n, :t AS t, :absent AS absent UNION ALL SELECT :n, :t, NULL"),
                                params, 3, NULL, only_one, &sum, &f->err));
    assert_int_equal(sum, 42); /* stopped after the first row */
}

static void test_materialize(void **state)
{
    fixture *f = *state;
    const wr_sql_param n = { "n", { .type = WR_SQL_INT, .integer = 5 } };
    assert_ok(f, wr_store_materialize(f->store, "term", WR_SLICE("SELECT :n AS a UNION ALL SELECT :n + 1"), &n, 1, &f->err));
    assert_rows(f, "SELECT a FROM term ORDER BY a", "5\n6");
    assert_ok(f, wr_store_materialize(f->store, "term", WR_SLICE("SELECT 9 AS a"), NULL, 0, &f->err));
    assert_rows(f, "SELECT a FROM term", "9");
    assert_int_equal(wr_store_materialize(f->store, "t; DROP TABLE asset", WR_SLICE("SELECT 1"), NULL, 0, &f->err), WR_USAGE);
    assert_int_equal(wr_store_materialize(f->store, "t", WR_SLICE("SELECT 1; DROP TABLE asset"), NULL, 0, &f->err), WR_DENIED);
    assert_int_equal(wr_store_materialize(f->store, "t", WR_SLICE("DELETE FROM asset"), NULL, 0, &f->err), WR_DENIED);
    wr_slice before, after;
    assert_ok(f, wr_store_digest(f->store, f->arena, &before, &f->err));
    assert_ok(f, wr_store_materialize(f->store, "other", WR_SLICE("SELECT 1"), NULL, 0, &f->err));
    assert_ok(f, wr_store_digest(f->store, f->arena, &after, &f->err));
    assert_true(wr_slice_eq(before, after)); /* temporary tables are no part of it */
}

/* ---- files ---- */

static char *temp_path(fixture *f, const char *name)
{
    char folder[] = "/tmp/warrant-store-XXXXXX";
    assert_non_null(mkdtemp(folder));
    return wr_arena_str(f->arena, wr_arena_printf(f->arena, "%s/%s", folder, name));
}

static void sql_in(const char *path, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void test_foreign_files_are_left_alone(void **state)
{
    fixture *f = *state;
    wr_store *s = NULL;
    const char *path = temp_path(f, "theirs.db");
    sql_in(path, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)");
    assert_int_equal(wr_store_open(path, WR_STORE_WRITE, &s, &f->err), WR_DENIED);
    assert_int_equal(wr_store_open(path, WR_STORE_READ, &s, &f->err), WR_DENIED);
    sql_in(path, "INSERT INTO theirs VALUES (2)");
    const char *text = temp_path(f, "text");
    FILE *out = fopen(text, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database\n", out);
    fclose(out);
    assert_int_equal(wr_store_open(text, WR_STORE_WRITE, &s, &f->err), WR_CORRUPT);
    assert_int_equal(wr_store_open(temp_path(f, "none"), WR_STORE_READ, &s, &f->err), WR_MISSING);
    assert_null(s);
}

static void test_other_versions(void **state)
{
    fixture *f = *state;
    wr_store *s = NULL;
    uint64_t mark;
    const char *path = temp_path(f, "store.db");
    const wr_record r = record_at(f, NOW, "asset.observed", "", "{'id':'model:m','scope':'s'}");
    assert_ok(f, wr_store_open(path, WR_STORE_WRITE, &s, &f->err));
    assert_ok(f, wr_store_begin(s, &f->err));
    assert_ok(f, wr_store_apply(s, 0, &r, &f->err));
    assert_ok(f, wr_store_commit(s, &f->err));
    wr_store_close(s);
    assert_ok(f, wr_store_open(path, WR_STORE_READ, &s, &f->err));
    assert_ok(f, wr_store_watermark(s, &mark, &f->err));
    assert_int_equal(mark, 1);
    assert_int_equal(wr_store_begin(s, &f->err), WR_DENIED);
    assert_int_equal(wr_store_reset(s, &f->err), WR_DENIED);
    assert_ok(f, wr_store_materialize(s, "term", WR_SLICE("SELECT id FROM asset"), NULL, 0, &f->err));
    wr_store_close(s);
    s = NULL;
    sql_in(path, "PRAGMA user_version = 99");
    assert_int_equal(wr_store_open(path, WR_STORE_READ, &s, &f->err), WR_NEWER);
    assert_int_equal(wr_store_open(path, WR_STORE_WRITE, &s, &f->err), WR_NEWER);
    /* of an earlier version, or with other tables: made anew by a writer, and a reader is told so */
    sql_in(path, "PRAGMA user_version = 1; UPDATE meta SET value = 'other' WHERE name = 'schema'; CREATE TABLE old (a);"
                 "CREATE VIEW old_view AS SELECT a FROM old");
    assert_int_equal(wr_store_open(path, WR_STORE_READ, &s, &f->err), WR_MISSING);
    assert_ok(f, wr_store_open(path, WR_STORE_WRITE, &s, &f->err));
    assert_ok(f, wr_store_watermark(s, &mark, &f->err));
    assert_int_equal(mark, 0);
    assert_int_equal(wr_store_query(s, WR_SLICE("SELECT * FROM old"), NULL, 0, NULL, NULL, NULL, &f->err), WR_BAD);
    wr_store_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(test_only_reading),
        STORE_TEST(test_wrong_sql_carries_the_engines_words),
        STORE_TEST(test_limits),
        STORE_TEST(test_parameters),
        STORE_TEST(test_materialize),
        STORE_TEST(test_foreign_files_are_left_alone),
        STORE_TEST(test_other_versions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
