/* Heaps of HDF5: the global heap, and the fractal heap with the version 2 B-tree that names what is in it. */
#include "hdf5_in.h"

#define TREE_DEPTH_MOST 8u

typedef struct {
    wr_hdf5_file *f;
    unsigned id_len, offset_size, length_size, width, rows;
    bool filtered;
    uint64_t block_size, direct_most, root, huge_tree;
} heap;

typedef struct {
    unsigned type, record, depth, count_size, total_size[TREE_DEPTH_MOST + 1];
    uint32_t node;
} tree;

typedef void (*on_record)(void *ctx, wr_slice record);

wr_slice hdf5_global(wr_hdf5_file *f, uint64_t at, uint32_t index)
{
    wr_cursor c = hdf5_at(f, at);
    wr_expect(&c, "GCOL");
    wr_skip(&c, 4);
    const uint64_t size = hdf5_sized(&c, f->lengths);
    const uint64_t end = size > f->bytes.len - (at < f->bytes.len ? at : f->bytes.len) ? f->bytes.len : at + size;
    while (wr_ok(&c) && wr_offset(&c) + 16 <= end && hdf5_step(f)) {
        const uint16_t number = wr_u16le(&c);
        wr_skip(&c, 6);
        const uint64_t len = hdf5_sized(&c, f->lengths);
        const wr_slice object = wr_take(&c, len);
        if (number == index && number != 0)
            return wr_ok(&c) ? object : (wr_slice){ 0 };
        if (number == 0)
            break;
        wr_skip(&c, (8 - len % 8) % 8);
    }
    return (wr_slice){ 0 };
}

static unsigned log2_of(uint64_t n)
{
    unsigned bits = 0;
    while (n > 1) {
        n >>= 1;
        bits++;
    }
    return bits;
}

static unsigned bytes_for(uint64_t most)
{
    return log2_of(most) / 8 + 1;
}

/* ---- the B-tree (III.A.2) ---- */

static void node(heap *h, const tree *t, uint64_t at, uint64_t count, unsigned depth, on_record each, void *ctx)
{
    wr_cursor c = hdf5_at(h->f, at);
    wr_expect(&c, depth == 0 ? "BTLF" : "BTIN");
    wr_skip(&c, 2);
    for (uint64_t i = 0; i < count && wr_ok(&c); i++) {
        const wr_slice record = wr_take(&c, t->record);
        if (!hdf5_step(h->f))
            wr_fail(&c, "a list in the file is longer than is followed");
        if (wr_ok(&c))
            each(ctx, record);
    }
    for (uint64_t i = 0; depth > 0 && i <= count && wr_ok(&c); i++) {
        const uint64_t child = hdf5_sized(&c, h->f->offsets), n = hdf5_sized(&c, t->count_size);
        wr_skip(&c, depth > 1 ? t->total_size[depth - 1] : 0);
        if (!hdf5_step(h->f))
            wr_fail(&c, "a list in the file is longer than is followed");
        if (wr_ok(&c))
            node(h, t, child, n, depth - 1, each, ctx);
    }
    if (!wr_ok(&c))
        hdf5_cannot(h->f, c.why);
}

/* How many bytes the counts of a child take depends on how many records a node of its level can hold. */
static void records(heap *h, uint64_t at, on_record each, void *ctx)
{
    tree t = { 0 };
    wr_cursor c = hdf5_at(h->f, at);
    wr_expect(&c, "BTHD");
    wr_skip(&c, 1);
    t.type = wr_u8(&c);
    t.node = wr_u32le(&c);
    t.record = wr_u16le(&c);
    t.depth = wr_u16le(&c);
    wr_skip(&c, 2);
    const uint64_t root = hdf5_sized(&c, h->f->offsets);
    const uint16_t count = wr_u16le(&c);
    if (!wr_ok(&c) || t.depth > TREE_DEPTH_MOST || t.record == 0 || t.node < 64 || t.node < t.record + 10) {
        hdf5_cannot(h->f, "a list in the file does not hold together");
        return;
    }
    uint64_t most = (t.node - 10) / t.record, total = most;
    t.count_size = bytes_for(most);
    for (unsigned d = 1; d <= t.depth; d++) {
        const uint64_t pointer = h->f->offsets + t.count_size + t.total_size[d - 1];
        most = t.node > 10 + pointer ? (t.node - 10 - pointer) / (t.record + pointer) : 0;
        total = total > UINT64_MAX / (most + 2) ? UINT64_MAX / 2 : (most + 1) * total + most;
        t.total_size[d] = bytes_for(total);
    }
    if (root != WR_HDF5_UNDEFINED && count > 0)
        node(h, &t, root, count, t.depth, each, ctx);
}

/* ---- the fractal heap (III.G) ---- */

