/* The tensors of safetensors and GGUF files: both state every place in a header. */
#include "tensors.h"

#include "scan/artifacts/gguf_types.h"

#include <stdio.h>
#include <warrant/cursor.h>

#define HEADER_MOST ((uint64_t)100000000)
#define COUNT_MOST ((uint64_t)1 << 56)

static wr_slice shown(wr_slice name) { return wr_slice_part(name, 0, 120); }

/* ---- safetensors ---- */

static bool dims_of(const wr_value *shape, uint64_t *dims, size_t *ret_rank)
{
    size_t n = 0;
    for (WR_EACH(d, shape)) {
        if (!wr_is(d, WR_INT) || d->u.integer < 0 || n == TENSOR_DIMS_MOST)
            return false;
        dims[n++] = (uint64_t)d->u.integer;
    }
    *ret_rank = n;
    return wr_is(shape, WR_ARRAY);
}

static void one_safetensor(const wr_member *m, wr_slice data, uint64_t data_at, tensor_list *t)
{
    uint64_t dims[TENSOR_DIMS_MOST];
    size_t rank;
    const wr_value *place = wr_get(&m->value, "data_offsets");
    const wr_value *from = wr_is(place, WR_ARRAY) && wr_count_of(place) == 2 ? place->u.items.first : NULL;
    if (from == NULL || !wr_is(from, WR_INT) || !wr_is(from->next, WR_INT) || from->u.integer < 0 ||
        from->next->u.integer < from->u.integer || (uint64_t)from->next->u.integer > data.len || !dims_of(wr_get(&m->value, "shape"), dims, &rank)) {
        tensors_why(t, "the tensor " WR_FMT " has no place in the file", WR_ARG(shown(m->key)));
        return;
    }
    tensor *x = tensors_add(t, m->key);
    if (x == NULL)
        return;
    x->dtype = wr_get_string(&m->value, "dtype");
    x->offset = data_at + (uint64_t)from->u.integer;
    x->bytes = (uint64_t)(from->next->u.integer - from->u.integer);
    x->data = wr_slice_part(data, (size_t)from->u.integer, (size_t)x->bytes);
    if (!tensors_shape(t, dims, rank, &x->shape))
        tensors_why(t, "out of memory");
}

void tensors_safetensors(const wr_file *f, tensor_list *t)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    const uint64_t len = wr_u64le(&c);
    wr_error err;
    wr_value *root = NULL;
    const wr_slice header = len <= HEADER_MOST ? wr_take(&c, len) : (wr_slice){ 0 };
    if (!wr_ok(&c) || header.len == 0 || wr_json_parse(t->a, header, &root, &err) != WR_OK || !wr_is(root, WR_OBJECT)) {
        tensors_why(t, "the header cannot be read");
        return;
    }
    const wr_slice data = wr_slice_from(f->bytes, 8 + header.len);
    for (WR_EACH_MEMBER(m, root)) {
        if (!wr_slice_is(m->key, "__metadata__")) {
            one_safetensor(m, data, 8 + header.len, t);
            continue;
        }
        for (WR_EACH_MEMBER(k, &m->value))
            tensors_metadata(t, k->key, wr_string(&k->value));
    }
}

/* ---- GGUF ---- */

enum { G_U8, G_I8, G_U16, G_I16, G_U32, G_I32, G_F32, G_BOOL, G_STRING, G_ARRAY, G_U64, G_I64, G_F64, G_KNOWN };
static const uint8_t sizes[G_KNOWN] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

static void skip_value(wr_cursor *c, uint32_t type, int depth)
{
    if (type == G_STRING) {
        wr_skip(c, wr_u64le(c));
        return;
    }
    if (type != G_ARRAY) {
        if (type >= G_KNOWN)
            wr_fail(c, "a value of a type that is not known");
        else
            wr_skip(c, sizes[type]);
        return;
    }
    const uint32_t item = wr_u32le(c);
    const size_t n = wr_counted(c, wr_u64le(c), item == G_STRING ? 8 : item == G_ARRAY ? 12 : item < G_KNOWN ? sizes[item] : 1);
    if (item >= G_KNOWN || depth >= 4)
        wr_fail(c, "an array of a type that is not known");
    else if (item != G_STRING && item != G_ARRAY)
        wr_skip(c, (uint64_t)n * sizes[item]);
    else
        for (size_t i = 0; wr_ok(c) && i < n; i++)
            skip_value(c, item, depth + 1);
}

