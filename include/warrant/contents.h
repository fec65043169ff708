/* contents.h - what lies in a model file, beyond what a scan keeps: its tensors, the digest of its weights, its metadata,
 * and the opcodes of its pickles.
 *
 * The weights digest says which weights a file holds, whatever else it holds and in whatever order: SHA-256 over the line
 * "warrant-weights-1" and one line a tensor, sorted bytewise: name NUL type NUL shape ("2,3") NUL SHA-256 of its bytes in
 * hex, each line ended by LF. Names with a backslash, NUL or LF have these escaped by a backslash. docs/artifacts.md says
 * the same in words.
 *
 * Borrows  what is returned lives in the arena given.
 * Bounds   a child of its own under the sandbox of a scan worker, with twice its memory; WR_WORKER_SECONDS and a second for
 *          each 64 MiB; WR_TENSORS_MOST tensors, WR_OPCODES_MOST opcodes, WR_CONTENTS_MOST bytes through the pipe.
 * Fails    WR_MISSING, WR_IO where the file cannot be opened; WR_UNREAD where the child died, ran over or sent nonsense.
 *          What the file itself does wrong is in .why: then the list is not whole and there is no weights digest.
 * Threads  forks: the process must have no other thread. */
#ifndef WARRANT_CONTENTS_H
#define WARRANT_CONTENTS_H

#include <warrant/hash.h>
#include <warrant/value.h>

#define WR_TENSORS_MOST 200000u
#define WR_OPCODES_MOST 200000u
#define WR_CONTENTS_MOST ((size_t)192 << 20)

enum { WR_WANT_TENSORS = 1, WR_WANT_DIGESTS = 2, WR_WANT_METADATA = 4, WR_WANT_OPCODES = 8 };

typedef struct {
    wr_slice name, dtype, shape; /* "F32", "2,3" */
    uint64_t offset, bytes;      /* in the file; of a compressed entry where the entry begins, and its unpacked bytes */
    wr_slice digest;             /* hex, or empty */
    wr_slice note;               /* "compressed", "shares its storage", or empty */
} wr_tensor;

typedef struct { uint64_t at; wr_slice part, name, argument; } wr_opcode;

typedef struct {
    bool listed;                 /* the format is one whose tensors are listed */
    wr_slice why;                /* what is missing from the list of tensors; empty where it is whole */
    const wr_tensor *tensors; size_t count;
    wr_slice weights;            /* hex, or empty */
    const wr_value *metadata;    /* {key: text}; long values are cut and end in their digest */
    const wr_opcode *opcodes; size_t opcode_count;
    wr_slice opcodes_why;        /* where the list of opcodes ends early, and why */
} wr_contents;

WR_MUST_USE wr_status wr_contents_read(const char *path, unsigned want, wr_arena *a, wr_contents *ret, wr_error *err);

/* The weights digest of tensors that lie in several files (shards), from the digests of the tensors: hex, or empty where a
 * tensor has none or there is no tensor. */
WR_MUST_USE wr_status wr_contents_weights(const wr_tensor *tensors, size_t count, wr_arena *a, wr_slice *ret, wr_error *err);

#endif
