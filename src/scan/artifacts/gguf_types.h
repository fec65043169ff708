/* gguf_types.h - the numbers of GGUF: tensor types and file types.
 *
 * Borrows  static memory.  Bounds  none.  Fails  NULL for a number that is not known.  Threads  constant. */
#ifndef WR_GGUF_TYPES_H
#define WR_GGUF_TYPES_H

#include <stdint.h>

typedef struct { const char *name; uint32_t block, bytes; } wr_gguf_type; /* `block` numbers take `bytes` bytes */
const wr_gguf_type *wr_gguf_type_of(uint32_t type);
const char *wr_gguf_file_type(uint64_t type);

#endif