static wr_slice value_text(tensor_list *t, uint32_t type, wr_slice raw)
{
    wr_cursor c = wr_cursor_of(raw);
    uint64_t n = 0;
    for (size_t i = 0; i < raw.len && i < 8; i++)
        n |= (uint64_t)(uint8_t)raw.at[i] << (8 * i);
    double real = 0;
    float single = 0;
    switch (type) {
    case G_STRING: return wr_take(&c, wr_u64le(&c));
    case G_BOOL: return n ? WR_SLICE("true") : WR_SLICE("false");
    case G_I8: return wr_arena_printf(t->a, "%d", (int)(int8_t)n);
    case G_I16: return wr_arena_printf(t->a, "%d", (int)(int16_t)n);
    case G_I32: return wr_arena_printf(t->a, "%d", (int)(int32_t)n);
    case G_I64: return wr_arena_printf(t->a, "%lld", (long long)(int64_t)n);
    case G_F32: memcpy(&single, raw.at, 4); return wr_arena_printf(t->a, "%.9g", (double)single);
    case G_F64: memcpy(&real, raw.at, 8); return wr_arena_printf(t->a, "%.17g", real);
    case G_ARRAY: {
        const wr_hash h = wr_sha256_once(raw);
        const wr_slice hex = wr_hex_of(t->a, h.bytes, 32);
        (void)wr_u32le(&c);
        return wr_arena_printf(t->a, "%llu items, sha256 " WR_FMT, (unsigned long long)wr_u64le(&c), WR_ARG(hex));
    }
    default: return wr_arena_printf(t->a, "%llu", (unsigned long long)n);
    }
}

/* Reads a pair; *alignment changes where it is the one that states it. */
static void one_pair(wr_cursor *c, tensor_list *t, uint64_t *alignment)
{
    const wr_slice key = wr_take(c, wr_u64le(c));
    const uint32_t type = wr_u32le(c);
    const uint8_t *from = c->at;
    skip_value(c, type, 0);
    if (!wr_ok(c))
        return;
    const wr_slice raw = wr_slice_make(from, (size_t)(c->at - from));
    if (type == G_U32 && wr_slice_is(key, "general.alignment")) {
        wr_cursor n = wr_cursor_of(raw);
        const uint64_t stated = wr_u32le(&n);
        if (stated > 0 && (stated & (stated - 1)) == 0 && stated <= (1u << 20))
            *alignment = stated;
    }
    if (t->metadata != NULL)
        tensors_metadata(t, key, value_text(t, type, raw));
}

/* The tensor's offset is of the data section, whose start is known once all are read: kept in .offset until then. */
static void one_gguf(wr_cursor *c, tensor_list *t)
{
    const wr_slice name = wr_take(c, wr_u64le(c));
    const uint32_t rank = wr_u32le(c);
    uint64_t dims[4] = { 0 }, count = 1;
    if (rank > 4)
        wr_fail(c, "a tensor of more dimensions than there are");
    for (uint32_t d = 0; wr_ok(c) && d < rank; d++) {
        dims[d] = wr_u64le(c);
        if (dims[d] > 0 && count > COUNT_MOST / dims[d])
            wr_fail(c, "a tensor larger than any file");
        else
            count *= dims[d];
    }
    const uint32_t type = wr_u32le(c);
    const uint64_t offset = wr_u64le(c);
    tensor *x = wr_ok(c) ? tensors_add(t, name) : NULL;
    if (x == NULL)
        return;
    const wr_gguf_type *known = wr_gguf_type_of(type);
    x->dtype = known ? wr_slice_of(known->name) : wr_arena_printf(t->a, "type %u", type);
    x->offset = offset;
    if (known == NULL || count % known->block != 0)
        tensors_why(t, "the size of the tensor " WR_FMT " is not known", WR_ARG(shown(name)));
    else
        x->bytes = count / known->block * known->bytes;
    if (!tensors_shape(t, dims, rank, &x->shape))
        tensors_why(t, "out of memory");
}

void tensors_gguf(const wr_file *f, tensor_list *t)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    uint64_t alignment = 32;
    wr_expect(&c, "GGUF");
    const uint32_t version = wr_u32le(&c);
    if (version != 2 && version != 3)
        wr_fail(&c, "this version is not read");
    const uint64_t tensors = wr_u64le(&c);
    const size_t pairs = wr_count(&c, 13);
    const size_t count = wr_counted(&c, tensors, 24);
    for (size_t i = 0; wr_ok(&c) && i < pairs; i++)
        one_pair(&c, t, &alignment);
    for (size_t i = 0; wr_ok(&c) && i < count; i++)
        one_gguf(&c, t);
    if (!wr_ok(&c)) {
        tensors_why(t, "the header breaks off at byte %llu: %s", (unsigned long long)c.fault_at, c.why);
        return;
    }
    const uint64_t data_at = (wr_offset(&c) + alignment - 1) & ~(alignment - 1);
    const uint64_t data_len = f->bytes.len > data_at ? f->bytes.len - data_at : 0;
    for (size_t i = 0; i < t->count; i++) {
        tensor *x = &t->list[i];
        if (x->offset > data_len || x->bytes > data_len - x->offset) {
            tensors_why(t, "the tensor " WR_FMT " lies outside the file", WR_ARG(shown(x->name)));
            continue;
        }
        x->data = wr_slice_part(f->bytes, (size_t)(data_at + x->offset), (size_t)x->bytes);
        x->offset += data_at;
    }
}
