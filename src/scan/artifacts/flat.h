/* flat.h - FlatBuffers: tables, their fields, and lists, within the bytes (FlatBuffers internals: tables, vtables, vectors).
 *
 * Borrows  the bytes.
 * Bounds   every offset is checked; a list has FLAT_ITEMS_MOST items at most.
 * Fails    sticky: .why, and the byte; what is read then is zero or none.
 * Threads  no state. */
#ifndef WR_FLAT_H
#define WR_FLAT_H

#include <warrant/mem.h>

#define FLAT_ITEMS_MOST 10000000u

typedef struct { wr_slice bytes; const char *why; uint64_t why_at; } flat_buffer;
typedef struct { uint64_t at, fields; uint32_t field_count; } flat_table;   /* at 0: none */
typedef struct { uint64_t at; uint32_t count; } flat_vector;               /* at: of the first item */

void flat_wrong(flat_buffer *f, uint64_t at, const char *why);
uint64_t flat_number(flat_buffer *f, uint64_t at, unsigned size);
flat_table flat_table_at(flat_buffer *f, uint64_t at);
uint64_t flat_field(flat_buffer *f, flat_table t, uint32_t i);  /* where it lies; 0 where the table has none */
uint64_t flat_value(flat_buffer *f, flat_table t, uint32_t i, unsigned size);
flat_vector flat_vector_of(flat_buffer *f, flat_table t, uint32_t i, unsigned item);
flat_table flat_item(flat_buffer *f, flat_vector v, uint32_t i); /* of a list of tables */
wr_slice flat_text(flat_buffer *f, flat_table t, uint32_t i);

#endif
