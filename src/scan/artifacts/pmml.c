/* PMML: the document to its last element. Fields, model type and maker are metadata; what a scorer would run is a finding. */
#include <warrant/text.h>

#include "code_words.h"
#include "xml.h"

#define EXTENSION_MOST ((size_t)64 << 10)
#define WORD_MOST ((size_t)64)     /* more than the longest word that is looked for */

typedef struct {
    wr_exam *x;
    const wr_part *p;
    bool code_said, function_said;
    uint32_t extension;         /* depth + 1 of the outermost Extension that is open; 0: none */
    uint64_t extension_at;
    uint32_t text_of;           /* depth + 1 of an element whose text is wanted */
    const char *text_property;
    wr_buf text;                /* of the Extension or that element */
    uint64_t models, fields;
    wr_slice declared[256];     /* DefineFunction */
    size_t declared_count;
} pmml;

static const char *const models[] = {
    "AnomalyDetectionModel", "AssociationModel", "BaselineModel", "BayesianNetworkModel", "ClusteringModel",
    "GaussianProcessModel", "GeneralRegressionModel", "MiningModel", "NaiveBayesModel", "NearestNeighborModel",
    "NeuralNetwork", "RegressionModel", "RuleSetModel", "Scorecard", "SequenceModel", "SupportVectorMachineModel",
    "TextModel", "TimeSeriesModel", "TreeModel",
};

static bool listed(wr_slice s, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wr_slice_is(s, list[i]))
            return true;
    return false;
}

static void judge_code(pmml *m, wr_slice text, uint64_t at, const char *where)
{
    const char *word = m->code_said ? NULL : wr_code_word(text);
    if (word == NULL)
        return;
    m->code_said = true;
    wr_exam_find(m->x, m->p, at, WR_RULE_PMML_CODE, (wr_slice){ 0 }, "%s holds \"%s\": " WR_FMT, where, word,
                 WR_ARG(wr_exam_shown(m->x, wr_slice_trim(text), 160)));
}

static bool named_script(wr_slice name)
{
    return wr_slice_eq_fold(name, WR_SLICE("script")) || wr_slice_eq_fold(name, WR_SLICE("javascript")) ||
           wr_slice_ends(name, "Script") || wr_slice_ends(name, "-script") || wr_slice_ends(name, "_script");
}

static void want_text(pmml *m, const wr_xml_element *e, const char *property)
{
    m->text_of = e->depth + 1;
    m->text_property = property;
    wr_buf_clear(&m->text);
}

static void header(pmml *m, const wr_xml_element *e)
{
    if (wr_slice_is(e->name, "PMML"))
        wr_exam_text(m->x, m->p, e->at, "format_version", wr_xml_attribute(e, "version"), "PMML's version");
    else if (wr_slice_is(e->name, "Header")) {
        wr_exam_text(m->x, m->p, e->at, "title", wr_xml_attribute(e, "description"), "the document's description");
        wr_exam_text(m->x, m->p, e->at, "copyright", wr_xml_attribute(e, "copyright"), "named in the document");
        wr_exam_text(m->x, m->p, e->at, "model_version", wr_xml_attribute(e, "modelVersion"), "named in the document");
    } else if (wr_slice_is(e->name, "Application")) {
        wr_exam_text(m->x, m->p, e->at, "producer", wr_xml_attribute(e, "name"), "the application that wrote it");
        wr_exam_text(m->x, m->p, e->at, "producer_version", wr_xml_attribute(e, "version"), "its version");
    } else if (wr_slice_is(e->name, "Timestamp"))
        want_text(m, e, "created");
}

static void fields(pmml *m, const wr_xml_element *e)
{
    const wr_slice name = wr_xml_attribute(e, "name"), use = wr_xml_attribute(e, "usageType");
    if (wr_slice_is(e->name, "DataField")) {
        m->fields++;
        wr_exam_add(m->x, m->p, e->at, "fields", name, "fields of the data dictionary");
    } else if (wr_slice_is(e->name, "MiningField") && m->models == 1 &&
               (wr_slice_is(use, "target") || wr_slice_is(use, "predicted")))
        wr_exam_add(m->x, m->p, e->at, "targets", name, "what the model predicts");
}

/* A function whose name is that of a Java class is loaded by that name (a scorer's own extension of PMML). */
static void function(pmml *m, const wr_xml_element *e)
{
    const wr_slice name = wr_xml_attribute(e, "function");
    if (wr_slice_is(e->name, "DefineFunction") && m->declared_count < sizeof m->declared / sizeof m->declared[0])
        m->declared[m->declared_count++] = wr_arena_dup(m->x->l->arena, wr_xml_attribute(e, "name"));
    if (!wr_slice_is(e->name, "Apply") || m->function_said)
        return;
    size_t dots = 0;
    for (size_t i = 0; i < name.len; i++)
        dots += name.at[i] == '.';
    if (dots < 2)
        return; /* "x.add" and the like: a scorer has nothing else to take them for */
    for (size_t i = 0; i < m->declared_count; i++)
        if (wr_slice_eq(m->declared[i], name))
            return;
    m->function_said = true;
    wr_exam_find(m->x, m->p, e->at, WR_RULE_PMML_FOREIGN_FUNCTION, name, "the model applies " WR_FMT,
                 WR_ARG(wr_exam_shown(m->x, name, 160)));
}

