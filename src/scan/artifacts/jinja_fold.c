/* jinja_fold.c - the filters, methods and formats by which constants make other constants. */
#include "jinja_value.h"

#include <warrant/text.h>

typedef struct {
    wr_arena *a;
    const value *const *args;
    size_t count;
} call_of;

static wr_slice text_arg(const call_of *c, size_t i)
{
    return i < c->count && c->args[i]->kind == VALUE_TEXT ? c->args[i]->text : (wr_slice){ 0 };
}

static wr_slice cased(wr_arena *a, wr_slice s, bool upper_first, bool upper_rest, bool words)
{
    char *out = wr_arena_str(a, s);
    bool first = true;
    for (size_t i = 0; out != NULL && i < s.len; i++) {
        const char c = out[i];
        const bool low = c >= 'a' && c <= 'z', high = c >= 'A' && c <= 'Z', up = first ? upper_first : upper_rest;
        if ((low && up) || (high && !up))
            out[i] = (char)(c ^ 0x20);
        first = words ? !low && !high : false;
    }
    return out != NULL ? wr_slice_make(out, s.len) : (wr_slice){ 0 };
}

static const value *as_is(const call_of *c, const value *of) { (void)c; return of; }
static const value *lower(const call_of *c, const value *of) { return value_text(c->a, cased(c->a, of->text, false, false, false)); }
static const value *upper(const call_of *c, const value *of) { return value_text(c->a, cased(c->a, of->text, true, true, false)); }
static const value *capital(const call_of *c, const value *of) { return value_text(c->a, cased(c->a, of->text, true, false, false)); }
static const value *title(const call_of *c, const value *of) { return value_text(c->a, cased(c->a, of->text, true, false, true)); }

static const value *swap(const call_of *c, const value *of)
{
    char *out = wr_arena_str(c->a, of->text);
    for (size_t i = 0; out != NULL && i < of->text.len; i++)
        if ((out[i] >= 'a' && out[i] <= 'z') || (out[i] >= 'A' && out[i] <= 'Z'))
            out[i] ^= 0x20;
    return out != NULL ? value_text(c->a, wr_slice_make(out, of->text.len)) : &value_unknown;
}

static const value *strip(const call_of *c, const value *of, bool left, bool right)
{
    const wr_slice of_set = text_arg(c, 0), set = of_set.len > 0 ? of_set : WR_SLICE(" \t\n\r\f\v");
    wr_slice s = of->text;
    while (left && s.len > 0 && memchr(set.at, s.at[0], set.len) != NULL)
        s = wr_slice_from(s, 1);
    while (right && s.len > 0 && memchr(set.at, s.at[s.len - 1], set.len) != NULL)
        s.len--;
    return value_text(c->a, s);
}
static const value *trim(const call_of *c, const value *of) { return strip(c, of, true, true); }
static const value *trim_left(const call_of *c, const value *of) { return strip(c, of, true, false); }
static const value *trim_right(const call_of *c, const value *of) { return strip(c, of, false, true); }

static const value *replace(const call_of *c, const value *of)
{
    const wr_slice old = text_arg(c, 0), new = text_arg(c, 1);
    if (c->count < 2 || old.len == 0 || c->args[1]->kind != VALUE_TEXT)
        return value_from(c->a, of, &value_unknown);
    WR_AUTO_BUF b = wr_buf_new(VALUE_TEXT_MOST);
    for (wr_slice rest = of->text;;) {
        const size_t at = wr_slice_find(rest, old);
        wr_buf_adds(&b, wr_slice_part(rest, 0, at));
        if (at >= rest.len)
            break;
        wr_buf_adds(&b, new);
        rest = wr_slice_from(rest, at + old.len);
    }
    return wr_buf_ok(&b) ? value_text(c->a, wr_arena_dup(c->a, wr_buf_slice(&b))) : &value_unknown;
}

static const value *reverse(const call_of *c, const value *of)
{
    const value *back = value_int(c->a, -1);
    return value_slice(c->a, of, NULL, NULL, back);
}

static const value *items_of(const call_of *c, const value *of)
{
    if (of->kind == VALUE_LIST)
        return of;
    const value **items = of->text.len <= VALUE_ITEMS_MOST ? wr_arena_array(c->a, const value *, of->text.len + 1) : NULL;
    for (size_t i = 0; items != NULL && i < of->text.len; i++)
        items[i] = value_text(c->a, wr_slice_part(of->text, i, 1));
    return items != NULL ? value_list(c->a, items, of->text.len) : &value_unknown;
}

