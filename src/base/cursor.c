#include <warrant/cursor.h>

wr_cursor wr_cursor_of(wr_slice s)
{
    static const uint8_t nothing[1];
    const uint8_t *p = s.at ? (const uint8_t *)s.at : nothing;
    return (wr_cursor){ p, p, p + s.len, NULL, 0 };
}

void wr_fail(wr_cursor *c, const char *why)
{
    if (c->why != NULL)
        return;
    c->why = why;
    c->fault_at = wr_offset(c);
}

wr_status wr_fault(const wr_cursor *c, wr_error *err)
{
    wr_err(err, WR_BAD, "%s", c->why ? c->why : "malformed");
    wr_err_at(err, "", c->fault_at);
    return WR_BAD;
}

/* `n` bytes, or NULL after a failure. */
static const uint8_t *need(wr_cursor *c, uint64_t n)
{
    if (c->why != NULL)
        return NULL;
    if (n > (uint64_t)(c->end - c->at)) {
        wr_fail(c, "ends too early");
        return NULL;
    }
    const uint8_t *p = c->at;
    c->at += n;
    return p;
}

uint8_t wr_u8(wr_cursor *c)
{
    const uint8_t *p = need(c, 1);
    return p ? *p : 0;
}

static uint64_t little(wr_cursor *c, unsigned n)
{
    const uint8_t *p = need(c, n);
    uint64_t v = 0;
    for (unsigned i = 0; p != NULL && i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static uint64_t big(wr_cursor *c, unsigned n)
{
    const uint8_t *p = need(c, n);
    uint64_t v = 0;
    for (unsigned i = 0; p != NULL && i < n; i++)
        v = v << 8 | p[i];
    return v;
}

uint16_t wr_u16le(wr_cursor *c) { return (uint16_t)little(c, 2); }
uint32_t wr_u32le(wr_cursor *c) { return (uint32_t)little(c, 4); }
uint64_t wr_u64le(wr_cursor *c) { return little(c, 8); }
uint16_t wr_u16be(wr_cursor *c) { return (uint16_t)big(c, 2); }
uint32_t wr_u32be(wr_cursor *c) { return (uint32_t)big(c, 4); }
uint64_t wr_u64be(wr_cursor *c) { return big(c, 8); }

uint64_t wr_varint(wr_cursor *c)
{
    uint64_t v = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        const uint8_t *p = need(c, 1);
        if (p == NULL)
            return 0;
        if (shift == 63 && (*p & 0x7E) != 0)
            break;
        v |= (uint64_t)(*p & 0x7F) << shift;
        if ((*p & 0x80) == 0)
            return v;
    }
    wr_fail(c, "a variable-length integer is longer than 64 bits");
    return 0;
}

wr_slice wr_take(wr_cursor *c, uint64_t len)
{
    const uint8_t *p = need(c, len);
    return p ? wr_slice_make(p, (size_t)len) : (wr_slice){ 0 };
}

void wr_skip(wr_cursor *c, uint64_t len)
{
    (void)need(c, len);
}

void wr_seek(wr_cursor *c, uint64_t offset)
{
    if (c->why != NULL)
        return;
    if (offset > (uint64_t)(c->end - c->base))
        wr_fail(c, "points past the end");
    else
        c->at = c->base + offset;
}

void wr_expect(wr_cursor *c, const char *literal)
{
    const size_t n = strlen(literal);
    if (c->why != NULL)
        return;
    if (n > (size_t)(c->end - c->at) || memcmp(c->at, literal, n) != 0)
        wr_fail(c, "does not begin as this format does");
    else
        c->at += n;
}

int wr_peek(const wr_cursor *c)
{
    return c->why == NULL && c->at < c->end ? *c->at : -1;
}

size_t wr_counted(wr_cursor *c, uint64_t count, size_t least)
{
    if (c->why != NULL)
        return 0;
    if (count > (uint64_t)(c->end - c->at) / (least ? least : 1)) {
        wr_fail(c, "claims more than the file can hold");
        return 0;
    }
    return (size_t)count;
}

size_t wr_count(wr_cursor *c, size_t least)
{
    return wr_counted(c, wr_u64le(c), least);
}

wr_slice wr_until(wr_cursor *c, uint8_t byte, size_t most)
{
    if (c->why != NULL)
        return (wr_slice){ 0 };
    const size_t left = (size_t)(c->end - c->at);
    const size_t n = left < most ? left : most;
    const uint8_t *p = n ? memchr(c->at, byte, n) : NULL;
    if (p == NULL) {
        wr_fail(c, left > most ? "text is longer than allowed" : "text does not end");
        return (wr_slice){ 0 };
    }
    const wr_slice s = wr_slice_make(c->at, (size_t)(p - c->at));
    c->at = p + 1;
    return s;
}