static void on_open(void *ctx, const wr_xml_element *e)
{
    pmml *m = ctx;
    if (wr_slice_is(e->name, "Extension")) {
        if (m->extension == 0) {
            m->extension = e->depth + 1;
            m->extension_at = e->at;
            wr_buf_clear(&m->text);
        }
        if (named_script(wr_xml_attribute(e, "name")) && wr_xml_attribute(e, "value").len > 0 && !m->code_said) {
            m->code_said = true;
            wr_exam_find(m->x, m->p, e->at, WR_RULE_PMML_CODE, (wr_slice){ 0 }, "an extension named " WR_FMT " holds " WR_FMT,
                         WR_ARG(wr_exam_shown(m->x, wr_xml_attribute(e, "name"), 60)),
                         WR_ARG(wr_exam_shown(m->x, wr_xml_attribute(e, "value"), 120)));
        }
    }
    for (size_t i = 0; e->attributes != NULL && e->attributes[i] != NULL; i += 2)
        judge_code(m, wr_slice_of(e->attributes[i + 1]), e->at, "an attribute");
    if (m->extension != 0)
        return;
    header(m, e);
    fields(m, e);
    function(m, e);
    if (!listed(e->name, models, sizeof models / sizeof models[0]) || e->depth == 0)
        return;
    if (m->models++ > 0)
        return; /* a model in a MiningModel's segment */
    wr_exam_text(m->x, m->p, e->at, "architecture", e->name, "the model's element");
    wr_exam_text(m->x, m->p, e->at, "model_name", wr_xml_attribute(e, "modelName"), "named in the model");
    wr_exam_text(m->x, m->p, e->at, "task", wr_xml_attribute(e, "functionName"), "what the model does");
    wr_exam_text(m->x, m->p, e->at, "algorithm", wr_xml_attribute(e, "algorithmName"), "named in the model");
}

static void on_text(void *ctx, wr_slice text, uint64_t at, uint32_t depth)
{
    pmml *m = ctx;
    (void)depth;
    if (m->extension == 0 && m->text_of == 0)
        return;
    while (text.len > 0) {
        const wr_slice piece = wr_slice_part(text, 0, EXTENSION_MOST - m->text.len);
        wr_buf_adds(&m->text, piece);
        text = wr_slice_from(text, piece.len);
        if (text.len == 0 || !wr_buf_ok(&m->text))
            return;
        char end[WORD_MOST]; /* a word may go on in the next piece */
        judge_code(m, wr_buf_slice(&m->text), at, "an extension");
        memcpy(end, m->text.at + m->text.len - WORD_MOST, WORD_MOST);
        wr_buf_clear(&m->text);
        wr_buf_adds(&m->text, wr_slice_make(end, WORD_MOST));
    }
}

static void on_close(void *ctx, wr_slice name, uint64_t at, uint32_t depth)
{
    pmml *m = ctx;
    (void)name;
    if (m->extension == depth + 1) {
        judge_code(m, wr_buf_slice(&m->text), m->extension_at, "an extension");
        m->extension = 0;
    } else if (m->text_of == depth + 1) {
        wr_exam_text(m->x, m->p, at, m->text_property, wr_slice_trim(wr_buf_slice(&m->text)), "named in the document");
        m->text_of = 0;
    }
}

static bool is(const wr_file *f)
{
    wr_xml_head head;
    return wr_xml_root(f->bytes, &head) && wr_slice_is(head.name, "PMML");
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    static const wr_xml_reader reader = { WR_RULE_PMML_EXTERNAL_ENTITY, on_open, on_close, on_text };
    pmml *m = wr_arena_one(l->arena, pmml);
    if (m == NULL || !wr_xml_begin(l, f, model, "pmml", &m->x, &m->p))
        return wr_over(err, "reading a PMML document");
    m->text = wr_buf_new(EXTENSION_MOST);
    const bool whole = wr_xml_read(m->x, m->p, &reader, m);
    wr_exam_int(m->x, m->p, 0, "field_count", m->fields, "fields of the data dictionary");
    wr_exam_int(m->x, m->p, 0, "models", m->models, "models in the document, segments counted");
    if (whole && !wr_buf_ok(&m->text))
        wr_exam_unread(m->x, m->p, 0, "not enough memory for the texts of its extensions");
    wr_buf_free(&m->text);
    return WR_OK;
}

const wr_artifact wr_artifact_pmml = { "pmml", "PMML: every element; entities, extensions and foreign functions", is, look };
