/* Networks written as protobufs by Caffe (.caffemodel: NetParameter) and PaddlePaddle (.pdmodel: ProgramDesc). Every layer and
 * operator is looked at for what runs code or touches files; weights are numbers.
 *
 * caffe.proto: NetParameter 1 name, 2 layers (old), 3 input, 4 input_dim, 5 force_backward, 6 state, 7 debug_info,
 * 8 input_shape, 100 layer. LayerParameter 1 name, 2 type, 130 python_param of (1 module, 2 layer). The old layer: 4 name, 5 type,
 * a number. framework.proto: ProgramDesc 1 blocks, 3 to 5 versions. BlockDesc 1 idx, 2 parent_idx, 3 vars, 4 ops.
 * OpDesc 1 inputs, 2 outputs, 3 type, 4 attrs of (1 name, 5 s). */
#include "exam.h"
#include "proto.h"

#define PROBED 64u /* layers whose shape is looked at before the file is taken for a network */

static bool word(wr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((uint8_t)s.at[i] < 0x20 || (uint8_t)s.at[i] > 0x7e)
            return false;
    return s.len > 0 && s.len < 512;
}

static uint64_t at_of(const wr_part *p, wr_slice bytes)
{
    return bytes.at != NULL ? (uint64_t)(bytes.at - p->bytes.at) : 0;
}

static void broken(wr_exam *x, const wr_part *p, wr_slice where, const wr_cursor *c)
{
    if (!wr_ok(c))
        wr_exam_unread(x, p, at_of(p, where) + wr_offset(c), "the network cannot be read to its end: %s", c->why);
}

/* ---- Caffe ---- */

typedef struct { wr_slice name, type, python; bool old; } layer;

static bool layer_of(wr_slice bytes, bool old, layer *ret)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    *ret = (layer){ .old = old };
    bool typed = false;
    while (wr_proto_next(&c, &f)) {
        if (f.number == (old ? 4u : 1u) && f.type == 2)
            ret->name = f.bytes;
        if (f.number == 2 && f.type == 2)
            ret->type = f.bytes;
        if (f.number == 130 && f.type == 2)
            ret->python = f.bytes;
        typed |= old && f.number == 5 && f.type == 0 && f.value < 256;
    }
    return wr_ok(&c) && word(ret->name) && (old ? typed : word(ret->type));
}

static bool is_caffe(const wr_file *f)
{
    static const uint8_t types[] = { 9, 2, 2, 2, 0, 0, 2, 0, 2 };
    if (f->bytes.len < 16 || (f->bytes.at[0] != 0x0a && f->bytes.at[0] != 0x12 && (uint8_t)f->bytes.at[0] != 0xa2))
        return false;
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    layer found;
    uint32_t layers = 0;
    while (wr_proto_next(&c, &field)) {
        const bool is_layer = field.type == 2 && (field.number == 100 || field.number == 2);
        if (field.number != 100 && (field.number >= sizeof types || (types[field.number] != field.type && field.number != 4)))
            return false;
        if (field.number == 1 && !word(field.bytes))
            return false;
        if (is_layer && layers++ < PROBED && !layer_of(field.bytes, field.number == 2, &found))
            return false;
    }
    return wr_ok(&c) && layers > 0;
}

