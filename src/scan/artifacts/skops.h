/* skops.h - the schema of a skops archive: which types loading makes.
 *
 * Borrows  the part.  Bounds  value.h.  Fails  no JSON: unread.  Threads  no state. */
#ifndef WR_SKOPS_H
#define WR_SKOPS_H

#include "exam.h"

WR_MUST_USE wr_status wr_skops_read(wr_exam *x, const wr_part *p, wr_error *err);

#endif
