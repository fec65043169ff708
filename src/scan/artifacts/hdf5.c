/* Keras in HDF5: the format's signature, and the attribute in which Keras keeps a model's configuration. */
#include "exam.h"
#include "keras.h"

#define LOOK_AT ((size_t)8 << 20)

static bool hdf5(wr_slice s)
{
    return s.len > 64 && memcmp(s.at, "\x89HDF\r\n\x1a\n", 8) == 0;
}

/* An HDF5 file is a model when Keras's attributes are named in it. */
static bool is(const wr_file *f)
{
    if (!hdf5(f->bytes))
        return false;
    static const char *const names[] = { "model_config", "keras_version", "layer_names" };
    const wr_slice head = wr_slice_part(f->bytes, 0, LOOK_AT);
    const wr_slice end = wr_slice_from(f->bytes, f->bytes.len > LOOK_AT ? f->bytes.len - LOOK_AT : f->bytes.len);
    for (size_t i = 0; i < 3; i++)
        if (wr_slice_find(head, wr_slice_of(names[i])) < head.len || wr_slice_find(end, wr_slice_of(names[i])) < end.len)
            return true;
    return false;
}

static wr_status look(wr_look *l, const wr_file *f, wr_asset *model, wr_error *err)
{
    (void)err;
    wr_exam x = wr_exam_of(l, f, model, "keras-h5");
    const wr_part p = wr_part_of_file(f);
    wr_exam_unread(&x, &p, 0, "the reader for HDF5 does not look inside yet");
    return WR_OK;
}

const wr_artifact wr_artifact_keras_h5 = { "keras-h5", "Keras in HDF5: known, not read inside yet", is, look };
