/* TFLite: a FlatBuffer with the identifier TFL3. Every flat_table that a loader follows is followed, within the file. */
#include <warrant/cursor.h>

#include "exam.h"
#include "flat.h"

#define COUNT_MOST ((uint64_t)1 << 56)
#define BUILTIN_CUSTOM 32u

typedef struct { wr_exam *x; const wr_part *p; flat_buffer b; uint32_t operators, buffers; } flat;

static bool is(const wr_file *f)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    const uint32_t root = wr_u32le(&c);
    wr_expect(&c, "TFL3");
    return wr_ok(&c) && root >= 8 && root < f->bytes.len;
}

/* OperatorCode: 0 deprecated_builtin_code, 1 custom_code, 3 builtin_code. Flex operators are TensorFlow's own. */
static void operators(flat *f, flat_table model)
{
    const flat_vector codes = flat_vector_of(&f->b, model, 1, 4);
    f->operators = codes.count;
    for (uint32_t i = 0; i < codes.count && f->b.why == NULL; i++) {
        const flat_table code = flat_item(&f->b, codes, i);
        const uint64_t builtin = flat_value(&f->b, code, 3, 4);
        const wr_slice custom = flat_text(&f->b, code, 1);
        if (f->b.why != NULL || custom.len == 0 || (builtin != BUILTIN_CUSTOM && flat_value(&f->b, code, 0, 1) != BUILTIN_CUSTOM))
            continue;
        const wr_slice shown = wr_exam_shown(f->x, custom, 120);
        static const char *const files[] = { "FlexReadFile", "FlexWriteFile", "FlexMatchingFiles", "FlexWholeFileReaderV2",
                                             "FlexTextLineDataset", "FlexTFRecordDataset" };
        bool reported = wr_slice_starts(custom, "Flex");
        for (size_t k = 0; k < sizeof files / sizeof files[0]; k++)
            if (wr_slice_is(custom, files[k]))
                wr_exam_find(f->x, f->p, code.at, WR_RULE_SAVEDMODEL_FILE_OPERATOR, custom, "an operator is " WR_FMT,
                             WR_ARG(shown));
        if (wr_slice_starts(custom, "FlexPyFunc") || wr_slice_starts(custom, "FlexEagerPyFunc"))
            wr_exam_find(f->x, f->p, code.at, WR_RULE_SAVEDMODEL_PYTHON_OPERATOR, custom, "an operator is " WR_FMT,
                         WR_ARG(shown));
        if (!reported)
            wr_exam_find(f->x, f->p, code.at, WR_RULE_TFLITE_CUSTOM_OPERATOR, custom, "an operator is " WR_FMT, WR_ARG(shown));
    }
}

static void check_indices(flat *f, flat_table t, uint32_t i, uint32_t tensors)
{
    const flat_vector v = flat_vector_of(&f->b, t, i, 4);
    for (uint32_t k = 0; k < v.count && f->b.why == NULL; k++) {
        const int32_t index = (int32_t)flat_number(&f->b, v.at + 4 * (uint64_t)k, 4);
        if (index >= 0 && (uint32_t)index >= tensors)
            flat_wrong(&f->b, v.at + 4 * (uint64_t)k, "an operator or graph names a tensor that is not there");
    }
}

/* SubGraph: 0 tensors, 1 inputs, 2 outputs, 3 operators. Tensor: 0 shape, 1 type, 2 buffer. Operator: 0 opcode_index, 1 inputs, 2
 * outputs. */
