#include "inside.h"
#include "zip.h"

#include <stdlib.h>

#include <warrant/cursor.h>

#include "unpack.h"

#define END_LEN 22u
#define COMMENT_MOST 65535u
#define CENTRAL_LEAST 46u
#define FLAG_ENCRYPTED 0x2041u /* encrypted, strongly encrypted, masked (4.4.4) */
#define FLAG_DESCRIPTOR 8u
#define DESCRIPTOR_MOST 24u
#define RATIO_SUSPECT 100u

/* ---- the directory ---- */

/* The end record (4.3.16): the last one whose comment fits. */
static bool find_end(wr_slice bytes, uint64_t *ret)
{
    if (bytes.len < END_LEN)
        return false;
    const size_t lowest = bytes.len > END_LEN + COMMENT_MOST ? bytes.len - END_LEN - COMMENT_MOST : 0;
    for (size_t at = bytes.len - END_LEN + 1; at-- > lowest;) {
        const uint8_t *b = (const uint8_t *)bytes.at + at;
        if (b[0] == 'P' && b[1] == 'K' && b[2] == 5 && b[3] == 6) {
            *ret = at;
            return true;
        }
    }
    return false;
}

/* Zip64 (4.3.14, 4.3.15): the locator stands right in front of the end record. */
static void zip64_end(wr_slice bytes, uint64_t end_at, wr_zip *zip, uint64_t *size, uint64_t *offset)
{
    if (end_at < 20)
        return;
    wr_cursor c = wr_cursor_of(bytes);
    wr_seek(&c, end_at - 20);
    if (wr_u32le(&c) != 0x07064b50)
        return;
    (void)wr_u32le(&c);
    const uint64_t at = wr_u64le(&c);
    wr_seek(&c, at);
    wr_expect(&c, "PK\x06\x06");
    wr_skip(&c, 8 + 2 + 2 + 4 + 4 + 8);
    const uint64_t entries = wr_u64le(&c);
    const uint64_t directory_size = wr_u64le(&c);
    const uint64_t directory_at = wr_u64le(&c);
    if (!wr_ok(&c))
        return;
    zip->stated = entries;
    *size = directory_size;
    *offset = directory_at;
    zip->directory_end = at;
}

/* Zip64 extra field (4.5.3): 64-bit values where the 32-bit ones are full. */
static void zip64_extra(wr_slice extra, wr_zip_entry *e)
{
    wr_cursor c = wr_cursor_of(extra);
    while (wr_left(&c) >= 4) {
        const uint16_t id = wr_u16le(&c);
        wr_cursor field = wr_cursor_of(wr_take(&c, wr_u16le(&c)));
        if (id != 1)
            continue;
        if (e->size == UINT32_MAX)
            e->size = wr_u64le(&field);
        if (e->packed == UINT32_MAX)
            e->packed = wr_u64le(&field);
        if (e->header_at == UINT32_MAX)
            e->header_at = wr_u64le(&field);
    }
}

static bool central(wr_cursor *c, wr_zip_entry *e)
{
    *e = (wr_zip_entry){ 0 };
    if (wr_left(c) < CENTRAL_LEAST)
        return false;
    wr_expect(c, "PK\x01\x02");
    wr_skip(c, 4);
    e->flags = wr_u16le(c);
    e->method = wr_u16le(c);
    wr_skip(c, 4);
    e->crc = wr_u32le(c);
    e->packed = wr_u32le(c);
    e->size = wr_u32le(c);
    const uint16_t name = wr_u16le(c), extra = wr_u16le(c), comment = wr_u16le(c);
    wr_skip(c, 8);
    e->header_at = wr_u32le(c);
    e->name = wr_take(c, name);
    zip64_extra(wr_take(c, extra), e);
    wr_skip(c, comment);
    return wr_ok(c);
}

/* Where an entry's data begins stands in its local header alone (4.3.7). */
static uint64_t data_at(wr_slice bytes, uint64_t header_at)
{
    wr_cursor local = wr_cursor_of(bytes);
    wr_seek(&local, header_at);
    wr_expect(&local, "PK\x03\x04");
    wr_skip(&local, 22);
    const uint16_t name = wr_u16le(&local), extra = wr_u16le(&local);
    wr_skip(&local, (uint64_t)name + extra);
    return wr_ok(&local) ? wr_offset(&local) : 0;
}

bool wr_zip_likely(wr_slice bytes)
{
    if (bytes.len < END_LEN)
        return false;
    return wr_slice_starts(bytes, "PK\x03\x04") || wr_slice_starts(wr_slice_from(bytes, bytes.len - END_LEN), "PK\x05\x06");
}

