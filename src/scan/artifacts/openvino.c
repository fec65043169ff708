/* OpenVINO IR: the graph in XML, version 2 and up. The numbers lie in a .bin beside it: every place in it is checked
 * against that file's size where it can be known. */
#include <warrant/text.h>

#include "xml.h"


typedef struct { const char *name; uint32_t bits; uint64_t count; } element_type;

typedef struct {
    wr_exam *x;
    const wr_part *p;
    bool in_const, malformed, layer_said, code_said;
    uint32_t conversion;       /* depth + 1 of conversion_parameters; 0: outside */
    uint64_t layers, parameters, end, end_at;
    element_type types[24];
} openvino;

static const element_type all_types[] = {
    { "F32", 32, 0 }, { "F16", 16, 0 }, { "BF16", 16, 0 }, { "F64", 64, 0 }, { "I64", 64, 0 }, { "I32", 32, 0 }, { "I16", 16, 0 },
    { "I8", 8, 0 }, { "I4", 4, 0 }, { "U64", 64, 0 }, { "U32", 32, 0 }, { "U16", 16, 0 }, { "U8", 8, 0 }, { "U4", 4, 0 },
    { "U2", 2, 0 }, { "U1", 1, 0 }, { "NF4", 4, 0 }, { "F8E4M3", 8, 0 }, { "F8E5M2", 8, 0 }, { "F8E8M0", 8, 0 }, { "F4E2M1", 4, 0 },
    { "BOOLEAN", 8, 0 }, { "FP32", 32, 0 }, { "FP16", 16, 0 },
};

static element_type *type_of(openvino *o, wr_slice name)
{
    for (size_t i = 0; i < sizeof all_types / sizeof all_types[0]; i++)
        if (wr_slice_eq_fold(name, wr_slice_of(all_types[i].name)))
            return &o->types[i];
    return NULL;
}

static void wrong(openvino *o, uint64_t at, const char *fmt, wr_slice what)
{
    if (!o->malformed)
        wr_exam_find(o->x, o->p, at, WR_RULE_OPENVINO_MALFORMED, (wr_slice){ 0 }, fmt, WR_ARG(wr_exam_shown(o->x, what, 80)));
    o->malformed = true;
}

/* The numbers of a list "2,3"; false where one is none or all together are too many. A dimension that is not fixed is -1. */
static bool count_of(wr_slice shape, uint64_t *ret)
{
    wr_slice part;
    *ret = 1;
    while (wr_slice_split(&shape, ',', &part)) {
        uint64_t n;
        part = wr_slice_trim(part);
        if (part.len == 0)
            continue;
        if (!wr_parse_u64(part, &n) || (n > 0 && *ret > ((uint64_t)1 << 56) / n))
            return false;
        *ret *= n;
    }
    return true;
}

/* `offset` and `size` of a constant (IR 10 and up) or a blob (before). */
static void weights(openvino *o, const wr_xml_element *e, bool shaped)
{
    const wr_slice offset = wr_xml_attribute(e, "offset"), size = wr_xml_attribute(e, "size");
    uint64_t from, len, count;
    if (offset.len == 0 && size.len == 0)
        return;
    if (!wr_parse_u64(offset, &from) || !wr_parse_u64(size, &len) || from > INT64_MAX || len > INT64_MAX) {
        wrong(o, e->at, "the place of a constant is no number: " WR_FMT, offset.len > 0 ? offset : size);
        return;
    }
    if (from + len > o->end) {
        o->end = from + len;
        o->end_at = e->at;
    }
    const wr_slice name = wr_xml_attribute(e, shaped ? "element_type" : "precision"), shape = wr_xml_attribute(e, "shape");
    element_type *t = type_of(o, name);
    if (!shaped || t == NULL) /* a string tensor, or a type that is newer than this reader */
        return;
    if (!count_of(shape, &count)) {
        wrong(o, e->at, "the shape of a constant is no list of numbers: " WR_FMT, shape);
        return;
    }
    if ((count * t->bits + 7) / 8 != len)
        wrong(o, e->at, "the size of a constant does not fit its shape: " WR_FMT, shape);
    t->count += count;
    o->parameters += count;
}

static bool is_library(wr_slice s)
{
    static const char *const endings[] = { ".so", ".dll", ".dylib", ".py", ".exe" };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (wr_slice_ends(s, endings[i]))
            return true;
    return false;
}

/* A Python layer, or an attribute that names code in another file. */
static void judge_code(openvino *o, const wr_xml_element *e)
{
    if (o->code_said)
        return;
    const wr_slice type = wr_xml_attribute(e, "type");
    wr_slice file = wr_xml_attribute(e, "library");
    for (size_t i = 0; file.len == 0 && e->attributes != NULL && e->attributes[i] != NULL; i += 2)
        if (strcmp(e->attributes[i], "name") != 0 && is_library(wr_slice_of(e->attributes[i + 1])))
            file = wr_slice_of(e->attributes[i + 1]);
    const bool python = wr_slice_is(e->name, "layer") && wr_slice_eq_fold(type, WR_SLICE("Python"));
    o->code_said = python || file.len > 0;
    if (o->code_said)
        wr_exam_find(o->x, o->p, e->at, WR_RULE_OPENVINO_FOREIGN_CODE, file, "the element " WR_FMT " %s" WR_FMT,
                     WR_ARG(wr_exam_shown(o->x, e->name, 40)), python ? "is of the type Python" : "names ",
                     WR_ARG(python ? (wr_slice){ 0 } : wr_exam_shown(o->x, file, 120)));
}