static void graph(flat *f, flat_table g, uint64_t *parameters, uint64_t of[32])
{
    const flat_vector tensors = flat_vector_of(&f->b, g, 0, 4), nodes = flat_vector_of(&f->b, g, 3, 4);
    for (uint32_t i = 0; i < tensors.count && f->b.why == NULL; i++) {
        const flat_table t = flat_item(&f->b, tensors, i);
        const flat_vector shape = flat_vector_of(&f->b, t, 0, 4);
        const uint64_t type = flat_value(&f->b, t, 1, 1), buffer = flat_value(&f->b, t, 2, 4);
        uint64_t count = 1;
        for (uint32_t k = 0; k < shape.count; k++) {
            const int32_t n = (int32_t)flat_number(&f->b, shape.at + 4 * (uint64_t)k, 4);
            count = n > 0 && count < COUNT_MOST / (uint64_t)n ? count * (uint64_t)n : n == 0 ? 0 : COUNT_MOST;
        }
        if (buffer >= f->buffers && buffer > 0)
            flat_wrong(&f->b, t.at, "a tensor names a buffer that is not there");
        if (buffer > 0 && count < COUNT_MOST && *parameters < COUNT_MOST) {
            *parameters += count;
            of[type < 32 ? type : 31] += count;
        }
    }
    check_indices(f, g, 1, tensors.count);
    check_indices(f, g, 2, tensors.count);
    for (uint32_t i = 0; i < nodes.count && f->b.why == NULL; i++) {
        const flat_table node = flat_item(&f->b, nodes, i);
        if (flat_value(&f->b, node, 0, 4) >= f->operators)
            flat_wrong(&f->b, node.at, "a node names an operator that is not there");
        check_indices(f, node, 1, tensors.count);
        check_indices(f, node, 2, tensors.count);
    }
}

/* Buffer: 0 data; 1 offset and 2 size of data behind the FlatBuffer, in files above 2 GiB. */
static void buffers(flat *f, flat_table root)
{
    const flat_vector list = flat_vector_of(&f->b, root, 4, 4);
    f->buffers = list.count;
    for (uint32_t i = 0; i < list.count && f->b.why == NULL; i++) {
        const flat_table buffer = flat_item(&f->b, list, i);
        const uint64_t offset = flat_value(&f->b, buffer, 1, 8), size = flat_value(&f->b, buffer, 2, 8), len = f->b.bytes.len;
        (void)flat_vector_of(&f->b, buffer, 0, 1);
        if (offset > 1 && (size > len || offset > len - size))
            flat_wrong(&f->b, buffer.at, "the bytes of a tensor lie outside the file");
    }
}

static wr_status look(wr_look *l, const wr_file *file, wr_asset *model, wr_error *err)
{
    (void)err;
    static const char *const types[32] = { "F32", "F16", "I32", "U8", "I64", "string", "BOOL", "I16", "C64", "I8", "F64",
                                           "C128", "U64", "resource", "variant",
                                           "U32", "U16", "I4", "BF16" };
    wr_exam x = wr_exam_of(l, file, model, "tflite");
    const wr_part p = wr_part_of_file(file);
    flat f = { .x = &x, .p = &p, .b = { .bytes = file->bytes } };
    uint64_t parameters = 0, of[32] = { 0 };
    const flat_table root = flat_table_at(&f.b, flat_number(&f.b, 0, 4));
    /* Model: 0 version, 1 operator_codes, 2 subgraphs, 3 description, 4 buffers. */
    wr_exam_int(&x, &p, 0, "format_version", flat_value(&f.b, root, 0, 4), "named in the model");
    buffers(&f, root);
    operators(&f, root);
    const flat_vector graphs = flat_vector_of(&f.b, root, 2, 4);
    for (uint32_t i = 0; i < graphs.count && f.b.why == NULL; i++)
        graph(&f, flat_item(&f.b, graphs, i), &parameters, of);
    wr_exam_text(&x, &p, 0, "title", flat_text(&f.b, root, 3), "the model's description");
    if (f.b.why != NULL) {
        wr_exam_find(&x, &p, f.b.why_at, WR_RULE_TFLITE_MALFORMED, (wr_slice){ 0 }, "%s", f.b.why);
        wr_exam_unread(&x, &p, f.b.why_at, "the model was not read to its end: %s", f.b.why);
        return WR_OK;
    }
    size_t most = 0;
    for (size_t t = 1; t < 32; t++)
        most = of[t] > of[most] ? t : most;
    wr_exam_int(&x, &p, 0, "parameters", parameters, "sum of the tensors that have data");
    if (of[most] > 0 && types[most] != NULL)
        wr_exam_text(&x, &p, 0, "quantization", wr_slice_of(types[most]), "most numbers are stored so");
    return WR_OK;
}

const wr_artifact wr_artifact_tflite = { "tflite", "TensorFlow Lite: tables, operators and indices", is, look };
