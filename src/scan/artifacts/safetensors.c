/* safetensors: 8 bytes of length, a JSON header, then tensors that must fill the rest without a gap. */
#include <stdlib.h>
#include <warrant/cursor.h>

#include "exam.h"
#include "inside.h"
#include "metadata.h"

#define HEADER_MOST ((uint64_t)100000000) /* the format's own limit */
#define COUNT_MOST ((uint64_t)1 << 56)

typedef struct { const char *name; uint32_t bits; } dtype;
static const dtype dtypes[] = {
    { "F64", 64 }, { "F32", 32 }, { "F16", 16 }, { "BF16", 16 }, { "I64", 64 }, { "I32", 32 }, { "I16", 16 }, { "I8", 8 },
    { "U64", 64 }, { "U32", 32 }, { "U16", 16 }, { "U8", 8 }, { "BOOL", 8 }, { "F8_E5M2", 8 }, { "F8_E4M3", 8 },
    { "F8_E8M0", 8 },
    { "F6_E2M3", 6 }, { "F6_E3M2", 6 }, { "F4", 4 }, { "C64", 64 },
};
#define DTYPES (sizeof dtypes / sizeof dtypes[0])

typedef struct { uint64_t from, to; wr_slice name; } range;

static bool is(const wr_file *f)
{
    if (f->bytes.len < 10 || f->bytes.at[8] != '{')
        return false;
    /* JSON follows a length; words that no other such file has, near its start. */
    const wr_slice head = wr_slice_part(f->bytes, 8, 4096);
    if (head.at[1] == '}')
        return f->bytes.len == 10 && f->bytes.at[0] == 2 && f->bytes.at[1] == 0;
    static const char *const words[] = { "\"data_offsets\"", "\"__metadata__\"", "\"dtype\"" };
    for (size_t i = 0; i < 3; i++)
        if (wr_slice_find(head, wr_slice_of(words[i])) < head.len)
            return true;
    return false;
}

static void malformed(wr_exam *x, const wr_part *p, uint64_t at, wr_slice what, const char *why)
{
    wr_exam_find(x, p, at, WR_RULE_SAFETENSORS_MALFORMED, what, "%s" WR_FMT WR_FMT, why,
                 WR_ARG(what.len > 0 ? WR_SLICE(": ") : what),
                 WR_ARG(wr_exam_shown(x, what, 120)));
}

/* The header's bytes; empty where they cannot be. */
static wr_slice header_of(wr_exam *x, const wr_part *p)
{
    wr_cursor c = wr_cursor_of(p->bytes);
    const uint64_t len = wr_u64le(&c);
    const wr_slice digits = wr_arena_printf(x->l->arena, "%llu bytes", (unsigned long long)len);
    if (len > HEADER_MOST) {
        malformed(x, p, 0, digits, "the header claims to be longer than the format allows");
    } else if (len > wr_left(&c)) {
        malformed(x, p, 0, digits, "the header reaches past the end of the file");
    } else {
        return wr_take(&c, len);
    }
    wr_exam_unread(x, p, 0, "the header cannot be read, so no tensor was");
    return (wr_slice){ 0 };
}

/* The product of the shape; false where it is none. */
static bool count_of(const wr_value *shape, uint64_t *ret)
{
    *ret = 1;
    if (!wr_is(shape, WR_ARRAY))
        return false;
    for (WR_EACH(n, shape)) {
        if (!wr_is(n, WR_INT) || n->u.integer < 0 || (n->u.integer > 0 && *ret > COUNT_MOST / (uint64_t)n->u.integer))
            return false;
        *ret *= (uint64_t)n->u.integer;
    }
    return true;
}

static bool offsets_of(const wr_value *v, uint64_t *from, uint64_t *to)
{
    const wr_value *first = wr_is(v, WR_ARRAY) && wr_count_of(v) == 2 ? v->u.items.first : NULL;
    if (first == NULL || !wr_is(first, WR_INT) || !wr_is(first->next, WR_INT) || first->u.integer < 0 ||
        first->next->u.integer < first->u.integer)
        return false;
    *from = (uint64_t)first->u.integer;
    *to = (uint64_t)first->next->u.integer;
    return true;
}

typedef struct { uint64_t parameters, of[DTYPES]; range *ranges; size_t count; } tensors;

static void tensor(wr_exam *x, const wr_part *p, const wr_member *m, uint64_t data_len, tensors *t)
{
    const wr_slice type = wr_get_string(&m->value, "dtype");
    size_t d = 0;
    while (d < DTYPES && !wr_slice_is(type, dtypes[d].name))
        d++;
    uint64_t count, from, to;
    if (d == DTYPES) {
        malformed(x, p, 8, m->key, "a tensor has a type that is not known");
        wr_exam_unread(x, p, 8, "the tensor " WR_FMT " has the unknown type " WR_FMT, WR_ARG(wr_exam_shown(x, m->key, 120)),
                       WR_ARG(wr_exam_shown(x, type, 40)));
        return;
    }
    if (!count_of(wr_get(&m->value, "shape"), &count) || !offsets_of(wr_get(&m->value, "data_offsets"), &from, &to)) {
        malformed(x, p, 8, m->key, "a tensor has no shape or no place in the file");
        return;
    }
    if (to > data_len) {
        malformed(x, p, 8, m->key, "a tensor lies past the end of the file");
        return;
    }
    if (count > UINT64_MAX / 64 || count * dtypes[d].bits / 8 != to - from || count * dtypes[d].bits % 8 != 0) {
        malformed(x, p, 8, m->key, "a tensor's type and shape do not fit its bytes");
        return;
    }
    t->parameters += count;
    t->of[d] += count;
    if (to > from)
        t->ranges[t->count++] = (range){ from, to, m->key };
}

