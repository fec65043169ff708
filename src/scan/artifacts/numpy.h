/* numpy.h - NumPy's .npy: a header in Python's words, then an array, or a pickle where the array holds objects.
 *
 * Borrows  the part.  Bounds  a header of at most WR_NPY_HEADER_MOST bytes.
 * Fails    what does not fit is a finding or unread.  Threads  no state. */
#ifndef WR_NUMPY_H
#define WR_NUMPY_H

#include "exam.h"

#define WR_NPY_HEADER_MOST ((size_t)1 << 20)

bool wr_npy_is(wr_slice bytes);
/* `count`: set the properties of one array (not for one of many in an archive). */
WR_MUST_USE wr_status wr_npy_read(wr_exam *x, const wr_part *p, bool properties, wr_error *err);
/* The same for an array that is compressed: only its head is unpacked unless it holds objects. */
bool wr_npy_holds_objects(wr_slice head);

#endif
