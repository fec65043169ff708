/* What a pickle imports and calls, judged. */
#include <stdio.h>
#include <warrant/hash.h>
#include <warrant/text.h>

#include "numpy.h"
#include "pickle.h"
#include "zip.h"

#define UNTRACED_SHOWN 20u
#define EVIDENCE_MOST 300u

/* ---- the table of imports ---- */

static size_t hash(wr_slice module, wr_slice name)
{
    uint64_t h = 0xcbf29ce484222325u ^ module.len;
    for (size_t i = 0; i < module.len; i++)
        h = (h ^ (uint8_t)module.at[i]) * 0x100000001b3u;
    for (size_t i = 0; i < name.len; i++)
        h = (h ^ (uint8_t)name.at[i]) * 0x100000001b3u;
    return (size_t)(h ^ h >> 29);
}

static bool index_grow(wr_pickle_facts *f)
{
    const size_t cap = f->index_cap == 0 ? 64 : f->index_cap * 2;
    uint32_t *index = wr_alloc(cap * sizeof *index);
    wr_import *imports = wr_realloc(f->imports, cap / 2 * sizeof *imports);
    if (imports != NULL) {
        f->imports = imports;
        f->import_cap = cap / 2;
    }
    if (index == NULL || imports == NULL) {
        wr_free(index);
        return false;
    }
    for (size_t k = 0; k < f->import_count; k++) {
        size_t i = hash(f->imports[k].module, f->imports[k].name) & (cap - 1);
        while (index[i] != 0)
            i = (i + 1) & (cap - 1);
        index[i] = (uint32_t)k + 1;
    }
    wr_free(f->index);
    f->index = index;
    f->index_cap = cap;
    return true;
}

/* The number of the import, new or known; UINT32_MAX where there are too many. */
static uint32_t intern(wr_pickle_facts *f, wr_slice module, wr_slice name)
{
    if (f->import_count * 2 >= f->index_cap && (f->import_count >= WR_IMPORTS_MOST || !index_grow(f)))
        return UINT32_MAX;
    size_t i = hash(module, name) & (f->index_cap - 1);
    for (; f->index[i] != 0; i = (i + 1) & (f->index_cap - 1)) {
        const wr_import *known = &f->imports[f->index[i] - 1];
        if (wr_slice_eq(known->module, module) && wr_slice_eq(known->name, name))
            return f->index[i] - 1;
    }
    if (f->import_count >= f->import_cap)
        return UINT32_MAX;
    f->index[i] = (uint32_t)f->import_count + 1;
    f->imports[f->import_count] = (wr_import){ .module = module, .name = name };
    return (uint32_t)f->import_count++;
}

void wr_pickle_facts_free(wr_pickle_facts *facts)
{
    wr_free(facts->imports);
    wr_free(facts->index);
    wr_free(facts->storages);
    *facts = (wr_pickle_facts){ 0 };
}

/* What it returns is something to be called later, with arguments that nobody follows. */
static bool makes_methods(const wr_import *i)
{
    return i->policy.guard == WR_GUARD_ATTRIBUTE || wr_slice_is(i->name, "partial");
}

wr_pval wr_machine_import(wr_machine *m, wr_slice module, wr_slice name)
{
    wr_pickle_facts *f = m->facts;
    if (module.len > WR_IMPORT_NAME_MOST || name.len > WR_IMPORT_NAME_MOST)
        return wr_machine_import_untraced(m, WR_PVAL(V_UNKNOWN, 0), WR_PVAL(V_UNKNOWN, 0));
    const size_t before = f->import_count;
    const uint32_t number = intern(f, module, name);
    if (number == UINT32_MAX) {
        wr_machine_trouble(m, m->op_at, "it imports more names than are followed");
        m->dead = true;
        return WR_PVAL(V_UNKNOWN, 0);
    }
    if (f->import_count > before) {
        wr_import *i = &f->imports[number];
        i->at = m->op_at;
        i->policy = wr_pickle_policy_judge(m->policy, module, name);
        if (m->p->torchscript && wr_slice_starts(module, "__torch__"))
            i->policy = (wr_import_policy){ .verdict = WR_IMPORT_ALLOWED };
        /* What it reaches borrows from the name, which may lie in a buffer of the policy: copy it. */
        if (i->policy.reaches.len > 0)
            i->policy.reaches = wr_arena_dup(m->x->l->arena, i->policy.reaches);
        f->array_wrapper |= wr_slice_is(name, "NumpyArrayWrapper");
        i->keeps_state = wr_slice_is(name, "NumpyArrayWrapper") || wr_slice_is(name, "dtype");
        f->guarded |= i->policy.verdict == WR_IMPORT_GUARDED;
        f->hands |= makes_methods(i);
        f->foreign |= i->policy.foreign;
    }
    return WR_PVAL(f->imports[number].policy.verdict == WR_IMPORT_GUARDED ? V_GUARDED : V_GLOBAL, number);
}

