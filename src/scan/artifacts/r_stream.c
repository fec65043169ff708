#include "r_stream.h"

#include <archive.h>
#include <archive_entry.h>

bool r_stream_packed(wr_slice s)
{
    static const struct { const char *magic; size_t len; } packed[] = {
        { "\x1f\x8b\x08", 3 }, { "BZh", 3 }, { "\xfd" "7zXZ\0", 6 }, { "\x5d\0\0", 3 }, { "\x28\xb5\x2f\xfd", 4 },
    };
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++)
        if (s.len > 16 && memcmp(s.at, packed[i].magic, packed[i].len) == 0)
            return true;
    return false;
}

static bool refill(r_stream *s)
{
    if (s->why != NULL || s->archive == NULL)
        return false;
    s->before += (uint64_t)(s->end - s->piece);
    s->piece = s->at = s->end = (const uint8_t *)s->space;
    if (s->before >= R_UNPACKED_MOST) {
        s->why = "it unpacks to more than is read";
        return false;
    }
    const la_ssize_t n = archive_read_data(s->archive, s->space, R_STEP);
    if (n < 0)
        s->why = "the compressed stream is broken";
    if (n <= 0)
        return false;
    s->end = s->piece + n;
    return true;
}

bool r_stream_open(r_stream *s, wr_slice bytes)
{
    *s = (r_stream){ .piece = (const uint8_t *)bytes.at, .at = (const uint8_t *)bytes.at };
    s->end = s->at + bytes.len;
    if (!r_stream_packed(bytes))
        return true;
    struct archive_entry *e;
    s->piece = s->at = s->end = NULL;
    s->space = wr_alloc(R_STEP);
    s->archive = s->space != NULL ? archive_read_new() : NULL;
    if (s->archive == NULL)
        return false;
    archive_read_support_filter_gzip(s->archive);
    archive_read_support_filter_bzip2(s->archive);
    archive_read_support_filter_xz(s->archive);
    archive_read_support_filter_lzma(s->archive);
    archive_read_support_filter_zstd(s->archive);
    archive_read_support_format_raw(s->archive);
    return archive_read_open_memory(s->archive, bytes.at, bytes.len) == ARCHIVE_OK &&
           archive_read_next_header(s->archive, &e) == ARCHIVE_OK;
}

void r_stream_close(r_stream *s)
{
    if (s->archive != NULL)
        archive_read_free(s->archive);
    wr_free(s->space);
}

uint64_t r_offset(const r_stream *s)
{
    return s->before + (s->at == NULL ? 0 : (uint64_t)(s->at - s->piece));
}

bool r_end(r_stream *s)
{
    return s->at == s->end && !refill(s);
}

uint8_t r_byte(r_stream *s)
{
    if (s->why != NULL)
        return 0;
    if (s->at == s->end && !refill(s)) {
        if (s->why == NULL)
            s->why = "it is cut off";
        return 0;
    }
    return *s->at++;
}

