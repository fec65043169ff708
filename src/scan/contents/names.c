#include "names.h"

#include "scan/artifacts/pickle_op.h"

#include <stdio.h>
#include <stdlib.h>
#include <warrant/text.h>

#define STACK_MOST (1u << 20)
#define MEMO_MOST (1u << 21)
#define VISITS_MOST 2000000u

typedef enum { OTHER, MARK, TEXT, INT, TUPLE, GLOBAL, STORAGE, TENSOR, BOX } kind;

typedef struct value value;
typedef struct item { const value *key, *value; struct item *next; } item;
typedef struct { item *first, *last; bool walking; } box;     /* dict, list, or an object's attributes */
struct value {
    kind kind;
    union {
        wr_slice text;
        int64_t integer;
        struct { const value **items; size_t count; } tuple;
        struct { wr_slice module, name; } global;
        struct { wr_slice type, key; int64_t count, first; } storage; /* first: of a view */
        struct { const value *storage, *size, *stride; int64_t first; } tensor;
        box *box;
    } u;
};

typedef struct {
    names_job *job;
    wr_cursor c;
    const value **stack; size_t depth, stack_cap;
    const value **memo; size_t memo_cap;
    uint64_t next_memo;
    uint32_t visits;
    const char *why;
} walk;

static const value other = { .kind = OTHER }, mark = { .kind = MARK };

static value *make(walk *w, kind k)
{
    value *v = wr_arena_one(w->job->a, value);
    if (v == NULL)
        w->why = "the pickle's structure needs more memory than is allowed";
    else
        v->kind = k;
    return v;
}

static bool grow(const value ***list, size_t *cap, size_t need, size_t most)
{
    if (need <= *cap)
        return true;
    size_t n = *cap ? *cap : 256;
    while (n < need)
        n *= 2;
    const value **p = need <= most ? wr_realloc(*list, n * sizeof *p) : NULL;
    if (p == NULL)
        return false;
    memset((void *)(p + *cap), 0, (n - *cap) * sizeof *p);
    *list = p;
    *cap = n;
    return true;
}

static void push(walk *w, const value *v)
{
    if (!grow(&w->stack, &w->stack_cap, w->depth + 1, STACK_MOST))
        w->why = "the pickle's stack is deeper than is followed";
    else
        w->stack[w->depth++] = v ? v : &other;
}

static const value *pop(walk *w)
{
    if (w->depth == 0) {
        w->why = "the pickle takes from an empty stack";
        return &other;
    }
    return w->stack[--w->depth];
}

static const value *top(const walk *w) { return w->depth > 0 ? w->stack[w->depth - 1] : &other; }

static size_t to_mark(walk *w)
{
    size_t at = w->depth;
    while (at > 0 && w->stack[at - 1]->kind != MARK)
        at--;
    if (at == 0)
        w->why = "the pickle looks for a mark that is not there";
    return at;
}

static void push_text(walk *w, wr_slice s)
{
    value *v = make(w, TEXT);
    if (v != NULL)
        v->u.text = s;
    push(w, v);
}

static void push_int(walk *w, int64_t n)
{
    value *v = make(w, INT);
    if (v != NULL)
        v->u.integer = n;
    push(w, v);
}

static const value *new_box(walk *w)
{
    value *v = make(w, BOX);
    if (v != NULL && (v->u.box = wr_arena_one(w->job->a, box)) == NULL)
        w->why = "the pickle's structure needs more memory than is allowed";
    return v != NULL && v->u.box != NULL ? v : &other;
}

static void put(walk *w, const value *into, const value *key, const value *v)
{
    /* what can hold no tensor need not be kept */
    if (into->kind != BOX || (v->kind != TENSOR && v->kind != BOX && v->kind != TUPLE))
        return;
    item *i = wr_arena_one(w->job->a, item);
    if (i == NULL) {
        w->why = "the pickle's structure needs more memory than is allowed";
        return;
    }
    *i = (item){ key, v, NULL };
    box *b = into->u.box;
    *(b->last ? &b->last->next : &b->first) = i;
    b->last = i;
}

static void push_tuple(walk *w, size_t count)
{
    if (count > w->depth) {
        w->why = "the pickle takes from an empty stack";
        return;
    }
    value *v = make(w, TUPLE);
    const value **items = count ? wr_arena_array(w->job->a, const value *, count) : NULL;
    if (v != NULL && count > 0 && items != NULL)
        memcpy((void *)items, &w->stack[w->depth - count], count * sizeof *items);
    if (count > 0 && items == NULL)
        w->why = "the pickle's structure needs more memory than is allowed";
    if (v != NULL)
        v->u.tuple.items = items, v->u.tuple.count = items ? count : 0;
    w->depth -= count;
    push(w, v);
}