/* ---- evidence in words ---- */

static void describe(wr_machine *m, wr_buf *b, wr_pval v, int depth)
{
    wr_slice text;
    int64_t n;
    const wr_pickle_detail *d;
    switch (wr_pkind_of(v)) {
    case V_STR:
        if (!wr_machine_text(m, v, &text))
            break;
        wr_buf_char(b, '\'');
        wr_buf_adds(b, wr_exam_shown(m->x, text, 80));
        wr_buf_char(b, '\'');
        return;
    case V_BYTES:
        if (wr_machine_text(m, v, &text))
            wr_buf_printf(b, "%zu bytes", text.len);
        return;
    case V_INT:
        if (wr_machine_int(m, v, &n))
            wr_buf_printf(b, "%lld", (long long)n);
        else
            wr_buf_addc(b, "a number");
        return;
    case V_GLOBAL:
    case V_GUARDED:
    case V_CALL: {
        const wr_import *i = &m->facts->imports[wr_pkind_of(v) == V_CALL ? wr_payload_of(v) >> 32 : wr_payload_of(v)];
        if (wr_pkind_of(v) == V_CALL)
            wr_buf_addc(b, "what ");
        wr_buf_adds(b, wr_exam_shown(m->x, i->module, 60));
        wr_buf_char(b, '.');
        wr_buf_adds(b, wr_exam_shown(m->x, i->name, 60));
        if (wr_pkind_of(v) == V_CALL)
            wr_buf_addc(b, " returned");
        return;
    }
    case V_TUPLE:
        d = wr_pdetail(&m->s, wr_payload_of(v));
        if (d == NULL || depth == 0)
            break;
        wr_buf_char(b, '(');
        for (uint32_t i = 0; i < d->count && i < 4; i++) {
            if (i > 0)
                wr_buf_addc(b, ", ");
            describe(m, b, d->items[i], depth - 1);
        }
        wr_buf_addc(b, d->count > 4 ? ", ...)" : ")");
        return;
    default: break;
    }
    wr_buf_addc(b, "...");
}

static wr_slice evidence(wr_machine *m, wr_pval args)
{
    WR_AUTO_BUF b = wr_buf_new(8192);
    describe(m, &b, args, 3);
    const wr_slice all = wr_buf_slice(&b);
    return wr_arena_dup(m->x->l->arena, wr_slice_part(all, 0, EVIDENCE_MOST));
}

/* ---- imports that cannot be traced, calls of no import ---- */

static bool may_show_untraced(wr_machine *m)
{
    return !m->facts->quiet && m->facts->untraced++ < UNTRACED_SHOWN;
}

wr_pval wr_machine_import_untraced(wr_machine *m, wr_pval module, wr_pval name)
{
    if (may_show_untraced(m)) {
        WR_AUTO_BUF b = wr_buf_new(4096);
        describe(m, &b, module, 1);
        wr_buf_addc(&b, " and ");
        describe(m, &b, name, 1);
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_UNTRACED_IMPORT,
                     wr_arena_printf(m->x->l->arena, "%llu", (unsigned long long)m->op_at),
                     "imports by a name that is no text of the file (" WR_FMT "), opcode at byte %llu",
                     WR_ARG(wr_buf_slice(&b)), (unsigned long long)m->op_at);
    }
    return WR_PVAL(V_UNKNOWN, 0);
}

void wr_machine_extension(wr_machine *m, uint64_t code)
{
    if (may_show_untraced(m))
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_EXTENSION_CODE,
                     wr_arena_printf(m->x->l->arena, "%llu", (unsigned long long)code),
                     "imports what extension code %llu stands for, opcode at byte %llu", (unsigned long long)code,
                     (unsigned long long)m->op_at);
    wr_ppush(&m->s, WR_PVAL(V_UNKNOWN, 0));
}

