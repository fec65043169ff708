/* sealed.h - a file of the cache folder that nobody but this workspace can have written: its bytes, and behind them their
 * HMAC (32 bytes) under a key of the workspace. What it holds can be made anew, so that it is never worth an error.
 *
 * Borrows  nothing.
 * Bounds   the caller's.
 * Fails    reading says why in words; writing leaves the old file, or none.
 * Threads  no state. */
#ifndef WR_SCAN_SEALED_H
#define WR_SCAN_SEALED_H

#include <warrant/hash.h>

/* NULL, and in *ret the bytes without the seal, to be freed by the caller; *ret is NULL where there is no such file. Else
 * why it is not believed. `least` and `most` are of the file without its seal. */
WR_MUST_USE const char *sealed_read(const char *file, const wr_hash *key, size_t least, size_t most, char **ret, size_t *ret_len);
/* Adds the seal to `body` and puts it into place, making the folder where it is missing. Renamed, but not synced: after a
 * power cut it may be damaged, which its seal shows. A body that outgrew its limit is not written. */
void sealed_write(const char *dir, const char *file, const wr_hash *key, wr_buf *body);

#endif
