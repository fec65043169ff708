/* metadata.h - texts beside the weights (a header's metadata): code, commands, scripts and payloads have no business there.
 * No loader runs them; who finds them there looks at a model that was made to be unpacked by something else.
 *
 * Borrows  the text.
 * Bounds   linear in it; base64 up to WR_METADATA_DECODED bytes, one layer deep.
 * Fails    never: what is no such thing is left alone.
 * Threads  no state. */
#ifndef WR_METADATA_H
#define WR_METADATA_H

#include "exam.h"

#define WR_METADATA_DECODED ((size_t)4 << 20)

/* Findings metadata-code and metadata-address for the value of `key`; a pickle in base64 is read as one. */
void wr_metadata_judge(wr_exam *x, const wr_part *p, uint64_t at, wr_slice key, wr_slice text);

#endif
