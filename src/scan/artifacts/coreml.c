/* Core ML .mlmodel: the protobuf of coremltools' mlmodel/format, versions 1 to 9 of the specification. Pipelines, neural
 * networks, programs and linked models are followed; other models are numbers and are passed over by the wire format. */
#include <warrant/text.h>

#include "code_words.h"
#include "coreml_path.h"
#include "proto.h"

#define DEPTH_MOST 32u
#define SPECIFICATION_MOST 20u
#define COUNT_MOST ((uint64_t)1 << 50)

typedef struct {
    wr_exam *x;
    const wr_part *p;
    const char *why;
    uint64_t why_at;
    uint32_t depth;
    uint64_t layers, models, parameters, of[40];
    wr_slice blob;               /* the file that holds the tensors of a program; the largest place in it */
    uint64_t blob_last, blob_last_at;
    bool code_said, blobs_differ;
} coreml;

typedef void (*handler)(coreml *m, const wr_proto_field *f);

static const struct { uint32_t number; const char *name; } types[] = {
    { 200, "pipelineClassifier" }, { 201, "pipelineRegressor" }, { 202, "pipeline" }, { 300, "glmRegressor" },
    { 301, "supportVectorRegressor" }, { 302, "treeEnsembleRegressor" }, { 303, "neuralNetworkRegressor" },
    { 304, "bayesianProbitRegressor" }, { 400, "glmClassifier" }, { 401, "supportVectorClassifier" },
    { 402, "treeEnsembleClassifier" }, { 403, "neuralNetworkClassifier" }, { 404, "kNearestNeighborsClassifier" },
    { 500, "neuralNetwork" }, { 501, "itemSimilarityRecommender" }, { 502, "mlProgram" }, { 555, "customModel" },
    { 556, "linkedModel" }, { 560, "classConfidenceThresholding" }, { 600, "oneHotEncoder" }, { 601, "imputer" },
    { 602, "featureVectorizer" }, { 603, "dictVectorizer" }, { 604, "scaler" }, { 606, "categoricalMapping" },
    { 607, "normalizer" }, { 609, "arrayFeatureExtractor" }, { 610, "nonMaximumSuppression" }, { 900, "identity" },
    { 2000, "textClassifier" }, { 2001, "wordTagger" }, { 2002, "visionFeaturePrint" },
    { 2003, "soundAnalysisPreprocessing" }, { 2004, "gazetteer" }, { 2005, "wordEmbedding" },
    { 2006, "audioFeaturePrint" }, { 3000, "serializedModel" },
};

static uint64_t at_of(const coreml *m, wr_slice s)
{
    return s.at == NULL ? 0 : (uint64_t)(s.at - m->p->bytes.at);
}

static void wrong(coreml *m, uint64_t at, const char *why)
{
    if (m->why == NULL) {
        m->why = why;
        m->why_at = at;
    }
}

/* Hands every field of a message to `each`; messages in messages up to a depth. */
static void message(coreml *m, wr_slice bytes, handler each)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    if (++m->depth > DEPTH_MOST)
        wrong(m, at_of(m, bytes), "its parts are nested deeper than is followed");
    while (m->why == NULL && wr_proto_next(&c, &f))
        each(m, &f);
    if (!wr_ok(&c))
        wrong(m, at_of(m, bytes) + c.fault_at, c.why);
    m->depth--;
}

static void judge_code(coreml *m, wr_slice text, const char *where)
{
    const char *word = m->code_said ? NULL : wr_code_word(text);
    if (word == NULL)
        return;
    m->code_said = true;
    wr_exam_find(m->x, m->p, at_of(m, text), WR_RULE_COREML_CODE, (wr_slice){ 0 }, "%s holds \"%s\": " WR_FMT, where, word,
                 WR_ARG(wr_exam_shown(m->x, text, 160)));
}

/* ---- the description ---- */

/* Metadata: 1 shortDescription, 2 versionString, 3 author, 4 license, 100 userDefined. */
static void metadata(coreml *m, const wr_proto_field *f)
{
    static const struct { uint64_t number; const char *property; } texts[] = {
        { 1, "title" }, { 2, "model_version" }, { 3, "author" }, { 4, "license" },
    };
    if (f->type != 2)
        return;
    if (f->number == 100) {
        const wr_slice key = wr_proto_last(f->bytes, 1), value = wr_proto_last(f->bytes, 2);
        judge_code(m, value, "a note in the model");
        if (wr_slice_is(key, "com.github.apple.coremltools.source"))
            wr_exam_text(m->x, m->p, at_of(m, value), "framework", value, "what it was converted from");
        else if (wr_slice_is(key, "com.github.apple.coremltools.version"))
            wr_exam_text(m->x, m->p, at_of(m, value), "producer", wr_arena_printf(m->x->l->arena, "coremltools " WR_FMT, WR_ARG(value)),
                         "the converter");
        else
            wr_exam_add(m->x, m->p, at_of(m, key), "notes", key, "names of the notes in it");
        return;
    }
    judge_code(m, f->bytes, "the description");
    for (size_t i = 0; m->models <= 1 && i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].number == f->number)
            wr_exam_text(m->x, m->p, at_of(m, f->bytes), texts[i].property, f->bytes, "named in the model");
}

