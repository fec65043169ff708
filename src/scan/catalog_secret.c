/* Is a text in the shape of a key a placeholder, and does its checksum hold? */
#include <math.h>

#include "scan/catalog_in.h"

#include <zlib.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool holds(wr_slice s, wr_slice word)
{
    for (size_t i = 0; i + word.len <= s.len; i++) {
        size_t k = 0;
        while (k < word.len && lower(s.at[i + k]) == lower(word.at[k]))
            k++;
        if (k == word.len)
            return true;
    }
    return false;
}

/* Six equal bytes, or seven that count up or down. */
static bool runs(wr_slice s)
{
    size_t same = 1, up = 1, down = 1;
    for (size_t i = 1; i < s.len; i++) {
        const int step = (int)lower(s.at[i]) - (int)lower(s.at[i - 1]);
        same = step == 0 ? same + 1 : 1;
        up = step == 1 || (s.at[i - 1] == '9' && s.at[i] == '0') ? up + 1 : 1;
        down = step == -1 ? down + 1 : 1;
        if (same >= 6 || up >= 7 || down >= 7)
            return true;
    }
    return false;
}

/* The same few bytes over and over. */
static bool repeats(wr_slice s)
{
    for (size_t period = 1; period <= 12 && period * 2 <= s.len; period++) {
        size_t equal = 0;
        for (size_t i = period; i < s.len; i++)
            equal += s.at[i] == s.at[i - period];
        if (equal * 10 >= (s.len - period) * 9)
            return true;
    }
    return false;
}

static double entropy_of(wr_slice s)
{
    size_t counts[256] = { 0 };
    double bits = 0;
    for (size_t i = 0; i < s.len; i++)
        counts[(unsigned char)s.at[i]]++;
    for (size_t i = 0; i < 256; i++)
        if (counts[i] > 0) {
            const double share = (double)counts[i] / (double)s.len;
            bits -= share * log2(share);
        }
    return bits;
}

bool catalog_is_placeholder(const wr_catalog *c, wr_slice secret, double entropy)
{
    if (secret.len == 0 || runs(secret) || repeats(secret))
        return true;
    for (size_t i = 0; i < c->word_count; i++)
        if (holds(secret, c->words[i]))
            return true;
    return entropy_of(secret) < entropy;
}

void catalog_checksum(wr_slice of, char ret[CHECKSUM_LEN])
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    uLong crc = crc32(0, (const Bytef *)of.at, (uInt)of.len);
    for (size_t i = CHECKSUM_LEN; i-- > 0; crc /= 62)
        ret[i] = digits[crc % 62];
}

bool catalog_checksum_holds(wr_slice secret)
{
    const wr_slice random = wr_slice_from(secret, wr_slice_find_char(secret, '_') + 1);
    char sum[CHECKSUM_LEN];
    if (random.len <= CHECKSUM_LEN)
        return false;
    catalog_checksum(wr_slice_part(random, 0, random.len - CHECKSUM_LEN), sum);
    return memcmp(random.at + random.len - CHECKSUM_LEN, sum, CHECKSUM_LEN) == 0;
}
