/* The store: opening it, its schema and watermark, and the digest of its rows. */
#include "internal.h"

#include <stdio.h>
#include <warrant/data.h>
#include <warrant/text.h>

#include "base/limits.h"

#define APPLY_MEMORY (1 * WR_GIB)
#define BODY_MOST (64 * WR_MIB)
#define TABLES_MOST 256

static const char *const schema_files[] = { "src/store/schema.sql", "src/store/views.sql" };

/* Which text the tables were made from. Two builds with one version number but other tables do not share a store. */
static wr_status schema_digest(char hex[2 * WR_HASH_LEN + 1], wr_error *err)
{
    wr_sha256 *h = wr_sha256_new();
    if (h == NULL)
        return wr_over(err, "hashing the schema");
    wr_sha256_begin(h);
    for (size_t i = 0; i < sizeof schema_files / sizeof *schema_files; i++) {
        const wr_slice text = wr_data(schema_files[i]);
        wr_sha256_add(h, text.at, text.len);
    }
    const wr_hash hash = wr_sha256_end(h);
    wr_sha256_free(h);
    wr_hex(hash.bytes, WR_HASH_LEN, hex);
    return WR_OK;
}

static wr_status meta_text(wr_store *s, const char *name, wr_arena *a, wr_slice *ret, wr_error *err)
{
    bool row = false;
    *ret = (wr_slice){ NULL, 0 };
    wr_status status = wr_sql_open(s, WR_Q_META_GET, err, "t", wr_slice_of(name));
    if (status == WR_OK && (status = wr_sql_next(s, WR_Q_META_GET, &row, err)) == WR_OK && row) {
        *ret = wr_sql_text(s, WR_Q_META_GET, 0, a);
        wr_sql_done(s, WR_Q_META_GET);
        if (ret->at == NULL)
            return wr_over(err, "reading the store");
    }
    return status;
}

/* ---- schema ---- */

static void forget_statements(wr_store *s)
{
    wr_statements_free(s);
    wr_typed_free(s);
}

static wr_status make_schema(wr_store *s, wr_error *err)
{
    char digest[2 * WR_HASH_LEN + 1];
    forget_statements(s);
    wr_status status = schema_digest(digest, err);
    if (status == WR_OK)
        status = s->driver->script(s->db, wr_slice_of(s->driver->begin_sql), err);
    if (status != WR_OK)
        return status;
    status = s->driver->drop_all(s->db, err);
    for (size_t i = 0; i < sizeof schema_files / sizeof *schema_files && status == WR_OK; i++)
        status = s->driver->script(s->db, wr_data(schema_files[i]), err);
    if (status == WR_OK)
        status = s->driver->set_version(s->db, WR_SCHEMA_VERSION, err);
    if (status == WR_OK)
        status = wr_sql_run(s, WR_Q_META_SET, err, "tt", WR_SLICE("schema"), wr_slice_of(digest));
    if (status == WR_OK)
        status = wr_sql_run(s, WR_Q_META_SET, err, "tt", WR_SLICE("watermark"), WR_SLICE("0"));
    if (status == WR_OK)
        status = s->driver->script(s->db, WR_SLICE("COMMIT"), err);
    s->merges = false;
    if (status != WR_OK) {
        (void)s->driver->script(s->db, WR_SLICE("ROLLBACK"), NULL);
        return status;
    }
    return s->driver->script(s->db, wr_slice_of(s->driver->scrub_sql), err);
}

/* Whether the tables are those of this program. */
static wr_status is_current(wr_store *s, int64_t version, bool *ret, wr_error *err)
{
    char digest[2 * WR_HASH_LEN + 1];
    wr_slice had;
    *ret = false;
    if (version != WR_SCHEMA_VERSION)
        return WR_OK;
    wr_status status = schema_digest(digest, err);
    if (status == WR_OK)
        status = meta_text(s, "schema", s->arena, &had, err);
    if (status == WR_OK)
        *ret = wr_slice_is(had, digest);
    return status;
}

