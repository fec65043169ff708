/* help.h - a store in memory or in a temporary folder, and records made from JSON, for the tests of store and inventory. */
#ifndef WR_TEST_STORE_HELP_H
#define WR_TEST_STORE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include <warrant/store.h>

#define NOW 1764100000

typedef struct {
    wr_store *store;
    wr_arena *arena;
    wr_error err;
} fixture;

static inline void show_error(const wr_error *err)
{
    char text[2048];
    wr_err_text(err, text, sizeof text);
    print_error("%s\n", text);
}

#define assert_ok(f, expression) do { \
        const wr_status status_ = (expression); \
        if (status_ != WR_OK) \
            show_error(&(f)->err); \
        assert_int_equal(status_, WR_OK); \
    } while (0)

static inline int set_up(void **state)
{
    fixture *f = calloc(1, sizeof *f);
    f->arena = wr_arena_new((size_t)1 << 28);
    assert_ok(f, wr_store_open(":memory:", WR_STORE_WRITE, &f->store, &f->err));
    *state = f;
    return 0;
}

static inline int tear_down(void **state)
{
    fixture *f = *state;
    wr_store_close(f->store);
    wr_arena_free(f->arena);
    free(f);
    return 0;
}

/* JSON as tests write it: single quotes stand for double ones. */
static inline wr_slice quoted(fixture *f, const char *json)
{
    char *text = wr_arena_str(f->arena, wr_slice_of(json));
    for (char *c = text; *c != '\0'; c++)
        *c = *c == '\'' ? '"' : *c;
    return wr_slice_of(text);
}

/* A record whose body is this JSON. */
static inline wr_record record_at(fixture *f, int64_t time, const char *type, const char *subject, const char *json)
{
    wr_value *body = NULL;
    assert_ok(f, wr_json_parse(f->arena, quoted(f, json), &body, &f->err));
    return (wr_record){ wr_slice_of(type), 1, time, wr_arena_dup(f->arena, wr_slice_of(subject)), body };
}

static inline void apply_at(fixture *f, int64_t time, const char *type, const char *subject, const char *json)
{
    const wr_record r = record_at(f, time, type, subject, json);
    uint64_t next;
    assert_ok(f, wr_store_begin(f->store, &f->err));
    assert_ok(f, wr_store_watermark(f->store, &next, &f->err));
    assert_ok(f, wr_store_apply(f->store, next, &r, &f->err));
    assert_ok(f, wr_store_commit(f->store, &f->err));
}

static inline void apply(fixture *f, const char *type, const char *json) { apply_at(f, NOW, type, "", json); }

typedef struct { wr_buf text; size_t rows; } answer;

static inline bool keep_row(void *ctx, const wr_row *row)
{
    answer *a = ctx;
    if (a->rows++ > 0)
        wr_buf_char(&a->text, '\n');
    for (size_t i = 0; i < row->count; i++) {
        if (i > 0)
            wr_buf_char(&a->text, '|');
        switch (row->values[i].type) {
        case WR_SQL_NULL: wr_buf_addc(&a->text, "-"); break;
        case WR_SQL_INT: wr_buf_printf(&a->text, "%lld", (long long)row->values[i].integer); break;
        case WR_SQL_REAL: wr_buf_printf(&a->text, "%g", row->values[i].real); break;
        case WR_SQL_TEXT: wr_buf_adds(&a->text, row->values[i].text); break;
        }
    }
    return true;
}

/* The rows of a query as text: columns by '|', rows by a new line, NULL as '-'. */
static inline const char *rows_of(fixture *f, const char *sql)
{
    answer a = { wr_buf_new((size_t)1 << 24), 0 };
    assert_ok(f, wr_store_query(f->store, wr_slice_of(sql), NULL, 0, NULL, keep_row, &a, &f->err));
    const char *text = wr_arena_str(f->arena, wr_buf_slice(&a.text));
    wr_buf_free(&a.text);
    return text;
}

/* A test with a store of its own. */
#define STORE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#define assert_rows(f, sql, expected) assert_string_equal(rows_of(f, sql), expected)

#endif
