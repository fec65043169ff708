/* The unpickler's machine without the objects. */
#include <stdio.h>
#include <stdlib.h>

#include "pickle.h"

#define LET_GO_STEP ((uint64_t)8 << 20)

bool wr_machine_open(wr_machine *m, wr_exam *x, const wr_part *p, const wr_pickle_policy *policy, wr_pickle_facts *facts)
{
    *m = (wr_machine){ .x = x, .p = p, .policy = policy, .facts = facts, .c = wr_cursor_of(p->bytes) };
    return wr_pickle_stack_open(&m->s);
}

void wr_machine_close(wr_machine *m)
{
    wr_pickle_stack_close(&m->s);
}

void wr_machine_trouble(wr_machine *m, uint64_t at, const char *why)
{
    if (m->facts->quiet || m->facts->troubles++ >= WR_TROUBLES_SHOWN)
        return;
    wr_exam_unread(m->x, m->p, at, "the pickle is not understood from byte %llu on: %s", (unsigned long long)at, why);
}

/* ---- values that are looked at again ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
        return (c | 0x20) - 'a' + 10;
    return -1;
}

static void add_utf8(wr_buf *b, uint32_t u)
{
    if (u < 0x80) {
        wr_buf_char(b, (char)u);
    } else if (u < 0x800) {
        wr_buf_char(b, (char)(0xc0 | u >> 6));
        wr_buf_char(b, (char)(0x80 | (u & 0x3f)));
    } else if (u < 0x10000) {
        wr_buf_char(b, (char)(0xe0 | u >> 12));
        wr_buf_char(b, (char)(0x80 | (u >> 6 & 0x3f)));
        wr_buf_char(b, (char)(0x80 | (u & 0x3f)));
    } else {
        wr_buf_char(b, (char)(0xf0 | (u >> 18 & 7)));
        wr_buf_char(b, (char)(0x80 | (u >> 12 & 0x3f)));
        wr_buf_char(b, (char)(0x80 | (u >> 6 & 0x3f)));
        wr_buf_char(b, (char)(0x80 | (u & 0x3f)));
    }
}

/* The number of `digits` hexadecimal digits at text[i], or -1. */
static int64_t hex_run(wr_slice text, size_t i, size_t digits)
{
    int64_t u = 0;
    for (size_t k = 0; k < digits; k++) {
        const int d = i + k < text.len ? hex_digit(text.at[i + k]) : -1;
        if (d < 0)
            return -1;
        u = u * 16 + d;
    }
    return u;
}

/* Backslash escapes: UNICODE knows \u and \U alone, STRING those of a Python string. A name may hide in them. */
static bool unescape(wr_arena *a, wr_slice text, bool unicode_only, wr_slice *ret)
{
    static const char plain[] = "\\\\''\"\"a\ab\bf\fn\nr\rt\tv\v";
    WR_AUTO_BUF b = wr_buf_new(text.len * 4 + 16);
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.at[i];
        if (c != '\\' || i + 1 >= text.len) {
            if (unicode_only)
                add_utf8(&b, (uint8_t)c); /* raw-unicode-escape: other bytes are Latin-1 */
            else
                wr_buf_char(&b, c);
            continue;
        }
        const char e = text.at[++i];
        const size_t digits = e == 'u' ? 4 : e == 'U' ? 8 : e == 'x' && !unicode_only ? 2 : 0;
        const int64_t u = digits > 0 ? hex_run(text, i + 1, digits) : -1;
        if (u >= 0 && u <= 0x10ffff) {
            add_utf8(&b, (uint32_t)u);
            i += digits;
            continue;
        }
        if (!unicode_only && e >= '0' && e <= '7') {
            uint32_t octal = 0;
            size_t n = 0;
            for (; n < 3 && i + n < text.len && text.at[i + n] >= '0' && text.at[i + n] <= '7'; n++)
                octal = octal * 8 + (uint32_t)(text.at[i + n] - '0');
            add_utf8(&b, octal);
            i += n - 1;
            continue;
        }
        const char *known = NULL;
        for (const char *k = plain; !unicode_only && *k != '\0'; k += 2)
            if (*k == e)
                known = k;
        if (known == NULL)
            wr_buf_char(&b, '\\');
        wr_buf_char(&b, known != NULL ? known[1] : e);
    }
    *ret = wr_arena_dup(a, wr_buf_slice(&b));
    return wr_buf_ok(&b) && ret->at != NULL;
}

static bool op_at(const wr_machine *m, uint64_t at, wr_pickle_op *op)
{
    wr_cursor c = { .base = m->c.base, .at = m->c.base, .end = m->c.end };
    if (at >= (uint64_t)(c.end - c.base))
        return false;
    c.at += at;
    return wr_pickle_next(&c, op);
}