bool wr_zip_open(wr_slice bytes, wr_arena *a, size_t most, wr_zip *ret)
{
    uint64_t end_at;
    if (!find_end(bytes, &end_at))
        return false;
    wr_zip zip = { .directory_end = end_at };
    wr_cursor c = wr_cursor_of(bytes);
    wr_seek(&c, end_at + 8);
    (void)wr_u16le(&c);
    zip.stated = wr_u16le(&c);
    uint64_t size = wr_u32le(&c), offset = wr_u32le(&c);
    zip.end = end_at + END_LEN + wr_u16le(&c);
    zip64_end(bytes, end_at, &zip, &size, &offset);
    if (!wr_ok(&c) || size > zip.directory_end)
        return false;
    zip.directory_at = zip.directory_end - size;
    if (offset > zip.directory_at)
        return false;
    zip.prefix = zip.directory_at - offset;

    wr_seek(&c, zip.directory_at);
    const uint64_t fit = size / CENTRAL_LEAST;
    const size_t room = (size_t)(fit < most ? fit : most);
    zip.entries = wr_arena_array(a, wr_zip_entry, room > 0 ? room : 1);
    if (zip.entries == NULL)
        return false;
    while (zip.count < room && wr_offset(&c) < zip.directory_end && central(&c, &zip.entries[zip.count])) {
        wr_zip_entry *e = &zip.entries[zip.count++];
        e->header_at = e->header_at + zip.prefix < e->header_at ? UINT64_MAX : e->header_at + zip.prefix;
        e->data_at = data_at(bytes, e->header_at);
    }
    *ret = zip;
    return true;
}

const wr_zip_entry *wr_zip_find(const wr_zip *zip, wr_slice name)
{
    for (size_t i = 0; i < zip->count; i++)
        if (wr_slice_eq(zip->entries[i].name, name))
            return &zip->entries[i];
    return NULL;
}

/* ---- what does not fit together ---- */

static void check_local(wr_exam *x, const wr_part *p, const wr_zip_entry *e)
{
    const wr_slice name = wr_exam_shown(x, e->name, 120);
    if (e->data_at == 0) {
        wr_exam_find(x, p, e->header_at < p->bytes.len ? e->header_at : 0, WR_RULE_ZIP_NAMES_DISAGREE, e->name,
                     "the directory's entry " WR_FMT " has no local header at byte %llu", WR_ARG(name),
                         (unsigned long long)e->header_at);
        return;
    }
    wr_cursor c = wr_cursor_of(p->bytes);
    wr_seek(&c, e->header_at + 6);
    const uint16_t flags = wr_u16le(&c), method = wr_u16le(&c);
    wr_skip(&c, 4);
    const uint32_t crc = wr_u32le(&c), packed = wr_u32le(&c), size = wr_u32le(&c);
    const uint16_t name_len = wr_u16le(&c);
    (void)wr_u16le(&c);
    const wr_slice local_name = wr_take(&c, name_len);
    const char *what = NULL;
    if (!wr_slice_eq(local_name, e->name))
        what = "name";
    else if (method != e->method)
        what = "compression method";
    else if (((flags ^ e->flags) & FLAG_ENCRYPTED) != 0)
        what = "encryption flag";
    else if ((flags & FLAG_DESCRIPTOR) == 0 && crc != e->crc)
        what = "checksum";
    else if ((flags & FLAG_DESCRIPTOR) == 0 && packed != UINT32_MAX && size != UINT32_MAX &&
             (packed != e->packed || size != e->size))
        what = "size";
    if (what != NULL)
        wr_exam_find(x, p, e->header_at, WR_RULE_ZIP_NAMES_DISAGREE, e->name,
                     "the entry " WR_FMT " has another %s in its local header (there it is called " WR_FMT ")",
                         WR_ARG(name), what,
                     WR_ARG(wr_exam_shown(x, local_name, 120)));
}

typedef struct { const wr_zip_entry *e; } ref;

static int by_name(const void *a, const void *b)
{
    return wr_slice_cmp(((const ref *)a)->e->name, ((const ref *)b)->e->name);
}

static int by_place(const void *a, const void *b)
{
    const uint64_t l = ((const ref *)a)->e->header_at, r = ((const ref *)b)->e->header_at;
    return l < r ? -1 : l > r;
}