/* ModelDescription: 1 input, 10 output, 20 functions, 100 metadata. */
static void description(coreml *m, const wr_proto_field *f)
{
    if (f->type == 2 && f->number == 100)
        message(m, f->bytes, metadata);
    else if (f->type == 2 && (f->number == 1 || f->number == 10) && m->models <= 1)
        wr_exam_add(m->x, m->p, at_of(m, f->bytes), f->number == 1 ? "inputs" : "outputs", wr_proto_last(f->bytes, 1),
                    "named in the model");
}

/* ---- code of others, and other files ---- */

static void parameter(coreml *m, const wr_proto_field *f)
{
    if (f->type == 2)
        judge_code(m, f->bytes, "a parameter of a custom part");
}

/* CustomLayerParams and CustomModel alike: 10 className, 30 parameters, 40 description. */
static void custom(coreml *m, wr_slice bytes, const char *what)
{
    const wr_slice name = wr_proto_last(bytes, 10);
    wr_exam_find(m->x, m->p, at_of(m, bytes), WR_RULE_COREML_CUSTOM_CODE, name, "a custom %s is the class " WR_FMT, what,
                 WR_ARG(wr_exam_shown(m->x, name, 120)));
    wr_exam_add(m->x, m->p, at_of(m, bytes), "custom_classes", name, "classes that the program must bring");
    message(m, bytes, parameter);
}

/* BlobFileValue: 1 fileName, 2 offset (of 64 bytes that describe the tensor). */
static void blob(coreml *m, const wr_proto_field *f)
{
    if (f->number == 2 && f->type == 0 && f->value >= m->blob_last)
        m->blob_last = f->value;
    if (f->number == 1 && f->type == 2) {
        m->blobs_differ |= m->blob.len > 0 && !wr_slice_eq(m->blob, f->bytes);
        m->blob = f->bytes;
        m->blob_last_at = at_of(m, f->bytes);
        wr_coreml_judge_path(m->x, m->p, at_of(m, f->bytes), f->bytes, "weights");
        wr_exam_add(m->x, m->p, at_of(m, f->bytes), "external_data", f->bytes, "files with the tensors' bytes");
    }
}

/* LinkedModelFile: 1 linkedModelFileName, 2 linkedModelSearchPath, each a parameter whose default value is field 1. */
static void linked(coreml *m, const wr_proto_field *f)
{
    if (f->number != 1 || f->type != 2)
        return;
    const wr_slice name = wr_proto_last(wr_proto_last(f->bytes, 1), 1), search = wr_proto_last(wr_proto_last(f->bytes, 2), 1);
    wr_slice rest = search, part;
    wr_exam_add(m->x, m->p, at_of(m, f->bytes), "linked_models", name, "models that are loaded with it");
    wr_coreml_judge_path(m->x, m->p, at_of(m, f->bytes), name, "linked model");
    while (wr_slice_split(&rest, ':', &part))
        wr_coreml_judge_path(m->x, m->p, at_of(m, f->bytes), part, "search path of a linked model");
}

/* ---- neural networks: 1 layers ---- */

static void network(coreml *m, const wr_proto_field *f);

/* BranchLayerParams: 1, 2 networks. LoopLayerParams: 3, 4 networks. */
static void branch(coreml *m, const wr_proto_field *f)
{
    if (f->type == 2 && (f->number == 1 || f->number == 2))
        message(m, f->bytes, network);
}

static void loop(coreml *m, const wr_proto_field *f)
{
    if (f->type == 2 && (f->number == 3 || f->number == 4))
        message(m, f->bytes, network);
}

static void layer(coreml *m, const wr_proto_field *f)
{
    if (f->type == 2 && f->number == 500)
        custom(m, f->bytes, "layer");
    else if (f->type == 2 && f->number == 605)
        message(m, f->bytes, branch);
    else if (f->type == 2 && f->number == 615)
        message(m, f->bytes, loop);
}

