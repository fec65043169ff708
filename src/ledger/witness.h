/* witness.h - the file `anchor`: the newest cosigned checkpoint and the keys of its witnesses.
 *
 * Borrows  points into the text.
 * Bounds   WR_NOTE_SIGNATURES_MOST witnesses.
 * Fails    WR_BAD with the byte.
 * Threads  no state. */
#ifndef WR_WITNESS_H
#define WR_WITNESS_H

#include "ledger/note.h"

typedef struct {
    size_t count;
    wr_vkey keys[WR_NOTE_SIGNATURES_MOST];
    wr_slice note;
    wr_note parsed;
} wr_anchor;
WR_MUST_USE wr_status wr_anchor_parse(wr_slice text, wr_arena *a, wr_anchor *ret, wr_error *err);

#endif
