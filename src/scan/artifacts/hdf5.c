#include "hdf5.h"

#define UNDEFINED UINT64_MAX

enum { MESSAGE_ATTRIBUTE = 0x0c, MESSAGE_CONTINUATION = 0x10, MESSAGE_ATTRIBUTE_INFO = 0x15 };
enum { CLASS_STRING = 3, CLASS_VARIABLE = 9 };

typedef struct {
    wr_slice bytes;
    wr_hdf5 *out;
    unsigned offsets, lengths;   /* bytes of an address, of a length */
    struct { uint64_t at, len; } blocks[WR_HDF5_BLOCKS_MOST];
    size_t block_count;
} reader;

bool wr_hdf5_is(wr_slice bytes)
{
    return bytes.len > 64 && memcmp(bytes.at, "\x89HDF\r\n\x1a\n", 8) == 0;
}

static void cannot(reader *r, const char *why)
{
    if (r->out->why == NULL)
        r->out->why = why;
}

static uint64_t sized(wr_cursor *c, unsigned size)
{
    switch (size) {
    case 2: return wr_u16le(c);
    case 4: return wr_u32le(c);
    case 8: return wr_u64le(c);
    default: wr_fail(c, "an address of a size that is not used"); return 0;
    }
}

static void add_block(reader *r, uint64_t at, uint64_t len)
{
    if (r->block_count == WR_HDF5_BLOCKS_MOST)
        cannot(r, "the root group's header is in more pieces than are followed");
    else if (at > r->bytes.len || len > r->bytes.len - at)
        cannot(r, "the root group's header lies outside the file");
    else {
        r->blocks[r->block_count].at = at;
        r->blocks[r->block_count++].len = len;
    }
}

/* ---- attributes ---- */

/* Object `index` of the global heap collection at `at` (III.E). */
static wr_slice heap_object(reader *r, uint64_t at, uint32_t index)
{
    wr_cursor c = wr_cursor_of(r->bytes);
    wr_seek(&c, at);
    wr_expect(&c, "GCOL");
    wr_skip(&c, 4);
    const uint64_t size = sized(&c, r->lengths);
    const uint64_t end = size > r->bytes.len - (at < r->bytes.len ? at : r->bytes.len) ? r->bytes.len : at + size;
    while (wr_ok(&c) && wr_offset(&c) + 16 <= end) {
        const uint16_t number = wr_u16le(&c);
        wr_skip(&c, 6);
        const uint64_t len = sized(&c, r->lengths);
        const wr_slice object = wr_take(&c, len);
        if (number == index && number != 0)
            return wr_ok(&c) ? object : (wr_slice){ 0 };
        if (number == 0)
            break;
        wr_skip(&c, (8 - len % 8) % 8);
    }
    return (wr_slice){ 0 };
}

static wr_slice until_nul(wr_slice s)
{
    return wr_slice_part(s, 0, wr_slice_find_char(s, '\0'));
}

static void value(reader *r, wr_hdf5_attribute *a, wr_slice type, wr_slice data)
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
        const uint64_t heap = sized(&d, r->offsets);
        const wr_slice object = wr_ok(&d) ? heap_object(r, heap, wr_u32le(&d)) : (wr_slice){ 0 };
        a->text = wr_slice_part(object, 0, len);
        a->is_text = wr_ok(&d) && object.at != NULL && object.len >= len;
        if (!a->is_text)
            cannot(r, "an attribute's text is not where it should be");
    }
}

/* IV.A.2.m: versions 1 (padded to 8), 2 and 3. */
static void attribute(reader *r, wr_slice message)
{
    wr_cursor c = wr_cursor_of(message);
    const uint8_t version = wr_u8(&c);
    (void)wr_u8(&c);
    const uint16_t name_len = wr_u16le(&c), type_len = wr_u16le(&c), space_len = wr_u16le(&c);
    if (version == 3)
        (void)wr_u8(&c);
    if (version < 1 || version > 3) {
        cannot(r, "an attribute of a version that is not known");
        return;
    }
    const unsigned pad = version == 1 ? 7 : 0;
    const wr_slice name = until_nul(wr_take(&c, (uint64_t)(name_len + pad) & ~(uint64_t)pad));
    const wr_slice type = wr_take(&c, (uint64_t)(type_len + pad) & ~(uint64_t)pad);
    wr_skip(&c, (uint64_t)(space_len + pad) & ~(uint64_t)pad);
    if (!wr_ok(&c)) {
        cannot(r, "an attribute is cut off");
        return;
    }
    if (r->out->count == WR_HDF5_ATTRIBUTES_MOST) {
        cannot(r, "the root group has more attributes than are read");
        return;
    }
    wr_hdf5_attribute *a = &r->out->attributes[r->out->count++];
    *a = (wr_hdf5_attribute){ .name = name };
    value(r, a, type, wr_slice_from(message, (size_t)wr_offset(&c)));
}

