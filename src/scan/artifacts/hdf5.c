#include "hdf5_in.h"

enum { CLASS_STRING = 3, CLASS_VARIABLE = 9 };
#define BASE_MOST ((size_t)1 << 20)

/* The signature stands at byte 0, 512, 1024, and so on: what is in front belongs to somebody else (II). */
static size_t base_of(wr_slice bytes)
{
    for (size_t at = 0; at + 64 < bytes.len && at <= BASE_MOST; at = at == 0 ? 512 : at * 2)
        if (memcmp(bytes.at + at, "\x89HDF\r\n\x1a\n", 8) == 0)
            return at;
    return SIZE_MAX;
}

bool wr_hdf5_is(wr_slice bytes)
{
    return base_of(bytes) != SIZE_MAX;
}

void hdf5_cannot(wr_hdf5_file *f, const char *why)
{
    if (f->why == NULL)
        f->why = why;
}

bool hdf5_step(wr_hdf5_file *f)
{
    if (f->steps >= WR_HDF5_STEPS_MOST) {
        hdf5_cannot(f, "the file has more parts than are followed");
        return false;
    }
    f->steps++;
    return true;
}

uint64_t hdf5_sized(wr_cursor *c, unsigned size)
{
    const wr_slice s = wr_take(c, size);
    uint64_t n = 0;
    if (size > 8) {
        wr_fail(c, "an address of a size that is not used");
        return 0;
    }
    for (size_t i = s.len; i > 0; i--)
        n = n << 8 | (uint8_t)s.at[i - 1];
    return n;
}

wr_cursor hdf5_at(const wr_hdf5_file *f, uint64_t address)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_seek(&c, address);
    return c;
}

/* ---- the object header: version 1 (IV.A.1.a) and 2 (IV.A.1.b) ---- */

typedef struct {
    wr_hdf5_file *f;
    hdf5_message each;
    void *ctx;
    struct { uint64_t at, len; } blocks[WR_HDF5_BLOCKS_MOST];
    size_t count;
} header;

static void add_block(header *h, uint64_t at, uint64_t len)
{
    if (h->count == WR_HDF5_BLOCKS_MOST)
        hdf5_cannot(h->f, "an object's header is in more pieces than are followed");
    else if (at > h->f->bytes.len || len > h->f->bytes.len - at)
        hdf5_cannot(h->f, "an object's header lies outside the file");
    else {
        h->blocks[h->count].at = at;
        h->blocks[h->count++].len = len;
    }
}

static void message(header *h, unsigned type, uint8_t flags, wr_slice data)
{
    if (type != H5_CONTINUATION) {
        h->each(h->ctx, type, flags, data);
        return;
    }
    wr_cursor c = wr_cursor_of(data);
    const uint64_t at = hdf5_sized(&c, h->f->offsets), len = hdf5_sized(&c, h->f->lengths);
    if (wr_ok(&c))
        add_block(h, at, len);
    else
        hdf5_cannot(h->f, "an object's header breaks off");
}

static void walk_v1(header *h, wr_cursor c)
{
    wr_hdf5_file *f = h->f;
    if (wr_u8(&c) != 1)
        wr_fail(&c, "no object header");
    wr_skip(&c, 7);
    const uint32_t size = wr_u32le(&c);
    wr_skip(&c, 4);
    if (!wr_ok(&c)) {
        hdf5_cannot(f, "an object has no header that is known");
        return;
    }
    add_block(h, wr_offset(&c), size);
    for (size_t b = 0; b < h->count; b++) {
        wr_cursor m = wr_cursor_of(wr_slice_part(f->bytes, (size_t)h->blocks[b].at, (size_t)h->blocks[b].len));
        while (wr_left(&m) >= 8 && hdf5_step(f)) {
            const uint16_t type = wr_u16le(&m), len = wr_u16le(&m);
            const uint8_t flags = wr_u8(&m);
            wr_skip(&m, 3);
            const wr_slice data = wr_take(&m, len);
            if (wr_ok(&m))
                message(h, type, flags, data);
        }
        if (!wr_ok(&m))
            hdf5_cannot(f, "an object's header breaks off");
    }
}

