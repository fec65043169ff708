/* template.h - chat templates (Jinja), read and never rendered.
 *
 * Borrows  the text.  Bounds  linear in it.  Fails  what is not understood is unread.  Threads  no state. */
#ifndef WR_TEMPLATE_H
#define WR_TEMPLATE_H

#include "exam.h"

/* Digest and length as properties; a template that reaches for Python's insides is a finding. */
void wr_template_read(wr_exam *x, const wr_part *p, uint64_t at, wr_slice name, wr_slice text);

#endif
