#include "inside.h"

#include "numpy.h"
#include "pickle.h"
#include "zip.h"

bool wr_inside_matters(wr_slice head)
{
    return wr_npy_is(head) || wr_pickle_probe(head) || wr_slice_starts(head, "PK\x03\x04") || wr_pickle_probe_packed(head);
}

bool wr_inside_model_name(wr_slice name)
{
    static const char *const ends[] = { ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".bin", ".joblib", ".dill", ".sav", ".model",
                                        ".pt2", ".p", ".npz" };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (name.len > strlen(ends[i]) && wr_slice_ends(name, ends[i]))
            return true;
    return false;
}

wr_status wr_inside_hidden(wr_exam *x, const wr_part *p, uint64_t from, uint64_t to, wr_error *err)
{
    wr_slice bytes = from < to ? wr_slice_part(p->bytes, (size_t)from, (size_t)(to - from)) : (wr_slice){ 0 };
    while (bytes.len > 0 && bytes.at[0] == '\0') {
        bytes = wr_slice_from(bytes, 1);
        from++;
    }
    if (bytes.len < 6 || !wr_inside_matters(bytes))
        return WR_OK;
    const wr_part inner = wr_part_inside(p, bytes, from, WR_SLICE("the hidden bytes"));
    return wr_inside_read(x, &inner, err);
}

wr_status wr_inside_read(wr_exam *x, const wr_part *p, wr_error *err)
{
    if (wr_npy_is(p->bytes))
        return wr_npy_read(x, p, false, err);
    if (wr_pickle_probe(p->bytes))
        return wr_pickle_read(x, p, err);
    if (wr_slice_starts(p->bytes, "PK\x03\x04"))
        return wr_zip_read_pickles(x, p, err);
    return wr_pickle_probe_packed(p->bytes) ? wr_pickle_read_compressed(x, p, err) : WR_OK;
}
