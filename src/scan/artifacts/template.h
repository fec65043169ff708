/* template.h - chat templates (Jinja): parsed, judged, never rendered.
 *
 * Borrows  the text.
 * Bounds   those of jinja.h and jinja_judge.h; 96 MiB while a template is read.
 * Fails    what cannot be parsed or followed is unread; its tokens are looked at nevertheless.
 * Threads  no state. */
#ifndef WR_TEMPLATE_H
#define WR_TEMPLATE_H

#include "exam.h"

/* Digest and length as properties, and the findings template-*. `at`: where the text begins in the part. `name` is ""
 * for the default template; that of a GGUF key begins with a dot. */
void wr_template_read(wr_exam *x, const wr_part *p, uint64_t at, wr_slice name, wr_slice text);

#endif
