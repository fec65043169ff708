#include <warrant/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* One code point of well-formed UTF-8 (Unicode table 3-7); 0 where the bytes at i are none. *ret_len is its length. */
static uint32_t code_point(wr_slice s, size_t i, size_t *ret_len)
{
    const uint8_t *p = (const uint8_t *)s.at + i;
    const size_t left = s.len - i;
    *ret_len = 1;
    if (p[0] < 0x80)
        return p[0] ? p[0] : 0xE000; /* NUL is valid UTF-8; any non-zero stand-in says so */
    unsigned n;
    uint32_t v, least;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        n = 2, v = p[0] & 0x1F, least = 0x80;
    else if ((p[0] & 0xF0) == 0xE0)
        n = 3, v = p[0] & 0x0F, least = 0x800;
    else if (p[0] >= 0xF0 && p[0] <= 0xF4)
        n = 4, v = p[0] & 0x07, least = 0x10000;
    else
        return 0;
    if (left < n)
        return 0;
    for (unsigned k = 1; k < n; k++) {
        if ((p[k] & 0xC0) != 0x80)
            return 0;
        v = v << 6 | (p[k] & 0x3F);
    }
    if (v < least || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
        return 0;
    *ret_len = n;
    return v;
}

bool wr_utf8_valid(wr_slice s)
{
    size_t n;
    for (size_t i = 0; i < s.len; i += n)
        if (code_point(s, i, &n) == 0)
            return false;
    return true;
}

wr_slice wr_path_encode(wr_arena *a, wr_slice raw)
{
    char *out = raw.len < SIZE_MAX / 3 ? wr_arena_alloc(a, raw.len * 3 + 1) : NULL;
    if (out == NULL)
        return (wr_slice){ 0 };
    size_t n = 0, step;
    for (size_t i = 0; i < raw.len; i += step) {
        const uint8_t c = (uint8_t)raw.at[i];
        const uint32_t v = code_point(raw, i, &step);
        if (v == 0 || c < 0x20 || c == 0x7F || c == '%') {
            step = 1;
            n += (size_t)snprintf(out + n, 4, "%%%02X", c);
        } else {
            memcpy(out + n, raw.at + i, step);
            n += step;
        }
    }
    return (wr_slice){ out, n };
}

bool wr_path_decode(wr_arena *a, wr_slice encoded, wr_slice *ret)
{
    char *out = wr_arena_alloc(a, encoded.len + 1);
    if (out == NULL)
        return false;
    size_t n = 0;
    for (size_t i = 0; i < encoded.len; i++) {
        char c = encoded.at[i];
        if (c == '%') {
            unsigned v = 0;
            for (int k = 1; k <= 2; k++) {
                const char d = i + (size_t)k < encoded.len ? encoded.at[i + (size_t)k] : '?';
                const char *hex = "0123456789ABCDEF", *at = d ? strchr(hex, d) : NULL;
                if (at == NULL)
                    return false;
                v = v << 4 | (unsigned)(at - hex);
            }
            c = (char)v;
            i += 2;
        }
        out[n++] = c;
    }
    *ret = (wr_slice){ out, n };
    return true;
}

wr_slice wr_path_name(wr_slice path)
{
    const char *slash = path.len ? memrchr(path.at, '/', path.len) : NULL;
    return slash ? wr_slice_from(path, (size_t)(slash - path.at) + 1) : path;
}

wr_slice wr_path_dir(wr_slice path)
{
    const char *slash = path.len ? memrchr(path.at, '/', path.len) : NULL;
    return slash ? wr_slice_part(path, 0, (size_t)(slash - path.at)) : (wr_slice){ path.at, 0 };
}

wr_slice wr_path_ext(wr_slice path)
{
    const wr_slice name = wr_path_name(path);
    const char *dot = name.len > 1 ? memrchr(name.at + 1, '.', name.len - 1) : NULL;
    return dot ? wr_slice_from(name, (size_t)(dot - name.at) + 1) : (wr_slice){ 0 };
}

wr_slice wr_path_join(wr_arena *a, wr_slice dir, wr_slice name)
{
    if (dir.len == 0)
        return wr_arena_dup(a, name);
    return wr_arena_printf(a, WR_FMT "%s" WR_FMT, WR_ARG(dir), dir.at[dir.len - 1] == '/' ? "" : "/", WR_ARG(name));
}

/* ---- globs ---- */

static char fold_char(char c, bool fold)
{
    return fold && c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* [...] at p: sets *ret_next behind it; true when c is in it. An unclosed bracket is the character itself. */
static bool in_class(const char *p, const char *end, char c, bool fold, const char **ret_next)
{
    const char *q = p + 1;
    bool negate = false, hit = false, first = true;
    if (q < end && (*q == '!' || *q == '^')) {
        negate = true;
        q++;
    }
    for (; q < end && (first || *q != ']'); first = false) {
        char low = *q++;
        if (low == '\\' && q < end)
            low = *q++;
        char high = low;
        if (q + 1 < end && *q == '-' && q[1] != ']') {
            q++;
            high = *q++;
            if (high == '\\' && q < end)
                high = *q++;
        }
        const unsigned char x = (unsigned char)fold_char(c, fold);
        if (x >= (unsigned char)fold_char(low, fold) && x <= (unsigned char)fold_char(high, fold))
            hit = true;
    }
    if (q >= end) {
        *ret_next = p + 1;
        return c == '[';
    }
    *ret_next = q + 1;
    return hit != negate;
}

/* Two points to come back to (the last '*' and the last '**') are enough, since a later star makes every choice of an
 * earlier one of its kind superfluous: so no exponential case. */
static bool glob(wr_slice pattern, wr_slice path, bool fold)
{
    const char *p = pattern.at, *pe = p + pattern.len, *s = path.at, *se = s + path.len;
    const char *star_p = NULL, *star_s = NULL, *deep_p = NULL, *deep_s = NULL;
    for (;;) {
        if (p < pe && *p == '*') {
            if (p + 1 < pe && p[1] == '*') {
                p += 2;
                /* "a/" + "**" + "/b" also fits a/b: the slash after the stars may be the one before them */
                const bool at_start = s == path.at || s[-1] == '/';
                if (p < pe && *p == '/' && at_start)
                    p++;
                deep_p = p;
                deep_s = s;
                star_p = NULL;
                continue;
            }
            star_p = ++p;
            star_s = s;
            continue;
        }
        if (s == se && p == pe)
            return true;
        if (s < se && p < pe) {
            const char *next = p + 1;
            bool fits;
            if (*p == '?')
                fits = *s != '/';
            else if (*p == '[')
                fits = *s != '/' && in_class(p, pe, *s, fold, &next);
            else {
                if (*p == '\\' && p + 1 < pe)
                    next = ++p + 1;
                fits = fold_char(*p, fold) == fold_char(*s, fold);
            }
            if (fits) {
                p = next;
                s++;
                continue;
            }
        }
        if (star_p != NULL && star_s < se && *star_s != '/') {
            p = star_p;
            s = ++star_s;
            continue;
        }
        if (deep_p == NULL || deep_s >= se)
            return false;
        /* after "**" + "/" only the beginnings of path parts are candidates */
        const bool whole_parts = deep_p > pattern.at && deep_p[-1] == '/';
        deep_s++;
        while (whole_parts && deep_s < se && deep_s[-1] != '/')
            deep_s++;
        if (whole_parts && deep_s >= se)
            return false;
        p = deep_p;
        s = deep_s;
        star_p = NULL;
    }
}

bool wr_glob(wr_slice pattern, wr_slice path)
{
    if (pattern.at == NULL || path.at == NULL)
        return pattern.len == path.len;
    return glob(pattern, path, false);
}

bool wr_glob_fold(wr_slice pattern, wr_slice path)
{
    if (pattern.at == NULL || path.at == NULL)
        return pattern.len == path.len;
    return glob(pattern, path, true);
}

/* ---- times ---- */

static bool leap(int64_t y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

/* Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    const int64_t era = (y >= 0 ? y : y - 399) / 400;
    const int64_t yoe = y - era * 400;
    const int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    const int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

int64_t wr_now(void)
{
    const char *fixed = getenv("WARRANT_NOW");
    if (fixed != NULL) {
        uint64_t n;
        int64_t t;
        if (wr_parse_u64(wr_slice_of(fixed), &n))
            return (int64_t)n;
        if (wr_time_parse(wr_slice_of(fixed), &t))
            return t;
    }
    return (int64_t)time(NULL);
}

wr_slice wr_time_text(wr_arena *a, int64_t t)
{
    struct tm tm;
    const time_t tt = (time_t)t;
    if (gmtime_r(&tt, &tm) == NULL || tm.tm_year + 1900 > 9999 || tm.tm_year + 1900 < 0)
        return wr_arena_printf(a, "@%lld", (long long)t);
    return wr_arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
                           tm.tm_min, tm.tm_sec);
}

static bool digits(wr_slice *s, size_t n, int64_t *ret)
{
    if (s->len < n)
        return false;
    int64_t v = 0;
    for (size_t i = 0; i < n; i++) {
        if (s->at[i] < '0' || s->at[i] > '9')
            return false;
        v = v * 10 + (s->at[i] - '0');
    }
    *s = wr_slice_from(*s, n);
    *ret = v;
    return true;
}

static bool literal(wr_slice *s, char c)
{
    if (s->len == 0 || s->at[0] != c)
        return false;
    *s = wr_slice_from(*s, 1);
    return true;
}

bool wr_time_parse(wr_slice s, int64_t *ret)
{
    static const int8_t month_days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int64_t y, m, d, hh = 0, mm = 0, ss = 0, off_h = 0, off_m = 0, sign = 0;
    if (!digits(&s, 4, &y) || !literal(&s, '-') || !digits(&s, 2, &m) || !literal(&s, '-') || !digits(&s, 2, &d))
        return false;
    if (m < 1 || m > 12 || d < 1 || d > month_days[m - 1] + (m == 2 && leap(y)))
        return false;
    if (s.len > 0) {
        if (s.at[0] != 'T' && s.at[0] != 't' && s.at[0] != ' ')
            return false;
        s = wr_slice_from(s, 1);
        if (!digits(&s, 2, &hh) || !literal(&s, ':') || !digits(&s, 2, &mm) || !literal(&s, ':') || !digits(&s, 2, &ss))
            return false;
        if (hh > 23 || mm > 59 || ss > 60)
            return false;
        if (literal(&s, '.')) {
            int64_t ignored;
            if (!digits(&s, 1, &ignored))
                return false;
            while (digits(&s, 1, &ignored)) {
            }
        }
        if (!literal(&s, 'Z') && !literal(&s, 'z')) {
            sign = literal(&s, '+') ? 1 : literal(&s, '-') ? -1 : 0;
            if (sign == 0 || !digits(&s, 2, &off_h) || !literal(&s, ':') || !digits(&s, 2, &off_m) || off_h > 23 || off_m > 59)
                return false;
        }
        if (s.len > 0)
            return false;
    }
    *ret = days_of(y, m, d) * 86400 + hh * 3600 + mm * 60 + ss - sign * (off_h * 3600 + off_m * 60);
    return true;
}

/* ---- small things ---- */

wr_slice wr_lower(wr_arena *a, wr_slice s)
{
    const wr_slice copy = wr_arena_dup(a, s);
    char *p = (char *)(uintptr_t)copy.at;
    for (size_t i = 0; p != NULL && i < copy.len; i++)
        p[i] = fold_char(p[i], true);
    return copy;
}

bool wr_slice_eq_fold(wr_slice a, wr_slice b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (fold_char(a.at[i], true) != fold_char(b.at[i], true))
            return false;
    return true;
}

bool wr_parse_u64(wr_slice s, uint64_t *ret)
{
    if (s.len == 0 || s.len > 20)
        return false;
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, (uint64_t)(s.at[i] - '0'), &v))
            return false;
    }
    *ret = v;
    return true;
}

