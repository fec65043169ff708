/* tiles.h - C2SP tlog-tiles: paths, and the growing right edge of a tiled tree.
 *
 * Borrows  a sink's bytes live for the call.
 * Bounds   one tile a level and one entry bundle.
 * Fails    WR_OVER.
 * Threads  one thread at a time. */
#ifndef WR_TILES_H
#define WR_TILES_H

#include "ledger/merkle.h"

#define WR_TILE_WIDTH 256u
#define WR_TILE_LEVELS 8
#define WR_TILE_ENTRIES (-1) /* as a level: the entry bundles */
#define WR_BUNDLE_MOST ((size_t)256 * (2 + 65535))

/* "tile/<level>/<n>[.p/<width>]" or "tile/entries/..."; width 0 or 256 is a full tile. */
void wr_tile_path(int level, uint64_t n, unsigned width, char *ret, size_t size);

typedef struct {
    uint64_t size;
    uint8_t *tile[WR_TILE_LEVELS]; /* the partial tile of each level */
    wr_buf bundle;                 /* the partial entry bundle */
    uint32_t ends[WR_TILE_WIDTH];  /* where each of its entries ends */
} wr_edge;

typedef struct {
    /* A tile or bundle is full; `ends` only for a bundle. */
    wr_status (*full)(void *ctx, int level, uint64_t n, wr_slice bytes, const uint32_t *ends, wr_error *err);
    void *ctx;
} wr_tile_sink;

WR_MUST_USE wr_status wr_edge_init(wr_edge *e, wr_error *err);
void wr_edge_free(wr_edge *e);
void wr_edge_clear(wr_edge *e);
/* How many hashes (or entries) the partial tile has. */
unsigned wr_edge_width(const wr_edge *e, int level);
WR_MUST_USE wr_status wr_edge_add(wr_edge *e, wr_sha256 *sha, wr_slice entry, const wr_hash *leaf, const wr_tile_sink *sink, wr_error *err);
wr_hash wr_edge_root(const wr_edge *e, wr_sha256 *sha);
/* The Merkle tree hash of 2^bits consecutive hashes, bits at most 8. */
wr_hash wr_tile_subtree(wr_sha256 *sha, const uint8_t *hashes, unsigned bits);
/* Takes the partial tiles of a tree of `size`; the bundle is parsed for its `ends`. false where it does not fit. */
bool wr_edge_load_tile(wr_edge *e, int level, wr_slice bytes);

#endif