static void network(coreml *m, const wr_proto_field *f)
{
    if (f->number != 1 || f->type != 2)
        return;
    m->layers++;
    message(m, f->bytes, layer);
}

/* ---- programs (MIL) ---- */

static uint64_t varint_in(wr_slice bytes, uint64_t number)
{
    wr_cursor c = wr_cursor_of(bytes);
    wr_proto_field f;
    uint64_t found = 0;
    while (wr_proto_next(&c, &f))
        if (f.number == number && f.type == 0)
            found = f.value;
    return found;
}

/* TensorType: 1 dataType, 3 dimensions; a dimension's field 1 is constant and holds its size. */
static void count_tensor(coreml *m, wr_slice type)
{
    wr_cursor c = wr_cursor_of(type);
    wr_proto_field f;
    uint64_t count = 1, kind = 0;
    while (wr_proto_next(&c, &f)) {
        if (f.number == 1 && f.type == 0)
            kind = f.value;
        else if (f.number == 3 && f.type == 2) {
            const uint64_t n = varint_in(wr_proto_last(f.bytes, 1), 1);
            count = n > 0 && count > COUNT_MOST / n ? COUNT_MOST : count * n;
        }
    }
    if (count < COUNT_MOST && m->parameters < COUNT_MOST) {
        m->parameters += count;
        m->of[kind < 40 ? kind : 0] += count;
    }
}

static void operation(coreml *m, const wr_proto_field *f);

static void block(coreml *m, const wr_proto_field *f)
{
    if (f->number == 3 && f->type == 2) {
        m->layers++;
        message(m, f->bytes, operation);
    }
}

/* Value: 2 type, 5 blobFileValue. */
static void value(coreml *m, wr_slice bytes, wr_slice key)
{
    const wr_slice file = wr_proto_last(bytes, 5);
    if (wr_slice_is(key, "class_name")) {
        /* an immediate tensor of one string: 3 { 1 { 4 { 1 } } } */
        const wr_slice name = wr_proto_last(wr_proto_last(wr_proto_last(wr_proto_last(bytes, 3), 1), 4), 1);
        wr_exam_find(m->x, m->p, at_of(m, bytes), WR_RULE_COREML_CUSTOM_CODE, name, "an operation is the class " WR_FMT,
                     WR_ARG(wr_exam_shown(m->x, name, 120)));
    }
    if (file.len == 0)
        return;
    message(m, file, blob);
    count_tensor(m, wr_proto_last(wr_proto_last(bytes, 2), 1));
}

static void binding(coreml *m, const wr_proto_field *f)
{
    if (f->number == 1 && f->type == 2 && wr_proto_last(f->bytes, 2).len > 0)
        value(m, wr_proto_last(f->bytes, 2), (wr_slice){ 0 });
}

/* Operation: 2 inputs, 4 blocks, 5 attributes. */
static void operation(coreml *m, const wr_proto_field *f)
{
    if (f->type != 2)
        return;
    if (f->number == 4)
        message(m, f->bytes, block);
    else if (f->number == 2)
        message(m, wr_proto_last(f->bytes, 2), binding);
    else if (f->number == 5)
        value(m, wr_proto_last(f->bytes, 2), wr_proto_last(f->bytes, 1));
}

static void function(coreml *m, const wr_proto_field *f)
{
    if (f->number == 3 && f->type == 2)
        message(m, wr_proto_last(f->bytes, 2), block);
}

static void program(coreml *m, const wr_proto_field *f)
{
    if (f->number == 2 && f->type == 2)
        message(m, wr_proto_last(f->bytes, 2), function);
}

/* ---- the model ---- */

static void model(coreml *m, const wr_proto_field *f);

static void pipeline(coreml *m, const wr_proto_field *f)
{
    if (f->number == 1 && f->type == 2) {
        m->models++;
        message(m, f->bytes, model);
    }
}

static void outer_pipeline(coreml *m, const wr_proto_field *f)
{
    if (f->number == 1 && f->type == 2)
        message(m, f->bytes, pipeline);
}

static void type_of(coreml *m, const wr_proto_field *f)
{
    const char *name = NULL;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].number == f->number)
            name = types[i].name;
    if (name == NULL)
        wr_exam_unread(m->x, m->p, at_of(m, f->bytes), "a model of the kind %llu is not known", (unsigned long long)f->number);
    else if (m->models <= 1)
        wr_exam_text(m->x, m->p, at_of(m, f->bytes), "architecture", wr_slice_of(name), "the kind of model");
    switch (f->number) {
    case 200: case 201: message(m, f->bytes, outer_pipeline); break;
    case 202: message(m, f->bytes, pipeline); break;
    case 303: case 403: case 500: message(m, f->bytes, network); break;
    case 502: message(m, f->bytes, program); break;
    case 555: custom(m, f->bytes, "model"); break;
    case 556: message(m, f->bytes, linked); break;
    case 3000: wr_exam_unread(m->x, m->p, at_of(m, f->bytes), "a serialized model inside is not read"); break;
    default: break;
    }
}

