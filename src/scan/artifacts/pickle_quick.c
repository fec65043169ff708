/* The opcodes that make up nearly all of a large pickle, run without being decoded in full. Each does exactly what step()
 * of pickle_machine.c does with it. Whatever is unusual is left to that: a guarded import is taken, stack or marks must
 * grow, a text may hold a pickle, an argument comes near the end of its frame. Nothing is changed then. */
#include "pickle.h"

#define LONGEST 9                      /* bytes of the longest opcode whose length is fixed */
#define CHUNK ((ptrdiff_t)4 << 20)     /* bytes run before the caller has its turn */
#define QUICK static inline __attribute__((always_inline))

#define OPAQUE WR_PVAL(V_OPAQUE, 1)

/* The machine's state in locals: slots are written all the time, and could be any field of it as far as C knows. */
typedef struct {
    const uint8_t *at, *limit, *base;
    wr_pval *top, *last;               /* the uppermost slot, and where it may go without growing */
    size_t marks;
    uint64_t memo_count;
} quick;

const uint8_t wr_pickle_number_chars[256] = {
    ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1,
    ['E'] = 1, ['F'] = 1, ['x'] = 1, ['X'] = 1, ['L'] = 1, ['o'] = 1, ['O'] = 1, ['+'] = 1, ['-'] = 1, ['_'] = 1,
    ['.'] = 1, [' '] = 1, ['\t'] = 1, ['\r'] = 1, ['i'] = 1, ['n'] = 1, ['t'] = 1, ['y'] = 1,
};

QUICK uint64_t u16(const uint8_t *at)
{
    return (uint64_t)at[0] | (uint64_t)at[1] << 8;
}

QUICK uint64_t u32(const uint8_t *at)
{
    return u16(at) | u16(at + 2) << 16;
}

/* ---- the stack ---- */

QUICK bool push(quick *q, wr_pval v, size_t len)
{
    if (q->top >= q->last)
        return false;
    *++q->top = v;
    q->at += len;
    return true;
}

QUICK bool push_opaque(quick *q, size_t len)
{
    if (wr_pkind_of(*q->top) != V_OPAQUE)
        return push(q, OPAQUE, len);
    ++*q->top;
    q->at += len;
    return true;
}

/* Values are taken from a copy of the top, so that giving up changes nothing. */
typedef struct { wr_pval *top, value; } view;

QUICK view view_of(const quick *q)
{
    return (view){ q->top, *q->top };
}

/* False where only the general way knows what to do. */
QUICK bool take(view *v, wr_pval *ret)
{
    const wr_pkind kind = wr_pkind_of(v->value);
    if (kind == V_MARK || kind == V_GUARDED)
        return false;
    if (kind == V_OPAQUE && wr_payload_of(v->value) > 1) {
        *ret = OPAQUE;
        v->value--;
        return true;
    }
    *ret = v->value;
    v->value = *--v->top;
    return true;
}

QUICK bool taken(quick *q, const view *v, size_t len)
{
    *v->top = v->value;
    q->top = v->top;
    q->at += len;
    return true;
}

QUICK bool replaced(quick *q, const view *v, wr_pval by)
{
    if (v->top >= q->last)
        return false;
    *v->top = v->value;
    q->top = v->top + 1;
    *q->top = by;
    q->at++;
    return true;
}

QUICK bool tuple(wr_machine *m, quick *q, unsigned count)
{
    wr_pval items[3] WR_UNSET;
    view v = view_of(q);
    for (unsigned i = count; i-- > 0;)
        if (!take(&v, &items[i]))
            return false;
    if (v.top >= q->last || m->s.detail_last == UINT32_MAX)
        return false;
    return replaced(q, &v, WR_PVAL(V_TUPLE, wr_pdetail_new(&m->s, items, count)));
}

/* Called before, and whatever it is called with now changes nothing in what is said of it. */
QUICK bool settled(const wr_import *i, bool bare)
{
    if (!i->called)
        return false;
    if (i->policy.guard != WR_GUARD_NONE)
        return bare && i->policy.guard == WR_GUARD_MADE;
    return bare || i->ran || i->policy.verdict == WR_IMPORT_ALLOWED;
}