static int by_place(const void *a, const void *b)
{
    const range *l = a, *r = b;
    if (l->from != r->from)
        return l->from < r->from ? -1 : 1;
    return l->to < r->to ? -1 : l->to > r->to;
}

/* In polyglots another loader finds its own file here. */
static void hidden(wr_exam *x, const wr_part *p, uint64_t from, uint64_t to)
{
    wr_error ignored;
    if (wr_inside_hidden(x, p, from, to, &ignored) != WR_OK)
        wr_exam_unread(x, p, from, "the hidden bytes could not be read");
}

static void check_places(wr_exam *x, const wr_part *p, tensors *t, uint64_t data_at, uint64_t data_len)
{
    qsort(t->ranges, t->count, sizeof *t->ranges, by_place);
    uint64_t at = 0;
    for (size_t i = 0; i < t->count; i++) {
        const range *r = &t->ranges[i];
        if (r->from < at)
            wr_exam_find(x, p, data_at + r->from, WR_RULE_SAFETENSORS_OVERLAP, r->name,
                         "the tensor " WR_FMT " begins inside another one",
                         WR_ARG(wr_exam_shown(x, r->name, 120)));
        if (r->from > at) {
            hidden(x, p, data_at + at, data_at + r->from);
            wr_exam_find(x, p, data_at + at, WR_RULE_SAFETENSORS_HIDDEN_DATA, r->name,
                         "%llu bytes in front of the tensor " WR_FMT " belong to none",
                         (unsigned long long)(r->from - at), WR_ARG(wr_exam_shown(x, r->name, 120)));
        }
        at = r->to > at ? r->to : at;
    }
    if (at < data_len) {
        hidden(x, p, data_at + at, data_at + data_len);
        wr_exam_find(x, p, data_at + at, WR_RULE_SAFETENSORS_HIDDEN_DATA, WR_SLICE("end"),
                     "%llu bytes behind the last tensor belong to none",
                     (unsigned long long)(data_len - at));
    }
}

static void metadata(wr_exam *x, const wr_part *p, const wr_value *meta)
{
    static const struct { const char *key, *property; } known[] = {
        { "license", "license" }, { "modelspec.license", "license" }, { "base_model", "base_model" },
        { "ss_sd_model_name", "base_model" }, { "ss_base_model_version", "base_model" },
        { "modelspec.architecture", "architecture" },
        { "architecture", "architecture" }, { "modelspec.title", "title" }, { "version", "version" }, { "format", "framework" },
        { "modelspec.date", "date" }, { "modelspec.author", "author" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        wr_exam_text(x, p, 8, known[i].property, wr_get_string(meta, known[i].key), "named in the header's metadata");
    for (WR_EACH_MEMBER(m, meta))
        if (wr_is(&m->value, WR_STRING))
            wr_metadata_judge(x, p, 8, m->key, wr_string(&m->value));
        else
            malformed(x, p, 8, m->key, "the metadata holds something that is no text");
}

static wr_status read_tensors(wr_exam *x, const wr_part *p, const wr_value *root, uint64_t data_at)
{
    const uint64_t data_len = p->bytes.len - data_at;
    tensors t = { .ranges = wr_arena_array(x->l->arena, range, wr_count_of(root) + 1) };
    if (t.ranges == NULL) {
        wr_exam_unread(x, p, 8, "the header has more tensors than fit in memory");
        return WR_OK;
    }
    for (WR_EACH_MEMBER(m, root)) {
        if (wr_slice_is(m->key, "__metadata__"))
            metadata(x, p, &m->value);
        else
            tensor(x, p, m, data_len, &t);
    }
    check_places(x, p, &t, data_at, data_len);
    size_t most = 0;
    for (size_t d = 1; d < DTYPES; d++)
        if (t.of[d] > t.of[most])
            most = d;
    wr_exam_int(x, p, 8, "parameters", t.parameters, "sum of the tensors' shapes");
    if (t.of[most] > 0)
        wr_exam_text(x, p, 8, "quantization", wr_slice_of(dtypes[most].name), "most numbers are stored so");
    for (size_t d = 0; d < DTYPES; d++)
        if (t.of[d] > 0)
            wr_exam_add(x, p, 8, "tensor_types", wr_slice_of(dtypes[d].name), "types of the tensors");
    return WR_OK;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "safetensors");
    const wr_part p = wr_part_of_file(f);
    const wr_slice header = header_of(&x, &p);
    if (header.at == NULL)
        return WR_OK;
    wr_value *root = NULL;
    wr_error why;
    const wr_status s = wr_json_parse(l->arena, header, &root, &why);
    if (s != WR_OK || !wr_is(root, WR_OBJECT)) {
        malformed(&x, &p, 8, wr_slice_of(s != WR_OK ? why.what : "it is no object"),
                  "the header is no JSON that can be believed");
        wr_exam_unread(&x, &p, 8, "the header cannot be read, so no tensor was");
        return WR_OK;
    }
    return read_tensors(&x, &p, root, 8 + header.len);
}

const wr_artifact wr_artifact_safetensors = { "safetensors", "safetensors, the header in full", is, look };
