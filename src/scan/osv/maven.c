/* Maven: tokens between dots, hyphens and changes from digits to letters; trailing nothings are cut at each hyphen; the
 * shorter version is filled up with nothings. */
#include <ctype.h>

#include "scan/osv/version.h"

typedef struct {
    wr_slice text;
    bool number, dash;           /* dash: a hyphen, or a change of kind, stands in front */
    int qualifier;               /* rank of a word; 6 is the release itself */
} token;

typedef struct { char text[WR_VERSION_MOST]; token tokens[WR_VERSION_PARTS * 2]; size_t count; } maven;

#define RELEASE 6

/* alpha < beta < milestone < rc < snapshot < release < sp < any other word */
static int rank_of(wr_slice w, bool before_number)
{
    static const struct { const char *word; int rank; } words[] = {
        { "alpha", 1 }, { "beta", 2 }, { "milestone", 3 }, { "rc", 4 }, { "cr", 4 }, { "snapshot", 5 }, { "", RELEASE },
        { "final", RELEASE }, { "ga", RELEASE }, { "release", RELEASE }, { "sp", 7 } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (wr_slice_is(w, words[i].word))
            return words[i].rank;
    if (before_number && w.len == 1)
        return w.at[0] == 'a' ? 1 : w.at[0] == 'b' ? 2 : w.at[0] == 'm' ? 3 : 8;
    return 8;
}

static bool nothing(const token *t)
{
    return t->number ? wr_version_digits(t->text, (wr_slice){ 0 }) == 0 : t->qualifier == RELEASE;
}

/* Cuts nothings from the end, and from before every hyphen. */
static void trim(maven *v)
{
    for (size_t end = v->count; end > 0;) {
        size_t from = end;
        while (from > 0 && nothing(&v->tokens[from - 1])) /* the first token stays where it is all there is */
            from--;
        if (from == 0 && v->count == end)
            from = 1;
        if (from < end) {
            memmove(&v->tokens[from], &v->tokens[end], (v->count - end) * sizeof *v->tokens);
            v->count -= end - from;
        }
        end = from;
        while (end > 0 && !v->tokens[end - 1].dash)
            end--;
        end = end > 0 ? end - 1 : 0; /* up to the hyphen, without what follows it */
    }
}

static bool read_maven(wr_slice s, maven *v)
{
    s = wr_slice_trim(s);
    v->count = 0;
    if (s.len == 0 || s.len > sizeof v->text)
        return false;
    for (size_t i = 0; i < s.len; i++)
        v->text[i] = (char)tolower((unsigned char)s.at[i]);
    bool dash = false;
    for (size_t i = 0; i <= s.len;) {
        size_t end = i;
        const bool number = i < s.len && isdigit((unsigned char)v->text[i]);
        while (end < s.len && strchr(".-_", v->text[end]) == NULL && (isdigit((unsigned char)v->text[end]) != 0) == number)
            end++;
        if (v->count == sizeof v->tokens / sizeof *v->tokens)
            return false;
        token *t = &v->tokens[v->count++];
        const bool change = end < s.len && strchr(".-_", v->text[end]) == NULL;
        *t = (token){ wr_slice_make(v->text + i, end - i), number, dash, 0 };
        if (end == i) /* an empty token counts as 0 */
            *t = (token){ WR_SLICE("0"), true, dash, 0 };
        else if (!number)
            t->qualifier = rank_of(t->text, change && isdigit((unsigned char)v->text[end]));
        if (end >= s.len)
            break;
        dash = change || v->text[end] != '.';
        i = change ? end : end + 1;
    }
    trim(v);
    return true;
}

static int cmp_tokens(const token *a, const token *b)
{
    if (a->number != b->number)
        return a->number ? 1 : -1; /* a qualifier comes before every number */
    if (a->number) {
        if (a->dash != b->dash)
            return a->dash ? -1 : 1;
        return wr_version_digits(a->text, b->text);
    }
    if (a->qualifier != b->qualifier)
        return a->qualifier < b->qualifier ? -1 : 1;
    if (a->qualifier != 8)
        return 0;
    const size_t n = a->text.len < b->text.len ? a->text.len : b->text.len;
    const int c = memcmp(a->text.at, b->text.at, n);
    return c != 0 ? c : a->text.len < b->text.len ? -1 : a->text.len > b->text.len;
}

/* What stands opposite to `other` where the version has ended: 0 behind a dot, the release behind a hyphen. */
static token filler(const token *other)
{
    if (other->number && !other->dash)
        return (token){ WR_SLICE("0"), true, false, 0 };
    return (token){ WR_SLICE(""), false, other->dash, RELEASE };
}

bool wr_version_maven(wr_slice a, wr_slice b, int *ret)
{
    maven x, y;
    if (!read_maven(a, &x) || !read_maven(b, &y))
        return false;
    int c = 0;
    for (size_t i = 0; c == 0 && (i < x.count || i < y.count); i++) {
        const token fx = i < x.count ? x.tokens[i] : filler(&y.tokens[i]), fy = i < y.count ? y.tokens[i] : filler(&x.tokens[i]);
        c = cmp_tokens(&fx, &fy);
    }
    *ret = c;
    return true;
}