/* Its result is all that is new. Left alone where the call may be handed something that it would call in turn. */
QUICK bool call(wr_machine *m, quick *q)
{
    wr_pval args, callee;
    view v = view_of(q);
    if (!take(&v, &args) || !take(&v, &callee) || wr_pkind_of(callee) != V_GLOBAL || m->facts->hands)
        return false;
    const wr_pickle_detail *d = wr_pkind_of(args) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(args)) : NULL;
    const bool bare = *q->at == OP_NEWOBJ && d != NULL && d->count == 0;
    if (!settled(&m->facts->imports[wr_payload_of(callee)], bare) || (m->facts->foreign && !bare))
        return false;
    return replaced(q, &v, WR_PVAL(V_CALL, wr_payload_of(callee) << 32 | (d != NULL ? d->number : 0)));
}

/* What is added to it or set on it needs no look. */
QUICK bool indifferent(wr_pval target)
{
    const wr_pkind kind = wr_pkind_of(target);
    return kind != V_GLOBAL && kind != V_GUARDED && kind != V_DICT;
}

QUICK bool add(quick *q, unsigned count)
{
    wr_pval item;
    view v = view_of(q);
    for (unsigned i = 0; i < count; i++)
        if (!take(&v, &item))
            return false;
    return indifferent(v.value) && taken(q, &v, 1);
}

QUICK bool build(wr_machine *m, quick *q)
{
    wr_pval state;
    view v = view_of(q);
    if (!take(&v, &state) || !indifferent(v.value) ||
        (wr_pkind_of(v.value) == V_CALL && m->facts->imports[wr_payload_of(v.value) >> 32].keeps_state))
        return false;
    return taken(q, &v, 1);
}

/* ---- marks ---- */

QUICK bool mark(wr_machine *m, quick *q)
{
    if (q->marks == m->s.mark_cap || !push(q, WR_PVAL(V_MARK, 0), 1))
        return false;
    m->s.marks[q->marks++] = (uint32_t)(q->top - m->s.slots);
    return true;
}

/* The slot of the last mark; NULL where there is none, or a guarded import stands above it. */
QUICK wr_pval *marked(wr_machine *m, const quick *q)
{
    if (q->marks == 0)
        return NULL;
    wr_pval *at = m->s.slots + m->s.marks[q->marks - 1];
    bool guarded = false;
    if (m->facts->guarded)
        for (const wr_pval *v = at + 1; v <= q->top; v++)
            guarded |= wr_pkind_of(*v) == V_GUARDED;
    return guarded ? NULL : at;
}

QUICK bool add_marked(wr_machine *m, quick *q)
{
    wr_pval *at = marked(m, q);
    if (at == NULL || !indifferent(at[-1]))
        return false;
    q->marks--;
    q->top = at - 1;
    q->at++;
    return true;
}

/* A list, dict or set whose members nobody will ask for. */
QUICK bool container(wr_machine *m, quick *q)
{
    wr_pval *at = marked(m, q);
    if (at == NULL)
        return false;
    q->marks--;
    q->top = at;
    *at = OPAQUE;
    if (wr_pkind_of(at[-1]) == V_OPAQUE) {
        at[-1]++;
        q->top--;
    }
    q->at++;
    return true;
}

QUICK bool tuple_marked(wr_machine *m, quick *q)
{
    wr_pval *at = marked(m, q);
    if (at == NULL || m->s.detail_last == UINT32_MAX)
        return false;
    wr_pickle_detail *d = &m->s.details[++m->s.detail_last % WR_PICKLE_DETAILS];
    uint64_t count = 0;
    for (const wr_pval *v = at + 1; v <= q->top && count <= WR_PICKLE_DETAIL_ITEMS; v++) {
        const bool run = wr_pkind_of(*v) == V_OPAQUE;
        const uint64_t times = run ? wr_payload_of(*v) : 1;
        for (uint64_t k = 0; k < times && count + k < WR_PICKLE_DETAIL_ITEMS; k++)
            d->items[count + k] = run ? OPAQUE : *v;
        count += times;
    }
    d->number = m->s.detail_last;
    d->count = count > WR_PICKLE_DETAIL_ITEMS ? WR_PICKLE_DETAIL_ITEMS + 1 : (uint32_t)count;
    *at = WR_PVAL(V_TUPLE, d->number);
    q->marks--;
    q->top = at;
    q->at++;
    return true;
}

