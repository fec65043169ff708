/* diff.h - what changed between two bodies of one asset, and what an incomplete scan must not forget.
 *
 * Borrows  results live in the arena, and share parts of the bodies given.
 * Bounds   the bodies'.
 * Fails    NULL when the arena is full.
 * Threads  no state. */
#ifndef WR_INVENTORY_DIFF_H
#define WR_INVENTORY_DIFF_H

#include <warrant/inventory.h>

/* The places that a scan did not read to their end. */
typedef struct {
    const wr_slice *paths; /* sorted */
    size_t count;
    bool everything;       /* nothing may vanish at all */
    bool incomplete;       /* what has no place may not vanish either */
} wr_unread_set;

WR_MUST_USE wr_status wr_unread_set_of(const wr_estate *e, const wr_scan_facts *facts, wr_arena *a, wr_unread_set *ret,
                                       wr_error *err);
/* Whether `path` is one of them or lies in one. */
bool wr_unread_has(const wr_unread_set *u, wr_slice path);
/* Whether an asset with this body may only have gone unseen. */
bool wr_unread_hides(const wr_unread_set *u, const wr_value *body);

/* `now` with what `before` saw in places that were left unread this time; `now` itself where that is nothing. */
wr_value *wr_diff_carry(wr_arena *a, wr_value *now, const wr_value *before, const wr_unread_set *u);
/* [{property, before, after}]: values and relations that differ. Places that moved are no change. */
wr_value *wr_diff_changes(wr_arena *a, const wr_value *before, const wr_value *now);

#endif