void wr_machine_straddled(wr_machine *m)
{
    if (may_show_untraced(m))
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_FRAME_STRADDLED,
                     wr_arena_printf(m->x->l->arena, "%llu", (unsigned long long)m->op_at),
                     "the opcode at byte %llu reaches over the end of its frame at byte %llu", (unsigned long long)m->op_at,
                     (unsigned long long)m->frame_end);
    m->frame_end = 0;
}

void wr_machine_patched(wr_machine *m, wr_pval target, const char *how)
{
    const wr_import *i = &m->facts->imports[wr_payload_of(target)];
    if (may_show_untraced(m))
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_PATCHES_IMPORT,
                     wr_arena_printf(m->x->l->arena, WR_FMT "." WR_FMT, WR_ARG(i->module), WR_ARG(i->name)),
                     "%s " WR_FMT "." WR_FMT " itself, opcode at byte %llu", how, WR_ARG(wr_exam_shown(m->x, i->module, 100)),
                     WR_ARG(wr_exam_shown(m->x, i->name, 100)), (unsigned long long)m->op_at);
}

/* ---- pickles inside byte strings ---- */

/* Base64 or hexadecimal of a pickle's first bytes: the pickle, or empty. */
static wr_slice decoded(wr_arena *a, wr_slice text)
{
    wr_slice ret = { 0 };
    /* 0x80 and a protocol from 2 to 5, six bits at a time */
    if (wr_slice_starts(text, "gA") && text.at[2] >= 'I' && text.at[2] <= 'X')
        return wr_unbase64(a, wr_slice_trim(text), &ret) ? ret : (wr_slice){ 0 };
    if (wr_slice_starts(text, "800") && text.len % 2 == 0) {
        char *bytes = wr_arena_alloc(a, text.len / 2);
        if (bytes != NULL && wr_unhex(text, bytes, text.len / 2))
            return wr_slice_make(bytes, text.len / 2);
    }
    return ret;
}

static void look_inside(wr_machine *m, wr_slice bytes, uint64_t at)
{
    const uint8_t first = (uint8_t)bytes.at[0];
    const bool zip = wr_slice_starts(bytes, "PK\x03\x04");
    const bool array = wr_npy_is(bytes); /* old pandas reads these out of a state, with the objects in them */
    /* Protocols 0 and 1 have no mark of their own; an import needs lines. */
    const bool worth = zip || array || first == OP_PROTO || (bytes.len >= 10 && memchr(bytes.at, '\n', bytes.len) != NULL);
    if (!worth || m->facts->quiet || (!zip && !array && !wr_pickle_probe_text(bytes)))
        return;
    if (m->facts->nested++ >= WR_NESTED_MOST || m->x->depth >= WR_PART_DEPTH_MOST) {
        wr_machine_trouble(m, at, "it nests more pickles than are followed");
        return;
    }
    const char *const from = m->p->bytes.at;
    const bool inside = bytes.at >= from && bytes.at < from + m->p->bytes.len; /* else it was decoded */
    wr_part inner = wr_part_inside(m->p, bytes, inside ? (uint64_t)(bytes.at - from) : at, (wr_slice){ 0 });
    inner.unpacked |= !inside;
    inner.name = wr_arena_printf(m->x->l->arena, WR_FMT "%sa byte string", WR_ARG(m->p->name), m->p->name.len > 0 ? " > " : "");
    m->x->depth++;
    wr_error ignored;
    const wr_status s = array ? wr_npy_read(m->x, &inner, false, &ignored)
                        : zip ? wr_zip_read_pickles(m->x, &inner, &ignored) : wr_pickle_read(m->x, &inner, &ignored);
    if (s != WR_OK)
        wr_machine_trouble(m, at, "a nested pickle could not be read");
    m->x->depth--;
}

void wr_machine_look_inside(wr_machine *m, wr_slice bytes, uint64_t at)
{
    if (m->facts->quiet || (!wr_slice_starts(bytes, "gA") && !wr_slice_starts(bytes, "800")) || bytes.len < 16 ||
        bytes.len > WR_INFLATED_MOST / 4) {
        look_inside(m, bytes, at);
        return;
    }
    WR_AUTO_ARENA scratch = wr_arena_new(WR_INFLATED_MOST); /* a file may hold many of these */
    if (scratch == NULL) {
        wr_machine_trouble(m, at, "no memory to decode a text that may be a pickle");
        return;
    }
    const wr_slice hidden = decoded(scratch, bytes);
    look_inside(m, hidden.len >= 6 && (uint8_t)hidden.at[0] == OP_PROTO ? hidden : bytes, at);
}