static wr_status settle_schema(wr_store *s, int64_t version, const char *where, wr_error *err)
{
    bool current = false;
    if (version > WR_SCHEMA_VERSION) {
        (void)wr_err(err, WR_NEWER, "a later version of Warrant made this store (schema %lld, this one knows %d)",
                     (long long)version, WR_SCHEMA_VERSION);
        (void)wr_err_in(err, where);
        return wr_err_todo(err, "use that version, or a later one");
    }
    const wr_status status = is_current(s, version, &current, err);
    if (status != WR_OK || current)
        return status;
    if (s->mode == WR_STORE_WRITE)
        return make_schema(s, err);
    (void)wr_err(err, WR_MISSING, "the store was made by another version of Warrant and has to be made anew");
    (void)wr_err_in(err, where);
    return wr_err_todo(err, "run `warrant rebuild`");
}

/* ---- opening ---- */

wr_status wr_store_open(const char *where, wr_store_mode mode, wr_store **ret, wr_error *err)
{
    wr_store *s = wr_alloc(sizeof *s);
    if (s == NULL)
        return wr_over(err, "opening the store");
    *s = (wr_store){ .driver = wr_driver_sqlite(), .mode = mode, .arena = wr_arena_new(APPLY_MEMORY), .buf = wr_buf_new(BODY_MOST) };
    int64_t version = -1;
    bool row = false;
    wr_status status = s->arena ? s->driver->open(where, mode, &s->db, &version, err) : wr_over(err, "opening the store");
    if (status == WR_OK)
        status = settle_schema(s, version, where, err);
    if (status == WR_OK && mode == WR_STORE_WRITE)
        status = wr_typed_discover(s, err);
    if (status == WR_OK)
        status = wr_sql_open(s, WR_Q_ASSET_ANY_MERGED, err, "");
    if (status == WR_OK && (status = wr_sql_next(s, WR_Q_ASSET_ANY_MERGED, &row, err)) == WR_OK && row) {
        s->merges = true;
        wr_sql_done(s, WR_Q_ASSET_ANY_MERGED);
    }
    if (status != WR_OK) {
        wr_store_close(s);
        return status;
    }
    *ret = s;
    return WR_OK;
}

void wr_store_close(wr_store *s)
{
    if (s == NULL)
        return;
    if (s->in_transaction)
        wr_store_rollback(s);
    forget_statements(s);
    if (s->db != NULL)
        s->driver->close(s->db);
    wr_buf_free(&s->buf);
    wr_arena_free(s->arena);
    wr_free(s);
}

/* ---- transactions ---- */

wr_status wr_store_watermark(wr_store *s, uint64_t *ret, wr_error *err)
{
    wr_slice text;
    if (s->in_transaction) {
        *ret = s->watermark;
        return WR_OK;
    }
    wr_arena_reset(s->arena);
    const wr_status status = meta_text(s, "watermark", s->arena, &text, err);
    if (status != WR_OK)
        return status;
    if (!wr_parse_u64(text, ret)) {
        (void)wr_err(err, WR_CORRUPT, "the store does not say how far it got");
        return wr_err_todo(err, "run `warrant rebuild`");
    }
    return WR_OK;
}

wr_status wr_store_begin(wr_store *s, wr_error *err)
{
    if (s->mode != WR_STORE_WRITE)
        return wr_err(err, WR_DENIED, "the store was opened for reading");
    if (s->in_transaction)
        return wr_err(err, WR_USAGE, "a transaction of the store is open already");
    wr_status status = s->driver->script(s->db, wr_slice_of(s->driver->begin_sql), err);
    if (status == WR_OK && (status = wr_store_watermark(s, &s->watermark, err)) != WR_OK)
        (void)s->driver->script(s->db, WR_SLICE("ROLLBACK"), NULL);
    s->in_transaction = status == WR_OK;
    return status;
}

wr_status wr_store_commit(wr_store *s, wr_error *err)
{
    if (!s->in_transaction)
        return wr_err(err, WR_USAGE, "no transaction of the store is open");
    const wr_slice mark = wr_arena_printf(s->arena, "%llu", (unsigned long long)s->watermark);
    wr_status status = mark.at ? wr_sql_run(s, WR_Q_META_SET, err, "tt", WR_SLICE("watermark"), mark)
                               : wr_over(err, "committing to the store");
    if (status == WR_OK)
        status = s->driver->script(s->db, WR_SLICE("COMMIT"), err);
    if (status != WR_OK)
        wr_store_rollback(s);
    s->in_transaction = false;
    return status;
}

void wr_store_rollback(wr_store *s)
{
    if (s->in_transaction)
        (void)s->driver->script(s->db, WR_SLICE("ROLLBACK"), NULL);
    s->in_transaction = false;
}

