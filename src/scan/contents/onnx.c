/* ONNX: initializers and constants of every graph and function (onnx.proto). Numbers as raw bytes or as packed floats are the
 * tensor's bytes; packed integers are listed as they are written, and their type says so. */
#include "tensors.h"

#include "scan/artifacts/proto.h"

#define DEPTH_MOST 32u

typedef struct {
    tensor_list *t;
    wr_slice bytes;
    unsigned depth;
    const char *why;
    wr_slice constant; /* what the node at hand gives, where it is a constant */
} onnx;
typedef void (*handler)(onnx *o, const wr_proto_field *f);

static void message(onnx *o, wr_slice bytes, handler each)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    if (++o->depth > DEPTH_MOST && o->why == NULL)
        o->why = "its graphs are nested deeper than is followed";
    while (o->why == NULL && o->t->count < WR_TENSORS_MOST && wr_proto_next(&c, &f))
        each(o, &f);
    if (!wr_ok(&c) && o->why == NULL)
        o->why = c.why;
    o->depth--;
}

typedef struct {
    wr_slice name, raw, packed, external;
    uint64_t type, dims[TENSOR_DIMS_MOST], packed_field;
    size_t rank;
    bool loose, elsewhere;
} parts;

static void add_dim(parts *p, uint64_t n)
{
    if (p->rank < TENSOR_DIMS_MOST)
        p->dims[p->rank++] = n;
}

/* TensorProto: 1 dims, 2 data_type, 4 float_data, 5 int32_data, 7 int64_data, 8 name, 9 raw_data, 10 double_data, 11 uint64_data,
 * 13 external_data, 14 data_location. */
static bool parts_of(wr_slice bytes, parts *ret)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    *ret = (parts){ 0 };
    while (wr_proto_next(&c, &f)) {
        switch (f.number) {
        case 1:
            if (f.type == 0)
                add_dim(ret, f.value);
            else {
                wr_cursor d = wr_cursor_of(f.bytes);
                while (wr_left(&d) > 0)
                    add_dim(ret, wr_varint(&d));
            }
            break;
        case 2: ret->type = f.value; break;
        case 4: case 5: case 6: case 7: case 10: case 11:
            ret->loose |= f.type != 2 || ret->packed.at != NULL || f.number == 6;
            ret->packed = f.bytes;
            ret->packed_field = f.number;
            break;
        case 8: ret->name = f.bytes; break;
        case 9: ret->raw = f.bytes; break;
        case 13: ret->elsewhere = true; ret->external = f.bytes; break;
        case 14: ret->elsewhere |= f.value == 1; break;
        default: break;
        }
    }
    return wr_ok(&c);
}

static const struct { const char *name; unsigned bits; } types[] = {
    { NULL, 0 }, { "F32", 32 }, { "U8", 8 }, { "I8", 8 }, { "U16", 16 }, { "I16", 16 }, { "I32", 32 }, { "I64", 64 }, { "string", 0 },
    { "BOOL", 8 }, { "F16", 16 }, { "F64", 64 }, { "U32", 32 }, { "U64", 64 }, { "C64", 64 }, { "C128", 128 }, { "BF16", 16 },
    { "F8_E4M3", 8 }, { "F8_E4M3FNUZ", 8 }, { "F8_E5M2", 8 }, { "F8_E5M2FNUZ", 8 }, { "U4", 4 }, { "I4", 4 }, { "F4_E2M1", 4 },
};

static bool fits(const parts *p, uint64_t len)
{
    uint64_t count = 1;
    for (size_t i = 0; i < p->rank; i++) {
        if (p->dims[i] > 0 && count > ((uint64_t)1 << 56) / p->dims[i])
            return false;
        count *= p->dims[i];
    }
    const unsigned bits = p->type < sizeof types / sizeof types[0] ? types[p->type].bits : 0;
    return bits == 0 || (count * bits + 7) / 8 == len;
}

