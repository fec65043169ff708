/* note.h - the texts of a transparency log: signed notes, verifier keys, checkpoints, cosignatures (C2SP signed-note,
 * tlog-checkpoint, tlog-cosignature), proofs (tlog-proof) and requests to a witness (tlog-witness).
 *
 * Borrows  what was parsed points into the text given and the arena.
 * Bounds   WR_NOTE_MOST bytes, WR_NOTE_SIGNATURES_MOST signatures, 63 hashes in a proof.
 * Fails    WR_BAD with the byte; whether a signature is good is an answer, not an error.
 * Threads  no state. */
#ifndef WR_NOTE_H
#define WR_NOTE_H

#include "ledger/merkle.h"
#include <warrant/cursor.h>

#define WR_NOTE_MOST ((size_t)256 * 1024)
#define WR_NOTE_SIGNATURES_MOST 64
#define WR_PROOF_LINES_MOST 63

enum { WR_SIG_ED25519 = 1, WR_SIG_COSIGNATURE = 4 };

/* "<name>+<key id>+<base64 of type and key>" */
typedef struct {
    wr_slice name;
    uint32_t id;
    uint8_t type;
    uint8_t key[32];
} wr_vkey;
WR_MUST_USE wr_status wr_vkey_parse(wr_slice text, wr_vkey *ret, wr_error *err);
wr_vkey wr_vkey_make(wr_slice name, uint8_t type, const uint8_t key[32]);
wr_slice wr_vkey_text(wr_arena *a, const wr_vkey *k); /* at == NULL when the arena is full */
/* Not empty, no white space, no control character, no '+'. */
bool wr_key_name_valid(wr_slice name);

typedef struct {
    wr_slice text;       /* with its last newline */
    wr_slice signatures; /* the lines after the empty line */
} wr_note;
typedef struct {
    wr_slice line; /* without its newline */
    wr_slice name;
    uint32_t id;
    wr_slice bytes; /* after the key id */
} wr_signature;
/* Splits, and checks the form of every signature line. */
WR_MUST_USE wr_status wr_note_parse(wr_slice note, wr_arena *a, wr_note *ret, wr_error *err);
/* Cuts the next signature line off *rest. false at the end or where the line is malformed (*ret_bad is then true). */
bool wr_signature_next(wr_slice *rest, wr_arena *a, wr_signature *ret, bool *ret_bad);

typedef enum { WR_UNSIGNED, WR_SIGNED, WR_FORGED } wr_note_verdict;
/* Whether this key signed the note; *ret_time (may be NULL) is the time of a cosignature, else 0. FORGED: a line with
 * the key's name and id does not verify. */
wr_note_verdict wr_note_signed_by(const wr_note *n, const wr_vkey *k, wr_arena *a, int64_t *ret_time);
/* A signature line with its newline, for a key whose seed is given; `time` is used by cosignatures alone. */
WR_MUST_USE wr_status wr_note_sign(wr_slice text, const wr_vkey *k, const uint8_t seed[32], int64_t time, wr_arena *a, wr_slice *ret_line,
                                   wr_error *err);

typedef struct {
    wr_slice origin;
    uint64_t size;
    wr_hash root;
} wr_checkpoint;
WR_MUST_USE wr_status wr_checkpoint_parse(wr_slice text, wr_checkpoint *ret, wr_error *err);
wr_slice wr_checkpoint_text(wr_arena *a, const wr_checkpoint *c);

typedef struct {
    uint64_t index;      /* a proof's entry; a request's old size */
    size_t count;
    wr_hash hashes[WR_PROOF_LINES_MOST];
    wr_slice extra;      /* a proof's, decoded; empty where there is none */
    wr_slice checkpoint; /* the signed note that follows */
} wr_proof_text;
WR_MUST_USE wr_status wr_proof_parse(wr_slice text, wr_arena *a, wr_proof_text *ret, wr_error *err);
WR_MUST_USE wr_status wr_witness_request_parse(wr_slice text, wr_arena *a, wr_proof_text *ret, wr_error *err);

#endif
