/* fixture.h - an estate of tests/data/checks/ID.yaml made into the records that a scan would add, and into a store.
 *
 *   assets: {ID: {PROPERTY: value, RELATION: id or [ids], first_seen: -20d, scope: here, seen: [paths]}}
 *   scans:  [{scope, age, errors, incomplete, environment, roots}]     default: one of scope `here`, a day ago
 *   rows:   {TABLE: [{column: value}]}          for tables that no record type of a scan fills
 *
 * A text such as -20d or +3h is a time that far from NOW. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <warrant/assess.h>
#include <warrant/io.h>

#define NOW INT64_C(1764104100)

typedef struct {
    char path[64];
    wr_store *store;
    wr_arena *arena;
    uint64_t index;
} fixture;

static inline bool is_time(wr_slice s, int64_t *ret)
{
    if (s.len < 3 || (s.at[0] != '-' && s.at[0] != '+'))
        return false;
    const char unit = s.at[s.len - 1];
    int64_t n = 0;
    for (size_t i = 1; i + 1 < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        n = n * 10 + (s.at[i] - '0');
    }
    if (unit != 'd' && unit != 'h')
        return false;
    n *= unit == 'd' ? 86400 : 3600;
    *ret = NOW + (s.at[0] == '-' ? -n : n);
    return true;
}

static inline void must(wr_status status, const wr_error *err)
{
    if (status != WR_OK) {
        char text[1200];
        wr_err_text(err, text, sizeof text);
        fail_msg("%s", text);
    }
}

static inline void add_record(fixture *f, const char *type, int64_t time, wr_slice subject, const wr_value *body)
{
    wr_error err = { 0 };
    const wr_record r = { .type = wr_slice_of(type), .version = 1, .time = time, .subject = subject, .body = body };
    must(wr_store_apply(f->store, f->index++, &r, &err), &err);
}

static inline wr_value *fixture_value(fixture *f, const wr_value *v)
{
    int64_t t;
    return wr_is(v, WR_STRING) && is_time(v->u.string, &t) ? wr_new_int(f->arena, t) : wr_copy(f->arena, v);
}

static inline void add_relation(fixture *f, wr_value *list, wr_slice type, wr_slice to)
{
    wr_value *r = wr_new_object(f->arena);
    wr_put_string(f->arena, r, "type", type);
    wr_put_string(f->arena, r, "to", to);
    wr_put_string(f->arena, r, "path", WR_SLICE("estate.yaml"));
    wr_push(f->arena, list, r);
}

static inline void add_asset(fixture *f, wr_slice id, const wr_value *v)
{
    wr_arena *a = f->arena;
    wr_value *body = wr_new_object(a), *properties = wr_new_object(a), *relations = wr_new_array(a), *seen = wr_new_array(a);
    const size_t colon = wr_slice_find_char(id, ':');
    int64_t first = NOW - 40 * 86400;
    (void)is_time(wr_get_string(v, "first_seen"), &first);
    wr_slice scope = wr_get_string(v, "scope");
    for (WR_EACH_MEMBER(m, v)) {
        wr_relation relation;
        if (wr_slice_is(m->key, "first_seen") || wr_slice_is(m->key, "scope") || wr_slice_is(m->key, "seen"))
            continue;
        if (wr_relation_parse(m->key, &relation)) {
            if (wr_is(&m->value, WR_STRING))
                add_relation(f, relations, m->key, m->value.u.string);
            for (WR_EACH(item, &m->value))
                add_relation(f, relations, m->key, wr_string(item));
            continue;
        }
        wr_value *p = wr_new_object(a);
        wr_put(a, p, "value", fixture_value(f, &m->value));
        wr_put_string(a, p, "path", WR_SLICE("estate.yaml"));
        wr_put_slice(a, properties, m->key, p);
    }
    for (WR_EACH(path, wr_get(v, "seen"))) {
        wr_value *place = wr_new_object(a);
        wr_put_string(a, place, "path", wr_string(path));
        wr_push(a, seen, place);
    }
    if (wr_get(v, "seen") == NULL) {
        wr_value *place = wr_new_object(a);
        wr_put_string(a, place, "path", WR_SLICE("estate.yaml"));
        wr_put_int(a, place, "line", v->line);
        wr_push(a, seen, place);
    }
    wr_put_string(a, body, "id", id);
    wr_put_string(a, body, "kind", wr_slice_part(id, 0, colon));
    wr_put_string(a, body, "name", wr_slice_from(id, colon + 1));
    wr_put_string(a, body, "scope", scope.len ? scope : WR_SLICE("here"));
    wr_put_string(a, body, "scan", WR_SLICE("scan:1"));
    wr_put(a, body, "properties", properties);
    wr_put(a, body, "relations", relations);
    assert_non_null(wr_put(a, body, "seen", seen));
    add_record(f, "asset.observed", first, id, body);
}

static inline void add_scan(fixture *f, wr_slice scope, int64_t at, const wr_value *v)
{
    wr_arena *a = f->arena;
    wr_value *body = wr_new_object(a);
    int64_t errors = 0;
    (void)wr_get_int(v, "errors", &errors);
    const wr_slice id = wr_arena_printf(a, "scan:" WR_FMT, WR_ARG(scope));
    wr_put_string(a, body, "id", id);
    wr_put_string(a, body, "scope", scope);
    wr_put_int(a, body, "started_at", at - 10);
    wr_put_int(a, body, "finished_at", at);
    wr_put_int(a, body, "errors", errors);
    if (wr_get_string(v, "environment").len > 0)
        wr_put_string(a, body, "environment", wr_get_string(v, "environment"));
    wr_put(a, body, "roots", wr_get(v, "roots") ? wr_copy(a, wr_get(v, "roots")) : wr_new_array(a));
    wr_value *unread = wr_new_array(a);
    if (wr_is_true(wr_get(v, "incomplete"))) {
        wr_value *u = wr_new_object(a);
        wr_put_string(a, u, "path", WR_SLICE("big.bin"));
        wr_put_string(a, u, "why", WR_SLICE("no reader"));
        wr_push(a, unread, u);
    }
    assert_non_null(wr_put(a, body, "unread", unread));
    add_record(f, "scan", at, id, body);
}

static inline void add_row(fixture *f, sqlite3 *db, wr_slice table, const wr_value *row)
{
    WR_AUTO_BUF sql = wr_buf_new(1 << 16);
    wr_buf_printf(&sql, "INSERT INTO " WR_FMT " (", WR_ARG(table));
    size_t n = 0;
    for (WR_EACH_MEMBER(m, row))
        wr_buf_printf(&sql, "%s" WR_FMT, n++ ? ", " : "", WR_ARG(m->key));
    wr_buf_addc(&sql, ") VALUES (");
    for (size_t i = 0; i < n; i++)
        wr_buf_addc(&sql, i ? ", ?" : "?");
    wr_buf_addc(&sql, ")");
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql.at, (int)sql.len, &st, NULL), SQLITE_OK);
    int at = 1;
    for (WR_EACH_MEMBER(m, row)) {
        const wr_value *v = fixture_value(f, &m->value);
        if (v->type == WR_INT)
            sqlite3_bind_int64(st, at++, v->u.integer);
        else
            sqlite3_bind_text(st, at++, v->u.string.at, (int)v->u.string.len, SQLITE_TRANSIENT);
    }
    assert_int_equal(sqlite3_step(st), SQLITE_DONE);
    sqlite3_finalize(st);
}

/* A store with the estate in it; `estate` NULL makes an empty one that was never scanned. */
static inline void fixture_open(fixture *f, const wr_value *estate)
{
    wr_error err = { 0 };
    *f = (fixture){ .arena = wr_arena_new((size_t)64 << 20) };
    snprintf(f->path, sizeof f->path, "/tmp/warrant-check-%d.db", (int)getpid());
    unlink(f->path);
    must(wr_store_open(f->path, WR_STORE_WRITE, &f->store, &err), &err);
    if (estate == NULL)
        return;
    must(wr_store_begin(f->store, &err), &err);
    for (WR_EACH_MEMBER(m, wr_get(estate, "assets")))
        add_asset(f, m->key, &m->value);
    const wr_value *scans = wr_get(estate, "scans");
    if (scans == NULL)
        add_scan(f, WR_SLICE("here"), NOW - 86400, NULL);
    for (WR_EACH(scan, scans)) {
        int64_t at = NOW;
        assert_true(is_time(wr_arena_printf(f->arena, "-" WR_FMT, WR_ARG(wr_get_string(scan, "age"))), &at));
        add_scan(f, wr_get_string(scan, "scope"), at, scan);
    }
    must(wr_store_commit(f->store, &err), &err);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
    for (WR_EACH_MEMBER(table, wr_get(estate, "rows")))
        for (WR_EACH(row, &table->value))
            add_row(f, db, table->key, row);
    sqlite3_close(db);
}

static inline void fixture_close(fixture *f)
{
    char other[80];
    wr_store_close(f->store);
    wr_arena_free(f->arena);
    unlink(f->path);
    snprintf(other, sizeof other, "%s-wal", f->path);
    unlink(other);
    snprintf(other, sizeof other, "%s-shm", f->path);
    unlink(other);
}

#endif
