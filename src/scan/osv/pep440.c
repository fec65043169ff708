/* PEP 440: [N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local]. */
#include <ctype.h>

#include "scan/osv/version.h"

typedef struct {
    wr_slice epoch, release[WR_VERSION_PARTS], pre, post, dev, local;
    size_t count;
    int pre_kind;                /* 0 a, 1 b, 2 rc; -1 none */
    bool has_post, has_dev;
} pep440;

typedef struct { char text[WR_VERSION_MOST]; wr_slice rest; } input;

static wr_slice digits(wr_slice *s)
{
    size_t n = 0;
    while (n < s->len && isdigit((unsigned char)s->at[n]))
        n++;
    const wr_slice d = wr_slice_part(*s, 0, n);
    *s = wr_slice_from(*s, n);
    return d;
}

static bool take(wr_slice *s, const char *word)
{
    if (!wr_slice_starts(*s, word))
        return false;
    *s = wr_slice_from(*s, strlen(word));
    return true;
}

static bool mark(wr_slice *s)
{
    return take(s, ".") || take(s, "-") || take(s, "_");
}

/* A word after an optional mark, a number after another; nothing is taken where the word is not there. */
static bool segment(wr_slice *s, const char *const *words, int count, int *ret_which, wr_slice *ret_number)
{
    wr_slice rest = *s;
    (void)mark(&rest);
    for (int i = 0; i < count; i++)
        if (take(&rest, words[i])) {
            wr_slice after = rest;
            if (mark(&after) && after.len > 0 && isdigit((unsigned char)after.at[0]))
                rest = after;
            *ret_number = digits(&rest);
            *ret_which = i;
            *s = rest;
            return true;
        }
    return false;
}

static bool read_local(wr_slice s, pep440 *v)
{
    v->local = s;
    for (size_t i = 0; i < s.len; i++)
        if (!isalnum((unsigned char)s.at[i]) && strchr(".-_", s.at[i]) == NULL)
            return false;
    return s.len > 0;
}

static bool read_pep440(wr_slice s, input *in, pep440 *v)
{
    static const char *const pres[] = { "alpha", "beta", "preview", "pre", "rc", "a", "b", "c" };
    static const int kinds[] = { 0, 1, 2, 2, 2, 0, 1, 2 };
    static const char *const posts[] = { "post", "rev", "r" }, *const devs[] = { "dev" };
    int which;
    s = wr_slice_trim(s);
    if (s.len == 0 || s.len > sizeof in->text)
        return false;
    for (size_t i = 0; i < s.len; i++)
        in->text[i] = (char)tolower((unsigned char)s.at[i]);
    in->rest = wr_slice_make(in->text, s.len);
    wr_slice *r = &in->rest;
    *v = (pep440){ .pre_kind = -1 };
    (void)take(r, "v");
    wr_slice first = digits(r);
    if (first.len > 0 && take(r, "!")) {
        v->epoch = first;
        first = digits(r);
    }
    while (first.len > 0) {
        if (v->count == WR_VERSION_PARTS)
            return false;
        v->release[v->count++] = first;
        wr_slice after = *r;
        if (!take(&after, ".") || (first = digits(&after)).len == 0)
            break;
        *r = after;
    }
    if (v->count == 0)
        return false;
    if (segment(r, pres, 8, &which, &v->pre))
        v->pre_kind = kinds[which];
    wr_slice after = *r;
    if (segment(r, posts, 3, &which, &v->post)) {
        v->has_post = true;
    } else if (take(&after, "-") && (v->post = digits(&after)).len > 0) { /* "1.0-1" is 1.0.post1 */
        v->has_post = true;
        *r = after;
    }
    v->has_dev = segment(r, devs, 1, &which, &v->dev);
    if (take(r, "+"))
        return read_local(*r, v);
    return r->len == 0;
}

static int order(int a, int b) { return a < b ? -1 : a > b; }

/* A dev release of nothing else comes before every pre-release, and those before the release itself. */
static int pre_rank(const pep440 *v)
{
    return v->pre_kind >= 0 ? v->pre_kind : !v->has_post && v->has_dev ? -1 : 3;
}

static int cmp_local(wr_slice a, wr_slice b)
{
    if (a.len == 0 || b.len == 0)
        return order(a.len > 0, b.len > 0);
    while (true) {
        size_t n = 0, m = 0;
        while (n < a.len && isalnum((unsigned char)a.at[n]))
            n++;
        while (m < b.len && isalnum((unsigned char)b.at[m]))
            m++;
        const wr_slice x = wr_slice_part(a, 0, n), y = wr_slice_part(b, 0, m);
        wr_slice dx = x, dy = y;
        const bool nx = digits(&dx).len == n && n > 0, ny = digits(&dy).len == m && m > 0;
        int c = nx && ny ? wr_version_digits(x, y) : nx != ny ? order(nx, ny) : 0;
        if (c == 0 && !nx) {
            const size_t k = n < m ? n : m;
            c = k ? memcmp(x.at, y.at, k) : 0;
            if (c == 0)
                c = order((int)n, (int)m);
        }
        if (c != 0)
            return c;
        if (n >= a.len || m >= b.len)
            return order(n < a.len, m < b.len);
        a = wr_slice_from(a, n + 1);
        b = wr_slice_from(b, m + 1);
    }
}

bool wr_version_pep440(wr_slice a, wr_slice b, int *ret)
{
    input ia, ib;
    pep440 x, y;
    if (!read_pep440(a, &ia, &x) || !read_pep440(b, &ib, &y))
        return false;
    int c = wr_version_digits(x.epoch, y.epoch);
    for (size_t i = 0; c == 0 && (i < x.count || i < y.count); i++)
        c = wr_version_digits(i < x.count ? x.release[i] : (wr_slice){ 0 }, i < y.count ? y.release[i] : (wr_slice){ 0 });
    if (c == 0)
        c = order(pre_rank(&x), pre_rank(&y));
    if (c == 0)
        c = wr_version_digits(x.pre, y.pre);
    if (c == 0)
        c = order(x.has_post, y.has_post);
    if (c == 0)
        c = wr_version_digits(x.post, y.post);
    if (c == 0)
        c = order(!x.has_dev, !y.has_dev);
    if (c == 0)
        c = wr_version_digits(x.dev, y.dev);
    *ret = c != 0 ? c : cmp_local(x.local, y.local);
    return true;
}
