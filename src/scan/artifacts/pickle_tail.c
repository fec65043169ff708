/* What stands between and behind pickles: joblib's array blocks, PyTorch's storages. */
#include <stdio.h>
#include <stdlib.h>

#include "pickle.h"

#define MAX_ELEMENTS ((uint64_t)1 << 50)

/* ---- joblib: after BUILD of a NumpyArrayWrapper its array follows in the stream, raw or as a pickle of its own ---- */

typedef struct { uint64_t count, item; int64_t alignment; bool aligned, objects, known; } block;

static const wr_pval *find(wr_machine *m, const wr_pickle_detail *dict, const char *key)
{
    wr_slice text;
    const wr_pval *ret = NULL;
    for (uint32_t i = 0; i + 1 < dict->count && i + 1 < WR_PICKLE_DETAIL_ITEMS; i += 2)
        if (wr_machine_text(m, dict->items[i], &text) && wr_slice_is(text, key))
            ret = &dict->items[i + 1]; /* the last one wins */
    return ret;
}

/* Whether NONE is the opcode behind the key: the value itself is not kept. */
static bool is_none(wr_machine *m, wr_pval key)
{
    wr_cursor c = wr_cursor_of(m->p->bytes);
    wr_pickle_op op = { 0 };
    wr_seek(&c, wr_payload_of(key));
    if (!wr_pickle_next(&c, &op))
        return false;
    while (wr_pickle_next(&c, &op))
        if (op.code != OP_MEMOIZE && op.code != OP_BINPUT && op.code != OP_LONG_BINPUT && op.code != OP_PUT)
            return op.code == OP_NONE;
    return false;
}

static bool elements(wr_machine *m, const wr_pval *shape, uint64_t *ret)
{
    const wr_pickle_detail *d = shape != NULL && wr_pkind_of(*shape) == V_TUPLE ? wr_pdetail(&m->s,
        wr_payload_of(*shape)) : NULL;
    if (d == NULL || d->count > WR_PICKLE_DETAIL_ITEMS)
        return false;
    *ret = 1;
    for (uint32_t i = 0; i < d->count; i++) {
        int64_t n;
        if (!wr_machine_int(m, d->items[i], &n) || n < 0 || (n > 0 && *ret > MAX_ELEMENTS / (uint64_t)n))
            return false;
        *ret *= (uint64_t)n;
    }
    return true;
}

/* joblib writes a number here, or None where its output could not tell its place; it takes all but None for a number. */
static bool alignment_of(wr_machine *m, const wr_pickle_detail *dict, block *b)
{
    const wr_pval *v = find(m, dict, "numpy_array_alignment_bytes");
    if (v == NULL)
        return true;
    b->aligned = wr_machine_int(m, *v, &b->alignment);
    return b->aligned || is_none(m, v[-1]);
}

static block block_of(wr_machine *m, wr_pval state)
{
    block b = { .alignment = 0 };
    const wr_pickle_detail *dict = wr_pkind_of(state) == V_DICT ? wr_pdetail(&m->s, wr_payload_of(state)) : NULL;
    if (dict == NULL || dict->count > WR_PICKLE_DETAIL_ITEMS)
        return b;
    const wr_pval *dtype = find(m, dict, "dtype");
    const wr_dtype type = dtype != NULL ? wr_machine_dtype(m, *dtype) : (wr_dtype){ 0 };
    b.item = type.size;
    b.objects = type.objects;
    b.known = type.known && elements(m, find(m, dict, "shape"), &b.count) && alignment_of(m, dict, &b);
    return b;
}

static bool plain_name(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!((s.at[i] >= 'a' && s.at[i] <= 'z') || (s.at[i] >= 'A' && s.at[i] <= 'Z') || (s.at[i] >= '0' && s.at[i] <= '9') ||
              s.at[i] == '_' || s.at[i] == '.'))
            return false;
    return s.len > 0;
}

/* A program that loads the file with pickle instead of joblib takes what follows BUILD for opcodes. Where that makes a
 * call of an import that is not allowed, it is no array. */
