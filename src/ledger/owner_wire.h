/* owner_wire.h - the messages on the owner's socket (docs/format.md, "The owner's socket"), for both ends.
 *
 * Borrows  what was parsed points into the message and the arena.
 * Bounds   WR_OWNER_MESSAGE_MOST bytes, WR_BATCH_MOST records.
 * Fails    WR_BAD with the byte; WR_OVER past a limit.
 * Threads  no state. */
#ifndef WR_OWNER_WIRE_H
#define WR_OWNER_WIRE_H

#include <warrant/owner.h>

#define WR_OWNER_HEADER 16u

typedef enum { WR_MSG_HELLO = 1, WR_MSG_APPEND, WR_MSG_ERASE, WR_MSG_DONE, WR_MSG_REFUSED } wr_owner_kind;

typedef struct { uint64_t index; wr_slice why, by; } wr_owner_erasing;

void wr_owner_header(uint8_t ret[WR_OWNER_HEADER], wr_owner_kind kind, uint64_t len);
WR_MUST_USE wr_status wr_owner_header_parse(const uint8_t bytes[WR_OWNER_HEADER], wr_owner_kind *ret, uint64_t *ret_len, wr_error *err);
/* What follows the header. */
void wr_owner_append_write(wr_buf *b, const wr_encoded *records, size_t count);
WR_MUST_USE wr_status wr_owner_append_parse(wr_slice body, wr_arena *a, const wr_encoded **ret, size_t *ret_count, wr_error *err);
void wr_owner_erase_write(wr_buf *b, uint64_t index, wr_slice why, wr_slice by);
WR_MUST_USE wr_status wr_owner_erase_parse(wr_slice body, wr_owner_erasing *ret, wr_error *err);
void wr_owner_refused_write(wr_buf *b, const wr_error *e);
/* The owner's error, put into *err; never WR_OK. */
WR_MUST_USE wr_status wr_owner_refused_parse(wr_slice body, wr_error *err);

#endif
