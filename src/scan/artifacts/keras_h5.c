/* Keras in HDF5: the model's configuration stands in an attribute of the root group, the weights in datasets. Keras 3 keeps
 * weights alone in groups called "vars". */
#include "hdf5.h"
#include "keras.h"

#define LOOK_AT ((size_t)1 << 20)
#define OBJECTS_TO_TELL 2000u
#define COUNT_MOST ((uint64_t)1 << 50)

static bool named_in(wr_slice s)
{
    return wr_slice_find(s, WR_SLICE("model_config")) < s.len || wr_slice_find(s, WR_SLICE("keras_version")) < s.len;
}

/* "layers/dense/vars/0" */
static bool is_variable(wr_slice name)
{
    size_t at = name.len;
    while (at > 0 && name.at[at - 1] >= '0' && name.at[at - 1] <= '9')
        at--;
    const wr_slice front = wr_slice_part(name, 0, at);
    return at < name.len && (wr_slice_is(front, "vars/") || wr_slice_ends(front, "/vars/"));
}

static void tell(void *ctx, const wr_hdf5_dataset *d)
{
    bool *found = ctx;
    *found |= is_variable(d->name);
}

static bool holds_variables(wr_slice bytes)
{
    WR_AUTO_ARENA a = wr_arena_new((size_t)1 << 20);
    bool found = false;
    wr_hdf5_file f;
    const wr_hdf5_walk walk = { .a = a, .objects_most = OBJECTS_TO_TELL, .ctx = &found, .dataset = tell };
    if (a != NULL && wr_hdf5_open(bytes, &f))
        wr_hdf5_walk_all(&f, &walk);
    return found;
}

/* An HDF5 file is a model when its root has Keras's attributes or its datasets Keras's names; where they cannot be reached,
 * when they are named. */
static bool is(const wr_file *f)
{
    wr_hdf5 h;
    if (!wr_hdf5_is(f->bytes))
        return false;
    wr_hdf5_read(f->bytes, &h);
    if (wr_hdf5_find(&h, "model_config") != NULL || wr_hdf5_find(&h, "keras_version") != NULL ||
        wr_hdf5_find(&h, "layer_names") != NULL || holds_variables(f->bytes))
        return true;
    return h.why != NULL && (named_in(wr_slice_part(f->bytes, 0, LOOK_AT)) ||
                             named_in(wr_slice_from(f->bytes, f->bytes.len > LOOK_AT ? f->bytes.len - LOOK_AT : f->bytes.len)));
}

/* ---- the datasets ---- */

typedef struct { wr_exam *x; const wr_part *p; uint64_t base, parameters, datasets; } weights;

static void elsewhere(void *ctx, wr_slice name, wr_slice file, uint64_t at)
{
    weights *w = ctx;
    wr_exam_find(w->x, w->p, w->base + at, WR_RULE_H5_EXTERNAL_FILE, name, WR_FMT " is a link into " WR_FMT,
                 WR_ARG(wr_exam_shown(w->x, name, 120)), WR_ARG(wr_exam_shown(w->x, file, 160)));
}

static void dataset(void *ctx, const wr_hdf5_dataset *d)
{
    weights *w = ctx;
    w->datasets++;
    if (d->external || d->layout == WR_HDF5_VIRTUAL)
        wr_exam_find(w->x, w->p, 0, WR_RULE_H5_EXTERNAL_FILE, d->name, "the numbers of " WR_FMT " lie in %s" WR_FMT,
                     WR_ARG(wr_exam_shown(w->x, d->name, 120)), d->external ? "" : "other datasets, of this or another file",
                     WR_ARG(wr_exam_shown(w->x, d->external_name, 160)));
    uint64_t count = 1;
    for (unsigned i = 0; i < d->rank; i++)
        count = d->dims[i] > 0 && count > COUNT_MOST / d->dims[i] ? COUNT_MOST : count * d->dims[i];
    if (d->class_ <= 1 && count < COUNT_MOST && w->parameters < COUNT_MOST && !wr_slice_starts(d->name, "optimizer"))
        w->parameters += count;
}

void wr_keras_weights(wr_exam *x, const wr_part *p)
{
    wr_hdf5_file f;
    weights w = { .x = x, .p = p };
    const wr_hdf5_walk walk = { .a = x->l->arena, .objects_most = WR_HDF5_OBJECTS_MOST, .ctx = &w, .dataset = dataset,
                                .elsewhere = elsewhere };
    const bool known = wr_hdf5_open(p->bytes, &f);
    if (!known && (f.bytes.len < 9 || f.bytes.at[8] <= 3))
        return; /* no HDF5 file, or one that no library opens either */
    if (known) {
        w.base = f.base;
        wr_hdf5_walk_all(&f, &walk);
    }
    if (f.why != NULL)
        wr_exam_unread(x, p, 0, "the HDF5 file was not read to its end: %s", f.why);
    if (w.datasets > 0)
        wr_exam_int(x, p, 0, "parameters", w.parameters, "sum of the datasets' shapes, without the optimizer's");
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "keras-h5");
    const wr_part p = wr_part_of_file(f);
    wr_hdf5 h;
    wr_hdf5_read(f->bytes, &h);
    if (h.why != NULL)
        wr_exam_unread(&x, &p, 0, "the HDF5 root group was not read to its end: %s", h.why);
    wr_keras_weights(&x, &p);
    const wr_hdf5_attribute *version = wr_hdf5_find(&h, "keras_version");
    if (version != NULL && version->is_text)
        wr_exam_text(&x, &p, 0, "framework", wr_arena_printf(l->arena, "Keras " WR_FMT, WR_ARG(version->text)),
                     "an attribute of the file");
    const wr_hdf5_attribute *config = wr_hdf5_find(&h, "model_config");
    if (config == NULL)
        return WR_OK; /* weights alone: numbers */
    if (!config->is_text || config->text.len == 0) {
        wr_exam_unread(&x, &p, 0, "the model's configuration is no text that can be read");
        return WR_OK;
    }
    const wr_part inner = wr_part_inside(&p, config->text, (uint64_t)(config->text.at - f->bytes.at), WR_SLICE("model_config"));
    wr_keras_config(&x, &inner, config->text);
    return WR_OK;
}

const wr_artifact wr_artifact_keras_h5 = { "keras-h5", "Keras in HDF5: the configuration, and where the weights lie", is, look };
