/* Semantic versions, and the choice among ecosystems. */
#include <ctype.h>

#include "scan/osv/version.h"

int wr_version_digits(wr_slice a, wr_slice b)
{
    while (a.len > 0 && a.at[0] == '0')
        a = wr_slice_from(a, 1);
    while (b.len > 0 && b.at[0] == '0')
        b = wr_slice_from(b, 1);
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return a.len ? memcmp(a.at, b.at, a.len) : 0;
}

static bool all_digits(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!isdigit((unsigned char)s.at[i]))
            return false;
    return s.len > 0;
}

typedef struct { wr_slice core[3], pre; } semver;

static bool read_semver(wr_slice s, semver *ret)
{
    s = wr_slice_trim(s);
    if (s.len > 0 && (s.at[0] == 'v' || s.at[0] == 'V'))
        s = wr_slice_from(s, 1);
    if (s.len == 0 || s.len > WR_VERSION_MOST)
        return false;
    s = wr_slice_part(s, 0, wr_slice_find_char(s, '+')); /* build metadata does not count */
    const size_t dash = wr_slice_find_char(s, '-');
    wr_slice core = wr_slice_part(s, 0, dash), part;
    *ret = (semver){ { WR_SLICE("0"), WR_SLICE("0"), WR_SLICE("0") }, dash < s.len ? wr_slice_from(s, dash + 1) : (wr_slice){ 0 } };
    size_t n = 0;
    while (wr_slice_split(&core, '.', &part)) { /* "1.2" is 1.2.0, as OSV writes it */
        if (n == 3 || !all_digits(part))
            return false;
        ret->core[n++] = part;
    }
    return n > 0 && (dash >= s.len || ret->pre.len > 0);
}

static int cmp_text(wr_slice a, wr_slice b)
{
    const size_t n = a.len < b.len ? a.len : b.len;
    const int c = n ? memcmp(a.at, b.at, n) : 0;
    return c != 0 ? c : a.len < b.len ? -1 : a.len > b.len;
}

/* Semantic Versioning 2.0, item 11. */
static int cmp_pre(wr_slice a, wr_slice b)
{
    if (a.len == 0 || b.len == 0)
        return a.len == b.len ? 0 : a.len == 0 ? 1 : -1;
    wr_slice x, y;
    while (true) {
        const bool more_a = wr_slice_split(&a, '.', &x), more_b = wr_slice_split(&b, '.', &y);
        if (!more_a || !more_b)
            return more_a == more_b ? 0 : more_a ? 1 : -1;
        const bool da = all_digits(x), db = all_digits(y);
        const int c = da && db ? wr_version_digits(x, y) : da != db ? (da ? -1 : 1) : cmp_text(x, y);
        if (c != 0)
            return c;
    }
}

bool wr_version_semver(wr_slice a, wr_slice b, int *ret)
{
    semver x, y;
    if (!read_semver(a, &x) || !read_semver(b, &y))
        return false;
    int c = 0;
    for (int i = 0; i < 3 && c == 0; i++)
        c = wr_version_digits(x.core[i], y.core[i]);
    *ret = c != 0 ? c : cmp_pre(x.pre, y.pre);
    return true;
}

bool wr_version_cmp(const char *type, wr_slice a, wr_slice b, int *ret)
{
    if (strcmp(type, "pypi") == 0)
        return wr_version_pep440(a, b, ret);
    if (strcmp(type, "maven") == 0)
        return wr_version_maven(a, b, ret);
    if (strcmp(type, "npm") == 0 || strcmp(type, "cargo") == 0 || strcmp(type, "golang") == 0)
        return wr_version_semver(a, b, ret);
    return false;
}
