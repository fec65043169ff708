/* encoder.h - what encoding records needs, kept from one record to the next.
 *
 * Borrows  nothing after a call.
 * Bounds   record.h.
 * Fails    record.h; what a failed call appended is taken off again.
 * Threads  an encoder belongs to one thread. */
#ifndef WR_ENCODER_H
#define WR_ENCODER_H

#include <warrant/record.h>

typedef struct {
    wr_arena *record, *field; /* reset for each */
    wr_buf scratch;
    wr_sha256 *sha;
    uint8_t salts[4096];      /* random bytes not used yet: one call to the system for many records */
    size_t salts_left;
} wr_encoder;
WR_MUST_USE wr_status wr_encoder_init(wr_encoder *e, wr_error *err);
void wr_encoder_free(wr_encoder *e);
WR_MUST_USE wr_status wr_encoder_add(wr_encoder *e, const wr_record *r, wr_buf *ret_entry, wr_buf *ret_payload, wr_error *err);

#endif