static const value *part(const value *v, size_t i)
{
    return v->kind == TUPLE && i < v->u.tuple.count ? v->u.tuple.items[i] : &other;
}

static bool is_global(const value *v, const char *module, const char *name)
{
    return v->kind == GLOBAL && wr_slice_is(v->u.global.module, module) && wr_slice_is(v->u.global.name, name);
}

static const value *call(walk *w, const value *callee, const value *args)
{
    if (is_global(callee, "torch._utils", "_rebuild_parameter") || is_global(callee, "torch._utils", "_rebuild_parameter_with_state") ||
        is_global(callee, "torch._tensor", "_rebuild_from_type_v2"))
        return part(args, callee->u.global.name.len == strlen("_rebuild_from_type_v2") ? 2 : 0);
    if (callee->kind == GLOBAL && wr_slice_is(callee->u.global.module, "torch._utils") &&
        wr_slice_starts(callee->u.global.name, "_rebuild_tensor") &&
        part(args, 0)->kind == STORAGE && part(args, 1)->kind == INT) {
        value *v = make(w, TENSOR);
        if (v != NULL) {
            v->u.tensor.storage = part(args, 0);
            v->u.tensor.first = part(args, 1)->u.integer;
            v->u.tensor.size = part(args, 2);
            v->u.tensor.stride = part(args, 3);
        }
        return v;
    }
    return new_box(w);
}

static const value *persistent(walk *w, const value *id)
{
    if (part(id, 0)->kind != TEXT || !wr_slice_is(part(id, 0)->u.text, "storage") || part(id, 1)->kind != GLOBAL ||
        part(id, 2)->kind != TEXT || part(id, 4)->kind != INT)
        return &other;
    value *v = make(w, STORAGE);
    if (v != NULL) {
        v->u.storage.type = part(id, 1)->u.global.name;
        v->u.storage.key = part(id, 2)->u.text;
        v->u.storage.count = part(id, 4)->u.integer;
        if (part(part(id, 5), 1)->kind == INT) /* the older format: a view of (key, first, count) into another storage */
            v->u.storage.first = part(part(id, 5), 1)->u.integer;
        if (w->job->storage != NULL && v->u.storage.count >= 0)
            w->job->storage(w->job->ctx, v->u.storage.key, v->u.storage.type, (uint64_t)v->u.storage.count);
    }
    return v;
}

static void remember(walk *w, uint64_t at)
{
    if (at >= MEMO_MOST || !grow(&w->memo, &w->memo_cap, (size_t)at + 1, MEMO_MOST))
        w->why = "the pickle's memo is larger than is followed";
    else
        w->memo[at] = top(w);
    if (at >= w->next_memo)
        w->next_memo = at + 1;
}

static void recall(walk *w, uint64_t at)
{
    push(w, at < w->memo_cap && w->memo[at] != NULL ? w->memo[at] : &other);
}

static void pairs(walk *w, size_t from)
{
    const value *into = from >= 2 ? w->stack[from - 2] : &other;
    for (size_t i = from; i + 1 < w->depth; i += 2)
        put(w, into, w->stack[i], w->stack[i + 1]);
}

static void push_global(walk *w, wr_slice module, wr_slice name)
{
    value *v = make(w, GLOBAL);
    if (v != NULL)
        v->u.global.module = module, v->u.global.name = name;
    push(w, v);
}

static int64_t long_of(wr_slice bytes)
{
    uint64_t n = 0;
    for (size_t i = 0; i < bytes.len && i < 8; i++)
        n |= (uint64_t)(uint8_t)bytes.at[i] << (8 * i);
    if (bytes.len > 0 && bytes.len < 8 && (bytes.at[bytes.len - 1] & 0x80))
        n |= UINT64_MAX << (8 * bytes.len);
    return bytes.len <= 8 ? (int64_t)n : -1;
}

