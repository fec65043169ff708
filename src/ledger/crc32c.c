/* crc32c.c - with the processor's instruction where it has one, else a table. */
#include "ledger/crc32c.h"

#define POLYNOMIAL 0x82f63b78u

/* The remainder of one byte, computed instead of tabled: only the slow path and the culprit search need it. */
static uint32_t of_byte(uint32_t v)
{
    for (int i = 0; i < 8; i++)
        v = (v >> 1) ^ (v & 1 ? POLYNOMIAL : 0);
    return v;
}

static uint32_t plain(uint32_t crc, const uint8_t *p, size_t len)
{
    uint32_t table[16];
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t v = i;
        for (int k = 0; k < 4; k++)
            v = (v >> 1) ^ (v & 1 ? POLYNOMIAL : 0);
        table[i] = v;
    }
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return crc;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) static uint32_t hardware(uint32_t crc, const uint8_t *p, size_t len)
{
    uint64_t c = crc;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        c = __builtin_ia32_crc32di(c, word);
    }
    uint32_t small = (uint32_t)c;
    for (; len > 0; p++, len--)
        small = __builtin_ia32_crc32qi(small, *p);
    return small;
}
#endif

uint32_t wr_crc32c(uint32_t sum, const void *bytes, size_t len)
{
    if (len == 0)
        return sum;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("sse4.2"))
        return ~hardware(~sum, bytes, len);
#endif
    return ~plain(~sum, bytes, len);
}

/* A CRC is linear: the difference of two sums is the remainder of the difference of the bytes. So that remainder is
 * stepped back over one zero byte at a time until it is the remainder of a single byte. */
size_t wr_crc32c_culprit(uint32_t want, uint32_t got, size_t len)
{
    uint32_t single[256];
    uint8_t by_top[256]; /* the remainders of the 256 bytes differ in their top byte */
    for (uint32_t i = 0; i < 256; i++) {
        single[i] = of_byte(i);
        by_top[single[i] >> 24] = (uint8_t)i;
    }
    uint32_t difference = want ^ got;
    for (size_t back = 0; back < len && difference != 0; back++) {
        const uint8_t b = by_top[difference >> 24];
        if (single[b] == difference)
            return len - 1 - back;
        difference = ((difference ^ single[b]) << 8) | b;
    }
    return len;
}
