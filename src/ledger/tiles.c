/* tiles.c - the right edge: hashes collect in the lowest tile; a full one becomes one hash of the level above. */
#include "ledger/tiles.h"

#include <inttypes.h>
#include <stdio.h>
#include <warrant/cursor.h>

void wr_tile_path(int level, uint64_t n, unsigned width, char *ret, size_t size)
{
    char groups[64] = "", part[80];
    for (bool last = true;; last = false, n /= 1000) {
        snprintf(part, sizeof part, "%s%03" PRIu64 "%s%s", last ? "" : "x", n % 1000, last ? "" : "/", groups);
        snprintf(groups, sizeof groups, "%.63s", part);
        if (n < 1000)
            break;
    }
    char name[16] = "entries", partial[16] = "";
    if (level >= 0)
        snprintf(name, sizeof name, "%d", level);
    if (width > 0 && width < WR_TILE_WIDTH)
        snprintf(partial, sizeof partial, ".p/%u", width);
    snprintf(ret, size, "tile/%s/%s%s", name, groups, partial);
}

wr_status wr_edge_init(wr_edge *e, wr_error *err)
{
    memset(e, 0, sizeof *e);
    e->bundle = wr_buf_new(WR_BUNDLE_MOST);
    for (int i = 0; i < WR_TILE_LEVELS; i++)
        if ((e->tile[i] = wr_alloc(WR_TILE_WIDTH * WR_HASH_LEN)) == NULL) {
            wr_edge_free(e);
            return wr_over(err, "keeping the edge of the tree");
        }
    return WR_OK;
}

void wr_edge_free(wr_edge *e)
{
    for (int i = 0; i < WR_TILE_LEVELS; i++)
        wr_free(e->tile[i]);
    wr_buf_free(&e->bundle);
    memset(e, 0, sizeof *e);
}

void wr_edge_clear(wr_edge *e)
{
    e->size = 0;
    wr_buf_clear(&e->bundle);
}

unsigned wr_edge_width(const wr_edge *e, int level)
{
    return (unsigned)(e->size >> (level > 0 ? 8 * level : 0)) & (WR_TILE_WIDTH - 1);
}

wr_hash wr_tile_subtree(wr_sha256 *sha, const uint8_t *hashes, unsigned bits)
{
    wr_hash row[WR_TILE_WIDTH];
    size_t n = (size_t)1 << bits;
    memcpy(row, hashes, n * WR_HASH_LEN);
    for (; n > 1; n /= 2)
        for (size_t i = 0; i < n / 2; i++)
            row[i] = wr_node_hash(sha, &row[2 * i], &row[2 * i + 1]);
    return row[0];
}

wr_status wr_edge_add(wr_edge *e, wr_sha256 *sha, wr_slice entry, const wr_hash *leaf, const wr_tile_sink *sink, wr_error *err)
{
    wr_status st = WR_OK;
    const uint8_t len[2] = { (uint8_t)(entry.len >> 8), (uint8_t)entry.len };
    wr_buf_add(&e->bundle, len, 2);
    wr_buf_adds(&e->bundle, entry);
    if (!wr_buf_ok(&e->bundle))
        return wr_over(err, "keeping an entry bundle");
    unsigned at = wr_edge_width(e, 0);
    e->ends[at] = (uint32_t)e->bundle.len;
    wr_hash h = *leaf;
    e->size++;
    if (at + 1 == WR_TILE_WIDTH) {
        st = sink->full(sink->ctx, WR_TILE_ENTRIES, e->size / WR_TILE_WIDTH - 1, wr_buf_slice(&e->bundle), e->ends, err);
        wr_buf_clear(&e->bundle);
    }
    uint64_t n = e->size - 1; /* number of this hash at its level */
    for (int level = 0; st == WR_OK && level < WR_TILE_LEVELS; level++, n >>= 8) {
        at = (unsigned)n & (WR_TILE_WIDTH - 1);
        memcpy(e->tile[level] + (size_t)at * WR_HASH_LEN, h.bytes, WR_HASH_LEN);
        if (at + 1 < WR_TILE_WIDTH)
            break;
        st = sink->full(sink->ctx, level, n >> 8, wr_slice_make(e->tile[level], WR_TILE_WIDTH * WR_HASH_LEN), NULL, err);
        h = wr_tile_subtree(sha, e->tile[level], 8);
    }
    return st;
}

wr_hash wr_edge_root(const wr_edge *e, wr_sha256 *sha)
{
    wr_hash root = { { 0 } };
    bool some = false;
    for (int level = 0; level < WR_TILE_LEVELS; level++) {
        unsigned width = wr_edge_width(e, level);
        for (unsigned bit = 0; bit < 8; bit++) {
            if (!(width & (1u << bit)))
                continue;
            width -= 1u << bit;
            const wr_hash peak = wr_tile_subtree(sha, e->tile[level] + (size_t)width * WR_HASH_LEN, bit);
            root = some ? wr_node_hash(sha, &peak, &root) : peak;
            some = true;
        }
    }
    return some ? root : wr_tree_root(sha, &(wr_tree){ 0 });
}

bool wr_edge_load_tile(wr_edge *e, int level, wr_slice bytes)
{
    const unsigned width = wr_edge_width(e, level);
    if (width == 0)
        return bytes.len == 0;
    if (level >= 0) {
        if (bytes.len != (size_t)width * WR_HASH_LEN)
            return false;
        memcpy(e->tile[level], bytes.at, bytes.len);
        return true;
    }
    wr_buf_clear(&e->bundle);
    wr_cursor c = wr_cursor_of(bytes);
    for (unsigned i = 0; i < width; i++) {
        (void)wr_take(&c, wr_u16be(&c));
        e->ends[i] = (uint32_t)wr_offset(&c);
    }
    if (!wr_ok(&c) || wr_left(&c) > 0)
        return false;
    wr_buf_adds(&e->bundle, bytes);
    return wr_buf_ok(&e->bundle);
}
