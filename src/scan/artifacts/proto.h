/* proto.h - protobuf's wire format, field by field (protobuf encoding guide: tag, wire type, value).
 *
 * Borrows  fields point into the bytes.  Bounds  groups are refused.  Fails  sticky, as wr_cursor.  Threads  no state. */
#ifndef WR_PROTO_H
#define WR_PROTO_H

#include <warrant/cursor.h>

/* type: 0 varint, 1 64 bits, 2 bytes, 5 32 bits */
typedef struct { uint64_t number; uint32_t type; uint64_t value; wr_slice bytes; } wr_proto_field;
/* The next field; false at the end and at what is no field (then !wr_ok). */
bool wr_proto_next(wr_cursor *c, wr_proto_field *ret);
/* The bytes of field `number` of a message; empty where it has none. The last one counts, as protobuf has it. Each call walks
 * the message: never once a field of the same message. */
wr_slice wr_proto_last(wr_slice message, uint64_t number);

#endif
