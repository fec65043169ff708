/* gguf.h - GGUF, versions 2 and 3: metadata and tensor table in full.
 *
 * Borrows  the part.
 * Bounds   a count is checked against the bytes left; arrays nest four deep.
 * Fails    what does not hold together is a finding, what was not read is unread.
 * Threads  no state. */
#ifndef WR_GGUF_H
#define WR_GGUF_H

#include "exam.h"

void wr_gguf_read(wr_exam *x, const wr_part *p);

#endif
