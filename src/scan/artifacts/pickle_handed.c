/* What must not be handed to a call, become the key of a dict, or be set as a state: values that are harmless where they
 * lie, and not where something uses them. */
#include "pickle.h"

#define TEXT_LONGEST 64u
#define RANGE_MOST ((int64_t)1 << 26) /* numbers: half a gigabyte of pointers */

void wr_machine_bomb(wr_machine *m, const char *what)
{
    if (m->facts->quiet || m->facts->bombs++ >= WR_TROUBLES_SHOWN)
        return;
    wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_RESOURCE_BOMB,
                 wr_arena_printf(m->x->l->arena, "%llu", (unsigned long long)m->op_at), "%s, opcode at byte %llu", what,
                 (unsigned long long)m->op_at);
}

static const wr_import *import_of(const wr_machine *m, wr_pval v)
{
    switch (wr_pkind_of(v)) {
    case V_GLOBAL:
    case V_GUARDED: return &m->facts->imports[wr_payload_of(v)];
    case V_CALL: return &m->facts->imports[wr_payload_of(v) >> 32];
    default: return NULL;
    }
}

/* ---- calls ---- */

static bool is_range(const wr_import *i)
{
    return wr_slice_is(i->name, "range") || wr_slice_is(i->name, "xrange");
}

/* A range itself is three numbers. Whoever is called with it may go through all of them. */
static bool long_range(wr_machine *m, wr_pval made)
{
    const wr_pickle_detail *d = wr_pdetail(&m->s, wr_payload_of(made) & 0xffffffffu);
    if (d == NULL)
        return true;
    for (uint32_t i = 0; i < d->count && i < WR_PICKLE_DETAIL_ITEMS; i++) {
        int64_t n;
        if (wr_pkind_of(d->items[i]) == V_INT && (!wr_machine_int(m, d->items[i], &n) || n > RANGE_MOST || n < -RANGE_MOST))
            return true;
    }
    return false;
}

static bool hands_value(wr_machine *m, const wr_import *callee, wr_pval v, bool is_made, bool by_new)
{
    const wr_import *i = import_of(m, v);
    if (i == NULL)
        return false;
    if (i->wrapper) /* what comes back may be it, and joblib then reads an array */
        return !(is_made && wr_pkind_of(v) == V_GLOBAL);
    if (wr_pkind_of(v) == V_CALL && is_range(i) && !is_range(callee) && long_range(m, v))
        wr_machine_bomb(m, "calls something with a range of more numbers than memory holds");
    if (wr_pkind_of(v) == V_CALL)
        return i->policy.guard == WR_GUARD_ATTRIBUTE || i->partial;
    return i->policy.guard == WR_GUARD_MADE && !is_made && !by_new;
}

static bool hands(wr_machine *m, const wr_import *callee, const wr_pickle_detail *d, bool by_new, int depth)
{
    const bool maker = depth == 3 && callee->policy.guard == WR_GUARD_PLAIN_CALLABLE;
    if (d->count > WR_PICKLE_DETAIL_ITEMS && m->facts->methods && !by_new)
        return true; /* not all of them are known */
    for (uint32_t k = 0; k < d->count && k < WR_PICKLE_DETAIL_ITEMS; k++) {
        const wr_pval v = d->items[k];
        if (hands_value(m, callee, v, maker && k == 0, by_new))
            return true;
        if (wr_pkind_of(v) != V_TUPLE || depth == 0)
            continue;
        const wr_pickle_detail *inner = wr_pdetail(&m->s, wr_payload_of(v));
        if (inner == NULL ? m->facts->methods : hands(m, callee, inner, by_new, depth - 1))
            return true;
    }
    return false;
}

bool wr_machine_hands(wr_machine *m, const wr_import *callee, wr_pval args, bool by_new)
{
    const wr_pickle_detail *d = wr_pkind_of(args) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(args)) : NULL;
    if (d == NULL)
        return wr_pkind_of(args) != V_OPAQUE; /* made so long ago that nobody knows what is in it */
    return hands(m, callee, d, by_new, 3);
}

/* partial writes what it calls once more into its state, and takes it from there. */
void wr_machine_partial_state(wr_machine *m, wr_pval state)
{
    const wr_pickle_detail *d = wr_pkind_of(state) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(state)) : NULL;
    const bool good = d != NULL && d->count == 4 && wr_pkind_of(d->items[0]) == V_GLOBAL &&
                      import_of(m, d->items[0])->policy.guard != WR_GUARD_MADE;
    if (!good)
        wr_machine_handed_on(m);
}

/* ---- keys ---- */

/* Attributes by which Python, copy and NumPy take an object for something else: they are looked up in the object itself,
 * so a state can set them. The first ones hold addresses. */
static const char *const special_data[] = { "__array_interface__", "__array_struct__", "__cuda_array_interface__" };
static const char *const special_calls[] = {
    "__array__", "__array_prepare__", "__array_wrap__", "__class__", "__copy__", "__deepcopy__", "__dlpack__", "__new__",
    "__reduce__", "__reduce_ex__", "__setstate__", "__getattr__", "__torch_function__",
};
#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static bool one_of(wr_slice text, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_is(text, names[i]))
            return true;
    return false;
}