/* ---- the memo ---- */

QUICK bool memo_put(wr_machine *m, quick *q, uint64_t key, size_t len)
{
    const wr_pkind kind = wr_pkind_of(*q->top);
    if (kind == V_MARK)
        return false;
    if (key < WR_PICKLE_MEMO_MOST) {
        wr_pval *entry = wr_pmemo_near(&m->s, key);
        if (entry == NULL)
            return false;
        q->memo_count += *entry == 0;
        *entry = kind == V_OPAQUE ? OPAQUE : *q->top;
    } else {
        if (!wr_pmemo_passes(&m->s, key, kind))
            return false;
        q->memo_count++;
    }
    q->at += len;
    return true;
}

QUICK bool memo_get(wr_machine *m, quick *q, uint64_t key, size_t len)
{
    if (wr_pmemo_is_behind(&m->s, key))
        return push(q, WR_PVAL(V_UNKNOWN, 0), len);
    const wr_pval *entry = wr_pmemo_near(&m->s, key);
    if (entry == NULL || *entry == 0)
        return false;
    return wr_pkind_of(*entry) == V_OPAQUE ? push_opaque(q, len) : push(q, *entry, len);
}

/* ---- texts and lines ---- */

QUICK bool text(quick *q, wr_pkind kind, size_t head, uint64_t len)
{
    if (len == 0 || len > (uint64_t)(q->limit - q->at) - head || wr_pickle_may_hide(q->at + head, len))
        return false;
    return push(q, WR_PVAL(kind, q->at - q->base), head + len);
}

QUICK bool text_line(quick *q)
{
    const uint8_t *from = q->at + 1, *end = memchr(from, '\n', (size_t)(q->limit - from));
    if (end == NULL || end == from || wr_pickle_may_hide(from, (uint64_t)(end - from)))
        return false;
    return push(q, WR_PVAL(V_STR, q->at - q->base), (size_t)(end + 1 - q->at));
}

QUICK bool number_line(quick *q, bool counts)
{
    const uint8_t *end = q->at + 1;
    while (end < q->limit && wr_pickle_number_chars[*end])
        end++;
    if (end == q->limit || *end != '\n')
        return false;
    const size_t len = (size_t)(end + 1 - q->at);
    return counts ? push(q, WR_PVAL(V_INT, q->at - q->base), len) : push_opaque(q, len);
}

/* A memo key in digits: its opcode's length, or 0. */
QUICK size_t key_line(const quick *q, uint64_t *ret)
{
    uint64_t key = 0;
    size_t len = 1;
    for (; len < LONGEST - 1 && q->at[len] >= '0' && q->at[len] <= '9'; len++)
        key = key * 10 + (uint64_t)(q->at[len] - '0');
    *ret = key;
    return len > 1 && q->at[len] == '\n' ? len + 1 : 0;
}

QUICK bool memo_line(wr_machine *m, quick *q, bool put)
{
    uint64_t key;
    const size_t len = key_line(q, &key);
    if (len == 0)
        return false;
    return put ? memo_put(m, q, key, len) : memo_get(m, q, key, len);
}

/* ---- one opcode, all of them ---- */