static wr_status look_caffe(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "caffe");
    const wr_part p = wr_part_of_file(f);
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    uint64_t layers = 0;
    while (wr_proto_next(&c, &field)) {
        layer one;
        if (field.number == 1 && field.type == 2)
            wr_exam_text(&x, &p, 0, "title", wr_exam_shown(&x, field.bytes, 120), "the network's name");
        if (field.type != 2 || (field.number != 100 && field.number != 2))
            continue;
        layers++;
        if (!layer_of(field.bytes, field.number == 2, &one))
            wr_exam_unread(&x, &p, at_of(&p, field.bytes), "a layer is not understood");
        else if (wr_slice_is(one.type, "Python"))
            wr_exam_find(&x, &p, at_of(&p, field.bytes), WR_RULE_NET_PYTHON_LAYER, one.name,
                         "the layer " WR_FMT " is the Python class " WR_FMT " of the module " WR_FMT,
                         WR_ARG(wr_exam_shown(&x, one.name, 80)), WR_ARG(wr_exam_shown(&x, wr_proto_last(one.python, 2), 80)),
                         WR_ARG(wr_exam_shown(&x, wr_proto_last(one.python, 1), 80)));
        else if (wr_slice_is(one.type, "HDF5Output"))
            wr_exam_find(&x, &p, at_of(&p, field.bytes), WR_RULE_NET_FILE_OPERATOR, one.name, "the layer " WR_FMT " writes a file",
                         WR_ARG(wr_exam_shown(&x, one.name, 80)));
    }
    broken(&x, &p, f->bytes, &c);
    wr_exam_int(&x, &p, 0, "nodes", layers, "layers of the network");
    return WR_OK;
}

/* ---- PaddlePaddle ---- */

static bool op_like(wr_slice bytes)
{
    return word(wr_proto_last(bytes, 3));
}

static bool block_like(wr_slice bytes, bool *ret_ops)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    uint32_t n = 0, seen = 0;
    while (wr_proto_next(&c, &f)) {
        if (f.number > 5 || f.type != (f.number == 3 || f.number == 4 ? 2u : 0u))
            return false;
        seen |= 1u << f.number;
        if (f.number == 4 && n++ < PROBED && !op_like(f.bytes))
            return false;
    }
    *ret_ops |= n > 0;
    return wr_ok(&c) && (seen & 6) == 6; /* idx and parent_idx are required */
}

static bool is_paddle(const wr_file *f)
{
    if (f->bytes.len < 16 || f->bytes.at[0] != 0x0a)
        return false;
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    bool ops = false;
    while (wr_proto_next(&c, &field)) {
        if (field.type != 2 || field.number > 5)
            return false;
        if (field.number == 1 && !block_like(field.bytes, &ops))
            return false;
    }
    return wr_ok(&c) && ops;
}

static void paddle_op(wr_exam *x, const wr_part *p, wr_slice bytes)
{
    static const char *const files[] = { "load", "load_combine", "save", "save_combine" };
    const wr_slice type = wr_proto_last(bytes, 3);
    if (wr_slice_is(type, "py_func") || wr_slice_is(type, "py_layer"))
        wr_exam_find(x, p, at_of(p, bytes), WR_RULE_NET_PYTHON_LAYER, type, "an operator is " WR_FMT, WR_ARG(type));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (wr_slice_is(type, files[i]))
            wr_exam_find(x, p, at_of(p, bytes), WR_RULE_NET_FILE_OPERATOR, type, "an operator is " WR_FMT, WR_ARG(type));
    wr_exam_add(x, p, at_of(p, bytes), "operators", wr_exam_shown(x, type, 80), "named in the program");
}

static wr_status look_paddle(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "paddle");
    const wr_part p = wr_part_of_file(f);
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field block, part;
    uint64_t ops = 0;
    while (wr_proto_next(&c, &block)) {
        if (block.number != 1 || block.type != 2)
            continue;
        wr_cursor inner = wr_cursor_of(block.bytes);
        while (wr_proto_next(&inner, &part))
            if (part.number == 4 && part.type == 2) {
                paddle_op(&x, &p, part.bytes);
                ops++;
            }
        broken(&x, &p, block.bytes, &inner);
    }
    broken(&x, &p, f->bytes, &c);
    wr_exam_int(&x, &p, 0, "nodes", ops, "operators of the program");
    return WR_OK;
}

const wr_artifact wr_artifact_caffe = { "caffe", "Caffe: every layer", is_caffe, look_caffe };
const wr_artifact wr_artifact_paddle = { "paddle", "PaddlePaddle programs: every operator", is_paddle, look_paddle };
