/* cursor.h - the one way to read outside bytes.
 *
 * A cursor walks a slice. Its first failure sticks: every later read gives zero or nothing, so a parser reads
 * straight on and asks once. A count is checked against the bytes left before it is believed.
 *
 * Borrows  the slice; what it returns points into it.
 * Bounds   never reads past the slice.
 * Fails    wr_ok turns false; wr_fault says why and at which byte.
 * Threads  no shared state. */
#ifndef WARRANT_CURSOR_H
#define WARRANT_CURSOR_H

#include <warrant/mem.h>

typedef struct {
    const uint8_t *base, *at, *end;
    const char *why;    /* NULL while all is well */
    uint64_t fault_at;  /* the byte at which it failed */
} wr_cursor;

wr_cursor wr_cursor_of(wr_slice s);
static inline bool wr_ok(const wr_cursor *c) { return c->why == NULL; }
static inline size_t wr_left(const wr_cursor *c) { return c->why ? 0 : (size_t)(c->end - c->at); }
static inline uint64_t wr_offset(const wr_cursor *c) { return (uint64_t)(c->at - c->base); }
void wr_fail(wr_cursor *c, const char *why); /* keeps the first reason */
/* The cursor's failure as WR_BAD with the byte; where the caller knows the file it adds it with wr_err_in. */
WR_MUST_USE wr_status wr_fault(const wr_cursor *c, wr_error *err);

uint8_t wr_u8(wr_cursor *c);
uint16_t wr_u16le(wr_cursor *c);
uint32_t wr_u32le(wr_cursor *c);
uint64_t wr_u64le(wr_cursor *c);
uint16_t wr_u16be(wr_cursor *c);
uint32_t wr_u32be(wr_cursor *c);
uint64_t wr_u64be(wr_cursor *c);
uint64_t wr_varint(wr_cursor *c);              /* protobuf / LEB128, at most 10 bytes */
wr_slice wr_take(wr_cursor *c, uint64_t len);  /* fails where fewer are left */
void wr_skip(wr_cursor *c, uint64_t len);
void wr_seek(wr_cursor *c, uint64_t offset);   /* from the start of the slice */
void wr_expect(wr_cursor *c, const char *literal);
int wr_peek(const wr_cursor *c);               /* the next byte, or -1 */
/* A 64-bit little-endian count of things that take at least `least` bytes each: fails where they cannot fit. */
size_t wr_count(wr_cursor *c, size_t least);
/* The same test for a count already read. */
size_t wr_counted(wr_cursor *c, uint64_t count, size_t least);
/* Up to and without the next `byte`, which is consumed; fails where there is none within `most`. */
wr_slice wr_until(wr_cursor *c, uint8_t byte, size_t most);

#endif