/* ---- calls of guarded imports ---- */

/* Handed to something else, which may call it with arguments that nobody sees here. */
void wr_machine_handed_on(wr_machine *m)
{
    if (may_show_untraced(m))
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_GUARDED_CALL,
                     wr_arena_printf(m->x->l->arena, "handed on %llu", (unsigned long long)m->op_at),
                     "hands on a function that is harmless only when it is called in plain sight, opcode at byte %llu",
                     (unsigned long long)m->op_at);
}

/* How members of an enumeration are called: Python 3.11 writes them as attributes of their class. */
static bool constant_name(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.at[i] >= 'A' && s.at[i] <= 'Z') || (i > 0 && ((s.at[i] >= '0' && s.at[i] <= '9') || s.at[i] == '_'))))
            return false;
    return s.len > 1;
}

/* getattr(import, "name"): as good as importing import.name. getattr(object, "name"): a bound method, held and not called. */
static bool good_attribute(wr_machine *m, const wr_pickle_detail *d, wr_pval *ret_result)
{
    wr_slice attribute;
    if (d == NULL || d->count != 2 || !wr_machine_text(m, d->items[1], &attribute))
        return false;
    if (wr_pkind_of(d->items[0]) == V_CALL)
        return !wr_slice_starts(attribute, "_");
    if (wr_pkind_of(d->items[0]) != V_GLOBAL)
        return false;
    const wr_import *of = &m->facts->imports[wr_payload_of(d->items[0])];
    const wr_slice name = wr_arena_printf(m->x->l->arena, WR_FMT "." WR_FMT, WR_ARG(of->name), WR_ARG(attribute));
    if (of->policy.verdict == WR_IMPORT_ALLOWED && constant_name(attribute)) {
        *ret_result = WR_PVAL(V_OPAQUE, 1);
        return true;
    }
    if (wr_pickle_policy_judge(m->policy, of->module, name).verdict != WR_IMPORT_ALLOWED)
        return false;
    *ret_result = wr_machine_import(m, of->module, name);
    return true;
}

/* Protocols 0 to 2 write bytes as text that is encoded while loading: the bytes, or empty. wr_free(.at) gives them back. */
static wr_slice encoded(wr_machine *m, wr_slice text)
{
    if (text.len < 6 || text.len > WR_INFLATED_MOST / 4)
        return (wr_slice){ 0 };
    char *bytes = wr_alloc(text.len);
    if (bytes == NULL) {
        wr_machine_trouble(m, m->op_at, "no memory to encode a text that may be a pickle");
        return (wr_slice){ 0 };
    }
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t c = (uint8_t)text.at[i];
        if ((c & 0xfe) == 0xc2 && i + 1 < text.len)
            bytes[len++] = (char)(((c & 3) << 6) | (text.at[++i] & 0x3f));
        else
            bytes[len++] = (char)c;
    }
    return wr_slice_make(bytes, len);
}

static bool may_hide(wr_slice bytes)
{
    return wr_pickle_probe(bytes) || wr_slice_starts(bytes, "PK\x03\x04");
}

static bool good_codec(wr_machine *m, const wr_pickle_detail *d)
{
    static const char *const harmless[] = { "latin1", "latin-1", "utf-8", "utf8", "ascii", "iso-8859-1" };
    wr_slice codec, text;
    if (d == NULL || d->count < 1 || d->count > 2)
        return false;
    bool good = d->count == 1 || d->items[1] == m->codec; /* the same text of the file: most are fetched from the memo */
    if (!good && wr_machine_text(m, d->items[1], &codec)) {
        for (size_t i = 0; i < sizeof harmless / sizeof harmless[0] && !good; i++)
            good = wr_slice_is(codec, harmless[i]);
        m->codec = good ? d->items[1] : m->codec;
    }
    if (!good || !wr_machine_long_text(m, d->items[0], &text) || !wr_pickle_may_hide((const uint8_t *)text.at, text.len))
        return good;
    const wr_slice bytes = encoded(m, text);
    if (bytes.len >= 6)
        wr_machine_look_inside(m, bytes, m->op_at);
    wr_free((void *)(uintptr_t)bytes.at);
    return good;
}

