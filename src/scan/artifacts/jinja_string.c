/* jinja_string.c - string literals with their escapes undone, as Python's unicode-escape does it. */
#include "jinja_lex.h"

static int hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static size_t put(char *out, uint32_t c)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    const size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)((n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0) | c);
    return n;
}

/* \xNN, \uNNNN, \UNNNNNNNN: false where a digit is missing or there is no such character. */
static bool hex_escape(wr_slice s, size_t from, size_t digits, uint32_t *ret)
{
    uint32_t c = 0;
    for (size_t i = 0; i < digits; i++) {
        const int d = from + i < s.len ? hex_digit(s.at[from + i]) : -1;
        if (d < 0)
            return false;
        c = c << 4 | (uint32_t)d;
    }
    *ret = c;
    return c <= 0x10FFFF;
}

/* One escape at s[*at], which is the character after the backslash. */
static size_t escape(parser *p, const token *t, wr_slice s, size_t *at, char *out)
{
    static const char plain[][2] = { { '\\', '\\' }, { '\'', '\'' }, { '"', '"' }, { 'a', 7 }, { 'b', 8 }, { 'f', 12 },
                                     { 'n', 10 }, { 'r', 13 }, { 't', 9 }, { 'v', 11 } };
    const char c = s.at[*at];
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        if (plain[i][0] == c) {
            ++*at;
            out[0] = plain[i][1];
            return 1;
        }
    if (c == '\n') {
        ++*at;
        return 0;
    }
    uint32_t value = 0;
    const size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    if (digits > 0) {
        if (!hex_escape(s, *at + 1, digits, &value)) {
            jinja_fail(p, t->at, "a string has an escape that is cut short");
            return 0;
        }
        *at += 1 + digits;
        return put(out, value);
    }
    if (c >= '0' && c <= '7') {
        for (size_t i = 0; i < 3 && *at < s.len && s.at[*at] >= '0' && s.at[*at] <= '7'; i++)
            value = value * 8 + (uint32_t)(s.at[(*at)++] - '0');
        return put(out, value);
    }
    if (c == 'N') /* by its name: which one it is does not matter, for no name of Python's insides has such a letter */
        for (size_t i = *at + 1; i < s.len && s.at[*at + 1] == '{'; i++)
            if (s.at[i] == '}') {
                const bool low_line = wr_slice_is(wr_slice_part(s, *at + 2, i - *at - 2), "LOW LINE");
                *at = i + 1;
                return put(out, low_line ? '_' : 0xFFFD);
            }
    out[0] = '\\'; /* Python keeps what it does not know */
    return 1;
}

wr_slice jinja_unescape(parser *p, const token *t)
{
    const wr_slice s = t->text;
    if (memchr(s.at, '\\', s.len) == NULL)
        return s;
    char *out = wr_arena_alloc(p->arena, s.len * 2 + 4); /* \1 .. \777 grow by none, a kept backslash by none */
    if (out == NULL) {
        jinja_fail(p, t->at, "it needs more memory than is given to a template");
        return s;
    }
    size_t n = 0;
    for (size_t i = 0; i < s.len;) {
        if (s.at[i] != '\\' || i + 1 >= s.len) {
            out[n++] = s.at[i++];
            continue;
        }
        i++;
        n += escape(p, t, s, &i, out + n);
        if (!jinja_ok(p))
            break;
    }
    return wr_slice_make(out, n);
}