static void read_as_opcodes(wr_machine *m, uint64_t from)
{
    const wr_slice raw = wr_slice_from(m->p->bytes, (size_t)from);
    if (raw.len == 0 || wr_pickle_args[(uint8_t)raw.at[0]] == WR_ARG_BAD)
        return;
    if (m->facts->guessed > WR_GUESSES_MOST) {
        wr_machine_trouble(m, m->op_at, "more arrays look like opcodes than are tried as such");
        return;
    }
    wr_pickle_facts guess = { .quiet = true };
    wr_part part = *m->p;
    part.bytes = wr_slice_part(part.bytes, 0, (size_t)(from + WR_GUESS_MOST));
    wr_machine inner;
    if (wr_machine_open(&inner, m->x, &part, m->policy, &guess)) {
        wr_seek(&inner.c, from);
        (void)wr_machine_run(&inner);
        m->facts->guessed += (uint64_t)(inner.c.at - inner.c.base) - from + 64;
        wr_machine_close(&inner);
    }
    bool dangerous = false;
    for (size_t i = 0; i < guess.import_count; i++)
        dangerous |= guess.imports[i].called && plain_name(guess.imports[i].module) && plain_name(guess.imports[i].name) &&
                     (guess.imports[i].policy.verdict == WR_IMPORT_DENIED || guess.imports[i].policy.verdict == WR_IMPORT_UNKNOWN);
    if (dangerous)
        wr_pickle_report(m->x, m->p, &guess);
    wr_pickle_facts_free(&guess);
}

static void nested_objects(wr_machine *m)
{
    wr_machine inner;
    if (m->depth >= WR_PART_DEPTH_MOST || !wr_machine_open(&inner, m->x, m->p, m->policy, m->facts)) {
        wr_machine_trouble(m, m->op_at, "arrays of objects are nested too deep");
        m->dead = true;
        return;
    }
    inner.c = m->c;
    inner.depth = m->depth + 1;
    const wr_run how = wr_machine_run(&inner);
    m->c = inner.c;
    m->dead = how != WR_RUN_STOPPED;
    wr_machine_close(&inner);
}

void wr_machine_array_block(wr_machine *m, wr_pval state)
{
    block b = block_of(m, state);
    if (m->facts->quiet)
        return;
    if (wr_offset(&m->c) < m->frame_end)
        wr_machine_straddled(m); /* joblib reads the array from behind the frame, pickle from here */
    if (!b.known) {
        wr_machine_trouble(m, m->op_at, "an array whose size or type is not stated plainly");
        m->dead = true;
        return;
    }
    (void)wr_ppop(&m->s); /* joblib puts the array in its place */
    wr_ppush_opaque(&m->s);
    if (b.objects) {
        nested_objects(m);
        return;
    }
    read_as_opcodes(m, wr_offset(&m->c));
    if (b.aligned)
        wr_skip(&m->c, wr_u8(&m->c));
    if (b.item > 0 && b.count > MAX_ELEMENTS / b.item)
        wr_fail(&m->c, "an array larger than any file");
    wr_skip(&m->c, b.count * b.item);
}

/* ---- PyTorch ---- */

