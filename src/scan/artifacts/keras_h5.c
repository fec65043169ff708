/* Keras in HDF5: the model's configuration stands in an attribute of the root group. */
#include "exam.h"
#include "hdf5.h"
#include "keras.h"

#define LOOK_AT ((size_t)1 << 20)

static bool named_in(wr_slice s)
{
    return wr_slice_find(s, WR_SLICE("model_config")) < s.len || wr_slice_find(s, WR_SLICE("keras_version")) < s.len;
}

/* An HDF5 file is a model when its root has Keras's attributes; where they cannot be reached, when they are named. */
static bool is(const wr_file *f)
{
    wr_hdf5 h;
    if (!wr_hdf5_is(f->bytes))
        return false;
    wr_hdf5_read(f->bytes, &h);
    if (wr_hdf5_find(&h, "model_config") != NULL || wr_hdf5_find(&h, "keras_version") != NULL ||
        wr_hdf5_find(&h, "layer_names") != NULL)
        return true;
    return h.why != NULL && (named_in(wr_slice_part(f->bytes, 0, LOOK_AT)) ||
                             named_in(wr_slice_from(f->bytes, f->bytes.len > LOOK_AT ? f->bytes.len - LOOK_AT : f->bytes.len)));
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

const wr_artifact wr_artifact_keras_h5 = { "keras-h5", "Keras in HDF5: the configuration of the model", is, look };
