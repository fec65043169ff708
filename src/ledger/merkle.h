/* merkle.h - the Merkle tree of RFC 9162 2.1 (the same as RFC 6962 2.1): hashes, a compact tree, proofs.
 *
 * Borrows  proofs point at the caller's hashes.
 * Bounds   a tree of 2^63 leaves; a proof of WR_PROOF_MOST hashes.
 * Fails    a proof that does not hold is false; it is never an error.
 * Threads  no state; a wr_sha256 belongs to one thread. */
#ifndef WR_MERKLE_H
#define WR_MERKLE_H

#include <warrant/hash.h>

#define WR_PROOF_MOST 128

wr_hash wr_leaf_hash(wr_sha256 *h, wr_slice entry);
wr_hash wr_node_hash(wr_sha256 *h, const wr_hash *left, const wr_hash *right);

/* A tree of which only the roots of its perfect subtrees are kept, largest first: one for each bit of its size. */
typedef struct {
    uint64_t size;
    int count;
    wr_hash peaks[64];
} wr_tree;
void wr_tree_add(wr_sha256 *h, wr_tree *t, wr_hash leaf);
/* Of the empty tree: SHA-256 of nothing. */
wr_hash wr_tree_root(wr_sha256 *h, const wr_tree *t);

typedef struct {
    size_t count;
    const wr_hash *hashes;
} wr_proof;

/* RFC 9162 2.1.3.2, 2.1.4.2. */
bool wr_inclusion_holds(wr_sha256 *h, uint64_t index, uint64_t size, const wr_hash *leaf, wr_proof p, const wr_hash *root);
bool wr_consistency_holds(wr_sha256 *h, uint64_t size1, uint64_t size2, const wr_hash *root1, wr_proof p, const wr_hash *root2);
/* Subtrees [start, end), as the IETF's draft on Merkle tree certificates has them: start is a multiple of the least
 * power of two that is not below end - start. */
bool wr_subtree_valid(uint64_t start, uint64_t end);
bool wr_subtree_inclusion_holds(wr_sha256 *h, uint64_t index, uint64_t start, uint64_t end, const wr_hash *leaf, wr_proof p,
                                const wr_hash *root);
bool wr_subtree_consistency_holds(wr_sha256 *h, uint64_t start, uint64_t end, uint64_t size, const wr_hash *subroot, wr_proof p,
                                  const wr_hash *root);

/* Making proofs: `node` gives the root of the perfect subtree of 2^level leaves that is number `index` from the left. */
typedef struct {
    wr_status (*node)(void *ctx, unsigned level, uint64_t index, wr_hash *ret, wr_error *err);
    void *ctx;
    wr_sha256 *sha;
} wr_nodes;
/* The root over leaves [start, end), where start is a multiple of every perfect subtree that it needs. */
WR_MUST_USE wr_status wr_range_root(const wr_nodes *n, uint64_t start, uint64_t end, wr_hash *ret, wr_error *err);
WR_MUST_USE wr_status wr_inclusion_make(const wr_nodes *n, uint64_t index, uint64_t size, wr_hash ret[WR_PROOF_MOST], size_t *ret_count,
                                        wr_error *err);
WR_MUST_USE wr_status wr_consistency_make(const wr_nodes *n, uint64_t size1, uint64_t size2, wr_hash ret[WR_PROOF_MOST], size_t *ret_count,
                                          wr_error *err);

#endif
