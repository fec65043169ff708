/* crc32c.h - CRC-32C (Castagnoli, as in RFC 3720 appendix B.4), and finding the one byte that changed.
 *
 * Borrows  nothing.
 * Bounds   linear time.
 * Fails    never.
 * Threads  no state. */
#ifndef WR_CRC32C_H
#define WR_CRC32C_H

#include <warrant/mem.h>

/* Continues a sum: start with 0. */
uint32_t wr_crc32c(uint32_t sum, const void *bytes, size_t len);
/* Where a single changed byte in `len` bytes would explain that their sum is `got` and not `want`: its offset, or `len`
 * where no single byte explains it. */
size_t wr_crc32c_culprit(uint32_t want, uint32_t got, size_t len);

#endif
