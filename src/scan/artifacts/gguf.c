/* GGUF, versions 2 and 3: metadata and tensor table in full. */
#include <stdio.h>
#include <stdlib.h>
#include <warrant/cursor.h>

#include "gguf.h"
#include "gguf_types.h"
#include "inside.h"
#include "metadata.h"
#include "template.h"

#define PAIR_LEAST 13u     /* a key of length 0, a type, a byte */
#define TENSOR_LEAST 24u   /* a name of length 0, no dimensions, type, offset */
#define DIMS_MOST 4u
#define NEST_MOST 4
#define ALIGNMENT_USUAL 32u
#define COUNT_MOST ((uint64_t)1 << 56)

enum { T_U8, T_I8, T_U16, T_I16, T_U32, T_I32, T_F32, T_BOOL, T_STRING, T_ARRAY, T_U64, T_I64, T_F64, T_KNOWN };
static const uint8_t sizes[T_KNOWN] = { 1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8 };

typedef struct { wr_slice key, raw; uint32_t type; uint64_t at; } pair;
typedef struct { wr_slice name; uint32_t type; uint64_t count, offset, at, size; } tensor;
typedef struct { uint32_t version; size_t pair_count, tensor_count; pair *pairs; tensor *tensors; uint64_t data_at; } gguf;

static bool is(const wr_file *f)
{
    if (f->bytes.len < 8 || !wr_slice_starts(f->bytes, "GGUF"))
        return false;
    const uint8_t *v = (const uint8_t *)f->bytes.at + 4;
    const uint32_t little = v[0] | (uint32_t)v[1] << 8 | (uint32_t)v[2] << 16 | (uint32_t)v[3] << 24;
    const uint32_t big = v[3] | (uint32_t)v[2] << 8 | (uint32_t)v[1] << 16 | (uint32_t)v[0] << 24;
    return (little >= 1 && little <= 64) || (big >= 1 && big <= 64);
}

static wr_slice value(wr_cursor *c, uint32_t type, int depth)
{
    const uint8_t *from = c->at;
    if (type == T_STRING)
        return wr_take(c, wr_u64le(c));
    if (type == T_ARRAY) {
        const uint32_t item = wr_u32le(c);
        const uint64_t count = wr_u64le(c);
        const size_t least = item == T_STRING ? 8 : item == T_ARRAY ? 12 : item < T_KNOWN ? sizes[item] : 1;
        const size_t n = wr_counted(c, count, least);
        if (item >= T_KNOWN || depth >= NEST_MOST)
            wr_fail(c, "an array of a type that is not known");
        else if (item == T_STRING || item == T_ARRAY)
            for (size_t i = 0; wr_ok(c) && i < n; i++)
                (void)value(c, item, depth + 1);
        else
            wr_skip(c, (uint64_t)n * sizes[item]);
        return wr_ok(c) ? wr_slice_make(from, (size_t)(c->at - from)) : (wr_slice){ 0 };
    }
    if (type >= T_KNOWN) {
        wr_fail(c, "a value of a type that is not known");
        return (wr_slice){ 0 };
    }
    return wr_take(c, sizes[type]);
}

static void read_tensor(wr_cursor *c, tensor *t)
{
    t->at = wr_offset(c);
    t->name = wr_take(c, wr_u64le(c));
    const uint32_t dims = wr_u32le(c);
    if (dims > DIMS_MOST)
        wr_fail(c, "a tensor of more dimensions than there are");
    t->count = 1;
    for (uint32_t d = 0; wr_ok(c) && d < dims; d++) {
        const uint64_t n = wr_u64le(c);
        if (n > 0 && t->count > COUNT_MOST / n)
            wr_fail(c, "a tensor larger than any file");
        else
            t->count *= n;
    }
    t->type = wr_u32le(c);
    t->offset = wr_u64le(c);
}

static bool number(const pair *v, uint64_t *ret)
{
    if (v == NULL || v->type >= T_KNOWN || sizes[v->type] == 0 || v->type == T_F32 || v->type == T_F64)
        return false;
    *ret = 0;
    for (size_t i = 0; i < v->raw.len; i++)
        *ret |= (uint64_t)(uint8_t)v->raw.at[i] << (8 * i);
    return true;
}

static const pair *find(const gguf *g, const char *key)
{
    for (size_t i = 0; i < g->pair_count; i++)
        if (wr_slice_is(g->pairs[i].key, key))
            return &g->pairs[i];
    return NULL;
}

static wr_slice text(const gguf *g, const char *key)
{
    const pair *v = find(g, key);
    return v != NULL && v->type == T_STRING ? v->raw : (wr_slice){ 0 };
}

