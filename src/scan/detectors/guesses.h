/* guesses.h - models of which only the id says who might serve them: noted file by file, settled at the end.
 *
 * Borrows  what is given is copied into the estate.
 * Bounds   one note a model that text.c finds; its bound is that of a file's assets.
 * Fails    by noting nothing where the estate is full.
 * Threads  no state. */
#ifndef WR_DETECTORS_GUESSES_H
#define WR_DETECTORS_GUESSES_H

#include "common.h"

typedef struct { wr_slice id, provider, publisher; bool pinned; const char *how; } wr_guess;
/* `number` tells those of one file apart. */
void wr_guess_model(wr_look *l, const wr_guess *g, unsigned number, wr_place place);
/* Makes the models. A provider that nothing but ids speaks of is unknown. */
void wr_guesses_settle(wr_look *l);

#endif