static bool text_of(wr_machine *m, wr_pval v, size_t most, wr_slice *ret)
{
    const wr_pkind kind = wr_pkind_of(v);
    wr_pickle_op op;
    if ((kind != V_STR && kind != V_BYTES) || !op_at(m, wr_payload_of(v), &op))
        return false;
    wr_slice text = op.arg;
    if (op.code == OP_STRING)
        text = text.len >= 2 ? wr_slice_part(text, 1, text.len - 2) : (wr_slice){ 0 };
    *ret = text;
    const bool escapes = op.code == OP_UNICODE || (op.code == OP_STRING && text.len > 0 &&
                                                   memchr(text.at, '\\', text.len) != NULL);
    if (!escapes || text.len == 0 || text.len > most || m->facts->unescaped > WR_UNESCAPED_MOST)
        return true; /* as it is written: no name that anybody knows */
    m->facts->unescaped += text.len;
    return unescape(m->x->l->arena, text, op.code == OP_UNICODE, ret);
}

bool wr_machine_text(wr_machine *m, wr_pval v, wr_slice *ret)
{
    return text_of(m, v, WR_NAME_MOST, ret);
}

bool wr_machine_long_text(wr_machine *m, wr_pval v, wr_slice *ret)
{
    return text_of(m, v, WR_UNESCAPED_MOST, ret);
}

static bool line_int(wr_slice line, int64_t *ret)
{
    char text[32];
    line = wr_slice_trim(line);
    if (line.len > 0 && line.at[line.len - 1] == 'L')
        line.len--;
    if (line.len == 0 || line.len >= sizeof text)
        return false;
    memcpy(text, line.at, line.len);
    text[line.len] = '\0';
    char *end = NULL;
    *ret = strtoll(text, &end, 10);
    return *end == '\0';
}

bool wr_machine_int(wr_machine *m, wr_pval v, int64_t *ret)
{
    wr_pickle_op op = { 0 };
    if (wr_pkind_of(v) != V_INT || !op_at(m, wr_payload_of(v), &op))
        return false;
    switch (op.code) {
    case OP_BININT: *ret = (int32_t)op.n; return true;
    case OP_BININT1:
    case OP_BININT2: *ret = (int64_t)op.n; return true;
    case OP_INT:
    case OP_LONG: return line_int(op.arg, ret);
    default: break;
    }
    if (op.arg.len > 8)
        return false;
    uint64_t n = wr_pickle_number((const uint8_t *)op.arg.at, (unsigned)op.arg.len);
    if (op.arg.len > 0 && op.arg.len < 8 && (op.arg.at[op.arg.len - 1] & 0x80) != 0)
        n |= ~(uint64_t)0 << (8 * op.arg.len);
    *ret = (int64_t)n;
    return true;
}

/* ---- opcodes in groups ---- */

static void push_number(wr_machine *m)
{
    /* Deep in a huge tuple no number matters; runs of them then cost nothing. */
    if (m->s.depth < WR_PICKLE_SLOTS_MOST / 2)
        wr_ppush(&m->s, WR_PVAL(V_INT, m->op_at));
    else
        wr_ppush_opaque(&m->s);
}

static void push_text(wr_machine *m, wr_pkind kind, wr_slice text)
{
    if (kind == V_STR && text.len == 0)
        wr_ppush_opaque(&m->s);
    else
        wr_ppush(&m->s, WR_PVAL(kind, m->op_at));
    if (text.len >= 6)
        wr_machine_look_inside(m, text, m->op_at);
}

static void make_tuple(wr_machine *m, unsigned count)
{
    wr_pval items[3] WR_UNSET;
    for (unsigned i = count; i-- > 0;)
        items[i] = wr_ppop(&m->s);
    wr_ppush(&m->s, WR_PVAL(V_TUPLE, wr_pdetail_new(&m->s, items, count)));
}

/* TUPLE, LIST, DICT, FROZENSET: from the mark. */
static void make_from_mark(wr_machine *m, uint8_t code)
{
    wr_pval items[WR_PICKLE_DETAIL_ITEMS] WR_UNSET;
    uint64_t count;
    wr_pcollect(&m->s, items, &count);
    if (code == OP_TUPLE)
        wr_ppush(&m->s, WR_PVAL(V_TUPLE, wr_pdetail_new(&m->s, items, count)));
    else if (code == OP_DICT && m->facts->array_wrapper)
        wr_ppush(&m->s, WR_PVAL(V_DICT, wr_pdetail_new(&m->s, items, count)));
    else
        wr_ppush_opaque(&m->s);
}

