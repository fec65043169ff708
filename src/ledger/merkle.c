/* merkle.c - RFC 9162 2.1. Leaf and node hashes differ in their first byte, so neither can pass for the other. */
#include "ledger/merkle.h"

wr_hash wr_leaf_hash(wr_sha256 *h, wr_slice entry)
{
    wr_sha256_begin(h);
    wr_sha256_add(h, "\x00", 1);
    wr_sha256_add(h, entry.at, entry.len);
    return wr_sha256_end(h);
}

wr_hash wr_node_hash(wr_sha256 *h, const wr_hash *left, const wr_hash *right)
{
    uint8_t both[1 + 2 * WR_HASH_LEN];
    both[0] = 1;
    memcpy(both + 1, left->bytes, WR_HASH_LEN);
    memcpy(both + 1 + WR_HASH_LEN, right->bytes, WR_HASH_LEN);
    wr_sha256_begin(h);
    wr_sha256_add(h, both, sizeof both);
    return wr_sha256_end(h);
}

void wr_tree_add(wr_sha256 *h, wr_tree *t, wr_hash leaf)
{
    t->size++;
    for (uint64_t carry = t->size; (carry & 1) == 0; carry >>= 1)
        leaf = wr_node_hash(h, &t->peaks[--t->count], &leaf);
    t->peaks[t->count++] = leaf;
}

wr_hash wr_tree_root(wr_sha256 *h, const wr_tree *t)
{
    if (t->count == 0) {
        wr_sha256_begin(h);
        return wr_sha256_end(h);
    }
    wr_hash root = t->peaks[t->count - 1];
    for (int i = t->count - 2; i >= 0; i--)
        root = wr_node_hash(h, &t->peaks[i], &root);
    return root;
}

/* The largest power of two below n, for n > 1. */
static uint64_t split(uint64_t n) { return UINT64_C(1) << (63 - __builtin_clzll(n - 1)); }

