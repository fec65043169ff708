/* hidden.h - characters in a text that a reader does not see and a model does: bidirectional controls, zero-width
 * characters between letters, and tag characters, which can carry a whole hidden sentence.
 *
 * Borrows  nothing after the call.  Bounds  one finding a line and sort, HIDDEN_MOST a file.  Fails  never.  Threads  no state. */
#ifndef WR_DETECTORS_HIDDEN_H
#define WR_DETECTORS_HIDDEN_H

#include "common.h"

void wr_find_hidden(wr_look *l, const wr_file *f, wr_asset *prompt);
/* The same in a text that was taken out of the file, which begins at `line`. */
void wr_find_hidden_at(wr_look *l, const wr_file *f, wr_asset *prompt, wr_slice text, uint64_t line);

#endif
