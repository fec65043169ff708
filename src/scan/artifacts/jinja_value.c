/* jinja_value.c - values and their operators. */
#include "jinja_value.h"

#include <warrant/text.h>

const value value_unknown = { .kind = VALUE_UNKNOWN };

static value *new_value(wr_arena *a, value_kind kind)
{
    value *v = wr_arena_one(a, value);
    if (v != NULL)
        v->kind = kind;
    return v;
}

const value *value_text(wr_arena *a, wr_slice s)
{
    value *v = s.len <= VALUE_TEXT_MOST ? new_value(a, VALUE_TEXT) : NULL;
    if (v == NULL)
        return &value_unknown;
    v->text = s;
    return v;
}

const value *value_int(wr_arena *a, int64_t n)
{
    value *v = new_value(a, VALUE_INT);
    if (v == NULL)
        return &value_unknown;
    v->number = n;
    return v;
}

static const value *group(wr_arena *a, value_kind kind, const value **items, size_t count)
{
    value *v = count <= VALUE_ITEMS_MOST ? new_value(a, kind) : NULL;
    if (v == NULL || (items == NULL && count > 0) || (kind == VALUE_CHOICE && count == 0))
        return &value_unknown;
    v->items = items;
    v->count = count;
    return v;
}

const value *value_list(wr_arena *a, const value **items, size_t count) { return group(a, VALUE_LIST, items, count); }

static bool same(const value *x, const value *y)
{
    if (x == y)
        return true;
    if (x->kind != y->kind || x->keyed != y->keyed)
        return false;
    return (x->kind == VALUE_TEXT && wr_slice_eq(x->text, y->text)) || (x->kind == VALUE_INT && x->number == y->number);
}

/* One more possible value, unless it is there; the new count. */
static size_t added(const value **items, size_t count, const value *v)
{
    for (size_t k = 0; k < count; k++)
        if (same(items[k], v))
            return count;
    items[count] = v;
    return count + 1;
}

const value *value_either(wr_arena *a, const value *x, const value *y)
{
    if (same(x, y))
        return x;
    const size_t n = value_options(x), m = value_options(y);
    const value **items = wr_arena_array(a, const value *, n + m);
    size_t count = 0;
    for (size_t i = 0; items != NULL && i < n + m; i++)
        count = added(items, count, i < n ? value_option(x, i) : value_option(y, i - n));
    const value *v = group(a, VALUE_CHOICE, items, count);
    return v->kind == VALUE_UNKNOWN ? value_from(a, x, y) : value_keyed(a, v, x->keyed != NULL ? x->keyed : y->keyed);
}


const value *value_keyed(wr_arena *a, const value *v, const trigger *t)
{
    if (t == NULL || v->keyed != NULL)
        return v;
    value *k = wr_arena_one(a, value);
    if (k == NULL)
        return v;
    *k = *v;
    k->keyed = t;
    return k;
}

static void carry(value *v, const value *from)
{
    for (size_t i = 0; i < value_options(from); i++) {
        const value *o = value_option(from, i);
        v->content = v->content || o->content;
        v->messages = v->messages || o->messages;
        v->date = v->date || o->date;
        if (v->keyed == NULL)
            v->keyed = o->keyed;
    }
    if (v->keyed == NULL)
        v->keyed = from->keyed;
}

const value *value_from(wr_arena *a, const value *x, const value *y)
{
    value v = { .kind = VALUE_UNKNOWN };
    carry(&v, x);
    carry(&v, y);
    if (!v.content && !v.messages && !v.date && v.keyed == NULL)
        return &value_unknown;
    value *kept = new_value(a, VALUE_UNKNOWN);
    if (kept == NULL)
        return &value_unknown;
    *kept = v;
    return kept;
}

bool value_written(wr_arena *a, const value *v, wr_slice *ret)
{
    if (v->kind == VALUE_TEXT)
        *ret = v->text;
    else if (v->kind == VALUE_INT)
        *ret = wr_arena_printf(a, "%lld", (long long)v->number);
    else
        return false;
    return true;
}