/* False where the opcode at q->at is left to the general way. At least LONGEST bytes are there. */
QUICK bool one(wr_machine *m, quick *q, bool arrays)
{
    const uint8_t *const at = q->at;
    const wr_pval number = WR_PVAL(V_INT, at - q->base);
    wr_pval dropped;
    view v;
    switch (*at) {
    case OP_NONE: case OP_NEWTRUE: case OP_NEWFALSE: case OP_EMPTY_LIST: case OP_EMPTY_SET: return push_opaque(q, 1);
    case OP_EMPTY_DICT: return !arrays && push_opaque(q, 1);
    case OP_BINFLOAT: return push_opaque(q, 9);
    case OP_BININT1: return push(q, number, 2);
    case OP_BININT2: return push(q, number, 3);
    case OP_BININT: return push(q, number, 5);
    case OP_LONG1: return at[1] <= LONGEST - 2 && push(q, number, 2 + (size_t)at[1]);
    case OP_INT: case OP_LONG: return number_line(q, true);
    case OP_FLOAT: return number_line(q, false);
    case OP_SHORT_BINUNICODE: case OP_SHORT_BINSTRING: return text(q, V_STR, 2, at[1]);
    case OP_BINUNICODE: return text(q, V_STR, 5, u32(at + 1));
    case OP_SHORT_BINBYTES: return text(q, V_BYTES, 2, at[1]);
    case OP_BINBYTES: return text(q, V_BYTES, 5, u32(at + 1));
    case OP_UNICODE: case OP_STRING: return text_line(q);
    case OP_MEMOIZE: return memo_put(m, q, q->memo_count, 1);
    case OP_BINPUT: return memo_put(m, q, at[1], 2);
    case OP_LONG_BINPUT: return memo_put(m, q, u32(at + 1), 5);
    case OP_BINGET: return memo_get(m, q, at[1], 2);
    case OP_LONG_BINGET: return memo_get(m, q, u32(at + 1), 5);
    case OP_PUT: return memo_line(m, q, true);
    case OP_GET: return memo_line(m, q, false);
    case OP_MARK: return mark(m, q);
    case OP_EMPTY_TUPLE: return tuple(m, q, 0);
    case OP_TUPLE1: return tuple(m, q, 1);
    case OP_TUPLE2: return tuple(m, q, 2);
    case OP_TUPLE3: return tuple(m, q, 3);
    case OP_TUPLE: return tuple_marked(m, q);
    case OP_LIST: case OP_FROZENSET: return container(m, q);
    case OP_DICT: return !arrays && container(m, q);
    case OP_APPEND: return add(q, 1);
    case OP_SETITEM: return add(q, 2);
    case OP_APPENDS: case OP_SETITEMS: case OP_ADDITEMS: return add_marked(m, q);
    case OP_REDUCE: case OP_NEWOBJ: return call(m, q);
    case OP_BUILD: return build(m, q);
    case OP_POP: v = view_of(q); return take(&v, &dropped) && taken(q, &v, 1);
    default: return false;
    }
}

void wr_machine_quick(wr_machine *m)
{
    wr_pickle_stack *s = &m->s;
    const size_t room = s->slot_cap < WR_PICKLE_SLOTS_MOST / 2 ? s->slot_cap : WR_PICKLE_SLOTS_MOST / 2;
    quick q = { .at = m->c.at, .limit = m->c.end, .base = m->c.base, .top = s->slots + s->depth - 1, .last = s->slots + room - 1,
                .marks = s->mark_count, .memo_count = s->memo_count };
    if (m->c.why != NULL || q.at >= q.limit)
        return;
    if (m->frame_end > wr_offset(&m->c) && m->frame_end < (uint64_t)(q.limit - q.base))
        q.limit = q.base + m->frame_end;
    if (q.limit - q.at > CHUNK)
        q.limit = q.at + CHUNK;
    const bool arrays = m->facts->array_wrapper;
    uint64_t count = 0;
    bool more = true;
    while (more && q.limit - q.at >= LONGEST && one(m, &q, arrays)) {
        count++;
        if (q.at < q.limit && *q.at == OP_MEMOIZE) { /* follows most of what is pushed */
            more = memo_put(m, &q, q.memo_count, 1);
            count += more;
        }
    }
    m->c.at = q.at;
    s->depth = (size_t)(q.top - s->slots + 1);
    s->mark_count = q.marks;
    s->memo_count = q.memo_count;
    m->facts->opcodes += count;
}