static void empty_dict(wr_machine *m)
{
    if (m->facts->array_wrapper)
        wr_ppush(&m->s, WR_PVAL(V_DICT, wr_pdetail_new(&m->s, NULL, 0)));
    else
        wr_ppush_opaque(&m->s);
}

/* Something was added to what is on top: a dict that is followed remembers it, an import must not be changed. */
static void added(wr_machine *m, const wr_pval *items, uint64_t count, const char *how)
{
    const wr_pval top = wr_ptop(&m->s);
    if (wr_pkind_of(top) == V_GLOBAL || wr_pkind_of(top) == V_GUARDED)
        wr_machine_patched(m, top, how);
    if (wr_pkind_of(top) != V_DICT)
        return;
    wr_pickle_detail *d = wr_pdetail(&m->s, wr_payload_of(top));
    if (d == NULL)
        return;
    for (uint64_t i = 0; i < count && i < WR_PICKLE_DETAIL_ITEMS; i++)
        if (d->count + i < WR_PICKLE_DETAIL_ITEMS)
            d->items[d->count + i] = items[i];
    d->count = d->count + count > WR_PICKLE_DETAIL_ITEMS ? WR_PICKLE_DETAIL_ITEMS + 1 : d->count + (uint32_t)count;
}

static void add_items(wr_machine *m, uint8_t code)
{
    wr_pval items[WR_PICKLE_DETAIL_ITEMS] WR_UNSET;
    uint64_t count = code == OP_SETITEM ? 2 : 1;
    if (code == OP_SETITEM || code == OP_APPEND) {
        for (uint64_t i = count; i-- > 0;)
            items[i] = wr_ppop(&m->s);
    } else {
        wr_pcollect(&m->s, items, &count);
    }
    added(m, items, count, code == OP_SETITEM || code == OP_SETITEMS ? "sets items of" : "adds to");
}

/* What may be asked for its name or its parts later. */
static bool matters(wr_machine *m, wr_pval v)
{
    const wr_pkind kind = wr_pkind_of(v);
    wr_pickle_op op;
    if (kind == V_STR)
        return op_at(m, wr_payload_of(v), &op) && op.arg.len <= 1024;
    return kind == V_GLOBAL || kind == V_GUARDED || kind == V_CALL;
}

static void memo_put(wr_machine *m, uint64_t key)
{
    const wr_pval top = wr_ptop(&m->s);
    wr_pmemo_put(&m->s, key, top, key < WR_PICKLE_MEMO_MOST || matters(m, top));
}

static void memo_get(wr_machine *m, uint64_t key)
{
    bool forgotten;
    const wr_pval v = wr_pmemo_get(&m->s, key, &forgotten);
    if (v == 0 && !forgotten)
        wr_machine_trouble(m, m->op_at, "it fetches a memo entry that was never stored");
    if (wr_pkind_of(v) == V_OPAQUE)
        wr_ppush_opaque(&m->s);
    else
        wr_ppush(&m->s, v != 0 ? v : WR_PVAL(V_UNKNOWN, 0));
}

static void memo_line(wr_machine *m, const wr_pickle_op *op)
{
    int64_t key;
    if (!line_int(op->arg, &key) || key < 0) {
        wr_machine_trouble(m, m->op_at, "a memo index that is no number");
        key = 0;
    }
    if (op->code == OP_PUT)
        memo_put(m, (uint64_t)key);
    else
        memo_get(m, (uint64_t)key);
}

static void stack_global(wr_machine *m)
{
    const wr_pval name = wr_ppop(&m->s);
    const wr_pval module = wr_ppop(&m->s);
    wr_slice module_text, name_text;
    if (wr_pkind_of(module) == V_STR && wr_pkind_of(name) == V_STR && wr_machine_text(m, module, &module_text) &&
        wr_machine_text(m, name, &name_text))
        wr_ppush(&m->s, wr_machine_import(m, module_text, name_text));
    else
        wr_ppush(&m->s, wr_machine_import_untraced(m, module, name));
}

/* Taken to be called: that is what a guarded import is for. */
static wr_pval callee_of(wr_machine *m)
{
    const bool before = m->s.guarded;
    const wr_pval callee = wr_ppop(&m->s);
    m->s.guarded = before;
    return callee;
}