uint32_t wr_torch_storage_size(wr_slice type)
{
    static const struct { const char *name; uint32_t size; } sizes[] = {
        { "Double", 8 }, { "Float", 4 }, { "Half", 2 }, { "BFloat16", 2 }, { "Long", 8 }, { "Int", 4 }, { "Short", 2 },
        { "Char", 1 }, { "Byte", 1 }, { "Bool", 1 }, { "ComplexFloat", 8 }, { "ComplexDouble", 16 }, { "QInt8", 1 },
        { "QUInt8", 1 }, { "QInt32", 4 }, { "Untyped", 1 }, { "Float8_e4m3fn", 1 }, { "Float8_e5m2", 1 },
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        if (wr_slice_starts(type, sizes[i].name) && wr_slice_is(wr_slice_from(type, strlen(sizes[i].name)), "Storage"))
            return sizes[i].size;
    return 0;
}

/* A class that may be called, or only a name. */
static bool plain_class(const wr_machine *m, wr_pval v)
{
    const wr_pkind kind = wr_pkind_of(v);
    if (kind == V_GLOBAL)
        return m->facts->imports[wr_payload_of(v)].policy.guard != WR_GUARD_MADE;
    return kind != V_CALL && kind != V_GUARDED && kind != V_UNKNOWN;
}

/* ('storage', torch.FloatStorage, '0', 'cpu', 1234): noted, because its count is what the model weighs. */
void wr_machine_persistent(wr_machine *m, wr_pval id)
{
    wr_pickle_facts *f = m->facts;
    const wr_pickle_detail *d = wr_pkind_of(id) == V_TUPLE ? wr_pdetail(&m->s, wr_payload_of(id)) : NULL;
    wr_slice word, key;
    int64_t count;
    if (d != NULL && d->count >= 2 && wr_pkind_of(d->items[0]) == V_STR && !plain_class(m, d->items[1]))
        wr_machine_handed_on(m); /* older loaders call it with the size, or ask it for its source */
    /* PyTorch's old format wraps a class with its source: what comes back is the class. */
    if (d != NULL && d->count >= 2 && wr_machine_text(m, d->items[0], &word) && wr_slice_is(word, "module") &&
        wr_pkind_of(d->items[1]) == V_GLOBAL) {
        wr_ppush(&m->s, d->items[1]);
        return;
    }
    wr_ppush(&m->s, WR_PVAL(V_PERSISTENT, 0));
    if (f->quiet || d == NULL || d->count < 5 || !wr_machine_text(m, d->items[0], &word) || !wr_slice_is(word, "storage") ||
        wr_pkind_of(d->items[1]) != V_GLOBAL || !wr_machine_text(m, d->items[2], &key) ||
        !wr_machine_int(m, d->items[4], &count) || count < 0)
        return;
    if (f->storage_count == f->storage_cap) {
        const size_t cap = f->storage_cap == 0 ? 64 : f->storage_cap * 2;
        wr_storage *storages = cap <= WR_STORAGES_MOST ? wr_realloc(f->storages, cap * sizeof *storages) : NULL;
        if (storages == NULL)
            return;
        f->storages = storages;
        f->storage_cap = cap;
    }
    f->storages[f->storage_count++] = (wr_storage){ key, f->imports[wr_payload_of(d->items[1])].name, (uint64_t)count };
}

static int by_key(const void *a, const void *b)
{
    return wr_slice_cmp(((const wr_storage *)a)->key, ((const wr_storage *)b)->key);
}

void wr_pickle_storages(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts)
{
    if (facts->storage_count == 0)
        return;
    qsort(facts->storages, facts->storage_count, sizeof *facts->storages, by_key);
    uint64_t total = 0, largest = 0, of_type = 0;
    wr_slice dominant = { 0 }, type = { 0 };
    /* A handful of types, so counting each in turn is no work. */
    for (size_t i = 0; i < facts->storage_count && i < 64; i++) {
        type = facts->storages[i].type;
        of_type = 0;
        for (size_t k = 0; k < facts->storage_count; k++) {
            const wr_storage *s = &facts->storages[k];
            const bool again = k > 0 && wr_slice_eq(s->key, s[-1].key); /* two tensors over one storage count once */
            of_type += !again && wr_slice_eq(s->type, type) ? s->count : 0;
            total += i == 0 && !again ? s->count : 0;
        }
        if (of_type > largest) {
            largest = of_type;
            dominant = type;
        }
    }
    wr_exam_int(x, p, 0, "parameters", total, "sum of the tensors' storages");
    if (wr_slice_ends(dominant, "Storage"))
        wr_exam_text(x, p, 0, "quantization", wr_slice_part(dominant, 0, dominant.len - 7), "most numbers are stored so");
}

static const wr_storage *storage_of(const wr_pickle_facts *f, wr_slice key)
{
    const wr_storage want = { .key = key };
    return f->storage_count > 0 ? bsearch(&want, f->storages, f->storage_count, sizeof want, by_key) : NULL;
}

uint64_t wr_pickle_torch_tail(wr_exam *x, const wr_part *p, const wr_pickle_facts *facts, uint64_t keys_at, uint64_t from)
{
    (void)x;
    if (facts->storage_count > 0)
        qsort(facts->storages, facts->storage_count, sizeof *facts->storages, by_key);
    wr_cursor keys = wr_cursor_of(wr_slice_part(p->bytes, 0, (size_t)from));
    wr_cursor data = wr_cursor_of(p->bytes);
    wr_seek(&keys, keys_at);
    wr_seek(&data, from);
    wr_pickle_op op = { 0 };
    while (wr_pickle_next(&keys, &op) && op.code != OP_STOP) {
        const wr_pickle_arg arg = (wr_pickle_arg)wr_pickle_args[op.code];
        if (arg != WR_ARG_BYTES1 && arg != WR_ARG_BYTES4 && arg != WR_ARG_BYTES4S)
            continue;
        const wr_storage *s = storage_of(facts, op.arg);
        const uint64_t count = wr_u64le(&data);
        const uint32_t size = s != NULL ? wr_torch_storage_size(s->type) : 0;
        if (size == 0 || count != s->count || count > MAX_ELEMENTS)
            return from;
        wr_skip(&data, count * size);
    }
    return wr_ok(&data) && wr_ok(&keys) ? wr_offset(&data) : from;
}