/* ---- operators ---- */

static const value *joined(wr_arena *a, const value *x, const value *y)
{
    wr_slice s, t;
    if (value_written(a, x, &s) && value_written(a, y, &t) && s.len + t.len <= VALUE_TEXT_MOST)
        return value_text(a, wr_arena_printf(a, WR_FMT WR_FMT, WR_ARG(s), WR_ARG(t)));
    const value *v = value_from(a, x, y);
    if ((x->kind != VALUE_TEXT && x->kind != VALUE_UNKNOWN) || x->text.len == 0)
        return v;
    value *begun = new_value(a, VALUE_UNKNOWN);
    if (begun == NULL)
        return v;
    *begun = *v;
    begun->text = x->text;
    return begun;
}

static const value *repeated(wr_arena *a, wr_slice s, int64_t times)
{
    if (times <= 0 || s.len == 0)
        return value_text(a, WR_SLICE(""));
    if ((uint64_t)times > VALUE_TEXT_MOST || s.len * (size_t)times > VALUE_TEXT_MOST)
        return &value_unknown;
    WR_AUTO_BUF b = wr_buf_new(VALUE_TEXT_MOST);
    for (int64_t i = 0; i < times; i++)
        wr_buf_adds(&b, s);
    return value_text(a, wr_arena_dup(a, wr_buf_slice(&b)));
}

static const value *calculated(wr_arena *a, jinja_op op, int64_t x, int64_t y)
{
    int64_t r = 0;
    bool over = false;
    if (op == JINJA_OP_ADD)
        over = __builtin_add_overflow(x, y, &r);
    else if (op == JINJA_OP_SUB)
        over = __builtin_sub_overflow(x, y, &r);
    else if (op == JINJA_OP_MUL)
        over = __builtin_mul_overflow(x, y, &r);
    else if ((op == JINJA_OP_FLOOR || op == JINJA_OP_DIV || op == JINJA_OP_MOD) && y > 0 && x >= 0)
        r = op == JINJA_OP_MOD ? x % y : x / y;
    else if (op == JINJA_OP_POW && y >= 0 && y < 64) {
        r = 1;
        for (int64_t i = 0; i < y && !over; i++)
            over = __builtin_mul_overflow(r, x, &r);
    } else
        over = true;
    return over ? &value_unknown : value_int(a, r);
}

static const value *operate_one(wr_arena *a, jinja_op op, const value *x, const value *y)
{
    if (op == JINJA_OP_JOIN || (op == JINJA_OP_ADD && (x->kind == VALUE_TEXT || y->kind == VALUE_TEXT || x->text.len > 0)))
        return joined(a, x, y);
    if (x->kind == VALUE_INT && y->kind == VALUE_INT)
        return calculated(a, op, x->number, y->number);
    if (op == JINJA_OP_MUL && x->kind == VALUE_TEXT && y->kind == VALUE_INT)
        return repeated(a, x->text, y->number);
    if (op == JINJA_OP_MUL && x->kind == VALUE_INT && y->kind == VALUE_TEXT)
        return repeated(a, y->text, x->number);
    if (op == JINJA_OP_MOD && x->kind == VALUE_TEXT)
        return y->kind == VALUE_LIST ? value_percent(a, x->text, y->items, y->count) : value_percent(a, x->text, &y, 1);
    if (op == JINJA_OP_ADD && x->kind == VALUE_LIST && y->kind == VALUE_LIST) {
        const value **items = wr_arena_array(a, const value *, x->count + y->count + 1);
        for (size_t i = 0; items != NULL && i < x->count + y->count; i++)
            items[i] = i < x->count ? x->items[i] : y->items[i - x->count];
        return value_list(a, items, x->count + y->count);
    }
    return value_from(a, x, y);
}