static void block_v2(header *h, size_t b, bool ordered)
{
    wr_hdf5_file *f = h->f;
    uint64_t from = h->blocks[b].at, len = h->blocks[b].len;
    if (b > 0) {
        /* A continuation has a signature in front and a checksum behind. */
        if (len < 8 || !wr_slice_starts(wr_slice_from(f->bytes, (size_t)from), "OCHK")) {
            hdf5_cannot(f, "an object's header breaks off");
            return;
        }
        from += 4;
        len -= 8;
    }
    wr_cursor m = wr_cursor_of(wr_slice_part(f->bytes, (size_t)from, (size_t)len));
    const unsigned least = ordered ? 6 : 4;
    while (wr_left(&m) >= least && hdf5_step(f)) {
        const uint8_t type = wr_u8(&m);
        const uint16_t message_len = wr_u16le(&m);
        const uint8_t flags = wr_u8(&m);
        wr_skip(&m, ordered ? 2 : 0);
        const wr_slice data = wr_take(&m, message_len);
        if (wr_ok(&m))
            message(h, type, flags, data);
    }
    if (!wr_ok(&m))
        hdf5_cannot(f, "an object's header breaks off");
}

static void walk_v2(header *h, wr_cursor c)
{
    wr_expect(&c, "OHDR");
    if (wr_u8(&c) != 2)
        wr_fail(&c, "no object header");
    const uint8_t flags = wr_u8(&c);
    wr_skip(&c, ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
    const uint64_t size = hdf5_sized(&c, 1u << (flags & 3));
    if (!wr_ok(&c)) {
        hdf5_cannot(h->f, "an object has no header that is known");
        return;
    }
    add_block(h, wr_offset(&c), size);
    for (size_t b = 0; b < h->count; b++)
        block_v2(h, b, (flags & 4) != 0);
}

void hdf5_header(wr_hdf5_file *f, uint64_t address, hdf5_message each, void *ctx)
{
    header h = { .f = f, .each = each, .ctx = ctx };
    const wr_cursor c = hdf5_at(f, address);
    if (wr_peek(&c) == 'O')
        walk_v2(&h, c);
    else
        walk_v1(&h, c);
}

/* ---- attributes ---- */

typedef struct { wr_hdf5_file *f; wr_hdf5 *out; } attributes;

static wr_slice until_nul(wr_slice s)
{
    return wr_slice_part(s, 0, wr_slice_find_char(s, '\0'));
}

static void value(attributes *r, wr_hdf5_attribute *a, wr_slice type, wr_slice data)
{
    wr_cursor t = wr_cursor_of(type), d = wr_cursor_of(data);
    const uint8_t class = wr_u8(&t) & 0x0f;
    const uint8_t kind = wr_u8(&t) & 0x0f;
    wr_skip(&t, 2);
    const uint32_t size = wr_u32le(&t);
    if (!wr_ok(&t))
        return;
    if (class == CLASS_STRING) {
        a->text = until_nul(wr_slice_part(data, 0, size));
        a->is_text = true;
    } else if (class == CLASS_VARIABLE && kind == 1) {
        const uint32_t len = wr_u32le(&d);
        const uint64_t heap = hdf5_sized(&d, r->f->offsets);
        const wr_slice object = wr_ok(&d) ? hdf5_global(r->f, heap, wr_u32le(&d)) : (wr_slice){ 0 };
        a->text = wr_slice_part(object, 0, len);
        a->is_text = wr_ok(&d) && object.at != NULL && object.len >= len;
        if (!a->is_text)
            hdf5_cannot(r->f, "an attribute's text is not where it should be");
    }
}

/* IV.A.2.m: versions 1 (padded to 8), 2 and 3. */
static void attribute(void *ctx, wr_slice message_bytes)
{
    attributes *r = ctx;
    wr_cursor c = wr_cursor_of(message_bytes);
    const uint8_t version = wr_u8(&c);
    (void)wr_u8(&c);
    const uint16_t name_len = wr_u16le(&c), type_len = wr_u16le(&c), space_len = wr_u16le(&c);
    if (version == 3)
        (void)wr_u8(&c);
    if (version < 1 || version > 3) {
        hdf5_cannot(r->f, "an attribute of a version that is not known");
        return;
    }
    const unsigned pad = version == 1 ? 7 : 0;
    const wr_slice name = until_nul(wr_take(&c, (uint64_t)(name_len + pad) & ~(uint64_t)pad));
    const wr_slice type = wr_take(&c, (uint64_t)(type_len + pad) & ~(uint64_t)pad);
    wr_skip(&c, (uint64_t)(space_len + pad) & ~(uint64_t)pad);
    if (!wr_ok(&c)) {
        hdf5_cannot(r->f, "an attribute is cut off");
        return;
    }
    if (r->out->count == WR_HDF5_ATTRIBUTES_MOST) {
        hdf5_cannot(r->f, "the root group has more attributes than are read");
        return;
    }
    wr_hdf5_attribute *a = &r->out->attributes[r->out->count++];
    *a = (wr_hdf5_attribute){ .name = name };
    value(r, a, type, wr_slice_from(message_bytes, (size_t)wr_offset(&c)));
}

/* IV.A.2.v: where many or large attributes lie. */
static void many(attributes *r, wr_slice data)
{
    wr_cursor c = wr_cursor_of(data);
    (void)wr_u8(&c);
    wr_skip(&c, (wr_u8(&c) & 1) != 0 ? 2 : 0);
    const uint64_t heap = hdf5_sized(&c, r->f->offsets), tree = hdf5_sized(&c, r->f->offsets);
    if (wr_ok(&c) && heap != WR_HDF5_UNDEFINED)
        hdf5_heap_each(r->f, heap, tree, 0, attribute, r);
}

static void root_message(void *ctx, unsigned type, uint8_t flags, wr_slice data)
{
    attributes *r = ctx;
    if (type == H5_ATTRIBUTE && (flags & 2) != 0)
        hdf5_cannot(r->f, "an attribute is shared");
    else if (type == H5_ATTRIBUTE)
        attribute(r, data);
    else if (type == H5_ATTRIBUTE_INFO)
        many(r, data);
}

/* ---- the superblock (II): versions 0 to 3 ---- */

bool wr_hdf5_open(wr_slice bytes, wr_hdf5_file *ret)
{
    const size_t base = base_of(bytes);
    *ret = (wr_hdf5_file){ .bytes = wr_slice_from(bytes, base == SIZE_MAX ? bytes.len : base), .base = base };
    wr_cursor c = wr_cursor_of(ret->bytes);
    wr_skip(&c, 8);
    const uint8_t version = wr_u8(&c);
    if (version <= 1) {
        wr_skip(&c, 4);
        ret->offsets = wr_u8(&c);
        ret->lengths = wr_u8(&c);
        wr_skip(&c, 1 + 2 + 2 + 4 + (version == 1 ? 4 : 0));
        wr_skip(&c, 4 * (uint64_t)ret->offsets); /* base, free space, end, driver */
        wr_skip(&c, ret->offsets);               /* the root's name */
    } else if (version <= 3) {
        ret->offsets = wr_u8(&c);
        ret->lengths = wr_u8(&c);
        wr_skip(&c, 1 + 3 * (uint64_t)ret->offsets); /* flags; base, extension, end */
    } else {
        wr_fail(&c, "a superblock of a version that is not known");
    }
    if (ret->offsets < 2 || ret->offsets > 8 || ret->lengths < 2 || ret->lengths > 8)
        wr_fail(&c, "an address of a size that is not used");
    ret->root = hdf5_sized(&c, ret->offsets);
    if (!wr_ok(&c))
        hdf5_cannot(ret, c.why);
    return wr_ok(&c);
}

void wr_hdf5_read(wr_slice bytes, wr_hdf5 *ret)
{
    wr_hdf5_file f;
    *ret = (wr_hdf5){ 0 };
    attributes r = { &f, ret };
    if (wr_hdf5_open(bytes, &f))
        hdf5_header(&f, f.root, root_message, &r);
    ret->why = f.why;
}

const wr_hdf5_attribute *wr_hdf5_find(const wr_hdf5 *h, const char *name)
{
    for (size_t i = 0; i < h->count; i++)
        if (wr_slice_is(h->attributes[i].name, name))
            return &h->attributes[i];
    return NULL;
}