/* The call opcodes differ in where callee and arguments stand. */
static void call(wr_machine *m, const wr_pickle_op *op)
{
    wr_pval items[WR_PICKLE_DETAIL_ITEMS] WR_UNSET, callee, args;
    uint64_t count;
    switch (op->code) {
    case OP_INST:
        wr_pcollect(&m->s, items, &count);
        callee = wr_machine_import(m, op->arg, op->arg2);
        args = WR_PVAL(V_TUPLE, wr_pdetail_new(&m->s, items, count));
        break;
    case OP_OBJ:
        wr_pcollect(&m->s, items, &count);
        m->s.underflow |= count == 0;
        callee = count > 0 ? items[0] : WR_PVAL(V_UNKNOWN, 0);
        if (count > WR_PICKLE_DETAIL_ITEMS)
            count = WR_PICKLE_DETAIL_ITEMS;
        args = WR_PVAL(V_TUPLE, count > 0 ? wr_pdetail_new(&m->s, items + 1, count - 1) : 0);
        break;
    case OP_NEWOBJ_EX:
        (void)wr_ppop(&m->s); /* keyword arguments */
        args = wr_ppop(&m->s);
        callee = callee_of(m);
        break;
    default: /* REDUCE, NEWOBJ */
        args = wr_ppop(&m->s);
        callee = callee_of(m);
        break;
    }
    wr_ppush(&m->s, wr_machine_call(m, callee, args));
}

static void build(wr_machine *m)
{
    const wr_pval state = wr_ppop(&m->s);
    const wr_pval target = wr_ptop(&m->s);
    if (wr_pkind_of(target) == V_GLOBAL || wr_pkind_of(target) == V_GUARDED)
        wr_machine_patched(m, target, "sets attributes of");
    if (wr_pkind_of(target) != V_CALL)
        return;
    const wr_import *made_by = &m->facts->imports[wr_payload_of(target) >> 32];
    if (wr_slice_is(made_by->name, "dtype")) {
        /* Whether a structured dtype holds objects stands in its state: keep that beside its arguments. */
        wr_pickle_detail *d = wr_pdetail(&m->s, wr_payload_of(target) & 0xffffffffu);
        if (d != NULL && d->count < WR_PICKLE_DETAIL_ITEMS)
            d->items[WR_PICKLE_DETAIL_ITEMS - 1] = state;
        wr_pdetail_keep(&m->s, wr_payload_of(target) & 0xffffffffu);
        if (wr_pkind_of(state) == V_TUPLE)
            wr_pdetail_keep(&m->s, wr_payload_of(state));
    }
    if (m->facts->array_wrapper && wr_slice_is(made_by->name, "NumpyArrayWrapper"))
        wr_machine_array_block(m, state);
}

static void check_line_number(wr_machine *m, const wr_pickle_op *op)
{
    for (size_t i = 0; i < op->arg.len; i++)
        if (!wr_pickle_number_chars[(uint8_t)op->arg.at[i]]) {
            wr_machine_trouble(m, m->op_at, "a number that is none");
            return;
        }
}

static void frame(wr_machine *m, const wr_pickle_op *op)
{
    if (op->n > wr_left(&m->c))
        wr_machine_trouble(m, m->op_at, "a frame that reaches past the end of the file");
    if (m->op_at < m->frame_end)
        wr_machine_straddled(m); /* a frame in a frame */
    m->frame_end = wr_offset(&m->c) + op->n < op->n ? UINT64_MAX : wr_offset(&m->c) + op->n;
}

static void proto(wr_machine *m, const wr_pickle_op *op)
{
    if (op->n > 5)
        wr_machine_trouble(m, m->op_at, "a protocol that is not known");
}

