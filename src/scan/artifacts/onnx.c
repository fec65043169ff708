/* ONNX: a protobuf without a magic number, so it is known by reading its outermost fields to the last byte. Inside, every
 * graph, node and tensor is walked: where external data lies, which operators are not ONNX's own. */
#include <warrant/text.h>

#include "exam.h"
#include "proto.h"

#define FIELDS_MOST 100000u
#define DEPTH_MOST 32u
#define COUNT_MOST ((uint64_t)1 << 56)

/* ModelProto: 1 ir_version, 2 producer_name, 3 producer_version, 4 domain, 5 model_version, 6 doc_string, 7 graph,
 * 8 opset_import, 14 metadata_props, 20 training_info, 25 functions, 26 configuration. */
static uint32_t type_of(uint64_t field)
{
    switch (field) {
    case 1: case 5: return 0;
    case 2: case 3: case 4: case 6: case 7: case 8: case 14: case 20: case 25: case 26: return 2;
    default: return 9;
    }
}

/* GraphProto: 1 node, 2 name, 5 initializer, 10 doc_string, 11 input, 12 output, 13 value_info, 14 quantization,
 * 15 sparse_initializer, 16 metadata; every one of them bytes. */
static bool graph_like(wr_slice graph)
{
    wr_cursor c = wr_cursor_of(graph);
    wr_proto_field f;
    size_t n = 0;
    while (n < 8 && wr_proto_next(&c, &f)) {
        if (f.type != 2 || !(f.number == 1 || f.number == 2 || f.number == 5 || (f.number >= 10 && f.number <= 16)))
            return false;
        n++;
    }
    return n > 0 && (wr_ok(&c) || n >= 8);
}

static bool is(const wr_file *f)
{
    if (f->bytes.len < 8 || (uint8_t)f->bytes.at[0] > 0xd2)
        return false;
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    bool version = false, graph = false;
    size_t n = 0;
    while (n++ < FIELDS_MOST && wr_proto_next(&c, &field)) {
        if (field.type != type_of(field.number))
            return false;
        if (field.number == 1) {
            if (field.value == 0 || field.value > 100)
                return false;
            version = true;
        }
        if (field.number == 7) {
            if (!graph_like(field.bytes))
                return false;
            graph = true;
        }
    }
    return version && graph && wr_ok(&c);
}

/* ---- reading ---- */

typedef struct {
    wr_exam *x;
    const wr_part *p;
    uint64_t parameters, of[32];
    bool broken;
} onnx;

static uint64_t at_of(const onnx *o, wr_slice s)
{
    return s.at != NULL ? (uint64_t)(s.at - o->p->bytes.at) : 0;
}

static void broken(onnx *o, wr_slice where, const char *what, const char *why)
{
    if (!o->broken)
        wr_exam_unread(o->x, o->p, at_of(o, where), "%s cannot be read: %s", what, why);
    o->broken = true;
}

/* StringStringEntryProto: 1 key, 2 value. */
static void entry(wr_slice bytes, wr_slice *key, wr_slice *value)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    *key = *value = (wr_slice){ 0 };
    while (wr_proto_next(&c, &f)) {
        if (f.number == 1 && f.type == 2)
            *key = f.bytes;
        if (f.number == 2 && f.type == 2)
            *value = f.bytes;
    }
}

/* TensorProto: 1 dims, 2 data_type, 8 name, 13 external_data, 14 data_location. */
static void tensor(onnx *o, wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    uint64_t count = 1, type = 0;
    wr_slice name = { 0 }, key, value;
    while (wr_proto_next(&c, &f)) {
        wr_cursor packed = wr_cursor_of(f.type == 2 ? f.bytes : (wr_slice){ 0 });
        if (f.number == 1 && f.type == 0)
            count = f.value > 0 && count > COUNT_MOST / f.value ? COUNT_MOST : count * f.value;
        while (f.number == 1 && wr_left(&packed) > 0) {
            const uint64_t n = wr_varint(&packed);
            count = n > 0 && count > COUNT_MOST / n ? COUNT_MOST : count * n;
        }
        if (f.number == 2 && f.type == 0)
            type = f.value;
        if (f.number == 8 && f.type == 2)
            name = f.bytes;
        if (f.number != 13 || f.type != 2)
            continue;
        entry(f.bytes, &key, &value);
        if (!wr_slice_is(key, "location"))
            continue;
        wr_exam_add(o->x, o->p, at_of(o, f.bytes), "external_data", value, "files with the tensors' bytes");
        if (wr_path_leaves(value))
            wr_exam_find(o->x, o->p, at_of(o, f.bytes), WR_RULE_ONNX_EXTERNAL_PATH, value,
                         "the tensor " WR_FMT " lies in " WR_FMT,
                         WR_ARG(wr_exam_shown(o->x, name, 80)), WR_ARG(wr_exam_shown(o->x, value, 200)));
    }
    if (!wr_ok(&c))
        broken(o, bytes, "a tensor", c.why);
    o->parameters = o->parameters > COUNT_MOST ? o->parameters : o->parameters + count;
    o->of[type < 32 ? type : 0] += count;
}