static void message(reader *r, unsigned type, uint8_t flags, wr_slice data)
{
    wr_cursor c = wr_cursor_of(data);
    if (type == MESSAGE_ATTRIBUTE && (flags & 2) != 0)
        cannot(r, "an attribute is shared");
    else if (type == MESSAGE_ATTRIBUTE)
        attribute(r, data);
    else if (type == MESSAGE_CONTINUATION) {
        const uint64_t at = sized(&c, r->offsets), len = sized(&c, r->lengths);
        if (wr_ok(&c))
            add_block(r, at, len);
        else
            cannot(r, "the root group's header breaks off");
    } else if (type == MESSAGE_ATTRIBUTE_INFO) {
        (void)wr_u8(&c);
        const uint8_t info = wr_u8(&c);
        wr_skip(&c, (info & 1) != 0 ? 2 : 0);
        if (sized(&c, r->offsets) != UNDEFINED && wr_ok(&c))
            cannot(r, "the attributes lie in a heap that is not followed");
    }
}

/* ---- the object header: version 1 (IV.A.1.a) and 2 (IV.A.1.b) ---- */

static void walk_v1(reader *r, uint64_t at)
{
    wr_cursor c = wr_cursor_of(r->bytes);
    wr_seek(&c, at);
    if (wr_u8(&c) != 1)
        wr_fail(&c, "no object header");
    wr_skip(&c, 1);
    (void)wr_u16le(&c);
    wr_skip(&c, 4);
    const uint32_t size = wr_u32le(&c);
    wr_skip(&c, 4);
    if (!wr_ok(&c)) {
        cannot(r, "the root group has no header that is known");
        return;
    }
    add_block(r, wr_offset(&c), size);
    for (size_t b = 0; b < r->block_count; b++) {
        wr_cursor m = wr_cursor_of(wr_slice_part(r->bytes, (size_t)r->blocks[b].at, (size_t)r->blocks[b].len));
        while (wr_left(&m) >= 8) {
            const uint16_t type = wr_u16le(&m), len = wr_u16le(&m);
            const uint8_t flags = wr_u8(&m);
            wr_skip(&m, 3);
            const wr_slice data = wr_take(&m, len);
            if (wr_ok(&m))
                message(r, type, flags, data);
        }
        if (!wr_ok(&m))
            cannot(r, "the root group's header breaks off");
    }
}

static void walk_v2(reader *r, uint64_t at)
{
    wr_cursor c = wr_cursor_of(r->bytes);
    wr_seek(&c, at);
    wr_expect(&c, "OHDR");
    if (wr_u8(&c) != 2)
        wr_fail(&c, "no object header");
    const uint8_t flags = wr_u8(&c);
    wr_skip(&c, ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0));
    const unsigned size_len = 1u << (flags & 3);
    const uint64_t size = size_len == 1 ? wr_u8(&c) : sized(&c, size_len);
    if (!wr_ok(&c)) {
        cannot(r, "the root group has no header that is known");
        return;
    }
    add_block(r, wr_offset(&c), size);
    for (size_t b = 0; b < r->block_count; b++) {
        uint64_t from = r->blocks[b].at, len = r->blocks[b].len;
        if (b > 0) {
            /* A continuation has a signature in front and a checksum behind. */
            if (len < 8 || !wr_slice_starts(wr_slice_from(r->bytes, (size_t)from), "OCHK")) {
                cannot(r, "the root group's header breaks off");
                continue;
            }
            from += 4;
            len -= 8;
        }
        wr_cursor m = wr_cursor_of(wr_slice_part(r->bytes, (size_t)from, (size_t)len));
        const unsigned least = (flags & 4) != 0 ? 6 : 4;
        while (wr_left(&m) >= least) {
            const uint8_t type = wr_u8(&m);
            const uint16_t message_len = wr_u16le(&m);
            const uint8_t message_flags = wr_u8(&m);
            wr_skip(&m, (flags & 4) != 0 ? 2 : 0);
            const wr_slice data = wr_take(&m, message_len);
            if (wr_ok(&m))
                message(r, type, message_flags, data);
        }
        if (!wr_ok(&m))
            cannot(r, "the root group's header breaks off");
    }
}

/* The superblock (II): versions 0 to 3. */
void wr_hdf5_read(wr_slice bytes, wr_hdf5 *ret)
{
    *ret = (wr_hdf5){ 0 };
    reader r = { .bytes = bytes, .out = ret };
    wr_cursor c = wr_cursor_of(bytes);
    wr_skip(&c, 8);
    const uint8_t version = wr_u8(&c);
    if (version <= 1) {
        wr_skip(&c, 4);
        r.offsets = wr_u8(&c);
        r.lengths = wr_u8(&c);
        wr_skip(&c, 1 + 2 + 2 + 4 + (version == 1 ? 4 : 0));
        wr_skip(&c, 4 * (uint64_t)r.offsets); /* base, free space, end, driver */
        wr_skip(&c, r.offsets);               /* the root's name */
    } else if (version <= 3) {
        r.offsets = wr_u8(&c);
        r.lengths = wr_u8(&c);
        wr_skip(&c, 1 + 3 * (uint64_t)r.offsets); /* flags; base, extension, end */
    } else {
        wr_fail(&c, "a superblock of a version that is not known");
    }
    const uint64_t root = sized(&c, r.offsets);
    if (!wr_ok(&c))
        cannot(&r, c.why);
    else if (wr_slice_starts(wr_slice_from(bytes, root < bytes.len ? (size_t)root : bytes.len), "OHDR"))
        walk_v2(&r, root);
    else
        walk_v1(&r, root);
}

const wr_hdf5_attribute *wr_hdf5_find(const wr_hdf5 *h, const char *name)
{
    for (size_t i = 0; i < h->count; i++)
        if (wr_slice_is(h->attributes[i].name, name))
            return &h->attributes[i];
    return NULL;
}
