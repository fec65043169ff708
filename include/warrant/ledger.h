/* ledger.h - the transparency log: append, read, verify, prove (C2SP tlog-tiles, tlog-checkpoint, tlog-proof,
 * signed-note; RFC 9162 2.1 for the tree).
 *
 * A ledger is a folder:
 *
 *   origin, key            the log's name; the Ed25519 seed (mode 0600)
 *   segment/NNNNNNNN       append-only framed entries: what was acknowledged is here
 *   payload/NNNNNNNN       the disclosures of the entries of the segment of that number
 *   tile/...               C2SP tiles, hashes and entry bundles, derived
 *   checkpoint             the newest signed checkpoint, with cosignatures once witnessed
 *   anchor                 the newest cosigned checkpoint and its witnesses' keys
 *   index/NNNNNNNN, tree   where entries and payloads lie, and how far tiles and index reach; derived
 *   seen                   the newest checkpoint seen at an open: consistency is checked against it at the next
 *   lock                   held by the one process that owns it
 *
 * Borrows  what is returned lives in the arena given.
 * Bounds   record.h; memory for one batch and one path of the tree.
 * Fails    WR_FULL when the disk is full (nothing lost, nothing acknowledged; the ledger stays readable and takes no
 *          more until reopened); WR_CORRUPT names the entry and the byte; WR_BUSY where another process owns it.
 * Threads  wr_ledger_append may be called from many threads: they share syncs (commit when the previous sync returns).
 *          Everything else: one thread at a time, not during an append. Under load an open ledger runs two threads of its
 *          own (one publishes, one syncs payloads); a process that appends little, less than 64 KiB at once, has none. */
#ifndef WARRANT_LEDGER_H
#define WARRANT_LEDGER_H

#include <warrant/io.h>
#include <warrant/record.h>

typedef struct wr_ledger wr_ledger;

typedef enum { WR_LEDGER_READ, WR_LEDGER_OWN } wr_ledger_mode;

/* Makes an empty ledger with a new key in `dir`, which must exist. WR_BUSY where there is one. */
WR_MUST_USE wr_status wr_ledger_create(const wr_io *io, const char *dir, wr_slice origin, wr_error *err);
/* OWN takes the lock, cuts off a torn tail that was never acknowledged, repairs derived tiles and the checkpoint, and
 * checks consistency with the last checkpoint seen. READ changes nothing. */
WR_MUST_USE wr_status wr_ledger_open(const wr_io *io, const char *dir, wr_ledger_mode mode, wr_ledger **ret, wr_error *err);
/* Publishes what is not yet published. */
WR_MUST_USE wr_status wr_ledger_close(wr_ledger *l, wr_error *err); /* NULL-safe; frees it whatever it returns */

/* Returns once the records are durable. They get the indexes *ret_first and following, together or not at all.
 * Records whose encoding fails are refused before anything is written. */
WR_MUST_USE wr_status wr_ledger_append(wr_ledger *l, const wr_record *records, size_t count, uint64_t *ret_first, wr_error *err);
/* The same for what was encoded before (by another process, say). */
typedef struct { wr_slice entry, payload; } wr_encoded;
WR_MUST_USE wr_status wr_ledger_append_encoded(wr_ledger *l, const wr_encoded *records, size_t count, uint64_t *ret_first, wr_error *err);

wr_slice wr_ledger_origin(const wr_ledger *l);
uint64_t wr_ledger_size(const wr_ledger *l);  /* entries acknowledged */
/* Entry and payload of one index; the payload is empty where it was erased. */
WR_MUST_USE wr_status wr_ledger_get(wr_ledger *l, uint64_t index, wr_arena *a, wr_encoded *ret, wr_error *err);
WR_MUST_USE wr_status wr_ledger_record(wr_ledger *l, uint64_t index, wr_arena *a, wr_record *ret, wr_error *err);

/* Tiles and a signed checkpoint for everything acknowledged; at most once a second by itself during appends. */
WR_MUST_USE wr_status wr_ledger_publish(wr_ledger *l, wr_error *err);
/* The newest checkpoint as a signed note, with the cosignatures that are known for it. */
WR_MUST_USE wr_status wr_ledger_checkpoint(wr_ledger *l, wr_arena *a, wr_slice *ret, wr_error *err);
/* "<name>+<key id>+<key>" as in signed-note, to give to whoever verifies. */
WR_MUST_USE wr_status wr_ledger_verifier_key(const wr_ledger *l, wr_arena *a, wr_slice *ret, wr_error *err);

typedef struct {
    uint64_t entries, payload_erased, bytes;
    uint64_t checkpoint_size;
    wr_hash root;
    int64_t anchored_at;        /* newest witness cosignature, seconds; 0 for never */
    wr_slice anchored_by;
} wr_ledger_report;
/* Re-reads every segment, payload, tile and checkpoint. WR_CORRUPT: *err names file and the first wrong byte.
 * `each` (may be NULL) is called now and then for a progress bar. */
WR_MUST_USE wr_status wr_ledger_verify(wr_ledger *l, wr_arena *a, void (*each)(void *ctx, uint64_t done, uint64_t of), void *ctx,
                                       wr_ledger_report *ret, wr_error *err);
/* Inclusion of one entry in the newest checkpoint, in C2SP tlog-proof form. */
WR_MUST_USE wr_status wr_ledger_prove(wr_ledger *l, uint64_t index, wr_arena *a, wr_slice *ret, wr_error *err);
/* Checks such a proof for these entry bytes against a verifier key. */
WR_MUST_USE wr_status wr_proof_check(wr_slice proof, wr_slice entry, wr_slice verifier_key, wr_error *err);
/* Overwrites the payload of one entry. The tombstone record must have been appended before; see workspace.h. */
WR_MUST_USE wr_status wr_ledger_erase(wr_ledger *l, uint64_t index, wr_error *err);

/* Witnessing (C2SP tlog-witness). The request body for the newest checkpoint, given the witness's last known size; and
 * storing a cosignature that came back, after verifying it with the witness's key. */
WR_MUST_USE wr_status wr_ledger_witness_request(wr_ledger *l, uint64_t old_size, wr_arena *a, wr_slice *ret, wr_error *err);
WR_MUST_USE wr_status wr_ledger_add_cosignature(wr_ledger *l, wr_slice signature_lines, wr_slice witness_key, int64_t *ret_time,
                                                wr_error *err);
/* When and by whom the log was last anchored outside: time 0 and "" for never. */
WR_MUST_USE wr_status wr_ledger_anchored(wr_ledger *l, wr_arena *a, int64_t *ret_time, wr_slice *ret_by, wr_error *err);

#endif
