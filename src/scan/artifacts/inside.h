/* inside.h - what lies in an archive of whatever kind, told by its first bytes and read by the reader for it.
 *
 * Borrows  the part.  Bounds  exam.h.  Fails  as the reader does.  Threads  no state. */
#ifndef WR_INSIDE_H
#define WR_INSIDE_H

#include "exam.h"

/* Could the entry that begins so hold something that runs when it is loaded? */
bool wr_inside_matters(wr_slice head);
/* Is it named as pickles or PyTorch's archives are? A hint where else to look, never what decides. */
bool wr_inside_model_name(wr_slice name);
/* Bytes that belong to nothing in a file of weights: a pickle or an archive among them is read and judged. */
WR_MUST_USE wr_status wr_inside_hidden(wr_exam *x, const wr_part *p, uint64_t from, uint64_t to, wr_error *err);
/* Reads a pickle, a compressed pickle, an array or a zip; anything else is left alone. */
WR_MUST_USE wr_status wr_inside_read(wr_exam *x, const wr_part *p, wr_error *err);

#endif