/* What is loaded was looked into when it was pushed or encoded. */
static bool good_nested(wr_machine *m, const wr_pickle_detail *d)
{
    wr_slice bytes;
    if (d == NULL || d->count != 1)
        return false;
    if (wr_pkind_of(d->items[0]) == V_BYTES)
        return wr_machine_text(m, d->items[0], &bytes) && may_hide(bytes);
    if (wr_pkind_of(d->items[0]) != V_CALL)
        return false;
    const wr_import *by = &m->facts->imports[wr_payload_of(d->items[0]) >> 32];
    const wr_pickle_detail *args = wr_pdetail(&m->s, wr_payload_of(d->items[0]) & 0xffffffffu);
    wr_slice text;
    if (!wr_slice_is(by->name, "encode") || args == NULL || args->count == 0 || !wr_machine_long_text(m, args->items[0], &text))
        return false;
    bytes = encoded(m, text);
    const bool good = bytes.len > 0 && may_hide(bytes);
    wr_free((void *)(uintptr_t)bytes.at);
    return good;
}

/* NEWOBJ makes an object without running its __init__; the other opcodes call. */
static bool by_new(const wr_machine *m)
{
    const uint8_t code = (uint8_t)m->p->bytes.at[m->op_at];
    return code == OP_NEWOBJ || code == OP_NEWOBJ_EX;
}

static bool first_is_text(const wr_pickle_detail *d)
{
    return d != NULL && d->count > 0 && (wr_pkind_of(d->items[0]) == V_STR || wr_pkind_of(d->items[0]) == V_BYTES);
}

/* _reconstructor(class, base, state) makes an object with base.__new__ and calls base.__init__ with the state, where the
 * base is not object: it must be a class that may be called. */
static bool good_base(wr_machine *m, const wr_pickle_detail *d)
{
    if (d->count != 3 || wr_pkind_of(d->items[1]) != V_GLOBAL)
        return false;
    const wr_import *base = &m->facts->imports[wr_payload_of(d->items[1])];
    return base->policy.verdict == WR_IMPORT_ALLOWED && base->policy.guard == WR_GUARD_NONE;
}

static bool good_call(wr_machine *m, const wr_import *i, const wr_pickle_detail *d, wr_pval *ret_result)
{
    switch (i->policy.guard) {
    case WR_GUARD_MADE: return by_new(m);
    case WR_GUARD_NO_TEXT: return !first_is_text(d);
    case WR_GUARD_ATTRIBUTE: return good_attribute(m, d, ret_result);
    case WR_GUARD_CODEC: return good_codec(m, d);
    case WR_GUARD_NESTED: return good_nested(m, d);
    case WR_GUARD_PLAIN_CALLABLE:
        return d != NULL && d->count >= 1 && wr_pkind_of(d->items[0]) == V_GLOBAL &&
               (!wr_slice_is(i->name, "_reconstructor") || good_base(m, d));
    default: return true;
    }
}

/* A bound method or a partial function among the arguments: what is called may call it, with values that nobody follows. */
static bool hands_method(wr_machine *m, const wr_pickle_detail *d, int depth)
{
    for (uint32_t k = 0; d != NULL && k < d->count && k < WR_PICKLE_DETAIL_ITEMS; k++) {
        const wr_pval v = d->items[k];
        const wr_import *by = wr_pkind_of(v) == V_CALL ? &m->facts->imports[wr_payload_of(v) >> 32] : NULL;
        if (by != NULL && makes_methods(by))
            return true;
        if (wr_pkind_of(v) == V_TUPLE && depth > 0 && hands_method(m, wr_pdetail(&m->s, wr_payload_of(v)), depth - 1))
            return true;
    }
    return false;
}

/* Of the class that is the first argument, an object is made with the __new__ of another one that is judged itself. */
static bool only_makes(const wr_import *i)
{
    return (i->policy.verdict == WR_IMPORT_GUARDED && wr_slice_is(i->name, "_reconstructor")) ||
           (i->policy.verdict == WR_IMPORT_ALLOWED && wr_slice_is(i->name, "_reconstruct"));
}

