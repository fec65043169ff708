/* disguise.h - names that promise a model, and contents that are none: a program, a page, a pointer, nothing at all. What a
 * file is is told by content alone; the name only says what somebody will take it for.
 *
 * Borrows  the file.  Bounds  the first bytes and the name.  Fails  never.  Threads  no state. */
#ifndef WR_DISGUISE_H
#define WR_DISGUISE_H

#include "../detector.h"

/* `reader`: the reader that knew the file, and its model; NULL where none did. */
void wr_disguise_look(wr_look *l, const wr_file *f, const wr_artifact *reader, wr_asset *model);

#endif