static const value *at_end(const call_of *c, const value *of, int64_t which)
{
    const value *i = value_int(c->a, which);
    return value_index(c->a, of, i);
}
static const value *first(const call_of *c, const value *of) { return at_end(c, of, 0); }
static const value *last(const call_of *c, const value *of) { return at_end(c, of, -1); }
static const value *any(const call_of *c, const value *of) { return value_index(c->a, of, &value_unknown); }

static const value *join(wr_arena *a, const value *list, wr_slice between)
{
    WR_AUTO_BUF b = wr_buf_new(VALUE_TEXT_MOST);
    for (size_t i = 0; i < list->count; i++) {
        wr_slice s;
        if (!value_written(a, list->items[i], &s))
            return value_from(a, list->items[i], &value_unknown);
        if (i > 0)
            wr_buf_adds(&b, between);
        wr_buf_adds(&b, s);
    }
    return wr_buf_ok(&b) ? value_text(a, wr_arena_dup(a, wr_buf_slice(&b))) : &value_unknown;
}

/* list|join(between) and between.join(list) */
static const value *join_either(const call_of *c, const value *of)
{
    if (of->kind == VALUE_LIST)
        return join(c->a, of, text_arg(c, 0));
    if (c->count == 1 && c->args[0]->kind == VALUE_LIST)
        return join(c->a, c->args[0], of->text);
    return c->count == 0 ? of : value_from(c->a, c->args[0], of);
}

static const value *split(const call_of *c, const value *of)
{
    const wr_slice by = text_arg(c, 0);
    const value **items = wr_arena_array(c->a, const value *, VALUE_ITEMS_MOST);
    size_t n = 0;
    wr_slice rest = by.len > 0 ? of->text : wr_slice_trim(of->text);
    while (items != NULL && n < VALUE_ITEMS_MOST) {
        const size_t at = wr_slice_find(rest, by.len > 0 ? by : WR_SLICE(" "));
        items[n++] = value_text(c->a, wr_slice_part(rest, 0, at));
        if (at >= rest.len)
            return value_list(c->a, items, n);
        rest = wr_slice_from(rest, at + (by.len > 0 ? by.len : 1));
    }
    return &value_unknown;
}

static const value *length(const call_of *c, const value *of)
{
    return value_int(c->a, (int64_t)(of->kind == VALUE_TEXT ? of->text.len : of->count));
}

static const value *number(const call_of *c, const value *of)
{
    uint64_t n;
    if (of->kind == VALUE_INT)
        return of;
    return of->kind == VALUE_TEXT && wr_parse_u64(of->text, &n) && n <= INT64_MAX ? value_int(c->a, (int64_t)n) : &value_unknown;
}

static const value *written(const call_of *c, const value *of)
{
    wr_slice s;
    return value_written(c->a, of, &s) ? value_text(c->a, s) : &value_unknown;
}

static const value *percent(const call_of *c, const value *of) { return value_percent(c->a, of->text, c->args, c->count); }

enum { ON_TEXT = 1, ON_LIST = 2, ON_INT = 4 };
static const struct {
    const char *name;
    int on;
    const value *(*fold)(const call_of *c, const value *of);
} folds[] = {
    { "lower", ON_TEXT, lower }, { "upper", ON_TEXT, upper }, { "capitalize", ON_TEXT, capital }, { "title", ON_TEXT, title },
    { "casefold", ON_TEXT, lower }, { "swapcase", ON_TEXT, swap }, { "trim", ON_TEXT, trim }, { "strip", ON_TEXT, trim },
    { "lstrip", ON_TEXT, trim_left }, { "rstrip", ON_TEXT, trim_right }, { "replace", ON_TEXT, replace },
    { "reverse", ON_TEXT | ON_LIST, reverse }, { "list", ON_TEXT | ON_LIST, items_of }, { "first", ON_TEXT | ON_LIST, first },
    { "last", ON_TEXT | ON_LIST, last }, { "random", ON_LIST, any }, { "min", ON_LIST, any }, { "max", ON_LIST, any },
    { "join", ON_TEXT | ON_LIST, join_either }, { "split", ON_TEXT, split }, { "length", ON_TEXT | ON_LIST, length },
    { "count", ON_LIST, length }, { "int", ON_TEXT | ON_INT, number }, { "string", ON_TEXT | ON_INT, written },
    { "safe", ON_TEXT, as_is }, { "escape", ON_TEXT, as_is }, { "e", ON_TEXT, as_is }, { "forceescape", ON_TEXT, as_is },
    { "default", ON_TEXT | ON_LIST | ON_INT, as_is }, { "d", ON_TEXT | ON_LIST | ON_INT, as_is }, { "keys", ON_LIST, as_is },
    { "unique", ON_LIST, as_is }, { "format", ON_TEXT, percent },
};