static void gap(wr_exam *x, const wr_part *p, uint64_t from, uint64_t to)
{
    const bool entry = wr_slice_starts(wr_slice_from(p->bytes, (size_t)from), "PK\x03\x04");
    wr_exam_find(x, p, from, WR_RULE_ZIP_HIDDEN_DATA, wr_arena_printf(x->l->arena, "%llu", (unsigned long long)from),
                 "%llu bytes at byte %llu belong to no entry%s", (unsigned long long)(to - from), (unsigned long long)from,
                 entry ? ": they begin like an entry that the directory does not list" : "");
    wr_error why;
    if (x->depth >= WR_PART_DEPTH_MOST)
        return;
    x->depth++; /* what lies there may be read by somebody who begins at the front: another archive, a pickle */
    if (wr_inside_hidden(x, p, from, to, &why) != WR_OK)
        wr_exam_unread(x, p, from, "the hidden bytes cannot be read: %s", why.what);
    x->depth--;
}

static void check_places(wr_exam *x, const wr_part *p, const wr_zip *zip, ref *refs)
{
    qsort(refs, zip->count, sizeof *refs, by_place);
    uint64_t at = 0;
    for (size_t i = 0; i < zip->count; i++) {
        const wr_zip_entry *e = refs[i].e;
        if (e->data_at == 0)
            continue;
        if (e->header_at > at && !(i > 0 && (refs[i - 1].e->flags & FLAG_DESCRIPTOR) != 0 &&
                                   e->header_at - at <= DESCRIPTOR_MOST))
            gap(x, p, at, e->header_at);
        const uint64_t end = e->packed > p->bytes.len ? p->bytes.len : e->data_at + e->packed;
        at = end > at ? end : at;
    }
    if (zip->directory_at > at + DESCRIPTOR_MOST)
        gap(x, p, at, zip->directory_at);
    if (zip->end < p->bytes.len)
        gap(x, p, zip->end, p->bytes.len);
}

void wr_zip_check(wr_exam *x, const wr_part *p, wr_zip *zip)
{
    if (zip->stated != zip->count)
        wr_exam_unread(x, p, zip->directory_at, "the archive's directory states %llu entries, %zu could be read",
                       (unsigned long long)zip->stated, zip->count);
    ref *refs = wr_arena_array(x->l->arena, ref, zip->count > 0 ? zip->count : 1);
    if (refs == NULL) {
        wr_exam_unread(x, p, 0, "the archive has too many entries to check");
        return;
    }
    for (size_t i = 0; i < zip->count; i++) {
        refs[i].e = &zip->entries[i];
        check_local(x, p, &zip->entries[i]);
    }
    qsort(refs, zip->count, sizeof *refs, by_name);
    for (size_t i = 1; i < zip->count; i++)
        if (wr_slice_eq(refs[i].e->name, refs[i - 1].e->name))
            wr_exam_find(x, p, refs[i].e->header_at, WR_RULE_ZIP_DUPLICATE_ENTRY, refs[i].e->name,
                         "the entry " WR_FMT " stands twice", WR_ARG(wr_exam_shown(x, refs[i].e->name, 120)));
    check_places(x, p, zip, refs);
}

/* ---- content ---- */

static wr_slice packed_bytes(const wr_part *p, const wr_zip_entry *e)
{
    return e->data_at == 0 ? (wr_slice){ 0 } : wr_slice_part(p->bytes, (size_t)e->data_at,
                                                             e->packed > SIZE_MAX / 2 ? 0 : (size_t)e->packed);
}

/* PKWARE APPNOTE 4.4.5: what NumPy reads, being Python's zipfile. PyTorch reads the first two alone. */
enum { STORED = 0, DEFLATED = 8, BZIP2 = 12, LZMA = 14 };
#define LZMA_PROPERTIES 5u
#define LZMA_HEAD 9u            /* version, length of the properties, properties */
#define FLAG_LZMA_END 2u        /* the stream says where it ends */
#define PACKED_FOR_HEAD 65536u

bool wr_zip_method_known(uint16_t method)
{
    return method == STORED || method == DEFLATED || method == BZIP2 || method == LZMA;
}

/* An entry of LZMA as the .lzma file that liblzma knows: properties, size, stream. For the caller to free. */
static char *lzma_file(const wr_zip_entry *e, wr_slice packed, size_t *ret_len)
{
    char *file = packed.len >= LZMA_HEAD && packed.at[2] == LZMA_PROPERTIES ? wr_alloc(packed.len + 8) : NULL;
    if (file == NULL)
        return NULL;
    memcpy(file, packed.at + 4, LZMA_PROPERTIES);
    for (unsigned i = 0; i < 8; i++)
        file[LZMA_PROPERTIES + i] = (e->flags & FLAG_LZMA_END) != 0 ? (char)0xff : (char)(e->size >> 8 * i);
    memcpy(file + LZMA_PROPERTIES + 8, packed.at + LZMA_HEAD, packed.len - LZMA_HEAD);
    *ret_len = packed.len + 4;
    return file;
}