wr_status wr_store_reset(wr_store *s, wr_error *err)
{
    if (s->mode != WR_STORE_WRITE)
        return wr_err(err, WR_DENIED, "the store was opened for reading");
    if (s->in_transaction)
        wr_store_rollback(s);
    const wr_status status = make_schema(s, err);
    return status == WR_OK ? wr_typed_discover(s, err) : status;
}

wr_status wr_store_erasing(wr_store *s, bool *ret, uint64_t *ret_index, wr_error *err)
{
    *ret = false;
    wr_status status = wr_sql_open(s, WR_Q_META_ERASING, err, "");
    if (status == WR_OK && (status = wr_sql_next(s, WR_Q_META_ERASING, ret, err)) == WR_OK && *ret) {
        wr_arena_reset(s->arena);
        const wr_slice text = wr_sql_text(s, WR_Q_META_ERASING, 0, s->arena);
        wr_sql_done(s, WR_Q_META_ERASING);
        if (text.at == NULL)
            return wr_over(err, "reading the store");
        if (!wr_parse_u64(text, ret_index))
            return wr_err(err, WR_CORRUPT, "the store does not say which record is being erased");
    }
    return status;
}

/* ---- the digest of all rows ---- */

static void add_value(wr_sha256 *h, const wr_sql_value *v)
{
    char head[64];
    const int n = v->type == WR_SQL_REAL ? snprintf(head, sizeof head, "r%a;", v->real)
                  : snprintf(head, sizeof head, "%c%lld;", "nirt"[v->type],
                             (long long)(v->type == WR_SQL_TEXT ? (int64_t)v->text.len : v->integer));
    wr_sha256_add(h, head, (size_t)n);
    if (v->type == WR_SQL_TEXT)
        wr_sha256_add(h, v->text.at, v->text.len);
}

static wr_status add_rows(wr_store *s, wr_sha256 *h, wr_slice table, wr_error *err)
{
    wr_stmt *st = NULL;
    WR_AUTO_BUF sql = wr_buf_new(WR_MIB);
    wr_buf_printf(&sql, "SELECT * FROM " WR_FMT, WR_ARG(table));
    wr_status status = s->driver->prepare(s->db, wr_buf_slice(&sql), WR_SQL_OURS, &st, err);
    if (status != WR_OK)
        return status;
    const size_t columns = s->driver->columns(st);
    s->driver->finalize(st);
    for (size_t i = 0; i < columns; i++)
        wr_buf_printf(&sql, "%s%zu", i ? ", " : " ORDER BY ", i + 1);
    if (!wr_buf_ok(&sql))
        return wr_over(err, "reading the store");
    status = s->driver->prepare(s->db, wr_buf_slice(&sql), WR_SQL_OURS, &st, err);
    if (status != WR_OK)
        return status;
    wr_sha256_add(h, table.at, table.len);
    for (bool row = true; (status = s->driver->step(st, &row, err)) == WR_OK && row;) {
        wr_sha256_add(h, "\n", 1);
        for (size_t i = 0; i < columns; i++) {
            const wr_sql_value v = s->driver->column(st, i);
            add_value(h, &v);
        }
    }
    s->driver->finalize(st);
    return status;
}

wr_status wr_store_digest(wr_store *s, wr_arena *a, wr_slice *ret_hex, wr_error *err)
{
    wr_slice tables[TABLES_MOST];
    size_t count = 0;
    wr_stmt *st = NULL;
    wr_status status = s->driver->prepare(s->db, wr_slice_of(s->driver->tables_sql), WR_SQL_OURS, &st, err);
    for (bool row = true; status == WR_OK && (status = s->driver->step(st, &row, err)) == WR_OK && row;) {
        if (count < TABLES_MOST)
            tables[count++] = wr_arena_dup(a, s->driver->column(st, 0).text);
    }
    s->driver->finalize(st);
    wr_sha256 *h = wr_sha256_new();
    if (status == WR_OK && h == NULL)
        status = wr_over(err, "hashing the store");
    if (status == WR_OK)
        wr_sha256_begin(h);
    for (size_t i = 0; i < count && status == WR_OK; i++)
        status = add_rows(s, h, tables[i], err);
    if (status == WR_OK) {
        const wr_hash hash = wr_sha256_end(h);
        *ret_hex = wr_hex_of(a, hash.bytes, WR_HASH_LEN);
    }
    wr_sha256_free(h);
    return status;
}
