/* zipped.h - where the content of an archive's entry lies.  Borrows  the file.  Bounds  the file.
 * Fails  false: the local header is broken or the entry is encrypted.  Threads  no state. */
#ifndef WR_ZIPPED_H
#define WR_ZIPPED_H

#include "scan/artifacts/zip.h"

typedef struct { wr_slice data; uint64_t at; bool deflated; } zipped;
bool zipped_place(wr_slice file, const wr_zip *z, const wr_zip_entry *e, zipped *ret);

#endif
