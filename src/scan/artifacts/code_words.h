/* code_words.h - words that give away code in a text that should hold none: a note, a parameter, an extension.
 *
 * Borrows  static memory.  Bounds  linear in the text.  Fails  never.  Threads  no state. */
#ifndef WR_CODE_WORDS_H
#define WR_CODE_WORDS_H

#include <warrant/mem.h>

/* The first such word in the text, whatever its case; NULL where there is none. */
const char *wr_code_word(wr_slice text);

#endif
