/* pieces.h - a bundle is too long for a tree of all of it, and holds lines that nobody wrote. Parsed are the statements of its
 * first column in which a model, an address or a prompt stands.
 *
 * Borrows  the pieces lie in the arena.
 * Bounds   CODE_BYTES_MOST in all pieces, 256 KiB in each.
 * Fails    false: nothing to parse, or no memory.
 * Threads  no state. */
#ifndef WR_CODE_PIECES_H
#define WR_CODE_PIECES_H

#include "scan/code/tree.h"
#include "scan/detectors/common.h"

/* Whether something in a minified file is worth a tree of all of it. */
bool code_is_worth_it(wr_slice text, const wr_hit *hits, size_t hit_count);
/* Of lexer.text; the hits are the catalogue's in it, in their order. */
bool code_cut(wr_lexer lexer, const wr_hit *hits, size_t hit_count, wr_arena *a, code_pieces *ret);

#endif