const value *value_filter(wr_arena *a, wr_slice name, const value *of, const value *const *args, size_t count)
{
    const call_of c = { a, args, count };
    const value *all = NULL;
    for (size_t i = 0; i < value_options(of); i++) {
        const value *one = value_option(of, i), *made = NULL;
        const int on = one->kind == VALUE_TEXT ? ON_TEXT : one->kind == VALUE_LIST ? ON_LIST : one->kind == VALUE_INT ? ON_INT : 0;
        for (size_t k = 0; made == NULL && k < sizeof folds / sizeof folds[0]; k++)
            if ((folds[k].on & on) != 0 && wr_slice_is(name, folds[k].name))
                made = folds[k].fold(&c, one);
        if (made == NULL)
            made = value_from(a, one, &value_unknown);
        all = all == NULL ? made : value_either(a, all, made);
    }
    return value_keyed(a, all, of->keyed);
}

/* ---- formats ---- */

static void add_char(wr_buf *b, int64_t c)
{
    if (c >= 0 && c < 0x80)
        wr_buf_char(b, (char)c);
    else
        wr_buf_addc(b, "\xEF\xBF\xBD");
}

static bool add_as(wr_arena *a, wr_buf *b, char how, const value *v)
{
    wr_slice s;
    if (how == 'c' && v->kind == VALUE_INT)
        add_char(b, v->number);
    else if ((how == 'x' || how == 'X') && v->kind == VALUE_INT)
        wr_buf_printf(b, how == 'x' ? "%llx" : "%llX", (unsigned long long)v->number);
    else if (value_written(a, v, &s))
        wr_buf_adds(b, s);
    else
        return false;
    return true;
}

const value *value_percent(wr_arena *a, wr_slice format, const value *const *args, size_t count)
{
    WR_AUTO_BUF b = wr_buf_new(VALUE_TEXT_MOST);
    size_t next = 0;
    for (size_t i = 0; i < format.len; i++) {
        if (format.at[i] != '%') {
            wr_buf_char(&b, format.at[i]);
            continue;
        }
        i++;
        while (i < format.len && memchr("-+ #0123456789.", format.at[i], 15) != NULL)
            i++;
        if (i < format.len && format.at[i] == '%')
            wr_buf_char(&b, '%');
        else if (i >= format.len || next >= count || !add_as(a, &b, format.at[i], args[next++]))
            return &value_unknown;
    }
    return wr_buf_ok(&b) ? value_text(a, wr_arena_dup(a, wr_buf_slice(&b))) : &value_unknown;
}

const value *value_format(wr_arena *a, wr_slice format, const value *const *args, size_t count)
{
    WR_AUTO_BUF b = wr_buf_new(VALUE_TEXT_MOST);
    size_t next = 0;
    for (size_t i = 0; i < format.len; i++) {
        const char c = format.at[i];
        if ((c == '{' || c == '}') && i + 1 < format.len && format.at[i + 1] == c)
            i++;
        else if (c == '{') {
            const wr_slice rest = wr_slice_from(format, i + 1);
            const size_t end = wr_slice_find_char(rest, '}');
            const wr_slice field = wr_slice_part(rest, 0, end);
            const size_t colon = wr_slice_find_char(field, ':');
            uint64_t n = next;
            if (end >= rest.len || (colon > 0 && !wr_parse_u64(wr_slice_part(field, 0, colon), &n)) || n >= count ||
                !add_as(a, &b, colon + 1 < field.len ? field.at[field.len - 1] : 's', args[n]))
                return &value_unknown;
            next++;
            i += end + 1;
            continue;
        }
        wr_buf_char(&b, c);
    }
    return wr_buf_ok(&b) ? value_text(a, wr_arena_dup(a, wr_buf_slice(&b))) : &value_unknown;
}
