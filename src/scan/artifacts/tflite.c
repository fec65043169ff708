/* TFLite: a FlatBuffer with the identifier TFL3. Every table that a loader follows is followed, within the file. */
#include <warrant/cursor.h>

#include "exam.h"

#define VECTOR_MOST 10000000u
#define COUNT_MOST ((uint64_t)1 << 56)
#define BUILTIN_CUSTOM 32u

typedef struct { wr_exam *x; const wr_part *p; const char *why; uint64_t why_at; uint32_t operators, buffers; } flat;
typedef struct { uint64_t at, fields; uint32_t field_count; } table;   /* at 0: none */
typedef struct { uint64_t at; uint32_t count; } vector;               /* at: of the first item */

static uint64_t number(flat *f, uint64_t at, unsigned size)
{
    const wr_slice s = wr_slice_part(f->p->bytes, at < f->p->bytes.len ? (size_t)at : f->p->bytes.len, size);
    uint64_t n = 0;
    if (s.len < size) {
        if (f->why == NULL) {
            f->why = "an offset leads out of the file";
            f->why_at = at < f->p->bytes.len ? at : 0;
        }
        return 0;
    }
    for (unsigned i = 0; i < size; i++)
        n |= (uint64_t)(uint8_t)s.at[i] << (8 * i);
    return n;
}

static void wrong(flat *f, uint64_t at, const char *why)
{
    if (f->why == NULL) {
        f->why = why;
        f->why_at = at;
    }
}

/* A table begins with the signed distance back to its list of fields. */
static table table_at(flat *f, uint64_t at)
{
    const int64_t back = (int32_t)number(f, at, 4);
    const int64_t fields = (int64_t)at - back;
    if (f->why == NULL && (fields < 4 || (uint64_t)fields + 4 > f->p->bytes.len))
        wrong(f, at, "a table's fields lie outside the file");
    const uint64_t len = f->why == NULL ? number(f, (uint64_t)fields, 2) : 0;
    if (f->why == NULL && (len < 4 || len % 2 != 0))
        wrong(f, at, "a table's list of fields is none");
    return f->why == NULL ? (table){ at, (uint64_t)fields, (uint32_t)(len - 4) / 2 } : (table){ 0 };
}

/* Where a field's value lies; 0 where the table has none. */
static uint64_t field(flat *f, table t, uint32_t i)
{
    if (t.at == 0 || i >= t.field_count)
        return 0;
    const uint64_t distance = number(f, t.fields + 4 + 2 * (uint64_t)i, 2);
    return distance == 0 ? 0 : t.at + distance;
}

static uint64_t value(flat *f, table t, uint32_t i, unsigned size)
{
    const uint64_t at = field(f, t, i);
    return at == 0 ? 0 : number(f, at, size);
}

static uint64_t follow(flat *f, uint64_t at)
{
    return at == 0 ? 0 : at + number(f, at, 4);
}

static vector vector_of(flat *f, table t, uint32_t i, unsigned item)
{
    const uint64_t at = follow(f, field(f, t, i));
    if (at == 0 || f->why != NULL)
        return (vector){ 0 };
    const uint64_t count = number(f, at, 4);
    if (count > VECTOR_MOST || at + 4 + count * item > f->p->bytes.len) {
        wrong(f, at, "a list is longer than the file");
        return (vector){ 0 };
    }
    return (vector){ at + 4, (uint32_t)count };
}

static table item(flat *f, vector v, uint32_t i)
{
    return table_at(f, follow(f, v.at + 4 * (uint64_t)i));
}

static wr_slice text(flat *f, table t, uint32_t i)
{
    const vector v = vector_of(f, t, i, 1);
    return v.at == 0 ? (wr_slice){ 0 } : wr_slice_part(f->p->bytes, (size_t)v.at, v.count);
}

static bool is(const wr_file *f)
{
    wr_cursor c = wr_cursor_of(f->bytes);
    const uint32_t root = wr_u32le(&c);
    wr_expect(&c, "TFL3");
    return wr_ok(&c) && root >= 8 && root < f->bytes.len;
}

