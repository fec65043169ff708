/* json_write.c - JSON out: canonical (RFC 8785) and for people. */
#include <warrant/text.h>
#include <warrant/value.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define INTEGER_MOST ((int64_t)1 << 53)

/* The length of the well-formed UTF-8 sequence at s[i], or 0. */
static size_t sequence(wr_slice s, size_t i)
{
    const uint8_t c = (uint8_t)s.at[i];
    const size_t n = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return wr_utf8_valid(wr_slice_part(s, i, n)) && i + n <= s.len ? n : 0;
}

static void escape(wr_buf *ret, uint8_t c)
{
    switch (c) {
    case '"': wr_buf_addc(ret, "\\\""); break;
    case '\\': wr_buf_addc(ret, "\\\\"); break;
    case '\b': wr_buf_addc(ret, "\\b"); break;
    case '\f': wr_buf_addc(ret, "\\f"); break;
    case '\n': wr_buf_addc(ret, "\\n"); break;
    case '\r': wr_buf_addc(ret, "\\r"); break;
    case '\t': wr_buf_addc(ret, "\\t"); break;
    default: wr_buf_printf(ret, "\\u%04x", c);
    }
}

void wr_json_string(wr_buf *ret, wr_slice s)
{
    wr_buf_char(ret, '"');
    size_t plain = 0, i = 0;
    while (i < s.len) {
        const uint8_t c = (uint8_t)s.at[i];
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\') {
            i++;
            continue;
        }
        const size_t n = c >= 0x80 ? sequence(s, i) : 0;
        if (n > 0) {
            i += n;
            continue;
        }
        wr_buf_add(ret, s.at + plain, i - plain);
        if (c < 0x80)
            escape(ret, c);
        else
            wr_buf_addc(ret, "\xEF\xBF\xBD");
        plain = ++i;
    }
    wr_buf_add(ret, s.at + plain, s.len - plain);
    wr_buf_char(ret, '"');
}

/* RFC 8785 3.2.3 sorts by UTF-16 code units. That differs from UTF-8 order only between U+E000..U+FFFF and the
 * surrogates that stand for U+10000 and above, so lead bytes are ranked accordingly. */
static unsigned rank(uint8_t c)
{
    return c >= 0xF0 ? 0xED00u + c : c == 0xEE || c == 0xEF ? 0xF000u + c : (unsigned)c << 8;
}

static int utf16_cmp(wr_slice a, wr_slice b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    for (size_t i = 0; i < n; i++) {
        const uint8_t x = (uint8_t)a.at[i], y = (uint8_t)b.at[i];
        if (x != y)
            return rank(x) < rank(y) ? -1 : 1;
    }
    return (a.len > b.len) - (a.len < b.len);
}

static int by_key(const void *a, const void *b)
{
    return utf16_cmp((*(const wr_member *const *)a)->key, (*(const wr_member *const *)b)->key);
}

static wr_status canonical(const wr_value *v, wr_buf *ret, int depth, wr_error *err);

static wr_status canonical_string(wr_slice s, wr_buf *ret, wr_error *err)
{
    if (!wr_utf8_valid(s))
        return wr_err(err, WR_BAD, "canonical JSON takes only UTF-8");
    wr_json_string(ret, s);
    return WR_OK;
}

static wr_status canonical_object(const wr_value *v, wr_buf *ret, int depth, wr_error *err)
{
    const wr_member *few[32];
    const size_t n = v->u.members.count;
    const wr_member **sorted = n <= 32 ? few : wr_alloc(n * sizeof *sorted);
    if (sorted == NULL)
        return wr_over(err, "writing an object");
    size_t i = 0;
    for (WR_EACH_MEMBER(m, v))
        sorted[i++] = m;
    qsort(sorted, n, sizeof *sorted, by_key);
    wr_status st = WR_OK;
    wr_buf_char(ret, '{');
    for (i = 0; st == WR_OK && i < n; i++) {
        if (i > 0)
            wr_buf_char(ret, ',');
        st = canonical_string(sorted[i]->key, ret, err);
        wr_buf_char(ret, ':');
        if (st == WR_OK)
            st = canonical(&sorted[i]->value, ret, depth + 1, err);
    }
    wr_buf_char(ret, '}');
    if (sorted != few)
        wr_free(sorted);
    return st;
}

