/* NumPy's types in a pickle. A type is made by dtype(text) and told by a state how large its elements are, what their
 * fields are, and whether they hold objects. NumPy believes the state: one that lies makes it take bytes of the file for
 * addresses. The states that NumPy writes are known, so any other one is a finding. */
#include "pickle.h"

#define FLAGS_OF_OBJECT 63  /* what NumPy writes for the type "O" */
#define FLAGS_FROM_FIELDS 27 /* those of them that a structure has when one of its fields is an object */
#define STATE_LEAST 8u
enum { SUBTYPE = 2, FIELDS = 4, SIZE = 5, FLAGS = 7 }; /* places in the state */

static wr_pickle_detail *args_of(wr_machine *m, wr_pval dtype)
{
    if (wr_pkind_of(dtype) != V_CALL || !m->facts->imports[wr_payload_of(dtype) >> 32].dtype)
        return NULL;
    return wr_pdetail(&m->s, wr_payload_of(dtype) & 0xffffffffu);
}

/* "f8", "U12", "V16", "O8": a letter and a size. A class instead of a text: the record type, or nothing that is known. */
static bool letter_of(wr_machine *m, const wr_pickle_detail *args, char *ret, uint64_t *ret_size)
{
    wr_slice text;
    *ret_size = 0;
    if (args == NULL || args->count < 1)
        return false;
    if (wr_pkind_of(args->items[0]) == V_GLOBAL) {
        const wr_slice name = m->facts->imports[wr_payload_of(args->items[0])].name;
        *ret = 'V';
        return wr_slice_is(name, "record") || wr_slice_is(name, "void");
    }
    if (!wr_machine_text(m, args->items[0], &text) || text.len == 0 || text.len > 12)
        return false;
    for (size_t i = 1; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        *ret_size = *ret_size * 10 + (uint64_t)(text.at[i] - '0');
    }
    *ret = text.at[0];
    *ret_size *= *ret == 'U' ? 4 : 1;
    return true;
}

static const wr_pickle_detail *state_of(wr_machine *m, const wr_pickle_detail *args)
{
    const wr_pval state = args->items[WR_PICKLE_DETAIL_ITEMS - 1];
    const wr_pickle_detail *d = wr_pkind_of(state) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(state)) : NULL;
    return d != NULL && d->count >= STATE_LEAST && d->count <= WR_PICKLE_DETAIL_ITEMS ? d : NULL;
}

wr_dtype wr_machine_dtype(wr_machine *m, wr_pval dtype)
{
    wr_dtype t = { 0 };
    char letter;
    int64_t flags, size;
    const wr_pickle_detail *args = args_of(m, dtype);
    if (!letter_of(m, args, &letter, &t.size))
        return t;
    t.objects = letter == 'O';
    t.known = t.size > 0 || t.objects || letter == 'S' || letter == 'U' || letter == 'V';
    if (letter != 'V')
        return t;
    const wr_pickle_detail *state = state_of(m, args);
    t.known = state != NULL && wr_machine_int(m, state->items[FLAGS], &flags) &&
              wr_machine_int(m, state->items[SIZE], &size) && size >= 0;
    t.objects = t.known && (flags & 1) != 0;
    t.size = t.known ? (uint64_t)size : 0;
    return t;
}

static void lies(wr_machine *m, const char *how)
{
    if (wr_machine_may_show(m))
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_FALSE_DTYPE,
                     wr_arena_printf(m->x->l->arena, "%llu", (unsigned long long)m->op_at),
                     "the state of a NumPy type %s, opcode at byte %llu", how, (unsigned long long)m->op_at);
}

/* One field, (type, offset) or (type, offset, title). */
static void look_at_field(wr_machine *m, wr_pval field, int64_t size, int64_t flags)
{
    const wr_pickle_detail *d = wr_pkind_of(field) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(field)) : NULL;
    int64_t offset;
    if (d == NULL || d->count < 2 || !wr_machine_int(m, d->items[1], &offset)) {
        wr_machine_trouble(m, m->op_at, "a field of a NumPy type that is not stated plainly");
        return;
    }
    const wr_dtype type = wr_machine_dtype(m, d->items[0]);
    if (type.known && type.objects && (flags & FLAGS_FROM_FIELDS) != FLAGS_FROM_FIELDS)
        lies(m, "says that there are no objects in it, and one of its fields is an object");
    else if (offset < 0 || offset > size || (type.known && (uint64_t)(size - offset) < (type.objects ? 8 : type.size)))
        lies(m, "has a field that lies outside its elements");
}

static void look_at_fields(wr_machine *m, wr_pval fields, int64_t size, int64_t flags)
{
    const wr_pickle_detail *d = wr_pkind_of(fields) == V_DICT ? wr_pdetail(&m->s, wr_payload_of(fields)) : NULL;
    for (uint32_t i = 1; d != NULL && i < d->count && i < WR_PICKLE_DETAIL_ITEMS; i += 2)
        look_at_field(m, d->items[i], size, flags);
    /* Not all are known, and one of them may be an object. */
    const bool all = d != NULL ? d->count <= WR_PICKLE_DETAIL_ITEMS : wr_pkind_of(fields) == V_OPAQUE && !m->facts->dicts;
    if (!all && m->facts->object_type && (flags & FLAGS_FROM_FIELDS) != FLAGS_FROM_FIELDS && wr_pkind_of(fields) != V_OPAQUE)
        wr_machine_trouble(m, m->op_at, "a NumPy type of more fields than are looked at");
}

/* (type, shape): an array in each element. */
static void look_at_subtype(wr_machine *m, wr_pval subtype, int64_t flags)
{
    const wr_pickle_detail *d = wr_pkind_of(subtype) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(subtype)) : NULL;
    if (d == NULL || d->count < 1)
        return;
    const wr_dtype type = wr_machine_dtype(m, d->items[0]);
    if (type.known && type.objects && (flags & FLAGS_FROM_FIELDS) != FLAGS_FROM_FIELDS)
        lies(m, "says that there are no objects in it, and it is an array of objects");
}

void wr_machine_dtype_state(wr_machine *m, wr_pval dtype, wr_pval state)
{
    char letter;
    uint64_t size;
    int64_t flags, stated;
    wr_pickle_detail *args = args_of(m, dtype);
    m->facts->dicts = m->facts->array_wrapper;
    if (args != NULL && args->count < WR_PICKLE_DETAIL_ITEMS)
        args->items[WR_PICKLE_DETAIL_ITEMS - 1] = state; /* beside its arguments, for whoever asks later */
    if (!letter_of(m, args, &letter, &size)) {
        wr_machine_trouble(m, m->op_at, "a state is set on a NumPy type that is not stated plainly");
        return;
    }
    if (letter != 'O' && letter != 'V' && letter != 'S' && letter != 'U')
        return; /* of the other types NumPy takes nothing but the byte order */
    const wr_pickle_detail *d = state_of(m, args);
    if (d == NULL || !wr_machine_int(m, d->items[FLAGS], &flags) || !wr_machine_int(m, d->items[SIZE], &stated)) {
        if (letter == 'O' || letter == 'V')
            wr_machine_trouble(m, m->op_at, "a NumPy type whose state is not stated plainly");
        return;
    }
    if (letter == 'O') {
        if (flags != FLAGS_OF_OBJECT)
            lies(m, "says of objects that they are none");
        return;
    }
    if (stated < 0 || (size > 0 && (uint64_t)stated != size))
        lies(m, "gives its elements another size than its name");
    else if (letter == 'V') {
        look_at_subtype(m, d->items[SUBTYPE], flags);
        look_at_fields(m, d->items[FIELDS], stated, flags);
    }
}