static size_t unpack_head(const wr_zip_entry *e, wr_slice packed, char *space, size_t size)
{
    if (e->method == DEFLATED)
        return wr_inflate_head(packed, space, size);
    if (e->method == BZIP2)
        return wr_unpack_head(packed, space, size);
    size_t len = 0;
    char *file = e->method == LZMA ? lzma_file(e, wr_slice_part(packed, 0, PACKED_FOR_HEAD), &len) : NULL;
    const size_t n = file != NULL ? wr_unpack_head(wr_slice_make(file, len), space, size) : 0;
    wr_free(file);
    return n;
}

static bool unpack_all(const wr_zip_entry *e, wr_slice packed, wr_buf *space)
{
    if (e->method == DEFLATED)
        return wr_inflate_all(packed, space);
    if (e->method == BZIP2)
        return wr_unpack_all(packed, space);
    size_t len = 0;
    char *file = lzma_file(e, packed, &len);
    const bool whole = file != NULL && wr_unpack_all(wr_slice_make(file, len), space);
    wr_free(file);
    return whole;
}

wr_slice wr_zip_head(const wr_part *p, const wr_zip_entry *e, char *space, size_t size)
{
    const wr_slice packed = packed_bytes(p, e);
    return e->method == STORED ? packed : wr_slice_make(space, unpack_head(e, packed, space, size));
}

static bool unpack(wr_exam *x, const wr_part *p, const wr_zip_entry *e, wr_slice packed, wr_slice name, wr_buf *space)
{
    if (x->inflated >= WR_INFLATED_FILE_MOST) {
        wr_exam_unread(x, p, e->header_at, "the entry " WR_FMT " was not unpacked: this file has unpacked to enough",
                       WR_ARG(name));
        return false;
    }
    wr_buf_clear(space);
    const bool whole = unpack_all(e, packed, space);
    x->inflated += space->len;
    if (whole)
        return true;
    wr_exam_unread(x, p, e->header_at, "the entry " WR_FMT " was unpacked up to byte %zu", WR_ARG(name), space->len);
    if (space->len >= space->most && packed.len < space->most / RATIO_SUSPECT)
        wr_exam_find(x, p, e->header_at, WR_RULE_ZIP_BOMB, e->name,
                     "the entry " WR_FMT " unpacks from %zu bytes to more than %zu",
                     WR_ARG(name), packed.len, space->most);
    return space->len > 0;
}

bool wr_zip_content(wr_exam *x, const wr_part *p, const wr_zip_entry *e, wr_buf *space, wr_part *ret)
{
    const wr_slice name = wr_exam_shown(x, e->name, 120);
    const wr_slice packed = packed_bytes(p, e);
    if (!wr_exam_may_read(x, &(wr_part){ .bytes = packed, .name = p->name, .at = p->at, .unpacked = true }))
        return false; /* its checksum alone would read all of it */
    if (e->data_at == 0 || packed.len < e->packed || !wr_zip_method_known(e->method)) {
        wr_exam_unread(x, p, e->header_at < p->bytes.len ? e->header_at : 0, "the entry " WR_FMT " could not be read: %s",
                       WR_ARG(name), !wr_zip_method_known(e->method) ? "its compression method is not known here" : "it is cut off");
        if (e->method != STORED)
            return false;
    }
    const wr_slice path = p->name.len > 0 ? wr_arena_printf(x->l->arena, WR_FMT " > " WR_FMT, WR_ARG(p->name), WR_ARG(e->name)) : e->name;
    *ret = wr_part_inside(p, packed, e->data_at, path);
    if (e->method != STORED) {
        if (!unpack(x, p, e, packed, name, space))
            return false;
        ret->bytes = wr_buf_slice(space);
        ret->unpacked = true;
    }
    const bool good = ret->bytes.len == e->size && wr_crc32(ret->bytes) == e->crc;
    if ((e->flags & FLAG_ENCRYPTED) != 0) {
        /* A flag alone encrypts nothing, and some loaders do not look at it. */
        wr_exam_find(x, p, e->header_at, WR_RULE_ZIP_ENCRYPTED, e->name, "the entry " WR_FMT " is marked as encrypted%s",
                     WR_ARG(name),
                     good ? " and is not" : "");
        if (!good)
            wr_exam_unread(x, p, e->header_at, "the entry " WR_FMT " is encrypted", WR_ARG(name));
        return good;
    }
    if (ret->bytes.len == e->size && !good)
        wr_exam_find(x, p, e->header_at, WR_RULE_ZIP_BAD_CHECKSUM, e->name,
                     "the entry " WR_FMT " does not have the checksum stated for it", WR_ARG(name));
    return true;
}