/* Opcodes that build containers. True where it was one of them. */
static bool step_container(walk *w, const wr_pickle_op *op)
{
    size_t at;
    switch (op->code) {
    case OP_EMPTY_DICT: case OP_EMPTY_LIST: case OP_EMPTY_SET: push(w, new_box(w)); return true;
    case OP_EMPTY_TUPLE: push_tuple(w, 0); return true;
    case OP_TUPLE1: case OP_TUPLE2: case OP_TUPLE3: push_tuple(w, op->code - OP_TUPLE1 + 1u); return true;
    case OP_TUPLE: case OP_FROZENSET:
        at = to_mark(w);
        if (at > 0) {
            push_tuple(w, w->depth - at);
            const value *v = pop(w);
            (void)pop(w);
            push(w, v);
        }
        return true;
    case OP_SETITEM: case OP_APPEND: {
        const value *v = pop(w), *key = op->code == OP_SETITEM ? pop(w) : NULL;
        put(w, top(w), key, v);
        return true;
    }
    case OP_SETITEMS: case OP_APPENDS: case OP_ADDITEMS:
        at = to_mark(w);
        if (op->code == OP_SETITEMS)
            pairs(w, at);
        else
            for (size_t i = at; at >= 2 && i < w->depth; i++)
                put(w, w->stack[at - 2], NULL, w->stack[i]);
        w->depth = at > 0 ? at - 1 : 0;
        return true;
    case OP_DICT: case OP_LIST: {
        at = to_mark(w);
        const value *b = new_box(w);
        for (size_t i = at; at > 0 && i < w->depth; i += op->code == OP_DICT ? 2 : 1)
            if (op->code == OP_LIST || i + 1 < w->depth)
                put(w, b, op->code == OP_DICT ? w->stack[i] : NULL, w->stack[op->code == OP_DICT ? i + 1 : i]);
        w->depth = at > 0 ? at - 1 : 0;
        push(w, b);
        return true;
    }
    default: return false;
    }
}

static void build(walk *w)
{
    const value *state = pop(w), *into = top(w);
    /* attributes, or (attributes, slots) */
    for (size_t i = 0; i < (state->kind == TUPLE ? state->u.tuple.count : 1); i++) {
        const value *s = state->kind == TUPLE ? part(state, i) : state;
        for (const item *k = s->kind == BOX ? s->u.box->first : NULL; k != NULL && w->why == NULL; k = k->next)
            if (into != s)
                put(w, into, k->key, k->value);
    }
}

static bool step_call(walk *w, const wr_pickle_op *op)
{
    const value *args, *callee;
    size_t at;
    switch (op->code) {
    case OP_REDUCE: case OP_NEWOBJ:
        args = pop(w);
        callee = pop(w);
        push(w, call(w, callee, args));
        return true;
    case OP_NEWOBJ_EX:
        (void)pop(w), (void)pop(w), (void)pop(w);
        push(w, new_box(w));
        return true;
    case OP_OBJ: case OP_INST:
        at = to_mark(w);
        w->depth = at > 0 ? at - 1 : 0;
        push(w, new_box(w));
        return true;
    case OP_BUILD: build(w); return true;
    case OP_BINPERSID: args = pop(w); push(w, persistent(w, args)); return true;
    case OP_PERSID: push(w, &other); return true;
    case OP_GLOBAL: push_global(w, op->arg, op->arg2); return true;
    case OP_STACK_GLOBAL: {
        const value *name = pop(w), *module = pop(w);
        push_global(w, module->kind == TEXT ? module->u.text : (wr_slice){ 0 }, name->kind == TEXT ? name->u.text : (wr_slice){ 0 });
        return true;
    }
    default: return false;
    }
}

static void step(walk *w, const wr_pickle_op *op)
{
    uint64_t n;
    if (step_container(w, op) || step_call(w, op))
        return;
    switch (op->code) {
    case OP_PROTO: case OP_FRAME: case OP_STOP: case OP_READONLY_BUFFER: return;
    case OP_MARK: push(w, &mark); return;
    case OP_POP: (void)pop(w); return;
    case OP_POP_MARK: n = to_mark(w); w->depth = n > 0 ? n - 1 : 0; return;
    case OP_DUP: push(w, top(w)); return;
    case OP_BININT: push_int(w, (int32_t)op->n); return;
    case OP_BININT1: case OP_BININT2: push_int(w, (int64_t)op->n); return;
    case OP_LONG1: case OP_LONG4: push_int(w, long_of(op->arg)); return;
    case OP_SHORT_BINUNICODE: case OP_BINUNICODE: case OP_BINUNICODE8: case OP_UNICODE: case OP_SHORT_BINSTRING: case OP_BINSTRING:
        push_text(w, op->arg);
        return;
    case OP_MEMOIZE: remember(w, w->next_memo); return;
    case OP_BINPUT: case OP_LONG_BINPUT: remember(w, op->n); return;
    case OP_BINGET: case OP_LONG_BINGET: recall(w, op->n); return;
    case OP_PUT: if (wr_parse_u64(op->arg, &n)) remember(w, n); return;
    case OP_GET: recall(w, wr_parse_u64(op->arg, &n) ? n : UINT64_MAX); return;
    default: push(w, &other); return; /* numbers, bytes, none, buffers */
    }
}