static wr_status canonical(const wr_value *v, wr_buf *ret, int depth, wr_error *err)
{
    if (depth > 128)
        return wr_err(err, WR_OVER, "a value is nested too deeply");
    switch (v->type) {
    case WR_NULL: wr_buf_addc(ret, "null"); return WR_OK;
    case WR_FALSE: wr_buf_addc(ret, "false"); return WR_OK;
    case WR_TRUE: wr_buf_addc(ret, "true"); return WR_OK;
    case WR_INT:
        if (v->u.integer > INTEGER_MOST || v->u.integer < -INTEGER_MOST)
            return wr_err(err, WR_BAD, "canonical JSON takes integers within 2^53");
        wr_buf_printf(ret, "%lld", (long long)v->u.integer);
        return WR_OK;
    case WR_REAL: return wr_err(err, WR_BAD, "canonical JSON takes no fractions here");
    case WR_STRING: return canonical_string(v->u.string, ret, err);
    case WR_ARRAY: {
        wr_buf_char(ret, '[');
        for (WR_EACH(item, v)) {
            if (item != v->u.items.first)
                wr_buf_char(ret, ',');
            const wr_status st = canonical(item, ret, depth + 1, err);
            if (st != WR_OK)
                return st;
        }
        wr_buf_char(ret, ']');
        return WR_OK;
    }
    case WR_OBJECT: return canonical_object(v, ret, depth, err);
    }
    return wr_err(err, WR_BAD, "not a value");
}

wr_status wr_canonical(const wr_value *v, wr_buf *ret, wr_error *err)
{
    if (v == NULL)
        return wr_over(err, "building a value");
    const wr_status st = canonical(v, ret, 0, err);
    if (st == WR_OK && !wr_buf_ok(ret))
        return wr_over(err, "writing a value");
    return st;
}

static void newline(wr_buf *ret, int indent, int depth)
{
    if (indent == 0)
        return;
    wr_buf_char(ret, '\n');
    for (int i = 0; i < indent * depth; i++)
        wr_buf_char(ret, ' ');
}

static void real(wr_buf *ret, double d)
{
    if (!isfinite(d)) {
        wr_buf_addc(ret, "null");
        return;
    }
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d)
            break;
    }
    wr_buf_addc(ret, text);
}

static void pretty(const wr_value *v, wr_buf *ret, int indent, int depth)
{
    switch (v->type) {
    case WR_NULL: wr_buf_addc(ret, "null"); break;
    case WR_FALSE: wr_buf_addc(ret, "false"); break;
    case WR_TRUE: wr_buf_addc(ret, "true"); break;
    case WR_INT: wr_buf_printf(ret, "%lld", (long long)v->u.integer); break;
    case WR_REAL: real(ret, v->u.real); break;
    case WR_STRING: wr_json_string(ret, v->u.string); break;
    case WR_ARRAY:
        wr_buf_char(ret, '[');
        for (WR_EACH(item, v)) {
            if (item != v->u.items.first)
                wr_buf_char(ret, ',');
            newline(ret, indent, depth + 1);
            pretty(item, ret, indent, depth + 1);
        }
        if (v->u.items.count > 0)
            newline(ret, indent, depth);
        wr_buf_char(ret, ']');
        break;
    case WR_OBJECT:
        wr_buf_char(ret, '{');
        for (WR_EACH_MEMBER(m, v)) {
            if (m != v->u.members.first)
                wr_buf_char(ret, ',');
            newline(ret, indent, depth + 1);
            wr_json_string(ret, m->key);
            wr_buf_addc(ret, indent ? ": " : ":");
            pretty(&m->value, ret, indent, depth + 1);
        }
        if (v->u.members.count > 0)
            newline(ret, indent, depth);
        wr_buf_char(ret, '}');
        break;
    }
}

void wr_json_write(const wr_value *v, wr_buf *ret, int indent)
{
    if (v != NULL)
        pretty(v, ret, indent, 0);
}
