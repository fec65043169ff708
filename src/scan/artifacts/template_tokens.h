/* template_tokens.h - what a template that cannot be parsed names.
 *
 * Borrows  the text.  Bounds  linear in it.  Fails  never.  Threads  no state. */
#ifndef WR_TEMPLATE_TOKENS_H
#define WR_TEMPLATE_TOKENS_H

#include <warrant/mem.h>

/* The next name of Python's insides between marks from *at on, which is moved behind them; false where there is none. */
bool wr_template_tokens(wr_slice text, size_t *at, wr_slice *ret);

#endif