/* OperatorCode: 0 deprecated_builtin_code, 1 custom_code, 3 builtin_code. Flex operators are TensorFlow's own. */
static void operators(flat *f, table model)
{
    const vector codes = vector_of(f, model, 1, 4);
    f->operators = codes.count;
    for (uint32_t i = 0; i < codes.count && f->why == NULL; i++) {
        const table code = item(f, codes, i);
        const uint64_t builtin = value(f, code, 3, 4);
        const wr_slice custom = text(f, code, 1);
        if (f->why != NULL || custom.len == 0 || (builtin != BUILTIN_CUSTOM && value(f, code, 0, 1) != BUILTIN_CUSTOM))
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

static void check_indices(flat *f, table t, uint32_t i, uint32_t tensors)
{
    const vector v = vector_of(f, t, i, 4);
    for (uint32_t k = 0; k < v.count && f->why == NULL; k++) {
        const int32_t index = (int32_t)number(f, v.at + 4 * (uint64_t)k, 4);
        if (index >= 0 && (uint32_t)index >= tensors)
            wrong(f, v.at + 4 * (uint64_t)k, "an operator or graph names a tensor that is not there");
    }
}

/* SubGraph: 0 tensors, 1 inputs, 2 outputs, 3 operators. Tensor: 0 shape, 1 type, 2 buffer. Operator: 0 opcode_index, 1 inputs, 2 outputs. */
static void graph(flat *f, table g, uint64_t *parameters, uint64_t of[32])
{
    const vector tensors = vector_of(f, g, 0, 4), nodes = vector_of(f, g, 3, 4);
    for (uint32_t i = 0; i < tensors.count && f->why == NULL; i++) {
        const table t = item(f, tensors, i);
        const vector shape = vector_of(f, t, 0, 4);
        const uint64_t type = value(f, t, 1, 1), buffer = value(f, t, 2, 4);
        uint64_t count = 1;
        for (uint32_t k = 0; k < shape.count; k++) {
            const int32_t n = (int32_t)number(f, shape.at + 4 * (uint64_t)k, 4);
            count = n > 0 && count < COUNT_MOST / (uint64_t)n ? count * (uint64_t)n : n == 0 ? 0 : COUNT_MOST;
        }
        if (buffer >= f->buffers && buffer > 0)
            wrong(f, t.at, "a tensor names a buffer that is not there");
        if (buffer > 0 && count < COUNT_MOST && *parameters < COUNT_MOST) {
            *parameters += count;
            of[type < 32 ? type : 31] += count;
        }
    }
    check_indices(f, g, 1, tensors.count);
    check_indices(f, g, 2, tensors.count);
    for (uint32_t i = 0; i < nodes.count && f->why == NULL; i++) {
        const table node = item(f, nodes, i);
        if (value(f, node, 0, 4) >= f->operators)
            wrong(f, node.at, "a node names an operator that is not there");
        check_indices(f, node, 1, tensors.count);
        check_indices(f, node, 2, tensors.count);
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
    flat f = { .x = &x, .p = &p };
    uint64_t parameters = 0, of[32] = { 0 };
    const table root = table_at(&f, number(&f, 0, 4));
    /* Model: 0 version, 1 operator_codes, 2 subgraphs, 3 description, 4 buffers. */
    wr_exam_int(&x, &p, 0, "format_version", value(&f, root, 0, 4), "named in the model");
    f.buffers = vector_of(&f, root, 4, 4).count;
    operators(&f, root);
    const vector graphs = vector_of(&f, root, 2, 4);
    for (uint32_t i = 0; i < graphs.count && f.why == NULL; i++)
        graph(&f, item(&f, graphs, i), &parameters, of);
    wr_exam_text(&x, &p, 0, "title", text(&f, root, 3), "the model's description");
    if (f.why != NULL) {
        wr_exam_find(&x, &p, f.why_at, WR_RULE_TFLITE_MALFORMED, (wr_slice){ 0 }, "%s", f.why);
        wr_exam_unread(&x, &p, f.why_at, "the model was not read to its end: %s", f.why);
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
