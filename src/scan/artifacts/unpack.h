/* unpack.h - compressed streams: zlib, gzip and raw deflate through zlib; bzip2, xz, lzma, LZ4 and zstd through libarchive.
 *
 * Borrows  nothing after the call.
 * Bounds   what comes out is bounded by the space given; what goes in is read once.
 * Fails    by giving less.
 * Threads  no state. */
#ifndef WR_UNPACK_H
#define WR_UNPACK_H

#include <warrant/mem.h>

/* The first bytes of what a stream unpacks to: how many, 0 where it is no such stream. */
size_t wr_unpack_head(wr_slice packed, char *ret, size_t size);
/* All of it, as far as *ret may grow: false where it did not fit or the stream is broken; what came out is kept. */
bool wr_unpack_all(wr_slice packed, wr_buf *ret);
/* The same for the raw deflate of an archive. */
size_t wr_inflate_head(wr_slice packed, char *ret, size_t size);
bool wr_inflate_all(wr_slice packed, wr_buf *ret);
uint32_t wr_crc32(wr_slice bytes);

#endif
