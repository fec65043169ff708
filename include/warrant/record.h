/* record.h - a record, and the two parts in which it is kept: a commitment entry in the log and its payload beside it.
 *
 * docs/format.md says the same in words. An entry is canonical JSON (RFC 8785) of at most 65,535 bytes:
 *
 *   {"_sd":["<digest>",...],"_sd_alg":"sha-256","subject":"...","time":1764104100,"type":"asset","v":1}
 *
 * `_sd` is sorted and holds one digest for each top-level field of the body: base64url(SHA-256(disclosure)), where a
 * disclosure is base64url of the JSON array [salt, name, value] and the salt has 128 random bits (RFC 9901 4.2). The
 * payload is the disclosures, one a line, sorted by name. So a field or a whole body can be withheld or erased and the
 * entry still proves that it was there, without being guessable.
 *
 * Borrows  what is returned lives in the arena.
 * Bounds   WR_ENTRY_MOST, WR_FIELDS_MOST, WR_PAYLOAD_MOST.
 * Fails    WR_OVER past a limit, WR_BAD for what is not a record, WR_CORRUPT where a disclosure fits no digest.
 * Threads  no state. */
#ifndef WARRANT_RECORD_H
#define WARRANT_RECORD_H

#include <warrant/hash.h>
#include <warrant/value.h>

typedef struct {
    wr_slice type;        /* lower case words joined by '.', for example "finding.accepted" */
    uint32_t version;     /* of this type's body */
    int64_t time;         /* seconds since 1970 UTC; a claim */
    wr_slice subject;     /* what it is about, usually an asset id */
    const wr_value *body; /* an object; NULL once erased */
} wr_record;

/* ret_entry and ret_payload are appended to; salts are random. */
WR_MUST_USE wr_status wr_record_encode(const wr_record *r, wr_buf *ret_entry, wr_buf *ret_payload, wr_error *err);
/* payload may be empty (erased): ret->body is then NULL. Every disclosure is checked against the entry's digests, and
 * with `whole` every digest must have its disclosure. */
WR_MUST_USE wr_status wr_record_decode(wr_slice entry, wr_slice payload, bool whole, wr_arena *a, wr_record *ret, wr_error *err);

#endif