bool wr_inclusion_holds(wr_sha256 *h, uint64_t index, uint64_t size, const wr_hash *leaf, wr_proof p, const wr_hash *root)
{
    if (index >= size || p.count > WR_PROOF_MOST)
        return false;
    uint64_t fn = index, sn = size - 1;
    wr_hash r = *leaf;
    for (size_t i = 0; i < p.count; i++) {
        if (sn == 0)
            return false;
        if ((fn & 1) || fn == sn) {
            r = wr_node_hash(h, &p.hashes[i], &r);
            while (!(fn & 1) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = wr_node_hash(h, &r, &p.hashes[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return sn == 0 && wr_hash_eq(&r, root);
}

typedef struct { wr_hash sub, all; } roots;

/* Both roots that a proof leads to, from the outermost hash (the last) inwards. `known`: the subtree is its own piece. */
static bool walk(wr_sha256 *h, uint64_t start, uint64_t end, uint64_t n, bool known, const wr_hash *subroot, wr_proof p, roots *ret)
{
    if (start == 0 && end == n) {
        if (p.count != (known ? 0u : 1u))
            return false;
        ret->sub = ret->all = known ? *subroot : p.hashes[0];
        return true;
    }
    if (p.count == 0 || n < 2)
        return false;
    const uint64_t k = split(n);
    const wr_hash *outer = &p.hashes[p.count - 1];
    const wr_proof inner = { p.count - 1, p.hashes };
    if (end <= k) {
        if (!walk(h, start, end, k, known, subroot, inner, ret))
            return false;
        ret->all = wr_node_hash(h, &ret->all, outer);
    } else if (k <= start) {
        if (!walk(h, start - k, end - k, n - k, known, subroot, inner, ret))
            return false;
        ret->all = wr_node_hash(h, outer, &ret->all);
    } else {
        if (start != 0 || !walk(h, 0, end - k, n - k, false, subroot, inner, ret))
            return false;
        ret->sub = wr_node_hash(h, outer, &ret->sub);
        ret->all = wr_node_hash(h, outer, &ret->all);
    }
    return true;
}

bool wr_consistency_holds(wr_sha256 *h, uint64_t size1, uint64_t size2, const wr_hash *root1, wr_proof p, const wr_hash *root2)
{
    return size1 > 0 && wr_subtree_consistency_holds(h, 0, size1, size2, root1, p, root2);
}

bool wr_subtree_valid(uint64_t start, uint64_t end)
{
    if (start > end)
        return false;
    const uint64_t n = end - start;
    if (n < 2)
        return true;
    if (n > UINT64_C(1) << 63)
        return start == 0;
    const uint64_t ceiling = split(n) << 1; /* 0 where it would be 2^64: then only 0 is a multiple */
    return ceiling == 0 ? start == 0 : (start & (ceiling - 1)) == 0;
}

bool wr_subtree_inclusion_holds(wr_sha256 *h, uint64_t index, uint64_t start, uint64_t end, const wr_hash *leaf, wr_proof p,
                                const wr_hash *root)
{
    return wr_subtree_valid(start, end) && index >= start && index < end &&
           wr_inclusion_holds(h, index - start, end - start, leaf, p, root);
}

bool wr_subtree_consistency_holds(wr_sha256 *h, uint64_t start, uint64_t end, uint64_t size, const wr_hash *subroot, wr_proof p,
                                  const wr_hash *root)
{
    if (!wr_subtree_valid(start, end) || end > size || p.count > WR_PROOF_MOST)
        return false;
    if (start == end) { /* nothing is in every tree */
        const wr_hash empty = wr_tree_root(h, &(wr_tree){ 0 });
        return p.count == 0 && wr_hash_eq(subroot, &empty);
    }
    roots got;
    return walk(h, start, end, size, true, subroot, p, &got) && wr_hash_eq(&got.sub, subroot) && wr_hash_eq(&got.all, root);
}

wr_status wr_range_root(const wr_nodes *n, uint64_t start, uint64_t end, wr_hash *ret, wr_error *err)
{
    wr_hash parts[64];
    int count = 0;
    while (start < end) {
        unsigned level = 63u - (unsigned)__builtin_clzll(end - start);
        if (start != 0 && (unsigned)__builtin_ctzll(start) < level)
            level = (unsigned)__builtin_ctzll(start);
        const wr_status st = n->node(n->ctx, level, start >> level, &parts[count], err);
        if (st != WR_OK)
            return st;
        count++;
        start += UINT64_C(1) << level;
    }
    if (count == 0)
        return wr_err(err, WR_USAGE, "an empty range has no root");
    wr_hash root = parts[count - 1];
    for (int i = count - 2; i >= 0; i--)
        root = wr_node_hash(n->sha, &parts[i], &root);
    *ret = root;
    return WR_OK;
}

static void reverse(wr_hash *hashes, size_t count)
{
    for (size_t i = 0; i < count / 2; i++) {
        const wr_hash swap = hashes[i];
        hashes[i] = hashes[count - 1 - i];
        hashes[count - 1 - i] = swap;
    }
}

/* Outermost sibling first while walking down, then turned round. */
wr_status wr_inclusion_make(const wr_nodes *n, uint64_t index, uint64_t size, wr_hash ret[WR_PROOF_MOST], size_t *ret_count, wr_error *err)
{
    if (index >= size)
        return wr_err(err, WR_USAGE, "no entry of that index in the tree");
    size_t count = 0;
    for (uint64_t start = 0, end = size; end - start > 1;) {
        const uint64_t k = start + split(end - start);
        const bool left = index < k;
        const wr_status st = left ? wr_range_root(n, k, end, &ret[count], err) : wr_range_root(n, start, k, &ret[count], err);
        if (st != WR_OK)
            return st;
        count++;
        start = left ? start : k;
        end = left ? k : end;
    }
    reverse(ret, count);
    *ret_count = count;
    return WR_OK;
}

wr_status wr_consistency_make(const wr_nodes *n, uint64_t size1, uint64_t size2, wr_hash ret[WR_PROOF_MOST], size_t *ret_count,
                              wr_error *err)
{
    if (size1 > size2)
        return wr_err(err, WR_USAGE, "the older tree is larger than the newer");
    size_t count = 0;
    uint64_t start = 0, end = size2;
    bool known = true; /* the old tree is a piece of its own as long as only left siblings were cut away */
    while (size1 > 0 && size1 < end) {
        const uint64_t k = start + split(end - start);
        const bool left = size1 <= k;
        const wr_status st = left ? wr_range_root(n, k, end, &ret[count], err) : wr_range_root(n, start, k, &ret[count], err);
        if (st != WR_OK)
            return st;
        count++;
        known = known && left;
        start = left ? start : k;
        end = left ? k : end;
    }
    if (size1 > 0 && !known) {
        const wr_status st = wr_range_root(n, start, end, &ret[count], err);
        if (st != WR_OK)
            return st;
        count++;
    }
    reverse(ret, count);
    *ret_count = count;
    return WR_OK;
}