/* ---- the names ---- */

static bool numbers(const value *v, uint64_t *ret, size_t *ret_count)
{
    if (v->kind != TUPLE || v->u.tuple.count > TENSOR_DIMS_MOST)
        return false;
    for (size_t i = 0; i < v->u.tuple.count; i++) {
        if (part(v, i)->kind != INT || part(v, i)->u.integer < 0)
            return false;
        ret[i] = (uint64_t)part(v, i)->u.integer;
    }
    *ret_count = v->u.tuple.count;
    return true;
}

static void tell(walk *w, const value *v, wr_slice path)
{
    const value *s = v->u.tensor.storage;
    named_tensor n = { .name = path, .type = s->u.storage.type, .key = s->u.storage.key };
    size_t strides = 0;
    if (s->u.storage.count < 0 || v->u.tensor.first < 0 || s->u.storage.first < 0 || !numbers(v->u.tensor.size, n.dims, &n.rank) ||
        !numbers(v->u.tensor.stride, n.strides, &strides) || strides != n.rank) {
        w->why = "a tensor whose size is not stated plainly";
        return;
    }
    n.storage_count = (uint64_t)s->u.storage.count;
    n.first = (uint64_t)v->u.tensor.first + (uint64_t)s->u.storage.first;
    w->job->found(w->job->ctx, &n);
}

static void visit(walk *w, const value *v, wr_slice path, unsigned depth);

static void visit_item(walk *w, const value *key, size_t number, const value *v, wr_slice path, unsigned depth)
{
    wr_arena *a = w->job->a;
    wr_slice name = key != NULL && key->kind == TEXT ? key->u.text
                    : key != NULL && key->kind == INT ? wr_arena_printf(a, "%lld", (long long)key->u.integer)
                                                      : wr_arena_printf(a, "%zu", number);
    if (path.len > 0)
        name = wr_path_join(a, path, name);
    if (name.at == NULL && name.len == 0 && path.len > 0)
        w->why = "the names of the tensors need more memory than is allowed";
    else
        visit(w, v, name, depth + 1);
}

static void visit(walk *w, const value *v, wr_slice path, unsigned depth)
{
    if (w->why != NULL)
        return;
    if (w->visits++ > VISITS_MOST || depth > NAMES_DEPTH) {
        w->why = "the pickle nests deeper or wider than is followed";
        return;
    }
    if (v->kind == TENSOR)
        tell(w, v, path);
    for (size_t i = 0; v->kind == TUPLE && i < v->u.tuple.count; i++)
        if (part(v, i)->kind == TENSOR || part(v, i)->kind == BOX || part(v, i)->kind == TUPLE)
            visit_item(w, NULL, i, part(v, i), path, depth);
    if (v->kind != BOX || v->u.box->walking)
        return; /* a thing inside itself is listed once */
    v->u.box->walking = true;
    size_t number = 0;
    for (const item *i = v->u.box->first; i != NULL && w->why == NULL; i = i->next)
        visit_item(w, i->key, number++, i->value, path, depth);
    v->u.box->walking = false;
}

void names_of(wr_slice pickle, names_job *job)
{
    walk w = { .job = job, .c = wr_cursor_of(pickle) };
    wr_pickle_op op = { 0 };
    bool stopped = false;
    for (uint32_t n = 0; w.why == NULL && !stopped; n++) {
        if (n >= NAMES_OPCODES)
            w.why = "the pickle is longer than is followed";
        else if (!wr_pickle_next(&w.c, &op))
            w.why = "the pickle breaks off";
        else {
            stopped = op.code == OP_STOP;
            step(&w, &op);
        }
    }
    if (w.why == NULL)
        visit(&w, top(&w), WR_SLICE(""), 0);
    job->why = w.why;
    wr_free((void *)w.stack);
    wr_free((void *)w.memo);
}
