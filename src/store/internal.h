/* internal.h - what the files of src/store/ share: the store's state, its prepared statements, and the apply functions.
 *
 * Borrows  an apply function's values live in the store's arena until the next record.
 * Bounds   the arena: APPLY_MEMORY bytes a record.
 * Fails    as store.h.
 * Threads  one thread at a time. */
#ifndef WR_STORE_INTERNAL_H
#define WR_STORE_INTERNAL_H

#include <warrant/estate.h>

#include "driver.h"
#include "statements.h"

#define WR_SCHEMA_VERSION 1

/* A column of a typed table, as the database says. */
typedef enum { WR_COLUMN_TEXT, WR_COLUMN_INT, WR_COLUMN_BOOL, WR_COLUMN_REAL } wr_column_type;
typedef struct {
    char name[64];
    wr_column_type type;
    int at; /* number of its parameter in the insert, from 1 */
} wr_column;
typedef struct {
    wr_column *columns; /* sorted by name; without id, name and more */
    size_t count;
    int more_at;        /* parameter of `more` */
    wr_stmt *insert, *drop;
} wr_typed;

struct wr_store {
    const wr_driver *driver;
    wr_db *db;
    wr_store_mode mode;
    wr_stmt *prepared[WR_Q_COUNT];
    wr_typed typed[WR_KINDS];
    wr_arena *arena;    /* reset before each record */
    wr_buf buf;         /* for canonical bodies */
    uint64_t watermark; /* of the open transaction */
    bool in_transaction;
    bool merges;        /* some asset was merged into another */
};

/* ---- prepared statements (statements.c) ---- */

/* Binds by `types`, one letter a parameter: t text, T text or NULL where .at is NULL, i int64_t, I int64_t or NULL where
 * negative, v const wr_sql_value *. Then run takes no rows, and open is followed by next until it gives no row. */
WR_MUST_USE wr_status wr_sql_run(wr_store *s, wr_q q, wr_error *err, const char *types, ...);
WR_MUST_USE wr_status wr_sql_open(wr_store *s, wr_q q, wr_error *err, const char *types, ...);
/* After the last row, and after an error, the statement is ready again. */
WR_MUST_USE wr_status wr_sql_next(wr_store *s, wr_q q, bool *ret_row, wr_error *err);
void wr_sql_done(wr_store *s, wr_q q); /* leaves it before the last row */
wr_slice wr_sql_text(wr_store *s, wr_q q, size_t column, wr_arena *a); /* a copy; at == NULL for NULL */
int64_t wr_sql_int(wr_store *s, wr_q q, size_t column);
void wr_statements_free(wr_store *s);

/* ---- the typed tables (typed.c) ---- */

WR_MUST_USE wr_status wr_typed_discover(wr_store *s, wr_error *err);
void wr_typed_free(wr_store *s);

#define WR_RANK_IMPORTED (1 << 24)

/* One property of an asset, after observations and declarations were joined. */
typedef struct {
    wr_slice name;
    const wr_value *value;
    wr_slice path, how;   /* at == NULL where there is none */
    int64_t line, offset; /* -1 where there is none */
    int rank;             /* 0 declared, then the observations in order, from WR_RANK_IMPORTED on those of other tools */
} wr_fact;
WR_MUST_USE wr_status wr_typed_insert(wr_store *s, wr_kind kind, wr_slice id, wr_slice name, const wr_fact *facts,
                                      size_t count, wr_error *err);
WR_MUST_USE wr_status wr_typed_delete(wr_store *s, wr_kind kind, wr_slice id, wr_error *err);
/* A value as a text column keeps it: a string as it is, a number in decimal, true or false, the rest as JSON. */
wr_slice store_text_of(wr_arena *a, const wr_value *v);
/* The same; NULL for null and for nothing. False when memory is short. */
bool store_text_or_null(wr_arena *a, const wr_value *v, wr_slice *ret);
/* A time in seconds: an integer, or RFC 3339 text. */
bool store_time_of(const wr_value *v, int64_t *ret);

/* ---- applying (apply*.c) ---- */

typedef struct {
    wr_store *s;
    wr_arena *a;
    int64_t index, time;
    const wr_record *record;
    const wr_value *body;
    bool sighting; /* somebody sees or declares the asset: its last_seen moves */
    bool unusable; /* the body cannot be understood: it only moves the watermark */
} wr_apply;

wr_status wr_apply_observed(wr_apply *p, wr_error *err);
wr_status wr_apply_vanished(wr_apply *p, wr_error *err);
wr_status wr_apply_declared(wr_apply *p, wr_error *err);
wr_status wr_apply_merged(wr_apply *p, wr_error *err);
wr_status wr_apply_finding_opened(wr_apply *p, wr_error *err);
wr_status wr_apply_finding_closed(wr_apply *p, wr_error *err);
wr_status wr_apply_finding_accepted(wr_apply *p, wr_error *err);
wr_status wr_apply_finding_assigned(wr_apply *p, wr_error *err);
wr_status wr_apply_change_reviewed(wr_apply *p, wr_error *err);
wr_status wr_apply_attested(wr_apply *p, wr_error *err);
wr_status wr_apply_scan(wr_apply *p, wr_error *err);
wr_status wr_apply_imported(wr_apply *p, wr_error *err);
wr_status wr_apply_assess(wr_apply *p, wr_error *err);
wr_status wr_apply_ledger_verified(wr_apply *p, wr_error *err);
wr_status wr_apply_ledger_witnessed(wr_apply *p, wr_error *err);
wr_status wr_apply_ledger_erased(wr_apply *p, wr_error *err);

static inline wr_status no_memory(wr_error *err) { return wr_over(err, "applying a record"); }

/* What stands before the colon of an asset's id; false where that is no kind. */
bool wr_kind_of_id(wr_slice id, wr_kind *ret);
/* Takes an asset's rows away: those of its kind, its properties, relations and places. */
WR_MUST_USE wr_status wr_drop_rows(wr_apply *p, wr_slice id, wr_kind kind, wr_error *err);
/* The canonical form of `body` into the store's buffer; the record is unusable where there is none. */
WR_MUST_USE wr_status wr_canonical_body(wr_apply *p, const wr_value *body, wr_error *err);
/* An observation whose body is given: stored under (id, scope), and the asset's rows follow. */
WR_MUST_USE wr_status wr_observe(wr_apply *p, wr_slice id, wr_slice scope, const wr_value *body, wr_error *err);
/* The id that an asset is shown as: where it was merged into another, that one. */
WR_MUST_USE wr_status wr_shown_as(wr_store *s, wr_slice id, wr_arena *a, wr_slice *ret, wr_error *err);
/* Makes an asset's rows from everything that is observed and declared of it. `fresh` may hold the body just stored. */
typedef struct { wr_slice asset, scope; const wr_value *body; } wr_observed;
WR_MUST_USE wr_status wr_recompute(wr_apply *p, wr_slice id, const wr_observed *fresh, wr_error *err);

/* WR_BAD where a record of a type and version that we know lacks what its type needs. */
WR_MUST_USE wr_status wr_record_check(const wr_record *r, wr_error *err);
/* Whether an erased record's content is still in the tables: the store must then be rebuilt. */
WR_MUST_USE wr_status wr_store_erasing(wr_store *s, bool *ret, uint64_t *ret_index, wr_error *err);

#endif