/* Unknown imports among the arguments, from the one numbered `from` on: what is called may call them. */
static void note_handed(wr_machine *m, const wr_pickle_detail *d, uint32_t from, int depth)
{
    for (uint32_t k = from; d != NULL && k < d->count && k < WR_PICKLE_DETAIL_ITEMS; k++) {
        const wr_pval v = d->items[k];
        if (wr_pkind_of(v) == V_GLOBAL)
            m->facts->imports[wr_payload_of(v)].handed = true;
        if (wr_pkind_of(v) == V_TUPLE && depth > 0)
            note_handed(m, wr_pdetail(&m->s, wr_payload_of(v)), 0, depth - 1);
    }
}

/* What a call returned is called. partial(f) called is f called, whatever it was bound to, where f may be called with
 * anything. What a refused call returned needs no second finding. */
static bool called_result(wr_machine *m, wr_pval callee)
{
    const wr_import *by = &m->facts->imports[wr_payload_of(callee) >> 32];
    if (by->policy.verdict == WR_IMPORT_DENIED)
        return true;
    const wr_pickle_detail *d = wr_pdetail(&m->s, wr_payload_of(callee) & 0xffffffffu);
    if (by->policy.guard != WR_GUARD_PLAIN_CALLABLE || !wr_slice_is(by->name, "partial") || d == NULL || d->count == 0 ||
        wr_pkind_of(d->items[0]) != V_GLOBAL)
        return false;
    const wr_import *inner = &m->facts->imports[wr_payload_of(d->items[0])];
    return inner->policy.verdict == WR_IMPORT_ALLOWED && inner->policy.guard == WR_GUARD_NONE;
}

static void untraced_call(wr_machine *m, wr_pval callee)
{
    if (!may_show_untraced(m))
        return;
    WR_AUTO_BUF b = wr_buf_new(4096);
    describe(m, &b, callee, 1);
    wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_UNTRACED_CALL,
                 wr_arena_printf(m->x->l->arena, "%llu", (unsigned long long)m->op_at),
                 "calls a value that is no import (" WR_FMT "), opcode at byte %llu", WR_ARG(wr_buf_slice(&b)),
                 (unsigned long long)m->op_at);
}

wr_pval wr_machine_call(wr_machine *m, wr_pval callee, wr_pval args)
{
    if (wr_pkind_of(callee) != V_GLOBAL && wr_pkind_of(callee) != V_GUARDED) {
        if (wr_pkind_of(callee) != V_CALL || !called_result(m, callee))
            untraced_call(m, callee);
        return WR_PVAL(V_UNKNOWN, 0);
    }
    const uint32_t number = (uint32_t)wr_payload_of(callee);
    wr_import *i = &m->facts->imports[number];
    const wr_pickle_detail *d = wr_pkind_of(args) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(args)) : NULL;
    const wr_pval made = WR_PVAL(V_CALL, (uint64_t)number << 32 | (d != NULL ? d->number : 0));
    const bool runs = !by_new(m) || d == NULL || d->count > 0;
    if ((!i->called || (runs && !i->ran)) && i->policy.verdict != WR_IMPORT_ALLOWED) {
        i->call_at = m->op_at;
        i->with_data = d == NULL || d->count > 0;
        i->evidence = evidence(m, args);
    }
    i->called = true;
    i->ran |= runs;
    note_handed(m, d, only_makes(i) ? 1 : 0, 3);
    wr_pval result = made;
    if (hands_method(m, d, 3))
        wr_machine_handed_on(m);
    if (i->policy.guard == WR_GUARD_NONE || good_call(m, i, d, &result))
        return result;
    i = &m->facts->imports[number]; /* the table may have moved */
    if (may_show_untraced(m))
        wr_exam_find(m->x, m->p, m->op_at, WR_RULE_PICKLE_GUARDED_CALL,
                     wr_arena_printf(m->x->l->arena, WR_FMT "." WR_FMT " %llu", WR_ARG(i->module), WR_ARG(i->name),
                                     (unsigned long long)m->op_at),
                     "calls " WR_FMT "." WR_FMT " with " WR_FMT ", opcode at byte %llu", WR_ARG(i->module), WR_ARG(i->name),
                     WR_ARG(evidence(m, args)), (unsigned long long)m->op_at);
    return WR_PVAL(V_UNKNOWN, 0);
}