static void step(wr_machine *m, const wr_pickle_op *op)
{
    wr_pickle_stack *s = &m->s;
    uint64_t ignored;
    switch (op->code) {
    case OP_NONE: case OP_NEWTRUE: case OP_NEWFALSE: case OP_BINFLOAT: case OP_EMPTY_LIST: case OP_EMPTY_SET:
    case OP_NEXT_BUFFER: wr_ppush_opaque(s); break;
    case OP_FLOAT: check_line_number(m, op); wr_ppush_opaque(s); break;
    case OP_BININT: case OP_BININT1: case OP_BININT2: case OP_LONG1: case OP_LONG4: push_number(m); break;
    case OP_INT: case OP_LONG: check_line_number(m, op); push_number(m); break;
    case OP_SHORT_BINUNICODE: case OP_BINUNICODE: case OP_BINUNICODE8: case OP_UNICODE: case OP_STRING: case OP_BINSTRING:
    case OP_SHORT_BINSTRING: push_text(m, V_STR, op->arg); break;
    case OP_SHORT_BINBYTES: case OP_BINBYTES: case OP_BINBYTES8: case OP_BYTEARRAY8: push_text(m, V_BYTES, op->arg); break;
    case OP_MEMOIZE: memo_put(m, s->memo_count); break;
    case OP_BINPUT: case OP_LONG_BINPUT: memo_put(m, op->n); break;
    case OP_BINGET: case OP_LONG_BINGET: memo_get(m, op->n); break;
    case OP_PUT: case OP_GET: memo_line(m, op); break;
    case OP_MARK: wr_pmark(s); break;
    case OP_TUPLE1: make_tuple(m, 1); break;
    case OP_TUPLE2: make_tuple(m, 2); break;
    case OP_TUPLE3: make_tuple(m, 3); break;
    case OP_EMPTY_TUPLE: make_tuple(m, 0); break;
    case OP_TUPLE: case OP_LIST: case OP_DICT: case OP_FROZENSET: make_from_mark(m, op->code); break;
    case OP_EMPTY_DICT: empty_dict(m); break;
    case OP_APPEND: case OP_APPENDS: case OP_SETITEM: case OP_SETITEMS: case OP_ADDITEMS: add_items(m, op->code); break;
    case OP_GLOBAL: wr_ppush(s, wr_machine_import(m, op->arg, op->arg2)); break;
    case OP_STACK_GLOBAL: stack_global(m); break;
    case OP_REDUCE: case OP_NEWOBJ: case OP_NEWOBJ_EX: case OP_INST: case OP_OBJ: call(m, op); break;
    case OP_BUILD: build(m); break;
    case OP_EXT1: case OP_EXT2: case OP_EXT4: wr_machine_extension(m, op->n); break;
    case OP_PERSID: wr_ppush(s, WR_PVAL(V_PERSISTENT, 0)); break;
    case OP_BINPERSID: wr_machine_persistent(m, wr_ppop(s)); break;
    case OP_POP:
        if (s->depth > 0 && wr_pkind_of(s->slots[s->depth - 1]) == V_MARK)
            wr_pcollect(s, NULL, &ignored);
        else
            (void)callee_of(m); /* dropped */
        break;
    case OP_POP_MARK:
        wr_pcollect(s, NULL, &ignored);
        s->guarded = false;
        break;
    case OP_DUP: {
        const wr_pval top = wr_ptop(s);
        if (wr_pkind_of(top) == V_OPAQUE)
            wr_ppush_opaque(s);
        else
            wr_ppush(s, top);
        break;
    }
    case OP_FRAME: frame(m, op); break;
    case OP_PROTO: proto(m, op); break;
    default: break; /* READONLY_BUFFER changes nothing that matters; STOP is the caller's */
    }
}

/* A mapped file need not stay in memory behind the machine; a text that is asked for again comes back by itself. */
static void let_go(wr_machine *m)
{
    const uint64_t at = wr_offset(&m->c);
    if (at - m->let_go < LET_GO_STEP)
        return;
    wr_exam_let_go(m->x, m->p, at);
    m->let_go = at;
}

wr_run wr_machine_run(wr_machine *m)
{
    wr_pickle_op op = { 0 };
    for (;;) {
        wr_machine_quick(m);
        let_go(m);
        m->op_at = wr_offset(&m->c);
        if (!wr_pickle_next(&m->c, &op))
            break;
        m->facts->opcodes++;
        if (__builtin_expect(m->op_at < m->frame_end && wr_offset(&m->c) > m->frame_end, false))
            wr_machine_straddled(m);
        if (op.code == OP_STOP) {
            m->frame_end = 0;
            (void)wr_ppop(&m->s);
            if (m->s.underflow)
                wr_machine_trouble(m, m->op_at, "it takes more from the stack than is there");
            return WR_RUN_STOPPED;
        }
        step(m, &op);
        if (__builtin_expect(m->s.underflow, false)) {
            wr_machine_trouble(m, m->op_at, "it takes more from the stack than is there");
            m->s.underflow = false;
            if (m->facts->quiet)
                return WR_RUN_BROKEN;
        }
        if (__builtin_expect(m->s.guarded, false)) {
            wr_machine_handed_on(m);
            m->s.guarded = false;
        }
        if (__builtin_expect(m->s.full, false)) {
            wr_machine_trouble(m, m->op_at, "it needs more memory than a pickle is given");
            return WR_RUN_BROKEN;
        }
        if (m->dead)
            return WR_RUN_BROKEN;
    }
    if (wr_ok(&m->c)) {
        wr_machine_trouble(m, m->op_at, "it ends without STOP");
        return WR_RUN_ENDED;
    }
    wr_machine_trouble(m, m->op_at, m->c.why);
    return WR_RUN_BROKEN;
}