/* Domains that belong to ONNX and its runtimes. */
static bool own_domain(wr_slice domain)
{
    static const char *const own[] = { "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training",
                                       "com.microsoft",
                                       "com.microsoft.nchwc", "com.ms.internal.nhwc", "pkg.onnxscript.torch_lib",
                                       "org.pytorch.aten", "local" };
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (wr_slice_is(domain, own[i]))
            return true;
    return false;
}

static void graph(onnx *o, wr_slice bytes, unsigned depth);

/* SparseTensorProto: 1 values, 2 indices, each a tensor. */
static void sparse_tensor(onnx *o, wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    while (wr_proto_next(&c, &f))
        if (f.type == 2 && (f.number == 1 || f.number == 2))
            tensor(o, f.bytes);
    if (!wr_ok(&c))
        broken(o, bytes, "a sparse tensor", c.why);
}

/* AttributeProto: 1 name, 5 t, 6 g, 10 tensors, 11 graphs, 22 sparse_tensor, 23 sparse_tensors. */
static void attribute(onnx *o, wr_slice bytes, unsigned depth)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    while (wr_proto_next(&c, &f)) {
        if ((f.number == 5 || f.number == 10) && f.type == 2)
            tensor(o, f.bytes);
        if ((f.number == 6 || f.number == 11) && f.type == 2)
            graph(o, f.bytes, depth + 1);
        if ((f.number == 22 || f.number == 23) && f.type == 2)
            sparse_tensor(o, f.bytes);
    }
    if (!wr_ok(&c))
        broken(o, bytes, "an attribute", c.why);
}

/* An EPContext names a compiled model beside this one: AttributeProto 4 s of ep_cache_context. */
static void compiled_beside(onnx *o, wr_slice attribute_bytes)
{
    wr_cursor c = wr_cursor_of(attribute_bytes);
    wr_proto_field f;
    wr_slice name = { 0 }, text = { 0 };
    while (wr_proto_next(&c, &f)) {
        name = f.number == 1 && f.type == 2 ? f.bytes : name;
        text = f.number == 4 && f.type == 2 ? f.bytes : text;
    }
    if (wr_slice_is(name, "ep_cache_context") && text.len > 0 && text.len < 4096 && wr_path_leaves(text))
        wr_exam_find(o->x, o->p, at_of(o, attribute_bytes), WR_RULE_ONNX_EXTERNAL_PATH, text,
                     "a compiled part lies in " WR_FMT, WR_ARG(wr_exam_shown(o->x, text, 200)));
}

/* NodeProto: 3 name, 4 op_type, 5 attribute, 7 domain. */
static void node(onnx *o, wr_slice bytes, unsigned depth)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    wr_slice op = { 0 }, domain = { 0 };
    while (wr_proto_next(&c, &f)) {
        if (f.type != 2)
            continue;
        if (f.number == 4)
            op = f.bytes;
        else if (f.number == 7)
            domain = f.bytes;
        else if (f.number == 5)
            attribute(o, f.bytes, depth);
    }
    if (!wr_ok(&c))
        broken(o, bytes, "a node", c.why);
    wr_cursor again = wr_cursor_of(wr_slice_is(op, "EPContext") ? bytes : (wr_slice){ 0 });
    while (wr_proto_next(&again, &f))
        if (f.number == 5 && f.type == 2)
            compiled_beside(o, f.bytes);
    const wr_slice full = wr_arena_printf(o->x->l->arena, WR_FMT "%s" WR_FMT, WR_ARG(domain), domain.len > 0 ? "::" : "",
                                          WR_ARG(op));
    static const char *const python[] = { "PyOp", "PythonOp", "PyFunc", "PythonFunction" };
    for (size_t i = 0; i < sizeof python / sizeof python[0]; i++)
        if (wr_slice_is(op, python[i])) {
            wr_exam_find(o->x, o->p, at_of(o, bytes), WR_RULE_ONNX_PYTHON_OPERATOR, full, "a node is a " WR_FMT,
                         WR_ARG(wr_exam_shown(o->x, full, 120)));
            return;
        }
    if (!own_domain(domain))
        wr_exam_find(o->x, o->p, at_of(o, bytes), WR_RULE_ONNX_CUSTOM_OPERATOR, full, "a node is a " WR_FMT,
                     WR_ARG(wr_exam_shown(o->x, full, 120)));
}

