/* TensorFlow SavedModel: saved_model.pb, a protobuf of graphs. Every node of every graph and function is looked at:
 * operators that touch files or call back into Python have no place in a model. */
#include "exam.h"
#include "proto.h"


/* SavedModel: 1 saved_model_schema_version, 2 meta_graphs. MetaGraphDef: 1 meta_info_def, 2 graph_def, 3 saver_def, 4
 * collection_def, 5 signature_def, 6 asset_file_def, 7 object_graph_def. GraphDef: 1 node, 2 library, 3 version, 4 versions.
 * NodeDef: 1 name, 2 op, 3 input, 4 device, 5 attr, 6 and 7 debugging. */

/* A first node that has an operator, named like one. */
static bool node_like(wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    bool op = false;
    while (wr_proto_next(&c, &f)) {
        if (f.type != 2 || f.number > 7)
            return false;
        if (f.number == 2)
            op = f.bytes.len > 0 && ((f.bytes.at[0] >= 'A' && f.bytes.at[0] <= 'Z') || f.bytes.at[0] == '_');
    }
    return wr_ok(&c) && op;
}

static bool graph_like(wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    while (wr_proto_next(&c, &f)) {
        if (f.number == 1 && f.type == 2)
            return node_like(f.bytes);
        if (f.number > 4)
            return false;
    }
    return false;
}

static bool meta_graph_like(wr_slice bytes, bool *ret_nodes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    bool any = false;
    while (wr_proto_next(&c, &f)) {
        if (f.type != 2 || f.number > 7)
            return false;
        any = true;
        if (f.number == 2)
            *ret_nodes |= graph_like(f.bytes);
    }
    return wr_ok(&c) && any;
}

static bool is(const wr_file *f)
{
    if (f->bytes.len < 6 || (f->bytes.at[0] != 0x08 && f->bytes.at[0] != 0x12))
        return false;
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    bool nodes = false;
    while (wr_proto_next(&c, &field)) {
        if (field.number == 1 && field.type == 0 && field.value >= 1 && field.value <= 16)
            continue;
        if (field.number != 2 || field.type != 2 || !meta_graph_like(field.bytes, &nodes))
            return false;
    }
    return wr_ok(&c) && nodes;
}

typedef struct { const char *op; wr_rule_id rule; } bad_op;
static const bad_op bad_ops[] = {
    { "ReadFile", WR_RULE_SAVEDMODEL_FILE_OPERATOR }, { "WriteFile", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "MatchingFiles", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "WholeFileReader", WR_RULE_SAVEDMODEL_FILE_OPERATOR }, { "WholeFileReaderV2", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "TextLineReader", WR_RULE_SAVEDMODEL_FILE_OPERATOR }, { "TextLineReaderV2", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "TextLineDataset", WR_RULE_SAVEDMODEL_FILE_OPERATOR }, { "FixedLengthRecordDataset", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "TFRecordDataset", WR_RULE_SAVEDMODEL_FILE_OPERATOR }, { "TFRecordReader", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "SaveDataset", WR_RULE_SAVEDMODEL_FILE_OPERATOR }, { "LoadDataset", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "DebugIdentityV2", WR_RULE_SAVEDMODEL_FILE_OPERATOR }, { "ImmutableConst", WR_RULE_SAVEDMODEL_FILE_OPERATOR },
    { "PyFunc", WR_RULE_SAVEDMODEL_PYTHON_OPERATOR }, { "PyFuncStateless", WR_RULE_SAVEDMODEL_PYTHON_OPERATOR },
    { "EagerPyFunc", WR_RULE_SAVEDMODEL_PYTHON_OPERATOR },
};

typedef struct { wr_exam *x; const wr_part *p; bool broken; uint64_t nodes; } saved;

static uint64_t at_of(const saved *s, wr_slice bytes)
{
    return bytes.at != NULL ? (uint64_t)(bytes.at - s->p->bytes.at) : 0;
}

static void broken(saved *s, wr_slice where, const wr_cursor *c)
{
    if (!s->broken && !wr_ok(c))
        wr_exam_unread(s->x, s->p, at_of(s, where), "the graph cannot be read to its end: %s", c->why);
    s->broken |= !wr_ok(c);
}