/* Every option of x with every option of y, as far as a choice goes. */
static const value *pairwise(wr_arena *a, const value *x, const value *y,
                             const value *(*one)(wr_arena *, jinja_op, const value *, const value *), jinja_op op)
{
    const size_t n = value_options(x), m = value_options(y);
    if (n * m > VALUE_ITEMS_MOST)
        return value_from(a, x, y);
    const trigger *key = x->keyed != NULL ? x->keyed : y->keyed;
    if (n * m == 1)
        return value_keyed(a, one(a, op, value_option(x, 0), value_option(y, 0)), key);
    const value **items = wr_arena_array(a, const value *, n * m + 1);
    size_t count = 0;
    for (size_t i = 0; items != NULL && i < n * m; i++) {
        const value *v = one(a, op, value_option(x, i / m), value_option(y, i % m));
        for (size_t k = 0; k < value_options(v) && count < VALUE_ITEMS_MOST; k++)
            count = added(items, count, value_option(v, k));
    }
    return value_keyed(a, count == 1 ? items[0] : group(a, VALUE_CHOICE, items, count), key);
}

const value *value_operate(wr_arena *a, jinja_op op, const value *x, const value *y)
{
    return pairwise(a, x, y, operate_one, op);
}

/* ---- parts ---- */

static const value *index_one(wr_arena *a, jinja_op op, const value *of, const value *index)
{
    (void)op;
    const bool text = of->kind == VALUE_TEXT;
    if (!text && of->kind != VALUE_LIST)
        return value_from(a, of, &value_unknown);
    const size_t len = text ? of->text.len : of->count;
    if (index->kind == VALUE_INT) {
        const int64_t i = index->number < 0 ? index->number + (int64_t)len : index->number;
        if (i < 0 || (uint64_t)i >= len)
            return &value_unknown;
        return text ? value_text(a, wr_slice_part(of->text, (size_t)i, 1)) : of->items[i];
    }
    if (text || of->count == 0)
        return value_from(a, of, index);
    const value *all = of->items[0];
    for (size_t i = 1; i < of->count; i++)
        all = value_either(a, all, of->items[i]);
    return all;
}

const value *value_index(wr_arena *a, const value *of, const value *index) { return pairwise(a, of, index, index_one, JINJA_OP_NONE); }

static bool bound(const value *v, int64_t otherwise, int64_t *ret)
{
    *ret = v == NULL ? otherwise : v->number;
    return v == NULL || v->kind == VALUE_INT;
}

const value *value_slice(wr_arena *a, const value *of, const value *from, const value *to, const value *step)
{
    const bool text = of->kind == VALUE_TEXT;
    int64_t f, t, s;
    const int64_t len = (int64_t)(text ? of->text.len : of->kind == VALUE_LIST ? of->count : 0);
    if ((!text && of->kind != VALUE_LIST) || !bound(step, 1, &s) || s == 0 || s > 10000 || s < -10000 ||
        !bound(from, s > 0 ? 0 : len - 1, &f) || !bound(to, s > 0 ? len : -len - 1, &t))
        return value_from(a, of, &value_unknown);
    f = f < 0 ? (f + len < 0 ? (s > 0 ? 0 : -1) : f + len) : f > len ? len : f;
    t = t < 0 ? (t + len < 0 ? (s > 0 ? 0 : -1) : t + len) : t > len ? len : t;
    if (s < 0 && f >= len)
        f = len - 1;
    WR_AUTO_BUF b = wr_buf_new(VALUE_TEXT_MOST);
    const value **items = wr_arena_array(a, const value *, VALUE_ITEMS_MOST);
    size_t count = 0;
    for (int64_t i = f; s > 0 ? i < t : i > t; i += s) {
        if (text)
            wr_buf_add(&b, of->text.at + i, 1);
        else if (items != NULL && count < VALUE_ITEMS_MOST)
            items[count++] = of->items[i];
    }
    return text ? value_text(a, wr_arena_dup(a, wr_buf_slice(&b))) : value_list(a, items, count);
}