/* GraphProto, and FunctionProto whose nodes have another number. */
static void nodes(onnx *o, wr_slice bytes, unsigned depth, uint64_t node_field)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    if (depth > DEPTH_MOST) {
        broken(o, bytes, "a graph", "graphs are nested deeper than is followed");
        return;
    }
    while (wr_proto_next(&c, &f)) {
        if (f.type != 2)
            continue;
        if (f.number == node_field)
            node(o, f.bytes, depth);
        else if (f.number == 5 && node_field == 1)
            tensor(o, f.bytes);
        else if (f.number == 15 && node_field == 1)
            sparse_tensor(o, f.bytes);
        else if (f.number == 11 && node_field != 1)
            attribute(o, f.bytes, depth); /* FunctionProto: 11 attribute_proto, the defaults of its attributes */
    }
    if (!wr_ok(&c))
        broken(o, bytes, "a graph", c.why);
}

static void graph(onnx *o, wr_slice bytes, unsigned depth)
{
    nodes(o, bytes, depth, 1);
}

static void metadata(onnx *o, wr_slice bytes)
{
    wr_slice key, value;
    entry(bytes, &key, &value);
    static const struct { const char *key, *property; } known[] = {
        { "license", "license" }, { "base_model", "base_model" }, { "author", "author" }, { "version", "version" },
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (wr_slice_is(key, known[i].key))
            wr_exam_text(o->x, o->p, at_of(o, bytes), known[i].property, value, "named in the model's metadata");
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    static const char *const types[32] = { [1] = "F32", [2] = "U8", [3] = "I8", [4] = "U16", [5] = "I16", [6] = "I32",
                                           [7] = "I64", [8] = "string", [9] = "BOOL",
        [10] = "F16", [11] = "F64", [12] = "U32", [13] = "U64", [14] = "C64", [15] = "C128", [16] = "BF16",
        [17] = "F8_E4M3", [18] = "F8_E4M3FNUZ",
        [19] = "F8_E5M2", [20] = "F8_E5M2FNUZ", [21] = "U4", [22] = "I4", [23] = "F4" };
    wr_exam x = wr_exam_of(l, f, model, "onnx");
    const wr_part p = wr_part_of_file(f);
    onnx o = { .x = &x, .p = &p };
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    while (wr_proto_next(&c, &field)) {
        switch (field.number) {
        case 1: wr_exam_int(&x, &p, 0, "format_version", field.value, "the model's IR version"); break;
        case 2: wr_exam_text(&x, &p, at_of(&o, field.bytes), "producer", field.bytes, "named in the model"); break;
        case 7: graph(&o, field.bytes, 0); break;
        case 14: metadata(&o, field.bytes); break;
        case 20: { /* TrainingInfoProto: 1 initialization, 2 algorithm, both graphs */
            wr_cursor t = wr_cursor_of(field.bytes);
            wr_proto_field part;
            while (wr_proto_next(&t, &part))
                if (part.type == 2 && (part.number == 1 || part.number == 2))
                    graph(&o, part.bytes, 1);
            break;
        }
        case 25: nodes(&o, field.bytes, 1, 7); break;
        default: break;
        }
    }
    if (!wr_ok(&c))
        broken(&o, (wr_slice){ 0 }, "the model", c.why);
    size_t most = 1;
    for (size_t t = 2; t < 32; t++)
        most = o.of[t] > o.of[most] ? t : most;
    wr_exam_int(&x, &p, 0, "parameters", o.parameters, "sum of the tensors' shapes");
    if (o.of[most] > 0 && types[most] != NULL)
        wr_exam_text(&x, &p, 0, "quantization", wr_slice_of(types[most]), "most numbers are stored so");
    return WR_OK;
}

const wr_artifact wr_artifact_onnx = { "onnx", "ONNX: graphs, operators and where external data lies", is, look };