/* The header; *ret is as far as it could be read. */
static bool read_header(wr_exam *x, wr_cursor *c, gguf *g)
{
    wr_expect(c, "GGUF");
    g->version = wr_u32le(c);
    if (g->version != 2 && g->version != 3)
        wr_fail(c, g->version > 0xffff ? "big-endian files are not read" : "this version is not read");
    const uint64_t tensors = wr_u64le(c);
    const size_t pairs = wr_count(c, PAIR_LEAST);
    const size_t count = wr_counted(c, tensors, TENSOR_LEAST);
    if (!wr_ok(c))
        return false;
    g->pairs = wr_arena_array(x->l->arena, pair, pairs + 1);
    g->tensors = wr_arena_array(x->l->arena, tensor, count + 1);
    if (g->pairs == NULL || g->tensors == NULL) {
        wr_fail(c, "the header needs more memory than is allowed");
        return false;
    }
    for (size_t i = 0; i < pairs; i++) {
        pair *v = &g->pairs[i];
        v->at = wr_offset(c);
        v->key = wr_take(c, wr_u64le(c));
        v->type = wr_u32le(c);
        v->raw = value(c, v->type, 0);
        if (!wr_ok(c))
            return false;
        g->pair_count++;
    }
    for (size_t i = 0; i < count; i++) {
        read_tensor(c, &g->tensors[i]);
        if (!wr_ok(c))
            return false;
        g->tensor_count++;
    }
    return true;
}