static void layer(openvino *o, const wr_xml_element *e)
{
    const wr_slice type = wr_xml_attribute(e, "type"), version = wr_xml_attribute(e, "version");
    uint64_t n;
    o->layers++;
    o->in_const = wr_slice_is(type, "Const");
    if (!o->in_const)
        wr_exam_add(o->x, o->p, e->at, "operators", type, "types of the layers");
    if (version.len == 0) /* IR before version 10 has none */
        return;
    const bool own = wr_slice_starts(version, "opset") && wr_parse_u64(wr_slice_from(version, 5), &n);
    if (own || wr_slice_is(version, "experimental") || wr_slice_is(version, "util") || o->layer_said)
        return;
    o->layer_said = true;
    wr_exam_find(o->x, o->p, e->at, WR_RULE_OPENVINO_CUSTOM_OPERATOR, type, "the layer " WR_FMT " is a " WR_FMT " of " WR_FMT,
                 WR_ARG(wr_exam_shown(o->x, wr_xml_attribute(e, "name"), 80)), WR_ARG(wr_exam_shown(o->x, type, 80)),
                 WR_ARG(wr_exam_shown(o->x, version, 80)));
}

static void on_open(void *ctx, const wr_xml_element *e)
{
    openvino *o = ctx;
    if (e->depth > 0 && o->conversion == 0)
        judge_code(o, e);
    if (e->depth == 0) {
        wr_exam_text(o->x, o->p, e->at, "model_name", wr_xml_attribute(e, "name"), "named in the model");
        wr_exam_text(o->x, o->p, e->at, "format_version", wr_xml_attribute(e, "version"), "the version of the IR");
    } else if (wr_slice_is(e->name, "layer"))
        layer(o, e);
    else if (wr_slice_is(e->name, "data") && o->in_const)
        weights(o, e, true);
    else if (wr_slice_is(e->name, "weights") || wr_slice_is(e->name, "biases") || wr_slice_is(e->name, "custom"))
        weights(o, e, false);
    else if (wr_slice_is(e->name, "Runtime_version") || wr_slice_is(e->name, "MO_version"))
        wr_exam_text(o->x, o->p, e->at, "producer_version", wr_xml_attribute(e, "value"), "the converter's version");
    else if (wr_slice_is(e->name, "conversion_parameters"))
        o->conversion = e->depth + 1;
    else if (o->conversion != 0 && wr_slice_is(e->name, "framework"))
        wr_exam_text(o->x, o->p, e->at, "framework", wr_xml_attribute(e, "value"), "what it was converted from");
}

static void on_close(void *ctx, wr_slice name, uint64_t at, uint32_t depth)
{
    openvino *o = ctx;
    (void)at;
    if (wr_slice_is(name, "layer"))
        o->in_const = false;
    if (o->conversion == depth + 1)
        o->conversion = 0;
}

static bool is(const wr_file *f)
{
    wr_xml_head head;
    if (!wr_xml_root(f->bytes, &head) || !wr_slice_is(head.name, "net") ||
        wr_slice_find(head.tag, WR_SLICE("version=")) == head.tag.len)
        return false;
    if (head.tag.at < f->bytes.at || head.tag.at > f->bytes.at + f->bytes.len)
        return true; /* UTF-16: only the head was made readable */
    const wr_slice near = wr_slice_part(f->bytes, (size_t)(head.tag.at - f->bytes.at), XML_HEAD_MOST);
    return wr_slice_find(near, WR_SLICE("<layers")) < near.len;
}

static void compare_with_bin(openvino *o, wr_look *l, const wr_file *f)
{
    const wr_slice ext = wr_path_ext(f->name);
    const wr_slice stem = wr_slice_part(f->name, 0, f->name.len - ext.len - (ext.len > 0));
    const wr_slice name = wr_arena_printf(l->arena, WR_FMT ".bin", WR_ARG(stem));
    uint64_t size;
    if (o->end == 0 || l->beside == NULL || !l->beside(l, f, name, &size))
        return;
    wr_exam_text(o->x, o->p, 0, "external_data", name, "the file with the tensors' bytes");
    wr_exam_int(o->x, o->p, 0, "weights_size", size, "bytes of that file");
    if (o->end > size)
        wr_exam_find(o->x, o->p, o->end_at, WR_RULE_OPENVINO_WEIGHTS_RANGE, (wr_slice){ 0 },
                     "a constant ends at byte %llu of " WR_FMT ", which has %llu", (unsigned long long)o->end,
                     WR_ARG(wr_exam_shown(o->x, name, 120)), (unsigned long long)size);
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    static const wr_xml_reader reader = { WR_RULE_XML_EXTERNAL_ENTITY, on_open, on_close, NULL };
    openvino *o = wr_arena_one(l->arena, openvino);
    if (o == NULL || !wr_xml_begin(l, f, model, "openvino", &o->x, &o->p))
        return wr_over(err, "reading an OpenVINO model");
    memcpy(o->types, all_types, sizeof all_types);
    (void)wr_xml_read(o->x, o->p, &reader, o);
    compare_with_bin(o, l, f);
    wr_exam_int(o->x, o->p, 0, "layers", o->layers, "layers of the graph and of the graphs in it");
    wr_exam_int(o->x, o->p, 0, "parameters", o->parameters, "sum of the constants' shapes");
    size_t most = 0;
    for (size_t i = 1; i < sizeof all_types / sizeof all_types[0]; i++)
        most = o->types[i].count > o->types[most].count ? i : most;
    if (o->types[most].count > 0)
        wr_exam_text(o->x, o->p, 0, "quantization", wr_slice_of(o->types[most].name), "most numbers are stored so");
    return WR_OK;
}

const wr_artifact wr_artifact_openvino = { "openvino", "OpenVINO IR: layers, operators and places of the constants", is, look };