static void add(onnx *o, wr_slice bytes, wr_slice fallback)
{
    parts p;
    tensor_list *t = o->t;
    if (!parts_of(bytes, &p)) {
        o->why = "a tensor breaks off";
        return;
    }
    const wr_slice name = p.name.len > 0 ? p.name : fallback;
    const bool raw = p.raw.at != NULL, floats = p.packed_field == 4 || p.packed_field == 10;
    const wr_slice data = raw ? p.raw : p.packed;
    tensor *x = tensors_add(t, name);
    if (x == NULL)
        return;
    const char *type = p.type < sizeof types / sizeof types[0] && types[p.type].name != NULL ? types[p.type].name : "unknown";
    x->dtype = raw || floats || data.len == 0 ? wr_slice_of(type) : wr_arena_printf(t->a, "%s packed", type);
    x->data = data;
    x->bytes = data.len;
    x->offset = data.at != NULL ? (uint64_t)(data.at - o->bytes.at) : 0;
    if (!tensors_shape(t, p.dims, p.rank, &x->shape))
        tensors_why(t, "out of memory");
    if (p.elsewhere) {
        x->note = "in another file";
        tensors_why(t, "the tensor " WR_FMT " lies in another file", WR_ARG(wr_slice_part(name, 0, 120)));
    } else if (p.loose || (p.packed_field == 4 && p.type == 14))
        tensors_why(t, "the numbers of the tensor " WR_FMT " do not lie in one piece", WR_ARG(wr_slice_part(name, 0, 120)));
    else if ((raw || floats) && !fits(&p, data.len))
        tensors_why(t, "the size of the tensor " WR_FMT " does not fit its shape", WR_ARG(wr_slice_part(name, 0, 120)));
}

static void graph(onnx *o, const wr_proto_field *f);

/* AttributeProto: 1 name, 5 t, 6 g, 10 tensors, 11 graphs. */
static void attribute(onnx *o, const wr_proto_field *f)
{
    if (f->type != 2)
        return;
    if (f->number == 5 || f->number == 10)
        add(o, f->bytes, WR_SLICE("constant"));
    else if (f->number == 6 || f->number == 11)
        message(o, f->bytes, graph);
}

static void node(onnx *o, const wr_proto_field *f)
{
    if (f->number != 5 || f->type != 2)
        return;
    const wr_slice value = wr_proto_last(f->bytes, 5);
    if (value.len > 0 && o->constant.at != NULL)
        add(o, value, o->constant);
    else
        message(o, f->bytes, attribute);
}

/* NodeProto: 2 output, 4 op_type, 5 attribute. A constant is called as what it gives. */
static void any_node(onnx *o, wr_slice bytes)
{
    const wr_slice around = o->constant;
    o->constant = wr_slice_is(wr_proto_last(bytes, 4), "Constant") ? wr_proto_last(bytes, 2) : (wr_slice){ 0 };
    message(o, bytes, node);
    o->constant = around;
}

/* GraphProto: 1 node, 5 initializer, 15 sparse_initializer (1 values, 2 indices). FunctionProto: 7 node. */
static void graph(onnx *o, const wr_proto_field *f)
{
    if (f->type != 2)
        return;
    if (f->number == 1)
        any_node(o, f->bytes);
    else if (f->number == 5)
        add(o, f->bytes, WR_SLICE("initializer"));
    else if (f->number == 15) {
        add(o, wr_proto_last(f->bytes, 1), WR_SLICE("values"));
        add(o, wr_proto_last(f->bytes, 2), WR_SLICE("indices"));
    }
}

static void function(onnx *o, const wr_proto_field *f)
{
    if (f->number == 7 && f->type == 2)
        any_node(o, f->bytes);
}

/* ModelProto: 7 graph, 14 metadata_props, 25 functions. */
static void model(onnx *o, const wr_proto_field *f)
{
    if (f->type != 2)
        return;
    if (f->number == 7)
        message(o, f->bytes, graph);
    else if (f->number == 25)
        message(o, f->bytes, function);
    else if (f->number == 14)
        tensors_metadata(o->t, wr_proto_last(f->bytes, 1), wr_proto_last(f->bytes, 2));
    else if (f->number == 2 || f->number == 3 || f->number == 6)
        tensors_metadata(o->t, f->number == 2 ? WR_SLICE("producer_name") : f->number == 3 ? WR_SLICE("producer_version")
                         : WR_SLICE("doc_string"),
                         f->bytes);
}

void tensors_onnx(const wr_file *f, tensor_list *t)
{
    onnx o = { .t = t, .bytes = f->bytes };
    message(&o, f->bytes, model);
    if (o.why != NULL)
        tensors_why(t, "the model was not read to its end: %s", o.why);
}
