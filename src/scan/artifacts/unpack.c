#include "unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#define STEP ((size_t)256 << 10)
#define RAW_DEFLATE (-15)
#define ZLIB_OR_GZIP 47

typedef enum { NO_STREAM, BY_ZLIB, BY_LIBARCHIVE } how;

static how how_packed(wr_slice s)
{
    if (s.len < 6)
        return NO_STREAM;
    const uint8_t *b = (const uint8_t *)s.at;
    if (b[0] == 0x1f && b[1] == 0x8b && b[2] == 8)
        return BY_ZLIB;
    if ((b[0] & 0x8f) == 0x08 && ((unsigned)b[0] << 8 | b[1]) % 31 == 0 && (b[1] & 0x20) == 0)
        return BY_ZLIB; /* RFC 1950 2.2: method 8, a window of at most 32 KiB, the check bits */
    static const struct { const char *magic; size_t len; } others[] = {
        { "BZh", 3 }, { "\xfd" "7zXZ\0", 6 }, { "\x04\x22\x4d\x18", 4 }, { "\x5d\0\0", 3 },
        { "\x28\xb5\x2f\xfd", 4 },
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (memcmp(b, others[i].magic, others[i].len) == 0)
            return BY_LIBARCHIVE;
    return NO_STREAM;
}

static unsigned chunk_of(size_t n)
{
    return n > (1u << 30) ? 1u << 30 : (unsigned)n;
}

/* Inflates into `out`, at most `size` bytes. *used: input taken. False where the stream is broken before its end. */
static bool inflate_into(z_stream *z, wr_slice in, size_t *at, char *out, size_t size, size_t *ret_len, bool *ret_end)
{
    *ret_len = 0;
    *ret_end = false;
    while (*ret_len < size) {
        z->next_in = (Bytef *)(uintptr_t)(in.at + *at);
        z->avail_in = chunk_of(in.len - *at);
        z->next_out = (Bytef *)out + *ret_len;
        z->avail_out = chunk_of(size - *ret_len);
        const unsigned had_in = z->avail_in, had_out = z->avail_out;
        const int r = inflate(z, Z_NO_FLUSH);
        *at += had_in - z->avail_in;
        *ret_len += had_out - z->avail_out;
        if (r == Z_STREAM_END) {
            *ret_end = true;
            return true;
        }
        if (r != Z_OK || (had_in == z->avail_in && had_out == z->avail_out))
            return false;
    }
    return true;
}

static size_t zlib_head(wr_slice packed, int window, char *ret, size_t size)
{
    z_stream z = { 0 };
    size_t at = 0, len = 0;
    bool end;
    if (packed.len == 0 || inflateInit2(&z, window) != Z_OK)
        return 0;
    (void)inflate_into(&z, packed, &at, ret, size, &len, &end);
    (void)inflateEnd(&z);
    return len;
}

static bool zlib_all(wr_slice packed, int window, wr_buf *ret)
{
    z_stream z = { 0 };
    if (packed.len == 0 || inflateInit2(&z, window) != Z_OK)
        return false;
    char *step = wr_alloc(STEP);
    size_t at = 0, len = 0;
    bool end = false, good = step != NULL;
    while (good && wr_buf_ok(ret)) {
        good = inflate_into(&z, packed, &at, step, STEP, &len, &end);
        wr_buf_add(ret, step, len < ret->most - ret->len ? len : ret->most - ret->len);
        if (ret->len == ret->most && !end)
            good = false;
        if (!end)
            continue;
        /* A gzip file may hold several members, one behind the other. */
        const wr_slice rest = wr_slice_from(packed, at);
        if (window == RAW_DEFLATE || how_packed(rest) != BY_ZLIB || inflateReset(&z) != Z_OK)
            break;
    }
    wr_free(step);
    (void)inflateEnd(&z);
    return good && end && wr_buf_ok(ret);
}

static struct archive *archive_of(wr_slice packed)
{
    struct archive *a = archive_read_new();
    struct archive_entry *e;
    if (a == NULL)
        return NULL;
    archive_read_support_filter_bzip2(a);
    archive_read_support_filter_xz(a);
    archive_read_support_filter_lzma(a);
    archive_read_support_filter_lz4(a);
    archive_read_support_filter_zstd(a);
    archive_read_support_format_raw(a);
    if (archive_read_open_memory(a, packed.at, packed.len) == ARCHIVE_OK && archive_read_next_header(a, &e) == ARCHIVE_OK)
        return a;
    archive_read_free(a);
    return NULL;
}

static size_t archive_head(wr_slice packed, char *ret, size_t size)
{
    struct archive *a = archive_of(packed);
    if (a == NULL)
        return 0;
    const la_ssize_t n = archive_read_data(a, ret, size);
    archive_read_free(a);
    return n > 0 ? (size_t)n : 0;
}

static bool archive_all(wr_slice packed, wr_buf *ret)
{
    struct archive *a = archive_of(packed);
    char *step = a != NULL ? wr_alloc(STEP) : NULL;
    la_ssize_t n = -1;
    while (step != NULL && (n = archive_read_data(a, step, STEP)) > 0) {
        const size_t room = ret->most - ret->len;
        wr_buf_add(ret, step, (size_t)n < room ? (size_t)n : room);
        if ((size_t)n > room)
            break;
    }
    wr_free(step);
    archive_read_free(a);
    return n == 0 && wr_buf_ok(ret);
}

size_t wr_unpack_head(wr_slice packed, char *ret, size_t size)
{
    switch (how_packed(packed)) {
    case BY_ZLIB: return zlib_head(packed, ZLIB_OR_GZIP, ret, size);
    case BY_LIBARCHIVE: return archive_head(packed, ret, size);
    default: return 0;
    }
}

bool wr_unpack_all(wr_slice packed, wr_buf *ret)
{
    switch (how_packed(packed)) {
    case BY_ZLIB: return zlib_all(packed, ZLIB_OR_GZIP, ret);
    case BY_LIBARCHIVE: return archive_all(packed, ret);
    default: return false;
    }
}

size_t wr_inflate_head(wr_slice packed, char *ret, size_t size)
{
    return zlib_head(packed, RAW_DEFLATE, ret, size);
}

bool wr_inflate_all(wr_slice packed, wr_buf *ret)
{
    return zlib_all(packed, RAW_DEFLATE, ret);
}

uint32_t wr_crc32(wr_slice bytes)
{
    return (uint32_t)crc32_z(0, (const Bytef *)bytes.at, bytes.len);
}
