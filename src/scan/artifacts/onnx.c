/* ONNX: a protobuf without a magic number, so it is known by reading its outermost fields to the last byte. */
#include "exam.h"
#include "proto.h"

#define FIELDS_MOST 100000u

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

/* GraphProto: 1 node, 2 name, 5 initializer, 8 ... 16; every one of them bytes. */
static bool graph_like(wr_slice graph)
{
    wr_cursor c = wr_cursor_of(graph);
    wr_proto_field f;
    size_t n = 0;
    while (n < 8 && wr_proto_next(&c, &f)) {
        if (f.type != 2 || !(f.number == 1 || f.number == 2 || f.number == 5 || f.number == 8 || (f.number >= 10 && f.number <= 16)))
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

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "onnx");
    const wr_part p = wr_part_of_file(f);
    wr_exam_unread(&x, &p, 0, "the reader for ONNX does not look inside yet");
    return WR_OK;
}

const wr_artifact wr_artifact_onnx = { "onnx", "ONNX: known, not read inside yet", is, look };