/* Characters that move text about or hide it: bidi controls, zero-width, tags. */
static bool hidden(uint32_t v)
{
    return (v >= 0x200B && v <= 0x200F) || (v >= 0x202A && v <= 0x202E) || (v >= 0x2060 && v <= 0x2069) || v == 0xFEFF ||
           v == 0x061C || (v >= 0x80 && v <= 0x9F) || v == 0x2028 || v == 0x2029 || (v >= 0xE0000 && v <= 0xE007F);
}

void wr_printable(wr_buf *ret, wr_slice s)
{
    size_t step;
    for (size_t i = 0; i < s.len; i += step) {
        const uint32_t v = code_point(s, i, &step);
        const uint8_t c = (uint8_t)s.at[i];
        if (v == 0 || c < 0x20 || c == 0x7F) {
            step = 1;
            wr_buf_printf(ret, "\\x%02x", c);
        } else if (hidden(v)) {
            wr_buf_printf(ret, "\\u{%x}", (unsigned)v);
        } else {
            wr_buf_add(ret, s.at + i, step);
        }
    }
}

uint32_t wr_line_of(wr_slice text, size_t offset)
{
    uint32_t line = 1;
    const char *p = text.at, *end = text.at + (offset < text.len ? offset : text.len);
    while (p != NULL && p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        line++;
        p++;
    }
    return line;
}

wr_slice wr_human_bytes(wr_arena *a, uint64_t n)
{
    static const char *const units[] = { "B", "KB", "MB", "GB", "TB", "PB", "EB" };
    double v = (double)n;
    size_t u = 0;
    while (v >= 999.5 && u + 1 < sizeof units / sizeof units[0]) {
        v /= 1000;
        u++;
    }
    return u == 0 ? wr_arena_printf(a, "%llu B", (unsigned long long)n)
                  : wr_arena_printf(a, v < 9.95 ? "%.1f %s" : "%.0f %s", v, units[u]);
}