static void node(saved *s, wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    wr_slice name = { 0 }, op = { 0 };
    while (wr_proto_next(&c, &f)) {
        if (f.number == 1 && f.type == 2)
            name = f.bytes;
        if (f.number == 2 && f.type == 2)
            op = f.bytes;
    }
    broken(s, bytes, &c);
    s->nodes++;
    for (size_t i = 0; i < sizeof bad_ops / sizeof bad_ops[0]; i++)
        if (wr_slice_is(op, bad_ops[i].op))
            wr_exam_find(s->x, s->p, at_of(s, bytes), bad_ops[i].rule,
                         wr_arena_printf(s->x->l->arena, WR_FMT " " WR_FMT, WR_ARG(op), WR_ARG(name)),
                         "the node " WR_FMT " is a " WR_FMT, WR_ARG(wr_exam_shown(s->x, name, 80)), WR_ARG(op));
}

/* FunctionDefLibrary: 1 function. FunctionDef: 1 signature, 3 node_def. */
static void library(saved *s, wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f, part;
    while (wr_proto_next(&c, &f)) {
        if (f.number != 1 || f.type != 2)
            continue;
        wr_cursor function = wr_cursor_of(f.bytes);
        while (wr_proto_next(&function, &part))
            if (part.number == 3 && part.type == 2)
                node(s, part.bytes);
        broken(s, f.bytes, &function);
    }
    broken(s, bytes, &c);
}

static void graph(saved *s, wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    while (wr_proto_next(&c, &f)) {
        if (f.number == 1 && f.type == 2)
            node(s, f.bytes);
        if (f.number == 2 && f.type == 2)
            library(s, f.bytes);
    }
    broken(s, bytes, &c);
}

/* MetaInfoDef: 1 meta_graph_version, 4 tags, 5 tensorflow_version. */
static void info(saved *s, wr_slice bytes)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    while (wr_proto_next(&c, &f))
        if (f.number == 5 && f.type == 2)
            wr_exam_text(s->x, s->p, at_of(s, f.bytes), "framework",
                         wr_arena_printf(s->x->l->arena, "TensorFlow " WR_FMT, WR_ARG(f.bytes)), "named in the model");
}

/* A graph alone, as a "frozen" model is written: GraphDef with nothing around it. */
static bool is_graph(const wr_file *f)
{
    if (f->bytes.len < 8 || f->bytes.at[0] != 0x0a)
        return false;
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    uint64_t nodes = 0;
    while (wr_proto_next(&c, &field)) {
        const uint32_t type = field.number == 3 ? 0 : 2;
        if (field.number > 4 || field.type != type || (field.number == 1 && nodes++ < 16 && !node_like(field.bytes)))
            return false;
    }
    return wr_ok(&c) && nodes > 0;
}

static wr_status look_graph(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "tensorflow-graph");
    const wr_part p = wr_part_of_file(f);
    saved s = { .x = &x, .p = &p };
    graph(&s, f->bytes);
    wr_exam_int(&x, &p, 0, "nodes", s.nodes, "operators in the graph and its functions");
    return WR_OK;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "savedmodel");
    const wr_part p = wr_part_of_file(f);
    saved s = { .x = &x, .p = &p };
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field, part;
    while (wr_proto_next(&c, &field)) {
        if (field.number != 2 || field.type != 2)
            continue;
        wr_cursor meta = wr_cursor_of(field.bytes);
        while (wr_proto_next(&meta, &part)) {
            if (part.number == 1 && part.type == 2)
                info(&s, part.bytes);
            if (part.number == 2 && part.type == 2)
                graph(&s, part.bytes);
        }
        broken(&s, field.bytes, &meta);
    }
    broken(&s, f->bytes, &c);
    wr_exam_int(&x, &p, 0, "nodes", s.nodes, "operators in the graphs and functions");
    return WR_OK;
}

const wr_artifact wr_artifact_savedmodel = { "savedmodel", "TensorFlow SavedModel: every operator of every graph", is, look };
const wr_artifact wr_artifact_tensorflow_graph = { "tensorflow-graph", "a TensorFlow graph alone: every operator of it", is_graph,
                                                   look_graph };