static void model(coreml *m, const wr_proto_field *f)
{
    if (f->number == 1 && f->type == 0 && m->models <= 1)
        wr_exam_int(m->x, m->p, 0, "format_version", f->value, "the version of the specification");
    else if (f->number == 2 && f->type == 2)
        message(m, f->bytes, description);
    else if (f->number >= 200 && f->type == 2)
        type_of(m, f);
}

#define BLOB_HEAD 64u

/* "@model_path/weights/weight.bin" lies beside the model in its package. */
static void compare_with_blob(coreml *m)
{
    static const char front[] = "@model_path/";
    const wr_look *l = m->x->l;
    uint64_t size;
    if (!wr_slice_starts(m->blob, front) || m->blobs_differ || l->beside == NULL)
        return;
    const wr_slice name = wr_path_encode(m->x->l->arena, wr_slice_from(m->blob, sizeof front - 1));
    if (!l->beside(l, m->x->f, name, &size))
        return;
    wr_exam_int(m->x, m->p, m->blob_last_at, "weights_size", size, "bytes of the file with the tensors");
    if (size < BLOB_HEAD || m->blob_last > size - BLOB_HEAD)
        wr_exam_find(m->x, m->p, m->blob_last_at, WR_RULE_COREML_MALFORMED, WR_SLICE("weights"),
                     "a tensor is said to begin at byte %llu of " WR_FMT ", which has %llu", (unsigned long long)m->blob_last,
                     WR_ARG(wr_exam_shown(m->x, name, 120)), (unsigned long long)size);
}

static bool is(const wr_file *f)
{
    if (f->bytes.len < 16 || f->bytes.at[0] != 0x08)
        return false;
    wr_cursor c = wr_cursor_of(f->bytes);
    wr_proto_field field;
    bool version = false, described = false, type = false;
    while (wr_proto_next(&c, &field)) {
        if (field.number == 1 && field.type == 0 && field.value >= 1 && field.value <= SPECIFICATION_MOST)
            version = true;
        else if (field.number == 2 && field.type == 2)
            described = true;
        else if (field.number >= 200 && field.number <= 3000 && field.type == 2)
            type = true;
        else if (!(field.number == 10 && field.type == 0))
            return false;
    }
    return wr_ok(&c) && version && described && type;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *asset, wr_error *err)
{
    static const struct { uint32_t kind; const char *name; } names[] = {
        { 10, "F16" }, { 11, "F32" }, { 12, "F64" }, { 13, "BF16" }, { 21, "I8" }, { 22, "I16" }, { 23, "I32" }, { 24, "I64" },
        { 31, "U8" }, { 32, "U16" }, { 33, "U32" }, { 34, "U64" }, { 1, "BOOL" },
    };
    (void)err;
    wr_exam x = wr_exam_of(l, f, asset, "coreml");
    const wr_part p = wr_part_of_file(f);
    coreml m = { .x = &x, .p = &p, .models = 1 };
    message(&m, f->bytes, model);
    if (m.why != NULL) {
        wr_exam_find(&x, &p, m.why_at, WR_RULE_COREML_MALFORMED, (wr_slice){ 0 }, "%s", m.why);
        wr_exam_unread(&x, &p, m.why_at, "the model was not read to its end: %s", m.why);
    }
    compare_with_blob(&m);
    wr_exam_int(&x, &p, 0, "layers", m.layers, "layers and operations");
    if (m.models > 1)
        wr_exam_int(&x, &p, 0, "models", m.models - 1, "models of the pipeline");
    if (m.parameters == 0)
        return WR_OK;
    wr_exam_int(&x, &p, 0, "parameters", m.parameters, "sum of the shapes of the tensors in other files");
    size_t most = 0;
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++)
        most = m.of[names[i].kind] > m.of[names[most].kind] ? i : most;
    wr_exam_text(&x, &p, 0, "quantization", wr_slice_of(names[most].name), "most numbers are stored so");
    return WR_OK;
}

const wr_artifact wr_artifact_coreml = { "coreml", "Core ML: description, pipelines, networks, programs; code and files of others", is,
    look };