/* A word of the text form, after white space: its length; longer ones are cut. */
static size_t word(r_stream *s, char *ret, size_t most)
{
    uint8_t c = r_byte(s);
    size_t n = 0;
    while (s->why == NULL && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
        c = r_byte(s);
    while (s->why == NULL && c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        if (n < most)
            ret[n++] = (char)c;
        if (r_end(s))
            break;
        c = r_byte(s);
    }
    return n;
}

int32_t r_int(r_stream *s)
{
    if (s->mode == 'A') {
        char text[24];
        const size_t n = word(s, text, sizeof text);
        int64_t v = 0;
        size_t i = n > 0 && text[0] == '-' ? 1 : 0;
        if (n == 2 && text[0] == 'N')
            return R_NA;
        if (i == n && s->why == NULL)
            s->why = "a number is none";
        for (; i < n; i++) {
            if (text[i] < '0' || text[i] > '9' || v > INT32_MAX) {
                s->why = s->why != NULL ? s->why : "a number is none";
                return 0;
            }
            v = v * 10 + (text[i] - '0');
        }
        return (int32_t)(n > 0 && text[0] == '-' ? -v : v);
    }
    uint32_t v = 0;
    for (unsigned i = 0; i < 4; i++)
        v = s->mode == 'X' ? v << 8 | r_byte(s) : v | (uint32_t)r_byte(s) << (8 * i);
    return (int32_t)v;
}

void r_pass(r_stream *s, uint64_t count, unsigned size)
{
    if (s->mode == 'A') {
        char text[4];
        for (uint64_t i = 0; i < count && s->why == NULL; i++)
            (void)word(s, text, sizeof text);
        return;
    }
    uint64_t left = count > UINT64_MAX / size ? UINT64_MAX : count * size;
    while (left > 0 && s->why == NULL) {
        const uint64_t here = (uint64_t)(s->end - s->at);
        if (here >= left) {
            s->at += left;
            return;
        }
        left -= here;
        s->at = s->end;
        if (!refill(s) && s->why == NULL)
            s->why = "it is cut off";
    }
}

/* In the text form a string has C's escapes, and `len` counts what they stand for. */
static uint8_t escaped(r_stream *s)
{
    static const char names[] = "ntvbrfa", values[] = "\n\t\v\b\r\f\a";
    uint8_t c = r_byte(s);
    if (c != '\\')
        return c;
    c = r_byte(s);
    const char *known = c != 0 ? strchr(names, c) : NULL;
    if (known != NULL)
        return (uint8_t)values[known - names];
    if (c < '0' || c > '7')
        return c;
    unsigned v = c - '0';
    for (int i = 0; i < 2 && s->at < s->end && *s->at >= '0' && *s->at <= '7'; i++)
        v = v * 8 + (unsigned)(*s->at++ - '0');
    return (uint8_t)v;
}

size_t r_text(r_stream *s, uint64_t len, char *ret, size_t most)
{
    size_t n = 0;
    if (s->mode == 'A') {
        uint8_t c = len > 0 ? r_byte(s) : 0;
        while (len > 0 && s->why == NULL && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
            c = r_byte(s);
        if (len > 0 && s->why == NULL)
            s->at--;
        for (uint64_t i = 0; i < len && s->why == NULL; i++) {
            c = escaped(s);
            if (n < most && s->why == NULL)
                ret[n++] = (char)c;
        }
        return n;
    }
    while (n < len && n < most && s->why == NULL) {
        const uint8_t c = r_byte(s);
        if (s->why == NULL)
            ret[n++] = (char)c;
    }
    if (s->why == NULL && len > n)
        r_pass(s, len - n, 1);
    return n;
}

static uint32_t at(const uint8_t *b, bool big)
{
    return big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3]
               : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

static bool r_version(uint64_t v)
{
    return v >= 0x10000 && v < 0x200000; /* 1.0.0 and up, as major << 16 | minor << 8 | patch */
}

bool r_signature(wr_slice s, bool *ret_image)
{
    *ret_image = s.len > 5 && memcmp(s.at, "RD", 2) == 0 && (s.at[3] == '2' || s.at[3] == '3') && s.at[4] == '\n';
    if (*ret_image)
        s = wr_slice_from(s, 5);
    if (s.len < 14 || s.at[1] != '\n')
        return false;
    const uint8_t *b = (const uint8_t *)s.at + 2;
    if (s.at[0] == 'X' || s.at[0] == 'B') {
        const bool big = s.at[0] == 'X';
        const uint32_t version = at(b, big);
        return (version == 2 || version == 3) && r_version(at(b + 4, big)) && r_version(at(b + 8, big));
    }
    if (s.at[0] != 'A' || (b[0] != '2' && b[0] != '3') || b[1] != '\n')
        return false;
    uint64_t v = 0;
    size_t i = 4;
    for (; i < s.len && s.at[i] >= '0' && s.at[i] <= '9' && v < 0x1000000; i++)
        v = v * 10 + (uint64_t)(s.at[i] - '0');
    return i < s.len && s.at[i] == '\n' && r_version(v);
}