static bool heap_open(wr_hdf5_file *f, uint64_t at, heap *h)
{
    *h = (heap){ .f = f };
    wr_cursor c = hdf5_at(f, at);
    wr_expect(&c, "FRHP");
    wr_skip(&c, 1);
    h->id_len = wr_u16le(&c);
    h->filtered = wr_u16le(&c) != 0;
    wr_skip(&c, 1);
    const uint32_t managed_most = wr_u32le(&c);
    wr_skip(&c, f->lengths);
    h->huge_tree = hdf5_sized(&c, f->offsets);
    wr_skip(&c, f->lengths + f->offsets + 8ull * f->lengths);
    h->width = wr_u16le(&c);
    h->block_size = hdf5_sized(&c, f->lengths);
    h->direct_most = hdf5_sized(&c, f->lengths);
    const uint16_t bits = wr_u16le(&c);
    wr_skip(&c, 2);
    h->root = hdf5_sized(&c, f->offsets);
    h->rows = wr_u16le(&c);
    h->offset_size = (bits + 7u) / 8;
    const unsigned by_block = bytes_for(h->direct_most), by_object = bytes_for(managed_most);
    h->length_size = by_block < by_object ? by_block : by_object;
    const bool powers = h->block_size > 0 && (h->block_size & (h->block_size - 1)) == 0 && h->direct_most >= h->block_size &&
                        (h->direct_most & (h->direct_most - 1)) == 0 && h->width > 0 && h->direct_most < (1ull << 40);
    if (!wr_ok(&c) || !powers || bits == 0 || bits > 64 || h->rows > 64)
        hdf5_cannot(f, "a heap in the file does not hold together");
    else if (h->filtered)
        hdf5_cannot(f, "a heap in the file is compressed");
    else
        return true;
    return false;
}

static uint64_t row_size(const heap *h, unsigned row)
{
    return row < 2 ? h->block_size : row - 1 > 40 ? UINT64_MAX / 4 : h->block_size << (row - 1);
}

/* Where byte `offset` of the heap's own space lies in the file: the table doubles its blocks row by row. */
static bool place(heap *h, uint64_t offset, uint64_t *ret, uint64_t *ret_left)
{
    uint64_t block = h->root;
    unsigned rows = h->rows;
    const unsigned direct_rows = log2_of(h->direct_most) - log2_of(h->block_size) + 2;
    for (unsigned depth = 0; depth < 16; depth++) {
        if (rows == 0) {
            *ret = block + offset;
            *ret_left = h->block_size > offset ? h->block_size - offset : 0;
            return offset < h->block_size;
        }
        unsigned row = 0;
        uint64_t start = 0;
        while (row < rows && offset - start >= row_size(h, row) * h->width && row_size(h, row) < (1ull << 48)) {
            start += row_size(h, row) * h->width;
            row++;
        }
        if (row >= rows)
            return false;
        const uint64_t column = (offset - start) / row_size(h, row);
        wr_cursor c = hdf5_at(h->f, block);
        wr_expect(&c, "FHIB");
        wr_skip(&c, 1 + h->f->offsets + h->offset_size + ((uint64_t)row * h->width + column) * h->f->offsets);
        const uint64_t child = hdf5_sized(&c, h->f->offsets);
        if (!wr_ok(&c) || child == WR_HDF5_UNDEFINED)
            return false;
        offset -= start + column * row_size(h, row);
        if (row < direct_rows) {
            *ret = child + offset;
            *ret_left = row_size(h, row) - offset;
            return true;
        }
        block = child;
        rows = log2_of(row_size(h, row)) - log2_of(h->block_size * h->width) + 1;
        if (row_size(h, row) < h->block_size * h->width || rows > 64)
            return false;
    }
    return false;
}

typedef struct { uint64_t id; heap *h; wr_slice found; } huge;

/* A record of an object that lies by itself: address, length, id. */
static void huge_record(void *ctx, wr_slice record)
{
    huge *g = ctx;
    wr_cursor c = wr_cursor_of(record);
    const uint64_t at = hdf5_sized(&c, g->h->f->offsets), len = hdf5_sized(&c, g->h->f->lengths), id = hdf5_sized(&c, g->h->f->lengths);
    if (!wr_ok(&c) || id != g->id)
        return;
    c = hdf5_at(g->h->f, at);
    g->found = wr_take(&c, len);
}

static wr_slice object_of(heap *h, wr_slice id)
{
    wr_cursor c = wr_cursor_of(id);
    const uint8_t flags = wr_u8(&c);
    wr_slice found = { 0 };
    switch (flags >> 4 & 3) {
    case 0: {
        const uint64_t offset = hdf5_sized(&c, h->offset_size), len = hdf5_sized(&c, h->length_size);
        uint64_t at, left;
        if (wr_ok(&c) && place(h, offset, &at, &left) && len <= left) {
            wr_cursor o = hdf5_at(h->f, at);
            found = wr_take(&o, len);
        }
        break;
    }
    case 1:
        if (h->id_len - 1 >= h->f->offsets + h->f->lengths) {
            const uint64_t at = hdf5_sized(&c, h->f->offsets), len = hdf5_sized(&c, h->f->lengths);
            wr_cursor o = hdf5_at(h->f, at);
            found = wr_ok(&c) ? wr_take(&o, len) : found;
        } else {
            huge g = { .id = hdf5_sized(&c, h->id_len - 1 < 8 ? h->id_len - 1 : 8), .h = h };
            records(h, h->huge_tree, huge_record, &g);
            found = g.found;
        }
        break;
    case 2: found = wr_slice_part(id, 1, (flags & 15u) + 1); break;
    default: break;
    }
    if (found.at == NULL)
        hdf5_cannot(h->f, "something is not where its heap says");
    return found;
}

typedef struct { heap *h; unsigned skip; hdf5_heap_object each; void *ctx; } named;

static void named_record(void *ctx, wr_slice record)
{
    named *n = ctx;
    const wr_slice object = object_of(n->h, wr_slice_part(record, n->skip, n->h->id_len));
    if (object.len > 0)
        n->each(n->ctx, object);
}

void hdf5_heap_each(wr_hdf5_file *f, uint64_t at, uint64_t tree_at, unsigned skip, hdf5_heap_object each, void *ctx)
{
    heap h;
    if (!heap_open(f, at, &h))
        return;
    named n = { &h, skip, each, ctx };
    records(&h, tree_at, named_record, &n);
}