static void describe(wr_exam *x, const wr_part *p, const gguf *g)
{
    static const struct { const char *key, *property; } known[] = {
        { "general.architecture", "architecture" }, { "general.license", "license" },
        { "general.license.name", "license_name" },
        { "general.version", "version" }, { "general.name", "title" }, { "general.finetune", "finetune" },
        { "general.organization", "organization" }, { "general.base_model.0.name", "base_model" },
        { "general.base_model.0.repo_url", "base_model_source" }, { "general.source.url", "source" },
        { "general.size_label", "size_label" }, { "tokenizer.ggml.model", "tokenizer" }, { "general.type", "model_type" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        wr_exam_text(x, p, find(g, known[i].key) ? find(g, known[i].key)->at : 0, known[i].property, text(g, known[i].key),
                     "named in the model's header");
    char key[128];
    const wr_slice architecture = text(g, "general.architecture");
    uint64_t n;
    (void)snprintf(key, sizeof key, WR_FMT ".context_length", WR_ARG(wr_slice_part(architecture, 0, 64)));
    if (number(find(g, key), &n))
        wr_exam_int(x, p, find(g, key)->at, "context_length", n, "named in the model's header");
    for (size_t i = 0; i < g->pair_count; i++) {
        const pair *v = &g->pairs[i];
        if (v->type == T_STRING && wr_slice_starts(v->key, "tokenizer.chat_template"))
            wr_template_read(x, p, v->raw.len > 0 ? (uint64_t)(v->raw.at - p->bytes.at) : v->at,
                             wr_slice_from(v->key, strlen("tokenizer.chat_template")), v->raw);
    }
}

static void describe_numbers(wr_exam *x, const wr_part *p, const gguf *g)
{
    uint64_t parameters = 0, of[64] = { 0 }, n;
    for (size_t i = 0; i < g->tensor_count; i++) {
        parameters += g->tensors[i].count;
        of[g->tensors[i].type < 64 ? g->tensors[i].type : 63] += g->tensors[i].count;
    }
    uint32_t most = 0;
    for (uint32_t t = 1; t < 63; t++)
        if (of[t] > of[most])
            most = t;
    wr_exam_int(x, p, 0, "parameters", parameters, "sum of the tensors' shapes");
    const wr_gguf_type *dominant = of[most] > 0 ? wr_gguf_type_of(most) : NULL;
    const pair *file_type = find(g, "general.file_type");
    const char *stated = number(file_type, &n) ? wr_gguf_file_type(n) : NULL;
    if (stated != NULL)
        wr_exam_text(x, p, file_type->at, "quantization", wr_slice_of(stated), "the header's file type");
    else if (dominant != NULL)
        wr_exam_text(x, p, 0, "quantization", wr_slice_of(dominant->name), "most numbers are stored so");
    if (dominant != NULL)
        wr_exam_text(x, p, 0, "dominant_tensor_type", wr_slice_of(dominant->name), "most numbers are stored so");
}

/* Every text but the templates, which are judged as such. */
static void judge_texts(wr_exam *x, const wr_part *p, const gguf *g)
{
    for (size_t i = 0; i < g->pair_count; i++) {
        const pair *v = &g->pairs[i];
        if (v->type == T_STRING && !wr_slice_starts(v->key, "tokenizer."))
            wr_metadata_judge(x, p, v->at, v->key, v->raw);
    }
}

static int by_name(const void *a, const void *b) { return wr_slice_cmp(((const tensor *)a)->name, ((const tensor *)b)->name); }
static int by_key(const void *a, const void *b) { return wr_slice_cmp(((const pair *)a)->key, ((const pair *)b)->key); }
static int by_place(const void *a, const void *b)
{
    const uint64_t l = ((const tensor *)a)->offset, r = ((const tensor *)b)->offset;
    return l < r ? -1 : l > r;
}

static void check_names(wr_exam *x, const wr_part *p, gguf *g)
{
    qsort(g->tensors, g->tensor_count, sizeof *g->tensors, by_name);
    for (size_t i = 1; i < g->tensor_count; i++)
        if (wr_slice_eq(g->tensors[i].name, g->tensors[i - 1].name))
            wr_exam_find(x, p, g->tensors[i].at, WR_RULE_GGUF_MALFORMED, g->tensors[i].name,
                         "the tensor " WR_FMT " stands twice",
                         WR_ARG(wr_exam_shown(x, g->tensors[i].name, 80)));
    qsort(g->pairs, g->pair_count, sizeof *g->pairs, by_key);
    for (size_t i = 1; i < g->pair_count; i++)
        if (wr_slice_eq(g->pairs[i].key, g->pairs[i - 1].key))
            wr_exam_find(x, p, g->pairs[i].at, WR_RULE_GGUF_MALFORMED, g->pairs[i].key, "the key " WR_FMT " stands twice",
                         WR_ARG(wr_exam_shown(x, g->pairs[i].key, 80)));
}

/* More than the padding up to the next tensor. */
static void hidden(wr_exam *x, const wr_part *p, const gguf *g, uint64_t from, uint64_t to)
{
    wr_error ignored;
    if (wr_inside_hidden(x, p, g->data_at + from, g->data_at + to, &ignored) != WR_OK)
        wr_exam_unread(x, p, g->data_at + from, "the hidden bytes could not be read");
    wr_exam_find(x, p, g->data_at + from, WR_RULE_GGUF_HIDDEN_DATA,
                 wr_arena_printf(x->l->arena, "%llu", (unsigned long long)from), "%llu bytes at byte %llu belong to no tensor",
                 (unsigned long long)(to - from), (unsigned long long)(g->data_at + from));
}

static void check_places(wr_exam *x, const wr_part *p, gguf *g, uint64_t alignment)
{
    const uint64_t data_len = p->bytes.len > g->data_at ? p->bytes.len - g->data_at : 0;
    qsort(g->tensors, g->tensor_count, sizeof *g->tensors, by_place);
    uint64_t at = 0;
    bool all_known = true;
    for (size_t i = 0; i < g->tensor_count; i++) {
        tensor *t = &g->tensors[i];
        const wr_slice name = wr_exam_shown(x, t->name, 80);
        const wr_gguf_type *type = wr_gguf_type_of(t->type);
        if (type == NULL) {
            wr_exam_unread(x, p, t->at, "the tensor " WR_FMT " has type %u, which is not known here", WR_ARG(name), t->type);
            all_known = false;
            continue;
        }
        const char *what = NULL;
        t->size = t->count / type->block * type->bytes;
        if (t->count % type->block != 0)
            what = "is no whole number of blocks";
        else if (t->offset % alignment != 0)
            what = "does not begin where the alignment allows";
        else if (t->offset > data_len || t->size > data_len - t->offset)
            what = "reaches past the end of the file";
        else if (t->offset < at)
            what = "begins inside another one";
        if (what != NULL)
            wr_exam_find(x, p, t->at, WR_RULE_GGUF_TENSOR_RANGE, t->name,
                         "the tensor " WR_FMT " (byte %llu of the data, %llu bytes) %s", WR_ARG(name),
                         (unsigned long long)t->offset, (unsigned long long)t->size, what);
        if (all_known && t->offset <= data_len && t->offset > at + alignment)
            hidden(x, p, g, at, t->offset);
        if (t->offset <= data_len && t->size <= data_len - t->offset && t->offset + t->size > at)
            at = t->offset + t->size;
    }
    if (all_known && data_len > at + alignment)
        hidden(x, p, g, at, data_len);
}

void wr_gguf_read(wr_exam *x, const wr_part *p)
{
    wr_cursor c = wr_cursor_of(p->bytes);
    gguf g = { 0 };
    const bool whole = read_header(x, &c, &g);
    wr_exam_int(x, p, 4, "format_version", g.version & 0xffff, "named in the model's header");
    describe(x, p, &g);
    judge_texts(x, p, &g);
    if (!whole) {
        const bool foreign = g.version != 2 && g.version != 3;
        if (!foreign)
            wr_exam_find(x, p, c.fault_at, WR_RULE_GGUF_MALFORMED, WR_SLICE("header"),
                         "the header breaks off at byte %llu: %s", (unsigned long long)c.fault_at, c.why);
        wr_exam_unread(x, p, c.fault_at, "the header was not read to its end: %s", c.why);
        return;
    }
    describe_numbers(x, p, &g);
    uint64_t alignment = ALIGNMENT_USUAL;
    const pair *stated = find(&g, "general.alignment");
    if (stated != NULL && (!number(stated, &alignment) || alignment == 0 || (alignment & (alignment - 1)) != 0 ||
                           alignment > (1u << 20))) {
        wr_exam_find(x, p, stated->at, WR_RULE_GGUF_MALFORMED, stated->key, "the alignment is no power of two");
        alignment = ALIGNMENT_USUAL;
    }
    g.data_at = (wr_offset(&c) + alignment - 1) & ~(alignment - 1);
    check_names(x, p, &g);
    check_places(x, p, &g, alignment);
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "gguf");
    const wr_part p = wr_part_of_file(f);
    wr_gguf_read(&x, &p);
    return WR_OK;
}

const wr_artifact wr_artifact_gguf = { "gguf", "GGUF 2 and 3: metadata and tensor table in full", is, look };