static bool is_special(wr_slice text)
{
    return one_of(text, special_data, COUNT(special_data)) || one_of(text, special_calls, COUNT(special_calls));
}

/* NumPy's texts have four bytes a letter. */
static wr_slice narrowed(wr_slice wide, unsigned byte, char ret[TEXT_LONGEST])
{
    size_t len = 0;
    for (size_t i = byte; i < wide.len && len < TEXT_LONGEST; i += 4)
        if (wide.at[i] != 0)
            ret[len++] = wide.at[i];
    return wr_slice_make(ret, len);
}

void wr_machine_special_text(wr_machine *m, wr_pval v)
{
    wr_slice text;
    char space[TEXT_LONGEST];
    if (!wr_machine_text(m, v, &text))
        return;
    const bool wide = wr_pkind_of(v) == V_BYTES && text.len % 4 == 0 && text.len <= 4 * TEXT_LONGEST;
    if (wide ? is_special(narrowed(text, 0, space)) || is_special(narrowed(text, 3, space)) : is_special(text))
        m->facts->special_text = m->s.keys = true;
}

/* A key that is only a word has a word, a number or a row of numbers beside it. */
static bool names_attribute(wr_machine *m, wr_pval key, wr_pval value)
{
    const wr_pkind kind = wr_pkind_of(value);
    const bool callable = kind == V_CALL || kind == V_GLOBAL || kind == V_GUARDED || kind == V_UNKNOWN;
    const bool data = callable || kind == V_OPAQUE || kind == V_DICT || kind == V_TUPLE;
    wr_slice text;
    if (wr_pkind_of(key) == V_STR && wr_machine_text(m, key, &text))
        return (data && one_of(text, special_data, COUNT(special_data))) ||
               (callable && one_of(text, special_calls, COUNT(special_calls)));
    return wr_pkind_of(key) == V_CALL && m->facts->special_text && data && wr_slice_is(import_of(m, key)->name, "scalar");
}

static void sets_special(wr_machine *m)
{
    if (wr_machine_may_show(m))
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_SPECIAL_ATTRIBUTE,
                     wr_arena_printf(m->x->l->arena, "%llu", (unsigned long long)m->op_at),
                     "sets an attribute by which Python or NumPy take an object for something else, opcode at byte %llu",
                     (unsigned long long)m->op_at);
}

static void look_at_key(wr_machine *m, wr_pval key, wr_pval value)
{
    if (wr_ptuples(key) > WR_PICKLE_KEY_TUPLES_MOST << 32)
        wr_machine_bomb(m, "uses as a key a tuple of so many tuples that hashing it never ends, or overflows the stack");
    if (names_attribute(m, key, value))
        sets_special(m);
}

/* A name beside a value in a list or tuple: dicts are made of such pairs too. */
void wr_machine_pair(wr_machine *m, wr_pval name, wr_pval value)
{
    if (names_attribute(m, name, value))
        sets_special(m);
}

/* The attributes come out of a call: nobody knows their names. */
void wr_machine_special_state(wr_machine *m, wr_pval state)
{
    const wr_pickle_detail *d = wr_pkind_of(state) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(state)) : NULL;
    const wr_pval slots = d != NULL && d->count == 2 ? d->items[1] : state;
    const wr_import *by = wr_pkind_of(slots) == V_CALL ? import_of(m, slots) : NULL;
    if (m->facts->special_text && by != NULL && by->policy.verdict == WR_IMPORT_ALLOWED &&
        (wr_slice_ends(by->name, "ict") || wr_slice_is(by->name, "Counter") || wr_slice_is(by->name, "Bunch")))
        sets_special(m);
}

/* What SETITEM, SETITEMS, DICT, ADDITEMS or FROZENSET are about to take for keys. */
void wr_machine_keys(wr_machine *m, uint8_t code)
{
    const wr_pickle_stack *s = &m->s;
    const wr_pval none = WR_PVAL(V_INT, 0);
    const bool set = code == OP_ADDITEMS || code == OP_FROZENSET;
    const bool items = code == OP_APPENDS || code == OP_LIST || code == OP_TUPLE;
    if (!set && !items && code != OP_SETITEM && code != OP_SETITEMS && code != OP_DICT)
        return;
    if (code == OP_SETITEM) {
        const wr_pval value = s->depth > 0 ? s->slots[s->depth - 1] : WR_PVAL(V_OPAQUE, 2);
        const bool both = s->depth < 2 || (wr_pkind_of(value) == V_OPAQUE && wr_payload_of(value) > 1);
        if (!both)
            look_at_key(m, s->slots[s->depth - 2], value);
        return;
    }
    if (s->mark_count == 0)
        return;
    uint64_t place = 0;
    for (size_t i = s->marks[s->mark_count - 1] + 1; i < s->depth; i++) {
        const wr_pval v = s->slots[i];
        const bool run = wr_pkind_of(v) == V_OPAQUE;
        if (!run && items && i + 1 < s->depth)
            wr_machine_pair(m, v, s->slots[i + 1]);
        if (!run && !items && (set || place % 2 == 0))
            look_at_key(m, v, set || i + 1 == s->depth ? none : s->slots[i + 1]);
        place += run ? wr_payload_of(v) : 1;
    }
}
